r"""The ties of the chapter on descent on data."""

from __future__ import annotations

from functools import partial
from itertools import combinations, product

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit

from contract.tie import Case, tie
from contract.truth import agree, derivative, gradient_of, raises
from contract.worlds import forgiving, given, world
from utils.activations import sigmoid
from utils.data import diabetes, standardize
from utils.exercises.descent_on_data import CORRELATION
from utils.landscapes import bowl, quadratic, quadratic_gradient, two_weights
from utils.losses import cross_entropy, cross_entropy_gradient
from utils.notation import Outcomes
from utils.optimizers import descend_until, gradient_descent, mini_batches, stochastic_descent
from utils.rates import batch_variance, condition_number, gap_bound, noise_floor
from utils.regression import line_cost, line_gradient, line_hessian, line_solution

QUADRATIC = (
    r"w, w^\star \in \mathbb{R}^n, H \in \mathbb{R}^{n \times n}, H \succ 0, c \in \mathbb{R}"
)
LINE = r"\theta \in \mathbb{R}^2, x, y \in \mathbb{R}^m"
DATA = r"\theta \in \mathbb{R}^2, m \in \{3, 4\}, B \in \{1, 2, 3\}, x, y \in \mathbb{R}^m"


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


@tie("gd-correlation", r"m \in \{3, \dots, 6\}, x, y \in \mathbb{R}^m")
def _(m, x, y):
    """The second derivatives of the cost by the weights of two standardized inputs."""
    X = np.array([standardize(x), standardize(y)])

    def gradient(w):
        return X @ (w @ X - y) / m

    agree(gradient(np.ones(2)), derivative(lambda w: np.mean((w @ X - y) ** 2) / 2, np.ones(2)))
    rows = [derivative(lambda w, i=i: gradient(w)[i], np.ones(2)) for i in (0, 1)]
    return {"H": agree(X @ X.T / m, np.array(rows)), "r": np.corrcoef(x, y)[0, 1]}


@tie("gd-correlated", r"m \in \{3, \dots, 6\}, x, y \in \mathbb{R}^m")
def _(m, x, y):
    """And the curvature of the bias is neither the largest nor the smallest."""
    rows = np.array([standardize(x), standardize(y), np.ones(m)])
    return {r"\kappa": condition_number(rows @ rows.T / m), "r": np.corrcoef(x, y)[0, 1]}


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


# ── When to stop ──────────────────────────────────────────────────────────────────────────────────


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


# ── A network in three equations ──────────────────────────────────────────────────────────────────


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


@tie("fp-cost", r"y, \hat{y} \in (0, 1)^m")
def _(y, y_hat):
    return {"J": np.mean(cross_entropy(y, y_hat)), "m": len(y)}


@tie("fp-update", r"\theta \in \mathbb{R}^2, \alpha \in (0, 1)")
def _(theta, alpha):
    stepped = gradient_descent(gradient_of(two_weights), theta, alpha, steps=1)[1]
    return {r"\theta :=": stepped, r"\nabla J": gradient_of(two_weights)}


# ── Laws that the code keeps, printed without a label or not at all ───────────────────────────────


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


# ── The formulas without a label ──────────────────────────────────────────────────────────────────

given(
    r"\hat{y} = w x + b",
    "B = 1",
    "B = m",
    r"\ell_i(w) = \frac{1}{2} \lambda (w - x_i)^2",
    r"\ell_i(w) = \frac{1}{2} (w - x_i)^2",
    "v_{t+1} = v_t",
    "y = 0",
    "w_0 = 1",
)
# A last digit of 716 does not change the two digits of the quotient; and any power of 1 is 1.
forgiving(r"2/716 \approx 0.0028", "s^2 = 1")


@world("", "What standardizing does, and what it does not")
def _():
    """Total and LDL cholesterol."""
    return {"r": np.corrcoef(*(diabetes(name)[0] for name in ("s1", "s2")))[0, 1]}


@world(r"m \in \{3, 4, 5\}, x \in \mathbb{R}^m", "Right on average")
def _(m, x):
    """The covariance of two that are drawn without replacement."""
    away = x - np.mean(x)
    return {"r": np.mean([a * b for a, b in combinations(away, 2)]), "s": np.std(x)}


@world("", "Right on average")
def _():
    return {"B": 2}  # the batches of the cell below


