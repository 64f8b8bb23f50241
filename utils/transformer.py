"""One transformer block: positions, several lookups side by side, and a way around each step.

A column is a position, as in :mod:`utils.attention`: ``X`` of shape (n, T) is one sequence, and
(n, T, m) are m of them.  All that is new here is how layers that are there are put together, so
all gradients follow.  Derived in the chapter "One transformer block".
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from utils.activations import relu, relu_derivative
from utils.attention import attention
from utils.checks import expect
from utils.initializers import he_variance
from utils.layers import (
    Layer,
    Part,
    _has,
    _none,
    chain,
    chain_first,
    dense,
    entrywise,
    normalized,
    residual,
)

# ── Positions ────────────────────────────────────────────────────────────────────────────────────


def frequencies(n: int) -> NDArray:
    """Return the n/2 frequencies of n rows, from 1 down toward 1/10000.  Vaswani et al. (2017)."""
    expect(n > 0 and n % 2 == 0, "an even number of rows", n)
    return 10000.0 ** (-2 * np.arange(n // 2) / n)


def wave_pairs(omega: NDArray, t: NDArray) -> NDArray:
    """Return a column for each position in ``t``: sine and cosine of ω t for each frequency.

    Shape (2 k, T), for k frequencies and T positions; the pair of a frequency is two rows.
    """
    angles = np.outer(omega, t)
    pairs = np.stack([np.sin(angles), np.cos(angles)], axis=1)
    return pairs.reshape(2 * len(omega), np.size(t))


def rotation(omega: NDArray, k: float) -> NDArray:
    """Return the matrix that turns the waves of position t to those of t + k, whatever t is.

    Shape (2 len(ω), 2 len(ω)): a turn of each pair, and zeros elsewhere.
    """
    turn = np.zeros((2 * len(omega), 2 * len(omega)))
    for pair, angle in enumerate(omega * k):
        at = slice(2 * pair, 2 * pair + 2)
        turn[at, at] = [[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]
    return turn


def positioned(n: int) -> Layer:
    """Return the layer that adds to each column of n rows the waves of its position."""
    return Layer(_none, partial(positioned_forward, frequencies(n)), positioned_backward)


def positioned_forward(omega: NDArray, part: Part, X: NDArray) -> tuple[NDArray, None]:
    """Return X + P, for X of shape (n, T) or (n, T, m); positions are counted from 1."""
    _has(part, 0)
    _sequences(X, 2 * len(omega))
    P = wave_pairs(omega, 1 + np.arange(X.shape[1]))
    return X + (P if X.ndim == 2 else P[:, :, None]), None


def positioned_backward(dout: NDArray, part: Part, kept: None) -> tuple[NDArray, Part]:
    """Return ∂J/∂X, which is what came back: the positions are no parameters."""
    return dout, ()


# ── Every position by itself ─────────────────────────────────────────────────────────────────────


def columnwise(inner: Layer) -> Layer:
    """Return the layer that does to every position what ``inner`` does to an example."""
    return Layer(
        inner.first, partial(columnwise_forward, inner), partial(columnwise_backward, inner)
    )


def columnwise_forward(inner: Layer, part: Part, X: NDArray) -> tuple[NDArray, Any]:
    """Lay the columns of all sequences side by side, (n, T, m) to (n, T m), and back again."""
    _sequences(X, len(X))
    out, kept = inner.forward(part, X.reshape(len(X), -1))
    return out.reshape(-1, *X.shape[1:]), kept


def columnwise_backward(inner: Layer, dout: NDArray, part: Part, kept: Any) -> tuple:
    """Return ∂J/∂X and the gradients, in which all positions add up, as examples do."""
    dX, gradients = inner.backward(dout.reshape(len(dout), -1), part, kept)
    return dX.reshape(-1, *dout.shape[1:]), gradients


# ── Several lookups ──────────────────────────────────────────────────────────────────────────────


def beside(*layers: Layer) -> Layer:
    """Return the layer that gives its input to each of these, and stacks what they make of it."""
    expect(len(layers) > 0, "a layer or more", "none")
    return Layer(
        partial(chain_first, layers),
        partial(beside_forward, layers),
        partial(beside_backward, layers),
    )


def beside_forward(layers: Sequence[Layer], part: Part, X: NDArray) -> tuple[NDArray, list]:
    """Return what the layers make of X, one below the other, and keep what each keeps."""
    made = [layer.forward(own, X) for layer, own in zip(layers, part, strict=True)]
    return np.concatenate([out for out, _ in made]), [(len(out), kept) for out, kept in made]


def beside_backward(
    layers: Sequence[Layer], dout: NDArray, part: Part, kept: list
) -> tuple[NDArray, Part]:
    """Return ∂J/∂X, to which each layer adds its own, and the gradients of each."""
    blocks = np.split(dout, np.cumsum([rows for rows, _ in kept])[:-1])
    each = [
        layer.backward(block, own, memory)
        for layer, block, own, (_, memory) in zip(layers, blocks, part, kept, strict=True)
    ]
    return sum(dX for dX, _ in each), tuple(gradients for _, gradients in each)


def heads(n: int, h: int, causal: bool = False) -> Layer:
    """Return h lookups side by side, with n/h rows each, and a weighted sum of what they find.

    From (n, T, m) to (n, T, m).  Raises ``ValueError`` if h does not divide n.
    """
    expect(0 < h <= n and n % h == 0, f"a number of heads that divides {n}", h)
    d = n // h
    lookups = [attention(n, d, d, causal) for _ in range(h)]
    return chain(beside(*lookups), columnwise(dense(n, n)))


# ── The block ────────────────────────────────────────────────────────────────────────────────────


def norm(n: int) -> Layer:
    """Return the layer norm of each column of n rows.  Ba, Kiros and Hinton (2016)."""
    return columnwise(normalized(n, 0))


def mlp(n: int, wide: int) -> Layer:
    """Return ``wide`` ReLUs, and n sums of them, which each position has for itself."""
    return columnwise(
        chain(dense(n, wide, he_variance), entrywise(relu, relu_derivative), dense(wide, n))
    )


def block(n: int, h: int, wide: int, causal: bool = False) -> Layer:
    """Return one transformer block, from (n, T, m) to (n, T, m), with the norm before each step.

    Vaswani et al. (2017); the norm in this place as in Xiong et al. (2020).
    """
    return chain(
        residual(chain(norm(n), heads(n, h, causal))),
        residual(chain(norm(n), mlp(n, wide))),
    )


def _sequences(X: NDArray, n: int) -> None:
    if np.ndim(X) not in (2, 3) or len(X) != n or np.size(X) == 0:
        raise ValueError(
            f"expected X of shape (n, T) or (n, T, m) with n = {n}, not empty, got {np.shape(X)}"
        )
