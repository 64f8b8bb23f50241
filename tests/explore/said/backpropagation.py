"""The captions of the chapter on backpropagation."""

from __future__ import annotations

import numpy as np
from scipy.optimize import approx_fprime
from scipy.special import expit

from tests.explore.said import foresees, says

#: The weights into the first hidden neuron and into the second, the two biases, and the output's.
NINE = np.array([0.4, 0.6, -0.5, 0.3, 0.5, -0.2, 0.7, -0.4, 0.1])


def prediction(nine, x1=1):
    w11, w12, w21, w22, b1, b2, v1, v2, c = nine
    first, second = expit(w11 * x1 + w12 * 2 + b1), expit(w21 * x1 + w22 * 2 + b2)
    return expit(v1 * first + v2 * second + c)


def loss(nine, x1=1, y=1):
    return (y - prediction(nine, x1)) ** 2 / 2


@says("blame")
def _(parameter, turn):
    turned = loss(NINE + turn * np.eye(9)[parameter])
    change = turned - loss(NINE)
    slope = ("At", 0, "the slope is", approx_fprime(NINE, loss, 1e-7)[parameter])
    if turn == 0:
        return turn, turned, "as it was", *slope
    if abs(change) < 0.00005:
        return turn, turned, "a change of less than", 0.0001, *slope
    return turn, turned, f"a change of {'+' if change > 0 else '−'}", change, *slope


@foresees("blame")
def _():
    slopes = np.abs(approx_fprime(NINE, loss, 1e-7))
    hidden, output = slopes[:6], slopes[6:]
    alike = slopes.max() < 2 * slopes.min()
    return {
        "one of the output": output.max() > hidden.max() and not alike,
        "one of the hidden layer": hidden.max() > output.max() and not alike,
        "all do about as much": alike,
    }


@says("walk")
def _(step, x1, target):
    slopes = approx_fprime(NINE, lambda nine: loss(nine, x1, target), 1e-7)
    now = NINE - 0.1 * slopes if step == 11 else NINE
    y_hat, missed = prediction(now, x1), loss(now, x1, target)
    words = [
        ("input, the weights",),
        ("Forward: sums z and activations of layer", 1),
        ("Forward: the prediction", y_hat),
        ("loss is", missed),
        ("slope of the loss",),
        ("Times the slope of σ: δ of the output",),
        ("what came in: gradients of layer", 2),
        ("Through the weights",),
        ("Times the slopes: δ of the hidden neurons",),
        ("the inputs: gradients of layer", 1),
        ("less", 0.1),
        ("Forward again", y_hat, missed),
        *((f"path of the weight x{i} to a{j}",) for j in "₁₂" for i in "₁₂"),
        *((f"path of the weight a{j} to ŷ",) for j in "₁₂"),
    ]
    return step, target, *words[step]


@foresees("walk")
def _():
    one, zero = (approx_fprime(NINE, lambda nine: loss(nine, 1, y), 1e-7) for y in (1, 0))  # noqa: B023
    turned = one * zero < 0
    return {
        "none": not turned.any(),
        "only those of the output": turned[6:].all() and not turned[:6].any(),
        "all": turned.all(),
    }
