"""The exercises of the chapter on gradient descent: what they draw, and how they go wrong."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from utils import losses, rates
from utils.exercises.judging import Exercise
from utils.neuron import neuron, neuron_step


def _points(rng: np.random.Generator) -> tuple[NDArray, NDArray]:
    return rng.normal(size=2), rng.normal(size=(6, 2))


def _bowl(rng: np.random.Generator) -> tuple[NDArray, NDArray]:
    A = rng.normal(size=(3, 3))
    return rng.normal(size=3), A @ A.T + np.eye(3)


def _neuron(rng: np.random.Generator) -> tuple[NDArray, float, NDArray, float, float]:
    x, w, b = rng.normal(size=3), rng.normal(size=3), rng.normal()
    return x, float(rng.integers(2)), w, b, rng.uniform(0.2, 0.8)


def _rolling_ball(rng: np.random.Generator) -> tuple[NDArray, NDArray, NDArray, float, float]:
    return rng.normal(size=3), *_bowl(rng), rng.uniform(0.05, 0.2), rng.uniform(0.5, 0.9)


def _exact_rate(g: NDArray, H: NDArray) -> NDArray:
    return (g @ g) / (g @ H @ g)


def _output(x: NDArray, w: NDArray, b: float) -> NDArray:
    return neuron(x, w, b)


def _stepped(x: NDArray, w: NDArray, b: float, alpha: float, dz: float) -> tuple:
    return w - alpha * dz * x, b - alpha * dz


def _entropy_step(x: NDArray, y: float, w: NDArray, b: float, alpha: float) -> tuple:
    return _stepped(x, w, b, alpha, losses.cross_entropy_gradient(y, _output(x, w, b)))


def _entropy_step_without_x(x: NDArray, y: float, w: NDArray, b: float, alpha: float) -> tuple:
    new_b = _entropy_step(x, y, w, b, alpha)[1]
    return w + (new_b - b), new_b


def _entropy_step_in_two(x: NDArray, y: float, w: NDArray, b: float, alpha: float) -> tuple:
    new_w = _entropy_step(x, y, w, b, alpha)[0]
    return new_w, _entropy_step(x, y, new_w, b, alpha)[1]


def _entropy_gradients(x: NDArray, y: float, w: NDArray, b: float, alpha: float) -> tuple:
    dz = _output(x, w, b) - y
    return dz * x, dz


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
                "steps come whole, so round up": np.log(1e-3) / np.log(factor),
                f"{half} steps shrink the cost to a thousandth; the error needs more": half,
                "both logarithms must have the same base": np.log10(1e-3) / np.log(factor),
            },
        ),
    }


EXERCISES: dict[str, Exercise | dict[str, Exercise]] = {
    "gd-ravine": ravine(*RAVINE),
    "gd-diagnose": {
        "A": Exercise(
            answer="wrong sign",
            mistakes={"too large a rate would make w jump from side to side": "rate too large"},
        ),
        "B": Exercise(
            answer="noise",
            mistakes={"too large a rate would make w jump ever farther": "rate too large"},
        ),
        "C": Exercise(
            answer="rate too large",
            mistakes={"with a wrong sign, w would keep to one side": "wrong sign"},
        ),
        "D": Exercise(answer="rate too small"),
    },
    "gd-mean": Exercise(
        answer=lambda w, x: w - x.mean(axis=0),
        inputs=_points,
        mistakes={
            "the sign is flipped": lambda w, x: x.mean(axis=0) - w,
            "you forgot to average, and summed": lambda w, x: (w - x).sum(axis=0),
            "you forgot to average: there is a row for each example": lambda w, x: w - x,
            "the ½ of the loss cancels the derivative's 2": lambda w, x: 2 * (w - x.mean(axis=0)),
            "the derivative's 2 cancels the ½ of the loss": lambda w, x: (w - x.mean(axis=0)) / 2,
            "divide by the number of examples m, not of weights n": lambda w, x: (
                (w - x).sum(axis=0) / w.size
            ),
            "the mean runs over the examples, axis 0": lambda w, x: w - x.mean(),
            "you averaged over everything; the mean runs over axis 0": lambda w, x: (w - x).mean(),
            "the mean runs over axis 0, not axis 1": lambda w, x: (w - x).mean(axis=1),
            "that is the cost, not its gradient": lambda w, x: (
                np.mean(np.sum((w - x) ** 2, axis=1)) / 2
            ),
        },
    ),
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
    "gd-cross-entropy-step": Exercise(
        answer=_entropy_step,
        inputs=_neuron,
        mistakes={
            "the sign is flipped": lambda x, y, w, b, alpha: _entropy_step(x, y, w, b, -alpha),
            "you forgot α": lambda x, y, w, b, alpha: _entropy_step(x, y, w, b, 1),
            "σ′(z) cancels, and you kept it": neuron_step,
            "you forgot the factor x in the step of w": _entropy_step_without_x,
            "you forgot the bias in z": lambda x, y, w, b, alpha: _stepped(
                x, w, b, alpha, _output(x, w, 0) - y
            ),
            "you forgot σ: the error is ŷ − y, not z − y": lambda x, y, w, b, alpha: _stepped(
                x, w, b, alpha, w @ x + b - y
            ),
            "b has to learn, too": lambda x, y, w, b, alpha: (
                _entropy_step(x, y, w, b, alpha)[0],
                b,
            ),
            "the new b was computed with the new w; both steps start from the old": (
                _entropy_step_in_two
            ),
            "these are the gradients; take the step": _entropy_gradients,
            "the step of b has no factor x": lambda x, y, w, b, alpha: (
                _entropy_step(x, y, w, b, alpha)[0],
                b - alpha * (_output(x, w, b) - y) * x,
            ),
            "return the new b as well": lambda *inputs: _entropy_step(*inputs)[0],
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
