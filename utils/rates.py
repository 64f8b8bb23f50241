"""What theory says of the speed of gradient descent on a quadratic cost, before a step is taken.

Derived in the chapters on gradient descent and on descent on data.  ``alpha`` is the learning rate
α, ``lam`` a curvature λ (an eigenvalue of the Hessian H), ``w_star`` the minimum.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from utils.checks import expect


def converges(alpha: float, lam: float) -> bool:
    """Whether 0 < α < 2/λ: whether each step brings the minimum nearer."""
    _positive(lam=lam)
    return 0 < alpha < 2 / lam


def bowl_path(t: ArrayLike, w_0: float, alpha: float, lam: float, w_star: float = 0.0) -> NDArray:
    """w_t = w* + (1 − αλ)ᵗ (w_0 − w*), without taking the t steps; shaped like ``t``."""
    return w_star + (1 - alpha * lam) ** np.asarray(t) * (w_0 - w_star)


def steps_needed(epsilon: float, alpha: float, lam: float) -> int:
    """How many steps shrink the distance to the minimum to ``epsilon`` of what it was.

    ⌈ln ε / ln |1 − αλ|⌉.  One step at the critical rate α = 1/λ, where the logarithm has no value.
    """
    expect(0 < epsilon < 1, "0 < epsilon < 1", epsilon)
    expect(converges(alpha, lam), f"a rate that converges, 0 < alpha < {2 / lam:g}", alpha)
    factor = abs(1 - alpha * lam)
    return 1 if factor == 0 else math.ceil(math.log(epsilon) / math.log(factor))


def quadratic_path(
    t: int, w_0: ArrayLike, alpha: float, H: ArrayLike, w_star: ArrayLike = 0.0
) -> NDArray:
    """w_t on ½ (w − w*)ᵀH(w − w*), shape (n,): each eigenvector of H goes its own way."""
    lam, Q = np.linalg.eigh(H)
    modes = Q.T @ (np.asarray(w_0) - w_star)
    return w_star + Q @ ((1 - alpha * lam) ** t * modes)


def condition_number(H: ArrayLike) -> float:
    """κ = λ_max / λ_min of a symmetric, positive definite ``H``."""
    lam = np.linalg.eigvalsh(H)
    expect(bool(lam[0] > 0), "H positive definite", f"eigenvalues {lam}")
    return lam[-1] / lam[0]


def worst_factor(alpha: ArrayLike, lam_min: float, lam_max: float) -> NDArray:
    """ρ(α) = max(|1 − αλ_min|, |1 − αλ_max|): what one step leaves of the slowest mode."""
    alpha = np.asarray(alpha)
    return np.maximum(np.abs(1 - alpha * lam_min), np.abs(1 - alpha * lam_max))


def best_rate(lam_min: float, lam_max: float) -> float:
    """α* = 2 / (λ_min + λ_max), the rate with the smallest worst factor."""
    _positive(lam_min=lam_min, lam_max=lam_max)
    return 2 / (lam_min + lam_max)


def best_factor(kappa: float) -> float:
    """ρ(α*) = (κ − 1) / (κ + 1): the best that one rate for all directions can do."""
    expect(kappa >= 1, "a condition number, at least 1", kappa)
    return (kappa - 1) / (kappa + 1)


def guaranteed_cost(J: float, g: ArrayLike, alpha: float, L: float) -> float:
    """J − α (1 − ½αL) ‖g‖²: the next cost is at most this if ‖∇J(a) − ∇J(b)‖ ≤ L‖a − b‖."""
    return J - alpha * (1 - 0.5 * alpha * L) * np.sum(np.square(g))


def gap_bound(g: ArrayLike, lam_min: float) -> float:
    """‖g‖² / (2 λ_min): on a bowl, the cost is at most this far above its minimum.

    ``g`` is the gradient, and λ_min > 0 the least curvature of the bowl.
    """
    _positive(lam_min=lam_min)
    return np.sum(np.square(g)) / (2 * lam_min)


def batch_variance(s2: float, B: int, m: int | None = None) -> float:
    """Variance of the mean of ``B`` gradients whose variance over the data set is ``s2``.

    s²/B if they are drawn with replacement; times (m − B)/(m − 1) if they are different ones out
    of ``m``.
    """
    expect(B >= 1, "a batch of at least 1", B)
    if m is None:
        return s2 / B
    expect(1 < m >= B, f"a batch of at most {m} out of m > 1 examples", B)
    return s2 / B * (m - B) / (m - 1)


def noise_floor(alpha: float, lam: float, s2: float, B: int = 1) -> float:
    """v_∞ = αs² / (Bλ(2 − αλ)): the mean squared distance from w* at which noisy descent hovers.

    True for one weight where the loss of every example has the curvature λ, and the batches are
    drawn independently, with replacement.
    """
    expect(converges(alpha, lam), f"a rate that converges, 0 < alpha < {2 / lam:g}", alpha)
    return alpha * s2 / (B * lam * (2 - alpha * lam))


def _positive(**curvatures: float) -> None:
    for name, value in curvatures.items():
        expect(value > 0, f"{name} > 0", value)


# ── Momentum, on one eigenvector of curvature λ ──────────────────────────────────────────────────
# Derived in the chapter on momentum.  The state of a mode is (e, v): its error w − w* and its
# velocity.


def effective_rate(alpha: float, beta: float) -> float:
    """α / (1 − β): what a step of momentum comes to where the gradient stays the same."""
    expect(0 <= beta < 1, "0 <= beta < 1", beta)
    return alpha / (1 - beta)


def momentum_matrix(alpha: float, beta: float, lam: float) -> NDArray:
    """Return the 2 × 2 matrix that takes (e, v) to what they are after a step of momentum."""
    return np.array([[1 - alpha * lam, -alpha * beta], [lam, beta]])


def nesterov_matrix(alpha: float, beta: float, lam: float) -> NDArray:
    """Return the 2 × 2 matrix that takes (e, v) to what they are after a step of Nesterov."""
    return np.array([[1 - alpha * lam * (1 + beta), -alpha * beta**2], [lam, beta]])


def spectral_radius(trace: NDArray, determinant: NDArray) -> NDArray:
    """Return the greatest |z| with z² − trace · z + determinant = 0, element by element."""
    root = np.sqrt(trace**2 / 4 - determinant + 0j)  # complex where it has to be
    return np.abs(np.abs(trace) / 2 + root)


def momentum_factor(alpha: NDArray, beta: NDArray, lam: NDArray) -> NDArray:
    """Return what a step of momentum leaves of the mode λ in the long run; shapes broadcast."""
    return spectral_radius(1 - alpha * lam + beta, beta)


def nesterov_factor(alpha: NDArray, beta: NDArray, lam: NDArray) -> NDArray:
    """Return what a step of Nesterov leaves of the mode λ in the long run; shapes broadcast."""
    left = 1 - alpha * lam
    return spectral_radius((1 + beta) * left, beta * left)


def momentum_converges(alpha: float, beta: float, lam: float) -> bool:
    """Whether 0 < αλ < 2 (1 + β), for 0 <= β < 1."""
    _positive(lam=lam)
    expect(0 <= beta < 1, "0 <= beta < 1", beta)
    return 0 < alpha * lam < 2 * (1 + beta)


def nesterov_converges(alpha: float, beta: float, lam: float) -> bool:
    """Whether 0 < αλ < 2 (1 + β) / (1 + 2β), for 0 <= β < 1."""
    _positive(lam=lam)
    expect(0 <= beta < 1, "0 <= beta < 1", beta)
    return 0 < alpha * lam < 2 * (1 + beta) / (1 + 2 * beta)


def momentum_error(t: ArrayLike, e_0: float, alpha: float, beta: float, lam: float) -> NDArray:
    """Return e_t = w_t − w* after ``t`` steps of momentum from rest, without taking them.

    For two different roots of the characteristic equation.
    """
    expect((1 + beta - alpha * lam) ** 2 != 4 * beta, "two different roots", "one twice")
    z_1, z_2 = np.linalg.eigvals(momentum_matrix(alpha, beta, lam)) + 0j  # complex or not
    t, e_1 = np.asarray(t), (1 - alpha * lam) * e_0
    return np.real((z_1**t * (e_1 - z_2 * e_0) - z_2**t * (e_1 - z_1 * e_0)) / (z_1 - z_2))


def best_momentum(lam_min: float, lam_max: float) -> tuple[float, float]:
    """Return α* = 4 / (√λ_max + √λ_min)² and β* = ((√κ − 1) / (√κ + 1))².  Polyak (1964)."""
    _positive(lam_min=lam_min, lam_max=lam_max)
    alpha = 4 / (np.sqrt(lam_max) + np.sqrt(lam_min)) ** 2
    return alpha, best_momentum_factor(lam_max / lam_min) ** 2


def best_momentum_factor(kappa: float) -> float:
    """(√κ − 1) / (√κ + 1): the best that one α and one β can do on a ravine."""
    expect(kappa >= 1, "a condition number, at least 1", kappa)
    return (np.sqrt(kappa) - 1) / (np.sqrt(kappa) + 1)


def safe_nesterov_factor(kappa: float) -> float:
    """1 − 1/√κ: the factor of Nesterov with α = 1/λ_max and β = (√κ − 1) / (√κ + 1)."""
    expect(kappa >= 1, "a condition number, at least 1", kappa)
    return 1 - 1 / np.sqrt(kappa)
