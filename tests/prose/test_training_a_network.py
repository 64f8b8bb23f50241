"""The numbers in the prose of the chapter on training a network are right."""

import re

import numpy as np
import pytest
from manuscript import BOOK
from words import in_words, times

from utils.activations import sigmoid, sigmoid_derivative
from utils.data import moons, xor
from utils.gradient_check import complex_step, disagreement
from utils.layers import chain, dense, entrywise, flat, gradient_of, like
from utils.network import (
    backward,
    backward_count,
    forward,
    initial_parameters,
    multiply_add_count,
)
from utils.optimizers import mini_batches, stochastic_descent

GIVEN = [
    "on two half circles that interlock",
    "answers more than one half",
    "For half the squared error after an output",
    "Is a third or a fourth hidden neuron",
    "### Ten digits",
    "a minus that is there twice",
    "### 2. Every example twice",
    'Answer each with "half", "same" or "twice".',
    'or "twice".',
    "B divides by $m$ twice",
]


def begun(hidden, start):
    network = chain(dense(2, hidden), entrywise(sigmoid, sigmoid_derivative), dense(hidden, 1))
    return network, network.first(np.random.default_rng(start))


def learned(X, y, hidden, rate, start, size, epochs, seed):
    network, first = begun(hidden, start)
    gradient = gradient_of(network, X, y[None], sigmoid)
    batches = mini_batches(len(y), size, epochs, np.random.default_rng(seed))
    path = stochastic_descent(gradient, flat(first), rate, batches)
    steps = len(y) // size

    def right(epoch):
        Y_hat = sigmoid(network.forward(like(path[epoch * steps], first), X)[0][0])
        return np.sum((Y_hat > 0.5) == y), -np.log(np.where(y, Y_hat, 1 - Y_hat)).mean()

    return right, path, gradient


@pytest.mark.some_chapters
@pytest.mark.slow
def test_the_starts_of_xor(prose):
    X, y = xor()
    ends = {
        (hidden, rate, start): learned(X, y, hidden, rate, start, 4, 2000, start)
        for hidden, rate, start in [
            (2, 0.3, 1), (2, 1, 1), (2, 10, 1), (2, 10, 3), (2, 1, 3), (2, 1, 2),
            *((hidden, 1, start) for hidden in (3, 4) for start in (1, 2, 3)),
        ]
    }  # fmt: skip
    stuck = {key for key, (right, *_) in ends.items() if right(2000)[0] < 4}
    assert stuck == {(2, 0.3, 1), (2, 1, 1), (2, 10, 3)}
    right, *_ = learned(X, y, 2, 1, 1, 4, 10_000, 1)
    assert "Its cost, 0.351, still falls, but toward $\\frac{1}{2} \\ln 2 \\approx 0.347$" in prose
    assert f"{right(2000)[1]:.3f}" == "0.351"
    assert f"{np.log(2) / 2:.3f}" == "0.347"
    costs = [right(epoch)[1] for epoch in range(2000, 10_001, 1000)]
    assert sorted(costs, reverse=True) == costs, "it still falls"
    assert np.log(2) / 2 < costs[-1] < np.log(2) / 2 + 1e-3
    assert "after 10,000 steps it is still above" in prose


def test_one_hidden_neuron_gets_three_corners_at_best(prose):
    """Its answer rises or falls with wᵀx, so more than one half is a half-plane, or nothing."""
    X, y = xor()
    rng = np.random.default_rng(0)
    rights, shapes = set(), initial_parameters((2, 1, 1), seed=0)
    for theta in rng.normal(scale=5, size=(1000, 5)):
        Y_hat = forward(like(theta, shapes), X, [sigmoid] * 2)[1][-1][0]
        rights.add(int(np.sum((Y_hat > 0.5) == y)))
    assert max(rights) == 3
    assert "gets three corners right at best" in prose


