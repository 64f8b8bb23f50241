r"""The ties of the chapter on vanishing and exploding gradients."""

from __future__ import annotations

from itertools import product

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit
from scipy.stats import uniform

from contract.tie import Case, tie
from contract.truth import agree, derivative, gradient_of
from contract.worlds import forgiving, given, world
from utils.activations import (
    leaky_relu,
    relu,
    sigmoid,
    sigmoid_derivative,
    tanh,
    tanh_derivative,
)
from utils.initializers import (
    centered_sigmoid_variance,
    centering_bias,
    he_variance,
    lecun_variance,
    uniform_limit,
    xavier_variance,
)
from utils.landscapes import row_gradient
from utils.layers import dense
from utils.network import backward, forward
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
    draw = np.random.default_rng(7).normal
    W, bias = dense(3, 4, he_variance, centering_bias).first(np.random.default_rng(7))
    agree(W, draw(scale=np.sqrt(2 / 3), size=(4, 3)))
    agree(bias, -0.5 * W @ np.ones((3, 1)))
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
    true = derivative(lambda w: ((w**L) * x - y) ** 2 / 2, w)
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


# ── What the letters of its sections mean ────────────────────────────────────────────────────────


@world(rf"{THREE}, l \in \{{1, 2\}}, c \in (0.5, 2)", "A product over all layers")
def _(x, A, B, C, v, l, c):  # noqa: E741
    W = {1: A, 2: B, 3: C}
    z, back = {1: A @ x}, {}
    z[2] = B @ np.tanh(z[1])
    z[3] = C @ np.tanh(z[2])
    back[1] = derivative(lambda z: v @ (C @ np.tanh(B @ np.tanh(z))), z[1])
    back[2] = derivative(lambda z: v @ (C @ np.tanh(z)), z[2])
    stretched = np.linalg.svd(W[l])[0]  # in its first column what the transpose stretches most
    v_free = c * stretched[:, 0] if c < 1 else stretched @ np.ones(len(stretched))
    return {
        "W": W, "z": z, "a": {k: np.tanh(z[k]) for k in (1, 2)}, "g": np.tanh,
        r"\delta": {**back, 3: v}, "n": {k: len(z[k]) for k in z}, "L": 3,
        "D": {k: np.diag(derivative_at(z[k])) for k in (1, 2)}, "g'": derivative_at,
        r"\operatorname{diag}": np.diag, "v": v_free,
        r"\omega": {k: np.sqrt(np.linalg.eigvalsh(W[k].T @ W[k])[-1]) for k in W},
    }  # fmt: skip


WEIGHTS = "How large should the first weights be?"


@world(
    r"W \in \mathbb{R}^{n \times k}, a \in \mathbb{R}^k, \delta \in \mathbb{R}^n, "
    r"z \in \mathbb{R}, c \in (0.3, 2)",
    WEIGHTS,
)
def _(W, a, delta, z, c):
    n, k = W.shape
    column = list(product((-1.0, 1.0), repeat=n))  # of weights with the variance 1
    grown = np.mean([(delta @ weights) ** 2 for weights in column]) / np.mean(delta**2)
    return {
        "n_l": n, "n_{l-1}": k, "j": n, "z_j": sum(W[-1, i] * a[i] for i in range(k)),
        "s": 1 / np.sqrt(grown), r"\mathbb{E}[w^2]": uniform(-c, 2 * c).moment(2),
    }  # fmt: skip


@world(r"k \in \{2, 3\}, a \in \mathbb{R}^k, s \in (0.3, 2)", "Forward")
def _(k, a, s):
    W = list(all_signs(2, k, s))
    return {"z": Outcomes([draw @ a for draw in W]), "j": 2}


@world(r"u \in \mathbb{R}^k, s \in (0.3, 2)", "A ReLU halves the squares")
def _(u, s):
    return {"w": Outcomes([row[0] for row in all_signs(1, len(u), s)])}


@world(r"z \in \mathbb{R}", "First weights for sigmoids")
def _(z):
    return {"u": z / 2}


@world(
    r"W \in \mathbb{R}^{n \times k}, z_{\text{before}} \in \mathbb{R}^k",
    "First weights for sigmoids",
)
def _(W, before):
    z = W @ expit(before) + centering_bias(W)[:, 0]
    s = np.sqrt(centered_sigmoid_variance(W.shape[1], len(W)))
    return {"a": expit(before), "z": z, "s": s, "n_l": len(W), "n_{l-1}": W.shape[1]}


@world(
    r"W \in \mathbb{R}^{n \times k}, a \in \mathbb{R}^k, z \in \mathbb{R}, c \in (0.3, 2), "
    r"l \in \{1, 2, 3\}",
    "When gradients explode",
)
def _(W, a, z, c, l):  # noqa: E741
    return {r"\operatorname{ReLU}": lambda z: np.where(z > 0, z, 0)}


given(r"\mu = 0.6")


@world(
    r"w, y \in \mathbb{R}, \alpha \in (0.02, 0.3), \mu \in (0.1, 2), L \in \{2, 3\}",
    "Clip the gradient",
)
def _(w, y, alpha, mu, L):
    def silent(w):
        return (0 * w**L - y) ** 2 / 2 + mu * w**2 / 2

    return {"w :=": w - alpha * derivative(silent, w)}


LARGER = "6. Larger weights for a sigmoid"


forgiving(  # the slope of the sigmoid is even
    r"\sigma'(5) \approx 0.0066",
    r"w \sigma'(w a) = \frac{1}{a} z \sigma'(z)",
    r"\sigma'(z) = -z \sigma''(z)",
    r"\sigma''(z) = \sigma'(z) (1 - 2 \sigma(z))",
    r"z \sigma'(z) \approx 0.2239",
)


@world(r"w, a \in (0.2, 2)", LARGER)
def _(w, a):
    slope = gradient_of(sigmoid)
    bend = gradient_of(sigmoid_derivative)
    return {"z": w * a, r"\sigma": expit, r"\sigma'": slope, r"\sigma''": bend}


@world("", LARGER)
def _():
    place = brentq(lambda z: derivative(lambda z: z * sigmoid_derivative(z), z), 1, 2, xtol=1e-15)
    bend = gradient_of(sigmoid_derivative)
    return {"z": place, r"\sigma": expit, r"\sigma'": gradient_of(sigmoid), r"\sigma''": bend}


@world(r"\nu \in (0.01, 0.9), n, k \in \{2, 3, 5\}", "7. First weights for a leaky ReLU", only=True)
def _(nu, n, k):
    kept = np.mean(leaky_relu(np.array([-1.0, 1.0]), nu) ** 2)
    return {"s": 1 / np.sqrt(kept * n), "n_{l-1}": n, "n_l": k}


@world(r"n \in \{2, 3, 5\}, q \in (0.2, 3)", "8. How far one network strays")
def _(n, q):
    return {"s": np.sqrt(he_variance(n, n))}
