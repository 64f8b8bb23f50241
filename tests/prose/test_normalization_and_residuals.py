"""The numbers in the prose of the chapter on normalization and residuals are right."""

from functools import cache

import numpy as np
import pytest
from words import in_words, times

from utils.activations import relu, relu_derivative, sigmoid, sigmoid_derivative, softplus
from utils.data import moons, standardize
from utils.gradient_check import central_difference
from utils.initializers import (
    centered_sigmoid_variance,
    centering_bias,
    he_variance,
    zero_bias,
)
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
from utils.network import initial_parameters
from utils.normalization import normalize, normalize_gradient
from utils.optimizers import stochastic_descent

GIVEN = [
    "all layers are within a few powers of ten",
    "would be a power of ten: which?",
    "### 1. Twenty layers",
    "Each of twenty residual layers stretches",
    "If the weights are doubled, by which factor",
]

POINTS, LABELS = moons(100)
X, Y = np.array([standardize(feature) for feature in POINTS]), LABELS[None]
TWENTY = (2, *[16] * 19, 1)
STOPS = np.geomspace(0.125, 2, 9)
STARTS = range(1, 11)


def outputs(kind, scale, seed=1):
    """Return how large the outputs of 20 layers of ReLUs are, those of the first set to 1."""
    rng, A, sizes = np.random.default_rng(seed), X, []
    for layer in range(20):
        into = len(A)
        W = scale * rng.normal(scale=np.sqrt(2 / into), size=(16, into))
        before = normalize(A, 1)[0] if layer and kind == "normalized" else A
        new = np.maximum(W @ before, 0)
        A = A + new if layer and kind == "way around" else new
        sizes.append(np.sqrt(np.mean(A**2)))
    return np.array(sizes) / sizes[0]


def test_ten_percent_too_much(prose):
    assert "weights that are 10% too large make mean squares 45 times as large after 20" in prose
    assert round(1.1 ** (2 * 20)) == 45


def test_which_scale_each_network_feels(prose):
    scales = (0.125, 1, 2)
    eighth, own, double = (outputs("plain", scale)[-1] for scale in scales)
    least = in_words(scales[0])
    assert f"when the weights are an {least} of what they were, and which when they are" in prose
    assert "of what they were, and which when they are doubled?" in prose
    assert f'with weights <a href="#any-scale?scale=0.125">an {least}</a> as large' in prose
    assert f'times at <a href="#any-scale?scale=0.125">an {least}</a>, and' in prose
    assert '<a href="#any-scale?scale=2">doubled</a> ones, 480,000 times as large' in prose
    assert f"{eighth:.0e}" == "6e-18"
    assert "are $6 \\cdot 10^{-18}$ times as large as those of the first" in prose
    assert f"they are {own:.2f} times as large" in prose
    assert "ones, 480,000 times as large." in prose
    assert round(double, -4) == 480_000
    assert "to within 2 percent, wherever you set the slider" in prose
    level = [outputs("normalized", scale) for scale in STOPS]
    np.testing.assert_allclose(level, np.tile(level[0], (9, 1)), rtol=0.02)
    assert 0.5 < level[0].min() <= level[0].max() < 2
    rising = [outputs("way around", scale) for scale in STOPS]
    assert all(np.diff(line).min() >= 0 for line in rising)
    assert np.all(np.diff([line[-1] for line in rising]) > 0), "the more level, the smaller"
    assert f"{rising[0][-1]:.1f} times at <a" in prose
    assert "42,000 times at <a" in prose
    assert round(outputs("way around", 1)[-1], -3) == 42_000


def test_the_running_network_with_a_way_around(prose):
    W1, b1 = np.array([[0.4, 0.6], [-0.5, 0.3]]), np.array([0.5, -0.2])
    W2, b2, x = np.array([0.7, -0.4]), 0.1, np.array([1.0, 2.0])
    z1 = W1 @ x + b1
    answer = sigmoid(W2 @ (x + sigmoid(z1)) + b2)
    around = W2 * (answer - 1) * answer * (1 - answer)
    through = W1.T @ (around * sigmoid_derivative(z1))
    part = np.linalg.norm(through) / np.linalg.norm(around)
    assert f"about a {in_words(round(part, 1))} of what comes around it" in prose


#: Where they share what has been trained.
ON_ONE_WORKER = pytest.mark.xdist_group("cures")
CURES = ["no cure", "ReLU", "first weights", "batch norm", "layer norm", "residual"]


