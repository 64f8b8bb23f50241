"""The numbers in the prose of the chapter on recurrence are right."""

import numpy as np
import pytest
from minutes import glance, practice, sections, told
from words import in_words, times

from tests.explore.said.recurrence import latched, over_time, right
from utils.recurrence import elman, horizon, recurrent, spectral_radius
from utils.sequences import ASKED, DISTRACTORS, remember

GIVEN = [
    "Double $V$, to the scale 2",
    "A long text is one sequence of a million moments.",
    "The other half of the trouble",
    "Here are ten starts for each length",
    "of ten starts.",
]

RUNNING = np.array([[0.4]]), np.array([[0.6]]), np.array([[0.5]])


def of_the_running_neuron(x):
    """Return its states, and the gradients of ½ (h₂ − 1)², by the library."""
    layer = recurrent(elman(1, 1), 1)
    H, kept = layer.forward(RUNNING, np.reshape(x, (2, 1, 1)))
    dH = np.array([[[0.0]], H[1] - 1])
    _, gradients = layer.backward(dH, RUNNING, kept)
    return H[:, 0, 0], [each.item() for each in gradients]


def test_what_runs_by(prose):
    X, Y = remember(3, 5, np.random.default_rng(0))
    assert X.shape[1] == ASKED + DISTRACTORS
    assert len(Y) == ASKED
    few, others = in_words(ASKED), in_words(DISTRACTORS)
    assert f"The first is one of {few}; those that follow are any of {others} others" in prose
    assert "It is trained on 3200 sequences, three times over in batches of 32" in prose
    assert 3 * 3200 // 32 == 300


@pytest.mark.slow
def test_what_is_learned_from_which_start(prose):
    assert right(5, 0.01, 0) == right(20, 0.01, 0) == right(40, 0.01, 2) == 1
    assert "start 0 answers all right with" in prose
    for alpha in (0.01, 0.003, 0.001):
        assert abs(right(40, alpha, 0) - 0.5) < 2 * np.sqrt(0.25 / 500)


def solved(moments, n):
    return sum(right(moments, 0.01, seed, n) > 0.95 for seed in range(10))


@pytest.mark.some_chapters
@pytest.mark.slow
def test_the_table_of_starts(prose):
    """As the page prints it; ten networks of each kind, trained by another program."""
    counts = [solved(20, 8), solved(40, 8), solved(80, 8), solved(40, 32)]
    assert counts == [6, 2, 1, 8]
    assert "some starts learn 40 symbols, and one learns 80" in prose
    assert f"with $n = 32$ solves 40 symbols from {counts[3]} of ten starts" in prose


def test_by_hand(prose):
    (h1, h2), (dw, dv, db) = of_the_running_neuron([1, 2])
    assert f"\\approx {h1:.4f}$ and $h_2" in prose
    assert f"\\approx {h2:.4f}$." in prose
    delta2 = (h2 - 1) * (1 - h2**2)
    delta1 = 0.6 * delta2 * (1 - h1**2)
    assert f"\\approx {delta2:.4f}$ is the derivative" in prose
    assert f"\\approx {delta1:.4f}$ that with" in prose
    for value, ending in ((dw, "$, $"), (db, "$ and"), (dv, "$.")):
        assert f"\\approx {value:.4f}{ending}" in prose
    minus = "−"
    assert f">{minus}{-2 * delta2:.4f}</a> of it and $w_1$ has {minus}{-delta1:.4f}" in prose
    assert f">{minus}{-dw:.4f}</a>" in prose
    assert f"the slope at $h_1$, {1 - h1**2:.4f}." in prose
    assert f"Its input is {times(2)} as large, but that is not all" in prose
    assert (
        rf"$\delta_2$ alone is more than {in_words(int(delta2 / delta1))} times $\delta_1$" in prose
    )


def test_horizons(prose):
    k, far = round(horizon(0.9)), round(horizon(0.99))
    share = in_words(1 / 100)
    assert f"a gradient has fallen to a {share} after $k$ moments" in prose
    assert f"After how many moments is a {share} of a gradient left, by" in prose
    assert f"After how many moments is a {share} of a gradient left there?" in prose
    assert f"{k} moments for $\\rho = 0.9$, and {far} for $\\rho = 0.99$" in prose


def test_what_reaches_the_first_moment(prose):
    radius, part = over_time(2, "no activation", 0)
    assert f"{part:.0e}" == "1e+12"
    assert "$10^{12}$ times as much as entered reaches the first moment" in prose
    assert round(over_time(2, "tanh", 0)[1], -1) == 130
    assert "and 130 times with" in prose
    assert all(over_time(0.5, each, 0)[1] < 1e-9 for each in ("tanh", "no activation"))
    radius, part = over_time(1, "no activation", 0)
    assert (
        f"it is {radius:.2f}, and after 39 moments back {part:.1f} times as much is there" in prose
    )
    radius, part = over_time(1, "tanh", 2)
    share = 1 / 5
    assert part == pytest.approx(share, rel=0.15)
    assert f"draw 2</a> has {radius:.2f}, and a {in_words(share)} arrives." in prose


def test_the_latch(prose):
    state, left = latched(2, 0.6)
    assert f"settles at {state:.4f}, where each moment leaves {2 * (1 - state**2):.4f} of" in prose
    least = 1e-9
    assert left < least
    assert f"**Less than a {in_words(least)} of it.**" in prose
    assert f"settles at −{-latched(2, -0.2)[0]:.4f}, and" in prose
    assert latched(2, 0)[1] == pytest.approx(2.0**30)
    assert "a change is doubled at every moment" in prose
    for v in (0.8, 1):
        state, left = latched(v, 0.6)
        assert state < 0.25
        assert left < 0.05


def test_what_the_exercises_say(prose):
    (_, _), (dw, _, _) = of_the_running_neuron([2, 1])
    assert dw == pytest.approx(-0.030476, abs=5e-7)  # as the solution prints
    assert f"$0.98^{{50}} \\approx {0.98**50:.3f}$" in prose
    often = round(horizon(np.sqrt(0.95)) / horizon(0.95), 9)
    assert (
        f"Which spectral radius has {times(often).removesuffix(' as many')} that horizon?" in prose
    )
    assert "Twice as many factors are to make the same product." in prose
    k = 5
    V = np.eye(k, k=-1)
    assert spectral_radius(V) == 0
    assert np.any(np.linalg.matrix_power(V, k - 1))
    assert not np.any(np.linalg.matrix_power(V, k))


def test_the_minutes_add_up(prose):
    sitting, exercises = told(prose)
    assert sitting == sum(sections(prose).values())
    assert exercises == practice(prose)
    assert f"{practice(prose)} minutes for the exercises" in glance(prose)
