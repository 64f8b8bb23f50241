"""A class that is made up, to try the course before there is one: `submissions/WEEK/` of the keys.

``class/WEEK.toml`` says for each student what they fill in, by the name of the task; what is not
named there stays as it was.  Of numbers and words, ``right`` is what the key says.  A value of
``file`` is handed in as it stands, in place of a notebook.
"""

from __future__ import annotations

import argparse
import copy
import tomllib

import nbformat
from nbformat import NotebookNode

from course.commands import add_week, week_of
from course.student import notebook_of
from course.week import Week


def filled(notebook: NotebookNode, answers: dict[str, str]) -> NotebookNode:
    """Return the notebook with the cells of these tasks filled in; their checks stay."""
    made = copy.deepcopy(notebook)
    for cell in made.cells:
        name = cell.metadata.get("task")
        if name in answers:
            _, called, check = cell.source.rpartition("\n\ncheck(")
            cell.source = f"{answers[name].strip()}\n{called}{check}"
    return made


def with_key(week: Week, answers: dict[str, str]) -> dict[str, str]:
    """Return the answers, with the key's numbers and words where they say ``right``."""
    said = dict(answers)
    for name in (name for name, answer in answers.items() if answer == "right"):
        task = week.tasks[name]
        values = ", ".join(repr(part.answer) for part in task.parts.values())
        said[name] = f"{', '.join(task.names)} = {values}"
    return said


def main() -> None:
    """Write the submissions of the class."""
    parser = argparse.ArgumentParser(prog="make rehearsal", description=__doc__.splitlines()[0])
    add_week(parser)
    options = parser.parse_args()
    week = week_of(options)
    path = options.keys / "class" / f"{week.name}.toml"
    if not path.is_file():
        raise SystemExit(f"expected what the class hands in, in {path}, got no file")
    students = tomllib.loads(path.read_text(encoding="utf-8"))
    notebook = notebook_of(week)
    folder = options.keys / "submissions" / week.name
    folder.mkdir(parents=True, exist_ok=True)
    for student, answers in students.items():
        text = (
            answers.get("file") or nbformat.writes(filled(notebook, with_key(week, answers))) + "\n"
        )
        (folder / f"{student}.ipynb").write_text(text, encoding="utf-8", newline="\n")
    print(f"{folder}: {len(students)} submissions")


if __name__ == "__main__":
    main()
