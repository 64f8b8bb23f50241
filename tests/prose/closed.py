"""Equalities between numbers alone: where a page prints ``=``, both sides are the same number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from utils.notation import NotationError, evaluate

FORMULA = re.compile(r"\$\$([^$]+)\$\$|\$([^$]+)\$")
NUMBERS = re.compile(r"(?:[\d\s.+/()^{}&-]|\\(?:cdot|sqrt|t?frac|,))+")


def number(text: str) -> float | None:
    """Return what a formula of numbers alone is worth, or None if it is none."""
    if not NUMBERS.fullmatch(text) or not re.search(r"\d", text):
        return None
    try:
        return float(evaluate(text.replace("&", "").strip()))
    except NotationError:
        return None


def rounded_but_called_equal(prose: str) -> Iterator[str]:
    """Name the equalities whose sides differ: they should have ``≈``."""
    for formula in FORMULA.finditer(prose):
        for line in (formula[1] or formula[2]).split(r"\\"):
            for piece in re.split(r"\\(?:approx|le|ge)(?![a-z])|[<>]|,(?!\d)", line):
                for left, right in pairwise(map(number, piece.split("="))):
                    if None not in (left, right) and abs(left - right) > 1e-9 * abs(left):
                        yield line.strip()
