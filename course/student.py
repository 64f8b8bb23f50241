"""Write the notebook of a week, or of a chapter, that students fill in: without answers, with checks.

A check names the likely mistake on a few inputs.  What it knows is what comes out on those, and the
notebook is graded on others.
"""

from __future__ import annotations

import argparse

import nbformat
from nbformat import NotebookNode, v4

from course.commands import ROOT, add_week, week_of
from course.task import Task
from course.week import Question, Week
from utils.recorded import recorded

#: The chapter whose first cell installs the course in Colab, and says elsewhere if it is missing.
LIKE = ROOT / "book" / "gradient-descent.ipynb"

INTRODUCTION = """\
# {title}

{points:g} points, about {minutes} minutes.

{objectives}
Run the cells from the top, and replace the dots.
A check says "Right", or names the likely mistake; your notebook is graded on other numbers than those that it tries.
Keep the names that the cells define: they are what is graded.
Numbers need three digits unless more are asked for, and a count has to be exact.
A cell may take ten seconds, and one call of a function five."""


def notebook_of(week: Week, *, nbgrader: bool = False) -> NotebookNode:
    """Return the student's notebook; ``nbgrader`` gives cells the metadata of that tool, too."""
    inputs = {
        name: (task.asks, week.shown(name) if task.is_code else [])
        for name, task in week.tasks.items()
        if _is_recorded(task)
    }
    cells = [
        _first_cell(),
        v4.new_markdown_cell(_introduction(week), id="introduction"),
        v4.new_code_cell(_imports(recorded(inputs)), id="imports", metadata=FOLDED),
    ]
    for number, question in enumerate(week.questions, start=1):
        cells += _cells(number, question, nbgrader=nbgrader)
    metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
        "course": {"week": week.name, "term": week.term},
    }
    made = v4.new_notebook(cells=cells, metadata=metadata)
    nbformat.validate(made)
    return made


def _is_recorded(task: Task) -> bool:
    """Whether there is one answer, so that what comes out of it can be recorded."""
    return all(part.acts is None for part in task.parts.values())


FOLDED = {"jupyter": {"source_hidden": True}, "cellView": "form"}


def _first_cell() -> NotebookNode:
    cell = next(c for c in nbformat.read(LIKE, as_version=4).cells if c.id == "for-colab")
    return v4.new_code_cell(cell.source, id=cell.id, metadata={"jupyter": {"source_hidden": True}})


def _imports(text: str) -> str:
    return f'import numpy as np\n\nfrom utils.recorded import checks\n\ncheck = checks("{text}")'


def _introduction(week: Week) -> str:
    wanted = "\n".join(f"- {objective}" for objective in week.objectives)
    said = INTRODUCTION.format(
        title=week.title,
        points=week.points,
        minutes=week.minutes,
        objectives=f"When you have done this, you can\n\n{wanted}\n",
    )
    if week.remark:
        said += f"\n\n{week.remark}"
    if week.practice:
        named = ", ".join(f"`{name}`" for name in week.practice)
        said += (
            f"\n\nTo practice first, ungraded: the exercises of the book with the checks {named}."
        )
    return said


def _cells(number: int, question: Question, *, nbgrader: bool) -> list[NotebookNode]:
    task = question.task
    title, text = (task.title, task.text) if task else (question.title, question.text)
    worth = f"*{question.points:g} points, {question.minutes} minutes.*"
    said = f"## {number}. {title}\n\n{worth}\n\n{text.strip()}"
    asked = v4.new_markdown_cell(said, id=f"ask-{question.name}")
    if task:
        gap = "\n\n\n" if task.is_code else "\n\n"
        check = f'check("{question.name}", {task.handed_in})'
        if not _is_recorded(task):
            check = "# Many answers are right here: yours is checked when it is graded."
        code = f"{task.stub.strip()}{gap}{check}"
        filled = v4.new_code_cell(code, id=question.name)
    else:
        rubric = "\n".join(f"- {line}" for line in question.rubric)
        asked.source += f"\n\nWhat earns the points:\n\n{rubric}"
        filled = v4.new_markdown_cell("*Your answer, in words:* …", id=question.name)
    filled.metadata["task"] = question.name
    if nbgrader:
        filled.metadata["nbgrader"] = {
            "grade": True,
            "grade_id": question.name,
            "locked": False,
            "points": question.points,
            "schema_version": 3,
            "solution": True,
            "task": False,
        }
    return [asked, filled]


def main() -> None:
    """Write the notebook of a week."""
    parser = argparse.ArgumentParser(prog="make student", description=__doc__.splitlines()[0])
    add_week(parser)
    parser.add_argument("--nbgrader", action="store_true", help="with the metadata of nbgrader")
    options = parser.parse_args()
    week = week_of(options)
    path = options.keys / "student" / f"week-{week.name}.ipynb"
    path.parent.mkdir(exist_ok=True)
    text = nbformat.writes(notebook_of(week, nbgrader=options.nbgrader)) + "\n"
    path.write_text(text, encoding="utf-8", newline="\n")
    print(f"{path}: {len(week.questions)} tasks, {week.points:g} points, {week.minutes} minutes")


if __name__ == "__main__":
    main()
