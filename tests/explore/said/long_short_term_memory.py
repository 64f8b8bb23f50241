"""The captions of the chapter on long short-term memory."""

from __future__ import annotations

from functools import cache

import numpy as np

from tests.explore.said import foresees, says
from tests.explore.said.recurrence import right, symbols, taught

NOISE = np.random.default_rng(8).uniform(-1, 1, size=25)


def share_of_pulse(forget):
    return np.prod(np.full(25, forget))


@says("pulse")
def _(forget, enter):
    """What came in first has been multiplied most often."""
    noise = enter * np.polyval(NOISE, forget)
    share = {0: "nothing of", 1: "all of"}.get(forget) or share_of_pulse(forget)
    return forget, enter, share, 30, noise


@foresees("pulse")
def _():
    left = share_of_pulse(0.9)
    return {
        "nine tenths": abs(left - 0.9) < 0.05,
        "about a quarter": abs(left - 0.25) < 0.05,
        "less than a tenth": left < 0.1,
    }


# ── Two moments of one neuron ────────────────────────────────────────────────────────────────────


def s(z):
    return 1 / (1 + np.exp(-z))


def two_moments(b, cell=0, state=0, later=0, end=0):
    """Return c₁, h₁, c₂ and h₂ of the running neuron, where these are added on the way.

    ``cell`` is added to c₁ as c₂ sees it and ``state`` to c₁ as h₁ sees it.
    """
    z = 0.9
    c1 = s(z) * np.tanh(z)
    h1 = s(z) * np.tanh(c1 + state)
    z = 0.8 + 0.6 * h1
    c2 = s(z + b) * (c1 + cell) + s(z + 0.5) * np.tanh(z + 0.5) + later
    return c1, h1, c2, s(z + 0.5) * np.tanh(c2) + end


def slope(b, **small):
    """Return the slope of ½ (h₂ − 1)², by a complex step in one of the four."""
    small = {name: 1e-30j * size for name, size in small.items()}
    return np.imag((two_moments(b, **small)[3] - 1) ** 2 / 2) / 1e-30


@says("two-paths", everywhere=True)
def _(step, b):
    c1, h1, c2, h2 = two_moments(b)
    told = [
        ("nothing to keep yet", s(0.4 + b), c1, h1),
        ("second moment", c2, h2),
        ("Back from the loss", slope(b, end=1)),
        ("Nothing comes from later", slope(b, later=1)),
        ("Along the cell", s(0.8 + 0.6 * h1 + b), slope(b, cell=1)),
        ("Through the gates", slope(b, state=1)),
        ("Two paths", slope(b, cell=1, state=1)),
    ][step - 1]
    return step, b, *told


@foresees("two-paths")
def _():
    share = slope(-4, cell=1, state=1) / slope(-4, later=1)
    gate = s(0.8 + 0.6 * two_moments(-4)[1] - 4)
    return {
        "as much as the gate lets through": abs(share - gate) < 0.02,
        "about a fifth": abs(share - 1 / 5) < 0.05,
        "more than all of it": share > 1,
    }


# ── The gradient over time ───────────────────────────────────────────────────────────────────────


def first_weights(rng, keep, enter=0.0):
    """Draw the cell's weights by LeCun's rule, and the output's, with these biases."""
    W, V = rng.normal(scale=6**-0.5, size=(32, 6)), rng.normal(scale=8**-0.5, size=(32, 8))
    b = np.zeros((32, 1))
    b[:8], b[8:16] = keep, enter
    return [W, V, b]


def moment(weights, row, H, C):
    """Return the gates and both next states; a symbol picks its column of W."""
    W, V, b = weights
    Z = W[:, row] + V @ H + b
    F, I, O, G = s(Z[:8]), s(Z[8:16]), s(Z[16:24]), np.tanh(Z[24:])  # noqa: E741
    C = F * C + I * G
    return (F, I, O, G), O * np.tanh(C), C


