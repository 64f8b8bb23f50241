"""Dropout against its law and against the network in use, shrinkage against descent itself."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq
from sklearn.linear_model import Ridge

from utils.activations import relu, relu_derivative, softmax
from utils.dropout import dropout, dropout_backward, dropout_forward
from utils.layers import chain, dense, entrywise, flat, gradient_of, like
from utils.optimizers import gradient_descent, mini_batches, stochastic_descent
from utils.shrinkage import decay_of_steps, reached_by_decay, reached_by_steps

CHANCE = st.floats(0.05, 1)
SEED = st.integers(0, 999)
BOWL = st.tuples(st.floats(0.01, 2), st.floats(0.01, 0.5), st.integers(1, 60))


# ── Dropout ──────────────────────────────────────────────────────────────────────────────────────


@given(CHANCE, SEED)
def test_each_entry_is_zero_or_divided_by_its_chance(p, seed):
    A = np.random.default_rng(seed).normal(size=(3, 4, 5))
    out, _ = dropout_forward(p, np.random.default_rng(seed).random, (), A)
    kept = np.random.default_rng(seed).random(A.shape) < p
    np.testing.assert_allclose(out, np.where(kept, A / p, 0))


@given(CHANCE, SEED)
def test_what_was_off_gets_nothing_back_and_what_was_on_the_same_factor(p, seed):
    rng = np.random.default_rng(seed)
    A, dout = rng.normal(size=(2, 3, 5))
    out, kept = dropout_forward(p, rng.random, (), A)
    dA, none = dropout_backward(dout, (), kept)
    assert none == ()
    np.testing.assert_allclose(dA, dout * (out / A))


@pytest.mark.parametrize("p", [0.2, 0.5, 0.9])
def test_the_mean_over_many_masks_is_what_came_in(p):
    A = np.array([[1.0, -2.0], [0.5, 3.0], [0.0, 1.0]])
    rng, masks = np.random.default_rng(0), 20_000
    mean = sum(dropout_forward(p, rng.random, (), A)[0] for _ in range(masks)) / masks
    spread = np.sqrt((1 - p) / p / masks) * np.abs(A)
    assert np.all(np.abs(mean - A) <= 4 * spread)


def test_with_every_number_kept_it_changes_nothing():
    A = np.random.default_rng(0).normal(size=(2, 3))
    np.testing.assert_array_equal(dropout_forward(1, np.random.default_rng(0).random, (), A)[0], A)


def test_each_way_forward_draws_a_new_mask():
    layer, A = dropout(0.5, np.random.default_rng(0).random), np.ones((20, 20))
    assert not np.array_equal(layer.forward((), A)[0], layer.forward((), A)[0])


def test_what_learned_with_dropout_is_used_without_it():
    """The same θ, since dropout has no parameters."""
    rng = np.random.default_rng(0)
    relus = entrywise(relu, relu_derivative)
    one, two = dense(3, 16), dense(16, 2)
    learner = chain(dropout(0.9, rng.random), one, relus, dropout(0.5, rng.random), two)
    used = chain(one, relus, two)
    X = rng.normal(size=(3, 60))
    label = (X[0] + X[1] > 0).astype(int)
    first = used.first(rng)
    assert flat(first).size == flat(learner.first(rng)).size
    gradient = gradient_of(learner, X, np.eye(2)[label].T, softmax)
    theta = stochastic_descent(gradient, flat(first), 0.3, mini_batches(60, 10, 100, rng))[-1]
    Z, _ = used.forward(like(theta, first), X)
    assert np.mean(Z.argmax(axis=0) == label) > 0.9


@pytest.mark.parametrize("p", [0, -0.1, 1.2, np.nan])
def test_a_chance_that_is_none_is_refused(p):
    with pytest.raises(ValueError, match="0 < p <= 1"):
        dropout(p, np.random.default_rng(0).random)


def test_a_part_that_is_not_empty_is_refused():
    layer = dropout(0.5, np.random.default_rng(0).random)
    with pytest.raises(ValueError, match="a part of 0 things"):
        layer.forward((np.ones(3),), np.ones((3, 2)))


# ── Shares ───────────────────────────────────────────────────────────────────────────────────────


@given(BOWL)
def test_the_share_is_that_of_descent(bowl):
    lam, alpha, t = bowl
    w = gradient_descent(lambda w: lam * (w - 3), 0.0, alpha, t)[-1]
    np.testing.assert_allclose(reached_by_steps(lam, alpha, t), w / 3, rtol=1e-10)


@given(SEED, st.floats(0.01, 5))
def test_decay_is_ridge_regression_along_each_eigenvector(seed, mu):
    rng = np.random.default_rng(seed)
    X, y = rng.normal(size=(3, 12)), rng.normal(size=12)
    lam, Q = np.linalg.eigh(X @ X.T / 12)
    bottom = np.linalg.lstsq(X.T, y, rcond=None)[0]
    ridge = Ridge(alpha=12 * mu, fit_intercept=False, solver="cholesky").fit(X.T, y).coef_
    np.testing.assert_allclose(Q.T @ ridge, reached_by_decay(lam, mu) * (Q.T @ bottom), rtol=1e-8)


@given(BOWL)
def test_the_decay_of_so_many_steps_reaches_the_same_and_is_below_its_limit(bowl):
    lam, alpha, t = bowl
    mu = decay_of_steps(lam, alpha, t)
    assert 0 <= mu <= 1 / (alpha * t) * (1 + 1e-10)
    np.testing.assert_allclose(
        reached_by_decay(lam, mu), reached_by_steps(lam, alpha, t), rtol=1e-9
    )


def test_the_decay_of_steps_tends_to_its_limit_where_it_is_flat():
    np.testing.assert_allclose(decay_of_steps(1e-7, 0.1, 50), 1 / (0.1 * 50), rtol=1e-5)


def test_the_ratio_of_the_two_shares_is_below_two_and_near_it_nowhere():
    """The largest is at αλ = 1 with one step, where it is 2; for many small steps it is 1.298."""
    s = np.linspace(0.01, 30, 3000)
    ratio = (1 - np.exp(-s)) * (1 + s) / s
    best = brentq(lambda s: np.exp(-s) * (1 + s + s**2) - 1, 0.5, 5)
    assert ratio.max() <= (1 - np.exp(-best)) * (1 + best) / best + 1e-12
    many = reached_by_steps(s / 1e6, 1.0, 1e6) / reached_by_decay(s / 1e6, 1e-6)
    np.testing.assert_allclose(many.max(), 1.2984, atol=1e-3)
    assert reached_by_steps(1, 1, 1) / reached_by_decay(1, 1) == 2


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: reached_by_steps(-1, 0.1, 3), "lam >= 0"),
        (lambda: reached_by_steps([], 0.1, 3), "lam >= 0"),
        (lambda: reached_by_steps(1, 0.1, 0), "t >= 1"),
        (lambda: reached_by_steps([0.1, 4], 0.3, 3), "a rate from 0 to 1/lam = 0.25"),
        (lambda: reached_by_steps(1, 0, 3), "a rate"),
        (lambda: reached_by_decay(1, 0), "mu > 0"),
        (lambda: reached_by_decay(-1, 1), "lam >= 0"),
        (lambda: decay_of_steps(0, 0.1, 3), "lam > 0"),
    ],
)
def test_what_does_not_fit_is_refused(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_a_flat_direction_is_not_moved():
    np.testing.assert_array_equal(reached_by_steps([0, 1], 0.5, 3), [0, 0.875])
    np.testing.assert_array_equal(reached_by_decay([0, 1], 1), [0, 0.5])
