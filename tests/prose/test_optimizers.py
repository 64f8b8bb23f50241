"""The numbers in the prose of the chapter on adaptive rates are right."""

from functools import partial

import numpy as np
import pytest
from words import in_words, times

from utils import landscapes, optimizers, rates, regression
from utils.activations import sigmoid, sigmoid_derivative
from utils.data import diabetes, iris
from utils.layers import chain, dense, entrywise, flat, gradient_of, like
from utils.neuron import neuron_gradients
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

GIVEN = [
    "**Cosine**: half a wave",
    "with 405 billion parameters",
]

TURN = np.array([[np.cos(0.4), -np.sin(0.4)], [np.sin(0.4), np.cos(0.4)]])
H_TURNED = TURN * [1 / 30, 1] @ TURN.T


def arrival(path, bottom):
    """Return the step from which on no more than a thousandth of the distance is left."""
    left = np.linalg.norm(path - bottom, axis=1)
    return np.flatnonzero(left > 1e-3 * left[0])[-1] + 1


def left_of_the_way(turned, condition, nudge=0.0):
    """Return what one rate leaves of the distance, and what a rate for each weight does."""
    c, s = np.cos(np.radians(turned)), np.sin(np.radians(turned))
    Q = np.array([[c, -s], [s, c]])
    H, start = Q * [1 / condition, 1] @ Q.T, Q @ [2.0, 0.7] + nudge
    falling = partial(cosine, alpha=0.1, steps=60)
    for rule, rate in ((plain, rates.best_rate(1 / condition, 1)), (rmsprop, falling)):
        path = gradient_descent(lambda w: H @ w, start, rate, 60, rule)
        yield np.linalg.norm(path[-1]) / np.linalg.norm(start)


@pytest.mark.parametrize("nudge", [0.0, 1e-12])
def test_a_rate_for_each_weight_needs_its_ravine_along_the_axes(prose, nudge):
    along = [list(left_of_the_way(0, condition, nudge)) for condition in (1, 10, 30, 100)]
    assert [f"{own:.4f}" for _, own in along] == ["0.0015"] * 4
    assert "and leaves 0.0015 of the distance: at" in prose
    assert along[0][0] < 1e-9
    assert f"and leaves {along[3][0]:.2f} at 100" in prose
    for condition, (one, _) in zip((1, 10, 30, 100), along, strict=True):
        assert one == pytest.approx(next(left_of_the_way(45, condition, nudge)), rel=1e-6, abs=1e-9)
    at_30, at_100 = (list(left_of_the_way(45, condition, nudge)) for condition in (30, 100))
    assert f"descent leaves {at_30[1]:.2f} at" in prose
    assert f"and {at_100[1]:.2f} at" in prose
    assert at_30[1] > at_30[0]
    assert at_100[1] > at_100[0]
    lucky = list(left_of_the_way(5, 30, nudge))
    assert lucky[1] < 1e-3 < lucky[0]


def test_the_first_steps_of_the_neuron(prose):
    dw, db = neuron_gradients(np.array([1.0, 2.0]), 1.0, np.array([0.4, 0.6]), 0.5)
    theta, g = np.array([0.4, 0.6, 0.5]), np.append(dw, db)
    assert f"its first weight leaps to {(theta - 0.1 * rmsprop(g, None)[0])[0]:.4f}" in prose
    np.testing.assert_allclose(theta - 0.1 * adam(g, None)[0], [0.5, 0.7, 0.6], atol=1e-6)
    assert "to $(0.5, 0.7)$ and 0.6" in prose


def test_the_first_step_of_rmsprop_is_so_long(prose):
    assert f"this is ${1 / np.sqrt(1 - 0.9):.1f}\\, \\alpha$" in prose
    assert 31 < 1 / np.sqrt(1 - 0.999) < 32
    assert "almost $32\\, \\alpha$" in prose


def test_uncorrected_steps_are_too_long(prose):
    t = np.arange(1, 3001)
    ratio = (1 - 0.9**t) / np.sqrt(1 - 0.999**t)
    assert 3 < ratio[0] < 4
    assert 6 < ratio.max() < 7
    late = 1000
    assert ratio[late - 1] > 1.2
    assert f"are three to {in_words(np.ceil(ratio.max()))} times too long" in prose
    assert f"and they stay too long for a {in_words(late)} steps." in prose


def test_another_unit_and_a_larger_cost(prose):
    """A thousand times the gradient is a step of RMSProp as long as before."""
    larger, g = 1000, np.array([0.3, -2.0])
    np.testing.assert_allclose(rmsprop(larger * g, None)[0], rmsprop(g, None)[0], rtol=1e-6)
    thousand, part = in_words(larger), in_words(1 / larger)
    assert f"its weight becomes a {part}, and the gradient" in prose
    assert f"with respect to it a {thousand} times larger: the gradient asks" in prose
    assert f"Multiply the cost by a {thousand}, and every gradient is a {thousand} times" in prose


