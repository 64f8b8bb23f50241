"""The numbers in the prose of the chapter on backpropagation are right."""

import numpy as np
import sympy as sp
from manuscript import page
from words import in_words

from utils.activations import sigmoid, sigmoid_derivative
from utils.gradient_check import disagreement, forward_difference
from utils.layers import flat, like
from utils.network import backward, forward

GIVEN = [
    "So there is one more factor, and the first half is done:",
    "A tiny network uses one weight twice:",
]

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


def test_how_many_parameters_and_passes(prose):
    weights, biases = (sum(part.size for part in kind) for kind in zip(*RUNNING, strict=True))
    nine = in_words(weights + biases)
    kinds = f"{in_words(weights)} weights and {in_words(biases)} biases"
    assert f"{nine.capitalize()} parameters had a part in that: {kinds}." in prose
    assert f"{nine.capitalize()} parameters are of four kinds." in prose
    assert f"Each of the {nine} curves does that for one parameter" in prose
    assert f"as one expression of the {nine} parameters" in prose
    assert f"That is one of {nine}, for the smallest network" in prose
    calls = []
    forward_difference(lambda theta: calls.append(theta) or loss_of(theta), flat(RUNNING))
    assert (
        f"To measure all {nine} takes {in_words(len(calls))} forward passes, one for the" in prose
    )
    assert "a network of a million parameters that would be a million passes" in prose


def test_the_steps_of_the_walk(prose):
    link = '<a href="#walk?step=7&amp;x1=1&amp;target=1">'
    assert (
        f"In the {link}seventh step</a> the weights are used a second time, now backward" in prose
    )


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
    longer = in_words(round(long / short, -1))
    assert (
        f"The {in_words(len(nine))} together are about {longer} times as long as the loss." in prose
    )
    again = str(nine[0]).count("exp(-b1 - w11*x1 - w12*x2)")
    assert f"stands in it {in_words(again)} times" in prose
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
    products = [slope for slope in left if sp.count_ops(-slope) == 1]
    single, two = len(left) - len(products), in_words(len(products)).capitalize()
    assert f"{two} of the {in_words(len(left))} derivatives have become products of two" in prose
    assert f"and the other {in_words(single)} are single numbers" in prose
    np.testing.assert_allclose(made, [db2.item(), *db1[:, 0]], rtol=1e-12)


def test_the_step_by_hand(prose):
    Z, A, dZ2, ((dW1, db1), (dW2, db2)) = step_back()
    error, slope = 1 - A[2].item(), sigmoid_derivative(Z[2]).item()
    assert f"$y - \\hat{{y}} \\approx {error:.4f}$" in prose
    assert f"\\approx {A[2].item():.4f} \\cdot {error:.4f} \\approx {slope:.4f}$" in prose
    assert f"\\hat{{y}} (1 - \\hat{{y}}) \\approx {dZ2.item():.4f}" in prose
    for weight, letter in zip(dW2[0], "12", strict=True):
        assert f"\\delta^{{(2)}} a^{{(1)}}_{letter} \\approx {weight:.4f}" in prose
    assert f"&= \\delta^{{(2)}} \\approx {db2.item():.4f}" in prose
    first, second = sigmoid_derivative(Z[1])[:, 0]
    for a, rest, one in zip(A[1][:, 0], (0.1091, 0.5250), (first, second), strict=True):
        assert f"\\approx {a:.4f} \\cdot {rest:.4f} \\approx {one:.4f}$" in prose
        assert f"{1 - a:.4f}" == f"{rest:.4f}"
    back = 0.7 * dZ2.item()
    assert f"\\approx 0.7 \\cdot ({dZ2.item():.4f}) \\approx {back:.4f}$" in prose
    places = 5
    assert f"the numbers get small, and we carry {in_words(places)} decimals:" in prose
    assert f"0.7 \\, \\delta^{{(2)}} \\approx {db1[0, 0]:.{places}f}" in prose
    assert f"0.4 \\, \\delta^{{(2)}} \\approx {db1[1, 0]:.5f}" in prose
    rows = " \\\\ ".join(" & ".join(f"{g:.4f}" for g in row) for row in dW1)
    assert f"\\begin{{pmatrix}} {rows} \\end{{pmatrix}}" in prose
    after, alpha = [], 0.1
    assert f"Each parameter minus a {in_words(alpha)} of its derivative:" in prose
    for (W, b), (dW, db) in zip(RUNNING, [(dW1, db1), (dW2, db2)], strict=True):
        after.append((W - alpha * dW, b - alpha * db))
        for new in after[-1]:
            text = " \\\\ ".join(" & ".join(f"{v:.4f}" for v in row) for row in new)
            assert any(
                f"&\\approx {form}" in prose for form in (f"\\begin{{pmatrix}} {text} \\end", text)
            )
    y_hat = forward(after, X_IN, [sigmoid] * 2)[1][-1].item()
    loss = (1 - y_hat) ** 2 / 2
    assert (
        f"the prediction is {y_hat:.4f}, and the loss has gone from 0.0683 to {loss:.4f}" in prose
    )


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


def test_the_paths(prose):
    layers, neurons = 10, 100
    ten, hundred = in_words(layers), in_words(neurons)
    paths = f"${neurons}^{{{layers}}}$ paths"
    assert f"{ten} hidden layers of a {hundred} neurons, {paths}" in prose
    (path,) = [e.latex for e in page("backpropagation").equations if e.label == "bp-path"]
    factors = path.partition("=")[2].split(r"\,")
    assert f"So its gradient is a product of {in_words(len(factors))} factors, read off" in prose


def test_three_slips(prose):
    """Two of them leave the loss where it should be, to four decimals, and the check sees them."""
    Z, A, dZ2, right = step_back()
    (W2, _), theta = RUNNING[1], flat(RUNNING)

    def with_signal(delta):
        return flat([(delta @ X_IN.T, delta), right[1]])

    late = W2 - 0.1 * right[1][0]
    first = with_signal(W2.T @ dZ2 * sigmoid_derivative(A[1]))
    second = with_signal(late.T @ dZ2 * sigmoid_derivative(Z[1]))
    was, should = loss_of(theta), loss_of(theta - 0.1 * flat(right))
    assert f"The loss was {was:.4f}." in prose
    assert loss_of(theta + 0.1 * flat(right)) > was
    for wrong in (first, second):
        assert f"{loss_of(theta - 0.1 * wrong):.4f}" == f"{should:.4f}"
    slips = [f"{disagreement(wrong, flat(right)):.4f}" for wrong in (first, second)]
    assert f"The check sees the slip: {' and '.join(slips)} are not 0." in prose