def test_how_many_cures_there_are(prose):
    six, five = in_words(len(CURES)), in_words(len(CURES) - 1)
    assert f"and try {five} cures on a network of 20 layers" in prose
    assert f"**say** of {five} cures of a deep network" in prose
    assert f"Each of the {five} others differs from it in one thing" in prose
    assert f"| any of the {five} cures |" in prose
    assert f"{five.capitalize()} networks of 20 layers have one of this" in prose
    assert f"So we train all {six}, by plain gradient descent" in prose
    assert f"Now we give a network of {in_words(len(TWENTY) - 1)} layers its cures" in prose


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
    assert f"the longest gradient, about a {in_words(100)} times that of the first" in prose
    assert "still works in 40 layers when the weights are halved?" in prose
    assert "with doubled weights and 40 layers all gradients explode, and with <a" in prose
    link = '<a href="#each-cure?cure=ReLU&amp;layers=40&amp;scale=0.5">'
    assert f"and with {link}half the weights</a> all vanish." in prose
    assert "first weights</a> do not work when halved either" in prose
    assert "it still works with half the weights" in prose
    assert "they set the scale once, and halved they are as bad as others" in prose
    assert "when its weights are halved, the gradient still reaches the first of 40 layers" in prose
    assert "but when its weights are halved, hardly anything of it does" in prose
    assert "With double weights and 40 layers the norms let the gradient grow" in prose
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
    assert "with the first weights and the layer norm a fifth." in prose
    for cure, share in shares.items():
        sizes = sizes_of(cure, 20, 1)
        assert sizes[0] / sizes[-1] == pytest.approx(share, abs=0.02)


def test_half_of_what_relus_put_out_is_zero(prose):
    sums = []
    for seed in range(1, 11):
        network = deep_network("ReLU", 20)
        _, kept = network.forward(network.first(np.random.default_rng(seed)), X)
        sums += [own[-1] for own in kept[:-1]]
    silent = np.mean([np.mean(Z <= 0) for Z in sums])
    assert silent == pytest.approx(1 / 2, abs=0.05)
    assert f"| C | About {in_words(1 / 2)} of its outputs are exactly 0. |" in prose


def test_twice_the_weights_turn_a_quarter_as_far(prose):
    """Of weights whose scale does not matter: half the gradient, over twice the length."""
    c, w, u = 2, np.array([0.3, -0.8, 0.5]), np.array([1.0, 2.0, -1.0])

    def slopes(w):
        return central_difference(lambda w: (w @ u) / np.linalg.norm(w), w)

    share = round(np.linalg.norm(slopes(c * w)) / np.linalg.norm(slopes(w)), 6)
    half, twice, turned = in_words(share), times(c), in_words(round(share / c, 6))
    assert f"so {twice} the weights have {half} the gradient." in prose
    assert f"{half} of the one over {twice} the other: a {turned}." in prose


def test_what_twenty_squares_doubled_make(prose):
    assert f"and $2^{{20}}$ is about a {in_words(round(2**20, -6))}:" in prose


def test_how_much_of_it_is_luck(prose):
    within, starts = {}, range(1, 41)
    assert f"of {in_words(len(starts))} starts, the first and the last layer's" in prose
    for cure in ("batch norm", "ReLU", "first weights", "layer norm"):
        ends = [sizes_of(cure, 20, 1, seed)[[0, -1]] for seed in starts]
        within[cure] = sum(0.5 < first / last < 2 for first, last in ends)
    said = "in {} with the batch norm, {} with the ReLU, {} with the first weights and {} with the"
    assert said.format(*within.values()) in prose


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


@ON_ONE_WORKER
@pytest.mark.some_chapters
@pytest.mark.slow
@pytest.mark.parametrize("cure", CURES)
def test_each_cure_alone_learns_and_no_cure_does_not(cure, prose):
    said = "the batch norm gets all points right, each other cure at least 82%, and the network wi"
    assert f"From each of {in_words(len(STARTS))} starts {said}" in prose
    least = {"no cure": 0.5, "batch norm": 1}.get(cure, 0.82)
    for seed in STARTS:
        cost, right, outputs, _ = trained(cure, seed)
        assert right >= least
        if cure == "no cure":
            assert right == 0.5
            assert cost == pytest.approx(np.log(2), abs=1e-3)
            assert np.abs(outputs - 0.5).max() < 1e-4 or seed != 1


@ON_ONE_WORKER
@pytest.mark.some_chapters
@pytest.mark.slow
def test_who_is_last_and_why(prose):
    for seed in STARTS:
        costs = {cure: trained(cure, seed)[0] for cure in CURES if cure != "no cure"}
        assert max(costs, key=costs.get) == "first weights"
    assert "The first weights alone help least." in prose
    assert "the first weights have the highest cost of the five each time" in prose
    assert "in its last ten hidden layers more than half of the sigmoids are saturated" in prose
    assert min(trained("residual", 1)[3][-10:]) > 0.5


@pytest.mark.some_chapters
@ON_ONE_WORKER
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
