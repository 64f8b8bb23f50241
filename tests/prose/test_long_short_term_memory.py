"""The numbers in the prose of the chapter on long short-term memory are right."""

from functools import partial

import numpy as np
import pytest
from minutes import glance, practice, sections, told
from words import in_words, times

from tests.explore.said.long_short_term_memory import (
    NOISE,
    answered,
    left,
    s,
    share_of_pulse,
    slope,
    two_moments,
)
from utils.activations import softmax
from utils.gates import (
    lstm,
    lstm_backward,
    lstm_deltas,
    lstm_first,
    lstm_forward,
    share_left,
)
from utils.layers import Layer, chain, dense, flat, gradient_of, like
from utils.optimizers import adam, clip_by_norm, mini_batches, stochastic_descent
from utils.recurrence import elman, last, recurrent, recurrent_backward
from utils.sequences import ASKED, remember

GIVEN = [
    "| Ten starts | 5 |",
    "**Less than a tenth.**",
    "With $b = 0$ a gate keeps half",
    "Eight neurons with fresh weights see 40 symbols",
    "and an input gate that is half open",
    "## Ten starts",
    "Eight neurons are trained on 3200 sequences",
    "forget gates near a half",
    "With which bias would a half be left?",
    "try out thousands of other cells",
]

RUNNING = np.full((4, 1), 0.4), np.full((4, 1), 0.6), np.full((4, 1), 0.5)


def test_the_pulse(prose):
    assert f"there are {len(NOISE)} factors, and {share_of_pulse(0.9):.4f} is left" in prose
    assert share_of_pulse(1) == 1
    noise = abs(np.polyval(NOISE, 1))
    assert 0.9 < noise / 3 < 1
    assert f"under nearly {times(round(noise))} as much noise" in prose
    assert share_of_pulse(0.5) < 1e-7


def test_by_hand(prose):
    layer = recurrent(lstm(1, 1), (1, 1))
    H, kept = layer.forward(RUNNING, np.array([[[1.0]], [[2.0]]]))
    (_, _, _, gates, G, _), (*_, S) = kept
    assert f"\\sigma(0.9) \\approx {gates[0].item():.4f}$" in prose
    assert f"\\tanh(0.9) \\approx {G.item():.4f}$" in prose
    assert f"c_1 = i_1 g_1 \\approx {(gates[1] * G).item():.4f}$" in prose
    assert f"\\tanh(c_1) \\approx {H[0].item():.4f}$" in prose
    gate, g, h1 = kept[1][3][0].item(), kept[1][4].item(), H[0].item()
    z = 0.8 + 0.6 * h1 + 0.5
    assert f"\\approx {z:.4f}$, which makes the gates $f_2 \\approx {gate:.4f}$" in prose
    assert f"$g_2 \\approx {g:.4f}$" in prose
    assert f"c_2 = f_2 c_1 + i_2 g_2 \\approx {np.arctanh(S).item():.4f}$" in prose
    assert f"$h_2 \\approx {H[1].item():.4f}$" in prose
    rng = np.random.default_rng(0)
    ratio = flat(lstm(6, 8).first(rng)).size / flat(elman(6, 8).first(rng)).size
    assert f"a recurrent layer with {times(ratio)} as many rows" in prose
    assert f"So it has {times(ratio)} as many parameters" in prose


def test_two_paths(prose):
    through, along = slope(-4, state=1), slope(-4, cell=1)
    assert f"brings more than {in_words(int(through / along))} times as much" in prose
    assert f"**About a {in_words(1 / 5)}.**" in prose
    assert (through + along) / slope(-4, later=1) == pytest.approx(1 / 5, rel=0.1)
    assert s(0.8 + 0.6 * two_moments(-4)[1] - 4) < 0.05
    share = slope(0.5, cell=1) / slope(0.5, cell=1, state=1)
    assert share == pytest.approx(3 / 4, abs=0.01)
    assert "three quarters of $\\gamma_1$ come along the cell" in prose
    at_half, at_four = (slope(b, cell=1, state=1) / slope(b, later=1) for b in (0.5, 4))
    assert 1 < at_half < at_four


def test_what_the_output_gate_brings(prose):
    """What the loss learns of h₁ by o₂ alone, c₂ being held."""
    _, h1, c2, h2 = two_moments(-4)
    small = 1e-30j * (two_moments(-4, state=1e-30j)[1].imag / 1e-30)  # h₁, as c₁ moves it
    told = s(0.8 + 0.6 * (h1 + small) + 0.5) * np.tanh(c2)
    share = np.imag((told - 1) ** 2 / 2) / 1e-30 / slope(-4, state=1)
    assert told.real == pytest.approx(h2)
    assert share == pytest.approx(2 / 5, abs=0.01)
    assert "Two fifths of what it brings come by the output gate" in prose


def test_what_is_left(prose):
    assert f"{share_left(0, 40):.0e}" == "9e-13"
    assert "after 40 moments $10^{-12}$ is left" in prose
    third = 1 / 3
    assert np.exp(-1) > third
    assert f"**more than a {in_words(third)} is left, whatever the delay**" in prose
    assert f"leaves more than a {in_words(third)} of it after $k$ moments" in prose
    draws = range(4)
    assert f"{left(0, 0, 0):.0e}" == "4e-06"
    assert "$4 \\cdot 10^{-6}$ arrives in draw 0" in prose
    factor = 10_000
    assert min(left(0, 0, draw) for draw in draws) > factor * share_left(0, 39)
    assert f"it is {in_words(factor)} times the $2 \\cdot 10^{{-12}}$ or more" in prose
    assert all(left(3.5, 0, draw) > 1 for draw in draws)
    assert all(abs(left(3.5, -4, draw) - third) < 0.04 for draw in draws)
    assert f"about a {in_words(third)} arrives in each of these draws" in prose


