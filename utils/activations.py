"""Activation functions and their derivatives: element by element, but for softmax."""

from __future__ import annotations

import numpy as np
from numpy.polynomial import polynomial
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

from utils.checks import expect


def sigmoid(z: ArrayLike) -> NDArray:
    """Squash any real number into (0, 1): σ(z) = 1 / (1 + e⁻ᶻ).

    In floats it rounds to 1 beyond z = 37.  Written so that the exponential is at most 1 and does
    not overflow, however large ``z`` is.  The lesser of z and −z is −|z|, and complex ``z`` passes
    through it, for the complex-step derivative.
    """
    z = np.asarray(z)
    least = np.minimum(z, -z)
    e = np.exp(least)
    return np.maximum(e, least != z) / (1 + e)  # above, 1 where z > 0, and e elsewhere


def sigmoid_derivative(z: ArrayLike) -> NDArray:
    """σ′(z) = σ(z)(1 − σ(z)), shaped like ``z``, between 0 and ¼.

    Written as σ(z) σ(−z), since 1 − σ(z) would cancel, and with the one exponential that both
    have: so each result is right to 15 digits up to |z| = 708; beyond, it underflows, and from
    746 on it is 0.  "Without overflow" in *Checking a derivative*.
    """
    z = np.asarray(z)
    e = np.exp(np.minimum(z, -z))
    return e / (1 + e) ** 2


def sigmoid_polynomial(n: int) -> NDArray:
    """Coefficients, lowest power first, of the polynomial P with dⁿσ/dzⁿ = P(σ), shape (n + 2,).

    By the recurrence P₀(s) = s, Pₙ₊₁(s) = Pₙ′(s) s (1 − s).  Minai and Williams (1993).
    """
    expect(n >= 0, "an order n of 0 or more", n)
    P = [0.0, 1.0]
    for _ in range(n):
        P = polynomial.polymul(polynomial.polyder(P), [0.0, 1.0, -1.0])
    return np.asarray(P)


def sigmoid_nth_derivative(z: ArrayLike, n: int) -> NDArray:
    """dⁿσ/dzⁿ, shaped like ``z``; n = 0 is σ itself.

    Right to about 1e-16 n! of the largest value that it takes, not of each value.
    """
    s = sigmoid(z)
    return sum(c * s**k for k, c in enumerate(sigmoid_polynomial(n)))


def logit(p: ArrayLike) -> NDArray:
    """Log-odds ln(p / (1 − p)) of a probability, 0 < p < 1: the inverse of the sigmoid."""
    p = np.asarray(p)
    inside = (np.real(p) > 0) & (np.real(p) < 1)
    expect(bool(np.all(inside)), "every p strictly between 0 and 1", p)
    return np.log(p / (1 - p))


def tanh(z: ArrayLike) -> NDArray:
    """Squash any real number into (−1, 1), by the hyperbolic tangent, which is 2σ(2z) − 1."""
    return np.tanh(np.asarray(z))


def tanh_derivative(z: ArrayLike) -> NDArray:
    """tanh′(z) = 4σ′(2z), which is 1 − tanh²(z) without its cancellation."""
    return 4 * sigmoid_derivative(2 * np.asarray(z))


def identity(z: ArrayLike) -> NDArray:
    """Return ``z`` as it came: the activation of an output that may be any number."""
    return np.asarray(z)


def identity_derivative(z: ArrayLike) -> NDArray:
    """1 everywhere, shaped like ``z``."""
    return np.ones(np.shape(z))


def relu(z: ArrayLike) -> NDArray:
    """Keep what is positive, and put 0 in place of the rest: max(0, z), shaped like ``z``.

    Complex ``z`` passes through where its real part is positive, for the complex-step derivative.
    """
    z = np.asarray(z)
    return np.where(np.real(z) <= 0, 0, z)  # what is no number stays no number


def relu_derivative(z: ArrayLike) -> NDArray:
    """1 where z > 0, and 0 where z ≤ 0, shaped like ``z``.

    At 0 the ReLU has a corner and no derivative; 0, the slope from the left, is put in its place.
    """
    return (np.asarray(z) > 0) * 1.0


def leaky_relu(z: ArrayLike, slope: float = 0.01) -> NDArray:
    """Keep what is positive, and ``slope`` times the rest, shaped like ``z``.

    One of the two terms is always 0.  Maas, Hannun and Ng (2013).
    """
    return np.maximum(z, 0) + slope * np.minimum(z, 0)


def leaky_relu_derivative(z: ArrayLike, slope: float = 0.01) -> NDArray:
    """1 where z > 0, and ``slope`` where z ≤ 0, though there is none at 0; shaped like ``z``."""
    return np.where(np.asarray(z) > 0, 1.0, slope)


def elu(z: ArrayLike, c: float = 1.0) -> NDArray:
    """Keep what is positive, and c (e^z − 1) for the rest, which is above −c; shaped like ``z``.

    Its authors call the constant α, which is the learning rate here.  The exponential never
    overflows, and for small z it does not cancel.  Clevert, Unterthiner and Hochreiter (2016).
    """
    return np.maximum(z, 0) + c * np.expm1(np.minimum(z, 0))


