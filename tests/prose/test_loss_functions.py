"""The numbers in the prose of the chapter on loss functions are right."""

import numpy as np
import pytest
from scipy.optimize import brentq, minimize_scalar
from words import in_words, times

from utils import losses
from utils.activations import sigmoid, sigmoid_derivative
from utils.neuron import neuron, plateau

GIVEN = [
    "Square, halve, and take the mean",
    "a product of a thousand factors below 1",
    "and the fifth is an **outlier**",
    "a rate that worked for a hundred examples can diverge for ten thousand",
    "**The sigmoid twice.**",
    "the sigmoid applied twice",
    "### 1. One number for five",
]

E = np.e


def test_the_loudness_of_a_mistake(prose):
    far, farther = (losses.squared_error(1.0, guess) for guess in (0.02, 0.01))
    assert f"the squared error is {farther:.2f}, and it could never be more than 0.5" in prose
    assert f"the squared error grows by {farther - far:.2f}" in prose
    entropy = [losses.cross_entropy(1.0, guess) for guess in (0.02, 0.01)]
    assert f"cross-entropy</a> is {entropy[1]:.2f}," in prose
    halved = f"by {entropy[1] - entropy[0]:.2f}, as it does whenever the prediction is halved."
    assert f"and the cross-entropy {halved}" in prose
    assert "as it does whenever the prediction is halved." in prose
    for guess in (0.9, 0.02):
        grown = losses.cross_entropy(1.0, guess / 2) - losses.cross_entropy(1.0, guess)
        assert grown == pytest.approx(np.log(2))
    assert "slope there is −100, where that of the squared error is −0.99" in prose
    assert losses.squared_error_gradient(1.0, 0.01) == pytest.approx(-0.99)
    slope = 0.01 * 0.99
    assert f"= {slope:.4f}$, and −100 becomes −{100 * slope:.2f}" in prose
    assert f"but −0.99 becomes −{0.99 * slope:.4f}" in prose


def test_what_the_outlier_does(prose):
    y = np.array([1, 2, 3, 4, 20.0])

    def best(tau):
        def cost(v):
            return losses.huber(y, np.full(5, v), tau).sum()

        return minimize_scalar(cost, bounds=(0, 20), method="bounded").x

    assert y.mean() == 6
    share = np.mean([1, 2, 3, 4, 21]) - np.mean([1, 2, 3, 4, 20])
    assert f"follows each step of the outlier by a {in_words(round(share, 9))} of it" in prose
    assert f"predicting one number for all {in_words(y.size)}, less its smallest value" in prose
    assert np.mean([1, 2, 3, 4, 5]) == 3
    assert np.median(y) == 3
    assert best(1.0) == pytest.approx(3, abs=1e-4)
    for outlier in (7, 20):
        y = np.array([1, 2, 3, 4, outlier])
        assert best(3.0) == pytest.approx(3.25, abs=1e-4)
    assert "it gives way to 3.25" in prose


def test_what_it_costs_to_know_nothing(prose):
    assert f"costs $\\ln 2 \\approx {np.log(2):.3f}$" in prose
    factor = 10
    costs = f"another $\\ln {factor} \\approx {np.log(factor):.1f}$"
    assert f"each factor of {in_words(factor)} in $\\hat{{y}}$ costs {costs}" in prose


def test_the_running_neuron(prose):
    y_hat = neuron(np.array([1.0, 2.0]), np.array([0.4, 0.6]), 0.5)
    assert f"so $z = 2.1$ and $\\hat{{y}} \\approx {y_hat:.4f}$" in prose


def steps(loss, z, alpha, reach, most=200):
    """Return after how many steps the prediction has reached so much, or None."""
    for step in range(most + 1):
        a = sigmoid(z)
        if a >= reach:
            return step
        z -= alpha * 6 * ((a - 1) if loss == "cross-entropy" else (a - 1) * a * (1 - a))
    return None


