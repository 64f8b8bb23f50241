"""The exercises of the chapter on optimizers: what they draw, and how they go wrong."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from utils.exercises.judging import Exercise

_STEP = np.array([-0.1, 0.1])  # against the gradient (0.003, −40), each by α


def _gradient_and_sum(rng: np.random.Generator) -> tuple[NDArray, NDArray]:
    return rng.normal(size=3), rng.uniform(0.5, 2, size=3)


def _adagrad(g: NDArray, s: NDArray) -> tuple:
    return g / (np.sqrt(s + g**2) + 1e-8), s + g**2


def _rates(rng: np.random.Generator) -> tuple[float, float]:
    return rng.uniform(0.01, 1), rng.uniform(0.1, 0.9)


def _noisy(rng: np.random.Generator) -> tuple[float, float, float, float]:
    return rng.uniform(0.05, 0.3), rng.uniform(0.2, 0.9), rng.uniform(0.5, 2), rng.uniform(0.5, 2)


def _floor(alpha: float, beta: float, lam: float, s2: float) -> float:
    return alpha * s2 * (1 + beta) / (lam * (1 - beta) * (2 * (1 + beta) - alpha * lam))


def _state(rng: np.random.Generator) -> tuple:
    w, g, u = rng.normal(size=(3, 4))
    return w, g, u, rng.uniform(0.5, 2, size=4), int(rng.integers(1, 9)), 0.1, 0.2


def _adam_direction(
    g: NDArray, u: NDArray, s: NDArray, t: int, mu_w: NDArray | float = 0.0
) -> NDArray:
    g = g + mu_w
    u, s = 0.9 * u + 0.1 * g, 0.999 * s + 0.001 * g**2
    return u / (1 - 0.9**t) / (np.sqrt(s / (1 - 0.999**t)) + 1e-8)


def _adamw(
    w: NDArray, g: NDArray, u: NDArray, s: NDArray, t: int, alpha: float, mu: float
) -> NDArray:
    return w - alpha * (_adam_direction(g, u, s, t + 1) + mu * w)


def _uncorrected(
    w: NDArray, g: NDArray, u: NDArray, s: NDArray, t: int, alpha: float, mu: float
) -> NDArray:
    direction = (0.9 * u + 0.1 * g) / (np.sqrt(0.999 * s + 0.001 * g**2) + 1e-8)
    return w - alpha * (direction + mu * w)


def _root_of_old_mean(
    w: NDArray, g: NDArray, u: NDArray, s: NDArray, t: int, alpha: float, mu: float
) -> NDArray:
    new = w - alpha * _adam_direction(g, u, s, t + 1)
    return new - alpha * mu * new


EXERCISES: dict[str, Exercise | dict[str, Exercise]] = {
    "op-first-step": {
        "plain": Exercise(
            answer=lambda: np.array([-0.0003, 4.0]),
            mistakes={
                "weights go against the gradient": lambda: np.array([0.0003, -4.0]),
                "that is minus the gradient; multiply by α": lambda: np.array([-0.003, 40.0]),
            },
            atol=0,
        ),
        "RMSProp": Exercise(
            answer=lambda: _STEP / np.sqrt(0.1),
            mistakes={
                "weights go against the gradient": lambda: -_STEP / np.sqrt(0.1),
                "that is Adam's step; without its correction the step is longer": lambda: _STEP,
                "divide by the root of 1 − β₂": lambda: _STEP / 0.1,
                "divide by the root of 1 − β₂, not of β₂": lambda: _STEP / np.sqrt(0.9),
                "that is the direction; multiply by α": lambda: _STEP * np.sqrt(1000),
            },
        ),
        "Adam": Exercise(
            answer=lambda: _STEP,
            mistakes={
                "weights go against the gradient": lambda: -_STEP,
                "that is the direction; multiply by α": lambda: 10 * _STEP,
                "the correction makes up for 1 − β₁ and 1 − β₂": lambda: _STEP * 0.1 / 0.001**0.5,
                "the size of the gradient cancels": lambda: np.array([-0.0003, 4.0]),
            },
        ),
    },
    "op-forecast": {
        "the rate": Exercise(
            answer=lambda: 4 / 2.2**2,
            mistakes={
                "that is the best rate of plain descent": lambda: 2 / 4.04,
                "take the roots of the curvatures": lambda: 4 / 4.04**2,
                "square the sum of the roots": lambda: 4 / 2.2,
                "the root is of each curvature, not of their sum": lambda: 4 / 4.04,
            },
            rtol=5e-3,
        ),
        "the momentum": Exercise(
            answer=lambda: (9 / 11) ** 2,
            mistakes={
                "square it: √β is the factor": lambda: 9 / 11,
                "take the root of κ": lambda: (99 / 101) ** 2,
                "take the root of κ, and square the fraction": lambda: 99 / 101,
                "the fraction is upside down": lambda: (11 / 9) ** 2,
            },
            rtol=5e-3,
        ),
        "the factor": Exercise(
            answer=lambda: 9 / 11,
            mistakes={
                "that is β; the factor is its root": lambda: (9 / 11) ** 2,
                "that is the factor of plain descent": lambda: 99 / 101,
                "the fraction is upside down": lambda: 11 / 9,
                "that holds for Nesterov's rule": lambda: 0.9,
            },
            rtol=5e-3,
        ),
    },
    "op-regions": {
        "A": Exercise(
            answer=lambda: "walks",
            mistakes={"0.01 is below the interval of the complex roots": lambda: "swings"},
        ),
        "B": Exercise(
            answer=lambda: "swings",
            mistakes={"the complex roots reach down to (1 − 0.9)² = 0.01": lambda: "walks"},
        ),
        "C": Exercise(
            answer=lambda: "rattles",
            mistakes={
                "the complex roots end at (1 + 0.5)² = 2.25": lambda: "swings",
                "the limit is 2 (1 + β) = 2.5": lambda: "diverges",
            },
        ),
        "D": Exercise(
            answer=lambda: "diverges",
            mistakes={
                "the limit is 2 (1 + β) = 3.8": lambda: "swings",
                "the limit is 2 (1 + β) = 3.8, and 3.9 is above": lambda: "rattles",
            },
        ),
    },
    "op-adagrad": Exercise(
        answer=_adagrad,
        inputs=_gradient_and_sum,
        mistakes={
            "the new square belongs to the sum before you divide": lambda g, s: (
                g / (np.sqrt(s) + 1e-8),
                s + g**2,
            ),
            "square the gradient before you add it": lambda g, s: (
                g / (np.sqrt(s + np.abs(g)) + 1e-8),
                s + np.abs(g),
            ),
            "you forgot the root": lambda g, s: (g / (s + g**2 + 1e-8), s + g**2),
            "that is RMSProp's mean; AdaGrad takes the sum": lambda g, s: (
                g / (np.sqrt(0.9 * s + 0.1 * g**2) + 1e-8),
                0.9 * s + 0.1 * g**2,
            ),
            "return the new sum as well": lambda g, s: _adagrad(g, s)[0],
            "the new sum is what is remembered": lambda g, s: (_adagrad(g, s)[0], s),
            "the direction comes first, then the sum": lambda g, s: _adagrad(g, s)[::-1],
            "the loop does the subtraction; return the direction": lambda g, s: (
                -_adagrad(g, s)[0],
                s + g**2,
            ),
        },
    ),
    "op-adamw": Exercise(
        answer=_adamw,
        inputs=_state,
        rtol=1e-6,
        mistakes={
            "that is the penalty: μw went into the gradient": lambda w, g, u, s, t, alpha, mu: (
                w - alpha * _adam_direction(g, u, s, t + 1, mu * w)
            ),
            "you forgot the decay": lambda w, g, u, s, t, alpha, mu: _adamw(
                w, g, u, s, t, alpha, 0.0
            ),
            "the decay is multiplied by α, too": lambda w, g, u, s, t, alpha, mu: (
                w - alpha * _adam_direction(g, u, s, t + 1) - mu * w
            ),
            "the sign of the decay is flipped": lambda w, g, u, s, t, alpha, mu: _adamw(
                w, g, u, s, t, alpha, -mu
            ),
            "the sign of the step is flipped": lambda w, g, u, s, t, alpha, mu: _adamw(
                w, g, u, s, t, -alpha, mu
            ),
            "this is step t + 1, so the corrections have t + 1": lambda w, g, u, s, t, alpha, mu: (
                w - alpha * (_adam_direction(g, u, s, t) + mu * w)
            ),
            "you forgot the bias correction": _uncorrected,
            "the decay acts on the old w": _root_of_old_mean,
        },
    ),
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
    "op-noise": Exercise(
        answer=_floor,
        inputs=_noisy,
        mistakes={
            "that is the floor without momentum": lambda alpha, beta, lam, s2: _floor(
                alpha, 0, lam, s2
            ),
            "that is the floor without momentum at the effective rate; near, but not it": (
                lambda alpha, beta, lam, s2: _floor(alpha / (1 - beta), 0, lam, s2)
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
