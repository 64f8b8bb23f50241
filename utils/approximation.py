"""Networks with one hidden layer, built and not trained, that come near a given function.

A function f of one number on an interval from ``a`` to ``b`` is met in n + 1 steps by n sigmoids,
or in n straight pieces by n ReLUs.  What is built is a list of pairs (W, b), as in
:mod:`utils.network`; its output has no activation.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from utils.activations import sigmoid
from utils.checks import expect

Function = Callable[[NDArray], NDArray]
Parameters = list[tuple[NDArray, NDArray]]


def bump(x: ArrayLike, left: float, right: float, k: float) -> NDArray:
    """Return about 1 between ``left`` and ``right``, and about 0 elsewhere, shaped like ``x``.

    It is the difference of two sigmoids; ``k`` says how steep its sides are.
    """
    x = np.asarray(x)
    return sigmoid(k * (x - left)) - sigmoid(k * (x - right))


def staircase_network(f: Function, n: int, k: float, a: float = 0.0, b: float = 1.0) -> Parameters:
    """Build n sigmoids of steepness ``k`` that climb f in n + 1 steps of one width.

    Each level is the value of f in the middle of its step.  Cybenko (1989) proves that sigmoids
    can do it for any number of inputs.
    """
    _fits(n, a, b)
    t = np.linspace(a, b, n + 2)
    levels = f((t[:-1] + t[1:]) / 2)
    hidden = np.full((n, 1), k), -k * t[1:-1, None]
    return [hidden, (np.diff(levels)[None], levels[:1, None])]


def staircase_bound(M: float, h: float, k: float) -> float:
    """Return what a staircase is off at most, if the slope of f is at most ``M`` in size.

    ``h`` is the width of a step, and ``k`` the steepness of the sigmoids.
    """
    return M * h * (1 + 1 / np.expm1(k * h / 2))


def polygon(f: Function, n: int, a: float = 0.0, b: float = 1.0) -> Parameters:
    """Build n ReLUs that follow f in n straight pieces of one width, and meet it at their ends."""
    _fits(n, a, b)
    t = np.linspace(a, b, n + 1)
    slopes = np.diff(f(t)) / np.diff(t)
    hidden = np.ones((n, 1)), -t[:-1, None]
    return [hidden, (np.diff(slopes, prepend=0)[None], f(t)[:1, None])]


def polygon_bound(M: float, h: float) -> float:
    """Return what a polygon is off at most, if the size of f″ is at most ``M``.

    ``h`` is the width of a piece.
    """
    return M * h**2 / 8


def _fits(n: int, a: float, b: float) -> None:
    """Refuse what is no number of neurons, or no interval."""
    expect(isinstance(n, int | np.integer) and n > 0, "a whole number n of neurons, 1 or more", n)
    expect(bool(a < b), "an interval with a < b", (a, b))
