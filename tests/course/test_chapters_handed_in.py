"""A chapter is a week of its exercises, without a solution in it, and graded as a week is."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import zipfile
from collections import Counter
from pathlib import Path

import nbformat
import pytest
from manuscript import Cell, Page, chapters

from course.autograder import pack
from course.commands import SAMPLE
from course.judge import marks_of
from course.keys import faults
from course.of_chapter import ungraded
from course.rehearsal import filled, with_key
from course.student import notebook_of
from course.week import read_week

EACH = pytest.mark.parametrize("page", chapters(), ids=lambda page: page.path.stem)


def solutions(page: Page) -> list[Cell]:
    """Return the solutions in code of a chapter."""
    return [cell for cell in page.of_kind("code") if cell.node.source.startswith("# Solution")]


def solved(page: Page) -> list[ast.stmt]:
    """Return what they consist of."""
    return [each for cell in solutions(page) for each in ast.parse(cell.python).body]


def name_of(page: Page) -> str:
    return page.path.stem


# --- Every chapter's. -----------------------------------------------------------------------------


@EACH
def test_it_asks_every_exercise_in_the_minutes_of_the_chapter(page: Page):
    """But for those that are called with a function, which it names as practice."""
    week = read_week(SAMPLE, name_of(page))
    promised = int(re.search(r"and (\d+) minutes for the exercises", page.text)[1])
    assert (week.minutes == promised) == (not week.practice)
    assert week.minutes <= promised
    stubs = (cell.node.source for cell in page.of_kind("code") if not cell.tags)
    checks = re.findall(r'(?m)^check\("([\w-]+)"', "\n".join(stubs))
    assert [*week.tasks, *week.practice] == sorted(checks, key=lambda each: each in week.practice)
    assert week.practice == ungraded(name_of(page))


def test_few_exercises_stay_practice():
    assert [each for page in chapters() for each in ungraded(name_of(page))] == [
        "ds-central",
        "ds-richardson",
        "tb-future",
    ]


@EACH
def test_no_solution_is_in_it(page: Page):
    """Neither a line of one in code, nor one in words, nor what could be imported."""
    notebook = notebook_of(read_week(SAMPLE, name_of(page)))
    text = "\n".join(cell.source for cell in notebook.cells)
    assert "utils.exercises" not in text
    assert "Solution" not in text
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    lines = [line for cell in solutions(page) for line in cell.node.source.splitlines()]
    returned = [line.strip() for line in lines if line.strip().startswith("return ")]
    assert returned or not any(isinstance(each, ast.FunctionDef) for each in solved(page))
    assert [line for line in returned if line in code] == []


@EACH
def test_no_name_counts_for_two_exercises(page: Page):
    """The chapter may use one again; what is graded is the last value of a name."""
    week = read_week(SAMPLE, name_of(page))
    names = Counter(name for task in week.tasks.values() for name in task.names)
    assert [name for name, times in names.items() if times > 1] == []
    for cell in notebook_of(week).cells[2:]:
        if cell.cell_type == "code":
            ast.parse(cell.source)


@pytest.mark.slow  # draws every exercise of the book
@pytest.mark.filterwarnings("ignore:.* encountered in:RuntimeWarning")  # some mistakes overflow
@EACH
def test_on_its_trials_each_answer_is_right_and_each_mistake_is_named(page: Page):
    assert list(faults(read_week(SAMPLE, name_of(page)))) == []


# --- One of them, graded. -------------------------------------------------------------------------


@pytest.fixture
def answers() -> dict[str, str]:
    """Return the key's numbers and words to a chapter, and the solutions that the book prints."""
    week = read_week(SAMPLE, "gradient-descent")
    (page,) = (page for page in chapters() if name_of(page) == week.name)
    functions = {s.name: ast.unparse(s) for s in solved(page) if isinstance(s, ast.FunctionDef)}
    said = {n: functions[t.names[0]] if t.is_code else "right" for n, t in week.tasks.items()}
    return with_key(week, said)


def test_it_is_graded_like_a_week(answers: dict[str, str], kept):
    """All points for the solutions of the book, part of them for part, and none for a mistake."""
    week = read_week(SAMPLE, "gradient-descent")
    changed = answers | {
        "gd-exact-rate": "def my_exact_rate(g, H):\n    return (g @ H @ g) / (g @ g)",
        "gd-half": "my_angle, my_level, my_seven = 30, 90, 'no'",
    }
    for handed_in, wrong in ((answers, {}), (changed, {"gd-exact-rate": 0, "gd-half": 2 / 3})):
        notebook = filled(notebook_of(week), handed_in)
        cells = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
        marks, remarks = marks_of(week, cells, kept, 0)
        assert remarks == []
        assert {m.name: m.earned for m in marks} == dict.fromkeys(week.tasks, 1) | wrong
    (mark,) = (mark for mark in marks if mark.name == "gd-exact-rate")
    assert mark.said[""] == "Not yet: the fraction is upside down."


def test_what_has_many_right_answers_waits_for_the_judge():
    """What comes out of one of them would say nothing of the others."""
    week = read_week(SAMPLE, "forward-pass")
    (cell,) = (cell for cell in notebook_of(week).cells if cell.id == "fp-through")
    assert "check(" not in cell.source
    assert "checked when it is graded" in cell.source


@pytest.mark.slow  # a process that imports all
def test_the_zip_for_gradescope_has_the_chapter(tmp_path: Path):
    """And needs nothing else of the tree to read it."""
    pack(SAMPLE, "attention", tmp_path / "week.zip")
    with zipfile.ZipFile(tmp_path / "week.zip") as archive:
        archive.extractall(tmp_path)
    code = "from course.week import *; print(len(read_week(Path('keys'), 'attention').tasks))"
    run = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.stdout.strip() == str(len(read_week(SAMPLE, "attention").tasks)), run.stderr


def test_a_week_of_that_name_comes_first(tmp_path: Path):
    """So a lecturer may put other tasks in the place of the book's."""
    for name in ("weeks", "tasks"):
        (tmp_path / name).mkdir()
    (tmp_path / "term.toml").write_text('term = "x"\nseed = "1"\n', encoding="utf-8")
    assert read_week(tmp_path, "attention").title == "Attention"
    project = (SAMPLE / "weeks" / "project.toml").read_text(encoding="utf-8")
    (tmp_path / "weeks" / "attention.toml").write_text(project, encoding="utf-8")
    assert read_week(tmp_path, "attention").title != "Attention"
    nbformat.validate(notebook_of(read_week(tmp_path, "attention")))
