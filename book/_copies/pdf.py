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

import pikepdf
from copies import PDF, draft, link
from paper import document
from playwright.sync_api import Browser


OLDEST = 131  # Chromium that prints what the style sheet puts into the margins of a page
WIDTH = 544  # of the lines of A4 between the margins of paper.css, in pixels

#: What sticks out of these lines; a picture is cut to its own frame.
TOO_WIDE = """width => [...document.querySelectorAll("main *")]
    .filter(e => !e.closest("svg") && e.getBoundingClientRect().right > width + 1)
    .map(e => e.outerHTML.slice(0, 200))"""

#: Write the page numbers, and say how many were not there yet.
FILL = """pages => [...document.querySelectorAll("[data-page-of]")].filter(place => {
    const page = String(pages[place.dataset.pageOf])
    return place.textContent !== page && (place.textContent = page)
}).length"""


def print_document(browser: Browser, html: str, target: Path) -> None:
    """Print the book to *target*.

    Raises ``ValueError`` where something is too wide for the page, and where page numbers change the
    pages that they count; ``RuntimeError`` for a browser that cannot number pages.
    """
    if int(browser.version.split(".")[0]) < OLDEST:
        raise RuntimeError(
            f"to print page numbers takes Chromium {OLDEST}; this is {browser.version}"
        )
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "book.html")
        source.write_text(html, "utf-8")
        page = browser.new_page(viewport={"width": WIDTH, "height": 800})
        page.emulate_media(media="print")
        page.goto(source.as_uri())
        page.evaluate("document.fonts.ready.then(() => 0)")
        if too_wide := page.evaluate(TOO_WIDE, WIDTH):
            raise ValueError(f"too wide for paper: {too_wide}")
        for last in (False, True):
            printed = page.pdf(
                prefer_css_page_size=True, print_background=True, outline=last, tagged=last
            )
            with pikepdf.open(io.BytesIO(printed)) as book:
                late = page.evaluate(FILL, pages_of(book))
                if last and not late:
                    finish(book, target)
        page.close()
    if late:
        raise ValueError(f"the page numbers moved the pages: {late} are wrong")


def pages_of(book: pikepdf.Pdf) -> dict[str, int]:
    """Return the number of the page of each place that a link leads to."""
    numbers = {page.objgen: number for number, page in enumerate(book.pages, start=1)}
    return {name[1:]: numbers[place[0].objgen] for name, place in book.Root.Dests.items()}


def finish(book: pikepdf.Pdf, target: Path) -> None:
    """Write the PDF with what the browser does not say, and in a third of the browser's bytes."""
    book.docinfo["/Author"] = "The authors of Neural Networks, Derived"
    book.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
    book.Root.PageMode = pikepdf.Name.UseOutlines
    with book.open_outline() as outline:
        for chapter in outline.root:
            chapter.is_closed = True  # or its sections would hide the others
    half = draft(target)
    book.save(half, object_stream_mode=pikepdf.ObjectStreamMode.generate, linearize=True)
    half.replace(target)


if __name__ == "__main__":
    sys.path.append(str(Path(__file__).parents[2] / "tools"))
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
