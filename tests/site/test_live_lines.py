"""The line under a figure keeps its place, and points at what its numbers are of.

That it says what NumPy computes is held with the rest of the figure (``readback.py``).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from afresh import Fresh
from bs4 import BeautifulSoup
from pages import DESKTOP, PHONE, Place, opener, places_with
from playwright.sync_api import Browser, Locator, expect
from readback import TURN

from utils.explore.lines import Line
from utils.explore.mathml import mathml
from utils.explore.recording import all_stops
from utils.figures import PALETTE, STANDS_FOR

pytestmark = pytest.mark.some_chapters

CLASSES = ", ".join(f".{role}" for role in sorted(set(STANDS_FOR.values())))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "place" in metafunc.fixturenames:
        found = places_with(metafunc.config.getoption("site"), ".explorable-line")
        metafunc.parametrize("place", found or [Place("(no site)", "")], ids=str, scope="module")


@pytest.fixture(scope="module")
def figure(browser: Browser, origins: dict[str, str], place: Place) -> Iterator[Locator]:
    """Return the explorable, on a page that its tests share."""
    with ExitStack() as stack:
        page = opener(browser, stack)(f"{origins['disk']}/{place.page}").page
        figure = page.locator(f"figure#{place.name}")
        figure.scroll_into_view_if_needed()
        expect(figure).to_have_attribute("data-awake", "")
        yield figure


def turn(figure: Locator, fresh: Fresh, stops: list[int]) -> Line | None:
    """Turn the controls to these stops; return the line that belongs there."""
    figure.evaluate(f"(figure, turned) => ({TURN})(figure, ...turned)", [stops, fresh.at(stops)])
    return fresh.line(**fresh.values(stops))


def with_a_line(fresh: Fresh) -> list[int]:
    """Return the stops of the start, or the first ones at which the figure has a line."""
    start = [control.start for control in fresh.controls.values()]
    every = itertools.product(*(range(len(control.stops)) for control in fresh.controls.values()))
    for stops in (start, *every):
        if fresh.line(**fresh.values(stops)):
            return list(stops)
    raise AssertionError("a figure that has a line has one somewhere")


def text(formula: str) -> str:
    return BeautifulSoup(formula, "html.parser").text


def test_no_state_moves_the_page(figure: Locator, fresh: Fresh) -> None:
    """The place is as high as any line makes it, on a phone too."""
    lines = [line for line in (fresh.line(**stops) for stops in all_stops(fresh.controls)) if line]
    longest = sorted({mathml(line) for line in lines}, key=lambda formula: len(text(formula)))[-30:]
    for size in (DESKTOP, PHONE, {"width": 320, "height": 640}):
        figure.page.set_viewport_size(size)
        moved = figure.evaluate(
            """(figure, formulas) => {
                const place = figure.querySelector('.explorable-formula')
                const [before, here] = [place.innerHTML, figure.getBoundingClientRect().height]
                const moved = formulas.filter(formula => {
                    place.innerHTML = formula
                    return figure.getBoundingClientRect().height !== here
                })
                place.innerHTML = before
                return moved
            }""",
            longest,
        )
        assert moved == [], size
        box = figure.locator(".explorable-line")
        assert box.evaluate("box => box.scrollWidth <= box.clientWidth"), size
    figure.page.set_viewport_size(DESKTOP)


def test_its_letters_have_the_colors_of_the_figure_but_on_paper(figure: Locator) -> None:
    page, role_of = figure.page, "part => [...part.classList].join()"
    for part in figure.locator(f".explorable-formula :is({CLASSES})").all():
        role = part.evaluate(role_of)
        for side, theme in enumerate(("light", "dark")):
            page.emulate_media(color_scheme=theme)
            expect(part).to_have_css("color", rgb(PALETTE[role][side]))
        page.emulate_media(color_scheme="light", media="print")
        expect(part).to_have_css("color", rgb(PALETTE["ink"][0]))
        page.emulate_media(media="screen")


def rgb(color: str) -> str:
    return "rgb({}, {}, {})".format(*(int(color[i : i + 2], 16) for i in (1, 3, 5)))


def test_a_number_points_at_what_it_is_of(figure: Locator, fresh: Fresh) -> None:
    """And what is drawn points back; all else steps aside, and comes back when nothing points."""
    turn(figure, fresh, with_a_line(fresh))
    names = set(figure.evaluate(GIDS, "[data-gid]"))
    for number in figure.locator(".explorable-formula [data-of]").all():
        name = number.get_attribute("data-of")
        expected = {name} & names or {name.rstrip("0123456789")} & names
        number.hover()
        assert set(figure.evaluate(GIDS, "svg.pointing > .pointed [data-gid]")) == expected
        figure.page.mouse.move(1, 1)
        expect(figure.locator(".pointed")).to_have_count(0)
        for gid in expected:
            figure.locator(f"[data-gid='{gid}']").first.dispatch_event("pointerover")
            assert number.evaluate("number => number.classList.contains('pointed')")


#: What the parts of a figure are called that a selector finds.
GIDS = """(figure, selector) =>
    [...figure.querySelectorAll(selector)].map(part => part.dataset.gid)"""
