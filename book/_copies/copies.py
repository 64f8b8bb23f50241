"""The copies of the site that a reader can take along, and the line on its pages that links to them.

``make offline`` and ``make pdf`` put a copy beside the pages.  A page that wants the line has the mark
twice, and between the two stands a link to each copy that is there.  The line is written whenever the
site is built or a copy is made, so a link is there exactly when its file is.
"""

from __future__ import annotations

import re
from pathlib import Path

from sphinx.application import Sphinx

MARK = "<!-- copies -->"
ARCHIVE = "neural-networks-derived.zip"
PDF = "neural-networks-derived.pdf"

WORDS = {
    ARCHIVE: ("the whole site in one archive", "; unpack it and open <code>index.html</code>"),
    PDF: ("the whole book as a PDF", ""),
}


def draft(copy: Path) -> Path:
    """Return where a copy is written, to be renamed: beside the site, which never has half of one."""
    return copy.resolve().parents[1] / f"{copy.name}.part"


def fill(page: str, line: str) -> str:
    """Return a page with *line* between its marks, in place of what stood there."""
    return re.sub(f"{MARK}.*?{MARK}", lambda _: f"{MARK}{line}{MARK}", page, flags=re.DOTALL)


def line(site: Path) -> str:
    """Return the line that links to the copies beside the pages of *site*; empty if there are none."""
    links = [
        f'<a href="{name}">{words}</a> ({(site / name).stat().st_size / 1e6:.1f}\N{NO-BREAK SPACE}MB{how})'
        for name, (words, how) in WORDS.items()
        if (site / name).is_file()
    ]
    return f'<p class="copies">To take along: {", or ".join(links)}.</p>' if links else ""


def link(site: Path) -> None:
    """Write the line into the pages that have the mark."""
    links = line(site)
    for page in sorted(site.glob("*.html")):
        text = page.read_text("utf-8")
        if (filled := fill(text, links)) != text:
            page.write_text(filled, "utf-8")


def address(site: Path) -> str:
    """Return where the site is published, with the last slash, as its pages say; empty if nowhere."""
    front = (site / "index.html").read_text("utf-8")
    found = re.search(r'<link rel="canonical" href="([^"]*)index\.html">', front)
    return found[1] if found else ""


def link_when_built(app: Sphinx, exception: Exception | None) -> None:
    """Write the line after a build."""
    if not exception and app.builder.format == "html":
        link(Path(app.outdir))


def setup(app: Sphinx) -> dict:
    """Connect to Sphinx."""
    app.connect("build-finished", link_when_built)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
