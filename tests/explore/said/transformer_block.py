"""The captions of the chapter on one transformer block."""

from __future__ import annotations

from collections import Counter
from functools import cache

import autograd.numpy as anp
import numpy as np
from autograd import grad

from tests.explore.said import SAID, foresees, says
from utils.language import words

# ── Tables ───────────────────────────────────────────────────────────────────────────────────────


def counted(W, k):
    """Count what came after each k letters, in a dictionary, with stars before the word."""
    pairs = Counter()
    for word in W.tolist():
        row = ["*"] * k + word
        pairs.update((tuple(row[at : at + k]), row[at + k]) for at in range(9))
    return pairs


@cache
def letters_by_table(k, m):
    pairs = counted(words(m, np.random.default_rng(1)), k)
    rows = Counter()
    for (before, _), times in pairs.items():
        rows[before] += times
    total = np.zeros(9)
    for word in words(1000, np.random.default_rng(2)).tolist():
        row = ["*"] * k + word
        for at in range(9):
            c = tuple(row[at : at + k])
            total[at] += np.log((rows[c] + 10) / (pairs[c, row[at + k]] + 1))
    return total / 1000


@says("tables")
def _(k, m):
    means = [np.mean(letters_by_table(each, m)) for each in range(6)]
    return m, k, means[k], int(np.argmin(means))


@foresees("tables")
def _():
    best = SAID["tables"](0, 1000)[-1]
    return {str(k): best == k for k in (1, 2, 4)}


# ── Positions ────────────────────────────────────────────────────────────────────────────────────


