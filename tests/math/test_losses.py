"""Losses have the values of their definitions and the gradients of their values."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import bernoulli

from utils.activations import sigmoid
from utils.gradient_check import complex_step
from utils.losses import (
    cross_entropy,
    cross_entropy_gradient,
    squared_error,
    squared_error_gradient,
)

vectors = arrays(float, 4, elements=st.floats(-5, 5))
classes = arrays(float, 4, elements=st.sampled_from([0.0, 1.0]))


@given(vectors, vectors)
def test_squared_error_has_its_gradient(y, y_hat):
    measured = complex_step(lambda v: squared_error(y, v).sum(), y_hat)
    np.testing.assert_allclose(squared_error_gradient(y, y_hat), measured, atol=1e-12)


@given(vectors)
def test_a_prediction_too_large_has_a_positive_gradient(y):
    assert (squared_error_gradient(y, y + 1) > 0).all()


@given(classes, vectors)
def test_cross_entropy_is_minus_the_log_likelihood(y, z):
    np.testing.assert_allclose(
        cross_entropy(y, sigmoid(z)), -bernoulli.logpmf(y, sigmoid(z)), rtol=1e-9
    )


@given(classes, vectors)
def test_cross_entropy_has_its_gradient_through_the_sigmoid(y, z):
    measured = complex_step(lambda v: cross_entropy(y, sigmoid(v)).sum(), z)
    np.testing.assert_allclose(cross_entropy_gradient(y, sigmoid(z)), measured, atol=1e-12)


@pytest.mark.parametrize("certain", [0.0, 1.0, 1.5, -0.1, np.nan])
def test_cross_entropy_refuses_what_is_no_open_probability(certain):
    with pytest.raises(ValueError, match="between 0 and 1"):
        cross_entropy(1.0, certain)


@pytest.mark.parametrize(
    "function", [squared_error, squared_error_gradient, cross_entropy, cross_entropy_gradient]
)
def test_shapes_have_to_be_the_same(function):
    with pytest.raises(ValueError, match=r"expected y_hat of y's shape \(3,\), got \(3, 1\)"):
        function(np.full(3, 0.5), np.full((3, 1), 0.5))
