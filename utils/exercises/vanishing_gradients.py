"""The checks of the exercises of the chapter on vanishing and exploding gradients."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from utils.judging import Exercise


def _two_gradients(rng: np.random.Generator) -> tuple[NDArray, NDArray, float]:
    """Draw some that are longer than c, and some that are not."""
    size = rng.choice([0.05, 5.0])
    return size * rng.normal(size=(3, 2)), size * rng.normal(size=(3, 1)), rng.uniform(0.5, 2)


def _clipped(dW: NDArray, db: NDArray, c: float) -> tuple[NDArray, NDArray]:
    return _scaled(dW, db, c / max(c, np.sqrt(np.sum(dW**2) + np.sum(db**2))))


def _divided_by_0(dW: NDArray, db: NDArray, c: float) -> tuple[NDArray, NDArray]:
    length = np.sqrt(np.sum(dW**2) + np.sum(db**2))
    return _scaled(dW, db, np.minimum(length, c) / length)


def _scaled(dW: NDArray, db: NDArray, factor: float) -> tuple[NDArray, NDArray]:
    return factor * dW, factor * db


def _each_by_itself(dW: NDArray, db: NDArray, c: float) -> tuple[NDArray, ...]:
    return tuple(g * min(1, c / np.linalg.norm(g)) for g in (dW, db))


def _leaky(rng: np.random.Generator) -> tuple[float, int]:
    return rng.uniform(0.05, 0.5), int(rng.integers(5, 100))


def variances(n_in: int, n_out: int) -> dict[str, Exercise]:
    """Make the task of the four rules from the numbers of inputs and neurons."""
    return {
        "LeCun": Exercise(
            answer=1 / n_in,
            mistakes={
                "that is the deviation; the variance is its square": np.sqrt(1 / n_in),
                "LeCun's rule counts the inputs, not the neurons": 1 / n_out,
            },
        ),
        "Xavier": Exercise(
            answer=2 / (n_in + n_out),
            mistakes={
                "2 over the sum of both, not 1": 1 / (n_in + n_out),
                "the mean of the two rules is another rule; take the mean of the two numbers": (
                    1 / n_in + 1 / n_out
                )
                / 2,
                "that is the deviation; the variance is its square": np.sqrt(2 / (n_in + n_out)),
            },
        ),
        "He": Exercise(
            answer=2 / n_in,
            mistakes={
                "twice LeCun's, not half": 1 / (2 * n_in),
                "He's rule counts the inputs, not the neurons": 2 / n_out,
                "that is the deviation; the variance is its square": np.sqrt(2 / n_in),
            },
        ),
        "c": Exercise(
            answer=np.sqrt(6 / n_in),
            mistakes={
                "you forgot the root": 6 / n_in,
                "that is the deviation; c is √3 times as much": np.sqrt(2 / n_in),
                "the 3 is a factor, not a divisor": np.sqrt(2 / n_in / 3),
            },
        ),
    }


def stray(n: int, L: int) -> Exercise:
    """Make the task of the mean square of a network's stray from its width and its depth."""
    return Exercise(
        answer=(1 + 5 / n) ** L,
        mistakes={
            "each sum has the variance 2q: the mean fourth power is 12 q², half of it 6 q²": (
                1 + 11 / n
            )
            ** L,
            "the mean fourth power is three times the square of the variance": (1 + 1 / n) ** L,
            "the ReLU keeps only half of the fourth power's mean; its square's mean is q": (6 / n)
            ** L,
            "that is the variance; the mean square has the square of the mean as well": (
                (1 + 5 / n) ** L - 1
            ),
            "that is one layer; take it to the power L": 1 + 5 / n,
            "the layers multiply, they do not add": 1 + 5 * L / n,
            "a mean of n numbers has an nth of the variance": 6**L,
            "that is the root": (1 + 5 / n) ** (L / 2),
        },
    )


