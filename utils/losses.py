"""Losses: how wrong one prediction is, and the derivative that descent needs.

``y`` is the target and ``y_hat`` the prediction, numbers or arrays of one shape; so is the result.
A cost is the mean of a loss over examples.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from utils.checks import expect


def squared_error(y: ArrayLike, y_hat: ArrayLike) -> NDArray:
    """ℓ = ½ (y − ŷ)², in the square of the target's unit."""
    y, y_hat = _pair(y, y_hat)
    return 0.5 * (y - y_hat) ** 2


def squared_error_gradient(y: ArrayLike, y_hat: ArrayLike) -> NDArray:
    """∂ℓ/∂ŷ = −(y − ŷ).  The sign is the classic slip: ŷ too large makes it positive."""
    y, y_hat = _pair(y, y_hat)
    return -(y - y_hat)


def cross_entropy(y: ArrayLike, y_hat: ArrayLike) -> NDArray:
    """ℓ = −y ln ŷ − (1 − y) ln(1 − ŷ), in nats, for a probability 0 < ŷ < 1 of the class y = 1."""
    y, y_hat = _pair(y, y_hat)
    inside = (np.real(y_hat) > 0) & (np.real(y_hat) < 1)
    expect(bool(np.all(inside)), "every y_hat strictly between 0 and 1", y_hat)
    return -y * np.log(y_hat) - (1 - y) * np.log(1 - y_hat)


def cross_entropy_gradient(y: ArrayLike, y_hat: ArrayLike) -> NDArray:
    """∂ℓ/∂z = ŷ − y, where ŷ = σ(z): the sigmoid's derivative has canceled."""
    y, y_hat = _pair(y, y_hat)
    return y_hat - y


def _pair(y: ArrayLike, y_hat: ArrayLike) -> tuple[NDArray, NDArray]:
    y, y_hat = np.asarray(y), np.asarray(y_hat)
    expect(y.shape == y_hat.shape, f"y_hat of y's shape {y.shape}", y_hat.shape)
    return y, y_hat
