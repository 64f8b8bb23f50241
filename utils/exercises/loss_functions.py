"""The exercises of the chapter on loss functions: what they draw, and how they go wrong."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from utils import losses
from utils.activations import sigmoid, softmax, softmax_jacobian, softplus
from utils.exercises.judging import Exercise


def _batch(rng: np.random.Generator) -> tuple[NDArray, NDArray]:
    return np.eye(3)[:, rng.integers(3, size=5)], rng.normal(size=(3, 5))


def _margin(rng: np.random.Generator) -> tuple[NDArray, NDArray]:
    z = np.concatenate([rng.normal(size=3), [0, 1000, -1000, 1000, -1000]])
    return np.array([1, -1, rng.choice([-1, 1]), 1, 1, 1, -1, -1]), z


def _one(rng: np.random.Generator) -> tuple[NDArray, NDArray]:
    return np.eye(3)[rng.integers(3)], rng.normal(size=3)


def _weights(rng: np.random.Generator) -> tuple[NDArray, float]:
    mu = rng.uniform(0.4, 1)
    return np.append(rng.normal(0, 2, size=5), [0.3, -0.3, 0, mu, -mu]), mu


def _mean_gradient(Y: NDArray, Z: NDArray) -> NDArray:
    return losses.cross_entropy_gradient(Y, softmax(Z)) / Y.shape[1]


def _along_rows(Y: NDArray, Z: NDArray) -> NDArray:
    return (softmax(Z.T).T - Y) / Y.shape[1]


def _as_written(s: NDArray, z: NDArray) -> NDArray:
    return np.log(1 + np.exp(-s * z))


def _other_exponent(s: NDArray, z: NDArray) -> NDArray:
    return np.maximum(-s * z, 0) + np.log1p(np.exp(s * z))


def _without_sign_in_max(s: NDArray, z: NDArray) -> NDArray:
    return np.maximum(-z, 0) + np.log1p(np.exp(-np.abs(z)))


def _stalling(y: NDArray, z: NDArray) -> NDArray:
    return losses.softmax_squared_error_gradient(y, z)


def _shrunk(w_star: NDArray, mu: float) -> NDArray:
    return np.sign(w_star) * np.maximum(np.abs(w_star) - mu, 0)


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
    "lf-knowing-nothing": {
        "10 classes": Exercise(
            answer=np.log(10),
            mistakes={
                "take the natural logarithm; this is to base 10": 1,
                "take the natural logarithm; this is to base 2": np.log2(10),
                "that is for two classes": np.log(2),
                "the mean over the examples is asked for, no sum over classes": (10 * np.log(10)),
                "the sign: a loss is minus a logarithm of what is below 1": -np.log(10),
                "that is the probability; its logarithm is asked for": 0.1,
            },
        ),
        "1000 classes": Exercise(
            answer=np.log(1000),
            mistakes={
                "take the natural logarithm; this is to base 10": 3,
                "take the natural logarithm; this is to base 2": np.log2(1000),
                "the sign: a loss is minus a logarithm of what is below 1": -np.log(1000),
                "that is the probability; its logarithm is asked for": 0.001,
                "a hundred times as many classes add ln 100, they do not multiply": (
                    100 * np.log(10)
                ),
            },
        ),
        "0.9 each time": Exercise(
            answer=-np.log(0.9),
            mistakes={
                "the sign is flipped": np.log(0.9),
                "that is 1 − ŷ, which is near, but not the loss": 0.1,
                "take the natural logarithm; this is to base 10": -np.log10(0.9),
                "take the natural logarithm; this is to base 2": -np.log2(0.9),
                "that is the probability; its logarithm is asked for": 0.9,
                "being right is not enough: only ŷ = 1 costs nothing": 0,
            },
        ),
    },
    "lf-choose": {
        "(a)": Exercise(
            answer="squared",
            mistakes={
                "a temperature has no typing errors that a loss should ignore": "huber",
                "a temperature is no class": "binary",
            },
        ),
        "(b)": Exercise(
            answer="huber",
            mistakes={
                "a typing error would drag the prediction far": "squared",
                "a price is no class": "categorical",
            },
        ),
        "(c)": Exercise(
            answer="binary",
            mistakes={
                "through a sigmoid it stalls": "squared",
                "two classes need no more than one output": "categorical",
            },
        ),
        "(d)": Exercise(
            answer="categorical",
            mistakes={
                "the digits exclude each other: one softmax, not ten sigmoids": "binary",
                "a digit names a class; 9 is not farther from 0 than 1 is": "squared",
            },
        ),
        "(e)": Exercise(
            answer="binary",
            mistakes={
                "the tags do not exclude each other: a sigmoid for each": "categorical",
                "a tag is there or not; through a sigmoid it stalls": "squared",
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
        "hinge": Exercise(
            answer=-1,
            mistakes={
                "the sign: z has to grow, so the derivative is negative": 1,
                "that is the loss, not its derivative": 6,
                "the margin is −5, which is below 1": 0,
                "the hinge is a straight line: its slope does not depend on z": -5,
                "the hinge takes z, not ŷ": 0.99331,
            },
        ),
    },
    "lf-batch": Exercise(
        answer=_mean_gradient,
        inputs=_batch,
        mistakes={
            "the sign is flipped": lambda Y, Z: -_mean_gradient(Y, Z),
            "you forgot to divide by m": lambda Y, Z: softmax(Z) - Y,
            "divide by the number of examples m, not of classes K": lambda Y, Z: (
                (softmax(Z) - Y) / len(Y)
            ),
            "divide by m, not by the number of all entries": lambda Y, Z: (softmax(Z) - Y) / Y.size,
            "you forgot the softmax": lambda Y, Z: (Z - Y) / Y.shape[1],
            "the softmax runs along the wrong axis: columns are examples": _along_rows,
            "the mean of the cost is over examples; its gradient has Z's shape": lambda Y, Z: (
                np.mean(softmax(Z) - Y, axis=1)
            ),
            "one softmax for each column, not one for the whole array": lambda Y, Z: (
                (np.exp(Z) / np.exp(Z).sum() - Y) / Y.shape[1]
            ),
            "that is the derivative with respect to ŷ": lambda Y, Z: -Y / softmax(Z) / Y.shape[1],
            "parentheses: all of the difference is divided by m": lambda Y, Z: (
                softmax(Z) - Y / Y.shape[1]
            ),
            "nothing is left of the softmax's derivative: it has canceled": lambda Y, Z: (
                (softmax(Z) - Y) * softmax(Z) * (1 - softmax(Z)) / Y.shape[1]
            ),
            "the Jacobian has entries beside its diagonal": lambda Y, Z: (
                -Y * (1 - softmax(Z)) / Y.shape[1]
            ),
            "that is the cost, not its gradient": lambda Y, Z: np.mean(
                losses.categorical_cross_entropy(Y, Z)
            ),
        },
    ),
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
    "lf-stalling": Exercise(
        answer=_stalling,
        inputs=_one,
        mistakes={
            "the sign is flipped": lambda y, z: -_stalling(y, z),
            "ŷ − y is what the cross-entropy leaves; here the Jacobian stays": lambda y, z: (
                softmax(z) - y
            ),
            "you took the diagonal of the Jacobian only": lambda y, z: (
                softmax(z) * (1 - softmax(z)) * (softmax(z) - y)
            ),
            "ŷŷᵀ is missing; for 1-D arrays `ŷ @ ŷ.T` is a number, so write `np.outer(ŷ, ŷ)`": (
                lambda y, z: softmax(z) * (softmax(z) - y)
            ),
            "a minus: diag(ŷ) − ŷŷᵀ": lambda y, z: (
                softmax(z) * (softmax(z) - y + softmax(z) @ (softmax(z) - y))
            ),
            "you forgot diag(ŷ)": lambda y, z: -softmax(z) * (softmax(z) @ (softmax(z) - y)),
            "the derivative of the squared error is ŷ − y, not −y": lambda y, z: (
                -softmax_jacobian(z) @ y
            ),
            "the derivative of the squared error is ŷ − y, not y": lambda y, z: (
                softmax_jacobian(z) @ y
            ),
            "the second term has the factor ŷ": lambda y, z: (
                softmax(z) * (softmax(z) - y) - softmax(z) @ (softmax(z) - y)
            ),
            "`*` is entry by entry; the product of matrix and vector is `@`": lambda y, z: (
                softmax_jacobian(z) * (softmax(z) - y)
            ),
            "the derivative of the squared error is ŷ − y, not ŷ": lambda y, z: (
                softmax_jacobian(z) @ softmax(z)
            ),
            "the ½ of the loss cancels the 2": lambda y, z: 2 * _stalling(y, z),
        },
    ),
    "lf-shrink": Exercise(
        answer=_shrunk,
        inputs=_weights,
        cases=[(np.array([-1.5, 0, 0.2]), 0.0)],
        mistakes={
            "that is the L2 penalty's": lambda a, mu: a / (1 + mu),
            "negative weights shrink toward zero, too, not away from it": lambda a, mu: a - mu,
            "you lost the sign of w*": lambda a, mu: np.maximum(np.abs(a) - mu, 0),
            "a weight that has less than μ stops at zero": lambda a, mu: (
                np.sign(a) * (np.abs(a) - mu)
            ),
            "negative weights are not all zero": lambda a, mu: np.maximum(a - mu, 0),
            "negative weights shrink toward zero: w* + μ": lambda a, mu: np.where(
                np.abs(a) > mu, a - mu, 0
            ),
            "in between the best weight is 0": lambda a, mu: np.where(
                np.abs(a) > mu, a - np.sign(a) * mu, a
            ),
            "that is what is taken off, not what is left": lambda a, mu: np.clip(a, -mu, mu),
            "the large weights lose μ as well": lambda a, mu: np.where(np.abs(a) > mu, a, 0),
        },
    ),
}
