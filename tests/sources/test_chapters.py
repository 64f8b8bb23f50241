"""What every chapter promises a reader: objectives, minutes, exercises with hints and solutions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import pytest
from lint import report, sample
from manuscript import BOOK, Cell, Page, chapters, contents, tokens

EACH_CHAPTER = pytest.mark.parametrize("page", chapters(), ids=lambda page: page.name)

#: The three levels of exercises, each by the words that name it.
LEVELS = (("recall", "predict"), ("derive", "implement"), ("extend",))

MINUTES = r"\d+ min(?:utes)?\b"


@dataclass
class Section:
    """A heading with the cells, or parts of cells, down to the next one of its level or above."""

    level: int
    title: str
    place: str
    text: str = ""
    tags: set[str] = field(default_factory=set)


def sections(cells: list[Cell]) -> list[Section]:
    """Return the sections of a page; a section's text includes its subsections."""
    found: list[Section] = []
    opened: list[Section] = []
    for cell in cells:
        headings = {}
        if cell.node.cell_type == "markdown":
            blocks = list(tokens(cell))
            for (line, block), (_, content) in pairwise(blocks):
                if block.type == "heading_open":
                    headings[line] = Section(int(block.tag[1]), content.content, cell.at(line))
        else:
            for section in opened:
                section.tags |= cell.tags
        for number, line in enumerate(cell.node.source.split("\n"), start=1):
            if new := headings.get(number):
                opened = [*(section for section in opened if section.level < new.level), new]
                found.append(new)
            for section in opened:
                section.text += f"{line}\n"
    return found


def named(cells: list[Cell], title: str) -> list[Section]:
    """Return the sections of that title."""
    return [section for section in sections(cells) if section.title.lower() == title.lower()]


def test_the_contents_file_names_every_page():
    """Each page is in the contents file once, and each name there is a page."""
    names = contents()
    assert len(names) == len(set(names))
    assert set(names) == {path.stem for path in BOOK.iterdir() if path.suffix in {".md", ".ipynb"}}
    assert chapters(), "the book has no chapters"


@pytest.mark.parametrize("name", contents())
def test_headings_go_down_one_level_at_a_time(name: str):
    """One title a page, and no level skipped: a screen reader's table of contents."""
    page = Page(next(BOOK.glob(f"{name}.*")))
    found = sections(page.cells)
    assert [section.title for section in found if section.level == 1] == [found[0].title]
    report(
        (
            f"{after.place}: {after.title!r} jumps from level {before.level} to {after.level}"
            for before, after in pairwise(found)
            if after.level > before.level + 1
        ),
        "Put in the missing heading, or raise this one:",
    )


# --- At a glance. -------------------------------------------------------------------------------


def lacks(cells: list[Cell]) -> Iterator[str]:
    """Name what the beginning and the end of a chapter lack."""
    seen = [cell for cell in cells if "remove-cell" not in cell.tags]
    if not re.match(r"# \S.*\n+[^\s#].*[.!?]$", seen[0].node.source.strip()):
        yield "the first cell is to be the title, and one sentence on what the reader will can do"
    glance = "".join(section.text for section in named(cells, "At a glance"))
    if not 3 <= len(re.findall(r"(?m)^[-*] |^\d+\. ", glance)) <= 5:
        yield "`## At a glance` is to have three to five objectives, as a list"
    if not re.search(MINUTES, glance):
        yield "`## At a glance` is to say how many minutes the chapter takes"
    for title in ("Exercises", "Summary"):
        if not named(cells, title):
            yield f"there is no section `## {title}`"


@EACH_CHAPTER
def test_it_says_what_for_and_how_long(page: Page):
    """Title, objectives, minutes, exercises, summary."""
    report((f"{page.name}: {lack}" for lack in lacks(page.cells)), "Add what is missing:")


def test_what_lacks_is_seen():
    """A chapter that has it all, and one that has nothing."""
    whole = (
        "# Descent\n\nYou will descend.",
        "## At a glance\n\n- derive\n- see\n- choose\n\nTime: 40 minutes.",
        "## Exercises",
        "## Summary",
    )
    assert not list(lacks([sample(text) for text in whole]))
    assert len(list(lacks([sample("# Descent")]))) == 5


# --- Exercises. ---------------------------------------------------------------------------------


def exercises(cells: list[Cell]) -> list[Section]:
    """Return the exercises: the subsections of the section of that name."""
    found = sections(cells)
    starts = [n for n, section in enumerate(found) if section.title.lower() == "exercises"]
    return [
        section
        for start in starts
        for section in found[start + 1 :]
        if section.level == found[start].level + 1 and section.text in found[start].text
    ]


def level(exercise: Section) -> int | None:
    """Return which of the three levels an exercise says it has."""
    for number, names in enumerate(LEVELS):
        if re.search(rf"\b({'|'.join(names)})\b[^\n]*{MINUTES}", exercise.text, re.I):
            return number
    return None


def unfair(exercise: Section) -> Iterator[str]:
    """Name what a student misses in an exercise."""
    if level(exercise) is None:
        yield "no line with its level (recall, predict; derive, implement; extend) and its minutes"
    if "<summary>Hint" not in exercise.text:
        yield "no hint: <details><summary>Hint</summary> ... </details>"
    if "<summary>Solution" not in exercise.text and "hide-cell" not in exercise.tags:
        yield "no solution: <details><summary>Solution</summary>, or code tagged `hide-cell`"


@EACH_CHAPTER
def test_its_exercises_are_fair(page: Page):
    """Each has its level, its time, a hint and a solution; the three levels all occur."""
    found = exercises(page.cells)
    report(
        (
            f"{exercise.place}: {exercise.title!r}: {lack}"
            for exercise in found
            for lack in unfair(exercise)
        ),
        "Add what is missing:",
    )
    assert {level(exercise) for exercise in found} == {0, 1, 2}, "not all three levels occur"


def test_an_unfair_exercise_is_seen():
    """The first has all, the second nothing; what comes after the exercises is none."""
    cells = [
        sample("## Exercises\n\n### Sign\n\nPredict · 5 minutes\n\n<summary>Hint</summary>"),
        sample("-0.0106", "code", tags=["hide-cell"]),
        sample("### Factor\n\nDerive it.\n\n## Summary\n\n### Equations"),
    ]
    fair, missing = exercises(cells)
    assert (level(fair), list(unfair(fair))) == (0, [])
    assert len(list(unfair(missing))) == 3
