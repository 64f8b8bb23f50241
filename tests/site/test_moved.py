"""What was published at an address is still found there: what has moved is forwarded."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from manuscript import BOOK
from moved import moved
from pages import Open, Place, figure_of, ids_of, places_of
from playwright.sync_api import expect

#: Every page with its anchors, as the book was published first.
PUBLISHED = (Path(__file__).parent / "addresses.txt").read_text(encoding="utf-8")

MOVED = moved(BOOK)


def published() -> Iterator[tuple[str, str]]:
    """Return each page and anchor that a reader may have kept."""
    page = ""
    for line in PUBLISHED.splitlines():
        if not line.startswith(" "):
            page = line
        else:
            yield from ((page, anchor) for anchor in line.split())


def test_every_address_leads_to_what_it_named(site: Path):
    """To the anchor on its page, or through the map to one on another."""
    lost = []
    for page, anchor in published():
        target = MOVED.get(page, {}).get(anchor, f"{page}#{anchor}")
        now, _, there = target.partition("#")
        if there not in ids_of(site / f"{now}.html"):
            lost.append(f"{page}#{anchor}")
    assert not lost


def test_only_what_was_there_and_is_gone_is_forwarded(site: Path):
    was = set(published())
    for page, anchors in MOVED.items():
        assert set(anchors) <= {anchor for of, anchor in was if of == page}
        assert not set(anchors) & ids_of(site / f"{page}.html")


@pytest.mark.parametrize("old", MOVED)
def test_a_kept_state_of_a_figure_opens_where_the_figure_is(
    site: Path, origins: dict[str, str], visit: Open, old: str
):
    """From a server and from disk, when the page is opened and when its address changes."""
    for origin in origins.values():
        page = visit(f"{origin}/{old}.html").page
        for anchor, target in MOVED[old].items():
            now, _, name = target.partition("#")
            place = Place(f"{now}.html", name)
            if place not in places_of(site):
                continue
            if not (slider := figure_of(site, place).select_one("input[type=range]")):
                continue
            words = json.loads(slider["data-words"])
            kept = f"{anchor}?{slider['name']}={words[-1]}"
            page.goto(f"{origin}/{old}.html#{kept}")  # from this page a change, else an opening
            page.wait_for_url(f"{origin}/{now}.html#{name}?*")
            expect(page.locator(f"#{slider['id']}")).to_have_value(str(len(words) - 1))
