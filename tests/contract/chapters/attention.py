r"""The ties of the chapter on attention."""

from __future__ import annotations

from itertools import product

import numpy as np
from scipy.special import expit
from scipy.special import softmax as scipy_softmax

from contract.tie import tie
from contract.truth import agree, derivative, raises
from contract.worlds import NETWORK, forgiving, given, world
from utils.attention import (
    attention_backward,
    attention_first,
    attention_forward,
    causal_mask,
    lookup,
    lookup_gradients,
    softmax_of_seen,
)
from utils.notation import Outcomes
from utils.sequences import repeats

LOOKUP = (
    r"Q \in \mathbb{R}^{d \times t}, K \in \mathbb{R}^{d \times T}, V \in \mathbb{R}^{r \times T}, "
)
BACK = LOOKUP + r"\delta \in \mathbb{R}^{r \times t}"
LAYER = (
    r"W_Q \in \mathbb{R}^{d \times n}, W_K \in \mathbb{R}^{d \times n}, "
    r"W_V \in \mathbb{R}^{r \times n}, X \in \mathbb{R}^{n \times T}"
)


def columns(S):
    """Return the softmax of each column, or of a single one."""
    return scipy_softmax(S, axis=0)


def answers(Q, K, V, mask=None):
    """Look up query by query and key by key."""
    out, P = np.zeros((len(V), Q.shape[1])), np.zeros((K.shape[1], Q.shape[1]))
    for j, q in enumerate(Q.T):
        odds = np.array([np.exp(k @ q / len(q) ** 0.5) for k in K.T])
        odds = odds if mask is None else odds * mask[:, j]
        P[:, j] = odds / sum(odds)
        out[:, j] = sum(p * v for p, v in zip(P[:, j], V.T, strict=True))
    return out, P


# ── Forward ──────────────────────────────────────────────────────────────────────────────────────


@tie(
    "at-lookup", r"q \in \mathbb{R}^d, K \in \mathbb{R}^{d \times T}, V \in \mathbb{R}^{r \times T}"
)
def _(q, K, V):
    out, _ = lookup(q[:, None], K, V)
    agree(out, answers(q[:, None], K, V)[0])
    return {"o": out[:, 0], r"\operatorname{softmax}": columns, "d": len(q)}


@tie("at-project", LAYER)
def _(W_Q, W_K, W_V, X):
    _, (_, Q, K, V, _) = attention_forward((W_Q, W_K, W_V), X)
    return {"Q": Q, "K": K, "V": V, "W_Q": W_Q, "W_K": W_K, "W_V": W_V}


@tie("at-matrix", LAYER)
def _(W_Q, W_K, W_V, X):
    out, (_, Q, K, V, P) = attention_forward((W_Q, W_K, W_V), X)
    agree(out, answers(Q, K, V)[0])
    agree(P, answers(Q, K, V)[1])
    d = len(Q)
    agree(softmax_of_seen(K.T @ Q / np.sqrt(d) + 1000), P)  # whose exponentials overflow
    names = {"O": out, "Q": Q, "K": K, "V": V, "d": d}
    return {**names, r"\operatorname{softmax}": columns}


def each_with_each(left, right):
    """Return two lists in which each of the left is beside each of the right: independent."""
    return [list(each) for each in zip(*product(left, right), strict=True)]


def signs(d, s):
    """Return every vector of entries s and −s: mean 0 and variance s², independent."""
    return [s * np.array(each) for each in product((-1.0, 1.0), repeat=d)]


@tie("at-mean", r"A \in \mathbb{R}^{n \times d}, B \in \mathbb{R}^{m \times d}")
def _(A, B):
    q, k = each_with_each(A, B)
    return {"q": Outcomes(q), "k": Outcomes(k), "d": A.shape[1]}


@tie("at-variance", r"d \in \{1, 2, 3\}, \tau \in (0.3, 2)")
def _(d, tau):
    q, k = each_with_each(signs(d, tau**0.5), signs(d, tau**0.5))
    return {"q": Outcomes(q), "k": Outcomes(k)}


@tie("at-slopes", r"s \in \mathbb{R}^T")
def _(s):
    p = softmax_of_seen(s[:, None])[:, 0]
    agree(p, scipy_softmax(s))
    slopes = [
        derivative(lambda s, i=i: softmax_of_seen(s[:, None])[i, 0], s)[i] for i in range(len(s))
    ]
    return {
        "p": p, "T": len(s),
        **{rf"\frac{{\partial p_{i}}}{{\partial s_{i}}}": slopes[i - 1]
           for i in range(1, len(s) + 1)},
    }  # fmt: skip


# ── Back ─────────────────────────────────────────────────────────────────────────────────────────


