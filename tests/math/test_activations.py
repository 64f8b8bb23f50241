"""The sigmoid is the logistic function, everywhere, and its derivative is the derivative."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from scipy.special import expit

from utils.activations import sigmoid, sigmoid_derivative

numbers = arrays(float, array_shapes(max_dims=3), elements=st.floats(-1e6, 1e6))


@given(numbers)
def test_sigmoid_is_the_logistic_function_and_never_overflows(z):
    with np.errstate(all="raise", under="ignore"):
        np.testing.assert_allclose(sigmoid(z), expit(z), rtol=1e-14)
    assert sigmoid(z).shape == z.shape


@given(numbers)
def test_sigmoid_is_symmetric(z):
    np.testing.assert_allclose(sigmoid(z) + sigmoid(-z), 1, rtol=1e-15)


@given(arrays(float, 5, elements=st.floats(-30, 30)))
def test_derivative_by_a_complex_step(z):
    np.testing.assert_allclose(
        sigmoid_derivative(z), np.imag(sigmoid(z + 1e-30j)) / 1e-30, rtol=1e-10, atol=1e-15
    )
