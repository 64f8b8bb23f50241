"""The numbers in the prose of the chapter on pooling are right."""

from functools import cache

import numpy as np
import pytest
from words import in_words, times

from utils.activations import relu, relu_derivative, softmax
from utils.convolution import convolution, flattened, size
from utils.data import digits
from utils.initializers import he_variance
from utils.layers import chain, dense, entrywise, flat, gradient_of, like
from utils.neuron import neuron
from utils.optimizers import adam, mini_batches, stochastic_descent
from utils.pooling import field, greatest, max_pool_backward, max_pool_forward

GIVEN = [
    "Seven numbers are pooled in windows of three",
    "derivatives by the six numbers, for max-pooling",
    "in the middle after ten epochs?",
    "and half their distance more",
    "after ten epochs</a>",
    "half a step is none",
]

# ── Windows ──────────────────────────────────────────────────────────────────────────────────────


def test_the_running_neuron_is_pooled(prose):
    z = np.correlate([1.0, 2.0, 0.0, -1.0, 1.0], [0.4, 0.6], mode="valid") + 0.5
    assert neuron(np.array([1.0, 2.0]), np.array([0.4, 0.6]), 0.5) == pytest.approx(
        0.8909, abs=5e-5
    )
    a, b, c, d = (f"{number:.1f}".replace("-", "−") for number in z)
    assert f"made the four sums {a}, {b}, {c} and {d}." in prose
    (v1, v2), (m1, m2) = z.reshape(2, 2).max(axis=1), z.reshape(2, 2).mean(axis=1)
    assert f"the greatest are {v1:.1f} and {v2:.1f}, and the means {m1:.1f} and {m2:.1f}:" in prose


def test_what_a_number_gets_as_it_rises(prose):
    """Below both its rivals, between them, and above."""
    gets = []
    for height in (0.2, 1.5, 2.5):
        x = np.array([1.0, 0.4, height, 2.0, 1.4, 0.6, 0.2])
        _, kept = max_pool_forward((1, 3), 2, (), x[None, None, :, None])
        delta = np.array([1.0, 2.0, -1.0])[None, None, :, None]
        gets.append(max_pool_backward((1, 3), 2, delta, (), kept)[0][0, 0, 2, 0])
    assert f"**It jumps {times(np.count_nonzero(np.diff(gets)))}.**" in prose
    assert f"It is {gets[0]:.0f} <a" in prose
    assert f"</a>, {gets[1]:.0f} as soon as it beats the numbers" in prose
    assert f"and {gets[2]:.0f} when it wins" in prose
    assert f"it gets a {in_words(1 / 3)} of both, whatever its height" in prose


def test_the_strip_under_a_stride(prose, code):
    strip = np.array([0.0, 0.0, 3.0, 1.0, 1.0, 2.0, 4.0, 0.0, 0.0, 0.0])
    assert "strip = np.array([0.0, 0.0, 3.0, 1.0, 1.0, 2.0, 4.0, 0.0, 0.0, 0.0])" in code
    first, second, third = (np.roll(strip, by).reshape(5, 2).max(axis=1) for by in range(3))
    np.testing.assert_array_equal(np.roll(first, 1), third)
    assert 2 in first
    assert 2 not in second
    assert 1 not in first
    assert 1 in second
    assert "the 2 is beaten now, and a 1 is not" in prose


def test_how_far_a_number_sees(prose):
    assert f"a number sees {field([3] * 4, [1] * 4)[0]} inputs." in prose
    assert f"**{field([3] * 4, [2] * 4)[0]}.**" in prose
    fields = [field([3] * L, [2] * L)[0] for L in range(5)]
    a, b, c, d = np.diff(fields)
    assert f"each adds twice as many as the one before: {a}, {b}, {c} and {d}." in prose
    assert f"begins {field([3] * 4, [2] * 4)[1]} inputs further on" in prose
    r, _ = field([3, 3], [1, 1])
    assert f"so $r = {r}$, and {r - 1} blank pixels are what the proof asks for" in prose
    assert f"with {in_words(r - 1)} blank pixels or more on each side" in prose
    assert r < 8


