r"""The ties and worlds of the chapter on loss functions."""

from __future__ import annotations

import numpy as np
from numpy.polynomial import Polynomial
from scipy.optimize import brentq
from scipy.special import expit, logit
from scipy.special import huber as scipy_huber
from scipy.stats import bernoulli, laplace, norm

from contract.tie import Case, tie
from contract.truth import agree, derivative
from contract.worlds import forgiving, given, world
from utils.activations import sigmoid, sigmoid_derivative, softplus
from utils.losses import (
    absolute_error,
    absolute_error_gradient,
    cross_entropy,
    cross_entropy_from_z,
    cross_entropy_gradient,
    huber,
    huber_gradient,
    squared_error,
    squared_error_gradient,
)
from utils.neuron import neuron_step, plateau

SLOPE = r"\frac{\partial \ell}{\partial \hat{y}}"
SLOPE_Z = r"\frac{\partial \ell}{\partial z}"
NUMBERS = r"y, \hat{y} \in \mathbb{R}"
CLASS = r"y \in (0, 1), z \in \mathbb{R}"


def size(r):
    """Return |r|, in a form that complex numbers pass through."""
    return np.where(np.real(r) < 0, -r, r)


# ── The target is a number ───────────────────────────────────────────────────────────────────────


@tie("lf-squared", NUMBERS)
def _(y, y_hat):
    return {r"\ell": squared_error(y, y_hat)}


@tie("lf-squared-gradient", NUMBERS)
def _(y, y_hat):
    true = derivative(lambda y_hat: squared_error(y, y_hat), y_hat)
    return {SLOPE: agree(squared_error_gradient(y, y_hat), true)}


@tie("lf-mean-squared-gradient", r"y, \hat{y} \in \mathbb{R}^m")
def _(y, y_hat):
    true = derivative(lambda y_hat: np.mean((y - y_hat) ** 2), y_hat)
    agree(2 * squared_error_gradient(y, y_hat) / len(y), true)
    for i, slope in enumerate(true, start=1):
        yield {r"\frac{\partial C}{\partial \hat{y}_i}": slope, "i": i, "m": len(y)}


@tie("lf-mean", r"y \in \mathbb{R}^m, \hat{y} \in \mathbb{R}")
def _(y, y_hat):
    return {"J": lambda v: np.mean(squared_error(y, np.full(len(y), v))), r"\bar{y}": np.mean(y)}


@tie("lf-absolute", NUMBERS)
def _(y, y_hat):
    agree(absolute_error_gradient(y, y), 0.0)
    true = derivative(lambda y_hat: size(y - y_hat), y_hat)
    agree(absolute_error_gradient(y, y_hat), true)
    return {r"\ell": absolute_error(y, y_hat)}


@tie("lf-median", r"y \in \mathbb{R}^m, \hat{y} \in \mathbb{R}")
def _(y, y_hat):
    same = np.full(len(y), y_hat)
    true = derivative(lambda y_hat: np.mean(size(y - y_hat)), y_hat)
    return {
        r"\frac{dJ}{d\hat{y}}": agree(np.mean(absolute_error_gradient(y, same)), true),
        "m": len(y),
        "m_1": np.sum(y < y_hat),
        "m_2": np.sum(y > y_hat),
    }


@tie("lf-huber", r"y, \hat{y} \in \mathbb{R}, \tau \in (0.3, 2)")
def _(y, y_hat, tau):
    for guess in (y_hat, y + tau / 3, y + 2 * tau, y - 3 * tau):
        loss = agree(huber(y, guess, tau), scipy_huber(tau, y - guess))
        q = min(abs(y - guess), tau)
        yield {r"\hat{y}": guess, r"\ell": loss, "q": q}
        smaller = {"q": q / 2, r"\ell": q / 2 * (abs(y - guess) - q / 4)}
        yield Case({r"\hat{y}": guess, **smaller}, holds=False)


