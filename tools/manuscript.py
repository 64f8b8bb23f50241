"""The book's sources, read once: pages, cells, code, prose, equations, each with its place.

Markdown is read by MyST, with the extensions that the site has.  Whoever asks what the book says,
a test or a tool, asks here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import yaml
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.mdit import create_md_parser
from nbformat import NotebookNode, v4

ROOT = Path(__file__).resolve().parents[1]
BOOK = ROOT / "book"

CONFIG = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
CONTENTS = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
MARKDOWN = create_md_parser(
    MdParserConfig(enable_extensions=set(CONFIG["parse"]["myst_enable_extensions"])), RendererHTML
)

#: Stands in a line of prose where a formula, code or a reference was.
GAP = "▢"

#: Directives with something in them that is not prose.
NOT_PROSE = {"math", "code-block", "code-cell", "code", "bibliography", "toctree", "raw", "image"}


@dataclass(frozen=True, eq=False)
class Page:
    """A Markdown file or a notebook."""

    path: Path

    @property
    def name(self) -> str:
        """The path from the project's root, as a message shows it."""
        return self.path.relative_to(ROOT).as_posix()

    @cached_property
    def cells(self) -> list[Cell]:
        """The cells of a notebook; a Markdown file is one cell without a number."""
        text = self.path.read_text(encoding="utf-8")
        if self.path.suffix == ".md":
            return [Cell(self, None, v4.new_markdown_cell(text))]
        nodes = v4.reads(text).cells  # that they are valid is seen where they are stored
        return [Cell(self, number, node) for number, node in enumerate(nodes, start=1)]

    def of_kind(self, kind: str) -> list[Cell]:
        """Return the cells of one kind, ``markdown`` or ``code``."""
        return [cell for cell in self.cells if cell.node.cell_type == kind]

    @cached_property
    def text(self) -> str:
        """All Markdown of the page."""
        return "\n\n".join(cell.node.source for cell in self.of_kind("markdown"))

    @cached_property
    def equations(self) -> list[Equation]:
        """The labeled equations of the page, in the order in which the site numbers them."""
        found = (found for cell in self.of_kind("markdown") for found in equations(cell))
        return [Equation(self, number, *each) for number, each in enumerate(found, start=1)]


@dataclass(frozen=True, eq=False)
class Cell:
    """A cell, and where it stands."""

    page: Page
    number: int | None
    node: NotebookNode

    @property
    def tags(self) -> set[str]:
        """The cell's tags."""
        return set(self.node.metadata.get("tags", []))

    @property
    def python(self) -> str:
        """The code of the cell as Python, what only IPython reads left out."""
        return re.sub(r"(?m)^(\s*)[%!]", r"\1#", self.node.source)

    def at(self, line: int = 1) -> str:
        """Name a line of the cell (from 1), so that an author finds it."""
        if self.number is None:
            return f"{self.page.name}:{line}"
        return f"{self.page.name}, cell {self.number}, line {line}"


@dataclass(frozen=True, eq=False)
class Equation:
    """A labeled equation: its page, its number there, its label, and its LaTeX as printed."""

    page: Page
    number: int
    label: str
    latex: str


@dataclass(frozen=True)
class Line:
    """What one source line of a paragraph says, with a gap for whatever is not prose."""

    cell: Cell
    number: int
    text: str

    @property
    def place(self) -> str:
        """Where it stands."""
        return self.cell.at(self.number)


def contents() -> list[str]:
    """Return the names in the contents file, in order, the root first."""
    parts = CONTENTS.get("parts", [CONTENTS])
    chapters = [entry["file"] for part in parts for entry in part.get("chapters", [])]
    return [CONTENTS["root"], *chapters]


@cache
def pages() -> list[Page]:
    """Return every page of the book and every page about it, as they stand on disk."""
    folders = BOOK, ROOT, ROOT / "course"
    return [Page(path) for folder in folders for path in sorted(folder.glob("*.md"))] + [
        Page(path) for path in sorted(BOOK.glob("*.ipynb"))
    ]


def book_pages() -> list[Page]:
    """Return the pages of the site."""
    return [page for page in pages() if page.path.parent == BOOK]


def page(name: str) -> Page:
    """Return the page of the site that has this name, as in ``gradient-descent``."""
    return next(page for page in book_pages() if page.path.stem == name)


