"""The captions of the chapter on momentum."""

from __future__ import annotations

import math

import numpy as np

from tests.explore.said import foresees, says


def factor(rule, rate, beta, curvature):
    """Return the size of the larger root of the characteristic equation."""
    left = 1 - rate * curvature
    if rule == "momentum":
        return np.abs(np.roots([1, -(left + beta), beta])).max()
    return np.abs(np.roots([1, -(1 + beta) * left, beta * left])).max()


@says("memory")
def _(momentum, learning_rate):
    largest = max(factor("momentum", learning_rate, momentum, lam) for lam in (1 / 30, 1))
    if abs(largest - 1) < 1e-9:
        return momentum, learning_rate, "forever"
    if largest > 1:
        return momentum, learning_rate, "it diverges"
    lam, last = np.array([1 / 30, 1]), np.array([2.3, 0.9])
    error, sizes = last - learning_rate * lam * last, [math.hypot(*last)]
    for _ in range(600):  # as the heavy ball has it
        sizes.append(math.hypot(*error))
        ahead = error - learning_rate * lam * error + momentum * (error - last)
        error, last = ahead, error
    share = [size / sizes[0] for size in sizes]
    if share[600] >= 1e-3:
        return momentum, learning_rate, 600, share[600], "of the distance is left"
    steps = max(step for step in range(601) if share[step] > 1e-3) + 1
    return momentum, learning_rate, steps, "no more than a thousandth"


@foresees("memory")
def _():
    def steps(beta):
        lam, last = np.array([1 / 30, 1]), np.array([2.3, 0.9])
        error, sizes = last - lam * last, []
        for _ in range(600):
            error, last = error - lam * error + beta * (error - last), error
            sizes.append(math.hypot(*error) > 1e-3 * math.hypot(2.3, 0.9))
        return max(step for step in range(600) if sizes[step])

    plain, half, much = map(steps, (0, 0.5, 0.95))
    return {
        "0.5 saves steps, and 0.95 saves more": much < half < plain,
        "0.5 saves steps, and 0.95 costs some": half < plain < much,
        "both cost steps": plain < min(half, much),
    }


@says("stability")
def _(rule, condition, learning_rate, momentum):
    worst = max(factor(rule, learning_rate, momentum, lam) for lam in (1 / condition, 1))
    said = learning_rate, momentum, condition
    if abs(worst - 1) < 1e-6:
        return *said, 1, "on the limit"
    if worst > 1:
        return *said, worst, "it diverges"
    steps = next(n for n in range(1, 9999) if worst**n <= 1e-3 * (1 + 1e-4))
    return *said, worst, steps, "which promises"


@foresees("stability")
def _():
    rates = np.arange(1, 2500) / 100
    stable = [rate for rate in rates if factor("momentum", rate, 0.9, 1) < 1 - 1e-9]
    ends = {"to 2": 2, "to 3.8": 3.8, "to 20": 20}
    return {answer: abs(max(stable) - end) < 0.011 for answer, end in ends.items()}
