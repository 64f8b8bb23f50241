"""Activation functions and their derivatives, element by element, on arrays of any shape."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


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
