"""A student's notebook names mistakes and holds no answer, and runs where the answers are not."""

from __future__ import annotations

import base64
import json
import re
import shutil
import zlib
from dataclasses import replace

import nbformat
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from course.commands import SAMPLE
from course.seat import Seat
from course.student import notebook_of
from course.week import read_week
from utils.judging import Exercise, Other, answered
from utils.recorded import NOTED, checks, packed, recorded, unpacked

WEEK = read_week(SAMPLE, "sample")
CODE = [name for name, task in WEEK.tasks.items() if task.is_code]
VALUES = [name for name in WEEK.tasks if name not in CODE]


def text_of(notebook: nbformat.NotebookNode) -> str:
    (cell,) = (cell for cell in notebook.cells if cell.id == "imports")
    return re.search(r'checks\("(.*)"\)', cell.source)[1]


@pytest.fixture
def says(stub, capsys):
    """Return what the notebook's own check says of an answer."""
    check = checks(text_of(stub))

    def say(name: str, attempt: object) -> str:
        check(name, attempt)
        return capsys.readouterr().out.strip()

    return say


# --- Its checks. ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CODE)
def test_its_check_says_what_is_right_and_names_each_mistake(name, says):
    exercise = WEEK.tasks[name].parts[""]
    assert says(name, exercise.answer) == "Right."
    for words, mistake in exercise.mistakes.items():
        assert says(name, mistake) == f"Not yet: {words}."


@pytest.mark.parametrize("name", CODE)
def test_its_check_takes_whatever_comes(name, says):
    assert says(name, lambda *given: ...) == "Not tried yet: replace the dots."
    assert says(name, 3).startswith("Not yet: expected a function, got numbers")
    assert says(name, lambda *given: 1 / 0) == (
        "Not yet: your code raised ZeroDivisionError: division by zero"
    )


@pytest.mark.parametrize("name", VALUES)
def test_of_numbers_and_words_it_does_not_say_whether_they_are_right(name, says):
    """Else whoever asks it often enough has the answer."""
    parts = WEEK.tasks[name].parts
    right = tuple(answered(part.answer) for part in parts.values())
    assert says(name, right) == NOTED
    for number, part in enumerate(parts.values()):
        for mistake in part.mistakes.values():
            wrong = (*right[:number], mistake, *right[number + 1 :])
            assert says(name, wrong) == NOTED
    assert says(name, (...,) * len(parts)) == "Not tried yet: replace the dots."
    assert "expected" in says(name, right[:-1])


def test_a_word_that_is_none_is_told_the_list(says):
    assert "A: Not yet: expected one of too large, too small, wrong." in says(
        "diagnosis", ("fog", "too small", "wrong")
    )
    assert "the rate: Not yet: expected numbers, got text." in says("forecast", ("1/4", 0.5, 5))


# --- What it does not hold. -----------------------------------------------------------------------


def test_it_holds_no_answer(stub):
    """Of numbers and words there is only their sort; of a function, what comes out on trials."""
    known = json.loads(zlib.decompress(base64.b64decode(text_of(stub))))
    for name in VALUES:
        assert set(known[name]) == {"parts", "words"}
        assert set(known[name]["parts"].values()) <= {"numbers", "text"}
    rate = WEEK.tasks["forecast"].parts["the rate"].answer
    assert str(rate)[:6] not in json.dumps(known["forecast"]) + nbformat.writes(stub)


def test_it_holds_neither_the_code_of_the_key_nor_the_seed(stub):
    text = nbformat.writes(stub)
    key = (SAMPLE / "tasks" / "sample.py").read_text(encoding="utf-8")
    lines = {line.strip() for line in key.splitlines() if line.startswith("    return ")}
    assert len(lines) > 3
    assert [line for line in lines if line in text] == []
    assert str(WEEK.seed) not in text
    assert "utils.exercises" not in text
    assert "# Solution" not in text


@pytest.mark.parametrize("name", CODE)
def test_it_is_graded_on_other_inputs_than_it_shows(name):
    drawn = len(WEEK.graded(name)) - len(WEEK.tasks[name].parts[""].cases)
    shown = {repr(inputs) for inputs in WEEK.shown(name)}
    assert drawn > 5
    assert not shown & {repr(inputs) for inputs in WEEK.graded(name)[:drawn]}


