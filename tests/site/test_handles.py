"""What a figure draws is taken in hand, and the figure is then what NumPy computes there."""

from __future__ import annotations

import json
import random
import re

import numpy as np
import pytest
from afresh import Fresh, explorables_of
from hands import RINGS, somewhere_else, there, with_handles
from pages import PHONE, Open, Place
from playwright.sync_api import Locator, Page, expect
from readback import STATE, TURN
from test_explorables import check

from utils.figures import PALETTE


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "place" in metafunc.fixturenames:
        found = with_handles(metafunc.config.getoption("site")) or [Place("(no site)", "")]
        metafunc.parametrize("place", found, ids=str, scope="module")


@pytest.fixture
def fresh(place: Place) -> Fresh:
    return explorables_of(place.page)[place.name]


@pytest.fixture
def figure(visit: Open, origins: dict[str, str], place: Place, fresh: Fresh) -> Locator:
    """Return the explorable on a page of its own, opened from a disk."""
    return awake(visit(f"{origins['disk']}/{place.page}").page, place, fresh)


def awake(page: Page, place: Place, fresh: Fresh) -> Locator:
    """Return the explorable as the reader finds it, its recording there."""
    figure = page.locator(f"figure#{place.name}")
    ends = [len(control.stops) - 1 for control in fresh.controls.values()]
    figure.evaluate(f"(figure, turned) => ({TURN})(figure, ...turned)", [ends, fresh.at(ends)])
    figure.locator(".explorable-reset").click()
    figure.evaluate("figure => figure.scrollIntoView({block: 'center', behavior: 'instant'})")
    return figure


def test_a_handle_leads_its_controls_where_numpy_has_it(figure: Locator, fresh: Fresh) -> None:
    """Taken beside its middle, it stays there; only the controls that it moves are moved."""
    page, chance = figure.page, random.Random(figure.get_attribute("id"))
    for index, handle in enumerate(fresh.painter.handles):
        figure.locator(".explorable-reset").click()
        stops = check(figure, fresh)
        for _ in range(3):
            state, seen = json.loads(figure.evaluate(STATE)), figure.evaluate(RINGS)
            here = there(fresh, handle, state, stops)
            on_page = np.array(seen["corner"]) + seen["scale"] * here
            np.testing.assert_allclose(seen["rings"][index], on_page, atol=1)
            _, place = somewhere_else(fresh, handle, state, chance)
            beside = on_page + np.array([chance.uniform(-9, 9), chance.uniform(-9, 9)])
            page.mouse.move(*beside)
            page.mouse.down()
            page.mouse.move(*(beside + seen["scale"] * (place - here)), steps=4)
            page.mouse.up()
            before, stops = stops, check(figure, fresh)
            assert np.hypot(*(there(fresh, handle, state, stops) - place)) < 0.3
            for name, old, new in zip(fresh.controls, before, stops, strict=True):
                assert name in handle.controls or old == new
    expect(page).to_have_url(re.compile(rf"#{figure.get_attribute('id')}\?"))


def test_a_press_alone_moves_nothing(figure: Locator, fresh: Fresh) -> None:
    start = check(figure, fresh)
    for ring in figure.locator(".explorable-handle").all():
        ring.click(position={"x": 30, "y": 14})
        assert check(figure, fresh) == start
        ring.click(button="right")
        assert check(figure, fresh) == start


def test_a_handle_says_take_me(figure: Locator) -> None:
    """Large enough for a finger, seen in light and dark, not on paper; no stop for the keyboard."""
    for ring in figure.locator(".explorable-handle").all():
        box = ring.bounding_box()
        assert min(box["width"], box["height"]) >= 44
        expect(ring).to_have_css("cursor", "grab")
        expect(ring).to_have_attribute("aria-hidden", "true")
        expect(ring).not_to_have_attribute("tabindex", re.compile(""))
        for side, theme in enumerate(("light", "dark")):
            figure.page.emulate_media(color_scheme=theme)
            ink, paper = (PALETTE[role][side] for role in ("input", "paper"))
            seen = ring.evaluate("ring => getComputedStyle(ring, '::before').borderTopColor")
            assert seen == "rgb({}, {}, {})".format(*channels(ink))
            assert contrast(ink, paper) >= 3
        figure.page.emulate_media(media="print")
        expect(ring).to_be_hidden()
        figure.page.emulate_media(media="screen", color_scheme="light")


def channels(color: str) -> list[int]:
    return [int(color[i : i + 2], 16) for i in (1, 3, 5)]


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colors, as WCAG defines it."""
    shares = np.array([channels(one), channels(other)]) / 255
    linear = np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)
    low, high = sorted(linear @ [0.2126, 0.7152, 0.0722])
    return (high + 0.05) / (low + 0.05)


def test_a_finger_drags_the_handle_and_scrolls_beside_it(
    visit: Open, origins: dict[str, str], place: Place, fresh: Fresh
) -> None:
    page = visit(f"{origins['disk']}/{place.page}", PHONE, has_touch=True, is_mobile=True).page
    figure = awake(page, place, fresh)
    start = check(figure, fresh)
    touch = page.context.new_cdp_session(page)

    def stroke(begin: np.ndarray, end: np.ndarray) -> float:
        """Draw a finger over the page; return by how much it scrolled."""
        before = page.evaluate("scrollY")
        for kind, share in [("Start", 0), *(("Move", k / 8) for k in range(1, 9)), ("End", 1)]:
            x, y = begin + share * (end - begin)
            points = [{"x": x, "y": y}] if kind != "End" else []
            touch.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": points})
        page.wait_for_timeout(300)
        return page.evaluate("scrollY") - before

    for index, handle in enumerate(fresh.painter.handles):
        state, seen = json.loads(figure.evaluate(STATE)), figure.evaluate(RINGS)
        ring = np.array(seen["rings"][index])
        here = there(fresh, handle, state, state["stands"])
        _, there_now = somewhere_else(fresh, handle, state, random.Random(index))
        assert stroke(ring, ring + seen["scale"] * (there_now - here)) == 0
        assert check(figure, fresh) != start
        figure.locator(".explorable-reset").click()
        check(figure, fresh, start)
    seen = figure.evaluate(RINGS)
    rings = [ring for ring in seen["rings"] if ring]
    corner, side = np.array(seen["corner"]), figure.locator("svg").bounding_box()
    spots = [
        corner + np.array([across * side["width"], down * side["height"]])
        for across in np.linspace(0.1, 0.9, 9)
        for down in np.linspace(0.5, 0.9, 5)
    ]
    beside = max(spots, key=lambda spot: min(np.hypot(*(spot - ring)) for ring in rings))
    assert stroke(beside, beside - [0, 150]) > 50
    assert check(figure, fresh) == start