@tie("lf-huber-gradient", r"y, \hat{y} \in \mathbb{R}, \tau \in (0.3, 2)")
def _(y, y_hat, tau):
    def true(guess):
        def loss(v):
            r = size(y - v)
            return np.where(np.real(r) < tau, r**2 / 2, tau * (r - tau / 2))

        return derivative(loss, guess)

    for guess in (y_hat, y + tau / 3, y + 2 * tau, y - 3 * tau):
        slope = agree(huber_gradient(y, guess, tau), true(guess))
        yield {r"\hat{y}": guess, SLOPE: slope}


# ── Likelihood ───────────────────────────────────────────────────────────────────────────────────


@tie("lf-bernoulli", r"y \in \{0, 1\}, \hat{y} \in (0, 1)")
def _(y, y_hat):
    for outcome in (0, 1):
        p = np.exp(-cross_entropy(outcome, y_hat))
        yield {"y": outcome, "p": agree(p, bernoulli.pmf(outcome, y_hat))}


@tie("lf-likelihood", r"v \in (-1, 1)^m, \hat{y} \in (0, 1)^m")
def _(v, y_hat):
    y = np.where(v > 0, 1, 0)
    losses = cross_entropy(y, y_hat)
    return {"p": bernoulli.pmf(y, y_hat), r"\ell": losses, "m": len(y)}


@tie("lf-cross-entropy", r"y, \hat{y} \in (0, 1)")
def _(y, y_hat):
    for outcome in (0, 1):
        agree(cross_entropy(outcome, y_hat), -bernoulli.logpmf(outcome, y_hat))
    return {r"\ell": cross_entropy(y, y_hat)}


@tie("lf-gaussian", NUMBERS)
def _(y, y_hat):
    p = norm.pdf(y, loc=y_hat)
    agree(squared_error(y, y_hat), -np.log(p) - np.log(2 * np.pi) / 2)
    return {"p": p}


# ── The cancellation ─────────────────────────────────────────────────────────────────────────────


@tie("lf-squared-z", CLASS)
def _(y, z):
    y_hat = sigmoid(z)
    true = derivative(lambda z: squared_error(y, sigmoid(z)), z)
    slope = squared_error_gradient(y, y_hat) * sigmoid_derivative(z)
    return {SLOPE_Z: agree(slope, true), r"\hat{y}": expit(z)}


@tie("lf-cancel", CLASS)
def _(y, z):
    true = derivative(lambda z: cross_entropy(y, sigmoid(z)), z)
    return {SLOPE_Z: agree(cross_entropy_gradient(y, sigmoid(z)), true), r"\hat{y}": expit(z)}


def pull(z):
    """Return ∂ℓ/∂z of the squared error, for the target 1."""
    return derivative(lambda z: squared_error(1.0, sigmoid(z)), z)


@tie("lf-stall", r"z \in (-5, 5)")
def _(z):
    yield Case({SLOPE_Z: pull(z), r"\hat{y}": expit(z)}, right=np.exp(z))
    deep = sigmoid(-40.0)  # so far down the bound is reached, to rounding
    slope = squared_error_gradient(1.0, deep) * sigmoid_derivative(-40.0)
    yield Case({"z": -40.0, SLOPE_Z: slope, r"\hat{y}": deep}, tight=(1,))


@tie("lf-greatest", r"\hat{y} \in (0, 1)")
def _(y_hat):
    for a, reached in [(y_hat, ()), (0.5, ()), (1 / 3, (0,))]:
        slope = agree(pull(np.log(a / (1 - a))), -((1 - a) ** 2) * a)
        yield Case({r"\hat{y}": a, SLOPE_Z: slope}, tight=reached, right=4 / 27)


@tie("lf-step-z", r"x, w \in \mathbb{R}^n, b \in \mathbb{R}, y \in (0, 1), \alpha \in (0, 1)")
def _(x, w, b, y, alpha):
    new_w, new_b = neuron_step(x, y, w, b, alpha)
    true = derivative(lambda z: squared_error(y, sigmoid(z)), w @ x + b)
    return {"z": w @ x + b, "z :=": new_w @ x + new_b, SLOPE_Z: true}


