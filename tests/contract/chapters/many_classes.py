r"""The ties and worlds of the chapter on many classes."""

from __future__ import annotations

import numpy as np
from scipy.optimize import brentq
from scipy.spatial.distance import cityblock
from scipy.special import expit, logit, logsumexp
from scipy.special import softmax as scipy_softmax
from scipy.stats import bernoulli, laplace, multinomial, norm

from contract.tie import tie
from contract.truth import agree, derivative, gradient_of
from contract.worlds import forgiving, given, world
from utils.activations import identity, log_sum_exp, relu, softmax, softmax_jacobian, softplus
from utils.losses import (
    categorical_cross_entropy,
    cosine,
    cosine_embedding,
    cosine_embedding_gradient,
    cosine_gradient,
    cross_entropy_from_z,
    cross_entropy_gradient,
    hinge,
    hinge_embedding,
    hinge_embedding_gradient,
    hinge_gradient,
    negative_log_likelihood,
    negative_log_likelihood_gradient,
    softmax_squared_error_gradient,
    squared_error,
)
from utils.optimizers import gradient_descent
from utils.penalties import l1_penalty, l1_penalty_gradient, l2_penalty, l2_penalty_gradient

SLOPE_Z = r"\frac{\partial \ell}{\partial z}"
CLASSES = r"y \in (0, 1)^K, z \in \mathbb{R}^K"
PAIR = r"u, v \in \mathbb{R}^3, s \in \{-1, 1\}, \gamma \in (0.2, 4)"


def size(r):
    """Return |r|, in a form that complex numbers pass through."""
    return np.where(np.real(r) < 0, -r, r)


def cut(r):
    """Return max(0, r), in a form that complex numbers pass through."""
    return np.where(np.real(r) > 0, r, 0 * r)


def probabilities(z):
    """Return the softmax of one example, as it is defined."""
    return np.exp(z) / np.sum(np.exp(z))


def by_column(f, *columns):
    """Return what f makes of each example by itself."""
    return np.array([f(*example) for example in zip(*(a.T for a in columns), strict=True)]).T


# ── One output for each class ─────────────────────────────────────────────────────────────────────


@tie("lf-categorical", CLASSES)
def _(y, z):
    categorical_cross_entropy(y / np.sum(y), z)  # refuses shapes that do not fit
    y, y_hat = y / np.sum(y), scipy_softmax(z / 4)
    Y, Y_hat = np.column_stack([y, y[::-1]]), np.column_stack([y_hat, y])
    true = derivative(lambda y_hat: -np.sum(y * np.log(y_hat)), y_hat)
    agree(negative_log_likelihood_gradient(y, y_hat), true)
    agree(negative_log_likelihood(Y, Y_hat), by_column(negative_log_likelihood, Y, Y_hat))
    loss = negative_log_likelihood(y, y_hat)
    return {r"\ell": loss, "y": y, r"\hat{y}": y_hat, "K": len(y)}


@tie("lf-categorical-from-z", CLASSES)
def _(y, z):
    y = y / np.sum(y)
    Y, Z = np.column_stack([y, y[::-1]]), np.column_stack([z, 2 * z])
    agree(categorical_cross_entropy(Y, Z), by_column(categorical_cross_entropy, Y, Z))
    loss = agree(categorical_cross_entropy(y, z), -np.sum(y * np.log(scipy_softmax(z))))
    return {r"\ell": loss, "y": y, r"\operatorname{lse}": log_sum_exp}


@tie("lf-log-sum-exp", r"z \in \mathbb{R}^K, c \in \mathbb{R}")
def _(z, c):
    Z = np.column_stack([z, 2 * z, -z])
    agree(log_sum_exp(Z), logsumexp(Z, axis=0))
    agree(log_sum_exp(z + 1000), logsumexp(z) + 1000)
    return {r"\operatorname{lse}": log_sum_exp, "K": len(z)}


def true_jacobian(z):
    return np.array([derivative(lambda z, i=i: probabilities(z)[i], z) for i in range(len(z))])


@tie("lf-softmax-entry", r"z \in \mathbb{R}^3")
def _(z):
    J = agree(softmax_jacobian(z), true_jacobian(z))
    for i in (1, 2, 3):
        for j in (1, 2, 3):
            yield {
                r"\frac{\partial \hat{y}_i}{\partial z_j}": J[i - 1, j - 1],
                r"\hat{y}": softmax(z),
                "i": i,
                "j": j,
            }


@tie("lf-softmax-jacobian", r"z \in \mathbb{R}^3")
def _(z):
    return {
        r"\frac{\partial \hat{y}}{\partial z}": agree(softmax_jacobian(z), true_jacobian(z)),
        r"\operatorname{diag}": np.diag,
        r"\hat{y}": scipy_softmax(z),
    }


