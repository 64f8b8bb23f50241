"""Gradient descent: the whole path, so that it can be looked at.

A point may be a number or an array of any shape; ``gradient`` maps a point to an array of its
shape.  A path stacks the points along a new first axis, the start included.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray

from utils.checks import expect

Gradient = Callable[..., ArrayLike]


def gradient_descent(gradient: Gradient, start: ArrayLike, alpha: float, steps: int) -> NDArray:
    """Take ``steps`` steps w := w − α ∇J(w) and return all points, ``steps + 1`` of them.

    Cauchy (1847).  A rate that is too large makes the path overflow to inf and nan, as NumPy does;
    :func:`descend_until` refuses it.
    """
    expect(steps >= 0, "steps >= 0", steps)
    _fits(gradient(np.asarray(start, dtype=float)), start)
    path = [np.asarray(start, dtype=float)]
    for _ in range(steps):
        path.append(path[-1] - alpha * gradient(path[-1]))
    return np.array(path)


def descend_until(
    gradient: Gradient, start: ArrayLike, alpha: float, tolerance: float, budget: int = 10_000
) -> NDArray:
    """Descend until the norm of the gradient is at most ``tolerance``; return the path.

    Raise ``FloatingPointError`` if the path overflows, and ``RuntimeError`` if ``budget`` steps
    were not enough: a path that comes back has converged, in the sense of the gradient's norm.
    """
    expect(tolerance > 0, "tolerance > 0", tolerance)
    path = [np.asarray(start, dtype=float)]
    for step in range(budget + 1):
        g = gradient(path[-1])
        if not np.all(np.isfinite(g)):
            raise FloatingPointError(f"overflow at step {step}: lower alpha")
        if np.linalg.norm(g) <= tolerance:
            return np.array(path)
        path.append(path[-1] - alpha * g)
    raise RuntimeError(f"not converged in {budget} steps")


def mini_batches(m: int, size: int, epochs: int, rng: np.random.Generator) -> Iterator[NDArray]:
    """Shuffle the indices 0 … m − 1 in each epoch and deal them out, ``size`` at a time.

    Each example comes once an epoch; the last batch of an epoch is smaller if ``size`` does not
    divide ``m``.
    """
    expect(1 <= size <= m, f"a batch size from 1 to {m}", size)
    for _ in range(epochs):
        yield from np.split(rng.permutation(m), range(size, m, size))


def stochastic_descent(
    gradient: Gradient, start: ArrayLike, alpha: float, batches: Iterable[NDArray]
) -> NDArray:
    """Take one step a batch, w := w − α g, and return all points.

    ``gradient(w, batch)`` is the mean gradient over the examples whose indices are in ``batch``.
    Robbins and Monro (1951).
    """
    path = [np.asarray(start, dtype=float)]
    for batch in batches:
        path.append(path[-1] - alpha * gradient(path[-1], batch))
    return np.array(path)


def _fits(g: ArrayLike, start: ArrayLike) -> None:
    expect(np.shape(g) == np.shape(start), f"a gradient of shape {np.shape(start)}", np.shape(g))
