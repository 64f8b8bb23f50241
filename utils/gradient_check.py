"""Derivatives taken from the function alone, to hold a formula against.

``f`` maps an array of any shape to a number; a gradient has the shape of ``w``.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from utils.checks import expect

Function = Callable[[NDArray], ArrayLike]


def slope(f: Function, w: ArrayLike, u: ArrayLike, h: float = 1e-5) -> float:
    """Slope of ``f`` at ``w`` in the direction ``u`` of length 1, by a central difference.

    For values of order one, its error is of order h² from the formula and 1e-16/h from rounding:
    about 1e-10 in all.
    """
    w, u = np.asarray(w, dtype=float), np.asarray(u, dtype=float)
    expect(w.shape == u.shape, f"u of w's shape {w.shape}", u.shape)
    return float((f(w + h * u) - f(w - h * u)) / (2 * h))


def central_difference(f: Function, w: ArrayLike, h: float = 1e-5) -> NDArray:
    """Gradient of ``f`` at ``w``: the slope along each axis, two calls of ``f`` for each entry."""
    w = np.asarray(w, dtype=float)
    return np.array([slope(f, w, u, h) for u in _axes(w)]).reshape(w.shape)


def complex_step(f: Function, w: ArrayLike, h: float = 1e-30) -> NDArray:
    """Gradient of ``f`` at ``w``, exact to rounding: the imaginary part of f(w + ih·u) over h.

    Nothing is subtracted, so ``h`` can be tiny.  ``f`` must be built from functions that take
    complex numbers (no abs, no max).  Squire and Trapp (1998).
    """
    w = np.asarray(w, dtype=float)
    return np.array([np.imag(f(w + 1j * h * u)) / h for u in _axes(w)]).reshape(w.shape)


def _axes(w: NDArray) -> NDArray:
    return np.eye(w.size).reshape(w.size, *w.shape)
