"""Losses have the values of their definitions and the gradients of their values.

The values are held against scikit-learn and SciPy, the gradients against automatic differentiation
of definitions written here, to 1e-10 relative.
"""

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import special
from scipy.stats import bernoulli
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import hinge_loss, log_loss, mean_absolute_error, mean_squared_error

from utils import losses, penalties
from utils.activations import log_sum_exp, sigmoid, softmax, softmax_jacobian, softplus
from utils.data import diabetes, standardize
from utils.gradient_check import complex_step
from utils.losses import (
    cross_entropy,
    cross_entropy_from_z,
    cross_entropy_gradient,
    squared_error,
    squared_error_gradient,
)
from utils.neuron import plateau
from utils.optimizers import descend_until

vectors = arrays(float, 4, elements=st.floats(-5, 5))
wide = arrays(float, 4, elements=st.floats(-1e5, 1e5))
classes = arrays(float, 4, elements=st.sampled_from([0.0, 1.0]))
signs = arrays(float, 4, elements=st.sampled_from([-1.0, 1.0]))
batches = arrays(float, (3, 4), elements=st.floats(-5, 5))
which = arrays(int, 4, elements=st.integers(0, 2))


def close(ours, theirs):
    np.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=1e-13)


# ── A number ─────────────────────────────────────────────────────────────────────────────────────


@given(vectors, vectors)
def test_squared_error_has_its_gradient(y, y_hat):
    measured = complex_step(lambda v: squared_error(y, v).sum(), y_hat)
    np.testing.assert_allclose(squared_error_gradient(y, y_hat), measured, atol=1e-12)
    close(squared_error(y, y_hat).mean(), mean_squared_error(y, y_hat) / 2)


@given(vectors)
def test_a_prediction_too_large_has_a_positive_gradient(y):
    assert (squared_error_gradient(y, y + 1) > 0).all()
    assert (losses.absolute_error_gradient(y, y + 1) > 0).all()
    assert (losses.huber_gradient(y, y + 1, 0.5) > 0).all()


@given(vectors, vectors, st.floats(0.1, 3))
def test_absolute_error_and_huber_are_what_others_say(y, y_hat, tau):
    close(losses.absolute_error(y, y_hat).mean(), mean_absolute_error(y, y_hat))
    close(losses.huber(y, y_hat, tau), special.huber(tau, y - y_hat))


@given(vectors, vectors, st.floats(0.1, 3))
def test_hubers_gradient_is_the_derivative(y, y_hat, tau):
    def loss(v):
        size = anp.abs(y - v)
        return anp.sum(anp.where(size < tau, size**2 / 2, tau * (size - tau / 2)))

    if np.all(np.abs(y - y_hat) > 1e-12):  # autograd has no derivative of abs at 0
        close(losses.huber_gradient(y, y_hat, tau), autograd.grad(loss)(y_hat))
        slope = autograd.grad(lambda v: anp.sum(anp.abs(y - v)))(y_hat)
        close(losses.absolute_error_gradient(y, y_hat), slope)


@given(arrays(float, 7, elements=st.floats(-5, 5)), st.floats(-6, 6))
def test_each_loss_asks_for_its_number(y, other):
    def cost(loss, guess):
        return np.mean(loss(y, np.full(7, guess)))

    assert cost(squared_error, y.mean()) <= cost(squared_error, other) + 1e-12
    assert cost(losses.absolute_error, np.median(y)) <= cost(losses.absolute_error, other) + 1e-12


# ── Two classes ──────────────────────────────────────────────────────────────────────────────────


@given(classes, vectors)
def test_cross_entropy_is_minus_the_log_likelihood(y, z):
    np.testing.assert_allclose(
        cross_entropy(y, sigmoid(z)), -bernoulli.logpmf(y, sigmoid(z)), rtol=1e-9
    )


@given(classes, vectors)
def test_cross_entropy_is_scikit_learns_log_loss(y, z):
    close(cross_entropy(y, sigmoid(z)).mean(), log_loss(y, special.expit(z), labels=[0, 1]))
    close(cross_entropy_from_z(y, z), cross_entropy(y, sigmoid(z)))


