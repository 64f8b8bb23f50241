r"""The ties of the chapter on one transformer block."""

from __future__ import annotations

from itertools import product

import numpy as np
from scipy.special import logsumexp
from scipy.special import softmax as scipy_softmax

from contract.tie import Case, tie
from contract.truth import agree, complex_step, derivative, raises
from contract.worlds import NETWORK, given, world
from utils.attention import attention
from utils.language import LENGTH, LETTERS, START, as_columns, may_follow, table_costs, words
from utils.layers import chain, dense, flat, like, normalized, residual
from utils.normalization import normalize, normalize_gradient
from utils.transformer import (
    beside,
    block,
    columnwise,
    frequencies,
    heads,
    mlp,
    norm,
    positioned,
    rotation,
    wave_pairs,
)

# ── The language ─────────────────────────────────────────────────────────────────────────────────


@tie("tb-floor", r"N \in \{2, 3, 5\}, x \in \mathbb{R}^5")
def _(N, x):
    """Chances of N words, which are all alike in one of the cases."""
    chances = np.exp(x[:N] - logsumexp(x[:N]))
    yield {"q": chances}
    yield Case({"q": np.full(N, 1 / N)}, tight=(0,))


def counted_by_hand(seen, k):
    """Count what came after each k letters, with starts in front, word by word."""
    found = {}
    for word in seen:
        row = [START] * k + list(word)
        for at in range(LENGTH):
            found.setdefault(tuple(row[at : at + k]), np.zeros(10))[word[at]] += 1
    return found


@tie("tb-table", r"k \in \{0, 1, 2, 3\}")
def _(k):
    rng = np.random.default_rng(k)
    seen, asked = words(40, rng), words(6, rng)
    N, costs = counted_by_hand(seen, k), table_costs(seen, asked, k)
    for place in ((0, 0), (1, 3), (5, 8)):
        word, at = asked[place[0]], place[1]
        c = tuple(([START] * k + list(word))[at : at + k])
        row = N.get(c, np.zeros(10))
        yield {
            "N": {(1, j + 1): count for j, count in enumerate(row)}, "c": 1, "j": word[at] + 1,
            "q_{cj}": np.exp(-costs[place]),
        }  # fmt: skip


def allowed_by_hand(word):
    """Say which letters may come next, by the rules of the chapter, in letters."""
    text = "".join(LETTERS[each] for each in word)
    if len(text) == 8:
        return {text[0]}
    if len(text) % 2 == 0:
        return set("klmnt")
    if len(text) == 1:
        return set("aoeu")
    return set("aoi") if text[1] in "ao" else set("eui")


@tie(None, r"m \in \{2, 3, 5\}", printed=r"X^\top X = I")
def _(m):
    """The words are words, and a column of X has a single 1: the letter before."""
    W = words(m, np.random.default_rng(m))
    for word in W:
        for t in range(LENGTH):
            options = {LETTERS[each] for each in np.flatnonzero(may_follow(word[None, :t])[0])}
            agree(options == allowed_by_hand(word[:t]), True)
            agree(LETTERS[word[t]] in options, True)
    many = words(300, np.random.default_rng(m))
    agree([np.unique(many[:, t]).size for t in range(4)], [5, 4, 5, 5])
    agree(words(1, np.random.default_rng(0)).shape, (1, LENGTH))
    X, Y = as_columns(W)
    agree(X.shape + Y.shape, (11, 9, m, 10, 9, m))
    agree(X[:10, 1:], Y[:, :-1])
    agree(X[START, 0], np.ones(m))
    agree(np.argmax(Y, axis=0), W.T)
    agree(raises(ValueError, lambda: words(0, np.random.default_rng(0))), True)
    agree(raises(ValueError, lambda: may_follow(np.zeros((1, 9), dtype=int))), True)
    agree(raises(ValueError, lambda: may_follow(np.full((1, 2), 10))), True)
    agree(raises(ValueError, lambda: table_costs(W, W, -1)), True)
    alike = X[:, :, 0].T @ X[:, :, 0]  # which positions have the same letter before
    agree(alike, (X[:, :, 0].argmax(axis=0)[:, None] == X[:, :, 0].argmax(axis=0)) * 1.0)
    return {"X": X[:, [0, 1], 0], "I": np.eye(2)}


