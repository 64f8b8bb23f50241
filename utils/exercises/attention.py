"""The exercises of the chapter on attention: what they draw, and how they go wrong."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from utils.activations import softmax
from utils.judging import Exercise


def _weights(rng: np.random.Generator) -> tuple[NDArray, NDArray]:
    """Draw weights of 3 queries on 5 keys, and what each of them would help."""
    return softmax(rng.normal(size=(5, 3))), rng.normal(size=(5, 3))


def _scores(P: NDArray, dP: NDArray) -> NDArray:
    return P * (dP - np.sum(P * dP, axis=0))


def _length(rng: np.random.Generator) -> tuple[int]:
    return (int(rng.integers(2, 9)),)


def _one_more(rng: np.random.Generator) -> tuple:
    """Draw the matrices of a layer, a column, and the keys and values of 3 to 5 before it."""
    n, d, r, T = 5, 3, 2, int(rng.integers(3, 6))
    part = tuple(rng.normal(size=(rows, n)) for rows in (d, d, r))
    return part, *(rng.normal(size=shape) for shape in ((n, 1), (d, T), (r, T)))


def _looked_up(q: NDArray, K: NDArray, V: NDArray, divisor: float) -> NDArray:
    return V @ softmax(K.T @ q / divisor)


def _step(part: tuple, x: NDArray, K: NDArray, V: NDArray, divisor: float = 3**0.5) -> tuple:
    W_Q, W_K, W_V = part
    K, V = np.hstack([K, W_K @ x]), np.hstack([V, W_V @ x])
    return _looked_up(W_Q @ x, K, V, divisor), K, V


def _unseen(part: tuple, x: NDArray, K: NDArray, V: NDArray) -> tuple:
    """Look up among the old positions only."""
    return _looked_up(part[0] @ x, K, V, 3**0.5), *_step(part, x, K, V)[1:]


def _in_front(part: tuple, x: NDArray, K: NDArray, V: NDArray) -> tuple:
    out, K, V = _step(part, x, K, V)
    return out, np.roll(K, 1, axis=1), np.roll(V, 1, axis=1)


def _query_as_key(part: tuple, x: NDArray, K: NDArray, V: NDArray) -> tuple:
    return _step((part[1], part[0], part[2]), x, K, V)


def share(d: int, T: int) -> Exercise:
    """Make the task of which part costs more from the size of a layer and the positions."""
    return Exercise(
        answer=2 * T / (3 * d + 2 * T),
        mistakes={
            "that is the share of the three matrices": 3 * d / (3 * d + 2 * T),
            "score and mixture take d each: 2 T² d": T / (3 * d + T),
            "there are three matrices: 3 T d²": 2 * T / (d + 2 * T),
            "that is their ratio; the share is of the sum": 2 * T / (3 * d),
        },
    )


EXERCISES: dict[str, Exercise | dict[str, Exercise]] = {
    "at-by-hand": {
        "the weight": Exercise(
            answer=3 / 4,
            mistakes={
                "divide the products by √d, which is 2": 9 / 10,
                "divide by the root of d, not by d": 3**0.5 / (1 + 3**0.5),
                "that is the weight of the second key": 1 / 4,
                "that is the score; the softmax makes a weight of it": np.log(3),
            },
        ),
        "the answer": Exercise(
            answer=7,
            mistakes={
                "divide the products by √d, which is 2": 7.6,
                "divide by the root of d, not by d": (8 * 3**0.5 + 4) / (1 + 3**0.5),
                "the first key is the more like, and its value is 8": 5,
                "that is the value of the likeliest key; the answer is a mixture": 8,
                "that is the plain mean; the weights are not alike": 6,
            },
        ),
    },
    "at-spread": {
        "of the product": Exercise(
            answer=8,
            mistakes={
                "that is the variance; the deviation is its root": 64,
                "that would be one term; there are 64": 1,
            },
        ),
        "divided by the root": Exercise(
            answer=1,
            mistakes={
                "that is the deviation of the product; divide it by 8": 8,
                "divide by the root of d, once": 1 / 8,
            },
        ),
        "divided by d": Exercise(
            answer=1 / 8,
            mistakes={
                "that is the variance; the deviation is its root": 1 / 64,
                "that is after the root of d; d is 64": 1,
            },
        ),
    },
    "at-seen": {
        "how many are not 0": Exercise(
            answer=21,
            exact=True,
            mistakes={
                "a position sees itself, too": 15,
                "the mask hides some of the 36": 36,
                "half of the 36, and half of the diagonal besides": 18,
            },
        ),
        "the first weight": Exercise(
            answer=1,
            mistakes={
                "the first query sees one position only, and its weights sum to 1": 1 / 6,
                "a position sees itself": 0,
            },
        ),
        "how many slopes are 0": Exercise(
            answer=16,
            exact=True,
            mistakes={
                "P₁₁ is 1 whatever its score is, so its slope is 0, too": 15,
                "those are the ones that are seen": 21,
                "the others of the diagonal share their column": 21 - 1,
            },
        ),
    },
    "at-scores": Exercise(
        answer=_scores,
        inputs=_weights,
        mistakes={
            "that is the slope entry by entry; a score moves its whole column": lambda P, dP: (
                P * (1 - P) * dP
            ),
            "l runs over the keys of one query: sum down the columns": lambda P, dP: (
                P * (dP - np.sum(P * dP, axis=1, keepdims=True))
            ),
            "subtract the average": lambda P, dP: P * (dP + np.sum(P * dP, axis=0)),
            "the average is weighed by P": lambda P, dP: P * (dP - np.sum(dP, axis=0)),
            "that average is one of all queries; each column has its own": lambda P, dP: (
                P * (dP - np.sum(P * dP))
            ),
            "the factor P in front is missing": lambda P, dP: dP - np.sum(P * dP, axis=0),
            "the average is missing": lambda P, dP: P * dP,
            "the sign is flipped": lambda P, dP: -_scores(P, dP),
        },
    ),
    "at-share": {f"at {T}": share(64, T) for T in (48, 960)},
    "at-before": Exercise(
        answer=lambda T: np.eye(T, k=1),
        inputs=_length,
        mistakes={
            "so each looks at the next: the row is the key, the column the query": lambda T: np.eye(
                T, k=-1
            ),
            "so each looks at itself": np.eye,
            "so the first looks at the last; it is to prefer none": lambda T: np.roll(
                np.eye(T), 1, axis=1
            ),
            "so each looks at all that came before": lambda T: np.triu(np.ones((T, T)), k=1),
            "with a column of zeros, too, the first prefers none": lambda T: np.maximum(
                np.eye(T, k=1), np.arange(T) == 0
            ),
        },
    ),
    "at-step": Exercise(
        answer=_step,
        inputs=_one_more,
        mistakes={
            "the new position sees itself, too": _unseen,
            "append the new key and value at the end": _in_front,
            "the key is made by the second matrix, and the query by the first": _query_as_key,
            "divide the products by the root of d": lambda *inputs: _step(*inputs, divisor=1),
            "divide by the root of d, the rows of K, not of n": lambda *inputs: _step(
                *inputs, divisor=5**0.5
            ),
            "return the new K and V as well": lambda *inputs: _step(*inputs)[0],
            "the keys and values grow by a column": lambda part, x, K, V: (
                _step(part, x, K, V)[0],
                K,
                V,
            ),
        },
    ),
}
