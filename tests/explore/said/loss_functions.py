"""The captions of the chapter on loss functions."""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import expit, huber
from scipy.stats import bernoulli

from tests.explore.said import says


@says("loudness")
def _(loss, y_hat):
    def value(q):
        return {
            "squared": huber(1e3, 1 - q),
            "absolute": abs(1 - q),
            "cross-entropy": -bernoulli.logpmf(1, q),
        }[loss]

    h = 1e-5 * y_hat
    slope = (value(y_hat + h) - value(y_hat - h)) / (2 * h)
    return y_hat, f"{loss}: the loss", value(y_hat), slope


@says("outlier")
def _(loss, outlier):
    y = [1, 2, 3, 4, outlier]
    tau = {"Huber 1": 1, "Huber 3": 3}.get(loss)
    best = {"squared": np.mean(y), "absolute": np.median(y)}.get(loss)
    if best is None:
        best = minimize_scalar(
            lambda q: sum(huber(tau, v - q) for v in y),
            bounds=(1, outlier),
            options={"xatol": 1e-9},
        ).x
    named = () if tau is None else (tau,)
    return (outlier, f", {loss}: ", *named, best)


@says("plateau")
def _(z_start, learning_rate):
    def steps(slope):
        z, count = z_start, 0
        while expit(z) < 0.9:
            z, count = z - learning_rate * (1 + 1**2 + 2**2) * slope(z), count + 1
        return count

    numbers, words = [z_start, learning_rate], []
    arrivals = (steps(lambda z: -expit(-z)), steps(lambda z: -(expit(-z) ** 2) * expit(z)))
    for n, loss in zip(arrivals, ("cross-entropy", "squared error"), strict=True):
        late = n > 200
        words.append(
            f"not within 200 steps with the {loss}"
            if late
            else f"after {n} step{'s' * (n != 1)} with the {loss}"
        )
        numbers += [0.9] * (not numbers[2:]) + [200 if late else n]
    return *numbers, *words
