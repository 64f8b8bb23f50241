"""A convolution is a dense layer whose examples are patches; its way back puts them back and adds.

An image is an array of channels × height × width × examples.  A kernel of K₁ × K₂ slides over it
without turning (engineers call that correlation), by one pixel at a time and not over the border,
and at each place all channels are summed.  Book: "Convolution".
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from utils.checks import expect
from utils.initializers import he_variance
from utils.layers import Layer, Part, _has, _none, dense_backward, dense_forward, dense_gradients


def size(n: int, K: int, padding: int = 0, stride: int = 1) -> int:
    """Return the number of places, ⌊(n + 2p − K)/s⌋ + 1, of a kernel of K along n pixels."""
    expect(min(n, K, stride) >= 1, "n, K and stride of 1 or more", (n, K, stride))
    expect(padding >= 0, "a padding of 0 or more", padding)
    expect(n + 2 * padding >= K, f"a kernel of {n + 2 * padding} or less", K)
    return (n + 2 * padding - K) // stride + 1


def toeplitz(w: ArrayLike, n: int) -> NDArray:
    """Matrix T, shape (n − K + 1, n), for which T x is the kernel ``w`` slid over x, shape (n,)."""
    expect(np.ndim(w) == 1, "a kernel w of shape (K,)", np.shape(w))
    N = size(n, len(w))
    return np.array([np.concatenate([np.zeros(i), w, np.zeros(N - 1 - i)]) for i in range(N)])


# ── Patches ──────────────────────────────────────────────────────────────────────────────────────


def patches(A: NDArray, kernel: tuple[int, int]) -> NDArray:
    """Cut the image A, shape (C, n₁, n₂, m), into P, shape (C·K₁·K₂, N₁·N₂·m), a patch a column.

    The rows go by channel, row and column of the kernel, the last of them the fastest, and the
    columns by row and column of the place, and example.
    """
    _is_larger(A, kernel)
    (K1, K2), (C, n1, n2, m) = kernel, A.shape
    N1, N2 = n1 - K1 + 1, n2 - K2 + 1
    windows = [A[:, p : p + N1, q : q + N2] for p in range(K1) for q in range(K2)]
    return np.stack(windows, axis=1).reshape(C * K1 * K2, N1 * N2 * m)


def patches_backward(dP: NDArray, shape: tuple[int, ...], kernel: tuple[int, int]) -> NDArray:
    """Put ∂J/∂P back where the patches of an image of this ``shape`` came from, and add: ∂J/∂A.

    A pixel that lies in several patches gets the sum of what they say.
    """
    (K1, K2), (C, n1, n2, m) = kernel, shape
    N1, N2 = n1 - K1 + 1, n2 - K2 + 1
    expect(dP.shape == (C * K1 * K2, N1 * N2 * m), f"∂J/∂P of patches of {shape}", dP.shape)
    dA, windows = np.zeros(shape, dP.dtype), dP.reshape(C, K1, K2, N1, N2, m)
    for p in range(K1):
        for q in range(K2):
            dA[:, p : p + N1, q : q + N2] += windows[:, p, q]
    return dA


# ── The layer ────────────────────────────────────────────────────────────────────────────────────


def convolution(channels: int, filters: int, kernel: tuple[int, int]) -> Layer:
    """Return the layer that slides ``filters`` kernels over an image of so many ``channels``.

    From A of shape (C, n₁, n₂, m) it makes Z of shape (F, n₁ − K₁ + 1, n₂ − K₂ + 1, m).  Its
    parameters are W, shape (F, C, K₁, K₂), normal with He's variance at first, and b, shape (F, 1),
    at first 0.  LeCun et al. (1989).
    """
    return Layer(
        partial(convolution_first, channels, filters, kernel),
        convolution_forward,
        convolution_backward,
        convolution_gradients,
    )


def convolution_first(
    channels: int, filters: int, kernel: tuple[int, int], rng: np.random.Generator
) -> Part:
    """Draw W of shape (F, C, K₁, K₂), and return it with b = 0 of shape (F, 1)."""
    n_in = channels * kernel[0] * kernel[1]
    s = np.sqrt(he_variance(n_in, filters))
    return rng.normal(scale=s, size=(filters, channels, *kernel)), np.zeros((filters, 1))


def convolution_forward(part: Part, A: NDArray) -> tuple[NDArray, Any]:
    """Return Z, shape (F, N₁, N₂, m), and keep the patches of A, and A's shape."""
    _fits(part, A)
    W, b = part
    (F, _, K1, K2), (_, n1, n2, m) = W.shape, A.shape
    P = patches(A, (K1, K2))
    Z, _ = dense_forward((W.reshape(F, -1), b), P)
    return Z.reshape(F, n1 - K1 + 1, n2 - K2 + 1, m), (P, A.shape)


