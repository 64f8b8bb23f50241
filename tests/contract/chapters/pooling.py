r"""The ties of the chapter on pooling."""

from __future__ import annotations

import numpy as np
from scipy.linalg import circulant
from scipy.ndimage import maximum_filter1d

from contract.tie import Case, tie
from contract.truth import agree, derivative
from contract.worlds import given, world
from utils.activations import relu
from utils.pooling import (
    field,
    greatest_backward,
    greatest_forward,
    max_pool_backward,
    max_pool_forward,
    mean_pool_backward,
    mean_pool_forward,
    windows,
    windows_backward,
)

#: A window of K goes over N + 0.. numbers, s at a time.
SIGNAL = (
    r"K \in \{1, 2, 3\}, s \in \{1, 2, 3\}, N \in \{1, 2, 3, 4\}, \alpha \in (0, 1), "
    r"\delta \in \mathbb{R}^4"
)


def drawn(K, s, N, seed):
    """Draw a signal of N windows, and for some draws numbers at its end that fill none."""
    rng = np.random.default_rng(int(seed * 1e9))
    return rng.normal(size=(N - 1) * s + K + int(rng.integers(s)))


def along(pool, K, s, x):
    """Pool a signal as the layer does, as an image of one row."""
    out, kept = pool((1, K), s, (), x[None, None, :, None])
    return out[0, 0, :, 0], kept


def back_along(pool, pool_back, K, s, x, delta):
    """Carry δ back, and hold it against the slope of J = Σ δᵢ vᵢ."""
    _, kept = along(pool, K, s, x)
    dx, _ = pool_back((1, K), s, delta[None, None, :, None], (), kept)
    true = derivative(lambda x: np.sum(delta * along(pool, K, s, x)[0]), x)
    return agree(dx[0, 0, :, 0], true)


def starts(K, s, x):
    """Return where each window begins, as the layer cuts them out."""
    seen = windows(np.arange(len(x))[None, None, :, None], (1, K), s)
    return agree(seen[0, 0, 0, :, 0], np.arange(0, len(x) - K + 1, s))


def winners(K, s, x):
    """Return the place of the greatest of each window, counted from 1."""
    return np.array([at + np.argmax(x[at : at + K]) + 1 for at in starts(K, s, x)])


def mean_matrix(K, s, x):
    """Return M, as the layer answers to each unit vector."""
    return np.array([along(mean_pool_forward, K, s, row)[0] for row in np.eye(len(x))]).T


def max_matrix(K, s, x):
    """Return R, row by row as the layer's way back has it."""
    eye = np.eye(len(starts(K, s, x)))
    rows = [back_along(max_pool_forward, max_pool_backward, K, s, x, row) for row in eye]
    return np.array(rows)


# ── A window answers with one number ─────────────────────────────────────────────────────────────


