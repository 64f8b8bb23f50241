"""The numbers in the prose of the chapter on checking a derivative are right."""

import re

import numpy as np
import pytest
from manuscript import page
from mpmath import mp
from scipy.optimize import minimize_scalar
from words import in_words, times

from utils.activations import sigmoid, sigmoid_derivative, tanh_derivative
from utils.gradient_check import (
    best_step,
    central_difference,
    complex_step,
    disagreement,
    forward_difference,
)
from utils.neuron import neuron_gradients

GIVEN = [
    "its loss is half the squared error",
    "a half too many or too few",
    "Measure twice, with $h$ and with $h/2$",
]


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


def losses_within(width):
    """Return the loss of the running example at 81 first weights around 0.4."""
    z = 0.4 + width * np.linspace(-1, 1, 81) + 1.2 + 0.5
    return (1 - sigmoid(z)) ** 2 / 2


def test_what_is_to_be_seen_of_the_zoom(prose):
    def measured(exponent):
        losses = losses_within(10.0**exponent)
        return (losses[-1] - losses[0]) / (2 * 10.0**exponent)

    error, output = sigmoid(2.1) - 1, sigmoid(2.1)
    right = error * sigmoid_derivative(2.1)
    claims = [2 * right, -right, error * sigmoid_derivative(output), right, error]
    code = "".join(cell.python for cell in page("checking-a-derivative").of_kind("code"))
    shown = re.search(r"slopes = \{(.*)\}", code)[1]
    assert [f"{claim:.6f}" for claim in claims] == re.findall(r"-?0\.\d+", shown)
    five = in_words(len(claims))
    assert f"{five.capitalize()} programs claim to know the slope of a neuron's loss" in prose
    assert f"Now the {five} claims of the first figure, which are {five} ways to" in prose
    assert f'">A</a> has {times(round(claims[0] / right, 9))} the slope.' in prose
    assert right > measured(0) > claims[0] > claims[2] > 3 * measured(0) > claims[4] / 2
    assert measured(-5) == pytest.approx(right, rel=1e-6)
    levels = [len(set(losses_within(10.0**exponent))) for exponent in (-13, -14, -15, -16)]
    assert levels == [81, 12, 2, 1]
    assert "it is a staircase of 12 levels" in prose
    assert "of two, and at" in prose
    assert measured(-16) == 0


def test_the_best_step(prose):
    eta = 2.0**-53
    assert f"{eta:.1e}" == "1.1e-16"
    assert "about $1.1 \\cdot 10^{-16}$" in prose
    assert np.log10(best_step(1, 1)) == pytest.approx(-5, abs=0.5)
    assert 10 < -np.log10(eta ** (2 / 3)) < 11
    assert "ten or eleven of the 16 digits" in prose
    digits = round(-np.log10(eta**0.5))
    assert f"$\\eta^{{1/2}}$, some $10^{{-{digits}}}$, and {in_words(digits)} digits." in prose
    assert f"at $10^{{-{digits}}}$ about {in_words(digits)} digits are right" in prose


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
    digits = 10, 15
    assert [central[5], complex_[20]] < [10.0**-right for right in digits]
    ten, fifteen = map(in_words, digits)
    assert f"from its values alone, to {ten} digits and then to {fifteen}, compare" in prose
    smaller, gained = 10, [round(found[2] / found[3], 1) for found in (central, forward)]
    assert gained == pytest.approx([smaller**2, smaller], rel=0.02)
    ten, hundred = in_words(smaller), in_words(smaller**2)
    assert f"A step {ten} times smaller makes it a {hundred} times smaller." in prose
    assert f"there a step {ten} times smaller gains only a factor of {ten}." in prose
    steeper = np.log(gained[0]) / np.log(gained[1])
    assert f"the error of central falls {times(round(steeper, 1))} as steeply" in prose
    assert forward[8] < 2 * forward[7]
    assert central[17] == forward[17] == 1
    assert complex_[20] < 1e-15
    middle = errors(forward_difference, 0), errors(central_difference, 0)
    np.testing.assert_allclose(*(each[1:5] for each in middle), rtol=0.1)


def test_the_disagreement_of_the_five_claims(prose):
    g = np.array([1.0, 2.0, 1.0])
    assert disagreement(-g, g) == 1
    assert disagreement(2 * g, g) == disagreement(g, 2 * g) == pytest.approx(1 / 3)
    assert "and a factor 2 gives $\\frac{2 - 1}{2 + 1} = \\frac{1}{3}$" in prose
    x, w = np.array([1.0, 2.0]), np.array([0.4, 0.6])
    assert f"{w @ x + 0.5:.1f}" == "2.1"
    assert "There $z$ was 2.1" in prose


def test_the_book_keeps_the_product(prose):
    """The gradients of the neuron are those with the product, to the bit."""
    x, w = np.array([1.0, 2.0]), np.array([0.4, 0.6])
    y_hat = sigmoid(w @ x + 0.5)
    assert neuron_gradients(x, 1.0, w, 0.5)[1] == -(1 - y_hat) * y_hat * (1 - y_hat)
    assert "keep the product $\\hat{y} (1 - \\hat{y})$" in prose