def convolution_backward(dZ: NDArray, part: Part, kept: Any) -> tuple[NDArray, Part]:
    """Return ∂J/∂A, shaped like A, and ∂J/∂W and ∂J/∂b, from ∂J/∂Z, shape (F, N₁, N₂, m)."""
    (W, b), (P, shape) = part, kept
    F, _, K1, K2 = W.shape
    dP, (dW, db) = dense_backward(dZ.reshape(F, -1), (W.reshape(F, -1), b), P)
    return patches_backward(dP, shape, (K1, K2)), (dW.reshape(W.shape), db)


def convolution_gradients(dZ: NDArray, part: Part, kept: Any) -> Part:
    """Return ∂J/∂W and ∂J/∂b alone, for a first layer, where nobody asks for ∂J/∂A."""
    (W, b), (P, _) = part, kept
    F = len(W)
    dW, db = dense_gradients(dZ.reshape(F, -1), (W.reshape(F, -1), b), P)
    return dW.reshape(W.shape), db


def flattened() -> Layer:
    """Return the layer that makes one column of all numbers of an example."""
    return Layer(_none, flattened_forward, flattened_backward)


def flattened_forward(part: Part, A: NDArray) -> tuple[NDArray, tuple[int, ...]]:
    """Return A, of any shape (…, m), as (k, m), and keep its shape."""
    _has(part, 0)
    expect(np.ndim(A) > 1, "an array of two axes or more, the last for examples", np.shape(A))
    return A.reshape(-1, A.shape[-1]), A.shape


def flattened_backward(dout: NDArray, part: Part, shape: tuple[int, ...]) -> tuple[NDArray, Part]:
    """Return ∂J/∂A, the same numbers in the shape of A."""
    return dout.reshape(shape), ()


# ── What is refused ──────────────────────────────────────────────────────────────────────────────


def _is_larger(A: NDArray, kernel: tuple[int, int]) -> None:
    """Refuse what is no image, or smaller than the kernel."""
    _is_image(A)
    if len(kernel) != 2 or not (1 <= kernel[0] <= A.shape[1] and 1 <= kernel[1] <= A.shape[2]):
        raise ValueError(f"expected a kernel of {A.shape[1:3]} or less, got {tuple(kernel)}")


def _is_image(A: NDArray) -> None:
    if np.ndim(A) != 4 or np.size(A) == 0:
        raise ValueError(
            f"expected an image of channels × height × width × examples, got shape {np.shape(A)}"
        )


def _fits(part: Part, A: NDArray) -> None:
    """Refuse W, b and A that do not belong together."""
    W, b = part if len(part) == 2 else (None, None)
    if np.ndim(W) != 4 or np.shape(b) != (len(W), 1):
        raise ValueError(
            "expected W of shape (F, C, K1, K2) and b (F, 1), "
            f"got shapes {tuple(np.shape(each) for each in part)}"
        )
    _is_image(A)
    if W.shape[1] != A.shape[0]:
        raise ValueError(f"expected an image of {W.shape[1]} channels, got {A.shape[0]}")
