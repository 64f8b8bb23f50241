r"""What the formulas of a page say: each claim between two formulas, where it stands.

A labeled equation has its tie; this is about all others, in running text, in displays without a
label, in tables, hints and solutions.  ``a = b < c`` is two claims, and ``A \iff B`` is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from lark import Tree
from manuscript import Cell, Page, tokens

from contract.equations import labels
from utils.notation import parse

#: What may be right or wrong between two formulas.  (``\to`` says where something goes.)
CLAIM = re.compile(r"[=<>]|\\(?:ne|neq|le|leq|ge|geq|approx|in|succ|leftarrow)(?![A-Za-z])")

#: A sign by itself, of which the text speaks.
_SIGN = re.compile(r"[=<>]|:=|\\[a-z]+")


@dataclass(frozen=True)
class Formula:
    """A formula with a relation: where it stands, and under which headings, the outermost first."""

    cell: Cell
    line: int
    sections: tuple[str, ...]
    latex: str

    @property
    def place(self) -> str:
        """Name the place for an author."""
        return f"{self.cell.at(self.line)}: {self.latex}"


@cache
def formulas(page: Page) -> tuple[Formula, ...]:
    """Return the formulas of a page that claim something, but for the labeled equations."""
    labeled = set(labels().values())
    return tuple(
        Formula(cell, line, sections, text)
        for cell, line, sections, text in _printed(page)
        if text not in labeled and CLAIM.search(text) and not _SIGN.fullmatch(text)
    )


def titles(page: Page) -> set[str]:
    """Return the headings of a page."""
    found, heading = set(), False
    for cell in page.of_kind("markdown"):
        for _, block in tokens(cell):
            if heading:
                found.add("".join(child.content for child in block.children or ()))
            heading = block.type == "heading_open"
    return found


def _printed(page: Page) -> Iterator[tuple[Cell, int, tuple[str, ...], str]]:
    headings: list[tuple[int, str]] = []
    for cell in page.of_kind("markdown"):
        level = 0
        for line, block in tokens(cell):
            if block.type == "heading_open":
                level = int(block.tag[1])
            elif level:
                title = "".join(child.content for child in block.children or ())
                headings = [*((n, t) for n, t in headings if n < level), (level, title)]
                level = 0
            sections = tuple(title for _, title in headings)
            at = line
            for token in (block, *(block.children or ())):
                if token.type.startswith("math_") and not token.type.endswith("_label"):
                    yield cell, at, sections, token.content.strip()
                at += token.type in {"softbreak", "hardbreak"}


def claims(text: str) -> Iterator[Tree]:
    """Return the claims of a formula, one by one; ``&&`` in a display begins a remark.

    Raises NotationError where the formula is not in the notation.
    """
    for remark in _REMARK.findall(text):
        if CLAIM.search(remark) and r"\text" not in remark:
            yield from claims(remark)
    yield from _links(parse(_aligned(_REMARK.sub("", text))))


_REMARK = re.compile(r"(?s)&&(.*?)(?=\\\\|\\end|$)")


def _aligned(text: str) -> str:
    """Leave out what only puts columns below each other: & and spaces, but not in a matrix."""
    parts = re.split(r"(?s)(\\begin\{(?:pmatrix|cases)\}.*?\\end\{(?:pmatrix|cases)\})", text)
    return "".join(
        part if part.startswith((r"\begin{pmatrix}", r"\begin{cases}")) else _PLACES.sub(" ", part)
        for part in parts
    )


_PLACES = re.compile(r"&|\\q?quad(?![A-Za-z])")


def _links(tree: Tree) -> Iterator[Tree]:
    if tree.data == "both" and any(claim.data == "dots" for claim in tree.children):
        return  # i = 1, …, n says over what something runs
    if tree.data == "both":
        for claim in tree.children:
            yield from _links(claim)
    elif tree.data == "chain":
        for (left, right), sign in zip(
            pairwise(tree.children[::2]), tree.children[1::2], strict=True
        ):
            if sign != r"\to":
                yield Tree("chain", [left, sign, right])
    elif tree.data in {"iff", "implies", "provided", "update"}:
        yield tree


@cache
def repeated() -> frozenset[Tree]:
    """Return what the labeled equations claim, any two equal members of a chain among it."""
    return frozenset(said for text in labels().values() for said in _said(parse(text)))


def _said(tree: Tree) -> Iterator[Tree]:
    yield from _links(tree)
    for chain in tree.children if tree.data == "both" else [tree]:
        if chain.data == "chain" and set(map(str, chain.children[1::2])) == {"="}:
            members = chain.children[::2]
            yield from (
                Tree("chain", [a, chain.children[1], b]) for a in members for b in members if a != b
            )
