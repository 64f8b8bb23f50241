"""The numbers in the prose of the chapter on gradient descent are right."""

import numpy as np
import pytest
from minutes import practice, two_sittings
from sklearn.datasets import load_diabetes

from utils import landscapes, rates, regression
from utils.data import diabetes, standardize
from utils.exercises.gradient_descent import RAVINE, ravine
from utils.exercises.judging import judge_parts
from utils.neuron import neuron, neuron_gradients, neuron_step
from utils.optimizers import gradient_descent, mini_batches, stochastic_descent


def test_a_ravine_of_1000_takes_this_many_steps(prose):
    steps = rates.steps_needed(1e-3, rates.best_rate(1, 1000), 1)
    assert f"takes up to {steps} steps to a thousandth" in prose


def test_the_patients_ravine(prose):
    low, high = np.linalg.eigvalsh(regression.line_hessian(diabetes()[0]))
    steps = rates.steps_needed(1e-3, rates.best_rate(low, high), low)
    assert f"curved {high / low:,.0f} times as much" in prose
    assert f"may need {steps:,} steps" in prose
    assert f"$2/{high:.0f} \\approx {2 / high:.4f}$" in prose


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
    assert round(np.log(1e4) / np.log(1.2)) == 51
    assert abs(arrivals[1] - arrivals[0] - 51) <= 1


def test_the_sharp_valley_holds_no_rate_above_its_limit(prose):
    limit = 2 / (3 * 1.0467**2 - 1)
    assert "Beyond 0.87 nobody comes to rest in the deep valley" in prose
    assert f"{limit:.2f}" == "0.87"
    starts = np.linspace(-1.6, 1.6, 65)
    for rate, held in [(0.85, True), (0.9, False)]:
        ends = gradient_descent(landscapes.two_valleys_gradient, starts, rate, 400)[-1]
        assert np.any(np.abs(ends + 1.0467) < 0.02) == held
        assert np.any(np.abs(ends - 0.9456) < 0.02)


def test_straight_downhill_is_not_straight_to_the_bottom(prose):
    H, w_star, w_0 = np.array([[5.0, 4.0], [4.0, 5.0]]), np.array([1, 0.5]), np.array([-1.0, 1.0])
    downhill, there = -landscapes.quadratic_gradient(w_0, H, w_star), w_star - w_0
    cosine = downhill @ there / np.linalg.norm(downhill) / np.linalg.norm(there)
    assert f"differ by {np.degrees(np.arccos(cosine)):.0f}°" in prose


def test_the_best_stops_of_the_ravine(prose):
    stops = np.round(np.linspace(0.1, 2.1, 41), 2)
    for kappa, best in [(1, 1.0), (3, 1.5), (30, 1.9)]:
        factors = rates.worst_factor(stops, 1 / kappa, 1)
        assert stops[factors.argmin()] == best
        assert f'learning_rate={best:g}&amp;condition={kappa}">{best:g}</a>' in prose


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


