"""The tables of the notation page are executed: each symbol has the shape that its row says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from lark import Tree
from manuscript import page
from matplotlib._mathtext_data import tex2uni

from contract import chapters  # noqa: F401 (importing declares the worlds)
from contract.worlds import DECLARED, World
from utils.figures import STANDS_FOR
from utils.notation import evaluate, latex, parse
from utils.notation.meaning import members_of

#: Symbols and shapes; a comma or a semicolon parts several of them.
ROW = re.compile(r"(?m)^\| (?P<symbols>\$.*?\$) \| [^|]* \| (?P<shapes>[^|]*?) \|")


def rows() -> Iterator[tuple[str, str, str]]:
    """Return section, symbols and shapes of each row that says a shape."""
    for section in re.split(r"(?m)^## ", page("notation").text)[1:]:
        title, _, text = section.partition("\n")
        if "| Shape |" in text:
            for row in ROW.finditer(text):
                if row["shapes"]:
                    yield title, row["symbols"], row["shapes"]


def symbols(cell: str) -> list[Tree]:
    """Return the symbols of a cell: of an equation, what stands at its left."""
    found = [members_of(parse(text))[0] for text in re.findall(r"\$(.*?)\$", cell)]
    return [name.children[0] if name.data == "updated" else name for name in found]


def shapes(cell: str, number: int) -> list[str]:
    """Return as many shapes: one for each symbol, or one for all."""
    found = [each.strip() for each in re.split(r"[;,] (?![^$]*\$[^$]*$)|; |\$, (?=\$)", cell)]
    return found * number if len(found) == 1 else found


def colors() -> dict[str, str]:
    """Return letter → the role that the first row with this letter has a color for."""
    found: dict[str, str] = {}
    for row, role in re.findall(r"(?m)^\| (\$.*)\{\{ (\w+) \}\} \|$", page("notation").text):
        for text in re.findall(r"\$(.*?)\$", row.split(" | ")[0]):
            head = re.match(r"\\d?frac\{(\\\w+)|(\\hat)\{(\w)\}|(\\?\w+)", text)
            letter = " ".join(part for part in head.groups() if part)
            code = tex2uni.get(letter.removeprefix("\\"))
            found.setdefault(chr(code) if code else letter, role)
    return found


def test_letters_have_the_color_of_their_row():
    """In formulas, that is; the tables say it in words."""
    said = colors()
    assert {letter: said[letter] for letter in STANDS_FOR} == STANDS_FOR


def objection(names: dict[Tree, Any], symbol: Tree, shape: str) -> str | None:
    """Say how the value of a symbol differs from its shape, or return None."""
    value = evaluate(symbol, names)
    if shape == "as its argument":
        sizes = [(3,), (2, 4)]
        got = [np.shape(value(np.linspace(0.1, 0.9, np.prod(s)).reshape(s))) for s in sizes]
        return None if got == sizes else f"{got} for {sizes}"
    if shape == "number of parameters":
        expected = (np.size(value),) if np.ndim(value) == 1 else ("one", "list")
    elif as_other := re.fullmatch(r"as \$(.*)\$", shape):
        expected = np.shape(evaluate(as_other[1], names))
    elif shape == "number":
        value, expected = np.squeeze(value), ()
    else:
        sides = shape.strip("$").split(r"\times")
        expected = tuple(int(evaluate(side.strip(), names)) for side in sides)
    return None if np.shape(value) == expected else f"{np.shape(value)}, not {expected}"


def held(worlds: list[World], symbol: Tree, shape: str) -> str | None:
    """Hold a symbol in some world of its section, on all draws; else say what is wrong there."""
    problems = [f"no world of the section knows {latex(symbol)}"]
    for world in worlds:
        try:
            found = [objection(names, symbol, shape) for names in world.draws()]
        except ValueError:
            continue
        if not any(found):
            return None
        problems += filter(None, found)
    return problems[-1]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("section", "names", "told"), [*rows()])
def test_each_symbol_has_its_shape(section: str, names: str, told: str):
    worlds = [world for world in DECLARED["notation"].worlds if section in world.sections]
    found = symbols(names)
    assert [
        f"{latex(symbol)}: {problem}"
        for symbol, shape in zip(found, shapes(told, len(found)), strict=True)
        if (problem := held(worlds, symbol, shape))
    ] == []


def test_a_shape_turned_around_is_seen():
    (networks,) = (w for w in DECLARED["notation"].worlds if "Networks" in w.sections)
    W = parse("W^{(l)}")
    assert held([networks], W, r"$n_l \times n_{l-1}$") is None
    assert held([networks], W, r"$n_{l-1} \times n_l$")
    assert held([networks], parse("Q"), "number")
