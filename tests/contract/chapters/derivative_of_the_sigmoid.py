r"""The ties of the chapter on the derivative of the sigmoid."""

from __future__ import annotations

import numpy as np
from scipy.special import expit
from scipy.special import logit as log_odds

from contract.tie import Case, tie
from contract.truth import agree, derivative
from utils.activations import (
    logit,
    sigmoid,
    sigmoid_derivative,
    sigmoid_nth_derivative,
    sigmoid_polynomial,
    tanh,
    tanh_derivative,
)
from utils.losses import squared_error, squared_error_gradient
from utils.neuron import (
    neuron,
    neuron_chain,
    neuron_chain_derivative,
    neuron_cost_gradients,
    neuron_gradients,
)

NUMBER = r"z \in \mathbb{R}"
NEURON = r"x, w \in \mathbb{R}^n, b \in \mathbb{R}, y \in (0, 1)"
STACK = r"k \in \{1, 2, 3, 4\}, w, b \in \mathbb{R}^k, a \in (0, 1)"


def slope_of_sigma(z):
    return agree(sigmoid_derivative(z), derivative(sigmoid, z))


# ── Where the sigmoid comes from ─────────────────────────────────────────────────────────────────


@tie("ds-sigmoid", NUMBER)
def _(z):
    agree([sigmoid(-1000.0), sigmoid(1000.0)], [0.0, 1.0])
    return {r"\sigma(z)": agree(sigmoid(z), expit(z))}


@tie("ds-logit", r"p \in (0, 1)")
def _(p):
    agree(sigmoid(logit(p)), p)
    return {r"\operatorname{logit}": lambda p: agree(logit(p), log_odds(p))}


@tie("ds-logistic", NUMBER)
def _(z):
    return {r"\frac{dp}{dz}": slope_of_sigma(z), "p": expit(z)}


# ── Two ways to one derivative ───────────────────────────────────────────────────────────────────


@tie("ds-quotient", NUMBER)
def _(z):
    return {r"\sigma'(z)": slope_of_sigma(z)}


@tie("ds-derivative", NUMBER)
def _(z):
    return {r"\sigma'(z)": slope_of_sigma(z), r"\sigma": expit}


@tie("ds-logit-derivative", r"p \in (0.05, 0.95)")
def _(p):
    return {r"\frac{d \operatorname{logit}}{dp}": derivative(logit, p)}


# ── The shape of the slope ───────────────────────────────────────────────────────────────────────


@tie("ds-square", NUMBER)
def _(z):
    return {r"\sigma'(z)": slope_of_sigma(z), r"\sigma(z)": sigmoid(z)}


@tie("ds-quarter", NUMBER)
def _(z):
    yield {r"\sigma'": sigmoid_derivative}
    yield Case({r"\sigma'": sigmoid_derivative, "z": 0.0}, tight=(0,))


@tie("ds-second", NUMBER)
def _(z):
    second = agree(sigmoid_nth_derivative(z, 2), derivative(sigmoid_derivative, z))
    return {r"\sigma''(z)": second, r"\sigma": expit}


@tie("ds-symmetry", NUMBER)
def _(z):
    return {r"\sigma": sigmoid}


@tie("ds-even", NUMBER)
def _(z):
    slope_of_sigma(z)
    return {r"\sigma'": sigmoid_derivative}


@tie("ds-tails", NUMBER)
def _(z):
    """The one bound is reached at 0, the other far out, to the last digit."""
    yield {r"\sigma'": sigmoid_derivative}
    for place, reached in [(0.0, (0,)), (-40.0, (1,)), (40.0, (1,))]:
        yield Case({r"\sigma'": sigmoid_derivative, "z": place}, tight=reached)


@tie("ds-tanh", NUMBER)
def _(z):
    return {r"\sigma(z)": sigmoid(z), r"\tanh": lambda z: agree(tanh(z), np.tanh(z))}


@tie("ds-tanh-derivative", NUMBER)
def _(z):
    true = derivative(lambda z: tanh(z), z)
    return {
        r"\tanh'(z)": agree(tanh_derivative(z), true),
        r"\sigma'": sigmoid_derivative,
    }


def polynomials(n):
    """Return P_n."""
    return lambda s: sum(c * s**k for k, c in enumerate(sigmoid_polynomial(n)))


@tie("ds-nth", NUMBER + r", n \in \{1, 2, 3, 4\}")
def _(z, n):
    agree(sigmoid_nth_derivative(z, 0), expit(z))
    true = derivative(lambda z: sigmoid_nth_derivative(z, n - 1), z)
    nth = agree(sigmoid_nth_derivative(z, n), true)
    return {r"\frac{d^n \sigma}{dz^n}": nth, "P": polynomials, r"\sigma": expit}


