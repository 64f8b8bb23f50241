r"""The ties of the chapter on recurrence."""

from __future__ import annotations

import numpy as np
from scipy.optimize import brentq

from contract.tie import Case, tie
from contract.truth import agree, derivative
from contract.worlds import forgiving, given, world
from utils.activations import tanh_derivative
from utils.recurrence import (
    elman,
    elman_backward,
    elman_forward,
    horizon,
    recurrent_backward,
    recurrent_forward,
    spectral_radius,
)

#: Three moments, their inputs side by side in the layer's own order: two inputs, p neurons.
LAYER = (
    r"W \in \mathbb{R}^{p \times 2}, V \in \mathbb{R}^{p \times p}, b \in \mathbb{R}^{p \times 1}, "
    r"A, B, C \in \mathbb{R}^{2 \times m}"
)
MOMENTS = 3


def states(W, V, b, X, start=0.0):
    """Return H and Z of each moment, counted from 1, and H of 0."""
    H, Z = {0: start + np.zeros((len(V), X[0].shape[1]))}, {}
    for t, x in enumerate(X, start=1):
        Z[t] = W @ x + V @ H[t - 1] + b
        H[t] = np.tanh(Z[t])
    return H, Z


def slope(t):
    """Return what a cost says of H of moment t: something else of each entry."""
    return lambda H: 0.3 * t + np.cos(H)  # the derivative of Σ 0.3 t H + sin H


def cost(W, V, b, X, start=0.0):
    """Return J, in which each moment has its own copies of W, V and b where they are lists."""
    H, total = start + np.zeros((len(V[0]), X[0].shape[1])), 0.0
    for t, (w, v, c, x) in enumerate(zip(W, V, b, X, strict=True), start=1):
        H = np.tanh(w @ x + v @ H + c)
        total = total + np.sum(0.3 * t * H + np.sin(H))
    return total


def implemented(W, V, b, X):
    """Return ∂J/∂X and the gradients of the library, for that cost."""
    cell = elman(W.shape[1], len(V))
    part = W, V, b
    H, kept = recurrent_forward(cell, len(V), part, np.stack(X))
    dout = np.stack([slope(t)(h) for t, h in enumerate(H, start=1)])
    return recurrent_backward(cell, len(V), dout, part, kept)


def deltas(W, V, b, X, start=0.0):
    """Return the derivative of J with respect to each Z, as the function of it alone."""
    _, Z = states(W, V, b, X, start)

    def from_sums(t):
        def J(z):
            H = np.tanh(z)
            total = np.sum(0.3 * t * H + np.sin(H))
            for later in range(t + 1, len(X) + 1):
                H = np.tanh(W @ X[later - 1] + V @ H + b)
                total = total + np.sum(0.3 * later * H + np.sin(H))
            return total

        return J

    found = {t: derivative(from_sums(t), Z[t]) for t in Z}
    return {**found, len(X) + 1: np.zeros(Z[1].shape)}


def names_of(W, V, b, A, B, C):
    X = [A, B, C]
    H, Z = states(W, V, b, X)
    copies = [[each] * MOMENTS for each in (W, V, b)]
    dX, gradients = implemented(W, V, b, X)
    for place, found in enumerate(gradients):

        def whole(value, place=place):
            own = list(copies)
            own[place] = [value] * MOMENTS
            return cost(*own, X)

        agree(found, derivative(whole, (W, V, b)[place]))
    back = deltas(W, V, b, X)
    agree(dX, np.stack([W.T @ back[t] for t in (1, 2, 3)]))
    dW, dV, db = gradients
    return {
        "T": MOMENTS, "m": A.shape[1], "X": dict(enumerate(X, start=1)), "H": H, "Z": Z,
        r"\delta": back, r"\epsilon": {t: slope(t)(H[t]) for t in (1, 2, 3)},
        r"\tanh'": tanh_derivative, r"\mathbf{1}": np.ones((A.shape[1], 1)),
        r"\frac{dJ}{dW}": dW, r"\frac{dJ}{dV}": dV, r"\frac{dJ}{db}": db,
    }  # fmt: skip


