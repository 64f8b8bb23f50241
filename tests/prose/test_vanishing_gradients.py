"""The numbers in the prose of the chapter on vanishing and exploding gradients are right."""

import re
from functools import cache

import numpy as np
import pytest
from manuscript import page

from utils.activations import (
    relu,
    relu_derivative,
    sigmoid,
    sigmoid_derivative,
    softplus,
    tanh,
    tanh_derivative,
)
from utils.data import moons, standardize
from utils.initializers import (
    centered_sigmoid_variance,
    centering_bias,
    he_variance,
    zero_bias,
)
from utils.landscapes import row_gradient
from utils.layers import (
    chain,
    dense,
    entrywise,
    flat,
    gradient_of,
    like,
    normalized,
    residual,
)
from utils.network import forward, initial_parameters
from utils.normalization import normalize, normalize_gradient
from utils.optimizers import stochastic_descent

POINTS, LABELS = moons(100)
X, Y = np.array([standardize(feature) for feature in POINTS]), LABELS[None]
TWENTY = (2, *[16] * 19, 1)


def reaches(layers, g, g_prime, scale):
    """Return which part of the last layer's ∂J/∂Z the first one gets."""
    parameters = [
        (scale * W, b) for W, b in initial_parameters((2, *[16] * (layers - 1), 1), seed=0)
    ]
    Z, A = forward(parameters, X, [g] * (layers - 1) + [sigmoid])
    dZ = last = (A[-1] - Y) / Y.size
    for (W, _), sums in zip(parameters[:0:-1], Z[-2:0:-1], strict=True):
        dZ = (W.T @ dZ) * g_prime(sums)
    return np.linalg.norm(dZ) / np.linalg.norm(last)


def test_what_reaches_the_first_layer(prose):
    sigmoids, tanhs = (sigmoid, sigmoid_derivative), (tanh, tanh_derivative)
    relus = (relu, relu_derivative)
    assert reaches(4, *sigmoids, 1) < 0.01
    assert round(1e-6 / reaches(12, *sigmoids, 1)) == pytest.approx(20, abs=2)
    assert "about a twenty-millionth is left" in prose
    assert reaches(24, *sigmoids, 1) < 1e-12
    assert 1 / reaches(24, *sigmoids, 8) == pytest.approx(40, abs=3)
    assert 1 / reaches(24, *tanhs, 1) == pytest.approx(20, abs=2)
    assert reaches(24, *tanhs, 0.5) < 1e-3 < 1e3 < reaches(24, *tanhs, 4)
    stops = np.geomspace(0.25, 8, 11)
    level = [abs(np.log(reaches(24, *relus, scale))) for scale in stops]
    assert stops[np.argmin(level)] == pytest.approx(1.41, abs=0.01)
    assert 1 / reaches(24, *relus, stops[5]) == pytest.approx(30, abs=4)
    assert "though only a thirtieth is left" in prose
    assert all(reaches(24, *sigmoids, scale) < 0.03 for scale in stops)
    assert reaches(24, *tanhs, np.sqrt(2)) == pytest.approx(1, abs=0.2)


def test_relus_alone_do_not_keep_the_gradient():
    """As the errata say, and no layer is dead."""
    assert "leave the first about $10^{-12}$ of the last layer's gradient" in page("errata").text
    assert reaches(24, relu, relu_derivative, 0.5) == pytest.approx(1e-12, rel=0.3)


def test_saturated_layers_may_explode_all_the_same(prose):
    assert "at scale 8 four of five outputs are saturated" in prose
    twenty = [(8 * W, b) for W, b in initial_parameters(TWENTY, seed=0)]
    Z, _ = forward(twenty, X, [tanh] * 20)
    assert np.mean(tanh_derivative(Z[19]) < 0.1) == pytest.approx(0.8, abs=0.02)
    assert reaches(24, tanh, tanh_derivative, 8) > 1e4


def test_powers(prose):
    assert "$3.6 \\cdot 10^{-12}$" in prose
    assert f"{4.0**-19:.1e}" == "3.6e-12"
    assert f"$\\sigma'(5) = {sigmoid_derivative(5):.4f}$" in prose
    assert f"$1.21^{{20}} \\approx {1.21**20:.0f}$" in prose
    assert f"$0.81^{{20}} \\approx {0.81**20:.3f}$" in prose
    assert f"is {1.5**20:.0f} times the output, and {1.5**19:.0f} times the gradient" in prose


