"""The exercises of the chapter on gradient descent: what they draw, and how they go wrong."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from utils import rates
from utils.judging import Exercise
from utils.neuron import neuron_step


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


def second_step() -> dict[str, Exercise]:
    """Make the task of the second step of the neuron of the running example."""
    x, y, w_0, b_0, alpha = np.array([1.0, 2.0]), 1, np.array([0.4, 0.6]), 0.5, 0.1
    w_1, b_1 = neuron_step(x, y, w_0, b_0, alpha)
    w_2, b_2 = neuron_step(x, y, w_1, b_1, alpha)
    places = zip(("w₁", "w₂", "b"), (*w_0, b_0), (*w_1, b_1), (*w_2, b_2), strict=True)
    return {
        "the step": Exercise(
            answer="shorter",
            mistakes={"the first factor, what is left to learn, has shrunk": "longer"},
        )
    } | {
        name: Exercise(
            answer=after,
            digits=4,
            mistakes={
                "that is where the first step led": before,
                "that is the start": start,
            },
        )
        for name, start, before, after in places
    }


EXERCISES: dict[str, Exercise | dict[str, Exercise]] = {
    "gd-factor": {
        "0.05": Exercise(
            answer="walks",
            mistakes={"the factor is 0.5, so it keeps to its side": "swings"},
        ),
        "0.1": Exercise(
            answer="arrives",
            mistakes={"λ is 10, not 5, for 5w² is half of 10w²": "walks"},
        ),
        "0.15": Exercise(
            answer="swings",
            mistakes={
                "λ is 10, not 5, for 5w² is half of 10w²": "walks",
                "the factor is −0.5: its size is below 1": "diverges",
            },
        ),
        "0.2": Exercise(
            answer="jumps forever",
            mistakes={
                "λ is 10, not 5, for 5w² is half of 10w²": "arrives",
                "the factor is exactly −1, so it comes no lower": "swings",
                "the factor is exactly −1, so it goes no higher": "diverges",
            },
        ),
        "0.25": Exercise(
            answer="diverges",
            mistakes={
                "λ is 10, not 5, for 5w² is half of 10w²": "swings",
                "the factor is −1.5: each jump is longer than the last": "jumps forever",
            },
        ),
    },
    "gd-half": {
        "the slope 3": Exercise(
            answer=60,
            mistakes={
                "it is the cosine of the angle that is a half": 30,
                "half of the slope is not half of the right angle": 45,
                "give the angle in degrees": np.pi / 3,
            },
        ),
        "the slope 0": Exercise(
            answer=90,
            mistakes={
                "that is the steepest way down": 180,
                "that is the steepest way up": 0,
                "give the angle in degrees": np.pi / 2,
            },
        ),
        "the slope 7": Exercise(
            answer="no",
            mistakes={"the length of the gradient, 6, is the steepest slope there is": "yes"},
        ),
    },
    "gd-second": second_step(),
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
