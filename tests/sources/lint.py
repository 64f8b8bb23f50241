"""What the lints share: how they fail, and cells to show that they can."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from manuscript import BOOK, Cell, Page
from nbformat import v4


def report(problems: Iterable[str], mend: str) -> None:
    """Fail with all problems, one a line, after the word on how to mend them."""
    if found := list(problems):
        pytest.fail("\n".join([mend, *found]), pytrace=False)


def sample(source: str, kind: str = "markdown", **metadata: object) -> Cell:
    """Return a cell of no page, for the test of a lint."""
    new = {"markdown": v4.new_markdown_cell, "code": v4.new_code_cell}[kind]
    return Cell(Page(BOOK / "sample.ipynb"), 1, new(source, metadata=metadata))
