"""Two players: against SciPy, automatic differentiation and plain descent; and wrong input."""

from functools import partial

import numpy as np
import pytest
from contract.truth import agree, automatic, complex_step
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.spatial import distance
from scipy.special import expit, log_expit
from scipy.stats import norm

from utils.activations import silu, silu_derivative
from utils.data import ring
from utils.games import (
    alternating,
    best_judge,
    extragradient,
    jensen_shannon,
    joint_field,
    judge_value,
    saturating_slope,
    simultaneous,
    swapped_slope,
)
from utils.layers import chain, dense, entrywise, flat, like
from utils.optimizers import adam, gradient_descent, stochastic_descent

BEND = entrywise(silu, silu_derivative)
G = chain(dense(3, 4), BEND, dense(4, 2))
D = chain(dense(2, 5), BEND, dense(5, 1))


def two_distributions(seed):
    rng = np.random.default_rng(seed)
    p, q = rng.dirichlet(np.full(5, 0.7), size=2)
    p[0], q[1] = 0, 0  # some outcomes are only made, some only real
    return p / p.sum(), q / q.sum()


# ── The judge ────────────────────────────────────────────────────────────────────────────────────


@given(st.integers(0, 10**6))
def test_jensen_shannon_is_the_square_of_scipys_distance(seed):
    p, q = two_distributions(seed)
    assert jensen_shannon(p, q) == pytest.approx(distance.jensenshannon(p, q) ** 2, rel=1e-10)
    assert jensen_shannon(p, q) == pytest.approx(jensen_shannon(q, p), rel=1e-14)


@given(st.integers(0, 10**6))
def test_no_judge_is_better_than_the_best(seed):
    p, q = two_distributions(seed)
    best = judge_value(best_judge(p, q), p, q)
    assert best == pytest.approx(2 * distance.jensenshannon(p, q) ** 2 - 2 * np.log(2), rel=1e-10)
    other = np.random.default_rng(seed).uniform(size=5)
    assert judge_value(other, p, q) <= best


def test_of_two_densities_the_value_is_an_integral():
    """As SciPy's quadrature has it, and a sum over many narrow outcomes."""
    real, made = norm(0, 1).pdf, norm(1.5, 1).pdf

    def part(x):
        judged = best_judge(real(x), made(x))
        return real(x) * np.log(judged) + made(x) * np.log1p(-judged)

    exact = quad(part, -8, 9, epsabs=1e-11)[0]
    x = np.linspace(-8, 9, 4001)
    p, q = real(x) / real(x).sum(), made(x) / made(x).sum()
    assert judge_value(best_judge(p, q), p, q) == pytest.approx(exact, rel=1e-9)
    assert 2 * jensen_shannon(p, q) - 2 * np.log(2) == pytest.approx(exact, rel=1e-9)


def test_who_never_share_an_outcome_are_ln_2_apart_however_far():
    for place in range(1, 6):
        p, q = np.eye(6)[0], np.eye(6)[place]
        assert jensen_shannon(p, q) == pytest.approx(np.log(2), rel=1e-15)
        assert judge_value(best_judge(p, q), p, q) == 0


def test_where_nothing_is_ever_seen_the_judge_says_a_half():
    np.testing.assert_array_equal(best_judge([0.0, 1.0], [0.0, 0.0]), [0.5, 1.0])


def test_a_judge_who_is_sure_and_wrong_loses_without_limit():
    assert judge_value([0.0, 1.0], [1.0, 0.0], [0.0, 1.0]) == -np.inf


# ── Two slopes ───────────────────────────────────────────────────────────────────────────────────


@given(st.floats(-30, 30))
def test_the_slopes_are_those_of_the_two_costs(z):
    z = np.array([z])
    by_saturating = automatic(lambda z: np.sum(-np.logaddexp(0, z)), z)
    by_swapped = automatic(lambda z: np.sum(np.logaddexp(0, -z)), z)
    agree(saturating_slope(z), by_saturating, 1e-10)
    agree(swapped_slope(z), by_swapped, 1e-10)


def test_where_the_judge_is_sure_that_it_is_made_only_the_swapped_cost_has_a_slope():
    assert abs(saturating_slope(-40.0)) < 1e-17
    assert swapped_slope(-40.0) == -1


# ── The game V = xy ──────────────────────────────────────────────────────────────────────────────


def played(matrix, start, steps):
    path = [np.asarray(start)]
    for _ in range(steps):
        path.append(matrix @ path[-1])
    return np.array(path)


@given(st.floats(0.01, 1), st.floats(-2, 2), st.floats(-2, 2))
def test_both_at_once_is_descent_on_the_joint_field(alpha, x, y):
    path = gradient_descent(lambda w: np.array([w[1], -w[0]]), [x, y], alpha, 5)
    np.testing.assert_allclose(played(simultaneous(alpha), [x, y], 5), path, atol=1e-12)


@given(st.floats(0.01, 1), st.floats(-2, 2), st.floats(-2, 2))
def test_the_other_rules_are_what_they_say(alpha, x, y):
    new = x - alpha * y
    np.testing.assert_allclose(alternating(alpha) @ [x, y], [new, y + alpha * new], atol=1e-12)
    ahead = simultaneous(alpha) @ [x, y]
    expected = [x - alpha * ahead[1], y + alpha * ahead[0]]
    np.testing.assert_allclose(extragradient(alpha) @ [x, y], expected, atol=1e-12)


