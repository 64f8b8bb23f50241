r"""The ties of the chapter on early stopping and dropout."""

from __future__ import annotations

from itertools import product

import numpy as np
from scipy.optimize import brentq

from contract.tie import Case, tie
from contract.truth import agree, derivative
from contract.worlds import forgiving, given, world
from utils.dropout import dropout_backward, dropout_forward
from utils.notation import Outcomes
from utils.optimizers import gradient_descent
from utils.shrinkage import decay_of_steps, reached_by_decay, reached_by_steps

# ── Stopping, and decay ──────────────────────────────────────────────────────────────────────────

BOWL = r"w^\star \in \mathbb{R}^n, H \in \mathbb{R}^{n \times n}, H \succ 0"
SLOW = r"\lambda_i \in (0.1, 1), \alpha \in (0.05, 0.95), t \in \mathbb{N}"


def directions(H):
    """Return each curvature of a bowl with its direction, and with its number."""
    lam, Q = np.linalg.eigh(H)
    return enumerate(zip(lam, Q.T, strict=True), start=1)


@tie("rg-steps", BOWL + r", \alpha \in (0.05, 0.95), t \in \mathbb{N}")
def _(w_star, H, alpha, t):
    alpha = alpha / np.linalg.eigvalsh(H)[-1]
    w_t = gradient_descent(lambda w: H @ (w - w_star), 0 * w_star, alpha, t)[t]
    for i, (lam, q) in directions(H):
        if t:
            share = reached_by_steps(lam, alpha, t)
            agree(share * (q @ w_star), q @ w_t)
        yield {"w_t": w_t, "q_i": q, r"\lambda_i": lam, r"\alpha": alpha, "i": i}


@tie("rg-decay", BOWL + r", \mu \in (0.1, 3)")
def _(w_star, H, mu):
    w_mu = np.linalg.solve(H + mu * np.eye(len(H)), H @ w_star)
    for i, (lam, q) in directions(H):
        agree(reached_by_decay(lam, mu) * (q @ w_star), q @ w_mu)
        yield {r"w_\mu": w_mu, "q_i": q, r"\lambda_i": lam, "i": i}


@tie("rg-same", SLOW)
def _(lam, alpha, t):
    t = t + 1
    mu = decay_of_steps(lam, alpha, t)
    agree(reached_by_decay(lam, mu), reached_by_steps(lam, alpha, t))
    true = brentq(lambda mu: lam / (lam + mu) - 1 + (1 - alpha * lam) ** t, 1e-12, 1e3, xtol=1e-15)
    return {r"\mu_i": agree(mu, true), "t": t, "i": 1}


@tie("rg-flat", r"\alpha \in (0.05, 0.95), t \in \mathbb{N}")
def _(alpha, t):
    """The shares of both have the same slope where the curvature is 0."""
    slope = derivative(lambda lam: 1 - (1 - alpha * lam) ** t, 0.0)
    mu = 1 / slope
    agree(derivative(lambda lam: lam / (lam + mu), 0.0), slope)
    agree(decay_of_steps(1e-7, alpha, t), mu, 1e-5)
    return {r"\mu": mu}


@tie("rg-between", SLOW)
def _(lam, alpha, t):
    """The flattest and the steepest direction, too, and few steps and many.

    One step reaches the bottom in the steepest, as much as the decay in one as good as flat, and
    no more than it where all is flat: nothing.
    """
    for lam_i, t_i, tight in (
        (lam, t + 1, ()), (lam, 1, ()), (1 / alpha, t + 2, ()), (1e-4, t + 1, ()), (lam, 40, ()),
        (1 / alpha, 1, (1,)),
    ):  # fmt: skip
        mu = 1 / (alpha * t_i)
        agree(decay_of_steps(lam_i, alpha, t_i) <= mu * (1 + 1e-12), True)
        yield Case({r"\lambda_i": lam_i, r"\mu": mu, "t": t_i, "i": 1}, tight=tight)
    one = {r"\alpha": 0.5, r"\mu": 2.0, "t": 1, "i": 1}
    yield Case({r"\lambda_i": 2.0**-29, **one}, tight=(0,))  # 1 − αλ has no rounding
    yield Case({r"\lambda_i": 0.0, **one}, holds=False)


