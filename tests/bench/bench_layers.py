"""Measure the way there and back through layers: convolution, recurrence, attention, a whole block.

By hand is the pair that the chapters derive.  autograd runs plain lines of NumPy for the same
layer; PyTorch, if it is installed, its own layer, on the processor and in the same precision.  Each
gives ∂J/∂A and the gradients of all parameters for the same ∂J/∂(output).  All values are compared
before anything is timed; the ways take turns in one run, in processor time and on one thread, and
each time is the least of several.
"""

from __future__ import annotations

import os

os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")

from collections.abc import Callable

import autograd
import autograd.numpy as anp
import numpy as np
from bench_training import least, processor
from numpy.typing import NDArray
from table import Column, show

from utils.attention import attention, causal_mask
from utils.convolution import convolution
from utils.layers import Layer, Part, flat, like
from utils.recurrence import elman, recurrent
from utils.transformer import block

try:
    import torch
except ImportError:
    torch = None

#: What a layer norm adds to a variance, as in utils.normalization.
EPSILON = 1e-5

#: The output of a layer from its parameters and input, with the operations of one library.
Lines = Callable[[tuple, NDArray], NDArray]


def convolved(part: tuple, A: NDArray) -> NDArray:
    """Return the convolution of A, shape (C, n₁, n₂, m), tap by tap, for autograd."""
    W, b = part
    (_, _, K1, K2), (_, n1, n2, _) = W.shape, A.shape
    windows = [
        (W[:, :, i, j], A[:, i : n1 - K1 + 1 + i, j : n2 - K2 + 1 + j])
        for i in range(K1)
        for j in range(K2)
    ]
    return sum(anp.einsum("fc,cpqm->fpqm", w, a) for w, a in windows) + b[:, :, None, None]


def carried(part: tuple, X: NDArray) -> NDArray:
    """Return the states for X, shape (T, n_in, m), moment by moment, for autograd."""
    W, V, b = part
    H, states = np.zeros((len(V), X.shape[2])), []
    for t in range(len(X)):
        H = anp.tanh(W @ X[t] + V @ H + b)
        states.append(H)
    return anp.stack(states)


def looked_up(part: tuple, X: NDArray) -> NDArray:
    """Return what the positions of X, shape (n, T, m), look up before them, for autograd."""
    Q, K, V = (anp.einsum("dn,ntm->mdt", W, X) for W in part)
    S = anp.where(
        causal_mask(X.shape[1]), anp.einsum("mdi,mdj->mij", K, Q) / np.sqrt(Q.shape[1]), -np.inf
    )
    E = anp.exp(S - anp.max(S, axis=1, keepdims=True))
    return anp.einsum("mrj,mjt->rtm", V, E / anp.sum(E, axis=1, keepdims=True))


def blocked(part: tuple, X: NDArray) -> NDArray:
    """Return what a transformer block makes of X, shape (n, T, m), for autograd."""
    (norm1, (lookups, mixing)), (norm2, (wide, _, narrow)) = part

    def summed(part: tuple, A: NDArray) -> NDArray:
        return anp.einsum("kn,ntm->ktm", part[0], A) + part[1][:, :, None]

    def normed(part: tuple, A: NDArray) -> NDArray:
        spread = anp.sqrt(anp.var(A, axis=0) + EPSILON)
        return part[0][:, :, None] * (A - anp.mean(A, axis=0)) / spread + part[1][:, :, None]

    A = normed(norm1, X)
    X = X + summed(mixing, anp.concatenate([looked_up(head, A) for head in lookups]))
    return X + summed(narrow, anp.maximum(summed(wide, normed(norm2, X)), 0))


def convolved_by_torch(part: tuple, A):
    """Return what ``convolved`` does, by PyTorch's ``conv2d``."""
    W, b = part
    return torch.nn.functional.conv2d(A.permute(3, 0, 1, 2), W, b[:, 0]).permute(1, 2, 3, 0)


def carried_by_torch(part: tuple, X):
    """Return what ``carried`` does, by the loop inside PyTorch's ``RNN``."""
    W, V, b = part
    start = torch.zeros(1, X.shape[2], len(V), dtype=X.dtype)
    weights = [W, V, b[:, 0], torch.zeros_like(b[:, 0])]
    states, _ = torch.rnn_tanh(X.permute(0, 2, 1), start, weights, True, 1, 0.0, True, False, False)
    return states.permute(0, 2, 1)


def looked_up_by_torch(part: tuple, X):
    """Return what ``looked_up`` does, by PyTorch's ``scaled_dot_product_attention``."""
    q, k, v = (torch.einsum("dn,ntm->mtd", W, X) for W in part)
    out = torch.nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True)
    return out.permute(2, 1, 0)


