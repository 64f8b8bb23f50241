"""The made-up language: its words, their chances, and tables of counts."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from utils.language import LENGTH, LETTERS, START, as_columns, may_follow, table_costs, words

WORD = re.compile(r"([klmnt])(?:[ao](?:[klmnt][aoi]){3}|[eu](?:[klmnt][eui]){3})\1")


def spelled(W):
    return ["".join(LETTERS[letter] for letter in word) for word in W]


@given(st.integers(0, 999))
def test_words_are_words(seed):
    assert all(WORD.fullmatch(word) for word in spelled(words(20, np.random.default_rng(seed))))


def all_beginnings(t):
    W = np.zeros((1, 0), dtype=int)
    while W.shape[1] < t:
        rows, letters = np.nonzero(may_follow(W))
        W = np.hstack([W[rows], letters[:, None]])
    return W


def test_the_language_has_as_many_words_as_told():
    W = all_beginnings(LENGTH)
    assert len(W) == 67500
    assert len(np.unique(W, axis=0)) == 67500


def test_whatever_comes_next_as_many_words_go_on():
    """So each word has the same chance, if all letters that are allowed have."""
    for t in range(LENGTH):
        assert len(set(may_follow(all_beginnings(min(t, 4))).sum(axis=1))) == 1


def test_each_letter_that_may_come_comes_equally_often():
    W = words(40000, np.random.default_rng(0))
    first = np.bincount(W[:, 0], minlength=5) / 40000
    np.testing.assert_allclose(first, 1 / 5, atol=0.01)
    dark = W[W[:, 1] < 7]
    later = np.bincount(dark[:, 5], minlength=10)[[5, 6, 9]] / len(dark)
    np.testing.assert_allclose(later, 1 / 3, atol=0.015)


def test_columns_say_the_letter_before_and_the_letter(rng):
    W = words(7, rng)
    X, Y = as_columns(W)
    assert X.shape == (11, 9, 7)
    assert Y.shape == (10, 9, 7)
    assert np.all(X[START, 0] == 1)
    assert not np.any(X[START, 1:])
    np.testing.assert_array_equal(X[:10, 1:], Y[:, :-1])
    np.testing.assert_array_equal(Y.argmax(axis=0).T, W)


@given(st.integers(0, 3), st.integers(0, 99))
def test_the_chances_of_a_table_sum_to_one(k, seed):
    rng = np.random.default_rng(seed)
    seen, word = words(30, rng), words(1, rng)
    for at in (0, 4, 8):
        others = np.repeat(word, 10, axis=0)
        others[:, at] = np.arange(10)
        assert np.sum(np.exp(-table_costs(seen, others, k)[:, at])) == pytest.approx(1)


def test_a_table_of_nothing_before_is_the_share_of_each_letter(rng):
    seen, new = words(50, rng), words(5, rng)
    shares = (np.bincount(seen.ravel(), minlength=10) + 1) / (450 + 10)
    np.testing.assert_allclose(table_costs(seen, new, 0), -np.log(shares[new]), rtol=1e-12)


def test_what_was_never_seen_costs_the_logarithm_of_ten():
    seen = words(1, np.random.default_rng(0))
    new = (seen + np.where(seen < 5, 1, 0)) % 5 + np.where(seen < 5, 0, 5)
    assert table_costs(seen, new, 4)[0, 8] == pytest.approx(np.log(10))


def test_wrong_input_is_refused():
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="expected a word or more, got 0"):
        words(0, rng)
    for W in (np.zeros(3, dtype=int), words(2, rng)):
        with pytest.raises(ValueError, match="expected beginnings of words"):
            may_follow(W)
    with pytest.raises(ValueError, match="expected letters from 0 to 9"):
        may_follow(np.full((1, 2), START))
    with pytest.raises(ValueError, match="expected k letters before, 0 or more, got -1"):
        table_costs(words(2, rng), words(2, rng), -1)
