"""What the operations mean for numbers, columns and matrices: shapes fit or raise.

The entries may be floats, complex numbers or SymPy's expressions.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy as sp

#: "printed = implemented" holds when no entry differs by more than this share of the largest one.
TOLERANCE = 1e-12


class ShapeError(ValueError):
    """The shapes in a formula do not fit."""


def plain(value: Any) -> Any:
    """Return a value as the evaluation holds it: a number, an array, or a function."""
    if isinstance(value, sp.MatrixBase):
        return np.array(value.tolist(), dtype=object)
    return value[()] if isinstance(value, np.ndarray) and value.ndim == 0 else value


def is_number(value: Any) -> bool:
    """Whether a value is a number: of one entry, whatever its shape."""
    if callable(value) and not isinstance(value, sp.Basic):
        raise ShapeError("a function stands without its argument")
    return np.size(value) == 1


def number(value: Any, what: str = "a number") -> Any:
    """Return the number that a value is; raise if it is more than one."""
    if not is_number(value):
        raise ShapeError(f"{what} of shape {np.shape(value)}, expected a number")
    return value.item() if isinstance(value, np.ndarray) else value


def column(value: Any) -> np.ndarray:
    """Return a value as a matrix; what has one dimension is a column."""
    value = np.asarray(value)
    return value.reshape(-1, 1) if value.ndim < 2 else value


def is_whole(value: Any) -> bool:
    """Whether a value is a whole number."""
    if isinstance(value, sp.Basic):
        return bool(value.is_Integer)
    return np.ndim(value) == 0 and np.isrealobj(value) and float(value).is_integer()


def add(a: Any, b: Any) -> Any:
    """Return a + b: equal shapes, or a number and anything, or a column for every column."""
    if is_number(a) or is_number(b):
        a, b = (number(x) if is_number(x) else x for x in (a, b))
        return a + b
    if np.shape(a) == np.shape(b):
        return a + b
    left, right = column(a), column(b)
    if len(left) != len(right) or (
        left.shape != right.shape and 1 not in (left.shape[1], right.shape[1])
    ):
        raise ShapeError(f"{np.shape(a)} and {np.shape(b)} do not add")
    return left + right


def multiply(a: Any, b: Any) -> Any:
    """Return a b: a number times anything, or the product of two matrices."""
    if is_number(a) or is_number(b):
        a, b = (number(x) if is_number(x) else x for x in (a, b))
        return a * b
    left, right = column(a), column(b)
    if left.shape[1] != right.shape[0]:
        raise ShapeError(f"{np.shape(a)} and {np.shape(b)} do not multiply")
    product = left @ right
    if product.size == 1:
        return product.item()
    return product[:, 0] if np.ndim(b) == 1 and product.shape[1] == 1 else product


def entrywise(a: Any, b: Any) -> Any:
    """Return a ⊙ b, of two arrays of one shape."""
    if column(a).shape != column(b).shape:
        raise ShapeError(f"{np.shape(a)} and {np.shape(b)} are not of one shape")
    return a * b if np.shape(a) == np.shape(b) else column(a) * column(b)


def dot(a: Any, b: Any) -> Any:
    """Return a · b: of two columns the sum of their products entry by entry, else of numbers."""
    if is_number(a) and is_number(b):
        return number(a) * number(b)
    if column(a).shape[1] != 1:
        raise ShapeError(f"a dot product of {np.shape(a)}, expected columns")
    return np.sum(entrywise(a, b))


def times(a: Any, b: Any) -> Any:
    """Return a × b, of numbers."""
    return number(a) * number(b)


def divide(a: Any, b: Any) -> Any:
    """Return a / b: anything divided by a number."""
    return multiply(a, 1 / (number(b, "a divisor") * 1))


def power(base: Any, exponent: Any) -> Any:
    """Return a number to a power, or a square matrix multiplied with itself (inverted if < 0)."""
    exponent = number(exponent, "an exponent")
    if is_number(base):
        return number(base) ** exponent
    if np.ndim(base) != 2 or base.shape[0] != base.shape[1] or not is_whole(exponent):
        raise ShapeError(f"power {exponent} of an array of shape {np.shape(base)}")
    if base.dtype == object:
        return plain(sp.Matrix(base) ** exponent)
    return np.linalg.matrix_power(base, int(exponent))


def transpose(a: Any) -> Any:
    """Return an array with its rows as columns; a number is its own transpose."""
    return a if is_number(a) else column(a).T


def close(a: Any, b: Any, tolerance: float = TOLERANCE) -> bool:
    """Whether two values have one shape and agree, relative to their largest entry."""
    if is_number(a) and is_number(b):
        a, b = number(a), number(b)
    a, b = 1 * column(a), 1 * column(b)  # a truth value is 0 or 1
    if a.shape != b.shape or not np.all(np.isfinite(a) & np.isfinite(b)):
        return np.array_equal(a, b)
    size = max(np.max(np.abs(a), initial=0), np.max(np.abs(b), initial=0))
    return bool(np.all(np.abs(a - b) <= tolerance * size))


def below(a: Any, b: Any) -> bool:
    """Whether a < b by more than rounding."""
    a, b = number(a), number(b)
    return bool(a < b and not close(a, b))


def definite(a: Any, b: Any) -> bool:
    """Whether the matrix a, less the number b, is symmetric and positive definite."""
    return bool(close(a, transpose(a)) and np.all(np.linalg.eigvalsh(a) > b))
