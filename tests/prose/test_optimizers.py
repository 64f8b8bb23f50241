"""The numbers in the prose of the chapter on optimizers are right."""

import re
from functools import partial

import numpy as np
import pytest
from minutes import practice, two_sittings

from utils import landscapes, optimizers, rates, regression
from utils.activations import sigmoid, sigmoid_derivative
from utils.data import diabetes, iris
from utils.layers import chain, dense, entrywise, flat, gradient_of, like
from utils.neuron import neuron, neuron_gradients
from utils.optimizers import (
    adam,
    cosine,
    gradient_descent,
    momentum,
    nesterov,
    plain,
    rmsprop,
    stochastic_descent,
)

TURN = np.array([[np.cos(0.4), -np.sin(0.4)], [np.sin(0.4), np.cos(0.4)]])
H_TURNED = TURN * [1 / 30, 1] @ TURN.T


def arrival(path, bottom=0.0, share=1e-3):
    """Return the step from which on no more than this share of the distance is left."""
    left = np.linalg.norm(path - bottom, axis=1)
    return np.flatnonzero(left > share * left[0])[-1] + 1


def remembered_steps(beta, alpha, steps=600):
    rule = partial(momentum, beta=beta)
    return gradient_descent(lambda w: H_TURNED @ w, TURN @ [2.3, 0.9], alpha, steps, rule)


def test_what_memory_does_in_the_first_figure(prose):
    steps = {beta: arrival(remembered_steps(beta, 1.0)) for beta in (0.0, 0.5, 0.7, 0.95)}
    assert f">{steps[0.0]} steps</a>" in prose
    assert steps[0.5] < steps[0.0] / 2
    assert "less than half of that" in prose
    assert f"it is {steps[0.7]}." in prose
    assert f"for {steps[0.95]} steps" in prose
    at_25 = {beta: remembered_steps(beta, 2.5) for beta in np.arange(0, 20) / 20}
    sizes = {beta: np.linalg.norm(path[-1]) for beta, path in at_25.items()}
    assert all((size < 1e-3) == (beta > 0.25) for beta, size in sizes.items())
    assert 0.1 < sizes[0.25] < 10
    fewest = min((arrival(path), beta) for beta, path in at_25.items() if beta > 0.25)
    assert fewest == (25, 0.55)
    assert "0.55</a> in 25 steps, the fewest in the figure" in prose


def test_amplified_ten_times_and_halved(prose):
    assert rates.effective_rate(1.0, 0.9) == pytest.approx(10)
    assert pytest.approx(0.5, abs=0.05) == 1 / (1 + 0.9)
    assert "amplified ten times, and what goes to and fro is halved" in prose


def neuron_path(rule, alpha=0.1, steps=100):
    def gradient(theta):
        dw, db = neuron_gradients(np.array([1.0, 2.0]), 1.0, theta[:2], theta[2])
        return np.append(dw, db)

    return gradient_descent(gradient, [0.4, 0.6, 0.5], alpha, steps, rule)


def output(theta):
    return neuron(np.array([1.0, 2.0]), theta[:2], theta[2])


def test_the_first_steps_of_the_neuron(prose):
    path = neuron_path(momentum)
    np.testing.assert_allclose(path[1], neuron_path(plain)[1])
    assert f"({path[1, 0]:.4f}, {path[1, 1]:.4f})" in prose
    lengths = np.linalg.norm(np.diff(path, axis=0), axis=1)
    assert 1.8 < lengths[1] / lengths[0] < 2
    assert f"weight 0.4 to {neuron_path(rmsprop)[1, 0]:.4f}" in prose
    np.testing.assert_allclose(neuron_path(adam)[1], [0.5, 0.7, 0.6], atol=1e-6)
    assert "to $(0.5, 0.7)$ and 0.6" in prose


def test_a_large_rate_is_ahead_of_the_rules_that_divide(prose):
    ends = {rule: output(neuron_path(rule)[-1]) for rule in (plain, momentum, rmsprop, adam)}
    assert min(ends[rmsprop], ends[adam]) > ends[momentum] > ends[plain]
    large = output(neuron_path(plain, alpha=100)[1])
    assert large > max(ends.values())
    assert f"a rate of 100 would be ahead, too, at {large:.4f} after one step" in prose


