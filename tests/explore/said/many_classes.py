"""The captions of the chapter on many classes."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from scipy.special import expit, huber, log_softmax
from scipy.stats import bernoulli, zscore

from tests.explore.said import SAID, foresees, says
from utils.data import ages


@says("bars")
def _(true_class, z_1, z_2):
    logs = log_softmax([z_1, z_2, 0])
    gradient = [np.exp(log) - (k == true_class) for k, log in enumerate(logs, start=1)]
    return true_class, -logs[true_class - 1], *map(float, gradient)


@foresees("bars")
def _():
    sums = [
        sum(SAID["bars"](k, z_1, z_2)[2:])
        for k in (1, 2, 3)
        for z_1 in (-4, 0, 2)
        for z_2 in (-3, 0, 4)
    ]
    return {
        "0": np.allclose(sums, 0),
        "1": np.allclose(sums, 1),
        "that depends on the scores": np.ptp(sums) > 1e-9,
    }


@says("every-loss")
def _(loss, z):
    away = z - 1
    value, slope = {
        "squared": (away**2 / 2, away),
        "absolute": (abs(away), np.sign(away)),
        "Huber": (huber(1, away), max(-1, min(1, away))),
        "cross-entropy": (-bernoulli.logpmf(1, expit(z)), -expit(-z)),
        "hinge": (max(0, -away), -1 if away < 0 else 0),
    }[loss]
    if z < 1 or loss == "cross-entropy":
        pull = "asks for more"
    else:
        pull = "is content" if z == 1 or loss == "hinge" else "pulls back"
    return z, f", {loss}: the loss", value, float(slope), f"It {pull}."


@foresees("every-loss")
def _():
    names = {
        "the squared error": "squared",
        "the cross-entropy": "cross-entropy",
        "the hinge": "hinge",
    }
    pulls = {answer: abs(SAID["every-loss"](loss, -4)[3]) for answer, loss in names.items()}
    return {answer: pull == max(pulls.values()) for answer, pull in pulls.items()}


@says("ages")
def _(output, learning_rate, start, step):
    (height, boy), age = ages()
    columns = np.column_stack([zscore(height), zscore(boy), np.ones(60)])
    theta, relu = np.array([0.0, 0.0, start]), output == "ReLU"
    for _ in range(step):
        z = columns @ theta
        pull = np.array([0 if relu and s <= 0 else s - y for s, y in zip(z, age, strict=True)])
        theta = theta - learning_rate * np.mean(columns.T * pull, axis=1)
    z = columns @ theta
    cost = np.var(np.maximum(z, 0) - age if relu else z - age)
    cost = (cost + np.mean(np.maximum(z, 0) - age if relu else z - age) ** 2) / 2
    words = [f"Output {output}, ", ", above the picture" if cost > 3000 else f"{cost:,.2f}."]
    numbers = [learning_rate, start, step, cost]
    if relu and not np.any(z > 0):
        words.append("Examples with z above zero: none, so the neuron is dead.")
    elif relu:
        numbers.append(int(np.sum(z > 0)))
    else:
        seen = any(_in_sight(height, theta, g) for g in (1, -1))
        words.append("not: " * seen + "The lines have left the picture.")
    return *numbers, *words


@foresees("ages")
def _():
    def cost(output, rate):
        return SAID["ages"](output, rate, 3, 8)[3]

    told = SAID["ages"]("ReLU", 4, 3, 8)
    return {
        "it learns faster": cost("ReLU", 4) < cost("ReLU", 1),
        "it diverges, as the linear output does": cost("ReLU", 4) > 3000 < cost("linear", 4),
        "it dies": "Examples with z above zero: none, so the neuron is dead." in told,
    }


def _in_sight(height, theta, gender):
    """Whether the line of a gender passes through the picture, where it is drawn."""
    x = np.linspace(78, 182, 41)
    line = theta @ [(x - np.mean(height)) / np.std(height), 0 * x + gender, 0 * x + 1]
    inside = [
        min(a, b) <= 22 and max(a, b) >= -6 and min(a, b) >= -60 and max(a, b) <= 80
        for a, b in pairwise(line)
    ]
    return any(inside)
