r"""The ties of the chapter on vanishing and exploding gradients."""

from __future__ import annotations

from itertools import product

import numpy as np
from scipy.special import expit
from scipy.stats import uniform

from contract.tie import Case, tie
from contract.truth import agree, derivative
from utils.activations import relu, sigmoid, sigmoid_derivative, softplus, tanh, tanh_derivative
from utils.deep import (
    DESIGNS,
    Design,
    deep_backward,
    deep_forward,
    deep_layer,
    deep_layer_gradient,
    first_parameters,
    row_cost,
    row_gradient,
)
from utils.initializers import (
    centered_sigmoid_variance,
    centering_bias,
    he_variance,
    lecun_variance,
    uniform_limit,
    xavier_variance,
)
from utils.network import backward, forward, initial_parameters, pack
from utils.normalization import (
    batch_norm,
    batch_norm_gradient,
    layer_norm,
    layer_norm_gradient,
    normalize,
    normalize_gradient,
)
from utils.notation import Outcomes
from utils.optimizers import clip_by_norm, gradient_descent
from utils.penalties import l2_penalty_gradient

THREE = (
    r"x \in \mathbb{R}^n, A \in \mathbb{R}^{k \times n}, B \in \mathbb{R}^{p \times k}, "
    r"C \in \mathbb{R}^{q \times p}, v \in \mathbb{R}^q"
)


def through(x, matrices, biases, v, derivative_of):
    """Send x forward, with the activation whose derivative is given, and v back: z and δ."""
    g = {sigmoid_derivative: sigmoid, tanh_derivative: tanh}[derivative_of]
    parameters = list(zip(matrices, biases, strict=True))
    hidden = len(matrices) - 1
    Z, A = forward(parameters, x[:, None], [g] * len(matrices))
    back = backward(parameters, Z, A, v[:, None], [derivative_of] * hidden)
    z = [None, *(sums[:, 0] for sums in Z[1:])]
    return z, [None, *(db[:, 0] for _, db in back)]


def no_biases(matrices):
    return [np.zeros((len(W), 1)) for W in matrices]


# ── The product ──────────────────────────────────────────────────────────────────────────────────


@tie("vg-delta", THREE)
def _(x, A, B, C, v):
    matrices = [A, B, C]
    z, delta = through(x, matrices, no_biases(matrices), v, tanh_derivative)
    agree(delta[1], derivative(lambda z: v @ (C @ np.tanh(B @ np.tanh(z))), z[1]))
    for l in (1, 2):  # noqa: E741
        yield {
            "l": l,
            r"\delta^{(l)}": delta[l],
            r"\delta^{(l+1)}": delta[l + 1],
            "W^{(l+1)}": matrices[l],
            "z^{(l)}": z[l],
            "g'": tanh_derivative,
        }


def derivative_at(z):
    return 1 - np.tanh(z) ** 2


@tie("vg-product", THREE)
def _(x, A, B, C, v):
    matrices = [A, B, C]
    z, delta = through(x, matrices, no_biases(matrices), v, tanh_derivative)
    return {
        "L": 3,
        r"\delta^{(1)}": delta[1],
        r"\delta^{(L)}": v,
        "D": {number: np.diag(derivative_at(z[number])) for number in (1, 2)},
        "W": dict(enumerate(matrices, start=1)),
    }


@tie("vg-bound", THREE)
def _(x, A, B, C, v):
    square = np.linalg.qr(np.random.default_rng(len(v)).normal(size=(len(v), len(v))))[0]
    level = [3 * square, 2 * square, 1.5 * square]
    for matrices, tight in (([A, B, C], ()), (level, (0,))):
        start = np.ones(len(v)) if tight else x
        middle = [-matrices[0] @ start[:, None]]  # all sums 0, where the slope is a quarter
        middle += [-0.5 * np.sum(W, axis=1, keepdims=True) for W in matrices[1:]]
        biases = middle if tight else no_biases(matrices)
        _, delta = through(start, matrices, biases, v, sigmoid_derivative)
        names = {
            "L": 3,
            r"\delta^{(1)}": delta[1],
            r"\delta^{(L)}": v,
            r"\omega": {n: np.linalg.norm(W, 2) for n, W in enumerate(matrices, start=1)},
        }
        yield Case(names, tight=tight)


# ── How large the first weights should be ────────────────────────────────────────────────────────


def all_signs(rows, columns, s):
    """Return every matrix of entries s and -s: mean 0, variance s², independent."""
    for signs in product((-s, s), repeat=rows * columns):
        yield np.reshape(signs, (rows, columns))


