"""The numbers in the prose of the chapter on the derivative of the sigmoid are right."""

from fractions import Fraction

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.optimize import brentq, minimize_scalar
from scipy.stats import norm
from words import in_words, times

from utils.activations import logit, sigmoid, sigmoid_derivative, sigmoid_nth_derivative
from utils.exercises import EXERCISES
from utils.gradient_check import central_difference
from utils.losses import squared_error
from utils.neuron import neuron, neuron_gradients

GIVEN = [
    "half the squared error",
    "The outer function is half a square",
    "### With and without the half",
    "Not everybody puts a half before the square.",
    "takes the mean without the half",
    "and no half takes the 2 away",
    "from half of its limit at the time $t_0$",
    "### 2. Six in a row",
]


def test_the_peak(prose):
    quarter = in_words(sigmoid_derivative(0.0))
    assert f"### Its peak is a {quarter}\n" in prose
    assert f"**A {quarter}.**" in prose
    assert f"where that of the sigmoid is a {quarter}." in prose
    assert f"each slope is at most a {quarter}, so" in prose
    assert f"The peak is a {quarter}, at 0;" in prose
    assert f"| at most a {quarter} |" in prose
    z = np.linspace(0, 40, 401)
    share = sigmoid_derivative(z) / np.exp(-z)
    assert share.max() == pytest.approx(1)
    assert f"the slope lies between a {in_words(share.min())} of $q$ and $q$:" in prose


def test_the_middle(prose):
    """Where growth along the sigmoid begins, and is fastest."""
    half = in_words(sigmoid(0.0))
    assert f"If it starts {half} full at the time 0, it grows along" in prose
    assert f"and it starts {half} full at the time 0." in prose
    assert f"when it has reached {half} of its limit" in prose
    assert f"\\frac{{1}}{{e}}$ and not a {half}, so one minus the curve" in prose


def test_without_the_half_a_gradient_is_twice_as_large(prose):
    def slope(loss):
        return float(central_difference(lambda y_hat: loss(1.0, y_hat), 0.3))

    factor = slope(lambda y, y_hat: (y - y_hat) ** 2) / slope(squared_error)
    twice = times(round(factor, 6))
    assert f"Without it, every gradient is {twice} as large" in prose
    assert f"So that source's gradient is {twice} ours." in prose
    half = in_words(round(1 / factor, 6))
    assert f"| the gradient is {twice}, or {half}, what a small step says |" in prose
    error = central_difference(sigmoid, 2.1) / sigmoid_derivative(2.1) - 1
    assert f"a test of {in_words(int(-np.log10(abs(error))))} digits and more" in prose


def test_what_is_to_be_seen_of_the_tangent(prose):
    assert f"the slope is {sigmoid_derivative(2.0):.4f} at both" in prose
    assert f"its slope is {sigmoid_derivative(6.0):.4f}, about a hundredth of a quarter" in prose
    stops = np.linspace(-6, 6, 49)
    change = sigmoid_nth_derivative(stops, 2)
    assert (stops[change.argmax()], stops[change.argmin()]) == (-1.25, 1.25)


def test_the_odds(prose):
    assert "a probability of 3/4 has the odds 3" in prose
    assert Fraction(3, 4) / (1 - Fraction(3, 4)) == 3 == Fraction(1, 4) * 4 * 3
    often, prior = 4, Fraction(1, 3)
    yes, no = prior * often, 1 - prior
    assert (yes / (yes + no)) / (no / (yes + no)) == often * prior / (1 - prior)
    said = f"{times(often)} as probable under yes as under no multiplies the odds by {often}"
    assert f"A piece of evidence, $E$, that is {said}." in prose
    assert sigmoid(np.log(3)) == pytest.approx(0.75)


def test_two_bells_of_one_width_make_a_sigmoid(prose):
    x = np.linspace(-4, 5, 19)
    yes, no = norm.pdf(x, 1), norm.pdf(x, 0)
    np.testing.assert_allclose(np.log(yes / no), x - 0.5, atol=1e-12)
    np.testing.assert_allclose(yes / (yes + no), sigmoid(x - 0.5))
    assert "so the probability of yes is $\\sigma(x - \\frac{1}{2})$" in prose
    np.testing.assert_allclose(-((x - 1) ** 2) / 2 + x**2 / 2, x - 0.5, atol=1e-12)


@pytest.mark.parametrize("start", [-3.0, 0.5, 2.0])
def test_the_logistic_equation_leads_along_the_sigmoid_from_any_start(start):
    ends = [start - 1, start + 1]
    for end in ends:
        path = solve_ivp(
            lambda _, p: p * (1 - p), (start, end), [sigmoid(start)], rtol=1e-9, atol=1e-12
        )
        assert path.y[0, -1] == pytest.approx(sigmoid(end), rel=1e-6)


