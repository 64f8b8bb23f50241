"""The derivatives that formulas are held against agree with automatic differentiation."""

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad
from hypothesis import given
from hypothesis import strategies as st

from utils.gradient_check import (
    best_step,
    central_difference,
    central_error,
    complex_step,
    disagreement,
    forward_difference,
    slope,
)


def bumpy(w, np=np):
    return np.sum(np.sin(w) * w**2) + np.prod(np.cos(w))


@given(st.integers(0, 99), st.sampled_from([(1,), (4,), (2, 3)]))
def test_three_derivatives_agree(seed, shape):
    w = np.random.default_rng(seed).normal(size=shape)
    automatic = grad(lambda v: bumpy(v, anp))(w)
    np.testing.assert_allclose(complex_step(bumpy, w), automatic, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(central_difference(bumpy, w), automatic, atol=1e-7)
    np.testing.assert_allclose(forward_difference(bumpy, w), automatic, atol=1e-5)


@given(st.integers(0, 99))
def test_a_slope_is_the_gradient_along_its_direction(seed):
    w, u = np.random.default_rng(seed).normal(size=(2, 4))
    np.testing.assert_allclose(slope(bumpy, w, u), u @ complex_step(bumpy, w), atol=1e-6)


def test_a_direction_has_the_shape_of_the_point():
    with pytest.raises(ValueError, match=r"expected u of w's shape \(2,\), got \(3,\)"):
        slope(bumpy, np.ones(2), np.ones(3))


def test_a_tenth_of_the_step_is_a_tenth_or_a_hundredth_of_the_error():
    w = np.array([0.3, 1.1])
    true = complex_step(bumpy, w)
    for method, power in [(forward_difference, 1), (central_difference, 2)]:
        far, near = (np.abs(method(bumpy, w, h) - true).max() for h in (1e-2, 1e-3))
        assert np.log10(far / near) == pytest.approx(power, abs=0.1)


@given(st.floats(0.1, 10), st.floats(0.1, 10))
def test_no_step_has_a_smaller_bound_than_the_best(size, third):
    best = best_step(size, third)
    steps = best * np.geomspace(0.1, 10, 41)
    assert np.all(central_error(steps, size, third) >= central_error(best, size, third) * 0.999999)


def test_what_is_no_step_is_refused():
    with pytest.raises(ValueError, match="expected a step h above 0, got 0"):
        central_error(0, 1, 1)
    with pytest.raises(ValueError, match="expected size and third above 0"):
        best_step(1, 0)


@given(st.integers(0, 99))
def test_two_gradients_disagree_by_a_number_from_0_to_1(seed):
    g, other = np.random.default_rng(seed).normal(size=(2, 3))
    assert disagreement(g, g) == 0 == disagreement(0 * g, 0 * g)
    assert disagreement(g, -g) == pytest.approx(1)
    assert disagreement(2 * g, g) == pytest.approx(1 / 3)
    assert 0 <= disagreement(g, other) <= 1
    with pytest.raises(ValueError, match=r"expected a gradient of shape \(3,\), got \(2,\)"):
        disagreement(g, g[:2])
