"""The minutes that a chapter tells: of its sections, one sitting together, and of its exercises."""

import re


def glance(prose):
    """Return the section that tells what the chapter asks of its reader."""
    return prose.partition("## At a glance")[2].partition("\n## ")[0]


def told(prose):
    """Return the minutes of the sitting and of the exercises, as one sentence tells them."""
    time = r"\*\*Time:\*\* (\d+) minutes, and (\d+) minutes for the exercises\."
    return tuple(map(int, re.search(time, glance(prose)).groups()))


def sections(prose):
    """Return the minutes of each section, as a table tells them."""
    rows = re.findall(r"(?m)^\| ([^|]*?) *\| *(\d+) *\|$", glance(prose))
    return {section: int(minutes) for section, minutes in rows}


def practice(prose):
    """Return the minutes of all exercises."""
    return sum(int(minutes) for minutes in re.findall(r"\*\* · (\d+) minutes", prose))
