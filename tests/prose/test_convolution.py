"""The numbers in the prose of the chapter on convolution are right."""

import numpy as np
import pytest
from scipy.linalg import null_space
from words import in_words

from utils.activations import relu, relu_derivative, sigmoid, softmax
from utils.convolution import convolution, convolution_forward, flattened, size
from utils.data import digits
from utils.initializers import he_variance
from utils.layers import chain, dense, entrywise, flat, gradient_of, like
from utils.neuron import neuron
from utils.optimizers import mini_batches, stochastic_descent

GIVEN = [
    "look for an edge, after ten epochs?",
    "ten epochs are too few",
    "the kernel is not turned, or turned twice",
    "and those by the five numbers?",
]


def test_the_running_neuron_slides(prose, code):
    z = np.correlate([1.0, 2.0, 0.0, -1.0, 1.0], [0.4, 0.6], mode="valid") + 0.5
    assert neuron(np.array([1.0, 2.0]), np.array([0.4, 0.6]), 0.5) == sigmoid(z[0])
    assert f"the sum is {z[0]:.1f}, and $\\sigma({z[0]:.1f}) \\approx {sigmoid(z[0]):.4f}$" in prose
    assert f"The greatest sum, {z.max():.1f}, is at place" in prose
    assert "signal of five numbers, 1, 2, 0, −1 and 1, on a strip" in prose
    assert "signal, b = np.array([1.0, 2.0, 0.0, -1.0, 1.0]), 0.5" in code


def test_three_parameters_in_place_of_a_layer(prose):
    inputs, sums = 9, size(9, 2)
    assert f"from {in_words(inputs)} inputs to {in_words(sums)} sums has" in prose
    assert f"sums has {(inputs + 1) * sums}." in prose
    assert f"It does so with {in_words(2 + 1)} parameters" in prose


def test_what_is_left_of_a_map_that_commutes(prose):
    shift = np.roll(np.eye(4), 1, axis=0)
    free = null_space(np.kron(np.eye(4), shift.T) - np.kron(shift, np.eye(4))).shape[1]
    assert f"Of {4 * 4} numbers {free} are left, one for each diagonal" in prose


def test_the_edges_of_the_digits(prose):
    """At 90° the lower edge of the bar of the 7 counts against, at 270° for; so do edges."""
    X, _ = digits()
    seven, one = X[:, 7].reshape(8, 8), X[:, 1].reshape(8, 8)
    below = seven[2:, 2:5].mean(axis=1) - seven[:-2, 2:5].mean(axis=1)
    assert below[0] < -0.3, "under the bar, in the first rows, ink ends"
    assert "at 270° the lower edge of the bar is brown" in prose
    rise = np.mean(one[:, 2:] - one[:, :-2], axis=0)
    assert rise.argmax() < rise.argmin(), "ink on the right, and then no more"
    assert "The left edge of the 1 stands out at" in prose
    assert f"{in_words(9).capitalize()} weights found an edge anywhere" in prose


def test_how_many_weights(prose):
    parameters = flat(convolution(1, 8, (3, 3)).first(np.random.default_rng(0))).size
    places = size(8, 3) ** 2
    as_dense = flat(dense(64, 8 * places).first(np.random.default_rng(0))).size
    assert f"8 × 8 pixels, and {in_words(8)} filters of 3 × 3" in prose
    assert f"that is {parameters} against {as_dense:,}" in prose
    assert f"takes $C K_1 K_2$ of them, here {8 * places * 9}." in prose


def test_the_derivatives_that_sympy_compares(prose, code):
    assert "for three weights and five numbers" in prose
    assert 'print("the eight derivatives agree")' in code


# ── Kernels that learn ───────────────────────────────────────────────────────────────────────────

RELUS = entrywise(relu, relu_derivative)
X, DIGIT = digits()
IMAGES, Y = X.reshape(1, 8, 8, -1), np.eye(10)[DIGIT].T
ORDER = np.random.default_rng(0).permutation(1797)
TRAIN, ASIDE = ORDER[:1400], ORDER[1400:]