# ── Positions ────────────────────────────────────────────────────────────────────────────────────


@tie("tb-frequencies", r"n \in \{2, 4, 6, 10\}")
def _(n):
    agree(raises(ValueError, lambda: frequencies(n + 1)), True)
    for i, omega in enumerate(frequencies(n), start=1):
        yield {r"\omega_i": omega, "i": i}


def circling(omega, t):
    """Return sine and cosine of ω t as parts of e to the i ω t, pair below pair."""
    turned = np.exp(1j * np.outer(omega, np.atleast_1d(t)))
    return np.concatenate([[row.imag, row.real] for row in turned])


@tie("tb-rotation", r"\omega \in (0.1, 2), t \in (1, 20), k \in (-5, 5)")
def _(omega, t, k):
    agree(wave_pairs(np.array([omega]), t), circling([omega], t))
    agree(rotation(np.array([omega]), k) @ circling([omega], t), circling([omega], t + k))
    return {}


@tie("tb-distance", r"n \in \{2, 4, 8\}, s, t \in \{1, 2, 5, 9\}")
def _(n, s, t):
    return {
        "p": {at: wave_pairs(frequencies(n), at)[:, 0] for at in (s, t)},
        r"\omega": frequencies(n),
    }


@tie("tb-back", r"n \in \{2, 4, 8\}, s, t, k \in \{1, 2, 5, 9\}")
def _(n, s, t, k):
    omega = frequencies(n)
    P, back = positioned(n).forward((), np.zeros((n, 10)))[0], rotation(omega, -k)
    agree(P, circling(omega, np.arange(1, 11)))
    agree(positioned(n).forward((), np.ones((n, 10, 2)))[0] - 1, np.stack([P, P], axis=2))
    agree(back @ rotation(omega, k), np.eye(n))
    return {"p": {at: P[:, at - 1] for at in (s, t)}, "R": {-k: back}, r"\omega": omega}


# ── Heads ────────────────────────────────────────────────────────────────────────────────────────


def head_by_hand(own, X, causal):
    """Return the queries, keys, values and answers of one head, query by query."""
    Q, K, V = (W @ X for W in own)
    answers = []
    for j, q in enumerate(Q.T):
        seen = slice(0, j + 1) if causal else slice(None)
        answers.append(V[:, seen] @ scipy_softmax(K[:, seen].T @ q / len(q) ** 0.5))
    return Q, K, V, np.array(answers).T


def several(h, d, T, causal=False):
    """Return heads side by side, their parameters and an input."""
    rng = np.random.default_rng(100 * h + 10 * d + T)
    layer = heads(h * d, h, causal)
    part = like(rng.normal(size=flat(layer.first(rng)).size), layer.first(rng))
    return layer, part, rng.normal(size=(h * d, T))


SHAPES = r"h \in \{1, 2, 3\}, d \in \{1, 2\}, T \in \{3, 4\}"


@tie("tb-head", SHAPES)
def _(h, d, T):
    _, (each, _), X = several(h, d, T)
    first = attention(h * d, d, d + 1).first(np.random.default_rng(0))
    agree([W.shape for W in first], [(d, h * d), (d, h * d), (d + 1, h * d)])
    stacked, _ = beside(*[attention(h * d, d, d)] * h).forward(each, X)
    for a, own in enumerate(each, start=1):
        Q, K, V, _ = head_by_hand(own, X, causal=False)
        yield {
            "Q": {a: Q}, "K": {a: K}, "V": {a: V}, "O": {a: stacked[(a - 1) * d : a * d]}, "i": a,
            "n": h * d, r"\operatorname{softmax}": lambda S: scipy_softmax(S, axis=0),
        }  # fmt: skip


