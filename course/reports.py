"""What comes of the marks: Canvas's table, Gradescope's JSON, a page for each student.

Nothing in them tells the time or the machine, so that the same marks make the same files.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from html import escape
from pathlib import Path

from course.week import Question, Week
from utils.judging import RIGHT

#: Where the files of each kind are.
FOLDERS = {"html": "feedback", "json": "gradescope"}

#: What Canvas wants to know of a student.
COLUMNS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")

#: What is marked by hand, by student and task: the points and a word, as text.
ByHand = dict[tuple[str, str], dict[str, str]]


def earned_of(week: Week, record: dict) -> dict[str, float]:
    """Return the points of each task that is graded by the judge."""
    points = {question.name: question.points for question in week.questions}
    return {m["name"]: round(m["earned"] * points[m["name"]], 2) for m in record["marks"]}


# --- Marks by hand. -------------------------------------------------------------------------------


def by_hand(week: Week, records: list[dict], path: Path) -> ByHand:
    """Return what was marked by hand, and add a line to the file for whatever is not in it yet."""
    asked = [question for question in week.questions if question.task is None]
    if not asked:
        return {}
    marked: ByHand = {}
    if path.is_file():
        with path.open(encoding="utf-8", newline="") as file:
            marked = {(row["student"], row["task"]): row for row in csv.DictReader(file)}
    for record in records:
        for question in asked:
            at = record["student"], question.name
            empty = {"student": at[0], "task": at[1], "points": "", "word": ""}
            row = marked.setdefault(at, empty)
            _points(row, question)
    _write_table(path, ["student", "task", "points", "word"], marked.values())
    return marked


def _points(row: dict[str, str], question: Question) -> float | None:
    """Read the points that were given by hand, if they were."""
    if not row["points"].strip():
        return None
    try:
        points = float(row["points"])
    except ValueError:
        points = -1.0
    if not 0 <= points <= question.points:
        raise ValueError(
            f"expected from 0 to {question.points:g} points in by-hand.csv for {row['student']}, "
            f"{row['task']}, got {row['points']!r}"
        )
    return points


def _write_table(path: Path, columns: list[str], rows: object) -> None:
    path.write_text(_table(columns, rows), encoding="utf-8", newline="")


def _table(columns: list[str], rows: object) -> str:
    text = io.StringIO()
    table = csv.DictWriter(text, columns, lineterminator="\n", extrasaction="ignore")
    table.writeheader()
    table.writerows(rows)
    return text.getvalue()


# --- Canvas. --------------------------------------------------------------------------------------


def total_of(week: Week, record: dict, marked: ByHand) -> float:
    """Return all points of a student, those by hand as far as they are given."""
    total = sum(earned_of(week, record).values())
    for question in week.questions:
        row = marked.get((record["student"], question.name))
        total += (_points(row, question) or 0) if row else 0
    return round(total, 2)


def canvas(week: Week, records: list[dict], marked: ByHand, roster: Path | None) -> str:
    """Return the table that Canvas imports; with its own export as a roster, in its lines.

    A student is found there by Canvas's number, or by the login as the name of what was handed in.
    """
    title = f"Week {week.name}: {week.title}"
    totals = {r["canvas"] or r["student"]: total_of(week, r, marked) for r in records}
    names = {r["canvas"] or r["student"]: r["student"] for r in records}
    if roster is None:
        rows = [
            {"Student": names[at], "ID": at if at.isdecimal() else "", title: f"{total:g}"}
            for at, total in totals.items()
        ]
    else:
        title, rows = _by_roster(roster, title, totals)
    most = {"Student": "    Points Possible", title: f"{week.points:g}"}
    return _table([*COLUMNS, title], [most, *rows])


def _by_roster(roster: Path, title: str, totals: dict[str, float]) -> tuple[str, list[dict]]:
    with roster.open(encoding="utf-8-sig", newline="") as file:
        table = list(csv.DictReader(file))
    if not table or not {"Student", "ID"} <= set(table[0]):
        raise ValueError(f"expected a table with Student and ID, as Canvas exports it: {roster}")
    # An assignment that is there already has its number behind its name.
    title = next((column for column in table[0] if column.split(" (")[0] == title), title)
    rows, left = [], dict(totals)
    for row in table:
        if not (row["ID"] or "").strip():
            continue  # the line of points, and notes
        known = (row["ID"], row.get("SIS Login ID"), row.get("SIS User ID"))
        at = next((each for each in known if each in left), None)
        marks = f"{left.pop(at):g}" if at is not None else ""
        rows.append({column: row.get(column) or "" for column in COLUMNS} | {title: marks})
    if left:
        raise ValueError(f"expected only students of the roster, got {', '.join(sorted(left))}")
    return title, rows


# --- Gradescope. ----------------------------------------------------------------------------------


def gradescope(week: Week, record: dict) -> str:
    """Return what Gradescope reads; what is marked by hand is marked there."""
    points, earned = {q.name: q.points for q in week.questions}, earned_of(week, record)
    tests = [
        {
            "name": week.tasks[mark["name"]].title,
            "score": earned[mark["name"]],
            "max_score": points[mark["name"]],
            "status": "passed" if mark["earned"] == 1 else "failed",
            "output": "\n".join(_lines(mark)),
            "output_format": "text",
            "visibility": "after_published",
        }
        for mark in record["marks"]
    ]
    said = dict(tests=tests, output="\n".join(record["remarks"]), output_format="text")
    return json.dumps(said, indent=1, ensure_ascii=False) + "\n"


def _lines(mark: dict) -> Iterator[str]:
    for part, said in mark["said"].items():
        yield f"{part}: {said}" if part else said


# --- A page for each student. ---------------------------------------------------------------------

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark }}
body {{ max-width: 40rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.5 sans-serif }}
blockquote {{ white-space: pre-wrap }}
h1 {{ font-size: 1.5rem }}
h2 {{ font-size: 1.1rem; margin-top: 2rem }}
</style>
<h1>{title}</h1>
<p>{student}: <strong>{total:g} of {points:g} points</strong>.</p>
{sections}
</html>
"""


