"""The numbers in the prose of the chapter on two networks at play are right."""

from functools import partial

import numpy as np
import pytest
from minutes import glance, practice
from scipy.integrate import quad
from scipy.special import expit, log_expit
from scipy.stats import norm
from words import in_words

from tests.explore.said.adversaries import likeness
from utils.activations import relu, relu_derivative
from utils.data import ring
from utils.games import joint_field, simultaneous
from utils.initializers import he_variance
from utils.layers import chain, dense, entrywise, flat, like
from utils.optimizers import adam, stochastic_descent

GIVEN = [
    "The judge learns at a tenth of the generator's rate",
    "### 2. A hundred steps",
    "points around eight places on a circle",
    "How many of the eight places does the generator make",
    "Nor is seven or eight the whole:",
    "Again the judge learns at a tenth of the generator's rate",
]


def test_the_minutes_add_up(prose):
    assert f"{practice(prose)} minutes for the exercises" in glance(prose)


def test_sixty_steps_out(prose):
    grown = np.linalg.norm(np.linalg.matrix_power(simultaneous(0.1), 60) @ [1, 0])
    assert grown == pytest.approx(4 / 3, abs=0.03)
    assert f"the distance grows by a {in_words(1 / 3)} in 60 steps" in prose


def slopes(distance):
    """Return those of the saturating and of the swapped cost, at the spread 1."""

    def mean(f):
        def part(x):
            return norm.pdf(x, distance) * f(distance * (distance / 2 - x))

        return quad(part, -6, distance + 10, points=[distance / 2, distance])[0]

    return distance * mean(expit), distance * mean(lambda z: expit(-z))


def test_the_slopes_near(prose):
    saturating, swapped = slopes(2)
    assert 3 < swapped / saturating < 4
    assert "the slope of the swapped cost is between three and four times the other" in prose


def test_the_slopes_far_away(prose):
    """JS nearly ln 2, one slope nearly 0, and the other about the distance."""
    saturating, swapped = slopes(6)
    assert saturating < 0.02
    assert swapped == pytest.approx(6, abs=0.02)
    assert 100 < swapped / saturating < 1000
    assert "**One is hundreds of times the other.**" in prose


def test_the_running_judge(prose):
    z = np.array([0.4, 0.6]) @ [-1, -2] + 0.5
    assert f"The judge says {expit(z):.4f} of the made example" in prose
    assert expit(-z) / expit(z) == pytest.approx(3, abs=0.01)
    assert "the swapped cost pulls three times as hard" in prose


def test_the_penalty(prose):
    """At μ = α the determinant is 1, and the eigenvalues turn."""
    M = np.array([[1, -0.1], [0.1, 1 - 0.1 * 0.1]])
    assert np.linalg.det(M) == pytest.approx(1, rel=1e-14)
    assert np.all(np.iscomplex(np.linalg.eigvals(M)))
    assert "so here at 0.1." in prose


# ── The ring, in five seeds ──────────────────────────────────────────────────────────────────────

BEND = entrywise(relu, relu_derivative)
NOISE = np.random.default_rng(99).normal(size=(2, 1000))
PLACES = np.exp(1j * np.pi / 4 * np.arange(8))


def network(n_in, n_out):
    return chain(
        dense(n_in, 32, he_variance), BEND, dense(32, 32, he_variance), BEND, dense(32, n_out)
    )


def end(judge_rate, seed):
    """Return of the end how many places are caught, the share of points near one, and V."""
    G, D, rng = network(2, 2), network(2, 1), np.random.default_rng(seed)
    first = G.first(rng), D.first(rng)
    alpha = np.repeat([0.001, 0.001 * judge_rate], [flat(part).size for part in first])
    pairs = ((ring(64, rng), rng.normal(size=(2, 64))) for _ in range(1500))
    rule = partial(adam, beta1=0.5)
    path = stochastic_descent(joint_field(G, D), flat(first), alpha, pairs, rule, every=1500)
    part, judge = like(path[-1], first)
    made = G.forward(part, NOISE)[0]
    real = ring(1000, np.random.default_rng(8))
    V = np.mean(log_expit(D.forward(judge, real)[0]))
    V += np.mean(log_expit(-D.forward(judge, made)[0]))
    near = np.abs(made[0] + 1j * made[1] - PLACES[:, None]) < 0.15
    return int(np.sum(near.mean(axis=1) >= 0.02)), near.any(axis=0).mean(), V


@pytest.mark.some_chapters
@pytest.mark.slow
def test_a_slow_judge_lets_the_generator_collapse_in_each_of_five_seeds(prose):
    slow, fast = ([end(rate, seed) for seed in range(5)] for rate in (0.1, 1))
    assert max(places for places, *_ in slow) == 2
    assert {places for places, *_ in fast} == {7, 8}
    assert "In each of the five seeds, the slow judge leaves two places at most" in prose
    assert "the one that is as fast gets seven or eight" in prose
    assert 0.05 < max(share for _, share, _ in slow) < 0.1
    assert f"fewer than a {in_words(1 / 10)} of the points are near any place" in prose
    assert 0.5 < min(share for _, share, _ in fast) < 0.52
    assert f"up to {in_words(1 / 2)} of the points lie between them" in prose
    idle = -2 * np.log(2)
    assert round(idle, 1) == -1.4
    assert [sum(abs(V - idle) < 0.1 for *_, V in games) for games in (slow, fast)] == [4, 4]
    assert "most games that have collapsed end within a tenth of it" in prose
    assert "as do most of those that have not" in prose


# ── The forger ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.slow
def test_the_slow_judge_is_shown_one_digit_and_then_another(prose):
    told = {
        1500: (0, "pattern</a>, which is hardly a digit; the nearest real picture is a 0."),
        1300: (6, "another</a>, nearest to a 6:"),
    }
    for step, (digit, words) in told.items():
        spread, counts = likeness(step, 0.1, 0.001)
        assert spread < 0.15
        assert counts[digit] >= 199
        at = f"#forger?step={step}&amp;judge_rate=a%20tenth%20as%20fast&amp;learning_rate=0.001"
        assert f'<a href="{at}">{words}' in prose


@pytest.mark.slow
def test_the_fast_judge_is_shown_most_digits(prose):
    spread, counts = likeness(1500, 1, 0.001)
    assert spread == pytest.approx(1, abs=0.03)
    assert f"the nearest real ones are of {np.sum(counts >= 4)} of the 10 digits, and the" in prose


@pytest.mark.some_chapters
@pytest.mark.slow
def test_a_slow_judge_lets_the_forger_collapse_in_each_of_ten_seeds(prose):
    slow, fast = ([likeness(1500, rate, 0.001, seed) for seed in range(10)] for rate in (0.1, 1))
    few, many = ([int(np.sum(counts >= 4)) for _, counts in games] for games in (slow, fast))
    assert max(few) <= 3  # two on one processor; a last digit of a weight makes it three
    assert min(many) == 8
    assert "after 1500 steps is near to three digits at most" in prose
    assert "it is near to eight digits or more" in prose
    assert 0.1 < max(spread for spread, _ in slow) < 0.2
    assert "has at most 0.2 of the spread" in prose
    assert 0.86 < min(spread for spread, _ in fast) < 0.95
    assert "and has at least 0.86 of the spread" in prose
    assert "In each of ten seeds, at the rate 0.001" in prose
