"""The exercises of the chapter on activation functions: what they draw, and how they go wrong."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from utils.activations import relu, sigmoid
from utils.exercises.judging import Exercise


def _places(rng: np.random.Generator) -> tuple[NDArray]:
    return (np.append(rng.normal(size=5), 0),)


def _points(rng: np.random.Generator) -> tuple[NDArray, NDArray]:
    return np.cumsum(rng.uniform(0.2, 1, size=6)), rng.normal(size=6)


def _network(rng: np.random.Generator) -> tuple[NDArray, NDArray, NDArray, NDArray]:
    shapes = (3, 2), (3, 1), (2, 3), (2, 1)
    return tuple(rng.normal(size=shape) for shape in shapes)


def _saw_places(rng: np.random.Generator) -> tuple[NDArray, int]:
    return np.append(rng.uniform(0, 1, size=7), [0, 0.5, 1]), int(rng.integers(1, 6))


def _weights(t: NDArray, f: NDArray) -> NDArray:
    return np.diff(np.diff(f) / np.diff(t), prepend=0)


def _pieces() -> float:
    """Return how many pieces the staircase's bound asks for, before it is rounded up."""
    return 3 * (1 + 1 / np.expm1(5)) / 0.01


def _translation(W1: NDArray, b1: NDArray, W2: NDArray, b2: NDArray) -> tuple:
    return 2 * W1, 2 * b1, 2 * W2, b2 - W2.sum(axis=1, keepdims=True)


def _outputs(network: tuple[NDArray, ...], *given: NDArray) -> NDArray:
    """Return what a network with hidden sigmoids answers at eleven places."""
    W1, b1, W2, b2 = network
    X = np.random.default_rng(0).normal(scale=2, size=(2, 11))
    return W2 @ sigmoid(W1 @ X + b1) + b2


def _tent(x: NDArray) -> NDArray:
    return 2 * relu(x) - 4 * relu(x - 0.5)


def _saw(x: NDArray, L: int) -> NDArray:
    for _ in range(L):
        x = _tent(x)
    return x


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
                "s is 0.1 here": 0.01,
                "the slope has no minus: it is s": -0.1,
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
    "af-dying": {
        "the rate": Exercise(
            answer=2 / 4.5,
            mistakes={
                "xᵀx + 1 is 3: the bias moves, too, and the error is z − y": 2 / 3,
                "you left out xᵀx + 1": 2 / 1.5,
                "the fraction is upside down": 4.5 / 2,
                "that is the rate at which one step reaches the target": 1 / 3,
            },
        ),
        "the sum": Exercise(
            answer=-0.25,
            mistakes={
                "that is the output; the sum may be below 0": 0,
                "the bias moves, too: it is xᵀx + 1": 0.5,
                "the sign of the step is flipped": 4.25,
                "you forgot α": -2.5,
                "you left out xᵀx + 1": 1.25,
            },
        ),
    },
    "af-neurons": {
        "ReLUs": Exercise(
            answer=16,
            exact=True,
            mistakes={
                "round up: 15 do not keep the bound": 15,
                "neurons come whole, so round up": np.sqrt(250),
                "the bound goes with h², so take the root": 250,
                "you forgot the 8 of the bound": 45,
            },
        ),
        "sigmoids": Exercise(
            answer=302,
            exact=True,
            mistakes={
                "round up: 301 do not keep the bound": 301,
                "those are the pieces; neurons are one fewer, and come whole": _pieces(),
                "neurons come whole, so round up": _pieces() - 1,
                "n sigmoids make n + 1 pieces": 303,
                "the bracket is 1.0068, not 1: a few more are needed": 299,
                "that forgets the bracket and that there is a piece more": 300,
                "one more than n: the pieces are n + 1, of the width 1/(n + 1)": 304,
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
    "af-polygon-weights": Exercise(
        answer=_weights,
        inputs=_points,
        mistakes={
            "those are the slopes; the weights are their changes": lambda t, f: (
                np.diff(f) / np.diff(t)
            ),
            "you forgot the first slope, a change from 0": lambda t, f: _weights(t, f)[1:],
            "the places are not evenly spaced: divide by their differences": lambda t, f: np.diff(
                np.diff(f), prepend=0
            ),
            "the slopes are upside down": lambda t, f: np.diff(np.diff(t) / np.diff(f), prepend=0),
            "the sign is flipped": lambda t, f: -_weights(t, f),
            "the 0 stands before the first slope, not after the last": lambda t, f: np.diff(
                np.diff(f) / np.diff(t), append=0
            ),
            "one row of numbers is asked, not a column": lambda t, f: _weights(t, f)[:, None],
            "the slopes are those of the mean width": lambda t, f: (
                np.diff(np.diff(f), prepend=0) / np.mean(np.diff(t))
            ),
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
    "af-saw": Exercise(
        answer=_saw,
        inputs=_saw_places,
        mistakes={
            "that is one tent; apply it L times": lambda x, L: _tent(x),
            "that is one tent too many": lambda x, L: _saw(x, L + 1),
            "that is one tent too few": lambda x, L: _saw(x, L - 1),
            "that makes L tents as high; put each into the next": lambda x, L: L * _tent(x),
            "the tent falls again: subtract 4 times, not 2": lambda x, L: 2 * x - 2 * relu(x - 0.5),
        },
    ),
    "af-saw-count": {
        "pieces": Exercise(
            answer=1024,
            exact=True,
            mistakes={
                "those are the corners; there is a piece more": 1023,
                "one more than the corners, and there are 1023": 1025,
                "the pieces double with each tent": 20,
                "the pieces double with each tent, beginning with 2": 512,
            },
        ),
        "ReLUs": Exercise(
            answer=20,
            exact=True,
            mistakes={
                "each tent has two": 10,
                "each layer has two ReLUs, used by the next": 1024,
            },
        ),
        "ReLUs in one layer": Exercise(
            answer=1024,
            exact=True,
            mistakes={
                "one for each corner, and none is left for the first slope: one more": 1023,
                "on the whole line it is that; from 0 to 1 there is no corner at the end": 1025,
                "each ReLU has one corner": 512,
                "1024 pieces have 1023 corners between them, and there is one ReLU more": 1022,
                "that is what the deep network uses": 20,
            },
        ),
    },
}