@tie("rc-step", LAYER)
def _(W, V, b, A, B, C):
    H, _ = states(W, V, b, [A, B, C])
    first = elman(2, len(V)).first(np.random.default_rng(0))
    agree([list(each.shape) for each in first], [list(each.shape) for each in (W, V, b)])
    rng = np.random.default_rng(0)
    agree(first[0], rng.normal(size=W.shape) / np.sqrt(2))
    agree(first[1], rng.normal(size=V.shape) / np.sqrt(len(V)))
    out, _ = recurrent_forward(elman(2, len(V)), len(V), (W, V, b), np.stack([A, B, C]))
    for t, x in enumerate((A, B, C), start=1):
        next_state, _ = elman_forward((W, V, b), (x, H[t - 1]))
        agree(next_state, out[t - 1])
        yield {"t": t, "H_t": out[t - 1], "H_{t-1}": H[t - 1], "X_t": x}


@tie("rc-total", r"w, v, b, x, y, z \in \mathbb{R}")
def _(w, v, b, x, y, z):
    def state(t):
        def h(w):
            value = 0.0
            for seen in (x, y, z)[:t]:
                value = np.tanh(w * seen + v * value + b)
            return value

        return h

    for t in (1, 2, 3):
        yield {
            "t": t, "h": {0: 0.0, **{k: state(k)(w) for k in (1, 2, 3)}},
            "x": dict(enumerate((x, y, z), start=1)),
            r"\frac{dh_t}{dw}": derivative(state(t), w),
            r"\frac{dh_{t-1}}{dw}": derivative(state(t - 1), w) if t > 1 else 0.0,
        }  # fmt: skip


@tie("rc-copies", LAYER)
def _(W, V, b, A, B, C):
    """From the state 0, to which the first copy adds nothing, and from another."""
    X = [A, B, C]
    for start in (0.0, 0.5):
        own = {}
        for t in (1, 2, 3):

            def of_copy(copy, t=t, start=start):
                copies = [copy if moment == t else V for moment in (1, 2, 3)]
                return cost([W] * 3, copies, [b] * 3, X, start)

            own[rf"\frac{{\partial J}}{{\partial V_{t}}}"] = derivative(of_copy, V)

        def of_all(V, start=start):
            return cost([W] * 3, [V] * 3, [b] * 3, X, start)

        whole = derivative(of_all, V)
        if not start:
            agree(implemented(W, V, b, X)[1][1], whole)
        yield {"T": MOMENTS, r"\frac{dJ}{dV}": whole, **own}


@tie("rc-delta", LAYER)
def _(W, V, b, A, B, C):
    names = names_of(W, V, b, A, B, C)
    H, back, direct = names["H"], names[r"\delta"], names[r"\epsilon"]
    for t in (1, 2, 3):
        comes = V.T @ back[t + 1] + direct[t]
        (_, before), (_, _, db) = elman_backward(
            comes, (W, V, b), ((A, B, C)[t - 1], H[t - 1], H[t])
        )
        agree(before, V.T @ back[t])
        agree(db, back[t].sum(axis=1, keepdims=True))
        yield {"t": t, **names}


@tie("rc-entries", LAYER)
def _(W, V, b, A, B, C):
    names = names_of(W, V, b, A, B, C)
    H, back, dV = names["H"], names[r"\delta"], names[r"\frac{dJ}{dV}"]
    for j, i in np.ndindex(V.shape):
        yield {
            "T": MOMENTS, "m": A.shape[1], "i": i + 1, "j": j + 1,
            r"\delta": lambda t, j, s: back[t][j - 1, s - 1],
            "h": lambda t, i, s: H[t][i - 1, s - 1],
            r"\frac{dJ}{dV_{ji}}": dV[j, i],
        }  # fmt: skip