@given(classes, vectors)
def test_cross_entropy_has_its_gradient_through_the_sigmoid(y, z):
    measured = complex_step(lambda v: cross_entropy(y, sigmoid(v)).sum(), z)
    np.testing.assert_allclose(cross_entropy_gradient(y, sigmoid(z)), measured, atol=1e-12)
    automatic = autograd.grad(lambda z: anp.sum(anp.logaddexp(0, z) - y * z))(z)
    close(cross_entropy_gradient(y, sigmoid(z)), automatic)


@given(classes, wide)
def test_from_z_nothing_overflows(y, z):
    with np.errstate(all="raise", under="ignore"):
        loss = cross_entropy_from_z(y, z)
    assert np.isfinite(loss).all()
    np.testing.assert_allclose(loss, np.logaddexp(0, -(2 * y - 1) * z), rtol=1e-12)


def test_from_z_a_tiny_loss_keeps_its_digits():
    np.testing.assert_allclose(cross_entropy_from_z(1.0, 40.0), np.exp(-40), rtol=1e-12)


@given(signs, vectors)
def test_hinge_is_scikit_learns(s, z):
    if len(set(s)) == 2:  # with one class alone, scikit-learn takes it for the negative one
        close(losses.hinge(s, z).mean(), hinge_loss(s, z, labels=[-1, 1]))
    if np.all(s * z != 1):
        automatic = autograd.grad(lambda z: anp.sum(anp.maximum(0, 1 - s * z)))(z)
        close(losses.hinge_gradient(s, z), automatic)
    assert not losses.hinge_gradient(s, s).any()  # at the kink


# ── Many classes ─────────────────────────────────────────────────────────────────────────────────


@given(batches, which)
def test_categorical_cross_entropy_is_scikit_learns_log_loss(Z, k):
    Y = np.eye(3)[:, k]
    theirs = log_loss(k, special.softmax(Z, axis=0).T, labels=[0, 1, 2])
    close(losses.categorical_cross_entropy(Y, Z).mean(), theirs)
    close(losses.negative_log_likelihood(Y, softmax(Z)).mean(), theirs)


@given(batches, which)
def test_categorical_cross_entropy_has_its_gradient(Z, k):
    Y = np.eye(3)[:, k]

    def probabilities(Z):
        E = anp.exp(Z)
        return E / anp.sum(E, axis=0)

    entropy = autograd.grad(lambda Z: -anp.sum(Y * anp.log(probabilities(Z))))(Z)
    close(cross_entropy_gradient(Y, softmax(Z)), entropy)
    square = autograd.grad(lambda Z: anp.sum((Y - probabilities(Z)) ** 2) / 2)(Z)
    close(losses.softmax_squared_error_gradient(Y, Z), square)
    likelihood = autograd.grad(lambda P: -anp.sum(Y * anp.log(P)))(softmax(Z))
    close(losses.negative_log_likelihood_gradient(Y, softmax(Z)), likelihood)
    close(softmax_jacobian(Z[:, 0]), autograd.jacobian(probabilities)(Z[:, 0]))


@given(arrays(float, (3, 4), elements=st.floats(-1e5, 1e5)))
def test_log_sum_exp_is_scipys(Z):
    with np.errstate(all="raise", under="ignore"):
        close(log_sum_exp(Z), special.logsumexp(Z, axis=0))
        close(log_sum_exp(Z[:, 0]), special.logsumexp(Z[:, 0]))
        close(softplus(Z), np.logaddexp(0, Z))


# ── Distances ────────────────────────────────────────────────────────────────────────────────────


