r"""The ties of the chapter on the derivative of the sigmoid."""

from __future__ import annotations

import numpy as np
from scipy.integrate import solve_ivp
from scipy.optimize import brentq
from scipy.special import expit
from scipy.special import logit as log_odds
from scipy.stats import gumbel_r

from contract.tie import Case, tie
from contract.truth import agree, complex_step, derivative
from contract.worlds import forgiving, given, world
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


# ── All other formulas ───────────────────────────────────────────────────────────────────────────


def zero(f, low, high):
    """Return where the derivative of f is 0."""
    return round(brentq(lambda z: complex_step(f, np.asarray(z)), low, high, xtol=1e-15), 13)


def grown(start, time, rate=1.0):
    """Return what a share grows to by the logistic equation, without its solution."""
    exact = {"method": "DOP853", "rtol": 3e-14, "atol": 1e-18}
    return solve_ivp(lambda _, p: rate * p * (1 - p), (0, time), [start], **exact).y[0, -1]


given("z < 0", "z > 0", r"\lvert z \rvert \ge 6", "x = 0", "x = z / 2")

# Zero has no sign, at 0 is -z also z, u' is 0, and c turns out to be 0:
forgiving("z = 0", "u' = 0", "c = 0", r"\sigma(z) = \frac{1}{2}", r"\ln p - \ln(1 - p) = z + c")
forgiving(r"\sigma'(z) = \frac{u' v - u v'}{v^2} = \frac{0 \cdot v - 1 \cdot (-e^{-z})}{v^2}")
# s is σ, which is short for σ(z), and σ' is even:
forgiving(r"s = \sigma(z)", r"\sigma' = s (1 - s)", r"\tanh'(z) = 4 \sigma'(2z) = 1 - \tanh(z)^2")
forgiving(r"\partial \ell / \partial w_i = -(y - \hat{y})\, \sigma'(z)\, x_i")
# In the running example x_1 is 1 (and a sum of two has nothing at its dots):
forgiving(r"z = w_1 x_1 + \dots + w_n x_n + b")


@world(NUMBER)
def _(z):
    p = float(expit(z))
    return {
        **dict.fromkeys(("p", "s"), p),
        "q": min(p / (1 - p), (1 - p) / p),
        r"\sigma": expit,
        r"\sigma'": sigmoid_derivative,
        r"\frac{dp}{dz}": derivative(sigmoid, z),
        r"\operatorname{logit}": log_odds,
    }


@world(NUMBER, "At a glance", "Every derivative is a polynomial")
def _(z):
    return {
        **dict.fromkeys(("s", r"\sigma", r"\sigma(z)"), float(expit(z))),
        r"\sigma'": derivative(sigmoid, z),
        r"\sigma''": derivative(sigmoid_derivative, z),
    }


@world(r"j \in (0, 1)^{2 \times 2}", "Evidence adds up")
def _(j):
    """The rows are yes and no, the columns what the evidence can be."""
    j = j / j.sum()
    return {
        r"P(\text{yes})": j[0].sum(),
        r"P(\text{no})": j[1].sum(),
        r"P(E)": j[:, 0].sum(),
        r"P(\text{yes} \mid E)": j[0, 0] / j[:, 0].sum(),
        r"P(\text{no} \mid E)": j[1, 0] / j[:, 0].sum(),
        r"P(E \mid \text{yes})": j[0, 0] / j[0].sum(),
        r"P(E \mid \text{no})": j[1, 0] / j[1].sum(),
    }


@world(r"x \in \mathbb{R}", "Evidence adds up", "Its sibling, tanh")
def _(x):
    return {r"\sigma": expit}


@world(NUMBER, "Growth that runs out of room")
def _(z):
    return {"p": grown(0.5, z), r"\sigma": expit}


@world(NUMBER + r", c \in \mathbb{R}", "Growth that runs out of room")
def _(z, c):
    return {"p": grown(expit(c), z), r"\frac{dp}{dz}": derivative(sigmoid, z + c)}


@world("", "Growth that runs out of room")
def _():
    return {"c": log_odds(0.5)}


@world(NUMBER, "Two ways to one derivative")
def _(z):
    return {
        "u": 1.0,
        "v": 1 / expit(z),
        "u'": 0.0,
        "v'": derivative(lambda z: 1 / sigmoid(z), z),
        r"\sigma": float(expit(z)),
        r"\sigma'(z)": derivative(sigmoid, z),
    }


@world("", "Its peak is a quarter", "The tails", "What a stack passes back")
def _():
    return {"z": zero(sigmoid_derivative, -3, 2), r"\sigma(z)": expit(0.0)}


@world("", "Every derivative is a polynomial")
def _():
    return {"z": zero(lambda z: sigmoid_nth_derivative(z, 2), -2, -1)}


@world(r"y, \hat{y} \in \mathbb{R}^m", "With and without the half")
def _(y, y_hat):
    return {"C": np.mean((y - y_hat) ** 2)}


@world(r"w, b \in \mathbb{R}^4, a \in (0, 1), l \in \{1, 2, 3, 4\}", "What a stack passes back")
def _(w, b, a, l):  # noqa: E741
    outputs = [neuron_chain(a, w[:depth], b[:depth]) for depth in range(5)]
    return {"a": dict(enumerate(outputs)), "z": log_odds(outputs[1:]), r"\sigma": expit}


# ── The exercises ────────────────────────────────────────────────────────────────────────────────


@world(NUMBER, "3. The sibling, in two ways")
def _(z):
    return {
        "p": 2 * expit(2 * z) - 1,
        r"\frac{dp}{dz}": derivative(tanh, z),
        "u": 2 * np.sinh(z),
        "v": 2 * np.cosh(z),
        "u'": derivative(lambda z: np.exp(z) - np.exp(-z), z),
        "v'": derivative(lambda z: np.exp(z) + np.exp(-z), z),
    }


@world(NUMBER, "3. The sibling, in two ways")
def _(z):
    return {"u": 2 * np.sinh(z), "v": 2 * np.cosh(z), r"\tanh": 2 * expit(2 * z) - 1}


@world("", "4. Where it learns most")
def _():
    most = zero(lambda s: s * (1 - s) ** 2, 0.1, 0.9)
    return {r"\hat{y}": most, "z": log_odds(most)}


@world(NUMBER, "5. Another output, the same chain")
def _(z):
    return {r"\hat{y}": 2 * expit(2 * z) - 1}


LAND = r"t, t_0 \in \mathbb{R}, c, K \in (0.5, 2)"


@world(LAND, "6. Verhulst's land")
def _(t, t_0, c, K):
    return {
        "N": K * grown(0.5, t - t_0, rate=c),
        "p": grown(0.5, c * (t - t_0)),
        "z": c * (t - t_0),
        r"\frac{dN}{dt}": derivative(lambda t: K * sigmoid(c * (t - t_0)), t),
        r"\frac{dp}{dz}": derivative(sigmoid, c * (t - t_0)),
        r"\frac{dt}{dz}": 1 / c,
    }


@world(LAND, "6. Verhulst's land")
def _(t, t_0, c, K):
    return {"N(t)": K * grown(0.5, t - t_0, rate=c), r"\sigma": expit}


@world(NUMBER, "7. Another S")
def _(z):
    return {"a": gumbel_r.cdf(z)}


@world("", "7. Another S")
def _():
    return {"z": zero(lambda z: np.exp(-z - np.exp(-z)), -1, 2)}