@pytest.mark.slow
def test_the_moons(prose):
    points, size = 100, 10
    X, y = moons(points, noise=0.15, seed=0)
    assert f"Here are a {in_words(points)} points, made up" in prose
    per_epoch = in_words(points // size)
    assert f"learns from {in_words(size)} points at a time, by steps" in prose
    assert f"so an epoch is {per_epoch} steps." in prose
    assert f"enough for all {in_words(points)} points, and" in prose

    def run(hidden, rate):
        right, *_ = learned(X, y, hidden, rate, 1, size, 200, 0)
        return lambda epoch: (100 - right(epoch)[0], right(epoch)[1])

    eight, one = run(8, 3), run(1, 3)
    assert eight(20)[0] == one(20)[0] == 12
    plateau = (20, 40, 60)
    assert all(0.245 < eight(epoch)[1] < 0.275 for epoch in plateau)
    assert eight(80)[1] < 0.22
    assert f"Then for {in_words(plateau[-1] - plateau[0])} epochs nothing seems to happen" in prose
    assert eight(120)[0] == 1
    assert all(0.25 < run(8, rate)(200)[1] < 0.27 for rate in (0.3, 1))
    assert run(4, 3)(200)[0] == 0
    for rate in (0.3, 1, 3, 10):
        two = run(2, rate)
        assert min(two(epoch)[0] for epoch in range(0, 201, 20)) > 0
    assert "12 points are wrong" in prose


@pytest.mark.some_chapters
@pytest.mark.slow
def test_the_moons_from_ten_starts(prose):
    X, y = moons(100, noise=0.15, seed=0)

    starts = range(1, 11)

    def runs(hidden):
        return [learned(X, y, hidden, 3, start, 10, 200, 0)[0] for start in starts]

    two, four, eight = runs(2), runs(4), runs(8)
    left = [right(60)[1] < 0.13 for right in eight]
    gone = f"{in_words(sum(left))} with eight hidden neurons"
    assert f"Of {in_words(len(starts))} starts at the rate 3, {gone}" in prose
    assert all(right(60)[1] > 0.24 for right, away in zip(eight, left, strict=True) if not away)
    assert "seven with eight hidden neurons have left the plateau by epoch 60" in prose
    assert all(right(200)[0] >= 99 for right in four + eight)
    assert "all ten with four and with eight end with at most one point wrong" in prose
    assert {int(100 - right(200)[0]) for right in two} == {11, 12}
    assert "all ten with two end with eleven or twelve" in prose


@pytest.mark.some_chapters
@pytest.mark.slow
def test_xor_from_ten_starts(prose):
    X, y = xor()
    starts = range(1, 11)
    solved = [
        sum(learned(X, y, hidden, 1, start, 4, 2000, start)[0](2000)[0] == 4 for start in starts)
        for hidden in (2, 3, 4)
    ]
    assert solved == [6, 10, 10]
    more, six, ten = (in_words(n) for n in (solved[1] - 3, solved[0], len(starts)))
    assert f"starts and from {more} more, and with two from {six} of these {ten}:" in prose


def test_the_naive_way_is_off_in_proportion_to_its_step(prose):
    """So it is truncation that counts, and not rounding, at the step that the chapter has."""
    rng = np.random.default_rng(0)
    examples = 7
    X, Y = rng.normal(size=(3, examples)), rng.uniform(size=(2, examples))
    assert f"a softmax chooses, and {in_words(examples)} examples:" in prose
    first = initial_parameters((3, 5, 4, 3, 2), seed=2)

    def cost(theta):
        return np.sum((Y - forward(like(theta, first), X, [sigmoid] * 4)[1][-1]) ** 2) / 14

    theta = flat(first)
    exact = complex_step(cost, theta)
    off = [
        disagreement([(cost(theta + h * e) - cost(theta)) / h for e in np.eye(theta.size)], exact)
        for h in (1e-6, 1e-7)
    ]
    assert "right to six digits or so: a difference on one side is off in proportion" in prose
    assert off[0] < 1e-6
    assert off[0] / off[1] == pytest.approx(10, rel=0.2)


@pytest.mark.slow
def test_a_missing_transpose_leaves_more_in_most_networks(prose):
    rng = np.random.default_rng(0)
    traces, shapes = [], initial_parameters((2, 2, 2), seed=0)
    for _ in range(200):
        X, Y = rng.normal(size=(2, 5)), rng.uniform(size=(2, 5))
        (W1, b1), (W2, b2) = parameters = like(rng.normal(size=12), shapes)
        Z, A = forward(parameters, X, [sigmoid] * 2)
        dZ = (A[2] - Y) * sigmoid_derivative(Z[2]) / 5
        right, wrong = (
            flat(backward([(W1, b1), (W, b2)], Z, A, dZ, [sigmoid_derivative])) for W in (W2, W2.T)
        )
        traces.append(disagreement(right, wrong))
    assert "(in most it is larger)" in prose
    assert np.median(traces) > 2 * 0.013


def test_the_measured_times_are_what_the_text_says(prose):
    """What the bench wrote has the chapter's sizes, and its ratios bear out the sentences."""
    n = np.array([2, 4, 8, 16, 32, 64, 128])
    file = BOOK / "_static/measured-backpropagation.csv"
    P, ours, naive = np.loadtxt(file, delimiter=",", unpack=True)
    np.testing.assert_array_equal(P, n * (n + 1) + n + 1)
    assert "for 16 examples and $n = 2, 4, \\dots, 128$" in prose
    assert file.read_text(encoding="utf-8").startswith("# 16 examples, n-n-1 networks")
    F = n * n + n
    assert "The points lie above the line" in prose
    assert np.all(naive / ours > (P + 1) * F / (3 * F - n * n))
    assert "At 16,641 parameters the naive way took more than a second" in prose
    assert P[-1] == 16_641
    assert naive[-1] > 1000
    assert "less than a ten-thousandth of that" in prose
    assert 10_000 < naive[-1] / ours[-1] < 100_000


def test_counts(prose):
    hidden, size = 8, 10
    parameters, eight = flat(begun(hidden, 1)[1]).size, in_words(hidden)
    assert f"{parameters} of them with {eight} hidden neurons, over {in_words(size)} ex" in prose
    assert f"With {eight} hidden neurons, how does the boundary begin" in prose
    half = in_words(1 / 2)
    assert f"always answers one {half} pays $\\ln 2 \\approx {-np.log(1 / 2):.2f}$" in prose
    passes = 880 * 2411
    assert f"the 880 steps, more than {in_words(passes // 10**6 * 10**6)}." in prose
    sizes = 64, 32, 10
    assert flat(initial_parameters(sizes, 0)).size == 2411 - 1
    assert f"{sizes[1]} hidden neurons, {in_words(sizes[-1])} outputs with a softmax" in prose


def test_what_the_check_says_of_errors(prose):
    n, g = 5, np.array([1.0, -2.0, 0.5])
    said = f"$({n} - 1) / ({n} + 1) \\approx {disagreement(n * g, g):.3f}$"
    assert f"A flipped sign gives 1, and a gradient {in_words(n)} times too long {said}." in prose


def test_how_many_lines_are_broken(prose):
    lines = re.findall(r"(?m)^    [A-Z]   \w+ = ", prose)
    assert f"### 3. {in_words(len(lines)).capitalize()} broken lines" in prose
    assert f"= {3 * 101_632} - {784 * 128} = {3 * 101_632 - 784 * 128}$" in prose


def test_every_example_twice(prose):
    """The cost and the gradient are the same, and each entry of δ is half as large."""
    rng = np.random.default_rng(0)
    X, Y = rng.normal(size=(2, 5)), rng.uniform(size=(2, 5))
    parameters = initial_parameters((2, 3, 2), seed=0)
    found = []
    for often in (1, 2):
        inputs, targets = np.tile(X, often), np.tile(Y, often)
        Z, A = forward(parameters, inputs, [sigmoid] * 2)
        dZ = (A[2] - targets) * sigmoid_derivative(Z[2]) / (5 * often)
        gradients = backward(parameters, Z, A, dZ, [sigmoid_derivative])
        found.append((np.sum((A[2] - targets) ** 2) / (10 * often), dZ[:, :5], gradients[1][0]))
    (cost, entries, gradient), (again, halved, same) = found
    np.testing.assert_allclose([again], [cost], rtol=1e-12)
    np.testing.assert_allclose(halved, entries / 2, rtol=1e-12)
    np.testing.assert_allclose(same, gradient, rtol=1e-12)
    assert "so it is half of what it was" in prose
    twice = times(often)
    assert f"so that $m$ is {twice} what it was." in prose
    assert f"the mean of all losses taken {twice} is the same" in prose
    assert f"adds up {twice} as many of them, and is the same again" in prose


def test_what_a_plateau_says(prose):
    one_half = 1 / 2
    sure, half, word = 0, -np.log(one_half), in_words(one_half)
    assert f"the price of one {word} in two corners of four" in prose
    assert f"sure and right about three corners and answers one {word} to the fourth?" in prose
    assert f"does the network answer one {word}, if it is sure" in prose
    assert f"A corner answered with one {word} costs $\\ln 2$, and" in prose
    assert f"\\frac{{1}}{{4}} \\ln 2 \\approx {np.mean([sure, sure, sure, half]):.3f}$" in prose
    y, given = np.array([1, 1, 0]), 2 / 3
    three = -np.log(np.where(y, given, 1 - given))
    best = np.mean([sure, *three])
    assert f"(2 \\ln \\frac{{3}}{{2}} + \\ln 3) \\approx {best:.3f}$" in prose
    assert f"${np.mean([sure, half, half, half]):.2f} \\approx \\frac{{3}}{{4}} \\ln 2$" in prose
    X, targets = xor()
    right, *_ = learned(X, targets, 1, 10, 1, 4, 4000, 1)
    assert f"at {right(2000)[1]:.3f} here and still falling" in prose
    assert best < right(4000)[1] < right(2000)[1]


def test_what_the_first_layer_saves(prose):
    """Forward, and back to the weights and to the data, a layer has as many products."""
    sizes = 5, 4
    forward_, both = multiply_add_count(sizes), 2 * multiply_add_count(sizes)
    share = 1 - (forward_ + backward_count(sizes)) / (forward_ + both)
    assert f"a {in_words(share)} of the first layer's products: `layer.gradients`" in prose


def test_the_passes_of_the_naive_way(prose):
    P = 2 * 2 + 2 + 2 + 1
    assert f"The running network has {in_words(P)} parameters.\n" in prose
    assert f"\n{in_words(P + 1).capitalize()}: one for each parameter, and one with" in prose
