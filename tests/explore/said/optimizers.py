"""The captions of the chapter on adaptive rates."""

from __future__ import annotations

import math

import numpy as np

from tests.explore.said import SAID, foresees, says


def told(left):
    return "less than a millionth" if left < 1e-6 else left


@says("own-rates")
def _(turned, condition):
    lam, start = np.array([1 / condition, 1]), np.array([2.0, 0.7])
    one = (1 - 2 / (1 + 1 / condition) * lam) ** 60 * start  # each direction goes its own way
    angle, mean = math.radians(turned), np.zeros(2)
    c, s = math.cos(angle), math.sin(angle)
    w = np.array([c * start[0] - s * start[1], s * start[0] + c * start[1]])
    for t in range(60):
        along, across = lam[0] * (c * w[0] + s * w[1]), lam[1] * (c * w[1] - s * w[0])
        g = np.array([c * along - s * across, s * along + c * across])
        mean = 0.9 * mean + 0.1 * g * g
        w = w - 0.1 * math.cos(math.pi * t / 120) ** 2 * g / (np.sqrt(mean) + 1e-8)
    one, own = (told(math.hypot(*v) / math.hypot(*start)) for v in (one, w))
    whose = (("one rate leaves", one), ("each weight", own))
    words = [f"{who} {left}" for who, left in whose if isinstance(left, str)]
    return condition, turned, one, own, *words


@foresees("own-rates")
def _():
    (one_1, own_1), (one_100, own_100) = (
        [0 if isinstance(left, str) else left for left in SAID["own-rates"](0, kappa)[2:4]]
        for kappa in (1, 100)
    )
    lost, lost_by_one = own_100 - own_1, one_100 - one_1
    return {
        "nothing": abs(lost) < 1e-3 * lost_by_one,
        "about as much as the other": abs(lost - lost_by_one) < 0.2 * lost_by_one,
        "more than the other": lost > 1.2 * lost_by_one,
    }


def walk(rule, slope, w, rate, beta, steps):
    """Return where a rule has led, and how far off it has been on the way."""
    u, s, far = np.zeros(2), np.zeros(2), np.abs(w).max()
    for t in range(1, steps + 1):
        g = slope(w)
        match rule:
            case "plain":
                w = w - rate * g
            case "momentum" | "Nesterov":
                u = beta * u + g
                w = w - rate * (u if rule == "momentum" else g + beta * u)
            case "RMSProp":
                s = 0.9 * s + 0.1 * g * g
                w = w - rate * g / (np.sqrt(s) + 1e-8)
            case "Adam":
                u, s = beta * u + (1 - beta) * g, 0.999 * s + 0.001 * g * g
                means = u / (1 - beta**t), s / (1 - 0.999**t)
                w = w - rate * means[0] / (np.sqrt(means[1]) + 1e-8)
        far = max(far, np.abs(w).max())
        if far > 1e3:
            break
    return w, far


@says("race")
def _(course, learning_rate, momentum, step):
    c, s = math.cos(0.4), math.sin(0.4)
    H = np.array(
        [[c * c / 30 + s * s, c * s / 30 - c * s], [c * s / 30 - c * s, s * s / 30 + c * c]]
    )
    if course == "ravine":
        start = np.array([2 * c - 0.7 * s, 2 * s + 0.7 * c])
        cost, slope = (lambda w: w @ H @ w / 2), (lambda w: H @ w)
    else:
        start = np.array([-0.7999, 0.8])
        cost, slope = (
            (lambda w: (1 - w[0] * w[1]) ** 2 / 2),
            (lambda w: (w[0] * w[1] - 1) * w[::-1]),
        )
    said = learning_rate, momentum, step
    if step == 0:
        return *said, "All start", cost(start)
    heights, lost = {}, []
    for rule in ("plain", "momentum", "Nesterov", "RMSProp", "Adam"):
        w, far = walk(rule, slope, start, learning_rate, momentum, step)
        if far > 1e3:
            lost.append(rule)
        else:
            heights[rule] = round(cost(w), 5)
    lowest = min(heights.values())
    ahead = ", ".join(rule for rule, height in heights.items() if height == lowest)
    gone = [f"Diverged: {', '.join(lost)}."] if lost else []
    if lowest == 0:
        return *said, f"to five digits: {ahead}.", *gone
    return *said, f"Ahead: {ahead}, with a cost", lowest, *gone


@foresees("race")
def _():
    (ahead,) = (word for word in SAID["race"]("ravine", 0.1, 0.9, 15) if isinstance(word, str))
    return {rule: f"Ahead: {rule}," in ahead for rule in ("momentum", "RMSProp", "Adam")}
