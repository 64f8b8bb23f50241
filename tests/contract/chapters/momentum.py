r"""The ties of the chapter on momentum."""

from __future__ import annotations

from functools import partial
from itertools import product

import numpy as np
from scipy.linalg import solve_discrete_lyapunov
from scipy.optimize import brentq

from contract.chapters.optimizers import PATH, default, faded, means, remembered, wavy_gradient
from contract.tie import Case, tie
from contract.truth import agree
from contract.worlds import forgiving, given, world
from utils.exercises.momentum import EXERCISES
from utils.neuron import neuron_step
from utils.notation import Outcomes
from utils.optimizers import (
    adam,
    cosine,
    gradient_descent,
    momentum,
    nesterov,
    plain,
    stochastic_descent,
)
from utils.rates import (
    best_momentum,
    best_momentum_factor,
    effective_rate,
    momentum_converges,
    momentum_error,
    momentum_factor,
    momentum_matrix,
    nesterov_converges,
    nesterov_factor,
    nesterov_matrix,
    safe_nesterov_factor,
    spectral_radius,
)

GRADIENTS = r"g \in \mathbb{R}^{6 \times n}, t \in \{0, 1, 2, 3\}"
EXACT = r"\lambda \in \{0.5, 1, 2, 4\}, \beta \in \{0, 0.25, 0.5, 0.75\}, s \in (0.1, 0.9)"
MODE = r"\alpha \in (0.1, 0.9), \beta \in (0.1, 0.9), \lambda \in (0.5, 2)"

# ── The loop ─────────────────────────────────────────────────────────────────────────────────────


@tie("op-rule", PATH)
def _(w_0, a, t, alpha, beta):
    gradient = wavy_gradient(a)
    for rule in (plain, partial(momentum, beta=beta), adam):
        for rate in (alpha, partial(cosine, alpha=alpha, steps=9)):
            path = gradient_descent(gradient, w_0, rate, t + 1, rule)
            d, _ = remembered(rule, gradient(path[:-1]))
            yield {
                "w": lambda s, path=path: path[s],
                r"\alpha_t": rate(t) if callable(rate) else rate,
                "p": lambda s, d=d: d[s],
            }


# ── Momentum ─────────────────────────────────────────────────────────────────────────────────────


@tie("op-velocity", GRADIENTS + r", \beta \in (0.1, 0.9)")
def _(g, t, beta):
    d, memories = remembered(partial(momentum, beta=beta), g)
    v = [0 * g[0], *(memory[0] for memory in memories[1:])]
    agree(np.array(d), np.array(v[1:]))
    return {"v": lambda s: v[s], "g": lambda s: g[s]}


@tie("op-momentum", PATH)
def _(w_0, a, t, alpha, beta):
    gradient, rule = wavy_gradient(a), partial(momentum, beta=beta)
    path = gradient_descent(gradient, w_0, alpha, t + 1, rule)
    _, memories = remembered(rule, gradient(path[:-1]))
    return {"w": lambda s: path[s], "v": lambda s: memories[s][0]}


@tie(
    "op-velocity-sum", r"g \in \mathbb{R}^{6 \times n}, t \in \{1, 2, 3, 4\}, \beta \in (0.1, 0.9)"
)
def _(g, t, beta):
    _, memories = remembered(partial(momentum, beta=beta), g)
    return {"v_t": agree(memories[t][0], faded(beta, g[:t])), "g": lambda i: g[i]}


@tie("op-constant-gradient", r"g \in \mathbb{R}^n, t \in \{1, 2, 3, 4\}, \beta \in (0.1, 0.9)")
def _(g, t, beta):
    _, memories = remembered(partial(momentum, beta=beta), [g] * t)
    return {"v_t": memories[t][0]}


@tie("op-effective", r"\alpha \in (0.1, 1), \beta \in (0.1, 0.9)")
def _(alpha, beta):
    step = np.diff(gradient_descent(lambda w: -1.0, 0.0, alpha, 400, partial(momentum, beta=beta)))
    return {r"\alpha_{\infty}": agree(effective_rate(alpha, beta), step[-1])}


@tie("op-heavy-ball", PATH)
def _(w_0, a, t, alpha, beta):
    gradient = wavy_gradient(a)
    path = gradient_descent(gradient, w_0, alpha, t + 1, partial(momentum, beta=beta))
    return {"w": lambda s: path[s], r"\nabla J": gradient}


@tie("op-iteration", MODE + r", e_0 \in \mathbb{R}, t \in \{0, 1, 2, 3\}")
def _(alpha, beta, lam, e_0, t):
    rule = partial(momentum, beta=beta)
    e = gradient_descent(lambda e: lam * e, e_0, alpha, t + 1, rule)
    _, memories = remembered(rule, lam * e)
    v = [0.0, *(memory[0] for memory in memories[1:])]
    agree(momentum_matrix(alpha, beta, lam) @ [e[t], v[t]], np.array([e[t + 1], v[t + 1]]))
    return {"e": lambda s: e[s], "v": lambda s: v[s]}


