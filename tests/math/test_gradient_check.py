"""The derivatives that formulas are held against agree with automatic differentiation."""

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad
from hypothesis import given
from hypothesis import strategies as st

from utils.gradient_check import central_difference, complex_step, slope


def bumpy(w, np=np):
    return np.sum(np.sin(w) * w**2) + np.prod(np.cos(w))


@given(st.integers(0, 99), st.sampled_from([(1,), (4,), (2, 3)]))
def test_three_derivatives_agree(seed, shape):
    w = np.random.default_rng(seed).normal(size=shape)
    automatic = grad(lambda v: bumpy(v, anp))(w)
    np.testing.assert_allclose(complex_step(bumpy, w), automatic, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(central_difference(bumpy, w), automatic, atol=1e-7)


@given(st.integers(0, 99))
def test_a_slope_is_the_gradient_along_its_direction(seed):
    w, u = np.random.default_rng(seed).normal(size=(2, 4))
    np.testing.assert_allclose(slope(bumpy, w, u), u @ complex_step(bumpy, w), atol=1e-6)


def test_a_direction_has_the_shape_of_the_point():
    with pytest.raises(ValueError, match=r"expected u of w's shape \(2,\), got \(3,\)"):
        slope(bumpy, np.ones(2), np.ones(3))
