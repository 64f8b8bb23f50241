"""How pytest runs the book's notebooks: with nbval, every output compared, in the committed form.

The tests' own settings are in ``tests/conftest.py``; the options for nbval in ``pyproject.toml``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from unittest import mock

import pytest
from again import again
from contract.sample import sample
from executed import compared_without_recordings, passed
from machine import settle
from nbval.plugin import IPyNbCell

settle()

pytest_plugins = ["tally"]

NOTEBOOKS = sorted((Path(__file__).parent / "book").glob("*.ipynb"))


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what may be chosen."""
    parser.getgroup("Neural Networks, Derived").addoption(
        "--again",
        choices=("sample", "all"),
        default="sample",
        help="which notebooks run again after they have run: one, by the commit, or all",
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    """Start a notebook's kernel in the mode in which the site shows it."""
    with mock.patch.dict(os.environ, {"NND_EXPLORE": "record"} if _is_cell(item) else {}):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Compare what a cell answers with what is stored, and keep it for the site."""
    if not _is_cell(item):
        return (yield)
    with compared_without_recordings(item):
        result = yield
    if type(item) is IPyNbCell:  # and not one that runs again
        passed(item)
    return result


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the notebooks out of the fast tests, and keep each on one worker, with its kernel.

    Some run again in that kernel, when all their cells have run.
    """
    chosen = sample(NOTEBOOKS, 1, "again")
    if config.getoption("again") == "all":
        chosen = NOTEBOOKS
    collected, items[:] = list(items), []
    for path, group in groupby(collected, lambda item: item.path):
        tests = list(group)
        if path in chosen:
            tests += again(filter(_is_cell, tests))
        items += tests
    for cell in filter(_is_cell, items):
        cell.add_marker("slow")
        cell.add_marker(pytest.mark.xdist_group(cell.path.name))


def _is_cell(item: pytest.Item) -> bool:
    return isinstance(item, IPyNbCell)
