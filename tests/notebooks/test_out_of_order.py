"""A cell that is run before those above it works, or names what it misses, and never worse.

A reader opens a chapter in the middle and runs the cell under their eyes.  Then they must be told
which name is missing, and that name must stand in a cell further up.  (How cells fare when all have
run is in ``again``.)
"""

from __future__ import annotations

import contextlib
import io
import symtable
from collections.abc import Iterator

import matplotlib.pyplot as plt
import pytest
from IPython.core.inputtransformer2 import TransformerManager
from IPython.display import display
from manuscript import BOOK, Page, notebooks, page

pytestmark = pytest.mark.slow


def sources(page: Page) -> list[str]:
    """Return the code cells of a notebook, as Python that does what IPython's signs ask for."""
    to_python = TransformerManager().transform_cell
    return [to_python(cell.node.source) for cell in page.of_kind("code")]


def binds(source: str) -> set[str]:
    """Return the names that a cell gives to something."""
    table = symtable.symtable(source, "cell", "exec")
    return {
        symbol.get_name()
        for symbol in table.get_symbols()
        if symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace()
    }


def obscure(cells: list[str]) -> Iterator[str]:
    """Name the cells that, run first of all, raise something else than the name that they miss."""
    above: set[str] = set()
    for number, source in enumerate(cells):
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                exec(compile(source, f"cell {number}", "exec"), {"display": display})
        except NameError as error:
            if error.name not in above:
                yield f"cell {number} misses {error.name!r}, which no cell above it has"
        except Exception as error:
            yield f"cell {number}: {type(error).__name__}: {error}"
        above |= binds(source)


@pytest.mark.parametrize("page", notebooks(), ids=lambda page: page.path.stem)
def test_a_cell_run_first_works_or_names_what_it_misses(
    page: Page, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("NND_EXPLORE", "picture")
    monkeypatch.chdir(BOOK)
    with plt.rc_context():
        problems = list(obscure(sources(page)))
    plt.close("all")
    assert problems == []


def test_what_is_obscure_is_seen():
    """A name from below, a built-in name of the same letters, and a wrong kind of thing."""
    cells = ["total = sum + 1", "print(later)", "later = [2]", "len(3)", "print(later)"]
    assert len(list(obscure(cells))) == 3


def test_the_help_page_says_what_to_do():
    """In one line, where a reader looks for it."""
    (line,) = [line for line in page("using").text.splitlines() if "`NameError`" in line]
    assert "cells above" in line
