"""The numbers in the prose of the chapter on gradient descent are right."""

import numpy as np
import pytest
import sympy as sp
from words import in_words, times

from utils import landscapes, rates
from utils.exercises.gradient_descent import RAVINE, ravine
from utils.judging import judge_parts
from utils.neuron import neuron, neuron_gradients, neuron_step
from utils.optimizers import gradient_descent

GIVEN = [
    "Predicted and counted, to a thousandth of the error",
    "If the offset is ten thousand times smaller, how much longer",
    "### 2. Half as steep",
    "are enough, from any start, to shrink the error to a thousandth?",
    "How many steps does it need to a thousandth of the error",
]

RUNNING = np.array([1.0, 2.0]), 1.0, np.array([0.4, 0.6]), 0.5  # x, y, w, b


def test_the_first_and_the_second_step_of_the_neuron(prose):
    w, b = neuron_step(*RUNNING, 0.1)
    assert f"$w \\approx ({w[0]:.4f}, {w[1]:.4f})$ and $b \\approx {b:.4f}$" in prose
    x, y, *_ = RUNNING
    y_hat = neuron(x, w, b)
    assert f"$z \\approx {w @ x + b:.4f}$ and $\\hat{{y}} \\approx {y_hat:.4f}$" in prose
    left = f"{1 - y_hat:.4f}"
    assert f"$-{left} \\cdot {y_hat:.4f} \\cdot {left} \\approx " in prose
    assert f"\\approx {neuron_gradients(x, y, w, b)[1]:.4f}$" in prose
    w, b = neuron_step(x, y, w, b, 0.1)
    assert f"$w \\approx ({w[0]:.4f}, {w[1]:.4f})$ and $b \\approx {b:.4f}$" in prose


def test_the_erratum_comes_from_an_output_rounded_to_0_89(prose):
    x, y, w, b = RUNNING
    y_hat, dz = neuron(x, w, b), -(1 - 0.89) * 0.89 * (1 - 0.89)
    printed = f"{dz:.4f}, {2 * dz:.4f} and {dz:.4f}".replace("-", "−")
    assert f"wrong in the third digit: {printed} " in prose
    assert f"rounding it from {y - y_hat:.4f} to 0.11" in prose
    assert 0.008 < 0.11 / (y - y_hat) - 1 < 0.01
    assert "changes it by almost a hundredth of itself" in prose
    error = sp.Symbol("e")
    (often,) = min(sp.Poly(-error * (1 - error) * error, error).monoms())
    assert f"the gradient contains it {times(often)}, once as" in prose


def test_straight_downhill_is_not_straight_to_the_bottom(prose):
    H, w_star, w_0 = np.array([[5.0, 4.0], [4.0, 5.0]]), np.array([1, 0.5]), np.array([-1.0, 1.0])
    downhill, there = -landscapes.quadratic_gradient(w_0, H, w_star), w_star - w_0
    cosine = downhill @ there / np.linalg.norm(downhill) / np.linalg.norm(there)
    assert f"differ by {np.degrees(np.arccos(cosine)):.0f}°" in prose


def test_a_ravine_of_1000_takes_this_many_steps(prose):
    least = 1e-3
    steps = rates.steps_needed(least, rates.best_rate(1, 1000), 1)
    assert f"takes up to {steps} steps to a {in_words(least)}." in prose
    rho, curvatures = 0.8, ((1 - 0.8) / 0.2, (1 + 0.8) / 0.2)
    apart = in_words(round(curvatures[1] / curvatures[0], 9))
    assert f"Both errors shrink to {rho} of themselves at each step, though" in prose
    assert f"though the curvatures differ by a factor of {apart}." in prose


def test_the_best_stops_of_the_ravine(prose):
    stops = np.round(np.linspace(0.1, 2.1, 41), 2)
    for kappa, best in [(1, 1.0), (3, 1.5), (30, 1.9)]:
        factors = rates.worst_factor(stops, 1 / kappa, 1)
        assert stops[factors.argmin()] == best
        assert f'learning_rate={best:g}&amp;condition={kappa}">{best:g}</a>' in prose


def test_the_sharp_valley_holds_no_rate_above_its_limit(prose):
    limit = 2 / (3 * 1.0467**2 - 1)
    assert "Beyond 0.87 none of the 65 starts comes to rest in the deep valley" in prose
    assert f"{limit:.2f}" == "0.87"
    starts = np.linspace(-1.6, 1.6, 65)
    for rate, held in [(0.85, True), (0.9, False)]:
        ends = gradient_descent(landscapes.two_valleys_gradient, starts, rate, 400)[-1]
        assert np.any(np.abs(ends + 1.0467) < 0.02) == held
        assert np.any(np.abs(ends - 0.9456) < 0.02)


