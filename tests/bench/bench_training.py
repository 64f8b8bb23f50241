"""Measure a training step beside what people use, and see where NumPy's time goes.

A step is the gradient of one batch, and the update: of this book's code, of scikit-learn's
MLPClassifier (its ``fit``, by the step, over an epoch or more), and of PyTorch, if it is installed,
on the processor and in the same precision.  All have the same sizes, activations and batches, in
one run, in processor time and on one thread; each time is the least of several.  In the second
table the matrix products of a step stand beside it, taken alone: no code with NumPy can be faster.
"""

from __future__ import annotations

import os

os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")

import time
import warnings
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from sklearn.neural_network import MLPClassifier
from table import Column, show

from utils.activations import sigmoid, sigmoid_derivative, softmax
from utils.data import digits, moons
from utils.network import (
    backward,
    forward,
    initial_parameters,
    pack,
    training_gradient,
    unpack,
)
from utils.optimizers import stochastic_descent

try:
    import torch
except ImportError:
    torch = None

RATE = 0.1


def least(work: Callable[[], object], per: int = 1, budget: float = 0.8) -> float:
    """Return the least processor time of one of ``per`` steps in a call, in microseconds."""
    times, ends = [], time.process_time() + budget
    while len(times) < 3 or time.process_time() < ends:
        begun = time.process_time()
        work()
        times.append(time.process_time() - begun)
    return min(times) / per * 1e6


def ours(X: NDArray, Y: NDArray, sizes: tuple, batches: list, last: Callable) -> float:
    """Return the time of a step as the chapters train."""
    gradient = training_gradient(X, Y, sizes, [sigmoid, last], [sigmoid_derivative])
    start = pack(initial_parameters(sizes, seed=0))
    return least(lambda: stochastic_descent(gradient, start, RATE, batches), len(batches))


def scikit_learn(X: NDArray, y: NDArray, sizes: tuple, batches: list) -> float:
    """Return the time of a step of MLPClassifier, its bookkeeping spread over 30 epochs."""
    rows, epochs = np.ascontiguousarray(X.T), 30
    model = MLPClassifier(
        sizes[1:-1], activation="logistic", solver="sgd", alpha=0, momentum=0,
        batch_size=len(batches[0]), learning_rate_init=RATE, max_iter=epochs,
        n_iter_no_change=epochs + 1,
    )  # fmt: skip
    with warnings.catch_warnings(action="ignore"):
        return least(lambda: model.fit(rows, y), epochs * len(batches))


def pytorch(X: NDArray, y: NDArray, sizes: tuple, batches: list) -> float:
    """Return the time of a step of PyTorch, with its own layers, loss and optimizer."""
    torch.set_num_threads(1)
    kind = {"dtype": torch.float64}
    model = torch.nn.Sequential(
        torch.nn.Linear(*sizes[:2], **kind),
        torch.nn.Sigmoid(),
        torch.nn.Linear(*sizes[1:], **kind),
    )
    binary = sizes[-1] == 1
    loss = torch.nn.BCEWithLogitsLoss() if binary else torch.nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=RATE)
    inputs, answers = torch.tensor(X.T, **kind), torch.tensor(y)
    answers = answers[:, None].to(torch.float64) if binary else answers
    chosen = [torch.tensor(batch) for batch in batches]

    def steps() -> None:
        for batch in chosen:
            optimizer.zero_grad()
            loss(model(inputs[batch]), answers[batch]).backward()
            optimizer.step()

    return least(steps, len(batches))


def parts(X: NDArray, Y: NDArray, sizes: tuple, batch: NDArray, last: Callable) -> list[float]:
    """Return the times of what a step is made of, and of its matrix products alone."""
    theta = pack(initial_parameters(sizes, seed=0))
    parameters, x, y = unpack(theta, sizes), X[:, batch], Y[:, batch]
    Z, A = forward(parameters, x, [sigmoid, last])
    dZ = (A[-1] - y) / len(batch)
    (W1, _), (W2, _) = parameters
    dZ1 = W2.T @ dZ
    works = [
        lambda: (X[:, batch], Y[:, batch]),
        lambda: forward(parameters, x, [sigmoid, last]),
        lambda: backward(parameters, Z, A, dZ, [sigmoid_derivative]),
        lambda: (sigmoid(Z[1]), last(Z[2]), sigmoid_derivative(Z[1])),
        lambda: (W1 @ x, W2 @ A[1], dZ @ A[1].T, W2.T @ dZ, dZ1 @ x.T),
    ]
    return [least(lambda work=work: [work() for _ in range(20)], 20, 0.4) for work in works]


def main() -> None:
    """Measure, and print two tables.  The gate is ours: at these sizes we are to be the fastest."""
    points, labels = moons(640)
    pictures, names = digits()
    cases = {
        "2–8–1, moons, 64": (points, labels, labels[None] * 1.0, (2, 8, 1), 64, sigmoid),
        "64–32–10, digits, 64": (pictures, names, np.eye(10)[names].T, (64, 32, 10), 64, softmax),
        "64–32–10, digits, all": (
            pictures, names, np.eye(10)[names].T, (64, 32, 10), 1797, softmax,
        ),
    }  # fmt: skip
    rows, inside = {}, {}
    for name, (X, y, Y, sizes, size, last) in cases.items():
        m = X.shape[1]
        order = np.random.default_rng(0).permutation(m)
        batches = np.split(order, range(size, m, size))
        step = ours(X, Y, sizes, batches, last)
        theirs = [scikit_learn(X, y, sizes, batches)]
        theirs += [pytorch(X, y, sizes, batches)] if torch else []
        rows[name] = (step, *(number for t in theirs for number in (t, t / step)))
        inside[name] = (step, *(made := parts(X, Y, sizes, batches[0], last)), step / made[-1])
    columns = [Column("µs, ours")]
    for library in ("scikit-learn", "PyTorch")[: 2 if torch else 1]:
        columns += [Column(f"µs, {library}"), Column("× ours", ".1f", least=1)]
    show("a training step", columns, rows)
    names = ("step", "batch taken", "forward", "backward", "activations", "products alone")
    columns = [Column(f"µs, {name}") for name in names]
    show("where it goes", [*columns, Column("step / products", ".1f")], inside)
    if torch is None:
        print("PyTorch is not installed, so it is not in the table.")


if __name__ == "__main__":
    main()