EXERCISES: dict[str, Exercise | dict[str, Exercise]] = {
    "vg-variances": variances(100, 300),
    "vg-depth": {
        "the factor": Exercise(
            answer=0.75**30,
            mistakes={
                "a ReLU halves the squares": 1.5**30,
                "that is the factor of one layer; take it to the power 30": 0.75,
                "that is what is left of a length; the square was asked for": 0.75**15,
                "the factor is ½ n s², and 0.03 is s² already": (50 * 0.03**2 / 2) ** 30,
                "the layers multiply, they do not add": 30 * 0.75,
                "30 layers make 30 factors, from the input to the last": 0.75**29,
            },
        ),
        "the variance": Exercise(
            answer=0.04,
            mistakes={
                "the ReLU needs twice LeCun's": 0.02,
                "that is the deviation": 0.2,
                "count the inputs, not the layers": 2 / 30,
            },
        ),
    },
    "vg-diagnose": {
        "A": Exercise(answer="vanishing", mistakes={"a dead layer passes back exactly 0": "dead"}),
        "B": Exercise(
            answer="healthy",
            mistakes={
                "the first layer gets half of what the last gets": "vanishing",
                "its greatest gradient is 0.4": "exploding",
            },
        ),
        "C": Exercise(
            answer="exploding",
            mistakes={
                "the layers are alike, but 5000 is no size for a first gradient": "healthy",
                "nothing gets smaller toward the first layer": "vanishing",
            },
        ),
        "D": Exercise(
            answer="dead",
            mistakes={
                "what vanishes is small, but not exactly 0": "vanishing",
                "exactly 0 in three layers is no health": "healthy",
                "nothing there is large": "exploding",
            },
        ),
    },
    "vg-clip": Exercise(
        answer=_clipped,
        inputs=_two_gradients,
        cases=[(np.zeros((3, 2)), np.zeros((3, 1)), 1.0)],
        mistakes={
            "each has been clipped by itself; they share one length": _each_by_itself,
            "two gradients of 0 stay 0: do not divide 0 by 0": _divided_by_0,
            "nothing has been clipped": lambda dW, db, c: (dW, db),
            "a gradient that is shorter than c stays as it is": lambda dW, db, c: _scaled(
                dW, db, c / np.sqrt(np.sum(dW**2) + np.sum(db**2))
            ),
            "you forgot the root: that is the square of the length": lambda dW, db, c: _scaled(
                dW, db, min(1, c / (np.sum(dW**2) + np.sum(db**2)))
            ),
            "the lengths do not add; their squares do": lambda dW, db, c: _scaled(
                dW, db, min(1, c / (np.linalg.norm(dW) + np.linalg.norm(db)))
            ),
            "the bias belongs to the length, too": lambda dW, db, c: _scaled(
                dW, db, min(1, c / np.linalg.norm(dW))
            ),
            "that clips each entry, and turns the direction": lambda dW, db, c: (
                np.clip(dW, -c, c),
                np.clip(db, -c, c),
            ),
            "the fraction is upside down": lambda dW, db, c: _scaled(
                dW, db, max(1, np.sqrt(np.sum(dW**2) + np.sum(db**2)) / c)
            ),
            "return db as well": lambda *inputs: _clipped(*inputs)[0],
            "dW comes first, then db": lambda *inputs: _clipped(*inputs)[::-1],
            "the length is the root of a sum of squares, not a sum of sizes": lambda dW, db, c: (
                _scaled(dW, db, min(1, c / (np.sum(np.abs(dW)) + np.sum(np.abs(db)))))
            ),
        },
    ),
    "vg-place": Exercise(
        answer=1.543405,
        mistakes={
            "there the slope is greatest, not z times the slope": 0,
            "that is the greatest value; the place was asked for": 0.223872,
            "that is the other one, below 0": -1.543405,
            "1 = z tanh(z/2), with the half": 1.199679,
        },
    ),
    "vg-leaky": Exercise(
        answer=lambda nu, n_in: 2 / ((1 + nu**2) * n_in),
        inputs=_leaky,
        mistakes={
            "the slope is squared, as the sum is": lambda nu, n_in: 2 / ((1 + nu) * n_in),
            "the negative half has the square ν² z²": lambda nu, n_in: 2 / n_in,
            "the squares of both halves add up": lambda nu, n_in: 2 / ((1 - nu**2) * n_in),
            "each half has the chance ½": lambda nu, n_in: 1 / ((1 + nu**2) * n_in),
            "that is the factor; the variance makes it 1": lambda nu, n_in: (1 + nu**2) * n_in / 2,
            "that is the deviation": lambda nu, n_in: np.sqrt(2 / ((1 + nu**2) * n_in)),
            "½ (1 + ν²) stands below the line": lambda nu, n_in: (1 + nu**2) / (2 * n_in),
            "1 + ν² stands below the line": lambda nu, n_in: 2 * (1 + nu**2) / n_in,
            "the positive half keeps its square, too": lambda nu, n_in: 2 / (nu**2 * n_in),
        },
    ),
    "vg-stray": {f"for {n} and {L}": stray(n, L) for n, L in ((64, 10), (16, 20))},
}
