"""The numbers in the prose of the chapter on backpropagation are right."""

import re

import numpy as np
import pytest
import sympy as sp
from manuscript import BOOK
from minutes import practice, two_sittings

from utils.activations import sigmoid, sigmoid_derivative
from utils.data import moons, xor
from utils.gradient_check import complex_step, disagreement
from utils.layers import chain, dense, entrywise, flat, gradient_of, like
from utils.network import backward, forward, initial_parameters
from utils.optimizers import mini_batches, stochastic_descent

RUNNING = [
    (np.array([[0.4, 0.6], [-0.5, 0.3]]), np.array([[0.5], [-0.2]])),
    (np.array([[0.7, -0.4]]), np.array([[0.1]])),
]
X_IN = np.array([[1.0], [2.0]])


def loss_of(theta):
    y_hat = forward(like(theta, RUNNING), X_IN, [sigmoid] * 2)[1][-1].item()
    return (1 - y_hat) ** 2 / 2


def step_back(target=1.0):
    Z, A = forward(RUNNING, X_IN, [sigmoid] * 2)
    dZ2 = -(target - A[2]) * sigmoid_derivative(Z[2])
    return Z, A, dZ2, backward(RUNNING, Z, A, dZ2, [sigmoid_derivative])


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


def test_turning_a_parameter(prose):
    was = loss_of(flat(RUNNING))
    assert f"is {was:.4f}" in prose
    for place, words in [
        (8, "bias of the output</a> takes {} off"),
        (6, "first hidden neuron</a> {}."),
        (1, "to the first hidden neuron</a> takes off {},"),
        (0, "first input</a> {}:"),
        (3, "makes the loss larger, by {}."),
    ]:
        theta = flat(RUNNING)
        theta[place] += 0.5
        assert words.format(f"{abs(loss_of(theta) - was):.4f}") in prose
        assert (loss_of(theta) > was) == (place == 3)


def test_the_derivative_in_one_piece(prose):
    w11, w12, w21, w22, b1, b2, v1, v2, c, x1, x2, y = sp.symbols(
        "w11 w12 w21 w22 b1 b2 v1 v2 c x1 x2 y"
    )

    def squash(z):
        return 1 / (1 + sp.exp(-z))

    one, two = squash(w11 * x1 + w12 * x2 + b1), squash(w21 * x1 + w22 * x2 + b2)
    loss = (y - squash(v1 * one + v2 * two + c)) ** 2 / 2
    nine = [sp.diff(loss, p) for p in (w11, w12, w21, w22, b1, b2, v1, v2, c)]
    long, short = sum(map(sp.count_ops, nine)), sp.count_ops(loss)
    assert round(long / short, -1) == 30
    assert str(nine[0]).count("exp(-b1 - w11*x1 - w12*x2)") == 5
    assert "stands in it five times" in prose
    pieces, left = sp.cse(nine, sp.numbered_symbols("p"))
    few = sum(sp.count_ops(p) for _, p in pieces) + sum(map(sp.count_ops, left))
    assert f"From {long} operations to {few}, about twice the loss itself" in prose
    assert 1.8 < few / short < 2.2
    numbers = dict(zip((w11, w12, w21, w22, b1, b2, v1, v2, c), flat(RUNNING), strict=True))
    numbers |= {x1: 1, x2: 2, y: 1}
    for name, piece in pieces:
        numbers[name] = piece.subs(numbers)
    *_, ((_, db1), (_, db2)) = step_back()
    made = [-float(numbers[sp.Symbol(name)]) for name in ("p8", "p9", "p10")]
    assert "six of the nine derivatives have become products of two" in prose
    assert sorted(sp.count_ops(-slope) for slope in left) == [0] * 3 + [1] * 6
    np.testing.assert_allclose(made, [db2.item(), *db1[:, 0]], rtol=1e-12)


def test_the_step_by_hand(prose):
    Z, A, dZ2, ((dW1, db1), (dW2, db2)) = step_back()
    error, slope = 1 - A[2].item(), sigmoid_derivative(Z[2]).item()
    assert f"$y - \\hat{{y}} = {error:.4f}$" in prose
    assert f"= {A[2].item():.4f} \\cdot {error:.4f} \\approx {slope:.4f}$" in prose
    assert f"\\hat{{y}} (1 - \\hat{{y}}) \\approx {dZ2.item():.4f}" in prose
    for weight, letter in zip(dW2[0], "12", strict=True):
        assert f"\\delta^{{(2)}} a^{{(1)}}_{letter} \\approx {weight:.4f}" in prose
    assert f"&= \\delta^{{(2)}} \\approx {db2.item():.4f}" in prose
    first, second = sigmoid_derivative(Z[1])[:, 0]
    for a, rest, one in zip(A[1][:, 0], (0.1091, 0.5250), (first, second), strict=True):
        assert f"= {a:.4f} \\cdot {rest:.4f} \\approx {one:.4f}$" in prose
        assert f"{1 - a:.4f}" == f"{rest:.4f}"
    back = 0.7 * dZ2.item()
    assert f"${back:.4f} \\approx 0.7 \\cdot ({dZ2.item():.4f})$" in prose
    assert f"0.7 \\, \\delta^{{(2)}} \\approx {db1[0, 0]:.5f}" in prose
    assert f"0.4 \\, \\delta^{{(2)}} \\approx {db1[1, 0]:.5f}" in prose
    rows = " \\\\ ".join(" & ".join(f"{g:.4f}" for g in row) for row in dW1)
    assert f"\\begin{{pmatrix}} {rows} \\end{{pmatrix}}" in prose
    after = []
    for (W, b), (dW, db) in zip(RUNNING, [(dW1, db1), (dW2, db2)], strict=True):
        after.append((W - 0.1 * dW, b - 0.1 * db))
        for new in after[-1]:
            text = " \\\\ ".join(" & ".join(f"{v:.4f}" for v in row) for row in new)
            assert f":= \\begin{{pmatrix}} {text} \\end" in prose or f"&:= {text}" in prose
    y_hat = forward(after, X_IN, [sigmoid] * 2)[1][-1].item()
    loss = (1 - y_hat) ** 2 / 2
    assert f"$\\hat{{y}} = {y_hat:.4f}$, and the loss has gone from 0.0683 to {loss:.4f}" in prose


