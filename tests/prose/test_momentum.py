"""The numbers in the prose of the chapter on momentum are right."""

from functools import partial

import numpy as np
import pytest
from words import in_words, times

from utils import rates
from utils.neuron import neuron_gradients
from utils.optimizers import gradient_descent, momentum, nesterov, plain, stochastic_descent

GIVEN = [
    "How many steps is that, to a thousandth of the error",
]

TURN = np.array([[np.cos(0.4), -np.sin(0.4)], [np.sin(0.4), np.cos(0.4)]])
H_TURNED = TURN * [1 / 30, 1] @ TURN.T


def arrival(path, share=1e-3):
    """Return the step from which on no more than this share of the distance is left."""
    left = np.linalg.norm(path, axis=1)
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
    ten = times(round(rates.effective_rate(1.0, 0.9), 9))
    assert pytest.approx(0.5, abs=0.05) == 1 / (1 + 0.9)
    assert f"amplified {ten}, and what goes to and fro is about halved" in prose
    assert f"With $\\beta = 0.9$ it is {ten} $\\alpha$." in prose
    assert f"goes with the effective rate, {ten} $\\alpha$ at $\\beta = 0.9$" in prose
    assert f"in the place of the rate: at $\\beta = 0.9$ {ten} as much." in prose
    assert f"### 1. {ten.capitalize()} as far\n" in prose
    assert f"a step is {in_words(round(10 * 0.9))} tenths of the last step, plus" in prose


def test_to_and_fro_is_about_halved(prose):
    for beta in (0.9, 0.99):
        assert 1 / (1 + beta) == pytest.approx(1 / 2, abs=0.03)
    assert "with $\\beta = 0.9$, about half of $g$." in prose
    assert "of itself: about a half in both cases." in prose


def test_how_far_the_limit_moves(prose):
    """Where the roots of the step are complex, and where none is beyond 1."""
    beta, often = 0.99, 4
    limits = [
        max(a for a in np.linspace(0.01, 5, 500) if rates.momentum_converges(a, b, 1.0))
        for b in (0.0, beta)
    ]
    ratio = limits[1] / limits[0]
    assert 1.9 < ratio < 2
    assert f"for $\\beta$ close to 1 it is almost {times(round(ratio))} that." in prose
    for alpha in np.linspace(0.1, 3.9, 39):
        roots = np.roots([1, -(1 + beta - alpha), beta])
        assert (roots.imag.any()) == ((1 + beta - alpha) ** 2 < often * beta)
    less = f"$(1 + \\beta - \\alpha\\lambda)^2 < {often} \\beta$"
    assert f"is less than {times(often)} the product, {less}." in prose


def neuron_path(rule):
    def gradient(theta):
        dw, db = neuron_gradients(np.array([1.0, 2.0]), 1.0, theta[:2], theta[2])
        return np.append(dw, db)

    return gradient_descent(gradient, [0.4, 0.6, 0.5], 0.1, 100, rule)


def test_the_first_steps_of_the_neuron(prose):
    path = neuron_path(momentum)
    np.testing.assert_allclose(path[1], neuron_path(plain)[1])
    assert f"({path[1, 0]:.4f}, {path[1, 1]:.4f})" in prose
    lengths = np.linalg.norm(np.diff(path, axis=0), axis=1)
    assert 1.8 < lengths[1] / lengths[0] < 2
    assert f"The second is almost {times(round(lengths[1] / lengths[0]))} as long." in prose


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
        if kappa == 10:
            assert np.sum(surface <= found + 1e-12) == 1
            assert "the best stop is <a" in prose
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
    assert "a swing across the ravine takes dozens of steps to die out." in prose
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


def test_a_bowl_is_walked_by_nesterov_in_about_twice_the_steps(prose):
    for kappa in (100, 1000, 10_000):
        steps = [
            np.log(factor(kappa)) ** -1
            for factor in (rates.safe_nesterov_factor, rates.best_momentum_factor)
        ]
        assert steps[0] / steps[1] == pytest.approx(2, rel=0.06)
        twice = times(round(steps[0] / steps[1]))
        assert f"Nesterov's rule with this pair needs about {twice} the steps of" in prose
        root = np.sqrt(3 * kappa + 1)
        own = worst(rates.nesterov_factor, 4 * kappa / root**2, (root - 2) / (root + 2), kappa)
        assert own == pytest.approx(1 - 2 / root, abs=1e-6)  # its double root is hard to compute
        assert -1 / np.log(1 - 2 / root) / -steps[1] == pytest.approx(1.7, abs=0.07)
    assert "it needs about 1.7 times as many" in prose


def test_the_floor_of_momentum_is_measured():
    """As the exercise derives it."""
    noise = np.random.default_rng(0).normal(size=(2000, 200))
    for alpha, beta in [(0.1, 0.5), (0.02, 0.9)]:
        rule = partial(momentum, beta=beta)
        path = stochastic_descent(lambda w, n: 2 * w + n, np.zeros(200), alpha, noise, rule)
        derived = alpha * (1 + beta) / (2 * (1 - beta) * (2 * (1 + beta) - 2 * alpha))
        assert np.mean(path[300:] ** 2) == pytest.approx(derived, rel=0.05)