def back(Q, K, V, delta):
    """Return the gradients of the library, held against the true ones, and what leads to them."""
    out, P = lookup(Q, K, V)
    dQ, dK, dV = lookup_gradients(delta, Q, K, V, P)

    def cost(Q, K, V):
        return np.sum(delta * lookup(Q, K, V)[0])

    agree(dQ, derivative(lambda Q: cost(Q, K, V), Q))
    agree(dK, derivative(lambda K: cost(Q, K, V), K))
    agree(dV, derivative(lambda V: cost(Q, K, V), V))
    eta = derivative(lambda P: np.sum(delta * (V @ P)), P)
    S = K.T @ Q / np.sqrt(len(Q))
    dS = derivative(lambda S: np.sum(eta * softmax_of_seen(S)), S)
    return {
        "O": out, "P": P, "S": S, r"\eta": eta, "T": K.shape[1], "d": len(Q),
        r"\frac{\partial J}{\partial V}": dV, r"\frac{\partial J}{\partial P}": eta,
        r"\frac{\partial J}{\partial S}": dS, r"\frac{\partial J}{\partial Q}": dQ,
        r"\frac{\partial J}{\partial K}": dK,
    }  # fmt: skip


@tie("at-dv", BACK)
def _(Q, K, V, delta):
    return back(Q, K, V, delta)


@tie("at-dp", BACK)
def _(Q, K, V, delta):
    return back(Q, K, V, delta)


@tie("at-ds", BACK)
def _(Q, K, V, delta):
    names = back(Q, K, V, delta)
    dS = names.pop(r"\frac{\partial J}{\partial S}")
    for i, j in product(range(1, K.shape[1] + 1), range(1, Q.shape[1] + 1)):
        yield {**names, "i": i, "j": j, r"\frac{\partial J}{\partial S_{ij}}": dS[i - 1, j - 1]}


@tie("at-dq", BACK)
def _(Q, K, V, delta):
    return back(Q, K, V, delta)


@tie("at-dk", BACK)
def _(Q, K, V, delta):
    return back(Q, K, V, delta)


@tie("at-dx", LAYER + r", \delta \in \mathbb{R}^{r \times T}")
def _(W_Q, W_K, W_V, X, delta):
    part = W_Q, W_K, W_V
    _, kept = attention_forward(part, X)
    dX, gradients = attention_backward(delta, part, kept)

    def cost(W_Q, W_K, W_V, X):
        return np.sum(delta * attention_forward((W_Q, W_K, W_V), X)[0])

    agree(dX, derivative(lambda X: cost(*part, X), X))
    agree(gradients[0], derivative(lambda W: cost(W, W_K, W_V, X), W_Q))
    agree(gradients[1], derivative(lambda W: cost(W_Q, W, W_V, X), W_K))
    agree(gradients[2], derivative(lambda W: cost(W_Q, W_K, W, X), W_V))
    _, Q, K, V, _ = kept
    names = back(Q, K, V, delta)
    weights = {"W_Q": W_Q, "W_K": W_K, "W_V": W_V}
    return {**names, **weights, r"\frac{\partial J}{\partial X}": dX}


# ── Mask, order, cost ────────────────────────────────────────────────────────────────────────────


@tie("at-mask", LAYER)
def _(W_Q, W_K, W_V, X):
    T = X.shape[1]
    _, (_, Q, K, V, P) = attention_forward((W_Q, W_K, W_V), X, causal=True)
    agree(P, answers(Q, K, V, np.tri(T).T)[1])
    first = attention_first(len(X), len(W_Q), len(W_V), np.random.default_rng(0))
    rng = np.random.default_rng(0)
    for W, drawn in zip((W_Q, W_K, W_V), first, strict=True):
        agree(drawn, rng.normal(size=W.shape) / len(X) ** 0.5)
    agree(causal_mask(T), np.tri(T).T > 0)
    agree(raises(ValueError, lambda: lookup(Q, K, V, np.zeros((T, T), dtype=bool))), True)
    for i, j in product(range(1, T + 1), repeat=2):
        yield {"P": P, "S": K.T @ Q / np.sqrt(len(Q)), "i": i, "j": j}


def exchanged(T):
    """Return a permutation matrix that is not its own transpose, where there is one."""
    return np.roll(np.eye(T), 1, axis=1)


@tie("at-shuffle", LAYER)
def _(W_Q, W_K, W_V, X):
    def f(X):
        return attention_forward((W_Q, W_K, W_V), X)[0]

    return {"f": f, r"\Pi": exchanged(X.shape[1])}


def multiply_adds(T, d):
    """Count them product by product, by the shapes."""
    products = [((d, d), (d, T))] * 3 + [((T, d), (d, T)), ((d, T), (T, T))]
    return sum(rows * inner * out for (rows, inner), (_, out) in products)


@tie("at-cost", r"T, d \in \{1, 2, 3, 5, 8\}")
def _(T, d):
    return {"F": multiply_adds(T, d)}


