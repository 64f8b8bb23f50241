"""The captions of the chapter on convolution."""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy.special import expit

from tests.explore.said import SAID, foresees, says
from utils.data import digits
from utils.optimizers import mini_batches

SIGNAL = (1, 2, 0, -1, 1)
PAIRS = {"running": (0.4, 0.6), "difference": (-1, 1), "mean": (0.5, 0.5)}


def slid(weights, shift):
    """Convolve with the kernel turned around."""
    x = np.concatenate([np.zeros(shift), SIGNAL, np.zeros(4 - shift)])
    return np.convolve(x, PAIRS[weights][::-1], mode="valid") + 0.5


@says("slide-kernel", everywhere=True)
def _(weights, shift, place):
    z = slid(weights, shift)
    return place, z[place - 1], expit(z[place - 1]), np.max(z), int(np.argmax(z)) + 1


@foresees("slide-kernel")
def _():
    before, after = slid("running", 0), slid("running", 1)
    return {
        "they move one place to the right": np.allclose(before[:-1], after[1:]),
        "they stay in their places, and change their values": np.argmax(before) == np.argmax(after),
        "they move one place to the left": np.allclose(before[1:], after[:-1]),
    }


def edges(picture, angle):
    """Add the differences of the columns and of the rows, smoothed, each with its part of it."""
    X, _ = digits()
    image, turn = X[:, picture].reshape(8, 8), np.deg2rad(angle)
    across, down = image[:, 2:] - image[:, :-2], image[2:] - image[:-2]
    across = (across[:-2] + 2 * across[1:-1] + across[2:]) / 8
    down = (down[:, :-2] + 2 * down[:, 1:-1] + down[:, 2:]) / 8
    return np.cos(turn) * across + np.sin(turn) * down


@says("edges")
def _(picture, angle):
    z = edges(picture, angle)
    return f"A {picture}, ink counted toward {angle}°", picture, angle, np.min(z), np.max(z)


@foresees("edges")
def _():
    before, after = edges(7, 90), edges(7, 270)
    return {
        "it stays as it is": np.allclose(after, before),
        "it turns by 180°, too": np.allclose(after, before[::-1, ::-1]),
        "each sum changes its sign": np.allclose(after, -before),
    }


KERNEL = (0.4, 0.6, -0.5, 0.3)
ERRORS = {"at all places": (1, -2, 1.5, 3, -1, 2), "at one place": (0, 0, 1, 0, 0, 0)}


@says("turned", everywhere=True)
def _(K, error, j):
    """Raise that input by 1, and see which sums change, and by how much J does."""
    rise = np.correlate(np.eye(7)[j - 1], KERNEL[:K], mode="valid")
    return j, int(np.count_nonzero(rise)), 8 - K, rise @ ERRORS[error][: 8 - K]


@foresees("turned")
def _():
    enters = {SAID["turned"](K, "at all places", 1)[1] for K in (2, 3, 4)}
    return {
        "1": enters == {1},
        "2": enters == {2},
        "as many as the kernel has weights": enters == {2, 3, 4},
    }


@cache
def read_right(rate, seed=1):
    """Train the network by a loop of its own: sums over windows, and softmax by its formula."""
    X, digit = digits()
    order = np.random.default_rng(0).permutation(1797)
    train, aside = order[:1400], order[1400:]
    windows = np.lib.stride_tricks.sliding_window_view(X.T.reshape(-1, 8, 8), (3, 3), axis=(1, 2))
    rng = np.random.default_rng(seed)
    W, b = rng.normal(scale=np.sqrt(2 / 9), size=(4, 3, 3)), np.zeros(4)
    V, c = rng.normal(scale=1 / 12, size=(10, 4, 6, 6)), np.zeros(10)

    def forward(which):
        Z = np.einsum("fpq,sijpq->sfij", W, windows[which], optimize=True) + b[:, None, None]
        scores = np.einsum("kfij,sfij->sk", V, np.maximum(Z, 0), optimize=True) + c
        return Z, scores

    def count():
        return int(np.sum(np.argmax(forward(aside)[1], axis=1) == digit[aside]))

    counts = [count()]
    batches = list(mini_batches(1400, 32, 10, np.random.default_rng(seed)))
    for step, batch in enumerate(batches, start=1):
        chosen = train[batch]
        Z, scores = forward(chosen)
        p = np.exp(scores - scores.max(axis=1, keepdims=True))
        p = p / p.sum(axis=1, keepdims=True) - np.eye(10)[digit[chosen]]
        p = p / len(chosen)
        dZ = np.einsum("sk,kfij->sfij", p, V, optimize=True) * (Z > 0)
        V = V - rate * np.einsum("sk,sfij->kfij", p, np.maximum(Z, 0), optimize=True)
        c = c - rate * p.sum(axis=0)
        W = W - rate * np.einsum("sfij,sijpq->fpq", dZ, windows[chosen], optimize=True)
        b = b - rate * dZ.sum(axis=(0, 2, 3))
        if step % (len(batches) // 10) == 0:
            counts.append(count())
    return counts


@says("filters")
def _(rate, epoch):
    return rate, epoch, read_right(rate)[epoch], 397


@foresees("filters", slow=True)
def _():
    """After one epoch, over five draws of the first weights."""
    rates = (0.003, 0.3, 3.0)
    first = np.array([[read_right(rate, seed)[1] for rate in rates] for seed in range(5)])
    assert np.all(np.argsort(first, axis=1)[:, 2] == 1)
    return {f"{rate:g}": best == 1 for best, rate in enumerate(rates)}
