"""The exercises of the chapter on one transformer block: what they draw, and how they go wrong."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from utils.attention import attention
from utils.judging import Exercise
from utils.layers import chain
from utils.transformer import block, frequencies, norm, rotation, wave_pairs


def counts(n: int, h: int, c: int) -> dict[str, Exercise]:
    """Make the task of counting a block from its rows, heads and ReLUs."""
    mixed, network, norms = 4 * n**2 + n, 2 * n * c + c + n, 4 * n
    return {
        "of the heads": Exercise(
            answer=mixed,
            exact=True,
            mistakes={
                "the layer that mixes them has n² + n more": 3 * n**2,
                "that layer has a bias, too": 4 * n**2,
                "each head has n/h rows, not n": 3 * h * n**2 + n**2 + n,
                "that is one head; there are h of them": 3 * n * (n // h) + n**2 + n,
            },
        ),
        "of the block": Exercise(
            answer=mixed + network + norms,
            exact=True,
            mistakes={
                "each of the two norms has γ and β, n each": mixed + network,
                "there are two norms": mixed + network + 2 * n,
                "the small network has biases, too": mixed + 2 * n * c + norms,
                "the heads are in it, too": network + norms,
            },
        ),
    }


def left(blocks: int) -> dict[str, Exercise]:
    """Make the task of what is left on the way around so many blocks, with v = 1."""
    L = 2 * blocks
    return {
        "after, around": Exercise(
            answer=2.0**-blocks,
            mistakes={
                "a norm divides by the spread, the root of 1 + v": 2.0**-L,
                "a block has two steps, each with its norm": 2.0 ** (-blocks / 2),
            },
        ),
        "before, around": Exercise(
            answer=1.0,
            exact=True,
            mistakes={"before the step, no norm stands on the way around": 2.0**-blocks},
        ),
        "before, in total": Exercise(
            answer=np.sqrt(1 + L),
            mistakes={
                "that is the square of the length": 1.0 + L,
                "a block has two steps": np.sqrt(1 + blocks),
                "that is the way around alone; what comes through the steps is added": 1.0,
            },
        ),
    }


def floor(syllables: int) -> dict[str, Exercise]:
    """Make the task of the least cost, in a language whose words have so many syllables."""
    N, T = 20 * 15 ** (syllables - 1), 2 * syllables + 1
    return {
        "how many words": Exercise(
            answer=N,
            exact=True,
            mistakes={
                "the last consonant is no choice": 5 * N,
                "a later vowel has three choices": 20**syllables,
                "the first vowel has four choices": 15**syllables,
            },
        ),
        "the floor": Exercise(
            answer=np.log(N) / T,
            mistakes={
                "that is for a word; divide by its letters": np.log(N),
                "the closing consonant is a letter, too": np.log(N) / (T - 1),
                "take the natural logarithm": np.log2(N) / T,
            },
        ),
        "how much more": Exercise(
            answer=np.log(5),
            mistakes={
                "that is spread over all letters; the question is of one": np.log(5) / T,
                "there are five consonants to guess from, not ten letters": np.log(10),
                "at a vowel it sees the vowel before": np.log(4) - np.log(3),
                "the table does not see the first letter any more": 0.0,
            },
        ),
    }


def _shift(rng: np.random.Generator) -> tuple:
    """Draw waves at some positions, their frequencies, and how far back to ask."""
    omega = frequencies(2 * int(rng.integers(1, 4)))
    return wave_pairs(omega, rng.integers(1, 30, size=5)), omega, int(rng.integers(1, 6))


def _rows(P: NDArray, omega: NDArray, k: float, way: float = -1) -> NDArray:
    return rotation(omega, way * k) @ P


def _swapped(P: NDArray, omega: NDArray, k: float) -> NDArray:
    """Take the first half of the rows for the sines."""
    order = np.argsort(np.r_[0 : len(P) : 2, 1 : len(P) : 2])
    return _rows(P[order], omega, k)[np.argsort(order)]


def _same_turn(P: NDArray, omega: NDArray, k: float) -> NDArray:
    return _rows(P, np.ones(len(omega)), k)


def _layer(rng: np.random.Generator) -> tuple[Callable, NDArray, int]:
    """Draw a function that sees the future or not, an input, and a place from the second on."""
    kinds = attention(4, 2, 3), attention(4, 2, 3, True), block(4, 2, 5), block(4, 2, 5, True)
    layer = kinds[rng.integers(4)]
    if rng.random() < 0.5:
        layer = chain(norm(4), layer)
    part, X = layer.first(rng), rng.normal(size=(4, 5))
    return lambda X: layer.forward(part, X)[0], X, int(rng.integers(2, 6))


def _moves(forward: Callable, X: NDArray, j: int, by: object, upto: int) -> bool:
    moved = X.copy()
    moved[:, j - 1] += by
    return not np.allclose(forward(moved)[:, :upto], forward(X)[:, :upto])


def _leak(forward: Callable, X: NDArray, j: int) -> bool:
    return _moves(forward, X, j, 1 + np.arange(len(X)), j - 1)


def _heads(rng: np.random.Generator) -> tuple:
    """Draw queries, keys and frequencies."""
    pairs = int(rng.integers(2, 4))
    return *rng.normal(size=(2, 2 * pairs, 4)), frequencies(2 * pairs)


def _turned(A: NDArray, omega: NDArray) -> NDArray:
    """Turn each column by its own position, from 1 on."""
    return np.stack([rotation(omega, t) @ x for t, x in enumerate(A.T, start=1)], axis=1)


def _rotary(Q: NDArray, K: NDArray, omega: NDArray, way: float = 1, root: float = 0.5) -> NDArray:
    """Return the scores; with the ``way`` −1, the queries are turned the other way round."""
    return _turned(K, omega).T @ _turned(Q, way * omega) / len(Q) ** root


ONE, TWO, HALF, ROOT = np.pi / 6, np.pi / 3, 1 / 2, np.sqrt(3) / 2

EXERCISES: dict[str, Exercise | dict[str, Exercise]] = {
    "tb-count": counts(16, 4, 32),
    "tb-root": {
        "the divisor": Exercise(
            answer=np.sqrt(8),
            mistakes={
                "that is d, and the root of n; the root of d is asked for": 8.0,
                "a head has 8 of the 64 rows": 64.0,
            },
        ),
        "the variance": Exercise(
            answer=1.0,
            mistakes={
                "that is before the division": 8.0,
                "a variance is divided by the square of the divisor": np.sqrt(8),
            },
        ),
        "with the root of n": Exercise(
            answer=1 / 8,
            mistakes={
                "a variance is divided by the square of the divisor": 1.0,
                "the product has d terms, and its variance is d": 1 / 64,
            },
        ),
    },
    "tb-left": left(6),
    "tb-floor": floor(2),
    "tb-turn": {
        "the sine": Exercise(
            answer=HALF,
            mistakes={"that is the cosine": ROOT, "ω is an angle of 30°": np.sin(30)},
        ),
        "the cosine": Exercise(
            answer=ROOT,
            mistakes={"that is the sine": HALF, "ω is an angle of 30°": np.cos(30)},
        ),
        "the sine turned": Exercise(
            answer=1.0,
            mistakes={
                "so it is turned back; mind the sign": np.sin(ONE - TWO),
                "turn by two positions, not by one": np.sin(TWO),
            },
        ),
        "the cosine turned": Exercise(
            answer=0.0,
            mistakes={
                "so it is turned back; mind the sign": np.cos(ONE - TWO),
                "turn by two positions, not by one": np.cos(TWO),
            },
        ),
        "the product": Exercise(
            answer=HALF,
            mistakes={
                "the distance is 2 positions": ROOT,
                "add the product of the sines and that of the cosines": 0.0,
                "that is a position with itself": 1.0,
            },
        ),
    },
    "tb-back": Exercise(
        answer=_rows,
        inputs=_shift,
        mistakes={
            "so it asks k on, not k back": lambda P, omega, k: _rows(P, omega, k, way=1),
            "a pair is two rows that follow each other": _swapped,
            "each pair turns by its own frequency times k": _same_turn,
            "the columns are as they were": lambda P, omega, k: P,
            "turn by k positions, not by one": lambda P, omega, k: _rows(P, omega, 1),
        },
    ),
    "tb-future": Exercise(
        answer=_leak,
        inputs=_layer,
        mistakes={
            "column j itself may move; look only before it": lambda forward, X, j: _moves(
                forward, X, j, 1 + np.arange(len(X)), j
            ),
            "a layer norm does not feel a number that the whole column gets": (
                lambda forward, X, j: _moves(forward, X, j, 1, j - 1)
            ),
            "the other way round: say whether something changes": lambda forward, X, j: (
                not _leak(forward, X, j)
            ),
        },
    ),
    "tb-rotary": Exercise(
        answer=_rotary,
        inputs=_heads,
        mistakes={
            "divide by the root of d": lambda Q, K, omega: _rotary(Q, K, omega, root=0),
            "divide by the root of d, not by d": lambda Q, K, omega: _rotary(Q, K, omega, root=1),
            "both are turned the same way": lambda Q, K, omega: _rotary(Q, K, omega, way=-1),
            "the keys are turned as well": lambda Q, K, omega: (
                K.T @ _turned(Q, omega) / np.sqrt(len(Q))
            ),
            "nothing is turned": lambda Q, K, omega: K.T @ Q / np.sqrt(len(Q)),
            "row i is the key, column j the query": lambda Q, K, omega: _rotary(Q, K, omega).T,
        },
    ),
}
