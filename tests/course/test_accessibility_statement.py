"""The statement on accessibility claims what a test proves, and names the test."""

from __future__ import annotations

import ast
import re

import pytest
from contract.sample import CHANGED, FEW

from course.commands import ROOT

STATEMENT = (ROOT / "course" / "accessibility.md").read_text(encoding="utf-8")
TESTED, NOT_TESTED = re.findall(r"(?s)## What is (?:not )?tested\n\n(.*?)\n\n(?=##)", STATEMENT)
SOME = "pytest.mark.some_chapters"
CLAIMS = re.findall(r"(?m)^- .*$", TESTED)
NAMED = re.findall(r"\(`(site/test_\w+\.py)`: `(test_\w+)`\)", TESTED)


def source(name: str) -> str:
    return (ROOT / "tests" / name).read_text(encoding="utf-8")


def marks_of(path: str, name: str) -> str:
    """Return the decorators of a test, a line each."""
    (found,) = (
        each
        for each in ast.parse(source(path)).body
        if isinstance(each, ast.FunctionDef) and each.name == name
    )
    return "\n".join(map(ast.unparse, found.decorator_list))


def test_each_claim_names_a_test():
    assert CLAIMS
    assert [claim for claim in CLAIMS if not re.search(r"\(`[^`]+`: `test_\w+`\)\.$", claim)] == []
    assert TESTED.count("`: `") == len(NAMED)


@pytest.mark.parametrize(("path", "name"), NAMED)
def test_the_test_is_there_and_runs(path: str, name: str):
    marks = marks_of(path, name)
    assert "skip" not in marks
    assert "xfail" not in marks


def test_its_numbers_are_those_of_the_tests():
    phone, axe = source("site/test_phone.py"), source("site/test_accessibility.py")
    widths = re.search(r"(?m)^WINDOWS = (.*)$", phone)[1]
    (narrow, letters), (other, more), *_ = ast.literal_eval(widths).items()
    assert f"At widths of {narrow} and {other} pixels" in TESTED
    assert letters == more
    assert f"letters up to {max(letters) * 100 // min(letters)} %" in TESTED
    (least,) = set(re.findall(r"r\.(?:width|height) < (\d+)", phone))
    assert f"is {least} pixels wide and high or more" in TESTED
    rules = ast.literal_eval(re.search(r"(?m)^EVERYTHING = (.*)$", axe)[1])
    assert {"wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"} <= set(rules)
    assert 'look_at_colors(page, "light", "dark")' in axe


def of_some_chapters(path: str, name: str) -> bool:
    """Say whether a test tries some chapters only, each time."""
    marks, of_all = marks_of(path, name), f"\npytestmark = {SOME}\n" in source(path)
    return SOME in marks or (of_all and "EACH_KIND" not in marks)


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim[2:40])
def test_it_says_where_some_chapters_are_tried(claim: str):
    assert (FEW, CHANGED) == (2, 4)
    assert (
        'Where it says "every page", that is two chapters, others after each change, '
        "up to four that the change is in" in TESTED
    )
    some = [of_some_chapters(*each) for each in NAMED if f"`{each[1]}`" in claim]
    assert ("very page" in claim) == any(some)


def test_what_the_course_hands_out_is_not_claimed():
    """No test with axe opens what the course makes; once one does, this page may say so."""
    tests = "\n".join(path.read_text("utf-8") for path in (ROOT / "tests/course").glob("test_*.py"))
    assert "axe_playwright" + "_python" not in tests
    assert "The students' notebooks, the pages of feedback" in NOT_TESTED


def test_the_first_hour_links_to_it():
    page = (ROOT / "course" / "README.md").read_text(encoding="utf-8")
    assert "](accessibility.md)" in page
