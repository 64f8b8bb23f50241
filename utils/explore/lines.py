r"""A live line: a formula worked out in the numbers of a state, given once as LaTeX with slots.

    return story, worked(r"z = #w1 \cdot #x1 + #w2 \cdot #x2 + #b = #z", w1=w1, x1=x1, …, z=z)

at the end of ``update`` puts ``z = 0.4 · 1 − 0.6 · 2 + 0.5 = −0.3`` under the figure.  A negative
number gets its brackets where it needs them, and after a plus it takes the sign's place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from .words import as_shown, to_digits

#: A slot, and whether a power follows: ``#w1``, ``#factor^#k``.
_SLOT = re.compile(r"#([A-Za-z]\w*)(?=(\s*\^)?)")
#: After these a number may begin with a minus.
_OPENS = re.compile(r"(^|[({\[,=<>&|^_]|\\(approx|le|ge|ne|to|lvert|lVert|in))\s*$")
_POWER = re.compile(r"(\d) × 10|(?<![\d.])10(?=[⁻⁰¹²³⁴⁵⁶⁷⁸⁹])")
_RAISED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")

DIGITS = 4  # of a computed number, as everywhere in the book


@dataclass(frozen=True)
class Line:
    """A formula with slots, and what stands in each now: in words, and as the number itself.

    ``free`` are the letters that it leaves as they are, and what they mean.
    """

    latex: str
    names: tuple[str, ...]
    words: tuple[str, ...]
    values: tuple[float | None, ...] = field(compare=False)
    free: Mapping[str, float] = field(compare=False, default_factory=dict)

    def filled(self) -> str:
        """Return the LaTeX with its numbers, as the reader sees it."""
        return each_slot(self.latex, lambda slot: slot.holding(self.words[slot.number]))


@dataclass(frozen=True)
class Slot:
    """A place for a number: which one, and how a minus stands there.

    It is "plain" where a number may begin with one, "signed" after a plus, which gives way to it,
    and "fenced" elsewhere: there the number gets brackets.
    """

    name: str
    number: int
    kind: str
    before: str

    def holding(self, word: str) -> str:
        """Return the LaTeX of what has stood before, and of a number in the slot."""
        word, before = latex_of(word), self.before
        if self.kind == "signed" and word.startswith("-"):
            return f"{before.rstrip().removesuffix('+')}- {word[1:]}"
        if self.kind == "fenced" and re.search(r"^-|\\cdot", word):
            return f"{before}({word})"
        return f"{before}{{{word}}}" if re.search(r"[\^_\d]\s*$", before) else before + word


def worked(latex: str, **numbers: float | str) -> Line:
    r"""Return the line for one state: *latex*, whose slots ``#name`` show the *numbers*.

    A whole number is shown as it is, any other to four digits, and a text as the caption has it.  A
    number without a slot says what its letter means, for those who check the formula: ``x1`` and
    ``x2`` in ``#w1 x_1 + #w2 x_2 + #b = 0``.  Raises ValueError where a slot has no number.
    """
    names = tuple(dict.fromkeys(name for name, _ in _SLOT.findall(latex)))
    if not names or not set(names) <= set(numbers):
        raise ValueError(
            f"worked: expected a number for each of {', '.join(names) or '#slots in the formula'}, "
            f"got {', '.join(numbers) or 'none'}"
        )
    free = {name: float(value) for name, value in numbers.items() if name not in names}
    values = [numbers[name] for name in names]
    words = tuple(value if isinstance(value, str) else _word(value) for value in values)
    exact = tuple(None if isinstance(value, str) else float(value) for value in values)
    return Line(latex, names, words, exact, free)


def each_slot(latex: str, written: Callable[[Slot], str]) -> str:
    """Return the LaTeX with each slot, and what stands before it, written anew."""
    names, end, parts = {}, 0, []
    for match in _SLOT.finditer(latex):
        before, power = latex[end : match.start()], match[2]
        if _OPENS.search(latex[: match.start()]) and not power:
            kind = "plain"
        else:
            kind = "signed" if before.rstrip().endswith("+") and not power else "fenced"
        number = names.setdefault(match[1], len(names))
        parts.append(written(Slot(match[1], number, kind, before)))
        end = match.end()
    return "".join(parts) + latex[end:]


def latex_of(word: str) -> str:
    r"""Return the LaTeX of a number as captions write it: of −5 × 10⁻⁸, ``-5 \cdot 10^{-8}``."""
    word = _POWER.sub(lambda m: rf"{m[1]} \cdot 10" if m[1] else "10", word)
    word = re.sub(r"[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda m: f"^{{{m[0].translate(_RAISED)}}}", word)
    return word.replace("−", "-")


def _word(value: float) -> str:
    if isinstance(value, (int, np.integer)):
        return as_shown(int(value))
    return to_digits(float(value), DIGITS)