for label in ("rc-w", "rc-b"):
    tie(label, LAYER)(names_of)


@tie("rc-v", LAYER)
def _(W, V, b, A, B, C):
    """From the state 0, to which the first copy adds nothing, and from another."""
    yield names_of(W, V, b, A, B, C)
    X, start = [A, B, C], 0.5
    yield {
        "T": MOMENTS, "H": states(W, V, b, X, start)[0], r"\delta": deltas(W, V, b, X, start),
        r"\frac{dJ}{dV}": derivative(lambda V: cost([W] * 3, [V] * 3, [b] * 3, X, start), V),
    }  # fmt: skip


# ── How far back ─────────────────────────────────────────────────────────────────────────────────

ONE = r"V \in \mathbb{R}^{p \times p}, x, y, z, v \in \mathbb{R}^p"


def one_example(V, x, y, z, v):
    """Return D and δ of three moments of one example, whose last sums get v."""
    Z, D = {}, {}
    h = np.zeros(len(V))
    for t, seen in enumerate((x, y, z), start=1):
        Z[t] = seen + V @ h
        h = np.tanh(Z[t])
        D[t] = np.diag(1 - h**2)

    def from_sums(t):
        def J(sums):
            for later in range(t + 1, 4):
                sums = (x, y, z)[later - 1] + V @ np.tanh(sums)
            return v @ sums

        return J

    return D, {t: derivative(from_sums(t), Z[t]) for t in (1, 2, 3)}, Z


@tie("rc-product", ONE)
def _(V, x, y, z, v):
    D, back, _ = one_example(V, x, y, z, v)
    return {"T": MOMENTS, "D": D, r"\delta": back, r"\delta_1": back[1], r"\delta_T": back[3]}


@tie("rc-bound", ONE)
def _(V, x, y, z, v):
    turn = 1.5 * np.linalg.qr(V)[0]
    silent = np.zeros(len(V))
    for matrix, seen, tight in ((V, (x, y, z), ()), (turn, (silent,) * 3, (0,))):
        _, back, _ = one_example(matrix, *seen, v)
        names = {"T": MOMENTS, r"\delta": back, r"\omega": np.linalg.norm(matrix, 2)}
        yield Case(names, tight=tight)


POWER = r"Q \in \mathbb{R}^{p \times p}, l, u \in \mathbb{R}^p, k \in \{1, 2, 3, 5\}"


@tie("rc-power", POWER.replace("l, u", "l"))
def _(Q, l, k):  # noqa: E741
    Lambda = np.diag(l)
    return {"V": Q @ Lambda @ np.linalg.inv(Q), r"\Lambda": Lambda}


@tie("rc-radius", POWER)
def _(Q, l, u, k):  # noqa: E741
    turn = np.linalg.qr(Q)[0]
    most = 3 * turn[:, np.argmax(np.abs(l))]
    # What the inverse stretches most, an odd power turns to what the basis stretches most.
    slanted = np.diag([2.0, 0.5]) @ np.array([[1.0, 1.0], [1.0, -1.0]])
    for basis, values, column, times, tight in (
        (Q, l, u, k, ()),
        (turn, l, most, k, (0,)),
        (slanted, l[0] * np.array([1, -1]), np.array([0.0, 3.0]), k - 1 + k % 2, (0,)),
    ):
        V = basis @ np.diag(values) @ np.linalg.inv(basis)
        rho = agree(spectral_radius(V), np.max(np.abs(values)))
        kappa = np.linalg.norm(basis, 2) * np.linalg.norm(np.linalg.inv(basis), 2)
        names = {"V": V, "u": column, "k": times, r"\kappa": kappa, r"\rho": rho}
        yield Case(names, tight=tight)


