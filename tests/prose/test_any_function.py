"""The numbers in the prose of the chapter on any function from hidden neurons are right."""

from functools import cache
from itertools import product

import numpy as np
import pytest
from words import in_words, times

from utils import activations
from utils.activations import relu, relu_derivative, sigmoid
from utils.approximation import bump, polygon, polygon_bound, staircase_bound, staircase_network
from utils.exercises import EXERCISES
from utils.layers import chain, dense, entrywise, flat, gradient_of, like
from utils.network import forward
from utils.optimizers import stochastic_descent

GIVEN = [
    "by descent on half the squared error",
]


def test_the_weights_of_the_zigzag(prose):
    goal = np.array([0.0, 2.0, 1.0, 3.0])
    weights = np.diff(np.diff(goal), prepend=0)
    told = ", then ".join(f"{v:g}" for v in weights).replace("-", "−")
    assert f">{told}</a>" in prose


def test_the_bracket_of_the_staircase(prose):
    assert f"and the bracket is {staircase_bound(1, 1, 10):.3f}" in prose


def off(f, n, kind, inside=False):
    """Return what n neurons are off at most: of the kind that has corners, or so steep steps."""
    x = np.linspace(0.1, 0.9, 3201) if inside else np.linspace(0, 1, 4001)
    corners = kind == "corners"
    parameters = polygon(f, n) if corners else staircase_network(f, n, kind * (n + 1))
    _, A = forward(parameters, x[None], [relu if corners else sigmoid, activations.identity])
    return np.abs(A[-1][0] - f(x)).max()


def wave(x):
    return np.sin(2 * np.pi * x)


def hill(x):
    return np.exp(-(((x - 0.4) / 0.15) ** 2))


SOFT, HARD = 4, 500


def test_where_soft_steps_come_nearer(prose):
    assert f"{off(hill, 16, SOFT):.3f} against {off(hill, 16, HARD):.3f}" in prose
    assert off(wave, 16, SOFT, inside=True) < off(wave, 16, HARD, inside=True) / 5
    assert abs(hill(np.array([0, 1]))).max() < 0.001  # flat at both ends
    both = [off(wave, 16, kind) for kind in (SOFT, HARD)]
    assert "both off by about 0.19" in prose
    np.testing.assert_allclose(both, 0.19, atol=0.007)


def test_what_half_the_width_does(prose):
    h = np.array([0.1, 1.0])
    steps = staircase_bound(3, h / 2, 1e9) / staircase_bound(3, h, 1e9)
    pieces = polygon_bound(3, h / 2) / polygon_bound(3, h)
    np.testing.assert_allclose([steps, pieces], [[1 / 2] * 2, [1 / 4] * 2])
    assert "the staircase's bound is halved, while the polygon's is quartered." in prose
    assert "Halve the width, and" in prose
    eighth = in_words(polygon_bound(1, 1))
    assert f"and {in_words(1 / 2)} of that is an {eighth}." in prose
    assert f"<summary>Why an {eighth}?</summary>" in prose


def test_a_staircase_has_half_the_neurons_of_its_bumps(prose):
    """Two for each bump, but for the outer sides of the first and the last."""
    (W, _), _ = staircase_network(wave, 8, 50)
    share = W.size / (2 * (W.size + 1) - 2)
    assert f"And {in_words(share)} the neurons are enough." in prose


def test_what_doubling_does(prose):
    steps = np.array([off(wave, n, 10) for n in (4, 8, 16, 32, 64)])
    shares = steps[1:] / steps[:-1]
    assert (np.diff(shares) < 0).all()
    assert (shares > 0.5).all()
    pieces = np.array([off(wave, n, "corners") for n in (8, 16, 32, 64)])
    np.testing.assert_allclose(pieces[1:] / pieces[:-1], 0.25, atol=0.02)
    assert "With each doubling the staircase's error comes closer to being halved" in prose
    assert "from 8 neurons on the polygon's is about quartered" in prose


def test_how_many_neurons_the_exercise_asks_for(prose):
    assert polygon_bound(20, 1 / 16) <= 0.01 < polygon_bound(20, 1 / 15)
    steps = [staircase_bound(3, 1 / (n + 1), 10 * (n + 1)) for n in (302, 301)]
    assert steps[0] <= 0.01 < steps[1]
    pieces = steps[0] * 303 / 0.01
    assert f"asks for $1 / h \\ge {np.floor(100 * pieces) / 100:.2f}$, which is 303 pieces" in prose


