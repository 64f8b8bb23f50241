r"""The ties of the chapter on loss functions."""

from __future__ import annotations

import numpy as np
from scipy.special import expit
from scipy.special import huber as scipy_huber
from scipy.stats import bernoulli, norm

from contract.tie import Case, tie
from contract.truth import agree, derivative
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
