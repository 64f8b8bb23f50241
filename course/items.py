"""An exercise of the book, asked on other numbers: as a question with one number for its answer.

The exercise stays the one source: its answer, and its likely mistakes by the words that name them,
are worked out on the numbers that are drawn.  Of an answer in arrays, one entry is asked.

A draw is left out where a mistake comes within 2 % of the answer, or of another mistake, so that
a number always tells which it is; where the answer is below 1e-4 in size; and where it is a number
that the book prints.  A mistake that leaves the entry right, as far as the exercise looks, or has
another shape, shows nothing there, and is no choice; nor are two that come to the same.
"""

from __future__ import annotations

import copy
import json
import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np

from course.commands import ROOT
from course.draws import Draw
from utils.checks import expect
from utils.exercises import EXERCISES
from utils.judging import Exercise, answered

#: How far apart two numbers must be to be told apart, and how small an answer may be.
APART, LEAST = 0.02, 1e-4
#: A typed answer may be so far off: then the least that is right is not too small to be asked.
MARGIN = 0.01
#: How many mistakes must be there to choose from.
MISTAKES = 2
#: How often numbers are drawn for a question before another entry is tried, and before it fails.
TRIES = 20, 2000


@dataclass(frozen=True)
class Item:
    """How an exercise is asked: the text, the numbers by their letters, the names of the answer.

    ``given`` makes the exercise's inputs of the numbers that are drawn; without it they are those,
    in their order.  ``names`` are those of the answer's parts, in order; one that begins with ``_``
    is not asked.  A ``part`` of an exercise that is made from its numbers comes from ``made``.
    """

    exercise: str
    text: str
    draws: Mapping[str, Draw]
    names: str
    part: str = ""
    made: Callable[..., Exercise | Mapping[str, Exercise]] | None = None
    given: Callable[..., tuple] = lambda *values: values

    @property
    def name(self) -> str:
        """The exercise, and its part."""
        return f"{self.exercise}, {self.part}" if self.part else self.exercise

    def of(self, inputs: Mapping[str, object]) -> Exercise:
        """Return the exercise on these numbers."""
        if self.made is None:
            return EXERCISES[self.exercise]
        made = self.made(**inputs)
        return made if isinstance(made, Exercise) else made[self.part]

    def is_of_the_book(self, answer: float) -> bool:
        """Whether one of the book's own answers to the exercise is this number."""
        parts = EXERCISES[self.exercise] if self.made else {}
        return any(_equal(answer, part.answer) for part in parts.values())

    def outcomes(self, inputs: Mapping[str, object]) -> dict[str, tuple[float, dict[str, float]]]:
        """Return, for each entry that may be asked, the answer and what the mistakes come to."""
        exercise, values = self.of(inputs), self.given(*inputs.values())
        right = _parts(exercise.answer, values)
        wrong = {}
        for words, mistake in exercise.mistakes.items():
            with suppress(ValueError, IndexError, TypeError, AttributeError, ArithmeticError):
                parts = _parts(mistake, values)
                if [part.shape for part in parts] == [part.shape for part in right]:
                    wrong[words] = parts
        return {
            _place(name, index): (
                float(part[index]),
                {words: float(parts[number][index]) for words, parts in wrong.items()},
            )
            for number, (name, part) in enumerate(zip(self.names.split(), right, strict=True))
            if not name.startswith("_")
            for index in np.ndindex(part.shape)
        }


@dataclass(frozen=True)
class Asked:
    """An item on numbers that were drawn: the entry that is asked, its answer, and its mistakes.

    These come in an order that was drawn, too.
    """

    item: Item
    inputs: dict[str, object]
    place: str
    answer: float
    mistakes: dict[str, float]

    @property
    def exact(self) -> bool:
        """Whether a whole number is asked for, and no other will do."""
        return self.item.of(self.inputs).exact

    @property
    def lines(self) -> list[str]:
        """The numbers, each as a line of Python."""
        return [f"{letter} = {literal(value)}" for letter, value in self.inputs.items()]

    @property
    def question(self) -> str:
        """What is asked for, in a sentence."""
        counted = ", counted from 0 as in NumPy" if "[" in self.place else ""
        return f"What is `{self.place}`{counted}?"


