"""The numbers in the prose of the chapter on gradient descent are right."""

import numpy as np
from minutes import practice, two_sittings

from utils import landscapes, rates, regression
from utils.data import diabetes, standardize
from utils.neuron import neuron, neuron_gradients, neuron_step
from utils.optimizers import gradient_descent, mini_batches, stochastic_descent


def test_a_ravine_of_1000_takes_this_many_steps(prose):
    steps = rates.steps_needed(1e-3, rates.best_rate(1, 1000), 1)
    assert f"takes up to {steps} steps to a thousandth" in prose


def test_the_patients_ravine(prose):
    low, high = np.linalg.eigvalsh(regression.line_hessian(diabetes()[0]))
    steps = rates.steps_needed(1e-3, rates.best_rate(low, high), low)
    assert f"curved {high / low:,.0f} times as much" in prose
    assert f"need {steps:,} steps" in prose
    assert f"$2/{high:.0f} = {2 / high:.4f}$" in prose


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
    assert "Beyond 0.87 " in prose
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


def test_which_starts_change_valleys(prose):
    starts = np.linspace(-1.6, 1.6, 65)
    first = {}
    for rate in np.round(np.linspace(0.05, 0.85, 17), 2):
        ends = gradient_descent(landscapes.two_valleys_gradient, starts, rate, 400)[-1]
        changed = (ends > 0) != (starts > 0.101)
        for side in (-1, 1):
            if changed[starts * side > 0.2].any():
                first.setdefault(side, rate)
                assert changed[np.argmax(starts * side)]
    assert first == {1: 0.6, -1: 0.75}
    for rate in first.values():
        assert f'">{rate:g}</a> on' in prose


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


def test_shuffled_epochs_hover_below_the_noise_floor():
    points, rng = standardize(diabetes("bmi")[0]), np.random.default_rng(0)
    for rate, size, epochs in [(0.1, 1, 40), (0.5, 64, 200)]:
        path = stochastic_descent(
            lambda w, batch: w - points[batch].mean(),
            0.0,
            rate,
            mini_batches(442, size, epochs, rng),
        )
        assert np.mean(path**2) < rates.noise_floor(rate, 1, 1, size)


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
    assert f"$-{left} \\cdot {y_hat:.4f} \\cdot {left} = " in prose
    assert f"= {neuron_gradients(x, y, w, b)[1]:.4f}$" in prose
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
