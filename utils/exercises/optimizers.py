"""The exercises of the chapter on optimizers: what they draw, and how they go wrong."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from utils.exercises.judging import Exercise

_STEP = np.array([-0.1, 0.1])  # against the gradient (0.003, −40), each by α
_TINY = np.array([0.0, 1e-8, 2.0])  # a gradient that ε is there for


def _gradient_and_memory(rng: np.random.Generator) -> tuple[NDArray, tuple | None]:
    g, s = rng.normal(size=3), rng.uniform(0.5, 2, size=3)
    return g, (s,) if rng.random() < 0.5 else None


def _sums(g: NDArray, memory: tuple | None) -> tuple[NDArray, NDArray]:
    (s,) = memory or (np.zeros_like(g),)
    return s, s + g**2


def _adagrad(g: NDArray, memory: tuple | None) -> tuple:
    _, s = _sums(g, memory)
    return g / (np.sqrt(s) + 1e-8), (s,)


def _old_sum(g: NDArray, memory: tuple | None) -> tuple:
    old, s = _sums(g, memory)
    return g / (np.sqrt(old) + 1e-8), (s,)


def _sizes(g: NDArray, memory: tuple | None) -> tuple:
    s = _sums(g, memory)[0] + np.abs(g)
    return g / (np.sqrt(s) + 1e-8), (s,)


def _fading(g: NDArray, memory: tuple | None) -> tuple:
    s = 0.9 * _sums(g, memory)[0] + 0.1 * g**2
    return g / (np.sqrt(s) + 1e-8), (s,)


def _without_epsilon(g: NDArray, memory: tuple | None) -> tuple:
    _, s = _sums(g, memory)
    return g / np.sqrt(s), (s,)


def _steps(rng: np.random.Generator) -> tuple[float, int]:
    return rng.uniform(0.1, 0.95), int(rng.integers(2, 9))


def _rates(rng: np.random.Generator) -> tuple[float, float]:
    return rng.uniform(0.01, 1), rng.uniform(0.1, 0.9)


def _noisy(rng: np.random.Generator) -> tuple[float, float, float, float]:
    return rng.uniform(0.05, 0.3), rng.uniform(0.2, 0.9), rng.uniform(0.5, 2), rng.uniform(0.5, 2)


def _floor(alpha: float, beta: float, lam: float, s2: float) -> float:
    return alpha * s2 * (1 + beta) / (lam * (1 - beta) * (2 * (1 + beta) - alpha * lam))


def _state(rng: np.random.Generator) -> tuple:
    w, g, u = rng.normal(size=(3, 4))
    alpha, mu = rng.uniform(0.05, 0.2), rng.uniform(0.1, 0.4)
    return w, g, u, rng.uniform(0.5, 2, size=4), int(rng.integers(9)), alpha, mu


def _adam_direction(
    g: NDArray,
    u: NDArray,
    s: NDArray,
    t: int,
    mu_w: NDArray | float = 0.0,
    epsilon: float = 1e-8,
) -> NDArray:
    g = g + mu_w
    u, s = 0.9 * u + 0.1 * g, 0.999 * s + 0.001 * g**2
    return u / (1 - 0.9**t) / (np.sqrt(s / (1 - 0.999**t)) + epsilon)


def _adamw(
    w: NDArray, g: NDArray, u: NDArray, s: NDArray, t: int, alpha: float, mu: float
) -> NDArray:
    return w - alpha * (_adam_direction(g, u, s, t + 1) + mu * w)


def _uncorrected(
    w: NDArray, g: NDArray, u: NDArray, s: NDArray, t: int, alpha: float, mu: float
) -> NDArray:
    direction = (0.9 * u + 0.1 * g) / (np.sqrt(0.999 * s + 0.001 * g**2) + 1e-8)
    return w - alpha * (direction + mu * w)


def _means(g: NDArray, u: NDArray, s: NDArray) -> tuple[NDArray, NDArray]:
    return 0.9 * u + 0.1 * g, 0.999 * s + 0.001 * g**2


def _divided(
    w: NDArray, g: NDArray, u: NDArray, s: NDArray, t: int, alpha: float, mu: float
) -> NDArray:
    u, s = _means(g, u, s)
    u_hat, s_hat = u / (1 - 0.9 ** (t + 1)), s / (1 - 0.999 ** (t + 1))
    return w - alpha * (u_hat + mu * w) / (np.sqrt(s_hat) + 1e-8)


def _half_corrected(
    w: NDArray, g: NDArray, u: NDArray, s: NDArray, t: int, alpha: float, mu: float, first: int
) -> NDArray:
    """Correct u if ``first`` is 1, and s if it is 0."""
    u, s = _means(g, u, s)
    u, s = u / (1 - first * 0.9 ** (t + 1)), s / (1 - (1 - first) * 0.999 ** (t + 1))
    return w - alpha * (u / (np.sqrt(s) + 1e-8) + mu * w)


def _new_decay(
    w: NDArray, g: NDArray, u: NDArray, s: NDArray, t: int, alpha: float, mu: float
) -> NDArray:
    new = w - alpha * _adam_direction(g, u, s, t + 1)
    return new - alpha * mu * new


def _effective(beta: float) -> dict[str, float]:
    return {
        "multiply by 1 − β, do not divide": 0.1 / (1 - beta),
        "that is the old rate; the effective one would be far above it": 0.1,
        "multiply by 1 − β, not by β": 0.1 * beta,
        "1 + β is for a gradient that alternates": 0.1 * (1 + beta),
    }


EXERCISES: dict[str, Exercise | dict[str, Exercise]] = {
    "op-effective": {
        "with 0.9": Exercise(answer=0.01, mistakes=_effective(0.9)),
        "with 0.99": Exercise(answer=0.001, mistakes=_effective(0.99)),
    },
    "op-first-step": {
        "plain": Exercise(
            answer=np.array([-0.0003, 4.0]),
            mistakes={
                "weights go against the gradient": np.array([0.0003, -4.0]),
                "that is minus the gradient; multiply by α": np.array([-0.003, 40.0]),
            },
        ),
        "RMSProp": Exercise(
            answer=_STEP / np.sqrt(0.1),
            mistakes={
                "weights go against the gradient": -_STEP / np.sqrt(0.1),
                "that is Adam's step; without its correction the step is longer": _STEP,
                "divide by the root of 1 − β₂": _STEP / 0.1,
                "divide by the root of 1 − β₂, not of β₂": _STEP / np.sqrt(0.9),
                "that is the direction; multiply by α": _STEP * np.sqrt(1000),
            },
        ),
        "Adam": Exercise(
            answer=_STEP,
            mistakes={
                "weights go against the gradient": -_STEP,
                "that is the direction; multiply by α": 10 * _STEP,
                "the correction makes up for 1 − β₁ and 1 − β₂": _STEP * 0.1 / 0.001**0.5,
                "the size of the gradient cancels": np.array([-0.0003, 4.0]),
            },
        ),
    },
    "op-forecast": {
        "the rate": Exercise(
            answer=4 / 2.2**2,
            mistakes={
                "that is the best rate of plain descent": 2 / 4.04,
                "take the roots of the curvatures": 4 / 4.04**2,
                "square the sum of the roots": 4 / 2.2,
                "the root is of each curvature, not of their sum": 4 / 4.04,
            },
        ),
        "the momentum": Exercise(
            answer=(9 / 11) ** 2,
            mistakes={
                "square it: √β is the factor": 9 / 11,
                "take the root of κ": (99 / 101) ** 2,
                "take the root of κ, and square the fraction": 99 / 101,
                "the fraction is upside down": (11 / 9) ** 2,
            },
        ),
        "the factor": Exercise(
            answer=9 / 11,
            mistakes={
                "that is β; the factor is its root": (9 / 11) ** 2,
                "that is the factor of plain descent": 99 / 101,
                "the fraction is upside down": 11 / 9,
                "that holds for Nesterov's rule": 0.9,
            },
        ),
    },
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
    "op-choose": {
        "A": Exercise(
            answer="standardize",
            mistakes={"that helps, but the cause can be taken away: the units": "adam"},
        ),
        "B": Exercise(
            answer="schedule",
            mistakes={
                "it would hover nearer, and come more slowly; let the rate fall": "lower the rate"
            },
        ),
        "C": Exercise(
            answer="decay",
            mistakes={"that is about the rate; the penalty is divided by their size": "schedule"},
        ),
        "D": Exercise(
            answer="lower the rate",
            mistakes={"it diverges before a schedule could help": "schedule"},
        ),
        "E": Exercise(
            answer="adam",
            mistakes={
                "that is for the inputs, and these are the layers within": "standardize",
                "one rate for all does not fit all": "lower the rate",
            },
        ),
        "F": Exercise(
            answer=90,
            exact=True,
            mistakes={
                "a half each 10 steps would be a power; here a third is left after 20": 33.219,
                "at step 100 it is 1/11": 100,
                "then a half is left": 10,
                "solve 1 + t/10 = 10": 9,
            },
        ),
    },
    "op-adagrad": Exercise(
        answer=_adagrad,
        inputs=_gradient_and_memory,
        cases=[(_TINY, None)],
        mistakes={
            "the new square belongs to the sum before you divide": _old_sum,
            "square the gradient before you add it": _sizes,
            "that is RMSProp's mean; AdaGrad takes the sum": _fading,
            "you forgot the root": lambda g, memory: (
                g / (_sums(g, memory)[1] + 1e-8),
                _adagrad(g, memory)[1],
            ),
            "you forgot ε, and 0 is divided by 0 where the gradient has been 0": _without_epsilon,
            "you forgot what was remembered": lambda g, memory: _adagrad(g, None),
            "the memory is a tuple: return (s,)": lambda g, memory: (
                _adagrad(g, memory)[0],
                _sums(g, memory)[1],
            ),
            "return the new sum as well": lambda g, memory: _adagrad(g, memory)[0],
            "the new sum is what is remembered": lambda g, memory: (
                _adagrad(g, memory)[0],
                (_sums(g, memory)[0],),
            ),
            "the direction comes first, then the memory": lambda g, memory: _adagrad(g, memory)[
                ::-1
            ],
            "the loop does the subtraction; return the direction": lambda g, memory: _adagrad(
                -g, memory
            ),
            "the loop multiplies by α": lambda g, memory: (
                0.1 * _adagrad(g, memory)[0],
                _adagrad(g, memory)[1],
            ),
        },
    ),
    "op-adamw": Exercise(
        answer=_adamw,
        inputs=_state,
        cases=[(np.ones(3), _TINY, np.zeros(3), np.zeros(3), 0, 0.1, 0.2)],
        rtol=1e-6,  # 0.999 is not 1
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
            "you forgot ε, and 0 is divided by 0 where the gradient has been 0": (
                lambda w, g, u, s, t, alpha, mu: (
                    w - alpha * (_adam_direction(g, u, s, t + 1, epsilon=0) + mu * w)
                )
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
            "the decay acts on the old w": _new_decay,
            "the decay is not divided by anything": _divided,
            "you corrected only u": lambda w, g, u, s, t, alpha, mu: _half_corrected(
                w, g, u, s, t, alpha, mu, 1
            ),
            "you corrected only s": lambda w, g, u, s, t, alpha, mu: _half_corrected(
                w, g, u, s, t, alpha, mu, 0
            ),
            "return the new w alone": lambda w, g, u, s, t, alpha, mu: np.array(
                [_adamw(w, g, u, s, t, alpha, mu), *_means(g, u, s)]
            ),
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
