r"""The ties of the chapter on automatic differentiation."""

from __future__ import annotations

import numpy as np
from scipy.linalg import cosm, expm, sinm
from scipy.special import logsumexp

from contract.tie import Case, tie
from contract.truth import agree, derivative, raises
from contract.worlds import forgiving, given, world
from utils.autodiff import (
    Entry,
    adjoint,
    by_tape,
    leaves,
    mapped,
    primitive,
    walk_back,
    written,
)
from utils.dual import QUESTIONS, SLOPES, Dual, slope_along, value_of
from utils.layers import dense_backward, dense_forward

#: What plays ε, and 1.
EPSILON, ONE = np.array([[0.0, 1.0], [0.0, 0.0]]), np.eye(2)

# ── Forward ──────────────────────────────────────────────────────────────────────────────────────


def corner(matrix):
    """Return value and slope of what a matrix stands for."""
    return matrix[0, 0], matrix[0, 1]


@tie("ad-dual", r"a, b, c, d \in \mathbb{R}")
def _(a, b, c, d):
    z = Dual(a, b) * Dual(c, d)
    agree((z.value, z.slope), corner((a * ONE + b * EPSILON) @ (c * ONE + d * EPSILON)))
    for ask in QUESTIONS:
        agree(bool(ask(Dual(a, b), c)), bool(ask(a, c)))
    return {"a": a * ONE, "c": c * ONE, r"\varepsilon": EPSILON}


#: A function, the same of a matrix, and its derivative: first two that symbols can follow.
FUNCTIONS = (
    (lambda z: z * z, lambda A: A @ A, lambda A: 2 * A),
    (lambda z: z * z * z, lambda A: A @ A @ A, lambda A: 3 * A @ A),
    (np.exp, expm, expm),
    (np.sin, sinm, cosm),
)


@tie("ad-dual-f", r"a, b \in \mathbb{R}")
def _(a, b):
    for f, of_matrix, slope in FUNCTIONS:
        z = f(Dual(a, b))
        agree((z.value, z.slope), corner(of_matrix(a * ONE + b * EPSILON)), 1e-8)
        yield {
            "a": a * ONE, r"\varepsilon": EPSILON, "f": of_matrix, "f'": slope,
        }  # fmt: skip


#: Operations that are drawn above 0, where alone they have a slope.
POSITIVE = {np.sqrt, np.log, np.power}


def plain(name, u):
    """Do an operation in another way where a complex step cannot follow it."""
    return np.sqrt(u[0] ** 2) if name == "absolute" else getattr(np, name)(*u)


def local(ufunc, inputs):
    """Return the local derivatives, taken from the function alone."""
    return derivative(lambda u: plain(ufunc.__name__, u), np.array(inputs))


@tie("ad-tangent", r"p, q \in \mathbb{R}, s, t \in \mathbb{R}")
def _(p, q, s, t):
    for ufunc in SLOPES:
        inputs, slopes = np.array([p, q][: ufunc.nin]), np.array([s, t][: ufunc.nin])
        inputs = np.abs(inputs) + 0.1 if ufunc in POSITIVE else inputs
        true = local(ufunc, inputs)
        v = ufunc(*(Dual(u, slope) for u, slope in zip(inputs, slopes, strict=True)))
        agree(value_of(v), ufunc(*inputs))
        names = {rf"\frac{{\partial v}}{{\partial u_{k}}}": d for k, d in enumerate(true, 1)}
        yield names | {"K": ufunc.nin, r"\dot{v}": v.slope, r"\dot{u}": slopes}
    agree((Dual(p, s) ** 1.0).slope, s)
    agree((Dual(0.0, s) ** 0.0).slope, 0.0)
    for ufunc in (np.maximum, np.minimum):  # where both are equal, the first is taken
        agree(ufunc(Dual(p, s), p).slope, s)
        agree(ufunc(p, Dual(p, s)).slope, 0.0)