@tie("op-characteristic", MODE)
def _(alpha, beta, lam):
    roots = np.linalg.eigvals(momentum_matrix(alpha, beta, lam))
    agree(momentum_factor(alpha, beta, lam), np.max(np.abs(roots)))
    agree(spectral_radius(np.sum(roots).real, np.prod(roots).real), np.max(np.abs(roots)))
    for z in roots:
        yield {"z": z}


@tie("op-radius", r"\beta, s \in (0.05, 0.95)")
def _(beta, s):
    """The sign z stands for the larger root; 0.25 is a square whose root has no rounding."""
    low, high = (1 - np.sqrt(beta)) ** 2, (1 + np.sqrt(beta)) ** 2
    inside = low + s * (high - low)
    places = [(beta, inside), (beta, s * low), (beta, high + s), (0.25, 0.25), (0.25, 2.25)]
    for momentum_, lam in places:
        matrix = momentum_matrix(1.0, momentum_, lam)
        z = momentum_factor(1.0, momentum_, lam)
        agree(z, np.max(np.abs(np.linalg.eigvals(matrix))), 1e-7)
        for alpha in (1.0, 2.0):
            yield {"z": z, r"\alpha": alpha, r"\lambda": lam / alpha, r"\beta": momentum_}


@tie(
    "op-stable", r"\lambda \in \{0.5, 1, 2, 4\}, \beta \in \{0, 0.25, 0.5, 0.75\}, s \in (0.1, 0.9)"
)
def _(lam, beta, s):
    limit = 2 * (1 + beta) / lam
    rule = partial(momentum, beta=beta)
    for alpha in [s * limit, (1 + s / 4) * limit, -s / lam, 0.0, limit]:
        path = gradient_descent(lambda e: lam * e, 1.0, alpha, 600, rule)
        reached = bool(abs(path[-1]) < 1e-6)
        yield Case({r"\alpha": alpha}, holds=agree(momentum_converges(alpha, beta, lam), reached))


@tie("op-closed-form", MODE + r", e_0 \in \mathbb{R}, t \in \{2, 3, 4\}")
def _(alpha, beta, lam, e_0, t):
    path = gradient_descent(lambda e: lam * e, e_0, alpha, t, partial(momentum, beta=beta))
    agree(momentum_error(np.arange(t + 1), e_0, alpha, beta, lam), path)
    z = np.linalg.eigvals(momentum_matrix(alpha, beta, lam))
    return {"e": lambda s: path[s], "z": lambda i: z[i - 1]}


CURVATURES = r"\lambda_{\min} \in (0.2, 1), \lambda_{\max} \in (2, 9)"


def worst_momentum(alpha, beta, low, high):
    return np.maximum(momentum_factor(alpha, beta, low), momentum_factor(alpha, beta, high))


@tie("op-best-rate", CURVATURES)
def _(low, high):
    alpha, beta = best_momentum(low, high)
    reached = worst_momentum(alpha, beta, low, high)
    for s, q in product((0.8, 0.95, 1.0, 1.05, 1.25), repeat=2):  # one at a time: proofs are long
        around = worst_momentum(s * alpha, min(q * beta, 0.99), low, high)
        agree(bool(around >= reached - 1e-7), True)
    return {r"\alpha^\star": alpha}


@tie("op-best-momentum", CURVATURES)
def _(low, high):
    alpha, beta = best_momentum(low, high)
    for lam in (low, (low + high) / 2, high):
        agree(momentum_factor(alpha, beta, lam), np.sqrt(beta), 1e-7)
    return {r"\beta^\star": beta, r"\kappa": high / low}


@tie("op-best-factor", CURVATURES)
def _(low, high):
    reached = worst_momentum(*best_momentum(low, high), low, high)
    factor = agree(best_momentum_factor(high / low), reached, 1e-7)
    return {r"\rho(\alpha^\star, \beta^\star)": factor, r"\kappa": high / low}


# ── Nesterov ─────────────────────────────────────────────────────────────────────────────────────


@tie("op-nesterov", PATH)
def _(y_0, a, t, alpha, beta):
    gradient, rule = wavy_gradient(a), partial(nesterov, beta=beta)
    path = gradient_descent(gradient, y_0, alpha, t + 1, rule)
    w, v, y = y_0, 0 * y_0, y_0  # as Nesterov has it: the gradient where the velocity leads
    for point in path:
        agree(point, y)
        v = beta * v + gradient(y)
        w = w - alpha * v
        y = w - alpha * beta * v
    _, memories = remembered(rule, gradient(path[:-1]))
    return {
        "y": lambda s: path[s],
        "g": lambda s: gradient(path[s]),
        "v": lambda s: memories[s][0],
    }


