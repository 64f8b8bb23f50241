"""Write the question bank of a week for Canvas, and for what imports its files.

Each exercise is a group, of which a student gets one draw.  Its choices are the answer and what the
likely mistakes come to; who chooses one of these reads the words that name it.  The text that
text2qti reads lies beside the archive, to be read and changed.
"""

from __future__ import annotations

import argparse
import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from course.chapters import title, weeks
from course.commands import DATE, add_week, seed_of
from course.items import MARGIN, Asked, Item, asked, shown
from course.questions import ITEMS
from course.week import read_week, stream
from utils.checks import expect
from utils.judging import RIGHT, named

#: How many wrong choices there are at most, and how often an exercise is drawn.
WRONG, DRAWS = 4, 5

DESCRIPTION = (
    "The numbers are written as Python writes them, for paper and calculator or for NumPy."
    " Choose what your answer rounds to, or type it with three digits, a count with all."
)


@dataclass(frozen=True)
class Bank:
    """A title, and the items that are asked with the chapters that they come from."""

    title: str
    items: list[tuple[str, Item]]


def bank_of(keys: Path, week: str, syllabus: str) -> Bank:
    """Return what a week asks: of one in the keys the practice, else the chapters of a syllabus."""
    if (keys / "weeks" / f"{week}.toml").is_file():
        read = read_week(keys, week)
        wanted = [
            (chapter, item)
            for chapter, items in ITEMS.items()
            for item in items
            if item.exercise in read.practice
        ]
        return Bank(f"Week {week}: {read.title}", wanted)
    taught = weeks(syllabus)
    known = week.isdecimal() and 1 <= int(week) <= len(taught)
    expect(known, f"a week of the keys, or one of 1 to {len(taught)}", repr(week))
    chapters = taught[int(week) - 1]
    return Bank(
        f"Week {week}: {', '.join(map(title, chapters))}",
        [(chapter, item) for chapter in chapters for item in ITEMS[chapter]],
    )


def drawn(bank: Bank, seed: int, draws: int) -> Iterator[list[Asked]]:
    """Yield the draws of each item."""
    for chapter, item in bank.items:
        yield asked(item, chapter, stream(seed, "quiz", item.name), draws)


def text_of(name: str, groups: Iterable[list[Asked]], *, typed: bool = False) -> str:
    """Return a bank as text2qti reads it; ``typed`` asks for numbers in place of choices."""
    lines = [f"Quiz title: {name}", f"Quiz description: {DESCRIPTION}", ""]
    for group in groups:
        lines += ["GROUP", "Pick: 1", "Points per question: 1", ""]
        for one in group:
            lines += [f"Title: {one.item.name}", *_asking(one)]
            lines += _typed(one) if typed else _choices(one)
            lines.append("")
        lines += ["END_GROUP", ""]
    return "\n".join(lines)


def _asking(one: Asked) -> list[str]:
    numbers = [f"    - `{line}`" for line in one.lines]
    return [f"1.  {one.item.text}", "", *numbers, "", f"    {one.question}"]


def _choices(one: Asked) -> list[str]:
    """Return the answer and some mistakes, the least number first, so that no place tells."""
    wrong = islice(one.mistakes.items(), WRONG)
    choices = {shown(value): named(words) for words, value in wrong} | {shown(one.answer): RIGHT}
    lines = []
    for letter, value in zip("abcdefgh", sorted(choices, key=float), strict=False):
        mark = "*" if choices[value] == RIGHT else ""
        lines += [f"{mark}{letter}) {value}", f"... {escaped(choices[value])}"]
    return lines


def _typed(one: Asked) -> list[str]:
    """Return the answer with what it may be off, after the words for each mistake's number."""
    numbers = sorted(one.mistakes.items(), key=lambda each: each[1])
    known = [f"{shown(value)}: {escaped(words)}." for words, value in numbers]
    whole = one.exact and one.answer.is_integer()
    margin = "" if whole else f" +- {MARGIN * abs(one.answer):.9g}"
    value = f"{one.answer:.0f}" if whole else f"{one.answer:.9g}"
    return [
        f"+   {RIGHT}",
        "-   Not yet. Is your number here?",
        *_listed(known),
        f"= {value}{margin}",
    ]


def _listed(lines: Iterable[str]) -> list[str]:
    return ["", *(f"    - {line}" for line in lines)]


def escaped(words: str) -> str:
    """Return words in which Markdown finds no stars and dollars of its own; code stays code."""
    pieces = words.split("`")
    pieces[::2] = (piece.replace("*", r"\*").replace("$", r"\$") for piece in pieces[::2])
    return "`".join(pieces)


def archive(text: str) -> bytes:
    """Return the archive that Canvas imports: the same of the same text."""
    from text2qti.config import Config
    from text2qti.qti import QTI
    from text2qti.quiz import Quiz

    made, packed = QTI(Quiz(text, config=Config())).zip_bytes(), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(made)) as source, zipfile.ZipFile(packed, "w") as target:
        for entry in source.infolist():
            plain = zipfile.ZipInfo(entry.filename, DATE)
            plain.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(plain, source.read(entry))
    return packed.getvalue()


def main() -> None:
    """Write the bank of a week."""
    parser = argparse.ArgumentParser(prog="make quiz", description=__doc__.splitlines()[0])
    add_week(parser)
    parser.add_argument("--seed", default="", help="a whole number; else that of the term")
    parser.add_argument("--syllabus", default="", help="that of WEEK=4, twelve-weeks or another")
    parser.add_argument("--typed", action="store_true", help="ask for numbers, without choices")
    options = parser.parse_args()
    try:
        seed = seed_of(options.keys, options.seed)
        bank = bank_of(options.keys, options.week, options.syllabus or "twelve-weeks")
        groups = list(drawn(bank, seed, DRAWS))
        expect(bool(groups), "a week with chapters, or with practice that is asked", options.week)
    except (ValueError, KeyError, OSError) as error:
        raise SystemExit(f"{type(error).__name__}: {error}") from None
    text = text_of(bank.title, groups, typed=options.typed)
    path = options.keys / "quizzes" / f"week-{options.week}.zip"
    path.parent.mkdir(exist_ok=True)
    path.with_suffix(".txt").write_text(text, encoding="utf-8", newline="\n")
    path.write_bytes(archive(text))
    count = sum(map(len, groups))
    print(f"{path}: {len(groups)} questions, {count // len(groups)} draws of each; the text beside")


if __name__ == "__main__":
    main()
