"""The exercises of the chapter on training a network: what they draw, and how they go wrong."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from utils.activations import sigmoid, sigmoid_derivative
from utils.judging import Exercise
from utils.network import forward, initial_parameters


def _network(rng: np.random.Generator) -> tuple[NDArray, ...]:
    """Draw five examples, X and Y, and the parameters of a 2–4–3 network."""
    sizes = (2, 5), (3, 5), (4, 2), (4, 1), (3, 4), (3, 1)
    return tuple(rng.normal(size=size) for size in sizes)


def _moving(rng: np.random.Generator) -> tuple[NDArray, ...]:
    """Draw such a network, and a direction for each of its parameters."""
    given = _network(rng)
    return *given, *(rng.normal(size=part.shape) for part in given[2:])


def _deep(rng: np.random.Generator) -> tuple:
    """Draw five examples, and the parameters of a network of one to three layers, in pairs."""
    sizes = (2, *(4, 4)[: rng.integers(3)], 3)
    parameters = initial_parameters(sizes, seed=int(rng.integers(1000)))
    parameters = [(W, rng.normal(size=b.shape)) for W, b in parameters]
    return rng.normal(size=(2, 5)), rng.normal(size=(3, 5)), parameters


def _line(rng: np.random.Generator) -> tuple[NDArray, ...]:
    sizes = (4, 2), (3, 4), (3, 2), (2, 5), (4, 5), (3, 5)  # W1, W2, V, X, Z1, dZ2
    return tuple(rng.normal(size=size) for size in sizes)


def _deep_gradients(
    X: NDArray,
    Y: NDArray,
    parameters: list[tuple[NDArray, NDArray]],
    scale: Callable[[int], float] = lambda m: 1 / m,
    last: Callable[[NDArray], NDArray] = lambda Z: Z,
    slope: Callable[[NDArray, NDArray], NDArray | int] = lambda Z, A: 1 - A**2,
    add: Callable[[NDArray], NDArray] = lambda dZ: dZ.sum(axis=1, keepdims=True),
) -> tuple[NDArray, ...]:
    """Return dW and db of each layer in a row, or what a likely slip makes of them."""
    count = len(parameters)
    Z, A = forward(parameters, X, [np.tanh] * (count - 1) + [last])
    dZ, found = scale(Y.shape[1]) * (A[-1] - Y), []
    for k in reversed(range(count)):
        found = [dZ @ A[k].T, add(dZ), *found]
        if k > 0:
            dZ = (parameters[k][0].T @ dZ) * slope(Z[k], A[k])
    return tuple(found)


def _slip(**slips: Callable) -> Callable[..., tuple[NDArray, ...]]:
    return lambda *given: _deep_gradients(*given, **slips)


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
    last: bool = True,
) -> float:
    """Return how fast the cost moves, or what a likely slip makes of it."""
    Z1 = W1 @ X + b1
    A1 = sigmoid(Z1)
    Z2 = W2 @ A1 + b2
    A1_rate = (sigmoid_derivative(Z1) if sloped else 1) * (V1 @ X + biases * c1)
    Z2_rate = own * V2 @ A1 + carried * W2 @ A1_rate + biases * c2
    dZ2 = (sigmoid(Z2) - Y) * (sigmoid_derivative(Z2) if last else 1)
    dZ2 = dZ2 / (Y.shape[1] if mean else 1)
    return np.sum(dZ2 * Z2_rate)


def _word(right: str, **mistakes: str) -> Exercise:
    """Ask for a word; a mistake is a wrong word, and what to say to it."""
    return Exercise(answer=right, mistakes={words: word for word, words in mistakes.items()})


EXERCISES: dict[str, Exercise | dict[str, Exercise]] = {
    "bp-cost": {
        "passes": Exercise(
            answer=101_771,
            exact=True,
            mistakes={
                "one pass more, for the loss as it is": 101_770,
                "the biases are parameters, too": 101_633,
                "a forward difference takes one pass for each parameter, not two": 203_540,
                "that is the number of multiply-adds of one pass": 101_632,
            },
        ),
        "multiply-adds": Exercise(
            answer=204_544,
            exact=True,
            mistakes={
                "nobody asks for the derivative by the data: leave that product out": 304_896,
                "that is the way back alone": 102_912,
                "the way back has two products in the last layer": 203_264,
                "that is the way forward alone": 101_632,
                "the product that is left out is that of the first layer": 303_616,
            },
        ),
    },
    "bp-batch": {
        "cost": _word(
            "same",
            half="the sum of the losses doubles, and so does m",
            twice="the sum of the losses doubles, and so does m",
        ),
        "entries": _word(
            "half",
            same="each entry has the factor 1/m",
            twice="the factor is 1/m, not m",
        ),
        "gradient": _word(
            "same",
            half="it adds up twice as many entries",
            twice="it adds up twice as many entries, each half as large",
        ),
    },
    "bp-errors": {
        "A": _word(
            "transpose",
            axis="nothing is added over an axis here",
            product="the slope is entry by entry, as it should be; look at W2",
            slope="the slope is there; look at the sum over the outputs",
            twice="nothing is divided here; look at the shapes",
        ),
        "B": _word(
            "twice",
            axis="nothing is added over an axis here",
            product="this product adds over the examples, as it should",
            slope="the slope is in dZ2 already, and so is something else",
            transpose="the transpose is where it should be",
        ),
        "C": _word(
            "slope",
            axis="nothing is added over an axis here",
            product="the second product is entry by entry, as it should be",
            transpose="the transpose is where it should be",
            twice="nothing is divided here; look at the second factor",
        ),
        "D": _word(
            "axis",
            product="there is no product here; over what does a bias add?",
            slope="the slope is in dZ1 already",
            transpose="there is no product here; over what does a bias add?",
            twice="nothing is divided here; over what does a bias add?",
        ),
        "E": _word(
            "product",
            axis="nothing is added over an axis here",
            slope="the slope is there; how does it come in?",
            transpose="the transpose is where it should be",
            twice="nothing is divided here; look at the second product",
        ),
    },
    "bp-plateaus": {
        "one half": Exercise(
            answer=np.log(2) / 4,
            mistakes={
                "the cost is the mean over four corners": np.log(2),
                "the sign is flipped": -np.log(2) / 4,
                "three corners cost nothing, and one costs ln 2": 3 * np.log(2) / 4,
                "one half is the answer; its loss is minus the logarithm": 1 / 8,
                "the logarithm is the natural one": 1 / 4,
                "that is for two corners": np.log(2) / 2,
            },
        ),
        "two thirds": Exercise(
            answer=(2 * np.log(3 / 2) + np.log(3)) / 4,
            mistakes={
                "the cost is the mean over four corners": 2 * np.log(3 / 2) + np.log(3),
                "the mean is over four corners, the sure one too": (2 * np.log(3 / 2) + np.log(3))
                / 3,
                "the sign is flipped": -(2 * np.log(3 / 2) + np.log(3)) / 4,
                "the corner with the target 0 gets 1/3 for the right answer": 3 * np.log(3 / 2) / 4,
                "that is for the targets 1, 0, 0": (np.log(3 / 2) + 2 * np.log(3)) / 4,
                "the logarithm is the natural one": (2 * np.log2(3 / 2) + np.log2(3)) / 4,
            },
        ),
        "corners": Exercise(
            answer=3,
            exact=True,
            mistakes={
                "four of them would cost ln 2 = 0.69": 4,
                "two of them would cost ½ ln 2 = 0.35": 2,
                "one of them would cost ¼ ln 2 = 0.17": 1,
            },
        ),
    },
    "bp-deep": Exercise(
        answer=_deep_gradients,
        inputs=_deep,
        mistakes={
            "the sign is flipped": _slip(scale=lambda m: -1 / m),
            "you forgot the 1/m of the mean": _slip(scale=lambda m: 1),
            "the 1/m is there twice": _slip(scale=lambda m: 1 / m**2),
            "the half in the cost takes the 2 away": _slip(scale=lambda m: 2 / m),
            "you forgot the slope of tanh": _slip(slope=lambda Z, A: 1),
            "that is the slope of the sigmoid": _slip(slope=lambda Z, A: sigmoid_derivative(Z)),
            "A (1 − A) is the slope of the sigmoid, not of tanh": _slip(
                slope=lambda Z, A: A * (1 - A)
            ),
            "A is the tanh already: its slope is 1 − A²": _slip(
                slope=lambda Z, A: 1 - np.tanh(A) ** 2
            ),
            "the output has no activation, and you gave it a sigmoid": _slip(last=sigmoid),
            "the output has no activation, and you gave it tanh": _slip(last=np.tanh),
            "sum over the examples: the 1/m is in dZ already": _slip(
                add=lambda dZ: dZ.mean(axis=1, keepdims=True)
            ),
            "a bias adds over the examples only: axis 1, with keepdims": _slip(
                add=lambda dZ: dZ.sum()
            ),
            "keep the biases columns, with keepdims": _slip(add=lambda dZ: dZ.sum(axis=1)),
            "the gradients are transposed: each has the shape of its parameter": lambda *given: (
                tuple(g.T for g in _deep_gradients(*given))
            ),
            "begin the list with layer 1": lambda *given: tuple(
                g
                for at in reversed(range(0, 2 * len(given[2]), 2))
                for g in _deep_gradients(*given)[at : at + 2]
            ),
            "a layer has W first, and the list begins with layer 1": lambda *given: _deep_gradients(
                *given
            )[::-1],
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
            "sigmoid(Z1) is the activation, not its slope": lambda *given: (
                _line_gradients(*given)[0],
                given[0].T @ ((given[1].T @ given[5]) * sigmoid(given[4])) + given[2].T @ given[5],
            ),
            "dZ2 has its 1/m already": lambda *given: tuple(
                g / given[3].shape[1] for g in _line_gradients(*given)
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
            "the half in the cost takes the 2 away": lambda *given: 2 * _slope(*given),
            "the output lacks its slope σ′": lambda *given: _slope(*given, last=False),
            "add up the entries: the mean over the examples is in the 1/m": lambda *given: (
                _slope(*given) / given[1].size
            ),
        },
    ),
}
