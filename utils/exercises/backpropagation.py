"""The exercises of the chapter on backpropagation: what they draw, and how they go wrong."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from utils.activations import sigmoid, sigmoid_derivative
from utils.exercises.judging import Exercise

SLOPES = sigmoid_derivative(2.1), sigmoid_derivative(-0.1)
Y_HAT = sigmoid(0.7 * sigmoid(2.1) - 0.4 * sigmoid(-0.1) + 0.1)
DELTA = Y_HAT * Y_HAT * (1 - Y_HAT)


def _network(rng: np.random.Generator) -> tuple[NDArray, ...]:
    """Draw five examples, X and Y, and the parameters of a 2–4–3 network."""
    sizes = (2, 5), (3, 5), (4, 2), (4, 1), (3, 4), (3, 1)
    return tuple(rng.normal(size=size) for size in sizes)


def _moving(rng: np.random.Generator) -> tuple[NDArray, ...]:
    """Draw such a network, and a direction for each of its parameters."""
    given = _network(rng)
    return *given, *(rng.normal(size=part.shape) for part in given[2:])


def _line(rng: np.random.Generator) -> tuple[NDArray, ...]:
    sizes = (4, 2), (3, 4), (3, 2), (2, 5), (4, 5), (3, 5)  # W1, W2, V, X, Z1, dZ2
    return tuple(rng.normal(size=size) for size in sizes)


def _tanh_gradients(
    X: NDArray,
    Y: NDArray,
    W1: NDArray,
    b1: NDArray,
    W2: NDArray,
    b2: NDArray,
    sign: int = 1,
    mean: bool = True,
    slope: str = "tanh",
    squash: bool = False,
) -> tuple[NDArray, ...]:
    """Return the four gradients, or what a likely slip makes of them."""
    A1 = np.tanh(W1 @ X + b1)
    Z2 = W2 @ A1 + b2
    dZ2 = sign * (sigmoid(Z2) - Y if squash else Z2 - Y) / (Y.shape[1] if mean else 1)
    slopes = {
        "tanh": 1 - A1**2,
        "none": 1,
        "sigmoid": sigmoid_derivative(W1 @ X + b1),
        "of A": 1 - np.tanh(A1) ** 2,
    }
    dZ1 = (W2.T @ dZ2) * slopes[slope]
    sums = [dZ.sum(axis=1, keepdims=True) for dZ in (dZ1, dZ2)]
    return dZ1 @ X.T, sums[0], dZ2 @ A1.T, sums[1]


def _flat(*given: NDArray) -> tuple[NDArray, ...]:
    dW1, db1, dW2, db2 = _tanh_gradients(*given)
    return dW1, db1[:, 0], dW2, db2[:, 0]


def _other_order(*given: NDArray) -> tuple[NDArray, ...]:
    dW1, db1, dW2, db2 = _tanh_gradients(*given)
    return dW2, db2, dW1, db1


def _line_gradients(
    W1: NDArray,
    W2: NDArray,
    V: NDArray,
    X: NDArray,
    Z1: NDArray,
    dZ2: NDArray,
    hidden: float = 1,
    past: float = 1,
    sloped: bool = True,
) -> tuple[NDArray, NDArray]:
    dZ1 = (W2.T @ dZ2) * (sigmoid_derivative(Z1) if sloped else 1)
    return dZ2 @ X.T, hidden * W1.T @ dZ1 + past * V.T @ dZ2


def _slope(
    X: NDArray,
    Y: NDArray,
    W1: NDArray,
    b1: NDArray,
    W2: NDArray,
    b2: NDArray,
    V1: NDArray,
    c1: NDArray,
    V2: NDArray,
    c2: NDArray,
    carried: float = 1,
    own: float = 1,
    sloped: bool = True,
    mean: bool = True,
    biases: float = 1,
) -> float:
    """Return how fast the cost moves, or what a likely slip makes of it."""
    Z1 = W1 @ X + b1
    A1 = sigmoid(Z1)
    Z2 = W2 @ A1 + b2
    A1_rate = (sigmoid_derivative(Z1) if sloped else 1) * (V1 @ X + biases * c1)
    Z2_rate = own * V2 @ A1 + carried * W2 @ A1_rate + biases * c2
    dZ2 = -(Y - sigmoid(Z2)) * sigmoid_derivative(Z2) / (Y.shape[1] if mean else 1)
    return np.sum(dZ2 * Z2_rate)


def _word(right: str, **mistakes: str) -> Exercise:
    """Ask for a word; a mistake is a wrong word, and what to say to it."""
    return Exercise(answer=right, mistakes={words: word for word, words in mistakes.items()})


def _vanishes(right: str, hint: str) -> Exercise:
    wrong = {"zero": "not zero", "not zero": "zero"}[right]
    return Exercise(answer=right, mistakes={hint: wrong})


EXERCISES: dict[str, Exercise | dict[str, Exercise]] = {
    "bp-paths": {
        "weight of layer 2": Exercise(
            answer=1,
            mistakes={
                "a weight of layer 2 ends in one output, not in both": 2,
                "a weight is one line, however many neurons there are": 4,
                "that counts all weights of the layer": 8,
                "the loss is reached, so there is a path": 0,
            },
        ),
        "weight of layer 1": Exercise(
            answer=2,
            mistakes={
                "its hidden neuron speaks to both outputs": 1,
                "a weight of layer 1 ends in one hidden neuron, not in all four": 8,
                "there are two outputs; four is the number of hidden neurons": 4,
                "that counts all weights of the layer": 12,
            },
        ),
        "input": Exercise(
            answer=8,
            mistakes={
                "each hidden neuron speaks to both outputs": 4,
                "the input speaks to all four hidden neurons": 2,
                "multiply the choices on the way, do not add them": 6,
                "that is from all three inputs": 24,
            },
        ),
    },
    "bp-cost": {
        "passes": Exercise(
            answer=101_771,
            rtol=0,
            mistakes={
                "one pass more, for the loss as it is": 101_770,
                "the biases are parameters, too": 101_633,
                "a forward difference takes one pass for each parameter, not two": 203_540,
                "that is the number of multiply-adds of one pass": 101_632,
            },
        ),
        "multiply-adds": Exercise(
            answer=204_544,
            rtol=0,
            mistakes={
                "nobody asks for the derivative by the data: leave that product out": 304_896,
                "that is the way back alone": 102_912,
                "the way back has two products in the last layer": 203_264,
                "that is the way forward alone": 101_632,
                "the product that is left out is that of the first layer": 303_616,
            },
        ),
    },
    "bp-hand": {
        "delta 2": Exercise(
            answer=DELTA,
            rtol=5e-3,
            mistakes={
                "the sign is flipped": -DELTA,
                "you forgot the slope σ′": Y_HAT,
                "that is for the target 1": -((1 - Y_HAT) ** 2) * Y_HAT,
                "that is the slope alone": Y_HAT * (1 - Y_HAT),
                "the slope of the sigmoid is ŷ (1 − ŷ)": Y_HAT**2,
            },
        ),
        "delta 1, first": Exercise(
            answer=0.7 * DELTA * SLOPES[0],
            rtol=5e-3,
            mistakes={
                "the sign is flipped": -0.7 * DELTA * SLOPES[0],
                "you forgot the slope of the hidden neuron": 0.7 * DELTA,
                "you forgot the weight": DELTA * SLOPES[0],
                "that is the slope of the other neuron": 0.7 * DELTA * SLOPES[1],
                "the weight is 0.7; −0.4 belongs to the other neuron": -0.4 * DELTA * SLOPES[0],
            },
        ),
        "delta 1, second": Exercise(
            answer=-0.4 * DELTA * SLOPES[1],
            rtol=5e-3,
            mistakes={
                "the weight −0.4 is negative": 0.4 * DELTA * SLOPES[1],
                "you forgot the slope of the hidden neuron": -0.4 * DELTA,
                "you forgot the weight": DELTA * SLOPES[1],
                "that is the slope of the other neuron": -0.4 * DELTA * SLOPES[0],
                "the weight is −0.4; 0.7 belongs to the other neuron": 0.7 * DELTA * SLOPES[1],
            },
        ),
    },
    "bp-errors": {
        "A": _word(
            "transpose",
            axis="nothing is added over an axis here",
            slope="the slope is there; look at the sum over the outputs",
            twice="nothing is divided here; look at the shapes",
        ),
        "B": _word(
            "twice",
            axis="nothing is added over an axis here",
            slope="the slope is in dZ2 already, and so is something else",
            transpose="the transpose is where it should be",
        ),
        "C": _word(
            "slope",
            axis="nothing is added over an axis here",
            transpose="the transpose is where it should be",
            twice="nothing is divided here; look at the second factor",
        ),
        "D": _word(
            "axis",
            slope="the slope is in dZ1 already",
            transpose="there is no product here; over what does a bias add?",
            twice="nothing is divided here; over what does a bias add?",
        ),
    },
    "bp-zero": {
        "W1": _vanishes("zero", "every path from layer 1 goes through W2, and W2 is zero"),
        "b1": _vanishes("zero", "its paths go through W2, as those of W1 do"),
        "W2": _vanishes("not zero", "its paths go through the activations, not through W2 itself"),
        "b2": _vanishes("not zero", "its gradient is the sum of the error signals"),
    },
    "bp-tanh": Exercise(
        answer=_tanh_gradients,
        inputs=_network,
        mistakes={
            "the sign is flipped": lambda *given: _tanh_gradients(*given, sign=-1),
            "you forgot the 1/m of the mean": lambda *given: _tanh_gradients(*given, mean=False),
            "you forgot the slope of tanh": lambda *given: _tanh_gradients(*given, slope="none"),
            "that is the slope of the sigmoid": lambda *given: _tanh_gradients(
                *given, slope="sigmoid"
            ),
            "A1 is the tanh already: its slope is 1 − A1²": lambda *given: _tanh_gradients(
                *given, slope="of A"
            ),
            "the output has no activation": lambda *given: _tanh_gradients(*given, squash=True),
            "keep the biases columns, with keepdims": _flat,
            "the order is W1, b1, W2, b2": _other_order,
        },
    ),
    "bp-line": Exercise(
        answer=_line_gradients,
        inputs=_line,
        mistakes={
            "the input has another way, past the hidden layer": lambda *given: _line_gradients(
                *given, past=0
            ),
            "the input has another way, through the hidden layer": lambda *given: _line_gradients(
                *given, hidden=0
            ),
            "the way through layer 1 lacks its slope": lambda *given: _line_gradients(
                *given, sloped=False
            ),
            "add over paths, do not subtract": lambda *given: _line_gradients(*given, past=-1),
            "the sign is flipped": lambda *given: tuple(-g for g in _line_gradients(*given)),
            "the gradient of V is transposed": lambda *given: (
                _line_gradients(*given)[0].T,
                _line_gradients(*given)[1],
            ),
            "the order is V, then X": lambda *given: _line_gradients(*given)[::-1],
        },
    ),
    "bp-forward": Exercise(
        answer=_slope,
        inputs=_moving,
        mistakes={
            "the sign is flipped": lambda *given: -_slope(*given),
            "you forgot what layer 1 carries on: W2 times the rate of A1": lambda *given: _slope(
                *given, carried=0
            ),
            "W2 moves as well: V2 times A1": lambda *given: _slope(*given, own=0),
            "the rate of A1 lacks the slope σ′": lambda *given: _slope(*given, sloped=False),
            "you forgot the 1/m of the mean": lambda *given: _slope(*given, mean=False),
            "the biases move, too": lambda *given: _slope(*given, biases=0),
        },
    ),
}
