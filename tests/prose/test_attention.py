"""The numbers in the prose of the chapter on attention are right."""

import numpy as np
import pytest
from minutes import glance, practice
from scipy.special import softmax as scipy_softmax
from words import in_words

from tests.explore.said import SAID
from utils.activations import softmax
from utils.attention import attention, attention_forward, causal_mask
from utils.layers import chain, flat, like, residual
from utils.optimizers import adam, stochastic_descent
from utils.sequences import repeats

GIVEN = [
    "Here are five keys, points at the distance 3",
    "Eight keys and one query have random entries",
    "Twelve positions, the causal mask, random weights",
    "- all twelve",
    "Where does it point when two values are mixed half and half?",
    "A query that is twice as long has scores twice as large: that is a softmax of half the",
    "after how many steps is more than half right?",
    "all twelve</a> get some",
    "Six positions look each other up behind a causal mask.",
]


def test_what_five_keys_answer(prose):
    around = 2 * np.pi * np.arange(5) / 5
    keys, values = 3 * np.array([np.cos(around), np.sin(around)]), np.arange(1, 6)
    share = scipy_softmax(keys.T @ np.zeros(2))[0]
    assert f"each value has a {in_words(share)} of the weight, and the answer is" in prose
    assert np.mean(values) == 3
    toward, between = (
        scipy_softmax(keys.T @ (5 * np.array([np.cos(angle), np.sin(angle)])) / 2**0.5)
        for angle in np.radians([72, 108])
    )
    assert toward[1] > 0.98, "nearly all of it"
    assert between[1] == pytest.approx(between[2])


def test_the_root_keeps_the_slopes(prose):
    """The figure's numbers are held by its caption; here are others."""
    rng = np.random.default_rng(5)
    for d in (1, 16, 256):
        scores = np.array([rng.normal(size=(8, d)) @ rng.normal(size=d) for _ in range(4000)])
        P = scipy_softmax(scores / np.sqrt(d), axis=1)
        assert np.mean(1 - np.sum(P**2, axis=1)) == pytest.approx(0.77, abs=0.02)
        low = scipy_softmax(scores / d, axis=1)
        share = 1 / 8
        assert d < 256 or np.max(np.abs(low - share)) < 0.06
    sums = [SAID["root-d"](d, "the root of d", 1)[-1] for d in (1, 4, 16, 64, 256, 1024)]
    span = f"{min(sums):.2f} and {max(sums):.2f}"
    assert f"the slopes sum to between {span} whatever $d$ is" in prose
    assert f"each key has about an {in_words(share)}." in prose
    assert f"- nearly an {in_words(share)}\n" in prose


def network(layers):
    lookups = [residual(attention(32, 32, 32, causal=True))] * (layers - 1)
    return chain(*lookups, attention(32, 32, 12, causal=True))


def trained(layers, seed, alpha=0.01, steps=300, nudge=0.0):
    """Train as the chapter does, and return the share of right answers each 30 steps, and θ."""
    net, rng = network(layers), np.random.default_rng(seed)
    first = net.first(rng)

    def gradient(theta, batch):
        X, Y = batch
        Z, kept = net.forward(like(theta, first), X)
        dZ = (softmax(Z.reshape(12, -1)).reshape(Z.shape) - Y) / (32 * 10)
        dZ[:, :10] = 0
        return flat(net.gradients(dZ, like(theta, first), kept))

    start = flat(first)
    start[0] += nudge
    batches = (repeats(32, 20, rng) for _ in range(steps))
    path = stochastic_descent(gradient, start, alpha, batches, adam)
    X, Y = repeats(200, 20, np.random.default_rng(1000))
    asked = [net.forward(like(theta, first), X)[0][:, 10:].argmax(axis=0) for theta in path[::30]]
    return [np.mean(each == Y[:, 10:].argmax(axis=0)) for each in asked], path[-1]


@pytest.mark.slow
def test_when_it_knows(prose):
    shares, _ = trained(2, 0)
    assert shares[2] == pytest.approx(1 / 4, abs=0.01)
    assert f"60</a> steps a {in_words(1 / 4)} is right" in prose
    assert shares[5] == pytest.approx(0.9, abs=0.01)
    assert "150</a> it is nine in ten" in prose
    assert shares[10] > 0.99
    assert "300</a> nearly all answers are right" in prose


