r"""The ties of the chapter on convolution."""

from __future__ import annotations

import numpy as np
from scipy.linalg import circulant
from scipy.signal import convolve, convolve2d, correlate, correlate2d

from contract.tie import Case, tie
from contract.truth import agree, derivative
from contract.worlds import given, world
from utils.convolution import (
    convolution,
    convolution_backward,
    convolution_forward,
    convolution_gradients,
    patches,
    patches_backward,
    size,
    toeplitz,
)
from utils.layers import dense, flat

RING = r"c \in \mathbb{R}^n"
SIGNAL = r"w \in \mathbb{R}^K, \delta \in \mathbb{R}^N, b \in \mathbb{R}"
#: No two sides of these are equal, but for the draws in which one of them is 1.
IMAGES = (
    r"F, C, m \in \{1, 2, 3\}, K_1, K_2 \in \{1, 2, 3, 4\}, N_1, N_2 \in \{1, 2, 3, 4, 5\}, "
    r"\alpha \in (0, 1)"
)

# ── What commutes with a shift ───────────────────────────────────────────────────────────────────


def shift(n):
    return np.roll(np.eye(n), 1, axis=0)


@tie("cv-commute", RING)
def _(c):
    """And no other map, such as one that is larger at one place, commutes."""
    W, S = circulant(c), shift(len(c))
    yield {"W": W, "S": S}
    if len(c) > 1:
        yield Case({"W": W + np.diag(np.eye(len(c))[0]), "S": S}, holds=False)


@tie("cv-circulant", r"n \in \{3, 4, 5\}, c \in \mathbb{R}^{5}")
def _(n, c):
    """The maps that commute: the null space of W ↦ W S − S W."""
    S, eye = shift(n), np.eye(n)
    _, values, rows = np.linalg.svd(np.kron(eye, S.T) - np.kron(S, eye))
    free = rows[values < 1e-9]
    agree(len(free), n)
    W = (c[:n] @ free).reshape(n, n)
    agree(W @ S, S @ W)
    for i, j in np.ndindex(n - 1, n - 1):
        yield {"w": W, "i": i + 1, "j": j + 1}


# ── Along a line ─────────────────────────────────────────────────────────────────────────────────


def along(w, b, x):
    """Slide the kernel as the layer does, over an image of one row."""
    out, kept = convolution_forward(
        (w[None, None, None], np.full((1, 1), b)), x[None, None, :, None]
    )
    return out[0, 0, :, 0], kept


def back_along(w, b, x, delta):
    part = w[None, None, None], np.full((1, 1), b)
    _, kept = convolution_forward(part, x[None, None, :, None])
    dx, (dw, db) = convolution_backward(delta[None, None, :, None], part, kept)
    return dx[0, 0, :, 0], dw[0, 0, 0], db[0, 0]


def signal_for(w, delta):
    return np.cos(3.0 * np.arange(len(w) + len(delta) - 1))


@tie("cv-correlate", SIGNAL)
def _(w, delta, b):
    x = signal_for(w, delta)
    z, _ = along(w, b, x)
    agree(z, correlate(x, w, mode="valid") + b)
    for i in range(1, len(z) + 1):
        yield {"z": z, "x": x, "i": i}


@tie("cv-size", r"n \in \{4, \dots, 9\}, K \in \{1, 2, 3, 4\}")
def _(n, K):
    N = size(n, K)
    agree(N, len(correlate(np.ones(n), np.ones(K), mode="valid")))
    agree(len(along(np.ones(K), 0.0, np.ones(n))[0]), N)
    return {"N": N}


@tie(
    "cv-places",
    r"n \in \{4, \dots, 9\}, K \in \{1, 2, 3, 4\}, p \in \{0, 1, 2, 3\}, s \in \{1, 2, 3\}",
)
def _(n, K, p, s):
    steps = np.convolve(np.ones(n + 2 * p), np.ones(K), mode="valid")[::s]
    return {"N": agree(size(n, K, p, s), len(steps))}


@tie("cv-toeplitz", SIGNAL)
def _(w, delta, b):
    x = signal_for(w, delta)
    z, _ = along(w, b, x)
    return {"z": z, "x": x, "T": toeplitz(w, len(x))}


@tie("cv-entries", SIGNAL)
def _(w, delta, b):
    T = toeplitz(w, len(w) + len(delta) - 1)
    agree(T, np.array([correlate(row, w, mode="valid") for row in np.eye(T.shape[1])]).T)
    for i, j in np.ndindex(T.shape):
        yield {"t": T, "i": i + 1, "j": j + 1}


def silent_beyond(delta):
    """Return δ as a function of its places, 0 beyond its ends."""
    padded = dict(zip(np.ndindex(delta.shape), delta.flat, strict=True))
    return lambda *place: padded.get(tuple(int(i) - 1 for i in place), 0.0)


def cost_along(w, b, x, delta):
    return np.sum(delta * along(w, b, x)[0])


