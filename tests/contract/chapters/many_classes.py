r"""The ties of the chapter on many classes."""

from __future__ import annotations

import numpy as np
from scipy.special import expit, logsumexp
from scipy.special import softmax as scipy_softmax
from scipy.stats import bernoulli, norm

from contract.tie import tie
from contract.truth import agree, derivative, gradient_of
from utils.activations import log_sum_exp, relu, softmax, softmax_jacobian, softplus
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
