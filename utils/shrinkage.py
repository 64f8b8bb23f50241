"""How much of the bottom of a bowl is reached, along each direction of its curvature.

Descent that is stopped and weight decay both take a share of w*, from 0 at curvature 0 to 1 where
the bowl is steep.  ``lam`` ≥ 0 is a curvature, an eigenvalue of the Hessian, or an array of them.
Book: "To stop is to shrink", in "Early stopping and dropout".
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from utils.checks import expect


def reached_by_steps(lam: ArrayLike, alpha: float, t: float) -> NDArray:
    """Return the share of w* along a direction after t steps from 0: 1 − (1 − αλ)ᵗ.

    The rate ``alpha`` is at most 1/λ, so that no step goes beyond the bottom.
    """
    lam = np.asarray(lam)
    _settles(lam, alpha, t)
    return 1 - (1 - alpha * lam) ** t


def reached_by_decay(lam: ArrayLike, mu: ArrayLike) -> NDArray:
    """Return the share of w* where the penalty ½ μ ‖w‖² holds it: λ / (λ + μ), for μ > 0.

    Hoerl and Kennard (1970).
    """
    lam, mu = np.asarray(lam), np.asarray(mu)
    _pulls(lam, mu)
    return lam / (lam + mu)


def decay_of_steps(lam: ArrayLike, alpha: float, t: float) -> NDArray:
    """Return the μ with which decay reaches, along a direction, just what t steps reach.

    It is below 1 / (α t), and near it where α λ t is small.  ``lam`` is above 0.  Goodfellow,
    Bengio and Courville (2016).
    """
    lam = np.asarray(lam)
    _settles(lam, alpha, t)
    _curved(lam)
    left = (1 - alpha * lam) ** t
    return lam * left / (1 - left)


def _are_curvatures(lam: NDArray) -> None:
    expect(lam.size > 0 and bool(np.all(lam >= 0)), "curvatures lam >= 0", lam)


def _settles(lam: NDArray, alpha: float, t: float) -> None:
    _are_curvatures(lam)
    expect(t >= 1, "t >= 1 steps", t)
    top = 1 / np.max(lam) if np.max(lam) else np.inf
    expect(0 < alpha <= top * (1 + 1e-12), f"a rate from 0 to 1/lam = {top:g}", alpha)


def _pulls(lam: NDArray, mu: NDArray) -> None:
    _are_curvatures(lam)
    expect(bool(np.all(mu > 0)), "mu > 0", mu)


def _curved(lam: NDArray) -> None:
    expect(bool(np.all(lam > 0)), "curvatures lam > 0", lam)
