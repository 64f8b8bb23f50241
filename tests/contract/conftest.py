"""Choose which equations and functions errors are made in; tell at the end how many were caught."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from contract.sample import sample

SAMPLE = 200  # equations and functions, so that the tests take no longer as the book grows


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


def pytest_terminal_summary(terminalreporter) -> None:
    counts: dict[str, Counter] = {}
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, value in getattr(report, "user_properties", ()):
                if name == "mutants" and report.when == "call":
                    kind, *numbers = value
                    tally = zip(("made", "caught", "equal", "missed"), numbers, strict=True)
                    counts.setdefault(kind, Counter()).update(dict(tally))
    for kind, count in sorted(counts.items()):
        terminalreporter.write_line(
            f"{count['made']} errors made in {kind}: {count['caught']} caught, "
            f"{count['equal']} proved to change nothing, {count['missed']} missed"
        )
