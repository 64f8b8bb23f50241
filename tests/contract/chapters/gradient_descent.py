r"""The ties of the chapter on gradient descent."""

from __future__ import annotations

from functools import partial

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import expit

from contract.tie import Case, tie
from contract.truth import agree, derivative, gradient_of
from contract.worlds import forgiving, given, world
from utils.activations import sigmoid, sigmoid_derivative
from utils.gradient_check import central_difference, complex_step, slope
from utils.landscapes import (
    bowl,
    bowl_gradient,
    quadratic,
    quadratic_gradient,
    two_valleys,
    two_valleys_gradient,
    two_weights,
    two_weights_gradient,
)
from utils.losses import squared_error
from utils.neuron import neuron, neuron_step
from utils.optimizers import gradient_descent
from utils.rates import (
    best_factor,
    best_momentum,
    best_rate,
    bowl_path,
    condition_number,
    converges,
    guaranteed_cost,
    quadratic_path,
    steps_needed,
    worst_factor,
)

BOWL = (
    r"w, w_0, w^\star, c \in \mathbb{R}, "
    r"\lambda \in (0.5, 4), \alpha \in (0.02, 0.2), t \in \mathbb{N}"
)
QUADRATIC = (
    r"w, w^\star \in \mathbb{R}^n, H \in \mathbb{R}^{n \times n}, H \succ 0, c \in \mathbb{R}"
)
NEURON = r"x, w \in \mathbb{R}^n, b \in \mathbb{R}, y \in (0, 1), \alpha \in (0, 1)"


def wavy(a):
    """Return a smooth cost that is no polynomial, and neither even nor odd."""
    return lambda w: np.sum(a * np.sin(w + 1)) + np.sum(w * w) * np.sum(a * w)


def along(u):
    """Return D_u, which makes of a cost its slope in the direction u."""
    return lambda J: lambda w: derivative(lambda s: J(w + s * u), 0.0)


# ── The direction of steepest descent, and the rule ──────────────────────────────────────────────


@tie("gd-slope", r"w, u, a \in \mathbb{R}^n")
def _(w, u, a):
    J = wavy(a)
    agree(slope(J, w, u), along(u)(J)(w), 1e-6)
    return {"J": J, "D_u": along(u), r"\nabla J": gradient_of(J)}


@tie("gd-steepest", r"w, a, v \in \mathbb{R}^n")
def _(w, a, v):
    J = wavy(a)
    g = derivative(J, w)
    for direction, reached in [(v, ()), (g, (1,)), (-g, (0,))]:
        u = direction / np.linalg.norm(direction)
        agree(slope(J, w, u), along(u)(J)(w), 1e-6)
        yield Case({"J": J, "D_u": along(u), r"\nabla J": gradient_of(J)}, tight=reached)


@tie("gd-update", r"w_0, a \in \mathbb{R}^n, \alpha \in (0.01, 0.05), t \in \{1, 2, 3\}")
def _(start, a, alpha, t):
    gradient = gradient_of(wavy(a))
    path = gradient_descent(gradient, start, alpha, t + 1)
    return {"w": lambda s: path[s], r"\nabla J": gradient}


# ── A neuron ──────────────────────────────────────────────────────────────────────────────────────


RUNNING_EXAMPLE = np.array([1.0, 2.0]), 1.0, np.array([0.4, 0.6]), 0.5, 0.1  # x, y, w, b, α


def neuron_loss(x, y):
    return lambda w, b: squared_error(y, neuron(x, w, b))


@tie("gd-rule-w", NEURON)
def _(x, w, b, y, alpha):
    agree(np.round(neuron_step(*RUNNING_EXAMPLE)[0], 4), np.array([0.4011, 0.6021]))
    return {
        "w :=": neuron_step(x, y, w, b, alpha)[0],
        r"\frac{\partial \ell}{\partial w}": derivative(lambda w: neuron_loss(x, y)(w, b), w),
    }


@tie("gd-rule-b", NEURON)
def _(x, w, b, y, alpha):
    agree(round(float(neuron_step(*RUNNING_EXAMPLE)[1]), 4), 0.5011)
    return {
        "b :=": neuron_step(x, y, w, b, alpha)[1],
        r"\frac{\partial \ell}{\partial b}": derivative(lambda b: neuron_loss(x, y)(w, b), b),
    }


# ── One weight ───────────────────────────────────────────────────────────────────────────────────


@tie("gd-bowl", BOWL)
def _(w, w_0, w_star, c, lam, alpha, t):
    agree(bowl(w_star, lam, w_star, c), c)
    return {"J": lambda w: bowl(w, lam, w_star, c)}


