"""Carry a state through time, and its gradient back.

A cell is a layer for one moment: out of the pair of input and state it makes the next state.
:func:`recurrent` applies one cell, with the same parameters, at every moment of a sequence, and is
a layer again.  A sequence is an array of time × features × examples.

The state is an array of shape (n, m), or a tuple of such arrays, the first of which is what the
layer puts out.  Book: "One weight, T copies", in "Recurrence".
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from utils.checks import expect
from utils.initializers import lecun_variance
from utils.layers import Layer, Part, _has, _none

#: An array, or a tuple of arrays.
State = Any
#: The number of neurons in the state, or a tuple of numbers, one for each of its arrays.
Size = Any


# ── A layer over time ────────────────────────────────────────────────────────────────────────────


def recurrent(cell: Layer, n: Size) -> Layer:
    """Return the layer that starts with a state of zeros and goes through time by ``cell``.

    ``cell`` makes the next state out of (input, state); ``n`` is the number of neurons in the
    state, a tuple of numbers if the state is a tuple of arrays.  Elman (1990).
    """
    return Layer(
        cell.first, partial(recurrent_forward, cell, n), partial(recurrent_backward, cell, n)
    )


def recurrent_forward(cell: Layer, n: Size, part: Part, X: NDArray) -> tuple[NDArray, list]:
    """Return what is put out at each moment, (T, n, m), and what the cell keeps of each.

    ``X`` is a sequence of shape (T, n_in, m).  Raises ``ValueError`` for an empty one.
    """
    _is_sequence(X)
    state, out, kept = _zeros(n, X.shape[2]), [], []
    for x in X:
        state, memory = cell.forward(part, (x, state))
        out.append(_put_out(state))
        kept.append(memory)
    return np.stack(out), kept


def recurrent_backward(
    cell: Layer, n: Size, dout: NDArray, part: Part, kept: list
) -> tuple[NDArray, Part]:
    """Return ∂J/∂X, (T, n_in, m), and the gradients, summed over the moments.

    A state acts twice, on what is put out and on the next state, so two gradients meet in it.
    """
    back, dX, gradients = _zeros(n, dout.shape[2]), [], None
    for d, memory in zip(dout[::-1], kept[::-1], strict=True):
        (dx, back), own = cell.backward(_met(back, d), part, memory)
        dX.append(dx)
        gradients = own if gradients is None else _sum(gradients, own)
    return np.stack(dX[::-1]), gradients


def last() -> Layer:
    """Return the layer that takes the last moment of a sequence, (T, n, m) to (n, m)."""
    return Layer(_none, last_forward, last_backward)


def last_forward(part: Part, A: NDArray) -> tuple[NDArray, int]:
    """Return the last moment of a sequence, and keep how many there were."""
    _has(part, 0)
    _is_sequence(A)
    return A[-1], len(A)


def last_backward(dout: NDArray, part: Part, moments: int) -> tuple[NDArray, Part]:
    """Return ∂J/∂A, which is 0 at each moment but the last."""
    dA = np.zeros((moments, *dout.shape))
    dA[-1] = dout
    return dA, ()


# ── A cell of one array ──────────────────────────────────────────────────────────────────────────


def elman(n_in: int, n: int) -> Layer:
    """Return the cell H := tanh(W X + V H + b) of ``n`` neurons.  Elman (1990).

    W and V begin by LeCun's rule, each for its own number of inputs, and b at 0.
    """
    return Layer(partial(elman_first, n_in, n), elman_forward, elman_backward)


def elman_first(n_in: int, n: int, rng: np.random.Generator) -> Part:
    """Draw W of shape (n, n_in), V of shape (n, n), and return them with b of shape (n, 1)."""
    W = rng.normal(scale=np.sqrt(lecun_variance(n_in, n)), size=(n, n_in))
    V = rng.normal(scale=np.sqrt(lecun_variance(n, n)), size=(n, n))
    return W, V, np.zeros((n, 1))


def elman_forward(part: Part, A: tuple[NDArray, NDArray]) -> tuple[NDArray, tuple]:
    """Return the next state, shape (n, m), from A, the pair of X, (n_in, m), and the state."""
    _fits(part, A)
    (W, V, b), (X, before) = part, A
    H = np.tanh(W @ X + V @ before + b)
    return H, (X, before, H)


def elman_backward(dH: NDArray, part: Part, kept: tuple) -> tuple[tuple[NDArray, NDArray], Part]:
    """Return ∂J/∂X and ∂J/∂(state before), as a pair, and ∂J/∂W, ∂J/∂V, ∂J/∂b."""
    (W, V, _), (X, before, H) = part, kept
    delta = dH * (1 - H) * (1 + H)  # tanh′(Z), from tanh(Z)
    gradients = delta @ X.T, delta @ before.T, delta.sum(axis=1, keepdims=True)
    return (W.T @ delta, V.T @ delta), gradients


# ── How far a gradient reaches ───────────────────────────────────────────────────────────────────


def spectral_radius(V: NDArray) -> float:
    """Return the greatest size of an eigenvalue of a square matrix.  Book: "How far back?"."""
    expect(np.ndim(V) == 2 and V.shape[0] == V.shape[1] > 0, "a square matrix", np.shape(V))
    return float(np.max(np.abs(np.linalg.eigvals(V))))


def horizon(rho: float, share: float = 0.01) -> float:
    """Return after how many moments ρ^k has fallen to ``share``: ln(share) / ln(ρ)."""
    expect(0 < rho < 1, "a spectral radius between 0 and 1", rho)
    expect(0 < share < 1, "a share between 0 and 1", share)
    return float(np.log(share) / np.log(rho))


# ── The state, an array or a tuple of them ───────────────────────────────────────────────────────


def _zeros(n: Size, m: int) -> State:
    return tuple(_zeros(each, m) for each in n) if isinstance(n, tuple) else np.zeros((n, m))


def _put_out(state: State) -> NDArray:
    return state[0] if isinstance(state, tuple) else state


def _met(back: State, d: NDArray) -> State:
    """Add the gradient of what was put out to that of the state which put it out."""
    return (back[0] + d, *back[1:]) if isinstance(back, tuple) else back + d


def _sum(a: Part, b: Part) -> Part:
    return tuple(map(_sum, a, b)) if isinstance(a, tuple) else a + b


# ── What is refused, in words that cost nothing where all is well ────────────────────────────────


def _is_sequence(X: NDArray) -> None:
    if np.ndim(X) != 3 or X.size == 0:
        raise ValueError(
            "expected a sequence of time × features × examples with a moment or more, "
            f"got an array of shape {np.shape(X)}"
        )


def _fits(part: Part, A: tuple[NDArray, NDArray]) -> None:
    """Refuse W, V, b, inputs and state that do not belong together."""
    _has(part, 3)
    (W, V, b), (X, before) = part, A
    shapes = W.shape, V.shape, b.shape, X.shape, before.shape
    n, k, m = len(W), W.shape[-1], before.shape[-1]
    if shapes != ((n, k), (n, n), (n, 1), (k, m), (n, m)):
        raise ValueError(
            "expected W of shape (n, k), V (n, n), b (n, 1), X (k, m) and a state (n, m), "
            f"got {', '.join(map(str, shapes))}"
        )
