"""The numbers in the prose of the chapter on the derivative of the sigmoid are right."""

from fractions import Fraction

import numpy as np
import pytest
from minutes import practice, two_sittings
from mpmath import mp
from scipy.integrate import solve_ivp
from scipy.optimize import brentq
from scipy.stats import norm

from utils.activations import (
    logit,
    sigmoid,
    sigmoid_derivative,
    sigmoid_nth_derivative,
    tanh_derivative,
)
from utils.gradient_check import best_step, central_difference, complex_step, forward_difference
from utils.neuron import neuron_gradients


def ideal(z):
    """Return σ as the chapter measures it: with 40 digits, rounded to a float."""
    z = np.asarray(z).item()
    with mp.workdps(40):
        a = 1 / (1 + mp.exp(-mp.mpmathify(z)))
    return complex(a) if isinstance(z, complex) else float(a)


def errors(method, z):
    """Return the relative errors for the steps 1, 0.1, …, 1e−20."""
    true = ideal(z) * ideal(-z)
    return np.array([abs(method(ideal, z, 10.0**-k) / true - 1) for k in range(21)])


def test_what_is_to_be_seen_of_the_tangent(prose):
    assert sigmoid_derivative(0.0) == 0.25
    assert f"the slope is {sigmoid_derivative(2.0):.4f} at both" in prose
    assert f"its slope is {sigmoid_derivative(6.0):.4f}, a hundredth of a quarter" in prose
    stops = np.linspace(-6, 6, 49)
    change = sigmoid_nth_derivative(stops, 2)
    assert (stops[change.argmax()], stops[change.argmin()]) == (-1.25, 1.25)


def test_the_odds(prose):
    assert "a probability of 3/4 has the odds 3" in prose
    assert Fraction(3, 4) / (1 - Fraction(3, 4)) == 3 == Fraction(1, 4) * 4 * 3
    assert sigmoid(np.log(3)) == pytest.approx(0.75)


def test_the_tails(prose):
    assert "$\\lvert z \\rvert \\ge 6$ is less than half a percent" in prose
    wrong = [np.exp(-z) / sigmoid_derivative(z) - 1 for z in (6.0, 5.0)]
    assert wrong[0] == pytest.approx(2 * np.exp(-6) + np.exp(-12), rel=1e-9)
    assert wrong[0] < 0.005 < wrong[1]
    ratio = sigmoid_derivative(9.0) / sigmoid_derivative(10.0)
    assert f"by about {ratio:.1f}.**" in prose


def test_where_the_slope_changes_fastest(prose):
    place = brentq(lambda z: sigmoid_nth_derivative(z, 3), 1, 2)
    assert f"at $z = \\pm {place:.3f}$" in prose
    assert min(np.linspace(-6, 6, 49), key=lambda stop: abs(stop - place)) == 1.25
    assert 6 * sigmoid(place) ** 2 - 6 * sigmoid(place) + 1 == pytest.approx(0, abs=1e-9)


def test_what_a_float_holds(prose):
    largest = np.finfo(float).max
    assert f"above about $1.8 \\cdot 10^{{{int(np.log10(largest))}}}$" in prose
    assert f"{largest:.1e}" == "1.8e+308"
    assert np.log(largest) < 710
    assert 1 + np.exp(-37.0) == 1 < 1 + np.exp(-36.0)
    assert "From $z = 37$ on" in prose
    assert f"{sigmoid_derivative(40.0):.0e}" == "4e-18"
    assert np.log10(sigmoid_derivative(400.0)) == pytest.approx(-174, abs=0.5)
    assert f"for every {np.log(10):.1f} units" in prose
    assert f"smaller than $2 \\cdot 10^{{{np.log10(np.finfo(float).tiny):.0f}}}$" in prose
    assert sigmoid_derivative(708.0) > np.finfo(float).tiny > sigmoid_derivative(709.0)
    assert sigmoid_derivative(745.0) > 0 == sigmoid_derivative(746.0)


def test_the_best_step(prose):
    eta = 2.0**-53
    assert f"{eta:.1e}" == "1.1e-16"
    assert "about $1.1 \\cdot 10^{-16}$" in prose
    assert np.log10(best_step(1, 1)) == pytest.approx(-5, abs=0.5)
    assert 10 < -np.log10(eta ** (2 / 3)) < 11
    assert "ten or eleven of the 16 digits" in prose
    assert np.log10(eta**0.5) == pytest.approx(-8, abs=0.5)


def test_what_is_to_be_seen_of_the_step(prose):
    forward, central, complex_ = (
        errors(method, 2) for method in (forward_difference, central_difference, complex_step)
    )
    assert (int(-np.log10(central[1])), int(-np.log10(forward[1]))) == (3, 1)
    assert "has three digits right" in prose
    assert [int(-np.log10(central[k])) for k in (2, 3)] == [5, 7]
    assert np.log10(central[1] / central[4]) == pytest.approx(6, abs=0.1)
    assert np.log10(forward[1] / forward[4]) == pytest.approx(3, abs=0.1)
    assert (central.argmin(), forward.argmin()) == (5, 7)
    assert forward[8] < 2 * forward[7]
    assert central[17] == forward[17] == 1
    assert complex_[20] < 1e-15
    middle = errors(forward_difference, 0), errors(central_difference, 0)
    np.testing.assert_allclose(*(each[1:5] for each in middle), rtol=0.1)