def test_the_rate_of_the_first_figure_needs_so_much_momentum(prose):
    assert "needs $\\beta > 0.25$" in prose
    assert not rates.momentum_converges(2.5, 0.25, 1.0)
    assert rates.momentum_converges(2.5, 0.26, 1.0)


def test_the_factor_alone_would_promise_fewer(prose):
    steps = np.ceil(np.log(1e-3) / np.log(rates.best_momentum_factor(1000)))
    assert f"would promise {steps:.0f} steps" in prose


def worst(factor, alpha, beta, kappa):
    return np.maximum(factor(alpha, beta, 1 / kappa), factor(alpha, beta, 1.0))


def test_the_best_stops_of_the_stability_figure(prose):
    alphas, betas = np.arange(1, 17)[:, None] / 4, np.arange(10) / 10
    for kappa, at in [(10, (2.25, 0.3)), (100, (3.25, 0.7))]:
        surface = worst(rates.momentum_factor, alphas, betas, kappa)
        found = worst(rates.momentum_factor, *at, kappa)
        assert found <= surface.min() + 1e-12
        assert f"learning_rate={at[0]:g}&amp;momentum={at[1]:g}" in prose
    for alpha in (2.75, 3.0, 3.25):
        assert worst(rates.momentum_factor, alpha, 0.7, 100) == pytest.approx(np.sqrt(0.7))
    assert f"\\sqrt{{0.7}} \\approx {np.sqrt(0.7):.3f}$" in prose
    alpha, beta = rates.best_momentum(0.1, 1)
    assert f"the formulas say {alpha:.2f} and {beta:.2f}" in prose
    usual = worst(rates.momentum_factor, 0.25, 0.9, 100)
    assert f"its factor, {usual:.3f}, is still better" in prose
    assert f"plain descent, {rates.best_factor(100):.3f}:" in prose
    assert 2 * 1.9 / 2.8 < 1.4
    assert rates.momentum_converges(3.75, 0.9, 1.0)
    assert "almost to 3.8</a>" in prose


def test_the_swing_dies_by_step_20(prose):
    less, more = (f(0.5, 0.9, 1.0) for f in (rates.nesterov_factor, rates.momentum_factor))
    assert f"\\cdot 0.5}} \\approx {less:.2f}$ of a swing, and not {more:.2f}" in prose
    swinging = gradient_descent(lambda w: w, 1.0, 0.5, 40, momentum)
    calm = gradient_descent(lambda w: w, 1.0, 0.5, 40, nesterov)
    assert np.abs(swinging[35:]).max() > 0.1
    assert np.abs(calm[20:]).max() < 0.01


def test_momentum_needs_no_smaller_rate_than_descent_on_a_bowl(prose):
    """It converges wherever descent does, and in this ravine a tenth of the rate gains nothing."""
    assert "in the long run no direction, however steep, shrinks faster" in prose
    assert all(
        rates.momentum_converges(alpha, beta, 1.0)
        for alpha in (0.1, 1.0, 1.99)
        for beta in (0.0, 0.5, 0.9, 0.99)
    )
    alpha = rates.best_rate(1 / 30, 1)
    steps = [
        arrival(remembered_steps(beta, rate))
        for beta, rate in [(0.0, alpha), (0.9, alpha), (0.9, alpha / 10)]
    ]
    assert steps == [104, 127, 126]
    assert "| the rate of plain descent, or less where batches are small" in prose


def test_a_bowl_is_walked_by_nesterov_in_about_twice_the_steps(prose):
    for kappa in (100, 1000, 10_000):
        steps = [
            np.log(factor(kappa)) ** -1
            for factor in (rates.safe_nesterov_factor, rates.best_momentum_factor)
        ]
        assert steps[0] / steps[1] == pytest.approx(2, rel=0.06)
        root = np.sqrt(3 * kappa + 1)
        own = worst(rates.nesterov_factor, 4 * kappa / root**2, (root - 2) / (root + 2), kappa)
        assert own == pytest.approx(1 - 2 / root, abs=1e-6)  # its double root is hard to compute
        assert -1 / np.log(1 - 2 / root) / -steps[1] == pytest.approx(1.7, abs=0.07)
    assert "it needs about 1.7 times as many" in prose


