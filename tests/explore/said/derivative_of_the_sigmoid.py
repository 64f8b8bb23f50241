"""The captions of the chapter on the derivative of the sigmoid, by the hyperbolic functions."""

from __future__ import annotations

from math import cosh, tanh

from tests.explore.said import foresees, says


def sigmoid(z):
    return (1 + tanh(z / 2)) / 2


def slope(z):
    return 1 / (2 * cosh(z / 2)) ** 2


@says("tangent")
def _(z):
    turn = "at its peak" if z == 0 else ["falling", "rising"][z < 0]
    return z, sigmoid(z), slope(z), -slope(z) * tanh(z / 2), f"the slope is {turn}"


@foresees("tangent")
def _():
    steepest = max(slope(z / 100) for z in range(-600, 601))
    return {"1": steepest == 1, "a half": steepest == 1 / 2, "a quarter": steepest == 1 / 4}


@says("factors")
def _(z, x, y):
    wrong = sigmoid(z) if y == 0 else -sigmoid(-z)
    return z, x, y, sigmoid(z), wrong, slope(z), x, wrong * slope(z) * x


@foresees("factors")
def _():
    sizes = [sigmoid(-z) * slope(z) for z in range(-8, 9)]
    far_left = sizes[0] / max(sizes)
    return {
        "the largest of all": far_left > 0.9,
        "half of the largest": 0.4 < far_left < 0.6,
        "almost zero": far_left < 0.01,
    }


@says("stack")
def _(neurons, z, weight):
    part = (weight / 4) ** neurons / cosh(z / 2) ** (2 * neurons)
    turn = ["shrinks it", "makes it larger"][weight > 4 * cosh(z / 2) ** 2]
    turn = "nothing is lost" if (weight, z) == (4, 0) else turn
    turn += " (below the picture)." if part < 1e-13 else "."
    comes_back = (1, 1 / part) if 1e-9 <= part < 1e-4 else (part,)
    row = f"{neurons} neuron{'s' * (neurons > 1)}, weight"
    return row, neurons, weight, z, weight * slope(z), *comes_back, turn


@foresees("stack")
def _():
    enough = next(neurons for neurons in range(100) if slope(0) ** neurons < 1e-6)
    return {"5": enough == 5, "10": enough == 10, "20": enough == 20}