@tie("gd-bowl-gradient", BOWL)
def _(w, w_0, w_star, c, lam, alpha, t):
    true = derivative(lambda w: bowl(w, lam, w_star, c), w)
    return {r"\frac{dJ}{dw}": agree(bowl_gradient(w, lam, w_star), true)}


@tie("gd-error", BOWL)
def _(w, w_0, w_star, c, lam, alpha, t):
    path = gradient_descent(lambda w: bowl_gradient(w, lam, w_star), w_0, alpha, t + 1)
    return {"w": lambda s: path[s]}


@tie("gd-closed-form", BOWL)
def _(w, w_0, w_star, c, lam, alpha, t):
    path = gradient_descent(lambda w: bowl_gradient(w, lam, w_star), w_0, alpha, t)
    return {"w_t": agree(bowl_path(t, w_0, alpha, lam, w_star), path[t])}


@tie("gd-bound", r"\lambda \in \{0.5, 1, 2, 4\}, s \in (0.05, 0.95)")
def _(lam, s):
    for alpha in [s * 2 / lam, (1 + s / 4) * 2 / lam, -s / lam, 0.0, 2 / lam]:
        path = gradient_descent(lambda w: bowl_gradient(w, lam), 1.0, alpha, 400)
        reached = bool(abs(path[-1]) < 1e-6)
        yield Case({r"\alpha": alpha}, holds=agree(converges(alpha, lam), reached))


@tie("gd-cost-decay", BOWL)
def _(w, w_0, w_star, c, lam, alpha, t):
    path = gradient_descent(lambda w: bowl_gradient(w, lam, w_star), w_0, alpha, t)
    return {"J": lambda w: bowl(w, lam, w_star, c), "w_t": path[t]}


@tie("gd-steps", r"\lambda \in (0.5, 4), s \in (0.05, 0.95), \varepsilon \in (0.001, 0.5)")
def _(lam, s, epsilon):
    agree(steps_needed(epsilon, 0.5, 2.0), 1)  # the critical rate: there in one step
    alpha = s * 2 / lam
    counted, left = 0, 1.0
    while left > epsilon:
        counted, left = counted + 1, left * abs(1 - alpha * lam)
    return {r"\alpha": alpha, "t": agree(steps_needed(epsilon, alpha, lam), counted)}


# ── Many weights ─────────────────────────────────────────────────────────────────────────────────


@tie("gd-bowl-n", QUADRATIC)
def _(w, w_star, H, c):
    columns = [
        derivative(lambda w, i=i: quadratic_gradient(w, H, w_star)[i], w) for i in range(len(w))
    ]
    agree(np.array(columns), H)
    path = np.array([w, w_star, w + w_star])
    agree(quadratic(path, H, w_star, c), np.array([quadratic(p, H, w_star, c) for p in path]))
    return {"J": lambda w: quadratic(w, H, w_star, c)}


@tie("gd-bowl-n-gradient", QUADRATIC)
def _(w, w_star, H, c):
    true = derivative(lambda w: quadratic(w, H, w_star, c), w)
    path = np.array([w, w_star, w + w_star])
    each = np.array([quadratic_gradient(p, H, w_star) for p in path])
    agree(quadratic_gradient(path, H, w_star), each)
    return {r"\nabla J(w)": agree(quadratic_gradient(w, H, w_star), true)}


@tie("gd-modes", QUADRATIC.replace("w,", "w_0,") + r", \alpha \in (0.01, 0.1), t \in \mathbb{N}")
def _(w_0, w_star, H, c, alpha, t):
    path = gradient_descent(lambda w: quadratic_gradient(w, H, w_star), w_0, alpha, t)
    w_t = agree(quadratic_path(t, w_0, alpha, H, w_star), path[t])
    lam, Q = np.linalg.eigh(H)
    for i, (curvature, q) in enumerate(zip(lam, Q.T, strict=True)):
        yield {"w_t": w_t, "q_i": q, r"\lambda_i": curvature, "i": i}


@tie("gd-condition", r"H \in \mathbb{R}^{n \times n}, H \succ 0")
def _(H):
    lam = np.linalg.eigvalsh(H)
    return {
        r"\kappa": agree(condition_number(H), np.linalg.cond(H)),
        r"\lambda_{\min}": lam[0],
        r"\lambda_{\max}": lam[-1],
    }


CURVATURES = r"\lambda_{\min} \in (0.2, 1), \lambda_{\max} \in (2, 9)"


@tie("gd-worst-factor", r"a, b \in (0.2, 9), \alpha \in (0, 1)")
def _(a, b, alpha):
    """Which of the two curvatures is the larger does not matter to the formula."""
    one_step = np.eye(3) - alpha * np.diag([a, (a + b) / 2, b])
    agree(worst_factor(alpha, a, b), np.linalg.norm(one_step, 2))
    for low, high in [(a, b), (b, a)]:
        yield {
            r"\lambda_{\min}": low,
            r"\lambda_{\max}": high,
            r"\rho": lambda alpha, low=low, high=high: worst_factor(alpha, low, high),
        }


