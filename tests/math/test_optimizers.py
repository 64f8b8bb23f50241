"""Descent steps as the rule says, stops when it should, and refuses what cannot work."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from utils.optimizers import descend_until, gradient_descent, mini_batches, stochastic_descent


@given(st.floats(-5, 5), st.floats(0.01, 0.99))
def test_each_step_is_the_rule(start, alpha):
    path = gradient_descent(np.sin, start, alpha, 10)
    np.testing.assert_array_equal(path[1:], path[:-1] - alpha * np.sin(path[:-1]))


@pytest.mark.parametrize("shape", [(), (3,), (2, 3)])
def test_a_path_stacks_points_of_any_shape(shape):
    assert gradient_descent(lambda w: w, np.ones(shape), 0.1, 4).shape == (5, *shape)


def test_no_steps_leave_the_start():
    np.testing.assert_array_equal(gradient_descent(lambda w: w, [1, 2], 0.1, 0), [[1.0, 2.0]])


def test_the_start_is_left_as_it_was():
    start = np.array([1.0, 2.0])
    gradient_descent(lambda w: w, start, 0.1, 3)
    np.testing.assert_array_equal(start, [1.0, 2.0])


def test_a_gradient_of_the_wrong_shape_is_refused():
    with pytest.raises(ValueError, match=r"expected a gradient of shape \(2,\), got \(2, 1\)"):
        gradient_descent(lambda w: w.reshape(2, 1), [1.0, 2.0], 0.1, 1)
    with pytest.raises(ValueError, match="expected steps >= 0, got -1"):
        gradient_descent(lambda w: w, 1.0, 0.1, -1)


@given(st.floats(0.1, 1.9), st.floats(1e-9, 0.1))
def test_what_comes_back_has_converged_and_nothing_before_it_had(alpha, tolerance):
    path = descend_until(lambda w: w, [3.0, 4.0], alpha, tolerance)
    lengths = np.linalg.norm(path, axis=1)
    assert lengths[-1] <= tolerance
    assert (lengths[:-1] > tolerance).all()


def test_overflow_and_a_spent_budget_are_errors():
    with np.errstate(all="ignore"):
        with pytest.raises(FloatingPointError, match="overflow at step"):
            descend_until(lambda w: w, [1.0], 3.0, 1e-3)
        with pytest.raises(FloatingPointError, match="overflow at step 0"):
            descend_until(lambda w: w * np.nan, [1.0], 0.1, 1e-3)
    with pytest.raises(RuntimeError, match="not converged in 5 steps"):
        descend_until(lambda w: w, [1.0], 1e-6, 1e-3, budget=5)
    with pytest.raises(ValueError, match="expected tolerance > 0"):
        descend_until(lambda w: w, [1.0], 0.1, 0.0)


@given(st.integers(1, 40), st.data(), st.integers(1, 3))
def test_an_epoch_deals_each_example_once(m, data, epochs):
    size = data.draw(st.integers(1, m))
    batches = list(mini_batches(m, size, epochs, np.random.default_rng(0)))
    per_epoch = -(-m // size)
    assert len(batches) == epochs * per_epoch
    assert all(1 <= len(batch) <= size for batch in batches)
    for epoch in range(epochs):
        dealt = np.concatenate(batches[epoch * per_epoch : (epoch + 1) * per_epoch])
        np.testing.assert_array_equal(np.sort(dealt), np.arange(m))


@pytest.mark.parametrize("size", [0, 6])
def test_a_batch_has_to_fit_the_data(size):
    with pytest.raises(ValueError, match="expected a batch size from 1 to 5"):
        next(mini_batches(5, size, 1, np.random.default_rng(0)))


def test_batches_of_everything_are_plain_descent():
    x = np.array([1.0, 2.0, 6.0])
    batches = mini_batches(3, 3, 8, np.random.default_rng(0))
    noisy = stochastic_descent(lambda w, batch: w - x[batch].mean(), 0.0, 0.3, batches)
    np.testing.assert_allclose(noisy, gradient_descent(lambda w: w - x.mean(), 0.0, 0.3, 8))
