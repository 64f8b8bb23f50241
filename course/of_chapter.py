"""A chapter as a week: its exercises as tasks, read from its notebook, to hand in as they stand.

The chapter's own notebook cannot be handed in, since each solution in it defines the student's name
again.  Texts, minutes and stubs are the chapter's, answers and mistakes those of the book's
exercises, and what has no check is marked by its rubric.  The answers are in the open, as the book
is; what a function is graded on is drawn from the seed of the term.  An exercise whose answer is
called with a function stays practice, for none goes over to the process that is graded.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import nbformat
import numpy as np

from course.task import Task
from utils.checks import expect
from utils.exercises import EXERCISES
from utils.judging import Exercise

COURSE = Path(__file__).resolve().parent
BOOK, RUBRICS = COURSE.parent / "book", COURSE / "rubrics.toml"

#: What an exercise with a check is worth, by its level.
POINTS = {"Recall": 2, "Predict": 2, "Derive": 3, "Implement": 3, "Extend": 4}

HEADING = re.compile(
    r"### \d+\. (?P<title>.*)\n\n\*\*(?P<level>\w+)\*\* · (?P<minutes>\d+) minutes?\n"
)

CHECK = re.compile(r'(?m)^check\("([\w-]+)", (.*)\)$')

REMARK = """\
These are the exercises of the chapter.
Have it open: the texts refer to its figures, equations and cells, and its imports say what `utils` has for you."""


def is_chapter(name: str) -> bool:
    """Whether there is a chapter of that name, with exercises."""
    path = BOOK / f"{name}.ipynb"
    return path.is_file() and bool(_exercises(path))


def sources(name: str) -> list[Path]:
    """Return the files that the tasks of a chapter are made from, beside the package."""
    return [BOOK / f"{name}.ipynb", RUBRICS]


def title_and_objectives(name: str) -> tuple[str, list[str]]:
    """Return the title of a chapter, and what it promises that a reader can do."""
    cells = nbformat.read(BOOK / f"{name}.ipynb", as_version=4).cells
    text = "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    listed = re.search(r"you can\n\n((?:- .*\n)+)", text)[1]
    objectives = [line.removeprefix("- ").rstrip(";.") for line in listed.splitlines()]
    return re.search(r"(?m)^# (.*)$", text)[1], objectives


def ungraded(name: str) -> list[str]:
    """Return the checks of a chapter that stay practice, since they hand on a function."""
    cells = "\n".join(cell for _, cell in _exercises(BOOK / f"{name}.ipynb"))
    return [each for each, _ in CHECK.findall(cells) if is_asked_with_functions(each)]


def asked(name: str) -> Iterator[dict]:
    """Yield what each question of a chapter's week is made of."""
    rubrics = tomllib.loads(RUBRICS.read_text(encoding="utf-8")).get(name, {})
    taken: set[str] = set()
    for number, (said, stub) in enumerate(_exercises(BOOK / f"{name}.ipynb"), start=1):
        head = HEADING.match(said)
        title, text = head["title"], said[head.end() :].strip()
        if stub:
            yield from _checked(head, text, stub, taken)
        else:
            rubric = rubrics[title]
            yield {
                "name": f"{name}-{number}",
                "points": sum(int(line.split()[0]) for line in rubric),
                "minutes": int(head["minutes"]),
                "title": title,
                "text": text,
                "rubric": rubric,
            }


def is_asked_with_functions(exercise: str) -> bool:
    """Whether an exercise hands a function to the reader's: a judge in another process cannot."""
    asks = EXERCISES[exercise]
    if not isinstance(asks, Exercise):
        return False
    inputs = asks.inputs(np.random.default_rng(0))
    return any(callable(each) for each in inputs)


def _exercises(path: Path) -> list[tuple[str, str]]:
    """Return the text of each exercise, and the cell that a reader fills in, if there is one."""
    found: list[tuple[str, str]] = []
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "markdown":
            told = re.sub(r"(?s)<details>\n<summary>Solution.*?</details>", "", cell.source)
            parts = re.split(r"(?m)^(?=#{2,3} )", told)
            found += [(part, "") for part in parts if HEADING.match(part)]
        elif found and "check(" in cell.source and not cell.metadata.get("tags"):
            found[-1] = found[-1][0], cell.source
    return found


def _checked(head: re.Match, text: str, cell: str, taken: set[str]) -> Iterator[dict]:
    """Yield a question for each check of a cell, which share its points and its minutes."""
    checks = [each for each in CHECK.findall(cell) if not is_asked_with_functions(each[0])]
    points, minutes = POINTS[head["level"]], int(head["minutes"])
    for number, (exercise, handed_in) in enumerate(checks):
        task = Task(
            title=head["title"] + (", continued" if number else ""),
            text=text if not number else "What else the exercise above asks for.",
            stub=_stub(cell, handed_in, exercise, taken),
            asks=EXERCISES[exercise],
        )
        taken |= set(task.names)
        share = minutes // len(checks) + (minutes % len(checks) if not number else 0)
        yield {"name": exercise, "points": points / len(checks), "minutes": share, "task": task}


def _stub(cell: str, handed_in: str, exercise: str, taken: set[str]) -> str:
    """Return the part of a cell that one check asks about, with a name of its own for each part."""
    tree = ast.parse(cell)
    asks = EXERCISES[exercise]
    if isinstance(asks, Exercise) and callable(asks.answer):
        (function,) = (each for each in tree.body if getattr(each, "name", "") == handed_in)
        return ast.get_source_segment(cell, function)
    given: dict[str, ast.expr] = {}
    notes: dict[str, str] = {}
    for each in tree.body:
        if isinstance(each, ast.Assign):
            (target,) = each.targets
            pairs = [(target, each.value)]
            if isinstance(target, ast.Tuple):
                pairs = zip(target.elts, each.value.elts, strict=True)
            note = re.search(r"#.*", cell.splitlines()[each.end_lineno - 1])
            for name, value in pairs:
                given[name.id], notes[name.id] = value, note[0] if note else ""
    handed = ast.parse(handed_in, mode="eval").body
    names = list(_names(handed, given))
    used = (node.id for node in ast.walk(handed) if isinstance(node, ast.Name))
    said = dict.fromkeys(notes.get(name, "") for name in used)
    parts = 1 if isinstance(asks, Exercise) else len(asks)
    expect(len(names) == parts, f"{parts} names for {exercise}", names)
    own = [_other(name, taken) for name in names]
    remark = "".join(f"{note}\n" for note in said if note)
    return f"{remark}{', '.join(own)} = {', '.join(['...'] * len(own))}"


def _names(node: ast.expr, given: dict[str, ast.expr]) -> Iterator[str]:
    """Yield a name for each single value of what is handed in."""
    if isinstance(node, ast.Starred):
        yield from _names(node.value, given)
    elif isinstance(node, ast.Tuple):
        yield from chain.from_iterable(_names(each, given) for each in node.elts)
    elif isinstance(value := given[node.id], ast.Tuple):
        for number, each in enumerate(value.elts, start=1):
            yield f"{node.id}_{number}" if isinstance(each, ast.Constant) else each.id
    else:
        yield node.id


def _other(name: str, taken: set[str]) -> str:
    """Return a name that no task before has: in a notebook the last value would count for both."""
    return name if name not in taken else _other(f"{name}_again", taken)