def test_the_cliff(prose):
    assert f"the gradient is ${row_gradient(0.8, 1, 1, 20):.2f}$" in prose
    assert "At $w = 1.2$ it is 24,000" in prose
    assert round(row_gradient(1.2, 1, 1, 20), -3) == 24_000
    assert "the best weights are $w = 1$ and $-1$" in prose
    assert row_gradient(1, 1, 1, 20) == row_gradient(-1, 1, 1, 20) == 0
    thrown = 1.2 - 0.003 * row_gradient(1.2, 1, 1, 20)
    assert round(thrown) == -70
    assert "throws the weight to $-70$, and the next to $7 \\cdot 10^{70}$" in prose
    thrown -= 0.003 * row_gradient(thrown, 1, 1, 20)
    assert f"{thrown:.0e}" == "7e+70"
    with np.errstate(over="ignore"):
        assert np.isinf(np.float64(thrown) ** 19)
    left = (1 - 0.003 * 0.6) ** 100
    assert f"leave {left:.3f} of the weight, and {left**19:.3f} of" in prose
    assert pytest.approx(0.015) == 0.003 * 5
    assert "in steps of 0.015" in prose


CURES = ["no cure", "ReLU", "first weights", "batch norm", "layer norm", "residual"]


def deep_network(cure, layers):
    """Return the network of the chapter, with its table for a program."""
    activation = (
        entrywise(relu, relu_derivative)
        if cure == "ReLU"
        else entrywise(sigmoid, sigmoid_derivative)
    )
    rule = centered_sigmoid_variance if cure == "first weights" else he_variance
    bias = centering_bias if cure == "first weights" else zero_bias
    inner = chain(dense(16, 16, rule, bias), activation)
    hidden = {
        "batch norm": chain(normalized(16, 1), dense(16, 16, rule), activation),
        "layer norm": chain(normalized(16, 0), dense(16, 16, rule), activation),
        "residual": residual(inner),
    }.get(cure, inner)
    first = chain(dense(2, 16, rule), activation)
    return chain(first, *[hidden] * (layers - 2), dense(16, 1, rule, bias))


def sums_of(part):
    """Return what belongs to the weighted sums of each layer: W and b, or their gradients."""
    *hidden, last = part
    return [*(own[-2] for own in hidden), last]


def sizes_of(cure, layers, scale, seed=1):
    network = deep_network(cure, layers)
    part = network.first(np.random.default_rng(seed))
    for W, b in sums_of(part):
        W *= scale
        b *= scale
    Z, kept = network.forward(part, X)
    _, gradients = network.backward((sigmoid(Z) - Y) / Y.size, part, kept)
    return np.array([np.linalg.norm(dW) for dW, _ in sums_of(gradients)])


def test_what_each_cure_does_to_the_gradient(prose):
    none = sizes_of("no cure", 20, 1)
    assert 1e-9 * none[-1] / none[0] == pytest.approx(18, abs=1)
    assert "an eighteen-billionth" in prose
    for cure in CURES[1:]:
        sizes = sizes_of(cure, 20, 1)
        assert sizes.max() / sizes.min() < 1e4
    residual = sizes_of("residual", 20, 1)
    assert residual[-1] / residual[0] == pytest.approx(100, rel=0.2)
    assert residual.argmax() == 19
    assert sizes_of("ReLU", 40, 2).min() > 1e8
    for cure in ("ReLU", "first weights"):
        assert sizes_of(cure, 40, 0.5).max() < 1e-10
    for cure in ("batch norm", "layer norm", "residual"):
        assert sizes_of(cure, 40, 0.5).min() > 1e-3
    for cure in ("batch norm", "layer norm"):
        doubled = sizes_of(cure, 40, 2)
        assert 1 < doubled[0] / doubled[-1] < 100
    batch = sizes_of("batch norm", 40, 2)
    assert "it is here 99 times that of the last layer, and more than 700 times the smalle" in prose
    assert batch[0] / batch[-1] == pytest.approx(99, abs=0.5)
    assert 700 < batch[0] / batch.min() < 750


def test_how_much_of_the_last_layer_reaches_the_first(prose):
    batch = sizes_of("batch norm", 20, 1)
    assert f"{batch[0]:.2f} of {batch[-1]:.2f}; with the ReLU it is a third" in prose
    shares = {"ReLU": 1 / 3, "first weights": 1 / 5, "layer norm": 1 / 5}
    for cure, share in shares.items():
        sizes = sizes_of(cure, 20, 1)
        assert sizes[0] / sizes[-1] == pytest.approx(share, abs=0.02)


def test_how_much_of_it_is_luck(prose):
    within = {}
    for cure in ("batch norm", "ReLU", "first weights", "layer norm"):
        ends = [sizes_of(cure, 20, 1, seed)[[0, -1]] for seed in range(1, 41)]
        within[cure] = sum(0.5 < first / last < 2 for first, last in ends)
    said = "in {} with the batch norm, {} with the ReLU, {} with the first weights and {} with the"
    assert said.format(*within.values()) in prose


