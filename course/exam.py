"""An exam: questions of the bank on drawn numbers, and questions in words with their rubrics.

``exams/NAME.toml`` says title, what may be used, and the questions with their points and minutes.
One with an ``item`` is that of the question bank; the others have a title, a chapter, and versions
of their text, each with its rubric.  Each variant has other numbers, and the next version.  Under a
syllabus, what asks for a chapter that it does not teach is left out.
"""

from __future__ import annotations

import argparse
import tomllib
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from string import ascii_uppercase

from course.chapters import title, weeks
from course.commands import EXAMS, SAMPLE, seed_of
from course.items import Asked, asked
from course.papers import Problem, Sheet, paper, solutions
from course.questions import ITEMS
from course.week import stream
from utils.checks import expect


@dataclass(frozen=True)
class Question:
    """A question: what it is worth, and its item, or its title, its chapter and its versions."""

    points: float
    minutes: int
    item: str = ""
    title: str = ""
    chapter: str = ""
    version: list[dict] = field(default_factory=list)


@dataclass(frozen=True)
class Exam:
    """An exam as its file has it."""

    name: str
    title: str
    may_be_used: str
    worth: float
    questions: list[Question]

    @property
    def chapters(self) -> set[str]:
        """The chapters that it asks."""
        return {question.chapter for question in self.questions}


def read_exam(keys: Path, name: str) -> Exam:
    """Read an exam of the keys, or of the course; raise ``ValueError`` where it is not right."""
    folders = keys / "exams", EXAMS
    there = sorted({path.stem for folder in folders for path in folder.glob("*.toml")})
    expect(name in there, f"an exam: {', '.join(there)}", repr(name))
    path = next(folder / f"{name}.toml" for folder in folders if (folder / f"{name}.toml").exists())
    said = tomllib.loads(path.read_text(encoding="utf-8"))
    questions = [_checked(Question(**each)) for each in said.pop("question")]
    return Exam(name, **said, questions=questions)


def under(exam: Exam, syllabus: str) -> Exam:
    """Return what an exam asks of the chapters that a syllabus teaches."""
    taught = set(chain.from_iterable(weeks(syllabus)))
    asks = [question for question in exam.questions if question.chapter in taught]
    expect(bool(asks), f"an exam on what {syllabus} teaches", exam.name)
    return replace(exam, questions=asks)


def _checked(question: Question) -> Question:
    """Return a question that has an item of the bank, with its chapter, or versions in words."""
    if not question.item:
        expect(bool(question.version), "an item, or versions", question.title)
        expect(question.chapter in ITEMS, "a chapter", repr(question.chapter))
        return question
    for chapter, items in ITEMS.items():
        if question.item in {item.name for item in items}:
            return Question(question.points, question.minutes, question.item, chapter=chapter)
    raise ValueError(f"expected an item of the question bank, got {question.item!r}")


def sheets(exam: Exam, seed: int, variants: int) -> list[Sheet]:
    """Return the variants of an exam: A, B and so on."""
    expect(0 < variants <= 26, "1 to 26 variants", variants)
    problems = [_problems(exam, question, seed, variants) for question in exam.questions]
    return [
        Sheet(exam.title, letter, exam.may_be_used, exam.worth, [each[number] for each in problems])
        for number, letter in enumerate(ascii_uppercase[:variants])
    ]


def _problems(exam: Exam, question: Question, seed: int, variants: int) -> list[Problem]:
    """Return a question in each variant."""
    worth = question.points, question.minutes
    if question.item:
        return [
            Problem(title(question.chapter), *worth, drawn=drawn)
            for drawn in _drawn(exam, question, seed, variants)
        ]
    versions = [question.version[number % len(question.version)] for number in range(variants)]
    return [Problem(question.title, *worth, **version) for version in versions]


def _drawn(exam: Exam, question: Question, seed: int, variants: int) -> list[Asked]:
    (item,) = (item for item in ITEMS[question.chapter] if item.name == question.item)
    return asked(item, question.chapter, stream(seed, f"exam {exam.name}", item.name), variants)


def main() -> None:
    """Write the papers of an exam, and apart from them their solutions."""
    parser = argparse.ArgumentParser(prog="make exam", description=__doc__.splitlines()[0])
    parser.add_argument("--exam", required=True, help="the name of the exam")
    parser.add_argument("--keys", type=lambda text: Path(text or SAMPLE), default=SAMPLE)
    parser.add_argument("--seed", default="", help="a whole number; else that of the term")
    parser.add_argument("--syllabus", default="", help="leave out what this one does not teach")
    parser.add_argument("--variants", type=lambda text: int(text or 2), default=2)
    options = parser.parse_args()
    try:
        exam = read_exam(options.keys, options.exam)
        if options.syllabus:
            exam = under(exam, options.syllabus)
        made = sheets(exam, seed_of(options.keys, options.seed), options.variants)
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise SystemExit(f"{type(error).__name__}: {error}") from None
    folder = options.keys / "papers"
    folder.mkdir(exist_ok=True)
    for sheet in made:
        name = f"{exam.name}-{sheet.letter}"
        for kind, text in (("", paper(sheet)), ("-solutions", solutions(sheet))):
            (folder / f"{name}{kind}.html").write_text(text, encoding="utf-8", newline="\n")
    first = made[0]
    print(
        f"{folder}: {exam.name} in {len(made)} variants, each with its solutions apart;"
        f" {len(first.problems)} questions, {first.points:g} points, {first.minutes} minutes"
    )


if __name__ == "__main__":
    main()
