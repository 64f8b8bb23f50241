"""The exercises of the chapter on descent on data: what they draw, and how they go wrong."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from utils import losses, rates
from utils.judging import Exercise
from utils.neuron import neuron, neuron_step


def _points(rng: np.random.Generator) -> tuple[NDArray, NDArray]:
    return rng.normal(size=2), rng.normal(size=(6, 2))


def _neuron(rng: np.random.Generator) -> tuple[NDArray, float, NDArray, float, float]:
    x, w, b = rng.normal(size=3), rng.normal(size=3), rng.normal()
    return x, float(rng.integers(2)), w, b, rng.uniform(0.2, 0.8)


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


def _curvatures(rng: np.random.Generator) -> tuple[NDArray, int]:
    return rng.uniform(0.5, 5, size=rng.integers(4, 8)), int(rng.integers(2, 7))


def _limit(curvatures: NDArray, B: int) -> NDArray:
    mean = np.mean(curvatures)
    return 2 * mean / (mean**2 + np.var(curvatures) / B)


#: The correlation in "Two inputs that agree", as its text has it.
CORRELATION = -0.9


def correlated(r: float) -> dict[str, Exercise]:
    """Make the task from its number: change it, and the answers and the mistakes follow."""
    low, high = 1 - abs(r), 1 + abs(r)
    kappa, rate = high / low, rates.best_rate(low, high)
    steps, half = (rates.steps_needed(e, rate, low) for e in (1e-3, 1e-3**0.5))
    return {
        "the condition number": Exercise(
            answer=kappa,
            mistakes={
                "it is the larger eigenvalue over the smaller": 1 / kappa,
                "1 + |r| is the larger eigenvalue; divide by the smaller": high,
                "the eigenvalues are 1 + r and 1 − r, not 1 and |r|": 1 / abs(r),
            },
        ),
        "the rate": Exercise(
            answer=rate,
            mistakes={
                "the best rate is 2, not 1, over λ_min + λ_max": rate / 2,
                "2/λ_max is the limit, not the best rate": 2 / high,
            },
        ),
        "the steps": Exercise(
            answer=steps,
            exact=True,
            mistakes={
                f"round up: {steps - 1} steps may leave a little more than a thousandth": steps - 1,
                "you cannot take part of a step: round up": np.log(1e-3)
                / np.log(rates.best_factor(kappa)),
                f"{half} steps shrink the cost to a thousandth; the error needs more": half,
            },
        ),
    }


EXERCISES: dict[str, Exercise | dict[str, Exercise]] = {
    "gd-promise": {
        "the cost": Exercise(
            answer=0.1**2 / (2 * 0.5),
            mistakes={
                "the length is squared": 0.1 / (2 * 0.5),
                "divide by twice the eigenvalue": 0.1**2 / 0.5,
                "divide by the eigenvalue; do not multiply": 0.1**2 * 0.5 / 2,
            },
        ),
        "the length": Exercise(
            answer=(2 * 0.5 * 0.0001) ** 0.5,
            mistakes={
                "the length is squared: take the square root": 2 * 0.5 * 0.0001,
                "you forgot the 2": (0.5 * 0.0001) ** 0.5,
            },
        ),
    },
    "gd-correlated": correlated(CORRELATION),
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
    "gd-batch-limit": Exercise(
        answer=_limit,
        inputs=_curvatures,
        mistakes={
            "the fraction is upside down": lambda lam, B: 1 / _limit(lam, B),
            "that is 2 over the mean, the limit with all examples": lambda lam, B: 2 / np.mean(lam),
            "that is the limit for batches of 1": lambda lam, B: 2 * np.mean(lam) / np.mean(lam**2),
            "you forgot the 2": lambda lam, B: _limit(lam, B) / 2,
            "only the variance shrinks with B, not the square of the mean": lambda lam, B: (
                2 * np.mean(lam) / (np.mean(lam**2) / B)
            ),
            "take the variance of the curvatures, not their standard deviation": lambda lam, B: (
                2 * np.mean(lam) / (np.mean(lam) ** 2 + np.std(lam) / B)
            ),
            "the mean of B draws has the variance s²/B, not s²/B²": lambda lam, B: (
                2 * np.mean(lam) / (np.mean(lam) ** 2 + np.var(lam) / B**2)
            ),
            "the square of the mean is missing": lambda lam, B: (
                2 * np.mean(lam) / (np.var(lam) / B)
            ),
        },
    ),
}
