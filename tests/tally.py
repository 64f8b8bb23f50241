"""Count what the tests try, and tell the sums at the end of the run, on however many workers.

A test counts with the fixture ``tally``.  A worker's counts travel in its reports, and the process
that shows them adds them up.  With workers that process collects no test itself, so this is a
plugin of the project's first ``conftest.py``, which it reads too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from itertools import chain

import pytest


@pytest.fixture
def tally(record_property: Callable[[str, object], None]) -> Callable[..., None]:
    """Return ``tally(what, kind=number, …)``, which adds the numbers to those of other tests."""
    return lambda what, **numbers: record_property("tally", (what, numbers))


def sums(reports: Iterable[object]) -> dict[str, Counter]:
    """Return, for each thing that was counted, how many there were of each kind."""
    found: dict[str, Counter] = {}
    for report in reports:
        counted = getattr(report, "user_properties", ())
        for name, value in counted if getattr(report, "when", None) == "call" else ():
            if name == "tally":
                what, numbers = value
                found.setdefault(what, Counter()).update(numbers)
    return found


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell the sums, each on a line."""
    for what, count in sorted(sums(chain(*terminalreporter.stats.values())).items()):
        kinds = ", ".join(f"{number} {kind}" for kind, number in count.items())
        terminalreporter.write_line(f"{sum(count.values())} {what}: {kinds}".replace("_", " "))
