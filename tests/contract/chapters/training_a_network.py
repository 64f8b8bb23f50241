r"""The ties of the chapter on training a network."""

from __future__ import annotations

import numpy as np
from scipy.special import expit

from contract.chapters.backpropagation import cost_of, found
from contract.layers import hold
from contract.tie import tie
from contract.truth import agree, derivative
from utils.activations import identity, sigmoid, sigmoid_derivative, softmax, tanh, tanh_derivative
from utils.layers import chain, dense, entrywise, flat, gradient_of, like
from utils.losses import categorical_cross_entropy, cross_entropy, squared_error
from utils.network import (
    backward,
    backward_count,
    forward,
    initial_parameters,
    multiply_add_count,
    parameter_count,
)

MANY = (
    r"P \in \mathbb{R}^{q \times p}, p_0 \in \mathbb{R}^{q \times 1}, "
    r"Q \in \mathbb{R}^{r \times q}, q_0 \in \mathbb{R}^{r \times 1}, "
    r"X \in \mathbb{R}^{p \times m}, Y \in \mathbb{R}^{r \times m}"
)
DEEP = (
    MANY.replace(r"\mathbb{R}^{r \times m}", r"\mathbb{R}^{k \times m}")
    + r", R \in \mathbb{R}^{k \times r}, r_0 \in \mathbb{R}^{k \times 1}"
)
SIZES = r"n_0, n_1, n_2, n_3 \in \{1, \dots, 6\}, m \in \{1, \dots, 5\}"

# ── Many examples ────────────────────────────────────────────────────────────────────────────────


@tie("bp-cost", MANY)
def _(P, p_0, Q, q_0, X, Y):
    parameters = [(P, p_0), (Q, q_0)]
    Y_hat = forward(parameters, X, [sigmoid, sigmoid])[1][-1]
    J = np.sum(squared_error(Y, Y_hat)) / X.shape[1]
    return {"J": agree(J, cost_of(parameters, X, Y, [expit, expit])), r"\hat{Y}": Y_hat,
            "m": X.shape[1]}  # fmt: skip


def batch(P, p_0, Q, q_0, X, Y):
    """Return the names of the equations for many examples."""
    Z, A, delta, ((dW1, db1), (dW2, db2)) = found([(P, p_0), (Q, q_0)], X, Y)
    names = {
        r"\hat{Y}": A[2], "m": X.shape[1], r"\sigma'": sigmoid_derivative,
        r"\delta^{(1)}": delta[1], r"\delta^{(2)}": delta[2],
        "A^{(1)}": A[1], "Z^{(1)}": Z[1], "Z^{(2)}": Z[2], "W^{(2)}": Q,
        r"\frac{\partial J}{\partial W^{(2)}}": dW2,
        r"\frac{\partial J}{\partial W^{(1)}}": dW1,
    }  # fmt: skip
    return names, dW1, db1, dW2, db2


@tie("bp-delta-2", MANY)
def _(*given):
    return batch(*given)[0]


@tie("bp-delta-1", MANY)
def _(*given):
    return batch(*given)[0]


@tie("bp-examples", MANY)
def _(*given):
    names, _, _, dW2, _ = batch(*given)
    for k, j in np.ndindex(dW2.shape):
        weight = {r"\frac{\partial J}{\partial w^{(2)}_{kj}}": dW2[k, j]}
        yield {**names, **weight, "k": k + 1, "j": j + 1}


@tie("bp-weights-2", MANY)
def _(*given):
    return batch(*given)[0]


@tie("bp-weights-1", MANY)
def _(*given):
    return batch(*given)[0]


@tie("bp-biases-2", MANY)
def _(*given):
    names, _, _, _, db2 = batch(*given)
    for k in range(len(db2)):
        yield {**names, r"\frac{\partial J}{\partial b^{(2)}_k}": db2[k, 0], "k": k + 1}


@tie("bp-biases-1", MANY)
def _(*given):
    names, _, db1, _, _ = batch(*given)
    for j in range(len(db1)):
        yield {**names, r"\frac{\partial J}{\partial b^{(1)}_j}": db1[j, 0], "j": j + 1}


# ── Any number of layers, any loss that fits ─────────────────────────────────────────────────────


