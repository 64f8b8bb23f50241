"""Examples that are set aside, and the error bar of what they say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom
from sklearn.model_selection import KFold

from utils.splits import error_bar, folds


@given(st.integers(2, 30), st.data())
def test_folds_of_the_order_as_it_is_are_scikit_learns(m, data):
    k = data.draw(st.integers(2, m))
    theirs = KFold(k).split(np.zeros(m))
    for ours, (train, aside) in zip(folds(range(m), k), theirs, strict=True):
        np.testing.assert_array_equal(ours[0], train)
        np.testing.assert_array_equal(ours[1], aside)


@given(st.integers(2, 30), st.integers(0, 99))
def test_each_example_is_set_aside_once_and_never_trained_on_then(m, seed):
    order = np.random.default_rng(seed).permutation(m)
    cut = list(folds(order, 2 + seed % (m - 1)))
    assert sorted(np.concatenate([aside for _, aside in cut])) == list(range(m))
    for train, aside in cut:
        assert sorted([*train, *aside]) == list(range(m))
    sizes = [aside.size for _, aside in cut]
    assert max(sizes) - min(sizes) <= 1


@given(st.integers(0, 100), st.integers(1, 1000))
def test_the_error_bar_is_the_deviation_of_a_share(percent, m):
    p = percent / 100
    assert error_bar(p, m) == pytest.approx(binom(m, p).std() / m)


def test_shares_come_one_by_one():
    np.testing.assert_allclose(error_bar([0, 0.5, 1], 25), [0, 0.1, 0])


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: list(folds([0, 1, 1], 2)), "expected each index once, got 3 with repeats"),
        (lambda: list(folds([[0, 1]], 2)), r"indices of shape \(m,\), got \(1, 2\)"),
        (lambda: list(folds(range(3), 4)), "k from 2 to 3 pieces, got 4"),
        (lambda: list(folds(range(3), 1)), "k from 2 to 3 pieces, got 1"),
        (lambda: error_bar(1.2, 9), "shares from 0 to 1, got 1.2"),
        (lambda: error_bar(0.2, 0), "m >= 1 examples, got 0"),
    ],
)
def test_what_cannot_be_is_refused(call, said):
    with pytest.raises(ValueError, match=said):
        call()
