"""The exercises of the chapter on gradient descent: what they draw, and how they go wrong."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from utils import rates
from utils.exercises.judging import Exercise


def _bowl(rng: np.random.Generator) -> tuple[NDArray, NDArray]:
    A = rng.normal(size=(3, 3))
    return rng.normal(size=3), A @ A.T + np.eye(3)


def _rolling_ball(rng: np.random.Generator) -> tuple[NDArray, NDArray, NDArray, float, float]:
    return rng.normal(size=3), *_bowl(rng), rng.uniform(0.05, 0.2), rng.uniform(0.5, 0.9)


def _exact_rate(g: NDArray, H: NDArray) -> NDArray:
    return (g @ g) / (g @ H @ g)


def _momentum(w: NDArray, previous: NDArray, H: NDArray, alpha: float, beta: float) -> NDArray:
    return w - alpha * H @ w + beta * (w - previous)


#: The eigenvalues of "Forecast a ravine", as its text has them.
RAVINE = 0.5, 2.0, 7.5


def ravine(low: float, middle: float, high: float) -> dict[str, Exercise]:
    """Make the task from its numbers: change them, and the answers and the mistakes follow."""
    kappa, rate, factor = high / low, rates.best_rate(low, high), rates.best_factor(high / low)
    steps, half = (rates.steps_needed(e, rate, low) for e in (1e-3, 1e-3**0.5))
    return {
        "the rate": Exercise(
            answer=rate,
            mistakes={
                "the best rate is 2, not 1, over λ_min + λ_max": 1 / (low + high),
                "2/λ_max is the limit, not the best rate": 2 / high,
                "only the smallest and the largest eigenvalue count": 2 / (low + middle + high),
            },
        ),
        "the factor": Exercise(
            answer=factor,
            mistakes={
                "the worst factor is a size, and has no sign": -factor,
                "the fraction is upside down": 1 / factor,
                "1 − 1/κ is what the rate 1/λ_max leaves": 1 - 1 / kappa,
            },
        ),
        "the steps": Exercise(
            answer=steps,
            exact=True,
            mistakes={
                f"round up: {steps - 1} steps may leave a little more than a thousandth": steps - 1,
                "a number of steps is whole, so round up": np.log(1e-3) / np.log(factor),
                f"{half} steps shrink the cost to a thousandth; the error needs more": half,
                "both logarithms must have the same base": np.log10(1e-3) / np.log(factor),
            },
        ),
    }


EXERCISES: dict[str, Exercise | dict[str, Exercise]] = {
    "gd-ravine": ravine(*RAVINE),
    "gd-stationary": {
        "A": Exercise(
            answer="minimum",
            mistakes={"a saddle point has curvatures of both signs": "saddle point"},
        ),
        "B": Exercise(
            answer="saddle point",
            mistakes={"one of its curvatures is negative, however small": "minimum"},
        ),
        "C": Exercise(
            answer="maximum",
            mistakes={"its curvatures are both negative: it falls in every direction": "minimum"},
        ),
        "the steps": Exercise(
            answer=int(np.ceil(np.log(1000) / np.log(1 + 0.5 * 0.1))),
            exact=True,
            mistakes={
                "round up: after 141 steps it has not quite grown a thousandfold": 141,
                "the curvature is −0.1, so the factor 1 − αλ is 1.05, not 0.95": 135,
                "you forgot the learning rate": 73,
            },
        ),
    },
    "gd-exact-rate": Exercise(
        answer=_exact_rate,
        inputs=_bowl,
        mistakes={
            "the fraction is upside down": lambda g, H: 1 / _exact_rate(g, H),
            "the sign is flipped, and a negative rate climbs": lambda g, H: -_exact_rate(g, H),
            "the ½ of the cost cancels the derivative's 2": lambda g, H: 2 * _exact_rate(g, H),
            "the derivative's 2 cancels the ½ of the cost": lambda g, H: _exact_rate(g, H) / 2,
            "square the length of g": lambda g, H: np.linalg.norm(g) / (g @ H @ g),
            "`*` is entry by entry; the products here are `@`": lambda g, H: g * g / (g * H * g),
        },
    ),
    "gd-momentum": Exercise(
        answer=_momentum,
        inputs=_rolling_ball,
        mistakes={
            "the sign of the gradient is flipped": lambda w, p, H, a, b: _momentum(w, p, H, -a, b),
            "the momentum points backward": lambda w, p, H, a, b: _momentum(w, p, H, a, -b),
            "you forgot the momentum": lambda w, p, H, a, b: _momentum(w, p, H, a, 0),
            "the gradient belongs to w, not to the point before": lambda w, p, H, a, b: (
                w - a * H @ p + b * (w - p)
            ),
            "the last step is w − previous": lambda w, p, H, a, b: w - a * H @ w + b * p,
            "that is Nesterov's step, with the gradient a step ahead": lambda w, p, H, a, b: (
                w - a * H @ (w + b * (w - p)) + b * (w - p)
            ),
            "`H * w` is entry by entry; the gradient is `H @ w`": lambda w, p, H, a, b: (
                w - a * H * w + b * (w - p)
            ),
        },
    ),
    "gd-momentum-steps": {
        "with momentum": Exercise(
            answer=56,
            exact=True,
            mistakes={
                "35 is what the factor in the long run would promise; count": 35,
                "the start has the length √2; stop at a thousandth of that": 58,
                "count steps, not points": 57,
            },
        ),
        "plain": Exercise(
            answer=rates.steps_needed(1e-3, rates.best_rate(1, 100), 1),
            exact=True,
            mistakes={
                "the best rate is 2 / (1 + 100)": rates.steps_needed(1e-3, 0.01, 1),
                "round up": 345,
            },
        ),
    },
}
