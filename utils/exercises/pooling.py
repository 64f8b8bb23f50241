"""The exercises of the chapter on pooling: what they draw, and how they go wrong."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from utils.judging import Exercise


def _pooled(rng: np.random.Generator) -> tuple[NDArray, NDArray, int]:
    """Draw whole numbers, of which many tie, as after a ReLU."""
    K, N = int(rng.integers(2, 5)), int(rng.integers(3, 6))
    return np.maximum(rng.integers(-2, 4, size=K * N), 0.0), rng.normal(size=N), K


def _window(rng: np.random.Generator) -> tuple[NDArray, float]:
    return rng.normal(size=rng.integers(3, 6)), float(rng.uniform(1.5, 4))


def _wins(x: NDArray, K: int, last: bool = False) -> NDArray:
    """Return R, or where the last of equals wins, as one row a window."""
    seen = np.reshape(x, (-1, K))
    place = K - 1 - seen[:, ::-1].argmax(axis=1) if last else seen.argmax(axis=1)
    return np.eye(K)[place]


def _equals(x: NDArray, K: int) -> NDArray:
    seen = np.reshape(x, (-1, K))
    return (seen == seen.max(axis=1, keepdims=True)).astype(float)


def _due(rows: NDArray, delta: NDArray) -> NDArray:
    return (rows * np.reshape(delta, (-1, 1))).ravel()


def _shared(x: NDArray, delta: NDArray, K: int) -> NDArray:
    equals = _equals(x, K)
    return _due(equals / equals.sum(axis=1, keepdims=True), delta)


def _evenly(x: NDArray, delta: NDArray, K: int) -> NDArray:
    return _due(np.full((len(delta), K), 1 / K), delta)


def _overflowing(x: NDArray, beta: float) -> NDArray:
    with np.errstate(all="ignore"):
        powers = np.exp(beta * np.asarray(x))
        return powers / powers.sum()


EXERCISES: dict[str, Exercise | dict[str, Exercise]] = {
    "po-pool": {
        "the greatest": Exercise(
            answer=[3, 4, 9],
            mistakes={
                "the windows lie side by side, two places apart": [3, 4, 4, 5, 9],
                "those are the least": [1, 1, 5],
            },
        ),
        "the means": Exercise(
            answer=[2, 2.5, 7],
            mistakes={
                "those are the sums": [4, 5, 14],
                "the windows lie side by side, two places apart": [2, 2.5, 2.5, 3, 7],
            },
        ),
        "the windows of three": Exercise(
            answer=2,
            exact=True,
            mistakes={
                "round down: half a step is none": 2.5,
                "the last would need a seventh number": 3,
                "you forgot the place at which it begins": 1,
                "they are two places apart": 4,
            },
        ),
    },
    "po-due": {
        "by the greatest": Exercise(
            answer=[1, 0, 2, 0, 0, -1],
            mistakes={
                "that is by the number, not by its derivative": [3, 0, 8, 0, 0, -9],
                "it goes to the greatest, not to the first": [1, 0, 2, 0, -1, 0],
                "the losers get nothing": [1, 1, 2, 2, -1, -1],
                "that is mean-pooling": [0.5, 0.5, 1, 1, -0.5, -0.5],
            },
        ),
        "by the mean": Exercise(
            answer=[0.5, 0.5, 1, 1, -0.5, -0.5],
            mistakes={
                "each gets its share, a half": [1, 1, 2, 2, -1, -1],
                "that is max-pooling": [1, 0, 2, 0, 0, -1],
            },
        ),
    },
    "po-sees": {
        "the first": Exercise(
            answer=7,
            exact=True,
            mistakes={
                "fields overlap, so they do not add up": 9,
                "fields overlap, so they are not multiplied": 27,
                "the first input counts, too": 6,
            },
        ),
        "the second": Exercise(
            answer=8,
            exact=True,
            mistakes={
                "after the stride, a neighbor is two inputs away": 6,
                "the window of 2 is before its stride": 9,
                "the first input counts, too": 7,
            },
        ),
        "the third": Exercise(
            answer=17,
            exact=True,
            mistakes={
                "you forgot the strides": 9,
                "strides are multiplied: the last kernel's neighbors are four inputs apart": 13,
                "a stride moves the layers after its own": 25,
                "the first input counts, too": 16,
            },
        ),
    },
    "po-paper": {
        "the blank pixels": Exercise(
            answer=6,
            exact=True,
            mistakes={
                "a number may see ink with its last pixel: one less than it sees": 7,
                "that is for two kernels": 4,
                "on each side, not on both together": 12,
                "each kernel adds two": 3,
            },
        ),
        "the width": Exercise(
            answer=20,
            exact=True,
            mistakes={
                "there is blank paper on both sides": 14,
                "that is for two kernels": 16,
                "a number may see ink with its last pixel": 22,
                "the digit needs 8 of them": 12,
            },
        ),
        "the places": Exercise(
            answer=169,
            exact=True,
            mistakes={
                "the first place counts, too": 144,
                "rows and columns": 13,
                "some paper has to stay blank": 625,
            },
        ),
    },
    "po-max-gradient": Exercise(
        answer=lambda x, delta, K: _due(_wins(x, K), delta),
        inputs=_pooled,
        cases=[(np.zeros(6), np.array([1.0, -2.0]), 3)],
        mistakes={
            "each of the equals gets all; only the first should": lambda x, delta, K: _due(
                _equals(x, K), delta
            ),
            "the equals share; the first should get all": _shared,
            "that is the last of equals": lambda x, delta, K: _due(_wins(x, K, last=True), delta),
            "that is mean-pooling": _evenly,
            "the sign is flipped": lambda x, delta, K: -_due(_wins(x, K), delta),
            "the losers get nothing": lambda x, delta, K: np.repeat(delta, K),
            "that is which of them wins, without what it is due": lambda x, delta, K: _wins(
                x, K
            ).ravel(),
            "those are the least of each window": lambda x, delta, K: _due(_wins(-x, K), delta),
            "times the number itself: its derivative is 1": lambda x, delta, K: (
                x * _due(_wins(x, K), delta)
            ),
        },
    ),
    "po-shared": Exercise(
        answer=_shared,
        inputs=_pooled,
        cases=[(np.zeros(6), np.array([1.0, -2.0]), 3)],
        mistakes={
            "each of the equals gets all": lambda x, delta, K: _due(_equals(x, K), delta),
            "the first of equals gets all": lambda x, delta, K: _due(_wins(x, K), delta),
            "that is the last of equals": lambda x, delta, K: _due(_wins(x, K, last=True), delta),
            "that is mean-pooling; the losers get nothing": _evenly,
            "divide by the number of equals, not by K": lambda x, delta, K: _due(
                _equals(x, K) / K, delta
            ),
            "the sign is flipped": lambda x, delta, K: -_shared(x, delta, K),
        },
    ),
    "po-strides": {
        "three twos": Exercise(
            answer=8,
            exact=True,
            mistakes={
                "strides are multiplied": 6,
                "that is the first layer's": 2,
                "that is two layers'": 4,
            },
        ),
        "2, 3 and 2": Exercise(
            answer=12,
            exact=True,
            mistakes={
                "strides are multiplied": 7,
                "that is two layers'": 6,
                "that is the largest of them": 3,
            },
        ),
    },
    "po-soft": Exercise(
        answer=lambda x, beta: softmax(beta * np.asarray(x)),
        inputs=_window,
        cases=[(np.array([800.0, 800.5, 799.0]), 2.0), (np.ones(3), 2.0)],
        mistakes={
            "you forgot β in the exponent": lambda x, beta: softmax(np.asarray(x)),
            "β comes out of the exponent, and cancels": lambda x, beta: (
                beta * softmax(beta * np.asarray(x))
            ),
            "β comes out of the exponent, and cancels 1/β": lambda x, beta: (
                softmax(beta * np.asarray(x)) / beta
            ),
            "the mean's 1/K cancels": lambda x, beta: softmax(beta * np.asarray(x)) / len(x),
            "the sign is flipped": lambda x, beta: -softmax(beta * np.asarray(x)),
            "it overflows: subtract the greatest first": _overflowing,
            "that is the greatest alone": lambda x, beta: np.eye(len(x))[np.argmax(x)],
        },
    ),
}