def elu_derivative(z: ArrayLike, c: float = 1.0) -> NDArray:
    """1 where z > 0, and c e^z where z ≤ 0, shaped like ``z``.

    With c = 1 the two pieces meet without a corner; otherwise there is no derivative at 0.
    """
    z = np.asarray(z)
    return np.where(z > 0, 1.0, c) * np.exp(np.minimum(z, 0))


def silu(z: ArrayLike) -> NDArray:
    """Return z σ(z), shaped like ``z``: a number, and the sigmoid as its gate; also called Swish.

    Hendrycks and Gimpel (2016); Elfwing, Uchibe and Doya (2018); Ramachandran, Zoph and Le (2017).
    """
    z = np.asarray(z)
    return z * sigmoid(z)


def silu_derivative(z: ArrayLike) -> NDArray:
    """σ(z) + z σ′(z), shaped like ``z``."""
    z = np.asarray(z)
    return sigmoid(z) + z * sigmoid_derivative(z)


def gelu(z: ArrayLike) -> NDArray:
    """Return z Φ(z), shaped like ``z``; Φ is the distribution function of a standard normal number.

    Hendrycks and Gimpel (2016).
    """
    z = np.asarray(z)
    return z * ndtr(z)


def gelu_derivative(z: ArrayLike) -> NDArray:
    """Φ(z) + z φ(z), shaped like ``z``; φ is the density of a standard normal number."""
    z = np.asarray(z)
    return ndtr(z) + z * np.exp(-z * z / 2) / np.sqrt(2 * np.pi)


def gelu_by_tanh(z: ArrayLike) -> NDArray:
    """Return the GELU as some programs approximate it, by a tanh, shaped like ``z``.

    It is off by 0.00047 at most.  Hendrycks and Gimpel (2016).
    """
    z = np.asarray(z)
    return z / 2 * (1 + np.tanh(np.sqrt(2 / np.pi) * (z + 0.044715 * z**3)))


def softmax(Z: ArrayLike) -> NDArray:
    """Turn each column of ``Z`` into probabilities: e^z / Σ e^z, shaped like ``Z``.

    ``Z`` has shape (K,) for one example or (K, m) for m of them, one row a class.  The greatest
    entry of a column is subtracted first, which changes nothing and keeps the exponentials from
    overflowing.  Complex ``Z`` passes through, for the complex-step derivative.  Raises
    ``ValueError`` on other shapes, on no class, and where an entry is infinite or no number.
    """
    Z = np.asarray(Z)
    expect(Z.ndim in (1, 2) and len(Z) > 0, "Z of shape (K,) or (K, m), with K ≥ 1", Z.shape)
    expect(bool(np.isfinite(Z).all()), "finite Z", "an entry that is infinite or no number")
    E = np.exp(Z - Z.real.max(axis=0))
    return E / E.sum(axis=0)


def step(z: ArrayLike) -> NDArray:
    """1 where z > 0, and 0 where z ≤ 0: the perceptron's all or nothing, shaped like ``z``.

    Rosenblatt (1958).
    """
    return np.where(np.asarray(z) <= 0, 0, 1)


def step_derivative(z: ArrayLike) -> NDArray:
    """0 everywhere, shaped like ``z``; at 0 the step jumps and has no derivative."""
    return np.zeros(np.shape(z))


def softplus(z: ArrayLike) -> NDArray:
    """Return ln(1 + e^z), shaped like ``z``: a smooth ReLU, and −ln σ(−z).

    Written so that the exponential is at most 1 and never overflows.  Dugas et al. (2001).
    """
    return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))


def softplus_derivative(z: ArrayLike) -> NDArray:
    """softplus′(z) = σ(z), shaped like ``z``."""
    return sigmoid(z)


def log_sum_exp(Z: NDArray) -> NDArray:
    """Return ln Σ e^z over each column: a number for shape (K,), an array (m,) for (K, m).

    The greatest entry is subtracted first, so that the exponentials are at most 1.  Raises
    ``ValueError`` on other shapes, on nothing, and where an entry is infinite or no number.
    """
    expect(np.ndim(Z) in (1, 2) and np.size(Z) > 0, "Z of shape (K,) or (K, m)", np.shape(Z))
    expect(bool(np.all(np.isfinite(Z))), "finite Z", "an entry that is infinite or no number")
    top = np.max(Z, axis=0)
    return top + np.log(np.sum(np.exp(Z - top), axis=0))


def softmax_jacobian(z: NDArray) -> NDArray:
    """Return ∂ŷᵢ/∂zⱼ of ŷ = softmax(z) for one example, shape (K, K): diag(ŷ) − ŷŷᵀ."""
    expect(np.ndim(z) == 1, "z of shape (K,)", np.shape(z))
    y_hat = softmax(z)
    return np.diag(y_hat) - np.outer(y_hat, y_hat)
