"""Measure a training step beside what people use, and say where its time goes.

A step is the gradient of one batch, and the update: of this book's code; of a plain sketch with
NumPy alone, which checks nothing, keeps no path and overflows; of scikit-learn's MLPClassifier (its
``fit``, by the step, over some epochs); and of PyTorch, if it is installed, on the processor and in
the same precision.  All have the same sizes, activations and batches, take turns in one run, in
processor time and on one thread; each time is the least of several.  The second table takes a step
apart, beside the matrix products of a step, taken alone: no code with NumPy can be faster.
"""

from __future__ import annotations

import os

os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")

import platform
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.neural_network import MLPClassifier
from table import Column, show

from utils.activations import sigmoid, sigmoid_derivative, softmax
from utils.data import digits, moons
from utils.layers import Layer, chain, dense, entrywise, flat, gradient_of, like
from utils.optimizers import stochastic_descent

try:
    import torch
except ImportError:
    torch = None

RATE = 0.1


#: What is measured: a call, and how many steps it takes.
Work = tuple[Callable[[], object], int]


def least(works: dict[str, Work], budget: float = 4.0) -> dict[str, float]:
    """Return the least processor time of one step of each, in microseconds; they take turns."""
    best, ends = dict.fromkeys(works, np.inf), time.process_time() + budget
    while time.process_time() < ends:
        for name, (work, steps) in works.items():
            begun = time.process_time()
            work()
            best[name] = min(best[name], (time.process_time() - begun) / steps * 1e6)
    return best


def network_of(sizes: tuple) -> Layer:
    """Return the network of both tables, without its last activation."""
    bend = entrywise(sigmoid, sigmoid_derivative)
    return chain(dense(*sizes[:2]), bend, dense(*sizes[1:]))


def ours(X: NDArray, Y: NDArray, sizes: tuple, batches: list, last: Callable) -> Work:
    """Train as the chapters do."""
    network = network_of(sizes)
    gradient = gradient_of(network, X, Y, last)
    start = flat(network.first(np.random.default_rng(0)))
    return lambda: stochastic_descent(gradient, start, RATE, batches), len(batches)


def sketch(X: NDArray, Y: NDArray, sizes: tuple, batches: list, last: Callable) -> Work:
    """Train with the lines that one writes first."""
    (W1, b1), _, (W2, b2) = network_of(sizes).first(np.random.default_rng(0))

    def squash(Z: NDArray) -> NDArray:
        return 1 / (1 + np.exp(-Z))

    def shares(Z: NDArray) -> NDArray:
        E = np.exp(Z - Z.max(axis=0))
        return E / E.sum(axis=0)

    end = squash if last is sigmoid else shares

    def steps() -> None:
        nonlocal W1, b1, W2, b2
        for batch in batches:
            x, y = X[:, batch], Y[:, batch]
            A1 = squash(W1 @ x + b1)
            dZ2 = (end(W2 @ A1 + b2) - y) / len(batch)
            dZ1 = (W2.T @ dZ2) * A1 * (1 - A1)
            W2 = W2 - RATE * (dZ2 @ A1.T)
            b2 = b2 - RATE * dZ2.sum(axis=1, keepdims=True)
            W1 = W1 - RATE * (dZ1 @ x.T)
            b1 = b1 - RATE * dZ1.sum(axis=1, keepdims=True)

    return steps, len(batches)


def scikit_learn(X: NDArray, y: NDArray, sizes: tuple, batches: list) -> Work:
    """Train MLPClassifier, its bookkeeping spread over 10 epochs."""
    rows, epochs = np.ascontiguousarray(X.T), 10
    model = MLPClassifier(
        sizes[1:-1], activation="logistic", solver="sgd", alpha=0, momentum=0,
        batch_size=len(batches[0]), learning_rate_init=RATE, max_iter=epochs,
        n_iter_no_change=epochs + 1,
    )  # fmt: skip

    def fit() -> None:
        with warnings.catch_warnings(action="ignore"):
            model.fit(rows, y)

    return fit, epochs * len(batches)