def test_another_seed_has_other_numbers(tmp_path):
    """In the text, in the trials shown, and in those on which it is graded."""
    shutil.copytree(SAMPLE, tmp_path, dirs_exist_ok=True)
    (tmp_path / "term.toml").write_text('term = "other"\nseed = "2"\n', encoding="utf-8")
    other = read_week(tmp_path, "sample")
    assert other.tasks["forecast"].text != WEEK.tasks["forecast"].text
    for trials in ("shown", "graded"):
        first, second = (getattr(week, trials)("line-gradient")[0][0] for week in (WEEK, other))
        assert first != second


# --- Where it runs. -------------------------------------------------------------------------------


def test_it_runs_as_it_is_where_the_exercises_are_not(stub, kept):
    seat = Seat(kept, 0)
    try:
        for cell in stub.cells:
            if cell.cell_type == "code":
                assert seat.ask(60, source=cell.source).get("done"), cell.source
    finally:
        seat.close()


def test_it_is_the_same_each_time_and_valid(stub, week):
    assert nbformat.writes(notebook_of(week)) == nbformat.writes(stub)
    nbformat.validate(stub)


def test_nbgrader_finds_its_cells(week):
    """As its documentation has them: graded by hand or by the judge, each under its name."""
    cells = [c for c in notebook_of(week, nbgrader=True).cells if "nbgrader" in c.metadata]
    assert [cell.metadata.nbgrader.grade_id for cell in cells] == [q.name for q in week.questions]
    assert sum(cell.metadata.nbgrader.points for cell in cells) == week.points


# --- Values as text. ------------------------------------------------------------------------------

ARRAYS = hnp.arrays(
    st.sampled_from(["f8", "f4", "i8", "?", "u2"]), hnp.array_shapes(min_dims=0, min_side=0)
)
PLAIN = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), ARRAYS)
NESTED = st.recursive(
    PLAIN,
    lambda inside: st.one_of(
        st.lists(inside, max_size=3),
        st.lists(inside, max_size=3).map(tuple),
        st.dictionaries(st.text(), inside, max_size=3),
    ),
)


def same(a: object, b: object) -> bool:
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and np.array_equal(a, b, equal_nan=a.dtype.kind == "f")
    if isinstance(a, list | tuple):
        return type(a) is type(b) and len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    return type(a) is type(b) and (a == b or a != a)


@settings(max_examples=25)
@given(NESTED)
def test_what_is_packed_is_unpacked(value):
    assert same(value, unpacked(json.loads(json.dumps(packed(value)))))


def test_numbers_of_numpy_and_marks_come_back():
    for value in (np.float64(0.5), np.int64(3), np.bool_(True)):
        assert same(value, unpacked(packed(value)))
    assert unpacked(packed((..., Other("a set")))) == (..., Other("a set"))


@pytest.mark.parametrize(
    "text",
    [
        {"array": ["|O", [1], "gASVBQAAAAAAAACMAWGULg=="]},
        {"array": ["<f8", [10**12], ""]},
        {"array": ["<f8", [2], "AAA"]},
        {"array": "<f8"},
        {"run": "import os"},
        {"tuple": 3},
        {"a": 1, "b": 2},
        {},
    ],
    ids=repr,
)
def test_anything_else_is_refused(text):
    with pytest.raises(ValueError, match="expected"):
        unpacked(text)


def test_what_cannot_be_recorded_is_refused():
    with pytest.raises(ValueError, match="numbers"):
        packed(np.array([{}], dtype=object))
    many = replace(WEEK.tasks["line-gradient"].parts[""], acts=lambda *given: 0)
    with pytest.raises(ValueError, match="one answer"):
        recorded({"many": (many, [])})
    with pytest.raises(ValueError, match="expected one of"):
        checks(recorded({"a": (Exercise(answer=3), [])}))("b", 3)


def test_a_project_is_a_week_that_is_read_by_somebody():
    """Without entries: each task has its rubric in front of it, and the points of it add up."""
    project = read_week(SAMPLE, "project")
    assert project.tasks == {}
    notebook = notebook_of(project)
    for question in project.questions:
        points = [int(re.match(r"(\d+) points?: ", line)[1]) for line in question.rubric]
        assert sum(points) == question.points
        (asked,) = (cell for cell in notebook.cells if cell.id == f"ask-{question.name}")
        assert all(line in asked.source for line in question.rubric)
