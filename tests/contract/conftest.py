"""Tell at the end how many of the errors made were caught."""

from __future__ import annotations

from collections import Counter


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
