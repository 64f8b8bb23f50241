r"""The ties of the chapter on backpropagation."""

from __future__ import annotations

import numpy as np

from contract.tie import tie
from contract.truth import agree, derivative
from utils.activations import sigmoid, sigmoid_derivative
from utils.losses import squared_error
from utils.network import backward, forward

ONE = (
    r"P \in \mathbb{R}^{q \times p}, p_0 \in \mathbb{R}^{q \times 1}, "
    r"Q \in \mathbb{R}^{r \times q}, q_0 \in \mathbb{R}^{r \times 1}, "
    r"x \in \mathbb{R}^{p \times 1}, y \in \mathbb{R}^{r \times 1}"
)

LAYER_2 = ("w", "kj"), ("b", "k")
LAYER_1 = ("w", "ji"), ("b", "j")


def cost_of(parameters, X, Y, activations):
    """Return the cost from layer ``first`` on, written without the library's layers."""
    A = X
    for (W, b), activation in zip(parameters, activations, strict=True):
        A = activation(W @ A + b)
    return np.sum((Y - A) ** 2) / (2 * Y.shape[1])


def found(parameters, X, Y):
    """Return sums, activations, error signals, and the gradients, each held against the truth."""
    Z, A = forward(parameters, X, [sigmoid] * len(parameters))
    dZ = -(Y - A[-1]) * sigmoid_derivative(Z[-1]) / Y.shape[1]
    gradients = backward(parameters, Z, A, dZ, [sigmoid_derivative] * (len(parameters) - 1))
    for number, (dW, db) in enumerate(gradients):
        for part, gradient in enumerate((dW, db)):

            def cost(changed, number=number, part=part):
                other = [list(pair) for pair in parameters]
                other[number][part] = changed
                return cost_of(other, X, Y, [sigmoid] * len(parameters))

            agree(gradient, derivative(cost, parameters[number][part]))
    return Z, A, error_signals(parameters, Z, Y), gradients


def error_signals(parameters, Z, Y):
    """Return ∂J/∂Z of each layer, from 1 on, by differentiating what comes after it."""
    last, signals = len(parameters), {}
    for number in range(1, last + 1):

        def cost(z, number=number):
            rest = parameters[number:]
            return cost_of(rest, sigmoid(z), Y, [sigmoid] * len(rest))

        signals[number] = derivative(cost, Z[number])
    return signals


def shared(names_of):
    """Tie the equations of one example to what is found for it, entry by entry."""

    def meaning(P, p_0, Q, q_0, x, y):
        Z, A, delta, ((dW1, db1), (dW2, db2)) = found([(P, p_0), (Q, q_0)], x, y)
        names = {
            "y": y, r"\hat{y}": A[2], r"\sigma'": sigmoid_derivative, "x": x,
            "n_1": len(P), "n_2": len(Q), "w^{(2)}": Q,
            "a^{(1)}": A[1], "z^{(1)}": Z[1], "z^{(2)}": Z[2],
            r"\delta^{(1)}": delta[1], r"\delta^{(2)}": delta[2],
            r"\bar{\delta}^{(1)}": -delta[1], r"\bar{\delta}^{(2)}": -delta[2],
        }  # fmt: skip
        return names_of(names, dW1, db1, dW2, db2)

    return meaning


# ── One example, entry by entry ──────────────────────────────────────────────────────────────────


@tie(
    "bp-path",
    r"P \in \mathbb{R}^{q \times p}, p_0 \in \mathbb{R}^{q \times 1}, "
    r"Q \in \mathbb{R}^{1 \times q}, q_0 \in \mathbb{R}^{1 \times 1}, "
    r"x \in \mathbb{R}^{p \times 1}, y \in \mathbb{R}^{1 \times 1}",
)
def _(P, p_0, Q, q_0, x, y):
    Z, A, _, gradients = found([(P, p_0), (Q, q_0)], x, y)
    return {
        r"\frac{\partial \ell}{\partial w^{(1)}_{11}}": gradients[0][0][0, 0],
        "y": y,
        r"\hat{y}": A[2],
        r"\sigma'": sigmoid_derivative,
        "w^{(2)}": Q,
        "z^{(1)}": Z[1],
        "z^{(2)}": Z[2],
        "x": x,
    }


@tie("bp-loss", r"y, \hat{y} \in \mathbb{R}^n")
def _(y, y_hat):
    return {r"\ell": np.sum(squared_error(y, y_hat)), "n_2": len(y)}


@tie("bp-output", ONE)
@shared
def _(names, dW1, db1, dW2, db2):
    slope = r"\frac{\partial \ell}{\partial z^{(2)}_k}"
    for k in range(len(db2)):
        yield {**names, "k": k + 1, slope: db2[k, 0]}


@tie("bp-layer-2", ONE)
@shared
def _(names, dW1, db1, dW2, db2):
    W, b = (rf"\frac{{\partial \ell}}{{\partial {name}^{{(2)}}_{{{i}}}}}" for name, i in LAYER_2)
    for k, j in np.ndindex(dW2.shape):
        yield {**names, "k": k + 1, "j": j + 1, W: dW2[k, j], b: db2[k, 0]}


@tie("bp-hidden", ONE)
@shared
def _(names, dW1, db1, dW2, db2):
    slope = r"\frac{\partial \ell}{\partial z^{(1)}_j}"
    for j in range(len(db1)):
        yield {**names, "j": j + 1, slope: db1[j, 0]}


@tie("bp-layer-1", ONE)
@shared
def _(names, dW1, db1, dW2, db2):
    W, b = (rf"\frac{{\partial \ell}}{{\partial {name}^{{(1)}}_{{{i}}}}}" for name, i in LAYER_1)
    for j, i in np.ndindex(dW1.shape):
        yield {**names, "j": j + 1, "i": i + 1, W: dW1[j, i], b: db1[j, 0]}


# ── As the older books write it ──────────────────────────────────────────────────────────────────


@tie("bp-classic-output", ONE)
@shared
def _(names, dW1, db1, dW2, db2):
    for k in range(len(db2)):
        yield {**names, "k": k + 1}


@tie("bp-classic-hidden", ONE)
@shared
def _(names, dW1, db1, dW2, db2):
    for j in range(len(db1)):
        yield {**names, "j": j + 1}


@tie("bp-classic-rule", ONE)
@shared
def _(names, dW1, db1, dW2, db2):
    alpha = 0.3
    second, first = r"\Delta w^{(2)}_{kj}", r"\Delta w^{(1)}_{ji}"
    for k, j in np.ndindex(dW2.shape):
        for i in range(dW1.shape[1]):
            steps = {second: -alpha * dW2[k, j], first: -alpha * dW1[j, i]}
            yield {**names, **steps, r"\alpha": alpha, "k": k + 1, "j": j + 1, "i": i + 1}
