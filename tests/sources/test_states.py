"""Links to an explorable in a state: the figure, the control and its stop are there, exactly.

On the page a value between two stops would be taken for the nearest one, without a word.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from html import unescape
from urllib.parse import parse_qsl

import pytest
from lint import report, sample
from manuscript import Cell, Page, book_pages, notebooks

from utils import explore


def explorables(cell: Cell) -> Iterator[tuple[str, dict[str, tuple[str, ...]]]]:
    """Return the name of a cell's explorable, and what each stop of its controls is called."""
    names: dict[str, object] = {maker: getattr(explore, maker) for maker in explore.__all__}
    for node in ast.parse(cell.node.source).body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict):
            with suppress(ValueError):  # not a table of numbers
                names[ast.unparse(node.targets[0])] = ast.literal_eval(node.value)
        call = getattr(node, "value", None)
        if isinstance(call, ast.Call) and getattr(call.func, "id", None) == "explore":
            keywords = {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}
            controls = keywords.keys() - inspect.signature(explore.explore).parameters.keys()
            yield (
                ast.literal_eval(keywords["name"]),
                {of: eval(keywords[of], names).words for of in controls},
            )


@cache
def all_explorables() -> dict[str, dict[str, tuple[str, ...]]]:
    """Return every explorable of the book."""
    return {
        name: controls
        for page in notebooks()
        for cell in page.of_kind("code")
        for name, controls in explorables(cell)
    }


def states(cell: Cell) -> Iterator[tuple[str, str, str, str]]:
    """Return the links of a cell to a state: where, figure, control, value."""
    for number, line in enumerate(cell.node.source.split("\n"), start=1):
        for name, query in re.findall(r"#([\w-]+)\?([^\"`\s]+)", line):
            for control, value in parse_qsl(unescape(query), keep_blank_values=True):
                yield cell.at(number), name, control, value


def lost(cell: Cell) -> Iterator[str]:
    """Name the links of a cell to states that are not there."""
    for place, name, control, value in states(cell):
        words = all_explorables().get(name, {}).get(control, ())
        if value not in {word.replace("−", "-") for word in words}:
            yield f"{place}: {name}, {control}={value}; the stops are {', '.join(words) or 'none'}"


@pytest.mark.parametrize("page", book_pages(), ids=lambda page: page.name)
def test_every_state_that_is_linked_is_a_stop(page: Page):
    """Figure, control, and value."""
    report(
        (problem for cell in page.of_kind("markdown") for problem in lost(cell)),
        "Name a figure, a control and one of its stops:",
    )


def test_lost_states_are_seen():
    """No such figure, no such control, no such stop."""
    links = "[](#no?a=1) `#valley?pace=1.02` `#valley?learning_rate=1.021`"
    assert len(list(lost(sample(links)))) == 3
    assert not list(lost(sample("`#valley?learning_rate=1.02`")))


def test_the_chapters_link_to_states():
    """What the book praises it does: every explorable of a chapter is linked to in some state."""
    linked = {
        name
        for page in book_pages()
        for cell in page.of_kind("markdown")
        for _, name, _, _ in states(cell)
    }
    assert set(all_explorables()) <= linked
