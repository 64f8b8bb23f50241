"""The numbers in the prose of the chapter on many classes are right."""

import numpy as np
import pytest

from utils import losses
from utils.activations import relu, sigmoid, softmax
from utils.data import ages, standardize
from utils.optimizers import gradient_descent


def test_what_it_costs_to_know_nothing(prose):
    assert f"$\\ln 3 \\approx {np.log(3):.3f}$" in prose


def test_a_softmax_applied_twice(prose):
    """The least loss is that of the surest right answer, given as if it were z."""
    draws = np.random.default_rng(0)
    for K, said in (
        (3, "three classes then cost at least {:.2f},"),
        (10, "and ten at least {:.2f}."),
    ):
        first = np.eye(K)[0]
        least = losses.categorical_cross_entropy(first, first)
        assert least == pytest.approx(np.log(np.e + K - 1) - 1)
        assert said.format(least) in prose
        others = softmax(draws.normal(0, 5, size=(K, 200)))
        truth = np.tile(first[:, None], 200)
        assert np.all(losses.categorical_cross_entropy(truth, others) >= least)
    least = losses.categorical_cross_entropy(np.eye(3)[0], np.eye(3)[0])
    assert f"stays above a limit, {least:.2f} for three classes" in prose


def test_where_the_network_is_sure_and_right_the_loss_has_digits_of_z():
    for z, true in [(30.0, np.exp(-30)), (1030.0, np.exp(-30))]:
        loss = losses.categorical_cross_entropy(np.array([1, 0]), np.array([z, z - 30]))
        assert abs(loss - true) < 1e-15 * z
        assert abs(loss / true - 1) > 1e-6


def test_a_step_turns_an_embedding_and_makes_it_longer_by_pythagoras():
    u, v = np.array([1.0, 2.0]), np.array([2.0, -1.5])
    g = losses.cosine_embedding_gradient(1, u, v)
    assert u @ g == pytest.approx(0, abs=1e-15)
    step = u - 0.5 * g
    assert step @ step == pytest.approx(u @ u + 0.25 * (g @ g))


def test_the_arrow_is_longest_where_the_text_says():
    lengths = {
        (a, b): 1 - softmax(np.array([a, b, 0.0]))[1]
        for a in np.arange(-4.0, 5)
        for b in np.arange(-4.0, 5)
    }
    assert max(lengths, key=lengths.get) == (4, -4)


def test_the_death_of_the_relu(prose):
    X, age = ages()
    inputs = np.vstack([standardize(X[0]), standardize(X[1]), np.ones(60)])

    def alive(alpha, start):
        def gradient(theta):
            z = theta @ inputs
            return inputs @ ((relu(z) - age) * (z > 0)) / 60

        path = gradient_descent(gradient, [0.0, 0.0, start], alpha, 8) @ inputs
        return np.sum(path > 0, axis=1)

    for start in (-6, -3, 0):
        assert not alive(1.0, start).any()
    assert alive(1.0, 3).all()
    up, down, *after = alive(4.0, 3)[1:]
    assert up > down > 0
    assert not any(after)
    assert "by the first step and" in prose
    assert f"at a cost of {np.mean(age**2) / 2:.2f}" in prose


def test_the_generator_is_the_one_described(prose):
    X, age = ages(100_000)
    assert "height is 75 cm and 6 cm more for each year, 4 cm more for a boy" in prose
    fit = np.linalg.lstsq(np.vstack([np.ones(100_000), age, X[1]]).T, X[0], rcond=None)[0]
    np.testing.assert_allclose(fit, [75, 6, 4], atol=0.15)
    assert np.std(X[0] - np.vstack([np.ones(100_000), age, X[1]]).T @ fit) == pytest.approx(5, 0.02)
    assert 2 <= age.min() < 2.01 < 15.99 < age.max() <= 16
    assert set(X[1]) == {0, 1}
    with pytest.raises(ValueError, match="expected m >= 2, got 1"):
        ages(1)


def test_the_lasso_is_zero_where_it_is_lowest_and_descent_swings_about_it(prose):
    def slope(w):
        return w - 0.5 + np.sign(w)  # of ½ (w − ½)² + |w|, which is lowest at 0

    ws = np.linspace(-1, 1, 2001)
    assert ws[np.argmin((ws - 0.5) ** 2 / 2 + np.abs(ws))] == pytest.approx(0, abs=1e-9)
    ends = gradient_descent(slope, 1.0, 0.3, 200)[-20:]
    assert ends.min() < -0.01 < 0.01 < ends.max()
    assert "Descent at a constant rate swings about that zero" in prose


def test_the_answers_of_the_exercises(prose):
    slope = losses.softmax_squared_error_gradient(np.array([0, 1, 0]), np.array([20.0, 0, 0]))
    assert np.abs(slope).max() < 1e-8
    assert f"wants $\\sigma(3) \\approx {sigmoid(3.0):.3f}$" in prose
