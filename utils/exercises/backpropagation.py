"""The exercises of the chapter on backpropagation: what they draw, and how they go wrong."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from utils.activations import sigmoid, sigmoid_derivative
from utils.judging import Exercise

SLOPES = sigmoid_derivative(2.1), sigmoid_derivative(-0.1)
Y_HAT = sigmoid(0.7 * sigmoid(2.1) - 0.4 * sigmoid(-0.1) + 0.1)
DELTA = Y_HAT * Y_HAT * (1 - Y_HAT)  # of the output, for the target 0
DELTA1 = 0.7 * DELTA * SLOPES[0]
A1 = sigmoid(2.1)


def _numbers(count: int) -> Callable[[np.random.Generator], tuple[float, ...]]:
    """Return what draws so many numbers."""
    return lambda rng: tuple(rng.normal(size=count))


def _again(
    w: float,
    x: float,
    y: float,
    outer: float = 1,
    inner: float = 1,
    sloped: bool = True,
    weighted: bool = True,
) -> float:
    """Return the slope for a weight in two places, or what a likely slip makes of it."""
    a = sigmoid(w * x)
    y_hat = sigmoid(w * a)
    delta2 = (y_hat - y) * sigmoid_derivative(w * a)
    delta1 = (sigmoid_derivative(w * x) if sloped else 1) * (w if weighted else 1) * delta2
    return outer * delta2 * a + inner * delta1 * x


def _lateral(
    z1: float,
    z2: float,
    v1: float,
    v2: float,
    u: float,
    delta: float,
    past: float = 1,
    through: float = 1,
    sloped: bool = True,
) -> tuple[float, float, float]:
    """Return two error signals and a gradient, or what a likely slip makes of them."""
    slope1, slope2 = (sigmoid_derivative(z) if sloped else 1 for z in (z1, z2))
    second = slope2 * v2 * delta
    first = slope1 * (past * v1 * delta + through * u * second)
    return first, second, second * sigmoid(z1)


def _turned(
    z1: float, z2: float, v1: float, v2: float, u: float, delta: float
) -> tuple[float, float, float]:
    """Return what comes of an arrow from the second to the first."""
    second, first, slope = _lateral(z2, z1, v2, v1, u, delta)
    return first, second, slope


def _vanishes(right: str, hint: str) -> Exercise:
    wrong = {"zero": "not zero", "not zero": "zero"}[right]
    return Exercise(answer=right, mistakes={hint: wrong})


EXERCISES: dict[str, Exercise | dict[str, Exercise]] = {
    "bp-paths": {
        "weight of layer 2": Exercise(
            answer=1,
            exact=True,
            mistakes={
                "a weight of layer 2 ends in one output, not in both": 2,
                "a weight is one line, however many neurons there are": 4,
                "that counts all weights of the layer": 8,
                "the loss is reached, so there is a path": 0,
            },
        ),
        "weight of layer 1": Exercise(
            answer=2,
            exact=True,
            mistakes={
                "its hidden neuron speaks to both outputs": 1,
                "a weight of layer 1 ends in one hidden neuron, not in all four": 8,
                "there are two outputs; four is the number of hidden neurons": 4,
                "that counts all weights of the layer": 12,
            },
        ),
        "input": Exercise(
            answer=8,
            exact=True,
            mistakes={
                "each hidden neuron speaks to both outputs": 4,
                "the input speaks to all four hidden neurons": 2,
                "multiply the choices on the way, do not add them": 6,
                "that is from all three inputs": 24,
            },
        ),
    },
    "bp-hand": {
        "delta 2": Exercise(
            answer=DELTA,
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
            mistakes={
                "the sign is flipped": -0.7 * DELTA * SLOPES[0],
                "you forgot the slope of the hidden neuron": 0.7 * DELTA,
                "you forgot the weight": DELTA * SLOPES[0],
                "that is for the target 1": -0.7 * (1 - Y_HAT) ** 2 * Y_HAT * SLOPES[0],
                "that is the slope of the other neuron": 0.7 * DELTA * SLOPES[1],
                "the weight is 0.7; −0.4 belongs to the other neuron": -0.4 * DELTA * SLOPES[0],
            },
        ),
        "delta 1, second": Exercise(
            answer=-0.4 * DELTA * SLOPES[1],
            mistakes={
                "the weight −0.4 is negative": 0.4 * DELTA * SLOPES[1],
                "you forgot the slope of the hidden neuron": -0.4 * DELTA,
                "you forgot the weight": DELTA * SLOPES[1],
                "that is for the target 1": 0.4 * (1 - Y_HAT) ** 2 * Y_HAT * SLOPES[1],
                "that is the slope of the other neuron": -0.4 * DELTA * SLOPES[0],
                "the weight is −0.4; 0.7 belongs to the other neuron": 0.7 * DELTA * SLOPES[1],
            },
        ),
    },
    "bp-hand-step": {
        "w2_11": Exercise(
            answer=0.7 - 0.1 * DELTA * A1,
            digits=4,
            mistakes={
                "the step goes down: subtract": 0.7 + 0.1 * DELTA * A1,
                "you forgot the rate 0.1": 0.7 - DELTA * A1,
                "times what came in, the activation 0.8909": 0.7 - 0.1 * DELTA,
                "that is the gradient": DELTA * A1,
                "that is for the target 1": 0.7 + 0.1 * (1 - Y_HAT) ** 2 * Y_HAT * A1,
            },
        ),
        "w1_12": Exercise(
            answer=0.6 - 0.1 * DELTA1 * 2,
            digits=4,
            mistakes={
                "the step goes down: subtract": 0.6 + 0.1 * DELTA1 * 2,
                "you forgot the rate 0.1": 0.6 - DELTA1 * 2,
                "what came in is the second input, 2": 0.6 - 0.1 * DELTA1,
                "that is the gradient": DELTA1 * 2,
                "that is for the target 1": 0.6 + 0.1 * DELTA1 * 2 * (1 - Y_HAT) / Y_HAT,
            },
        ),
    },
    "bp-zero": {
        "W1": _vanishes("zero", "every path from layer 1 goes through W2, and W2 is zero"),
        "b1": _vanishes("zero", "its paths go through W2, as those of W1 do"),
        "W2": _vanishes("not zero", "its paths go through the activations, not through W2 itself"),
        "b2": _vanishes("not zero", "its gradient is the sum of the error signals"),
    },
    "bp-again": Exercise(
        answer=_again,
        inputs=_numbers(3),
        mistakes={
            "the sign is flipped": lambda *given: -_again(*given),
            "that is the path through layer 2 alone: add the one through layer 1": (
                lambda *given: _again(*given, inner=0)
            ),
            "that is the path through layer 1 alone: add the one through layer 2": (
                lambda *given: _again(*given, outer=0)
            ),
            "the way back to layer 1 lacks the slope σ′(w x)": lambda *given: _again(
                *given, sloped=False
            ),
            "the way back to layer 1 goes through the weight w": lambda *given: _again(
                *given, weighted=False
            ),
            "add over paths, do not subtract": lambda *given: _again(*given, inner=-1),
        },
    ),
    "bp-lateral": Exercise(
        answer=_lateral,
        inputs=_numbers(6),
        mistakes={
            "neuron 1 has another way to the loss, through neuron 2": lambda *given: _lateral(
                *given, through=0
            ),
            "neuron 1 still speaks to the output, too": lambda *given: _lateral(*given, past=0),
            "add over paths, do not subtract": lambda *given: _lateral(*given, through=-1),
            "an error signal has the slope σ′ of its neuron": lambda *given: _lateral(
                *given, sloped=False
            ),
            "the line runs from neuron 1 to neuron 2": _turned,
            "times u comes the error signal of neuron 2, not that of the output": (
                lambda z1, z2, v1, v2, u, delta: (
                    sigmoid_derivative(z1) * (v1 + u) * delta,
                    *_lateral(z1, z2, v1, v2, u, delta)[1:],
                )
            ),
            "the gradient of u has the activation of neuron 1, not its sum": (
                lambda z1, *rest: (*_lateral(z1, *rest)[:2], _lateral(z1, *rest)[1] * z1)
            ),
            "the error signal at the end of u is that of neuron 2": (
                lambda z1, *rest: (
                    *_lateral(z1, *rest)[:2],
                    _lateral(z1, *rest)[0] * sigmoid(z1),
                )
            ),
            "the signs are flipped": lambda *given: tuple(-g for g in _lateral(*given)),
        },
    ),
}
