"""A week, read from the lecturer's repository: a short file, the entries that it names, the seed.

``weeks/NAME.toml`` says title, objectives, practice, and tasks with their points and minutes.
``tasks/NAME.py`` has the entries, ``TASKS``: each a :class:`Task`, or a function of a random
generator that makes one, on numbers that it draws.  ``term.toml`` has the term and its seed.  A
task that the week's file gives a ``rubric`` is answered in words, marked by hand, and has no entry.
The name of a chapter, without such a file, is the week of its exercises.

Three streams come from the seed, for each task its own: the numbers in its text, the trials that
its notebook shows, and those on which it is graded.
"""

from __future__ import annotations

import runpy
import tomllib
import zlib
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np

from course import of_chapter
from course.task import Task
from utils.checks import expect
from utils.exercises import EXERCISES
from utils.judging import trials_of

#: How many inputs are drawn beside the edges: in the notebook, and where it is graded.
SHOWN, GRADED = 8, 12


@dataclass(frozen=True)
class Question:
    """A task in its week: what it is worth, and its entry, or how it is marked by hand."""

    name: str
    points: float
    minutes: int
    task: Task | None = None
    title: str = ""
    text: str = ""
    rubric: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Week:
    """The tasks of a week, and the seed of the term."""

    name: str
    title: str
    term: str
    seed: int
    objectives: list[str]
    practice: list[str]
    questions: list[Question]
    remark: str = ""

    @property
    def points(self) -> float:
        """All points of the week."""
        return sum(question.points for question in self.questions)

    @property
    def minutes(self) -> int:
        """All minutes of the week."""
        return sum(question.minutes for question in self.questions)

    @cached_property
    def tasks(self) -> dict[str, Task]:
        """The tasks with an entry, by their names."""
        return {q.name: q.task for q in self.questions if q.task is not None}

    def shown(self, name: str) -> list[tuple]:
        """Return the inputs on which a function is tried in the notebook."""
        return trials_of(self.tasks[name].parts[""], stream(self.seed, "shown", name), SHOWN)

    def graded(self, name: str) -> list[tuple]:
        """Return the inputs on which a function is graded."""
        return trials_of(self.tasks[name].parts[""], stream(self.seed, "graded", name), GRADED)


def read_week(keys: Path, name: str) -> Week:
    """Read a week; raise ``ValueError`` where a file is not as it should be."""
    expect(name.replace("-", "").isalnum(), "a week's name of letters and digits", repr(name))
    path = keys / "weeks" / f"{name}.toml"
    if not path.is_file() and of_chapter.is_chapter(name):
        return _of_chapter(keys, name)
    there = ", ".join(sorted(p.stem for p in path.parent.glob("*.toml"))) or "none"
    expect(path.is_file(), f"a week of {path.parent}: {there}", repr(name))
    said = tomllib.loads(path.read_text(encoding="utf-8"))
    term = term_of(keys)
    practice = said.get("practice", [])
    expect(set(practice) <= set(EXERCISES), "exercises of the book", set(practice) - set(EXERCISES))
    questions = _questions(said["task"], keys / "tasks" / f"{name}.py", int(term["seed"]))
    return Week(
        name,
        said["title"],
        term["term"],
        int(term["seed"]),
        said["objectives"],
        practice,
        questions,
    )


def term_of(keys: Path) -> dict:
    """Return what the keys say of their term: its name, and its seed."""
    return tomllib.loads((keys / "term.toml").read_text(encoding="utf-8"))


def _of_chapter(keys: Path, name: str) -> Week:
    term = term_of(keys)
    title, objectives = of_chapter.title_and_objectives(name)
    questions = [Question(**each) for each in of_chapter.asked(name)]
    return Week(
        name,
        title,
        term["term"],
        int(term["seed"]),
        objectives,
        of_chapter.ungraded(name),
        questions,
        of_chapter.REMARK,
    )


def _questions(said: list[dict], path: Path, seed: int) -> list[Question]:
    entries = runpy.run_path(str(path))["TASKS"] if path.is_file() else {}
    asked = [one["name"] for one in said if "rubric" not in one]
    expect(len({one["name"] for one in said}) == len(said), "each task once", asked)
    expect(set(asked) == set(entries), f"in {path}, the entries {asked}", list(entries))
    return [Question(**one, task=_made(entries, one["name"], seed)) for one in said]


def _made(entries: dict, name: str, seed: int) -> Task | None:
    entry = entries.get(name)
    if entry is None or isinstance(entry, Task):
        return entry
    return entry(np.random.default_rng(stream(seed, "numbers", name)))


def stream(seed: int, use: str, name: str) -> list[int]:
    """Return the seed of a stream: for one use of the term's seed, under one name."""
    return [seed, zlib.crc32(use.encode()), zlib.crc32(name.encode())]