def test_what_is_to_be_seen_of_the_noise(prose):
    patients = np.column_stack([standardize(diabetes(name)[0]) for name in ("bmi", "bp")])

    def distances(rate, size, draw):
        batches = np.random.default_rng(draw).integers(442, size=(1326 // size, size))
        path = stochastic_descent(
            lambda w, batch: w - patients[batch].mean(axis=0), [-3.0, 2.7], rate, batches
        )
        return np.linalg.norm(path, axis=1)

    def late(path):
        return np.sqrt(np.mean(path[len(path) // 2 :] ** 2))

    for draw in range(1, 5):
        assert distances(0.1, 1, draw)[50] < 0.5
        assert len(distances(0.1, 64, draw)) - 1 == 20
        assert abs(distances(0.1, 64, draw)[-1] - 0.5) < 0.05
        assert late(distances(0.316, 64, draw)) < 0.105
        assert abs(late(distances(0.316, 1, draw)) - 0.6) < 0.05
    assert 0.25 < 1 - 0.9**3 < 0.3
    assert "stay within 0.1, while batches of 1 hover at 0.6" in prose


def shuffled(alpha, m):
    """Return what shuffling leaves of the noise floor, for batches of 1 and λ = s² = 1.

    Two draws of an epoch have the covariance −1/(m − 1), so the noise of k steps has the variance
    below; what an epoch begins with is what it ends with, and the mean is over its steps.
    """
    left = (1 - alpha) ** np.arange(m)
    squares, sums = np.cumsum(left**2), np.cumsum(left)
    noise = np.append(0, alpha**2 * (squares * m - sums**2) / (m - 1))
    left = (1 - alpha) ** (2 * np.arange(m + 1))
    start = noise[-1] / (1 - left[-1])
    return np.mean((left * start + noise)[:-1]) / rates.noise_floor(alpha, 1, 1)


def test_shuffled_epochs_hover_below_the_noise_floor(prose):
    points, rng = standardize(diabetes("bmi")[0]), np.random.default_rng(0)
    first, *others = (f"{shuffled(alpha, 442):.2f}" for alpha in (0.1, 0.01, 0.001))
    assert f"{first} of the derived one at the rate 0.1, {others[0]} at 0.01" in prose
    assert f"and {others[1]} at 0.001" in prose
    for rate, epochs in [(0.1, 60), (0.01, 150)]:
        batches = mini_batches(442, 1, epochs, rng)
        path = stochastic_descent(lambda w, batch: w - points[batch].mean(), 0.0, rate, batches)
        share = np.mean(path[442:] ** 2) / rates.noise_floor(rate, 1, 1)
        assert share == pytest.approx(shuffled(rate, 442), rel=0.15)


def test_the_bound_is_not_enough_for_mini_batches(prose):
    """The mean square of the error, over all draws, after a step with one example."""
    x, y = standardize(diabetes()[0]), diabetes()[1]
    rows = np.column_stack([x, np.ones_like(x)])

    def growth(alpha):
        steps = np.eye(2) - alpha * rows[:, :, None] * rows[:, None]
        return np.abs(np.linalg.eigvals(np.mean([np.kron(A, A) for A in steps], axis=0))).max()

    assert growth(0.52) < 1 < growth(0.53)
    assert "the limit for batches of 1 is 0.52" in prose
    best = regression.line_solution(x, y)
    s2 = np.sum((rows * (rows @ best - y)[:, None]) ** 2) / 442
    for seed in range(3):
        batches = np.random.default_rng(seed).integers(442, size=(20_000, 1))
        path = stochastic_descent(
            lambda v, i: regression.line_gradient(v, x[i], y[i]), best, 0.5, batches
        )
        assert np.mean(np.sum((path - best) ** 2, axis=1)) > 4 * rates.noise_floor(0.5, 1, s2)
    one = regression.line_cost(
        gradient_descent(lambda v: rows.T @ (rows @ v - y) / 442, [0, 0], 1, 1), x, y
    )
    assert one[-1] == pytest.approx(regression.line_cost(best, x, y))
    assert "are there after one step" in prose


def test_standardizing_leaves_the_correlations(prose):
    inputs = load_diabetes(scaled=False).data.T
    curvatures = np.linalg.eigvalsh(np.corrcoef(inputs))
    assert f"$\\kappa$ is still {curvatures[-1] / curvatures[0]:.0f}" in prose


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


def test_the_first_and_the_second_step_of_the_neuron(prose):
    x, y, w, b = np.array([1.0, 2.0]), 1.0, np.array([0.4, 0.6]), 0.5
    dz = neuron(x, w, b) - y
    assert f"$w = ({0.4 - 0.1 * dz:.4f}, {0.6 - 0.2 * dz:.4f})$ and $b = {0.5 - 0.1 * dz:.4f}$" in (
        prose
    )
    w, b = neuron_step(x, y, w, b, 0.1)
    assert prose.count(f"({w[0]:.4f}, {w[1]:.4f})") == 2
    y_hat = neuron(x, w, b)
    assert f"$z = {w @ x + b:.4f}$ and $\\hat{{y}} = {y_hat:.4f}$" in prose
    left = f"{1 - y_hat:.4f}"
    assert f"$-{left} \\cdot {y_hat:.4f} \\cdot {left} \\approx " in prose
    assert f"\\approx {neuron_gradients(x, y, w, b)[1]:.4f}$" in prose
    w, b = neuron_step(x, y, w, b, 0.1)
    assert f"$w = ({w[0]:.4f}, {w[1]:.4f})$ and $b = {b:.4f}$" in prose


def test_momentum_takes_longer_than_its_factor_promises(prose):
    rho = np.sqrt((9 / 11) ** 2)
    assert f"would promise {np.ceil(np.log(1e-3) / np.log(rho)):.0f} steps" in prose


def test_two_errors_have_one_cost(prose):
    wrong_sign = gradient_descent(lambda w: -2 * w, 1, 0.1, 2)
    large_rate = gradient_descent(lambda w: 2 * w, 1, 1.1, 2)
    assert np.allclose(wrong_sign**2, large_rate**2)
    assert ", ".join(f"{w**2:.3g}" for w in large_rate) in prose


def test_the_minutes_add_up(prose, using):
    """Those of the sections to two sittings, those of the exercises to about what is said."""
    assert "two sittings of about 45 minutes, and 70 minutes for the exercises" in prose
    assert two_sittings(prose) == [45, 45]
    assert abs(practice(prose) - 70) <= 2
    assert "two sittings of about 45 minutes, and 70 minutes of exercises" in using
