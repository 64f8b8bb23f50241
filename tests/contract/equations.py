"""The labeled equations of the book, taken from its sources as they are printed."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BOOK = ROOT / "book"

_DOLLARS = re.compile(r"\$\$(?P<latex>(?:(?!\$\$).)+)\$\$[ \t]*\((?P<label>[\w-]+)\)", re.DOTALL)
_DIRECTIVE = re.compile(
    r"^(?P<fence>`{3,}|:{3,})\{math\}[ \t]*\n(?P<body>.*?)^(?P=fence)[ \t]*$",
    re.DOTALL | re.MULTILINE,
)
_LABEL = re.compile(r"^:label:[ \t]*(?P<label>[\w-]+)[ \t]*\n", re.MULTILINE)


@dataclass(frozen=True)
class Equation:
    """A labeled equation, and the page that prints it."""

    page: str
    label: str
    latex: str


def equations(book: Path = BOOK) -> list[Equation]:
    """Return every labeled equation of the book, page by page."""
    return [
        Equation(page, label, latex.strip())
        for page, text in _texts(book)
        for label, latex in sorted(_labeled(text))
    ]


@cache
def labels() -> dict[str, str]:
    """Return the LaTeX that each label of the book stands for."""
    return {equation.label: equation.latex for equation in equations()}


def shown_agreements(book: Path = BOOK) -> list[tuple[str, str]]:
    """Return the page and the formula of each ``agrees(…, r"formula")`` in a chapter's cells."""
    return [
        (path.stem, formula)
        for path in sorted(book.glob("*.ipynb"))
        for source in _cells(path, "code")
        for formula in _formulas(ast.parse(re.sub(r"^\s*[%!].*$", "", source, flags=re.MULTILINE)))
    ]


def _formulas(cell: ast.Module) -> Iterator[str]:
    """Return the formulas that a cell compares with; each is written out in that cell."""
    texts = {
        node.targets[0].id: node.value.value
        for node in ast.walk(cell)
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(cell):
        if isinstance(node, ast.Call) and getattr(node.func, "id", None) == "agrees":
            formula = node.args[1]
            yield texts[formula.id] if isinstance(formula, ast.Name) else ast.literal_eval(formula)


def _labeled(text: str) -> Iterator[tuple[str, str]]:
    text = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)
    for directive in _DIRECTIVE.finditer(text):
        if label := _LABEL.search(directive["body"]):
            yield label["label"], _LABEL.sub("", directive["body"])
    prose = re.sub(r"^(`{3,}).*?^\1", "", text, flags=re.DOTALL | re.MULTILINE)  # examples of LaTeX
    for match in _DOLLARS.finditer(prose):
        yield match["label"], match["latex"]


def _texts(book: Path) -> Iterator[tuple[str, str]]:
    for path in sorted([*book.glob("*.md"), *book.glob("*.ipynb")]):
        if path.suffix == ".ipynb":
            yield path.stem, "\n\n".join(_cells(path, "markdown"))
        else:
            yield path.stem, path.read_text(encoding="utf-8")


def _cells(notebook: Path, kind: str) -> list[str]:
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == kind]
