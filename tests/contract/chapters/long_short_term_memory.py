r"""The ties of the chapter on long short-term memory."""

from __future__ import annotations

import numpy as np
from scipy.special import expit, logit

from contract.tie import tie
from contract.truth import agree, derivative, once
from contract.worlds import given, world
from utils.activations import tanh_derivative
from utils.exercises import EXERCISES
from utils.gates import (
    keep_bias,
    lstm,
    lstm_backward,
    lstm_deltas,
    lstm_first,
    lstm_forward,
    share_left,
)
from utils.layers import flat
from utils.recurrence import recurrent

#: Three moments, their inputs side by side: two inputs, p neurons, and the four blocks by name.
LAYER = (
    r"W_f, W_i, W_o, W_g \in \mathbb{R}^{p \times 2}, "
    r"V_f, V_i, V_o, V_g \in \mathbb{R}^{p \times p}, "
    r"b_f, b_i, b_o, b_g \in \mathbb{R}^{p \times 1}, A, B, D \in \mathbb{R}^{2 \times m}"
)
MOMENTS = 3
BLOCKS = "fiog"


def by_block(drawn):
    """Return the part, of stacked blocks, and the inputs, of what LAYER declares."""
    part = tuple(np.concatenate(drawn[place : place + 4]) for place in (0, 4, 8))
    return part, list(drawn[12:])


def activated(Z):
    """Return F, I, O and G of the sums, the blocks one below the other."""
    n = len(Z) // 4
    F, I, O, G = Z[:n], Z[n : 2 * n], Z[2 * n : 3 * n], Z[3 * n :]  # noqa: E741
    return 1 / (1 + np.exp(-F)), 1 / (1 + np.exp(-I)), 1 / (1 + np.exp(-O)), np.tanh(G)


def step(part, x, H, C):
    """Return what one moment has: Z, F, I, O, G, C and H."""
    W, V, b = part
    Z = W @ x + V @ H + b
    F, I, O, G = activated(Z)  # noqa: E741
    C = F * C + I * G
    return {"Z": Z, "F": F, "I": I, "O": O, "G": G, "C": C, "H": O * np.tanh(C)}


def told(t, H):
    """Return what moment t costs: something else for each entry."""
    return np.sum(0.3 * t * H + np.sin(H))


def rest(part, X, t, H, C):
    """Return the cost of moment t, whose states these are, and of all that follow."""
    total = told(t, H)
    for later in range(t + 1, len(X) + 1):
        after = step(part, X[later - 1], H, C)
        H, C = after["H"], after["C"]
        total = total + told(later, H)
    return total


@once
def letters_of(part, X):
    """Return the letters of three moments; each derivative is taken of the cost alone."""
    n, m = part[1].shape[1], X[0].shape[1]
    letters = {letter: {} for letter in "ZFIOGCH"}
    letters["C"][0] = letters["H"][0] = np.zeros((n, m))
    eta, gamma, delta, direct = {}, {}, {}, {}
    for t, x in enumerate(X, start=1):
        before = letters["C"][t - 1]
        now = step(part, x, letters["H"][t - 1], before)
        for letter, value in now.items():
            letters[letter][t] = value

        def by_state(H, t=t, now=now):
            return rest(part, X, t, H, now["C"])

        def by_cell(C, t=t, now=now):
            return rest(part, X, t, now["O"] * np.tanh(C), C)

        def by_sums(Z, t=t, before=before):
            F, I, O, G = activated(Z)  # noqa: E741
            C = F * before + I * G
            return rest(part, X, t, O * np.tanh(C), C)

        eta[t] = derivative(by_state, now["H"])
        gamma[t] = derivative(by_cell, now["C"])
        delta[t] = derivative(by_sums, now["Z"])
        direct[t] = derivative(lambda H, t=t: told(t, H), now["H"])
    end = MOMENTS + 1
    gamma[end], delta[end] = np.zeros((n, m)), np.zeros((4 * n, m))
    letters["F"][end] = np.full((n, m), 0.5)  # of a moment that never comes
    return letters, eta, gamma, delta, direct