def trained(network, inputs, rate, epochs, seed, nudge=0.0):
    first = network.first(np.random.default_rng(seed))
    gradient = gradient_of(network, inputs[..., TRAIN], Y[:, TRAIN], softmax)
    batches = mini_batches(1400, 32, epochs, np.random.default_rng(seed))
    start = flat(first)
    start[3] += nudge
    with np.errstate(all="ignore"):
        last = stochastic_descent(gradient, start, rate, batches)[-1]
    return like(last, first)


def right(network, part, inputs):
    Z, _ = network.forward(part, inputs[..., ASIDE])
    return int(np.sum(Z.argmax(axis=0) == DIGIT[ASIDE]))


FOUR = chain(convolution(1, 4, (3, 3)), RELUS, flattened(), dense(144, 10))


def test_a_rate_of_3_kills_relus_in_the_first_epoch(prose):
    """As drawn, none is active for any picture, and one digit is all that is answered."""
    dead, best = [], []
    for seed in (1, *range(20, 30)):
        parts = [trained(FOUR, IMAGES, rate, 1, seed) for rate in (0.003, 0.3, 3.0)]
        Z, _ = convolution_forward(parts[-1][0], IMAGES)
        dead.append(bool(np.all(Z <= 0)))
        best.append(np.argmax([right(FOUR, part, IMAGES) for part in parts]) == 1)
    answers, _ = FOUR.forward(trained(FOUR, IMAGES, 3.0, 1, 1), IMAGES)
    assert dead[0]
    assert all(best)
    assert len(np.unique(answers.argmax(axis=0))) == 1
    assert "no ReLU is active for any picture: the kernels stand still, and the network" in prose
    assert "answers one digit to everything" in prose
    assert f"in {in_words(len(best) - 1)} others 0.3 was the best of the three after one" in prose
    assert f"at 3 all ReLUs were dead in {in_words(sum(dead[1:]))}." in prose


@pytest.mark.slow
def test_the_two_networks_are_hardly_told_apart(prose):
    """By the mean of five, less than one count is uncertain; and a nudge changes no count."""
    eight = chain(convolution(1, 8, (3, 3)), RELUS, flattened(), dense(288, 10))
    hidden = chain(dense(64, 32, he_variance), RELUS, dense(32, 10))
    ranges = []
    for network, inputs in ((eight, IMAGES), (hidden, X)):
        counts = [right(network, trained(network, inputs, 0.3, 10, s), inputs) for s in range(5)]
        nudged = right(network, trained(network, inputs, 0.3, 10, 0, nudge=1e-13), inputs)
        assert nudged == counts[0]
        ranges.append(counts)
    ahead = np.mean(np.subtract(*ranges))
    share = np.mean(ranges) / 397
    error = np.sqrt(397 * share * (1 - share))
    assert error / 2 < ahead < 2 * error
    assert f"reads a few digits more, on average {ahead:.1f}." in prose
    assert f"the standard error of one such count, {int(error)} to {int(error) + 1}, so" in prose
    assert (
        f"Here are {in_words(8)} kernels against {32} hidden neurons, over {in_words(5)} draws"
        in prose
    )


def test_the_exercises(prose):
    assert "The first sum is 2 − 3." in prose
    z = np.correlate([2, 1, 3, 0, 1], [1, 0, -1], mode="valid")
    assert f"two places on: {z[0]}, {z[1]} and {z[2]}.".replace("-", "−") in prose
    dx = np.convolve([1, 2, -1], [1, 0, -1])
    laid = np.array([[1, 0, -1, 0, 0], [0, 2, 0, -2, 0], [0, 0, -1, 0, 1]])
    np.testing.assert_array_equal(laid.sum(axis=0), dx)
    assert (
        "(1, 0, −1) from the first number on, (2, 0, −2) from the second, and (−1, 0, 1)" in prose
    )
    assert f"each map has {size(32, 5)} rows" in prose
    seen = 1
    for layers, told in ((2, "Two kernels of 3 see {} numbers,"), (3, "and three see {}:")):
        seen = 1 + layers * (3 - 1)
        assert told.format(seen) in prose
    over = np.zeros(11)
    for start in range(0, 9, 2):
        over[start : start + 3] += 1
    np.testing.assert_array_equal(over[2:-2], [2, 1, 2, 1, 2, 1, 2])
    assert "With $K = 3$ and $s = 2$ it is 1, 2, 1, 2, …" in prose
