"""The numbers in the prose of the chapter on many classes are right."""

import numpy as np
import pytest
from words import in_words, times

from utils import losses
from utils.activations import relu, sigmoid, softmax
from utils.data import ages, standardize
from utils.optimizers import gradient_descent

GIVEN = [
    "Nobody believes in a weight of a million",
    "**The softmax twice.**",
    "the softmax applied twice",
    "which of ten digits a picture shows",
    "### 6. Two classes, twice",
]


def test_what_it_costs_to_know_nothing(prose):
    (part,) = np.unique(softmax(np.zeros(3)))
    said = f"each bar is a {in_words(part)}, and the loss is $\\ln 3 \\approx {np.log(3):.3f}$."
    assert f"equal scores</a> {said}" in prose
    assert f"each bar is a {in_words(part)}, and the loss is" in prose


def test_how_many_derivatives_a_softmax_has(prose):
    nine = np.size(np.eye(3))
    assert f"then the {in_words(nine)} derivatives of the softmax" in prose


def test_how_hard_the_losses_pull(prose):
    z, y = -4.0, 1.0
    number = [y - z, 1.0, float(-losses.huber_gradient(y, z, 1.0))]
    score = [1.0, float(1 - sigmoid(z))]
    five = in_words(len(number) + len(score))
    kinds = f"{in_words(len(number))} take $z$ for a number, {in_words(len(score))} for a score"
    assert f"Here are {five} losses with the target 1, against the output $z$: {kinds}." in prose
    assert f"Here are {five} losses with the target 1" in prose
    assert f">squared error</a> pulls {times(number[0] / number[1])} as hard as the" in prose
    assert number[1:] == [1, 1]


def test_two_outputs_of_a_softmax_move_twice_as_fast_as_one(prose):
    z, y = np.array([0.7, -0.4]), np.array([1.0, 0.0])
    apart = -np.diff(softmax(z) - y).item()
    one = sigmoid(z[0] - z[1]) - 1
    assert f": {times(round(apart / one, 9))} as fast as the one output at the same rate." in prose


def test_a_softmax_applied_twice(prose):
    """The least loss is that of the surest right answer, given as if it were z."""
    draws = np.random.default_rng(0)
    cost = {}
    for K in (3, 10):
        first = np.eye(K)[0]
        cost[K] = losses.categorical_cross_entropy(first, first)
        assert cost[K] == pytest.approx(np.log(np.e + K - 1) - 1)
        others = softmax(draws.normal(0, 5, size=(K, 200)))
        truth = np.tile(first[:, None], 200)
        assert np.all(losses.categorical_cross_entropy(truth, others) >= cost[K])
    (three, least), (ten, more) = ((in_words(K), f"{found:.2f}") for K, found in cost.items())
    assert f"{three} classes then cost at least {least}, and {ten} at least {more}." in prose
    assert f"stays above a limit, {least} for {three} classes" in prose


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
