"""The exercises of the chapter on convolution: what they draw, and how they go wrong."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from utils.convolution import size, toeplitz
from utils.judging import Exercise


def _kernel_and_signals(rng: np.random.Generator) -> tuple[NDArray, NDArray]:
    return rng.normal(size=rng.integers(2, 5)), rng.normal(size=rng.integers(5, 9))


def _two_kernels(rng: np.random.Generator) -> tuple[NDArray, NDArray]:
    return rng.normal(size=rng.integers(2, 4)), rng.normal(size=rng.integers(4, 6))


def _image(rng: np.random.Generator) -> tuple[NDArray, NDArray]:
    """Draw an image and the error signals of a kernel that is higher than wide."""
    n1, n2 = int(rng.integers(6, 9)), int(rng.integers(4, 6))
    return rng.normal(size=(n1, n2)), rng.normal(size=(n1 - 2, n2 - 1))


def _strides(rng: np.random.Generator) -> tuple[int, int, int]:
    return int(rng.integers(3, 7)), int(rng.integers(2, 7)), int(rng.integers(2, 4))


def _back(w: NDArray, delta: NDArray) -> NDArray:
    return toeplitz(w, len(delta) + len(w) - 1).T @ delta


def _by_weights(x: NDArray, delta: NDArray) -> NDArray:
    N1, N2 = delta.shape
    dw = np.zeros((size(len(x), N1), size(x.shape[1], N2)))
    for p, q in np.ndindex(dw.shape):
        dw[p, q] = np.sum(delta * x[p : p + N1, q : q + N2])
    return dw


def _overlaps(N: int, K: int, s: int) -> NDArray:
    over = np.zeros((N - 1) * s + K)
    for start in range(0, N * s, s):
        over[start : start + K] += 1
    return over


def cost(filters: int, channels: int, K: int, n: int) -> dict[str, Exercise]:
    """Make the task of what a layer costs; kernels and images are as wide as high."""
    N, kernel = size(n, K), K * K
    return {
        "the parameters": Exercise(
            answer=filters * (channels * kernel + 1),
            exact=True,
            mistakes={
                "each filter has a bias": filters * channels * kernel,
                "a filter has a kernel for each channel": filters * (kernel + 1),
                "a filter has one bias, not one for each channel": filters
                * channels
                * (kernel + 1),
                "that is one filter": channels * kernel + 1,
            },
        ),
        "the sums": Exercise(
            answer=filters * N * N,
            exact=True,
            mistakes={
                f"a kernel of {K} leaves {N} rows of {n}": filters * n * n,
                "that is one map": N * N,
                f"{N} rows, not {N - 1}": filters * (N - 1) ** 2,
                "the channels are added": channels * filters * N * N,
            },
        ),
        "the products": Exercise(
            answer=filters * N * N * channels * kernel,
            exact=True,
            mistakes={
                "a sum runs over the channels, too": filters * N * N * kernel,
                "a bias is added, and multiplied by nothing": filters
                * N
                * N
                * (channels * kernel + 1),
                f"a kernel of {K} leaves {N} rows of {n}": filters * n * n * channels * kernel,
                "that is one map": N * N * channels * kernel,
            },
        ),
    }


EXERCISES: dict[str, Exercise | dict[str, Exercise]] = {
    "cv-sizes": {
        "the first": Exercise(
            answer=size(28, 5),
            exact=True,
            mistakes={
                "you forgot the + 1: the place at which it begins counts, too": 23,
                "without padding the kernel stays within the signal": 28,
                "the + 1 has the wrong sign": 22,
            },
        ),
        "the second": Exercise(
            answer=size(28, 3, padding=1),
            exact=True,
            mistakes={
                "the zeros are at both ends": 27,
                "you forgot the zeros": 26,
            },
        ),
        "the third": Exercise(
            answer=size(28, 5, padding=2, stride=2),
            exact=True,
            mistakes={
                "round down: half a step is none": 14.5,
                "round down before you add 1": 15,
                "you forgot the + 1": 13,
                "you forgot the stride": 28,
                "you forgot the zeros": 12,
            },
        ),
    },
    "cv-slide": {
        "the first sum": Exercise(
            answer=-1,
            mistakes={"that is the kernel turned around": 1, "the last weight is −1": 5},
        ),
        "the second sum": Exercise(
            answer=1,
            mistakes={"that is the kernel turned around": -1},
        ),
        "the third sum": Exercise(
            answer=2,
            mistakes={"that is the kernel turned around": -2, "the last weight is −1": 4},
        ),
    },
    "cv-hand": {
        "by the weights": Exercise(
            answer=[1, 7, 2],
            mistakes={
                "the error signals do not turn": [3, -1, 5],
                "the first weight meets the first three numbers": [2, 7, 1],
                "the third error signal is −1": [7, 7, 4],
            },
        ),
        "by the numbers": Exercise(
            answer=[1, 2, -2, -2, 1],
            mistakes={
                "the kernel meets the error signals turned around": [-1, -2, 2, 2, -1],
                "there is one for each of the five numbers; the kernel reaches over the ends": [-2],
                "that is backwards": [1, -2, -2, 2, 1],
            },
        ),
    },
    "cv-cost": cost(16, 3, 5, 32),
    "cv-input-gradient": Exercise(
        answer=_back,
        inputs=_kernel_and_signals,
        mistakes={
            "the kernel is not turned": lambda w, delta: _back(w[::-1], delta),
            "the sign is flipped": lambda w, delta: -_back(w, delta),
            "that leaves out the ends, where a part of the kernel meets δ": lambda w, delta: (
                np.convolve(delta, w, mode="valid")
            ),
            "the kernel is not turned, and the ends are missing": lambda w, delta: np.correlate(
                delta, w, mode="valid"
            ),
            "it is as long as the input, N + K − 1, not as δ": lambda w, delta: np.convolve(
                delta, w, mode="same"
            ),
            "one too short: the last number is missing": lambda w, delta: _back(w, delta)[:-1],
            "one too short: the first number is missing": lambda w, delta: _back(w, delta)[1:],
            "where kernels overlap, add; do not overwrite": lambda w, delta: np.append(
                w[0] * delta, delta[-1] * w[1:]
            ),
            "that is backwards": lambda w, delta: _back(w, delta)[::-1],
        },
    ),
    "cv-weight-gradient": Exercise(
        answer=_by_weights,
        inputs=_image,
        mistakes={
            "the sign is flipped": lambda x, delta: -_by_weights(x, delta),
            "the gradient by the weights turns nothing": lambda x, delta: _by_weights(
                x, delta[::-1, ::-1]
            ),
            "that is the gradient turned around": lambda x, delta: _by_weights(x, delta)[
                ::-1, ::-1
            ],
            "transposed": lambda x, delta: _by_weights(x, delta).T,
            "add over the places; δ has the division by their number, if there is one": (
                lambda x, delta: _by_weights(x, delta) / delta.size
            ),
            "one row and one column too few": lambda x, delta: _by_weights(x, delta)[:-1, :-1],
            "each weight meets its own part of the image": lambda x, delta: np.full(
                _by_weights(x, delta).shape, _by_weights(x, delta)[0, 0]
            ),
        },
    ),
    "cv-two": Exercise(
        answer=lambda u, v: np.convolve(u, v),
        inputs=_two_kernels,
        mistakes={
            "one of the two is turned: there and there, the place goes up": lambda u, v: (
                np.correlate(u, v, mode="full")
            ),
            "one of the two is turned": lambda u, v: np.correlate(v, u, mode="full"),
            "both are turned": lambda u, v: np.convolve(u, v)[::-1],
            "it has K + K′ − 1 weights: where they meet in part, too": lambda u, v: np.convolve(
                u, v, mode="valid"
            ),
            "it has K + K′ − 1 weights, more than the longer": lambda u, v: np.convolve(
                u, v, mode="same"
            ),
            "one weight too few": lambda u, v: np.convolve(u, v)[:-1],
            "that is every weight with every other; add those that meet the same number": (
                lambda u, v: np.outer(u, v)
            ),
        },
    ),
    "cv-overlaps": Exercise(
        answer=_overlaps,
        inputs=_strides,
        cases=[(5, 4, 2), (5, 3, 2), (4, 2, 3)],
        mistakes={
            "that is the stride 1": lambda N, K, s: _overlaps(N, K, 1),
            "the last kernel is missing": lambda N, K, s: np.append(
                _overlaps(N - 1, K, s), np.zeros(s)
            ),
            "K and s have changed places": lambda N, K, s: _overlaps(N, s, K),
            "there are (N − 1) s + K places; you have some more": lambda N, K, s: np.append(
                _overlaps(N, K, s), np.zeros(s)
            ),
            "kernels lie over it, not places between them": lambda N, K, s: _overlaps(N, K, s) - 1,
            "where kernels overlap, add": lambda N, K, s: np.minimum(_overlaps(N, K, s), 1),
        },
    ),
}