@tie("lf-softmax-cancel", CLASSES)
def _(y, z):
    y = y / np.sum(y)
    true = derivative(lambda z: categorical_cross_entropy(y, z), z)
    squared = derivative(lambda z: np.sum((y - probabilities(z)) ** 2) / 2, z)
    agree(softmax_squared_error_gradient(y, z), squared)
    Y, Z = np.column_stack([y, y[::-1]]), np.column_stack([z, 2 * z])
    each = by_column(softmax_squared_error_gradient, Y, Z)
    agree(softmax_squared_error_gradient(Y, Z), each)
    slope = agree(cross_entropy_gradient(y, softmax(z)), true)
    return {SLOPE_Z: slope, "y": y, r"\hat{y}": scipy_softmax(z)}


# ── Margins and distances ────────────────────────────────────────────────────────────────────────


@tie("lf-hinge", r"s \in \{-1, 1\}, z \in \mathbb{R}")
def _(s, z):
    for place in (z, 3 * z, -3 * z):
        yield {"z": place, r"\ell": hinge(s, place)}


@tie("lf-hinge-gradient", r"s \in \{-1, 1\}, z \in \mathbb{R}")
def _(s, z):
    for place in (z, 3 * z, -3 * z):
        true = derivative(lambda z: cut(1 - s * z), place)
        yield {"z": place, SLOPE_Z: agree(1.0 * hinge_gradient(s, place), true)}
    yield {"z": float(s), SLOPE_Z: hinge_gradient(s, float(s))}


