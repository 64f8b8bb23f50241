"""The minutes that a chapter tells: of its sections, in sittings, and of its exercises."""

import re


def glance(prose):
    """Return the section that tells what the chapter asks of its reader."""
    return prose.partition("## At a glance")[2].partition("\n## ")[0]


def two_sittings(prose):
    """Return the minutes of two sittings, whose sections stand side by side in a table."""
    rows = re.findall(r"(?m)^\|[^|]*\| *(\d*) *\|[^|]*\| *(\d*) *\|$", glance(prose))
    return [sum(int(minutes or 0) for minutes in column) for column in zip(*rows, strict=True)]


def practice(prose):
    """Return the minutes of all exercises."""
    return sum(int(minutes) for minutes in re.findall(r"\*\* · (\d+) minutes", prose))
