"""The captions of the chapter on early stopping and dropout."""

from __future__ import annotations

from functools import cache
from itertools import product

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import expit, log_softmax

from tests.explore.said import SAID, foresees, says
from tests.explore.said.generalization import answers, pictures

WRONG = {"none": 0, "40 of 200": 40}


# ── Digits, by blocks ────────────────────────────────────────────────────────────────────────────


def cut(draw, wrong):
    """Return 200 pictures of three blocks, their labels, and the two other blocks."""
    digit = pictures()[1]
    blocks = np.array_split(np.arange(1797), 5)
    order = [blocks[(draw + k) % 5] for k in range(5)]
    rng = np.random.default_rng(draw)
    train = rng.permutation(np.concatenate(order[2:]))[:200]
    labels = digit[train].copy()
    labels[:wrong] = (labels[:wrong] + rng.integers(1, 10, wrong)) % 10
    return rng, train, labels, order[0], order[1]


@cache
def learned(cure, wrong, rate, draw=0, mu=0.02):
    """Return the share of errors at each tenth epoch: on examples, validation set and test set."""
    p_hidden = {"dropout": 0.5, "more dropout": 0.5}.get(cure, 1)
    p_input = 0.8 if cure == "more dropout" else 1
    mu = mu if cure == "decay" else 0
    A, digit = pictures()
    rng, train, labels, valid, test = cut(draw, wrong)
    W1 = rng.normal(scale=np.sqrt(2 / 64), size=(64, 64))
    W2 = rng.normal(scale=np.sqrt(1 / 64), size=(10, 64))
    b1, b2 = np.zeros((64, 1)), np.zeros((10, 1))

    def mask(p, m):
        return (rng.random((64, m)) < p) / p if p < 1 else 1.0

    mask(p_input, 1), mask(p_hidden, 1)  # the trainer looks once whether the examples fit
    found = []
    for epoch in range(201):
        if epoch % 10 == 0:
            weights = W1, b1, W2, b2
            asked = ((train, labels), (valid, digit[valid]), (test, digit[test]))
            found.append([np.mean(answers(weights, A[:, q], "ReLU") != a) for q, a in asked])
        order = rng.permutation(200)
        for batch in np.split(order, 10):
            x = mask(p_input, 20) * A[:, train[batch]]
            Z = W1 @ x + b1
            off = mask(p_hidden, 20)
            H = off * np.maximum(Z, 0)
            error = np.exp(log_softmax(W2 @ H + b2, axis=0))
            error[labels[batch], np.arange(20)] -= 1
            error /= 20
            back = off * (W2.T @ error) * (Z > 0)
            W2, b2 = (
                W2 - rate * (error @ H.T + mu * W2),
                b2 - rate * (error.sum(axis=1, keepdims=True) + mu * b2),
            )
            W1, b1 = (
                W1 - rate * (back @ x.T + mu * W1),
                b1 - rate * (back.sum(axis=1, keepdims=True) + mu * b1),
            )
    return np.array(found)


def best_epoch(found, epoch=200):
    return 10 * int(np.argmin(found[: epoch // 10 + 1, 1]))


@says("stopping")
def _(epoch, labels, learning_rate):
    wrong = WRONG.get(labels, labels)
    found = learned("no cure", wrong, learning_rate)
    old, now, _ = 100 * found[epoch // 10]
    best = best_epoch(found, epoch)
    return epoch, wrong, learning_rate, old, now, 100 * found[best // 10, 1], best


@foresees("stopping")
def _():
    best = best_epoch(learned("no cure", 40, 0.1))
    return {
        "before epoch 60": best < 60,
        "between epochs 60 and 140": 60 <= best <= 140,
        "after epoch 140": best > 140,
    }


@says("cures")
def _(epoch, cure, labels, learning_rate):
    wrong = WRONG.get(labels, labels)
    old, _, new = learned(cure, wrong, learning_rate)[epoch // 10]
    m = cut(0, wrong)[-1].size
    bar = np.sqrt(new * (1 - new) / m)
    return epoch, f" {cure},", wrong, learning_rate, 100 * old, 100 * new, 100 * bar


@foresees("cures")
def _():
    ends = {cure: learned(cure, 40, 0.1)[-1, 2] for cure in ("no cure", "decay", "dropout")}
    return {cure: share == max(ends.values()) for cure, share in ends.items()}


# ── Shares of the bottom ─────────────────────────────────────────────────────────────────────────


def walked(curvature, rate, steps):
    """Take the steps one by one, toward a bottom at 1."""
    w = 0.0
    for _ in range(steps):
        w -= rate * curvature * (w - 1)
    return w


@says("shares")
def _(steps, learning_rate, noise):
    """The least for any shares is searched for, one direction after the other."""
    error = least = 0
    for curvature in (1 / 2**i for i in range(10)):

        def mean_square(c, spread=noise**2 / (100 * curvature)):
            return c**2 * spread + (1 - c) ** 2

        error += mean_square(walked(curvature, learning_rate, steps))
        least += minimize_scalar(mean_square, bounds=(0, 1), method="bounded").fun
    return learning_rate, noise, steps, error, least


@foresees("shares")
def _():
    more = [walked(lam, 0.1, 100) > lam / (lam + 1 / (0.1 * 100)) for lam in (1, 0.1, 0.002)]
    return {
        "in the steep ones only": more == [True, True, False] or more == [True, False, False],
        "in the flat ones only": more == [False, False, True] or more == [False, True, True],
        "in all of them": all(more),
    }


# ── Masks ────────────────────────────────────────────────────────────────────────────────────────


@says("masks")
def _(p, x2):
    z, chances = [], []
    for first, second in product((0, 1), repeat=2):
        z.append(0.5 + first * 0.4 / p + second * 0.6 * x2 / p)
        chances.append((p if first else 1 - p) * (p if second else 1 - p))
    z, chances = np.array(z), np.array(chances)
    mean = chances @ z
    used = 0.4 + 0.6 * x2 + 0.5
    return p, x2, mean, chances @ (z - mean) ** 2, chances @ expit(z), expit(used)


@foresees("masks")
def _():
    *_, mean, used = SAID["masks"](0.5, 2)
    return {
        "the same": abs(mean - used) < 1e-3,
        "smaller": mean < used - 1e-3,
        "larger": mean > used + 1e-3,
    }
