"""The numbers in the prose of the chapter on what the network has not seen are right."""

import numpy as np
import pytest
from scipy.stats import binom
from words import in_words, times

from tests.explore.said.generalization import (
    answers,
    by_heart,
    digits_with,
    first_weights,
    fitted,
    pictures,
    read,
    trained,
)
from utils.activations import relu, relu_derivative, softmax
from utils.data import diabetes
from utils.initializers import he_variance
from utils.layers import chain, dense, entrywise, flat, gradient_of, like
from utils.least_squares import hat_matrix, least_squares
from utils.optimizers import adam, mini_batches
from utils.splits import error_bar, folds

GIVEN = [
    "The network that read [ten digits]",
    "So let us set aside a fifth of the pictures in two ways, and each fifth once.",
    "Below are the shares that are read, of all five fifths and for both ways.",
    "With five draws of first weights, batches and order",
    'learning_rate=1">fifth</a>',
    "in the figure, the five blocks differ",
    "Twenty points, with noise, around a curve",
    "With all twenty features, what is",
    "A fifth of the labels is wrong, and nobody stops",
    "the means of five are",
    "best in each of the five",
    "with 40 wrong labels and five draws",
    "In five draws, 0 to 4,",
    "This is **double descent**",
    "**The best of twenty, chosen and told on one set.**",
    "Twenty networks learn the same 200 digits",
    "and that a thousand times, with the 397",
    "### 2. A line through ten points",
    "with `keepdims`; use them twice.",
    "Five of them are tried on one picture",
    "The best of five is wrong only if all are.",
]


def test_who_wrote_the_pictures(prose):
    """And how near in the file the most similar picture stands."""
    X, digit = pictures()
    m = digit.size
    assert f"The {m} pictures were written by 13 people" in prose
    assert f"about {m / 13:.0f} by each" in prose
    squares = np.sum(X**2, axis=0)
    apart = squares[:, None] + squares - 2 * X.T @ X
    np.fill_diagonal(apart, np.inf)
    place = np.arange(m)
    near = 100 * np.mean(np.abs(apart.argmin(axis=1) - place) <= 100)
    chance = 100 * np.mean((np.minimum(place, 100) + np.minimum(m - 1 - place, 100)) / (m - 1))
    assert f"For {near:.0f} percent of them the most similar" in prose
    assert f"where chance alone would give {chance:.0f} percent" in prose


def five(kind, rate):
    return [read(kind, fifth, rate)[0] for fifth in range(1, 6)]


def test_set_aside_at_random_and_as_blocks(prose):
    known, strange = five("at random", 1), five("neighbors", 1)
    assert f"each set aside once, {sum(known)} are read" in prose
    assert f"and {sum(strange)} if they were set aside" in prose
    assert round(100 * sum(known) / 1797) == 96
    assert "Set aside at random, about 96 percent are read." in prose
    assert np.argsort(strange)[:2].tolist() == [1, 4]
    assert f"about a {in_words(1 / 10)} is not read" in prose
    assert all(1 - strange[k] / 359.5 == pytest.approx(0.1, abs=0.02) for k in (1, 4))
    faster, blocks = five("at random", 3), five("neighbors", 3)
    assert sum(faster) > sum(known)
    assert sum(blocks) > sum(strange)
    assert sum(faster) - sum(blocks) >= sum(known) - sum(strange)
    shares = np.array(strange) / 359.4
    assert np.ptp(shares) > 3 * error_bar(shares.mean(), 359)


@pytest.mark.some_chapters
@pytest.mark.slow
def test_the_gap_between_the_splits_in_five_draws(prose):
    A, digit = pictures()
    counts = {}
    for seed in range(5):
        rng = np.random.default_rng(seed)
        for kind, order in (("known", rng.permutation(1797)), ("strange", np.arange(1797))):
            right = 0
            for train, aside in folds(order, 5):
                batches = np.random.default_rng(seed)
                orders = [batches.permutation(train.size) for _ in range(20)]
                first = first_weights(np.random.default_rng(1 + seed), 32, 1)
                weights = trained(first, A[:, train], digit[train], 1, orders, 32, "sigmoid")
                right += np.sum(answers(weights, A[:, aside], "sigmoid") == digit[aside])
            counts.setdefault(kind, []).append(right)
    for kind, place in (("known", "first count was"), ("strange", "second")):
        low, high = min(counts[kind]), max(counts[kind])
        assert f"the {place} between {low} and {high}" in prose


