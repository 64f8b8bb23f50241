r"""The ties of the chapter on adaptive rates."""

from __future__ import annotations

from functools import partial
from inspect import signature
from itertools import product

import numpy as np

from contract.tie import tie
from contract.truth import agree
from contract.worlds import given, world
from utils import regression
from utils.data import diabetes
from utils.exercises.optimizers import EXERCISES
from utils.landscapes import two_weights
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

ONE = r"g \in \mathbb{R}^6, t \in \{0, 1, 2, 3\}"
SETTINGS = r"\beta_1, \beta_2 \in (0.3, 0.9), \varepsilon \in (0.01, 0.1)"
PATH = r"w_0, a \in \mathbb{R}^n, t \in \{1, 2, 3\}, \alpha, \beta \in (0.1, 0.5)"


def wavy_gradient(a):
    """Return the gradient of a cost that is no bowl."""
    return lambda w: a * np.cos(w + 1) + w


def default(rule, name):
    """Return what a setting of a rule is if nobody says anything."""
    return signature(rule).parameters[name].default


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
    return {"u_t": u, "s_t": s, r"\hat{u}_t": u_hat, r"\hat{s}_t": s_hat, "g": lambda i: g[i]}


@tie("op-adam", ONE + r", w_0, \alpha \in \mathbb{R}, " + SETTINGS)
def _(g, t, w_0, alpha, beta_1, beta_2, epsilon):
    rule = partial(adam, beta1=beta_1, beta2=beta_2, epsilon=epsilon)
    path = stochastic_descent(lambda w, g: g, w_0, alpha, g, rule)
    agree(adam(np.array([3.0, -0.5]), None, epsilon=0.0)[0], np.array([1.0, -1.0]))
    return {
        "w": lambda i: path[i],
        r"\hat{u}": lambda i: corrected(beta_1, g[:i]),
        r"\hat{s}": lambda i: corrected(beta_2, g[:i] ** 2),
        "g": lambda i: g[i],
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
    return {"r": lambda i: r[i], r"\hat{s}": lambda i: s_hat[i], "g": lambda i: g[i]}


# ── Weight decay ──────────────────────────────────────────────────────────────────────────────────


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


# ── What the letters mean in the text ────────────────────────────────────────────────────────────

given(r"\beta_1 = 0", r"\beta_2 = 1 / (1 + C^2)", "C = 3", r"g \ne 0")
TUG = r"C \in (2.1, 5), \alpha, \beta_2 \in (0.1, 0.9)"


@world("", "A rate for each weight", "The race", "1. The first step")
def _():
    return {r"\beta_2": default(rmsprop, "beta2")}


@world("", "A rate for each weight")
def _():
    return {r"\beta_2": default(adam, "beta2")}


@world("", "Adam", "When Adam does not converge", "6. The noise floor of Adam")
def _():
    names = {r"\beta_1": default(adam, "beta1"), r"\beta_2": default(adam, "beta2")}
    return names | {r"\varepsilon": default(adam, "epsilon")}


@world("", "3. AdaGrad")
def _():
    return {r"\varepsilon": default(rmsprop, "epsilon")}


@world("", "Schedules", "Which one?")
def _():
    kappa = np.linalg.cond(regression.line_hessian(diabetes("bmi")[0]))
    return {r"\kappa": kappa, r"\beta": agree(default(momentum, "beta"), default(nesterov, "beta"))}


@world(r"g \in \mathbb{R}^2, w_0 \in \mathbb{R}, " + SETTINGS + r", \alpha \in (0.1, 1)")
def _(g, w_0, beta_1, beta_2, epsilon, alpha):
    """One step of RMSProp, and what Adam makes of its first gradient."""
    w = stochastic_descent(lambda w, g: g, w_0, alpha, g, partial(rmsprop, beta2=beta_2))
    u, s = corrected(beta_1, g[:1]), corrected(beta_2, g[:1] ** 2)
    names = {"w": lambda i: w[i], "g": lambda i: g[i]}
    return names | {r"\hat{u}_1": u, r"\hat{s}_1": s, "p_t": plain(g[1], None)[0], "g_t": g[1]}


@world(r"w \in \mathbb{R}^2", "The race")
def _(w):
    return {"J": two_weights(w)}


@world(r"C \in (2.1, 5)", "When Adam does not converge")
def _(C):
    """Where the cost is lowest, of all places between the walls."""
    places = np.linspace(-1, 1, 21)
    return {"w": min(places, key=lambda w: np.mean([C * w, -w, -w]))}


@world(TUG, "When Adam does not converge")
def _(C, alpha, beta_2):
    """The mean square after a large gradient, once the tug has gone on for long."""
    return {"s": faded(beta_2, 10 * [C**2, 1.0, 1.0] + [C**2]) * (1 - beta_2)}


@world("", "1. The first step")
def _():
    return {"g": -EXERCISES["op-first-step"]["plain"].answer / 0.1}


@world("", "2. Name the cure")
def _():
    return {"t": EXERCISES["op-choose"]["F"].answer}


@world(r"g \in \mathbb{R}, " + SETTINGS, "5. A rare input")
def _(g, beta_1, beta_2, epsilon):
    _, memories = remembered(partial(adam, beta1=beta_1, beta2=beta_2), [0.0, 0.0, g])
    return {"u": memories[3][0], "s": memories[3][1]}
