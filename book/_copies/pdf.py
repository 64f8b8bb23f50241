"""``make pdf``: the whole book as one PDF, printed by a browser without a window.

A page number in the contents is known only once the book is printed, so it is printed twice: the first
time tells on which page each place came to stand.
"""

from __future__ import annotations

import argparse
import io
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

from copies import PDF, link
from paper import document
from playwright.sync_api import Browser
from pypdf import PdfReader, PdfWriter


#: What is too wide for paper is made smaller, but never smaller than one can read.
FIT = """least => {
    const boxes = [...document.querySelectorAll(".scroll, .cell_output")]
    const wide = () => boxes.filter(box => box.scrollWidth > box.clientWidth + 1)
    for (let round = 0; round < 3; round++) {
        const sizes = wide().map(box => [box, (box.style.zoom || 1) * box.clientWidth / box.scrollWidth])
        for (const [box, size] of sizes) box.style.zoom = Math.max(size, least)
    }
    return wide().map(box => box.outerHTML.slice(0, 300))
}"""

#: Write the page numbers, and say how many were not there yet.
FILL = """pages => [...document.querySelectorAll("[data-page-of]")].filter(place => {
    const page = String(pages[place.dataset.pageOf])
    return place.textContent !== page && (place.textContent = page)
}).length"""


def print_document(browser: Browser, html: str, target: Path) -> None:
    """Print the book to *target*.

    Raises ``ValueError`` where something is too wide for the page, or page numbers do not settle.
    """
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "book.html")
        source.write_text(html, "utf-8")
        page = browser.new_page(viewport={"width": 544, "height": 800})  # as wide as paper's lines
        page.emulate_media(media="print")
        page.goto(source.as_uri())
        page.evaluate("document.fonts.ready.then(() => 0)")
        if too_wide := page.evaluate(FIT, 0.6):
            raise ValueError(f"too wide for paper: {too_wide}")
        for _ in range(4):
            printed = page.pdf(
                prefer_css_page_size=True, print_background=True, outline=True, tagged=True
            )
            if not page.evaluate(FILL, pages_of(PdfReader(io.BytesIO(printed)))):
                break
        else:
            raise ValueError("page numbers do not settle")
        page.close()
    finish(printed, target)


def pages_of(book: PdfReader) -> dict[str, int]:
    """Return the number of the page of each place that a link leads to."""
    return {
        name: book.get_destination_page_number(place) + 1
        for name, place in book.named_destinations.items()
    }


def finish(printed: bytes, target: Path) -> None:
    """Write the PDF with what the browser does not say: who wrote it, and how to open it."""
    writer = PdfWriter(clone_from=io.BytesIO(printed))
    writer.add_metadata({"/Author": "The authors of Neural Networks, Derived"})
    writer.create_viewer_preferences().display_doctitle = True
    writer.page_mode = "/UseOutlines"
    writer.write(target)


if __name__ == "__main__":
    sys.path.append(str(Path(__file__).parents[2] / "tests"))  # they know how to find a browser
    from browser import launched

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("site", type=Path)
    parser.add_argument("--only", nargs="+", metavar="CHAPTER", help="print these chapters alone")
    arguments = parser.parse_args()
    target = arguments.site / PDF
    with contextmanager(launched)() as browser:
        print_document(browser, document(arguments.site, arguments.only), target)
    link(arguments.site)
    print(f"{target}: {target.stat().st_size / 1e6:.1f} MB")