def test_the_other_target_by_hand(prose):
    Z, A, dZ2, ((dW1, db1), (dW2, _)) = step_back(target=0.0)
    assert f"\\cdot 0.2330 \\approx {dZ2.item():.4f}$" in prose
    slope = sigmoid_derivative(Z[1])[0, 0]
    assert f"0.7 \\cdot {dZ2.item():.5f} \\cdot 0.09719 \\approx {db1[0, 0]:.5f}$" in prose
    assert abs(slope - 0.09719) < 1e-5
    assert f"{0.7 * round(dZ2.item(), 4) * round(slope, 4):.4f}" == "0.0100"
    assert f"0.8909 \\approx {0.7 - 0.1 * dW2[0, 0]:.4f}$" in prose
    assert f"\\cdot 2 \\approx {0.6 - 0.1 * dW1[0, 1]:.4f}$" in prose
    assert f"\\cdot 0.2494 \\approx {db1[1, 0]:.4f}$" in prose
    assert f"\\approx {A[2].item() / (1 - A[2].item()):.1f}$, as the error is" in prose


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
    assert "Its cost, 0.351, still falls, but toward $\\frac{1}{2} \\ln 2 = 0.347$" in prose
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
    X, y = moons(100, noise=0.15, seed=0)

    def run(hidden, rate):
        right, *_ = learned(X, y, hidden, rate, 1, 10, 200, 0)
        return lambda epoch: (100 - right(epoch)[0], right(epoch)[1])

    eight, one = run(8, 3), run(1, 3)
    assert eight(20)[0] == one(20)[0] == 12
    assert all(0.245 < eight(epoch)[1] < 0.275 for epoch in (20, 40, 60))
    assert eight(80)[1] < 0.22
    assert eight(120)[0] == 1
    assert all(0.25 < run(8, rate)(200)[1] < 0.27 for rate in (0.3, 1))
    assert run(4, 3)(200)[0] == 0
    for rate in (0.3, 1, 3, 10):
        two = run(2, rate)
        assert min(two(epoch)[0] for epoch in range(0, 201, 20)) > 0
    assert "12 points are wrong" in prose


def test_the_naive_way_is_off_in_proportion_to_its_step(prose):
    """So it is truncation that counts, and not rounding, at the step that the chapter has."""
    rng = np.random.default_rng(0)
    X, Y = rng.normal(size=(3, 7)), rng.uniform(size=(2, 7))
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


def test_the_two_weights_alone_cannot_help_at_the_start(prose):
    """The cost is convex in the two weights, so where its gradient vanishes is the least."""
    X, y = xor()
    network, first = begun(2, 3)
    gradient, theta = gradient_of(network, X, y[None], sigmoid), flat(first)
    for _ in range(2000):
        slope = gradient(theta, range(4))[6:8]
        theta[6:8] -= 5 * slope
    assert np.linalg.norm(slope) < 1e-9
    Y_hat = sigmoid(network.forward(like(theta, first), X)[0][0])
    assert 0.69 < -np.log(np.where(y, Y_hat, 1 - Y_hat)).mean() < 0.8  # above 0.69, and shaded
    assert "as long as the output's bias, which this cut leaves at 0, does not move" in prose
    theta[6:] = 162.9, -631.1, 231.1  # with it, the hidden layer is useful enough
    Y_hat = sigmoid(network.forward(like(theta, first), X)[0][0])
    assert -np.log(np.where(y, Y_hat, 1 - Y_hat)).mean() < 0.32


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


def test_counts(prose):
    assert f"ten hidden layers of a hundred neurons, ${100}^{{10}}$ paths" in prose
    assert f"for each of the 880 steps, {'more than two million'}" in prose
    assert 880 * 2411 > 2e6
    assert f"= {3 * 101_632} - {784 * 128} = {3 * 101_632 - 784 * 128}$" in prose


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
    assert naive[-1] / ours[-1] > 10_000


def test_the_minutes_add_up(prose):
    said = "two sittings, of about 35 and 45 minutes, and 75 minutes for the exercises"
    assert said in prose
    sittings = zip(two_sittings(prose), (35, 45), strict=True)
    assert all(abs(total - told) <= 2 for total, told in sittings)
    assert abs(practice(prose) - 75) <= 3


def test_the_table_has_the_sections_in_their_order(prose):
    rows = re.findall(r"(?m)^\| ([^|]*) \| \d* ?\| ([^|]*) \| \d* ?\|$", prose)
    told = [name for column in zip(*rows, strict=True) for name in column if name.strip()]
    headings = re.findall(r"(?m)^## (.*)$", prose)
    assert [name for name in headings if name in told] == told


@pytest.mark.parametrize("section", ["Who is to blame?", "Any number of layers", "Learning"])
def test_the_sections_are_in_the_table(prose, section):
    assert f"## {section}\n" in prose
    assert re.search(rf"\| {re.escape(section)} \|", prose)