@pytest.mark.parametrize("L", [1, 2, 3])
def test_one_layer_needs_as_many_relus_as_a_saw_has_pieces(L):
    """One for each corner is too few, whichever ways they face; one more is enough."""
    saw, weights = EXERCISES["af-saw"].answer, EXERCISES["af-polygon-weights"].answer
    t = np.linspace(0, 1, 2**L + 1)
    slopes = np.diff(saw(t, L)) / np.diff(t)
    corners = np.diff(slopes)
    assert np.all(corners != 0)
    for left in product([0, 1], repeat=corners.size):  # those that face left make the first slope
        assert -(corners @ left) != slopes[0]
    x = np.linspace(0, 1, 101)
    joined = relu(x[:, None] - t[:-1]) @ weights(t, saw(t, L))
    np.testing.assert_allclose(joined, saw(x, L), atol=1e-12)
    assert EXERCISES["af-saw-count"]["ReLUs in one layer"].answer == 2**10


def test_how_often_a_saw_goes_up_and_down(prose):
    saw, t = EXERCISES["af-saw"].answer, np.linspace(0, 1, 1001)
    slopes = [np.sign(np.diff(saw(t, L))) for L in (1, 2, 3)]
    pieces = [np.count_nonzero(np.diff(slope)) + 1 for slope in slopes]
    assert pieces == [2, 4, 8]
    assert f"goes up and down once, $T(T(x))$ does so {times(pieces[1] // 2)}." in prose
    assert "the number of pieces doubles, to $2^L = 1024$" in prose


def test_two_relus_are_the_roof():
    x = np.linspace(0, 1, 101)
    parameters = polygon(lambda x: 1 - 2 * np.abs(x - 0.5), 2)
    _, A = forward(parameters, x[None], [relu, activations.identity])
    np.testing.assert_allclose(A[-1][0], 1 - 2 * np.abs(x - 0.5), atol=1e-12)


def sums_of_the_neuron(alpha, steps, b=0.5):
    """Return the sums of the running neuron with a ReLU, and the target 1."""
    z = [1.6 + b]
    for _ in range(steps):
        z.append(z[-1] - alpha * (z[-1] - 1) * 6 * (z[-1] > 0))
    return np.array(z)


def test_when_our_neuron_dies(prose):
    assert r"\frac{2.1}{1.1 \cdot 6} \approx 0.318" in prose
    assert round(2.1 / (1.1 * 6), 3) == 0.318
    low, high = sums_of_the_neuron(0.3, 5), sums_of_the_neuron(0.33, 5)
    assert f"the sum overshoots, to {low[1]:.2f}" in prose
    assert (low > 0).all()
    assert high[1] < 0
    assert (high[1:] == high[1]).all()


REVIVED = [
    ("relu", -2, False),
    ("leaky_relu", -2, False),
    ("elu", -2, True),
    ("softplus", -2, True),
    ("softplus", -4, False),
    ("gelu", -2, False),
    ("silu", -2, False),
    ("gelu", -0.5, True),
]


def test_how_many_are_pushed(prose, code):
    names = {name for name, _, _ in REVIVED}
    assert '["ReLU", "leaky ReLU", "ELU", "softplus", "GELU", "SiLU"], start="ReLU"' in code
    assert f"Which of the {in_words(len(names))} functions come back" in prose
    slower = activations.leaky_relu_derivative(1.0) / activations.leaky_relu_derivative(-1.0)
    assert f"climbs, a {times(round(slower, 9))} as slowly as on the right" in prose


@pytest.mark.parametrize(("name", "start", "back"), REVIVED)
def test_who_comes_back(name, start, back):
    g, derivative = getattr(activations, name), getattr(activations, f"{name}_derivative")
    z = [float(start)]
    for _ in range(60):
        z.append(z[-1] - 0.1 * 6 * (g(z[-1]) - 1) * derivative(z[-1]))
    assert (z[-1] > 0) == back
    if name == "relu":
        assert z[-1] == start
    elif name in ("leaky_relu", "softplus") and not back:
        assert start < z[-1] < 0
    elif not back:
        assert z[-1] < start


# ── What descent finds ───────────────────────────────────────────────────────────────────────────

PLACES, RATES, STARTS, NEURONS = np.linspace(0, 1, 65), (0.1, 0.3, 1), range(1, 6), 8


def begun(corners, seed):
    """Return a network of eight ReLUs, and its first parameters."""
    t = (np.arange(NEURONS)[:, None] + 0.5) / NEURONS * (corners == "spread")
    hidden = dense(1, NEURONS, bias=lambda W: -W * t)
    network = chain(hidden, entrywise(relu, relu_derivative), dense(NEURONS, 1))
    return network, network.first(np.random.default_rng(seed))


