"""Judge one submission: its process is asked what it answers, and the judge compares by itself.

A cell or a call that ends the process, or outlasts its time, costs its own question: the process is
started again, the other cells are run again, and the next question is asked.  What is not right for
no known reason is asked once more without the cells of the other tasks, and the better counts.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from course.seat import START, LostError, Seat
from course.task import Task, bound_in
from course.walls import Walls
from course.week import Week
from utils.judging import (
    FUNCTION,
    NOTHING,
    RIGHT,
    UNTRIED,
    Exercise,
    named,
    sort_of,
    verdict,
    words_of,
)
from utils.recorded import packed, unpacked

#: Seconds for one cell, for one call, for all cells once, and for the whole submission.
CELL, CALL, CELLS, WHOLE = 10, 5, 120, 600

NOT_THERE = "Not yet: there is no `{}` in the notebook."


@dataclass(frozen=True)
class Mark:
    """What a task has earned, and what is said of each of its parts."""

    name: str
    earned: float  # from 0 to 1, of the points of the task
    said: Mapping[str, str]


@dataclass
class Sitting:
    """A submission's cells, run in one process after another until every question is asked."""

    walls: Walls
    number: int
    cells: list[str]
    lost: dict[int, str] = field(default_factory=dict)  # cells that cost a process
    raised: dict[int, str] = field(default_factory=dict)
    seat: Seat | None = None
    began: float = field(default_factory=time.monotonic)

    def ask(self, name: str, inputs: tuple | None = None) -> object:
        """Return what the submission answers: a value, or what a call of it returns."""
        sent = None if inputs is None else packed(list(inputs))
        try:
            reply = self._seated().ask(CALL, name=name, inputs=sent)
        except LostError as error:
            self.close()
            raise UnansweredError(f"Not yet: a call of `{name}` {error}.") from None
        if reply.get("missing"):
            raise UnansweredError(NOT_THERE.format(name))
        if "raised" in reply:
            raise UnansweredError(_tidy(reply["raised"]))
        try:
            answer = unpacked(reply["answer"])
        except (KeyError, ValueError, RecursionError):
            raise UnansweredError(f"Not yet: what came for `{name}` cannot be read.") from None
        if inputs is not None and not reply.get("called"):
            raise UnansweredError(_no_function(answer))
        return answer

    def _seated(self) -> Seat:
        """Return the process, with all cells run that do not end it."""
        if time.monotonic() > self.began + WHOLE:
            raise UnansweredError(f"Not yet: the notebook has had its {WHOLE:g} seconds.")
        while self.seat is None:
            self.seat = _started(self.walls, self.number)
            end = min(time.monotonic() + CELLS, self.began + WHOLE)
            for number, source in enumerate(self.cells):
                if number not in self.lost and not self._run(number, source, end):
                    break
        return self.seat

    def _run(self, number: int, source: str, end: float) -> bool:
        """Run a cell, and say whether its process is still there."""
        self.raised.pop(number, None)
        if time.monotonic() > end:
            self.raised[number] = f"was not run, for those before it took {CELLS:g} seconds"
            return True
        try:
            reply = self.seat.ask(CELL, source=source)
        except LostError as error:
            self.lost[number] = str(error)
            self.close()
            return False
        if "raised" in reply:
            self.raised[number] = _tidy(reply["raised"]).removeprefix("Not yet: your code ")
        return True

    def remarks(self) -> list[str]:
        """Say which cells did not go through, by their number among the cells with code."""
        found = self.lost | self.raised
        return [f"Cell {number + 1} with code {found[number]}." for number in sorted(found)]

    def close(self) -> None:
        """End the process, if there is one."""
        if self.seat is not None:
            self.seat.close()
            self.seat = None


class UnansweredError(Exception):
    """There is no answer to compare; the words are for the student."""


def _started(walls: Walls, number: int) -> Seat:
    seat = Seat(walls, number)
    try:
        seat.ask(START, source="")
    except LostError as error:  # before anything of a student's has run: it is not their fault
        seat.close()
        raise RuntimeError(f"expected a process that starts, got one that {error}") from None
    return seat


