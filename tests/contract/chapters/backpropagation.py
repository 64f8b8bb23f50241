r"""The ties of the chapter on backpropagation."""

from __future__ import annotations

import numpy as np

from contract.tie import tie
from contract.truth import agree, derivative
from contract.worlds import NETWORK, forgiving, given, world
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


# ── What the letters of the text mean ────────────────────────────────────────────────────────────


@world(r"z \in \mathbb{R}", "At a glance")
def _(z):
    return {r"\sigma": sigmoid(z), r"\sigma'": derivative(sigmoid, z)}


@world(
    r"u \in \mathbb{R}, c, p, q \in \mathbb{R}^n",
    "Multiply along a path, add over paths",
    only=True,
)
def _(u, c, p, q):
    def v(u):
        return np.tanh(p * u + c)

    def loss(v):
        return np.sum(q * np.sin(v)) * np.sum(v)

    slopes = {r"\frac{\partial \ell}{\partial u}": derivative(lambda u: loss(v(u)), u)}
    for k, slope in enumerate(derivative(loss, v(u)), start=1):
        slopes[rf"\frac{{\partial \ell}}{{\partial v_{k}}}"] = slope
        slopes[rf"\frac{{\partial v_{k}}}{{\partial u}}"] = derivative(
            lambda u, k=k: v(u)[k - 1], u
        )
    return {"v": v(u), **slopes}


@world(
    r"w^{(1)} \in \mathbb{R}^{q \times p}, b^{(1)} \in \mathbb{R}^{q \times 1}, "
    r"w^{(2)} \in \mathbb{R}^{1 \times q}, b^{(2)} \in \mathbb{R}^{1 \times 1}, "
    r"x \in \mathbb{R}^{p \times 1}, y \in \mathbb{R}^{1 \times 1}",
    "Multiply along a path, add over paths",
)
def _(P, p_0, Q, q_0, x, y):
    Z, A = forward([(P, p_0), (Q, q_0)], x, [sigmoid] * 2)
    return {
        r"\ell": squared_error(y, A[2]), r"\hat{y}": A[2], r"\sigma": sigmoid,
        "a^{(1)}": A[1], "z^{(1)}": Z[1], "z^{(2)}": Z[2],
    }  # fmt: skip


def entries(P, p_0, Q, q_0, x, y):
    """Return what the letters of one example mean; k is the last output, and j the first neuron."""
    Z, A, delta, _ = found([(P, p_0), (Q, q_0)], x, y)
    back = derivative(lambda a: cost_of([(Q, q_0)], a, y, [sigmoid]), A[1])
    return {
        r"\hat{y}": A[2], r"\sigma": sigmoid, r"\sigma'": sigmoid_derivative,
        "w^{(2)}": Q, "b^{(2)}": q_0, "a^{(1)}": A[1], "z^{(1)}": Z[1], "z^{(2)}": Z[2],
        r"\delta^{(1)}": delta[1], r"\delta^{(2)}": delta[2], "k": len(Q), "j": 1,
        r"\frac{\partial \ell}{\partial a^{(1)}_j}": back[0, 0],
    }  # fmt: skip


world(ONE, "Entry by entry")(entries)


@world(ONE + r", \alpha \in (0, 1)", "Entry by entry")
def _(*drawn):
    *network, y, alpha = drawn
    here = entries(*network, y)
    k, classic = here["k"] - 1, (y - here[r"\hat{y}"]) * sigmoid_derivative(here["z^{(2)}"])
    delta, a = here[r"\delta^{(2)}"][k, 0], here["a^{(1)}"][0, 0]
    return {r"\alpha": alpha, r"\delta": delta, r"\bar{\delta}": classic[k, 0], "a": a}


