"""Measure backpropagation against the naive way, as the number of weights grows.

The naive way turns one parameter at a time and takes a forward pass for each, and one more.  Both
find the gradient of the same cost, for n–n–1 networks of sigmoids and 16 examples, in one run and
in processor time; each time is the least of several, and the ratio of the counts of multiply-adds
stands beside that of the times.  With --write, the table goes into the file from which the chapter
on training a network draws it, with the date and the versions.
"""

from __future__ import annotations

import os

os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")

import platform
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from table import Column, show

from utils.activations import sigmoid, sigmoid_derivative
from utils.gradient_check import disagreement
from utils.layers import chain, dense, entrywise, flat, gradient_of, like
from utils.network import backward_count, multiply_add_count, parameter_count

EXAMPLES = 16
FILE = Path(__file__).parents[2] / "book/_static/measured-backpropagation.csv"


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
    network = chain(dense(n, n), entrywise(sigmoid, sigmoid_derivative), dense(n, 1))
    first = network.first(np.random.default_rng(0))
    theta, everyone = flat(first), np.arange(EXAMPLES)

    def cost(theta):
        Y_hat = sigmoid(network.forward(like(theta, first), X)[0])
        return -np.mean(Y * np.log(Y_hat) + (1 - Y) * np.log(1 - Y_hat))

    gradient = gradient_of(network, X, Y, sigmoid)
    off = disagreement(gradient(theta, everyone), naive_gradient(cost, theta))
    assert off < 1e-5, f"the two disagree by {off}"
    ours = least(lambda: gradient(theta, everyone))
    naive = least(lambda: naive_gradient(cost, theta))
    F, P = multiply_add_count(sizes), parameter_count(sizes)
    counts = (P + 1) * F / (F + backward_count(sizes))
    return P, ours * 1e3, naive * 1e3, naive / ours, counts


def write(rows: Mapping[str, tuple[float, ...]]) -> None:
    """Write what was measured into the file that the chapter reads."""
    version = np.__version__
    lines = [
        f"# {EXAMPLES} examples, n-n-1 networks, measured by tests/bench/bench_backpropagation.py",
        f"# {datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, NumPy {version}",
        "# parameters, milliseconds of backpropagation, milliseconds of the naive way",
        *(f"{P}, {ours:.4g}, {naive:.4g}" for P, ours, naive, *_ in rows.values()),
    ]
    FILE.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> None:
    """Measure, and print the table, with the counts beside the times."""
    columns = [
        Column("parameters"),
        Column("ms, backpropagation", ".3f"),
        Column("ms, naive", ".2f"),
        Column("ratio of times", ".0f"),
        Column("ratio of counts", ".0f"),
    ]
    rows = {f"{n}–{n}–1": measured(n) for n in (2, 4, 8, 16, 32, 64, 128)}
    show("backpropagation", columns, rows)
    if "--write" in sys.argv:
        write(rows)


if __name__ == "__main__":
    main()
