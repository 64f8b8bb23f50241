"""What the book's sources say, so that the tests can ask whether the site says it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

BOOK = Path(__file__).parents[2] / "book"

#: $$ tex $$ (label), as MyST has it; the first dollars begin their line, also in a quotation.
LABELLED = re.compile(
    r"^[> ]*\$\$(?P<tex>(?:(?!\$\$).)+?)\$\$ *\((?P<label>[\w:.-]+)\) *$", re.M | re.S
)


@dataclass(frozen=True)
class Equation:
    page: str
    label: str
    tex: str


def markdown(source: Path) -> str:
    """Return the text of a page: a Markdown file, or the Markdown cells of a notebook."""
    if source.suffix == ".md":
        return source.read_text(encoding="utf-8")
    cells = json.loads(source.read_text(encoding="utf-8"))["cells"]
    return "\n\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")


def sources() -> list[Path]:
    """Return the book's pages: those of its contents file."""
    names = re.findall(r"(?:file|root): *(\S+)", (BOOK.parent / "_toc.yml").read_text())
    return [next(BOOK.glob(f"{name}.*")) for name in names]


def labelled_equations() -> list[Equation]:
    """Return every labelled equation of the book, and the page that must show it."""
    return [
        Equation(source.relative_to(BOOK).with_suffix(".html").as_posix(), m["label"], m["tex"])
        for source in sources()
        for m in LABELLED.finditer(markdown(source))
    ]
