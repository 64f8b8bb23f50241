"""The numbers in the prose of the chapter on one transformer block are right."""

import math
from itertools import product

import numpy as np
import pytest
from minutes import glance, practice
from words import in_words

from tests.explore.said import SAID
from tests.explore.said.transformer_block import came_back, letters_by_table, likeness
from tests.explore.said.transformer_block import trained as states_of
from utils.activations import softmax
from utils.language import as_columns, may_follow, words
from utils.layers import chain, dense, flat, like
from utils.optimizers import adam, stochastic_descent
from utils.transformer import block, columnwise, norm, positioned

GIVEN = [
    "added to each of the ten counts",
    "At which of the nine letters does no table help?",
    "At the ninth letter none of these tables",
    "Sixteen blocks with the norm after each sum",
    "- between a tenth and ten times as much",
    "**Between a tenth and ten times as much.**",
    "{eq}`tb-around` with twelve steps.",
    "the mixing layer adds a fourth product",
    "Halve the weights, and $v$ falls to",
    "a layer of sums make ten scores",
    "**The ninth.**",
    "- the ninth",
    "and the block is ahead of every table; the ninth letter falls",
    "the rule of the ninth letter",
    "For five of the exercises, paper is enough.",
    "Eight heads share 64 rows.",
    "Six blocks, two steps each",
    "closing consonant, five letters in all",
    "At the fifth letter it sees the two letters before",
    "is the third letter or the fifth, it cannot",
]

CHOICES = [5, 4, 5, 3, 5, 3, 5, 3, 1]


def test_the_floor(prose):
    word = words(1, np.random.default_rng(0))
    assert [int(may_follow(word[:, :t]).sum()) for t in range(9)] == CHOICES
    told = ", ".join(map(str, CHOICES[:-1]))
    assert f"Letter by letter there are {told} choices, and 1 at the end" in prose
    N = math.prod(CHOICES)
    assert f"{N}$ words, all equally likely" in prose
    assert f"a word, {math.log(N) / 9:.4f} for each of its {in_words(9)} letters" in prose


def test_what_tables_cost(prose):
    best = letters_by_table(2, 1000)
    above = np.mean(best) - np.mean(np.log(CHOICES))
    assert 0.25 < above < 0.26
    assert "where the best table is 0.25 above it, and more." in prose
    for k in range(6):
        assert letters_by_table(k, 1000)[8] > np.log(5), "not better than a guess"
    assert np.mean(letters_by_table(4, 10000)) > np.mean(letters_by_table(2, 10000))
    assert f"any better than a guess among {in_words(CHOICES[0])} consonants." in prose
    assert f"What decides it stands {in_words(9 - 1)} letters before" in prose
    assert f"{in_words(10000 // 1000)} times</a> as many do not quite" in prose
    rows = math.prod(CHOICES[:8])
    assert f"a table that looks so far back needs {rows} rows for it" in prose
    assert 'With <a href="#tables?k=4&amp;m=1000">4</a> it would see past an i' in prose


def test_what_is_alike_among_positions(prose):
    period = 2 * np.pi
    assert f"repeats after $2 \\pi \\approx {period:.2f}$ positions" in prose
    assert likeness(2, 6) > 0.9
    assert likeness(2, 19) > likeness(2, 6)
    assert f"{round(3 * period)} places, {in_words(3)} waves, are nearer still" in prose
    assert abs(SAID["back"](8, 25, 4)[4] - 21) > 1
    assert likeness(8, 19) < 0.7 < likeness(2, 19), "a far top is lower"
    assert abs(SAID["back"](32, 25, 4)[4] - 21) == 1, "the neighbors come next"


@pytest.mark.slow
def test_what_comes_back(prose):
    shown, more = range(3), range(3, 13)
    around, totals = zip(*(came_back("after", 16, 1, draw) for draw in range(13)), strict=True)
    assert max(around) < 1e-3
    assert min(totals) > 0.1
    assert max(totals) < 10
    assert "32 norms leave less than a thousandth of a gradient" in prose
    for draw in shown:
        alone, total = came_back("before", 16, 1, draw)
        assert alone == 1
        assert total == pytest.approx(np.sqrt(1 + 32), rel=0.1)
        assert came_back("before", 16, 0.5, draw)[1] == pytest.approx(np.sqrt(3), rel=0.1)
        assert came_back("after", 16, 1.5, draw)[0] < 1e-9, "all but closed"
    totals = [came_back("before", 16, 1, draw)[1] for draw in more]
    assert 4.4 < min(totals) < 4.5
    assert 8.1 < max(totals) < 8.2
    assert f"over {in_words(len(more))} more draws it comes to between 4.4 and 8.2." in prose
    assert f"falls to about a {in_words(2**4)}th, since each step has two layers" in prose
    assert rf"about as $\sqrt{{1 + 32}} \approx {np.sqrt(33):.2f}$" in prose


def network(h):
    letters = columnwise(dense(11, 32, variance=lambda *_: 1))
    behind = norm(32), columnwise(dense(32, 10))
    return chain(letters, positioned(32), block(32, h, 64, causal=True), *behind)


