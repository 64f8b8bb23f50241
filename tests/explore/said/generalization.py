"""The captions of the chapter on what the network has not seen."""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy.fft import dct
from scipy.special import expit, log_softmax
from sklearn.datasets import load_digits

from tests.explore.said import SAID, foresees, says


@cache
def pictures():
    data = load_digits()
    return data.data.T / 16, data.target


def trained(first, A, labels, rate, orders, size, hidden):
    """Take a network of one hidden layer down the slopes of its cost, written out by hand."""
    W1, b1, W2, b2 = first
    for order in orders:
        for start in range(0, order.size, size):
            batch = order[start : start + size]
            Z = W1 @ A[:, batch] + b1
            H = expit(Z) if hidden == "sigmoid" else np.maximum(Z, 0)
            error = np.exp(log_softmax(W2 @ H + b2, axis=0))
            error[labels[batch], np.arange(batch.size)] -= 1
            error /= batch.size
            back = (W2.T @ error) * (H * (1 - H) if hidden == "sigmoid" else Z > 0)
            W2 = W2 - rate * error @ H.T
            b2 = b2 - rate * error.sum(axis=1, keepdims=True)
            W1 = W1 - rate * back @ A[:, batch].T
            b1 = b1 - rate * back.sum(axis=1, keepdims=True)
    return W1, b1, W2, b2


def answers(weights, A, hidden):
    W1, b1, W2, b2 = weights
    Z = W1 @ A + b1
    H = expit(Z) if hidden == "sigmoid" else np.maximum(Z, 0)
    return np.argmax(W2 @ H + b2, axis=0)


def first_weights(rng, hidden, gain):
    W1 = rng.normal(scale=np.sqrt(gain / 64), size=(hidden, 64))
    W2 = rng.normal(scale=np.sqrt(1 / hidden), size=(10, hidden))
    return W1, np.zeros((hidden, 1)), W2, np.zeros((10, 1))


# ── New to whom? ─────────────────────────────────────────────────────────────────────────────────


@cache
def read(kind, fifth, rate):
    A, digit = pictures()
    order = np.random.default_rng(0).permutation(1797) if kind == "at random" else np.arange(1797)
    aside = np.array_split(order, 5)[fifth - 1]
    train = order[~np.isin(order, aside)]
    rng = np.random.default_rng(0)
    orders = [rng.permutation(train.size) for _ in range(20)]
    first = first_weights(np.random.default_rng(1), 32, 1)
    weights = trained(first, A[:, train], digit[train], rate, orders, 32, "sigmoid")
    return int(np.sum(answers(weights, A[:, aside], "sigmoid") == digit[aside])), aside.size


@says("set-aside")
def _(kind, fifth, learning_rate):
    right, m = read(kind, fifth, learning_rate)
    share = right / m
    bar = 100 * np.sqrt(share * (1 - share) / m)
    return fifth, f" {kind},", learning_rate, right, m, 100 * share, bar


@foresees("set-aside")
def _():
    known, strange = (
        sum(read(kind, fifth, 1)[0] for fifth in range(1, 6)) for kind in ("at random", "neighbors")
    )
    fewer = 100 * (known - strange) / 1797
    return {
        "the same, but for chance": fewer < 1,
        "about three points fewer": 2.5 < fewer < 3.5,
        "half as many": strange < 0.6 * known,
    }


# ── The optimism of least squares ────────────────────────────────────────────────────────────────


@says("optimism")
def _(features, noise):
    """The waves are those of the cosine transform: what is left out is bias."""
    x = (np.arange(20) + 0.5) / 20
    parts = dct(np.exp(-3 * x) * np.cos(7 * x) + 0.3 * x, norm="ortho") ** 2 / 20
    bias = parts[features:].sum()
    each = features * noise**2 / 20
    return noise, features, bias + noise**2 - each, bias + noise**2 + each


@foresees("optimism")
def _():
    noise, _, left, _ = SAID["optimism"](20, 0.3)
    return {
        "that of the noise": abs(left - noise**2) < 1e-9,
        "half that of the noise": abs(left - noise**2 / 2) < 1e-9,
        "zero": abs(left) < 1e-9,
    }


# ── Neurons, and features ────────────────────────────────────────────────────────────────────────


def digits_with(seed, wrong):
    rng = np.random.default_rng(seed)
    order = rng.permutation(1797)
    train, new = order[:200], order[200:]
    labels = pictures()[1][train].copy()
    labels[:wrong] = (labels[:wrong] + rng.integers(1, 10, wrong)) % 10
    return rng, train, new, labels


@cache
def by_heart(epoch, neurons, wrong, rate):
    A, digit = pictures()
    rng, train, new, labels = digits_with(0, wrong)
    W1 = rng.normal(scale=np.sqrt(2 / 64), size=(neurons, 64))
    W2 = rng.normal(scale=np.sqrt(1 / neurons), size=(10, neurons))
    first = W1, np.zeros((neurons, 1)), W2, np.zeros((10, 1))
    orders = [rng.permutation(200) for _ in range(epoch)]
    weights = trained(first, A[:, train], labels, rate, orders, 20, "ReLU")
    missed = answers(weights, A[:, train], "ReLU") != labels
    return missed.mean(), np.mean(answers(weights, A[:, new], "ReLU") != digit[new])


@says("by-heart")
def _(epoch, neurons, labels, learning_rate):
    wrong = {"none": 0, "40 of 200": 40}.get(labels, labels)
    old, new = by_heart(epoch, neurons, wrong, learning_rate)
    return epoch, neurons, wrong, learning_rate, 100 * old, 100 * new


@foresees("by-heart")
def _():
    missed = {n: by_heart(200, n, 40, 0.3)[1] for n in (4, 8, 16, 64)}
    worst = max(missed, key=missed.get)
    return {f"{n} neurons": worst == n for n in (4, 16, 64)}


@cache
def fitted(count, wrong, draw):
    A, digit = pictures()
    rng, train, new, labels = digits_with(draw, wrong)
    V = rng.normal(scale=1 / 8, size=(2000, 64))[:count]
    middle = A[:, train].mean(axis=1, keepdims=True)
    H = np.maximum(V @ (A - middle), 0)
    targets = np.equal.outer(np.arange(10), labels).astype(float)
    W = targets @ np.linalg.pinv(H[:, train])
    return np.mean(np.argmax(W @ H[:, new], axis=0) != digit[new]), np.sqrt(np.sum(W**2))


@says("second-descent")
def _(count, labels, draw):
    wrong = {"none": 0, "40 of 200": 40}.get(labels, labels)
    missed, length = fitted(count, wrong, draw)
    return draw, wrong, count, 100 * missed, length


@foresees("second-descent")
def _():
    few, many = (fitted(count, 0, 1)[0] for count in (100, 2000))
    return {
        "nearly all": many > 0.8,
        "as many": 0.8 * few < many < 1.2 * few,
        "about half as many": 0.35 * few < many < 0.65 * few,
    }
