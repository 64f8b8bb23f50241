"""Measure backpropagation against the naive way, as the number of weights grows.

The naive way turns one parameter at a time and takes a forward pass for each, and one more.  Both
find the gradient of the same cost, for n–n–1 networks of sigmoids and 16 examples, in one run and
in processor time; each time is the least of several, and the ratio of the counts of multiply-adds
stands beside that of the times.  The chapter on backpropagation draws these ratios.
"""

from __future__ import annotations

import os

os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")

import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from table import Column, show

from utils.activations import sigmoid, sigmoid_derivative
from utils.gradient_check import disagreement
from utils.network import (
    backward_count,
    forward,
    initial_parameters,
    multiply_add_count,
    pack,
    parameter_count,
    training_gradient,
    unpack,
)

EXAMPLES = 16


def least(work: Callable[[], object], budget: float = 0.6) -> float:
    """Return the least processor time of one call, in seconds, of as many as the budget allows."""
    times, ends = [], time.process_time() + budget
    while not times or time.process_time() < ends:
        begun = time.process_time()
        work()
        times.append(time.process_time() - begun)
    return min(times)


def naive_gradient(cost: Callable[[NDArray], float], theta: NDArray, h: float = 1e-6) -> NDArray:
    """Return the gradient by forward differences, as fast as NumPy allows: nothing is copied."""
    here, g = cost(theta), np.empty_like(theta)
    for i, value in enumerate(theta):
        theta[i] = value + h
        g[i] = (cost(theta) - here) / h
        theta[i] = value
    return g


def measured(n: int) -> tuple[float, ...]:
    """Return parameters, milliseconds of both, the ratio of times, and that of the counts."""
    sizes, rng = (n, n, 1), np.random.default_rng(0)
    X, Y = rng.normal(size=(n, EXAMPLES)), rng.integers(0, 2, size=(1, EXAMPLES))
    theta, everyone = pack(initial_parameters(sizes, seed=0)), np.arange(EXAMPLES)

    def cost(theta):
        Y_hat = forward(unpack(theta, sizes), X, [sigmoid] * 2)[1][-1]
        return -np.mean(Y * np.log(Y_hat) + (1 - Y) * np.log(1 - Y_hat))

    gradient = training_gradient(X, Y, sizes, [sigmoid] * 2, [sigmoid_derivative])
    off = disagreement(gradient(theta, everyone), naive_gradient(cost, theta))
    assert off < 1e-5, f"the two disagree by {off}"
    ours = least(lambda: gradient(theta, everyone))
    naive = least(lambda: naive_gradient(cost, theta))
    F, P = multiply_add_count(sizes), parameter_count(sizes)
    counts = (P + 1) * F / (F + backward_count(sizes))
    return P, ours * 1e3, naive * 1e3, naive / ours, counts


def main() -> None:
    """Measure, and print the table.  From a thousand parameters on, the ratio is to be large."""
    columns = [
        Column("parameters"),
        Column("ms, backpropagation", ".3f"),
        Column("ms, naive", ".2f"),
        Column("ratio of times", ".0f"),
        Column("ratio of counts", ".0f"),
    ]
    rows = {f"{n}–{n}–1": measured(n) for n in (2, 4, 8, 16, 32, 64, 128)}
    show("backpropagation", columns, rows)


if __name__ == "__main__":
    main()
