"""What theory says before a step is taken is what happens."""

from functools import partial
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar

from utils import landscapes, rates
from utils.optimizers import gradient_descent, momentum, nesterov, stochastic_descent

curvatures = st.floats(0.1, 20)


def random_bowl(seed, n=3):
    rng = np.random.default_rng(seed)
    A = rng.normal(size=(n, n))
    return A @ A.T + 0.1 * np.eye(n), rng.normal(size=n), rng.normal(size=n)


@given(st.floats(0.01, 2.5), curvatures, st.floats(-3, 3), st.floats(-3, 3))
def test_the_closed_form_is_the_loop(share, lam, w_0, w_star):
    alpha = share / lam
    path = gradient_descent(lambda w: landscapes.bowl_gradient(w, lam, w_star), w_0, alpha, 30)
    foretold = rates.bowl_path(np.arange(31), w_0, alpha, lam, w_star)
    np.testing.assert_allclose(path, foretold, rtol=1e-9, atol=1e-9)


@given(st.floats(-1, 3), curvatures)
def test_the_bound_parts_shrinking_from_growing(share, lam):
    assume(min(abs(share), abs(share - 2)) > 1e-3)
    after = rates.bowl_path(1_000, 1.0, share / lam, lam)
    assert rates.converges(share / lam, lam) == (abs(after) < 1)


@given(st.floats(0.01, 1.99), curvatures, st.floats(1e-6, 0.9))
def test_steps_needed_are_enough_and_not_one_too_many(share, lam, epsilon):
    assume(abs(share - 1) > 1e-3)
    factor = abs(1 - share)
    t = rates.steps_needed(epsilon, share / lam, lam)
    assert factor**t <= epsilon * (1 + 1e-9)
    assert factor ** (t - 1) >= epsilon * (1 - 1e-9)


def test_the_critical_rate_needs_one_step():
    assert rates.steps_needed(1e-9, alpha=0.25, lam=4.0) == 1


@given(st.integers(0, 99), st.integers(0, 20), st.floats(0.01, 0.2))
def test_eigenvectors_go_their_own_way(seed, t, alpha):
    H, w_star, w_0 = random_bowl(seed)
    path = gradient_descent(lambda w: landscapes.quadratic_gradient(w, H, w_star), w_0, alpha, t)
    np.testing.assert_allclose(
        rates.quadratic_path(t, w_0, alpha, H, w_star), path[-1], rtol=1e-8, atol=1e-8
    )


@given(st.integers(0, 99), st.floats(0, 1))
def test_the_worst_factor_is_the_norm_of_one_step(seed, alpha):
    H, _, _ = random_bowl(seed)
    lam = np.linalg.eigvalsh(H)
    step = np.eye(3) - alpha * H
    np.testing.assert_allclose(
        rates.worst_factor(alpha, lam[0], lam[-1]), np.linalg.norm(step, 2), rtol=1e-9
    )


@given(curvatures, st.floats(1, 1000))
def test_no_rate_is_better_than_the_best(low, kappa):
    high = low * kappa
    found = minimize_scalar(
        lambda a: rates.worst_factor(a, low, high), bounds=(0, 2 / high), method="bounded"
    )
    best = rates.worst_factor(rates.best_rate(low, high), low, high)
    assert best <= found.fun + 1e-12
    np.testing.assert_allclose(best, rates.best_factor(kappa), atol=1e-9)


def test_condition_number():
    H, _, _ = random_bowl(3)
    np.testing.assert_allclose(rates.condition_number(H), np.linalg.cond(H))


@given(st.integers(0, 99), st.floats(0, 1))
def test_a_step_lowers_the_cost_as_guaranteed(seed, share):
    H, w_star, w = random_bowl(seed)
    L = np.linalg.eigvalsh(H)[-1]
    g = landscapes.quadratic_gradient(w, H, w_star)
    J, after = (landscapes.quadratic(v, H, w_star) for v in (w, w - share * 2 / L * g))
    assert after <= rates.guaranteed_cost(J, g, share * 2 / L, L) + 1e-9 * (1 + J)