@tie("cv-dw", SIGNAL)
def _(w, delta, b):
    x = signal_for(w, delta)
    _, dw, _ = back_along(w, b, x, delta)
    agree(dw, derivative(lambda w: cost_along(w, b, x, delta), w))
    for k in range(1, len(w) + 1):
        yield {r"\frac{\partial J}{\partial w_k}": dw[k - 1], "x": x, "k": k}


@tie("cv-db", SIGNAL)
def _(w, delta, b):
    x = signal_for(w, delta)
    _, _, db = back_along(w, b, x, delta)
    true = derivative(lambda b: cost_along(w, b, x, delta), b)
    return {r"\frac{\partial J}{\partial b}": agree(db, true)}


@tie("cv-dx", SIGNAL)
def _(w, delta, b):
    x = signal_for(w, delta)
    dx, _, _ = back_along(w, b, x, delta)
    agree(dx, derivative(lambda x: cost_along(w, b, x, delta), x))
    for j in range(1, len(x) + 1):
        yield {
            r"\frac{\partial J}{\partial x_j}": dx[j - 1], r"\delta": silent_beyond(delta), "j": j
        }  # fmt: skip


@tie("cv-turned", SIGNAL)
def _(w, delta, b):
    x = signal_for(w, delta)
    dx, _, _ = back_along(w, b, x, delta)
    agree(dx, convolve(delta, w))
    for j in range(1, len(x) + 1):
        yield {
            r"\frac{\partial J}{\partial x_j}": dx[j - 1], r"\delta": silent_beyond(delta), "j": j,
            r"\tilde{w}": w[::-1],
        }  # fmt: skip


@tie("cv-dx-matrix", SIGNAL)
def _(w, delta, b):
    x = signal_for(w, delta)
    dx, _, _ = back_along(w, b, x, delta)
    return {r"\frac{\partial J}{\partial x}": dx, "T": toeplitz(w, len(x))}


# ── Images ───────────────────────────────────────────────────────────────────────────────────────


def drawn(F, C, m, K1, K2, N1, N2, seed):
    """Draw an image, the kernels that slide over it, and the error signals of their sums."""
    rng = np.random.default_rng(int(seed * 1e9))
    A = rng.normal(size=(C, N1 + K1 - 1, N2 + K2 - 1, m))
    part = rng.normal(size=(F, C, K1, K2)), rng.normal(size=(F, 1))
    return A, part, rng.normal(size=(F, N1, N2, m))


def cost(part, A, delta):
    return np.sum(delta * convolution_forward(part, A)[0])


def by_scipy(part, A):
    W, b = part
    maps = [
        [
            sum(correlate2d(A[c, :, :, s], W[f, c], mode="valid") for c in range(len(A)))
            for s in range(A.shape[-1])
        ]
        for f in range(len(W))
    ]
    return np.moveaxis(np.array(maps), 1, -1) + b[:, :, None, None]


@tie("cv-plane", IMAGES)
def _(F, C, m, K1, K2, N1, N2, seed):
    A, (W, b), _ = drawn(1, 1, 1, K1, K2, N1, N2, seed)
    Z, _ = convolution_forward((W, b), A)
    agree(Z, by_scipy((W, b), A))
    for i, j in np.ndindex(N1, N2):
        yield {
            "z": Z[0, :, :, 0], "w": W[0, 0], "x": A[0, :, :, 0], "b": b[0, 0],
            "i": i + 1, "j": j + 1,
        }  # fmt: skip


@tie("cv-channels", IMAGES)
def _(F, C, m, K1, K2, N1, N2, seed):
    A, (W, b), _ = drawn(F, C, m, K1, K2, N1, N2, seed)
    Z, _ = convolution_forward((W, b), A)
    agree(Z, by_scipy((W, b), A))
    first, zero = convolution(C, F, (K1, K2)).first(np.random.default_rng(0))
    normal = np.random.default_rng(0).normal(size=W.shape)
    agree(first, np.sqrt(2 / (C * K1 * K2)) * normal)
    agree(zero, np.zeros((F, 1)))
    s = m - 1
    for f, i, j in {(0, 0, 0), (F - 1, N1 - 1, 0), (F - 1, 0, N2 - 1), (F - 1, N1 - 1, N2 - 1)}:
        yield {
            "z": Z[..., s], "w": W, "x": A[..., s], "b": b[:, 0],
            "f": f + 1, "i": i + 1, "j": j + 1,
        }  # fmt: skip


@tie("cv-row", IMAGES)
def _(F, C, m, K1, K2, N1, N2, seed):
    A, _, _ = drawn(F, C, m, K1, K2, N1, N2, seed)
    P = patches(A, (K1, K2))
    for c, p, q in np.ndindex(C, K1, K2):
        met = A[c, p : p + N1, q : q + N2].ravel()
        (r,) = (r for r in range(len(P)) if np.array_equal(P[r], met))
        yield {"r": r + 1, "c": c + 1, "p": p + 1, "q": q + 1}


