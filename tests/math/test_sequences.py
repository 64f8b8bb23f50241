"""Made-up sequences: what they ask, that it can be answered, and only from far back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from utils.sequences import adding, remember, repeats


@given(st.integers(1, 30), st.integers(1, 20), st.integers(0, 999))
def test_the_answer_is_the_first_symbol(m, moments, seed):
    X, Y = remember(m, moments, np.random.default_rng(seed))
    assert X.shape == (moments, 6, m)
    assert Y.shape == (2, m)
    assert np.array_equal(X.sum(axis=1), np.ones((moments, m))), "one symbol at a moment"
    assert np.array_equal(Y, X[0, :2])
    assert not X[1:, :2].any(), "the two asked about come first only"


def test_both_answers_and_all_distractors_are_as_likely():
    X, Y = remember(4000, 3, np.random.default_rng(0))
    assert Y.mean(axis=1) == pytest.approx([0.5, 0.5], abs=0.03)
    assert X[1:, 2:].mean(axis=(0, 2)) == pytest.approx([0.25] * 4, abs=0.02)


@given(st.integers(1, 30), st.integers(2, 20), st.integers(0, 999))
def test_two_marked_numbers_add_up(m, moments, seed):
    X, Y = adding(m, moments, np.random.default_rng(seed))
    assert X.shape == (moments, 2, m)
    marks = X[:, 1] == 1
    half = moments // 2
    assert np.array_equal(marks[:half].sum(axis=0), np.ones(m))
    assert np.array_equal(marks[half:].sum(axis=0), np.ones(m))
    for example in range(m):
        assert Y[0, example] == pytest.approx(X[marks[:, example], 0, example].sum())


def test_the_best_constant_answer_is_off_by_a_sixth():
    """The variance of the sum of two numbers between 0 and 1."""
    _, Y = adding(20_000, 10, np.random.default_rng(0))
    assert np.mean((Y - 1) ** 2) == pytest.approx(1 / 6, abs=0.005)


def test_the_same_generator_gives_the_same_sequences():
    for make in (remember, adding):
        one, other = (make(5, 7, np.random.default_rng(3)) for _ in range(2))
        assert all(map(np.array_equal, one, other))


def test_wrong_input_is_refused():
    rng = np.random.default_rng(0)
    for make, least in ((remember, 1), (adding, 2)):
        with pytest.raises(ValueError, match="expected a sequence or more, got 0"):
            make(0, 5, rng)
        with pytest.raises(ValueError, match=f"expected moments: {least} or more"):
            make(5, least - 1, rng)


@given(st.integers(1, 20), st.integers(10, 25), st.integers(0, 999))
def test_after_a_run_has_ended_each_symbol_follows_its_twin(m, T, seed):
    X, Y = repeats(m, T, np.random.default_rng(seed))
    assert X.shape == (12 + T, T, m)
    assert Y.shape == (12, T, m)
    assert np.array_equal(X[12:], np.repeat(np.eye(T)[:, :, None], m, axis=2)), "the positions"
    assert np.array_equal(X[:12, 1:], Y[:, :-1]), "what comes next is what comes"
    symbols, asked = X[:12].argmax(axis=0), Y.argmax(axis=0)
    for example in range(m):
        seen = list(symbols[:, example])
        length = len(set(seen))
        assert 5 <= length <= 10
        assert len(set(seen[:length])) == length, "a run is of different symbols"
        for t in range(10, T):
            twin = max(j for j in range(t) if seen[j] == seen[t])
            assert asked[t, example] == seen[twin + 1]


def test_all_lengths_and_all_symbols_are_as_likely():
    X, _ = repeats(6000, 20, np.random.default_rng(0))
    lengths = [len(set(row)) for row in X[:12].argmax(axis=0).T]
    assert np.bincount(lengths)[5:] / 6000 == pytest.approx([1 / 6] * 6, abs=0.02)
    assert X[:12, 0].mean(axis=1) == pytest.approx([1 / 12] * 12, abs=0.015)


def test_the_same_generator_gives_the_same_runs():
    one, other = (repeats(5, 12, np.random.default_rng(3)) for _ in range(2))
    assert all(map(np.array_equal, one, other))


def test_wrong_runs_are_refused():
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="expected a sequence or more, got 0"):
        repeats(0, 20, rng)
    with pytest.raises(ValueError, match="expected T: 10 positions or more, got 9"):
        repeats(5, 9, rng)