def names_of(*drawn):
    """Return the letters of three moments, which are the library's too."""
    part, X = by_block(drawn)
    letters, eta, gamma, delta, direct = letters_of(part, X)
    implemented(part, X, letters, eta, gamma, delta, direct)
    return {
        **letters, "X": dict(enumerate(X, start=1)), "T": MOMENTS, r"\sigma": expit,
        r"\eta": eta, r"\gamma": gamma, r"\delta": delta, r"\epsilon": direct,
        r"\tanh'": tanh_derivative, "W": part[0], "V": part[1], "b": part[2],
    }  # fmt: skip


def implemented(part, X, letters, eta, gamma, delta, direct):
    """Hold the library's cell against these letters, one moment and all of them."""
    n = part[1].shape[1]
    for t, x in enumerate(X, start=1):
        state = letters["H"][t - 1], letters["C"][t - 1]
        (H, C), kept = lstm_forward(part, (x, state))
        agree([H, C], [letters["H"][t], letters["C"][t]])
        dstate = eta[t], gamma[t + 1] * letters["F"][t + 1]
        agree(lstm_deltas(dstate, kept)[0], delta[t])
        agree(lstm_deltas(dstate, kept)[1], gamma[t])
        (dX, (dH, dC)), (dW, dV, db) = lstm_backward(dstate, part, kept)
        agree(dX, part[0].T @ delta[t])
        agree(dH, part[1].T @ delta[t])
        agree(dC, gamma[t] * letters["F"][t])
        agree(dW, delta[t] @ x.T)
        agree(dV, delta[t] @ state[0].T)
        agree(db, delta[t].sum(axis=1, keepdims=True))
    layer = recurrent(lstm(2, n), (n, n))
    dout = np.stack([direct[t] for t in (1, 2, 3)])
    out, kept = layer.forward(part, np.stack(X))
    agree(out, np.stack([letters["H"][t] for t in (1, 2, 3)]))
    dX, _ = layer.backward(dout, part, kept)
    agree(dX, np.stack([part[0].T @ delta[t] for t in (1, 2, 3)]))


# ── What is kept ─────────────────────────────────────────────────────────────────────────────────


def kept_after(f, c, inflow):
    """Return the cell state of the library: one neuron whose gates do not move."""
    part = np.zeros((4, 1)), np.zeros((4, 1)), None
    for u in inflow:
        b = np.array([[logit(f)], [2.0], [0.0], [np.arctanh(u / expit(2))]])
        cell = np.array([[c]])
        c = lstm_forward((*part[:2], b), (np.zeros((1, 1)), (cell, cell)))[0][1].item()
    return c


@tie("ls-keep", r"f \in (0.1, 0.95), c_{t-1}, u_t \in (-0.8, 0.8)")
def _(f, c, u):
    return {"c_t": kept_after(f, c, [u])}


@tie("ls-kept", r"f \in (0.1, 0.95), c_0 \in \mathbb{R}, u \in (-0.8, 0.8)^5, t \in \{1, 2, 3, 5\}")
def _(f, c, u, t):
    return {"c_t": kept_after(f, c, u[:t])}


# ── The cell ─────────────────────────────────────────────────────────────────────────────────────


def at_each_moment(names):
    """Yield the names with t for each of the three moments."""
    for t in (1, 2, 3):
        yield {**names, "t": t}


@tie("ls-gates", LAYER)
def _(*drawn):
    yield from at_each_moment(names_of(*drawn))


@tie("ls-cell", LAYER)
def _(*drawn):
    yield from at_each_moment(names_of(*drawn))


@tie("ls-state", LAYER)
def _(*drawn):
    yield from at_each_moment(names_of(*drawn))