@tie("ds-recurrence", r"s \in (0, 1), n \in \{0, 1, 2, 3\}")
def _(s, n):
    agree(polynomials(0)(s), s)
    return {"P": polynomials, "P'": lambda n: lambda s: derivative(polynomials(n), s)}


# ── The neuron, factor by factor ─────────────────────────────────────────────────────────────────


def links(x, w, b, y, i):
    """Return the three factors for weight i, each from what it is the derivative of."""
    z = w @ x + b
    return {
        r"\frac{\partial \ell}{\partial \hat{y}}": derivative(
            lambda y_hat: squared_error(y, y_hat), expit(z)
        ),
        r"\frac{\partial \hat{y}}{\partial z}": derivative(sigmoid, z),
        r"\frac{\partial z}{\partial w_i}": derivative(lambda w: w @ x + b, w)[i - 1],
        "i": i,
    }


@tie("ds-chain", NEURON)
def _(x, w, b, y):
    dw, _ = neuron_gradients(x, y, w, b)
    agree(dw, derivative(lambda w: squared_error(y, neuron(x, w, b)), w))
    for i in range(1, len(x) + 1):
        yield {r"\frac{\partial \ell}{\partial w_i}": dw[i - 1], **links(x, w, b, y, i)}


@tie("ds-loss-slope", r"y, \hat{y} \in \mathbb{R}")
def _(y, y_hat):
    true = derivative(lambda y_hat: squared_error(y, y_hat), y_hat)
    slope = agree(squared_error_gradient(y, y_hat), true)
    return {r"\frac{\partial \ell}{\partial \hat{y}}": slope}


@tie("ds-weight-slope", r"x, w \in \mathbb{R}^n, b \in \mathbb{R}")
def _(x, w, b):
    slopes = derivative(lambda w: w @ x + b, w)
    for i, slope in enumerate(slopes, start=1):
        yield {r"\frac{\partial z}{\partial w_i}": slope, "i": i}


@tie("ds-bias-slope", r"x, w \in \mathbb{R}^n, b \in \mathbb{R}")
def _(x, w, b):
    return {r"\frac{\partial z}{\partial b}": derivative(lambda b: w @ x + b, b)}


@tie("ds-gradient", NEURON)
def _(x, w, b, y):
    dw, db = neuron_gradients(x, y, w, b)
    agree(db, derivative(lambda b: squared_error(y, neuron(x, w, b)), b))
    names = {r"\hat{y}": expit(w @ x + b), "z": w @ x + b, r"\sigma'": sigmoid_derivative}
    for i in range(1, len(x) + 1):
        yield {r"\frac{\partial \ell}{\partial w_i}": dw[i - 1], "i": i, **names}


@tie("ds-mse-slope", r"y, \hat{y} \in \mathbb{R}^m")
def _(y, y_hat):
    true = derivative(lambda y_hat: np.mean((y - y_hat) ** 2), y_hat)
    agree(2 * squared_error_gradient(y, y_hat) / len(y), true)
    for i, slope in enumerate(true, start=1):
        yield {r"\frac{\partial C}{\partial \hat{y}_i}": slope, "i": i}


@tie(
    "ds-cost-gradient",
    r"X \in \mathbb{R}^{n \times m}, y \in \mathbb{R}^m, w \in \mathbb{R}^n, b \in \mathbb{R}",
)
def _(X, y, w, b):
    def cost(w, b):
        return np.mean(squared_error(y, sigmoid(w @ X + b)))

    dw, db = neuron_cost_gradients(X, y, w, b)
    agree(db, derivative(lambda b: cost(w, b), b))
    return {
        r"\frac{\partial J}{\partial w}": agree(dw, derivative(lambda w: cost(w, b), w)),
        r"\hat{y}": expit(w @ X + b),
        "x": lambda i: X[:, i - 1],
    }


# ── What a stack passes back ─────────────────────────────────────────────────────────────────────


def stack(a, w, b):
    """Return the slope of k neurons in a row, and the sum of each."""
    true = derivative(lambda a: neuron_chain(a, w, b), a)
    outputs = [neuron_chain(a, w[:depth], b[:depth]) for depth in range(len(w))]
    slope = agree(neuron_chain_derivative(a, w, b), true)
    return {
        r"\frac{\partial a^{(k)}}{\partial a^{(0)}}": slope,
        "z": w * np.array(outputs) + b,
        r"\sigma'": sigmoid_derivative,
    }


@tie("ds-stack", STACK)
def _(k, w, b, a):
    return stack(a, w, b)


@tie("ds-vanishing", STACK)
def _(k, w, b, a):
    """The bound is reached where each bias makes its sum 0: after the first, the output is ½."""
    yield stack(a, w, b)
    yield Case(stack(a, w, -w * np.array([a, *[0.5] * (k - 1)])), tight=(0,))
