"""The captions of the chapter on the forward pass."""

from __future__ import annotations

import numpy as np
from scipy.special import expit

from tests.explore.said import foresees, says
from utils.network import initial_parameters


@says("flow")
def _(x1, x2, weight):
    z1, z2 = 0.4 * x1 + 0.6 * x2 + 0.5, -0.5 * x1 + 0.3 * x2 - 0.2
    a1, a2 = expit(z1), expit(z2)
    z = weight * a1 - 0.4 * a2 + 0.1
    return 1, z1, z2, a1, a2, z, expit(z)


@foresees("flow")
def _():
    curve = []
    for x2 in range(-4, 5):
        a1, a2 = expit(0.4 + 0.6 * x2 + 0.5), expit(-0.5 + 0.3 * x2 - 0.2)
        curve.append(0.7 * a1 - 0.4 * a2)
    steps = np.diff(curve)
    return {
        "it rises all the way": np.all(steps > 0),
        "it falls all the way": np.all(steps < 0),
        "it rises, then falls a little": np.all(steps[:7] > 0)
        and -0.1 * np.ptp(curve) < steps[7:].sum() < 0,
    }


@says("folding")
def _(depth, activation, draw):
    if activation == "none":
        return depth, "no activation. The curve is a straight line, whatever the weights"
    rng, line = np.random.default_rng(draw), np.linspace(-3, 3, 181)
    A = line[None]
    for W, b in initial_parameters([1] + [4] * depth + [1], seed=draw):
        Z = 3 * W @ A + rng.normal(size=b.shape)
        A = expit(Z) if activation == "sigmoid" else Z * (Z > 0)
    y = Z[0]
    slope, start = np.linalg.lstsq(np.stack([line, line**0], axis=1), y, rcond=None)[0]
    off = np.max(np.abs(y - slope * line - start)) / (y.max() - y.min())
    return depth, activation, "least-squares", 100 * off


@foresees("folding")
def _():
    x, bends = np.linspace(-3, 3, 181), []
    for depth in range(1, 7):
        A, rng = x[None], np.random.default_rng(depth)
        for W, b in initial_parameters([1] + [4] * depth + [1], seed=depth):
            A = 3 * W @ A + rng.normal(size=b.shape)
        bends.append(np.abs(np.diff(A[0], 2)) / np.ptp(A[0]) > 1e-9)
    corners = [np.sum(bend) for bend in bends]
    return {
        "the curve bends more and more": min(corners) > 90,
        "the curve gets more corners": 0 < corners[0] < corners[-1] <= 90,
        "nothing: it stays a straight line": max(corners) == 0,
    }