def asked(item: Item, chapter: str, seed: object, count: int) -> list[Asked]:
    """Draw an item so many times, on other numbers and for the same entry, so that all are alike.

    Raises ``ValueError`` where no numbers that are drawn will do.
    """
    rng = np.random.default_rng(seed)
    places = rng.permutation(list(_outcomes(item, _inputs(item, rng))))
    for tries in TRIES:  # first the entry that soon has numbers that will do
        for place in places:
            found: dict[tuple[str, ...], Asked] = {}
            for _ in range(tries * count):
                one = _drawn(item, str(place), _inputs(item, rng), printed(chapter), rng)
                if one is not None:
                    found.setdefault(tuple(one.lines), one)
                if len(found) == count:
                    return list(found.values())
    raise ValueError(f"expected numbers that tell the mistakes of {item.name} apart, got none")


def _inputs(item: Item, rng: np.random.Generator) -> dict[str, object]:
    return {letter: draw(rng) for letter, draw in item.draws.items()}


def _outcomes(item: Item, inputs: dict[str, object]) -> dict[str, tuple[float, dict[str, float]]]:
    with np.errstate(all="ignore"):  # a likely mistake may overflow
        return item.outcomes(inputs)


def _drawn(
    item: Item, place: str, inputs: dict[str, object], known: Callable, rng: np.random.Generator
) -> Asked | None:
    """Return the item on these numbers, or None where they will not do."""
    answer, wrong = _outcomes(item, inputs).get(place, (0.0, {}))
    if abs(answer) * (1 - MARGIN) < LEAST or item.is_of_the_book(answer) or known(answer):
        return None
    mistakes = told_apart(answer, wrong)
    if mistakes is None or len(mistakes) < MISTAKES:
        return None
    return Asked(item, inputs, place, answer, {w: mistakes[w] for w in _shuffled(mistakes, rng)})


def _shuffled(words: Iterable[str], rng: np.random.Generator) -> list[str]:
    return [str(each) for each in rng.permutation(list(words))]


def told_apart(answer: float, wrong: Mapping[str, float]) -> dict[str, float] | None:
    """Return the mistakes that show, or None where a number would not tell which it is."""
    showing = {
        words: value
        for words, value in wrong.items()
        if math.isfinite(value) and not _equal(value, answer)
    }
    alone = {
        words: value
        for words, value in showing.items()
        if sum(_equal(value, other) for other in showing.values()) == 1
    }
    values = sorted([answer, *showing.values()])
    unclear = any(near(a, b) and not _equal(a, b) for a, b in pairwise(values))
    return None if unclear else alone


def near(a: float, b: float) -> bool:
    """Whether two numbers are too close to be told apart."""
    return abs(a - b) <= APART * max(abs(a), abs(b))


def _equal(a: float, b: float) -> bool:
    return math.isclose(a, b, rel_tol=1e-3, abs_tol=1e-8)  # as exercises do


def _parts(answer: object, values: tuple) -> list[np.ndarray]:
    """Return what an answer comes to as arrays, one for each of its parts."""

    def leaves(value: object) -> Iterator[np.ndarray]:
        if isinstance(value, tuple):
            for part in value:
                yield from leaves(part)
        else:
            yield np.asarray(value, dtype=float)

    return list(leaves(answered(answer, *copy.deepcopy(values))))


def _place(name: str, index: tuple[int, ...]) -> str:
    return f"{name}[{', '.join(map(str, index))}]" if index else name


def literal(value: object) -> str:
    """Return a number, or an array of them, as Python writes it."""
    expect(np.asarray(value).dtype.kind in "if", "numbers", value)
    return str(np.asarray(value).tolist())


def shown(value: float) -> str:
    """Return a number as a choice shows it: a whole one with all digits, others with four."""
    whole = float(value).is_integer() and abs(value) < 1e9
    return f"{value + 0.0:.0f}" if whole else f"{value:.4g}"


@cache
def printed(chapter: str) -> Callable[[float], bool]:
    """Return what tells whether a chapter prints a number, with three digits or more."""
    notebook = json.loads((ROOT / "book" / f"{chapter}.ipynb").read_text(encoding="utf-8"))
    text = "\n".join("".join(cell["source"]) for cell in notebook["cells"])
    found: dict[int, set[float]] = defaultdict(set)
    for numeral in re.findall(r"\d+(?:\.\d+)?", text):
        if (digits := len(numeral.replace(".", "").lstrip("0"))) >= 3:
            found[digits].add(float(numeral))
    return lambda value: any(
        float(f"{abs(value):.{digits}g}") in numerals for digits, numerals in found.items()
    )
