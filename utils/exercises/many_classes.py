"""The exercises of the chapter on many classes: what they draw, and how they go wrong."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from utils import losses
from utils.activations import softmax, softmax_jacobian
from utils.judging import Exercise


def _batch(rng: np.random.Generator) -> tuple[NDArray, NDArray]:
    return np.eye(3)[:, rng.integers(3, size=5)], rng.normal(size=(3, 5))


def _one(rng: np.random.Generator) -> tuple[NDArray, NDArray]:
    return np.eye(3)[rng.integers(3)], rng.normal(size=3)


def _weights(rng: np.random.Generator) -> tuple[NDArray, float]:
    mu = rng.uniform(0.4, 1)
    return np.append(rng.normal(0, 2, size=5), [0.3, -0.3, 0, mu, -mu]), mu


def _mean_gradient(Y: NDArray, Z: NDArray) -> NDArray:
    return losses.cross_entropy_gradient(Y, softmax(Z)) / Y.shape[1]


def _along_rows(Y: NDArray, Z: NDArray) -> NDArray:
    return (softmax(Z.T).T - Y) / Y.shape[1]


def _stalling(y: NDArray, z: NDArray) -> NDArray:
    return losses.softmax_squared_error_gradient(y, z)


def _shrunk(w_star: NDArray, mu: float) -> NDArray:
    return np.sign(w_star) * np.maximum(np.abs(w_star) - mu, 0)


EXERCISES: dict[str, Exercise | dict[str, Exercise]] = {
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
    "mc-hinge": {
        "hinge at −5": Exercise(
            answer=-1,
            mistakes={
                "the sign: z has to grow, so the derivative is negative": 1,
                "that is the loss, not its derivative": 6,
                "the margin is −5, which is below 1": 0,
                "the hinge is a straight line: its slope does not depend on z": -5,
                "the hinge takes z, not σ(z)": -0.99331,
            },
        ),
        "hinge at 0.5": Exercise(
            answer=-1,
            mistakes={
                "on the right side, but the margin 0.5 is below 1": 0,
                "the sign: z has to grow, so the derivative is negative": 1,
                "that is the loss, not its derivative": 0.5,
                "the hinge is a straight line: its slope does not depend on z": -0.5,
                "the hinge takes z, not σ(z)": -0.37754,
            },
        ),
        "hinge at 3": Exercise(
            answer=0,
            mistakes={
                "the margin 3 is beyond 1: the hinge is content": -1,
                "the hinge never pulls back": 1,
                "what is missing to the margin 1 is nothing, not −2": -2,
                "that is the cross-entropy's": -0.047426,
            },
        ),
        "cross-entropy at 3": Exercise(
            answer=-0.047426,
            mistakes={
                "the sign: z should still grow a little": 0.047426,
                "that is σ(z); subtract y": 0.95257,
                "that is the loss, not its derivative": 0.048587,
                "the cross-entropy is never quite content": 0,
                "σ′(z) has canceled, and you kept it": -0.0021425,
                "that is σ′(z)": 0.045177,
                "that is the hinge's, below the margin 1": -1,
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