@tie("vg-forward", r"n \in \{1, 2, 3\}, k \in \{2, 3\}, s \in (0.3, 2), a \in \mathbb{R}^k")
def _(n, k, s, a):
    return {"W": Outcomes(list(all_signs(n, len(a), s))), "n_l": n}


@tie("vg-backward", r"n \in \{2, 3\}, k \in \{1, 2, 3\}, s \in (0.3, 2), \delta \in \mathbb{R}^n")
def _(n, k, s, delta):
    return {"W": Outcomes(list(all_signs(len(delta), k, s))), "n_{l-1}": k}


COUNTS = r"a \in \{2, 3, 5\}, b \in \{4, 7, 11\}"


@tie("vg-lecun", COUNTS)
def _(a, b):
    s2 = lecun_variance(a, b)
    agree(centered_sigmoid_variance(a, b), 16 * s2)
    return {"s": np.sqrt(s2), "n_{l-1}": a, "n_l": b}


@tie("vg-xavier", COUNTS)
def _(a, b):
    return {"s": np.sqrt(xavier_variance(a, b)), "n_{l-1}": a, "n_l": b}


@tie("vg-he", COUNTS)
def _(a, b):
    return {"s": np.sqrt(he_variance(a, b)), "n_{l-1}": a, "n_l": b}


@tie("vg-uniform", r"s \in (0.2, 3)")
def _(s):
    c = uniform_limit(s**2)
    agree(uniform(-c, 2 * c).var(), s**2)
    return {"c": c}


@tie("vg-half", r"a, b \in \mathbb{R}")
def _(a, b):
    return {"z": Outcomes([a, -a, b, -b]), r"\operatorname{ReLU}": relu}


@tie("vg-depth", r"s \in (0.3, 2), x \in \mathbb{R}^2, L \in \{1, 2\}")
def _(s, x, L):
    last = []
    for draws in product(list(all_signs(2, 2, s)), repeat=L):
        parameters = list(zip(draws, no_biases(draws), strict=True))
        last.append(np.mean(forward(parameters, x[:, None], [relu] * L)[1][-1] ** 2))
    return {"n": 2, "q_L": np.mean(last), "q_0": np.mean(x**2)}


@tie("vg-tanh", r"z \in \mathbb{R}")
def _(z):
    agree(sigmoid(z), expit(z))
    return {r"\sigma": expit}


@tie("vg-center", r"A \in \mathbb{R}^{k \times n}")
def _(A):
    b = centering_bias(A)
    agree(A @ np.full((A.shape[1], 1), 0.5) + b, np.zeros(b.shape))
    for j in range(1, len(A) + 1):
        yield {"b": b, "W": A, "n_{l-1}": A.shape[1], "j": j}


# ── Exploding ────────────────────────────────────────────────────────────────────────────────────


@tie("vg-homogeneous", r"x \in \mathbb{R}^2, \theta \in \mathbb{R}^{15}, c \in (0.2, 3)")
def _(x, theta, c):
    def f(theta):
        matrices = theta[:6].reshape(3, 2), theta[6:12].reshape(2, 3), theta[12:14].reshape(1, 2)
        parameters = list(zip(matrices, no_biases(matrices), strict=True))
        return forward(parameters, x[:, None], [relu] * 3)[0][-1]

    return {"L": 3, "f": f}


@tie("vg-cliff", r"w \in (0.5, 1.3), x, y \in \mathbb{R}, L \in \{1, 2, 5\}")
def _(w, x, y, L):
    true = derivative(lambda w: row_cost(w, x, y, L), w)
    agree(row_cost(w, x, y, L), ((w**L) * x - y) ** 2 / 2)
    return {r"\frac{dJ}{dw}": agree(row_gradient(w, x, y, L), true)}


@tie("vg-clip", r"g \in \mathbb{R}^n, c \in (0.1, 4)")
def _(g, c):
    for size in (0.01, 1.0, 100.0):
        clipped = clip_by_norm(size * g, c)
        agree(bool(np.linalg.norm(clipped) <= c * (1 + 1e-12)), True)
        yield {r"\tilde{g}": clipped, "g": size * g}


@tie("vg-decay", r"w_0 \in \mathbb{R}, \alpha \in (0.02, 0.3), \mu \in (0.1, 2), t \in \mathbb{N}")
def _(w_0, alpha, mu, t):
    path = gradient_descent(lambda w: l2_penalty_gradient(w, mu), w_0, alpha, t)
    return {"w_t": path[t], "w_0": w_0}


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


