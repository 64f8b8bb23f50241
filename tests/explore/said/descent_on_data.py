"""The captions of the chapter on descent on data."""

from __future__ import annotations

import numpy as np

from tests.explore.said import SAID, foresees, says
from utils.data import diabetes, standardize


@says("line")
def _(share, units, step):
    x, y = diabetes("bmi")
    if units == "standardized":
        x = (x - np.mean(x)) / np.std(x)
    H = np.cov([x, np.ones(442)], bias=True) + np.outer([np.mean(x), 1], [np.mean(x), 1])
    lam, q = np.linalg.eigh(H)
    rate = 2 * share / lam.max()
    errors = (1 - rate * lam) ** step * (q.T @ -np.polyfit(x, y, 1))
    least = np.var(y) * (1 - np.corrcoef(x, y)[0, 1] ** 2) / 2
    cost = least + lam @ errors**2 / 2
    before = "step" if cost <= 20000 else "The cost is above the picture"
    words = f"step {step}. The cost is" if cost <= 20000 else "above the picture. The cost is"
    return f"Inputs {units}", before, words, rate, step, cost, least


@foresees("line")
def _():
    """At half the limit, where one step is enough for standardized inputs."""
    x, _ = diabetes("bmi")
    lam = np.linalg.eigvalsh(np.array([[np.mean(x**2), np.mean(x)], [np.mean(x), 1]]))
    steps = np.log(1e-3) / np.log(1 - lam[0] / lam[1])
    return {
        "as many": steps < 2,
        "ten times as many": 5 < steps < 20,
        "thousands of times as many": steps > 2000,
    }


@says("noise")
def _(learning_rate, batch_size, draw):
    data = np.array([standardize(diabetes(name)[0]) for name in ("bmi", "bp")])
    steps, at_rest = 1326 // batch_size, 2 * learning_rate / batch_size / (2 - learning_rate)
    rows = np.random.default_rng(draw).integers(442, size=(steps, batch_size))
    if batch_size == 442:
        rows, at_rest = np.tile(np.arange(442), (3, 1)), 0.0
    w, squares = np.array([-3.0, 2.7]), [3.0**2 + 2.7**2]
    for batch in rows:
        w = (1 - learning_rate) * w + learning_rate * data[:, batch].mean(axis=1)
        squares.append(w @ w)
    late = np.mean(squares[(steps + 1) // 2 :]) ** 0.5
    alike = "not: " * (batch_size < 442) + "no draw differs"
    return learning_rate, steps, batch_size, late, at_rest**0.5, alike


@foresees("noise")
def _():
    sizes = {"those of 1": 1, "those of 64": 64, "those of all 442": 442}
    late = {
        answer: [SAID["noise"](0.1, size, draw)[3] for draw in range(1, 5)]
        for answer, size in sizes.items()
    }
    nearest = np.min(list(late.values()), axis=0)
    return {answer: bool(np.all(away == nearest)) for answer, away in late.items()}