def test_the_erratum(prose):
    dw, db = neuron_gradients(np.array([1.0, 2.0]), 1.0, np.array([0.4, 0.6]), 0.5)
    shown = f"**{dw[0]:.4f}, {dw[1]:.4f} and {db:.4f}**".replace("-", "−")
    assert f"The right ones are {shown}" in prose
    assert f"{-0.11 * 0.89 * 0.11:.4f}" == "-0.0108"
    assert "$-0.11 \\cdot 0.89 \\cdot 0.11 \\approx -0.0108$" in prose


def test_what_is_to_be_seen_of_the_factors(prose):
    def gradient(z):
        return (sigmoid(z) - 1) * sigmoid_derivative(z)

    stops = np.linspace(-8, 8, 33)
    assert stops[gradient(stops).argmin()] == -0.5
    assert f"where it is {gradient(-0.5):.2f}".replace("-", "−") in prose
    assert f"the gradient is {gradient(-8.0):.4f}".replace("-", "−") in prose


def test_what_is_to_be_seen_of_the_stack(prose):
    assert "$(1/4)^4 = 1/256$, less than 0.4 percent" in prose
    assert Fraction(1, 4) ** 4 == Fraction(1, 256) < Fraction(4, 1000)
    assert 0.25**10 < 1e-6 < 0.25**9
    assert round(0.25**9 * 1e6) == 4
    assert "nine neurons</a> leave four millionths at best" in prose
    assert sigmoid_derivative(3.0) ** 4 < 1 / 200_000
    assert f"multiplies it by {(8 / 4) ** 12:.0f} in twelve" in prose
    assert 8 * sigmoid_derivative(4.0) < 1


def test_the_solutions(prose):
    assert "$0.01 \\cdot 0.99 = 0.0099$" in prose
    assert f"{np.exp(-20):.0e}" == f"{sigmoid_derivative(20.0):.0e}" == "2e-09"
    assert f"{2 * np.exp(-20):.0e}" == "4e-09"
    assert f"{sigmoid(20.0):.12f}".startswith("0.999999997")
    assert 2 * np.exp(-20) + np.exp(-40) == pytest.approx(4e-9, rel=0.05)
    assert f"the height is {sigmoid_derivative(2.0):.3f} at both" in prose
    assert sigmoid_derivative(5.0) / sigmoid_derivative(6.0) == pytest.approx(np.e, rel=0.015)
    assert 1 - np.tanh(20.0) ** 2 == 0 < 1 - np.tanh(18.0) ** 2
    assert tanh_derivative(200.0) > 0
    assert f"about {4 / 27:.3f}" in prose
    assert f"about ${logit(1 / 3):.3f}$" in prose


def test_richardson_at_his_best(prose):
    def central(h):
        return (ideal(1 + h) - ideal(1 - h)) / (2 * h)

    true = ideal(1) * ideal(-1)
    found = [
        abs((4 * central(h / 2) - central(h)) / 3 / true - 1) for h in 10.0 ** -np.arange(1, 7)
    ]
    assert np.argmin(found) == 2
    digits = -np.log10(found[2]) + np.log10(errors(central_difference, 1).min())
    assert round(-np.log10(found[2])) == 13
    assert round(digits) == 2
    assert "At $h = 0.001$ about 13 digits are right, two more" in prose


def test_the_minutes_add_up(prose):
    assert two_sittings(prose) == [43, 46]
    assert "two sittings of about 45 minutes, and 70 minutes for the exercises" in prose
    assert abs(practice(prose) - 70) <= 2


def test_two_bells_of_one_width_make_a_sigmoid(prose):
    x = np.linspace(-4, 5, 19)
    yes, no = norm.pdf(x, 1), norm.pdf(x, 0)
    np.testing.assert_allclose(np.log(yes / no), x - 0.5, atol=1e-12)
    np.testing.assert_allclose(yes / (yes + no), sigmoid(x - 0.5))
    assert "the probability of yes is $\\sigma(x - \\frac{1}{2})$" in prose


@pytest.mark.parametrize("start", [-3.0, 0.5, 2.0])
def test_the_logistic_equation_leads_along_the_sigmoid_from_any_start(start):
    ends = [start - 1, start + 1]
    for end in ends:
        path = solve_ivp(
            lambda _, p: p * (1 - p), (start, end), [sigmoid(start)], rtol=1e-9, atol=1e-12
        )
        assert path.y[0, -1] == pytest.approx(sigmoid(end), rel=1e-6)


def test_at_zero_both_calls_of_minimum_choose_one_form(prose):
    """Of the four choices two are wrong, and NumPy makes neither of those."""
    for z in (1e-20j, -1e-20j):
        slopes = [
            (np.exp(top) / (1 + np.exp(below))).imag / z.imag
            for top in (z, 0j)
            for below in (z, -z)
        ]
        assert slopes == pytest.approx([0.25, 0.75, -0.25, 0.25])
        assert sigmoid(z).imag / z.imag == pytest.approx(0.25)
    assert "the one with the smaller imaginary part" in prose


def test_the_product_will_do_in_a_gradient(prose):
    z = np.linspace(-50, 50, 2001)
    s = sigmoid(z)
    assert np.max(np.abs(s * (1 - s) - sigmoid_derivative(z))) < 2e-16
    assert s[-1] * (1 - s[-1]) == 0 < sigmoid_derivative(40.0) == pytest.approx(4e-18, rel=0.1)
    assert "it is off by less than $2 \\cdot 10^{-16}$" in prose
