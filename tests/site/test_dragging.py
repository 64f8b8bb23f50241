"""What a figure draws is taken in hand, and the figure is then what NumPy computes there."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
from afresh import Fresh
from hands import RINGS, somewhere_else, there, with_handles
from pages import PHONE, Open, Place, figure_of
from playwright.sync_api import Locator, Page, expect
from readback import STATE, TURN
from test_explorables import EACH_KIND, check, kind_of, one_of_each

from utils import explore as package
from utils.explore import markup
from utils.figures import PALETTE

pytestmark = pytest.mark.some_chapters


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    site = metafunc.config.getoption("site")
    if "place" in metafunc.fixturenames:
        found = with_handles(site) or [Place("(no site)", "")]
        if metafunc.definition.get_closest_marker("each_kind"):
            found = one_of_each(found, lambda place: kind_of_hand(site, place))
        metafunc.parametrize("place", found, ids=str, scope="module")


def kind_of_hand(site: Path, place: Place) -> tuple:
    """Return whether an explorable has several handles, and what kinds of control."""
    if not place.name:
        return ()
    table = figure_of(site, place).select_one("[data-handles]")["data-handles"]
    return len(json.loads(table)) > 1, kind_of(site, place)


@pytest.fixture
def figure(
    tab: Callable[[str], Page], origins: dict[str, str], place: Place, fresh: Fresh
) -> Locator:
    """Return the explorable as the reader finds it, on a page that came from a disk."""
    return awake(tab(f"{origins['disk']}/{place.page}"), place, fresh)


def awake(page: Page, place: Place, fresh: Fresh) -> Locator:
    """Return the explorable as the reader finds it, its recording there."""
    figure = page.locator(f"figure#{place.name}")
    ends = [len(control.stops) - 1 for control in fresh.controls.values()]
    figure.evaluate(f"(figure, turned) => ({TURN})(figure, ...turned)", [ends, fresh.at(ends)])
    figure.locator(".explorable-reset").click()
    figure.evaluate("figure => figure.scrollIntoView({block: 'center', behavior: 'instant'})")
    return figure


#: Whether the ring of that number is what one takes there.
IS_ON_TOP = """(figure, [index, x, y]) =>
    document.elementFromPoint(x, y) === figure.querySelectorAll('.explorable-handle')[index]"""


def test_a_handle_leads_its_controls_where_numpy_has_it(figure: Locator, fresh: Fresh) -> None:
    """Taken beside its middle, it stays there; only the controls that it moves are moved."""
    page, chance = figure.page, random.Random(figure.get_attribute("id"))
    for index, handle in enumerate(fresh.painter.handles):
        figure.locator(".explorable-reset").click()
        stops = check(figure, fresh)
        for _ in range(2):
            state, seen = json.loads(figure.evaluate(STATE)), figure.evaluate(RINGS)
            here = there(fresh, handle, state, stops)
            on_page = np.array(seen["corner"]) + seen["scale"] * here
            np.testing.assert_allclose(seen["rings"][index], on_page, atol=1)
            _, place = somewhere_else(fresh, handle, state, chance)
            beside = next(
                spot
                for spot in (on_page + [chance.uniform(-9, 9) for _ in range(2)] for _ in range(99))
                if figure.evaluate(IS_ON_TOP, [index, *spot])  # rings of two handles may meet
            )
            page.mouse.move(*beside)
            page.mouse.down()
            page.mouse.move(*(beside + seen["scale"] * (place - here)), steps=4)
            page.mouse.up()
            before, stops = stops, check(figure, fresh)
            assert np.hypot(*(there(fresh, handle, state, stops) - place)) < 0.3
            for name, old, new in zip(fresh.controls, before, stops, strict=True):
                assert name in handle.controls or old == new
    home = stops == [control.start for control in fresh.controls.values()]
    expect(page).to_have_url(re.compile(f"#{figure.get_attribute('id')}{'$' if home else '[?]'}"))


@EACH_KIND
def test_a_press_alone_moves_nothing(figure: Locator, fresh: Fresh) -> None:
    start = check(figure, fresh)
    for ring in figure.locator(".explorable-handle").all():
        ring.click(position={"x": 30, "y": 14})
        assert check(figure, fresh) == start
        ring.click(button="right")
        assert check(figure, fresh) == start


@EACH_KIND
def test_a_handle_says_take_me(figure: Locator) -> None:
    """Large enough for a finger, seen in light and dark, not on paper; no stop for the keyboard."""
    for ring in figure.locator(".explorable-handle").all():
        box = ring.bounding_box()
        assert min(box["width"], box["height"]) >= 43.9
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


@EACH_KIND
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


@pytest.fixture
def toy(visit: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Locator:
    """Return a page with one explorable, whose dot leads a Play axis and a list along.

    At the last stop of its third control the dot is out of sight.
    """
    figure, ax = plt.subplots()
    (dot,) = ax.plot([], [], "o")
    ax.set(xlim=(0, 10), ylim=(-1, 3))

    def update(step: int, height: int, away: int) -> str:
        dot.set_data([step + 20 * away], [height])
        return f"At {step} and {height}."

    shown: list[dict[str, str]] = []
    monkeypatch.setenv("NND_EXPLORE", "record")
    monkeypatch.setattr(package, "_show", shown.append)
    package.explore(
        figure,
        update,
        name="toy",
        alt="A dot.",
        handles={dot: ("step", "height")},
        step=package.play(0, 10, start=2, seconds=1),
        height=package.choice({"low": 0, "middle": 1, "high": 2}),
        away=package.int_slider(0, 1),
    )
    style, script = markup.style(palette=True), markup.page_script()
    html = f"<style>{style}</style>{shown[0]['text/html']}<script>{script}</script>"
    (tmp_path / "toy.html").write_text(f"<!DOCTYPE html>{html}", encoding="utf-8")
    return visit((tmp_path / "toy.html").as_uri()).page.locator("figure")


def pull(figure: Locator, across: float, up: float) -> None:
    """Take the toy's dot by so many units of its axes."""
    box = figure.locator(".explorable-handle").bounding_box()
    width, height = map(float, figure.locator("[data-box]").get_attribute("data-box").split()[2:])
    scale = figure.evaluate(RINGS)["scale"]
    x, y, mouse = box["x"] + 30, box["y"] + 30, figure.page.mouse
    mouse.move(x, y)
    mouse.down()
    mouse.move(x + scale * across * width / 10, y - scale * up * height / 4, steps=3)


