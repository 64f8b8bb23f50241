r"""The ties of the chapter on loss functions."""

from __future__ import annotations

import numpy as np
from scipy.special import expit, logsumexp
from scipy.special import huber as scipy_huber
from scipy.special import softmax as scipy_softmax
from scipy.stats import bernoulli, norm

from contract.tie import Case, tie
from contract.truth import agree, derivative, gradient_of
from utils.activations import (
    log_sum_exp,
    relu,
    sigmoid,
    sigmoid_derivative,
    softmax,
    softmax_jacobian,
    softplus,
)
from utils.losses import (
    absolute_error,
    absolute_error_gradient,
    categorical_cross_entropy,
    cosine,
    cosine_embedding,
    cosine_embedding_gradient,
    cosine_gradient,
    cross_entropy,
    cross_entropy_from_z,
    cross_entropy_gradient,
    hinge,
    hinge_embedding,
    hinge_embedding_gradient,
    hinge_gradient,
    huber,
    huber_gradient,
    negative_log_likelihood,
    negative_log_likelihood_gradient,
    softmax_squared_error_gradient,
    squared_error,
    squared_error_gradient,
)
from utils.neuron import neuron_step, plateau
from utils.penalties import l1_penalty, l1_penalty_gradient, l2_penalty, l2_penalty_gradient

SLOPE = r"\frac{\partial \ell}{\partial \hat{y}}"
SLOPE_Z = r"\frac{\partial \ell}{\partial z}"
NUMBERS = r"y, \hat{y} \in \mathbb{R}"
CLASS = r"y \in (0, 1), z \in \mathbb{R}"
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


# ── The target is a number ───────────────────────────────────────────────────────────────────────


@tie("lf-squared", NUMBERS)
def _(y, y_hat):
    return {r"\ell": squared_error(y, y_hat)}


@tie("lf-squared-gradient", NUMBERS)
def _(y, y_hat):
    true = derivative(lambda y_hat: squared_error(y, y_hat), y_hat)
    return {SLOPE: agree(squared_error_gradient(y, y_hat), true)}


@tie("lf-mean-squared-gradient", r"y, \hat{y} \in \mathbb{R}^m")
def _(y, y_hat):
    true = derivative(lambda y_hat: np.mean((y - y_hat) ** 2), y_hat)
    agree(2 * squared_error_gradient(y, y_hat) / len(y), true)
    for i, slope in enumerate(true, start=1):
        yield {r"\frac{\partial C}{\partial \hat{y}_i}": slope, "i": i, "m": len(y)}


@tie("lf-mean", r"y \in \mathbb{R}^m, \hat{y} \in \mathbb{R}")
def _(y, y_hat):
    return {"J": lambda v: np.mean(squared_error(y, np.full(len(y), v))), r"\bar{y}": np.mean(y)}


@tie("lf-absolute", NUMBERS)
def _(y, y_hat):
    agree(absolute_error_gradient(y, y), 0.0)
    true = derivative(lambda y_hat: size(y - y_hat), y_hat)
    agree(absolute_error_gradient(y, y_hat), true)
    return {r"\ell": absolute_error(y, y_hat)}


@tie("lf-median", r"y \in \mathbb{R}^m, \hat{y} \in \mathbb{R}")
def _(y, y_hat):
    same = np.full(len(y), y_hat)
    true = derivative(lambda y_hat: np.mean(size(y - y_hat)), y_hat)
    return {
        r"\frac{dJ}{d\hat{y}}": agree(np.mean(absolute_error_gradient(y, same)), true),
        "m": len(y),
        "m_1": np.sum(y < y_hat),
        "m_2": np.sum(y > y_hat),
    }


@tie("lf-huber", r"y, \hat{y} \in \mathbb{R}, \tau \in (0.3, 2)")
def _(y, y_hat, tau):
    for guess in (y_hat, y + tau / 3, y + 2 * tau, y - 3 * tau):
        loss = agree(huber(y, guess, tau), scipy_huber(tau, y - guess))
        q = min(abs(y - guess), tau)
        yield {r"\hat{y}": guess, r"\ell": loss, "q": q}
        smaller = {"q": q / 2, r"\ell": q / 2 * (abs(y - guess) - q / 4)}
        yield Case({r"\hat{y}": guess, **smaller}, holds=False)


@tie("lf-huber-gradient", r"y, \hat{y} \in \mathbb{R}, \tau \in (0.3, 2)")
def _(y, y_hat, tau):
    def true(guess):
        def loss(v):
            r = size(y - v)
            return np.where(np.real(r) < tau, r**2 / 2, tau * (r - tau / 2))

        return derivative(loss, guess)

    for guess in (y_hat, y + tau / 3, y + 2 * tau, y - 3 * tau):
        slope = agree(huber_gradient(y, guess, tau), true(guess))
        yield {r"\hat{y}": guess, SLOPE: slope}


# ── Likelihood ───────────────────────────────────────────────────────────────────────────────────