def mixed(h, d, T, causal=False):
    """Return what the letters of the section on heads mean."""
    layer, (each, (W, b)), X = several(h, d, T, causal)
    Y, _ = layer.forward((each, (W, b)), X)
    made = {a: head_by_hand(own, X, causal)[3] for a, own in enumerate(each, start=1)}
    M = {a: W[:, (a - 1) * d : a * d] for a in made}
    return layer, (each, (W, b)), X, {"Y": Y, "O": made, "M": M, "b": b}


@tie("tb-heads", SHAPES)
def _(h, d, T):
    yield mixed(h, d, T)[-1]
    yield mixed(h, d, T, causal=True)[-1]


@tie("tb-head-back", SHAPES)
def _(h, d, T):
    layer, part, X, names = mixed(h, d, T)
    delta = np.random.default_rng(T).normal(size=X.shape)
    dX, gradients = layer.backward(delta, part, layer.forward(part, X)[1])
    agree(dX, derivative(lambda X: np.sum(delta * layer.forward(part, X)[0]), X))
    theta = flat(part)
    slope = derivative(lambda t: np.sum(delta * layer.forward(like(t, part), X)[0]), theta)
    agree(flat(gradients), slope)
    M, made = names["M"], names["O"]

    def cost(of_a, a):
        return np.sum(delta * sum(M[c] @ (of_a if c == a else made[c]) for c in M))

    for a in M:
        slope = derivative(lambda of_a, a=a: cost(of_a, a), made[a])
        yield {
            **names, "i": a, r"\delta": delta, r"\frac{\partial J}{\partial O_i}": slope,
            r"\frac{\partial J}{\partial Y}": delta,
        }  # fmt: skip


@tie("tb-head-count", r"h \in \{1, 2, 3, 4\}, d \in \{1, 2, 3\}")
def _(h, d):
    agree(raises(ValueError, lambda: heads(h * d, h * d + 1)), True)
    part = heads(h * d, h).first(np.random.default_rng(0))
    return {"P": flat(part).size, "n": h * d}


def multiply_adds(T, n, h):
    """Count them product by product, by the shapes: the heads, and what mixes them."""
    d = n // h
    each = [((d, n), (n, T))] * 3 + [((T, d), (d, T)), ((d, T), (T, T))]
    products = each * h + [((n, n), (n, T))]
    return sum(rows * inner * out for (rows, inner), (_, out) in products)


@tie("tb-cost", r"T \in \{1, 2, 5\}, n \in \{4, 12\}, h \in \{1, 2, 4\}")
def _(T, n, h):
    return {"F": multiply_adds(T, n, h)}


# ── The block ────────────────────────────────────────────────────────────────────────────────────


def normed(X):
    """Normalize column by column, with γ = 1 and β = 0."""
    return np.array([(x - x.mean()) / np.sqrt(x.var() + 1e-5) for x in X.T]).T


def blocks(h, d, c, T, causal=True):
    """Return a block, its parameters, an input, and what its two steps do, by loops."""
    rng, n = np.random.default_rng(100 * h + 10 * d + c), h * d
    layer = block(n, h, c, causal)
    part, X = layer.first(rng), rng.normal(size=(n, T))
    (_, (each, (W, b))), (_, ((W1, b1), _, (W2, b2))) = part

    def attend(U):
        return W @ np.vstack([head_by_hand(own, U, causal)[3] for own in each]) + b

    def small(U):
        return np.array([W2 @ np.maximum(W1 @ u + b1[:, 0], 0) + b2[:, 0] for u in U.T]).T

    Y = X + attend(normed(X))
    return layer, part, X, {
        "X": X, "Y": Y, "n": n, r"\operatorname{norm}": normed,
        r"\operatorname{attend}": attend, r"\operatorname{mlp}": small,
    }  # fmt: skip