def test_rmsprop_needs_its_ravine_along_the_axes(prose):
    falling = partial(cosine, alpha=0.05, steps=200)
    slant = np.array([[1, -1], [1, 1]]) / np.sqrt(2)
    for nudge in (0.0, 1e-12, -1e-12):  # the path is chaotic, and what is said of it is not
        ends = {}
        for name, Q in (("along", np.eye(2)), ("slanted", slant)):
            H, start = Q @ np.diag([1.0, 100.0]) @ Q.T, Q @ [0.8, 0.6] + nudge
            for rule, rate in ((plain, 2 / 101), (rmsprop, falling)):
                path = gradient_descent(lambda w, H=H: H @ w, start, rate, 200, rule)
                ends[name, rule.__name__] = np.linalg.norm(path[-1])
        assert ends["along", "rmsprop"] < 1e-6
        assert ends["slanted", "rmsprop"] > 5e-3
        for name in ("along", "slanted"):
            assert f"{ends[name, 'plain']:.3f} of the way" in prose


def test_the_first_step_of_rmsprop_is_so_long(prose):
    assert f"this is ${1 / np.sqrt(1 - 0.9):.1f}\\, \\alpha$" in prose
    assert 31 < 1 / np.sqrt(1 - 0.999) < 32
    assert "almost $32\\, \\alpha$" in prose


def test_uncorrected_steps_are_too_long(prose):
    t = np.arange(1, 3001)
    ratio = (1 - 0.9**t) / np.sqrt(1 - 0.999**t)
    assert 3 < ratio[0] < 4
    assert 6 < ratio.max() < 7
    assert ratio[999] > 1.2
    assert "three to seven times too long" in prose


# ── The race ─────────────────────────────────────────────────────────────────────────────────────

COURSES = {
    "ravine": (
        lambda w: landscapes.quadratic(w, H_TURNED),
        lambda w: landscapes.quadratic_gradient(w, H_TURNED),
        TURN @ [2.0, 0.7],
    ),
    "saddle": (landscapes.two_weights, landscapes.two_weights_gradient, [-0.7999, 0.8]),
    "two valleys": (landscapes.two_basins, landscapes.two_basins_gradient, [1.6, 0.8]),
}


def race(course, alpha, beta, nudge=0.0):
    cost, gradient, start = COURSES[course]
    rules = {
        "plain": plain,
        "momentum": partial(momentum, beta=beta),
        "Nesterov": partial(nesterov, beta=beta),
        "RMSProp": rmsprop,
        "Adam": partial(adam, beta1=beta),
    }
    with np.errstate(all="ignore"):
        paths = {
            name: gradient_descent(gradient, np.asarray(start) + nudge, alpha, 60, rule)
            for name, rule in rules.items()
        }
        return paths, {name: cost(path) for name, path in paths.items()}


@pytest.mark.parametrize("nudge", [0.0, 1e-12])
def test_the_ravine_race(nudge):
    _, costs = race("ravine", 0.1, 0.9, nudge)
    assert min(costs, key=lambda name: costs[name][15]) == "RMSProp"
    assert min(costs, key=lambda name: costs[name][60]) == "Nesterov"
    _, costs = race("ravine", 0.01, 0.9, nudge)
    assert max(costs, key=lambda name: costs[name][60]) == "plain"
    _, costs = race("ravine", 1.0, 0.9, nudge)
    assert costs["plain"][60] < 0.1 * costs["RMSProp"][60]
    assert max(costs, key=lambda name: costs[name][60]) == "RMSProp"
    best = rates.best_rate(1 / 30, 1)
    assert 1 / best == pytest.approx(0.5, abs=0.02)  # about half of it


def test_the_saddle_race(prose):
    _, costs = race("saddle", 0.1, 0.9)
    away = {name: np.argmax(cost < 0.4) or 99 for name, cost in costs.items()}
    assert min(away, key=away.get) == "RMSProp"
    assert away["Adam"] > away["RMSProp"]
    paths, _ = race("saddle", 1.0, 0.9)
    lost = {name for name, path in paths.items() if not np.abs(path).max() < 1e3}
    assert lost == {"momentum", "Nesterov"}


