r"""The ties of the chapter on normalization and residuals."""

from __future__ import annotations

from inspect import signature
from itertools import product

import numpy as np

from contract.layers import hold
from contract.tie import Case, tie
from contract.truth import agree, derivative, gradient_of
from contract.worlds import forgiving, given, world
from utils.activations import silu, silu_derivative, tanh, tanh_derivative
from utils.exercises.normalization_and_residuals import EXERCISES
from utils.layers import chain, dense, entrywise, normalized, residual
from utils.normalization import (
    normalize,
    normalize_gradient,
    normalized_backward,
    normalized_forward,
)

# ── Normalization ────────────────────────────────────────────────────────────────────────────────

ROW = r"z \in \mathbb{R}^m, \varepsilon \in (0.01, 1)"
SCALED = (
    r"Z, C \in \mathbb{R}^{n \times m}, \gamma, \beta \in \mathbb{R}^n, \varepsilon \in (0.01, 1)"
)


@tie("vg-mean", ROW)
def _(z, epsilon):
    U, spread = normalize(z[None], 1, epsilon)
    back = z - U[0] * spread[0]  # what was subtracted
    return {"m": len(z), r"\bar{z}": agree(np.mean(back), np.mean(z))}


@tie("vg-variance", ROW)
def _(z, epsilon):
    _, spread = normalize(z[None], 1, epsilon)
    v = spread[0, 0] ** 2 - epsilon
    return {"m": len(z), r"\bar{z}": np.mean(z), "v": agree(v, np.var(z))}


@tie("vg-normalize", ROW)
def _(z, epsilon):
    U, _ = normalize(z[None], 1, epsilon)
    turned, _ = normalize(z[:, None], 0, epsilon)
    agree(turned[:, 0], U[0])
    for k in range(1, len(z) + 1):
        yield {"u": U[0], r"\bar{z}": np.mean(z), "v": np.var(z), "k": k}


def normed(axis, Z, gamma, beta, epsilon):
    """Return what comes out of a normalization, written on its own."""
    centered = Z - np.mean(Z, axis=axis, keepdims=True)
    root = np.sqrt(np.mean(centered**2, axis=axis, keepdims=True) + epsilon)
    return gamma[:, None] * centered / root + beta[:, None]


def norm_and_back(axis, Z, C, gamma, beta, epsilon):
    """Return U, and ∂J/∂Z, ∂J/∂γ and ∂J/∂β for J = Σ C ⊙ out, with the layer held."""
    part = gamma[:, None], beta[:, None]
    V, (U, spread) = normalized_forward(part, Z, axis, epsilon)
    agree(V, normed(axis, Z, gamma, beta, epsilon))
    dZ, (dgamma, dbeta) = normalized_backward(C, part, (U, spread), axis)
    agree(normalize_gradient(part[0] * C, U, spread, axis), dZ)
    layer = normalized(len(Z), axis)
    agree(layer.first(np.random.default_rng(0)), (1 + 0 * part[0], 0 * part[0]))
    agree(layer.forward(part, Z)[0], normed(axis, Z, gamma, beta, 1e-5))
    hold(layer, Z)
    return U, dZ, dgamma[:, 0], dbeta[:, 0]


@tie("vg-scale-shift", SCALED)
def _(Z, C, gamma, beta, epsilon):
    U, *_ = norm_and_back(1, Z, C, gamma, beta, epsilon)
    V = normed(1, Z, gamma, beta, epsilon)
    for i, k in product(range(len(Z)), range(Z.shape[1])):
        names = {r"\tilde{z}": V[i], "u": U[i], r"\gamma": gamma[i], r"\beta": beta[i]}
        yield names | {"k": k + 1}


@tie("vg-invariant", r"z \in \mathbb{R}^5, c \in \{-2, -0.3, 0.7, 5\}")
def _(z, c):
    return {"u": lambda z: normalize(np.asarray(z)[None], 1, 0.0)[0][0]}


@tie("vg-gamma", SCALED)
def _(Z, C, gamma, beta, epsilon):
    U, _, dgamma, _ = norm_and_back(1, Z, C, gamma, beta, epsilon)
    for i in range(len(Z)):
        yield {
            r"\frac{\partial J}{\partial \gamma}": dgamma[i],
            r"\delta": C[i],
            "u": U[i],
            "m": Z.shape[1],
        }