@tie("cv-patches", IMAGES)
def _(F, C, m, K1, K2, N1, N2, seed):
    A, (W, b), _ = drawn(F, C, m, K1, K2, N1, N2, seed)
    Z, _ = convolution_forward((W, b), A)
    agree(Z, by_scipy((W, b), A))
    return {
        "Z": Z.reshape(F, -1), "W": W.reshape(F, -1), "P": patches(A, (K1, K2)), "b": b[:, 0]
    }  # fmt: skip


@tie("cv-count", IMAGES)
def _(F, C, m, K1, K2, N1, N2, seed):
    _, part, _ = drawn(F, C, m, K1, K2, N1, N2, seed)
    return {"Q": flat(part).size}


@tie("cv-count-dense", IMAGES)
def _(F, C, m, K1, K2, N1, N2, seed):
    A, _, delta = drawn(F, C, 1, K1, K2, N1, N2, seed)
    W, b = dense(A.size, delta.size).first(np.random.default_rng(0))
    return {
        r"Q_{\text{dense}}": W.size + b.size, "n_1": A.shape[1], "n_2": A.shape[2]
    }  # fmt: skip


@tie("cv-weights", IMAGES)
def _(F, C, m, K1, K2, N1, N2, seed):
    A, (W, b), delta = drawn(F, C, m, K1, K2, N1, N2, seed)
    _, kept = convolution_forward((W, b), A)
    _, (dW, db) = convolution_backward(delta, (W, b), kept)
    alone, alone_b = convolution_gradients(delta, (W, b), kept)
    agree(dW, derivative(lambda W: cost((W, b), A, delta), W))
    agree(db, derivative(lambda b: cost((W, b), A, delta), b))
    agree(alone, dW)
    agree(alone_b, db)
    return {
        r"\frac{\partial J}{\partial W}": dW.reshape(F, -1), r"\delta": delta.reshape(F, -1),
        "P": patches(A, (K1, K2)),
    }  # fmt: skip


@tie("cv-patch-gradient", IMAGES)
def _(F, C, m, K1, K2, N1, N2, seed):
    A, (W, b), delta = drawn(F, C, m, K1, K2, N1, N2, seed)
    P, rows = patches(A, (K1, K2)), W.reshape(F, -1)
    dP = derivative(lambda P: np.sum(delta.reshape(F, -1) * (rows @ P + b)), P)
    dA = patches_backward(dP, A.shape, (K1, K2))
    agree(dA, derivative(lambda A: cost((W, b), A, delta), A))
    return {r"\frac{\partial J}{\partial P}": dP, r"\delta": delta.reshape(F, -1), "W": rows}


@tie("cv-image-gradient", IMAGES)
def _(F, C, m, K1, K2, N1, N2, seed):
    A, (W, b), delta = drawn(F, C, m, K1, K2, N1, N2, seed)
    _, kept = convolution_forward((W, b), A)
    dA, _ = convolution_backward(delta, (W, b), kept)
    s = m - 1
    for c in range(C):
        full = sum(convolve2d(delta[f, :, :, s], W[f, c]) for f in range(F))
        agree(dA[c, :, :, s], full)
    n1, n2 = A.shape[1:3]
    for c, i, j in {(0, 0, 0), (C - 1, n1 - 1, 0), (C - 1, n1 // 2, n2 // 2), (0, 0, n2 - 1)}:
        yield {
            r"\frac{\partial J}{\partial x_{cij}}": dA[c, i, j, s], "w": W,
            r"\delta": silent_beyond(delta[..., s]), "c": c + 1, "i": i + 1, "j": j + 1,
        }  # fmt: skip


# ── What the letters of its sections mean ────────────────────────────────────────────────────────

given("p = 0", "s = 1", "K = 3", "s = 2")


@world(r"c, x \in \mathbb{R}^n", "Which maps commute with a shift?")
def _(c, x):
    return {"W": circulant(c), "S": shift(len(c))}


@world(SIGNAL, "One sum, one matrix")
def _(w, delta, b):
    """At the last place."""
    n = len(w) + len(delta) - 1
    return {"n": n, "i": len(correlate(np.ones(n), w, mode="valid")), "T": toeplitz(w, n)}


@world(r"w \in \mathbb{R}^K, \delta \in \mathbb{R}^N, i, k \in \{1, 2\}", "Its two gradients")
def _(w, delta, i, k):
    """Input j meets weight k in sum i: where the kernel with a one there lies in row i of T."""
    x = signal_for(w, delta)
    by_z = derivative(lambda z: z @ delta, along(w, 0.3, x)[0])
    i, k = min(i, len(delta)), min(k, len(w))
    row = toeplitz(np.eye(len(w))[k - 1], len(x))[i - 1]
    return {
        "i": i, "k": k, "j": int(np.argmax(row)) + 1, r"\partial J / \partial z_i": by_z[i - 1],
        r"\tilde{w}": w[::-1],
    }  # fmt: skip


@world(r"l, k \in \{1, 2, 3\}", "7. Two in a row")
def _(l, k):  # noqa: E741
    """One weight each: where the one kernel has its weight."""
    return {"r": int(np.argmax(np.convolve(np.eye(3)[l - 1], np.eye(3)[k - 1]))) + 1}