@tie(None, r"m \in \{2, 3, 5\}", printed=r"X^\top X = 2 I")
def _(m):
    """A column of the sequences has two ones, and no two columns of one sequence share a place."""
    X, Y = repeats(m, 11, np.random.default_rng(m))
    agree(X[:12, 1:], Y[:, :-1])
    many = repeats(600, 11, np.random.default_rng(m))[0][:12]
    agree(
        sorted({np.count_nonzero(one.any(axis=1)) for one in many.transpose(2, 0, 1)}),
        [5, 6, 7, 8, 9, 10],
    )
    agree(raises(ValueError, lambda: repeats(m, 9, np.random.default_rng(m))), True)
    agree(raises(ValueError, lambda: repeats(0, 11, np.random.default_rng(m))), True)
    return {"X": X[:, :5, 0], "I": np.eye(5)}


# ── What the letters of its sections mean ────────────────────────────────────────────────────────


PRODUCT = "The lookup as a product"


@world(r"q \in \mathbb{R}^d, K \in \mathbb{R}^{d \times T}, V \in \mathbb{R}^{r \times T}", PRODUCT)
def _(q, K, V):
    s = np.array([sum(K[:, i] * q) / len(q) ** 0.5 for i in range(K.shape[1])])
    return {
        "k": dict(enumerate(K.T, start=1)), "v": dict(enumerate(V.T, start=1)), "s": s,
        "p": scipy_softmax(s), "d": len(q), "T": K.shape[1], "r": len(V), "i": 1,
        r"\operatorname{softmax}": columns,
    }  # fmt: skip


BY_HAND, BACK_BY_HAND = "By pocket calculator", "Back, by pocket calculator"


@world("", BY_HAND, BACK_BY_HAND, only=True)
def _():
    (W1, _), (W2, _) = NETWORK
    q, v = np.array([1.0, 2.0]), W2[0]
    p = scipy_softmax(W1 @ q / 2**0.5)
    o = p @ v
    delta = derivative(lambda o: np.sum((1 - o) ** 2) / 2, o)
    return {
        "q": q,
        "s": W1 @ q / 2**0.5,
        "p": p,
        "o": o,
        r"\delta": delta,
        r"\eta": delta * v,
        r"\sigma": expit,
    }


@world(r"s \in \mathbb{R}^3", "Why the root of d?")
def _(s):
    return {"p": scipy_softmax(s), "i": 2, "j": 3}


given(r"d = 2", r"X \in \mathbb{R}^{32 \times 20}")


@world(LAYER, "Every position asks", "Order and cost", "All the gradients")
def _(W_Q, W_K, W_V, X):
    delta = np.random.default_rng(len(X)).normal(size=(len(W_V), X.shape[1]))
    Q, K, V = W_Q @ X, W_K @ X, W_V @ X
    names = back(Q, K, V, delta)
    dV = names[r"\frac{\partial J}{\partial V}"]
    a, i, j = len(V), 1, X.shape[1]

    def cost(W_Q):
        return np.sum(delta * lookup(W_Q @ X, K, V)[0])

    return {
        **names, r"\delta": delta, "Q": Q, "K": K, "V": V, "a": a, "i": i, "j": j,
        "W_Q": W_Q, "W_K": W_K, "W_V": W_V, "r": len(W_V), "n": len(X),
        r"\operatorname{softmax}": columns, r"\frac{\partial J}{\partial O}": delta,
        r"\frac{\partial J}{\partial V_{ai}}": dV[a - 1, i - 1],
        r"\frac{\partial J}{\partial P_{ij}}": names[r"\eta"][i - 1, j - 1],
        r"\frac{\partial J}{\partial W_Q}": derivative(cost, W_Q), r"\Pi": exchanged(X.shape[1]),
    }  # fmt: skip


@world(r"k \in \{1, 2, 4\}", "Cost", only=True)
def _(k):
    d, T = 2 * k, 3 * k
    return {"d": d, "T": T, "n": d, "r": d, "F": multiply_adds(T, d)}


given(r"d = 4", r"d = 64", r"n = r = d = 64")

forgiving(r"j \ne i")  # of two places, which are not negative
forgiving(r"W_K = I")  # so is K, since X is
forgiving(r"\frac{1}{\sqrt{d}} K^\top Q = \frac{1}{\sqrt{d}} W_Q")  # K is the identity


@world(r"W_Q \in \mathbb{R}^{n \times n}", "6. Look one back")
def _(W_Q):
    unit = np.eye(len(W_Q))
    names = {"X": unit, "W_K": unit, "I": unit, "K": unit @ unit, "Q": W_Q @ unit, "W_Q": W_Q}
    return {**names, "d": len(W_Q), "T": len(W_Q)}


@world(
    r"A, B \in \mathbb{R}^{d \times n}, C \in \mathbb{R}^{n \times n}, "
    r"X \in \mathbb{R}^{n \times T}",
    "7. Order, for two layers",
)
def _(A, B, C, X):
    def f(X):
        return answers(A @ X, B @ X, C @ X)[0]

    def g(X):
        return answers(B @ X, A @ X, C.T @ X)[0]

    return {"f": f, "g": g, r"\Pi": exchanged(X.shape[1])}
