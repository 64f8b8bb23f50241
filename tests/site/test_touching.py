"""What is drawn is touched, and the figure is then what NumPy computes there."""

from __future__ import annotations

import json

import pytest
from afresh import explorables_of
from pages import DESKTOP, PHONE, Open, Place, places_with
from test_dragging import awake
from test_explorables import check

MIDDLE = """(figure, gid) => {
    const boxes = [...figure.querySelectorAll(`[data-gid="${gid}"]`)].map(
        drawn => drawn.getBoundingClientRect())
    const {x, y, width, height} = boxes.at(-1)  // drawn last: the label, not the line
    return [x + width / 2, y + height / 2]
}"""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "place" in metafunc.fixturenames:
        found = places_with(metafunc.config.getoption("site"), "[data-touch]")
        metafunc.parametrize("place", found or [Place("(no site)", "")], ids=str, scope="module")


@pytest.mark.parametrize("finger", [False, True])
def test_a_touch_chooses_what_is_drawn_there(
    visit: Open, origins: dict[str, str], place: Place, finger: bool
) -> None:
    """By a mouse on the spot, and by a finger that misses it by some pixels."""
    fresh = explorables_of(place.page)[place.name]
    page = visit(f"{origins['disk']}/{place.page}", PHONE if finger else DESKTOP).page
    figure = awake(page, place, fresh)
    room = figure.locator(".explorable-picture")
    table = json.loads(room.get_attribute("data-touch"))
    for gid, wanted in table.items():
        figure.locator(".explorable-reset").click()
        before = check(figure, fresh)
        x, y = figure.evaluate(MIDDLE, gid)
        page.mouse.click(x + 4 * finger, y - 6 * finger)
        after = check(figure, fresh)
        for name, old, new in zip(fresh.controls, before, after, strict=True):
            assert new == wanted.get(name, old), f"{gid}: {name}"


def test_what_can_be_touched_says_so_to_a_mouse(visit: Open, server: str, place: Place) -> None:
    figure = awake(
        visit(f"{server}/{place.page}").page, place, explorables_of(place.page)[place.name]
    )
    gid = next(iter(json.loads(figure.locator("[data-touch]").get_attribute("data-touch"))))
    figure.page.mouse.move(*figure.evaluate(MIDDLE, gid))
    assert figure.locator("svg").evaluate("svg => svg.style.cursor") == "pointer"
