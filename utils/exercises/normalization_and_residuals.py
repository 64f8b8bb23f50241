"""The checks of the exercises of the chapter on normalization and residuals."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from utils.judging import Exercise


def _a_layer(rng: np.random.Generator) -> tuple[NDArray, NDArray, NDArray]:
    """Draw six examples; one has a spread that ε is larger than, and one none."""
    spreads = [3, 3, 3, 3, 1e-3, 0]
    return 2 + spreads * rng.normal(size=(4, 6)), *rng.normal(size=(2, 4, 1))


def _normalized(
    Z: NDArray, axis: int | None, power: float = 0.5, ddof: int = 0, epsilon: float = 1e-5
) -> NDArray:
    variance = Z.var(axis=axis, keepdims=True, ddof=ddof)
    return (Z - Z.mean(axis=axis, keepdims=True)) / (variance + epsilon) ** power


#: (δ − its mean − its part along u) for δ = (1, 0, 0) and z = (−1, 0, 1)
_BY_HAND = np.array([1, -2, 1]) / 6


def around(p: float, L: int) -> dict[str, Exercise]:
    """Make the task of what is left after so many layers with a way around each."""
    return {
        "the least": Exercise(
            answer=(1 - p) ** L,
            mistakes={
                "the layers multiply, they do not add": 1 - L * p,
                f"that is one layer; take it to the power {L}": 1 - p,
                "the way through takes away at most p, so 1 − p is left": (1 + p) ** -L,
                "that is without the ways around": p**L,
            },
        ),
        "the most": Exercise(
            answer=(1 + p) ** L,
            mistakes={
                "the layers multiply, they do not add": 1 + L * p,
                f"that is one layer; take it to the power {L}": 1 + p,
                "the two ways can work together, so more than 1 can arrive": 1,
            },
        ),
    }


EXERCISES: dict[str, Exercise | dict[str, Exercise]] = {
    "vg-around": {
        **around(0.1, 20),
        "the power": Exercise(
            answer=-20,
            exact=True,
            mistakes={
                "each layer divides by ten, so the power is below 0": 20,
                "that is one layer, of twenty": -1,
                "that is the part; the power of ten was asked for": 0.1**20,
            },
        ),
    },
    "vg-lost": {
        "a": Exercise(
            answer="same",
            mistakes={
                "the spread is ten times as large, too": "other",
                "10 is above 0, and only the sign is left": "turned",
            },
        ),
        "b": Exercise(
            answer="turned",
            mistakes={
                "the root of the variance is not negative, so the sign stays": "same",
                "the spread is a quarter as well, and only the sign is left": "other",
            },
        ),
        "c": Exercise(
            answer="same",
            mistakes={
                "the mean grows by 3, too": "other",
                "nothing has changed its sign": "turned",
            },
        ),
        "d": Exercise(
            answer="other",
            mistakes={
                "the scale is lost only if all numbers share it": "same",
                "nothing has changed its sign": "turned",
            },
        ),
    },
    "vg-name": {
        "A": Exercise(
            answer="batch norm",
            mistakes={"a layer norm looks at one example alone": "layer norm"},
        ),
        "B": Exercise(
            answer="layer norm",
            mistakes={
                "alone, an example has no batch": "batch norm",
                "the outputs of a residual network grow": "residual",
                "half of the first weights let nothing arrive": "first weights",
            },
        ),
        "C": Exercise(
            answer="ReLU",
            mistakes={
                "a sigmoid is never exactly 0, whatever its weights": "first weights",
                "with sigmoids, nothing that a layer adds is exactly 0": "residual",
            },
        ),
        "D": Exercise(
            answer="residual",
            mistakes={
                "He's weights keep the size of the ReLUs' outputs, on average": "ReLU",
                "a norm takes growth out again": "batch norm",
                "a norm takes the growth out again": "layer norm",
            },
        ),
        "E": Exercise(
            answer="first weights",
            mistakes={
                "half of the outputs of ReLUs are exactly 0": "ReLU",
                "a residual network bears half the weights": "residual",
                "a norm bears half the weights": "batch norm",
                "a layer norm bears half the weights": "layer norm",
            },
        ),
    },
    "vg-layer-norm": Exercise(
        answer=lambda Z, gamma, beta: gamma * _normalized(Z, 0) + beta,
        inputs=_a_layer,
        mistakes={
            "that is batch norm: the mean runs over the neurons, axis 0": lambda Z, gamma, beta: (
                gamma * _normalized(Z, 1) + beta
            ),
            "the mean runs over each column, not over everything": lambda Z, gamma, beta: (
                gamma * _normalized(Z, None) + beta
            ),
            "divide by the root of the variance": lambda Z, gamma, beta: (
                gamma * _normalized(Z, 0, power=1) + beta
            ),
            "you forgot ε, which stands with the variance under the root": (
                lambda Z, gamma, beta: gamma * _normalized(Z, 0, epsilon=0) + beta
            ),
            "ε stands under the root, with the variance": lambda Z, gamma, beta: (
                gamma * (Z - Z.mean(axis=0)) / (Z.std(axis=0) + 1e-5) + beta
            ),
            "you forgot to divide by the spread": lambda Z, gamma, beta: (
                gamma * (Z - Z.mean(axis=0)) + beta
            ),
            "you forgot to subtract the mean": lambda Z, gamma, beta: (
                gamma * Z / np.sqrt(Z.var(axis=0) + 1e-5) + beta
            ),
            "you forgot γ": lambda Z, gamma, beta: _normalized(Z, 0) + beta,
            "you forgot β": lambda Z, gamma, beta: gamma * _normalized(Z, 0),
            "γ multiplies before β is added": lambda Z, gamma, beta: (
                gamma * (_normalized(Z, 0) + beta)
            ),
            "the variance here divides by n, not by n − 1": lambda Z, gamma, beta: (
                gamma * _normalized(Z, 0, ddof=1) + beta
            ),
            "return the array alone": lambda Z, gamma, beta: (
                gamma * _normalized(Z, 0) + beta,
                _normalized(Z, 0),
                np.sqrt(Z.var(axis=0, keepdims=True) + 1e-5),
            ),
        },
    ),
    "vg-by-hand": Exercise(
        answer=_BY_HAND / np.sqrt(2 / 3),
        mistakes={
            "the divisor moves, too": np.array([2, -1, -1]) / 3 / np.sqrt(2 / 3),
            "the mean moves, too": np.array([1, 0, 1]) / 2 / np.sqrt(2 / 3),
            "the mean and the divisor move, too": np.array([1, 0, 0]) / np.sqrt(2 / 3),
            "you forgot to divide by the spread": _BY_HAND,
            "divide by the root of the variance": _BY_HAND / (2 / 3),
            "that is u, which comes forward": np.array([-1, 0, 1]) / np.sqrt(2 / 3),
        },
    ),
    "vg-larger": {
        "the product": Exercise(
            answer=0,
            mistakes={
                "the cost does not change along w, so its derivative that way is not 1": 1,
                "a derivative along w is J's, not w's": 2,
            },
        ),
        "the factor of the gradient": Exercise(
            answer=0.5,
            mistakes={
                "the cost is the same, but its gradient is not: c ∇J(c w) = ∇J(w)": 1,
                "the other way round: c ∇J(c w) = ∇J(w)": 2,
                "that is the factor of the angle": 0.25,
            },
        ),
        "the factor of the angle": Exercise(
            answer=0.25,
            mistakes={
                "the step is half as long, and the weights are twice as long, too": 0.5,
                "the weights are twice as long, but the step is half as long": 1,
                "the angle is the step over the weights, not the other way round": 4,
            },
        ),
    },
    "vg-growth": {
        "with 1/n": Exercise(
            answer=2**20,
            mistakes={
                "the input is added in each layer": 1,
                "each layer adds as much as there is by then": 21,
                "the square was asked for, not the length": 2**10,
                "that is one layer; take it to the power 20": 2,
                "2²⁰ is 1 048 576": 1e6,
            },
        ),
        "with 1/(nL)": Exercise(
            answer=1.05**20,
            mistakes={
                "each layer multiplies; a sum of the growths is too little": 2,
                "that is for infinitely many layers": np.e,
                "the square was asked for, not the length": 1.05**10,
                "the input is added in each layer": 0.05**20,
                "that is one layer; take it to the power 20": 1.05,
            },
        ),
    },
}