@given(arrays(float, (2, 3, 4), elements=st.floats(-5, 5)), signs)
def test_embedding_losses_have_their_gradients(pair, s):
    u, v = pair
    if np.min(np.abs(u - v)) < 1e-6 or np.min(np.linalg.norm(pair, axis=1)) < 1e-3:
        return  # at a kink, or without a direction

    def taxi(u):
        d = anp.sum(anp.abs(u - v), axis=0)
        return anp.sum(anp.where(s > 0, d, anp.maximum(0, 4 - d)))

    def turned(u):
        lengths = anp.sqrt(anp.sum(u * u, axis=0) * anp.sum(v * v, axis=0))
        cos = anp.sum(u * v, axis=0) / lengths
        return anp.sum(anp.where(s > 0, 1 - cos, anp.maximum(0, cos - 0.3)))

    close(losses.hinge_embedding(s, u, v, 4.0).sum(), taxi(u))
    close(losses.hinge_embedding_gradient(s, u, v, 4.0), autograd.grad(taxi)(u))
    close(losses.cosine_embedding(s, u, v, 0.3).sum(), turned(u))
    np.testing.assert_allclose(
        losses.cosine_embedding_gradient(s, u, v, 0.3),
        autograd.grad(turned)(u),
        rtol=1e-10,
        atol=1e-12 / np.linalg.norm(u, axis=0).min(),
    )


# ── At the optimum ───────────────────────────────────────────────────────────────────────────────


def logistic_cost_gradient(X, y, mu):
    """Return the gradient of the cost in (w, b); X has a column for each example."""

    def gradient(theta):
        dz = cross_entropy_gradient(y, sigmoid(theta[:-1] @ X + theta[-1]))
        dw = X @ dz / len(y) + penalties.l2_penalty_gradient(theta[:-1], mu)
        return np.append(dw, dz.mean())

    return gradient


@pytest.mark.parametrize("mu", [0.0, 0.05])
def test_descent_ends_where_scikit_learns_logistic_regression_does(mu):
    X = np.array([standardize(diabetes(name)[0]) for name in ("bmi", "bp")])
    y = (diabetes()[1] > 140).astype(float)
    theirs = LogisticRegression(C=1 / (mu * 442) if mu else np.inf, tol=1e-10, max_iter=1000)
    theirs.fit(X.T, y)
    ours = descend_until(logistic_cost_gradient(X, y, mu), np.zeros(3), 2.0, 1e-9)[-1]
    np.testing.assert_allclose(ours[:-1], theirs.coef_[0], rtol=1e-5)
    np.testing.assert_allclose(ours[-1], theirs.intercept_[0], rtol=1e-5)


@given(arrays(float, 3, elements=st.floats(0.1, 5)), signs, st.floats(0, 3))
def test_penalties_have_their_gradients(size, s, mu):
    w = size * s[:3]
    close(
        penalties.l2_penalty_gradient(w, mu),
        autograd.grad(lambda w: mu * anp.sum(w**2) / 2)(w),
    )
    close(
        penalties.l1_penalty_gradient(w, mu),
        autograd.grad(lambda w: mu * anp.sum(anp.abs(w)))(w),
    )
    close(penalties.l1_penalty(w, mu), mu * np.linalg.norm(w, 1))
    close(penalties.l2_penalty(w, mu), mu * np.linalg.norm(w) ** 2 / 2)


# ── What is refused ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("certain", [0.0, 1.0, 1.5, -0.1])
def test_cross_entropy_refuses_what_is_no_open_probability(certain):
    with pytest.raises(ValueError, match="between 0 and 1"):
        cross_entropy(1.0, certain)


def huber(y, y_hat):
    return losses.huber(y, y_hat, 1.0)


def huber_gradient(y, y_hat):
    return losses.huber_gradient(y, y_hat, 1.0)


def hinge_embedding(u, v):
    return losses.hinge_embedding(1, u, v)


def hinge_embedding_gradient(u, v):
    return losses.hinge_embedding_gradient(1, u, v)


def cosine_embedding(u, v):
    return losses.cosine_embedding(1, u, v)


def cosine_embedding_gradient(u, v):
    return losses.cosine_embedding_gradient(1, u, v)


PAIRED = [
    squared_error,
    squared_error_gradient,
    losses.absolute_error,
    losses.absolute_error_gradient,
    huber,
    huber_gradient,
    cross_entropy,
    cross_entropy_gradient,
    cross_entropy_from_z,
    losses.hinge,
    losses.hinge_gradient,
    losses.negative_log_likelihood,
    losses.negative_log_likelihood_gradient,
    losses.categorical_cross_entropy,
    losses.softmax_squared_error_gradient,
    losses.cosine,
    losses.cosine_gradient,
    hinge_embedding,
    hinge_embedding_gradient,
    cosine_embedding,
    cosine_embedding_gradient,
]