@tie("vg-beta", SCALED)
def _(Z, C, gamma, beta, epsilon):
    *_, dbeta = norm_and_back(1, Z, C, gamma, beta, epsilon)
    for i in range(len(Z)):
        yield {
            r"\frac{\partial J}{\partial \beta}": dbeta[i],
            r"\delta": C[i],
            "m": Z.shape[1],
        }


@tie("vg-norm-gradient", SCALED)
def _(Z, C, gamma, beta, epsilon):
    U, dZ, *_ = norm_and_back(1, Z, C, gamma, beta, epsilon)
    m = Z.shape[1]
    for i, k in product(range(len(Z)), range(m)):
        yield {
            r"\frac{\partial J}{\partial z_k}": dZ[i, k],
            r"\delta": C[i],
            "u": U[i],
            "v": np.var(Z[i]),
            r"\gamma": gamma[i],
            "m": m,
            "k": k + 1,
        }


@tie("vg-layer-gradient", SCALED)
def _(Z, C, gamma, beta, epsilon):
    U, dZ, *_ = norm_and_back(0, Z, C, gamma, beta, epsilon)
    n = len(Z)
    for i, k in product(range(n), range(Z.shape[1])):
        yield {
            r"\frac{\partial J}{\partial z_i}": dZ[i, k],
            "p": gamma * C[:, k],
            "u": U[:, k],
            "v": np.var(Z[:, k]),
            "n": n,
            "i": i + 1,
        }


# ── Residual connections ─────────────────────────────────────────────────────────────────────────

RESIDUAL = r"M \in \mathbb{R}^{n \times n}, c, x, v \in \mathbb{R}^n"


def skipping(M, c, g=silu, g_prime=silu_derivative):
    """Return a residual layer, and its part.  The slope of SiLU is not even: no sign can hide."""
    return residual(chain(dense(*M.shape), entrywise(g, g_prime))), ((M, c), ())


def skipped(M, c, x):
    z = M @ x + c
    return x + z / (1 + np.exp(-z))


@tie("vg-residual", RESIDUAL.replace(", v", ""))
def _(M, c, x):
    layer, part = skipping(M, c[:, None])
    out, _ = layer.forward(part, x[:, None])
    agree(out[:, 0], skipped(M, c, x))
    return {"a^{(l)}": out, "a^{(l-1)}": x, "W^{(l)}": M, "b^{(l)}": c, "g": silu}


@tie("vg-residual-back", RESIDUAL)
def _(M, c, x, v):
    layer, part = skipping(M, c[:, None])
    hold(layer, x[:, None])
    _, kept = layer.forward(part, x[:, None])
    before, _ = layer.backward(v[:, None], part, kept)
    agree(before[:, 0], derivative(lambda x: v @ skipped(M, c, x), x))
    return {
        r"\eta^{(l-1)}": before[:, 0],
        r"\eta^{(l)}": v,
        "W^{(l)}": M,
        "z^{(l)}": M @ x + c,
        "g'": silu_derivative,
    }


@tie("vg-residual-bound", r"v \in \mathbb{R}^n, p \in (0.1, 0.9), L \in \{1, 2, 3\}")
def _(v, p, L):
    rng = np.random.default_rng(len(v))
    turn = np.linalg.qr(rng.normal(size=(len(v), len(v))))[0]
    nothing = np.zeros((len(v), 1))  # all sums are 0, where the slope of tanh is 1
    for W, tight in ((p * turn, ()), (p * np.eye(len(v)), (1,)), (-p * np.eye(len(v)), (0,))):
        layer, part = skipping(W, nothing, tanh, tanh_derivative)
        _, kept = chain(*[layer] * L).forward([part] * L, nothing)
        eta, _ = chain(*[layer] * L).backward(v[:, None], [part] * L, kept)
        yield Case({r"\eta^{(L)}": v, r"\eta^{(0)}": eta[:, 0]}, tight=tight)


# ── What the letters of its sections mean ────────────────────────────────────────────────────────

given(r"\varepsilon = 0")


