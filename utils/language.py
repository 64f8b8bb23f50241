"""A made-up language all of whose words are equally likely, so that the best cost is known.

A word has four syllables, each a consonant and a vowel, and ends in the consonant with which it
began.  The first vowel is dark, a or o, or bright, e or u; each later one is of the same kind, or
an i, which goes with both.  Book: "What comes next?", in "One transformer block".
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from utils.checks import expect

#: Five consonants, two dark vowels, two bright ones, and the one that goes with both.
LETTERS = "klmntaoeui"
#: How many letters a word has.
LENGTH = 9
#: The number that stands before the first letter.
START = len(LETTERS)


def may_follow(W: NDArray) -> NDArray:
    """Return which of the ten letters may come next, shape (m, 10), after m beginnings of words.

    ``W`` of shape (m, t) has the numbers of their letters in :data:`LETTERS`; t is less than 9.
    Whatever letter comes next, as many words go on from there: so they are equally likely.
    """
    _begins(W)
    m, t = W.shape
    allowed = np.zeros((m, len(LETTERS)), dtype=bool)
    if t == LENGTH - 1:
        allowed[np.arange(m), W[:, 0]] = True
    elif t % 2 == 0:
        allowed[:, :5] = True
    elif t == 1:
        allowed[:, 5:9] = True
    else:
        dark = W[:, 1] < 7
        allowed[:, 5:7], allowed[:, 7:9], allowed[:, 9] = dark[:, None], ~dark[:, None], True
    return allowed


def words(m: int, rng: np.random.Generator) -> NDArray:
    """Return m words of nine letters, shape (m, 9), each of all words with the same chance."""
    expect(m >= 1, "a word or more", m)
    W = np.zeros((m, 0), dtype=int)
    while W.shape[1] < LENGTH:
        chance = rng.random((m, len(LETTERS))) * may_follow(W)
        W = np.hstack([W, chance.argmax(axis=1)[:, None]])
    return W


def as_columns(W: NDArray) -> tuple[NDArray, NDArray]:
    """Return X, (11, 9, m), what comes before each letter, and Y, (10, 9, m), the letter itself.

    A column has a single 1.  Before the first letter stands the start, so X has a row more.
    """
    before = np.hstack([np.full((len(W), 1), START), W[:, :-1]])
    return np.eye(START + 1)[before].transpose(2, 1, 0), np.eye(START)[W].transpose(2, 1, 0)


def table_costs(counted: NDArray, new: NDArray, k: int) -> NDArray:
    """Return −ln of the chance of each letter of new words, shape (m, 9), by a table of counts.

    The table counts, in the words ``counted``, what came after each k letters in a row; before a
    word stand k starts.  One is added to each count, so that nothing is impossible.
    """
    expect(k >= 0, "k letters before, 0 or more", k)
    keys = [_before(W, k).ravel() for W in (counted, new)]
    rows, places = np.unique(np.concatenate(keys), return_inverse=True)
    seen, asked = np.split(places, [counted.size])
    N = np.ones((len(rows), len(LETTERS)))
    np.add.at(N, (seen, counted.ravel()), 1)
    chance = N[asked, new.ravel()] / np.sum(N[asked], axis=1)
    return -np.log(chance).reshape(new.shape)


def _before(W: NDArray, k: int) -> NDArray:
    """Return the k letters before each letter, written as one number, shaped like W."""
    padded = np.hstack([np.full((len(W), k), START), W])
    number = np.zeros(W.shape, dtype=int)
    for back in range(k):
        number = (START + 1) * number + padded[:, back : back + W.shape[1]]
    return number


def _begins(W: NDArray) -> None:
    good = np.ndim(W) == 2 and np.shape(W)[1] < LENGTH
    expect(good, "beginnings of words, shape (m, t) with t from 0 to 8", np.shape(W))
    expect(np.all((W >= 0) & (W < START)), "letters from 0 to 9", np.unique(W))