def by_hand(y):
    """Return what the letters mean in the running network, with one target or the other."""
    x = np.array([[1.0], [2.0]])
    Z, A, delta, gradients = found(NETWORK, x, np.array([[y]]))
    names = {"x": x, "y": y, r"\hat{y}": A[2], r"\sigma'": sigmoid_derivative, r"\alpha": 0.1}
    names |= {"k": len(A[2])}
    for n, ((W, b), (dW, db)) in enumerate(zip(NETWORK, gradients, strict=True), start=1):
        columns = {"a": A[n], "z": Z[n], r"\delta": delta[n], "b": b}
        names |= {f"{letter}^{{({n})}}": np.squeeze(value)[()] for letter, value in columns.items()}
        names |= {f"W^{{({n})}}": W, rf"\frac{{\partial \ell}}{{\partial W^{{({n})}}}}": dW}
        names |= {rf"\frac{{\partial \ell}}{{\partial b^{{({n})}}}}": db[:, 0]}
        names |= {
            rf"\frac{{\partial \ell}}{{\partial w^{{({n})}}_{{{j + 1}{i + 1}}}}}": dW[j, i]
            for j, i in np.ndindex(dW.shape)
        }
        names |= {f"w^{{({n})}}": W}
    return names


world("", "Who is to blame?", "One step by hand", only=True)(lambda: by_hand(1.0))
world("", "2. The other target, by hand", only=True)(lambda: by_hand(0.0))
world(ONE.replace("Q", "W^{(2)}"), "3. A start at zero")(entries)
given("W^{(2)} = 0")


@world(r"w, x \in \mathbb{R}, y \in (0, 1)", "4. One weight in two places")
def _(w, x, y):
    def loss(w, moved):
        """Return the loss when the two sums are moved."""
        return (y - sigmoid(w * sigmoid(w * x + moved[0]) + moved[1])) ** 2 / 2

    W, still = np.array([[w]]), np.zeros(2)
    Z, A = forward([(W, 0 * W)] * 2, np.array([[x]]), [sigmoid] * 2)
    first, second = derivative(lambda moved: loss(w, moved), still)
    return {
        "a": A[1], r"\hat{y}": A[2], "z^{(1)}": Z[1], "z^{(2)}": Z[2], r"\sigma": sigmoid,
        r"\sigma'": sigmoid_derivative, r"\delta^{(1)}": first, r"\delta^{(2)}": second,
        r"\frac{\partial \ell}{\partial w}": derivative(lambda w: loss(w, still), w),
    }  # fmt: skip


@world(
    r"v, s \in \mathbb{R}^2, u, c \in \mathbb{R}, y \in (0, 1)",
    "5. A line between the hidden neurons",
)
def _(v, s, u, c, y):
    def sums(u, moved):
        first = s[0] + moved[0]
        second = s[1] + u * sigmoid(first) + moved[1]
        return first, second, v[0] * sigmoid(first) + v[1] * sigmoid(second) + c + moved[2]

    def loss(u, moved):
        return (y - sigmoid(sums(u, moved)[2])) ** 2 / 2

    still = np.zeros(3)
    delta = derivative(lambda moved: loss(u, moved), still)
    z = np.array(sums(u, still)[:2])
    return {
        "z^{(1)}": z, "a^{(1)}": sigmoid(z), r"\sigma'": sigmoid_derivative,
        r"\delta^{(1)}": delta[:2], r"\delta^{(2)}": delta[2],
        r"\frac{\partial \ell}{\partial u}": derivative(lambda u: loss(u, still), u),
    }  # fmt: skip


forgiving(
    r"y = 0",  # so is −y
    r"w^{(2)}_{kj} = 0",
    # x₁ is 1, and a factor of 1 can be dropped
    r"\frac{\partial \ell}{\partial W^{(1)}} = \begin{pmatrix} \delta^{(1)}_1 x_1 & "
    r"\delta^{(1)}_1 x_2 \\ \delta^{(1)}_2 x_1 & \delta^{(1)}_2 x_2 \end{pmatrix} "
    r"\approx \begin{pmatrix} -0.0059 & -0.0117 \\ 0.0086 & 0.0172 \end{pmatrix}",
)
