"""The exercises of the chapter on momentum: what they draw, and how they go wrong."""

from __future__ import annotations

import numpy as np

from utils.judging import Exercise


def _steps(rng: np.random.Generator) -> tuple[float, int]:
    return rng.uniform(0.1, 0.95), int(rng.integers(2, 9))


def _rates(rng: np.random.Generator) -> tuple[float, float]:
    return rng.uniform(0.01, 1), rng.uniform(0.1, 0.9)


def _noisy(rng: np.random.Generator) -> tuple[float, float, float, float]:
    return rng.uniform(0.05, 0.3), rng.uniform(0.2, 0.9), rng.uniform(0.5, 2), rng.uniform(0.5, 2)


def _floor(alpha: float, beta: float, lam: float, s2: float) -> float:
    return alpha * s2 * (1 + beta) / (lam * (1 - beta) * (2 * (1 + beta) - alpha * lam))


def _effective(beta: float) -> dict[str, float]:
    return {
        "multiply by 1 − β, do not divide": 0.1 / (1 - beta),
        "that is the old rate; the effective one would be far above it": 0.1,
        "multiply by 1 − β, not by β": 0.1 * beta,
        "1 + β is for a gradient that alternates": 0.1 * (1 + beta),
    }


def forecast(low: float, high: float) -> dict[str, Exercise]:
    """Make the task of a ravine from its least and its greatest curvature."""
    roots, kappa = np.sqrt(low) + np.sqrt(high), high / low
    factor = (np.sqrt(kappa) - 1) / (np.sqrt(kappa) + 1)
    plain = (kappa - 1) / (kappa + 1)
    return {
        "the rate": Exercise(
            answer=4 / roots**2,
            mistakes={
                "that is the best rate of plain descent": 2 / (low + high),
                "take the square roots of the curvatures": 4 / (low + high) ** 2,
                "square the sum of the roots": 4 / roots,
                "the root is of each curvature, not of their sum": 4 / (low + high),
            },
        ),
        "the momentum": Exercise(
            answer=factor**2,
            mistakes={
                "square it: √β is the factor": factor,
                "take the square root of κ": plain**2,
                "take the square root of κ, and square the fraction": plain,
                "the fraction is upside down": factor**-2,
            },
        ),
        "the factor": Exercise(
            answer=factor,
            mistakes={
                "that is β; the factor is its root": factor**2,
                "that is the factor of plain descent": plain,
                "the fraction is upside down": 1 / factor,
                "that holds for Nesterov's rule": 1 - 1 / np.sqrt(kappa),
            },
        ),
    }


EXERCISES: dict[str, Exercise | dict[str, Exercise]] = {
    "op-effective": {
        "with 0.9": Exercise(answer=0.01, mistakes=_effective(0.9)),
        "with 0.99": Exercise(answer=0.001, mistakes=_effective(0.99)),
    },
    "op-forecast": forecast(0.04, 4),
    "op-regions": {
        "A": Exercise(
            answer="walks",
            mistakes={
                "0.01 is below the interval of the complex roots": "swings",
                "the sum of the roots, 1 + β − αλ, is positive": "rattles",
            },
        ),
        "B": Exercise(
            answer="swings",
            mistakes={
                "the complex roots reach down to (1 − 0.9)² = 0.01": "walks",
                "the complex roots reach up to (1 + 0.9)² = 3.61": "rattles",
                "the limit is 2 (1 + β) = 3.62": "diverges",
            },
        ),
        "C": Exercise(
            answer="rattles",
            mistakes={
                "the complex roots end at (1 + 0.5)² = 2.25": "swings",
                "the limit is 2 (1 + β) = 2.5": "diverges",
                "the sum of the roots, 1 + β − αλ, is negative": "walks",
            },
        ),
        "D": Exercise(
            answer="diverges",
            mistakes={
                "the limit is 2 (1 + β) = 3.8": "swings",
                "the limit is 2 (1 + β) = 3.8, and 3.9 is above": "rattles",
            },
        ),
    },
    "op-mean-rate": Exercise(
        answer=lambda alpha, beta: alpha / (1 - beta),
        inputs=_rates,
        mistakes={
            "the fraction is upside down": lambda alpha, beta: alpha * (1 - beta),
            "the velocity is longer than the mean, by 1 / (1 − β)": lambda alpha, beta: alpha,
            "divide by 1 − β, not by β": lambda alpha, beta: alpha / beta,
            "that is for a gradient that alternates": lambda alpha, beta: alpha / (1 + beta),
        },
    ),
    "op-correction": Exercise(
        answer=lambda beta, t: 1 - beta**t,
        inputs=_steps,
        mistakes={
            "that is the weight of the zero at the start; the rest is asked for": lambda beta, t: (
                beta**t
            ),
            "that is the sum in v; u has the factor 1 − β": lambda beta, t: (
                (1 - beta**t) / (1 - beta)
            ),
            "there are t gradients, and the last power is t − 1": lambda beta, t: (
                1 - beta ** (t + 1)
            ),
            "that is the weight of the newest alone": lambda beta, t: 1 - beta,
        },
    ),
    "op-noise": Exercise(
        answer=_floor,
        inputs=_noisy,
        mistakes={
            "that is the floor without momentum": lambda alpha, beta, lam, s2: _floor(
                alpha, 0, lam, s2
            ),
            "near, but not it; is the term 2 β λ P missing in your mean of the new v²?": (
                lambda alpha, beta, lam, s2: _floor(alpha / (1 - beta), 0, lam, s2)
            ),
            "that is the floor without momentum, divided by 1 − β": (
                lambda alpha, beta, lam, s2: _floor(alpha, 0, lam, s2) / (1 - beta)
            ),
            "that holds where αλ is small": lambda alpha, beta, lam, s2: (
                alpha * s2 / (2 * lam * (1 - beta))
            ),
            "s² is the variance already; do not square it": lambda alpha, beta, lam, s2: _floor(
                alpha, beta, lam, s2**2
            ),
            "that is its root, the distance": lambda alpha, beta, lam, s2: (
                _floor(alpha, beta, lam, s2) ** 0.5
            ),
        },
    ),
}