def test_rmsprop_takes_no_step_longer_than_so(prose):
    assert f"\\sqrt{{1 - \\beta_2}} = {1 / np.sqrt(1 - 0.9):.1f}\\, \\alpha$" in prose
    for course in COURSES:
        paths, _ = race(course, 1.0, 0.9)
        assert np.abs(np.diff(paths["RMSProp"], axis=0)).max() <= 1 / np.sqrt(1 - 0.9)


def test_the_two_valleys_are_lowest_there():
    w = -1.0466805318
    lowest = landscapes.two_basins([w, 0.0])
    assert abs(landscapes.two_basins_gradient([w, 0.0])[0]) < 1e-9
    np.testing.assert_allclose(lowest, -0.10238607380004, rtol=0, atol=1e-14)


def test_the_race_over_the_hill():
    for alpha, there in [(0.1, {"momentum"}), (0.316, {"Nesterov"})]:
        paths, _ = race("two valleys", alpha, 0.9)
        assert {name for name, path in paths.items() if path[60, 0] < 0.101} == there
    paths, _ = race("two valleys", 0.316, 0.9)
    assert paths["momentum"][:, 0].min() < 0
    paths, _ = race("two valleys", 1.0, 0.9)
    assert {n for n, p in paths.items() if not np.abs(p).max() < 1e3} == {"momentum", "Nesterov"}


# ── Failures and cures ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("C", [2.1, 3.0, 10.0])
def test_adam_walks_uphill_by_what_was_proved(prose, C):
    """In each round of three, once the correction has faded."""
    rule = partial(adam, beta1=0.0, beta2=1 / (1 + C**2))
    rounds = [C, -1.0, -1.0] * 200
    path = stochastic_descent(lambda w, g: g, 0.0, 1.0, rounds, rule)
    assert np.all(np.diff(path[30::3]) > np.sqrt(2) - np.sqrt(1 + 1 / C**2))
    assert f"{np.sqrt(2):.3f} - {np.ceil(1000 * np.sqrt(1.25)) / 1000:.3f}" in prose


@pytest.mark.parametrize(("beta1", "end"), [(0.0, 1.0), (0.9, -1.0)])
def test_adam_goes_uphill_without_a_memory_of_gradients_only(prose, beta1, end):
    w, memory = 0.0, None
    for g in [3.0, -1.0, -1.0] * 500:
        direction, memory = adam(g, memory, beta1=beta1, beta2=0.1)
        w = np.clip(w - 0.01 * direction, -1, 1)
    assert w == pytest.approx(end, abs=0.05)
    assert "With $\\beta_1 = 0.9$ the same tug ends at the lowest." in prose


def test_the_schedules_end_where_it_is_said(prose):
    noise = np.random.default_rng(0).normal(size=(300, 500))
    ends = {
        name: np.mean(
            stochastic_descent(lambda w, x: w - x, np.full(500, 3.0), rate, noise)[-1] ** 2
        )
        for name, rate in {
            "constant": 0.3,
            "staircase": partial(optimizers.staircase, alpha=0.3, factor=0.1, every=100),
            "inverse": partial(optimizers.inverse_time, alpha=0.3, half=10),
            "mean": lambda t: 1 / (t + 1),
            "cosine": partial(cosine, alpha=0.3, steps=300),
        }.items()
    }
    assert f"\\approx {rates.noise_floor(0.3, 1, 1):.2f}$" in prose
    second, third = rates.noise_floor(0.03, 1, 1), rates.noise_floor(0.003, 1, 1)
    assert f"the floor of its second rate, {second:.3f}" in prose
    assert f"The floor of its third would be {third:.4f}" in prose
    assert f"it ends at {ends['staircase']:.3f}" in prose
    assert f"and end at {ends['mean']:.3f}" in prose
    assert f"ends lowest, at {ends['inverse']:.3f}" in prose
    assert f"comes down last, to {ends['cosine']:.3f}" in prose


