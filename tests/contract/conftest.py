"""Choose which equations and functions errors are made in."""

from __future__ import annotations

from pathlib import Path

import pytest

from contract import tie
from contract.sample import sample

SAMPLE = 100  # equations and functions, so that the tests take no longer as the book grows


def pytest_configure(config: pytest.Config) -> None:
    """Hold an equation on fewer draws in the quick tests."""
    if "not slow" in config.option.markexpr:
        tie.DRAWS = 4


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave the slow module out unread: to name the functions it tries, it runs every tie."""
    slow = collection_path.name == "test_mutations.py" and "not slow" in config.option.markexpr
    return slow or None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave a sample of those that make errors, unless all are asked for."""
    if config.getoption("--mutations") == "all":
        return
    mutating = [item for item in items if item.name.startswith(("test_misprints", "test_miscodes"))]
    kept = set(sample(mutating, SAMPLE, "tests"))
    left_out = {item for item in mutating if item not in kept}
    config.hook.pytest_deselected(items=list(left_out))
    items[:] = [item for item in items if item not in left_out]
