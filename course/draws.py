"""How the numbers of a question are drawn: few digits, never 0, so that they can be typed in."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

#: What draws a number, or an array of numbers.
Draw = Callable[[np.random.Generator], object]


def numbers(*shape: int, largest: float = 2.0) -> Draw:
    """Draw numbers of either sign with one digit after the point."""

    def draw(rng: np.random.Generator) -> object:
        tenths = rng.integers(1, round(10 * largest), size=shape, endpoint=True)
        drawn = np.round(rng.choice([-1, 1], size=shape) * tenths / 10, 1)
        return drawn if shape else float(drawn)

    return draw


def positive(*shape: int, largest: float = 2.0) -> Draw:
    """Draw numbers above 0 with one digit after the point."""
    return lambda rng: np.abs(numbers(*shape, largest=largest)(rng))


def between(low: float, high: float, digits: int = 2) -> Draw:
    """Draw a number with so many digits after the point."""
    return lambda rng: round(float(rng.uniform(low, high)), digits)


def count(low: int, high: int) -> Draw:
    """Draw a whole number, both ends included."""
    return lambda rng: int(rng.integers(low, high, endpoint=True))


def one_of(*values: object) -> Draw:
    """Draw one of some values."""
    return lambda rng: values[rng.integers(len(values))]


def labels(m: int) -> Draw:
    """Draw labels 0 and 1, both of them at least once."""
    return lambda rng: rng.permutation([0, 1, *rng.integers(2, size=m - 2)])


def one_hot(classes: int, *examples: int) -> Draw:
    """Draw targets with a 1 for the true class: a vector, or a column for each example."""
    return lambda rng: np.eye(classes, dtype=int)[:, rng.integers(classes, size=examples)]


def rising(length: int) -> Draw:
    """Draw places that rise, not evenly spaced."""
    return lambda rng: np.round(np.cumsum(rng.permutation(np.arange(2, length + 2))) / 10, 1)


def shares(length: int, *columns: int) -> Draw:
    """Draw shares that add up to 1, down each column."""

    def draw(rng: np.random.Generator) -> np.ndarray:
        cuts = 1 + rng.multinomial(20 - length, np.ones(length) / length, size=columns)
        return np.round(np.moveaxis(cuts, -1, 0) / 20, 2)

    return draw


def with_ones(m: int) -> Draw:
    """Draw a feature of m examples, each another number, below a row of ones."""
    return lambda rng: np.stack([np.ones(m), rng.permutation(np.arange(-20, 21))[:m] / 10])


def bowl(size: int) -> Draw:
    """Draw a symmetric matrix whose eigenvalues are positive: each row's diagonal outweighs it."""

    def draw(rng: np.random.Generator) -> np.ndarray:
        beside = np.tril(numbers(size, size, largest=0.9)(rng), -1)
        return np.round(beside + beside.T + np.diag(size + positive(size)(rng)), 1)

    return draw