@tie("gd-best-rate", CURVATURES)
def _(low, high):
    true = minimize_scalar(
        lambda alpha: worst_factor(alpha, low, high),
        bounds=(0, 2 / high),
        method="bounded",
        options={"xatol": 1e-10},
    )
    return {r"\alpha^\star": agree(best_rate(low, high), true.x, 1e-7)}


@tie("gd-best-factor", CURVATURES)
def _(low, high):
    reached = worst_factor(best_rate(low, high), low, high)
    return {r"\rho(\alpha^\star)": agree(best_factor(high / low), reached), r"\kappa": high / low}


@tie("gd-descent-lemma", QUADRATIC + r", \alpha \in (0.05, 1)")
def _(w, w_star, H, c, alpha):
    lam, Q = np.linalg.eigh(H)
    for start, reached in [(w, ()), (w_star + Q[:, -1], (0,))]:
        J, g = quadratic(start, H, w_star, c), quadratic_gradient(start, H, w_star)
        yield Case(
            {
                "w": start,
                "L": lam[-1],
                "J": lambda w: quadratic(w, H, w_star, c),
                "g": g,
            },
            tight=reached,
            right=guaranteed_cost(J, g, alpha, lam[-1]),
        )


# ── Valleys ──────────────────────────────────────────────────────────────────────────────────────


@tie("gd-two-valleys", r"w \in \mathbb{R}")
def _(w):
    left, hill, right = np.sort(np.roots([1, 0, -1, 0.1]))
    agree(two_valleys(left) < two_valleys(right) < two_valleys(hill), True)
    return {"J": two_valleys}


@tie("gd-two-valleys-gradient", r"w \in \mathbb{R}")
def _(w):
    return {r"\frac{dJ}{dw}": agree(two_valleys_gradient(w), derivative(two_valleys, w))}


@tie("gd-two-weights", r"w \in \mathbb{R}^2")
def _(w):
    agree(two_weights(np.array([w[0], 1 / w[0]])), 0.0)
    agree(
        two_weights(np.array([w, 2 * w, 3 * w])), np.array([two_weights(s * w) for s in (1, 2, 3)])
    )
    return {"J": two_weights}


@tie("gd-two-weights-gradient", r"w \in \mathbb{R}^2")
def _(w):
    each = np.array([two_weights_gradient(s * w) for s in (1, 2, 3)])
    agree(two_weights_gradient(np.array([w, 2 * w, 3 * w])), each)
    return {r"\nabla J(w)": agree(two_weights_gradient(w), derivative(two_weights, w))}


# ── Laws that the code keeps, printed without a label or not at all ───────────────────────────────


@tie(None, r"z \in \mathbb{R}", printed=r"\sigma'(z) = \sigma(z) (1 - \sigma(z))")
def _(z):
    agree([sigmoid(-1000.0), sigmoid(1000.0)], [0.0, 1.0])  # and no overflow
    return {r"\sigma'(z)": agree(sigmoid_derivative(z), derivative(sigmoid, z)), r"\sigma": expit}


@tie(None, r"w, a \in \mathbb{R}^{n \times m}", printed=r"\nabla J(w) = g")
def _(w, a):
    J = wavy(a)
    agree(central_difference(J, w), derivative(J, w), 1e-6)
    return {r"\nabla J(w)": complex_step(J, w), "g": derivative(J, w)}


# ── The formulas without a label ──────────────────────────────────────────────────────────────────

given(
    "s = 0",
    r"g = \nabla J(w)",
    r"v = g / \lVert g \rVert",
    r"\alpha = 1/\lambda",  # the rows of the table of rates
    r"1/\lambda < \alpha",
    r"\alpha = 2/\lambda",
    r"\alpha > 2/\lambda",
    r"p = -\alpha g",
    r"\alpha < 2/L",
    r"\alpha < 1/L",
    r"w_0 = 1",
)
# A last digit of a factor does not change the three digits of this product; and 0 has no sign.
forgiving(r"-0.1085 \cdot 0.8915 \cdot 0.1085 \approx -0.0105", r"w^\star = (0, 0)")


@world("", "How long should a step be?", "Which rates work?", "How fast?")
def _():
    """The curve of the first figure; its curvature is how fast its slope grows."""
    slope_at = gradient_of(lambda w: w * w)
    return {"w": 1.5, "J": bowl(1.5, 2.0), r"\lambda": slope_at(1.0) - slope_at(0.0)}