def likeness(n, distance):
    """Return the product of two positions, as a part of that of a position with itself."""
    return np.mean([np.cos(distance / 10000 ** (2 * i / n)) for i in range(n // 2)])


@says("back")
def _(n, t, k):
    others = {at: likeness(n, at - t + k) for at in range(1, 41) if at != t - k}
    most = max(others, key=others.get)
    return n, t, k, t - k, most, others[most]


@foresees("back")
def _():
    near = {distance: likeness(2, distance) for distance in (1, 6, 10)}
    return {
        "its neighbor": near[1] > 0.9,
        "the one 6 places on": near[6] > 0.9,
        "the one 10 places on": near[10] > 0.9,
    }


# ── A block, in functions that autograd knows ────────────────────────────────────────────────────


def normed(X):
    centered = X - anp.mean(X, axis=0)
    return centered / anp.sqrt(anp.mean(centered**2, axis=0) + 1e-5)


def times(W, X):
    return anp.tensordot(W, X, 1)


def attend(part, X):
    each, W, b = part
    hidden, found = np.tri(X.shape[1]).T[:, :, None], []
    for W_Q, W_K, W_V in each:
        S = anp.einsum("aim,ajm->ijm", times(W_K, X), times(W_Q, X)) / len(W_Q) ** 0.5
        E = anp.exp(S - anp.max(S, axis=0)) * hidden
        found.append(anp.einsum("aim,ijm->ajm", times(W_V, X), E / anp.sum(E, axis=0)))
    return times(W, anp.concatenate(found)) + anp.reshape(b, (-1, 1, 1))


def think(part, X):
    W1, b1, W2, b2 = part
    A = times(W1, X) + anp.reshape(b1, (-1, 1, 1))
    return times(W2, anp.maximum(A, 0.0)) + anp.reshape(b2, (-1, 1, 1))


def drawn(rng, n, h, c):
    """Draw the parameters of both steps, in the order of the library."""
    d = n // h
    each = [[rng.normal(scale=n**-0.5, size=(d, n)) for _ in range(3)] for _ in range(h)]
    mixing = rng.normal(scale=n**-0.5, size=(n, n)), np.zeros(n)
    first, second = rng.normal(scale=(2 / n) ** 0.5, size=(c, n)), None
    second = rng.normal(scale=c**-0.5, size=(n, c))
    return (each, *mixing), (first, np.zeros(c), second, np.zeros(n))


def scaled(part, scale):
    if isinstance(part, (list, tuple)):
        return [scaled(each, scale) for each in part]
    return scale * part


# ── Around the norms and through the steps ───────────────────────────────────────────────────────


@cache
def came_back(place, blocks, scale, draw):
    """Return the sizes of a gradient at the first input, around all steps and in total."""
    rng = np.random.default_rng(draw)
    X, back = rng.normal(size=(2, 16, 8, 8))
    F = []
    for _ in range(blocks):
        both = scaled(drawn(rng, 16, 2, 32), scale)
        F += [lambda X, p=both[0]: attend(p, X), lambda X, p=both[1]: think(p, X)]

    def done(X, f):
        return X + f(normed(X)) if place == "before" else normed(X + f(X))

    def whole(X):
        for f in F:
            X = done(X, f)
        return anp.sum(back * X)

    total, around, inputs = grad(whole)(X), back, [X]
    for f in F:
        inputs.append(done(inputs[-1], f))
    if place == "after":
        for f, at in zip(F[::-1], inputs[-2::-1], strict=True):
            around = grad(lambda S, g=around: anp.sum(g * normed(S)))(at + f(at))
    size = np.linalg.norm(back)
    return np.linalg.norm(around) / size, np.linalg.norm(total) / size


@says("around")
def _(place, blocks, scale, draw):
    row = f"{blocks} block{'s' * (blocks > 1)}, norm {place},"
    return row, blocks, scale, draw, *came_back(place, blocks, scale, draw)


@foresees("around")
def _():
    totals = [came_back("after", 16, 1, draw)[1] for draw in (0, 1, 2)]
    return {
        "less than a thousandth": max(totals) < 1e-3,
        "between a tenth and ten times as much": min(totals) > 0.1 and max(totals) < 10,
        "more than a hundred times as much": min(totals) > 100,
    }


# ── The block that learns ────────────────────────────────────────────────────────────────────────


def columns(W):
    before = np.hstack([np.full((len(W), 1), 10), W[:, :-1]])
    return np.eye(11)[before].transpose(2, 1, 0), np.eye(10)[W].transpose(2, 1, 0)


def scores(theta, X, waves):
    letters, b, mixes, thinks, norms, out, c = theta

    def norm(X, k):
        return anp.reshape(norms[k][0], (-1, 1, 1)) * normed(X) + anp.reshape(
            norms[k][1], (-1, 1, 1)
        )

    X = times(letters, X) + anp.reshape(b, (-1, 1, 1)) + waves
    X = X + attend(mixes, norm(X, 0))
    X = X + think(thinks, norm(X, 1))
    return times(out, norm(X, 2)) + anp.reshape(c, (-1, 1, 1))


def losses(theta, X, Y, waves):
    Z = scores(theta, X, waves)
    top = anp.max(Z, axis=0)
    return top + anp.log(anp.sum(anp.exp(Z - top), axis=0)) - anp.sum(Y * Z, axis=0)


def leaves(part):
    return [a for each in part for a in leaves(each)] if isinstance(part, (list, tuple)) else [part]


def moved(part, by):
    if isinstance(part, (list, tuple)):
        return type(part)(moved(each, by) for each in part)
    return part - next(by)


@cache
def trained(kind, rate):
    """Train with Adam, array by array, by the gradients of autograd: each thirtieth state."""
    rng, (X, Y) = np.random.default_rng(0), columns(words(1000, np.random.default_rng(1)))
    at = np.arange(1, 10)
    waves = np.zeros((32, 9))
    for i in range(16):
        waves[2 * i : 2 * i + 2] = np.sin(at / 10000 ** (i / 16)), np.cos(at / 10000 ** (i / 16))
    waves = waves[:, :, None] * (kind != "no waves")
    letters = rng.normal(size=(32, 11))
    mixes, thinks = drawn(rng, 32, 1 if kind == "one head" else 2, 64)
    norms = [(np.ones(32), np.zeros(32)) for _ in range(3)]
    out = rng.normal(scale=32**-0.5, size=(10, 32))
    theta = [letters, np.zeros(32), list(mixes), list(thinks), norms, out, np.zeros(10)]
    slope = grad(lambda theta, X, Y: anp.mean(losses(theta, X, Y, waves)))
    states, mean, square = [theta], [0.0] * len(leaves(theta)), [0.0] * len(leaves(theta))
    for t in range(1, 301):
        batch = rng.integers(1000, size=32)
        g = leaves(slope(theta, X[..., batch], Y[..., batch]))
        mean = [0.9 * m + 0.1 * each for m, each in zip(mean, g, strict=True)]
        square = [0.999 * s + 0.001 * each**2 for s, each in zip(square, g, strict=True)]
        steps = (
            rate * m / (1 - 0.9**t) / (np.sqrt(s / (1 - 0.999**t)) + 1e-8)
            for m, s in zip(mean, square, strict=True)
        )
        theta = moved(theta, steps)
        if t % 30 == 0:
            states.append(theta)
    new = columns(words(1000, np.random.default_rng(2)))
    return [losses(theta, *new, waves).mean(axis=1) for theta in states]


@says("near")
def _(kind, learning_rate, at):
    each = trained(kind, learning_rate)[at // 30]
    return f"{kind.capitalize()},", learning_rate, at, np.mean(each), each[8]


@foresees("near", slow=True)
def _():
    floor = np.log([5, 4, 5, 3, 5, 3, 5, 3, 1])
    over = np.array(trained("two heads", 0.003)) - floor
    known = {letter: np.argmax(over[:, letter - 1] < 0.15) for letter in (2, 4, 9)}
    last = max(known, key=known.get)
    return {"the second": last == 2, "the fourth": last == 4, "the ninth": last == 9}
