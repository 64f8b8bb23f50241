"""How pytest runs the book's notebooks: with nbval, every output compared, in the committed form.

The tests' own settings are in ``tests/conftest.py``; the options for nbval in ``pyproject.toml``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from unittest import mock

import pytest
from nbval.plugin import IPyNbCell


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    """Start a notebook's kernel in the mode in which its outputs were stored."""
    with mock.patch.dict(os.environ, {"NND_EXPLORE": "picture"} if _is_cell(item) else {}):
        return (yield)


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave the notebooks out of the fast tests, and keep each on one worker, with its kernel."""
    for cell in filter(_is_cell, items):
        cell.add_marker("slow")
        cell.add_marker(pytest.mark.xdist_group(cell.path.name))


def _is_cell(item: pytest.Item) -> bool:
    return isinstance(item, IPyNbCell)