def test_the_error_bars(prose):
    bar = 100 * error_bar(390 / 397, 397)
    assert f"a share of {39000 / 397:.1f} percent, give or take {bar:.1f} points" in prose
    assert 1.2 * bar / 100 > 3 / 397
    assert error_bar(0.1, 400) == error_bar(0.1, 100) / 2
    assert f"{times(4).capitalize()} as many examples halve the bar: to halve it once" in prose


def test_four_corners_by_hand(prose):
    X = np.array([[0, 1, 0, 1], [0, 0, 2, 2], [1, 1, 1, 1]])
    np.testing.assert_allclose(np.diag(hat_matrix(X)), 3 / 4)
    assert pytest.approx(7) == 0.07 / 0.01
    assert f"0.07$: {in_words(7)} times as much on new answers" in prose
    assert (
        f"all {in_words(2**4)} outcomes of the four coins, and all {in_words(16)} of four" in prose
    )


def test_where_the_error_on_new_answers_is_least(prose):
    x = (np.arange(20) + 0.5) / 20
    f = np.exp(-3 * x) * np.cos(7 * x) + 0.3 * x
    least = {}
    for noise in (0.1, 0.3):
        errors = []
        for n in range(1, 21):
            waves = np.cos(np.pi * np.arange(n)[:, None] * x)
            left = f - least_squares(waves, f) @ waves
            errors.append(np.mean(left**2) + noise**2 * (1 + n / 20))
        least[noise] = 1 + int(np.argmin(errors))
    assert f">{least[0.3]} features</a>" in prose
    assert 1 + 20 / 20 == 2
    assert f"on new answers the error is {times(2)} that of the noise" in prose
    assert f">the noise 0.1</a> it is at {least[0.1]}:" in prose


@pytest.mark.some_chapters
@pytest.mark.slow
def test_more_neurons_in_one_draw_and_in_five(prose):
    sizes, ends = (4, 8, 16, 64), {}
    for wrong in (0, 40):
        for seed in range(5):
            for n in sizes:
                ends[wrong, seed, n] = 100 * ended(n, wrong, seed)
    one = [f"{100 * by_heart(200, n, 40, 0.3)[1]:.0f}" for n in sizes]
    for n, share in zip(sizes, one, strict=True):
        assert ends[40, 0, n] == pytest.approx(float(share), abs=0.5)
        assert any(f"{words} {share}" in prose for words in ("misread", "and"))
    for wrong, told in ((40, "the means of five are {}"), (0, "the means are {}")):
        means = [f"{np.mean([ends[wrong, s, n] for s in range(5)]):.1f}" for n in sizes]
        assert told.format(f"{', '.join(means[:3])} and {means[3]} percent") in prose
    for seed in range(5):
        assert min(sizes, key=lambda n: ends[40, seed, n]) == 64
        right = [ends[0, seed, n] for n in sizes]
        assert sorted(right, reverse=True) == right


def ended(neurons, wrong, seed):
    A, digit = pictures()
    rng, train, new, labels = digits_with(seed, wrong)
    W1 = rng.normal(scale=np.sqrt(2 / 64), size=(neurons, 64))
    W2 = rng.normal(scale=np.sqrt(1 / neurons), size=(10, neurons))
    first = W1, np.zeros((neurons, 1)), W2, np.zeros((10, 1))
    orders = [rng.permutation(200) for _ in range(200)]
    weights = trained(first, A[:, train], labels, 0.3, orders, 20, "ReLU")
    return np.mean(answers(weights, A[:, new], "ReLU") != digit[new])


def test_who_stops_in_time(prose):
    early, late = by_heart(40, 64, 40, 0.1), by_heart(200, 64, 40, 0.1)
    assert f"64 neurons misread {100 * early[1]:.0f} percent, at" in prose
    assert f">epoch 200</a> it is {100 * late[1]:.0f}, while" in prose
    assert late[0] == 0


