"""Activation functions and their derivatives: element by element, but for softmax."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from utils.checks import expect


def sigmoid(z: ArrayLike) -> NDArray:
    """Squash any real number into (0, 1): σ(z) = 1 / (1 + e⁻ᶻ).

    In floats it rounds to 1 beyond z = 37.  Written so that the exponential is at most 1 and
    never overflows, however large ``z`` is; complex ``z`` passes through, for the
    complex-step derivative.
    """
    z = np.asarray(z)
    negative = np.real(z) < 0
    e = np.exp(np.where(negative, z, -z))
    return np.where(negative, e, 1) / (1 + e)


def sigmoid_derivative(z: ArrayLike) -> NDArray:
    """σ′(z) = σ(z)(1 − σ(z)), shaped like ``z``."""
    a = sigmoid(z)
    return a * (1 - a)


def identity(z: ArrayLike) -> NDArray:
    """Return ``z`` as it came: the activation of an output that may be any number."""
    return np.asarray(z)


def relu(z: ArrayLike) -> NDArray:
    """Keep what is positive, and put 0 in place of the rest: max(0, z), shaped like ``z``.

    Complex ``z`` passes through where its real part is positive, for the complex-step derivative.
    """
    z = np.asarray(z)
    return np.where(np.real(z) <= 0, 0, z)  # what is no number stays no number


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
    """1 where z > 0, else 0: the perceptron's all or nothing, shaped like ``z``.

    At z = 0 the answer is 0.  Rosenblatt (1958).
    """
    return np.where(np.asarray(z) > 0, 1, 0)
