"""Set examples aside, and say how far their verdict can be trusted.

Book: "New to whom?" and "How far to trust a count", in "What the network has not seen".
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray

from utils.checks import expect


def folds(order: ArrayLike, k: int) -> Iterator[tuple[NDArray, NDArray]]:
    """Cut an order of examples into k pieces, and set each of them aside once.

    ``order`` has the index of each example once, shape (m,): shuffled, pieces are drawn at random;
    as the examples came, they are blocks of neighbors.  For each piece come the indices to train
    on, and those that are set aside; the sizes of two pieces differ by one at most.  Stone (1974).
    """
    order = np.asarray(order)
    expect(order.ndim == 1, "indices of shape (m,)", order.shape)
    expect(len(set(order.tolist())) == order.size, "each index once", f"{order.size} with repeats")
    expect(2 <= k <= order.size, f"k from 2 to {order.size} pieces", k)
    pieces = np.array_split(order, k)
    for i in range(k):
        yield np.concatenate(pieces[:i] + pieces[i + 1 :]), pieces[i]


def error_bar(p: ArrayLike, m: int) -> NDArray:
    """Return √(p (1 − p)/m), the standard deviation of a share ``p`` that m examples have.

    They are to be independent, so it says nothing of examples that resemble one another.
    """
    p = np.asarray(p)
    expect(bool(np.all((p >= 0) & (p <= 1))), "shares from 0 to 1", p)
    expect(m >= 1, "m >= 1 examples", m)
    return np.sqrt(p * (1 - p) / m)