@tie("op-nesterov-characteristic", MODE)
def _(alpha, beta, lam):
    matrix = nesterov_matrix(alpha, beta, lam)
    rule = partial(nesterov, beta=beta)
    e = gradient_descent(lambda e: lam * e, 1.0, alpha, 2, rule)
    _, memories = remembered(rule, lam * e)
    agree(matrix @ matrix @ [1.0, 0.0], np.array([e[2], memories[2][0]]))
    roots = np.linalg.eigvals(matrix)
    agree(nesterov_factor(alpha, beta, lam), np.max(np.abs(roots)))
    for z in roots:
        yield {"z": z}


@tie("op-nesterov-stable", EXACT)
def _(lam, beta, s):
    limit = 2 * (1 + beta) / (1 + 2 * beta) / lam
    rule = partial(nesterov, beta=beta)
    for alpha in [s * limit, (1 + s / 4) * limit, -s / lam, 0.0, limit]:
        path = gradient_descent(lambda e: lam * e, 1.0, alpha, 600, rule)
        reached = bool(abs(path[-1]) < 1e-6)
        yield Case({r"\alpha": alpha}, holds=agree(nesterov_converges(alpha, beta, lam), reached))


@tie("op-nesterov-factor", CURVATURES)
def _(low, high):
    kappa = high / low
    beta = best_momentum_factor(kappa)
    reached = max(nesterov_factor(1 / high, beta, lam) for lam in (low, (low + high) / 2, high))
    return {r"\rho": agree(safe_nesterov_factor(kappa), reached, 1e-7), r"\kappa": kappa}


# ── What the letters mean in the text ────────────────────────────────────────────────────────────

given(r"\kappa = 30", r"\kappa = 1000", r"\lambda_{\max} = 1")  # the ravines of the figures
given(
    r"\beta = 0", r"\alpha \lambda = 0.5", r"\alpha = 1 / \lambda", r"\alpha = 1 / \lambda_{\max}"
)
given(r"\alpha < 1 / \lambda_{\max}")  # a rate for Nesterov's rule
given(r"\alpha \lambda = 0.01", r"\alpha \lambda = 1.5", r"\alpha \lambda = 2.4")  # A, B, C
given(r"\alpha \lambda = 3.9", r"\beta = 0.49", r"\beta = 0.81", r"\beta = 0.25")  # D, A, B, C

# (√β ± 1)² is the same, and what is 0 is so with its sign turned.
forgiving(r"1 + \beta \pm 2 \sqrt{\beta} = (1 \pm \sqrt{\beta})^2")
forgiving(r"\beta^2 - \alpha\lambda \beta^2 = 0", r"-\alpha\lambda\beta^2 + \beta^2 = 0")

LATE = PATH.replace("1, 2, 3", "2, 3, 4")
MODES = MODE + r", e_0 \in \mathbb{R}, t \in \{1, 2, 3\}"


@world("")
@world("", "6. The noise floor of momentum", only=True)
def _():
    return {r"\beta": agree(default(momentum, "beta"), default(nesterov, "beta"))}


@world(PATH, "One loop for all rules")
def _(w_0, a, t, alpha, beta):
    path = gradient_descent(wavy_gradient(a), w_0, alpha, t + 1)
    return {
        "p": lambda s: (path[s] - path[s + 1]) / alpha,
        "g": lambda s: wavy_gradient(a)(path[s]),
    }


@world(LATE, "The velocity", "4. The other momentum")
def _(w_0, a, t, alpha, beta):
    path = gradient_descent(wavy_gradient(a), w_0, alpha, t + 2, partial(momentum, beta=beta))
    g = wavy_gradient(a)(path)
    v = [faded(beta, g[:s]) for s in range(t + 3)]
    u = means(beta, g)
    names = {"w": lambda s: path[s], "v": lambda s: v[s], "g": lambda s: g[s], "u": lambda s: u[s]}
    return names | {r"\alpha'": effective_rate(alpha, beta)}


@world("", "The velocity")
def _():
    return {"w": neuron_step(np.array([1.0, 2.0]), 1.0, np.array([0.4, 0.6]), 0.5, 0.1)[0]}


@world(MODE + r", z \in \mathbb{R}", "Why the square root of κ")
def _(alpha, beta, lam, z):
    p = np.poly(momentum_matrix(alpha, beta, lam))
    return {"p": lambda z: np.polyval(p, z)}