@pytest.mark.some_chapters
@pytest.mark.slow
def test_adam_stopped_at_the_same_epoch_has_the_order_of_the_source(prose):
    A, digit = pictures()
    found = {}
    for neurons in (16, 256):
        for seed in range(5):
            rng, train, new, labels = digits_with(seed, 40)
            layers = (dense(64, neurons, he_variance), entrywise(relu, relu_derivative))
            network = chain(*layers, dense(neurons, 10))
            first = network.first(rng)
            gradient = gradient_of(network, A[:, train], np.eye(10)[labels].T, softmax)
            theta, memory = flat(first), None
            for batch in mini_batches(200, 32, 200, rng):
                direction, memory = adam(gradient(theta, batch), memory)
                theta = theta - 0.001 * direction
            Z, _ = network.forward(like(theta, first), A)
            said = Z.argmax(axis=0)
            shares = np.mean(said[train] != labels), np.mean(said[new] != digit[new])
            found.setdefault(neurons, []).append(shares)
    few, many = np.array(found[16]), np.array(found[256])
    assert np.all(many[:, 1] > few[:, 1])
    told = f"Then 256 neurons misread {100 * many[:, 1].mean():.0f} percent of new pictures"
    assert f"{told} and 16 neurons {100 * few[:, 1].mean():.0f} percent" in prose
    assert f"the 16 still miss {100 * few[:, 0].mean():.0f} percent" in prose
    assert many[:, 0].max() <= 0.005


def test_the_second_descent(prose):
    few, many, peak = (fitted(n, 0, 1)[0] for n in (100, 2000, 200))
    assert f"features {100 * few:.1f} percent of the new pictures are misread" in prose
    assert f"</a> it is {100 * many:.1f} percent" in prose
    assert f"there {100 * peak:.0f} percent are misread" in prose
    assert many / few == pytest.approx(1 / 2, abs=0.1)
    assert f"**About {in_words(1 / 2)} as many.**" in prose
    assert few == pytest.approx(1 / 8, abs=0.02)
    assert f"about an {in_words(1 / 8)} of the new pictures is misread" in prose


@pytest.mark.slow
def test_the_second_descent_in_five_draws(prose):
    before, after = [10, 20, 50, 100, 150, 180, 190], [210, 220, 250, 300, 400, 700, 1000]
    ends = []
    for draw in range(5):
        missed = {n: fitted(n, 0, draw)[0] for n in [*before, 200, *after, 2000]}
        assert max(missed, key=missed.get) == 200
        assert missed[2000] < min(missed[n] for n in before)
        ends.append(100 * missed[2000])
        lengths = [fitted(n, 0, draw)[1] for n in [200, *after, 2000]]
        assert sorted(lengths, reverse=True) == lengths, "the shortest of more is shorter"
    assert f"2000 features misread {min(ends):.0f} to {max(ends):.0f} percent" in prose
    for draw in (1, 2, 3):
        missed = [fitted(n, 40, draw)[0] for n in (50, 2000)]
        assert missed[1] > missed[0] - 0.03


def test_a_leak_moves_no_prediction_of_a_line():
    x, y = diabetes()
    train, aside = next(folds(np.random.default_rng(0).permutation(442), 5))
    said = []
    for mean, deviation in ((x.mean(), x.std()), (x[train].mean(), x[train].std())):
        X = np.vstack([(x - mean) / deviation, np.ones(442)])
        said.append(least_squares(X[:, train], y[train]) @ X[:, aside])
    np.testing.assert_allclose(*said)


@pytest.mark.slow
def test_the_best_of_twenty_is_told_too_well(prose):
    A, digit = pictures()
    order = np.random.default_rng(0).permutation(1797)
    train, rest = order[:200], order[1400:]
    right = []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        first = first_weights(rng, 32, 1)
        orders = [rng.permutation(200) for _ in range(20)]
        weights = trained(first, A[:, train], digit[train], 1, orders, 32, "sigmoid")
        right.append(answers(weights, A[:, rest], "sigmoid") == digit[rest])
    right, rng, gaps = np.array(right), np.random.default_rng(1), []
    for _ in range(1000):
        cut = rng.permutation(397)
        best = right[:, cut[:100]].sum(axis=1).argmax()
        gaps.append(100 * (right[best, cut[:100]].mean() - right[best, cut[100:]].mean()))
    assert round(np.mean(gaps)) == 2
    assert f"of itself is too good by {in_words(2)} points" in prose


def test_the_luck_of_the_best(prose):
    assert 1 - binom(1, 0.5).cdf(0) ** 5 == 1 - (1 / 2) ** 5 == 31 / 32
    five_networks = in_words(5).capitalize()
    assert rf"{five_networks} are all wrong with the chance $\frac{{1}}{{{2**5}}}$" in prose
    two = binom(2, 0.5)
    share = sum((1 - two.cdf(k) ** 2) / 2 for k in (0, 1))
    assert share == pytest.approx(11 / 16)
    assert r"\frac{8}{16} = \frac{11}{16}$, where the truth is a half." in prose
