"""The captions of the chapter on gradient descent."""

from __future__ import annotations

import numpy as np

from tests.explore.said import says


@says("one-dimension")
def _(learning_rate, start):
    w = start
    for _ in range(12):
        w -= learning_rate * 2 * w
    if start == 0:
        return learning_rate, start, "nothing moves", 12, 0
    ways = ["down one side", "exactly on the bottom", "side, and down", "no lower", "higher"]
    turns = sum((learning_rate >= 0.5, learning_rate > 0.5, learning_rate >= 1, learning_rate > 1))
    return learning_rate, start, ways[turns], 12, w * w


@says("ravine")
def _(learning_rate, condition):
    errors = np.ones(2)
    left = np.abs(errors - learning_rate * np.array([1 / condition, 1]) * errors).max().round(12)
    if left >= 1:
        return learning_rate, condition, "forever" if left == 1 else "it diverges"
    steps, error = 0, 1.0
    while error > 1e-3 * (1 + 1e-9):
        steps, error = steps + 1, error * left
    return learning_rate, condition, left, steps