@given(st.integers(0, 99))
def test_the_gradient_bounds_the_gap(seed):
    H, w_star, w = random_bowl(seed)
    lam, Q = np.linalg.eigh(H)
    gap = landscapes.quadratic(w, H, w_star)
    g = landscapes.quadratic_gradient(w, H, w_star)
    assert gap <= rates.gap_bound(g, lam[0]) * (1 + 1e-9)
    flat = landscapes.quadratic_gradient(w_star + Q[:, 0], H, w_star)
    np.testing.assert_allclose(rates.gap_bound(flat, lam[0]), lam[0] / 2)


@pytest.mark.parametrize("B", [1, 2, 3, 4])
def test_the_variance_of_a_batch_by_forming_every_batch(B):
    g = np.array([1.0, -2.0, 0.5, 4.0])
    drawn = np.array([np.mean(batch) for batch in product(g, repeat=B)])
    dealt = np.array([np.mean(batch) for batch in combinations(g, B)])
    np.testing.assert_allclose([drawn.mean(), dealt.mean()], g.mean())
    np.testing.assert_allclose(drawn.var(), rates.batch_variance(g.var(), B))
    np.testing.assert_allclose(dealt.var(), rates.batch_variance(g.var(), B, m=4), atol=1e-15)


@given(st.floats(0.01, 1.9), curvatures, st.floats(0.1, 5), st.integers(1, 50))
def test_the_noise_floor_is_where_noise_and_shrinking_balance(share, lam, s2, B):
    alpha = share / lam
    v = rates.noise_floor(alpha, lam, s2, B)
    np.testing.assert_allclose(v, (1 - alpha * lam) ** 2 * v + alpha**2 * s2 / B, rtol=1e-9)


def test_the_noise_floor_is_measured():
    x = np.random.default_rng(0).normal(size=200)
    x = (x - x.mean()) / x.std()
    batches = np.random.default_rng(1).integers(200, size=(50_000, 3))
    path = stochastic_descent(lambda w, mean: w - mean, 0.0, 0.3, x[batches].mean(axis=1))
    np.testing.assert_allclose(np.var(path), rates.noise_floor(0.3, 1, 1, 3), rtol=0.05)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: rates.converges(0.1, -1.0), "expected lam > 0, got -1"),
        (lambda: rates.steps_needed(2.0, 0.1, 1.0), "expected 0 < epsilon < 1, got 2"),
        (lambda: rates.steps_needed(0.1, 2.0, 1.0), "0 < alpha < 2, got 2"),
        (lambda: rates.best_rate(0.0, 1.0), "expected lam_min > 0"),
        (lambda: rates.best_factor(0.5), "at least 1, got 0.5"),
        (lambda: rates.condition_number(np.diag([1.0, -1.0])), "expected H positive definite"),
        (lambda: rates.batch_variance(1.0, 5, m=4), "expected a batch of at most 4"),
        (lambda: rates.batch_variance(1.0, 0), "expected a batch of at least 1, got 0"),
        (lambda: rates.noise_floor(3.0, 1.0, 1.0), "expected a rate that converges"),
        (lambda: rates.gap_bound([1.0], 0.0), "expected lam_min > 0"),
    ],
)
def test_what_makes_no_sense_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# ── Momentum ─────────────────────────────────────────────────────────────────────────────────────

shares, betas = st.floats(0.01, 3.5), st.floats(0, 0.95)


@given(shares, betas, curvatures)
def test_the_factor_of_momentum_is_that_of_its_matrix(share, beta, lam):
    alpha = share / lam
    for factor, matrix in [
        (rates.momentum_factor, rates.momentum_matrix),
        (rates.nesterov_factor, rates.nesterov_matrix),
    ]:
        size = np.max(np.abs(np.linalg.eigvals(matrix(alpha, beta, lam))))
        np.testing.assert_allclose(factor(alpha, beta, lam), size, rtol=1e-6, atol=1e-7)