# ── The race ─────────────────────────────────────────────────────────────────────────────────────

COURSES = {
    "ravine": (
        lambda w: landscapes.quadratic(w, H_TURNED),
        lambda w: landscapes.quadratic_gradient(w, H_TURNED),
        TURN @ [2.0, 0.7],
    ),
    "saddle": (landscapes.two_weights, landscapes.two_weights_gradient, [-0.7999, 0.8]),
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
def test_the_ravine_race(prose, nudge):
    _, costs = race("ravine", 0.1, 0.9, nudge)
    courses = in_words(len(COURSES))
    assert f"Now {in_words(len(costs))} rules race on {courses} costs" in prose
    assert min(costs, key=lambda name: costs[name][15]) == "RMSProp"
    assert min(costs, key=lambda name: costs[name][60]) == "Nesterov"
    _, costs = race("ravine", 0.01, 0.9, nudge)
    assert max(costs, key=lambda name: costs[name][60]) == "plain"
    _, costs = race("ravine", 1.0, 0.9, nudge)
    assert costs["plain"][60] < 0.1 * costs["RMSProp"][60]
    assert max(costs, key=lambda name: costs[name][60]) == "RMSProp"
    best = rates.best_rate(1 / 30, 1)
    assert 1 / best == pytest.approx(0.5, abs=0.02)
    assert 'step=60">1</a>, about half of its best rate, it has left RMSProp' in prose


def test_the_saddle_race(prose):
    _, costs = race("saddle", 0.1, 0.9)
    away = {name: np.argmax(cost < 0.4) or 99 for name, cost in costs.items()}
    assert min(away, key=away.get) == "RMSProp"
    assert away["Adam"] > away["RMSProp"]
    paths, _ = race("saddle", 1.0, 0.9)
    lost = {name for name, path in paths.items() if not np.abs(path).max() < 1e3}
    assert lost == {"momentum", "Nesterov"}


def test_rmsprop_takes_no_step_longer_than_so(prose):
    assert f"\\sqrt{{1 - \\beta_2}} \\approx {1 / np.sqrt(1 - 0.9):.1f}$ times $\\alpha$" in prose
    for course in COURSES:
        paths, _ = race(course, 1.0, 0.9)
        assert np.abs(np.diff(paths["RMSProp"], axis=0)).max() <= 1 / np.sqrt(1 - 0.9)


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


def test_what_inverse_time_leaves(prose):
    half, third = (optimizers.inverse_time(t, 1.0, 10) for t in (10, 20))
    left = f"{in_words(half)} of the rate is left after $T$ steps"
    assert f"**Inverse time**: {left}, a {in_words(third)} after $2 T$, and so on." in prose
    assert f"after $T$ steps, a {in_words(third)} after $2 T$" in prose
    tenth = in_words(optimizers.inverse_time(90, 1.0, 10))
    floors = rates.noise_floor(0.03, 1, 1) / rates.noise_floor(0.3, 1, 1)
    assert floors == pytest.approx(0.1, abs=0.015)
    assert f"falls by inverse time, with {in_words(half)} of it left after 10 steps" in prose
    assert f"at which step is a {tenth} of it left, with about a {tenth} of the noise" in prose


def test_the_patients_ravine_with_momentum(prose):
    bmi, score = diabetes("bmi")
    low, high = np.linalg.eigvalsh(regression.line_hessian(bmi))
    best, kappa = regression.line_solution(bmi, score), high / low
    least = 1e-3
    steps = rates.steps_needed(least, rates.best_rate(low, high), low)
    assert f"$\\kappa$ of {kappa:,.0f}" in prose
    assert f"needed {steps:,} steps to a {in_words(least)} of the error." in prose
    assert f"$\\sqrt{{\\kappa}} \\approx {np.sqrt(kappa):.0f}$" in prose

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


X, Y = iris(("versicolor", "virginica"), ("petal length", "petal width"))
NETWORK = chain(dense(2, 4), entrywise(sigmoid, sigmoid_derivative), dense(4, 1))


def trained(rule, alpha, seed=0):
    """Return where 300 steps lead from a start, and the cost there."""
    start = NETWORK.first(np.random.default_rng(seed))
    gradient = partial(gradient_of(NETWORK, X, Y[None], sigmoid), batch=np.arange(Y.size))
    theta = gradient_descent(gradient, flat(start), alpha, 300, rule)[-1]
    Z, _ = NETWORK.forward(like(theta, start), X)
    return theta - flat(start), np.mean(np.logaddexp(0, np.where(Y == 1, -1, 1) * Z))


@pytest.mark.slow
def test_the_network_at_each_rate(prose):
    def cost(rule, alpha):
        return trained(rule, alpha)[1]

    tried = 10.0 ** np.arange(-3, -0.9, 0.25)
    assert f"300 steps at each of {in_words(len(tried))} rates, always" in prose
    lowest = {
        rule: min((cost(rule, alpha), alpha) for alpha in tried)
        for rule in (plain, momentum, nesterov, rmsprop)
    }
    assert f"no lower than {lowest[plain][0]:.2f}" in prose
    assert f"Answering one half for every flower costs {-np.log(1 / 2):.2f}, and at" in prose
    for rule in (momentum, nesterov):
        assert f"to {lowest[rule][0]:.2f} at the rate {lowest[rule][1]:.1f}" in prose
    assert "at its best at 0.03, with 0.16" in prose
    assert lowest[rmsprop] == (pytest.approx(0.16, abs=0.005), pytest.approx(10**-1.5))
    assert all(cost(adam, alpha) < 0.12 for alpha in (10**-1.5, 0.1, 10**-0.5))
    assert "below 0.12 from 0.03 on, and would stay so up to 0.3" in prose
    assert cost(momentum, 0.3) == pytest.approx(0.11, abs=0.005)
    rules = (plain, momentum, nesterov, rmsprop, adam)
    walked = [np.abs(trained(rule, 0.001)[0]).max() for rule in rules]
    assert max(walked) == walked[-1] == pytest.approx(0.53, abs=0.005)
    assert (
        f"under none of the {in_words(len(rules))} rules does a weight get farther than 0.53 from "
        "its start" in prose
    )


@pytest.mark.slow
def test_eleven_other_starts_say_the_same(prose):
    starts = range(1, 12)
    for seed in starts:
        assert all(trained(adam, alpha, seed)[1] < 0.125 for alpha in (10**-1.5, 0.1, 10**-0.5))
        assert trained(momentum, 10**-0.5, seed)[1] == pytest.approx(0.11, abs=0.005)
    eleven = in_words(len(starts)).capitalize()
    assert f"({eleven} other starts say the same: Adam ends at 0.12 or below" in prose


def test_momentum_keeps_the_rate_of_descent_where_batches_are_large(prose):
    """On a bowl it converges wherever descent does; what its noise asks for is told beside it."""
    assert "| the rate of plain descent, or less where batches are small" in prose
    ten = times(round(rates.effective_rate(1.0, 0.9), 9))
    assert f"$\\beta = 0.9$ has about {ten} the noise of plain descent" in prose


def test_a_rare_gradient_carries_a_weight_so_far(prose):
    """Taken step by step, once the correction has faded."""
    for beta1, told in [(0.9, 3.2), (0.0, 31.6)]:
        rule = partial(adam, beta1=beta1, epsilon=0.0)
        memory, way = (0.0, 1e-300, 20_000), []
        for g in [7.0] + [0.0] * 2000:
            direction, memory = rule(g, memory)
            way.append(direction)
        assert way[0] == pytest.approx(told, abs=0.05)
        assert f"${told}\\, \\alpha$" in prose
        if beta1:
            assert sum(way) == pytest.approx(31.8, abs=0.05)
            assert "$31.8\\, \\alpha$ in all" in prose


def test_what_larger_batches_allow(prose):
    """Four times the batch halves the noise d: Adam's floor goes with αd, that of descent αd²."""
    often, half = 4, 1 / np.sqrt(4)
    assert f"Batches of {times(often)} the size halve $d$." in prose
    assert f"With {in_words(half)} the noise that is {in_words(half)} as high, where" in prose
    quarter = rates.noise_floor(0.01, 1, half**2) / rates.noise_floor(0.01, 1, 1)
    assert f"$\\frac{{\\alpha d^2}}{{2 \\lambda}}$, is a {in_words(quarter)} as high." in prose
    plain_rate = f"the rate of plain descent made {times(round(1 / quarter, 9))} as large"
    assert f"So with batches of {times(often)} the size, Adam's rate can be doubled" in prose
    assert f"Adam's rate can be doubled, and {plain_rate}." in prose
    assert f"plain descent made {times(round(1 / quarter, 9))} as large." in prose


def test_adam_hovers_where_the_exercise_derives():
    """At half the noise, half as high, with a memory of gradients and without."""
    for beta1 in (0.0, 0.9):
        ends = []
        for d in (2.0, 1.0):
            noise = d * np.random.default_rng(2).normal(size=(1500, 500))
            rule = partial(adam, beta1=beta1)
            path = stochastic_descent(lambda w, n: w + n, np.zeros(500), 0.05, noise, rule)
            ends.append(np.mean(path[500:] ** 2))
            assert ends[-1] == pytest.approx(0.05 * d / (2 - 0.05 / d), rel=0.05)
        assert ends[0] / ends[1] == pytest.approx(2, rel=0.1)


def test_how_flat_the_cosine_begins(prose):
    assert f"\n{1 - optimizers.cosine(10, 1, 100):.1%}: the wave begins flat." in prose