@world(
    r"z, c \in \mathbb{R}^m, \gamma, \beta \in \mathbb{R}, \varepsilon \in (0.01, 1), "
    r"j, k \in \{1, 2, 3\}",
    "The gradient",
)
def _(z, c, gamma, beta, epsilon, j, k):
    def v(z):
        return np.mean((z - np.mean(z)) ** 2)

    def r(z):
        return np.sqrt(v(z) + epsilon)

    def u(z):
        return (z - np.mean(z)) / r(z)

    def J(scaled):
        return np.sum(c * scaled**3)

    m = len(z)
    delta = derivative(J, gamma * u(z) + beta)
    j, k = min(j, m), min(k, m)
    slopes = {  # of what, as printed, by z_k
        r"\bar{z}": lambda z: np.mean(z), "v": v, "r": r, "J": lambda z: J(gamma * u(z) + beta),
        **{f"u_{i}": lambda z, i=i: u(z)[i - 1] for i in range(1, m + 1)},
    }  # fmt: skip
    by_z = {
        rf"\frac{{\partial {f}}}{{\partial z_{k}}}": derivative(slopes[f], z)[k - 1] for f in slopes
    }
    return by_z | {
        "m": m, "j": j, "k": k, r"\bar{z}": np.mean(z), "v": np.var(z), "u": u(z), "r": r(z),
        r"\delta": delta, rf"\frac{{\partial J}}{{\partial \tilde{{z}}_{k}}}": delta[k - 1],
    }  # fmt: skip


@world(r"u, c, \gamma, \beta \in \mathbb{R}^n", "The gradient")
def _(u, c, gamma, beta):
    def J(scaled):
        return np.sum(c * scaled**3)

    p = derivative(lambda u: J(gamma * u + beta), u)
    return {"p": p, r"\delta": derivative(J, gamma * u + beta), "i": len(u)}


@world(r"M \in \mathbb{R}^{n \times n}, a, b \in \mathbb{R}^n", "A way around each layer")
def _(M, a, b):
    z = M @ a + b
    D = np.stack([derivative(lambda z, i=i: silu(z)[i], z) for i in range(len(z))])
    return {"D^{(l)}": D, "z^{(l)}": z, r"\operatorname{diag}": np.diag, "g'": silu_derivative}


@world(r"w, a, b \in \mathbb{R}", "A way around each layer")
def _(w, a, b):
    p = derivative(lambda a: silu(w * a + b), a)
    return {"z": w * a + b, "g'": gradient_of(silu), "p": p}


# ── Its exercises ────────────────────────────────────────────────────────────────────────────────


@world("", "1. Twenty layers")
def _():
    return {"p": 1 - EXERCISES["vg-around"]["the least"].answer ** (1 / 20)}


@world("", "4. Layer norm by hand")
def _():
    return {r"\varepsilon": signature(normalize).parameters["epsilon"].default}


@world("", "5. The gradient of a norm, by hand")
def _():
    z, delta, gamma = np.array([-1.0, 0.0, 1.0]), np.array([1.0, 0.0, 0.0]), 1.0
    back = derivative(
        lambda z: delta @ (gamma * (z - np.mean(z)) / np.sqrt(np.mean((z - np.mean(z)) ** 2))), z
    )
    agree(back, EXERCISES["vg-by-hand"].answer)
    u = z / np.std(z)
    return {"z": z, r"\delta": delta, r"\gamma": gamma, r"\varepsilon": 0, "v": np.var(z), "u": u}


forgiving(
    "J(c w) = J(w)",  # without the factor, J is J
    r"w \cdot \nabla J(w) = 0",  # so is −0
)


@world(r"w \in \mathbb{R}^3, c \in (0.3, 3)", "6. Larger weights, smaller turns")
def _(w, c):
    X = np.random.default_rng(0).normal(size=(3, 6))

    def J(w):
        z = w @ X
        return np.sum(np.exp((z - np.mean(z)) / np.sqrt(np.mean((z - np.mean(z)) ** 2))))

    return {"J": J, r"\nabla J": gradient_of(J)}


@world(r"W \in \mathbb{R}^{n \times n}, a \in \mathbb{R}^n", "7. How residual layers add up")
def _(W, a):
    return {"L": np.log2(EXERCISES["vg-growth"]["with 1/n"].answer)}