@tie("ad-column", r"x, u \in \mathbb{R}^n")
def _(x, u):
    def f(x):
        return np.sin(x) * np.exp(x) / (2 + x * x)

    J = np.diag([derivative(f, each) for each in x])
    agree(slope_along(lambda x: 3.0, x, u), 0.0)
    agree(slope_along(lambda x: 3.0 * np.ones(len(u)), x, u), 0 * u)
    agree(raises(ValueError, lambda: slope_along(f, x, 1.0)), True)
    return {r"\dot{y}": slope_along(f, x, u), "J": J, r"\dot{x}": u}


# ── Back ─────────────────────────────────────────────────────────────────────────────────────────


@tie("ad-adjoint", r"u, r \in \mathbb{R}")
def _(u, r):
    """One value, made use of by every operation, on each side of those that have two."""
    u, r = np.abs(u) + 0.1, np.abs(r) + 0.3
    uses = [(ufunc, side) for ufunc in SLOPES for side in range(ufunc.nin)]
    bars = np.cos(np.arange(len(uses)) + r)

    def used(ufunc, side, u):
        return ufunc(u) if ufunc.nin == 1 else ufunc(*(u, r)[:: 1 - 2 * side])

    def program(u):
        agree(bool(u > r), bool(value_of(u) > r))
        agree(np.ndim(u), 0)
        return sum(bar * used(*use, u) for bar, use in zip(bars, uses, strict=True))

    names = {r"\bar{u}": by_tape(program, u)[0], "K": len(uses), r"\bar{v}": bars}
    for k, (ufunc, side) in enumerate(uses, 1):
        inputs = [u] if ufunc.nin == 1 else [u, r][:: 1 - 2 * side]
        name = rf"\frac{{\partial v_{{{k}}}}}{{\partial u}}"
        names[name] = local(ufunc, inputs)[side if ufunc.nin == 2 else 0]
    return names


@tie("ad-row", r"A \in \mathbb{R}^{n \times k}, x \in \mathbb{R}^{k \times m}, r \in \mathbb{R}^q")
def _(A, x, r):
    """Of a program that reshapes, turns, picks, sums, stretches, and holds a derived pair."""
    n, k = A.shape
    act = primitive(dense_forward, dense_backward)
    bias = np.cos(np.arange(n))[:, None]

    def program(A, x, affine):
        total = np.sum(affine((A, bias), x), axis=1, keepdims=True)
        shares = np.tanh(np.reshape(total, (1, -1)) / 3) * np.sum(A, axis=1) / 3
        return np.sum(np.sin(shares.T * np.tanh(r))[1:] * r[0], axis=(0,))

    def plainly(theta):
        A, x_in = theta[: n * k].reshape(n, k), theta[n * k :].reshape(x.shape)
        return program(A, x_in, lambda part, x: part[0] @ x + part[1])

    theta = np.concatenate([A.ravel(), x.ravel()])
    J = np.array([derivative(lambda t, i=i: plainly(t)[i], theta) for i in range(len(r))])
    bar = np.sin(1 + np.arange(len(r)))
    dA, dx = by_tape(lambda A, x: np.sum(bar * program(A, x, act)), A, x)
    entry = Entry(A)
    agree((entry.ndim, entry.size, *entry.shape), (2, n * k, n, k))
    agree(leaves(mapped(np.sum, (A, [x]))), [np.sum(A), np.sum(x)])
    agree(leaves((1.0, [2.0, (3.0,)])), [1.0, 2.0, 3.0])
    agree(mapped(np.negative, [1.0, 2.0]), (-1.0, -2.0))
    agree(raises(ValueError, lambda: np.asarray(entry)), True)
    return {r"\bar{x}": np.concatenate([dA.ravel(), dx.ravel()]), "J": J, r"\bar{y}": bar}


@tie("ad-times", r"a, b, \bar{z} \in \mathbb{R}")
def _(a, b, bar):
    found = by_tape(lambda a, b: bar * (a * b), a, b)
    true = derivative(lambda t: bar * t[0] * t[1], np.array([a, b]))
    return {r"\bar{a}": agree(found[0], true[0]), r"\bar{b}": agree(found[1], true[1])}