def test_the_patients_ravine_with_momentum(prose):
    bmi, score = diabetes("bmi")
    low, high = np.linalg.eigvalsh(regression.line_hessian(bmi))
    best, kappa = regression.line_solution(bmi, score), high / low
    steps = rates.steps_needed(1e-3, rates.best_rate(low, high), low)
    assert f"$\\kappa = {kappa:,.0f}$".replace(",", "\\,") in prose
    assert f"{steps:,} steps" in prose
    assert f"$\\sqrt{{\\kappa}} = {np.sqrt(kappa):.0f}$" in prose

    def gradient(theta):
        return regression.line_gradient(theta, bmi, score)

    alpha, beta = rates.best_momentum(low, high)
    path = gradient_descent(gradient, [0, 0], alpha, 2000, partial(momentum, beta=beta))
    assert 850 < arrival(path, best) < 950
    assert "About 900 steps" in prose
    for nudge in (0.0, 1e-12):
        for alpha, steps in [(10, 531), (3, 1320)]:
            falling = partial(cosine, alpha=alpha * (1 + nudge), steps=2000)
            path = gradient_descent(gradient, [0, 0], falling, 2000, adam)
            assert arrival(path, best) == steps
    assert "Adam needs 531 steps at 10" in prose
    assert "at 3 it needs 1320, and at 1 its rate has fallen to 0 before it arrives" in prose
    steady = gradient_descent(gradient, [0, 0], 1, 2000, adam)
    assert f"(a constant 1 takes {arrival(steady, best)})" in prose
    slow = gradient_descent(gradient, [0, 0], partial(cosine, alpha=1, steps=2000), 2000, adam)
    assert np.linalg.norm(slow[-1] - best) > 1e-2 * np.linalg.norm(best)


@pytest.mark.slow
def test_the_network_at_each_rate(prose):
    X, y = iris(("versicolor", "virginica"), ("petal length", "petal width"))
    network = chain(dense(2, 4), entrywise(sigmoid, sigmoid_derivative), dense(4, 1))
    start = network.first(np.random.default_rng(0))
    gradient = partial(gradient_of(network, X, y[None], sigmoid), batch=np.arange(y.size))

    def cost(rule, alpha):
        theta = gradient_descent(gradient, flat(start), alpha, 300, rule)[-1]
        Z, _ = network.forward(like(theta, start), X)
        return np.mean(np.logaddexp(0, np.where(y == 1, -1, 1) * Z))

    tried = 10.0 ** np.arange(-3, -0.9, 0.25)
    assert len(tried) == 9
    assert "nine rates" in prose
    lowest = {
        rule: min((cost(rule, alpha), alpha) for alpha in tried)
        for rule in (plain, momentum, nesterov, rmsprop)
    }
    assert f"no lower than {lowest[plain][0]:.2f}" in prose
    assert f"{np.log(2):.2f}" in prose
    for rule in (momentum, nesterov):
        assert f"to {lowest[rule][0]:.2f} at the rate {lowest[rule][1]:.1f}" in prose
    assert "at its best at 0.03, with 0.16" in prose
    assert lowest[rmsprop] == (pytest.approx(0.16, abs=0.005), pytest.approx(10**-1.5))
    assert all(cost(adam, alpha) < 0.12 for alpha in (10**-1.5, 0.1, 10**-0.5))
    assert "below 0.12 from 0.03 on, and would be so up to 0.3" in prose
    assert cost(momentum, 0.3) == pytest.approx(0.11, abs=0.005)
    walked = gradient_descent(gradient, flat(start), 0.001, 300, adam) - flat(start)
    assert np.abs(walked).max() == pytest.approx(0.53, abs=0.005)
    assert "no weight gets farther than 0.53" in prose


def test_the_floor_of_momentum_is_measured():
    """As the exercise derives it."""
    noise = np.random.default_rng(0).normal(size=(2000, 200))
    for alpha, beta in [(0.1, 0.5), (0.02, 0.9)]:
        rule = partial(momentum, beta=beta)
        path = stochastic_descent(lambda w, n: 2 * w + n, np.zeros(200), alpha, noise, rule)
        derived = alpha * (1 + beta) / (2 * (1 - beta) * (2 * (1 + beta) - 2 * alpha))
        assert np.mean(path[300:] ** 2) == pytest.approx(derived, rel=0.05)


def test_the_minutes_add_up(prose):
    """Those of the sections to two sittings, those of the exercises to what is said."""
    said = re.search(r"of about (\d+) and (\d+) minutes, and (\d+) minutes for", prose)
    off = np.subtract(two_sittings(prose), [int(said[1]), int(said[2])])
    assert np.all(np.abs(off) <= 2), off
    assert practice(prose) == int(said[3])
