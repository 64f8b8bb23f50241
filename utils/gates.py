"""A cell that keeps: long short-term memory, one moment of it, forward and back.

Beside its state H it has a **cell state** C, which is added to, and otherwise only multiplied by a
gate between 0 and 1.  It goes through time as any other cell does, by
``recurrent(lstm(n_in, n), (n, n))``.  Its four blocks of n rows are, in this order, those of the
forget gate F, the input gate I, the output gate O and the candidate G.  Book: "Long short-term
memory".
"""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from utils.activations import sigmoid
from utils.checks import expect
from utils.initializers import lecun_variance
from utils.layers import Layer, Part, _has

#: Two arrays of one shape: the state H and the cell state C, or their gradients.
Pair = tuple[NDArray, NDArray]


# ── One moment ───────────────────────────────────────────────────────────────────────────────────


def lstm(n_in: int, n: int, keep: float = 1.0, enter: float = 0.0) -> Layer:
    """Return the cell of ``n`` neurons whose forget gate begins at σ(``keep``).

    ``keep`` is the first bias of the forget gate and ``enter`` that of the input gate; the others
    begin at 0, and the weights by LeCun's rule, each for its own number of inputs.  Hochreiter and
    Schmidhuber (1997); the forget gate is due to Gers, Schmidhuber and Cummins (2000).
    """
    return Layer(partial(lstm_first, n_in, n, keep, enter), lstm_forward, lstm_backward)


def lstm_first(n_in: int, n: int, keep: float, enter: float, rng: np.random.Generator) -> Part:
    """Draw W of shape (4n, n_in), V of shape (4n, n), and return them with b of shape (4n, 1)."""
    W = rng.normal(scale=np.sqrt(lecun_variance(n_in, n)), size=(4 * n, n_in))
    V = rng.normal(scale=np.sqrt(lecun_variance(n, n)), size=(4 * n, n))
    return W, V, np.repeat([keep, enter, 0.0, 0.0], n)[:, None]


def lstm_forward(part: Part, A: tuple[NDArray, Pair]) -> tuple[Pair, tuple]:
    """Return the next H and C, both (n, m), from X, (n_in, m), and the pair of H and C before."""
    _fits(part, A)
    (W, V, b), (X, (before, C)) = part, A
    Z = (W @ X + V @ before + b).reshape(4, *C.shape)
    gates, G = sigmoid(Z[:3]), np.tanh(Z[3])
    F, I, O = gates  # noqa: E741 (the letters of the page)
    C_next = F * C + I * G
    S = np.tanh(C_next)
    return (O * S, C_next), (X, before, C, gates, G, S)


def lstm_backward(dstate: Pair, part: Part, kept: tuple) -> tuple[tuple[NDArray, Pair], Part]:
    """Return ∂J/∂X and the pair of ∂J/∂H and ∂J/∂C before, and ∂J/∂W, ∂J/∂V, ∂J/∂b.

    ``dstate`` is the pair of ∂J/∂H and of what the next moment tells C.
    """
    (W, V, _), (X, before, _, gates, _, _) = part, kept
    delta, gamma = lstm_deltas(dstate, kept)
    gradients = delta @ X.T, delta @ before.T, delta.sum(axis=1, keepdims=True)
    return (W.T @ delta, (V.T @ delta, gamma * gates[0])), gradients


def lstm_deltas(dstate: Pair, kept: tuple) -> Pair:
    """Return ∂J/∂Z of the four blocks, shape (4n, m), and ∂J/∂C, (n, m).

    The state H was made of C, so what H is told comes to C as well: two paths meet, and add.
    """
    (dH, dC), (_, _, C, gates, G, S) = dstate, kept
    _, I, O = gates  # noqa: E741 (the letters of the page)
    gamma = dC + dH * O * (1 - S) * (1 + S)  # tanh′(C), from S = tanh(C)
    dgates = np.stack([gamma * C, gamma * G, dH * S]) * gates * (1 - gates)
    return np.concatenate([*dgates, gamma * I * (1 - G) * (1 + G)]), gamma


# ── How much is left ─────────────────────────────────────────────────────────────────────────────


def share_left(b: float, k: float) -> float:
    """Return σ(b)^k, what k moments leave of a cell state whose forget gate is at σ(b)."""
    expect(k >= 0, "k moments, 0 or more", k)
    return float(sigmoid(b) ** k)


def keep_bias(k: float) -> float:
    """Return ln k, the bias with which the forget gate loses 1 of k + 1 parts at a moment.

    After k moments more than 1/e is left, for any k.  Tallec and Ollivier (2018).
    """
    expect(k > 0, "k > 0 moments", k)
    return float(np.log(k))


# ── What is refused, in words that cost nothing where all is well ────────────────────────────────


def _fits(part: Part, A: tuple[NDArray, Pair]) -> None:
    """Refuse W, V, b, inputs and states that do not belong together."""
    _has(part, 3)
    if len(A) != 2 or not isinstance(A[1], tuple) or len(A[1]) != 2:
        raise ValueError("expected X and the pair of H and C, got another nesting")
    (W, V, b), (X, (before, C)) = part, A
    n = len(before)
    shapes = W.shape[:1], V.shape, b.shape, np.shape(X)
    right = (4 * n,), (4 * n, n), (4 * n, 1), (W.shape[-1], *before.shape[1:])
    if shapes != right or np.ndim(X) != 2 or C.shape != before.shape:
        raise ValueError(
            "expected W of shape (4n, k), V (4n, n), b (4n, 1), X (k, m), and H and C (n, m), "
            f"got {W.shape}, {V.shape}, {b.shape}, {np.shape(X)}, {before.shape}, {C.shape}"
        )