# ── Two networks ─────────────────────────────────────────────────────────────────────────────────

RELUS = entrywise(relu, relu_derivative)
X, DIGIT = digits()
Y = np.eye(10)[DIGIT].T
ORDER = np.random.default_rng(0).permutation(1797)
TRAIN, ASIDE = ORDER[:1400], ORDER[1400:]
WHOLE = chain(flattened(), dense(400, 32, he_variance), RELUS, dense(32, 10))
SLIDING = chain(
    convolution(1, 8, (3, 3)), RELUS, convolution(8, 16, (3, 3)), RELUS, greatest(), dense(16, 10)
)


def sheets(which, side, rows, columns):
    paper = np.zeros((1, side, side, len(which)))
    for s, (picture, i, j) in enumerate(zip(which, rows, columns, strict=True)):
        paper[0, i : i + 8, j : j + 8, s] = X[:, picture].reshape(8, 8)
    return paper


def middle(which, side):
    return sheets(which, side, *np.full((2, len(which)), (side - 8) // 2))


def anywhere(which, seed):
    at = np.random.default_rng(seed).integers(4, 9, size=(2, len(which)))
    return sheets(which, 20, *at)


def learned(network, inputs, seed, rate=0.01, nudge=0.0):
    first = network.first(np.random.default_rng(seed))
    start = flat(first)
    start[3] += nudge
    gradient = gradient_of(network, inputs, Y[:, TRAIN], softmax)
    batches = mini_batches(1400, 35, 10, np.random.default_rng(seed))
    with np.errstate(all="ignore"):
        return like(stochastic_descent(gradient, start, rate, batches, adam)[-1], first)


@cache
def sliding(seed, rate=0.01):
    return learned(SLIDING, middle(TRAIN, 16), seed, rate)


def probabilities(network, part, inputs):
    return softmax(network.forward(part, inputs)[0])


def right(network, part, inputs):
    return int(np.sum(probabilities(network, part, inputs).argmax(axis=0) == DIGIT[ASIDE]))


def test_how_many_parameters(prose):
    rng = np.random.default_rng(0)
    a, b = (flat(network.first(rng)).size for network in (SLIDING, WHOLE))
    assert f"It has {a} parameters, and the dense one {b:,}." in prose


def test_the_proof_asks_nothing_of_the_weights(rng):
    first = SLIDING.first(rng)
    part = like(rng.normal(size=flat(first).size), first)
    there, off = (
        SLIDING.forward(part, each)[0] for each in (middle(ASIDE, 20), anywhere(ASIDE, 2))
    )
    np.testing.assert_array_equal(there, off)


@pytest.mark.some_chapters
@pytest.mark.slow
def test_the_counts_over_five_draws(prose):
    """And a nudge of a first weight changes none."""
    centered, moved = [], []
    for seed in range(5):
        part = sliding(seed)
        p, q = (
            probabilities(SLIDING, part, each) for each in (middle(ASIDE, 20), anywhere(ASIDE, 1))
        )
        np.testing.assert_array_equal(p, q)
        centered.append(right(SLIDING, part, middle(ASIDE, 20)))
    nudged = learned(SLIDING, middle(TRAIN, 16), 0, nudge=1e-13)
    assert right(SLIDING, nudged, middle(ASIDE, 20)) == centered[0]
    whole, off = [], []
    for seed in range(5):
        part = learned(WHOLE, middle(TRAIN, 20), seed)
        whole.append(right(WHOLE, part, middle(ASIDE, 20)))
        off.append(right(WHOLE, part, anywhere(ASIDE, 1)))
        part = learned(WHOLE, anywhere(TRAIN, 0), seed)
        moved.append(right(WHOLE, part, anywhere(ASIDE, 1)))
    assert (
        f"{min(whole)} to {max(whole)} against {min(centered)} to {max(centered)} in these draws"
        in prose
    )
    bars = [np.sqrt(397 * p * (1 - p)) for p in (max(whole) / 397, min(centered) / 397)]
    assert f"the standard error of one such count is {bars[0]:.0f} to {bars[1]:.0f}." in prose
    assert 0.18 < min(off) / 397 < max(off) / 397 < 0.2
    alone, taught = in_words(round(397 / np.mean(off))), in_words(round(np.mean(moved) / 39.7))
    assert 0.64 < min(moved) / 397 < max(moved) / 397 < 0.73
    assert f"about one in {alone}, or {taught} in ten after it has learned on moved" in prose
    assert f"The dense network reads {whole[0]} in the middle" in prose
    assert f"here are {in_words(len(off))}, and beside them" in prose


@pytest.mark.some_chapters
@pytest.mark.slow
def test_at_a_rate_of_a_tenth_one_digit_is_all_that_is_answered_in_most_draws(prose):
    said = [
        probabilities(SLIDING, sliding(seed, 0.1), middle(ASIDE, 20)).argmax(axis=0)
        for seed in range(12)
    ]
    alike = [len(np.unique(answers)) == 1 for answers in said]
    assert alike[0]
    assert len(alike) / 2 < sum(alike) < len(alike)
    assert f"as in most of {in_words(len(alike))}, it answers one digit to everything." in prose


@pytest.mark.slow
def test_the_dense_network_reads_no_more_of_what_is_moved(prose):
    first, inputs = WHOLE.first(np.random.default_rng(0)), middle(TRAIN, 20)
    gradient = gradient_of(WHOLE, inputs, Y[:, TRAIN], softmax)
    batches = mini_batches(1400, 35, 10, np.random.default_rng(0))
    path = stochastic_descent(gradient, flat(first), 0.01, batches, adam, every=40)
    counts = [right(WHOLE, like(theta, first), anywhere(ASIDE, 1)) for theta in path[1:]]
    assert len(counts) == 10
    assert f"and anywhere {min(counts)} to {max(counts)} from the first on." in prose


@pytest.mark.slow
def test_the_3_in_a_corner_is_another_digit(prose):
    at = [
        probabilities(SLIDING, sliding(0), sheets([ASIDE[10]], 20, [i], [j]))[:, 0]
        for i, j in ((6, 6), (6, 4), (12, 12), (6, 2))
    ]
    np.testing.assert_array_equal(at[0], at[1])
    np.testing.assert_array_equal(at[0], at[3])
    ink = np.flatnonzero(sheets([ASIDE[10]], 20, [6], [2]).any(axis=(0, 1, 3)))
    assert f"the 3 has {in_words(ink[0])} blank columns beside it, and the answer is still" in prose
    assert at[0].argmax() == DIGIT[ASIDE[10]] == 3
    assert at[2].argmax() != 3
    whole = learned(WHOLE, middle(TRAIN, 20), 0)
    said = probabilities(WHOLE, whole, sheets([ASIDE[10]], 20, [6], [4]))[:, 0].argmax()
    assert f"where the dense network says {said}." in prose


def test_the_slips_are_seen_where_the_text_says(prose):
    numbers = np.random.default_rng(3).normal(size=(3, 6, 8, 5))
    assert size(6, 2, stride=2) * size(8, 2, stride=2) * 15 == 180
    for A, stride in ((numbers, 2), (np.maximum(numbers, 0), 2), (numbers, 1)):
        out, kept = max_pool_forward((2, 2), stride, (), A)
        dA, _ = max_pool_backward((2, 2), stride, np.ones(out.shape), (), kept)
        assert dA.sum() == out.size
    assert "the first hands on more than it is due" in prose
    assert "the second hands on less" in prose


def test_the_exercises(prose):
    assert "by {eq}`po-sum`, both add up to 2." in prose
    assert field([3, 2], [1, 2]) == (4, 2)
    assert f"then 4 + 2 · 2 = {field([3, 2, 3], [1, 2, 1])[0]}." in prose
    assert field([5, 3], [2, 2]) == (9, 4)
    assert f"then 9 + 2 · 4 = {field([5, 3, 3], [2, 2, 1])[0]}." in prose
