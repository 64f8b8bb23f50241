"""The captions of the chapter on loss functions."""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import expit, huber
from scipy.stats import bernoulli

from tests.explore.said import foresees, says


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


@foresees("loudness")
def _():
    grows = {
        "the squared error": huber(1e3, 0.99) - huber(1e3, 0.5),
        "the absolute error": 0.99 - 0.5,
        "the cross-entropy": bernoulli.logpmf(1, 0.5) - bernoulli.logpmf(1, 0.01),
    }
    return {loss: growth == max(grows.values()) for loss, growth in grows.items()}


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


@foresees("outlier")
def _():
    best = minimize_scalar(lambda q: sum((v - q) ** 2 for v in (1, 2, 3, 4, 20))).x
    return {
        name: abs(best - at) < 1e-6
        for name, at in {"still at 3": 3, "at 6": 6, "at 12": 12}.items()
    }


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


@foresees("plateau")
def _():
    def steps(slope, z):
        count = 0
        while expit(z) < 0.9:
            z, count = z - 0.3 * 6 * slope(z), count + 1
        return count

    starts = range(-6, 3)
    entropy = [steps(lambda z: -expit(-z), z) for z in starts]
    square = [steps(lambda z: -(expit(-z) ** 2) * expit(z), z) for z in starts]
    ahead = [first < second for first, second in zip(entropy, square, strict=True)]
    return {
        "the squared error, from every start": not any(ahead),
        "the cross-entropy, from every start": all(ahead),
        "that depends on the start": any(ahead) and not all(ahead),
    }
