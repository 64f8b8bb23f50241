"""The exercises of the chapter on loss functions: what they draw, and how they go wrong."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from utils import losses
from utils.activations import sigmoid, softplus
from utils.judging import Exercise


def _margin(rng: np.random.Generator) -> tuple[NDArray, NDArray]:
    z = np.concatenate([rng.normal(size=3), [0, 1000, -1000, 1000, -1000]])
    return np.array([1, -1, rng.choice([-1, 1]), 1, 1, 1, -1, -1]), z


def _loaves(rng: np.random.Generator) -> tuple[NDArray, NDArray, float, float]:
    y = rng.uniform(50, 150, size=6)
    y_hat = y + np.array([-20.0, -1.5, 0.0, 0.5, 3.0, 30.0])
    return y, y_hat, rng.uniform(2, 6), rng.uniform(0.5, 1.5)


def _as_written(s: NDArray, z: NDArray) -> NDArray:
    return np.log(1 + np.exp(-s * z))


def _other_exponent(s: NDArray, z: NDArray) -> NDArray:
    return np.maximum(-s * z, 0) + np.log1p(np.exp(s * z))


def _without_sign_in_max(s: NDArray, z: NDArray) -> NDArray:
    return np.maximum(-z, 0) + np.log1p(np.exp(-np.abs(z)))


def _bakery(y: NDArray, y_hat: NDArray, few: float, many: float) -> NDArray:
    return np.where(y_hat < y, -few, np.where(y_hat > y, many, 0.0))


EXERCISES: dict[str, Exercise | dict[str, Exercise]] = {
    "lf-constants": {
        "squared": Exercise(
            answer=10,
            mistakes={
                "that is the median; the squared error asks for the mean": 4,
                "divide the sum by 5": 50,
                "that is the middle between the least and the greatest": 18.5,
            },
        ),
        "absolute": Exercise(
            answer=4,
            mistakes={
                "that is the mean; the absolute error asks for the median": 10,
                "that is the middle between the least and the greatest": 18.5,
                "each target counts, also the second 2": 5.5,
                "that is the most frequent one, the mode": 2,
            },
        ),
        "squared, with 85": Exercise(
            answer=20,
            mistakes={
                "the mean moves by a fifth of 50": 10,
                "50 more in the sum are 10 more in the mean": 60,
                "that is the median; the squared error asks for the mean": 4,
                "divide the sum by 5": 100,
                "that is the middle between the least and the greatest": 43.5,
            },
        ),
        "absolute, with 85": Exercise(
            answer=4,
            mistakes={
                "the median does not ask how far away the greatest is": 14,
                "that is the mean": 20,
                "that is the middle between the least and the greatest": 43.5,
                "that is the most frequent one, the mode": 2,
            },
        ),
    },
    "lf-sure-and-wrong": {
        "cross-entropy": Exercise(
            answer=-0.99331,
            mistakes={
                "the sign: z has to grow, so the derivative is negative": 0.99331,
                "that is the loss, not its derivative": 5.00672,
                "σ′(z) has canceled, and you kept it": -0.0066037,
                "that is ŷ; subtract y": 0.0066929,
                "that is with respect to ŷ; σ′(z) is still to come": -149.41,
            },
        ),
        "squared error": Exercise(
            answer=-0.0066037,
            mistakes={
                "the sign: z has to grow, so the derivative is negative": 0.0066037,
                "you forgot σ′(z)": -0.99331,
                "that is σ′(z) alone": 0.0066481,
                "that is −σ′(z) alone; the error ŷ − 1 is missing": -0.0066481,
                "that is the loss, not its derivative": 0.49333,
                "the ½ of the loss cancels the 2": -0.0132071,
            },
        ),
    },
    "lf-margin-loss": Exercise(
        answer=lambda s, z: softplus(-s * z),
        inputs=_margin,
        mistakes={
            "it overflows: at s z = −1000 it should be 1000": _as_written,
            "the sign of s z is flipped": lambda s, z: softplus(s * z),
            "you forgot s": _without_sign_in_max,
            "that is the hinge": losses.hinge,
            "s is a sign: put y = (1 + s)/2 where y is asked for": lambda s, z: softplus(z) - s * z,
            "the exponent must be −|u|, or it overflows": _other_exponent,
            "clipping hides it: at s z = −1000 the loss is 1000": lambda s, z: (
                -np.log(np.clip(sigmoid(s * z), 1e-12, 1))
            ),
            "the logarithm is missing: ln(1 + e^−|u|)": lambda s, z: (
                np.maximum(-s * z, 0) + np.exp(-np.abs(z))
            ),
            "without the logarithm, only the straight part is left": lambda s, z: np.maximum(
                -s * z, 0
            ),
        },
    ),
    "lf-half-sure": {
        "the prediction": Exercise(
            answer=0.9,
            mistakes={
                "a loss that asked for certainty would be infinite in 1 of 10 cases": 1,
                "0.5 knows nothing, and the data say more": 0.5,
                "that is z, and σ(z) is asked for": np.log(9),
                "that is the probability of the other class": 0.1,
            },
        ),
        "the loss": Exercise(
            answer=-0.9 * np.log(0.9) - 0.1 * np.log(0.1),
            mistakes={
                "in 1 of 10 cases the other class happens, and costs −ln 0.1": -np.log(0.9),
                "weigh the first term by 0.9 and the second by 0.1": (-np.log(0.9) - np.log(0.1)),
                "where the class is not certain, no prediction costs nothing": 0,
                "the second term is missing": -0.9 * np.log(0.9),
                "the weights are swapped": -0.1 * np.log(0.9) - 0.9 * np.log(0.1),
                "the sign is flipped": 0.9 * np.log(0.9) + 0.1 * np.log(0.1),
                "take the natural logarithm; this is to base 2": (
                    -0.9 * np.log2(0.9) - 0.1 * np.log2(0.1)
                ),
            },
        ),
    },
    "lf-bakery": Exercise(
        answer=_bakery,
        inputs=_loaves,
        mistakes={
            "the sign is flipped": lambda y, y_hat, few, many: -_bakery(y, y_hat, few, many),
            "the prices are swapped: too few cost c₁": lambda y, y_hat, few, many: _bakery(
                y, y_hat, many, few
            ),
            "where ŷ is too low, the slope is negative: more loaves cost less": (
                lambda y, y_hat, few, many: np.abs(_bakery(y, y_hat, few, many))
            ),
            "that is the loss, not its derivative": lambda y, y_hat, few, many: (
                _bakery(y, y_hat, few, many) * (y_hat - y)
            ),
            "at ŷ = y it is to be 0": lambda y, y_hat, few, many: np.where(y_hat < y, -few, many),
            "at ŷ = y it is to be 0, and there you say −c₁": lambda y, y_hat, few, many: np.where(
                y_hat <= y, -few, many
            ),
            "that is the absolute error: here the two sides have their prices": (
                lambda y, y_hat, few, many: np.sign(y_hat - y)
            ),
            "the slope does not grow with the distance: the loss is made of straight lines": (
                lambda y, y_hat, few, many: np.abs(y_hat - y) * _bakery(y, y_hat, few, many)
            ),
            "the slope for each day is asked for, not their mean": lambda y, y_hat, few, many: (
                np.mean(_bakery(y, y_hat, few, many))
            ),
        },
    ),
    "lf-bakery-share": Exercise(
        answer=0.8,
        mistakes={
            "that is the share of the days on which there may be too few": 0.2,
            "that is the ratio of the prices; divide by their sum": 0.25,
            "a share is at most 1: divide 4 by the sum of the prices": 4,
            "that is the median, for equal prices": 0.5,
            "write the share as a fraction of 1": 80,
            "one of 5 days may lack loaves, not one of 4": 0.75,
        },
    ),
}
