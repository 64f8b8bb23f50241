"""Measure one gradient of the digits' network: by hand, by the tape, and by others' tapes.

By hand is the way back that the chapters derive (``gradient_of``).  The tape writes the same
network down, operation by operation, or with the pair of the whole network as one operation.
autograd runs the same lines, and so does PyTorch, if it is installed, on the processor and in the
same precision.  All values are compared before anything is timed; the ways take turns in one run,
in processor time and on one thread, and each time is the least of several.
"""

from __future__ import annotations

import os

os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")

from collections.abc import Callable
from types import ModuleType

import autograd
import autograd.numpy as anp
import numpy as np
from bench_training import least, processor
from numpy.typing import NDArray
from table import Column, show

from utils.activations import sigmoid, sigmoid_derivative, softmax
from utils.autodiff import by_tape, primitive
from utils.data import digits
from utils.layers import chain, dense, entrywise, flat, gradient_of, like

try:
    import torch
except ImportError:
    torch = None

Gradient = Callable[[], NDArray]


def cross_entropy(np: ModuleType, Z: NDArray, Y: NDArray) -> NDArray:
    """Return the mean cross-entropy after a softmax; the sums of the digits do not overflow."""
    return np.sum(np.log(np.sum(np.exp(Z), axis=0)) - np.sum(Y * Z, axis=0)) / Y.shape[1]


def op_by_op(np: ModuleType, part: tuple, X: NDArray, Y: NDArray) -> NDArray:
    """Return the cost of the network, written with operations of NumPy alone."""
    (W1, b1), _, (W2, b2) = part
    A1 = 1 / (1 + np.exp(-(np.matmul(W1, X) + b1)))
    return cross_entropy(np, np.matmul(W2, A1) + b2, Y)


def ways(X: NDArray, Y: NDArray) -> dict[str, Gradient]:
    """Return the gradient of all parameters as a vector, by each way."""
    network = chain(dense(64, 32), entrywise(sigmoid, sigmoid_derivative), dense(32, 10))
    part = network.first(np.random.default_rng(0))
    theta, everything = flat(part), np.arange(X.shape[1])
    by_hand = gradient_of(network, X, Y, softmax)
    act = primitive(network.forward, network.backward)
    found = {
        "by hand": lambda: by_hand(theta, everything),
        "tape": lambda: flat(by_tape(lambda p: op_by_op(np, p, X, Y), part)),
        "tape, pair": lambda: flat(by_tape(lambda p: cross_entropy(np, act(p, X), Y), part)),
        "autograd": lambda: autograd.grad(lambda t: op_by_op(anp, like(t, part), X, Y))(theta),
    }
    return found | ({"PyTorch": by_torch(part, X, Y)} if torch else {})


def by_torch(part: tuple, X: NDArray, Y: NDArray) -> Gradient:
    """Return the gradient by PyTorch's tape, of the same lines."""
    torch.set_num_threads(1)
    (W1, b1), _, (W2, b2) = part
    weights = [torch.tensor(array, requires_grad=True) for array in (W1, b1, W2, b2)]
    x, classes = torch.tensor(X), torch.tensor(Y.argmax(axis=0))

    def gradient() -> NDArray:
        W1, b1, W2, b2 = weights
        Z = W2 @ torch.sigmoid(W1 @ x + b1) + b2
        loss = torch.nn.functional.cross_entropy(Z.T, classes)
        return flat([found.numpy() for found in torch.autograd.grad(loss, weights)])

    return gradient


def main() -> None:
    """Compare, measure, and print.  The tape is to cost a few passes by hand, not more."""
    pictures, names = digits()
    rows = {}
    for m in (32, 1400):
        X, Y = np.ascontiguousarray(pictures[:, :m]), np.eye(10)[names[:m]].T
        found = ways(X, Y)
        values = {name: way() for name, way in found.items()}
        for name, value in values.items():
            assert np.allclose(value, values["by hand"], rtol=1e-10, atol=1e-14), name
        works = {
            name: (lambda way=way: [way() for _ in range(9)], 9) for name, way in found.items()
        }
        times = least(works)
        hand = times["by hand"]
        rows[f"64–32–10, {m}"] = (hand, *(n for k in found if k != "by hand" for n in
                                          (times[k], times[k] / hand)))  # fmt: skip
    columns = [Column("µs, by hand")]
    gates = {"tape": 4.0, "tape, pair": 3.0}
    for name in found:
        if name != "by hand":
            columns += [Column(f"µs, {name}"), Column("× by hand", ".2f", most=gates.get(name))]
    print(f"{processor()}, one thread")
    show("one gradient", columns, rows)
    if torch is None:
        print("PyTorch is not installed, so it is not in the table.")


if __name__ == "__main__":
    main()