def in_order() -> list[Page]:
    """Return the pages in the order of the contents file."""
    return [page(name) for name in contents()]


def notebooks() -> list[Page]:
    """Return the pages that are notebooks."""
    return [page for page in pages() if page.path.suffix == ".ipynb"]


def chapters() -> list[Page]:
    """Return the notebooks that teach: all but the landing page."""
    return [page for page in notebooks() if page.path.stem != CONTENTS["root"]]


@cache
def tokens(cell: Cell) -> tuple[tuple[int, Token], ...]:
    """Return what MyST reads in a cell, directives opened up, each with its line (from 1)."""
    return tuple(_blocks(cell.node.source, first=1))


def _blocks(text: str, first: int) -> Iterator[tuple[int, Token]]:
    for token in MARKDOWN.parse(text):
        line = first + token.map[0] if token.map else first
        yield line, token
        directive = re.fullmatch(r"\{([\w-]+)\}.*", token.info.strip())
        if token.type in {"fence", "colon_fence"} and directive:
            body = _without_options(token.content, definitions=directive[1] == "glossary")
            if directive[1] not in NOT_PROSE:
                yield from _blocks(body, line + 1)


def _without_options(body: str, *, definitions: bool) -> str:
    """Blank what is not Markdown in a directive's body, so that lines keep their numbers."""
    lines = body.split("\n")
    for number, line in enumerate(lines):
        if not re.match(r":[\w-]+:", line):
            break
        lines[number] = ""
    if definitions:  # a glossary's definitions are indented under their terms
        lines = [line.strip() if line.startswith((" ", "\t")) else "" for line in lines]
    return "\n".join(lines)


def equations(cell: Cell) -> Iterator[tuple[str, str]]:
    """Return the labeled equations of a cell: label, and LaTeX as printed."""
    if not any(sign in cell.node.source for sign in ("$$", "{math}")):
        return  # most cells need not be read for that
    for _, token in tokens(cell):
        if token.type.endswith("_label"):  # $$ … $$ (label)
            yield token.info, token.content.strip()
        elif token.info.strip() == "{math}":
            label = re.match(r"(?::[\w-]+:.*\n)*?:label: *(\S+)", token.content)
            if label:
                yield label[1], re.sub(r"(?m)^:[\w-]+:.*\n", "", token.content).strip()


def formulas(cell: Cell) -> Iterator[str]:
    """Return the LaTeX of every formula of a cell, on a line of its own or within one."""
    for _, block in tokens(cell):
        for token in (block, *(block.children or ())):
            if token.type.startswith("math_"):
                yield token.content.strip()
            elif token.info.strip() == "{math}":
                yield re.sub(r"(?m)^:[\w-]+:.*\n", "", token.content).strip()


def inline(cell: Cell) -> Iterator[tuple[int, Token]]:
    """Return what stands inside paragraphs, headings and tables, each with its line."""
    for line, block in tokens(cell):
        for token in block.children or ():
            yield line, token
            if token.type in {"softbreak", "hardbreak"}:
                line += 1
            line += token.content.count("\n")


def paragraphs(cell: Cell) -> Iterator[list[Line]]:
    """Return the prose that an author breaks into lines, each paragraph as its lines."""
    before = ""
    for line, block in tokens(cell):
        if block.type == "inline" and before not in {"heading_open", "th_open", "td_open"}:
            yield list(_lines(cell, line, block.children or []))
        before = block.type


def prose(cell: Cell) -> Iterator[Line]:
    """Return all prose of a cell: paragraphs, tables, and the alternative texts of pictures."""
    for line, block in tokens(cell):
        if block.children:
            yield from _lines(cell, line, block.children)
    for line, token in inline(cell):
        if token.type == "image":
            yield Line(cell, line, token.content)


def _lines(cell: Cell, number: int, children: Iterable[Token]) -> Iterator[Line]:
    text = ""
    for token in children:
        if token.type in {"softbreak", "hardbreak"}:
            yield Line(cell, number, text)
            number, text = number + 1, ""
        elif token.type == "text":
            text += token.content
        elif token.content:
            text += GAP
            number += token.content.count("\n")
    yield Line(cell, number, text)