def test_which_starts_change_valleys_and_where_nobody_rests(prose):
    def path(rate, start, steps=400):
        return gradient_descent(landscapes.two_valleys_gradient, start, rate, steps)

    for rate, start, end in [(0.75, 1.5, -1.0467), (0.95, -1.5, 0.9456)]:
        assert f'learning_rate={rate}&amp;start={start}">' in prose
        assert path(rate, start)[-1] == pytest.approx(end, abs=1e-3)
    late = path(0.95, np.linspace(-1.6, 1.6, 65), 2000)[-200:]
    staying = np.all(late < 0.101, axis=0)
    assert np.all(np.ptp(late[:, staying], axis=0) > 0.1)
    assert np.all(np.abs(late[-1, ~staying] - 0.9456) < 1e-3)
    assert f"{staying.sum()} of the 65 starts jump about in it forever" in prose


def test_an_offset_ten_thousand_times_smaller_costs_so_many_steps(prose):
    arrivals = [
        np.argmax(
            landscapes.two_weights(
                gradient_descent(landscapes.two_weights_gradient, [-0.8 + off, 0.8], 0.2, 200)
            )
            < 0.01
        )
        for off in (1e-4, 1e-8)
    ]
    assert "about 51 at the rate 0.2" in prose
    assert "**A few dozen steps longer.**" in prose
    assert f"so an offset {in_words(1e-4 / 1e-8)} times smaller costs" in prose
    assert round(np.log(1e4) / np.log(1.2)) == 51
    assert abs(arrivals[1] - arrivals[0] - 51) <= 1


def test_two_errors_have_one_cost(prose):
    wrong_sign = gradient_descent(lambda w: -2 * w, 1, 0.1, 2)
    large_rate = gradient_descent(lambda w: 2 * w, 1, 1.1, 2)
    assert np.allclose(wrong_sign**2, large_rate**2)
    assert ", ".join(f"{w**2:.3g}" for w in large_rate) in prose


def test_the_ravine_of_the_exercise_follows_its_numbers(prose):
    low, middle, high = RAVINE
    assert f"eigenvalues {low:g}, {middle:g} and {high:g}." in prose
    other = ravine(1, 2, 9)
    assert judge_parts(other, (0.2, 0.8, 31)) == "Right."
    assert "only the smallest and the largest" in judge_parts(other, (2 / 12, 0.8, 31))
    lam = np.array(RAVINE)
    for start, steps in [((1, 1, 1), 51), ((1, 0, 1), 52)]:  # what the answer bounds
        path = gradient_descent(lambda w: lam * w, start, 0.25, 60)
        lengths = np.linalg.norm(path, axis=1)
        assert np.argmax(lengths <= 1e-3 * lengths[0]) == steps


def test_momentum_takes_longer_than_its_factor_promises(prose):
    rho = np.sqrt((9 / 11) ** 2)
    assert f"would promise {np.ceil(np.log(1e-3) / np.log(rho)):.0f} steps" in prose


def test_a_tiny_error_grows_a_thousandfold_at_a_saddle(prose):
    steps = np.log(1000) / np.log(1 + 0.5 * 0.1)
    assert "has a tiny error along the falling direction grown a thousandfold?" in prose
    assert f"\\approx {steps:.2f}$: {np.ceil(steps):.0f} steps" in prose


def test_at_which_rates_a_weight_is_halved(prose):
    factors = [1 - alpha * 10 for alpha in (0.05, 0.15, 0.25)]
    assert factors == [1 / 2, -1 / 2, -(1 + 1 / 2)]
    assert "At 0.05 the weight halves at each step." in prose
    assert "At 0.15 it changes sides and halves." in prose
    assert f"At 0.25 it changes sides and grows by {in_words(-factors[2] - 1)} at" in prose


def test_the_rate_that_is_asked_about(prose):
    assert f"What will 0.9 do, {times(round(0.9 / 0.1, 9))} as large?" in prose


def test_the_guess_of_the_steps(prose):
    t = rates.steps_needed(1e-3, 0.1, 2)
    before, after = (1 - 0.1 * 2) ** (t - 1), (1 - 0.1 * 2) ** t
    powers = rf"$0.8^{{{t - 1}}} \approx {before:.5f}$ and $0.8^{{{t}}} \approx {after:.5f}$."
    assert f"\n{t}, for {powers}\n" in prose
