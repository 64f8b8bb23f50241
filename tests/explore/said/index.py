"""The caption of the cover."""

from __future__ import annotations

import numpy as np

from tests.explore.said import says


@says("valley", everywhere=True)
def _(learning_rate):
    """Starts all around a circle have each curvature's share of the cost alike."""
    lam = np.array([1 / 4, 2])
    left = lam @ (1 - learning_rate * lam) ** 24 / lam.sum()
    if learning_rate == 1:
        return learning_rate, "as far from the floor on the other side", "no neuron will settle"
    if learning_rate > 1:
        return learning_rate, "farther from the floor", 12, left, "-fold: learning has failed"
    way = "all on one side" if learning_rate <= 0.5 else "leaps across the valley and still lands"
    return learning_rate, way, 12, 100 * left, "% of the cost is left"
