r"""The ties of the chapter on training a network."""

from __future__ import annotations

import numpy as np
from scipy.special import expit

from contract.chapters.backpropagation import ONE, cost_of, entries, found
from contract.layers import hold
from contract.tie import tie
from contract.truth import agree, derivative
from contract.worlds import forgiving, given, world
from utils.activations import identity, sigmoid, sigmoid_derivative, softmax, tanh, tanh_derivative
from utils.layers import chain, dense, dense_backward, entrywise, flat, gradient_of, like
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


# ── What the letters of the text mean ────────────────────────────────────────────────────────────

PAIR = (
    r"W \in \mathbb{R}^{r \times q}, dW \in \mathbb{R}^{r \times q}, "
    r"b \in \mathbb{R}^{r \times 1}, db \in \mathbb{R}^{r \times 1}, "
    r"A \in \mathbb{R}^{q \times m}, dA \in \mathbb{R}^{q \times m}, Y \in \mathbb{R}^{r \times m}"
)
BOTH_LAYERS = (
    r"W^{(1)}, V^{(1)} \in \mathbb{R}^{q \times p}, b^{(1)}, c^{(1)} \in \mathbb{R}^{q \times 1}, "
    r"W^{(2)}, V^{(2)} \in \mathbb{R}^{r \times q}, b^{(2)}, c^{(2)} \in \mathbb{R}^{r \times 1}, "
    r"X \in \mathbb{R}^{p \times m}"
)
PAST = (
    r"W^{(1)} \in \mathbb{R}^{q \times p}, b^{(1)} \in \mathbb{R}^{q \times 1}, "
    r"W^{(2)} \in \mathbb{R}^{r \times q}, b^{(2)} \in \mathbb{R}^{r \times 1}, "
    r"V \in \mathbb{R}^{r \times p}, X \in \mathbb{R}^{p \times m}, Y \in \mathbb{R}^{r \times m}"
)


def rate(f):
    """Return how fast f moves at 0, entry by entry, by the complex step."""
    return np.imag(f(1e-20j)) / 1e-20


world(ONE, "Many examples at once")(entries)


@world(MANY, "Many examples at once")
def _(P, p_0, Q, q_0, X, Y):
    """Carry the error signals back by the layers' own functions, and move the sums of one layer."""
    m, n = X.shape[1], {0: len(X), 1: len(P), 2: len(Q)}
    Z, A = forward([(P, p_0), (Q, q_0)], X, [sigmoid] * 2)
    last = (A[2] - Y) * sigmoid_derivative(Z[2]) / m
    first = dense_backward(last, (Q, q_0), A[1])[0] * sigmoid_derivative(Z[1])
    layer = 1 + len(P) % 2

    def cost(moved):
        Z1 = P @ X + p_0 + (moved if layer == 1 else 0)
        return np.sum((Y - sigmoid(Q @ sigmoid(Z1) + q_0 + (moved if layer == 2 else 0))) ** 2) / (
            2 * m
        )

    slope = {r"\frac{\partial J}{\partial Z^{(l)}}": derivative(cost, np.zeros(Z[layer].shape))}
    sides = {**{f"n_{k}": size for k, size in n.items()}, "m": m}
    shapes = {  # matrices of equal entries multiply as their shapes do
        rf"{a} \times {b}": np.full((rows, columns), (rows * columns) ** -0.5)
        for a, rows in sides.items()
        for b, columns in sides.items()
    }
    return {r"\delta": {1: first, 2: last}, "l": layer, **slope, **shapes}


given("n_1 = n_2")


