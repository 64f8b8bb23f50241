r"""The ties and worlds of the chapter on two networks at play."""

from __future__ import annotations

import numpy as np
from scipy.optimize import brentq
from scipy.spatial import distance
from scipy.special import expit

from contract.tie import tie
from contract.truth import agree, derivative
from contract.worlds import given, world
from utils.activations import silu, silu_derivative
from utils.convolution import convolution, flattened
from utils.games import (
    alternating,
    best_judge,
    both_gradients,
    extragradient,
    jensen_shannon,
    joint_field,
    judge_value,
    saturating_slope,
    simultaneous,
    swapped_slope,
)
from utils.layers import chain, dense, entrywise, flat, normalized
from utils.optimizers import gradient_descent

# ── The game V = xy ──────────────────────────────────────────────────────────────────────────────

PLAYERS = r"x_t, y_t \in \mathbb{R}, \alpha \in (0.05, 0.9)"


def after(x, y):
    return {"x_{t+1}": x, "y_{t+1}": y}


@tie("ga-simultaneous", PLAYERS)
def _(x, y, alpha):
    new = gradient_descent(lambda w: np.array([w[1], -w[0]]), [x, y], alpha, 1)[-1]
    return after(*agree(simultaneous(alpha) @ [x, y], new))


@tie("ga-outward", PLAYERS)
def _(x, y, alpha):
    return after(*(simultaneous(alpha) @ [x, y]))


@tie("ga-alternating", PLAYERS)
def _(x, y, alpha):
    new = x - alpha * y
    return after(*agree(alternating(alpha) @ [x, y], np.array([new, y + alpha * new])))


@tie("ga-ellipse", PLAYERS)
def _(x, y, alpha):
    return after(*(alternating(alpha) @ [x, y]))


@tie("ga-inward", PLAYERS)
def _(x, y, alpha):
    ahead = np.array([x - alpha * y, y + alpha * x])
    new = np.array([x - alpha * ahead[1], y + alpha * ahead[0]])
    return after(*agree(extragradient(alpha) @ [x, y], new))


# ── The best judge ───────────────────────────────────────────────────────────────────────────────

CHANCES = r"p, q \in (0.2, 1)^n"


def distributions(p, q):
    return p / p.sum(), q / q.sum()


def value(D, p, q):
    """Return what the judge's part of the likelihood is, in a form that complex numbers pass."""
    return np.sum(p * np.log(D)) + np.sum(q * np.log(1 - D))


@tie("ga-value", r"p, q, D \in (0, 1)^n")
def _(p, q, D):
    p, q = distributions(p, q)
    return {"p": p, "q": q, "V": agree(judge_value(D, p, q), value(D, p, q))}


@tie("ga-best", CHANCES)
def _(p, q):
    p, q = distributions(p, q)
    agree(best_judge([0.5, 0.5, 0, 0], [0, 0.5, 0.5, 0]), np.array([1, 0.5, 0, 0.5]))
    best = best_judge(p, q)
    level = derivative(lambda D: value(D, p, q) + np.sum(D), best)  # a slope of 0, and one of 1
    agree(level, np.ones(p.size))
    for i in range(1, p.size + 1):
        yield {"p": p, "q": q, r"D^\star": best, "i": i}


@tie("ga-js", CHANCES)
def _(p, q):
    p, q = distributions(p, q)
    true = distance.jensenshannon(p, q) ** 2
    return {"p": p, "q": q, r"\operatorname{JS}(p, q)": agree(jensen_shannon(p, q), true)}


@tie("ga-gap", CHANCES)
def _(p, q):
    p, q = distributions(p, q)
    best = judge_value(best_judge(p, q), p, q)
    js = distance.jensenshannon(p, q) ** 2
    return {"p": p, "q": q, r"V(D^\star)": best, r"\operatorname{JS}(p, q)": js}


@tie("ga-apart", CHANCES)
def _(p, q):
    p, q = distributions(np.append(p, 0 * q), np.append(0 * p, q))
    return {"p": p, "q": q, r"\operatorname{JS}(p, q)": jensen_shannon(p, q)}


# ── Through the judge ────────────────────────────────────────────────────────────────────────────


@tie("ga-judge", r"r, f \in \mathbb{R}^m")
def _(r, f):
    """The judge has a weight for each example, so that its gradient is that of its sums."""
    m, Z = r.size, np.append(r, f)[None]
    examples = np.eye(2 * m)
    G = (examples[:, m:], np.zeros((2 * m, 1)))
    D = (Z, np.zeros((1, 1)))
    field = joint_field(dense(m, 2 * m), dense(2 * m, 1))
    own = field(flat((G, D)), (examples[:, :m], np.eye(m)))[flat(G).size :][: 2 * m][None]

    def cost(Z):
        return np.mean(np.log(1 + np.exp(-Z[0, :m]))) + np.mean(np.log(1 + np.exp(Z[0, m:])))

    Y = np.repeat([1.0, 0.0], m)[None]
    agree(own, derivative(cost, Z))
    return {r"\frac{\partial J_D}{\partial Z}": own, r"\hat{Y}": expit(Z), "Y": Y}


def through(W, v, A):
    """Return ∂J/∂A of the swapped cost and δ of layer 1; the generator makes A itself."""
    (h, n), m = W.shape, A.shape[1]
    generator = dense(m, n)
    judge = chain(dense(n, h), entrywise(silu, silu_derivative), dense(h, 1))
    G = (A, np.zeros((n, 1)))
    D = ((W, np.zeros((h, 1))), (), (v[None], np.zeros((1, 1))))
    theta, batch = flat((G, D)), (A, np.eye(m))
    field = both_gradients(generator, judge, swapped_slope, (G, D), theta, batch)
    dA = field[: A.size].reshape(A.shape)

    def after_sums(Z):
        return np.mean(np.log(1 + np.exp(-(v @ (Z / (1 + np.exp(-Z)))))))

    agree(dA, derivative(lambda A: after_sums(W @ A), A))
    return dA, derivative(after_sums, W @ A)