def truths(axis, Z, C, gamma, beta, epsilon):
    """Return the gradients of Σ C ⊙ out for Z, γ and β, from the function alone."""
    return (
        derivative(lambda Z: np.sum(C * normed(axis, Z, gamma, beta, epsilon)), Z),
        derivative(lambda gamma: np.sum(C * normed(axis, Z, gamma, beta, epsilon)), gamma),
        derivative(lambda beta: np.sum(C * normed(axis, Z, gamma, beta, epsilon)), beta),
    )


@tie("vg-scale-shift", SCALED.replace(", C", ""))
def _(Z, gamma, beta, epsilon):
    V, U, _ = batch_norm(Z, gamma[:, None], beta[:, None], epsilon)
    agree(V, normed(1, Z, gamma, beta, epsilon))
    for i, k in product(range(len(Z)), range(Z.shape[1])):
        names = {r"\tilde{z}": V[i], "u": U[i], r"\gamma": gamma[i], r"\beta": beta[i]}
        yield names | {"k": k + 1}


@tie("vg-invariant", r"z \in \mathbb{R}^5, c \in \{-2, -0.3, 0.7, 5\}")
def _(z, c):
    return {"u": lambda z: normalize(np.asarray(z)[None], 1, 0.0)[0][0]}


@tie("vg-gamma", SCALED)
def _(Z, C, gamma, beta, epsilon):
    _, U, spread = batch_norm(Z, gamma[:, None], beta[:, None], epsilon)
    _, dgamma, _ = batch_norm_gradient(C, U, spread, gamma[:, None])
    true = truths(1, Z, C, gamma, beta, epsilon)[1]
    found = agree(dgamma[:, 0], true)
    for i in range(len(Z)):
        yield {
            r"\frac{\partial J}{\partial \gamma}": found[i],
            r"\delta": C[i],
            "u": U[i],
            "m": Z.shape[1],
        }


@tie("vg-beta", SCALED)
def _(Z, C, gamma, beta, epsilon):
    _, U, spread = batch_norm(Z, gamma[:, None], beta[:, None], epsilon)
    _, _, dbeta = batch_norm_gradient(C, U, spread, gamma[:, None])
    true = truths(1, Z, C, gamma, beta, epsilon)[2]
    found = agree(dbeta[:, 0], true)
    for i in range(len(Z)):
        yield {
            r"\frac{\partial J}{\partial \beta}": found[i],
            r"\delta": C[i],
            "m": Z.shape[1],
        }


@tie("vg-norm-gradient", SCALED)
def _(Z, C, gamma, beta, epsilon):
    _, U, spread = batch_norm(Z, gamma[:, None], beta[:, None], epsilon)
    dZ, _, _ = batch_norm_gradient(C, U, spread, gamma[:, None])
    agree(normalize_gradient(gamma[:, None] * C, U, spread, 1), dZ)
    agree(dZ, truths(1, Z, C, gamma, beta, epsilon)[0])
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
    V, U, spread = layer_norm(Z, gamma[:, None], beta[:, None], epsilon)
    agree(V, normed(0, Z, gamma, beta, epsilon))
    found = layer_norm_gradient(C, U, spread, gamma[:, None])
    flat = (found[0], found[1][:, 0], found[2][:, 0])
    for mine, true in zip(flat, truths(0, Z, C, gamma, beta, epsilon), strict=True):
        agree(mine, true)
    n = len(Z)
    for i, k in product(range(n), range(Z.shape[1])):
        yield {
            r"\frac{\partial J}{\partial z_i}": found[0][i, k],
            "p": gamma * C[:, k],
            "u": U[:, k],
            "v": np.var(Z[:, k]),
            "n": n,
            "i": i + 1,
        }


# ── Whole networks, each with one cure ──────────────────────────────────────────────────────────

DEEP = (2, 3, 3, 4, 1)  # one hidden layer keeps the number of neurons, and one does not
INPUTS = np.array([[0.5, -1.0, 2.0], [1.0, 0.3, -0.4]])


def drawn(design):
    """Return what :func:`first_parameters` should draw: whatever the design says of it."""
    parameters = []
    for number, (W, b) in enumerate(initial_parameters(DEEP, 7, design.variance), start=1):
        if design.centered and number > 1:
            b = -0.5 * W @ np.ones((W.shape[1], 1))
        scaled = design.axis is not None and 1 < number < len(DEEP) - 1
        one = np.ones((W.shape[1], 1))
        parameters.append((W, b, one, 0 * one) if scaled else (W, b))
    return parameters


