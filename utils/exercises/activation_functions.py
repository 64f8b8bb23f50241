"""The exercises of the chapter on activation functions: what they draw, and how they go wrong."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from utils.activations import sigmoid, sigmoid_derivative
from utils.judging import Exercise

#: How low the SiLU falls, below 0, and how far to the left of 0.
_LEAST, _PLACE = 0.27846, 1.27846


def _places(rng: np.random.Generator) -> tuple[NDArray]:
    return (np.append(rng.normal(size=5), 0),)


def _network(rng: np.random.Generator) -> tuple[NDArray, NDArray, NDArray, NDArray]:
    shapes = (3, 2), (3, 1), (2, 3), (2, 1)
    return tuple(rng.normal(size=shape) for shape in shapes)


def _translation(W1: NDArray, b1: NDArray, W2: NDArray, b2: NDArray) -> tuple:
    return 2 * W1, 2 * b1, 2 * W2, b2 - W2.sum(axis=1, keepdims=True)


def _outputs(network: tuple[NDArray, ...], *given: NDArray) -> NDArray:
    """Return what a network with hidden sigmoids answers at eleven places."""
    W1, b1, W2, b2 = network
    X = np.random.default_rng(0).normal(scale=2, size=(2, 11))
    return W2 @ sigmoid(W1 @ X + b1) + b2


def _swish_inputs(rng: np.random.Generator) -> tuple[NDArray, float]:
    return np.append(rng.normal(scale=2, size=5), 0), rng.uniform(0.5, 3)


def _swish_slope(z: NDArray, beta: float) -> NDArray:
    return sigmoid(beta * z) + beta * z * sigmoid_derivative(beta * z)


EXERCISES = {
    "af-which": {
        "first": Exercise(
            answer="tanh",
            mistakes={
                "the sigmoid's outputs lie around ½, not around 0": "sigmoid",
                "the ReLU is nowhere below 0": "relu",
                "the leaky ReLU is not odd, and saturates nowhere": "leaky relu",
                "the ELU saturates on the left only": "elu",
                "the GELU saturates on the left only": "gelu",
            },
        ),
        "second": Exercise(
            answer="leaky relu",
            mistakes={
                "one of the two slopes of the ReLU is 0": "relu",
                "the ELU has a straight piece and a curve": "elu",
            },
        ),
        "third": Exercise(
            answer="elu",
            mistakes={
                "the slopes of the ReLU do not meet at 0": "relu",
                "the slopes of the leaky ReLU do not meet at 0": "leaky relu",
                "the GELU is smooth: its second derivative meets, too": "gelu",
            },
        ),
        "fourth": Exercise(
            answer="gelu",
            mistakes={
                "the ELU is negative on the left, and rises all the way": "elu",
                "the leaky ReLU rises everywhere": "leaky relu",
                "the ReLU is flat and then rises: it never falls": "relu",
                "the tanh rises everywhere": "tanh",
                "the sigmoid rises everywhere": "sigmoid",
            },
        ),
    },
    "af-musts": {
        "not monotonic": Exercise(
            answer="gelu",
            mistakes={
                "the ReLU is flat and then rises: it never falls": "relu",
                "the sigmoid rises everywhere": "sigmoid",
            },
        ),
        "no slope at one place": Exercise(
            answer="relu",
            mistakes={
                "the GELU is smooth: it has a slope everywhere": "gelu",
                "the sigmoid is smooth: it has a slope everywhere": "sigmoid",
            },
        ),
        "not zero-centered": Exercise(
            answer="sigmoid",
            mistakes={
                "the ReLU is not smooth": "relu",
                "the GELU is not monotonic": "gelu",
            },
        ),
    },
    "af-slopes": {
        "ReLU": Exercise(
            answer=0,
            mistakes={"the slope is 1 only where z is positive": 1, "that is z itself": -3},
        ),
        "leaky ReLU": Exercise(
            answer=0.1,
            mistakes={
                "that is its value; the slope is asked": -0.3,
                "ν is 0.1 here": 0.01,
                "the slope has no minus: it is ν": -0.1,
                "the slope is 1 only where z is positive": 1,
            },
        ),
        "ELU": Exercise(
            answer=0.5,
            mistakes={
                "that is its value; the slope has no −1": -0.5,
                "that is z itself": -np.log(2),
                "e to the −ln 2 is 1/2, not 2": 2,
                "the slope is 1 only where z is positive": 1,
            },
        ),
        "SiLU": Exercise(
            answer=0.5,
            mistakes={
                "that is its value; the slope is asked": 0,
                "that is the slope of the sigmoid; use the product rule": 0.25,
                "the gate is half open at 0": 1,
            },
        ),
    },
    "af-reasons": {
        "one hidden layer": Exercise(
            answer=3,
            exact=True,
            mistakes={
                "that is the derivative that is 0; the power is one less": 4,
                "more neurons add cubes, and a sum of cubes has the power 3": 15,
                "the output adds the cubes and multiplies none": 5,
            },
        ),
        "two hidden layers": Exercise(
            answer=9,
            exact=True,
            mistakes={
                "a cube of a cube: multiply the exponents, do not add them": 6,
                "the second layer cubes what the first has cubed": 3,
                "there are two layers, not three": 27,
            },
        ),
        "the change": Exercise(
            answer=0.02,
            mistakes={
                "a step goes against the slope: two minus signs": -0.02,
                "you forgot α": 0.2,
                "that is the slope; the change is −α times it": -0.2,
                "that is the other weight, on the 0.9": 0.18,
            },
        ),
        "the change, centered": Exercise(
            answer=-0.08,
            mistakes={
                "0.1 less ½ is negative: so is the change": 0.08,
                "you forgot α": -0.8,
                "that is the slope; the change is −α times it": 0.8,
                "subtract ½ from the output, 0.1": 0.02,
                "subtract ½, do not add it": 0.12,
            },
        ),
    },
    "af-softsign": Exercise(
        answer=lambda z: 1 / (1 + np.abs(z)) ** 2,
        inputs=_places,
        mistakes={
            "you forgot the absolute value": lambda z: 1 / (1 + z) ** 2,
            "you forgot the square": lambda z: 1 / (1 + np.abs(z)),
            "that is the softsign itself": lambda z: z / (1 + np.abs(z)),
            "the slope is positive on both sides": lambda z: np.sign(z) / (1 + np.abs(z)) ** 2,
            "the square belongs to the whole denominator": lambda z: 1 / (1 + z**2),
            "the numerator is left over from the quotient rule": lambda z: z / (1 + np.abs(z)) ** 2,
        },
    ),
    "af-clothes": Exercise(
        answer=_translation,
        inputs=_network,
        acts=_outputs,
        mistakes={
            "the −1 of each hidden neuron belongs in the output's bias": lambda W1, b1, W2, b2: (
                2 * W1,
                2 * b1,
                2 * W2,
                b2,
            ),
            "the first bias is doubled, too": lambda W1, b1, W2, b2: (
                2 * W1,
                b1,
                2 * W2,
                b2 - W2.sum(axis=1, keepdims=True),
            ),
            "the second weights are doubled, too": lambda W1, b1, W2, b2: (
                2 * W1,
                2 * b1,
                W2,
                b2 - W2.sum(axis=1, keepdims=True),
            ),
            "the first weights are doubled, not halved": lambda W1, b1, W2, b2: (
                W1 / 2,
                b1 / 2,
                2 * W2,
                b2 - W2.sum(axis=1, keepdims=True),
            ),
            "the sign in the output's bias is flipped": lambda W1, b1, W2, b2: (
                2 * W1,
                2 * b1,
                2 * W2,
                b2 + W2.sum(axis=1, keepdims=True),
            ),
            "take the old second weights into the bias, not the doubled": lambda W1, b1, W2, b2: (
                2 * W1,
                2 * b1,
                2 * W2,
                b2 - 2 * W2.sum(axis=1, keepdims=True),
            ),
            "each output has its own bias: sum each row, as a column": lambda W1, b1, W2, b2: (
                2 * W1,
                2 * b1,
                2 * W2,
                b2 - W2.sum(),
            ),
            "the row sums must stay a column: keepdims": lambda W1, b1, W2, b2: (
                2 * W1,
                2 * b1,
                2 * W2,
                b2 - W2.sum(axis=1),
            ),
            "sum each row, axis 1, not each column": lambda W1, b1, W2, b2: (
                2 * W1,
                2 * b1,
                2 * W2,
                b2 - W2.sum(axis=0),
            ),
            "each −1 is multiplied by its second weight": lambda W1, b1, W2, b2: (
                2 * W1,
                2 * b1,
                2 * W2,
                b2 - 1,
            ),
        },
    ),
    "af-swish": Exercise(
        answer=_swish_slope,
        inputs=_swish_inputs,
        mistakes={
            "that is the Swish itself": lambda z, beta: z * sigmoid(beta * z),
            "that is the slope for β = 1": lambda z, beta: _swish_slope(z, 1.0),
            "the second term has a factor β, by the chain rule": lambda z, beta: (
                sigmoid(beta * z) + z * sigmoid_derivative(beta * z)
            ),
            "that has a factor β too many": lambda z, beta: beta * _swish_slope(z, beta),
            "the product rule has two terms: the gate moves": lambda z, beta: sigmoid(beta * z),
            "the product rule has two terms: z moves": lambda z, beta: (
                beta * z * sigmoid_derivative(beta * z)
            ),
            "the sign between the two terms is flipped": lambda z, beta: (
                sigmoid(beta * z) - beta * z * sigmoid_derivative(beta * z)
            ),
        },
    ),
    "af-swish-numbers": {
        "the lowest value": Exercise(
            answer=-_LEAST / 2,
            mistakes={
                "that is the SiLU's; divide it by β": -_LEAST,
                "divide by β, do not multiply by it": -2 * _LEAST,
                "it lies below 0": _LEAST / 2,
                "the value is divided by β once, not twice": -_LEAST / 4,
                "that is the place; the value is asked": -_PLACE / 2,
            },
        ),
        "the constant": Exercise(
            answer=_LEAST / 0.01,
            mistakes={
                "that is the distance for β = 0.01; it is 0.27846 over β": _LEAST * 0.01,
                "the fraction is upside down": 0.01 / _LEAST,
                "the two are apart on one side at a time: the distances do not add": 2
                * _LEAST
                / 0.01,
                "that is for a distance of 0.1": _LEAST / 0.1,
            },
        ),
    },
}
