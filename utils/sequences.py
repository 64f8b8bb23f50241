"""Made-up sequences whose answer lies far back.

Those of :func:`remember` and :func:`adding` are time × features × examples, as in "Recurrence";
those of :func:`repeats` features × positions × examples, as in "Attention".
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from utils.checks import expect

#: What :func:`remember` asks about, and what comes between.
ASKED, DISTRACTORS = 2, 4
#: Of how many symbols :func:`repeats` draws a run, and how long a run may be.
SYMBOLS, SHORTEST, LONGEST = 12, 5, 10


def remember(m: int, moments: int, rng: np.random.Generator) -> tuple[NDArray, NDArray]:
    """Return m sequences of symbols, and of each the first, which is the answer at its end.

    Each moment has one of six symbols, written as a column with a single 1.  The first is one of
    two, and the others are any of four more.  Shapes: X (moments, 6, m), Y (2, m).
    """
    _is_long_enough(m, moments, 1)
    symbols = ASKED + rng.integers(DISTRACTORS, size=(moments, m))
    symbols[0] = rng.integers(ASKED, size=m)
    X = np.eye(ASKED + DISTRACTORS)[symbols].transpose(0, 2, 1)
    return X, X[0, :ASKED]


def adding(m: int, moments: int, rng: np.random.Generator) -> tuple[NDArray, NDArray]:
    """Return m sequences of numbers between 0 and 1, and of each the sum of two marked ones.

    One mark is in the first half and one in the second.  Shapes: X (moments, 2, m), a number and
    its mark at each moment, and Y (1, m).  Hochreiter and Schmidhuber (1997).
    """
    _is_long_enough(m, moments, 2)
    X = np.stack([rng.uniform(size=(moments, m)), np.zeros((moments, m))], axis=1)
    half, examples = moments // 2, np.arange(m)
    for first, end in ((0, half), (half, moments)):
        X[rng.integers(first, end, size=m), 1, examples] = 1
    return X, np.sum(X[:, 0] * X[:, 1], axis=0, keepdims=True)


def repeats(m: int, T: int, rng: np.random.Generator) -> tuple[NDArray, NDArray]:
    """Return m sequences in which a run repeats, and what comes next after each position.

    A run is 5 to 10 different ones of 12 symbols, so what comes next is known from the tenth
    position on; T is 10 or more.  A column of X says with a single 1 which symbol it is, and with
    another at which position.  Shapes: X (12 + T, T, m), features × positions × sequences as in
    "Attention", and Y (12, T, m).
    """
    expect(m >= 1, "a sequence or more", m)
    expect(T >= LONGEST, f"T: {LONGEST} positions or more", T)
    runs = np.argsort(rng.random((m, SYMBOLS)), axis=1)
    lengths = rng.integers(SHORTEST, LONGEST, size=(m, 1), endpoint=True)
    moments = np.arange(T + 1)  # and the one after
    symbols = np.take_along_axis(runs, moments % lengths, axis=1)
    columns = np.eye(SYMBOLS)[symbols].transpose(2, 1, 0)
    places = np.repeat(np.eye(T)[:, :, None], m, axis=2)
    return np.concatenate([columns[:, :T], places]), columns[:, 1:]


def _is_long_enough(m: int, moments: int, least: int) -> None:
    expect(m >= 1, "a sequence or more", m)
    expect(moments >= least, f"moments: {least} or more", moments)