@world(
    r"x \in \mathbb{R}^3, w_0 \in \mathbb{R}, B, t \in \{1, 2\}, "
    r"\lambda \in (0.5, 4), \alpha \in (0.02, 0.2)",
    "The noise floor",
)
def _(x, w_0, B, t, lam, alpha):
    """All runs of a few steps, and how far they are off: the floor, and what nears it."""
    ends = [
        stochastic_descent(lambda w, i: lam * (w - np.mean(x[list(i)])), w_0, alpha, run)[-1]
        for run in product(product(range(3), repeat=B), repeat=t)
    ]
    floor, start = noise_floor(alpha, lam, lam**2 * np.var(x), B), (w_0 - np.mean(x)) ** 2
    v_t = floor + (1 - alpha * lam) ** (2 * t) * (start - floor)
    return {"w_t": Outcomes(ends), r"w^\star": np.mean(x), "v_t": v_t}


@world(r"w \in \mathbb{R}", "The noise floor")
def _(w):
    """The standardized body mass indices."""
    x = standardize(diabetes("bmi")[0])
    pulls = gradient_of(lambda w: np.mean((w - x) ** 2) / 2)
    return {r"\lambda": pulls(w + 1) - pulls(w), "s": np.std(w - x)}


def almost_the_limit(curvatures):
    """Return a rate just below the one at which the mean square of the error stays as it is."""
    limit = brentq(lambda alpha: np.mean((1 - alpha * curvatures) ** 2) - 1, 0.05, 9)
    return limit * (1 - 1e-3)


@world(r"m \in \{2, \dots, 5\}, \lambda \in (0.5, 4)^m", "The line, in mini-batches")
def _(m, curvatures):
    return {r"\lambda": Outcomes(list(curvatures)), r"\alpha": almost_the_limit(curvatures)}


@world(r"m, B \in \{2, 3\}, \lambda \in (0.5, 4)^m", "8. The limit of a batch")
def _(m, B, curvatures):
    """Every batch with its mean curvature, and one of its curvatures."""
    batches = np.array(list(product(curvatures, repeat=B)))
    one, mean = batches[:, 0], np.mean(batches, axis=1)
    names = {r"\lambda": Outcomes(list(one)), r"\Lambda": Outcomes(list(mean))}
    return names | {r"\alpha": almost_the_limit(mean)}


@world(r"H \in \mathbb{R}^{n \times n}, H \succ 0, w \in \mathbb{R}^n", "When to stop")
def _(H, w):
    lam, Q = np.linalg.eigh(H)
    return {r"\lambda": lam, "e": Q.T @ w, r"\lambda_{\min}": lam[0], "i": len(lam)}


@world("", "When to stop")
def _():
    """The line through the standardized inputs."""
    curvatures = np.linalg.eigvalsh(line_hessian(standardize(diabetes("bmi")[0])))
    return {r"\lambda_{\min}": curvatures[0]}


@world("", "A loss that does not stall")
def _():
    """The running neuron after a step."""
    x, w, b = np.array([1.0, 2.0]), np.array([0.4, 0.6]), 0.5
    dw = derivative(lambda w: cross_entropy(1.0, sigmoid(w @ x + b)), w)
    db = derivative(lambda b: cross_entropy(1.0, sigmoid(w @ x + b)), b)
    return {"w": w - 0.1 * dw, "b": b - 0.1 * db}


@world("", "3. Two inputs that agree")
def _():
    return {r"\kappa": np.linalg.cond([[1, CORRELATION], [CORRELATION, 1]])}


@world(r"w \in \mathbb{R}", "4. Four patients")
def _(w):
    return {"J": bowl(w, 2.0)}


@world(
    r"x \in \mathbb{R}^6, w_0 \in \mathbb{R}, t \in \{1, \dots, 5\}",
    "7. A rate that remembers everything",
)
def _(x, w_0, t):
    """The rate that takes the mean of the first examples to that of one more."""
    mean = [w_0, *(np.mean(x[:k]) for k in range(1, 7))]
    rate = [(mean[k] - mean[k + 1]) / (mean[k] - x[k]) for k in range(6)]
    return {
        "x": x[t], "w_t": mean[t], "w_{t+1}": mean[t + 1], r"\alpha_t": rate[t],
        r"\alpha_0": rate[0],
    }  # fmt: skip


@world(r"m \in \{2, \dots, 6\}, x, y \in \mathbb{R}^m", "Summary")
def _(m, x, y):
    w_star, b_star = np.polyfit(x, y, 1)
    return {"H": line_hessian(x), r"w^\star": w_star, r"b^\star": b_star}