@pytest.mark.parametrize("function", PAIRED, ids=lambda function: function.__name__)
def test_what_does_not_pair_is_refused(function):
    with pytest.raises(ValueError, match=r"expected y_hat of y's shape \(3,\), got \(3, 1\)"):
        function(np.full(3, 0.5), np.full((3, 1), 0.5))
    with pytest.raises(ValueError, match=r"expected one example at least, got .*\(3, 0\)"):
        function(np.ones((3, 0)), np.ones((3, 0)))
    with pytest.raises(ValueError, match="expected numbers, got NaN"):
        function(np.array([1.0, 0.0, np.nan]), np.full(3, 0.5))
    with pytest.raises(ValueError, match="expected numbers, got NaN"):
        function(np.array([1.0, 0.0, 0.0]), np.full(3, np.nan))
    with pytest.raises(ValueError, match="expected a number or an array, got list"):
        function([1.0, 0.0, 0.0], np.full(3, 0.5))


@pytest.mark.parametrize("y", [-1.0, 2.0])
def test_labels_outside_the_range_are_refused(y):
    for function in (cross_entropy, cross_entropy_gradient, cross_entropy_from_z):
        with pytest.raises(ValueError, match="expected every y between 0 and 1"):
            function(y, 0.5)


@pytest.mark.parametrize("s", [0.0, 2.0])
def test_signs_other_than_one_are_refused(s):
    for function in (losses.hinge, losses.hinge_gradient):
        with pytest.raises(ValueError, match="expected every s to be -1 or 1"):
            function(s, 0.5)
    with pytest.raises(ValueError, match="expected every s to be -1 or 1"):
        losses.cosine_embedding(s, np.ones(2), np.ones(2))


def test_what_is_no_distribution_is_refused():
    two = np.array([1.0, 1.0, 0.0])
    for function in (losses.negative_log_likelihood, losses.categorical_cross_entropy):
        with pytest.raises(ValueError, match="expected columns of y that sum to 1"):
            function(two, np.full(3, 1 / 3))
        with pytest.raises(ValueError, match=r"expected y of shape \(K,\) or \(K, m\)"):
            function(1.0, 0.5)
    with pytest.raises(ValueError, match="expected every y_hat above 0"):
        losses.negative_log_likelihood(np.array([1.0, 0.0]), np.array([0.0, 1.0]))


def test_other_bad_input_is_refused():
    for function in (losses.huber, losses.huber_gradient):
        with pytest.raises(ValueError, match="expected tau > 0, got 0"):
            function(1.0, 0.5, 0)
    with pytest.raises(ValueError, match=r"expected s of shape \(4,\), got \(3,\)"):
        losses.hinge_embedding(np.ones(3), np.ones((2, 4)), np.ones((2, 4)))
    with pytest.raises(ValueError, match="expected vectors other than zero"):
        losses.cosine(np.zeros(2), np.ones(2))
    with pytest.raises(ValueError, match=r"expected Z of shape \(K,\) or \(K, m\)"):
        log_sum_exp(np.zeros((0, 3)))
    with pytest.raises(ValueError, match="expected finite Z"):
        log_sum_exp(np.array([1.0, np.inf]))
    with pytest.raises(ValueError, match=r"expected z of shape \(K,\), got \(2, 2\)"):
        softmax_jacobian(np.ones((2, 2)))
    for penalty in (penalties.l2_penalty, penalties.l1_penalty_gradient):
        with pytest.raises(ValueError, match="expected mu >= 0, got -1"):
            penalty(np.ones(2), -1)
        with pytest.raises(ValueError, match="expected numbers, got NaN"):
            penalty(np.array([np.nan]), 1)
        with pytest.raises(ValueError, match="expected one weight at least"):
            penalty(np.array([]), 1)
    with pytest.raises(ValueError, match="expected alpha > 0"):
        plateau(-2.0, 0.0, np.ones(2))