def pytorch(X: NDArray, y: NDArray, sizes: tuple, batches: list) -> Work:
    """Train with PyTorch, its own layers, loss and optimizer."""
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

    return steps, len(batches)


def parts(X: NDArray, Y: NDArray, sizes: tuple, batch: NDArray, last: Callable) -> dict:
    """Return what a step is made of, and its matrix products alone."""
    network = network_of(sizes)
    first = network.first(np.random.default_rng(0))
    theta, (dense1, _, dense2) = flat(first), first
    x, y = X[:, batch], Y[:, batch]
    Z2, kept = network.forward(first, x)
    (_, Z1, A1), dZ2, (W1, _), (W2, _) = kept, last(Z2) - y, dense1, dense2
    dZ1, rows = W2.T @ dZ2, [np.ascontiguousarray(each.T) for each in (X, Y)]
    works = {
        "batch taken": lambda: [each[batch].T for each in rows],
        "θ read and written": lambda: (like(theta, first), flat(first)),
        "activations": lambda: (sigmoid(Z1), last(Z2)),
        "slopes": lambda: sigmoid_derivative(Z1),
        "∂J/∂X": lambda: W1.T @ dZ1,
        "products": lambda: (W1 @ x, W2 @ A1, dZ2 @ A1.T, W2.T @ dZ2, dZ1 @ x.T),
        "forward": lambda: network.forward(first, x),
        "backward": lambda: network.backward(dZ2, first, kept),
    }
    return {name: (lambda work=work: [work() for _ in range(9)], 9) for name, work in works.items()}


def processor() -> str:
    """Return the name of this machine's processor."""
    told = Path("/proc/cpuinfo")
    lines = told.read_text(encoding="utf-8").splitlines() if told.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def main() -> None:
    """Measure, and print two tables.  At these sizes we are to be the fastest but for a sketch."""
    points, labels = moons(640)
    pictures, names = digits()
    Y = np.eye(10)[names].T
    cases = {
        "2–8–1, moons, 64": (points, labels, labels[None] * 1.0, (2, 8, 1), 64, sigmoid),
        "64–32–10, digits, 64": (pictures, names, Y, (64, 32, 10), 64, softmax),
        "64–32–10, digits, all": (pictures, names, Y, (64, 32, 10), 1797, softmax),
    }
    rivals = ["sketch", "scikit-learn", *(["PyTorch"] if torch else [])]
    rows, inside = {}, {}
    for name, (X, y, Y, sizes, size, last) in cases.items():
        order = np.random.default_rng(0).permutation(X.shape[1])
        batches = np.split(order, range(size, X.shape[1], size))
        works = {
            "ours": ours(X, Y, sizes, batches, last),
            "sketch": sketch(X, Y, sizes, batches, last),
            "scikit-learn": scikit_learn(X, y, sizes, batches),
        }
        works |= {"PyTorch": pytorch(X, y, sizes, batches)} if torch else {}
        times = least(works)
        step = times["ours"]
        rows[name] = (step, *(n for rival in rivals for n in (times[rival], times[rival] / step)))
        inside[name] = least(parts(X, Y, sizes, batches[0], last), 2.0)
    columns = [Column("µs, ours")]
    for rival in rivals:
        gate = 1 / 1.5 if rival == "sketch" else 1
        columns += [Column(f"µs, {rival}"), Column("× ours", ".2f", least=round(gate, 2))]
    print(f"{processor()}, one thread")
    show("a training step", columns, rows)
    columns = [Column(f"µs, {part}") for part in next(iter(inside.values()))]
    show("where it goes", columns, {name: tuple(part.values()) for name, part in inside.items()})
    if torch is None:
        print("PyTorch is not installed, so it is not in the table.")


if __name__ == "__main__":
    main()
