"""A syllabus has what its chapters need before them, and the minutes that the book reckons."""

from __future__ import annotations

import re
import tomllib
import xml.etree.ElementTree as ET
from itertools import chain
from pathlib import Path

import pytest

from course.chapters import direct, needs, picture, title, weeks
from course.commands import ROOT

SYLLABI = sorted((ROOT / "course" / "syllabi").glob("*.toml"))
ALL = pytest.mark.parametrize("path", SYLLABI, ids=lambda path: path.stem)
IN_WORDS = {"twelve": 12, "six": 6}


def read(path: Path) -> dict:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def minutes() -> dict[str, int]:
    """Return what the book says a chapter takes to read and to practice."""
    page = (ROOT / "book" / "teaching.md").read_text(encoding="utf-8")
    rows = re.findall(r"(?m)^\| \[\]\(([\w-]+)\.ipynb\) \|.*\| (\d+) \| (\d+) \|$", page)
    return {name: int(reading) + int(practice) for name, reading, practice in rows}


@ALL
def test_a_chapter_comes_after_all_that_it_needs(path: Path):
    """Or what it needs is cut, and said in class."""
    syllabus = read(path)
    seen = set(chain.from_iterable(weeks(syllabus["after"]))) if "after" in syllabus else set()
    for week in syllabus["week"]:
        for name in week["chapters"]:
            assert set(needs()[name]) - seen <= set(syllabus.get("cut", {})), name
            seen.add(name)


@ALL
def test_what_is_not_taught_is_named(path: Path):
    syllabus = read(path)
    taught = list(chain.from_iterable(week["chapters"] for week in syllabus["week"]))
    assert len(set(taught)) == len(taught)
    if cut := set(syllabus.get("cut", {})):
        assert not cut & set(taught)
        assert cut | set(taught) <= set(needs())


@ALL
def test_a_week_takes_the_minutes_that_it_says(path: Path):
    syllabus = read(path)
    assert len(syllabus["week"]) == IN_WORDS[path.stem.split("-")[0]]
    for number, week in enumerate(syllabus["week"], start=1):
        assert week["minutes"] == sum(minutes()[name] for name in week["chapters"]), number
        assert len(week["chapters"]) + ("besides" in week) <= syllabus["classes"], number


def test_both_long_syllabi_together_teach_the_whole_book():
    taught = [*chain(*weeks("twelve-weeks")), *chain(*weeks("six-weeks-of-part-two"))]
    assert taught == list(needs())


def test_the_picture_shows_each_chapter_and_what_it_needs():
    drawn = ET.fromstring(picture())
    svg = "{http://www.w3.org/2000/svg}"
    boxes = {box.text: box for box in drawn.iter(f"{svg}text")}
    assert set(boxes) == set(map(title, needs()))
    assert len(list(drawn.iter(f"{svg}path"))) == sum(len(direct(name)) for name in needs())
    for name in needs():  # from left to right
        for one in direct(name):
            assert float(boxes[title(one)].get("x")) < float(boxes[title(name)].get("x"))


def test_a_chapter_needs_none_that_comes_later():
    names = list(needs())
    assert all(names.index(one) < names.index(name) for name in names for one in needs()[name])