@tie("ls-sums", LAYER)
def _(*drawn):
    names = names_of(*drawn)
    n = drawn[4].shape[1]
    W, V, b = first = lstm(2, n, 3.0, -2.0).first(np.random.default_rng(0))
    agree([list(each.shape) for each in first], [list(names[each].shape) for each in "WVb"])
    rng = np.random.default_rng(0)
    agree(W, rng.normal(size=W.shape) / np.sqrt(2))
    agree(V, rng.normal(size=V.shape) / np.sqrt(n))
    agree(b[:, 0], np.array([3] * n + [-2] * n + [0] * 2 * n))
    agree(flat(lstm_first(2, n, 3.0, -2.0, np.random.default_rng(0))), flat(first))
    biases = lstm(2, n).first(np.random.default_rng(0))[2][:, 0]
    agree(biases, np.array([1] * n + [0] * 3 * n))
    yield from at_each_moment(names)


@tie("ls-count", r"n, n_0 \in \{1, 2, 3, 5, 8\}")
def _(n, n_0):
    part = lstm(n_0, n).first(np.random.default_rng(0))
    return {"P": flat(part).size}


# ── Back ─────────────────────────────────────────────────────────────────────────────────────────


@tie("ls-state-gradient", LAYER)
def _(*drawn):
    yield from at_each_moment(names_of(*drawn))


@tie("ls-cell-gradient", LAYER)
def _(*drawn):
    yield from at_each_moment(names_of(*drawn))


def blocks_of(names, t):
    """Return the blocks of δ of moment t, by their names."""
    blocks = zip(BLOCKS, np.split(names[r"\delta"][t], 4), strict=True)
    return {rf"\delta_{{{block},t}}": value for block, value in blocks}


def of_moment(names, t):
    """Return the letters of moment t, each by its whole name."""
    letters = [*"FIOGC", r"\eta", r"\gamma"]
    whole = {f"{letter}_t": names[letter][t] for letter in letters}
    return {**whole, "C_{t-1}": names["C"][t - 1], **blocks_of(names, t)}


@tie("ls-gate-gradients", LAYER)
def _(*drawn):
    names = names_of(*drawn)
    for t in (1, 2, 3):
        yield of_moment(names, t)


# ── How much is left ─────────────────────────────────────────────────────────────────────────────

ONE = (
    r"w \in \mathbb{R}^4, v \in \mathbb{R}^4, b \in \mathbb{R}^4, "
    r"x, y \in \mathbb{R}, c_{t-1} \in \mathbb{R}, o_{t-1} \in (0.1, 0.9)"
)


def of_one_neuron(w, v, b, x, y, c, o):
    """Return the letters of one neuron, whose cell state was c behind an output gate of o."""
    part = tuple(each[:, None] for each in (w, v, b))

    def after(c, h):
        return step(part, np.array([[y]]), np.array([[1.0]]) * h, np.array([[1.0]]) * c)

    h = o * np.tanh(c)
    now = after(c, h)
    state = np.array([[h]]), np.array([[c]])
    found, kept = lstm_forward(part, (np.array([[y]]), state))
    agree(found[1], now["C"])
    direct = derivative(lambda c: after(c, h)["C"].sum(), c)
    total = derivative(lambda c: after(c, o * np.tanh(c))["C"].sum(), c)
    one, none = np.ones((1, 1)), np.zeros((1, 1))
    (_, (dH, dC)), _ = lstm_backward((none, one), part, kept)
    agree(dC.item(), direct)
    agree(dC.item() + dH.item() * o * (1 - np.tanh(c) ** 2), total)
    gates = {f"{letter}_t": now[letter.upper()].item() for letter in BLOCKS}
    return {
        **gates, **{f"v_{letter}": value for letter, value in zip(BLOCKS, v, strict=True)},
        "c_t": now["C"].item(),
        r"\frac{\partial c_t}{\partial c_{t-1}}": direct, r"\frac{dc_t}{dc_{t-1}}": total,
    }  # fmt: skip


@tie("ls-direct", ONE)
def _(w, v, b, x, y, c, o):
    return of_one_neuron(w, v, b, x, y, c, o)


@tie("ls-total", ONE)
def _(w, v, b, x, y, c, o):
    return of_one_neuron(w, v, b, x, y, c, o)


