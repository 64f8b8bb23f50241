"""The captions of the chapter on gradient descent."""

from __future__ import annotations

import numpy as np

from tests.explore.said import foresees, says


@says("one-dimension", everywhere=True)
def _(learning_rate, start):
    w = start
    for _ in range(12):
        w -= learning_rate * 2 * w
    if start == 0:
        return learning_rate, start, "nothing moves", 12, 0
    ways = ["down one side", "exactly on the bottom", "side, and down", "no lower", "higher"]
    turns = sum((learning_rate >= 0.5, learning_rate > 0.5, learning_rate >= 1, learning_rate > 1))
    return learning_rate, start, ways[turns], 12, w * w


@foresees("one-dimension")
def _():
    w = {0.1: 1.0, 0.9: 1.0}
    for _ in range(12):
        w = {rate: here - rate * 2 * here for rate, here in w.items()}
    ratio = abs(w[0.9] / w[0.1])
    return {
        "it arrives in fewer steps": ratio < 1 - 1e-9,
        "it comes down just as fast": abs(ratio - 1) < 1e-9,
        "it climbs out of the valley": abs(w[0.9]) > 1,
    }


@says("ravine", everywhere=True)
def _(learning_rate, condition):
    errors = np.ones(2)
    left = np.abs(errors - learning_rate * np.array([1 / condition, 1]) * errors).max().round(12)
    if left >= 1:
        return learning_rate, condition, "forever" if left == 1 else "it diverges"
    steps, error = 0, 1.0
    while error > 1e-3 * (1 + 1e-9):
        steps, error = steps + 1, error * left
    return learning_rate, condition, left, steps


@foresees("ravine")
def _():
    rates = np.linspace(0, 2, 4001)
    best = [
        rates[np.maximum(np.abs(1 - rates), np.abs(1 - rates / kappa)).argmin()]
        for kappa in (1, 3, 30, 1000)
    ]
    return {
        "toward 0": best[-1] < 0.01,
        "it stays at 1": max(best) < 1.01,
        "toward 2": best[0] == 1 and best == sorted(best) and best[-1] > 1.99,
    }


@says("two-valleys")
def _(learning_rate, start):
    left, _, right = np.sort(np.roots([1, 0, -1, 0.1]))
    ends = []
    for w in [start, *np.linspace(-1.6, 1.6, 65)]:
        for _ in range(400):
            w = w - learning_rate * (w**3 - w + 0.1)
        near = [abs(w - left) < 0.02, abs(w - right) < 0.02, True]
        ends.append(["left", "right", "neither"][near.index(True)])
    words = f"rest in {'neither' if ends[0] == 'neither' else 'the ' + ends[0]} valley"
    counts = [ends[1:].count(where) for where in ("left", "right", "neither")]
    return learning_rate, start, words, 65, *counts


@foresees("two-valleys")
def _():
    left, hilltop, _ = np.sort(np.roots([1, 0, -1, 0.1]))
    crosses = {}
    for rate in (0.05, 0.1, 0.2, 0.75):
        w = np.linspace(hilltop + 0.01, 1.5, 50)
        for _ in range(400):
            w = w - rate * (w**3 - w + 0.1)
        crosses[rate] = np.any(np.abs(w - left) < 0.02)
    return {
        "no, at no rate": not any(crosses.values()),
        "yes, at a small rate": crosses[0.05] or crosses[0.1],
        "yes, at a large rate": crosses[0.75] and not crosses[0.2],
    }


@says("saddle")
def _(learning_rate, offset):
    u, v, costs = -0.8 + offset, 0.8, []
    for _ in range(151):
        left = 1 - u * v
        costs.append(left * left / 2)
        u, v = u + learning_rate * left * v, v + learning_rate * left * u
    down = [step for step, cost in enumerate(costs) if cost < 0.01]
    if not down:
        return learning_rate, 150, "still near the saddle", costs[-1]
    near = sum(0.48 < cost < 0.52 for cost in costs)
    return learning_rate, 0.02, "Steps with a cost within", near, 0.01, "below", down[0]


@foresees("saddle")
def _():
    arrived = []
    for offset in (1e-4, 1e-8):
        u, v, step = -0.8 + offset, 0.8, 0
        while (1 - u * v) ** 2 / 2 > 0.01:
            left, step = 1 - u * v, step + 1
            u, v = u + 0.2 * left * v, v + 0.2 * left * u
        arrived.append(step)
    early, late = arrived
    return {
        "a few dozen steps longer": 24 <= late - early <= 72,
        "a hundred times as long": late > 50 * early,
        "ten thousand times as long": late > 5000 * early,
    }
