"""Made-up sequences: what they ask, that it can be answered, and only from far back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from utils.sequences import repeats


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


def test_the_same_generator_gives_the_same_sequences():
    one, other = (repeats(5, 12, np.random.default_rng(3)) for _ in range(2))
    assert all(map(np.array_equal, one, other))


def test_wrong_input_is_refused():
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="expected a sequence or more, got 0"):
        repeats(0, 20, rng)
    with pytest.raises(ValueError, match="expected T: 10 positions or more, got 9"):
        repeats(5, 9, rng)