@tie("lf-margin", r"s \in \{-1, 1\}, z \in \mathbb{R}")
def _(s, z):
    loss = agree(cross_entropy_from_z((s + 1) / 2, z), -bernoulli.logpmf((s + 1) // 2, expit(z)))
    return {r"\ell": loss, r"\operatorname{softplus}": softplus}


def near_and_far(s, u, v):
    """Return pairs of which some are of one kind, some of the other."""
    return np.array([s, -s, s]), np.column_stack([u, u, 2 * v]), np.column_stack([v, v / 5, u])


@tie("lf-hinge-embedding", PAIR)
def _(u, v, s, gamma):
    distance = np.sum(np.abs(u - v))
    S, U, V = near_and_far(s, u, v)
    for sign in (1, -1):
        for margin in (gamma, 2 * distance, distance / 2):

            def loss(u, sign=sign, margin=margin):
                far = np.sum(size(u - v))
                return far if sign == 1 else cut(margin - far)

            slope = hinge_embedding_gradient(sign, u, v, margin)
            agree(slope, derivative(loss, u))
            agree(derivative(lambda v, loss=loss: loss(2 * u - v), u), -slope)
            yield {
                "s": sign,
                r"\gamma": margin,
                r"\ell": hinge_embedding(sign, u, v, margin),
                r"\lVert u - v \rVert_1": distance,
            }
    agree(hinge_embedding_gradient(-1, u, v, distance), np.zeros(3))
    agree(hinge_embedding_gradient(sign, u, u, gamma), np.zeros(3))
    agree(
        hinge_embedding(S, U, V, gamma),
        by_column(lambda s, u, v: hinge_embedding(s, u, v, gamma), S, U, V),
    )
    agree(
        hinge_embedding_gradient(S, U, V, gamma),
        by_column(lambda s, u, v: hinge_embedding_gradient(s, u, v, gamma), S, U, V),
    )


def angle(u, v):
    return np.sum(u * v) / np.sqrt(np.sum(u * u) * np.sum(v * v))


@tie("lf-cosine-embedding", PAIR)
def _(u, v, s, gamma):
    S, U, V = near_and_far(s, u, v)
    cos = cosine(u, v)
    for sign in (1, -1):
        for margin in (cos - 0.2, cos + 0.2):
            slope = cosine_embedding_gradient(sign, u, v, margin)
            loss = cosine_embedding(sign, u, v, margin)

            def true(u, sign=sign, margin=margin):
                return 1 - angle(u, v) if sign == 1 else cut(angle(u, v) - margin)

            agree(slope, derivative(true, u))
            yield {"s": sign, r"\gamma": margin, r"\ell": loss, r"\cos": angle(u, v)}
    agree(cosine_embedding_gradient(-1, u, v, cos), np.zeros(3))
    agree(cosine_embedding(S, U, V, 0.1), by_column(partial_of(cosine_embedding), S, U, V))
    each = by_column(partial_of(cosine_embedding_gradient), S, U, V)
    agree(cosine_embedding_gradient(S, U, V, 0.1), each)


def partial_of(f):
    return lambda s, u, v: f(s, u, v, 0.1)


@tie("lf-cosine-gradient", r"u, v \in \mathbb{R}^3")
def _(u, v):
    true = derivative(lambda u: angle(u, v), u)
    U, V = np.column_stack([u, v]), np.column_stack([v, u + v])
    agree(cosine(U, V), by_column(cosine, U, V))
    agree(cosine_gradient(U, V), by_column(cosine_gradient, U, V))
    slope = agree(cosine_gradient(u, v), true)
    return {r"\frac{\partial \cos}{\partial u}": slope, r"\cos": angle(u, v)}


# ── Priors, and a ReLU at the output ─────────────────────────────────────────────────────────────

PRIOR = r"w, a \in \mathbb{R}^n, \mu \in (0.1, 2)"


def cost_of(a):
    """Return a smooth cost of weights, any will do."""
    return lambda w: np.sum(a * np.sin(w + 1))


@tie("lf-l2", PRIOR)
def _(w, a, mu):
    J = cost_of(a)
    J(w)  # refuses shapes that do not fit
    prior = -np.sum(norm.logpdf(w, scale=1 / np.sqrt(mu)) - norm.logpdf(0, scale=1 / np.sqrt(mu)))
    agree(l2_penalty(w, mu), prior)
    return {"J": J, r"J_\mu": lambda w: J(w) + l2_penalty(w, mu), "n": len(w)}


@tie("lf-l2-gradient", PRIOR)
def _(w, a, mu):
    J = cost_of(a)
    agree(l2_penalty_gradient(w, mu), derivative(lambda w: l2_penalty(w, mu), w))
    both = gradient_of(lambda w: J(w) + l2_penalty(w, mu))
    return {r"\nabla J": gradient_of(J), r"\nabla J_\mu": both}


@tie("lf-l1", PRIOR)
def _(w, a, mu):
    J = cost_of(a)
    J(w)  # refuses shapes that do not fit
    agree(l1_penalty_gradient(w, mu), derivative(lambda w: mu * np.sum(size(w)), w))
    agree(l1_penalty_gradient(0 * w, mu), 0 * w)
    return {"J": J, r"J_\mu": lambda w: J(w) + l1_penalty(w, mu), "n": len(w)}


@tie("lf-relu", r"y, z \in \mathbb{R}")
def _(y, z):
    for place in (z, -z):
        true = derivative(lambda z: squared_error(y, cut(z)), place)
        yield {"z": place, r"\hat{y}": relu(place), SLOPE_Z: true}
    yield {"z": 0.0, r"\hat{y}": relu(0.0), SLOPE_Z: 0.0}


# ── The worlds of the sections ───────────────────────────────────────────────────────────────────

given(r"c = \max_j z_j", r"i \ne j", "s z = 1", "s = -1", "i = j", "s = 1")
given("z = -4", "b = -1", "z = 0", r"z \le 0", "z = (20, 0, 0)")
# The Jacobian of the softmax is its own transpose, as the text says.
forgiving(
    r"\frac{\partial \ell}{\partial z_j} = \sum_i \frac{\partial \ell}{\partial \hat{y}_i}"
    r" \frac{\partial \hat{y}_i}{\partial z_j}"
)

forgiving(r"s = \pm 1")


def slopes(loss, y_hat):
    """Return ∂ℓ/∂ŷ, entry by entry, as its names have it."""
    true = derivative(loss, y_hat)
    name = r"\frac{\partial \ell}{\partial \hat{y}_%d}"
    return {name % k: slope for k, slope in enumerate(true, start=1)}


@world(r"z \in \mathbb{R}^K, t \in \mathbb{R}^K, c \in \mathbb{R}", "One output for each class")
def _(z, t, c):
    y, y_hat = 1.0 * (t == np.max(t)), scipy_softmax(z)
    p = np.exp(multinomial.logpmf(y, 1, y_hat))
    return {"y": y, r"\hat{y}": y_hat, "p": p, "k": len(z), "K": len(z)}


@world(r"y, z \in \mathbb{R}", "One output for each class")
def _(y, z):
    two = scipy_softmax([z, 0])
    return {r"\hat{y}": expit(z), r"\hat{y}_1": two[0], r"\hat{y}_2": two[1]}


@world(r"z \in \mathbb{R}^3, i, j \in \{1, 2, 3\}", "The derivative of the softmax")
def _(z, i, j):
    S = np.exp(logsumexp(z))
    true = derivative(lambda z: np.sum(np.exp(z)), z)[j - 1]
    return {"S": S, r"\frac{\partial S}{\partial z_j}": true, r"\hat{y}": scipy_softmax(z)}


@world(r"t, z \in \mathbb{R}^3, j \in \{1, 2, 3\}", "The cancellation again")
def _(t, z, j):
    y, y_hat = scipy_softmax(t), scipy_softmax(z)
    true = derivative(lambda z: -np.sum(y * np.log(probabilities(z))), z)
    along = slopes(lambda y_hat: -np.sum(y * np.log(y_hat)), y_hat)
    names = {"y": y, r"\hat{y}": y_hat, "i": 2, "K": 3}
    return {**along, **names, r"\frac{\partial \ell}{\partial z_j}": true[j - 1]}


@world(r"y \in \{0, 1\}, z \in \mathbb{R}", "Hinge")
def _(y, z):
    return {"s": 1 if y else -1}


@world(r"u, v \in \mathbb{R}^n", "Hinge")
def _(u, v):
    true = derivative(lambda u: np.sqrt(np.sum(u * u)), u)
    return {
        r"\lVert u - v \rVert_1": cityblock(u, v),
        r"\frac{\partial \lVert u \rVert}{\partial u}": true,
    }


@world(
    r"y \in \{0, 1\}^m, w \in \mathbb{R}^n, X \in \mathbb{R}^{n \times m}, v \in (0.5, 3), "
    r"\alpha \in (0.1, 1)",
    "A penalty is a prior",
)
def _(y, w, X, v, alpha):
    def J(w):
        return np.mean(np.log(1 + np.exp(w @ X)) - y * (w @ X))

    def rule(w):
        return derivative(lambda w: J(w) + l2_penalty(w, mu), w)

    prior = norm(scale=np.sqrt(v))
    mu = (2 * prior.logpdf(0) - prior.logpdf(1) - prior.logpdf(-1)) / len(y)  # its curvature
    p = bernoulli.pmf(y, expit(w @ X))
    return {
        "p": p, r"\ell": -bernoulli.logpmf(y, expit(w @ X)), "p(w)": np.prod(prior.pdf(w)), "J": J,
        r"\mu": mu, "i": len(y), r"\nabla J": gradient_of(J),
        "w :=": gradient_descent(rule, w, alpha, 1)[-1],
    }  # fmt: skip


@world(r"y \in \mathbb{R}^m, a \in (0.5, 3)", "A penalty is a prior")
def _(y, a):
    prior = laplace(scale=a)
    return {r"\mu": (prior.logpdf(0) - prior.logpdf(1)) / len(y)}


@world(r"y \in \{0, 1\}^K, z \in \mathbb{R}", "Which loss for which task?")
def _(y, z):
    return {r"\hat{y}": identity(z)}


@world(r"x, w \in \mathbb{R}^2, b \in \mathbb{R}", "An age is a number", only=True)
def _(x, w, b):
    return {"z": np.append(w, b) @ np.append(x, 1)}


@world(r"v \in \mathbb{R}^2, b \in \mathbb{R}", "An age is a number")
def _(v, b):
    return {"z": np.array([0, 0, b]) @ np.append(v, 1)}


@world(r"t, z \in \mathbb{R}^3, j \in \{1, 2, 3\}", "5. The softmax stalls, too", only=True)
def _(t, z, j):
    y, y_hat = scipy_softmax(t), scipy_softmax(z)
    true = derivative(lambda z: np.sum((y - probabilities(z)) ** 2) / 2, z)
    along = slopes(lambda y_hat: np.sum((y - y_hat) ** 2) / 2, y_hat)
    name = r"\frac{\partial \hat{y}_%d}{\partial z_%d}"
    column = {name % (k, j): slope for k, slope in enumerate(true_jacobian(z)[:, j - 1], start=1)}
    return {
        **along, **column, "y": y, r"\hat{y}": y_hat, r"\operatorname{diag}": np.diag,
        r"\frac{\partial \ell}{\partial z_j}": true[j - 1],
        r"\ell": np.sum(squared_error(y, y_hat)),
    }  # fmt: skip


@world(r"z_1, z_2, y \in \mathbb{R}", "6. Two classes, twice", only=True)
def _(z_1, z_2, y):
    two = scipy_softmax([z_1, z_2])
    return {r"\hat{y}": two, "z": logit(two[0]), r"\sigma": expit}


@world(r"w^\star \in (-2, 2), \mu \in (0.5, 1.1)", "7. All the way to zero")
def _(w_star, mu):
    least = brentq(lambda w: w - w_star + mu * np.sign(w), -9, 9, xtol=1e-16)
    return {"w": least if abs(least) > 1e-12 else 0.0}


@world(r"t, z \in \mathbb{R}^K", "Summary")
def _(t, z):
    y = scipy_softmax(t)
    loss = -np.sum(y * np.log(scipy_softmax(z)))
    return {r"\ell": loss, "y": y, r"\hat{y}": scipy_softmax(z), r"\operatorname{lse}": logsumexp}