@given(shares, betas, curvatures)
def test_the_matrices_take_the_steps(share, beta, lam):
    alpha = share / lam
    for rule, matrix in [
        (momentum, rates.momentum_matrix(alpha, beta, lam)),
        (nesterov, rates.nesterov_matrix(alpha, beta, lam)),
    ]:
        path = gradient_descent(lambda e: lam * e, 1.0, alpha, 6, partial(rule, beta=beta))
        foretold = np.linalg.matrix_power(matrix, 6) @ [1.0, 0.0]
        np.testing.assert_allclose(path[-1], foretold[0], rtol=1e-9, atol=1e-9)


@given(shares, betas, curvatures)
def test_the_stable_regions_end_where_the_factor_is_one(share, beta, lam):
    for factor, converges in [
        (rates.momentum_factor, rates.momentum_converges),
        (rates.nesterov_factor, rates.nesterov_converges),
    ]:
        size = factor(share / lam, beta, lam)
        assume(abs(size - 1) > 1e-6)
        assert converges(share / lam, beta, lam) == (size < 1)


@given(st.floats(0.1, 3), betas, curvatures)
def test_momentum_in_closed_form(share, beta, lam):
    alpha = share / lam
    assume(abs((1 + beta - share) ** 2 / 4 - beta) > 1e-3)
    path = gradient_descent(lambda e: lam * e, 2.0, alpha, 12, partial(momentum, beta=beta))
    foretold = rates.momentum_error(np.arange(13), 2.0, alpha, beta, lam)
    np.testing.assert_allclose(foretold, path, rtol=1e-6, atol=1e-6 * np.abs(path).max())


@given(curvatures, st.floats(1.01, 1000), st.floats(0.01, 4), st.floats(0, 0.999))
def test_no_pair_is_better_than_the_best(low, kappa, share, beta):
    high = low * kappa
    reached = np.maximum(*rates.momentum_factor(share / high, beta, np.array([low, high])))
    assert reached >= rates.best_momentum_factor(kappa) - 1e-7


@given(curvatures, st.floats(1, 1000))
def test_the_best_pair_leaves_the_same_factor_everywhere(low, kappa):
    alpha, beta = rates.best_momentum(low, low * kappa)
    between = rates.momentum_factor(alpha, beta, np.linspace(low, low * kappa, 9))
    np.testing.assert_allclose(between, rates.best_momentum_factor(kappa), atol=1e-6)


@given(st.floats(1, 1000))
def test_the_safe_nesterov(kappa):
    beta = rates.best_momentum_factor(kappa)
    over = rates.nesterov_factor(1.0, beta, np.linspace(1 / kappa, 1, 30))
    np.testing.assert_allclose(over.max(), rates.safe_nesterov_factor(kappa), atol=1e-6)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: rates.effective_rate(0.1, 1.0), "expected 0 <= beta < 1, got 1.0"),
        (lambda: rates.momentum_converges(0.1, -0.1, 1.0), "expected 0 <= beta < 1"),
        (lambda: rates.nesterov_converges(0.1, 1.0, 1.0), "expected 0 <= beta < 1"),
        (lambda: rates.momentum_converges(0.1, 0.5, 0.0), "expected lam > 0"),
        (lambda: rates.nesterov_converges(0.1, 0.5, 0.0), "expected lam > 0"),
        (lambda: rates.momentum_error(1, 1.0, 0.25, 0.25, 1.0), "expected two different roots"),
        (lambda: rates.best_momentum(0.0, 1.0), "expected lam_min > 0"),
        (lambda: rates.best_momentum_factor(0.5), "at least 1, got 0.5"),
        (lambda: rates.safe_nesterov_factor(0.5), "at least 1, got 0.5"),
    ],
)
def test_momentum_that_makes_no_sense_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
