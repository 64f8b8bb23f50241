"""The checks of the exercises of the chapter on two networks at play."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from utils.activations import sigmoid
from utils.judging import Exercise


def _judge(rng: np.random.Generator) -> tuple[NDArray, ...]:
    """Draw three made examples, and a judge with some hidden neurons that are active."""
    A = rng.normal(size=(2, 3))
    W1, W2 = rng.normal(size=(5, 2)), rng.normal(size=(1, 5))
    return A, W1, rng.normal(size=(5, 1)), W2, rng.normal(size=(1, 1))


def _pull(
    slope: Callable[[NDArray], NDArray] = lambda z: sigmoid(z) - 1,
    count: Callable[[NDArray], int] = lambda A: A.shape[1],
    mask: Callable[[NDArray], NDArray] = lambda Z1: Z1 > 0,
) -> Callable[..., NDArray]:
    def pull(A: NDArray, W1: NDArray, b1: NDArray, W2: NDArray, b2: NDArray) -> NDArray:
        Z1 = W1 @ A + b1
        delta = slope(W2 @ np.maximum(Z1, 0) + b2) / count(A)
        return W1.T @ ((W2.T @ delta) * mask(Z1))

    return pull


EXERCISES: dict[str, Exercise | dict[str, Exercise]] = {
    "ga-three": {
        "of the first": Exercise(
            answer=0.5,
            mistakes={"both make it: a half, not a quarter": 0.25, "it is made as well": 1},
        ),
        "of the second": Exercise(
            answer=1,
            mistakes={
                "it is never made": 0.5,
                "that is what the judge says of one that is never real": 0,
            },
        ),
        "of the third": Exercise(
            answer=0,
            mistakes={
                "it is never real": 0.5,
                "that is what the judge says of one that is never made": 1,
            },
        ),
        "JS": Exercise(
            answer=np.log(2) / 2,
            mistakes={
                "you forgot the half before the sum": np.log(2),
                "that is V of the best judge": np.log(2) - 2 * np.log(2),
                "take natural logarithms": 0.5,
                "the first two are only half of the sum": np.log(2) / 4,
            },
        ),
    },
    "ga-hundred": {
        "at once": Exercise(
            answer=1.01**50,
            mistakes={
                "that is the square of the distance": 1.01**100,
                "the steps multiply, they do not add": 2.0,
                "the rate is squared": 1.1**50,
            },
        ),
        "looking ahead": Exercise(
            answer=(1 - 0.01 + 0.0001) ** 50,
            mistakes={
                "that is the square of the distance": (1 - 0.01 + 0.0001) ** 100,
                "you forgot the fourth power of the rate": 0.99**50,
                "the fourth power is added": (1 - 0.01 - 0.0001) ** 50,
            },
        ),
    },
    "ga-slopes": {
        "saturating": Exercise(
            answer=-1 / (1 + np.exp(5)),
            mistakes={
                "the sign is flipped": 1 / (1 + np.exp(5)),
                "that is the other cost's": 1 / (1 + np.exp(5)) - 1,
            },
        ),
        "swapped": Exercise(
            answer=1 / (1 + np.exp(5)) - 1,
            mistakes={
                "the sign is flipped": 1 - 1 / (1 + np.exp(5)),
                "that is the other cost's": -1 / (1 + np.exp(5)),
            },
        ),
        "who": Exercise(
            answer="both",
            mistakes={
                "the generator's slope is as small as the judge's": "the judge",
                "the judge's slope here is as small: it is right already": "the generator",
            },
        ),
    },
    "ga-pull": Exercise(
        answer=_pull(),
        inputs=_judge,
        mistakes={
            "the sign is flipped": _pull(lambda z: 1 - sigmoid(z)),
            "that is the saturating cost": _pull(lambda z: -sigmoid(z)),
            "that is the judge's own slope": _pull(sigmoid),
            "it is the mean cost: divide by m": _pull(count=lambda A: 1),
            "m is the number of columns": _pull(count=lambda A: A.shape[0]),
            "you forgot the slope of the ReLU": _pull(mask=np.ones_like),
            "the ReLU passes on what is above 0": _pull(mask=lambda Z1: Z1 < 0),
            "the slope of a ReLU is 1, not its value": _pull(mask=lambda Z1: np.maximum(Z1, 0)),
            "transposed": lambda *inputs: _pull()(*inputs).T,
        },
    ),
    "ga-turns": Exercise(
        answer=2,
        mistakes={
            "below 2 it is an ellipse still": 1,
            "there the form is still positive: put x = y in it": np.sqrt(2),
            "there the form has been negative for long: put x = y in it": 4,
        },
    ),
    "ga-penalty": Exercise(
        answer=lambda alpha, mu: 1 - alpha * mu + alpha**2,
        inputs=lambda rng: (rng.uniform(0.05, 0.5), rng.uniform(0.1, 2)),
        mistakes={
            "the product of the other two is negative, and subtracted": (
                lambda alpha, mu: 1 - alpha * mu - alpha**2
            ),
            "the second player goes up: its penalty is subtracted": (
                lambda alpha, mu: 1 + alpha * mu + alpha**2
            ),
            "that is the trace": lambda alpha, mu: 2 - alpha * mu,
            "the learning rate multiplies the slope of the penalty as well": (
                lambda alpha, mu: 1 - mu + alpha**2
            ),
            "the slope of ½ μ y² is μ y": lambda alpha, mu: 1 - alpha * mu / 2 + alpha**2,
            "you forgot the product of the other two": lambda alpha, mu: 1 - alpha * mu,
        },
    ),
}