@world(PAIR, "Many examples at once")
def _(W, dW, b, db, A, dA, Y):
    """Move all that the last layer is made of at once."""
    m = A.shape[1]

    def sums(s):
        return (W + s * dW) @ (A + s * dA) + b + s * db

    def cost(Z):
        return np.sum((Y - sigmoid(Z)) ** 2) / (2 * m)

    return {
        "Z": sums(0), "dZ": rate(sums), "dJ": rate(lambda s: cost(sums(s))),
        r"\delta": (sigmoid(sums(0)) - Y) * sigmoid_derivative(sums(0)) / m,
        r"\frac{\partial J}{\partial Z}": derivative(cost, sums(0)), r"\mathbf{1}": np.ones((m, 1)),
    }  # fmt: skip


@world(r"Z, dZ \in \mathbb{R}^{q \times m}", "Many examples at once")
def _(Z, dZ):
    return {"dA": rate(lambda s: sigmoid(Z + s * dZ)), r"\sigma'": sigmoid_derivative}


world(r"U, V, S \in \mathbb{R}^{p \times q}", "Many examples at once")(lambda U, V, S: {})
world(
    r"U \in \mathbb{R}^{p \times q}, V \in \mathbb{R}^{p \times k}, S \in \mathbb{R}^{k \times q}",
    "Many examples at once",
)(lambda U, V, S: {})


@world(DEEP, "Any number of layers")
def _(*drawn):
    Z, A, _, _, parameters = deep(*drawn)
    W, b = (dict(enumerate(part, start=1)) for part in zip(*parameters, strict=True))
    layer = 1 + len(A[0]) % 2
    return {"W": W, "b": b, "Z": dict(enumerate(Z)), "A": dict(enumerate(A)), "g": np.tanh,
            "l": layer}  # fmt: skip


@world("", "1. What would it have cost?")
def _():
    sizes = 784, 128, 10
    P = sum(W.size + b.size for W, b in initial_parameters(sizes, seed=0))
    F = sum(W.size for W, _ in initial_parameters(sizes, seed=0))
    return {"P": P, "F": F, "n": dict(enumerate(sizes))}


@world(PAST, "6. A line past the hidden layer")
def _(W1, b1, W2, b2, V, X, Y):
    """Take the lines from the inputs for lines from more hidden neurons, which hand X on."""

    def sums(V, X, moved=(0, 0)):
        A = sigmoid(W1 @ X + b1 + moved[0])
        return np.hstack([W2, V]) @ np.vstack([A, X]) + b2 + moved[1]

    def cost(*of):
        return np.sum((Y - sigmoid(sums(*of))) ** 2) / (2 * X.shape[1])

    still = np.zeros((len(W1), X.shape[1])), np.zeros(Y.shape)
    return {
        "A^{(1)}": sigmoid(W1 @ X + b1), "Z^{(2)}": sums(V, X),
        r"\delta^{(1)}": derivative(lambda moved: cost(V, X, (moved, 0)), still[0]),
        r"\delta^{(2)}": derivative(lambda moved: cost(V, X, (0, moved)), still[1]),
        r"\frac{\partial J}{\partial V}": derivative(lambda V: cost(V, X), V),
        r"\frac{\partial J}{\partial X}": derivative(lambda X: cost(V, X), X),
    }  # fmt: skip


@world(BOTH_LAYERS, "7. Forward, with slopes")
def _(W1, V1, b1, c1, W2, V2, b2, c2, X):
    def passed(s):
        return forward([(W1 + s * V1, b1 + s * c1), (W2 + s * V2, b2 + s * c2)], X, [sigmoid] * 2)

    Z, A = passed(0)
    return {
        "Z^{(1)}": Z[1], "A^{(1)}": A[1], r"\sigma'": sigmoid_derivative,
        r"\dot{Z}^{(1)}": rate(lambda s: passed(s)[0][1]),
        r"\dot{A}^{(1)}": rate(lambda s: passed(s)[1][1]),
        r"\dot{Z}^{(2)}": rate(lambda s: passed(s)[0][2]),
    }  # fmt: skip


forgiving(  # without the row of ones, the column is added to every column as well
    r"Z = W A + b \mathbf{1}^\top",
    r"dZ = dW A + W \, dA + db \, \mathbf{1}^\top",
)
