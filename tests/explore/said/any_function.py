"""The captions of the chapter on any function from hidden neurons."""

from __future__ import annotations

from functools import cache
from itertools import accumulate

import numpy as np
from scipy.special import expit
from scipy.stats import norm

from tests.explore.said import foresees, says

#: Each activation and its slope, for single numbers, written anew.
CURVES = {
    "ReLU": (lambda z: max(z, 0.0), lambda z: float(z > 0)),
    "leaky ReLU": (lambda z: max(z, z / 100), lambda z: 1.0 if z > 0 else 0.01),
    "ELU": (lambda z: z if z > 0 else np.exp(z) - 1, lambda z: min(1.0, np.exp(z))),
    "softplus": (lambda z: np.logaddexp(0, z), expit),
    "GELU": (lambda z: z * norm.cdf(z), lambda z: norm.cdf(z) + z * norm.pdf(z)),
    "SiLU": (lambda z: z * expit(z), lambda z: expit(z) * (1 + z * expit(-z))),
}
TARGETS = {
    "a wave": lambda x: np.sin(2 * np.pi * x),
    "a hill": lambda x: np.exp(-(((x - 0.4) / 0.15) ** 2)),
    "a roof": lambda x: np.minimum(2 * x, 2 - 2 * x),
}
FINE = np.linspace(0, 1, 4001)


@says("corners")
def _(v1, v2, v3):
    slopes = list(accumulate((v1, v2, v3)))
    off = np.abs(np.cumsum(np.subtract(slopes, (2, -1, 2)))).max()
    return (*slopes, "This is the zigzag.") if off == 0 else (*slopes, "Off by up to", off)


@foresees("corners")
def _():
    tried = {"2, −1, 2": (2, -1, 2), "2, −3, 3": (2, -3, 3), "2, −1, 3": (2, -1, 3)}
    return {answer: list(accumulate(weights)) == [2, -1, 2] for answer, weights in tried.items()}


@says("build")
def _(target, neurons, kind):
    f = TARGETS[target]
    if kind == "corners":
        t = np.linspace(0, 1, neurons + 1)
        built = np.interp(FINE, t, f(t))
    else:
        pieces = neurons + 1
        levels = f((np.arange(pieces) + 0.5) / pieces)
        built = np.full_like(FINE, levels[0])
        for i in range(1, pieces):
            built += (levels[i] - levels[i - 1]) * expit(kind * (pieces * FINE - i))
    many = "neuron:" if neurons == 1 else "neurons:"
    off = np.abs(built - f(FINE)).max()
    return f"{target.capitalize()} from", neurons, f"hidden {many}", "off by at most", off


@foresees("build")
def _():
    """Exactly, that is with corners enough that one more changes nothing."""
    exact = {}
    for name, f in TARGETS.items():
        t = np.linspace(0, 1, 33)
        exact[name.replace("a ", "the ")] = np.abs(np.interp(FINE, t, f(t)) - f(FINE)).max() < 1e-9
    return exact


@cache
def trained(corners, start, learning_rate):
    """Return the weights after each step of 3000, by a loop of its own."""
    rng = np.random.default_rng(start)
    w, v, c = rng.normal(size=8), rng.normal(size=8) / np.sqrt(8), 0.0
    b = -w * (2 * np.arange(8) + 1) / 16 * (corners == "spread")
    x = np.linspace(0, 1, 65)
    y = TARGETS["a wave"](x)
    path = [(w, b, v, c)]
    for _ in range(3000):
        z = np.outer(w, x) + b[:, None]
        error = (v @ np.maximum(z, 0) + c - y) / 65
        back = np.outer(v, error) * (z > 0)
        v, c = v - learning_rate * np.maximum(z, 0) @ error, c - learning_rate * error.sum()
        w, b = w - learning_rate * back @ x, b - learning_rate * back.sum(axis=1)
        path.append((w, b, v, c))
    return path


@says("corners-learned")
def _(corners, start, learning_rate, step):
    w, b, v, c = trained(corners, start, learning_rate)[step]
    off = np.abs(v @ np.maximum(np.outer(w, FINE) + b[:, None], 0) + c - np.sin(2 * np.pi * FINE))
    active = np.maximum(b, w + b) > 0  # it is a straight line: the largest sum is at an end
    places = -b[active] / w[active]
    inside = np.sum((places > 0) & (places < 1))
    bends = "corner inside" if inside == 1 else "corners inside"
    told = (step,) if step else ("Before the first step, so at any rate",)
    return *told, off.max(), int(inside), bends, int(8 - active.sum()), 8


@foresees("corners-learned", slow=True)
def _():
    bends = []
    for start in range(1, 6):
        w, b, v, c = trained("all at 0", start, 0.3)[0]
        curve = v @ np.maximum(np.outer(w, FINE) + b[:, None], 0) + c
        bends.append(np.sum(np.abs(np.diff(curve, 2)) > 1e-9))
    return {
        "it is a straight line": max(bends) == 0,
        "it has one corner": set(bends) == {1},
        "it has eight corners": set(bends) == {8},
    }


@says("revival")
def _(function, start, learning_rate):
    g, slope = CURVES[function]
    z = start
    for _ in range(60):
        z -= 6 * learning_rate * (g(z) - 1) * slope(z)
    said = f"steps {function} has", 60, z, float(g(z))
    if abs(g(z) - 1) < 0.01:
        return *said, "It has learned the target", 1
    if slope(z) == 0:
        return *said, "It stands on the corner" if z == 0 else "Its slope is", 0, "it is dead"
    if slope(z) < 0:
        return *said, "Its slope is negative, so it is pushed away from", 0
    return *said, "It is on its way up."


@foresees("revival")
def _():
    deeper = {}
    for name in ("ReLU", "leaky ReLU", "softplus", "GELU"):
        g, slope = CURVES[name]
        z = -2.0
        for _ in range(60):
            z -= 0.6 * (g(z) - 1) * slope(z)
        deeper[f"the {name}"] = z < -2
    return deeper
