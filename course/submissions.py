"""Find what was handed in, whoever collected it, and read the cells of a notebook.

Known are the files that Canvas packs together (``doejane_LATE_12345_67890_week.ipynb``), a folder
for each student with notebooks in it (as nbgrader's ``submitted/``, with a folder for the week
inside), and plain files, each named as its student.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat

from course.week import Week

#: The largest file that is read.
LARGEST = 20 * 2**20

CANVAS = re.compile(r"(?P<name>[^_]+)(?:_LATE)?_(?P<student>\d+)_(?P<at>\d+)_.+")


@dataclass(frozen=True)
class Submission:
    """Who handed in, and which file, if there is one."""

    student: str
    canvas: str  # Canvas's number for the student, or nothing
    path: Path | None


def found_in(folder: Path, week: str) -> list[Submission]:
    """Return what is handed in in a folder, one for each student, in order."""
    if not folder.is_dir():
        raise ValueError(f"expected a folder with submissions, got {str(folder)!r}")
    found: dict[str, tuple[tuple, Submission]] = {}
    for order, submission in _all(folder, week):
        kept = found.get(submission.student)
        if kept is None or order > kept[0]:
            found[submission.student] = order, submission
    return [submission for _, (_, submission) in sorted(found.items())]


def _all(folder: Path, week: str) -> Iterator[tuple[tuple, Submission]]:
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.suffix == ".csv":
            continue
        if path.is_dir() and not path.is_symlink():
            yield (), Submission(path.name, "", chosen(path, week))
        elif sent := CANVAS.fullmatch(path.name):
            name = f"{sent['name']}_{sent['student']}"
            order = path.suffix == ".ipynb", int(sent["at"])  # a notebook first, then the last
            yield order, Submission(name, sent["student"], path)
        else:
            yield (path.suffix == ".ipynb",), Submission(path.stem, "", path)


def chosen(folder: Path, week: str) -> Path | None:
    """Return the notebook of a student's folder: the week's, by its folder or its own name."""
    inside = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    inside = [path for path in inside if ".ipynb_checkpoints" not in path.parts]
    names = {f"week-{week}", week}
    return max(
        inside,
        key=lambda path: (path.suffix == ".ipynb", path.parent.name in names, path.stem in names),
        default=None,
    )


def cells_of(submission: Submission, week: Week) -> list[str]:
    """Return the code of a notebook, cell by cell, or raise ``ValueError`` in a student's words."""
    return [cell.source for cell in _notebook(submission, week).cells if cell.cell_type == "code"]


def words_of(submission: Submission, week: Week) -> dict[str, str]:
    """Return what is answered in words, by the name of its task."""
    try:
        cells = _notebook(submission, week).cells
    except ValueError:
        return {}
    named = ((cell.metadata.get("task"), cell) for cell in cells if cell.cell_type == "markdown")
    return {name: cell.source for name, cell in named if isinstance(name, str)}


def _notebook(submission: Submission, week: Week) -> nbformat.NotebookNode:
    path = submission.path
    if path is None:
        raise ValueError("Nothing was handed in.")
    if path.is_symlink() or not path.is_file() or path.suffix != ".ipynb":
        raise ValueError("What was handed in is not a notebook (.ipynb).")
    if path.stat().st_size > LARGEST:
        raise ValueError(f"The notebook is larger than {LARGEST >> 20} MB: clear its outputs.")
    if path.stat().st_size == 0:
        raise ValueError("The file that was handed in is empty.")
    try:
        read = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
        sources = [cell.source for cell in read.cells]
        ours = read.metadata.get("course", {})
    except Exception:  # whatever a file makes the reader raise, it is no notebook
        raise ValueError("What was handed in cannot be read as a notebook.") from None
    if not all(isinstance(source, str) for source in sources):
        raise ValueError("What was handed in cannot be read as a notebook.")
    other = ours.get("week", week.name) if isinstance(ours, dict) else week.name
    if other != week.name:
        raise ValueError(f"This is the notebook of week {other}, not of week {week.name}.")
    if not any(source.strip() for source in sources):
        raise ValueError("The notebook that was handed in has no cells.")
    return read
