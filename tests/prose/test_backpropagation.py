"""The numbers in the prose of the chapter on backpropagation are right."""

import re

import nbformat
import numpy as np
import pytest
import sympy as sp
from prose.conftest import BOOK

from utils.activations import sigmoid, sigmoid_derivative
from utils.data import moons, xor
from utils.network import backward, forward, initial_parameters, pack, training_gradient, unpack
from utils.optimizers import mini_batches, stochastic_descent

RUNNING = [
    (np.array([[0.4, 0.6], [-0.5, 0.3]]), np.array([[0.5], [-0.2]])),
    (np.array([[0.7, -0.4]]), np.array([[0.1]])),
]
X_IN = np.array([[1.0], [2.0]])


def loss_of(theta):
    y_hat = forward(unpack(theta, (2, 2, 1)), X_IN, [sigmoid] * 2)[1][-1].item()
    return (1 - y_hat) ** 2 / 2


def step_back(target=1.0):
    Z, A = forward(RUNNING, X_IN, [sigmoid] * 2)
    dZ2 = -(target - A[2]) * sigmoid_derivative(Z[2])
    return Z, A, dZ2, backward(RUNNING, Z, A, dZ2, [sigmoid_derivative])


def learned(X, y, hidden, rate, start, size, epochs, seed):
    sizes = (2, hidden, 1)
    gradient = training_gradient(X, y[None], sizes, [sigmoid] * 2, [sigmoid_derivative])
    batches = mini_batches(len(y), size, epochs, np.random.default_rng(seed))
    path = stochastic_descent(gradient, pack(initial_parameters(sizes, start)), rate, batches)
    steps = len(y) // size

    def right(epoch):
        Y_hat = forward(unpack(path[epoch * steps], sizes), X, [sigmoid] * 2)[1][-1][0]
        return np.sum((Y_hat > 0.5) == y), -np.log(np.where(y, Y_hat, 1 - Y_hat)).mean()

    return right, path, gradient


def test_turning_a_parameter(prose):
    was = loss_of(pack(RUNNING))
    assert f"is {was:.4f}" in prose
    for place, words in [
        (8, "bias of the output</a> takes {} off"),
        (6, "first hidden neuron</a> {}."),
        (1, "to the first hidden neuron</a> takes off {},"),
        (0, "first input</a> {}:"),
        (3, "makes the loss larger, by {}."),
    ]:
        theta = pack(RUNNING)
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
    pieces, left = sp.cse(nine)
    few = sum(sp.count_ops(p) for _, p in pieces) + sum(map(sp.count_ops, left))
    assert f"From {long} operations to {few}, about twice the loss itself" in prose
    assert 1.8 < few / short < 2.2
    numbers = dict(zip((w11, w12, w21, w22, b1, b2, v1, v2, c), pack(RUNNING), strict=True))
    numbers |= {x1: 1, x2: 2, y: 1}
    for name, piece in pieces:
        numbers[name] = piece.subs(numbers)
    *_, ((_, db1), (_, db2)) = step_back()
    made = [-float(numbers[sp.Symbol(name)]) for name in ("x10", "x11", "x12")]
    np.testing.assert_allclose(made, [db2.item(), *db1[:, 0]], rtol=1e-12)


def test_the_step_by_hand(prose):
    Z, A, dZ2, ((dW1, db1), (dW2, db2)) = step_back()
    error, slope = 1 - A[2].item(), sigmoid_derivative(Z[2]).item()
    assert f"$y - \\hat{{y}} = {error:.4f}$" in prose
    assert f"= {A[2].item():.4f} \\cdot {error:.4f} = {slope:.4f}$" in prose
    assert f"\\hat{{y}} (1 - \\hat{{y}}) \\approx {dZ2.item():.4f}" in prose
    for weight, letter in zip(dW2[0], "12", strict=True):
        assert f"\\delta^{{(2)}} a^{{(1)}}_{letter} \\approx {weight:.4f}" in prose
    assert f"&= \\delta^{{(2)}} \\approx {db2.item():.4f}" in prose
    first, second = sigmoid_derivative(Z[1])[:, 0]
    assert f"$\\sigma'(2.1) = {first:.4f}$ and $\\sigma'(-0.1) = {second:.4f}$" in prose
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
    _, A, dZ2, ((_, db1), _) = step_back(target=0.0)
    assert f"\\cdot 0.2330 = {dZ2.item():.4f}$" in prose
    assert f"\\cdot 0.0972 = {db1[0, 0]:.5f}$" in prose
    assert f"\\cdot 0.2494 = {db1[1, 0]:.4f}$" in prose
    assert f"= {A[2].item() / (1 - A[2].item()):.1f}$, as the error is" in prose


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
    _, path, gradient = ends[2, 1, 1]
    assert np.linalg.norm(gradient(path[-1], range(4))) < 0.01
    for rate in (0.3, 1, 10):
        for start in (1, 2, 3):
            right, *_ = learned(X, y, 1, rate, start, 4, 2000, start)
            assert max(right(epoch)[0] for epoch in range(0, 2001, 200)) <= 3
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


def test_counts(prose):
    assert f"ten hidden layers of a hundred neurons have ${100}^{{10}}$ paths" in prose
    assert f"for each of the 880 steps, {'more than two million'}" in prose
    assert 880 * 2411 > 2e6
    assert f"= {3 * 101_632} - {784 * 128} = {3 * 101_632 - 784 * 128}$" in prose


def test_the_output_of_the_measured_times_is_what_the_text_says(prose):
    notebook = nbformat.read(BOOK / "backpropagation.ipynb", as_version=4)
    (cell,) = [cell for cell in notebook.cells if cell.id == "figure-ratio"]
    measured = [int(n) for n in re.search(r"measured = \[(.*?)\]", cell.source)[1].split(",")]
    assert len(measured) == 7
    assert measured == sorted(measured)
    for n, ratio in zip((2, 4, 8, 16, 32, 64, 128), measured, strict=True):
        P, F = n * (n + 1) + n + 1, n * n + n
        assert ratio > (P + 1) * F / (3 * F - n * n), "the points lie above the line"
    assert "At 16,641 parameters" in prose
    assert 128 * 129 + 129 == 16641


def test_the_minutes_add_up(prose):
    rows = re.findall(r"(?m)^\| [^|]*\| (\d*) ?\|[^|]*\| (\d*) ?\|$", prose)
    sittings = [sum(int(row[side] or 0) for row in rows) for side in (0, 1)]
    said = "two sittings, of about 35 and 40 minutes, and 60 minutes for the exercises"
    assert said in prose
    assert all(abs(total - told) <= 2 for total, told in zip(sittings, (35, 40), strict=True))
    exercises = [int(minutes) for minutes in re.findall(r"\*\* · (\d+) minutes", prose)]
    assert abs(sum(exercises) - 60) <= 3, sum(exercises)


@pytest.mark.parametrize("section", ["Who is to blame?", "Any number of layers", "Learning"])
def test_the_sections_are_in_the_table(prose, section):
    assert f"## {section}\n" in prose
    assert re.search(rf"\| {re.escape(section)} \|", prose)
