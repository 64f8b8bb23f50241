"""The checks of the exercises of the chapter on automatic differentiation."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from utils.judging import Exercise


def _two_duals(rng: np.random.Generator) -> tuple[float, float, float, float]:
    a, b, d = rng.normal(size=3)
    return a, b, rng.choice([-1, 1]) * rng.uniform(0.5, 2), d


def _adjoints(rng: np.random.Generator) -> tuple[NDArray]:
    return (rng.normal(size=int(rng.integers(3, 7))),)


def _shares(rng: np.random.Generator) -> tuple[NDArray, NDArray]:
    n = int(rng.integers(3, 6))
    return rng.dirichlet(np.ones(n)), rng.normal(size=n)


def _columns(rng: np.random.Generator) -> tuple[NDArray, NDArray]:
    return 2 * rng.normal(size=(3, 4)), rng.normal(size=4)


def _softmax(Z: NDArray) -> NDArray:
    E = np.exp(Z - Z.max(axis=0))
    return E / E.sum(axis=0)


def _log_sum(Z: NDArray) -> NDArray:
    largest = Z.max(axis=0)
    return largest + np.log(np.sum(np.exp(Z - largest), axis=0))


def _plainly(Z: NDArray, bar: NDArray) -> tuple[NDArray, NDArray]:
    with np.errstate(all="ignore"):
        total = np.sum(np.exp(Z), axis=0)
        return np.log(total), bar * np.exp(Z) / total


def _of_all(Z: NDArray, bar: NDArray) -> tuple[NDArray, NDArray]:
    """Take the largest entry of the whole matrix out of each column."""
    with np.errstate(all="ignore"):
        E = np.exp(Z - Z.max())
        return Z.max() + np.log(E.sum(axis=0)), bar * E / E.sum(axis=0)


EXERCISES: dict[str, Exercise | dict[str, Exercise]] = {
    "ad-hand": {
        "of p": Exercise(
            answer=16,
            mistakes={
                "the slope of s² is 2s": 8,
                "that is the value of p": 6,
                "s is 8, not 6: a is added": 12,
            },
        ),
        "of b": Exercise(
            answer=32,
            mistakes={
                "the factor of b in p is a": 48,
                "that is the adjoint of p; b enters with the factor a": 16,
                "the adjoint of p is 16, not 1": 2,
            },
        ),
        "of a": Exercise(
            answer=64,
            mistakes={
                "by p comes 16 times b, and 16 from s itself": 48,
                "a is a part of p, too": 16,
                "what arrives is added, not multiplied": 48 * 16,
                "the adjoints of p and of s are 16, not 1": 4,
            },
        ),
    },
    "ad-modes": {
        "mode of the simulation": Exercise(
            answer="forward",
            mistakes={"a row for each output would make 1000 passes": "reverse"},
        ),
        "passes of the simulation": Exercise(
            answer=3,
            exact=True,
            mistakes={
                "that is one for each output": 1000,
                "a forward pass makes one column": 1,
                "that is one for each derivative": 3000,
            },
        ),
        "mode of the loss": Exercise(
            answer="reverse",
            mistakes={"a column for each parameter would make 2410 passes": "forward"},
        ),
        "passes of the loss": Exercise(
            answer=1,
            exact=True,
            mistakes={
                "that is one for each parameter": 2410,
                "the walk back is one pass; the run before it is no pass of its own": 2,
            },
        ),
    },
    "ad-squares": {
        "entries": Exercise(
            answer=6,
            exact=True,
            mistakes={
                "v₀ is an entry as well": 5,
                "a value that is used twice is one entry": 11,
                "those are the paths": 32,
            },
        ),
        "paths": Exercise(
            answer=32,
            exact=True,
            mistakes={
                "the choices multiply, they do not add": 10,
                "five rungs, not six": 64,
                "that is the square of five; each rung has two arrows": 25,
            },
        ),
        "slope": Exercise(
            answer=32,
            mistakes={
                "the slopes of the rungs multiply, they do not add": 10,
                "that is the value": 1,
                "that is one rung": 2,
                "five rungs, not six": 64,
            },
        ),
    },
    "ad-divide": Exercise(
        answer=lambda a, b, c, d: (a / c, (b * c - a * d) / c**2),
        inputs=_two_duals,
        cases=[(2.0, 0.0, 1.5, 1.0), (2.0, 1.0, -1.5, 0.0)],
        mistakes={
            "the sign is flipped": lambda a, b, c, d: (a / c, (a * d - b * c) / c**2),
            "minus, where d pulls the quotient down": lambda a, b, c, d: (
                a / c,
                (b * c + a * d) / c**2,
            ),
            "the slope is divided by c², not by c": lambda a, b, c, d: (
                a / c,
                (b * c - a * d) / c,
            ),
            "the slopes do not simply divide": lambda a, b, c, d: (
                a / c,
                b / d if d else np.inf,
            ),
            "the denominator has a slope as well": lambda a, b, c, d: (a / c, b / c),
            "a and c, b and d: you mixed up which is which": lambda a, b, c, d: (
                a / c,
                (b * d - a * c) / c**2,
            ),
            "return the value as well": lambda a, b, c, d: (b * c - a * d) / c**2,
            "the value comes first, then the slope": lambda a, b, c, d: (
                (b * c - a * d) / c**2,
                a / c,
            ),
            "that divides by d²; the value below is c": lambda a, b, c, d: (
                a / c,
                (b * c - a * d) / d**2 if d else np.inf,
            ),
        },
    ),
    "ad-cumsum": Exercise(
        answer=lambda bar: np.cumsum(bar[::-1])[::-1],
        inputs=_adjoints,
        mistakes={
            "an entry enters its own sum and the later ones, not the earlier": np.cumsum,
            "turned once too seldom: the first entry has the whole sum": lambda bar: np.cumsum(
                bar[::-1]
            ),
            "turned at the end only: an entry enters the later sums": lambda bar: np.cumsum(bar)[
                ::-1
            ],
            "an entry enters its own sum, too": lambda bar: np.cumsum(bar[::-1])[::-1] - bar,
            "that is the way back of differences; add": lambda bar: np.diff(bar, append=0.0),
            "each entry gets only the later ones that it enters": lambda bar: np.full(
                len(bar), np.sum(bar)
            ),
            "that is what comes in": lambda bar: bar,
            "the sign is flipped": lambda bar: -np.cumsum(bar[::-1])[::-1],
        },
    ),
    "ad-softmax": Exercise(
        answer=lambda p, bar: p * (bar - np.sum(bar * p)),
        inputs=_shares,
        mistakes={
            "one z moves all p: the sum is missing": lambda p, bar: p * (1 - p) * bar,
            "the second term of the bracket is missing": lambda p, bar: p * bar,
            "the sign is flipped": lambda p, bar: -p * (bar - np.sum(bar * p)),
            "minus, where the bracket subtracts": lambda p, bar: p * (bar + np.sum(bar * p)),
            "the sum is weighted by p": lambda p, bar: p * (bar - np.sum(bar)),
            "a mean with weights p, not a plain one": lambda p, bar: p * (bar - np.mean(bar)),
            "the factor p in front is missing": lambda p, bar: bar - np.sum(bar * p),
            "the second term has the factor p, too": lambda p, bar: p * bar - np.sum(bar * p),
        },
    ),
    "ad-checkpoints": {
        "checkpoints": Exercise(
            answer=30,
            mistakes={
                "that is half of the layers": 450,
                "the root of L, not the square": 810_000,
                "that is the memory": 60,
            },
        ),
        "layers in memory": Exercise(
            answer=60,
            mistakes={
                "a stretch is in memory as well": 30,
                "the two terms add, they do not multiply": 900,
            },
        ),
        "larger checkpoints": Exercise(
            answer=15,
            mistakes={
                "larger checkpoints should be fewer": 60,
                "the root of a quarter is a half": 7.5,
                "that is without the factor": 30,
                "that is k², so take the root": 225,
            },
        ),
        "their memory": Exercise(
            answer=120,
            mistakes={
                "each checkpoint counts for four": 75,
                "that is the best without the factor": 60,
                "with 15 checkpoints, not 30": 150,
            },
        ),
    },
    "ad-logsum": Exercise(
        answer=lambda Z, bar: (_log_sum(Z), bar * _softmax(Z)),
        inputs=_columns,
        cases=[
            (np.array([[1000.0, -1000.0], [999.0, -1001.0]]), np.array([0.5, -2.0])),
            (np.array([[800.0, -800.0], [0.0, -801.0], [1.0, -802.0]]), np.array([1.0, 3.0])),
        ],
        mistakes={
            "it overflows, or all becomes 0: take the largest entry out": _plainly,
            "each column has its own largest entry": _of_all,
            "the largest entry must be added again": lambda Z, bar: (
                _log_sum(Z) - Z.max(axis=0),
                bar * _softmax(Z),
            ),
            "the adjoint that comes in is a factor": lambda Z, bar: (_log_sum(Z), _softmax(Z)),
            "that sums the rows; each column is one example": lambda Z, bar: (
                _log_sum(Z.T),
                (_softmax(Z.T)).T,
            ),
            "the logarithm is missing": lambda Z, bar: (
                np.exp(np.minimum(_log_sum(Z), 700)),
                bar * _softmax(Z),
            ),
            "the slope of the logarithm is one over the sum, the softmax": lambda Z, bar: (
                _log_sum(Z),
                bar * np.exp(Z - Z.max(axis=0)),
            ),
            "return the adjoint as well": lambda Z, bar: _log_sum(Z),
            "the largest entry has its share of the adjoint, too": lambda Z, bar: (
                _log_sum(Z),
                bar * (_softmax(Z) - (Z.max(axis=0) == Z)),
            ),
            "o comes first, then the adjoint": lambda Z, bar: (bar * _softmax(Z), _log_sum(Z)),
        },
    ),
}