@world(r"w, a, d \in \mathbb{R}^n, s \in (-1, 1)", "Which way is down?")
def _(w, a, d, s):
    J, u = wavy(a), d / np.linalg.norm(d)
    g = derivative(J, w)
    names = {"J": J, r"\nabla J": gradient_of(J), "D": along, "u": u, "g": g}
    names |= {rf"\frac{{\partial J}}{{\partial w_{i}}}": d_i for i, d_i in enumerate(g, start=1)}
    rise = derivative(lambda s: J(w + s * u), s)
    return names | {"v": g / np.linalg.norm(g), r"\frac{d}{ds} J(w + s u)": rise}


@world(
    r"H \in \mathbb{R}^{n \times n}, H \succ 0, w, w_0, w^\star, a, b, p \in \mathbb{R}^n, "
    r"c \in (-30, -20), s \in \{0.95, 1.05\}, t \in \{0, 1, 2\}"
)
def _(H, w, w_0, w_star, a, b, p, c, s, t):
    """Descent on a bowl, close to its limit, and what its Hessian says of it."""
    alpha = 2 * s / np.linalg.norm(H, 2)

    def gradient(w):
        return quadratic_gradient(w, H, w_star)

    path = gradient_descent(gradient, w_0, alpha, t + 1)
    lam, Q = np.linalg.eigh(H)
    i = len(lam) // 2 + 1
    return {
        "J": lambda w: quadratic(w, H, w_star, c), r"\nabla J": gradient, "g": gradient(w),
        "w_t": path[t], "w_{t+1}": path[t + 1], "i": i, "q_i": Q[:, i - 1],
        r"\lambda_i": lam[i - 1], r"\lambda_{\max}": lam[-1], "L": np.linalg.norm(H, 2),
        r"\alpha": alpha,
    }  # fmt: skip


@world(CURVATURES + r", s \in \{-0.4, 0.2, 0.45, 0.55, 0.7\}", "One rate for all directions")
def _(low, high, s):
    """Rates of all kinds, where only the worst factor is asked for."""
    factors = {r"\rho": lambda alpha: np.linalg.norm(np.eye(2) - alpha * np.diag([low, high]), 2)}
    return {**factors, r"\alpha": 4 * s / high}


@world("", "One rate for all directions")
def _():
    """The rate of the chapter's bowl, and the ravine that takes 3454 steps to a thousandth."""
    rate = best_rate(*np.linalg.eigvalsh([[5.0, 4.0], [4.0, 5.0]]))
    return {r"\alpha^\star": rate, r"\kappa": round(2 * 3454 / np.log(1000))}


@world(r"s \in \mathbb{R}", "Saddle points")
def _(s):
    """The direction in which the cost at the origin is a valley."""
    rows = [derivative(lambda w, i=i: two_weights_gradient(w)[i], np.zeros(2)) for i in (0, 1)]
    return {"w": s * np.linalg.eigh(np.array(rows))[1][:, -1]}


@world(r"w \in \mathbb{R}", "1. Read the factor")
def _(w):
    slope_at = gradient_of(lambda w: 5 * w * w)
    return {"J": lambda w: bowl(w, 10.0), r"\lambda": slope_at(1.0) - slope_at(0.0)}


def stepped(steps):
    """Return what the running neuron is after some steps of descent."""
    x, y, w, b, alpha = RUNNING_EXAMPLE
    loss = neuron_loss(x, y)
    for _ in range(steps):
        down = [derivative(partial(loss, b=b), w), derivative(partial(loss, w), b)]
        w, b = w - alpha * down[0], b - alpha * down[1]
    return {"w": w, "b": b, "z": w @ x + b, r"\hat{y}": expit(w @ x + b)}


@world("", "4. The second step")
def _():
    return stepped(1)


@world("", "4. The second step")
def _():
    return stepped(2)


@world(
    r"H \in \mathbb{R}^{n \times n}, H \succ 0, w, w^\star \in \mathbb{R}^n",
    "6. The best step of all",
)
def _(H, w, w_star):
    """The rate at which the cost is least along the way."""
    g = quadratic_gradient(w, H, w_star)
    slope_at = gradient_of(lambda alpha: quadratic(w - alpha * g, H, w_star))
    return {"g": g, r"\alpha": slope_at(0.0) / (slope_at(0.0) - slope_at(1.0))}


@world("", "7. Momentum")
def _():
    H = np.diag([1.0, 100.0])
    alpha, beta = best_momentum(1.0, 100.0)
    return {
        "H": H, r"\operatorname{diag}": lambda *entries: np.diag(entries), "w_0": np.ones(2),
        r"w^\star": np.zeros(2), r"\kappa": np.linalg.cond(H), r"\alpha": alpha, r"\beta": beta,
    }  # fmt: skip