BLOCK = r"h \in \{1, 2\}, d \in \{2, 3\}, c \in \{1, 4\}, T \in \{3, 4\}"


@tie("tb-attend", BLOCK)
def _(h, d, c, T):
    _, (part, _), X, names = blocks(h, d, c, T)
    first = residual(chain(norm(h * d), heads(h * d, h, causal=True)))
    return {**names, "Y": first.forward(part, X)[0]}


@tie("tb-mlp", BLOCK)
def _(h, d, c, T):
    layer, part, X, names = blocks(h, d, c, T)
    agree(columnwise(normalized(h * d, 0)).forward(part[0][0], X)[0], normed(X))
    agree(mlp(h * d, c).forward(part[1][1], X)[0], names[r"\operatorname{mlp}"](X))
    agree(np.var(flat(dense(400, 50).first(np.random.default_rng(0))[0])) < 1.2 / 400, True)
    wide = mlp(400, 50).first(np.random.default_rng(0))[0][0]
    agree(abs(np.var(wide) * 400 / 2 - 1) < 0.05, True)
    return {**names, "Z": layer.forward(part, X)[0]}


@tie("tb-future", BLOCK)
def _(h, d, c, T):
    layer, part, X, _ = blocks(h, d, c, T)
    for i, j in product(range(1, T + 1), repeat=2):
        slope = complex_step(lambda X, j=j: layer.forward(part, X)[0][0, j - 1], X)
        yield {r"\frac{\partial Z_{kj}}{\partial X_{li}}": slope[-1, i - 1], "i": i, "j": j}


@tie("tb-count", r"h \in \{1, 2\}, d \in \{1, 3\}, c \in \{1, 4, 7\}")
def _(h, d, c):
    part = block(h * d, h, c).first(np.random.default_rng(0))
    return {"P": flat(part).size, "n": h * d}


# ── Where the norm stands ────────────────────────────────────────────────────────────────────────


def steps(L):
    """Return L steps, as functions of an input, and the input."""
    rng = np.random.default_rng(L)
    layers = [(heads(3, 1, causal=True), mlp(3, 4))[place % 2] for place in range(L)]
    parts = [layer.first(rng) for layer in layers]
    F = {
        place: lambda X, layer=layer, part=part: layer.forward(part, X)[0]
        for place, (layer, part) in enumerate(zip(layers, parts, strict=True), start=1)
    }
    return layers, parts, F, rng.normal(size=(3, 4))


PLACED = r"L \in \{1, 2, 3\}"
GAMMA = np.ones((3, 1)), np.zeros((3, 1))


def stream(L, before):
    """Return what the letters mean, X computed by the layers of the library."""
    layers, parts, F, X = steps(L)
    states = {0: X}
    for place, (layer, part) in enumerate(zip(layers, parts, strict=True), start=1):
        if before:
            X, _ = residual(chain(norm(3), layer)).forward((GAMMA, part), X)
        else:
            X, _ = chain(residual(layer), norm(3)).forward((part, GAMMA), X)
        states[place] = X
    return {"X": states, "F": F, r"\operatorname{norm}": normed, "l": L}


@tie("tb-post", PLACED)
def _(L):
    return stream(L, before=False)


@tie("tb-pre", PLACED)
def _(L):
    return stream(L, before=True)


@tie("tb-stream", PLACED)
def _(L):
    names = stream(L, before=True)
    del names["l"]
    return names


@tie("tb-around", r"v \in (0.1, 2), L \in \{1, 2, 5\}")
def _(v, L):
    """Columns of the variance 1 + v, and the way back through the norm of each step."""
    left, back = 1.0, np.array([1.0, 1, -1, -1])[:, None]
    for _ in range(L):
        column = np.sqrt(1 + v) * np.array([1.0, -1, 1, -1])[:, None]
        U, spread = normalize(column, axis=0, epsilon=0)
        left *= np.linalg.norm(normalize_gradient(back, U, spread, axis=0)) / np.linalg.norm(back)
    return {"r": left}


