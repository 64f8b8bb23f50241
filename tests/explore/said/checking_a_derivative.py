"""The captions of the chapter on checking a derivative."""

from __future__ import annotations

from math import cosh, floor, log10

from mpmath import mp

from tests.explore.said import foresees, says
from utils.activations import sigmoid

CLAIMS = {"A": -0.021207, "B": 0.010604, "C": -0.022505, "D": -0.010604, "E": -0.109097}


@says("zoom")
def _(exponent, claim):
    """How a float is rounded only floats can tell: the loss is that of the book, place by place."""
    h = 10.0**exponent
    places = [0.4 + h * (k / 40 - 1) for k in range(81)]
    losses = [float((1 - sigmoid(place + 1.2 + 0.5)) ** 2 / 2) for place in places]
    slopes = (losses[40] - losses[0]) / h, (losses[80] - losses[40]) / h
    measured, levels = sum(slopes) / 2, len(set(losses))
    if levels < 40:
        shape = ("rounded to one number",) if levels == 1 else ("a staircase of", levels)
    elif abs(slopes[0] - slopes[1]) <= 0.01 * abs(measured):
        shape = ("as good as a straight line",)
    else:
        shape = ("a curve" if exponent > -8 else "begins to crumble",)
    return h, 0.4, *shape, measured, f"claim {claim} says", CLAIMS[claim]


@foresees("zoom")
def _():
    h = 1e-15
    losses = [float((1 - sigmoid(0.4 + h * (k / 40 - 1) + 1.7)) ** 2 / 2) for k in range(81)]
    levels = len(set(losses))
    return {
        "it is a straight line": levels > 40,
        "it is bent again": 5 < levels <= 40,
        "it is a staircase": 1 < levels <= 5,
    }


def ideal(z):
    """Return the sigmoid to the last digit of a float."""
    with mp.workdps(40):
        value = 1 / (1 + mp.exp(-mp.mpmathify(z)))
    return complex(value) if isinstance(z, complex) else float(value)


@says("step-size")
def _(exponent, method, z):
    h = 10.0**exponent
    slope = {
        "forward": lambda: (ideal(z + h) - ideal(z)) / h,
        "central": lambda: (ideal(z + h) - ideal(z - h)) / (2 * h),
        "complex": lambda: ideal(z + 1j * h).imag / h,
    }[method]()
    error = abs(slope * (2 * cosh(z / 2)) ** 2 - 1)
    digits = floor(-log10(max(error, 1e-16)) + 1e-9)
    if slope == 0:
        story = ("are rounded to one number, so nothing is right",)
    elif digits < 1:
        story = ("not one digit is right",)
    else:
        story = (min(digits, 15), "digits or more are" if digits > 14 else "right")
    return method.capitalize(), z, h, slope, *story


@foresees("step-size")
def _():
    """Of all powers of ten, the best, to within a factor of ten."""
    error = {
        k: abs((ideal(2 + 10.0**k) - ideal(2 - 10.0**k)) / (2 * 10.0**k) * (2 * cosh(1)) ** 2 - 1)
        for k in range(-16, 0)
    }
    best = min(error, key=error.get)
    choices = {"0.1": -1, "0.00001": -5, "0.000000000000001": -15}
    return {answer: abs(k - best) <= 1 for answer, k in choices.items()}
