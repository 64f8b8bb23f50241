"""The exercises of the chapter on the perceptron: what they draw, and how they go wrong."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from utils.activations import sigmoid
from utils.judging import Exercise
from utils.perceptron import predict, signed_distance, weighted_sum


def _example(rng: np.random.Generator) -> tuple[NDArray, int, NDArray, float, float]:
    """Draw an example with the label that it is not given: a mistake."""
    x, w, b = rng.normal(size=3), rng.normal(size=3), rng.normal()
    return x, 1 - int(predict(x, w, b)), w, b, rng.uniform(0.2, 0.8)


def _mixed(rng: np.random.Generator) -> tuple[NDArray, int, NDArray, float, float]:
    """Draw a mistake, or now and then an example whose answer is right."""
    x, y, w, b, alpha = _example(rng)
    return x, y if rng.random() < 0.7 else 1 - y, w, b, alpha


def _stepped(x: NDArray, w: NDArray, b: float, alpha: float, error: float) -> tuple:
    return w + alpha * error * x, b + alpha * error


def _step(x: NDArray, y: int, w: NDArray, b: float, alpha: float) -> tuple:
    return _stepped(x, w, b, alpha, y - predict(x, w, b))


def _step_in_two(x: NDArray, y: int, w: NDArray, b: float, alpha: float) -> tuple:
    w = _step(x, y, w, b, alpha)[0]
    return w, _step(x, y, w, b, alpha)[1]


def _flowers(rng: np.random.Generator) -> tuple[NDArray, NDArray, NDArray, float]:
    return rng.normal(size=(2, 7)), rng.integers(2, size=7), rng.normal(size=2), rng.normal()


def _margin(X: NDArray, y: NDArray, w: NDArray, b: float) -> float:
    return np.min((2 * y - 1) * signed_distance(X, w, b))


_ON_THE_BOUNDARY = [
    (np.array([1.0, 2.0, 0.0]), y, np.array([2.0, -1.5, 3.0]), 1.0, 0.5) for y in (0, 1)
]


EXERCISES: dict[str, Exercise | dict[str, Exercise]] = {
    "pc-distance": {
        "x": Exercise(
            answer=2.0,
            mistakes={
                "that is the weighted sum; divide it by the length of w": 10.0,
                "divide by the length of w, which is 5, not by its square": 0.4,
                "divide by the length of w, which is 5, not by 3 + 4": 10 / 7,
                "you forgot the bias": 4.0,
                "x is on the side of 1, where the distance is positive": -2.0,
                "the bias is −10, and it is added": 6.0,
            },
        ),
        "the origin": Exercise(
            answer=-2.0,
            mistakes={
                "the origin is on the side of 0, where the distance is negative": 2.0,
                "that is the weighted sum; divide it by the length of w": -10.0,
                "divide by the length of w, which is 5, not by its square": -0.4,
                "divide by the length of w, which is 5, not by 3 + 4": -10 / 7,
                "you forgot the bias: at the origin z = b": 0.0,
            },
        ),
        "the boundary": Exercise(
            answer=2.0,
            mistakes={
                "measured along w the boundary is at −b / ‖w‖, and b is negative": -2.0,
                "divide by the length of w": 10.0,
                "that is b itself; the place is −b / ‖w‖": -10.0,
                "divide by the length of w, which is 5, not by its square": 0.4,
                "divide by the length of w, which is 5, not by 3 + 4": 10 / 7,
            },
        ),
    },
    "pc-update": {
        "w₁": Exercise(
            answer=0.3,
            mistakes={
                "the example is of class 0: subtract": 0.5,
                "you forgot α": -0.6,
                "the answer is wrong, so the weights change": 0.4,
                "that is after four updates; one was asked for": 0.0,
            },
        ),
        "w₂": Exercise(
            answer=0.4,
            mistakes={
                "the example is of class 0: subtract": 0.8,
                "you forgot α": -1.4,
                "you forgot the factor x₂ = 2": 0.5,
                "the answer is wrong, so the weights change": 0.6,
                "that is after four updates; one was asked for": -0.2,
            },
        ),
        "b": Exercise(
            answer=0.4,
            mistakes={
                "the example is of class 0: subtract": 0.6,
                "you forgot α": -0.5,
                "b has to learn, too": 0.5,
                "that is after four updates; one was asked for": 0.1,
            },
        ),
        "the updates": Exercise(
            answer=4,
            exact=True,
            mistakes={
                "after three updates z is still 0.3": 3,
                "the bias learns, too, so z falls by 0.6 each time, not by 0.5; and count the "
                "updates, not the times that x is shown": 5,
                "after one update z is still 1.5": 1,
                "a number of updates is whole, so round up": 3.5,
            },
        ),
    },
    "pc-step": Exercise(
        answer=_step,
        inputs=_mixed,
        cases=_ON_THE_BOUNDARY,
        mistakes={
            "the sign is flipped": lambda x, y, w, b, alpha: _step(x, y, w, b, -alpha),
            "you forgot α": lambda x, y, w, b, alpha: _step(x, y, w, b, 1),
            "α is missing in the step of b": lambda x, y, w, b, alpha: (
                _step(x, y, w, b, alpha)[0],
                _step(x, y, w, b, 1)[1],
            ),
            "α is missing in the step of w": lambda x, y, w, b, alpha: (
                _step(x, y, w, b, 1)[0],
                _step(x, y, w, b, alpha)[1],
            ),
            "you forgot the bias in z": lambda x, y, w, b, alpha: _stepped(
                x, w, b, alpha, y - predict(x, w, 0.0)
            ),
            "you forgot the step: the error is y − ŷ, not y − z": lambda x, y, w, b, alpha: (
                _stepped(x, w, b, alpha, y - weighted_sum(x, w, b))
            ),
            "ŷ is the step of z, not its sigmoid": lambda x, y, w, b, alpha: _stepped(
                x, w, b, alpha, y - sigmoid(weighted_sum(x, w, b))
            ),
            "for class 0, subtract": lambda x, y, w, b, alpha: _stepped(
                x, w, b, alpha, abs(y - predict(x, w, b))
            ),
            "b has to learn, too": lambda x, y, w, b, alpha: (_step(x, y, w, b, alpha)[0], b),
            "the new b was computed with the new w; both steps start from the old": _step_in_two,
            "on the boundary, at z = 0, the answer is 0": lambda x, y, w, b, alpha: _stepped(
                x, w, b, alpha, y - (weighted_sum(x, w, b) >= 0)
            ),
            "you forgot the factor x in the step of w": lambda x, y, w, b, alpha: (
                w + alpha * (y - predict(x, w, b)),
                b + alpha * (y - predict(x, w, b)),
            ),
            "the step of b has no factor x": lambda x, y, w, b, alpha: (
                _step(x, y, w, b, alpha)[0],
                b + alpha * (y - predict(x, w, b)) * x,
            ),
            "you learn even when the answer is right": lambda x, y, w, b, alpha: _stepped(
                x, w, b, alpha, 2 * y - 1
            ),
            "return the new b as well": lambda *inputs: _step(*inputs)[0],
            "return w and b, two things": lambda *inputs: np.append(*_step(*inputs)),
            "w first, then b": lambda *inputs: _step(*inputs)[::-1],
            "return the new w and b, not their changes": lambda x, y, w, b, alpha: _stepped(
                x, 0 * w, 0.0, alpha, y - predict(x, w, b)
            ),
        },
    ),
    "pc-margin": Exercise(
        answer=_margin,
        inputs=_flowers,
        mistakes={
            "you forgot to divide by the length of w": lambda X, y, w, b: np.min(
                (2 * y - 1) * weighted_sum(X, w, b)
            ),
            "you forgot the signs: class 0 counts with −1": lambda X, y, w, b: np.min(
                signed_distance(X, w, b)
            ),
            "an example on the wrong side counts negative": lambda X, y, w, b: np.min(
                np.abs(signed_distance(X, w, b))
            ),
            "the margin is the least, not the greatest": lambda X, y, w, b: np.max(
                (2 * y - 1) * signed_distance(X, w, b)
            ),
            "the sign is 2y − 1; with y itself, class 0 is not counted": lambda X, y, w, b: np.min(
                y * signed_distance(X, w, b)
            ),
            "you forgot the bias": lambda X, y, w, b: _margin(X, y, w, 0.0),
            "the sign is 2y − 1, which is 1 for class 1": lambda X, y, w, b: _margin(
                X, 1 - y, w, b
            ),
            "divide by the length of w, not by its square": lambda X, y, w, b: (
                _margin(X, y, w, b) / np.linalg.norm(w)
            ),
            "the bias does not count in the length: this is the plane of the data": (
                lambda X, y, w, b: (
                    np.min((2 * y - 1) * weighted_sum(X, w, b)) / np.linalg.norm([*w, b])
                )
            ),
            "you forgot the signs, and the length of w": lambda X, y, w, b: np.min(
                weighted_sum(X, w, b)
            ),
            "return the least of them, one number": lambda X, y, w, b: (
                (2 * y - 1) * signed_distance(X, w, b)
            ),
        },
    ),
    "pc-street": Exercise(
        answer=lambda w: 2 / np.linalg.norm(w),
        inputs=lambda rng: (rng.normal(size=3),),
        mistakes={
            "that is the half of it, from the boundary to one line": lambda w: (
                1 / np.linalg.norm(w)
            ),
            "a longer w makes a narrower street": lambda w: 2 * np.linalg.norm(w),
            "divide by the length of w, not by its square": lambda w: 2 / (w @ w),
            "there are two halves, and each has the length of w below": lambda w: 1 / (w @ w),
            "the length of w is the root of the sum of squares": lambda w: 2 / np.sum(np.abs(w)),
            "a width is positive": lambda w: -2 / np.linalg.norm(w),
        },
    ),
}