def blocked_by_torch(part: tuple, X):
    """Return what ``blocked`` does, by PyTorch's own layers; an example comes first there."""
    (norm1, (lookups, mixing)), (norm2, (wide, _, narrow)) = part
    of = torch.nn.functional

    def normed(part: tuple, A):
        gamma, beta = (each[:, 0] for each in part)
        return of.layer_norm(A, gamma.shape, gamma, beta, EPSILON)

    X = X.permute(2, 1, 0)
    A, (m, T, n), h = normed(norm1, X), X.shape, len(lookups)
    q, k, v = (
        (A @ torch.cat([head[i] for head in lookups]).T).reshape(m, T, h, n // h).transpose(1, 2)
        for i in range(3)
    )
    found = of.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2)
    X = X + of.linear(found.reshape(m, T, n), mixing[0], mixing[1][:, 0])
    inside = of.relu(of.linear(normed(norm2, X), wide[0], wide[1][:, 0]))
    return (X + of.linear(inside, narrow[0], narrow[1][:, 0])).permute(2, 1, 0)


#: Layer, input, and the same for autograd and for PyTorch.
LAYERS: dict[str, tuple[Layer, tuple, Lines, Lines]] = {
    "convolution, 8 of 3×3, 8×8 pixels": (
        convolution(1, 8, (3, 3)), (1, 8, 8, 32), convolved, convolved_by_torch,
    ),
    "convolution, 16 × 8 of 3×3, 16×16": (
        convolution(8, 16, (3, 3)), (8, 16, 16, 32), convolved, convolved_by_torch,
    ),
    "recurrence, 16 neurons, 40 moments": (
        recurrent(elman(2, 16), 16), (40, 2, 32), carried, carried_by_torch,
    ),
    "recurrence, 64 neurons, 80 moments": (
        recurrent(elman(8, 64), 64), (80, 8, 32), carried, carried_by_torch,
    ),
    "attention, 20 positions, d = 16": (
        attention(16, 16, 16, causal=True), (16, 20, 32), looked_up, looked_up_by_torch,
    ),
    "attention, 80 positions, d = 32": (
        attention(32, 32, 32, causal=True), (32, 80, 32), looked_up, looked_up_by_torch,
    ),
    "block, 20 positions, n = 16, 2 heads": (
        block(16, 2, 64, causal=True), (16, 20, 32), blocked, blocked_by_torch,
    ),
    "block, 80 positions, n = 64, 4 heads": (
        block(64, 4, 256, causal=True), (64, 80, 32), blocked, blocked_by_torch,
    ),
}  # fmt: skip


def by_hand(layer: Layer, part: tuple, A: NDArray, dout: NDArray) -> NDArray:
    """Return ∂J/∂A and the gradients of the parameters as one vector, by the derived pair."""
    _, kept = layer.forward(part, A)
    dA, gradients = layer.backward(dout, part, kept)
    return flat((dA, gradients))


def by_autograd(lines: Lines, part: tuple, A: NDArray, dout: NDArray) -> NDArray:
    """Return the same by autograd's tape."""
    where = (A, part)

    def cost(theta: NDArray) -> float:
        A, part = like(theta, where)
        return anp.sum(lines(part, A) * dout)

    return autograd.grad(cost)(flat(where))


def by_torch(lines: Lines, part: tuple, A: NDArray, dout: NDArray) -> Callable[[], NDArray]:
    """Return the function that gives the same by PyTorch's tape."""
    torch.set_num_threads(1)
    start = torch.tensor(A, requires_grad=True)
    leaves, back = [start], torch.tensor(dout)

    def tensors(part: Part) -> Part:
        if isinstance(part, tuple):
            return tuple(map(tensors, part))
        leaves.append(torch.tensor(part, requires_grad=True))
        return leaves[-1]

    weights = tensors(part)

    def gradients() -> NDArray:
        found = torch.autograd.grad(lines(weights, start), leaves, back)
        return flat([one.numpy() for one in found])

    return gradients


def main() -> None:
    """Compare, measure, and print."""
    rng = np.random.default_rng(0)
    rows = {}
    for name, (layer, shape, lines, lines_of_torch) in LAYERS.items():
        part, A = layer.first(rng), rng.normal(size=shape)
        dout = rng.normal(size=layer.forward(part, A)[0].shape)
        task = part, A, dout
        ways = {
            "by hand": lambda layer=layer, task=task: by_hand(layer, *task),
            "autograd": lambda lines=lines, task=task: by_autograd(lines, *task),
        } | ({"PyTorch": by_torch(lines_of_torch, *task)} if torch else {})
        for way, value in {way: call() for way, call in ways.items()}.items():
            assert np.allclose(value, ways["by hand"](), rtol=1e-9, atol=1e-11), (name, way)
        times = least({way: (call, 1) for way, call in ways.items()})
        hand, *others = times.values()
        rows[name] = (hand, *(n for other in others for n in (other, other / hand)))
    columns = [Column("µs, by hand"), Column("µs, autograd"), Column("× by hand", ".1f", least=1.0)]
    columns += [Column("µs, PyTorch"), Column("× by hand", ".1f")] if torch else []
    print(f"{processor()}, one thread")
    show("there and back, 32 examples", columns, rows)
    if torch is None:
        print("PyTorch is not installed, so it is not in the table.")


if __name__ == "__main__":
    main()