def test_the_tails(prose):
    assert "$\\lvert z \\rvert \\ge 6$ is less than half a percent" in prose
    wrong = [np.exp(-z) / sigmoid_derivative(z) - 1 for z in (6.0, 5.0)]
    assert wrong[0] == pytest.approx(2 * np.exp(-6) + np.exp(-12), rel=1e-9)
    assert wrong[0] < 0.005 < wrong[1]
    ratio = sigmoid_derivative(9.0) / sigmoid_derivative(10.0)
    assert f"by about {ratio:.1f}.**" in prose


def test_where_the_slope_changes_fastest(prose):
    place = brentq(lambda z: sigmoid_nth_derivative(z, 3), 1, 2)
    assert f"where $\\lvert z \\rvert \\approx {place:.3f}$" in prose
    assert min(np.linspace(-6, 6, 49), key=lambda stop: abs(stop - place)) == 1.25
    assert 6 * sigmoid(place) ** 2 - 6 * sigmoid(place) + 1 == pytest.approx(0, abs=1e-9)


def test_the_erratum(prose):
    """The numbers of the source are those of an output rounded too early, to 0.89."""
    early = -0.11 * 0.89 * 0.11 * np.array([1.0, 2.0, 1.0])
    shown = f"prints {early[0]:.4f}, {early[1]:.4f} and {early[2]:.4f} ".replace("-", "−")
    assert shown in prose
    dw, _ = neuron_gradients(np.array([1.0, 2.0]), 1.0, np.array([0.4, 0.6]), 0.5)
    assert np.all(np.abs(dw - early[:2]) > 5e-5)


def test_a_nudge_tells_the_right_claim(prose):
    x, w = np.array([1.0, 2.0]), np.array([0.4, 0.6])
    error, slope = neuron(x, w, 0.5) - 1, sigmoid_derivative(w @ x + 0.5)
    losses = [squared_error(1.0, neuron(x, w + np.array([step, 0]), 0.5)) for step in (0, 0.001)]
    nudged = (losses[1] - losses[0]) / 0.001
    assert f"{nudged:.4f}" == f"{error * slope:.4f}" == "-0.0106"
    taken_at_the_output = sigmoid_derivative(neuron(x, w, 0.5))
    claims = [-1, 2, taken_at_the_output / slope, 1 / slope]
    assert min(abs(claim - 1) for claim in claims) > 0.9
    five = in_words(len([*claims, 1]))
    assert f"Here are {five} ways to write the derivative of our neuron's loss" in prose
    assert claims[-1] > 5
    assert "it is several times too large" in prose


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
    least = 1e-6
    n = next(n for n in range(99) if 0.25**n < least)
    assert f"after how many neurons is less than a {in_words(least)} left, at best?" in prose
    nine, four = in_words(n - 1), in_words(round(0.25 ** (n - 1) / least))
    assert f"{nine} neurons</a> leave {four} {in_words(least)}s at best" in prose
    link = f"#stack?neurons={n}&amp;z=0&amp;weight=1"
    assert f'<a href="{link}">{in_words(n)}</a> less than one' in prose
    assert sigmoid_derivative(3.0) ** 4 < 1 / 200_000
    neurons = 12
    assert f"multiplies it by {(8 / 4) ** neurons:.0f} in {in_words(neurons)} neurons" in prose
    assert 8 * sigmoid_derivative(4.0) < 1


def test_the_solutions(prose):
    assert "$0.01 \\cdot 0.99 = 0.0099$" in prose
    assert f"the height is {sigmoid_derivative(2.0):.3f} at both" in prose
    assert sigmoid_derivative(5.0) / sigmoid_derivative(6.0) == pytest.approx(np.e, rel=0.015)
    assert f"about {4 / 27:.3f}" in prose
    assert f"about ${logit(1 / 3):.3f}$" in prose


def test_another_s(prose):
    place = minimize_scalar(lambda z: -derivative(curve, z), bounds=(-2, 2), method="bounded")
    assert place.x == pytest.approx(0, abs=1e-4)
    assert derivative(curve, 0.0) == pytest.approx(1 / np.e)
    assert f"\\frac{{1}}{{e}} \\approx {1 / np.e:.3f}$" in prose
    neurons, weight = 6, 2
    row = f"neurons in a row, each with the weight {weight}: what part"
    assert f"{in_words(neurons).capitalize()} such {row}" in prose
    best = (weight / np.e) ** neurons
    more = round(best / (weight / 4) ** neurons)
    assert f"$({weight} / e)^{neurons} \\approx {best:.3f}$ comes back, {times(more)} as" in prose
    by_sigmoids, _ = (part.answer for part in EXERCISES["ds-six"].values())
    assert by_sigmoids == pytest.approx((weight / 4) ** neurons)
    six = in_words(neurons).capitalize()
    assert f"{six} sigmoid neurons in a row have the weight {weight} each." in prose


def curve(z):
    """Return the curve of the last exercise."""
    return np.exp(-np.exp(-z))


def derivative(f, z):
    """Return a central difference."""
    return (f(z + 1e-5) - f(z - 1e-5)) / 2e-5