@tie("lf-plateau", r"x \in \mathbb{R}^n, z_0 \in (-5, -2), \alpha \in (0.05, 1)")
def _(x, z_0, alpha):
    w, b, t = np.zeros(len(x)), z_0, 0
    while w @ x + b < 0:
        (w, b), t = neuron_step(x, 1.0, w, b, alpha), t + 1
    yield Case({"t": t}, right=plateau(z_0, alpha, x))
    yield Case({"t": 0, "z_0": 0.0}, tight=(0,), right=plateau(0.0, alpha, x))


@tie("lf-curvature", CLASS)
def _(y, z):
    true = derivative(lambda z: sigmoid(z) - y, z)
    return {r"\frac{d^2 \ell}{dz^2}": agree(sigmoid_derivative(z), true), r"\hat{y}": expit(z)}


@tie("lf-squared-curvature", r"z \in \mathbb{R}")
def _(z):
    true = derivative(lambda z: (sigmoid(z) - 1) * sigmoid(z) * (1 - sigmoid(z)), z)
    return {r"\frac{d^2 \ell}{dz^2}": true, r"\hat{y}": expit(z)}


# ── From z ───────────────────────────────────────────────────────────────────────────────────────


@tie("lf-softplus", r"z \in (-3, 3)")
def _(z):
    for place in (z, -z, z / 10):
        agree(softplus(place), np.logaddexp(0, place))
        yield {"z": place, r"\operatorname{softplus}": softplus}


@tie("lf-from-z", CLASS)
def _(y, z):
    loss = agree(cross_entropy_from_z(y, z), cross_entropy(y, expit(z)))
    return {r"\ell": loss, r"\operatorname{softplus}": softplus}


# ── The worlds of the sections ───────────────────────────────────────────────────────────────────

given(r"\hat{y} = 0.99", r"\hat{y} = y", r"\tau = 1", r"\tau = 3", "y = 0", r"\hat{y} = 0.5")
# The differences from the mean add up to zero, so nothing in their term makes a difference.
forgiving(
    r"J(\hat{y}) = \frac{1}{m} \sum_{i=1}^{m} \frac{1}{2} (y_i - \bar{y})^2"
    r" + (\bar{y} - \hat{y}) \cdot \frac{1}{m} \sum_{i=1}^{m} (y_i - \bar{y})"
    r" + \frac{1}{2} (\bar{y} - \hat{y})^2"
)
forgiving(r"\sigma'(z) = \hat{y} (1 - \hat{y})")  # σ′ is an even function
given(r"\hat{y} < y", "z = 0", "z = -5", r"z = \pm 1000", "u < 0")


@world(r"z \in \mathbb{R}", "At a glance")
def _(z):
    return {r"\sigma": expit(z), r"\sigma'": derivative(sigmoid, z)}


@world(r"\hat{y} \in (0, 1)", "How loud should a mistake be?")
def _(y_hat):
    return {}


@world(r"y, \hat{y} \in \mathbb{R}^m", "When the target is a number")
def _(y, y_hat):
    loss, m = squared_error(y, y_hat), len(y)
    r = -derivative(lambda y_hat: np.sum(squared_error(y, y_hat)), y_hat)
    return {"J": np.mean(loss), "r": r, r"\ell": loss, "C": np.linalg.norm(y - y_hat) ** 2 / m}


@world(r"y \in \mathbb{R}^m, \hat{y} \in \mathbb{R}", "Squared error")
def _(y, y_hat):
    return {r"\bar{y}": np.mean(y), "i": len(y)}


@world(r"v \in \mathbb{R}^m", "Squared error")
def _(v):
    least = brentq(lambda q: np.mean(squared_error_gradient(v, q + 0 * v)), -9, 9, xtol=1e-15)
    return {r"\hat{y}": least, r"\bar{y}": np.mean(v)}


@world(r"r \in \mathbb{R}, \tau \in (0.3, 1.2)", "Huber's loss")
def _(r, tau):
    return {r"\ell": scipy_huber(tau, r)}


@world(r"y \in \{0, 1\}^m, \hat{y} \in (0, 1)^m", "From probability to loss")
def _(y, y_hat):
    return {"p": bernoulli.pmf(y, y_hat), r"\ell": cross_entropy(y, y_hat), "i": len(y)}


