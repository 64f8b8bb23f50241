"""Made-up sequences whose answer lies far back."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from utils.checks import expect

#: Of how many symbols :func:`repeats` draws a run, and how long a run may be.
SYMBOLS, SHORTEST, LONGEST = 12, 5, 10


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
    moments = np.append(np.arange(T), T)  # and the one after
    symbols = np.take_along_axis(runs, moments % lengths, axis=1)
    columns = np.eye(SYMBOLS)[symbols].transpose(2, 1, 0)
    places = np.repeat(np.eye(T)[:, :, None], m, axis=2)
    return np.concatenate([columns[:, :T], places]), columns[:, 1:]
