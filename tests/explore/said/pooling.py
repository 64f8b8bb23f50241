"""The captions of the chapter on pooling."""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy.special import softmax

from tests.explore.said import SAID, foresees, says
from utils.data import digits
from utils.initializers import he_variance
from utils.optimizers import mini_batches

X, DIGIT = digits()
ORDER = np.random.default_rng(0).permutation(1797)
TRAIN, ASIDE = ORDER[:1400], ORDER[1400:]


def sheets(which, side, rows, columns):
    """Lay each digit on a sheet of its own, by padding it."""
    pictures = X.T.reshape(-1, 8, 8)[which]
    return np.array(
        [
            np.pad(picture, ((i, side - 8 - i), (j, side - 8 - j)))
            for picture, i, j in zip(pictures, rows, columns, strict=True)
        ]
    )


def middle(which, side):
    return sheets(which, side, *np.full((2, len(which)), (side - 8) // 2))


def anywhere(which):
    return sheets(which, 20, *np.random.default_rng(1).integers(4, 9, size=(2, len(which))))


class Steps:
    """Adam, with one memory for each array."""

    def __init__(self, rate):
        self.rate, self.t, self.means, self.squares = rate, 0, {}, {}

    def take(self, arrays, gradients):
        self.t += 1
        for k, (array, g) in enumerate(zip(arrays, gradients, strict=True)):
            self.means[k] = 0.9 * self.means.get(k, 0) + 0.1 * g
            self.squares[k] = 0.999 * self.squares.get(k, 0) + 0.001 * g**2
            mean = self.means[k] / (1 - 0.9**self.t)
            square = self.squares[k] / (1 - 0.999**self.t)
            array -= self.rate * mean / (np.sqrt(square) + 1e-8)


def epochs(arrays, gradients, rate, seed):
    """Train in place, and return copies of the arrays at the end of each epoch."""
    steps, told = Steps(rate), [[array.copy() for array in arrays]]
    batches = mini_batches(1400, 35, 10, np.random.default_rng(seed))
    with np.errstate(all="ignore"):
        for t, batch in enumerate(batches, start=1):
            steps.take(arrays, gradients(batch))
            if t % 40 == 0:
                told.append([array.copy() for array in arrays])
    return told


def short_of_right(scores, which):
    p = softmax(scores, axis=1)
    return (p - np.eye(10)[DIGIT[which]]) / len(which)


def dense_scores(arrays, images):
    W, b, V, c = arrays
    return np.maximum(images.reshape(len(images), -1) @ W.T + b, 0) @ V.T + c


@cache
def dense(rate, seed=0):
    rng = np.random.default_rng(seed)
    W = rng.normal(scale=np.sqrt(he_variance(400, 32)), size=(32, 400))
    V = rng.normal(scale=np.sqrt(1 / 32), size=(10, 32))
    arrays, inputs = [W, np.zeros(32), V, np.zeros(10)], middle(TRAIN, 20).reshape(1400, -1)

    def gradients(batch):
        W, b, V, _ = arrays
        x = inputs[batch]
        z = x @ W.T + b
        d = short_of_right(dense_scores(arrays, x), TRAIN[batch])
        dz = (d @ V) * (z > 0)
        return dz.T @ x, dz.sum(axis=0), d.T @ np.maximum(z, 0), d.sum(axis=0)

    return epochs(arrays, gradients, rate, seed)


def seen(images):
    return np.lib.stride_tricks.sliding_window_view(images, (3, 3), axis=(-2, -1))


def maps(W, b, images):
    """Return σ of both layers, examples × filters × rows × columns."""
    (U, W), (a, b) = W, b
    first = np.maximum(np.tensordot(seen(images), U, ((3, 4), (1, 2))) + a, 0)
    first = np.moveaxis(first, -1, 1)
    return first, np.maximum(np.tensordot(seen(first), W, ((1, 4, 5), (1, 2, 3))) + b, 0)


def sliding_scores(arrays, images):
    U, a, W, b, V, c = arrays
    return maps((U, W), (a, b), images)[1].max(axis=(1, 2)) @ V.T + c


@cache
def sliding(rate, seed=0):
    """Go back through the patches alone that the winners have seen."""
    rng = np.random.default_rng(seed)
    U = rng.normal(scale=np.sqrt(2 / 9), size=(8, 1, 3, 3))[:, 0]
    W = rng.normal(scale=np.sqrt(2 / 72), size=(16, 8, 3, 3))
    V = rng.normal(scale=np.sqrt(1 / 16), size=(10, 16))
    arrays, inputs = [U, np.zeros(8), W, np.zeros(16), V, np.zeros(10)], middle(TRAIN, 16)

    def gradients(batch):
        U, a, W, b, V, c = arrays
        first, last = maps((U, W), (a, b), inputs[batch])
        flat = last.reshape(len(batch), -1, 16)
        rows, columns = np.divmod(flat.argmax(axis=1), last.shape[2])
        v = flat.max(axis=1)
        d = short_of_right(v @ V.T + c, TRAIN[batch])
        dv = (d @ V) * (v > 0)
        example = np.arange(len(batch))[:, None]
        patches = np.moveaxis(seen(first), 1, 3)[example, rows, columns]
        dW = np.einsum("sf,sfcpq->fcpq", dv, patches)
        dfirst = np.zeros(first.shape)
        for p, q in np.ndindex(3, 3):
            due = dv[:, :, None] * W[None, :, :, p, q]
            np.add.at(
                dfirst,
                (example[..., None], np.arange(8), (rows + p)[..., None], (columns + q)[..., None]),
                due,
            )
        dfirst = dfirst * (first > 0)
        dU = np.tensordot(dfirst, seen(inputs[batch]), ((0, 2, 3), (0, 1, 2)))
        return dU, dfirst.sum(axis=(0, 2, 3)), dW, dv.sum(axis=0), d.T @ v, d.sum(axis=0)

    return epochs(arrays, gradients, rate, seed)


def says_most(scores):
    p = softmax(scores)
    return int(p.argmax()), p.max()


@says("anywhere")
def _(picture, row, column):
    sheet = sheets([picture], 20, [row], [column])
    from_dense = says_most(dense_scores(dense(0.01)[-1], sheet)[0])
    from_sliding = says_most(sliding_scores(sliding(0.01)[-1], sheet)[0])
    return int(DIGIT[picture]), row + 1, column + 1, *from_dense, *from_sliding


@foresees("anywhere", slow=True)
def _():
    three = ASIDE[10]
    assert DIGIT[three] == 3
    there, left = (
        says_most(sliding_scores(sliding(0.01)[-1], sheets([three], 20, [6], [j]))[0])
        for j in (6, 4)
    )
    same = abs(there[1] - left[1]) < 1e-12
    return {
        "the same, with the same probability": there[0] == left[0] and same,
        "the same, a little less surely": there[0] == left[0] and not same,
        "another digit": there[0] != left[0],
    }


def raised(kind, K, height, by=1e-7):
    """Measure how the answers, each times its δ, rise with the third number."""

    def answers(third):
        x = np.array([1, 0.4, third, 2, 1.4, 0.6, 0.2])
        inner = [sorted(x[at : at + K]) for at in (0, 2, 4)]
        return np.array([part[-1] if kind == "greatest" else sum(part) / K for part in inner])

    return (answers(height) - answers(height - by)) / by


@says("due")
def _(kind, K, height):
    rise = raised(kind, K, height)
    does = "wins in" if kind == "greatest" else "has a share in"
    return does, height, int(np.sum(rise > 0.1)), 3, float(rise @ (1, 2, -1)), 2


@foresees("due")
def _():
    heights = np.linspace(0.25, 2.95, 28)
    gets = [round(float(raised("greatest", 3, height) @ (1, 2, -1)), 5) for height in heights]
    jumps = np.count_nonzero(np.diff(gets))
    return {"it jumps twice": jumps == 2, "it grows evenly": jumps > 2, "it jumps once": jumps == 1}


@says("field", everywhere=True)
def _(K, s, L, place):
    """Follow, layer by layer, where the first and the last of what it sees look."""
    spans = []
    for number in (place - 1, place):
        low = high = number
        for _layer in range(L):
            low, high = low * s, high * s + K - 1
        spans.append((low, high))
    (low, high), (following, _end) = spans
    return place, L, high - low + 1, low + 1, high + 1, following - low


@foresees("field")
def _():
    sees = SAID["field"](3, 2, 4, 1)[2]
    assert SAID["field"](3, 1, 4, 1)[2] == 9
    return {f"{number}": sees == number for number in (18, 31, 81)}


def right(scores):
    return int(np.sum(scores.argmax(axis=1) == DIGIT[ASIDE]))


@cache
def counted(rate, epoch):
    return (
        right(dense_scores(dense(rate)[epoch], middle(ASIDE, 20))),
        right(dense_scores(dense(rate)[epoch], anywhere(ASIDE))),
        right(sliding_scores(sliding(rate)[epoch], middle(ASIDE, 20))),
        right(sliding_scores(sliding(rate)[epoch], anywhere(ASIDE))),
    )


@says("learn")
def _(rate, epoch):
    return rate, epoch, *counted(rate, epoch)


@foresees("learn", slow=True)
def _():
    assert counted(0.01, 0)[2] == counted(0.01, 0)[3] < 60
    _, _, there, off = counted(0.01, 10)
    more = (there - off) / there
    return {"none": more == 0, "a few": 0 < more < 1 / 2, "most of what it reads": more > 1 / 2}
