"""The sigmoid is the logistic function, everywhere, and its derivative is the derivative."""

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import elementwise_grad
from autograd.scipy.stats import norm
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from mpmath import mp
from scipy.special import expit, stirling2
from scipy.special import logit as scipy_logit

from utils.activations import (
    elu,
    elu_derivative,
    gelu,
    gelu_by_tanh,
    gelu_derivative,
    identity,
    identity_derivative,
    leaky_relu,
    leaky_relu_derivative,
    logit,
    relu,
    relu_derivative,
    sigmoid,
    sigmoid_derivative,
    sigmoid_nth_derivative,
    sigmoid_polynomial,
    silu,
    silu_derivative,
    softplus,
    softplus_derivative,
    step,
    step_derivative,
    tanh,
    tanh_derivative,
)

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


@given(st.floats(-740, 740))
def test_the_derivative_is_right_to_its_last_digits(z):
    with mp.workdps(400):
        e = mp.exp(-mp.mpf(z))
        true = float(e / (1 + e) ** 2)
    np.testing.assert_allclose(sigmoid_derivative(z), true, rtol=1e-14, atol=5e-323)


@given(st.floats(-1e6, 1e6))
def test_the_derivative_is_even_and_at_most_a_quarter(z):
    quarter = np.nextafter(0.25, 1)  # but for the last bit: it is a product of rounded factors
    assert sigmoid_derivative(z) == sigmoid_derivative(-z) <= quarter


@given(st.integers(0, 12))
def test_the_polynomials_have_the_coefficients_that_stirling_numbers_give(n):
    """Minai and Williams (1993): the coefficient of sᵏ is (−1)ᵏ⁻¹ (k − 1)! S(n + 1, k)."""
    factorials = np.cumprod([1, *range(1, n + 1)])
    signs = (-1.0) ** np.arange(n + 1)
    known = signs * factorials * [stirling2(n + 1, k) for k in range(1, n + 2)]
    np.testing.assert_allclose(sigmoid_polynomial(n), [0, *known], rtol=1e-14)


@given(st.integers(1, 6), st.floats(-8, 8))
def test_each_derivative_is_the_derivative_of_the_one_before(n, z):
    automatic = np.imag(sigmoid_nth_derivative(z + 1e-30j, n - 1)) / 1e-30
    np.testing.assert_allclose(sigmoid_nth_derivative(z, n), automatic, atol=1e-12)


def test_an_order_below_zero_is_refused():
    with pytest.raises(ValueError, match="expected an order n of 0 or more, got -1"):
        sigmoid_polynomial(-1)


@given(arrays(float, array_shapes(max_dims=2), elements=st.floats(1e-9, 1 - 1e-9)))
def test_the_log_odds_undo_the_sigmoid(p):
    np.testing.assert_allclose(logit(p), scipy_logit(p), rtol=1e-9, atol=1e-15)
    np.testing.assert_allclose(sigmoid(logit(p)), p, rtol=1e-12)


@pytest.mark.parametrize("p", [0, 1, -0.5, [0.5, 2.0], np.nan])
def test_what_is_no_probability_has_no_log_odds(p):
    with pytest.raises(ValueError, match="expected every p strictly between 0 and 1"):
        logit(p)


@given(numbers)
def test_tanh_is_the_sigmoid_stretched(z):
    np.testing.assert_allclose(tanh(z), 2 * sigmoid(2 * z) - 1, atol=1e-15)
    np.testing.assert_allclose(tanh_derivative(z), 1 - tanh(z) ** 2, atol=1e-14)
    assert tanh(z).shape == tanh_derivative(z).shape == z.shape


@given(arrays(float, 5, elements=st.floats(-15, 15)))
def test_derivatives_by_automatic_differentiation(z):
    slope = elementwise_grad(lambda z: 1 / (1 + anp.exp(-z)))(z)
    np.testing.assert_allclose(sigmoid_derivative(z), slope, rtol=1e-10)
    np.testing.assert_allclose(
        tanh_derivative(z / 4), elementwise_grad(anp.tanh)(z / 4), rtol=1e-10
    )


#: name -> the function, its derivative, and the function as autograd has it.
FAMILY = {
    "step": (step, step_derivative, lambda z: anp.where(z > 0, 1.0, 0.0)),
    "identity": (identity, identity_derivative, lambda z: z),
    "ReLU": (relu, relu_derivative, lambda z: anp.maximum(z, 0)),
    "leaky ReLU": (leaky_relu, leaky_relu_derivative, lambda z: anp.maximum(z, 0.01 * z)),
    "ELU": (elu, elu_derivative, lambda z: anp.where(z > 0, z, anp.exp(z) - 1)),
    "softplus": (softplus, softplus_derivative, lambda z: anp.logaddexp(0, z)),
    "SiLU": (silu, silu_derivative, lambda z: z / (1 + anp.exp(-z))),
    "GELU": (gelu, gelu_derivative, lambda z: z * norm.cdf(z)),
}
each = pytest.mark.parametrize("name", FAMILY)


@pytest.mark.filterwarnings("ignore:Output seems independent")
@each
@given(z=arrays(float, array_shapes(max_dims=3), elements=st.floats(-20, 20).filter(bool)))
def test_the_family_and_its_slopes_by_automatic_differentiation(name, z):
    function, slope, known = FAMILY[name]
    np.testing.assert_allclose(function(z), known(z), rtol=1e-10, atol=1e-15)
    np.testing.assert_allclose(slope(z), elementwise_grad(known)(z), rtol=1e-10, atol=1e-15)
    assert function(z).shape == slope(z).shape == z.shape


@each
@given(z=st.floats(-1e150, 1e150))
def test_the_family_never_overflows(name, z):
    function, slope, _ = FAMILY[name]
    with np.errstate(invalid="raise", divide="raise"):
        assert np.isfinite(function(z))
        assert np.isfinite(slope(z))


@pytest.mark.parametrize(
    ("slope", "at_0"),
    [
        (relu_derivative, 0.0),
        (leaky_relu_derivative, 0.01),
        (elu_derivative, 1.0),
        (step_derivative, 0.0),
        (softplus_derivative, 0.5),
        (silu_derivative, 0.5),
        (gelu_derivative, 0.5),
    ],
)
def test_what_is_put_at_zero_is_the_slope_from_the_left(slope, at_0):
    assert slope(0.0) == at_0
    assert slope(0).dtype == float


def test_what_is_no_number_stays_no_number():
    for function in (relu, leaky_relu, elu, softplus, silu, gelu):
        assert np.isnan(function(np.nan))


def test_the_constants_of_the_family_are_those_that_are_given():
    assert leaky_relu(-2.0, 0.25) == -0.5
    assert leaky_relu_derivative(-2.0, 0.25) == 0.25
    np.testing.assert_allclose(elu(-2.0, 3.0), 3 * (np.exp(-2) - 1))
    np.testing.assert_allclose(elu_derivative(-2.0, 3.0), 3 * np.exp(-2))


def test_the_tanh_in_place_of_the_gelu_is_nearly_the_gelu():
    z = np.linspace(-8, 8, 100_001)
    off = np.abs(gelu(z) - gelu_by_tanh(z))
    assert off.max() < 0.00048