# ── Two networks ─────────────────────────────────────────────────────────────────────────────────


def costs(theta, first, X, N, swapped):
    """Return the costs of both players, by SciPy's logarithms where that is not traced."""
    g, d = like(theta, first)
    made, _ = G.forward(g, N)
    real, fake = D.forward(d, X)[0], D.forward(d, made)[0]
    of_judge = np.mean(np.log(1 + np.exp(-real))) + np.mean(np.log(1 + np.exp(fake)))
    log_made = np.log(1 + np.exp(-fake)) if swapped else -np.log(1 + np.exp(fake))
    return np.mean(log_made), of_judge


@pytest.mark.parametrize("swapped", [True, False])
@pytest.mark.parametrize("seed", range(3))
def test_each_player_follows_the_gradient_of_its_own_cost(seed, swapped):
    rng = np.random.default_rng(seed)
    first = G.first(rng), D.first(rng)
    theta = flat(first) + 0.2 * rng.normal(size=flat(first).size)
    X, N = rng.normal(size=(2, 7)), rng.normal(size=(3, 7))
    slope = swapped_slope if swapped else saturating_slope
    field = joint_field(G, D, slope)(theta, (X, N))
    mine = flat(first[0]).size
    for player, own in enumerate((slice(None, mine), slice(mine, None))):

        def cost(theta, player=player):
            return costs(theta, first, X, N, swapped)[player]

        agree(field[own], automatic(cost, theta)[own], 1e-10)
        agree(field[own], complex_step(cost, theta)[own], 1e-10)


def test_the_costs_of_this_test_are_scipys():
    rng = np.random.default_rng(5)
    first = G.first(rng), D.first(rng)
    X, N = rng.normal(size=(2, 7)), rng.normal(size=(3, 7))
    made, _ = G.forward(first[0], N)
    real, fake = D.forward(first[1], X)[0], D.forward(first[1], made)[0]
    of_generator, of_judge = costs(flat(first), first, X, N, swapped=True)
    assert of_generator == pytest.approx(-np.mean(log_expit(fake)), rel=1e-12)
    assert of_judge == pytest.approx(
        -np.mean(log_expit(real)) - np.mean(np.log1p(-expit(fake))), rel=1e-12
    )


def test_a_player_with_the_rate_0_stands_still():
    rng = np.random.default_rng(0)
    first = G.first(rng), D.first(rng)
    mine = flat(first[0]).size
    alpha = np.where(np.arange(flat(first).size) < mine, 0.01, 0)
    pairs = [(ring(6, rng), rng.normal(size=(3, 6))) for _ in range(4)]
    rule = partial(adam, beta1=0.5)
    path = stochastic_descent(joint_field(G, D), flat(first), alpha, pairs, rule)
    assert np.all(path[:, mine:] == path[0, mine:])
    assert np.all(np.any(path[1:, :mine] != path[:-1, :mine], axis=1))


# ── Data, and wrong input ────────────────────────────────────────────────────────────────────────


def test_the_ring_has_eight_places_at_radius_1():
    X = ring(4000, np.random.default_rng(0))
    turn = np.arctan2(X[1], X[0]) / (np.pi / 4)
    assert sorted(set(np.round(turn).astype(int) % 8)) == list(range(8))
    assert np.mean(np.hypot(*X)) == pytest.approx(1, abs=0.01)
    off = X - np.stack([np.cos(np.round(turn) * np.pi / 4), np.sin(np.round(turn) * np.pi / 4)])
    assert np.std(off) == pytest.approx(0.05, rel=0.05)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: judge_value([0.5], [0.5, 0.5], [1, 0]), r"expected D of shape \(2,\)"),
        (lambda: judge_value([0.5, 1.5], [0.5, 0.5], [1, 0]), "expected D from 0 to 1"),
        (lambda: jensen_shannon([0.5, 0.5], [1.0]), "expected p and q of the same shape"),
        (lambda: jensen_shannon([0.5, 0.6], [1.0, 0]), "whose sum is 1"),
        (lambda: jensen_shannon([1.5, -0.5], [1.0, 0]), "chances of 0 or more"),
        (lambda: best_judge([0.5], [0.2, 0.3]), "expected p and q of the same shape"),
        (lambda: best_judge([-0.5], [0.2]), "expected no chance below 0"),
        (lambda: ring(0, np.random.default_rng(0)), "expected a point or more"),
    ],
)
def test_wrong_input_is_refused(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_examples_and_noise_have_to_be_as_many():
    rng = np.random.default_rng(0)
    theta = flat((G.first(rng), D.first(rng)))
    with pytest.raises(ValueError, match="expected as many columns of noise as of X"):
        joint_field(G, D)(theta, (np.ones((2, 4)), np.ones((3, 5))))


def test_noise_that_does_not_fit_the_generator_is_refused():
    rng = np.random.default_rng(0)
    theta = flat((G.first(rng), D.first(rng)))
    with pytest.raises(ValueError, match="expected W of shape"):
        joint_field(G, D)(theta, (np.ones((2, 4)), np.ones((2, 4))))
