"""From the page to a tree, and back to the page."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from lark import Lark, Token, Transformer, Tree
from lark.exceptions import UnexpectedInput, UnexpectedToken
from lark.lexer import PatternStr


class NotationError(ValueError):
    """A formula is not in the book's notation, or has a name that nothing gives a meaning to."""


_GRAMMAR = Lark(
    Path(__file__).with_name("grammar.lark").read_text(encoding="utf-8"),
    parser="lalr",
    maybe_placeholders=True,
    propagate_positions=True,
)

_SPELLINGS = {r"\leq": r"\le", r"\geq": r"\ge", r"\neq": r"\ne", r"\star": "*"}

#: What the errors call the signs of the grammar that have no one spelling.
_SIGNS = {
    "SYMBOL": "a name",
    "NUMBER": "a number",
    "DIGIT": "one digit",
    "OPEN": "an opening bracket",
    "CLOSE": "a closing bracket",
    "SIGN": "+ or -",
    "OPERATOR": "an operator",
    "RELATION": "a relation",
    "FRACTION": r"\frac",
    "ACCENT": r"\hat",
    "BIG": r"\sum",
    "$END": "the end",
}


def syntax(latex: str) -> Tree:
    """Read a formula as it is written, with the place of every part in the text.

    Raises :class:`NotationError`, with the place and what was expected there.
    """
    try:
        return _GRAMMAR.parse(latex)
    except UnexpectedToken as error:
        place = len(latex) if error.token.type == "$END" else error.pos_in_stream
        expected = "expected " + ", ".join(sorted({_called(name) for name in error.accepts} - {""}))
    except UnexpectedInput as error:
        place, expected = error.pos_in_stream, "no sign that may stand there begins so"
    raise NotationError(
        f"not in the notation at {place}: {latex[:place]} ⟶ {latex[place:] or 'end'}: {expected}"
    )


def _called(name: str) -> str:
    if name in _SIGNS:
        return _SIGNS[name]
    pattern = _GRAMMAR.get_terminal(name).pattern
    return pattern.value if isinstance(pattern, PatternStr) else ""


@lru_cache(maxsize=4096)
def parse(latex: str) -> Tree:
    """Read a formula to its tree, in which two ways to write one thing are the same thing."""
    return _Canonical().transform(syntax(latex))


class _Canonical(Transformer):
    """From how it is written to what it is: a small star, layer or index belongs to its name."""

    def __default_token__(self, token: Token) -> Token:
        sign = re.sub(r"\\\\|&|\s", "", token) if token.type in ("RELATION", "BIG") else str(token)
        if token.type == "SYMBOL":
            sign = re.sub(r"\\mathrm\{", r"\\text{", sign)
        kind = "NUMBER" if token.type == "DIGIT" else token.type
        return Token(kind, _SPELLINGS.get(sign, sign))

    def scripted(self, children: list) -> Tree:
        node, *scripts = children
        name, around = [], []
        for script in scripts:
            *small, last = script.children
            match script.data, getattr(last, "type", None):
                case "prime", _:
                    name.append((2, "prime", [last]))
                case "below", _:
                    name.append((3, "index", script.children))
                case "above", "STAR":
                    name.append((0, "star", []))
                case "above", "TOP":
                    if small and small[0] is not None:
                        name.append((1, "layer", [_inside(small[0])]))
                    around.append(("transpose", []))
                case "above", _ if _inside(last) is not None and node.data in ("symbol", "accent"):
                    name.append((1, "layer", [_inside(last)]))
                case "above", _:
                    around.append(("power", [last]))
        for _, kind, small in sorted(name, key=operator.itemgetter(0)):
            node = Tree(kind, [node, *small])
        for kind, small in around:
            node = Tree(kind, [node, *small])
        return node

    def fraction(self, children: list) -> Tree:
        return Tree("fraction", children[1:])

    def range(self, children: list) -> Tree:
        return Tree("range", [children[0], children[2]])

    def chance(self, children: list) -> Tree:
        return Tree("chance", [*children[:2], children[3]])

    def slope(self, children: list) -> Tree:
        return Tree("derivative", [Token("DIFFERENTIAL", r"\partial"), None, *children[1::3]])

    def derivative(self, children: list) -> Tree:
        sign = Token("DIFFERENTIAL", "d" if children[0].endswith("d") else r"\partial")
        return Tree("derivative", [sign, *children[1:3], *children[4::2]])


def _inside(node: Any) -> Tree | None:
    """Return what stands between the brackets, if the node is one thing in round brackets."""
    if isinstance(node, Tree) and node.data == "group" and len(node.children) == 3:
        return node.children[1] if node.children[0] == "(" else None
    return None


_FORMS: dict[str, str | Callable[..., str]] = {
    "number": "{}",
    "symbol": "{}",
    "accent": "{}{{{}}}",
    "star": "{}^*",
    "layer": "{}^{{({})}}",
    "prime": "{}{}",
    "index": lambda base, *small: f"{base}_{{{', '.join(small)}}}",
    "power": "{{{}}}^{{{}}}",
    "transpose": r"{{{}}}^\top",
    "fraction": r"\frac{{{}}}{{{}}}",
    "root": r"\sqrt{{{}}}",
    "absolute": r"\lvert {} \rvert",
    "norm": r"\lVert {} \rVert",
    "inner": r"\langle {}, {} \rangle",
    "ceiling": r"\lceil {} \rceil",
    "floor": r"\lfloor {} \rfloor",
    "group": lambda first, *parts: f"{first}{', '.join(parts[:-1])}{parts[-1]}",
    "conditional": r"{}{} \mid {}{}",
    "set": lambda *parts: rf"\{{{', '.join(parts)}\}}",
    "range": r"\{{{}, \dots, {}\}}",
    "dots": r"\dots",
    "matrix": lambda *rows: r"\begin{pmatrix} " + r" \\ ".join(rows) + r" \end{pmatrix}",
    "cases": lambda *rows: r"\begin{cases} " + r" \\ ".join(rows) + r" \end{cases}",
    "row": lambda *entries: " & ".join(entries),
    "case": lambda value, *when: (
        rf"{value} & \text{{{'if' if when else 'otherwise'}}} {' '.join(when)}"
    ),
    "both": lambda *claims: ", ".join(claims),
    "iff": r"{} \iff {}",
    "implies": r"{} \implies {}",
    "provided": r"{} \text{{if}} {}",
    "update": "{} := {}",
    "updated": "{} :=",
}


def latex(tree: Tree | Token | None) -> str:
    """Write a tree as LaTeX again, plainly.  ``parse(latex(tree)) == tree``."""
    if not isinstance(tree, Tree):
        return "" if tree is None else str(tree)
    parts = [latex(child) for child in tree.children]
    if tree.data == "derivative":
        sign, order, top, *bottom = parts
        power = f"^{{{order}}}" if order else ""
        return rf"\frac{{{sign}{power} {top}}}{{{' '.join(f'{sign} {x}' for x in bottom)}}}"
    if tree.data == "over":
        big, under, above, body = parts
        return f"{big}_{{{under}}}" + (f"^{{{above}}}" if above else "") + f" {body}"
    if tree.data == "chance":
        sign, under, body = parts
        return sign + (f"_{{{under}}}" if under else "") + f"[{body}]"
    if tree.data in ("index", "star", "layer", "prime") and tree.children[0].data in ("power",):
        parts[0] = f"{{{parts[0]}}}"
    form = _FORMS.get(tree.data, lambda *parts: " ".join(parts))
    return form(*parts) if callable(form) else form.format(*parts)