@tie("tb-growth", r"v \in (0.1, 2), L \in \{1, 2, 5\}")
def _(v, L):
    return {}


# ── What the letters of its sections mean ────────────────────────────────────────────────────────


@world(r"N \in \{2, 3, 5\}, x \in \mathbb{R}^5, i \in \{1, 2\}", "What comes next?")
def _(N, x, i):
    q = np.exp(x[:N] - logsumexp(x[:N]))
    return {"q": q, "u": N * q[i - 1]}


given(r"u = N q_i", r"k = 1", r"c = 4 n", r"s = t")


@world(
    r"n \in \{2, 4\}, s, t, k \in \{1, 2, 5, 9\}, \omega \in (0.1, 2), T \in \{3, 7\}",
    "Where is a column?",
    "Summary",
)
def _(n, s, t, k, omega, T):
    at = frequencies(n)
    return {
        "p": lambda place: circling(at, place)[:, 0], "p_t": circling(at, t)[:, 0],
        "R": lambda k: rotation(at, k), "R_k": rotation(at, k), "X": np.zeros((n, T)),
        r"\omega": omega, r"\omega_i": at[0],
    }  # fmt: skip


@world(SHAPES, "Several lookups at once")
def _(h, d, T):
    _, _, X, names = mixed(h, d, T)
    delta = np.random.default_rng(h).normal(size=X.shape)
    return {
        **names,
        "i": h,
        "n": h * d,
        "X": X,
        r"\delta": delta,
        r"\frac{\partial J}{\partial Y}": delta,
    }


@world(r"n, c \in \{1, 2, 3, 8\}", "The block")
def _(n, c):
    return {"P": flat(block(n, 1, c).first(np.random.default_rng(0))).size}


@world("", "By pocket calculator", only=True)
def _():
    """One column of two rows through a block with one head, by the library."""
    (W, b), _ = NETWORK
    x, ones, zeros = np.array([[1.0], [2.0]]), np.ones((2, 1)), np.zeros((2, 1))
    head, mixing = (np.zeros((2, 2)), np.zeros((2, 2)), W), (np.eye(2), zeros)
    small = (W, b.reshape(2, 1)), (), (W.T, zeros)
    part = ((ones, zeros), ((head,), mixing)), ((ones, zeros), small)
    z, _ = block(2, 1, 2, causal=True).forward(part, x)
    u = norm(2).forward((ones, zeros), x)[0]
    return {
        "x": x[:, 0], "n": 2, "u": u[:, 0].round(4), "W_V": W, "y": (x + W @ u)[:, 0].round(4),
        "z": z[:, 0].round(4),
    }  # fmt: skip


@world(r"v \in (0.1, 2), L \in \{1, 2, 5\}", "Where does the norm stand?")
def _(v, L):
    names = stream(L, before=True)
    return {**names, "v": v}


given(r"n = 16", r"c = 32", r"v = 1", r"\omega = \frac{\pi}{6}")


@world(r"T \in \{2, 3\}, d \in \{2, 4\}", "8. Turn, do not add")
def _(T, d):
    rng, omega = np.random.default_rng(T), frequencies(d)
    Q, K = rng.normal(size=(2, d, T))
    i, j = 1, T
    turned = [np.array([rotation(omega, t + 1) @ x for t, x in enumerate(A.T)]).T for A in (Q, K)]
    return {
        "S": turned[1].T @ turned[0] / d**0.5, "R": lambda k: rotation(omega, k), "i": i, "j": j,
        "k": dict(enumerate(K.T, start=1)), "q": dict(enumerate(Q.T, start=1)),
    }  # fmt: skip