@world(r"s \in (0.0001, 0.001)", "Why the square root of κ")
def _(s):
    """Little more than the momentum from which on the rate 2.5 converges."""
    return {r"\beta": s + brentq(lambda beta: momentum_factor(2.5, beta, 1.0) - 1, 0.0, 0.9)}


@world(CURVATURES, "The best rate and the best momentum")
def _(low, high):
    alpha, beta = best_momentum(low, high)
    return {r"\alpha": alpha, r"\beta": beta}


@world(MODE + r", s \in (1.0001, 1.1)", "The best rate and the best momentum")
def _(alpha, beta, lam, s):
    """Both roots z are of a size of at most ρ, here a little less."""
    roots = np.linalg.eigvals(momentum_matrix(alpha, beta, lam))
    rho = s * np.max(np.abs(roots))
    return {r"\rho": rho, "z": roots[0], "y": roots[0] / rho}


@world(r"\beta \in (0.1, 0.9)", "The best rate and the best momentum")
def _(beta):
    """The rate at which the worst factor passes 1."""
    return {r"\alpha": brentq(lambda a: momentum_factor(a, beta, 1.0) - 1, 1e-6, 9, xtol=1e-14)}


@world(LATE, "Nesterov looks ahead")
def _(w_0, a, t, alpha, beta):
    """As Nesterov has it, with the gradient where the velocity leads; y as the loop has it."""
    gradient, w, v = wavy_gradient(a), [w_0], [0 * w_0]
    for _ in range(t + 2):
        v.append(beta * v[-1] + gradient(w[-1] - alpha * beta * v[-1]))
        w.append(w[-1] - alpha * v[-1])
    y = gradient_descent(gradient, w_0, alpha, t + 2, partial(nesterov, beta=beta))
    names = {"w": lambda s: w[s], "v": lambda s: v[s], "y": lambda s: y[s]}
    return names | {r"\nabla J": gradient, "g": lambda s: gradient(y[s])}


@world(MODES, "Nesterov looks ahead")
def _(alpha, beta, lam, e_0, t):
    asked = []
    rule = partial(nesterov, beta=beta)
    e = gradient_descent(lambda e: asked.append(lam * e) or lam * e, e_0, alpha, t + 1, rule)
    g = asked[-t - 1 :]
    v = [faded(beta, g[:s]) for s in range(t + 2)]
    q = np.poly(nesterov_matrix(alpha, beta, lam))
    names = {"e": lambda s: e[s], "v": lambda s: v[s], "g": lambda s: g[s]}
    return names | {"q": lambda z: np.polyval(q, z)}


@world(r"\kappa \in (2, 50)", "Nesterov looks ahead")
def _(kappa):
    """The momentum at which the two roots of the flattest direction coincide."""

    def under_the_root(beta):
        _, b, c = np.poly(nesterov_matrix(1.0, beta, 1 / kappa))
        return b * b - 4 * c

    return {r"\beta": brentq(under_the_root, 0, 1 - 1e-9, xtol=1e-14)}


@world("", "1. Ten times as far")
def _():
    return {r"\beta": 1 - EXERCISES["op-effective"]["with 0.99"].answer / 0.1}


@world(
    r"\alpha \in (0.1, 0.9), \beta \in \{0.25, 0.5, 0.75\}, \lambda \in \{0.5, 2, 4\}",
    "5. Gone after two steps",
)
def _(alpha, beta, lam):
    return {"N": nesterov_matrix(alpha, beta, lam)}


@world(MODES + r", n, s \in (0.5, 2)", "6. The noise floor of momentum", only=True)
def _(alpha, beta, lam, e_0, t, n, s):
    """What no longer changes, by SciPy; four outcomes have these mean squares."""
    kick = np.array([-alpha, 1.0])  # what the noise does to error and velocity
    spread = solve_discrete_lyapunov(momentum_matrix(alpha, beta, lam), s**2 * np.outer(kick, kick))
    sides = np.sqrt(2) * np.linalg.cholesky(spread)
    (e, v), (E, P, V) = np.hstack([sides, -sides]), spread[np.triu_indices(2)]
    return {"E": E, "V": V, "P": P, "e": Outcomes([*e]), "v": Outcomes([*v])}


@world(MODES + r", n \in \mathbb{R}", "6. The noise floor of momentum", only=True)
def _(alpha, beta, lam, e_0, t, n):
    rule, shocks = partial(momentum, beta=beta), [0.5, -1.0, 0.7, n]
    e = stochastic_descent(lambda e, n: lam * e + n, e_0, alpha, shocks[-t - 1 :], rule)
    _, memories = remembered(rule, lam * e[:-1] + shocks[-t - 1 :])
    return {"e": lambda s: e[s], "v": lambda s: memories[s][0]}