@tie("rc-horizon", r"\rho \in (0.1, 0.99)")
def _(rho):
    k = horizon(rho)
    agree(k, brentq(lambda k: rho**k - 0.01, 0, 1000, xtol=1e-12, rtol=1e-15))
    yield {"k": k}
    yield {"k": 1.1 * k}


# ── The latch ────────────────────────────────────────────────────────────────────────────────────


def fixed_point(v):
    return brentq(lambda h: np.tanh(v * h) - h, 1e-3, 1, xtol=1e-15)


@tie("rc-latch", r"v, h_{t-1} \in \mathbb{R}")
def _(v, h):
    """The recurrent neuron of the library, without input and bias."""
    part = np.zeros((1, 1)), np.array([[v]]), np.zeros((1, 1))
    after, _ = elman_forward(part, (np.zeros((1, 1)), np.array([[h]])))
    return {"h_t": after.item()}


@tie("rc-latch-slope", r"v \in (1.1, 4)")
def _(v):
    h = fixed_point(v)
    part = np.zeros((1, 1)), np.array([[v]]), np.zeros((1, 1))
    after, kept = elman_forward(part, (np.zeros((1, 1)), np.array([[h]])))
    agree(after.item(), h)
    (_, before), _ = elman_backward(np.ones((1, 1)), part, kept)
    agree(before.item(), derivative(lambda h: np.tanh(v * h), h))
    return {r"h^\star": h, r"\frac{dh_t}{dh_{t-1}}": before.item()}


@tie("rc-truncate", LAYER + r", k \in \{1, 2, 3\}")
def _(W, V, b, A, B, C, k):
    """As if the copies before the last k moments were constants."""
    names = names_of(W, V, b, A, B, C)
    X = [A, B, C]

    def J(copy):
        copies = [copy if t > MOMENTS - k else V for t in (1, 2, 3)]
        H = np.zeros((len(V), A.shape[1]))
        for v, x in zip(copies, X, strict=True):
            H = np.tanh(W @ x + v @ H + b)
        return np.sum(0.9 * H + np.sin(H))

    _, Z = states(W, V, b, X)
    last = {}
    for t in (1, 2, 3):

        def from_sums(z, t=t):
            H = np.tanh(z)
            for later in range(t + 1, 4):
                H = np.tanh(W @ X[later - 1] + V @ H + b)
            return np.sum(0.9 * H + np.sin(H))

        last[t] = derivative(from_sums, Z[t])
    return {"T": MOMENTS, "H": names["H"], r"\delta": last, "g": derivative(J, V)}


# ── What the letters of its sections mean ────────────────────────────────────────────────────────


@world(LAYER + r", t \in \{1, 2, 3\}", "One weight, many copies")
def _(W, V, b, A, B, C, t):
    X = [A, B, C]
    H, _ = states(W, V, b, X)
    return {
        "X": dict(enumerate(X, start=1)), "H": H, "n_0": W.shape[1], "n": len(W), "m": A.shape[1],
    }  # fmt: skip


given(r"w = 0.4", r"v = 0.6")
given(r"J = \frac{1}{2} (h_2 - 1)^2")
given(r"v = 0")


def neuron(w, v, b, x, h=0.0):
    """Return the states of one neuron, from 0 on."""
    found = [h]
    for seen in x:
        found.append(np.tanh(w * seen + v * found[-1] + b))
    return found


def of_two_moments(w, v, b, x):
    """Return the letters of two moments of one neuron, each derivative from a function alone."""
    h = neuron(w, v, b, x)

    def J(w, v, b):
        return (neuron(w, v, b, x)[2] - 1) ** 2 / 2

    def from_sums(t):
        rest = x[t:]
        return lambda z: (neuron(w, v, b, rest, np.tanh(z))[-1] - 1) ** 2 / 2

    z = [w * x[0] + b, w * x[1] + v * h[1] + b]
    return {
        "h": dict(enumerate(h)), "x": np.array(x), "T": 2,
        r"\delta": {t: derivative(from_sums(t), z[t - 1]) for t in (1, 2)},
        r"\frac{dJ}{dw}": derivative(lambda w: J(w, v, b), w),
        r"\frac{dJ}{dv}": derivative(lambda v: J(w, v, b), v),
        r"\frac{dJ}{db}": derivative(lambda b: J(w, v, b), b),
    }  # fmt: skip


