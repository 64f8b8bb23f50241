"""Regularization: what is added to a cost so that weights stay small.

``w`` has any shape and ``mu`` ≥ 0 is the strength, a number; a gradient has the shape of ``w``.
A bias is not penalized: leave it out of ``w``.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from utils.checks import expect


def l2_penalty(w: NDArray, mu: float) -> float:
    """½ μ Σ w²: minus the logarithm of a Gaussian prior, divided by the number of examples.

    Hoerl and Kennard (1970).
    """
    _fits(w, mu)
    return 0.5 * mu * np.sum(w**2)


def l2_penalty_gradient(w: NDArray, mu: float) -> NDArray:
    """Return μ w: a step is the old one but for the factor 1 − α μ on w, hence weight decay."""
    _fits(w, mu)
    return mu * w


def l1_penalty(w: NDArray, mu: float) -> float:
    """μ Σ |w|: minus the logarithm of a Laplace prior, divided by the number of examples.

    Tibshirani (1996).
    """
    _fits(w, mu)
    return mu * np.sum(np.abs(w))


def l1_penalty_gradient(w: NDArray, mu: float) -> NDArray:
    """Return μ sign(w): the same pull on a small weight as on a large one (at 0, none)."""
    _fits(w, mu)
    return mu * np.sign(w)


def _fits(w: NDArray, mu: float) -> None:
    expect(np.size(w) > 0, "one weight at least", f"an array of shape {np.shape(w)}")
    expect(not np.any(np.isnan(w)), "numbers", "NaN")
    expect(mu >= 0, "mu >= 0", mu)
