"""Pooling: a window answers with one number, and its way back says to whom the answer was due.

An image is an array of channels × height × width × examples, as in :mod:`utils.convolution`; each
channel is pooled by itself.  Max-pooling and mean-pooling are both matrices whose rows add up to 1;
max-pooling's is chosen by the image.  Book: "Digits anywhere".
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from utils.checks import expect
from utils.layers import Layer, Part, _has, _none

Window = tuple[int, int]


# ── Windows ──────────────────────────────────────────────────────────────────────────────────────


def windows(A: NDArray, window: Window, stride: int) -> NDArray:
    """Cut the image A, shape (C, n₁, n₂, m), into windows, shape (K₁·K₂, C, N₁, N₂, m).

    The first axis goes through the pixels of a window, row by row.  Pixels at the right and lower
    ends that fill no window are left out.
    """
    _fits(A, window, stride)
    (K1, K2), (_, n1, n2, _) = window, A.shape
    N1, N2 = n1 - K1 + 1, n2 - K2 + 1  # places that the window has at the stride 1
    seen = [A[:, p : p + N1 : stride, q : q + N2 : stride] for p in range(K1) for q in range(K2)]
    return np.stack(seen)


def windows_backward(
    dseen: NDArray, shape: tuple[int, ...], window: Window, stride: int
) -> NDArray:
    """Put the derivatives by the windows of an image of this ``shape`` back, and add: ∂J/∂A."""
    (K1, K2), (_, n1, n2, _) = window, shape
    N1, N2 = n1 - K1 + 1, n2 - K2 + 1
    dA = np.zeros(shape, dseen.dtype)
    for pixel, each in enumerate(dseen):
        p, q = divmod(pixel, K2)
        dA[:, p : p + N1 : stride, q : q + N2 : stride] += each
    return dA


# ── The greatest of a window ─────────────────────────────────────────────────────────────────────


def max_pooled(window: Window, stride: int) -> Layer:
    """Return the layer that answers with the greatest number of each window, K₁ × K₂ pixels.

    From A of shape (C, n₁, n₂, m) it makes (C, N₁, N₂, m), Nᵢ = ⌊(nᵢ − Kᵢ)/s⌋ + 1; it has no
    parameters.
    """
    return Layer(
        _none,
        partial(max_pool_forward, window, stride),
        partial(max_pool_backward, window, stride),
    )


def max_pool_forward(
    window: Window, stride: int, part: Part, A: NDArray
) -> tuple[NDArray, tuple[NDArray, tuple[int, ...]]]:
    """Return the greatest number of each window, and keep which it was, and A's shape."""
    _has(part, 0)
    seen = windows(A, window, stride)
    return seen.max(axis=0), (seen.argmax(axis=0), A.shape)


def max_pool_backward(
    window: Window, stride: int, dout: NDArray, part: Part, kept: Any
) -> tuple[NDArray, Part]:
    """Return ∂J/∂A: to the winner of each window, the first of equals, all that its window is due.

    ``dout`` is ∂J by what the layer made, shape (C, N₁, N₂, m).
    """
    winner, shape = kept
    pixel = np.arange(window[0] * window[1])[:, None, None, None, None]
    return windows_backward(dout * (winner == pixel), shape, window, stride), ()


# ── The mean of a window ─────────────────────────────────────────────────────────────────────────


def mean_pooled(window: Window, stride: int) -> Layer:
    """Return the layer that answers with the mean of each window; shapes as `max_pooled`."""
    return Layer(
        _none,
        partial(mean_pool_forward, window, stride),
        partial(mean_pool_backward, window, stride),
    )


def mean_pool_forward(
    window: Window, stride: int, part: Part, A: NDArray
) -> tuple[NDArray, tuple[int, ...]]:
    """Return the mean of each window, and keep A's shape."""
    _has(part, 0)
    return windows(A, window, stride).mean(axis=0), A.shape


def mean_pool_backward(
    window: Window, stride: int, dout: NDArray, part: Part, shape: tuple[int, ...]
) -> tuple[NDArray, Part]:
    """Return ∂J/∂A: to each pixel of a window an equal share of what its window is due."""
    pixels = window[0] * window[1]
    shares = np.broadcast_to(dout / pixels, (pixels, *dout.shape))
    return windows_backward(shares, shape, window, stride), ()


# ── The greatest of all places ───────────────────────────────────────────────────────────────────


def greatest() -> Layer:
    """Return the layer that keeps of each map its greatest number alone, wherever it stands.

    From A of shape (C, n₁, n₂, m), of whatever height and width, it makes (C, m).
    """
    return Layer(_none, greatest_forward, greatest_backward)


def greatest_forward(part: Part, A: NDArray) -> tuple[NDArray, tuple[NDArray, tuple[int, ...]]]:
    """Return the greatest number of each map, shape (C, m), and keep its place, and A's shape."""
    _has(part, 0)
    _fits(A)
    places = A.reshape(len(A), -1, A.shape[-1])
    return places.max(axis=1), (places.argmax(axis=1), A.shape)


def greatest_backward(dout: NDArray, part: Part, kept: Any) -> tuple[NDArray, Part]:
    """Return ∂J/∂A, shaped like A: ∂J by the greatest number at its place, and 0 elsewhere."""
    winner, shape = kept
    place = np.arange(shape[1] * shape[2])[:, None]
    return (dout[:, None] * (winner[:, None] == place)).reshape(shape), ()


# ── How far a number sees ────────────────────────────────────────────────────────────────────────


def field(kernels: Sequence[int], strides: Sequence[int]) -> tuple[int, int]:
    """Return how many inputs in a row one number of the last layer sees, and its step.

    ``kernels`` and ``strides`` are those of the layers, convolutions or pooling, from the first to
    the last; the step is by how many inputs the view moves from one number to the next.
    """
    expect(len(kernels) == len(strides), "as many strides as kernels", (kernels, strides))
    expect(
        all(each >= 1 for each in (*kernels, *strides)),
        "kernels and strides of 1 or more",
        (kernels, strides),
    )
    r, step = 1, 1
    for K, s in zip(kernels, strides, strict=True):
        r, step = r + (K - 1) * step, step * s
    return r, step


# ── What is refused ──────────────────────────────────────────────────────────────────────────────


def _fits(A: NDArray, window: Window = (1, 1), stride: int = 1) -> None:
    """Refuse what is no image, or smaller than the window, and a window that does not move on."""
    if np.ndim(A) != 4 or np.size(A) == 0:
        raise ValueError(
            f"expected an image of channels × height × width × examples, got shape {np.shape(A)}"
        )
    if len(window) != 2 or not (1 <= window[0] <= A.shape[1] and 1 <= window[1] <= A.shape[2]):
        raise ValueError(f"expected a window of {A.shape[1:3]} or less, got {tuple(window)}")
    if stride < 1:
        raise ValueError(f"expected a stride of 1 or more, got {stride}")