def test_a_hand_halts_what_plays_and_turns_a_list(toy: Locator) -> None:
    play, page = toy.locator(".explorable-play"), toy.page
    pull(toy, 3, 2)
    expect(toy.locator(".explorable-caption")).to_have_text("At 5 and 2.")
    expect(toy.locator("select")).to_have_value("high")
    expect(toy.locator("[name=step] + output")).to_have_text("5")
    page.mouse.up()
    toy.locator(".explorable-reset").click()
    play.click()
    expect(play).to_have_text("Pause")
    pull(toy, 0, 1)
    expect(play).to_have_text("Play")
    page.mouse.up()
    stands = toy.locator("[name=step]").input_value()
    page.wait_for_timeout(250)  # two steps and a half
    expect(toy.locator("[name=step]")).to_have_value(stands)


def test_a_ring_goes_where_a_slider_sends_its_artist(toy: Locator) -> None:
    ring = toy.locator(".explorable-handle")
    before = ring.bounding_box()
    toy.locator("[name=step]").press("End")
    assert ring.bounding_box()["x"] > before["x"] + 100
    toy.locator("[name=away]").press("End")
    expect(ring).to_be_hidden()
    toy.locator("[name=away]").press("Home")
    expect(ring).to_be_visible()


def test_a_ring_stays_on_its_artist_when_the_picture_shrinks(toy: Locator) -> None:
    toy.page.set_viewport_size(PHONE)
    place = json.loads(toy.locator("[data-handles]").get_attribute("data-handles"))[0]
    toy.page.wait_for_timeout(100)
    seen = toy.evaluate(RINGS)
    assert seen["scale"] < 1
    there_now = np.array(seen["corner"]) + seen["scale"] * np.array(place)
    np.testing.assert_allclose(seen["rings"][0], there_now, atol=1)
