"""An exam as pages to print: the paper that students get, and apart from it the solutions.

The paper is made of what is asked alone.  The solutions say beside each answer what the likely
mistakes come to, so that whoever marks finds the mistake by the number on the paper.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape

from course.items import Asked, shown

VIEW = '<meta name="viewport" content="width=device-width">'

#: How many millimeters are left for each minute of a question.
ROOM = 7

STYLE = f"""\
body {{ font: 11pt/1.45 Georgia, serif; color: #000; background: #fff; max-width: 42em;
  margin: 2em auto; padding: 0 1em; }}
h1 {{ font-size: 1.5em; }}
h2 {{ font-size: 1.1em; break-after: avoid; }}
code, pre {{ font: 0.9em/1.5 monospace; white-space: pre-wrap; }}
section {{ break-inside: avoid; margin-top: 1.5em; }}
.worth {{ font-weight: normal; float: right; }}
.room {{ height: calc({ROOM}mm * var(--minutes)); }}
.answer {{ border-bottom: 1px solid; padding-right: 10em; }}
td {{ padding: 0 1.5em 0 0; vertical-align: top; }}
@media print {{ body {{ margin: 0; max-width: none; }} }}
@page {{ margin: 20mm; }}
"""


@dataclass(frozen=True)
class Problem:
    """A question of one variant: drawn from the bank, or in words with its rubric."""

    title: str
    points: float
    minutes: int
    text: str = ""
    rubric: list[str] = field(default_factory=list)
    drawn: Asked | None = None


@dataclass(frozen=True)
class Sheet:
    """One variant of an exam, by its letter."""

    title: str
    letter: str
    may_be_used: str
    worth: float
    problems: list[Problem]

    @property
    def points(self) -> float:
        """All points of the exam."""
        return sum(problem.points for problem in self.problems)

    @property
    def minutes(self) -> int:
        """All minutes of the exam."""
        return sum(problem.minutes for problem in self.problems)


def paper(sheet: Sheet) -> str:
    """Return the page for students, with room to answer."""
    lines = [
        f"<h1>{_said(sheet.title)}, variant {sheet.letter}</h1>",
        "<p>Name: &nbsp;<span class=answer></span></p>",
        f"<p>{len(sheet.problems)} questions, {sheet.points:g} points, {sheet.minutes} minutes.",
        f"{_said(sheet.may_be_used)}",
        "Numbers and arrays are written as Python writes them, and entries counted from 0.",
        "Show your way, and give numbers to three digits, a count with all.</p>",
    ]
    for number, problem in enumerate(sheet.problems, start=1):
        lines += ["<section>", *_asked(number, problem)]
        lines.append(f'<div class=room style="--minutes: {problem.minutes}"></div>')
        if problem.drawn:
            lines.append(f"<p>{_said(f'`{problem.drawn.place}`')} = <span class=answer></span></p>")
        lines.append("</section>")
    return _page(f"{sheet.title} {sheet.letter}", lines)


def solutions(sheet: Sheet) -> str:
    """Return the page for whoever marks: answers, likely mistakes by their numbers, rubrics."""
    lines = [
        f"<h1>{_said(sheet.title)}, variant {sheet.letter}: solutions</h1>",
        f"<p>{sheet.points:g} points. Where a number is that of a likely mistake, and the way is"
        f" right but for it, {sheet.worth:.0%} of the points are kept.</p>",
    ]
    for number, problem in enumerate(sheet.problems, start=1):
        lines += ["<section>", *_asked(number, problem)]
        lines += _answered(problem.drawn) if problem.drawn else _marked(problem.rubric)
        lines.append("</section>")
    return _page(f"{sheet.title} {sheet.letter}: solutions", lines)


def _asked(number: int, problem: Problem) -> list[str]:
    worth = f"{problem.points:g} points, {problem.minutes} minutes"
    lines = [f"<h2>{number}. {_said(problem.title)} <span class=worth>{worth}</span></h2>"]
    if problem.drawn is None:
        return [*lines, f"<p>{_said(problem.text.strip())}</p>"]
    numbers = escape("\n".join(problem.drawn.lines))
    asked = _said(f"What is `{problem.drawn.place}`?")
    return [
        *lines,
        f"<p>{_said(problem.drawn.item.text)}</p>",
        f"<pre>{numbers}</pre>",
        f"<p>{asked}</p>",
    ]


def _answered(drawn: Asked) -> list[str]:
    rows = sorted(drawn.mistakes.items(), key=lambda each: each[1])
    return [
        f"<p><strong>{shown(drawn.answer)}</strong></p>",
        "<table>",
        *(f"<tr><td>{shown(value)}<td>{_said(words)}" for words, value in rows),
        "</table>",
    ]


def _marked(rubric: Iterable[str]) -> list[str]:
    return ["<ul>", *(f"<li>{_said(line)}" for line in rubric), "</ul>"]


def _said(text: str) -> str:
    """Return a text as HTML, with its code marked."""
    return re.sub(r"`([^`]*)`", r"<code>\1</code>", escape(text, quote=False))


def _page(title: str, lines: Iterable[str]) -> str:
    head = (
        f'<meta charset="utf-8">\n{VIEW}\n<title>{escape(title)}</title>\n<style>\n{STYLE}</style>'
    )
    body = "\n".join(lines)
    return f'<!doctype html>\n<html lang="en">\n{head}\n{body}\n</html>\n'
