"""Small costs with a point to make, and their gradients.

A point in n dimensions has shape (n,) and a path of them (steps + 1, n): coordinates are on the
last axis, so the same function takes a point, a path, or a grid.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from utils.checks import expect


def bowl(w: ArrayLike, lam: float, w_star: float = 0.0, c: float = 0.0) -> NDArray:
    """J(w) = ½ λ (w − w*)² + c, element by element: curvature λ, lowest at w*, where it is c."""
    return 0.5 * lam * (np.asarray(w) - w_star) ** 2 + c


def bowl_gradient(w: ArrayLike, lam: float, w_star: float = 0.0) -> NDArray:
    """dJ/dw = λ (w − w*) of :func:`bowl`."""
    return lam * (np.asarray(w) - w_star)


def quadratic(w: ArrayLike, H: ArrayLike, w_star: ArrayLike = 0.0, c: float = 0.0) -> NDArray:
    """J(w) = ½ (w − w*)ᵀ H (w − w*) + c, for ``w`` of shape (…, n) and symmetric ``H`` (n, n)."""
    e = _offset(w, H, w_star)
    return 0.5 * np.sum(e @ H * e, axis=-1) + c


def quadratic_gradient(w: ArrayLike, H: ArrayLike, w_star: ArrayLike = 0.0) -> NDArray:
    """∇J(w) = H (w − w*) of :func:`quadratic`, shaped like ``w``.

    The product is written e @ H, the same because H is symmetric, so that ``w`` may be a path.
    """
    return _offset(w, H, w_star) @ H


def two_valleys(w: ArrayLike) -> NDArray:
    """J(w) = ¼ (w² − 1)² + w/10: two minima near ±1, the left one lower, and a hill near 0."""
    w = np.asarray(w)
    return (w**2 - 1) ** 2 / 4 + w / 10


def two_valleys_gradient(w: ArrayLike) -> NDArray:
    """dJ/dw = w³ − w + 1/10 of :func:`two_valleys`."""
    w = np.asarray(w)
    return w**3 - w + 1 / 10


def two_weights(w: ArrayLike) -> NDArray:
    """J(w) = ½ (1 − w₁w₂)², for ``w`` of shape (…, 2).

    The cost of the smallest deep network: two linear neurons in a row that are to turn 1 into 1.
    Every point with w₁w₂ = 1 is a minimum; the origin is a saddle.
    """
    w1, w2 = _two(w)
    return 0.5 * (1 - w1 * w2) ** 2


def two_weights_gradient(w: ArrayLike) -> NDArray:
    """∇J(w) = −(1 − w₁w₂) (w₂, w₁) of :func:`two_weights`, shaped like ``w``."""
    w1, w2 = _two(w)
    return -(1 - w1 * w2)[..., None] * np.stack([w2, w1], axis=-1)


def row_gradient(w: float, x: float, y: float, L: int) -> float:
    """L wᴸ⁻¹ x (wᴸ x − y), the derivative of ½ (wᴸ x − y)² with respect to ``w``.

    The loss of ``L`` neurons in a row that multiply by one shared weight: a plain and a cliff.
    """
    return L * w ** (L - 1) * x * (w**L * x - y)


def _offset(w: ArrayLike, H: ArrayLike, w_star: ArrayLike) -> NDArray:
    H, e = np.asarray(H), np.asarray(w) - w_star
    expect(H.ndim == 2 and H.shape[0] == H.shape[1], "H square", H.shape)
    expect(e.ndim >= 1 and e.shape[-1] == len(H), f"w of shape (…, {len(H)}) for this H", e.shape)
    expect(np.allclose(H, H.T), "H symmetric", H)
    return e


def _two(w: ArrayLike) -> tuple[NDArray, NDArray]:
    w = np.asarray(w)
    expect(w.ndim >= 1 and w.shape[-1] == 2, "w of shape (…, 2)", w.shape)
    return w[..., 0], w[..., 1]
