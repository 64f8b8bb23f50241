r"""The ties of the chapter on optimizers."""

from __future__ import annotations

from functools import partial
from itertools import product

import numpy as np

from contract.tie import Case, tie
from contract.truth import agree, derivative
from utils.landscapes import two_basins, two_basins_gradient
from utils.notation import Outcomes
from utils.optimizers import (
    adam,
    amsgrad,
    cosine,
    gradient_descent,
    inverse_time,
    momentum,
    nesterov,
    plain,
    rmsprop,
    staircase,
    stochastic_descent,
    warmup,
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
ONE = r"g \in \mathbb{R}^6, t \in \{0, 1, 2, 3\}"
SETTINGS = r"\beta_1, \beta_2 \in (0.3, 0.9), \varepsilon \in (0.01, 0.1)"
PATH = r"w_0, a \in \mathbb{R}^n, t \in \{1, 2, 3\}, \alpha, \beta \in (0.1, 0.5)"
EXACT = r"\lambda \in \{0.5, 1, 2, 4\}, \beta \in \{0, 0.25, 0.5, 0.75\}, s \in (0.1, 0.9)"
MODE = r"\alpha \in (0.1, 0.9), \beta \in (0.1, 0.9), \lambda \in (0.5, 2)"


def wavy_gradient(a):
    """Return the gradient of a cost that is no bowl."""
    return lambda w: a * np.cos(w + 1) + w


def remembered(rule, gradients):
    """Return the directions that a rule takes, and its memories, the first one None."""
    directions, memories = [], [None]
    for g in gradients:
        direction, memory = rule(g, memories[-1])
        directions.append(direction)
        memories.append(memory)
    return directions, memories


def faded(beta, values):
    """Return the sum of the values, each step that has passed since a factor of beta."""
    values = np.asarray(values)
    fade = beta ** np.arange(len(values))[::-1]
    return np.tensordot(fade, values, 1) if len(values) else 0.0


def means(beta, values):
    """Return the running means after 0, 1, … of the values, each as a sum of its own."""
    return [(1 - beta) * faded(beta, values[:t]) for t in range(len(values) + 1)]


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


@tie("op-decay", PATH + r", \mu \in (0.1, 0.9)")
def _(w_0, a, t, alpha, beta, mu):
    gradient = wavy_gradient(a)
    rate = partial(cosine, alpha=alpha, steps=9)
    for rule in (plain, partial(momentum, beta=beta), adam):
        path = gradient_descent(gradient, w_0, rate, t + 1, rule, mu)
        agree(
            stochastic_descent(lambda w, s: s * gradient(w), w_0, rate, np.ones(t + 1), rule, mu),
            path,
        )
        d, _ = remembered(rule, gradient(path[:-1]))
        yield {
            "w": lambda s, path=path: path[s],
            r"\alpha": rate,
            "p": lambda s, d=d: d[s],
        }
    # the decay shrinks the weights by a share of their own, whatever the rule
    idle = gradient_descent(np.zeros_like, w_0, alpha, 3, adam, mu)
    agree(idle[-1], (1 - alpha * mu) ** 3 * np.asarray(w_0))


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


# ── A rate for each weight ───────────────────────────────────────────────────────────────────────


@tie("op-mean-square", ONE + ", " + SETTINGS)
def _(g, t, beta_1, beta_2, epsilon):
    s = means(beta_2, g**2)
    for rule in (partial(rmsprop, beta2=beta_2), partial(adam, beta2=beta_2)):
        _, memories = remembered(rule, g)
        agree([memory[rule.func is adam] for memory in memories[1:]], s[1:])
    return {"s": lambda i: s[i], "g": lambda i: g[i]}


@tie("op-rmsprop", ONE + r", w_0, \alpha \in \mathbb{R}, " + SETTINGS)
def _(g, t, w_0, alpha, beta_1, beta_2, epsilon):
    rule = partial(rmsprop, beta2=beta_2, epsilon=epsilon)
    path = stochastic_descent(lambda w, g: g, w_0, alpha, g, rule)
    s = means(beta_2, g**2)
    agree(rmsprop(-3.0, None, epsilon=0.0)[0], -1 / np.sqrt(0.1))
    return {"w": lambda i: path[i], "g": lambda i: g[i], "s": lambda i: s[i]}


@tie("op-mean-gradient", ONE + ", " + SETTINGS)
def _(g, t, beta_1, beta_2, epsilon):
    _, memories = remembered(partial(adam, beta1=beta_1), g)
    u = means(beta_1, g)
    agree([memory[0] for memory in memories[1:]], u[1:])
    return {"u": lambda i: u[i], "g": lambda i: g[i]}


@tie("op-weights", r"\beta_2 \in (0.1, 0.9), t \in \{1, 2, 3, 4\}")
def _(beta_2, t):
    return {}


@tie("op-bias", r"g \in \mathbb{R}^2, t \in \{1, 2, 3\}, \beta_2 \in (0.1, 0.9)")
def _(g, t, beta_2):
    """All sequences of gradients that chance can deal from two."""
    runs = [np.array(run) for run in product(g, repeat=t)]
    s = [remembered(partial(adam, beta2=beta_2), run)[1][t][1] for run in runs]
    return {"s_t": Outcomes(s), "g": Outcomes([run[-1] for run in runs])}


def corrected(beta, values):
    """Return the faded mean with weights that add up to 1, by adding them up."""
    return faded(beta, values) / faded(beta, np.ones(len(values)))


@tie("op-corrected", r"g \in \mathbb{R}^6, t \in \{1, 2, 3, 4\}, " + SETTINGS)
def _(g, t, beta_1, beta_2, epsilon):
    rule = partial(adam, beta1=beta_1, beta2=beta_2, epsilon=epsilon)
    d, memories = remembered(rule, g)
    u, s, count = memories[t]
    u_hat, s_hat = corrected(beta_1, g[:t]), corrected(beta_2, g[:t] ** 2)
    agree(d[t - 1], u_hat / (np.sqrt(s_hat) + epsilon))
    agree(count, t)
    return {"u_t": u, "s_t": s, r"\hat{u}_t": u_hat, r"\hat{s}_t": s_hat}


@tie("op-adam", ONE + r", w_0, \alpha \in \mathbb{R}, " + SETTINGS)
def _(g, t, w_0, alpha, beta_1, beta_2, epsilon):
    rule = partial(adam, beta1=beta_1, beta2=beta_2, epsilon=epsilon)
    path = stochastic_descent(lambda w, g: g, w_0, alpha, g, rule)
    agree(adam(np.array([3.0, -0.5]), None, epsilon=0.0)[0], np.array([1.0, -1.0]))
    return {
        "w": lambda i: path[i],
        r"\hat{u}": lambda i: corrected(beta_1, g[:i]),
        r"\hat{s}": lambda i: corrected(beta_2, g[:i] ** 2),
    }


# ── When Adam does not converge ──────────────────────────────────────────────────────────────────


@tie("op-tug", r"C \in (2, 5), w \in \mathbb{R}")
def _(C, w):
    return {"J": lambda w: np.mean([C * w, -w, -w])}


@tie("op-amsgrad", ONE + ", " + SETTINGS)
def _(g, t, beta_1, beta_2, epsilon):
    rule = partial(amsgrad, beta1=beta_1, beta2=beta_2, epsilon=epsilon)
    d, memories = remembered(rule, g)
    s_hat = [0.0, *(corrected(beta_2, g[:i] ** 2) for i in range(1, 7))]
    r = [0.0, *(memory[3] for memory in memories[1:])]
    u, s, count, _ = memories[t + 1]
    agree([u, s, count], [means(beta_1, g)[t + 1], means(beta_2, g**2)[t + 1], t + 1])
    u_hat = corrected(beta_1, g[: t + 1])
    agree(d[t], u_hat / (np.sqrt(max(s_hat[: t + 2])) + epsilon))
    agree(amsgrad(np.array([3.0, -0.5]), None, epsilon=0.0)[0], np.array([1.0, -1.0]))
    return {"r": lambda i: r[i], r"\hat{s}": lambda i: s_hat[i]}


# ── Schedules ────────────────────────────────────────────────────────────────────────────────────

SCHEDULE = r"\alpha \in (0.1, 1), t \in \{0, 1, 2, 3, 4, 5, 6, 7\}, T \in \{1, 2, 3, 5\}"


@tie("op-staircase", SCHEDULE + r", q \in (0.1, 0.9)")
def _(alpha, t, T, q):
    rate = alpha
    for step in range(1, t + 1):
        rate = rate * q if step % T == 0 else rate
    return {r"\alpha_t": agree(staircase(t, alpha, q, T), rate)}


@tie("op-inverse-time", SCHEDULE)
def _(alpha, t, T):
    agree(inverse_time(T, alpha, T), alpha / 2)
    return {r"\alpha_t": agree(1 / inverse_time(t, alpha, T), (1 + t / T) / alpha) ** -1}


@tie("op-cosine", r"\alpha \in (0.1, 1), t \in \{0, 1, 2, 3\}, T \in \{3, 4, 5\}")
def _(alpha, t, T):
    agree(cosine(np.array([T, T + 1, 2 * T]), alpha, T), np.zeros(3))
    agree(cosine(0, alpha, T), alpha)
    agree(cosine(t, alpha, T), alpha * np.cos(np.pi * t / (2 * T)) ** 2)  # another form
    return {r"\alpha_t": cosine(t, alpha, T)}


@tie("op-warmup", SCHEDULE)
def _(alpha, t, T):
    agree(warmup(T - 1, alpha, T), alpha)
    return {r"\alpha_t": agree(warmup(t, alpha, T), np.linspace(0, alpha, T + 1)[min(t + 1, T)])}


# ── Laws that the code keeps, printed without a label or not at all ──────────────────────────────


@tie(
    None,
    r"w \in \mathbb{R}^2",
    printed=r"J(w) = \frac{1}{4} (w_1^2 - 1)^2 + \frac{w_1}{10} + \frac{1}{2} w_2^2",
)
def _(w):
    agree(two_basins_gradient(w), derivative(two_basins, w))
    path = np.array([w, 2 * w, 3 * w])
    agree(two_basins(path), np.array([two_basins(p) for p in path]))
    agree(two_basins_gradient(path), np.array([two_basins_gradient(p) for p in path]))
    return {"J": two_basins}
