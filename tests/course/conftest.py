"""What the tests of the course share: the sample week, its key, and a place to run submissions."""

from __future__ import annotations

import tomllib
from pathlib import Path

import nbformat
import pytest

from course import walls
from course.commands import SAMPLE
from course.rehearsal import filled, with_key
from course.student import notebook_of
from course.week import Week, read_week


@pytest.fixture(scope="session")
def week() -> Week:
    return read_week(SAMPLE, "sample")


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> walls.Walls:
    """Return the best walls that there are here."""
    return walls.best(tmp_path_factory.mktemp("library"))


@pytest.fixture(scope="session")
def right(week: Week) -> dict[str, str]:
    """Return what the best of the sample's class fills in."""
    text = (SAMPLE / "class" / "sample.toml").read_text(encoding="utf-8")
    return with_key(week, tomllib.loads(text)["ada"])


@pytest.fixture(scope="session")
def stub(week: Week) -> nbformat.NotebookNode:
    return notebook_of(week)


@pytest.fixture
def hand_in(tmp_path: Path, stub: nbformat.NotebookNode, right: dict[str, str]):
    """Return what writes a submission: the right answers, or others to some of the tasks."""

    def write(answers: dict[str, str] | None = None, *, student: str = "ada", change=None) -> Path:
        notebook = filled(stub, {**right, **(answers or {})})
        if change is not None:
            notebook = change(notebook) or notebook
        path = tmp_path / "submissions" / f"{student}.ipynb"
        path.parent.mkdir(exist_ok=True)
        path.write_text(nbformat.writes(notebook), encoding="utf-8")
        return path

    return write
