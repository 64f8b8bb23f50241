r"""The ties of the chapter on gradient descent."""

from __future__ import annotations

from functools import partial
from itertools import combinations, product

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import expit

from contract.tie import Case, tie
from contract.truth import agree, derivative, gradient_of, raises
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
from utils.losses import (
    cross_entropy,
    cross_entropy_gradient,
    squared_error,
    squared_error_gradient,
)
from utils.neuron import neuron, neuron_gradients, neuron_step
from utils.notation import Outcomes
from utils.optimizers import descend_until, gradient_descent, mini_batches, stochastic_descent
from utils.rates import (
    batch_variance,
    best_factor,
    best_rate,
    bowl_path,
    condition_number,
    converges,
    gap_bound,
    guaranteed_cost,
    noise_floor,
    quadratic_path,
    steps_needed,
    worst_factor,
)
from utils.regression import line_cost, line_gradient, line_hessian, line_solution

BOWL = (
    r"w, w_0, w^\star, c \in \mathbb{R}, "
    r"\lambda \in (0.5, 4), \alpha \in (0.02, 0.2), t \in \mathbb{N}"
)
QUADRATIC = (
    r"w, w^\star \in \mathbb{R}^n, H \in \mathbb{R}^{n \times n}, H \succ 0, c \in \mathbb{R}"
)
NEURON = r"x, w \in \mathbb{R}^n, b \in \mathbb{R}, y \in (0, 1), \alpha \in (0, 1)"
LINE = r"\theta \in \mathbb{R}^2, x, y \in \mathbb{R}^m"
DATA = r"\theta \in \mathbb{R}^2, m \in \{3, 4\}, B \in \{1, 2, 3\}, x, y \in \mathbb{R}^m"


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
                r"\nabla J": lambda w: quadratic_gradient(w, H, w_star),
            },
            tight=reached,
            right=guaranteed_cost(J, g, alpha, lam[-1]),
        )


