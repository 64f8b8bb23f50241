"""The captions of the chapter on attention."""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy.special import log_softmax
from scipy.special import softmax as scipy_softmax

from tests.explore.said import SAID, foresees, says
from utils.sequences import repeats


@says("lookup")
def _(angle, length):
    """A score is the cosine of the angle between key and query, times their lengths."""
    cosines = np.cos(np.radians(angle - 72 * np.arange(5)))
    odds = np.exp(3 * length * cosines / 2**0.5)
    answer = sum(value * odd for value, odd in zip(range(1, 6), odds, strict=True)) / sum(odds)
    return length, angle, max(odds) / sum(odds), answer


@foresees("lookup")
def _():
    *_, answer = SAID["lookup"](54, 0)
    return {str(number): abs(answer - number) < 1e-12 for number in (0, 1, 3)}


def products(d):
    rng = np.random.default_rng(d)
    for _ in range(200):
        keys = rng.normal(size=(8, d))
        yield np.sum(keys * rng.normal(size=d), axis=1)


@says("root-d")
def _(d, divided, which):
    """Sum the slopes on the diagonal by differences of the logarithms."""
    number = {"nothing": 1, "the root of d": d**0.5, "d": d}[divided]
    logs = [log_softmax(scores / number) for scores in products(d)]
    left = np.mean([np.sum(np.exp(each) * -np.expm1(each)) for each in logs])
    return d, f"divided by {divided}", which, np.exp(max(logs[which - 1])), 200, left


@foresees("root-d")
def _():
    largest = SAID["root-d"](1024, "nothing", 1)[3]
    return {
        "nearly an eighth": abs(largest - 1 / 8) < 0.02,
        "about a half": abs(largest - 1 / 2) < 0.1,
        "nearly 1": largest > 0.98,
    }


def answer_at(part, X, at, causal):
    """Return what comes out at a position, counted from 1, by a loop over the keys."""
    W_Q, W_K, W_V = part
    seen = X[:, :at] if causal else X
    query = W_Q @ X[:, at - 1]
    odds = [np.exp((W_K @ column) @ query / 8**0.5) for column in seen.T]
    mixed = sum(odd * (W_V @ column) for odd, column in zip(odds, seen.T, strict=True))
    return np.sum(mixed) / sum(odds)


@says("reach")
def _(mask, at, scale):
    """Measure the gradient entry by entry, by complex steps."""
    rng = np.random.default_rng(3)
    W_Q, W_K, W_V = (rng.normal(scale=8**-0.5, size=(8, 8)) for _ in range(3))
    X, sizes = rng.normal(size=(8, 12)), []
    for position in range(12):
        slopes = []
        for row in range(8):
            moved = X.astype(complex)
            moved[row, position] += 1e-30j
            out = answer_at((scale * W_Q, scale * W_K, W_V), moved, at, mask == "causal")
            slopes.append(out.imag / 1e-30)
        sizes.append(np.linalg.norm(slopes))
    reached = int(np.count_nonzero(sizes))
    last = f"{'' if at == 12 else 'not: '}It is the last position, which sees all"
    return f"Mask: {mask}.", last, scale, at, reached, 12, 1, sizes[0] / max(sizes)


@foresees("reach")
def _():
    reached = SAID["reach"]("causal", 8, 1)[3]
    return {
        "position 8 alone": reached == 1,
        "positions 1 to 8": reached == 8,
        "all twelve": reached == 12,
    }


def looked_up(W, X):
    """Return what a causal lookup makes of sequences (n, T, m), with what its way back needs."""
    q, k, v = (np.einsum("an,ntm->atm", each, X) for each in W)
    scores = np.einsum("aim,ajm->ijm", k, q) / len(q) ** 0.5
    scores += np.where(np.tri(X.shape[1]).T > 0, 0, -np.inf)[:, :, None]
    P = scipy_softmax(scores, axis=0)
    return np.einsum("aim,ijm->ajm", v, P), (X, q, k, v, P)


def back_through(dO, W, kept):
    X, q, k, v, P = kept
    eta = np.einsum("aim,ajm->ijm", v, dO)
    d_scores = (P * eta - P * np.einsum("ijm,ijm->jm", P, eta)) / len(q) ** 0.5
    by_each = (
        np.einsum("aim,ijm->ajm", k, d_scores),
        np.einsum("ajm,ijm->aim", q, d_scores),
        np.einsum("ajm,ijm->aim", dO, P),
    )
    dX = sum(np.einsum("an,atm->ntm", w, each) for w, each in zip(W, by_each, strict=True))
    return dX, [np.einsum("atm,ntm->an", each, X) for each in by_each]


@cache
def trained(layers, rate):
    """Train with Adam, matrix by matrix, and keep each thirtieth state."""
    rng = np.random.default_rng(0)
    sizes = [32] * (3 * layers - 1) + [12]
    W = [rng.normal(scale=32**-0.5, size=(rows, 32)) for rows in sizes]
    mean, square, states = [0] * len(W), [0] * len(W), [list(W)]
    for t in range(1, 301):
        X, Y = repeats(32, 20, rng)
        middle, first = looked_up(W[:3], X) if layers == 2 else (0, None)
        Z, last = looked_up(W[-3:], X + middle)
        dZ = (scipy_softmax(Z, axis=0) - Y) * (np.arange(20) >= 10)[:, None] / 320
        dX, gradients = back_through(dZ, W[-3:], last)
        if layers == 2:
            gradients = back_through(dX, W[:3], first)[1] + gradients
        for place, g in enumerate(gradients):
            mean[place] = 0.9 * mean[place] + 0.1 * g
            square[place] = 0.999 * square[place] + 0.001 * g * g
            root = np.sqrt(square[place] / (1 - 0.999**t)) + 1e-8
            W[place] = W[place] - rate * mean[place] / (1 - 0.9**t) / root
        if t % 30 == 0:
            states.append(list(W))
    return states


@says("induction")
def _(layers, learning_rate, step):
    W, (X, Y) = (
        trained(layers, learning_rate)[step // 30],
        repeats(200, 20, np.random.default_rng(1000)),
    )
    middle = looked_up(W[:3], X)[0] if layers == 2 else 0
    Z, (*_, P) = looked_up(W[-3:], X + middle)
    share = np.mean((Z.argmax(axis=0) == Y.argmax(axis=0))[10:])
    symbols, on_it = X[:12].argmax(axis=0), []
    for example in range(200):
        for j in range(10, 20):
            twins = np.flatnonzero(symbols[:j, example] == symbols[j, example])
            on_it.append(np.sum(P[twins + 1, j, example]))
    words = "2 layers," if layers == 2 else "1 layer,"
    return words, layers, learning_rate, step, 100 * share, 100 * np.mean(on_it)


@foresees("induction", slow=True)
def _():
    shares = [SAID["induction"](2, 0.01, step)[4] for step in range(0, 301, 30)]
    first = 30 * next(k for k, share in enumerate(shares) if share > 50)
    return {
        "within 60": first <= 60,
        "between 60 and 150": 60 < first <= 150,
        "later than 150": first > 150,
    }