def noisy_bottom(n, s):
    """Draw least squares with noise: each of the m answers is hit at a time, so all are unlike."""
    rng = np.random.default_rng([n, int(1e6 * s)])
    m = n + 2
    X, v = rng.normal(size=(n, m)), rng.normal(size=n)
    hits = np.sqrt(m) * s * np.eye(m)
    bottoms = [np.linalg.lstsq(X.T, v @ X + each, rcond=None)[0] for each in [*hits, *-hits]]
    return X @ X.T / m, v, Outcomes(bottoms), m


NOISE = r"n \in \{1, 2, 3\}, s \in (0.3, 2)"


@tie("rg-noise", NOISE)
def _(n, s):
    H, _, w_star, m = noisy_bottom(n, s)
    for i, (lam, q) in directions(H):
        yield {r"w^\star": w_star, "q_i": q, r"\lambda_i": lam, "m": m, "i": i}


@tie("rg-error", NOISE + r", c_i \in (0, 1)")
def _(n, s, _c):
    H, v, w_star, m = noisy_bottom(n, s)
    for i, (lam, q) in directions(H):
        yield {
            r"w^\star": w_star, "q_i": q, r"\lambda_i": lam, "m": m, "i": i, "u_i": q @ v,
        }  # fmt: skip


@tie("rg-best", r"\lambda_i, s, u_i \in (0.3, 2), m \in \{1, 2, 5\}")
def _(lam, s, u, m):
    def slope(c):
        return derivative(lambda c: c**2 * s**2 / (m * lam) + (1 - c) ** 2 * u**2, c)

    best = brentq(slope, 0, 1, xtol=1e-15)
    agree(reached_by_decay(lam, s**2 / (m * u**2)), best)
    return {r"c_i^\star": best, "i": 1}


# ── Dropout ──────────────────────────────────────────────────────────────────────────────────────

CHANCE = r"k \in \{1, 2\}"


def masks(n, k):
    """Return equally likely masks in which each of n entries is kept with the chance k/3."""
    return [np.array(drawn, float) for drawn in product([1] * k + [0] * (3 - k), repeat=n)]


def dropped(a, r, k):
    """Return what the layer makes of ``a`` with a given mask, and what it keeps."""
    out, kept = dropout_forward(k / 3, lambda shape: 1 - r.reshape(shape), (), a)
    agree(out, np.where(r == 1, a / (k / 3), 0))
    return out, kept


@tie("rg-mask", CHANCE + r", a \in \mathbb{R}^3")
def _(k, a):
    """Of three draws spread evenly, as many are kept as p says."""
    _, kept = dropout_forward(k / 3, lambda shape: np.arange(3) / 3, (), np.ones(3))
    agree(np.count_nonzero(kept), k)
    for r, i in product(masks(3, k)[::5], (1, 2, 3)):
        yield {r"\tilde{a}": dropped(a, r, k)[0], "a": a, "r": r, "p": k / 3, "i": i}


@tie("rg-mean", CHANCE + r", a \in \mathbb{R}^3")
def _(k, a):
    """And not of other numbers."""
    made = Outcomes([dropped(a, r, k)[0] for r in masks(3, k)])
    for i in (1, 2, 3):
        yield Case({r"\tilde{a}": made, "a": a, "i": i})
        yield Case({r"\tilde{a}": made, "a": a + 1, "i": i}, holds=False)


@tie("rg-variance", CHANCE + r", w, a \in \mathbb{R}^3")
def _(k, w, a):
    made = Outcomes([dropped(a, r, k)[0] for r in masks(3, k)])
    return {r"\tilde{a}": made, "p": k / 3, "n": 3}


@tie("rg-penalty", CHANCE + r", w, a \in \mathbb{R}^3, y \in \mathbb{R}")
def _(k, w, a, y):
    made = Outcomes([dropped(a, r, k)[0] for r in masks(3, k)])
    return {r"\tilde{a}": made, "p": k / 3, "n": 3}


def dropped_inputs(k, X, y):
    """Return the mean squares of the features by hand, and the inputs under every mask."""
    made = Outcomes([dropped(X, r.reshape(X.shape), k)[0] for r in masks(X.size, k)])
    strengths = [(3 - k) / k * np.mean(row**2) for row in X]

    def J(w):
        return np.mean((y - w @ X) ** 2) / 2

    return {r"\tilde{X}": made, "J": J, r"\mu": np.array(strengths), "n": 2, "m": 3, "p": k / 3}