MATRICES = (
    r"A \in \mathbb{R}^{n \times k}, B \in \mathbb{R}^{k \times m}, "
    r"\bar{Z} \in \mathbb{R}^{n \times m}"
)


def of_product(A, B, bar):
    found = by_tape(lambda A, B: np.sum(bar * (A @ B)), A, B)
    agree(found[0], derivative(lambda A: np.sum(bar * (A @ B)), A))
    agree(found[1], derivative(lambda B: np.sum(bar * (A @ B)), B))
    return found


@tie("ad-entry", MATRICES)
def _(A, B, bar):
    found, _ = of_product(A, B, bar)
    for i, p in np.ndindex(A.shape):
        yield {
            r"\bar{a}": found, r"\bar{z}": bar, "b": B, "m": B.shape[1], "i": i + 1, "p": p + 1,
        }  # fmt: skip


@tie("ad-matmul", MATRICES)
def _(A, B, bar):
    found = of_product(A, B, bar)
    return {r"\bar{A}": found[0], r"\bar{B}": found[1]}


@tie("ad-stretch", r"b \in \mathbb{R}^{n \times 1}, \bar{z} \in \mathbb{R}^{n \times m}")
def _(b, bar):
    for stretched in (b, b[:, 0]):  # a column, and what NumPy stretches to the other side
        weights = bar if stretched is b else bar.T

        def J(stretched, weights=weights):
            return np.sum(weights * (np.cos(weights) + stretched))

        (found,) = by_tape(J, stretched)
        agree(found, derivative(J, stretched))
        for i in range(1, len(b) + 1):
            yield {r"\bar{b}": found, "m": bar.shape[1], "i": i}


@tie("ad-pick", r"u \in \mathbb{R}^n, \bar{z} \in \mathbb{R}^K, q \in \mathbb{R}^K")
def _(u, bar, q):
    places = np.argsort(q) % len(u)
    (found,) = by_tape(lambda u: np.sum(bar * u[places]), u)
    agree(found, derivative(lambda u: np.sum(bar * u[places]), u))
    for i in range(1, len(u) + 1):
        yield {r"\bar{u}": found, "p": places + 1, "K": len(bar), "i": i}


# ── The order and the price ──────────────────────────────────────────────────────────────────────


def ladder(d):
    rungs = [Entry(1.5)]
    for _ in range(d):
        rungs.append(rungs[-1] + rungs[-1])
    return rungs


@tie("ad-ladder", r"d \in \mathbb{N}")
def _(d):
    rungs = ladder(d)
    agree([entry.depth for entry in written(rungs[-1])], list(range(d, -1, -1)))
    agree([entry.value for entry in walk_back(rungs[-1])], [r.value for r in rungs[::-1]])
    agree(raises(ValueError, lambda: walk_back(rungs[-1])), True)
    agree(adjoint(Entry(2.0)), np.zeros(()))
    return {r"\frac{d v_d}{d v_0}": adjoint(rungs[0])}


@tie("ad-visits", r"d \in \mathbb{N}")
def _(d):
    return {}


THREE = (
    r"P \in \mathbb{R}^{q \times p}, Q \in \mathbb{R}^{s \times q}, S \in \mathbb{R}^{t \times s}"
)


def sizes(P, Q, S):
    return {"n": dict(enumerate((P.shape[1], len(P), len(Q), len(S))))}


def multiplied(*matrices):
    """Multiply two matrices after another from the left, and count the multiply-adds."""
    (first, *others), count = matrices, 0
    for other in others:
        count += first.shape[0] * first.shape[1] * other.shape[1]
        first = first @ other
    return count


@tie("ad-forward-count", THREE)
def _(P, Q, S):
    return {"F": multiplied(P.T, Q.T, S.T), **sizes(P, Q, S)}


@tie("ad-reverse-count", THREE)
def _(P, Q, S):
    return {"R": multiplied(S, Q, P), **sizes(P, Q, S)}


#: What an operation costs, and its way back: a sum, a product, a function, a product of matrices.
PRICES = [(1, 2), (1, 4), (1, 2), (24, 48)]


