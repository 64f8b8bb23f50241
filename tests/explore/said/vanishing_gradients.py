"""The captions of the chapter on vanishing and exploding gradients."""

from __future__ import annotations

import numpy as np
from scipy.special import expit

from tests.explore.said import SAID, foresees, says
from utils.data import moons

G = {"sigmoid": expit, "tanh": np.tanh, "ReLU": lambda z: z * (z > 0)}
SLOPE_FROM_OUTPUT = {
    "sigmoid": lambda a: a * (1 - a),
    "tanh": lambda a: (1 - a) * (1 + a),
    "ReLU": lambda a: a > 0,
}


def points():
    X, y = moons(100)
    return (X - X.mean(axis=1, keepdims=True)) / X.std(axis=1, keepdims=True), y


def first_weights(layers, scale, seed=0):
    """Draw those of layers of 16 neurons, after 2 features, by LeCun's rule, and scale them."""
    rng, n_in = np.random.default_rng(seed), 2
    for n_out in [16] * (layers - 1) + [1]:
        yield scale * rng.normal(scale=n_in**-0.5, size=(n_out, n_in))
        n_in = n_out


@says("layers")
def _(layers, activation, scale):
    """Carry the change of each entry of the sums of layer 1 forward, by the chain rule."""
    X, y = points()
    W = list(first_weights(layers, scale))
    outputs = [X]
    for weights in W[:-1]:
        outputs.append(G[activation](weights @ outputs[-1]))
    end = (expit(W[-1] @ outputs[-1]) - y)[0] / 100
    square = 0.0
    for example in range(100):
        changes = np.eye(16)
        for weights, output in zip(W[1:], outputs[1:], strict=True):
            slopes = SLOPE_FROM_OUTPUT[activation](output[:, example])
            changes = weights @ (slopes[:, None] * changes)
        square += np.sum((end[example] * changes) ** 2)
    part = np.sqrt(square / np.sum(end**2))
    for below, story in ((1e-3, "vanishes"), (0.1, "shrinks"), (10, "arrives"), (1e3, "grows")):
        if part < below:
            return layers, f" {activation},", scale, part, f"It {story}."
    return layers, f" {activation},", scale, part, "It explodes."


@foresees("layers")
def _():
    part = SAID["layers"](12, "sigmoid", 1)[3]
    return {
        "a hundredth": 1 / 300 < part < 1 / 30,
        "a thousandth": 1 / 3000 < part < 1 / 300,
        "less than a millionth": part < 1e-6,
    }


@says("histograms")
def _(activation, scale):
    """A slope below a tenth of that at 0 is an output within 1 − √0.9 of the range's halves."""
    A, _ = points()
    for weights in list(first_weights(20, scale))[:19]:
        A = G[activation](weights @ A)
    middle, half = {"sigmoid": (0.5, 0.5), "tanh": (0, 1)}[activation]
    flat = 100 * np.mean(np.abs(A - middle) > half * 0.9**0.5)
    spread = np.mean(np.sqrt(np.mean((A - A.mean(axis=1, keepdims=True)) ** 2, axis=1)))
    shown = ["varies by less than a billionth"] if spread < 1e-9 else [spread]
    return activation.capitalize(), scale, 19, flat, *shown


@foresees("histograms")
def _():
    A, _ = points()
    for weights in list(first_weights(20, 0.25))[:19]:
        A = expit(weights @ A)
    near = {place: np.mean(np.abs(A - place) < 0.2) for place in (0, 0.5, 1)}
    return {
        "at 0": near[0] > 0.9,
        "at ½": near[0.5] > 0.9,
        "at 0 and at 1": near[0] + near[1] > 0.9 and min(near[0], near[1]) > 0.1,
    }