def test_how_much_the_mean_of_200_networks_varies(prose):
    squares = []
    for seed in range(200):
        net = initial_parameters((64,) * 11, seed, he_variance)
        squares.append(np.mean(forward(net, np.ones((64, 1)), [relu] * 10)[1][-1] ** 2))
    assert np.std(squares, ddof=1) / np.sqrt(200) == pytest.approx(0.06, abs=0.005)
    assert "on average, give or take 6 percent" in prose


def test_no_line_but_that_without_a_cure_leaves_the_frame():
    """And the greatest fits, where both the figure and its text say that it explodes."""
    for cure in CURES[1:]:
        sizes = sizes_of(cure, 40, 2)
        assert 1e-24 < sizes.min() <= sizes.max() < 1e12


@cache
def trained(cure, seed, wiggle=0.0):
    """Return cost, part of the points that are right, probabilities, and saturation of the end."""
    network, rng = deep_network(cure, 20), np.random.default_rng(seed)
    first = network.first(np.random.default_rng(seed))
    theta = flat(first)
    theta = theta * (1 + wiggle * rng.normal(size=theta.size))
    gradient = gradient_of(network, X, Y, sigmoid)
    theta = stochastic_descent(gradient, theta, 0.02, [np.arange(Y.size)] * 300)[-1]
    (Z,), kept = network.forward(like(theta, first), X)
    sums = [own[-1] for own in kept[:-1]]  # what an activation keeps
    flats = [np.mean(sigmoid_derivative(Z) < 0.025) for Z in sums]
    return np.mean(softplus(Z) - Y * Z), np.mean((Z > 0) == Y), sigmoid(Z), flats


@pytest.mark.slow
@pytest.mark.parametrize("cure", CURES)
def test_each_cure_alone_learns_and_no_cure_does_not(cure, prose):
    said = "the batch norm gets all points right, each other cure at least 75%, and the network wi"
    assert said in prose
    least = {"no cure": 0.5, "batch norm": 1}.get(cure, 0.75)
    for seed in range(3):
        cost, right, outputs, _ = trained(cure, seed)
        assert right >= least
        if cure == "no cure":
            assert right == 0.5
            assert cost == pytest.approx(np.log(2), abs=1e-3)
            assert np.abs(outputs - 0.5).max() < 1e-4 or seed != 1


@pytest.mark.slow
def test_who_is_last_and_why(prose):
    costs = {cure: trained(cure, 1)[0] for cure in CURES if cure != "no cure"}
    assert max(costs, key=costs.get) == "first weights"
    assert "The first weights alone help least." in prose
    assert "in its last ten hidden layers more than half of the sigmoids are saturated" in prose
    assert min(trained("residual", 1)[3][-10:]) > 0.5


@pytest.mark.slow
@pytest.mark.parametrize("cure", CURES)
def test_what_is_printed_of_the_training_does_not_hang_on_rounding(cure):
    cost, right, *_ = trained(cure, 1)
    moved, as_right, *_ = trained(cure, 1, wiggle=1e-12)
    assert moved == pytest.approx(cost, abs=1e-6)
    assert as_right == right


def test_a_layer_norm_on_the_sums_does_not_cure(prose):
    assert "less than a millionth of the last layer's gradient" in prose
    A, kept = X, []
    parameters = initial_parameters(TWENTY, 1, he_variance)
    for number, (W, b) in enumerate(parameters[:-1]):
        Z, U, spread = W @ A + b, None, None
        if number:
            U, spread = normalize(Z, 0)
            Z = U
        kept.append((W, A, Z, U, spread))
        A = sigmoid(Z)
    W, b = parameters[-1]
    dZ = (sigmoid(W @ A + b) - Y) / Y.size
    last, dA = np.linalg.norm(dZ @ A.T), W.T @ dZ
    for W, before, Z, U, spread in kept[::-1]:
        dZ = dA * sigmoid_derivative(Z)
        dZ = dZ if U is None else normalize_gradient(dZ, U, spread, 0)
        first, dA = np.linalg.norm(dZ @ before.T), W.T @ dZ
    assert first < 1e-6 * last


def test_the_minutes_add_up(prose):
    rows = re.findall(r"(?m)^\| [^|]+ \| (\d*) \|[^|]*\| (\d*) ?\|$", prose)
    rows += re.findall(r"(?m)^\| \| () ?\|[^|]*\| (\d+) ?\|$", prose)
    sums = np.array([[int(minutes or 0) for minutes in row] for row in rows]).sum(axis=0)
    first, second = map(int, re.findall(r"of about (\d+) and (\d+) minutes", prose)[0])
    assert abs(sums - [first, second]).max() <= 0
    exercises = sum(map(int, re.findall(r"\*\* · (\d+) minutes", prose)))
    said = int(re.search(r"and (\d+) minutes for the exercises", prose)[1])
    assert abs(exercises - said) <= 3
