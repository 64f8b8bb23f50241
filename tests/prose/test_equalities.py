"""Equalities between numbers alone: where a page prints ``=``, both sides are the same number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

import pytest
from manuscript import Page, formulas, pages

from utils.notation import NotationError, evaluate

NUMBERS = re.compile(r"(?:[\d\s.+/()^{}&-]|\\(?:cdot|sqrt|t?frac|,))+")


def number(text: str) -> float | None:
    """Return what a formula of numbers alone is worth, or None if it is none."""
    if not NUMBERS.fullmatch(text) or not re.search(r"\d", text):
        return None
    try:
        return float(evaluate(text.replace("&", "").strip()))
    except NotationError:
        return None


def rounded_but_called_equal(formula: str) -> Iterator[str]:
    """Name the equalities of a formula whose sides differ: they should have ``≈``."""
    for line in formula.split(r"\\"):
        for piece in re.split(r"\\(?:approx|le|ge)(?![a-z])|[<>]|,(?!\d)", line):
            for left, right in pairwise(map(number, piece.split("="))):
                if None not in (left, right) and abs(left - right) > 1e-9 * abs(left):
                    yield line.strip()


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.path.stem)
def test_equal_is_equal(page: Page):
    assert [
        wrong
        for cell in page.of_kind("markdown")
        for formula in formulas(cell)
        for wrong in rounded_but_called_equal(formula)
    ] == []


def test_a_rounded_equality_is_seen():
    (wrong,) = rounded_but_called_equal(r"a = 1.5 / \sqrt{2} = 1.06")
    assert wrong == r"a = 1.5 / \sqrt{2} = 1.06"
    assert not list(rounded_but_called_equal(r"1 / 3 \approx 0.33"))
    assert not list(rounded_but_called_equal(r"0.5 \cdot 0.5 = 0.25"))