def deep(P, p_0, Q, q_0, X, Y, R, r_0):
    """Return what backpropagation finds in three layers, of which two have tanh."""
    parameters, everyone = [(P, p_0), (Q, q_0), (R, r_0)], np.arange(X.shape[1])
    Z, A = forward(parameters, X, [tanh, tanh, identity])
    gradients = backward(parameters, Z, A, (A[-1] - Y) / len(everyone), [tanh_derivative] * 2)
    theta = flat(parameters)

    bend = entrywise(tanh, tanh_derivative)
    first, *later = (dense(W.shape[1], len(W)) for W, _ in parameters)
    network = chain(first, *(layer for pair in later for layer in (bend, pair)))
    hold(network, X)

    def cost(theta):
        return cost_of(like(theta, parameters), X, Y, [tanh, tanh, identity])

    true = derivative(cost, theta)
    agree(flat(gradients), true)
    agree(gradient_of(network, X, Y, identity)(theta, everyone), true)
    some = everyone[::2]  # a batch is the mean of its own examples
    part = gradient_of(network, X[:, some], Y[:, some], identity)
    agree(gradient_of(network, X, Y, identity)(theta, some), part(theta, np.arange(len(some))))

    def after(z, number):
        rest = parameters[number:]
        a = tanh(z) if rest else z
        return cost_of(rest, a, Y, [tanh, tanh, identity][number:])

    delta = {n: derivative(lambda z, n=n: after(z, n), Z[n]) for n in (1, 2, 3)}
    return Z, A, delta, gradients, parameters


@tie("bp-recursion", DEEP)
def _(*given):
    Z, _, delta, _, parameters = deep(*given)
    W = {n: W for n, (W, _) in enumerate(parameters, start=1)}
    for number in (1, 2):
        yield {
            r"\delta": delta,
            "W": W,
            "Z": dict(enumerate(Z)),
            "g'": tanh_derivative,
            "l": number,
        }


@tie("bp-weights", DEEP)
def _(*given):
    _, A, delta, gradients, _ = deep(*given)
    for number, (dW, _) in enumerate(gradients, start=1):
        slope = {r"\frac{\partial J}{\partial W^{(l)}}": dW}
        yield {r"\delta": delta, "A": dict(enumerate(A)), "l": number, **slope}


@tie("bp-biases", DEEP)
def _(*given):
    _, A, delta, gradients, _ = deep(*given)
    for number, (_, db) in enumerate(gradients, start=1):
        for j in range(len(db)):
            slope = {r"\frac{\partial J}{\partial b^{(l)}_j}": db[j, 0]}
            names = {r"\delta^{(l)}": delta[number], "j": j + 1, "m": A[0].shape[1]}
            yield {**names, **slope}


@tie("bp-cross-entropy", r"Z \in \mathbb{R}^{r \times m}, V \in \mathbb{R}^{r \times m}")
def _(Z, V):
    """The cross-entropies of a sigmoid and of a softmax, and half the squared error of none."""
    m = Z.shape[1]
    for activation, loss in [
        (sigmoid, lambda Z, Y: cross_entropy(Y, sigmoid(Z))),
        (softmax, categorical_cross_entropy_of),
        (identity, squared_error),
    ]:
        Y_hat, Y = activation(Z), activation(V)  # targets that the activation can reach
        true = differences(lambda Z, Y=Y, loss=loss: np.sum(loss(Z, Y)) / m, Z)
        yield {r"\delta^{(L)}": agree((Y_hat - Y) / m, true, 1e-6),
               r"\hat{Y}": Y_hat, "Y": Y, "m": m}  # fmt: skip


def categorical_cross_entropy_of(Z, Y):
    return categorical_cross_entropy(Y, Z)


def differences(loss, Z, h=1e-5):
    """Return the gradient by central differences: the losses check their input, which is real."""
    G = np.zeros_like(Z)
    for place in np.ndindex(Z.shape):
        step = np.zeros_like(Z)
        step[place] = h
        G[place] = (loss(Z + step) - loss(Z - step)) / (2 * h)
    return G


# ── What it costs ────────────────────────────────────────────────────────────────────────────────


def counted(sizes, m):
    """Count the products of a backward pass, one by one."""
    weights = [sizes[n] * sizes[n - 1] for n in range(1, len(sizes))]
    gradients = sum(1 for w in weights for _ in range(w) for _ in range(m))
    return gradients + sum(1 for w in weights[1:] for _ in range(w * m))


def costs(*given):
    *sizes, m = given
    F = multiply_add_count(sizes, m)
    return {
        "F": F,
        "G": agree(backward_count(sizes, m), counted(sizes, m)),
        "P": agree(parameter_count(sizes), flat(initial_parameters(sizes, seed=0)).size),
        "n": dict(enumerate(sizes)),
    }


@tie("bp-naive", SIZES)
def _(*given):
    names = costs(*given)
    passes = [1, *([1] * names["P"])]  # one as it is, and one for each parameter
    return {**names, "N": sum(passes) * names["F"]}


@tie("bp-backward-count", SIZES)
def _(*given):
    agree(backward_count(given[:-1]), counted(given[:-1], 1))
    return costs(*given)


@tie("bp-ratio", SIZES)
def _(*given):
    names = costs(*given)
    return {**names, "N": (names["P"] + 1) * names["F"], "m": given[-1]}