def test_what_a_float_holds(prose):
    largest = np.finfo(float).max
    assert f"above about $1.8 \\cdot 10^{{{int(np.log10(largest))}}}$" in prose
    assert f"{largest:.1e}" == "1.8e+308"
    assert np.log(largest) < 710
    assert 1 + np.exp(-37.0) == 1 < 1 + np.exp(-36.0)
    assert "From $z = 37$ on" in prose
    assert f"{sigmoid_derivative(40.0):.0e}" == "4e-18"
    assert np.log10(sigmoid_derivative(400.0)) == pytest.approx(-174, abs=0.5)
    factor = 10
    lost = f"for every {np.log(factor):.1f} units of $z > 0$"
    assert f"{lost}, since the slope shrinks by a factor of {in_words(factor)} and" in prose
    assert f"a digit is lost for every {np.log(factor):.1f} units" in prose
    assert f"smaller than $2 \\cdot 10^{{{np.log10(np.finfo(float).tiny):.0f}}}$" in prose
    assert sigmoid_derivative(708.0) > np.finfo(float).tiny > sigmoid_derivative(709.0)
    assert sigmoid_derivative(745.0) > 0 == sigmoid_derivative(746.0)


def test_the_product_will_do_in_a_gradient(prose):
    z = np.linspace(-50, 50, 2001)
    s = sigmoid(z)
    assert np.max(np.abs(s * (1 - s) - sigmoid_derivative(z))) < 2e-16
    assert s[-1] * (1 - s[-1]) == 0 < sigmoid_derivative(40.0) == pytest.approx(4e-18, rel=0.1)
    assert "it is off by less than $2 \\cdot 10^{-16}$" in prose


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


def test_an_absolute_value_stops_a_complex_step(prose):
    def with_abs(z):
        e = np.exp(-np.abs(z))
        return np.where(np.real(z) > 0, 1, e) / (1 + e)

    for place in (1.0, -1.0):
        assert complex_step(with_abs, place) == 0
        assert central_difference(with_abs, place) == pytest.approx(sigmoid_derivative(place))
    assert "but the complex step says 0 with the first" in prose


def test_the_solutions(prose):
    assert f"{np.exp(-20):.0e}" == f"{sigmoid_derivative(20.0):.0e}" == "2e-09"
    assert f"{2 * np.exp(-20):.0e}" == "4e-09"
    nines = re.match(r"0\.(9*)", f"{sigmoid(20.0):.12f}")[1]
    assert f"$s$ begins with {in_words(len(nines))} nines, and they all vanish" in prose
    assert 2 * np.exp(-20) + np.exp(-40) == pytest.approx(4e-9, rel=0.05)
    assert 1 - np.tanh(20.0) ** 2 == 0 < 1 - np.tanh(18.0) ** 2
    assert tanh_derivative(200.0) > 0
    assert "some $10^{-8}$ where $F$ and $M$ are of one size" in prose
    assert np.log10(2 * np.sqrt(2.0**-53)) == pytest.approx(-8, abs=0.5)


def test_the_best_step_forward():
    """The solution's step is the least of its bound."""
    F, M, eta = 1.3, 0.7, 1e-4
    found = minimize_scalar(
        lambda h: M * h / 2 + 2 * eta * F / h, bounds=(1e-3, 1), method="bounded"
    )
    assert found.x == pytest.approx(2 * np.sqrt(eta * F / M), rel=1e-3)


def test_richardson_at_his_best(prose):
    def central(h):
        return (ideal(1 + h) - ideal(1 - h)) / (2 * h)

    true = ideal(1) * ideal(-1)
    found = [
        abs((4 * central(h / 2) - central(h)) / 3 / true - 1) for h in 10.0 ** -np.arange(1, 7)
    ]
    assert np.argmin(found) == 2
    h, smaller = np.array([0.1, 0.05]), 10
    quarter = h[1] ** 2 / h[0] ** 2
    assert f"take {times(round(1 / quarter))} the second, and subtract the first" in prose
    digits = round(np.log10(found[0] / found[1]))
    assert f"a step {in_words(smaller)} times smaller gains {in_words(digits)} digits" in prose
    digits = -np.log10(found[2]) + np.log10(errors(central_difference, 1).min())
    assert round(-np.log10(found[2])) == 13
    assert round(digits) == 2
    assert "At $h = 0.001$ about 13 digits are right, two more" in prose


def test_what_passes():
    programs = [lambda z: z * np.conj(z), lambda z: z**2, np.abs, lambda z: np.sqrt(z**2)]
    assert [complex_step(f, 1.0) for f in programs] == pytest.approx([0, 2, 0, 1])
    assert [central_difference(f, 1.0) for f in programs] == pytest.approx([2, 2, 1, 1])
