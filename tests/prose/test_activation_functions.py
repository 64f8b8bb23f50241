"""The numbers in the prose of the chapter on activation functions are right."""

from itertools import product

import numpy as np
import pytest
import sympy as sp
from manuscript import page
from minutes import practice, two_sittings
from scipy.special import lambertw, ndtri

from utils import activations, rates, regression
from utils.activations import (
    gelu,
    gelu_by_tanh,
    gelu_derivative,
    relu,
    sigmoid,
    silu,
    silu_derivative,
    tanh,
)
from utils.approximation import polygon, polygon_bound, staircase_bound, staircase_network
from utils.data import moons
from utils.exercises import EXERCISES
from utils.layers import chain, dense, entrywise, flat, gradient_of, like
from utils.network import forward
from utils.optimizers import stochastic_descent


def test_how_deep_the_gates_fall(prose):
    z = np.linspace(-3, 0, 300_001)
    lowest = float(np.real(lambertw(np.exp(-1))))
    np.testing.assert_allclose(silu(z).min(), -lowest, rtol=1e-8)
    assert f"to $-W(1/e) = {-lowest:.4f}$, and the GELU to ${gelu(z).min():.2f}$" in prose
    assert silu_derivative(-3.0) < 0
    assert gelu_derivative(-3.0) < 0


def test_the_gates_are_as_steep_at_0_and_bend_otherwise(prose):
    bends = [(f(1e-4) - f(-1e-4)) / 2e-4 for f in (gelu_derivative, silu_derivative)]
    assert gelu_derivative(0.0) == silu_derivative(0.0) == 0.5
    assert bends == pytest.approx([2 / np.sqrt(2 * np.pi), 0.5])
    assert "both have the slope ½ at 0, where the GELU bends more sharply" in prose


def test_a_jump_down_is_not_monotonic():
    cells = page("activation-functions").of_kind("code")
    code = next(cell.python for cell in cells if "def monotonic" in cell.python)
    z = sp.Symbol("z", real=True)
    names = {"sp": sp, "z": z}
    exec(code, names)
    said = [names["monotonic"](*pieces) for pieces in [(z + 1, z), (z, z + 1), (z, z)]]
    assert said == ["no", "yes, rises", "yes, rises"]


def test_the_ravine_of_the_sigmoid_is_so_much_narrower(prose):
    sums = ndtri((np.arange(10_000) + 0.5) / 10_000)
    kappa = [rates.condition_number(regression.line_hessian(g(sums))) for g in (sigmoid, tanh)]
    assert f"a ravine {kappa[0] / kappa[1]:.0f} times as narrow" in prose


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


def test_what_doubling_does(prose):
    steps = np.array([off(wave, n, 10) for n in (4, 8, 16, 32, 64)])
    shares = steps[1:] / steps[:-1]
    assert (np.diff(shares) < 0).all()
    assert (shares > 0.5).all()
    pieces = np.array([off(wave, n, "corners") for n in (8, 16, 32, 64)])
    np.testing.assert_allclose(pieces[1:] / pieces[:-1], 0.25, atol=0.02)
    assert "from 8 neurons on the polygon's is about quartered" in prose


def test_how_many_neurons_the_exercise_asks_for(prose):
    assert polygon_bound(20, 1 / 16) <= 0.01 < polygon_bound(20, 1 / 15)
    steps = [staircase_bound(3, 1 / (n + 1), 10 * (n + 1)) for n in (302, 301)]
    assert steps[0] <= 0.01 < steps[1]
    assert f"asks for $n + 1 \\ge {steps[0] * 303 / 0.01:.2f}$" in prose


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


def test_the_tanh_form_is_off_by_so_much(prose):
    z = np.linspace(-8, 8, 16_001)
    difference = np.abs(gelu(z) - gelu_by_tanh(z))
    assert f"differ by {difference.max():.5f} at most" in prose
    assert abs(z[difference.argmax()]) == pytest.approx(2.7, abs=0.05)


def test_the_slope_at_the_activation_is_unseen_with_four():
    z = np.linspace(-3, 3, 13) + 0.1
    seen = {
        name
        for name in (
            *("step", "identity", "sigmoid", "tanh", "relu"),
            *("leaky_relu", "elu", "softplus", "gelu", "silu"),
        )
        for g, slope in [(getattr(activations, name), getattr(activations, f"{name}_derivative"))]
        if not np.allclose(slope(g(z)), slope(z))
    }
    assert seen == {"sigmoid", "tanh", "elu", "softplus", "gelu", "silu"}


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


@pytest.mark.parametrize(
    ("name", "start", "back"),
    [
        ("relu", -2, False),
        ("leaky_relu", -2, False),
        ("elu", -2, True),
        ("softplus", -2, True),
        ("softplus", -4, False),
        ("gelu", -2, False),
        ("silu", -2, False),
        ("gelu", -0.5, True),
    ],
)
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


def trained(name, alpha, seed):
    """Return the hidden sums, and the cost, after the chapter's training on two moons."""
    g, slope = getattr(activations, name), getattr(activations, f"{name}_derivative")
    X, y = moons()
    network = chain(dense(2, 8), entrywise(g, slope), dense(8, 1))
    first = network.first(np.random.default_rng(seed))
    gradient, batches = gradient_of(network, X, y[None], sigmoid), [np.arange(y.size)] * 200
    theta = stochastic_descent(gradient, flat(first), alpha, batches)[-1]
    (Z,), (_, hidden, _) = network.forward(like(theta, first), X)
    return hidden, np.mean(activations.softplus(Z) - y * Z)


@pytest.mark.slow
def test_what_is_learned_at_which_rate(prose):
    def middle(name, alpha):
        return np.median([trained(name, alpha, seed)[1] for seed in range(1, 6)])

    assert abs(middle("sigmoid", 3) - middle("identity", 3)) < 0.02
    assert middle("sigmoid", 10) < middle("relu", 3) + 0.005 < 0.05
    assert middle("tanh", 10) < 0.01
    assert "they end at 0.08 or below" in prose
    assert middle("silu", 3) < 0.085
    assert "at 30 all three end higher" in prose
    for name in ("sigmoid", "tanh", "softplus"):
        assert middle(name, 30) > middle(name, 10) + 0.1


@pytest.mark.slow
def test_five_starts_prove_little(prose):
    middles = [
        np.median([trained(name, 3, seed)[1] for seed in starts])
        for name in ("elu", "silu")
        for starts in (range(6, 26), range(1, 6))
    ]
    others, ours, silu_others, silu_ours = middles
    assert f"is {others:.2f} in place of {ours:.2f}" in prose
    assert f"the SiLU's {silu_others:.2f} in place of {silu_ours:.2f}" in prose


def test_half_of_the_relus_die_at_the_rate_10(prose):
    dead = [np.all(trained("relu", 10, seed)[0] <= 0, axis=1).sum() for seed in range(1, 6)]
    assert sum(dead) == 20
    assert "at 10, half of them are silent" in prose


def test_the_minutes_add_up(prose):
    """Those of the sections to two sittings, those of the exercises to about what is said."""
    assert two_sittings(prose) == [42, 38]
    assert "two sittings, of about 42 and 38 minutes, and 68 minutes for the exercises" in prose
    assert abs(practice(prose) - 68) <= 2
