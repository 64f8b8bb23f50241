"""What one turns and what one sees of it are on one screen together, and large enough to read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pages import PHONE, Tabs, parsed

#: The letters of a figure, on a phone, in pixels.
SMALLEST = 11

HEIGHTS = """() => [...document.querySelectorAll("figure.explorable")].map((figure) => {
    const [picture, controls] = [".explorable-picture", ".explorable-controls"]
        .map((part) => figure.querySelector(part).getBoundingClientRect())
    return [figure.id, controls.bottom - picture.top]
})"""


@pytest.mark.some_chapters
def test_picture_and_controls_are_on_one_screen(tabs: Tabs, path: str, screen: str) -> None:
    page = tabs(path, screen)
    room = page.evaluate(
        "innerHeight - document.querySelector('header.bar').getBoundingClientRect().height"
    )
    too_tall = [(name, height) for name, height in page.evaluate(HEIGHTS) if height > room]
    assert too_tall == []


def letters(svg: str) -> set[float]:
    """Return the sizes of a picture's letters, in units of its width.

    An explorable's letters are outlines in units of which 6400 make an em; those of a plain figure
    have 100.
    """
    width = float(re.search(r'viewBox="0 0 ([\d.]+)', svg, re.I)[1])
    scales = map(float, re.findall(r"scale\(([\d.]+) -", svg))
    return {scale * (100 if scale > 0.01 else 6400) / width for scale in scales}


def test_letters_in_figures_can_be_read_on_a_phone(site: Path, path: str) -> None:
    """In the column of a phone, a rem less wide on either side."""
    column = PHONE["width"] - 32
    for picture in parsed(site / path).select("article svg[role=img]"):
        sizes = letters(str(picture))
        assert not sizes or column * min(sizes) >= SMALLEST, picture["aria-label"]


@pytest.mark.parametrize(("scale", "size"), [("0.001875", 12), ("0.12", 12), ("0.09", 9)])
def test_the_size_of_letters_is_read_off_a_picture(scale: str, size: float) -> None:
    svg = f'<svg viewBox="0 0 360 200"><path transform="translate(1 2) scale({scale} -{scale})"/>'
    assert list(letters(svg)) == pytest.approx([size / 360])