def test_the_waits_on_the_shelf(prose):
    assert f"makes this bound $e \\approx {E:.1f}$ times as large, or more" in prose
    x = np.array([1.0, 2.0])
    assert all(plateau(z - 1, 0.3, x) > E * plateau(z, 0.3, x) for z in range(-9, 0))
    assert steps("squared", -6, 0.3, 0.05) is None, "hardly moved"
    assert steps("squared", -6, 3, 0.9) is not None, "a rate ten times as large rescues it"
    assert f"A rate {times(3 / 0.3)} as large <a" in prose
    for z in range(-6, 3):
        slow = steps("squared", z, 0.3, 0.9)
        assert slow is None or slow > steps("cross-entropy", z, 0.3, 0.9)
    assert "At the rate 0.3 the cross-entropy is ahead from every start" in prose
    assert [steps(loss, 0, 3, 0.9) for loss in ("cross-entropy", "squared")] == [1, 1], "a tie"
    at_2, at_minus_2 = (
        [steps(loss, z, 0.3, 0.9) for loss in ("cross-entropy", "squared")] for z in (2, -2)
    )
    assert "it takes {} step to 0.9 and the squared error {},".format(*at_2) in prose
    assert "they take {} and {}.".format(*at_minus_2) in prose
    assert steps("squared", -4, 0.3, 0.1) > 20, "flat for a while"
    for z in (0, -2, -4, -6, -8):
        bound, wait = plateau(z, 0.3, x), steps("squared", z, 0.3, 0.5, 3000)
        assert wait >= bound
        assert z > -4 or wait < 1.4 * bound, "from −4 on the wait follows the bound"


def test_from_where_the_sigmoid_rounds_to_one(prose):
    assert "rounds to 1 from a $z$ of 37 on" in prose
    assert "and from 37 on it is infinite" in prose
    assert sigmoid(37.0) == 1
    assert sigmoid(36.0) < 1


def test_a_sigmoid_applied_twice(prose):
    low, high = sigmoid(0.0), sigmoid(1.0)
    assert f"lies between {low:.1f} and {high:.2f}." in prose
    one, zero = -np.log(high), -np.log(1 - low)
    assert f"class 1 costs at least {one:.2f}, and one of class 0 at least {zero:.2f}" in prose
    assert f"together {(one + zero) / 2:.2f}, where the classes are even" in prose
    assert f"stays above {one:.2f}, or {(one + zero) / 2:.2f}" in prose


def test_the_answers_of_the_exercises(prose):
    assert f"so $\\hat{{y}} \\approx {sigmoid(-5.0):.5f}$, and the target is 1" in prose
    least = losses.cross_entropy(0.9, 0.9)
    assert f"$-0.9 \\ln 0.9 - 0.1 \\ln 0.1 \\approx {least:.4f}$" in prose
    ones, zeros = 9, 1
    assert ones / (ones + zeros) == 0.9
    assert f"the probability of {in_words(ones)} ones and a zero" in prose


def test_where_the_squared_error_is_not_convex(prose):
    def slope(z):
        return losses.squared_error_gradient(1.0, sigmoid(z)) * sigmoid_derivative(z)

    place = brentq(lambda z: slope(z + 1e-5) - slope(z - 1e-5), -2, 0)
    assert sigmoid(place) == pytest.approx(1 / 3, abs=1e-6)
    assert f"That is negative wherever $\\hat{{y}}$ is below one {in_words(1 / 3)}." in prose


def test_two_prices_ask_for_a_quantile(prose):
    """Of a thousand days the baker has enough on four of five, at the lowest cost and no other."""
    few, many, demand = 4, 1, np.arange(1, 1001) + 0.5
    costs = [
        np.mean(np.where(guess < demand, few * (demand - guess), many * (guess - demand)))
        for guess in range(1, 1002)
    ]
    best = 1 + np.argmin(costs)
    assert np.mean(demand < best) == pytest.approx(few / (few + many), abs=1e-3)
    assert "should have enough on 4 of 5 days" in prose
