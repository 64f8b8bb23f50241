"""Least squares with any number of features, and its hat matrix."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LinearRegression, Ridge

from utils.data import diabetes
from utils.least_squares import hat_matrix, least_squares
from utils.regression import line_solution


def drawn(seed, n, m):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, m)), rng.normal(size=m)


@given(st.integers(0, 99), st.integers(1, 9), st.integers(1, 9))
def test_the_weights_are_scikit_learns_with_fewer_features_and_with_more(seed, n, m):
    X, y = drawn(seed, n, m)
    theirs = LinearRegression(fit_intercept=False).fit(X.T, y).coef_
    np.testing.assert_allclose(least_squares(X, y), theirs, atol=1e-7)


@given(st.integers(0, 99))
def test_with_more_features_all_is_fitted_and_no_other_such_weights_are_shorter(seed):
    X, y = drawn(seed, 8, 5)
    w = least_squares(X, y)
    np.testing.assert_allclose(w @ X, y, atol=1e-9)
    rest = np.linalg.svd(X)[0][:, 5:] @ np.random.default_rng(seed).normal(size=3)
    np.testing.assert_allclose((w + rest) @ X, y, atol=1e-9)
    assert np.linalg.norm(w) < np.linalg.norm(w + rest)


def test_it_is_the_limit_of_a_penalty_that_goes_to_zero():
    X, y = drawn(4, 8, 5)
    ridge = Ridge(1e-10, fit_intercept=False, solver="svd").fit(X.T, y).coef_
    np.testing.assert_allclose(least_squares(X, y), ridge, atol=1e-7)


def test_a_row_of_ones_makes_it_the_line_of_the_patients():
    x, y = diabetes()
    X = np.vstack([x, np.ones(x.size)])
    np.testing.assert_allclose(least_squares(X, y), line_solution(x, y))


def test_several_outputs_are_fitted_each_by_itself():
    X, y = drawn(2, 3, 7)
    Y = np.vstack([y, y**2])
    each = [least_squares(X, row) for row in Y]
    np.testing.assert_allclose(least_squares(X, Y), each)


@given(st.integers(0, 99), st.integers(1, 9), st.integers(1, 9))
def test_the_hat_matrix_puts_the_hat_on_y(seed, n, m):
    X, y = drawn(seed, n, m)
    H = hat_matrix(X)
    np.testing.assert_allclose(H @ y, least_squares(X, y) @ X, atol=1e-7)
    np.testing.assert_allclose(H, H.T, atol=1e-9)
    np.testing.assert_allclose(H @ H, H, atol=1e-7)
    assert np.trace(H) == pytest.approx(min(n, m))


def test_a_feature_that_is_made_of_others_adds_nothing_to_the_trace():
    X, _ = drawn(0, 2, 7)
    assert np.trace(hat_matrix(np.vstack([X, X[0] + X[1]]))) == pytest.approx(2)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: least_squares(np.ones(3), np.ones(3)), r"X of shape \(n, m\).*got \(3,\)"),
        (lambda: least_squares(np.ones((2, 3)), np.ones(2)), r"expected 3 targets, got \(2,\)"),
        (lambda: least_squares(np.ones((2, 3)), np.ones((3, 2))), r"3 targets, got \(3, 2\)"),
        (lambda: hat_matrix(np.ones((0, 3))), r"X of shape \(n, m\).*got \(0, 3\)"),
    ],
)
def test_what_does_not_fit_is_refused(call, said):
    with pytest.raises(ValueError, match=said):
        call()
