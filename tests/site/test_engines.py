"""The site in three engines: every kind of page, and every slider of a page, as NumPy has it.

``--engines all`` takes every page; otherwise there is one of each kind, on a phone or on a desktop,
and of the chapters another after each commit.
"""

from __future__ import annotations

import json
import random
import time

import numpy as np
import pytest
from afresh import explorables_of
from contract.sample import sample
from engines import Window
from hands import RINGS, somewhere_else, there, with_handles
from pages import Place, pages_of, places_of
from readback import STATE, TURN, hold

from utils.figures import PALETTE

#: The beginning of a function of a figure's name, brought into view.
FIGURE = """async (name, stops, caption) => {
    const figure = document.getElementById(name)
    figure.scrollIntoView()
"""

KINDS = ("index.html", "404.html", "glossary.html", "search.html", "teaching.html")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    site, chosen = (metafunc.config.getoption(name) for name in ("site", "engines"))
    chapters = sorted({place.page for place in places_of(site)} - {"index.html"})
    if chosen == "sample":
        chapters = sample(chapters, 1, "engines")
    if "chapter" in metafunc.fixturenames:
        metafunc.parametrize("chapter", ["index.html", *chapters])
    if "held" in metafunc.fixturenames:
        held = with_handles(site)
        if chosen == "sample":  # of the same chapter, if it can be: its code is run anew
            held = sample([h for h in held if h.page in chapters] or held, 2, "hands")
        metafunc.parametrize("held", held or [Place("(no site)", "")], ids=str)
    if "page" in metafunc.fixturenames:
        pages = pages_of(site) if chosen == "all" else [*KINDS, *chapters]
        views = [(page, *view) for page in pages for view in views_of(page, chosen)]
        metafunc.parametrize(("page", "width", "origin"), views)


def views_of(page: str, chosen: str) -> list[tuple[int, str]]:
    """Return on which screens to look at a page, and whence: on one of them, by the commit."""
    views = [(360, "server"), (1280, "disk")]
    return views if chosen == "all" else sample(views, 1, f"view of {page}")


def test_a_page_fits_and_follows_the_theme(
    engine: Window, origins: dict[str, str], page: str, width: int, origin: str
):
    """Nothing sticks out sideways, in the light and in the dark, on a phone and on a desktop."""
    engine.open(f"{origins[origin]}/{page}", width)
    for side, theme in enumerate(("light", "dark")):
        wide, paper = engine.run(
            """theme => {
                document.documentElement.dataset.theme = theme
                const { scrollWidth } = document.documentElement
                return [scrollWidth - innerWidth, getComputedStyle(document.body).backgroundColor]
            }""",
            theme,
        )
        assert wide <= 0
        color = PALETTE["paper"][side]
        assert paper == "rgb({}, {}, {})".format(*(int(color[i : i + 2], 16) for i in (1, 3, 5)))


def test_every_slider_shows_what_numpy_computes(
    engine: Window, origins: dict[str, str], chapter: str
):
    """From a disk: at both ends of each control, and somewhere between."""
    engine.open(f"{origins['disk']}/{chapter}", 1280)
    chance = random.Random(chapter)
    for name, fresh in explorables_of(chapter).items():
        start = [control.start for control in fresh.controls.values()]
        lasts = [len(control.stops) - 1 for control in fresh.controls.values()]
        ends = [
            [*start[:index], stop, *start[index + 1 :]]
            for index, last in enumerate(lasts)
            for stop in (0, last)
        ]
        for stops in [*ends, [chance.randint(0, last) for last in lasts]]:
            caption = fresh.at(stops)
            engine.run(f"{FIGURE} return ({TURN})(figure, stops, caption) }}", name, stops, caption)
            for wait in (0.1, 0.5, 2, 5, 0):  # while its recording is on its way
                state = json.loads(engine.run(f"{FIGURE} return ({STATE})(figure) }}", name))
                assert state["stands"] == stops
                try:
                    hold(state, fresh, caption)
                except AssertionError:
                    if not wait:
                        raise
                    time.sleep(wait)
                else:
                    break


def test_a_handle_leads_its_controls_where_numpy_has_it(
    engine: Window, origins: dict[str, str], held: Place
):
    """Dragged by the mouse, from a disk, and over a stop between."""
    engine.open(f"{origins['disk']}/{held.page}", 1280)
    fresh, chance = explorables_of(held.page)[held.name], random.Random(str(held))
    start = [control.start for control in fresh.controls.values()]
    for index, handle in enumerate(fresh.painter.handles):
        for stops in ([len(control.stops) - 1 for control in fresh.controls.values()], start):
            caption = fresh.at(stops)  # its recording is then there, and so is the handle
            engine.run(
                f"{FIGURE} return ({TURN})(figure, stops, caption) }}", held.name, stops, caption
            )
        state = json.loads(engine.run(f"{FIGURE} return ({STATE})(figure) }}", held.name))
        seen = engine.run(f"{FIGURE} return ({RINGS})(figure) }}", held.name)
        begin, scale = np.array(seen["rings"][index]), seen["scale"]
        here = there(fresh, handle, state, state["stands"])
        road = [somewhere_else(fresh, handle, state, chance)[1] for _ in range(2)]
        engine.drag(begin, *(begin + scale * (place - here) for place in road))
        state = json.loads(engine.run(f"{FIGURE} return ({STATE})(figure) }}", held.name))
        arrived = there(fresh, handle, state, state["stands"])
        assert np.hypot(*(arrived - road[-1])) < 2  # the mouse goes by whole pixels
        hold(state, fresh, fresh.at(state["stands"]))


def test_no_figure_is_cut_off_at_its_side(engine: Window, origins: dict[str, str], chapter: str):
    """A wide one sticks out of its section, which may keep its paint to itself."""
    engine.open(f"{origins['disk']}/{chapter}", 1280)
    cut = engine.run(
        """async () => {
            const cut = []
            for (const picture of document.querySelectorAll('.explorable-picture')) {
                picture.scrollIntoView({block: 'center'})
                await new Promise(done => setTimeout(done, 100))
                const {right, top, height} = picture.getBoundingClientRect()
                const seen = document.elementFromPoint(right - 3, top + height / 2)
                if (!picture.contains(seen)) cut.push(picture.closest('figure').id)
            }
            return cut
        }"""
    )
    assert cut == []


def test_the_search_finds_from_a_disk(engine: Window, origins: dict[str, str]):
    engine.open(f"{origins['disk']}/search.html?q=sigmoid", 1280)
    found = engine.run(
        """async () => {
            const results = document.getElementById('search-results')
            for (let waits = 0; waits < 200 && !results.querySelector('a'); waits++)
                await new Promise(done => setTimeout(done, 25))
            return results.querySelector('a')?.getAttribute('href') ?? ''
        }"""
    )
    assert "sigmoid" in found