@tie("lf-bernoulli", r"y \in \{0, 1\}, \hat{y} \in (0, 1)")
def _(y, y_hat):
    for outcome in (0, 1):
        p = np.exp(-cross_entropy(outcome, y_hat))
        yield {"y": outcome, "p": agree(p, bernoulli.pmf(outcome, y_hat))}


@tie("lf-likelihood", r"v \in (-1, 1)^m, \hat{y} \in (0, 1)^m")
def _(v, y_hat):
    y = np.where(v > 0, 1, 0)
    losses = cross_entropy(y, y_hat)
    return {"p": bernoulli.pmf(y, y_hat), r"\ell": losses, "m": len(y)}


@tie("lf-cross-entropy", r"y, \hat{y} \in (0, 1)")
def _(y, y_hat):
    for outcome in (0, 1):
        agree(cross_entropy(outcome, y_hat), -bernoulli.logpmf(outcome, y_hat))
    return {r"\ell": cross_entropy(y, y_hat)}


@tie("lf-gaussian", NUMBERS)
def _(y, y_hat):
    p = norm.pdf(y, loc=y_hat)
    agree(squared_error(y, y_hat), -np.log(p) - np.log(2 * np.pi) / 2)
    return {"p": p}


# ── The cancellation ─────────────────────────────────────────────────────────────────────────────


@tie("lf-squared-z", CLASS)
def _(y, z):
    y_hat = sigmoid(z)
    true = derivative(lambda z: squared_error(y, sigmoid(z)), z)
    slope = squared_error_gradient(y, y_hat) * sigmoid_derivative(z)
    return {SLOPE_Z: agree(slope, true), r"\hat{y}": expit(z)}


@tie("lf-cancel", CLASS)
def _(y, z):
    true = derivative(lambda z: cross_entropy(y, sigmoid(z)), z)
    return {SLOPE_Z: agree(cross_entropy_gradient(y, sigmoid(z)), true), r"\hat{y}": expit(z)}


def pull(z):
    """Return ∂ℓ/∂z of the squared error, for the target 1."""
    return derivative(lambda z: squared_error(1.0, sigmoid(z)), z)


@tie("lf-stall", r"z \in (-5, 5)")
def _(z):
    yield Case({SLOPE_Z: pull(z), r"\hat{y}": expit(z)}, right=np.exp(z))
    deep = sigmoid(-40.0)  # so far down the bound is reached, to rounding
    slope = squared_error_gradient(1.0, deep) * sigmoid_derivative(-40.0)
    yield Case({"z": -40.0, SLOPE_Z: slope, r"\hat{y}": deep}, tight=(1,))


@tie("lf-greatest", r"\hat{y} \in (0, 1)")
def _(y_hat):
    for a, reached in [(y_hat, ()), (0.5, ()), (1 / 3, (0,))]:
        slope = agree(pull(np.log(a / (1 - a))), -((1 - a) ** 2) * a)
        yield Case({r"\hat{y}": a, SLOPE_Z: slope}, tight=reached, right=4 / 27)


@tie("lf-step-z", r"x, w \in \mathbb{R}^n, b \in \mathbb{R}, y \in (0, 1), \alpha \in (0, 1)")
def _(x, w, b, y, alpha):
    new_w, new_b = neuron_step(x, y, w, b, alpha)
    true = derivative(lambda z: squared_error(y, sigmoid(z)), w @ x + b)
    return {"z": w @ x + b, "z :=": new_w @ x + new_b, SLOPE_Z: true}


@tie("lf-plateau", r"x \in \mathbb{R}^n, z_0 \in (-5, -2), \alpha \in (0.05, 1)")
def _(x, z_0, alpha):
    w, b, t = np.zeros(len(x)), z_0, 0
    while w @ x + b < 0:
        (w, b), t = neuron_step(x, 1.0, w, b, alpha), t + 1
    yield Case({"t": t}, right=plateau(z_0, alpha, x))
    yield Case({"t": 0, "z_0": 0.0}, tight=(0,), right=plateau(0.0, alpha, x))


@tie("lf-curvature", CLASS)
def _(y, z):
    true = derivative(lambda z: sigmoid(z) - y, z)
    return {r"\frac{d^2 \ell}{dz^2}": agree(sigmoid_derivative(z), true), r"\hat{y}": expit(z)}


@tie("lf-squared-curvature", r"z \in \mathbb{R}")
def _(z):
    true = derivative(lambda z: (sigmoid(z) - 1) * sigmoid(z) * (1 - sigmoid(z)), z)
    return {r"\frac{d^2 \ell}{dz^2}": true, r"\hat{y}": expit(z)}


# ── From z ───────────────────────────────────────────────────────────────────────────────────────


@tie("lf-softplus", r"z \in (-3, 3)")
def _(z):
    for place in (z, -z, z / 10):
        agree(softplus(place), np.logaddexp(0, place))
        yield {"z": place, r"\operatorname{softplus}": softplus}


@tie("lf-from-z", CLASS)
def _(y, z):
    loss = agree(cross_entropy_from_z(y, z), cross_entropy(y, expit(z)))
    return {r"\ell": loss, r"\operatorname{softplus}": softplus}


# ── Many classes ─────────────────────────────────────────────────────────────────────────────────


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