def silent(part):
    """Return which of the ReLUs are 0 at all places."""
    (W, b), *_ = part
    return np.all(W * PLACES + b <= 0, axis=1)


@cache
def learned(corners, alpha, seed):
    """Return what eight ReLUs are off in the end, who is silent before and after, and all t."""
    network, first = begun(corners, seed)
    gradient = gradient_of(network, PLACES[None], wave(PLACES)[None], activations.identity)
    path = stochastic_descent(gradient, flat(first), alpha, [np.arange(65)] * 3000)
    x = np.linspace(0, 1, 4001)
    parts = [like(path[n], first) for n in (0, -1)]
    quiet = list(map(silent, parts))
    assert not np.any(quiet[0] & ~quiet[1])  # once silent, always silent
    (W, b), _, _ = parts[1]
    off = np.abs(network.forward(parts[1], x[None])[0][0] - wave(x)).max()
    return off, *quiet, -b[~quiet[1]] / W[~quiet[1]]


@pytest.mark.some_chapters
@pytest.mark.slow  # it trains twenty networks, for 3000 steps each
def test_no_start_comes_as_close_as_the_polygon(prose):
    ends = {
        (corners, alpha, seed): learned(corners, alpha, seed)[0]
        for corners in ("all at 0", "spread")
        for alpha in RATES
        for seed in STARTS
    }
    built, eight = off(wave, NEURONS, "corners"), in_words(NEURONS)
    assert f"from {eight} ReLUs is off by {built:.2f}" in prose
    assert f"{eight} ReLUs are to learn the wave from {PLACES.size} examples" in prose
    assert f"with the {eight} places $t$ spread over the interval" in prose
    assert f"mattered more than what {eight} neurons are able to do" in prose
    assert (
        f"Each row covers {in_words(len(STARTS))} draws of the first weights, after 3000" in prose
    )
    assert built < min(ends.values()) == ends["spread", 0.3, 4]
    assert f"and the curve is off by {ends['all at 0', 0.3, 1]:.2f}." in prose
    assert f"comes within {ends['spread', 0.3, 4]:.2f}, although it loses a neuron" in prose
    assert f"it loses two, and is off by {ends['spread', 0.3, 5]:.2f}" in prose
    assert [learned("spread", 0.3, seed)[2].sum() for seed in (4, 5)] == [1, 2]
    assert not any(learned("spread", 0.3, seed)[1].any() for seed in STARTS)


def test_half_are_silent_from_the_first(prose):
    """With all inputs at 0 or above and no bias, those with a weight below 0."""
    born = sum(silent(begun("all at 0", seed)[1]).sum() for seed in STARTS)
    all_of_them = NEURONS * len(STARTS)
    starts = in_words(len(STARTS))
    assert f"from the {starts} starts these are {born} of {all_of_them}, and they" in prose
    assert born / all_of_them == pytest.approx(1 / 2, abs=0.1)
    assert "| half of the ReLUs are silent before the first step |" in prose


def test_corners_that_begin_together_stay_together(prose):
    t = learned("all at 0", 0.3, 1)[3]
    assert sorted(t[:, 0].round(2)) == pytest.approx([0.01] * 2 + [0.21] * 4)
    assert "six corners lie at two places, 0.01 and 0.21" in prose


def test_how_steep_a_bump_is(prose):
    height = bump(0.5, 0, 1, 10.6)
    assert height == pytest.approx(0.99, abs=5e-4)
    k = EXERCISES["af-steepness"].answer
    assert f"For 0.99 that is $k h \\approx {k(0.99, 1):.1f}$" in prose
    for width in (0.2, 3.0):
        assert bump(width / 2, 0, width, k(0.7, width)) == pytest.approx(0.7)


def test_where_the_four_neurons_bend():
    x = np.linspace(0, 1, 101)
    sums = {"A": 2 * x - 1, "B": 1 - 2 * x, "C": x - 2, "D": 3 * x + 1}
    assert [name for name, z in sums.items() if np.all(z <= 0)] == ["C"]
    assert [name for name, z in sums.items() if np.all(z > 0)] == ["D"]


def test_steep_sigmoids_are_flat_nearly_everywhere():
    """Of the built staircase, at k = 500 (n + 1): more than nine tenths of all slopes are tiny."""
    x = np.linspace(0, 1, 4001)
    (W, b), _ = staircase_network(wave, 16, HARD * 17)
    slopes = activations.sigmoid_derivative(W * x + b)
    assert np.mean(slopes < 1e-6) > 0.99