@tie("gd-gap", QUADRATIC)
def _(w, w_star, H, c):
    lam, Q = np.linalg.eigh(H)
    for start, reached in [(w, ()), (w_star + Q[:, 0], (0,))]:
        yield Case(
            {
                "w": start,
                r"\lambda_{\min}": lam[0],
                "J": lambda w: quadratic(w, H, w_star, c),
                r"\nabla J": lambda w: quadratic_gradient(w, H, w_star),
            },
            tight=reached,
            right=gap_bound(quadratic_gradient(start, H, w_star), lam[0]),
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


# ── Examples, batches, noise ─────────────────────────────────────────────────────────────────────


def line_loss(x, y):
    """Return ℓ_i, the loss of example i, for θ = (w, b)."""
    return lambda i: lambda theta: (theta[0] * x[i - 1] + theta[1] - y[i - 1]) ** 2 / 2


@tie("gd-cost", LINE)
def _(theta, x, y):
    return {
        "w": theta,
        "m": len(x),
        "J": lambda theta: line_cost(theta, x, y),
        r"\ell": line_loss(x, y),
    }


@tie("gd-batch", DATA)
def _(theta, m, B, x, y):
    batch = np.arange(m)[-B:]
    line_cost(theta, x, y)  # refuses data that do not pair
    g = line_gradient(theta, x[batch], y[batch])
    return {
        "w": theta,
        "i": batch + 1,
        "g": g,
        r"\ell": line_loss(x, y),
        r"\nabla": gradient_of,
    }


def all_gradients(theta, x, y, B, replace):
    """Return the gradient of every batch of B examples, and the variance of those of one."""
    line_cost(theta, x, y)  # refuses data that do not pair
    m = len(x)
    batches = product(range(m), repeat=B) if replace else combinations(range(m), B)
    g = [line_gradient(theta, x[list(batch)], y[list(batch)]) for batch in batches]
    one = np.array([line_gradient(theta, x[[i]], y[[i]]) for i in range(m)])
    return Outcomes(g), np.sum(np.var(one, axis=0))


@tie("gd-unbiased", DATA)
def _(theta, m, B, x, y):
    for replace in (True, False):
        g, _ = all_gradients(theta, x, y, B, replace)
        true = derivative(lambda theta: line_cost(theta, x, y), theta)
        yield {"g": g, r"\nabla J(w)": true}


@tie("gd-batch-variance", DATA)
def _(theta, m, B, x, y):
    g, s2 = all_gradients(theta, x, y, B, replace=True)
    return Case({"g": g, "s": np.sqrt(s2)}, right=batch_variance(s2, B))


@tie("gd-batch-variance-without", DATA)
def _(theta, m, B, x, y):
    g, s2 = all_gradients(theta, x, y, B, replace=False)
    return Case({"g": g, "s": np.sqrt(s2)}, right=batch_variance(s2, B, m))


@tie(
    "gd-noise-recursion",
    r"x \in \mathbb{R}^3, w_0 \in \mathbb{R}, B \in \{1, 2\}, t \in \{0, 1\}, "
    r"\lambda \in (0.5, 4), \alpha \in (0.02, 0.2)",
)
def _(x, w_0, B, t, lam, alpha):
    def gradient(w, batch):
        return np.mean(lam * (w - x[list(batch)]))

    runs = product(product(range(3), repeat=B), repeat=t + 1)
    ends = np.array([stochastic_descent(gradient, w_0, alpha, run) for run in runs])
    v = np.mean((ends - np.mean(x)) ** 2, axis=0)
    return {"v": lambda t: v[t], "s": np.std(lam * x)}


@tie(
    "gd-noise-floor",
    r"\lambda \in (0.5, 4), \alpha \in (0.1, 0.4), s \in (0.5, 2), B \in \{1, 2, 3, 4\}",
)
def _(lam, alpha, s, B):
    v = 0.0
    for _ in range(1000):
        v = (1 - alpha * lam) ** 2 * v + alpha**2 * s**2 / B
    return {r"v_\infty": agree(noise_floor(alpha, lam, s**2, B), v)}


# ── A neuron ─────────────────────────────────────────────────────────────────────────────────────


RUNNING_EXAMPLE = np.array([1.0, 2.0]), 1.0, np.array([0.4, 0.6]), 0.5, 0.1  # x, y, w, b, α


def neuron_loss(x, y):
    return lambda w, b: squared_error(y, neuron(x, w, b))


@tie("gd-neuron", NEURON)
def _(x, w, b, y, alpha):
    x_0, _, w_0, b_0, _ = RUNNING_EXAMPLE
    agree(round(float(neuron(x_0, w_0, b_0)), 4), 0.8909)
    return {r"\hat{y}": neuron(x, w, b), r"\sigma": expit}


@tie("gd-neuron-loss", r"y, \hat{y} \in \mathbb{R}")
def _(y, y_hat):
    return {r"\ell": squared_error(y, y_hat)}


@tie("gd-neuron-gradient-w", NEURON)
def _(x, w, b, y, alpha):
    dw, _ = neuron_gradients(x, y, w, b)
    true = derivative(lambda w: neuron_loss(x, y)(w, b), w)
    return {r"\frac{\partial \ell}{\partial w}": agree(dw, true), r"\hat{y}": expit(w @ x + b)}


@tie("gd-neuron-gradient-b", NEURON)
def _(x, w, b, y, alpha):
    _, db = neuron_gradients(x, y, w, b)
    true = derivative(lambda b: neuron_loss(x, y)(w, b), b)
    return {r"\frac{\partial \ell}{\partial b}": agree(db, true), r"\hat{y}": expit(w @ x + b)}


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


@tie("gd-cross-entropy", r"y, \hat{y} \in (0, 1)")
def _(y, y_hat):
    for outcome in (0, 1):
        likelihood = y_hat**outcome * (1 - y_hat) ** (1 - outcome)
        agree(cross_entropy(outcome, y_hat), -np.log(likelihood))
    return {r"\ell": cross_entropy(y, y_hat)}


@tie("gd-cross-entropy-gradient", r"y \in (0, 1), z \in \mathbb{R}")
def _(y, z):
    true = derivative(lambda z: cross_entropy(y, sigmoid(z)), z)
    y_hat = expit(z)
    dz = cross_entropy_gradient(y, y_hat)
    return {r"\frac{\partial \ell}{\partial z}": agree(dz, true), r"\hat{y}": y_hat}


# ── A line through data ──────────────────────────────────────────────────────────────────────────


@tie("gd-line-cost", LINE)
def _(theta, x, y):
    w, b = theta
    path = np.array([theta, 2 * theta, 3 * theta])
    agree(line_cost(path, x, y), np.array([line_cost(point, x, y) for point in path]))
    return {"w": w, "b": b, "m": len(x), "J": lambda w, b: line_cost((w, b), x, y)}


@tie("gd-line-gradient-w", LINE)
def _(theta, x, y):
    true = derivative(lambda theta: line_cost(theta, x, y), theta)
    dw, _ = agree(line_gradient(theta, x, y), true)
    return {r"\frac{\partial J}{\partial w}": dw, "w": theta[0], "b": theta[1], "m": len(x)}


@tie("gd-line-gradient-b", LINE)
def _(theta, x, y):
    true = derivative(lambda theta: line_cost(theta, x, y), theta)
    _, db = agree(line_gradient(theta, x, y), true)
    return {r"\frac{\partial J}{\partial b}": db, "w": theta[0], "b": theta[1], "m": len(x)}


@tie("gd-line-hessian", LINE)
def _(theta, x, y):
    rows = [derivative(lambda theta, i=i: line_gradient(theta, x, y)[i], theta) for i in (0, 1)]
    return {"H": agree(line_hessian(x), np.array(rows)), "m": len(x)}


@tie("gd-normal", r"m \in \{2, \dots, 6\}, x, y \in \mathbb{R}^m")
def _(m, x, y):
    w_star, b_star = agree(line_solution(x, y), np.polyfit(x, y, 1), 1e-6)
    return {"H": line_hessian(x), r"w^\star": w_star, r"b^\star": b_star}


# ── Laws that the code keeps, printed without a label or not at all ──────────────────────────────


@tie(None, r"z \in \mathbb{R}", printed=r"\sigma'(z) = \sigma(z) (1 - \sigma(z))")
def _(z):
    agree([sigmoid(-1000.0), sigmoid(1000.0)], [0.0, 1.0])  # and no overflow
    return {r"\sigma'(z)": agree(sigmoid_derivative(z), derivative(sigmoid, z)), r"\sigma": expit}


@tie(
    None,
    r"y, \hat{y} \in \mathbb{R}",
    printed=r"\frac{\partial \ell}{\partial \hat{y}} = -(y - \hat{y})",
)
def _(y, y_hat):
    true = derivative(lambda y_hat: squared_error(y, y_hat), y_hat)
    return {
        r"\frac{\partial \ell}{\partial \hat{y}}": agree(squared_error_gradient(y, y_hat), true)
    }


@tie(None, r"w, a \in \mathbb{R}^{n \times m}", printed=r"\nabla J(w) = g")
def _(w, a):
    J = wavy(a)
    agree(central_difference(J, w), derivative(J, w), 1e-6)
    return {r"\nabla J(w)": complex_step(J, w), "g": derivative(J, w)}


@tie(
    None,
    QUADRATIC + r", \varepsilon \in (0.01, 0.1)",
    printed=r"\lVert \nabla J(w_t) \rVert \le \varepsilon",
)
def _(w, w_star, H, c, tolerance):
    def gradient(w):
        return quadratic_gradient(w, H, w_star)

    path = descend_until(gradient, w, 0.1, tolerance)
    agree(path, gradient_descent(gradient, w, 0.1, len(path) - 1))
    for t in (len(path) - 2, len(path) - 1):
        yield Case({"w_t": path[t], r"\nabla J": gradient}, holds=t == len(path) - 1)
    steps, reached = len(path) - 1, np.linalg.norm(gradient(path[-1]))
    agree(descend_until(gradient, w, 0.1, tolerance, budget=steps), path)
    too_few = partial(descend_until, gradient, w, 0.1, tolerance, budget=steps - 1)
    agree(raises(RuntimeError, too_few), True)
    agree(descend_until(gradient, w, 0.1, reached), path)
    yield Case({"w_t": path[-1], r"\nabla J": gradient, r"\varepsilon": reached}, tight=(0,))


@tie(
    None,
    r"n, B \in \{1, 2, 3\}, \theta \in \mathbb{R}^2",
    printed=r"\frac{1}{n} \sum_{k=1}^{n} g_k = \nabla J(w)",
)
def _(n, B, theta):
    """One epoch of mini-batches of one size sees each example once."""
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(2, n * B))
    batches = list(mini_batches(n * B, B, 1, rng))
    agree(len(batches), n)
    g = np.array([line_gradient(theta, x[batch], y[batch]) for batch in batches])
    return {"g": lambda k: g[k - 1], r"\nabla J(w)": line_gradient(theta, x, y)}