@cache
def left(b, enter, draw):
    """Return what share of the gradient of the last cell state reaches the first.

    A complex step in each neuron of the first cell state: examples do not mix.
    """
    rng = np.random.default_rng(draw)
    weights = first_weights(rng, b, enter)
    drawn, zero = symbols(rng, 20, 40), np.zeros((8, 20))
    last = rng.normal(size=(8, 20))
    (_, _, O, _), _, first = moment(weights, drawn[0], zero, zero)  # noqa: E741
    square = 0.0
    for neuron in range(8):
        C = first + 1e-30j * (np.arange(8) == neuron)[:, None]
        H = O * np.tanh(C)
        for row in drawn[1:]:
            gates, H, C = moment(weights, row, H, C)
        square += np.sum((np.sum(last * H, axis=0).imag / 1e-30) ** 2)
    at_end = last * gates[2].real / np.cosh(C.real) ** 2
    return np.sqrt(square / np.sum(at_end**2))


@says("left")
def _(b, enter, draw):
    return draw, b, enter, 1, left(b, enter, draw), np.prod(np.full(39, s(b)))


@foresees("left")
def _():
    alone = 0.5**39
    shares = [left(0, 0, draw) for draw in range(4)]
    return {
        "about that": all(share < 10 * alone for share in shares),
        "much more": all(share > 1000 * alone for share in shares),
        "nothing": not any(shares),
    }


# ── Ten starts ───────────────────────────────────────────────────────────────────────────────────


def scores(weights, drawn):
    """Return what the way back needs of each moment, and the scores."""
    *cell, U, c = weights
    H = C = np.zeros((8, drawn.shape[1]))
    kept = []
    for row in drawn:
        before = H, C
        gates, H, C = moment(cell, row, H, C)
        kept.append((row, *before, gates, H, C))
    return kept, U @ H + c


def gradients(weights, drawn):
    """Go back by the rules of the chapter, for the mean cross-entropy of one batch."""
    _, V, _, U, _ = weights
    kept, Y = scores(weights, drawn)
    m = drawn.shape[1]
    P = np.exp(Y - Y.max(axis=0))
    P = P / P.sum(axis=0)
    P[drawn[0], np.arange(m)] -= 1
    eta, along, found = U.T @ P / m, 0.0, [np.zeros_like(each) for each in weights]
    found[3], found[4] = P @ kept[-1][4].T / m, P.sum(axis=1, keepdims=True) / m
    for row, before, C_before, (F, I, O, G), _, C in kept[::-1]:  # noqa: E741
        gamma = along + eta * O / np.cosh(C) ** 2
        delta = np.concatenate([
            gamma * C_before * F * (1 - F), gamma * G * I * (1 - I),
            eta * np.tanh(C) * O * (1 - O), gamma * I * (1 - G**2),
        ])  # fmt: skip
        found[0] += delta @ (row[:, None] == np.arange(6))
        found[1] += delta @ before.T
        found[2] += delta.sum(axis=1, keepdims=True)
        eta, along = V.T @ delta, gamma * F
    return found


@cache
def answered(kind, alpha, seed, moments=40, passes=1, enter=0.0):
    """Return the share of right answers after 100 steps a pass."""
    if kind == "no cell":
        return right(moments, alpha, seed, passes=passes)
    rng = np.random.default_rng(seed)
    cell = first_weights(rng, np.log(moments) if kind == "ln T" else float(kind), enter)
    weights = [*cell, rng.normal(scale=8**-0.5, size=(2, 8)), np.zeros((2, 1))]
    return taught(rng, weights, (scores, gradients), moments, alpha, passes)


@says("starts")
def _(kind, learning_rate, seed):
    p = answered(kind, learning_rate, seed)
    spread = [] if p == 1 else [100 * np.sqrt(p * (1 - p) / 500)]
    named = ["no cell,"] if kind == "no cell" else ["ln T,"] if kind == "ln T" else [1]
    return seed, *named, learning_rate, 100, 100 * p, *spread


@foresees("starts", slow=True)
def _():
    p = answered("ln T", 0.01, 2)
    return {
        "it guesses, too": abs(p - 0.5) < 0.05,
        "it is right in three of four cases": abs(p - 0.75) < 0.05,
        "it answers all right": p == 1,
    }
