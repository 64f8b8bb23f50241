"""The labeled equations of the book, as they are printed, and what its cells compare with them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache

from manuscript import Equation, book_pages, notebooks


def equations() -> list[Equation]:
    """Return every labeled equation of the book, page by page."""
    return [equation for page in book_pages() for equation in page.equations]


@cache
def labels() -> dict[str, str]:
    """Return the LaTeX that each label of the book stands for."""
    return {equation.label: equation.latex for equation in equations()}


def shown_agreements() -> list[tuple[str, str]]:
    """Return the page and the formula of each ``agrees(…, r"formula")`` in a chapter's cells."""
    return [
        (page.name, formula)
        for page in notebooks()
        for cell in page.of_kind("code")
        for formula in _formulas(ast.parse(cell.python))
    ]


def _formulas(cell: ast.Module) -> Iterator[str]:
    """Return the formulas that a cell compares with; each is written out in that cell."""
    texts = {
        node.targets[0].id: node.value.value
        for node in ast.walk(cell)
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(cell):
        if isinstance(node, ast.Call) and getattr(node.func, "id", None) == "agrees":
            formula = node.args[1]
            yield texts[formula.id] if isinstance(formula, ast.Name) else ast.literal_eval(formula)