@tie("ls-share", r"b \in (-2, 4), k \in \{1, 2, 5, 20\}")
def _(b, k):
    """The library carries a gradient of 1 back along the cell, its weights all 0."""
    part = np.zeros((4, 1)), np.zeros((4, 1)), np.array([[b], [0.0], [0.0], [0.0]])
    zero = np.zeros((1, 1))
    _, kept = lstm_forward(part, (zero, (zero, zero)))
    left = np.ones((1, 1))
    for _ in range(k):
        (_, (_, left)), _ = lstm_backward((zero, left), part, kept)
    return {"r": agree(share_left(b, k), left.item()), r"\sigma": expit}


@tie("ls-bias", r"k \in (0.5, 90)")
def _(k):
    agree(expit(keep_bias(k)), 1 - 1 / (k + 1))
    return {r"\sigma": expit}


@tie("ls-rest", r"k \in (0.5, 90)")
def _(k):
    agree(share_left(keep_bias(k), k), expit(np.log(k)) ** k)
    return {r"\sigma": expit}


# ── What the letters of its sections mean ────────────────────────────────────────────────────────


@world(r"f \in (0.1, 0.95), i \in (0.1, 0.9), g \in (-0.8, 0.8)", "A factor of 1")
def _(f, i, g):
    return {"u_t": i * g, "g_t": g}


given(r"f = 1", r"u_t = i g_t")

NAMES = "The cell", "Back along two paths", "6. Two paths, one sum"


@world(LAYER + r", t \in \{1, 2, 3\}", *NAMES)
def _(*drawn):
    *drawn, t = drawn
    names = names_of(*drawn)
    return {
        **names, "t": t, **blocks_of(names, t),
        "n_0": 2, "n": drawn[4].shape[1], "m": drawn[12].shape[1],
    }  # fmt: skip


given(r"\gamma_{T+1} = 0", r"\delta_{T+1} = 0", r"H_0 = C_0 = 0")
given(r"w = 0.4", r"v = 0.6", r"b = 0.5")


def running(x):
    """Return the letters of the running neuron, by a program without matrices."""
    letters, h, c = {letter: {} for letter in "ciogfh"}, 0.0, 0.0
    for t, seen in enumerate(x, start=1):
        z = 0.4 * seen + 0.6 * h + 0.5
        gate, g = expit(z), np.tanh(z)
        c = gate * c + gate * g
        h = gate * np.tanh(c)
        for letter, value in zip("ciogfh", (c, gate, gate, g, gate, h), strict=True):
            letters[letter][t] = value
    return letters


@world(r"z \in (-1, 1)", "The cell")
def _(z):
    return {**running([1.0, 2.0]), r"\sigma": expit}


given(r"J = \frac{1}{2} (h_2 - 1)^2")


@world(r"k \in (0.5, 90)", "How much is left")
def _(k):
    return {r"\sigma": expit, "b": keep_bias(k)}


given(r"b = 0")


@world(r"z \in (-1, 1)", "5. Direct and total", only=True)
def _(z):
    return {}


UNIT = (
    r"W_u, W_r, W_g \in \mathbb{R}^{p \times 2}, V_u, V_r, V_g \in \mathbb{R}^{p \times p}, "
    r"b_u, b_r, b_g \in \mathbb{R}^{p \times 1}, X_t \in \mathbb{R}^{2 \times m}, "
    r"H_{t-1} \in \mathbb{R}^{p \times m}"
)


@world(UNIT, "7. One state, two gates", only=True)
def _(Wu, Wr, Wg, Vu, Vr, Vg, bu, br, bg, X, H):
    """The unit of the exercise's own answer."""
    part = tuple(map(np.concatenate, ((Wu, Wr, Wg), (Vu, Vr, Vg), (bu, br, bg))))
    U, R = expit(Wu @ X + Vu @ H + bu), expit(Wr @ X + Vr @ H + br)
    return {
        "U_t": U, "R_t": R, "G_t": np.tanh(Wg @ X + Vg @ (R * H) + bg), r"\sigma": expit,
        "H_t": EXERCISES["ls-gru"].answer(part, X, H),
    }  # fmt: skip