@tie("po-max", SIGNAL)
def _(K, s, N, seed, delta):
    x = drawn(K, s, N, seed)
    v, _ = along(max_pool_forward, K, s, x)
    agree(v, maximum_filter1d(x, K)[K // 2 :][: len(x) - K + 1 : s])
    for i in range(1, len(v) + 1):
        yield {"v": v, "x": x, "i": i}


@tie("po-mean", SIGNAL)
def _(K, s, N, seed, delta):
    x = drawn(K, s, N, seed)
    v, _ = along(mean_pool_forward, K, s, x)
    agree(v, np.convolve(x, np.full(K, 1 / K), mode="valid")[::s])
    for i in range(1, len(v) + 1):
        yield {"v": v, "x": x, "i": i}


@tie("po-mean-entries", SIGNAL)
def _(K, s, N, seed, delta):
    M = mean_matrix(K, s, drawn(K, s, N, seed))
    for i, j in np.ndindex(M.shape):
        yield {"m": M, "i": i + 1, "j": j + 1}


@tie("po-mean-back", SIGNAL)
def _(K, s, N, seed, delta):
    x = drawn(K, s, N, seed)
    dx = back_along(mean_pool_forward, mean_pool_backward, K, s, x, delta[:N])
    images_agree(mean_pool_forward, mean_pool_backward, s, seed)
    return {
        r"\frac{\partial J}{\partial x}": dx, "M": mean_matrix(K, s, x), r"\delta": delta[:N]
    }  # fmt: skip


# ── To whom the gradient goes ────────────────────────────────────────────────────────────────────


@tie("po-two", r"a, b \in \mathbb{R}")
def _(a, b):
    return {}


@tie("po-winner", SIGNAL)
def _(K, s, N, seed, delta):
    x = drawn(K, s, N, seed)
    v, _ = along(max_pool_forward, K, s, x)
    for i, place in enumerate(winners(K, s, x), start=1):
        yield {"v": v, "x": x, "i": i, "p_i": place}


@tie("po-max-entries", SIGNAL)
def _(K, s, N, seed, delta):
    x = drawn(K, s, N, seed)
    R = max_matrix(K, s, x)
    agree(R @ x, along(max_pool_forward, K, s, x)[0])
    for i, j in np.ndindex(R.shape):
        yield {"r": R, "i": i + 1, "j": j + 1, "p_i": winners(K, s, x)[i]}


def images_agree(pool, pool_back, s, seed):
    """Hold the way back over images, windows of two rows and three columns, against the slopes."""
    A = np.random.default_rng(int(seed * 1e9)).normal(size=(2, 3, 6, 2))
    out, kept = pool((2, 3), s, (), A)
    C = np.cos(np.arange(out.size)).reshape(out.shape)
    dA, _ = pool_back((2, 3), s, C, (), kept)
    agree(dA, derivative(lambda A: np.sum(C * pool((2, 3), s, (), A)[0]), A))


@tie("po-max-back", SIGNAL)
def _(K, s, N, seed, delta):
    x = drawn(K, s, N, seed)
    images_agree(max_pool_forward, max_pool_backward, s, seed)
    dx = back_along(max_pool_forward, max_pool_backward, K, s, x, delta[:N])
    seen = windows(x[None, None, :, None], (1, K), s)
    first = np.zeros(seen.shape)
    first[0, ..., 0] = delta[:N]
    back = windows_backward(first, (1, 1, len(x), 1), (1, K), s)[0, 0, :, 0]
    agree(back[starts(K, s, x)], delta[:N])
    for j in range(1, len(x) + 1):
        yield {
            r"\frac{\partial J}{\partial x_j}": dx[j - 1], "p": winners(K, s, x),
            r"\delta": delta[:N], "j": j,
        }  # fmt: skip


@tie("po-rows", SIGNAL)
def _(K, s, N, seed, delta):
    x = drawn(K, s, N, seed)
    for r in (max_matrix(K, s, x), mean_matrix(K, s, x)):
        for i in range(1, N + 1):
            yield {"r": r, "i": i, "n": len(x)}


@tie("po-sum", SIGNAL)
def _(K, s, N, seed, delta):
    x = drawn(K, s, N, seed)
    for pool, back in (
        (max_pool_forward, max_pool_backward),
        (mean_pool_forward, mean_pool_backward),
    ):
        g = back_along(pool, back, K, s, x, delta[:N])
        yield {"g": g, r"\delta": delta[:N], "n": len(x)}


# ── Wherever it stands ───────────────────────────────────────────────────────────────────────────


def shift(n):
    return np.roll(np.eye(n), 1, axis=0)


@tie("po-stack", r"c, e, x \in \mathbb{R}^n, b \in \mathbb{R}")
def _(c, e, x, b):
    """Two circulant layers, each with its bias and a ReLU."""
    return {
        "f": lambda x: relu(circulant(c) @ np.atleast_1d(x) + b),
        "h": lambda x: relu(circulant(e) @ np.atleast_1d(x) - b), "S": shift(len(c)),
    }  # fmt: skip


@tie("po-greatest", r"z \in \mathbb{R}^n")
def _(z):
    """And the layer says it, for images too, and gives all back to the places where they are."""
    moved = shift(len(z)) @ z
    of_z, of_moved = (greatest_forward((), each[None, None, :, None])[0] for each in (z, moved))
    agree(of_z, of_moved)
    A = np.cos(7.0 * np.arange(48) + z[0]).reshape(2, 3, 4, 2)
    out, kept = greatest_forward((), A)
    agree(out, A.max(axis=(1, 2)))
    C = np.array([[1.0, -2.0], [0.5, 3.0]])
    dA, _ = greatest_backward(C, (), kept)
    agree(dA, derivative(lambda A: np.sum(C * greatest_forward((), A)[0]), A))
    yield {"z'": moved}
    yield Case({"z'": z + 1.0}, holds=False)


@tie("po-seeing", r"r \in \{1, 2, 3, 4\}, l \in \{5, 6, 7\}, w \in \{1, 2, 3\}")
def _(r, l, w):  # noqa: E741
    """A kernel of ones sees ink, from place l on and w wide, at these places and no others."""
    ink = np.zeros(12 + r - 1)
    ink[l - 1 : l - 1 + w] = 1
    for i, z in enumerate(np.convolve(ink, np.ones(r), mode="valid"), start=1):
        yield Case({"u": l + w - 1, "i": i}, holds=bool(z > 0))


@tie("po-moved", SIGNAL)
def _(K, s, N, seed, delta):
    x = drawn(K, s, N, seed)
    moved = np.concatenate([np.full(s, 9.0), x])
    for pool in (max_pool_forward, mean_pool_forward):
        v, _ = along(pool, K, s, x)
        after, _ = along(pool, K, s, moved)
        for i in range(1, N + 1):
            yield {"v'": after, "v": v, "i": i}


# ── How far a number sees ────────────────────────────────────────────────────────────────────────

STACK = r"L \in \{1, 2, 3, 4\}, \alpha \in (0, 1)"


def counted(kernels, strides):
    """Return field and step by following, from the first two numbers, where they look."""
    spans = []
    for first in (0, 1):
        low = high = first
        for K, s in zip(kernels[::-1], strides[::-1], strict=True):
            low, high = low * s, high * s + K - 1
        spans.append((low, high))
    return spans[0][1] - spans[0][0] + 1, spans[1][0] - spans[0][0]


def grown(L, seed):
    """Draw a stack, and return its kernels, strides, fields and steps, from the input on."""
    rng = np.random.default_rng(int(seed * 1e9))
    K, s = rng.integers(1, 5, size=L), rng.integers(1, 4, size=L)
    both = np.array([field(K[:k], s[:k]) for k in range(L + 1)])
    agree(both, np.array([counted(K[:k], s[:k]) for k in range(L + 1)]))
    return K, s, both[:, 0], both[:, 1]


@tie("po-field", STACK)
def _(L, seed):
    K, _, r, d = grown(L, seed)
    for k in range(1, L + 1):
        yield {"r_l": r[k], "r_{l-1}": r[k - 1], "K": K, "d_{l-1}": d[k - 1], "l": k}


@tie("po-step", STACK)
def _(L, seed):
    _, s, _, d = grown(L, seed)
    for k in range(1, L + 1):
        yield {"d_l": d[k], "d_{l-1}": d[k - 1], "s": s, "l": k}


@tie("po-field-sum", STACK)
def _(L, seed):
    K, s, r, d = grown(L, seed)
    agree(d, np.cumprod([1, *s]))
    return {"r_L": r[-1], "K": K, "d": lambda layer: d[int(layer)]}


# ── What the letters of its sections mean ────────────────────────────────────────────────────────

given(
    "r_0 = d_0 = 1",
    r"\beta > 0",
    r"v = \frac{1}{\beta} \ln \left( \frac{1}{K} \sum_{k=1}^{K} e^{\beta x_k} \right)",
)


@world(SIGNAL, "A window answers with one number")
def _(K, s, N, seed, delta):
    x = drawn(K, s, N, seed)
    v, _ = along(mean_pool_forward, K, s, x)
    return {"n": len(x), "N": len(v), "x": x, "v": v, "M": mean_matrix(K, s, x)}


@world(SIGNAL, "To whom the gradient goes", "A sum that checks any pooling")
def _(K, s, N, seed, delta):
    """In the last window, and for the number that wins there."""
    x, delta = drawn(K, s, N, seed), delta[:N]
    v, _ = along(max_pool_forward, K, s, x)
    dx = back_along(max_pool_forward, max_pool_backward, K, s, x, delta)
    by_v = derivative(lambda v: delta @ v, v)
    R = max_matrix(K, s, x)
    return {
        "x": x, "v": v, "R": R, "r": R, "i": N, "j": winners(K, s, x)[-1], r"\delta": delta,
        r"\frac{\partial J}{\partial x}": dx, r"\partial J / \partial v_i": by_v[-1],
        "g": dx, r"\partial J / \partial x": dx,
    }  # fmt: skip


@world(r"z \in \mathbb{R}^n", "Wherever it stands", "Summary")
def _(z):
    return {"S": shift(len(z)), "z'": np.roll(z, 1)}


@world(r"x \in \mathbb{R}^n, s \in \{1, 2, 3\}", "A window with a stride", "Summary")
def _(x, s):
    """At the last place."""
    return {"x'": np.concatenate([np.full(s, 9.0), x]), "j": len(x)}


@world("", "How far a number sees")
def _():
    return {"r": counted([3, 3], [1, 1])[0]}
