r"""The live line of a figure, held at a state: every relation in it is true to the digits printed.

A line shows rounded numbers, but they were computed from what is not rounded.  So each side of
``=`` is taken as printed, and is exactly so; and what ``≈`` announces is the rounding of what the
exact numbers make, and no more than a unit from what the printed ones make.  A letter means the
number of its slot, ``\hat{y}`` that of ``#y_hat``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from lark import Tree
from matplotlib._mathtext_data import tex2uni
from scipy.special import expit

from contract.mutants import Misprint, misprints
from contract.statements import claims
from utils.explore.lines import Line, latex_of
from utils.notation import NotationError, evaluate, latex, parse
from utils.notation.meaning import ROUNDING, _bare, _units, members_of

FUNCTIONS: Mapping[Tree, Any] = {
    parse(r"\sigma"): expit,
    parse(r"\sigma'"): lambda z: expit(z) * expit(-z),
}

#: To so many a figure may have rounded what it computes, so that a 0 is one.
NINE_DIGITS = 1e-9

#: In so many lines of a formula an error is looked for first.
FEW = 12

_HATS = re.compile(r"([A-Za-z])_hat(\d*)")
_INDEXED = re.compile(r"([A-Za-z])(\d*)")


def letter_of(name: str) -> str:
    r"""Return the letter that a slot is named after: w_1 of ``w1``, \hat{y} of ``y_hat``."""
    if match := _HATS.fullmatch(name):
        return rf"\hat{{{match[1]}}}" + (f"_{match[2]}" if match[2] else "")
    if match := _INDEXED.fullmatch(name):
        return match[1] + (f"_{match[2]}" if match[2] else "")
    return rf"\{name}" if name in tex2uni else rf"\text{{{name}}}"


def lettered(line: Line) -> str:
    """Return the formula of a line with a letter of its own in each slot."""
    return re.sub(r"#([A-Za-z]\w*)", lambda m: f" {_slot(line, m[1])} ", line.latex)


def _slot(line: Line, name: str) -> str:
    free = [letter for letter in "BCDEFGHIKMNOPQRSTUV" if letter not in line.latex]
    return free[line.names.index(name)]


def objection(line: Line, formula: str | None = None) -> str | None:
    """Say what is wrong with a line, or with its *formula* with an error in it; or return None."""
    try:
        with np.errstate(all="ignore"):
            for claim in claims(formula or lettered(line)):
                if problem := _wrong(claim, line):
                    return f"{line.filled()}: {problem}"
    except NotationError as error:
        return f"{line.filled()}: {error}"
    except Exception as error:  # a line with an error in it may fail in any way
        return f"{line.filled()}: {type(error).__name__}: {error}"
    return None


@dataclass(frozen=True)
class Meaning:
    """What is printed in each slot, the exact number there, and what the letters mean.

    Of a number that came as a text there is no exact one: its letter is what is printed.
    """

    printed: dict[Tree, Tree]
    texts: dict[Tree, Tree]
    names: Mapping[Tree, Any]


def meaning(line: Line) -> Meaning:
    """Return what the slots and the letters of a line mean."""
    printed, texts, names = {}, {}, dict(FUNCTIONS)
    for name, word, value in zip(line.names, line.words, line.values, strict=True):
        slot, shown = parse(_slot(line, name)), parse(f"({latex_of(word)})")
        printed[slot] = shown
        names[slot] = evaluate(shown) if value is None else value
        letter = parse(letter_of(name))
        names[letter] = names[slot]
        texts.update({letter: shown} if value is None else {})
    names |= {parse(letter_of(name)): value for name, value in line.free.items()}
    return Meaning(printed, texts, names)


def _wrong(claim: Tree, line: Line) -> str | None:
    this = meaning(line)
    printed, texts, names = this.printed, this.texts, this.names
    left, sign, right = claim.children
    if sign == "=" and left in texts:
        left, sign, right = right, r"\approx", left
    if sign == r"\approx":
        shown, made = _put(right, printed | texts), evaluate(_put(left, printed), names)
        if not evaluate(Tree("chain", [left, sign, shown]), names):
            return f"{evaluate(left, names)} is not {latex(shown)} to its digits"
        unit = _units(_bare(shown))
        if unit is not None and abs(made - evaluate(shown, names)) > 1.5 * unit.item():
            return f"the numbers printed make {made}"
        return None
    letters = names.keys() - printed.keys() - FUNCTIONS.keys()
    bound = NINE_DIGITS
    if not any(part in letters for part in claim.iter_subtrees()):
        claim, bound = _put(claim, printed), ROUNDING
    one, other = (evaluate(side, names) for side in claim.children[::2])
    fits = evaluate(claim, names)
    if sign == "=":
        fits = abs(one - other) <= bound * max(1, abs(other))
    return None if fits else f"{one} and {other} do not fit {sign}"


def _put(tree: Tree, instead: Mapping[Tree, Tree]) -> Tree:
    """Return a tree with others in the place of some of its parts."""
    if tree in instead:
        return instead[tree]
    parts = [_put(part, instead) if isinstance(part, Tree) else part for part in tree.children]
    return Tree(tree.data, parts)


def missed(lines: Sequence[Line]) -> Iterator[Misprint]:
    """Return the errors in the formula of some lines that would be seen in none of them.

    Most are seen in a few lines from end to end, or are none there: ab is ba.
    """
    formula = lettered(lines[0])
    few = lines[:: -(-len(lines) // FEW)]
    for error in misprints(formula):
        if any(objection(line, error.latex) for line in few):
            continue
        same = all(_same(formula, error.latex, line) for line in few)
        if not same and not any(objection(line, error.latex) for line in lines):
            yield error


def _same(formula: str, other: str, line: Line) -> bool:
    """Whether two formulas are the same numbers in the same relations: ab is ba."""
    names = meaning(line).names
    one, two = parse(formula), parse(other)
    if one.data != two.data or one.children[1::2] != two.children[1::2]:
        return False
    pairs = zip(members_of(one), members_of(two), strict=True)
    return all(abs(evaluate(a, names) - evaluate(b, names)) <= ROUNDING for a, b in pairs if a != b)