@tie("rg-cost", CHANCE + r", w \in \mathbb{R}^2, X \in \mathbb{R}^{2 \times 3}, y \in \mathbb{R}^3")
def _(k, w, X, y):
    return dropped_inputs(k, X, y)


@tie("rg-strength", CHANCE + r", X \in \mathbb{R}^{2 \times 3}")
def _(k, X):
    """What masks add to the cost, as a function of one weight, is half its strength, squared."""
    y = np.array([0.3, -1.2, 2.0])
    made = dropped_inputs(k, X, y)
    for i in (1, 2):
        axis = np.eye(2)[i - 1]
        costs = [np.mean((y - axis @ each) ** 2) for each in made[r"\tilde{X}"].values]
        added = np.mean(costs) - np.mean((y - axis @ X) ** 2)
        yield {r"\mu_i": agree(made[r"\mu"][i - 1], added), "x": X, "m": 3, "p": k / 3, "i": i}


@tie("rg-back", CHANCE + r", a, w \in \mathbb{R}^3")
def _(k, a, w):
    def cost(out):
        return np.sum(w * out**3)

    for r in masks(3, k)[::5]:
        out, kept = dropped(a, r, k)
        dout = derivative(cost, out)
        da, none = dropout_backward(dout, (), kept)
        assert none == ()
        agree(da, derivative(lambda a, r=r: cost(r * a / (k / 3)), a))
        for i in (1, 2, 3):
            yield {
                r"\frac{\partial J}{\partial a_i}": da[i - 1],
                r"\frac{\partial J}{\partial \tilde{a}_i}": dout[i - 1],
                "r": r, "p": k / 3, "i": i,
            }  # fmt: skip


# ── What the letters of its sections mean ────────────────────────────────────────────────────────

given("w_0 = 0", r"t u \le 1", r"t u \ge 1")


@world(r"u \in (0.05, 1), t \in \{1, 2, 5\}", "To stop is to shrink")
def _(u, t):
    return {}


given("c_i = 1", "u_i = 0", "m = 100")


@world(r"v \in \mathbb{R}^n, s \in (0.3, 2), c_i \in (0, 1)", "When it helps to shrink")
def _(v, s, c):
    rng = np.random.default_rng([v.size, int(1e6 * s)])
    m = v.size + 3
    X, noise = rng.normal(size=(v.size, m)), s * rng.normal(size=m)
    y = X.T @ v + noise
    H = np.cov(X, bias=True) + np.outer(X.mean(axis=1), X.mean(axis=1))
    lam, Q = np.linalg.eigh(np.atleast_2d(H))
    return {
        "X": X, r"\varepsilon": noise, "y": y, "m": m, "H": np.atleast_2d(H),
        r"w^\star": np.linalg.lstsq(X.T, y, rcond=None)[0],
        "q_i": Q[:, -1], r"\lambda_i": lam[-1], "u_i": Q[:, -1] @ v,
    }  # fmt: skip


forgiving(
    "r_i^2 = r_i",  # of 0 and 1, every power is
    r"0.9615^2 \cdot 0.16 + 0.0385^2 \cdot 4 \approx 0.1538",  # a last digit is lost in rounding
)
given(r"p = \frac{1}{2}", "x_2 = -4", "p = 0.9", "a = (1, 3, -2)", "w = (2, -1, 1)", "p = 0.8")


@world(r"\lambda_i \in \{0.5\}", "6. How far to go")
def _(lam):
    return {"s": 2, "m": 50, "u_i": 2}


@world(r"p \in \{0.8\}, n \in \mathbb{N}", "7. Noise that multiplies")
def _(p, n):
    """The noise that a mask is, with its values 1/p − 1 and −1."""
    return {r"\tau": p * (1 / p - 1) ** 2 + (1 - p)}


@world(
    r"X \in \mathbb{R}^{2 \times 5}, y \in \mathbb{R}^5, p \in (0.2, 0.9)",
    "8. Dropout without masks",
)
def _(X, y, p):
    """A penalty with a strength for each weight is one more example for each, with the answer 0."""
    strengths = (1 - p) / p * np.mean(X**2, axis=1)
    longer = np.hstack([X, np.diag(np.sqrt(5 * strengths))])
    w = np.linalg.lstsq(longer.T, np.append(y, [0, 0]), rcond=None)[0]
    return {"w": w, "D": np.diag(strengths), "m": 5}
