"""A graded task: what is asked, as in the book's exercises, and what each mistake is worth."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from utils.checks import expect
from utils.judging import Exercise


def bound_in(source: str) -> list[str]:
    """Return the names that code gives to functions and values, in order."""
    found: list[str] = []
    for statement in ast.parse(source).body:
        if isinstance(statement, ast.FunctionDef):
            found.append(statement.name)
        elif isinstance(statement, ast.Assign):
            places = (place for target in statement.targets for place in ast.walk(target))
            found += [place.id for place in places if isinstance(place, ast.Name)]
    return found


@dataclass(frozen=True)
class Task:
    """What a student reads and fills in, and how it is judged.

    ``asks`` is an exercise for a function, or one for each of several numbers and words, by the
    name of the part.  ``stub`` is the code with dots that a student begins with: it defines the
    function, or gives each of the parts a name, in their order.  ``worth`` says which part of the
    marks a mistake keeps, from 0 to 1, by its words in ``asks``; any other keeps none.
    """

    title: str
    text: str
    stub: str
    asks: Exercise | Mapping[str, Exercise]
    worth: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        parts = self.parts.values()
        known = {words for part in parts for words in part.mistakes}
        expect(set(self.worth) <= known, "mistakes of the task", set(self.worth) - known)
        expect(all(0 <= w <= 1 for w in self.worth.values()), "parts of 1", self.worth)
        code = [callable(part.answer) for part in parts]
        expect(code == [True] or not any(code), "one function, or numbers and words", "both")
        expect(len(self.names) == len(code), f"a stub of {len(code)} names", self.names)

    @cached_property
    def parts(self) -> dict[str, Exercise]:
        """The exercises, by the names of the parts; a single one has none."""
        return {"": self.asks} if isinstance(self.asks, Exercise) else dict(self.asks)

    @cached_property
    def names(self) -> list[str]:
        """The names that the stub defines, in order."""
        return bound_in(self.stub)

    @property
    def is_code(self) -> bool:
        """Whether a function is asked for."""
        return callable(next(iter(self.parts.values())).answer)

    @property
    def handed_in(self) -> str:
        """The Python expression for all that is handed in."""
        return self.names[0] if len(self.names) == 1 else f"({', '.join(self.names)})"