@world(NUMBERS, "From probability to loss")
def _(y, y_hat):
    return {"p": norm.pdf(y - y_hat)}


@world("", "The great cancellation")
def _():
    x, w, b = np.array([1.0, 2.0]), np.array([0.4, 0.6]), 0.5
    return {"x": x, "w": w, "b": b, "z": w @ x + b}


@world("", "The great cancellation")
def _():
    return {"z": 2.1, r"\hat{y}": expit(2.1)}


@world("", "The great cancellation")
def _():
    return {"y": 1.0}


@world(CLASS, "The great cancellation", only=True)
def _(y, z):
    true = derivative(lambda y_hat: cross_entropy(y, y_hat), expit(z))
    return {
        r"\hat{y}": expit(z), SLOPE: true, r"\sigma": expit,
        r"\sigma'": lambda z: derivative(sigmoid, z),
    }  # fmt: skip


@world(
    r"x, w \in \mathbb{R}^n, z_0 \in (-3, -1), \alpha \in (0.2, 1), u \in \mathbb{R}",
    "The squared error stalls",
)
def _(x, w, z_0, alpha, u):
    b, path = z_0 - w @ x, [z_0]
    while path[-1] < 0:
        w, b = neuron_step(x, 1.0, w, b, alpha)
        path.append(w @ x + b)
    t = len(path) - 2  # the last step from below zero
    beta = (path[1] - path[0]) / -pull(z_0)
    return {"z": lambda t: path[int(t)], "t": t, "t + 1": t + 1, r"\beta": beta}


@world("", "The squared error stalls")
def _():
    return {
        r"\hat{y}": expit(
            brentq(
                lambda z: derivative(lambda z: (sigmoid(z) - 1) * sigmoid_derivative(z), z),
                -2,
                1,
                xtol=1e-15,
            )
        )
    }


@world(r"z \in (-2.5, 1)", "The shape behind it")
def _(z):
    bend = derivative(lambda z: (sigmoid(z) - 1) * sigmoid(z) * (1 - sigmoid(z)), z)
    true = derivative(sigmoid, z)
    return {r"\hat{y}": expit(z), r"\frac{d\hat{y}}{dz}": true, r"\frac{d^2 \ell}{dz^2}": bend}


@world(r"z \in \mathbb{R}", "Compute the loss from z")
def _(z):
    return {r"\hat{y}": expit(z), r"\operatorname{softplus}": lambda z: np.logaddexp(0, z)}


@world(r"z \in \mathbb{R}", "2. Sure, and wrong")
def _(z):
    return {r"\hat{y}": expit(z)}


@world(r"y \in \{0, 1\}, z \in \mathbb{R}", "3. A loss that does not overflow")
def _(y, z):
    return {"s": 1 if y else -1, "u": logit(bernoulli.pmf(y, expit(z)))}


@world("", "4. How sure should it be?")
def _():
    likelihood = Polynomial([0] * 9 + [1, -1])  # of nine ones and a zero
    best = brentq(likelihood.deriv(), 0.5, 1, xtol=1e-15)
    return {"y": np.mean([1] * 9 + [0]), r"\hat{y}": best}


@world(r"\hat{y}, r \in \mathbb{R}, a \in (0.3, 2)", "5. Noise with long tails")
def _(y_hat, r, a):
    p = laplace.pdf(r, scale=a)
    return {"y": y_hat + r, "p(r)": p}


@world(
    r"y \in \mathbb{R}^{40}, s \in \{1, -1\}, c_1, c_2 \in (0.5, 4)",
    "6. Too few loaves, or too many",
)
def _(y, s, c_1, c_2):
    def cost(q):
        return np.mean(np.where(np.real(q) < y, c_1 * (y - q), c_2 * (q - y)))

    y = np.sort(y) + 0.05 * np.arange(40)  # none is near another
    y_hat = min(y, key=cost) + s * 0.02  # a little above the best, or below
    below, true = np.sum(y < y_hat), derivative(cost, y_hat)
    return {
        "y": y, r"\hat{y}": y_hat, r"\frac{dJ}{d\hat{y}}": true, "m": 40,
        "m_1": below, "m_2": 40 - below,
    }  # fmt: skip