@tie("ad-bound", r"N \in \{1, 3, 6\}, r \in \mathbb{R}^6")
def _(N, r):
    for kinds in (np.argsort(r)[:N] % 4, np.ones(N, dtype=int)):
        own, back = np.transpose([PRICES[kind] for kind in kinds])
        tight = (0,) if np.all(kinds == 1) else ()
        yield Case({"c": own, r"\bar{c}": back, r"\omega": 4}, tight=tight)


@tie("ad-memory", r"k \in \{2, 3, 5\}, q \in \{1, 4, 6\}")
def _(k, q):
    L = k * q
    stretches = np.split(np.arange(L), k)
    return {"L": L, "M": len(stretches) + max(map(len, stretches))}


@tie("ad-checkpoint", r"q \in \{2, 3, 5, 8\}")
def _(q):
    L = q * q
    memory = {k: k + L / k for k in range(1, L + 1)}
    return {"L": L, "k": min(memory, key=memory.get)}


# ── What the letters of its sections mean ────────────────────────────────────────────────────────

given("z = a b", "Z = A B", "Z = P + b", r"J = \frac{1}{2} (r - 25)^2", "b = a + a", "c = b + b")
given(r"\bar{c}_i \le \omega c_i", "n_3 = 1", "i = j")
forgiving(
    r"\varepsilon^2 = 0",  # so are −ε² and ε³
    r"\sigma'(z) \, x_2 \approx 0.1944",  # σ′ is even
    r"\bar{a} = \bar{p} b + \bar{s} = 48 + 16 = 64",  # p̄ is s̄ there
    r"c \ne 0",  # so is −c, and no draw is 1
)


@world(r"a \in \mathbb{R}", "Why the order")
def _(a):
    return {r"\frac{dc}{da}": derivative(lambda a: (a + a) + (a + a), a)}


@world(THREE.replace(r"t \times s", r"1 \times s"), "What one pass costs")
def _(P, Q, S):
    counted = {"F": multiplied(P.T, Q.T, S.T), "R": multiplied(S, Q, P)}
    return {"J_1": P, "J_2": Q, "J_3": S, "J": S @ Q @ P, **sizes(P, Q, S), **counted}


@world("", "1. Back by hand")
def _():
    a, b = 2.0, 3.0
    p, s = a * b, a * b + a
    da, db = derivative(lambda t: (t[0] * t[1] + t[0]) ** 2, np.array([a, b]))
    bars = {r"\bar{a}": da, r"\bar{b}": db, r"\bar{s}": derivative(lambda s: s * s, s)}
    bars[r"\bar{p}"] = derivative(lambda p: (p + a) ** 2, p)
    return {"a": a, "b": b, "p": p, "s": s, "z": s**2, **bars}


given("v_0 = 1")


@world(r"v_0 \in (0.5, 1.5), i \in \{0, 1, 2, 3\}", "3. A ladder of squares")
def _(start, i):
    return {"v": lambda k: start ** (2 ** int(k))}


@world(r"u \in \mathbb{R}^4, i \in \{2, 3, 4\}", "5. The way back of a running sum")
def _(u, i):
    return {"z": np.cumsum(u)}


@world(
    r"z, \bar{p} \in \mathbb{R}^3, i, j \in \{1, 2, 3\}", "6. The way back of a softmax", only=True
)
def _(z, bar, i, j):
    slopes = {
        rf"\frac{{\partial p_{row}}}{{\partial z_{column}}}": derivative(
            lambda z, row=row: shares(z)[row - 1], z
        )[column - 1]
        for row in (1, 2, 3)
        for column in (1, 2, 3)
    }
    return {"p": shares(z), r"\bar{z}": derivative(lambda z: np.sum(bar * shares(z)), z), **slopes}


def shares(z):
    return np.exp(z) / np.sum(np.exp(z))


@world("", "7. Larger checkpoints")
def _():
    return {"k": min(range(1, 901), key=lambda k: 4 * k + 900 / k)}


@world(r"Z \in \mathbb{R}^{n \times m}", "8. A pair that does not overflow")
def _(Z):
    return {"z": Z, "o": logsumexp(Z, axis=0), "j": Z.shape[1]}