def output(parameters, design):
    """Return the last weighted sums, by a loop of its own."""
    A = INPUTS
    for W, b, *scale in parameters:
        V = A
        if scale:
            along = design.axis
            V = (A - A.mean(along, keepdims=True)) / np.sqrt(
                ((A - A.mean(along, keepdims=True)) ** 2).mean(along, keepdims=True) + 1e-5
            )
            V = scale[0] * V + scale[1]
        Z = np.einsum("ji,ik->jk", W, V) + b
        A = design.g(Z) + (A if design.residual and len(A) == len(Z) else 0)
    return Z


def hold(design):
    """Hold a network against its own loop, and its gradients against the slope in a direction."""
    parameters = first_parameters(DEEP, 7, design)
    for part, wanted in zip(parameters, drawn(design), strict=True):
        for p, q in zip(part, wanted, strict=True):
            agree(p, q)
    # Other numbers than 0 and 1, so that no bias and no scale can be left out unseen.
    parameters = [tuple(p + 0.1 * np.sin(1 + p) for p in part) for part in parameters]
    Z, kept = deep_forward(parameters, INPUTS, design)
    agree(Z, output(parameters, design))
    rng, h = np.random.default_rng(0), 1e-30
    ways = [tuple(rng.normal(size=p.shape) for p in part) for part in parameters]
    moved = [
        tuple(p + 1j * h * way for p, way in zip(part, along, strict=True))
        for part, along in zip(parameters, ways, strict=True)
    ]
    slope = np.imag(np.sum(np.sin(output(moved, design)))) / h
    slopes = deep_backward(parameters, kept, np.cos(Z), design)
    agree(pack(slopes) @ pack(ways), slope)


# ── Residual connections ─────────────────────────────────────────────────────────────────────────

RESIDUAL = r"M \in \mathbb{R}^{n \times n}, c, x, v \in \mathbb{R}^n"


# The slope of softplus, the sigmoid, is not even, so that no sign can hide.
SKIPPING = Design(g=softplus, g_prime=sigmoid, residual=True)


def skipped(M, c, x):
    return x + np.log(1 + np.exp(M @ x + c))


@tie("vg-residual", RESIDUAL.replace(", v", ""))
def _(M, c, x):
    out, _ = deep_layer(x[:, None], (M, c[:, None]), SKIPPING)
    agree(out[:, 0], skipped(M, c, x))
    for design in DESIGNS.values():
        hold(design)
    return {"a^{(l)}": out, "a^{(l-1)}": x, "W^{(l)}": M, "b^{(l)}": c, "g": softplus}


@tie("vg-residual-back", RESIDUAL)
def _(M, c, x, v):
    _, kept = deep_layer(x[:, None], (M, c[:, None]), SKIPPING)
    before, (dW, db) = deep_layer_gradient(v[:, None], (M, c[:, None]), kept, SKIPPING)
    agree(before[:, 0], derivative(lambda x: v @ skipped(M, c, x), x))
    agree(dW, derivative(lambda M: v @ skipped(M, c, x), M))
    agree(db[:, 0], derivative(lambda c: v @ skipped(M, c, x), c))
    return {
        r"\eta^{(l-1)}": before[:, 0],
        r"\eta^{(l)}": v,
        "W^{(l)}": M,
        "z^{(l)}": M @ x + c,
        "g'": expit,
    }


@tie("vg-residual-bound", r"v \in \mathbb{R}^n, p \in (0.1, 0.9), L \in \{1, 2, 3\}")
def _(v, p, L):
    rng = np.random.default_rng(len(v))
    turn = np.linalg.qr(rng.normal(size=(len(v), len(v))))[0]
    level = Design(g=tanh, g_prime=tanh_derivative, residual=True)
    nothing = np.zeros((len(v), 1))  # all sums are 0, where the slope of tanh is 1
    for W, tight in ((p * turn, ()), (p * np.eye(len(v)), (1,)), (-p * np.eye(len(v)), (0,))):
        eta = v[:, None]
        for _ in range(L):
            _, kept = deep_layer(nothing, (W, nothing), level)
            eta, _ = deep_layer_gradient(eta, (W, nothing), kept, level)
        yield Case({r"\eta^{(L)}": v, r"\eta^{(0)}": eta[:, 0]}, tight=tight)
