"""Attention: each position asks all positions, and gets a mixture of what they hold.

A column is a position here: ``X`` of shape (n, T) is one sequence of T positions, and (n, T, m)
are m of them.  Of its columns three matrices make queries, keys and values.  What is asked at one
position is answered by all: by the more of a value, the more its key is like the query.  Derived
in the chapter "Attention".
"""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from utils.checks import expect
from utils.initializers import lecun_variance
from utils.layers import Layer, Part

# ── The lookup ───────────────────────────────────────────────────────────────────────────────────


def lookup(Q: NDArray, K: NDArray, V: NDArray, mask: NDArray | None = None) -> tuple:
    """Return O = V P, shape (…, r, t), and the weights P, (…, T, t), whose columns have the sum 1.

    The t queries Q of shape (…, d, t) are compared to the T keys K, (…, d, T), which belong to the
    values V, (…, r, T); axes in front are examples.  A ``mask`` of shape (T, t) is true where the
    query of a column may see the key of a row, and elsewhere P is exactly 0.  Raises ``ValueError``
    for a query that may see nothing: no mixture of nothing has the sum 1.  Vaswani et al. (2017).
    """
    _belong(Q, K, V, mask)
    S = np.swapaxes(K, -1, -2) @ Q / np.sqrt(Q.shape[-2])
    P = softmax_of_seen(S, mask)
    return V @ P, P


def softmax_of_seen(S: NDArray, mask: NDArray | None = None) -> NDArray:
    """Return the softmax of each column of S, shape (…, T, t), over what the mask lets it see."""
    seen = S if mask is None else np.where(mask, S, -np.inf)
    E = np.exp(seen - np.max(np.real(seen), axis=-2, keepdims=True))
    return E / np.sum(E, axis=-2, keepdims=True)


def lookup_gradients(dO: NDArray, Q: NDArray, K: NDArray, V: NDArray, P: NDArray) -> tuple:
    """Return ∂J/∂Q, ∂J/∂K and ∂J/∂V, shaped like Q, K and V, from ∂J/∂O and the weights P.

    A mask needs no line: where it hid something, P is 0, and so is ∂J/∂S.
    """
    dV = dO @ np.swapaxes(P, -1, -2)
    dP = np.swapaxes(V, -1, -2) @ dO
    dS = P * (dP - np.sum(P * dP, axis=-2, keepdims=True))
    root = np.sqrt(Q.shape[-2])
    return K @ dS / root, Q @ np.swapaxes(dS, -1, -2) / root, dV


def causal_mask(T: int) -> NDArray:
    """Return which of T positions, a row, each of them, a column, may see: none that come later."""
    return np.triu(np.ones((T, T), dtype=bool))


# ── The layer ────────────────────────────────────────────────────────────────────────────────────


def attention(n: int, d: int, r: int, causal: bool = False) -> Layer:
    """Return the layer in which T positions look each other up, from (n, T, m) to (r, T, m).

    Queries and keys have ``d`` entries, values ``r``.  Where it is ``causal``, a position sees
    itself and what came before.  The first weights follow LeCun's rule.
    """
    return Layer(
        partial(attention_first, n, d, r),
        partial(attention_forward, causal=causal),
        attention_backward,
    )


def attention_first(n: int, d: int, r: int, rng: np.random.Generator) -> Part:
    """Draw the weights of queries and keys, both of shape (d, n), and of values, (r, n)."""
    scale = np.sqrt(lecun_variance(n, n))
    return tuple(rng.normal(scale=scale, size=(rows, n)) for rows in (d, d, r))


def attention_forward(part: Part, X: NDArray, causal: bool = False) -> tuple[NDArray, tuple]:
    """Return what the positions of X, shape (n, T) or (n, T, m), look up: (r, T) or (r, T, m)."""
    _fits(part, X)
    columns = _examples_first(X)
    Q, K, V = (W @ columns for W in part)
    out, P = lookup(Q, K, V, causal_mask(X.shape[1]) if causal else None)
    return _examples_last(out), (columns, Q, K, V, P)


def attention_backward(dO: NDArray, part: Part, kept: tuple) -> tuple[NDArray, Part]:
    """Return ∂J/∂X, three terms added, and the gradients of the three matrices."""
    columns, *looked_up = kept
    back = lookup_gradients(_examples_first(dO), *looked_up)
    dX = sum(W.T @ dZ for W, dZ in zip(part, back, strict=True))
    return _examples_last(dX), tuple(_over_examples(dZ, columns) for dZ in back)


def _over_examples(dZ: NDArray, columns: NDArray) -> NDArray:
    """Return dZ Xᵀ, summed over the examples, if there is an axis of them."""
    products = dZ @ np.swapaxes(columns, -1, -2)
    return products.reshape(-1, *products.shape[-2:]).sum(axis=0)


def _examples_first(X: NDArray) -> NDArray:
    """Turn (n, T, m) to (m, n, T), as NumPy's products take a stack; (n, T) stays as it is."""
    return np.moveaxis(X, (0, 1), (-2, -1))


def _examples_last(out: NDArray) -> NDArray:
    return np.moveaxis(out, (-2, -1), (0, 1))


# ── What is refused ──────────────────────────────────────────────────────────────────────────────


def _fits(part: Part, X: NDArray) -> None:
    shapes = [np.shape(W) for W in part]
    good = np.ndim(X) in (2, 3) and np.size(X) > 0 and len(shapes) == 3
    if not good or shapes[0] != shapes[1] or any(W[1:] != X.shape[:1] for W in shapes):
        raise ValueError(
            "expected weights of shapes (d, n), (d, n), (r, n), and X (n, T) or (n, T, m), not "
            f"empty, got {shapes} and {np.shape(X)}"
        )


def _belong(Q: NDArray, K: NDArray, V: NDArray, mask: NDArray | None) -> None:
    shapes = np.shape(Q), np.shape(K), np.shape(V)
    if min(map(len, shapes)) < 2 or Q.shape[-2] != K.shape[-2] or K.shape[-1] != V.shape[-1]:
        raise ValueError(f"expected Q (d, t), K (d, T) and V (r, T), got {shapes}")
    expect(0 not in (*Q.shape, *V.shape), "queries, keys and values, one or more", shapes)
    if mask is not None:
        square = (K.shape[-1], Q.shape[-1])
        expect(np.shape(mask) == square, f"a mask of shape {square}", np.shape(mask))
        blind = np.flatnonzero(~np.any(mask, axis=0))
        expect(not blind.size, "a mask that lets each query see a key", f"none for {blind}")