@pytest.mark.slow
def test_what_is_learned_from_which_start(prose):
    few = in_words(ASKED)
    assert f"say which of {few} symbols came first, here after 40 moments" in prose
    assert "trained on 3200 sequences, each seen once, in 100 batches of 32" in prose
    assert 3200 // 32 == 100
    assert all(answered("ln T", 0.01, seed) == 1 for seed in range(4))
    assert answered("1", 0.01, 0) == answered("no cell", 0.01, 2) == 1
    for alpha in (0.01, 0.03):
        assert abs(answered("1", alpha, 2) - 0.5) < 2 * np.sqrt(0.25 / 500)


@pytest.mark.some_chapters
@pytest.mark.slow
def test_the_table_of_starts(prose):
    """As the page prints it, by another program."""
    kinds = ("no cell", "1", "ln T")
    counts = [sum(answered(kind, 0.01, seed) > 0.95 for seed in range(10)) for kind in kinds]
    assert counts == [1, 2, 10]
    assert f"All {in_words(counts[-1])} starts of each, at the rate 0.01" in prose


@pytest.mark.some_chapters
@pytest.mark.slow
def test_ten_further_starts(prose):
    starts = range(10, 20)
    cell_less, one, by_delay = (
        sum(answered(kind, 0.01, seed) > 0.95 for seed in starts)
        for kind in ("no cell", "1", "ln T")
    )
    assert (cell_less, one, by_delay) == (2, 0, len(starts))
    assert f"Of {in_words(len(starts))} further starts, 10 to 19," in prose
    assert f"{in_words(cell_less)} are solved with no cell, none with the bias 1, and all" in prose


def assigned(dstate, part, kept):
    return lstm_backward((dstate[0], 0 * dstate[1]), part, kept)


def no_slope(dstate, part, kept):
    (W, V, _), (X, before, C, gates, _, _) = part, kept
    delta, gamma = lstm_deltas(dstate, kept)
    delta[: len(C)] = gamma * C * gates[0]
    gradients = delta @ X.T, delta @ before.T, delta.sum(axis=1, keepdims=True)
    return (W.T @ delta, (V.T @ delta, gamma * gates[0])), gradients


def not_handed_on(dstate, part, kept):
    (dX, (dH, dC)), gradients = lstm_backward(dstate, part, kept)
    return (dX, (0 * dH, dC)), gradients


SLIPS = pytest.mark.parametrize("slip", [assigned, no_slope, not_handed_on])


@SLIPS
def test_a_slip_is_another_gradient_of_the_same_shape(slip):
    part, rng = lstm(3, 4).first(np.random.default_rng(0)), np.random.default_rng(1)
    X, C = rng.normal(size=(6, 3, 5)), rng.normal(size=(6, 4, 5))
    kept = recurrent(lstm(3, 4), (4, 4)).forward(part, X)[1]
    right, wrong = (
        flat(recurrent_backward(Layer(None, None, back), (4, 4), C, part, kept)[1])
        for back in (lstm_backward, slip)
    )
    assert right.shape == wrong.shape
    assert np.linalg.norm(right - wrong) > 0.1 * np.linalg.norm(right)


@pytest.mark.some_chapters
@pytest.mark.slow
@SLIPS
def test_the_cost_does_not_tell_a_slip(slip, prose):
    starts, slips = in_words(10), in_words(len(SLIPS.args[1]))
    assert f"all right from each of {starts} starts, with any of the {slips} slips" in prose
    assert "Trained as above on 10 moments, with the bias $\\ln 10$" in prose
    for seed in range(10):
        rng = np.random.default_rng(seed)
        cell = Layer(partial(lstm_first, 6, 8, np.log(10), 0.0), lstm_forward, slip)
        network = chain(recurrent(cell, (8, 8)), last(), dense(8, 2))
        first = network.first(rng)
        gradient = gradient_of(network, *remember(3200, 10, rng), softmax)
        batches = mini_batches(3200, 32, 1, rng)
        path = stochastic_descent(
            lambda theta, batch, g=gradient: clip_by_norm(g(theta, batch), 1),
            flat(first), 0.01, batches, adam, every=100,
        )  # fmt: skip
        X, Y = remember(500, 10, rng)
        answers, _ = network.forward(like(path[-1], first), X)
        assert np.array_equal(answers.argmax(axis=0), Y.argmax(axis=0))


def test_what_the_exercises_say(prose):
    assert f"For {in_words(5)} of the exercises, paper is enough." in prose
    assert 18 * (6 + 18 + 1) == 450
    assert 19 * (6 + 19 + 1) == 494
    assert share_left(1, 20) == pytest.approx(0.00190, abs=5e-6)  # as the solution prints
    assert share_left(3.3449, 20) == pytest.approx(0.5, abs=1e-4)


def test_the_minutes_add_up(prose):
    sitting, exercises = told(prose)
    assert sitting == sum(sections(prose).values())
    assert exercises == practice(prose)
    assert f"{practice(prose)} minutes for the exercises" in glance(prose)
