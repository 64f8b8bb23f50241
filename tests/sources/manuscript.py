"""The book's sources as its lints see them: pages, cells, and prose with the place of each line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import nbformat
import pytest
import yaml
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.mdit import create_md_parser
from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parents[2]
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
            return [Cell(self, None, nbformat.v4.new_markdown_cell(text))]
        return [
            Cell(self, number, node)
            for number, node in enumerate(nbformat.reads(text, as_version=4).cells, start=1)
        ]

    def of_kind(self, kind: str) -> list[Cell]:
        """Return the cells of one kind, ``markdown`` or ``code``."""
        return [cell for cell in self.cells if cell.node.cell_type == kind]

    @property
    def text(self) -> str:
        """All Markdown of the page."""
        return "\n\n".join(cell.node.source for cell in self.of_kind("markdown"))


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

    def at(self, line: int = 1) -> str:
        """Name a line of the cell (from 1), so that an author finds it."""
        if self.number is None:
            return f"{self.page.name}:{line}"
        return f"{self.page.name}, cell {self.number}, line {line}"


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
    return [Page(path) for folder in (BOOK, ROOT) for path in sorted(folder.glob("*.md"))] + [
        Page(path) for path in sorted(BOOK.glob("*.ipynb"))
    ]


def book_pages() -> list[Page]:
    """Return the pages of the site."""
    return [page for page in pages() if page.path.parent == BOOK]


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


def report(problems: Iterable[str], mend: str) -> None:
    """Fail with all problems, one a line, after the word on how to mend them."""
    if found := list(problems):
        pytest.fail("\n".join([mend, *found]), pytrace=False)


def sample(source: str, kind: str = "markdown", **metadata: object) -> Cell:
    """Return a cell of no page, for the test of a lint."""
    new = {"markdown": nbformat.v4.new_markdown_cell, "code": nbformat.v4.new_code_cell}[kind]
    return Cell(Page(BOOK / "sample.ipynb"), 1, new(source, metadata=metadata))
