"""What no program checks has a rubric, and a rubric adds up."""

from __future__ import annotations

import re
import tomllib

import pytest
from manuscript import Page, chapters

from course.commands import ROOT

RUBRICS = tomllib.loads((ROOT / "course" / "rubrics.toml").read_text(encoding="utf-8"))


def unchecked(page: Page) -> set[str]:
    """Return the titles of the exercises of a chapter that end without a check."""
    found: dict[str, bool] = {}
    title = ""
    for cell in page.cells:
        if cell.node.cell_type == "code":
            found[title] = found.get(title, False) or "check(" in cell.node.source
        for heading in re.findall(r"(?m)^#{2,3} .*$", _said(cell.node)):
            numbered = re.fullmatch(r"### \d+\. (.*)", heading)
            title = numbered[1] if numbered else ""
            found.setdefault(title, False)
    return {title for title, checked in found.items() if title and not checked}


def _said(node) -> str:
    return node.source if node.cell_type == "markdown" else ""


@pytest.mark.parametrize("page", chapters(), ids=lambda page: page.path.stem)
def test_an_exercise_on_paper_has_a_rubric(page: Page):
    assert unchecked(page) == set(RUBRICS.get(page.path.stem, {}))


@pytest.mark.parametrize(
    ("chapter", "title"), [(name, title) for name, rubrics in RUBRICS.items() for title in rubrics]
)
def test_a_rubric_is_three_or_four_lines_with_points(chapter: str, title: str):
    lines = RUBRICS[chapter][title]
    assert 3 <= len(lines) <= 4
    assert all(re.match(r"(1 point|2 points): \S.*\.$", line) for line in lines)
