"""A straight line through data, ŷ = w x + b, fitted by least squares.

``theta`` is (w, b), shape (2,); ``x`` and ``y`` have shape (m,), one entry an example.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from utils.checks import expect


def line_cost(theta: ArrayLike, x: ArrayLike, y: ArrayLike) -> NDArray:
    """J(w, b) = 1/(2m) Σ (w xᵢ + b − yᵢ)²; for ``theta`` of shape (…, 2) one cost a point."""
    x, y = _data(x, y)
    theta = np.asarray(theta)
    w, b = theta[..., :1], theta[..., 1:]
    return np.mean((w * x + b - y) ** 2, axis=-1) / 2


def line_gradient(theta: ArrayLike, x: ArrayLike, y: ArrayLike) -> NDArray:
    """(∂J/∂w, ∂J/∂b), shape (2,)."""
    x, y = _data(x, y)
    w, b = theta
    error = w * x + b - y
    return np.array([np.mean(error * x), np.mean(error)])


def line_hessian(x: ArrayLike) -> NDArray:
    """Return the matrix H of second derivatives, shape (2, 2): the same at every point."""
    x = np.asarray(x)
    return np.array([[np.mean(x**2), np.mean(x)], [np.mean(x), 1.0]])


def line_solution(x: ArrayLike, y: ArrayLike) -> NDArray:
    """(w*, b*), shape (2,), from the normal equation, where the gradient is zero."""
    x, y = _data(x, y)
    return np.linalg.solve(line_hessian(x), [np.mean(y * x), np.mean(y)])


def _data(x: ArrayLike, y: ArrayLike) -> tuple[NDArray, NDArray]:
    x, y = np.asarray(x), np.asarray(y)
    expect(x.ndim == 1 and x.shape == y.shape, f"x and y of one shape (m,), x {x.shape}", y.shape)
    return x, y
