"""A lecturer's keys are laid out once and held each time; only the sample's are in this tree."""

from __future__ import annotations

import subprocess
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from course.commands import ROOT, SAMPLE
from course.keys import answers_of, faults, lay_out
from course.task import Task
from course.week import read_week
from utils.judging import Exercise


def test_what_is_there_is_not_overwritten(tmp_path: Path):
    assert "term.toml" in lay_out(tmp_path, "2027-spring")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert lay_out(tmp_path, "2028-fall") == []
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_each_term_has_a_seed_that_nobody_guesses(tmp_path: Path):
    seeds = set()
    for name in ("a", "b"):
        lay_out(tmp_path / name, name)
        term = tomllib.loads((tmp_path / name / "term.toml").read_text(encoding="utf-8"))
        seeds.add(term["seed"])
    assert len(seeds) == 2
    assert all(int(seed).bit_length() > 96 for seed in seeds)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_sample_holds_whatever_the_seed(seed: int):
    week = read_week(SAMPLE, "sample")
    assert list(faults(week)) == []
    assert list(faults(replace(week, seed=seed))) == []


def test_a_mistake_that_is_right_is_a_fault():
    """Or that is another one, on the inputs that are drawn."""
    week = read_week(SAMPLE, "sample")
    exercise = week.tasks["clipped-step"].parts[""]
    doubled = replace(exercise, mistakes={"the same": exercise.answer, **exercise.mistakes})
    task = replace(week.tasks["clipped-step"], asks=doubled)
    questions = [replace(q, task=task) for q in week.questions if q.name == "clipped-step"]
    assert "expected 'Not yet: the same.'" in next(faults(replace(week, questions=questions)))


def test_the_answers_are_on_the_numbers_of_the_term():
    week = read_week(SAMPLE, "sample")
    said = answers_of(week)
    for part, exercise in week.tasks["forecast"].parts.items():
        assert f"- {part}: {exercise.answer}" in said


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"worth": {"no such mistake": 0.5}}, "mistakes of the task"),
        ({"worth": {"off": 2}}, "parts of 1"),
        ({"stub": "a, b = ..., ..."}, "a stub of 1 names"),
    ],
)
def test_an_entry_that_is_not_as_it_should_be_is_refused(wrong: dict, words: str):
    good = {
        "title": "",
        "text": "",
        "stub": "a = ...",
        "asks": Exercise(answer=1, mistakes={"off": 2}),
    }
    Task(**good)
    with pytest.raises(ValueError, match=words):
        Task(**good | wrong)


def test_a_week_that_is_not_as_it_should_be_is_refused(tmp_path: Path):
    lay_out(tmp_path, "x")
    with pytest.raises(ValueError, match=r"a week of .*: project, sample"):
        read_week(tmp_path, "7")
    with pytest.raises(ValueError, match="letters and digits"):
        read_week(tmp_path, "../sample")
    path = tmp_path / "weeks" / "sample.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"clipped-step"', '"other"'), encoding="utf-8")
    with pytest.raises(ValueError, match="the entries"):
        read_week(tmp_path, "sample")
    path.write_text(text.replace('"gd-mean"', '"gd-none"'), encoding="utf-8")
    with pytest.raises(ValueError, match="exercises of the book"):
        read_week(tmp_path, "sample")


def test_no_key_is_in_the_tree_but_the_sample():
    """Neither a seed, nor entries, nor what is made of them."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("not a clone")
    paths = [Path(line) for line in listed.stdout.splitlines() if (ROOT / line).is_file()]
    own = SAMPLE.relative_to(ROOT)
    seeds = [path for path in paths if path.name == "term.toml"]
    assert seeds == [own / "term.toml"]
    made = {"student", "submissions", "grades", "answers", "autograder", "quizzes", "papers"}
    assert [path for path in paths if own in path.parents and made & set(path.parts)] == []
    entries = [
        path
        for path in paths
        if path.suffix == ".py"
        and path.parts[0] not in {"tests", "course"}
        and "course.task" in (ROOT / path).read_text(encoding="utf-8")
    ]
    assert entries == []