def hold_images(h, n, m):
    """Hold the way back to what makes images, through a judge who sees all of them at once.

    And through one who has seen nothing: what it says of each is 0.
    """
    rng = np.random.default_rng(h + 10 * n + 100 * m)
    X, noise = rng.normal(size=(2, n, 1, m)), rng.normal(size=(1, n, 1, m))
    generator = convolution(1, 2, (1, 1))
    bend = entrywise(silu, silu_derivative)
    judge = chain(flattened(), dense(2 * n, h), normalized(h, 1), bend, dense(h, 1))
    G, (*inner, (v, b)) = generator.first(rng), judge.first(rng)
    for last in (v, 0 * v):
        D = (*inner, (last, b))
        field = joint_field(generator, judge)(flat((G, D)), (X, noise))

        def cost(weights, D=D):
            made = weights[:2, None, None, None] * noise + weights[2:, None, None, None]
            z, _ = judge.forward(D, np.concatenate([X, made], axis=-1))
            return np.mean(np.log(1 + np.exp(-z[:, m:])))

        agree(field[:4], derivative(cost, flat(G)))


JUDGE = r"W \in \mathbb{R}^{h \times n}, v \in \mathbb{R}^h, A \in \mathbb{R}^{n \times m}"


@tie("ga-through-entry", JUDGE)
def _(W, v, A):
    dA, delta = through(W, v, A)
    for i, j in np.ndindex(A.shape):
        yield {
            r"\frac{\partial J}{\partial a_{ij}}": dA[i, j],
            "w": W,
            r"\delta": delta,
            "i": i + 1,
            "j": j + 1,
        }


@tie("ga-through", JUDGE)
def _(W, v, A):
    dA, delta = through(W, v, A)
    hold_images(*W.shape, A.shape[1])
    return {r"\frac{\partial J}{\partial A}": dA, "W^{(1)}": W, r"\delta^{(1)}": delta}


@tie("ga-saturating", r"z \in \mathbb{R}")
def _(z):
    true = derivative(lambda z: -np.log(1 + np.exp(z)), z)
    found = agree(saturating_slope(z), true)
    return {r"\frac{dJ}{dz}": found, r"\sigma": expit}


@tie("ga-swapped", r"z \in \mathbb{R}")
def _(z):
    true = derivative(lambda z: np.log(1 + np.exp(-z)), z)
    found = agree(swapped_slope(z), true)
    return {r"\frac{dJ}{dz}": found, r"\sigma": expit}


@tie("ga-ratio", CHANCES)
def _(p, q):
    best = best_judge(p, q)
    z = np.log(best / (1 - best))
    agree(swapped_slope(z) / saturating_slope(z), q / p)
    for i in range(1, p.size + 1):
        yield {r"D^\star": best, "i": i}


# ── Collapse, and what goes wrong ────────────────────────────────────────────────────────────────


@tie("ga-point", r"q \in (0.2, 1)^3, \ell \in \mathbb{R}^3")
def _(q, costs):
    k = int(np.argmin(q * 0 + costs))
    return {"q": q / q.sum(), "k": k + 1, "n": q.size}


@tie("ga-leak", CHANCES)
def _(p, q):
    for i, (both, made) in enumerate(zip(p + q, q, strict=True), start=1):

        def slope(D, both=both, made=made):
            return made / (1 - D) - both / D

        yield {"D_i": brentq(slope, 1e-9, 1 - 1e-9, xtol=1e-15), "i": i}


# ── What the letters of its sections mean ────────────────────────────────────────────────────────

given(
    "V = xy",
    r"0 < \alpha < 2",
    r"0 < \alpha < 1",
    r"J_D = -V",
    r"\hat{Y} = \sigma(Z)",
    r"J = \ln(1 - \sigma(z))",
    r"J = -\ln(\sigma(z))",
    r"\beta_1 = \frac{1}{2}",
    r"z = -5",
    "x = y",
    r"Z^{(1)} = W^{(1)} A + b^{(1)}",
    r"Z^{(2)} = W^{(2)} \operatorname{ReLU}(Z^{(1)}) + b^{(2)}",
)


@world(r"\alpha \in (0.05, 0.9), x, y \in \mathbb{R}", "Round, out, and in")
def _(alpha, x, y):
    return {}


@world(r"p, q \in (0, 1)^3, i \in \{1, 2, 3\}", "The best judge")
def _(p, q, i):
    return {"D": best_judge(p, q)}


@world(
    r"h \in \{2, 3\}, n \in \{2, 4\}, m \in \{3, 5\}, k \in \{1, 2\}, j \in \{1, 2, 3\}, "
    r"z \in \mathbb{R}",
    "Through the judge",
)
def _(h, n, m, k, j, z):
    rng = np.random.default_rng(h + 10 * n + 100 * m)
    W, A, b = rng.normal(size=(h, n)), rng.normal(size=(n, m)), rng.normal(size=h)
    return {
        "n_0": n, "w": W, "a": A, "b": b, "W^{(1)}": W, r"\delta^{(1)}": W @ A,
        "z": W @ A + b[:, None], r"\sigma": expit,
    }  # fmt: skip
