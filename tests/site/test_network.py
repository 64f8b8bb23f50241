"""What a page fetches: little, and from nobody else.  Nothing goes wrong while it does."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from pages import PHONE, SCREENS, Open, Tabs, is_recording
from static_server import transfer

KIB = 1024
#: The weight of a page with all that it fetches but recordings, compressed; and of those above it:
#: nine figures in a chapter of one argument, contours and paths in two more, the index of words.
LIGHT = 134 * KIB
HEAVIER = {
    "perceptron.html": 168 * KIB,
    "gradient-descent.html": 148 * KIB,
    "optimizers.html": 146 * KIB,
    "search.html": 146 * KIB,
}
SCRIPT = 12_000  # bytes of a page, compressed; the search has Sphinx's own besides


@pytest.mark.some_chapters
def test_page_asks_nobody_else_and_nothing_fails(
    tabs: Tabs, origins: dict[str, str], path: str, screen: str
) -> None:
    """From a host and from disk, and whatever other tests of the page have done to it."""
    visited = tabs.visit(path, screen)
    origin = origins[SCREENS[screen][1]]
    assert origin in visited.page.url
    assert [url for url in visited.requests if not url.startswith(origin)] == []
    assert visited.errors == []
    assert visited.page.evaluate("typeof MathJax + typeof requirejs + typeof thebelab") == (
        "undefined" * 3
    )


@pytest.mark.some_chapters
def test_first_load_is_light(visit: Open, server: str, site: Path, path: str) -> None:
    visited = visit(f"{server}/{path}", PHONE)
    visited.page.wait_for_load_state("networkidle")
    files = {site / unquote(urlsplit(url).path).lstrip("/") for url in visited.requests}
    weights = {
        file.relative_to(site).as_posix(): len(transfer(file))
        for file in files
        if not is_recording(file.as_posix())
    }
    heavy = sorted(weights.items(), key=lambda item: -item[1])
    assert sum(weights.values()) <= HEAVIER.get(path, LIGHT), heavy
    scripts = sum(  # what the search looks in is no program
        weight for name, weight in heavy if name.endswith(".js") and name != "searchindex.js"
    )
    inline = visited.page.evaluate(
        "[...document.scripts].filter(s => !s.src).map(s => s.text).join('').length"
    )
    assert scripts + inline <= 60 * KIB, heavy
    assert scripts <= SCRIPT or path == "search.html", heavy