def marks_of(
    week: Week, cells: list[str], walls: Walls, number: int
) -> tuple[list[Mark], list[str]]:
    """Return the marks of a notebook's cells, task by task, and what else is to be said."""
    sitting = Sitting(walls, number, cells)
    try:
        marks = {name: _mark(week, name, sitting) for name in week.tasks}
    finally:
        sitting.close()
    for name, mark in marks.items():
        if _is_doubtful(week.tasks[name], mark):
            marks[name] = max(mark, _alone(week, name, sitting), key=lambda each: each.earned)
    return list(marks.values()), sitting.remarks()


def _is_doubtful(task: Task, mark: Mark) -> bool:
    """Whether something else may be at fault than a loop, a known mistake, or nobody's answer."""
    known = {RIGHT, UNTRIED, NOTHING}
    known |= {named(words) for part in task.parts.values() for words in part.mistakes}
    return any(each not in known and not each.endswith(" seconds.") for each in mark.said.values())


def _alone(week: Week, name: str, whole: Sitting) -> Mark:
    """Return the mark of a task without the cells of the others, one of which may have spoiled it.

    An answer that needs a function from another task has been right in the whole.
    """
    own = set(week.tasks[name].names)
    others = {each for task in week.tasks.values() for each in task.names} - own
    bound = map(_bound_in, whole.cells)
    without = {number for number, names in enumerate(bound) if names & others and not names & own}
    left_out = whole.lost | dict.fromkeys(without, "")
    sitting = Sitting(whole.walls, whole.number, whole.cells, left_out, began=whole.began)
    try:
        return _mark(week, name, sitting)
    finally:
        sitting.close()


def _bound_in(cell: str) -> set[str]:
    """Return the names that a cell of a notebook binds, as far as it can be read."""
    with suppress(SyntaxError, ValueError, RecursionError, MemoryError):
        return set(bound_in(re.sub(r"(?m)^([ \t]*)[%!].*", r"\1pass", cell)))
    return set()


def nothing_of(week: Week, why: str) -> list[Mark]:
    """Return the marks of what is no notebook of this week."""
    return [Mark(name, 0, dict.fromkeys(task.parts, why)) for name, task in week.tasks.items()]


def _mark(week: Week, name: str, sitting: Sitting) -> Mark:
    task = week.tasks[name]
    if task.is_code:
        said = {"": _said_of_function(week, name, task, sitting)}
    else:
        said = dict(_said_of_values(task, sitting))
    kept = {named(words): worth for words, worth in task.worth.items()} | {RIGHT: 1}
    earned = sum(kept.get(each, 0) for each in said.values()) / len(said)
    return Mark(name, earned, said)


def _said_of_function(week: Week, name: str, task: Task, sitting: Sitting) -> str:
    inputs = week.graded(name)
    try:
        got = [sitting.ask(task.names[0], each) for each in inputs]
    except UnansweredError as error:
        return str(error)
    return _verdict(task.parts[""], inputs, got, [])


def _said_of_values(task: Task, sitting: Sitting) -> Iterator[tuple[str, str]]:
    words = words_of(*task.parts.values())
    for (part, exercise), name in zip(task.parts.items(), task.names, strict=True):
        try:
            got = sitting.ask(name)
            yield part, _verdict(exercise, [()], [got], words)
        except UnansweredError as error:
            yield part, str(error)


def _verdict(exercise: Exercise, inputs: list[tuple], got: list, words: list[str]) -> str:
    try:
        return verdict(exercise, inputs, got, words)
    except (ValueError, TypeError, AttributeError, RecursionError, MemoryError):
        return "Not yet: the answer cannot be compared."


def _no_function(answer: object) -> str:
    if answer is ...:
        return UNTRIED
    return f"Not yet: expected {FUNCTION}, got {sort_of(answer)}."


def _tidy(said: object) -> str:
    """Return what a process says of an error, in a line, and the same each time."""
    return re.sub(r"0x[0-9a-fA-F]{6,}", "0x…", str(said)[:300]).replace("\n", " ")
