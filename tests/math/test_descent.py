"""Descent steps as the rule says, stops when it should, and refuses what cannot work."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from utils.optimizers import (
    adam,
    amsgrad,
    cosine,
    descend_until,
    gradient_descent,
    inverse_time,
    mini_batches,
    momentum,
    nesterov,
    plain,
    rmsprop,
    staircase,
    stochastic_descent,
    warmup,
)


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


def test_of_a_long_path_each_tenth_point_is_kept_and_the_last():
    whole = stochastic_descent(lambda w, n: np.sin(w) + n, [2.0, 1.0], 0.3, np.linspace(-1, 1, 24))
    batches = np.linspace(-1, 1, 24)
    kept = stochastic_descent(lambda w, n: np.sin(w) + n, [2.0, 1.0], 0.3, batches, every=10)
    np.testing.assert_array_equal(kept, whole[[0, 10, 20, 24]])
    even = stochastic_descent(lambda w, n: np.sin(w) + n, [2.0, 1.0], 0.3, batches, every=12)
    np.testing.assert_array_equal(even, whole[::12])


def test_nothing_can_be_kept_every_0_steps():
    with pytest.raises(ValueError, match="expected every >= 1, got 0"):
        stochastic_descent(lambda w, n: w, 1.0, 0.1, range(3), every=0)


@pytest.mark.parametrize("rule", [plain, adam])
def test_each_entry_may_have_a_rate_of_its_own(rule):
    start, rates = np.array([1.0, 2.0]), np.array([0.1, 0.02])
    together = stochastic_descent(lambda w, n: np.sin(w) + n, start, rates, range(6), rule)
    for entry, alpha in enumerate(rates):
        alone = stochastic_descent(
            lambda w, n: np.sin(w) + n, start[entry : entry + 1], alpha, range(6), rule
        )
        np.testing.assert_array_equal(together[:, entry], alone[:, 0])


# ── Rules, schedules, decay ──────────────────────────────────────────────────────────────────────

RULES = [plain, momentum, nesterov, rmsprop, adam, amsgrad]


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_keeps_nothing_to_itself(rule):
    """Two descents at once, step by step, are the two descents one after the other."""
    start, other = np.array([1.0, 2.0]), np.array([-3.0, 0.5])
    alone = [gradient_descent(np.sin, w, 0.1, 5, rule)[-1] for w in (start, other)]
    together, memories = [start, other], [None, None]
    for _ in range(5):
        for i, w in enumerate(together):
            direction, memories[i] = rule(np.sin(w), memories[i])
            together[i] = w - 0.1 * direction
    np.testing.assert_array_equal(together, alone)


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_leaves_the_gradient_and_the_memory_as_they_were(rule):
    g = np.array([1.0, -2.0])
    _, memory = rule(g, None)
    kept = [np.copy(part) for part in memory or ()]
    rule(g, memory)
    np.testing.assert_array_equal(g, [1.0, -2.0])
    for part, before in zip(memory or (), kept, strict=True):
        np.testing.assert_array_equal(part, before)


@pytest.mark.parametrize("rule", [rmsprop, adam, amsgrad])
def test_the_size_of_the_cost_does_not_matter(rule):
    one, thousand = (
        gradient_descent(lambda w, c=c: c * np.sin(w), [1.0, 2.0], 0.1, 20, rule)
        for c in (1.0, 1000.0)
    )
    np.testing.assert_allclose(one, thousand, rtol=1e-5)


@given(st.floats(1e-3, 1e3), st.booleans())
def test_adams_first_step_has_the_length_of_the_rate(size, negative):
    g = -size if negative else size
    np.testing.assert_allclose(adam(g, None)[0], np.sign(g), rtol=1e-4)


def test_no_gradient_no_step():
    for rule in RULES:
        direction, memory = rule(np.zeros(2), None)
        np.testing.assert_array_equal(direction, np.zeros(2))
        np.testing.assert_array_equal(rule(np.zeros(2), memory)[0], np.zeros(2))


def test_amsgrad_never_raises_a_rate():
    memory, greatest = None, 0.0
    for g in np.random.default_rng(0).normal(size=50):
        _, memory = amsgrad(g, memory)
        assert memory[3] >= greatest
        greatest = memory[3]


def test_decay_alone_shrinks_by_a_share():
    path = gradient_descent(np.zeros_like, [1.0, -4.0], 0.1, 3, adam, mu=0.5)
    np.testing.assert_allclose(path[-1], 0.95**3 * np.array([1.0, -4.0]))


def test_for_plain_descent_decay_and_penalty_are_one():
    decay = gradient_descent(np.sin, [1.0, 2.0], 0.1, 9, mu=0.3)
    penalty = gradient_descent(lambda w: np.sin(w) + 0.3 * w, [1.0, 2.0], 0.1, 9)
    np.testing.assert_allclose(decay, penalty)
    held = gradient_descent(lambda w: np.sin(w) + 0.3 * w, [1.0, 2.0], 0.1, 9, adam)
    assert not np.allclose(gradient_descent(np.sin, [1.0, 2.0], 0.1, 9, adam, mu=0.3), held)


def test_a_schedule_is_asked_for_each_step():
    asked = []

    def rate(t):
        asked.append(t)
        return 0.1

    path = gradient_descent(np.sin, 1.0, rate, 4)
    assert asked == [0, 1, 2, 3]
    np.testing.assert_array_equal(path, gradient_descent(np.sin, 1.0, 0.1, 4))


def test_schedules_begin_and_end_where_they_should():
    t = np.arange(10)
    assert staircase(t, 1.0, 0.5, 4).tolist() == [1] * 4 + [0.5] * 4 + [0.25] * 2
    assert inverse_time(np.array([0, 5, 10]), 1.0, 5).tolist() == [1, 0.5, 1 / 3]
    np.testing.assert_allclose(cosine(np.array([0, 4, 8, 9]), 1.0, 8), [1, 0.5, 0, 0], atol=1e-15)
    assert warmup(np.array([0, 1, 3, 4, 9]), 1.0, 4).tolist() == [0.25, 0.5, 1, 1, 1]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: staircase(0, 1.0, 0.5, 0), "expected every >= 1, got 0"),
        (lambda: inverse_time(0, 1.0, 0.0), "expected half > 0, got 0"),
        (lambda: cosine(0, 1.0, 0), "expected steps >= 1, got 0"),
        (lambda: warmup(0, 1.0, 0), "expected steps >= 1, got 0"),
    ],
)
def test_a_schedule_without_a_time_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
