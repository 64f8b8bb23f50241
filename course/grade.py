"""Grade the submissions of a week: a table for Canvas, and a page and a JSON for each student.

What is graded is kept, one file for each student in ``grades/WEEK/marks/``, until the submission,
the key or the code that grades changes; so a run that was interrupted goes on where it was, and a
second run writes the same.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict
from pathlib import Path
from queue import SimpleQueue

from course import reports, walls
from course.commands import ROOT, add_week, week_of
from course.judge import marks_of, nothing_of
from course.of_chapter import sources
from course.submissions import Submission, cells_of, found_in, words_of
from course.week import Week


def graded(week: Week, submission: Submission, kept: walls.Walls, seat: int) -> dict:
    """Return the record of a submission: its marks, and what is said of them."""
    remarks: list[str] = []
    try:
        cells = cells_of(submission, week)
    except ValueError as error:
        marks = nothing_of(week, str(error))
    else:
        marks, remarks = marks_of(week, cells, kept, seat)
    return {
        "student": submission.student,
        "canvas": submission.canvas,
        "marks": [asdict(mark) for mark in marks],
        "remarks": remarks,
        "words": words_of(submission, week),
    }


def digest_of(submission: Submission, of_week: str) -> str:
    """Return what a record depends on, in short."""
    path = submission.path
    there = path is not None and path.is_file() and not path.is_symlink()
    content = path.read_bytes() if there else b""
    name = path.name if path is not None else ""
    return hashlib.sha256(b"\0".join((of_week.encode(), name.encode(), content))).hexdigest()


def digest_of_week(keys: Path, name: str) -> str:
    """Return what all records of a week depend on, in short: the key, and the code that grades."""
    paths = [keys / "weeks" / f"{name}.toml", keys / "tasks" / f"{name}.py", keys / "term.toml"]
    paths += sources(name)
    paths += sorted((ROOT / "course").glob("*.py")) + sorted((ROOT / "utils").rglob("*.py"))
    content = b"\0".join(path.read_bytes() for path in paths if path.is_file())
    return hashlib.sha256(content).hexdigest()


def records_of(
    week: Week, found: list[Submission], folder: Path, of_week: str, workers: int
) -> Iterator[dict]:
    """Yield the record of each submission, those first that are there already."""
    folder.mkdir(parents=True, exist_ok=True)
    waiting = []
    for submission in found:
        path, digest = folder / f"{submission.student}.json", digest_of(submission, of_week)
        record = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        if record.get("digest") == digest:
            yield record
        else:
            waiting.append((submission, path, digest))
    if waiting:
        yield from _graded_now(week, waiting, workers)


def _graded_now(week: Week, waiting: list[tuple], workers: int) -> Iterator[dict]:
    seats: SimpleQueue[int] = SimpleQueue()
    for seat in range(workers):
        seats.put(seat)
    with tempfile.TemporaryDirectory() as library:
        kept = walls.best(Path(library))
        print(kept, file=sys.stderr)

        def work(submission: Submission, path: Path, digest: str) -> dict:
            seat = seats.get()
            try:
                record = graded(week, submission, kept, seat) | {"digest": digest}
            finally:
                seats.put(seat)
            _write(path, json.dumps(record, indent=1, ensure_ascii=False) + "\n")
            return record

        with ThreadPoolExecutor(workers) as pool:
            try:
                for done in as_completed([pool.submit(work, *each) for each in waiting]):
                    yield done.result()
            except BaseException:
                pool.shutdown(cancel_futures=True)  # what was graded is kept
                raise


def _write(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    part = path.with_suffix(".part")
    part.write_text(text, encoding="utf-8", newline="\n")
    part.replace(path)


def _bar(done: int, of: int) -> None:
    if sys.stderr.isatty():
        full = 40 * done // of
        print(f"\r[{'#' * full}{'.' * (40 - full)}] {done} of {of}", end="", file=sys.stderr)
        if done == of:
            print(file=sys.stderr)


def grade(keys: Path, week: Week, submissions: Path, *, roster: Path | None, workers: int) -> Path:
    """Grade a folder, write all reports, and return the folder of the grades."""
    folder = keys / "grades" / week.name
    found = found_in(submissions, week.name)
    records = []
    of_week = digest_of_week(keys, week.name)
    for record in records_of(week, found, folder / "marks", of_week, workers):
        records.append(record)
        _bar(len(records), len(found))
    records.sort(key=lambda record: record["student"])
    by_hand = reports.by_hand(week, records, folder / "by-hand.csv")
    _write(folder / "canvas.csv", reports.canvas(week, records, by_hand, roster))
    for record in records:
        for kind, text in (
            ("html", reports.page(week, record, by_hand)),
            ("json", reports.gradescope(week, record)),
        ):
            path = folder / reports.FOLDERS[kind] / f"{record['student']}.{kind}"
            path.parent.mkdir(exist_ok=True)
            _write(path, text)
    return folder


def main() -> None:
    """Grade a week."""
    parser = argparse.ArgumentParser(prog="make grade", description=__doc__.splitlines()[0])
    add_week(parser)
    parser.add_argument("--submissions", help="the folder with what was handed in")
    parser.add_argument("--roster", help="the table of the class, as Canvas exports it")
    parser.add_argument("--workers", type=int, default=min(os.cpu_count() or 1, walls.SEATS))
    options = parser.parse_args()
    week = week_of(options)
    there = Path(options.submissions or options.keys / "submissions" / week.name)
    roster = Path(options.roster) if options.roster else None
    try:
        folder = grade(options.keys, week, there, roster=roster, workers=options.workers)
    except ValueError as error:
        raise SystemExit(str(error)) from None
    print(reports.summary(week, folder))


if __name__ == "__main__":
    main()