def page(week: Week, record: dict, marked: ByHand) -> str:
    """Return the page that a student gets: for each task its points, and what is said."""
    said = {mark["name"]: mark for mark in record["marks"]}
    earned = earned_of(week, record)
    sections = []
    for number, question in enumerate(week.questions, start=1):
        if question.task is not None:
            points = f"{earned[question.name]:g}"
            lines, title = list(_lines(said[question.name])), question.task.title
            inside = "".join(f"<p>{escape(line)}</p>\n" for line in lines)
            if lines == [RIGHT]:
                inside = "<p>Right.</p>\n"
        else:
            title = question.title
            row = marked.get((record["student"], question.name))
            given = _points(row, question) if row else None
            points = "not yet" if given is None else f"{given:g}"
            inside = _words(question, record, row)
        heading = f"<h2>{number}. {escape(title)}: {points} of {question.points:g}</h2>\n"
        sections.append(heading + inside)
    if record["remarks"]:
        remarks = "".join(f"<li>{escape(each)}</li>\n" for each in record["remarks"])
        sections.append(f"<h2>What did not run</h2>\n<ul>\n{remarks}</ul>\n")
    return PAGE.format(
        title=escape(f"Week {week.name}: {week.title}"),
        student=escape(record["student"]),
        total=total_of(week, record, marked),
        points=week.points,
        sections="".join(sections),
    )


def _words(question: Question, record: dict, row: dict[str, str] | None) -> str:
    answer = record["words"].get(question.name, "There is no answer to it in the notebook.")
    rubric = "".join(f"<li>{escape(line)}</li>\n" for line in question.rubric)
    word = f"<p>{escape(row['word'])}</p>\n" if row and row["word"] else ""
    return f"<blockquote>{escape(answer)}</blockquote>\n<ul>\n{rubric}</ul>\n{word}"


# --- On the screen. -------------------------------------------------------------------------------


def summary(week: Week, folder: Path) -> str:
    """Say what there is now, and what is left to do."""
    with (folder / "canvas.csv").open(encoding="utf-8", newline="") as file:
        students = len(list(csv.DictReader(file))) - 1
    said = [f"{folder / 'canvas.csv'}: {students} students, {week.points:g} points"]
    said.append(
        f"{folder / 'feedback'}: a page for each; {folder / 'gradescope'}: the same as JSON"
    )
    path = folder / "by-hand.csv"
    if path.is_file():
        with path.open(encoding="utf-8", newline="") as file:
            open_ = sum(not row["points"].strip() for row in csv.DictReader(file))
        said.append(f"{path}: {open_} answers in words wait for points; then run this again")
    return "\n".join(said)