def trained(h, seed, nudge=0.0):
    """Train as the chapter does; return the cost of each letter of each new word, and θ."""
    net, rng = network(h), np.random.default_rng(seed)
    X, Y = as_columns(words(1000, np.random.default_rng(1)))
    first = net.first(rng)

    def gradient(theta, batch):
        Z, kept = net.forward(like(theta, first), X[..., batch])
        dZ = (softmax(Z.reshape(10, -1)).reshape(Z.shape) - Y[..., batch]) / 288
        return flat(net.gradients(dZ, like(theta, first), kept))

    start = flat(first)
    start[0] += nudge
    batches = (rng.integers(1000, size=32) for _ in range(300))
    theta = stochastic_descent(gradient, start, 0.003, batches, adam)[-1]
    X, Y = as_columns(words(1000, np.random.default_rng(2)))
    P = softmax(net.forward(like(theta, first), X)[0].reshape(10, -1))
    return -np.log(np.sum(P * Y.reshape(10, -1), axis=0)).reshape(9, -1), theta


@pytest.mark.some_chapters
@pytest.mark.slow
def test_two_heads_come_near_the_floor_and_one_not_always(prose):
    floor, best = np.mean(np.log(CHOICES)), np.mean(letters_by_table(2, 1000))
    two, one = ([trained(h, seed)[0] for seed in range(5)] for h in (2, 1))
    over = max(np.mean(each) for each in two) - floor
    assert over < 0.05
    assert "comes within 0.05 of the floor from each of these seeds" in prose
    errors = [each.mean(axis=0).std() / np.sqrt(1000) for each in two + one]
    assert max(errors) < (best - floor) / 50, "far smaller"
    assert [np.mean(each[8]) > 1 for each in one] == [False, False, True, False, False]
    assert "from seed 2 it has not found the rule of the ninth letter in 300 steps" in prose


@pytest.mark.some_chapters
@pytest.mark.slow
def test_what_comes_of_more_seeds(prose):
    floor, more = np.mean(np.log(CHOICES)), range(5, 17)
    two, one = ([trained(h, seed)[0] for seed in more] for h in (2, 1))
    over = np.array([np.mean(each) for each in two]) - floor
    near = int(np.sum(over < 0.05))
    assert max(over) < 0.09
    assert f"Of {in_words(len(more))} more seeds, two heads come within 0.05 from" in prose
    assert f"from {in_words(near)}, and within 0.09 from all" in prose
    late = sum(np.mean(each[8]) > 1 for each in one)
    assert f"still costs more than 1 from {in_words(late)} of them" in prose


@pytest.mark.some_chapters
@pytest.mark.slow
def test_when_it_knows(prose):
    states = states_of("two heads", 0.003)
    table = np.mean(letters_by_table(2, 1000))
    assert np.mean(states[2]) < table < np.mean(states[1])
    assert "By step <a href=" in prose
    assert all(states[2][letter - 1] - np.log(3) < 0.12 for letter in (4, 6, 8))
    assert states[3][8] > 1.5
    assert states[8][8] < 0.1
    assert np.log(5) - states_of("no waves", 0.003)[-1][8] < 0.15
    assert f"near what a guess among {in_words(5)} consonants costs" in prose


def test_what_the_order_of_the_consonants_is_worth(prose):
    """Who knows the four consonants, not their order, guesses by how often each is there."""
    words_of_four = product(range(5), repeat=4)
    least = np.mean([-np.log(four.count(four[0]) / 4) for four in words_of_four])
    assert f"that would still cost {least:.3f} on average" in prose


@pytest.mark.slow
def test_the_digits_do_not_hang_on_the_last_place():
    straight, nudged = (trained(2, 0, nudge)[1] for nudge in (0.0, 1e-13))
    assert np.max(np.abs(straight - nudged)) < 1e-9


def test_a_smaller_language(prose):
    assert f"{in_words(5)} consonants are equally likely, which costs" in prose
    assert f"to it all {in_words(5)} are equally likely both times" in prose


def test_a_block_by_hand(prose):
    W, u = np.array([[0.4, 0.6], [-0.5, 0.3]]), np.array([-1.0, 1.0])
    hidden = W @ u + [0.5, -0.2]
    back = W.T @ np.maximum(hidden, 0)
    assert hidden == pytest.approx([0.7, 0.6])
    assert f"Sent back by $W_V^\\top$ they are $({back[0]:.2f}, {back[1]:.1f})$" in prose
    assert np.mean([1, 2]) == 1.5
    assert np.std([1, 2]) == 0.5
    assert "The mean is 1.5 and the spread 0.5" in prose


def test_how_large_they_are(prose):
    sizes = {flat(network(h).first(np.random.default_rng(0))).size for h in (1, 2)}
    assert f"have as many parameters, {sizes.pop()} with what stands" in prose
    assert not sizes, "one and two heads take as many"
    mixing, small = 4 * 32**2, 2 * 32 * (4 * 32)
    assert small == 2 * mixing
    assert "two thirds of the weights are in the small network" in prose


def test_the_minutes_add_up(prose):
    assert f"{practice(prose)} minutes for the exercises" in glance(prose)
