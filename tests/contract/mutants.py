"""Small errors, one at a time, in a printed equation or in a function.

Both kinds are made from a syntax tree and spliced into the text, so that a mutant is what an author
might have written.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from lark import Token, Tree

from utils.notation import NotationError, parse, syntax

# ── In print ─────────────────────────────────────────────────────────────────────────────────────

_INSTEAD = {
    "+": "-", "-": "+", "<": r"\le", ">": r"\ge", r"\le": r"\ge", r"\ge": r"\le",
    r"\sum": r"\prod", r"\prod": r"\sum", r"\max": r"\min", r"\min": r"\max",
    r"\ln": r"\exp", r"\log": r"\exp", r"\exp": r"\ln", r"\cos": r"\sin", r"\sin": r"\cos",
    r"\mathbb{E}": r"\operatorname{Var}", r"\operatorname{Var}": r"\mathbb{E}",
    r"\odot": " ", r"\cdot": "/",
}  # fmt: skip
_OTHER_RELATION = {"<": ">", ">": "<", r"\le": "<", r"\ge": ">"}

Edit = tuple[str, int, int, str]


@dataclass(frozen=True)
class Misprint:
    """An equation with one error: what was done, and what it reads now."""

    what: str
    latex: str


def misprints(latex: str) -> list[Misprint]:
    """Return every equation that one small error makes of this one, each once."""
    original, found = parse(latex), {}
    for what, start, end, text in _edits(syntax(latex), latex):
        wrong = f"{latex[:start]}{text}{latex[end:]}"
        try:
            tree = parse(wrong)
        except NotationError:
            continue  # no longer a formula: a reader would see that
        if tree != original:
            found.setdefault(tree, Misprint(what, wrong))
    return list(found.values())


def _edits(tree: Tree, latex: str) -> Iterator[Edit]:
    names = sorted({latex[slice(*_span(s))] for s in tree.find_data("symbol")})
    names = [name for name in names if name.isalpha() or name[1:].isalpha()]
    for node in tree.iter_subtrees_topdown():
        yield from _of_signs(node)
        yield from _of_rows(node, latex)
        yield from _of_wrappings(node, latex)
        if node.data == "symbol":
            start, end = _span(node)
            name = latex[start:end]
            if name in names and len(names) > 1:
                other = names[(names.index(name) + 1) % len(names)]
                yield "another name", start, end, f"{other} "


def _of_signs(node: Tree) -> Iterator[Edit]:
    """Flip a sign or a relation, change a constant, take the opposite function."""
    for token in node.children:
        if not isinstance(token, Token):
            continue
        start, end = token.start_pos, token.end_pos
        if token.type in ("NUMBER", "DIGIT"):
            whole, point, rest = token.partition(".")
            last = rest or whole
            for step in (1, -1):
                digits = str(int(last) + step).zfill(len(last))
                if "-" not in digits:
                    yield (
                        "another constant",
                        start,
                        end,
                        f"{{{whole + point if rest else ''}{digits}}}",
                    )
        sign = (
            token.strip("&\\ \n") if token.type == "RELATION" and len(token) < 4 else token.strip()
        )
        for table in (_INSTEAD, _OTHER_RELATION):
            if sign in table:
                yield "the opposite sign", start, end, f" {table[sign]} "


def _of_rows(node: Tree, latex: str) -> Iterator[Edit]:
    """Drop, swap or transpose what stands in a row: terms, factors, entries."""
    parts = [part for part in node.children if isinstance(part, Tree)]
    spans = [_span(part) for part in parts]
    if node.data == "sum":
        yield from _of_terms(node, latex)
    elif node.data in ("product", "term"):
        start, end = _span(node)
        for (a, b), part in zip(spans, parts, strict=True):
            if part.data == "over":
                continue
            cut_from, cut_to = (a, _next(spans, a, end)) if a == start else (_last(spans, a), b)
            yield "a factor dropped", cut_from, cut_to, ""
            if part.data == "symbol":
                yield "a transpose added", b, b, r"^\top "
    if node.data in ("product", "term", "matrix", "row"):
        for (a, b), (c, d) in pairwise(spans):
            swapped = f"{latex[c:d]} {latex[b:c]} {latex[a:b]}"
            yield "neighbors swapped", a, d, swapped
    if node.data == "fraction":
        (a, b), (c, d) = spans
        yield "fraction inverted", a, d, f"{latex[c:d]}{latex[b:c]}{latex[a:b]}"
        yield "divisor dropped", c, d, "1"


def _of_terms(node: Tree, latex: str) -> Iterator[Edit]:
    children = node.children
    for i, part in enumerate(children):
        if not isinstance(part, Tree):
            continue
        a, b = _span(part)
        if i == 0:
            yield "a sign added", a, a, "-"
            yield "a term dropped", a, _span(children[1])[0], ""
        else:
            yield "a term dropped", _span(children[i - 1])[0], b, "0" if len(children) == 2 else ""
        if i >= 2:
            (c, d) = _span(children[i - 2])
            swapped = f"{latex[a:b]} {latex[d:a]} {latex[c:d]}"
            yield "terms swapped", c, b, swapped


def _of_wrappings(node: Tree, latex: str) -> Iterator[Edit]:
    """Take off, or change, what is written around or beside a thing."""
    start, end = _span(node)
    if node.data in ("below", "above", "prime"):
        yield f"what stands {node.data} dropped", start, end, " "
        inside = [part for part in node.children if isinstance(part, Tree) and part.data != "group"]
        if node.data != "prime" and inside:
            a, b = _span(inside[-1])
            yield f"one more {node.data}", start, end, f"{latex[start]}{{{latex[a:b]} + 1}}"
            if node.data == "above":
                yield "exponent with the other sign", start, end, f"^{{-({latex[a:b]})}}"
    if node.data in ("absolute", "norm", "root", "ceiling", "floor", "accent"):
        (a, b) = _span(node.children[-1])
        yield (
            f"no {node.data}",
            start,
            end,
            f"({latex[a:b]})" if node.data != "accent" else latex[a:b],
        )
        if node.data in ("ceiling", "floor"):
            other = "lfloor", "rfloor"
            yield "rounded the other way", start, end, rf"\{other[0]} {latex[a:b]} \{other[1]} "
    if node.data == "over":
        bounds = [child for child in node.children[2:3] if isinstance(child, Tree)]
        for bound in bounds:
            yield "one less in the sum", *_span(bound), f"{{{latex[slice(*_span(bound))]} - 1}}"


def _span(part: Tree | Token) -> tuple[int, int]:
    place = part.meta if isinstance(part, Tree) else part
    return place.start_pos, place.end_pos


def _next(spans: list, start: int, end: int) -> int:
    return min((a for a, _ in spans if a > start), default=end)


def _last(spans: list, start: int) -> int:
    return max(b for _, b in spans if b <= start)