TWO = "Two derivatives by one name", "Every moment has its own copy"


@world(r"w, v \in \mathbb{R}, z \in (-2, 2)", *TWO)
def _(w, v, z):
    letters = of_two_moments(w, v, 0.5, [1.0, 2.0])
    h = letters["h"]
    direct = derivative(lambda w: np.tanh(2 * w + v * h[1] + 0.5), w)
    slope_of_tanh = derivative(np.tanh, z)
    return {
        **letters, "b": 0.5, "t": 2, r"\frac{\partial h_t}{\partial w}": direct,
        r"\tanh'": lambda at: slope_of_tanh if at == z else np.nan,
    }  # fmt: skip


given(r"\delta_t = \partial J / \partial Z_t")


@world(ONE + r", t \in \{1, 2\}", "How far back?")
def _(V, x, y, z, v, t):
    D, back, Z = one_example(V, x, y, z, v)
    return {
        "D": D, r"\delta": back, "z": Z, r"\tanh'": tanh_derivative,
        r"\omega": np.linalg.norm(V, 2),
    }  # fmt: skip


given(r"\omega < 1", r"\omega > 1", r"\rho = 0.9", r"\rho = 0.99")


@world(POWER, "How far back?")
def _(Q, l, u, k):  # noqa: E741
    V = Q @ np.diag(l) @ np.linalg.inv(Q)
    return {
        "V": V, r"\Lambda": np.diag(l), r"\lambda": l, r"\rho": spectral_radius(V),
        r"\omega": np.linalg.norm(V, 2),
    }  # fmt: skip


@world(r"\rho \in (0.1, 0.99)", "How far back?")
def _(rho):
    return {"k": horizon(rho)}


given(r"v \le 1", r"h > 0", r"v > 1", r"v = 2", r"v = 0.8", r"v = 1", r"v = 1.5")


@world(r"v \in (0.2, 4), h \in (-1, 1)", "The latch", "5. A latch of 1.5")
def _(v, h):
    return {r"h^\star": fixed_point(v) if v > 1 else 0.0}


given(r"x_1 = 2", r"x_2 = 1")


@world(r"x \in \mathbb{R}^2", "3. Back by hand", only=True)
def _(x):
    return of_two_moments(0.4, 0.6, 0.5, list(x))


given(r"V^\top V = I")


@world(r"z \in (0.1, 3)", "6. A turn")
def _(z):
    V = 0.98 * np.array([[np.cos(z), -np.sin(z)], [np.sin(z), np.cos(z)]])
    _, Q = np.linalg.eig(V)
    return {r"\kappa": np.linalg.norm(Q, 2) * np.linalg.norm(np.linalg.inv(Q), 2), "V": V}


given(r"h_t = v h_{t-1} + w x_t", r"v = 0.9", r"x_t = 1", r"k = 5")


@world(r"v \in (0.1, 0.95), w \in \mathbb{R}, k \in \{2, 3, 5\}", "7. What truncation drops")
def _(v, w, k):
    return {"h_{t-1}": 0.3, "x_t": 1.0}


@world(r"k \in \{2, 3, 5\}", "8. A memory that nothing vanishes from")
def _(k):
    return {"V": np.eye(k, k=-1)}


given("n = 32")
forgiving(
    r"\frac{dJ}{dw} = x_2 \delta_2 + x_1 \delta_1 \approx -0.0165",  # x₁ is 1
    r"\frac{dJ}{dv} = h_1 \delta_2 + h_0 \delta_1 \approx -0.0052",  # h₀ is 0, as the text says
    r"V^k = 0",  # and so is each power after it
)
