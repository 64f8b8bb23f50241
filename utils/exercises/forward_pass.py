"""The exercises of the chapter on the forward pass: what they draw, and how they go wrong."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from utils.activations import relu, sigmoid, step
from utils.judging import Exercise


def _hand() -> float:
    """Return the last sum of the running network for x = (3, 1)."""
    return 0.7 * sigmoid(2.3) - 0.4 * sigmoid(-1.4) + 0.1


def _table(rng: np.random.Generator) -> tuple[NDArray, ...]:
    """Draw as many examples as inputs and as hidden neurons, so that no shape tells a mistake."""
    return tuple(rng.normal(size=size) for size in ((3, 3), (3, 3), (3, 1), (2, 3), (2, 1)))


def _parameters(rng: np.random.Generator) -> tuple[NDArray, ...]:
    return tuple(rng.normal(size=size) for size in ((4, 2), (4, 1), (3, 4), (3, 1)))


def _rows(T: NDArray, W1: NDArray, b1: NDArray, W2: NDArray, b2: NDArray) -> NDArray:
    return _columns(T.T, W1, b1, W2, b2).T


def _columns(X: NDArray, W1: NDArray, b1: NDArray, W2: NDArray, b2: NDArray) -> NDArray:
    return sigmoid(W2 @ sigmoid(W1 @ X + b1) + b2)


def _turned(
    W1: NDArray,
    b1: NDArray,
    W2: NDArray,
    b2: NDArray,
    bias: int = -1,
    output: int = -1,
    carried: int = 1,
) -> tuple[NDArray, ...]:
    """Turn the first neuron: the signs of its bias and its output weights, what b2 is given."""
    W1, b1, W2, v = W1.copy(), b1.copy(), W2.copy(), W2[:, [0]]
    W1[0], b1[0], W2[:, 0] = -W1[0], bias * b1[0], output * W2[:, 0]
    return W1, b1, W2, b2 + carried * v


def _through(n: int, positive: int = 1, negative: int = -1) -> tuple[NDArray, ...]:
    """Return a pair of neurons for each input; what their outputs are multiplied by."""
    one = np.eye(n)
    W1, W2 = np.vstack([one, -one]), np.hstack([positive * one, negative * one])
    return W1, np.zeros((2 * n, 1)), W2, np.zeros((n, 1))


def _one_each(n: int) -> tuple[NDArray, ...]:
    return np.eye(n), np.zeros((n, 1)), np.eye(n), np.zeros((n, 1))


def _passed(parameters: tuple, n: int) -> NDArray:
    """Return what a network with ReLUs makes of inputs of either sign, as many as it has neurons.

    Its biases are columns, so a bias that lies down is seen.
    """
    W1, b1, W2, b2 = parameters
    if np.shape(b1) != (len(W1), 1) or np.shape(b2) != (n, 1):
        raise ValueError(f"expected biases that are columns, got {np.shape(b1)}, {np.shape(b2)}")
    X = np.random.default_rng(n).normal(size=(n, 2 * n + 3))
    return W2 @ relu(W1 @ X + b1) + b2


def _two_bits(rng: np.random.Generator) -> tuple[int, int]:
    return int(rng.integers(2)), int(rng.integers(2))


_CORNERS = [(0, 0), (0, 1), (1, 0), (1, 1)]


def _shape(right: tuple[int, int], **mistakes: tuple) -> Exercise:
    words = {
        "turned": "rows are where it goes, columns where it comes from",
        "flat": "a bias is a column, with the second side 1",
        "examples": "every example has the same weights: the 10 does not enter",
        "rows": "here the examples are columns",
        "column": "there is a column for each of the 10 examples",
        "layer": "that is the size of another layer",
        "lying": "a bias is a column: the 5 comes first",
        "outputs": "there are two outputs",
    }
    return Exercise(
        answer=right,
        exact=True,
        mistakes={words[name]: lambda shape=shape: shape for name, shape in mistakes.items()},
    )


EXERCISES: dict[str, Exercise | dict[str, Exercise]] = {
    "fp-shapes": {
        "X": _shape((3, 10), rows=(10, 3), column=(3, 1)),
        "W1": _shape((5, 3), turned=(3, 5), examples=(5, 10), layer=(2, 3)),
        "b1": _shape((5, 1), flat=(5,), lying=(1, 5), examples=(5, 10), layer=(3, 1)),
        "A1": _shape((5, 10), rows=(10, 5), column=(5, 1), layer=(3, 10)),
        "W2": _shape((2, 5), turned=(5, 2), examples=(2, 10), layer=(2, 3)),
        "Y_hat": _shape((2, 10), rows=(10, 2), column=(2, 1), outputs=(1, 10), layer=(5, 10)),
    },
    "fp-hand": {
        "z1": Exercise(
            answer=2.3,
            mistakes={
                "you forgot the bias": 1.8,
                "x is (3, 1): the weight 0.4 meets the 3": 2.7,
                "the bias of this neuron is 0.5": 1.6,
                "that is the activation, not the sum": sigmoid(2.3),
            },
        ),
        "z2": Exercise(
            answer=-1.4,
            mistakes={
                "you forgot the bias": -1.2,
                "the bias is −0.2, not 0.2": -1.0,
                "the weight −0.5 is negative": 1.6,
                "x is (3, 1): the weight −0.5 meets the 3": 0.2,
                "that is the activation, not the sum": sigmoid(-1.4),
            },
        ),
        "y_hat": Exercise(
            answer=sigmoid(_hand()),
            mistakes={
                "the hidden layer needs its sigmoid, too": sigmoid(0.7 * 2.3 + 0.56 + 0.1),
                "that is the sum; squash it": _hand,
                "you forgot the bias of the output": sigmoid(_hand() - 0.1),
                "the second output weight is negative": sigmoid(_hand() + 0.8 * sigmoid(-1.4)),
            },
        ),
    },
    "fp-disguise": {
        "w1": Exercise(
            answer=0.48,
            mistakes={
                "−0.4 times −0.5 is positive": 0.08,
                "you left out the second neuron": 0.28,
                "you left out the first neuron": 0.2,
                "that adds the rows, without the weights of layer 2": -0.1,
            },
        ),
        "w2": Exercise(
            answer=0.3,
            mistakes={
                "the second output weight is negative": 0.54,
                "you left out the second neuron": 0.42,
                "you left out the first neuron": -0.12,
                "that adds the rows, without the weights of layer 2": 0.9,
            },
        ),
        "b": Exercise(
            answer=0.53,
            mistakes={
                "the biases of layer 1 go through layer 2": 0.1,
                "multiply the biases of layer 1 by the weights of layer 2": 0.4,
                "you forgot the bias of layer 2": 0.43,
                "−0.4 times −0.2 is positive": 0.37,
            },
        ),
    },
    "fp-rows": Exercise(
        answer=_rows,
        inputs=_table,
        mistakes={
            "the answers are to stand in rows, as the examples do": lambda *given: _rows(*given).T,
            "T has its examples in rows; transpose it, or the weights": _columns,
            "T has its examples in rows; transposing the answer is not enough": lambda *given: (
                _columns(*given).T
            ),
            "the weight of neuron j for input i is W1[j, i]: T @ W1.T": lambda T, W1, b1, W2, b2: (
                _rows(T, W1.T, b1, W2, b2)
            ),
            "b1 is a column and was added along the examples; here it lies down, b1.T": (
                lambda T, W1, b1, W2, b2: sigmoid(sigmoid(T @ W1.T + b1) @ W2.T + b2.T)
            ),
            "the hidden layer lacks its sigmoid": lambda T, W1, b1, W2, b2: sigmoid(
                (T @ W1.T + b1.T) @ W2.T + b2.T
            ),
            "the output lacks its sigmoid": lambda T, W1, b1, W2, b2: (
                sigmoid(T @ W1.T + b1.T) @ W2.T + b2.T
            ),
            "you forgot b1": lambda T, W1, b1, W2, b2: _rows(T, W1, 0 * b1, W2, b2),
            "you forgot b2": lambda T, W1, b1, W2, b2: _rows(T, W1, b1, W2, 0 * b2),
            "you forgot both biases": lambda T, W1, b1, W2, b2: _rows(T, W1, 0 * b1, W2, 0 * b2),
        },
    ),
    "fp-flip": Exercise(
        answer=_turned,
        inputs=_parameters,
        mistakes={
            "turn the bias of the neuron as well": lambda *given: _turned(*given, bias=1),
            "turn its output weights as well": lambda *given: _turned(*given, output=1),
            "that works for tanh; for σ the 1 of 1 − σ(z) goes into b2": lambda *given: _turned(
                *given, carried=0
            ),
            "the sign of what b2 gets is flipped": lambda *given: _turned(*given, carried=-1),
            "what comes behind the neuron must change, too": lambda *given: _turned(
                *given, output=1, carried=0
            ),
            "the 1 is multiplied by the output weights of the neuron on its way": lambda *given: (
                *_turned(*given)[:3],
                given[3] + 1,
            ),
            "keep the column: W2[:, [0]]": lambda *given: (
                *_turned(*given)[:3],
                given[3] + given[2][:, 0],
            ),
            "only the first neuron is turned": lambda W1, b1, W2, b2: (
                -W1,
                -b1,
                -W2,
                b2 + W2.sum(axis=1, keepdims=True),
            ),
            "nothing has been turned": lambda *given: given,
        },
    ),
    "fp-through": Exercise(
        answer=_through,
        inputs=lambda rng: (int(rng.integers(1, 6)),),
        cases=[(1,), (2,)],
        acts=_passed,
        mistakes={
            "one ReLU for each input loses what is negative; add one for −x": _one_each,
            "that gives |x|: the second of each pair is subtracted": lambda n: _through(n, 1, 1),
            "that gives −x": lambda n: _through(n, -1, 1),
            "a bias is a column, (2 n, 1) and (n, 1)": lambda n: tuple(
                part if part.any() else part[:, 0] for part in _through(n)
            ),
            "that gives −|x|: the first of each pair is added": lambda n: _through(n, -1, -1),
        },
    ),
    "pc-xor": Exercise(
        answer=lambda x1, x2: step(x1 + x2 - 2 * (x1 * x2) - 0.5),
        inputs=_two_bits,
        cases=_CORNERS,
        mistakes={
            "that is OR: it must be 0 when both inputs are 1": lambda x1, x2: step(x1 + x2 - 0.5),
            "that is AND": lambda x1, x2: step(x1 + x2 - 1.5),
            "it must be 0 at (0, 0) and at (1, 1)": lambda x1, x2: 1,
            "that is x₁ but not x₂; the other way round counts, too": lambda x1, x2: x1 * (1 - x2),
            "that is x₂ but not x₁; the other way round counts, too": lambda x1, x2: x2 * (1 - x1),
            "the last neuron has a step, too": lambda x1, x2: (x1 | x2) - 2 * (x1 & x2) - 0.5,
            "that is the opposite of XOR": lambda x1, x2: 1 - (x1 ^ x2),
            "that is the opposite of AND: it must be 0 when both inputs are 0": lambda x1, x2: (
                1 - x1 * x2
            ),
            "it must not be 0 everywhere; does the third neuron ever get over its threshold?": (
                lambda x1, x2: 0
            ),
        },
    ),
}
