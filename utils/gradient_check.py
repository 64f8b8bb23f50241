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


def forward_difference(f: Function, w: ArrayLike, h: float = 1e-8) -> NDArray:
    """Gradient of ``f`` at ``w``, one call of ``f`` for each entry and one more.

    Its error is of order h from the formula, so at best half of the digits are right.
    """
    w = np.asarray(w, dtype=float)
    here = f(w)
    return np.array([(f(w + h * u) - here) / h for u in _axes(w)]).reshape(w.shape)


def complex_step(f: Function, w: ArrayLike, h: float = 1e-30) -> NDArray:
    """Gradient of ``f`` at ``w``, exact to rounding: the imaginary part of f(w + ih·u) over h.

    Nothing is subtracted, so ``h`` can be tiny.  ``f`` must be built from functions that take
    complex numbers (no abs, no conj, no max), and real where they do not.  Squire and Trapp (1998).
    """
    w = np.asarray(w, dtype=float)
    return np.array([np.imag(f(w + 1j * h * u)) / h for u in _axes(w)]).reshape(w.shape)


def central_error(h: ArrayLike, size: float, third: float, rounding: float = 2.0**-53) -> NDArray:
    """About the most that a central difference is off: ⅙ M h² from the formula, and η F / h.

    The second is from rounding.  ``size`` F and ``third`` M bound f and its third derivative on
    the way; ``rounding`` η is the relative error of one value of f.  That z ± h is rounded too is
    left out; it adds about η |z f′| / h.  *Checking a derivative* tells how it comes about.
    """
    h = np.asarray(h, dtype=float)
    expect(bool(np.all(h > 0)), "a step h above 0", h)
    return third * h**2 / 6 + rounding * size / h


def best_step(size: float, third: float, rounding: float = 2.0**-53) -> float:
    """Step h = (3 η F / M)^⅓ that makes :func:`central_error` least."""
    expect(size > 0 and third > 0, "size and third above 0", (size, third))
    return (3 * rounding * size / third) ** (1 / 3)


def disagreement(g: ArrayLike, measured: ArrayLike) -> float:
    """Distance of two gradients over the sum of their lengths: 0 if equal, 1 if opposite.

    It is 1, too, if one of them is 0.  A right formula and a central difference give about 1e-9;
    an error of a factor 2 gives 1/3.
    """
    g, measured = np.asarray(g, dtype=float), np.asarray(measured, dtype=float)
    expect(g.shape == measured.shape, f"a gradient of shape {g.shape}", measured.shape)
    size = np.sqrt(np.sum(g**2)) + np.sqrt(np.sum(measured**2))
    return float(np.sqrt(np.sum((g - measured) ** 2)) / size) if size else 0.0


def _axes(w: NDArray) -> NDArray:
    return np.eye(w.size).reshape(w.size, *w.shape)