@pytest.mark.slow
def test_what_one_layer_knows(prose):
    """The share of the attention on what came after twins is held by the caption, at this link."""
    share, attention_on_it = SAID["induction"](1, 0.01, 300)[-2:]
    assert share < 50
    assert attention_on_it == pytest.approx(100 / 3, abs=2)
    half, third = in_words(1 / 2), in_words(1 / 3)
    assert f"one layer</a> less than {half} is right, and a {third} of the attention" in prose


@pytest.mark.some_chapters
@pytest.mark.slow
def test_two_layers_find_what_came_next_and_one_does_not(prose):
    two, one = ([trained(layers, seed)[0][-1] for seed in range(5)] for layers in (2, 1))
    assert f"right in at least {100 * min(two):.1f}% of the cases" in prose
    assert f"one layer in {100 * min(one):.0f} to {100 * max(one):.0f}%." in prose
    answers = 200 * 10
    assert f"how many of {answers} answers" in prose
    assert f"would be {100 * np.sqrt(1 / 4 / answers):.1f} points at most" in prose


def with_bare_keys(seeds):
    """Return what of the first layer's attention is on the position before, and what is right.

    One column has what was told above and what it is itself below; each matrix takes a half.
    """
    X, Y = repeats(200, 20, np.random.default_rng(1000))
    before, right = [], []
    for seed in seeds:
        _, theta = trained(2, seed)
        first, (W_Q, W_K, W_V) = like(theta, network(2).first(np.random.default_rng(0)))
        said, (*_, P) = attention_forward(first, X, causal=True)
        before.append(np.mean([P[:, j - 1, j] for j in range(1, 20)]))
        asks, keys, holds = np.zeros((32, 64)), np.zeros((32, 64)), np.zeros((12, 64))
        asks[:, :32], keys[:, 32:], holds[:, :32] = W_Q, W_K, W_V
        both = np.concatenate([X + said, X])
        out, _ = attention_forward((asks, keys, holds), both, causal=True)
        right.append(np.mean(out[:, 10:].argmax(axis=0) == Y[:, 10:].argmax(axis=0)))
    return before, right


@pytest.mark.some_chapters
@pytest.mark.slow
def test_the_keys_are_told_what_stands_before(prose):
    before, right = with_bare_keys(range(5))
    assert np.abs(np.array(before) - 1 / 3).max() < 0.05
    assert f"The position before has about a {in_words(1 / 3)} of the attention" in prose
    span = f"{100 * min(right):.0f} to {100 * max(right):.0f}%"
    assert f"with bare keys {span} are right: worse than one layer." in prose


@pytest.mark.some_chapters
@pytest.mark.slow
def test_further_seeds_agree(prose):
    seeds = range(5, 15)
    two, one = ([trained(layers, seed)[0][-1] for seed in seeds] for layers in (2, 1))
    before, bare = with_bare_keys(seeds)
    assert np.abs(np.array(before) - 1 / 3).max() < 0.05
    assert f"In {in_words(len(seeds))} further seeds, 5 to 14, two layers have it right" in prose
    spans = (f"{100 * min(each):.0f} to {100 * max(each):.0f}%" for each in (one, bare))
    told = f"in at least {100 * min(two):.1f}% of the cases, one layer in {next(spans)}, "
    assert f"{told}and with bare keys {next(spans)} are right." in prose


@pytest.mark.slow
def test_the_digits_do_not_hang_on_the_last_place():
    straight, nudged = (trained(2, 0, nudge=nudge)[1] for nudge in (0.0, 1e-13))
    assert np.max(np.abs(straight - nudged)) < 1e-10


def test_the_sequences_are_as_told(prose):
    X, _ = repeats(100, 20, np.random.default_rng(0))
    lengths = {len(set(column)) for column in X[:12].argmax(axis=0).T}
    span = f"{min(lengths)} to {max(lengths)}"
    assert f"A run of {span} different symbols, out of 12, repeats until the" in prose
    assert "From the 11th position on, each symbol has a **twin**" in prose
    assert "a symbol, 12 rows, and its position, 20 rows." in prose


def test_what_a_mask_shows(prose):
    seen = causal_mask(6)
    assert f"How many of the {seen.size} weights are not 0?" in prose
    assert f"$1 + 2 + 3 + 4 + 5 + 6 = {np.sum(seen)}$." in prose
    assert f"The {np.sum(~seen)} scores that are hidden get 0" in prose


def test_the_minutes_add_up(prose):
    assert f"{practice(prose)} minutes for the exercises" in glance(prose)
