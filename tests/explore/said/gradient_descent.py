"""The captions of the chapter on gradient descent."""

from __future__ import annotations

import numpy as np

from tests.explore.said import says


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
