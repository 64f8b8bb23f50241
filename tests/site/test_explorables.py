"""Explorables on the page, turned as a reader turns them, show what NumPy computes at each stop.

What is drawn is read back from the page, taken from its pixels to the axes' own coordinates, and
held against the notebook's ``update`` run afresh (``afresh.py``).
"""

from __future__ import annotations

import base64
import contextlib
import gzip
import io
import json
import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus, urlencode

import numpy as np
import pytest
from afresh import Fresh, Shape, distance, explorables_of, shape_of
from matplotlib.artist import Artist
from matplotlib.axis import Axis
from matplotlib.image import AxesImage
from matplotlib.legend import Legend
from matplotlib.text import Text
from pages import DESKTOP, Open, Place, opener, places_of
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from tests.explore.captions import TURNS, State, misnamed, slips
from utils.explore.controls import Control
from utils.explore.recording import all_stops
from utils.figures import PALETTE

TOLERANCE = 0.25  # points on paper: matplotlib thins long lines, by what no eye can see

#: All at once: where the figure's controls stand, by number and in words; its caption; and the
#: geometry of each layer.  As text: as a structure, it would be copied and checked in pieces.
STATE = """figure => {
    const fields = [...figure.querySelectorAll('[data-words]')]
    const layers = [...figure.querySelector('svg').children].filter(e => e.tagName === 'g')
    return JSON.stringify({
        stands: fields.map(field => field.selectedIndex ?? Number(field.value)),
        said: fields.map(field =>
            field.selectedOptions?.[0].textContent ?? field.nextElementSibling.value),
        caption: figure.querySelector('.explorable-caption').textContent,
        layers: layers.map(layer => ({
            paths: [...layer.querySelectorAll('path')].map(
                path => [path.getAttribute('d') ?? '',
                    path.style.markerMid !== '' || /h0/.test(path.getAttribute('d'))]),
            images: [...layer.querySelectorAll('image')].map(image => image.href.baseVal),
            scale: {...layer.querySelector('[data-box]')?.dataset},
        })),
    })
}"""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    found = places_of(metafunc.config.getoption("site")) or [Place("(no site)", "")]
    if "place" in metafunc.fixturenames:
        metafunc.parametrize("place", found, ids=str, scope="module")
    if "page_with_explorables" in metafunc.fixturenames:
        pages = sorted({place.page for place in found})
        metafunc.parametrize("page_with_explorables", pages, scope="module")


@pytest.fixture(scope="module")
def fresh(place: Place) -> Fresh:
    return explorables_of(place.page)[place.name]


@pytest.fixture(scope="module")
def origin(request: pytest.FixtureRequest, origins: dict[str, str]) -> str:
    """Return where the page is opened from: a host, unless the test says otherwise."""
    return origins[getattr(request, "param", "server")]


FROM_BOTH = pytest.mark.parametrize("origin", ["disk", "server"], indirect=True, scope="module")


@pytest.fixture(scope="module")
def tab(browser: Browser) -> Iterator[Callable[[str], Page]]:
    """Return what opens an address, once: its explorables share the page."""
    with ExitStack() as stack:
        visit = opener(browser, stack)
        yield cache(lambda address: visit(address, has_touch=True).page)


@pytest.fixture(scope="module")
def shared(tab: Callable[[str], Page], origin: str, place: Place) -> Locator:
    """Return the explorable, awake, on a page that its tests share."""
    figure = tab(f"{origin}/{place.page}").locator(f"figure#{place.name}")
    figure.scroll_into_view_if_needed()
    expect(figure).to_have_attribute("data-awake", "")
    return figure


@pytest.fixture
def figure(shared: Locator) -> Locator:
    """Return the explorable as the reader finds it."""
    if shared.page.viewport_size != DESKTOP:
        shared.page.set_viewport_size(DESKTOP)
    shared.locator(".explorable-reset").evaluate("button => button.click()")
    return shared


@pytest.fixture
def emulate(shared: Locator) -> Iterator[Callable[..., None]]:
    """Give the page other media for one test: ``emulate(color_scheme="dark")``.

    Each change styles a whole page anew, so tests that need none make none.
    """
    yield shared.page.emulate_media
    shared.page.emulate_media(color_scheme="light", reduced_motion="no-preference")


def check(figure: Locator, fresh: Fresh, stops: Sequence[int] | None = None) -> list[int]:
    """Hold the page against NumPy, where the controls stand now; return where that is."""
    for name, stop in zip(fresh.controls, stops or (), strict=False):
        where = "selectedIndex" if fresh.controls[name].kind == "select" else "value"
        value = stop if where == "selectedIndex" else str(stop)
        expect(figure.locator(f"[name={name}]")).to_have_js_property(where, value)
    state = json.loads(figure.evaluate(STATE))
    stands = state["stands"]
    controls = fresh.controls.values()
    words = [control.words[stop] for control, stop in zip(controls, stands, strict=True)]
    assert state["said"] == words
    caption = fresh.at(stands)
    if state["caption"] != caption:  # the recording may be on its way
        expect(figure.locator(".explorable-caption")).to_have_text(caption)
        state = json.loads(figure.evaluate(STATE))
        assert state["stands"] == stands
    layers = state["layers"]
    artists = fresh.artists()
    assert len(layers) >= len(artists)
    scales = {
        artist: layer["scale"]
        for artist, layer in zip(artists, layers, strict=False)
        if layer["scale"]
    }
    compared = 0
    for artist, layer in zip(artists, layers, strict=False):
        if isinstance(artist, AxesImage) and artist.get_visible():
            hold_colors(layer, artist, f"{artist} at {words}")
        shape = shape_of(artist)
        if shape is None or artist is artist.axes.patch:
            continue
        assert artist.axes.patch in scales, "the axes do not say what their pixels mean"
        scale = scales[artist.axes.patch]
        size = np.array(scale["box"].split(), dtype=float)[2:]
        drawn = drawn_in(layer).mapped(lambda points, scale=scale: to_data(points, scale))
        paper = lambda points, scale=scale, size=size: on_paper(points, scale) * size  # noqa: E731
        hold_together(drawn.mapped(paper), shape.mapped(paper), size, f"{artist} at {words}")
        compared += 1
    assert compared, "nothing that the figure draws could be compared"
    return stands


def drawn_in(layer: dict) -> Shape:
    """Return what a layer of the page draws, in the picture's points."""
    lines = [points_of(d) for d, marked in layer["paths"] if not marked]
    marks = [points_of(d.replace("h0", "")) for d, marked in layer["paths"] if marked]
    marks = np.concatenate([np.empty((0, 2)), *marks])
    return Shape(tuple(lines), marks[np.isfinite(marks).all(axis=1)])


def points_of(d: str) -> np.ndarray:
    """Return the points of an SVG path, with a gap before each new piece."""
    rows: list[tuple[float, float]] = []
    for command, numbers in re.findall(r"([MLQCZz])([^MLQCZz]*)", d):
        values = [float(n) for n in re.findall(r"-?\d*\.?\d+(?:e-?\d+)?", numbers)]
        rows += [(np.nan, np.nan)] if command in "MZz" else []
        rows += zip(values[::2], values[1::2], strict=True)
    return np.array(rows).reshape(-1, 2)


def to_data(points: np.ndarray, scale: dict) -> np.ndarray:
    """Turn a picture's points into the data that they stand for, by what the axes say."""
    left, top, width, height = map(float, scale["box"].split())
    share = (points - [left, top + height]) / [width, -height]
    return np.column_stack([_unscaled(share[:, i], *_axis(scale, i)) for i in (0, 1)])


def on_paper(points: np.ndarray, scale: dict) -> np.ndarray:
    """Return where data lie, as shares of the axes' width and height."""
    return np.column_stack([_scaled(points[:, i], *_axis(scale, i)) for i in (0, 1)])


def _axis(scale: dict, i: int) -> tuple[str, float, float]:
    lo, hi = map(float, scale["xlim" if i == 0 else "ylim"].split())
    return scale["scales"].split()[i], lo, hi


def _unscaled(share: np.ndarray, kind: str, lo: float, hi: float) -> np.ndarray:
    if kind == "log":
        return 10 ** (np.log10(lo) + share * np.log10(hi / lo))
    assert kind == "linear", f"an axis is {kind}: teach the test to read it"
    return lo + share * (hi - lo)


def _scaled(values: np.ndarray, kind: str, lo: float, hi: float) -> np.ndarray:
    if kind == "log":
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.log10(values / lo) / np.log10(hi / lo)
    return (values - lo) / (hi - lo)


def hold_together(drawn: Shape, computed: Shape, size: np.ndarray, what: str) -> None:
    """Every point of one lies on the other, as far as the axes show them."""

    def visible(points: np.ndarray) -> np.ndarray:
        return points[((points >= 0) & (points <= size)).all(axis=1)]

    missing = distance(visible(computed.points), drawn, TOLERANCE)
    assert missing < TOLERANCE, f"{what}: computed, not drawn"
    invented = distance(visible(drawn.points), computed, TOLERANCE)
    assert invented < TOLERANCE, f"{what}: drawn, not computed"
    marks = distance(visible(drawn.marks), Shape(marks=computed.points), TOLERANCE, joined=False)
    assert marks < TOLERANCE, f"{what}: a mark between the data"


def hold_colors(layer: dict, artist: AxesImage, what: str) -> None:
    """Each number of an image has its color on the page, where the middle of its cell is."""
    (address,) = layer["images"]
    picture = Image.open(io.BytesIO(base64.b64decode(address.partition("base64,")[2])))
    pixels = np.asarray(picture.convert("RGBA")).astype(int)
    colors = artist.to_rgba(artist.get_array(), bytes=True).astype(int)
    bottom, top = artist.get_extent()[2:]
    rises = (bottom < top) == (artist.origin == "lower")
    if rises == artist.axes.yaxis_inverted():  # the rows of the picture are counted from below
        colors = colors[::-1]
    rows, columns = (
        ((np.arange(cells) + 0.5) * size / cells).astype(int)
        for cells, size in zip(colors.shape[:2], pixels.shape[:2], strict=True)
    )
    assert np.abs(pixels[np.ix_(rows, columns)] - colors).max() <= 2, what


def recording(site: Path, place: Place) -> tuple[Path, dict]:
    """Return the file of a recording, and what is in it."""
    html = (site / place.page).read_text(encoding="utf-8")
    address = re.search(f'id="{place.name}" data-recording="([^"]+)"', html)[1]
    file = (site / place.page).parent / address
    return file, json.loads(re.fullmatch(r'explorable\("[^"]+",(.*)\)\n', file.read_text())[1])


@FROM_BOTH
def test_keyboard_turns_it(figure: Locator, fresh: Fresh) -> None:
    check(figure, fresh, [control.start for control in fresh.controls.values()])
    for index, (name, control) in enumerate(fresh.controls.items()):
        last, on = len(control.stops) - 1, "Right" if control.kind == "range" else "Down"
        figure.locator(f"[name={name}]").focus()
        for key, stop in (("End", last), ("Home", 0), (f"Arrow{on}", 1)):
            figure.page.keyboard.press(key)
            assert check(figure, fresh)[index] == stop


@FROM_BOTH
def test_mouse_and_finger_turn_it(figure: Locator, place: Place, fresh: Fresh) -> None:
    page, chance = figure.page, random.Random(str(place))
    for index, (name, control) in enumerate(fresh.controls.items()):
        field, last = figure.locator(f"[name={name}]"), len(control.stops) - 1
        if control.kind == "select":
            field.select_option(index=last)
            assert check(figure, fresh)[index] == last
            continue
        field.scroll_into_view_if_needed()
        box = field.bounding_box()
        y = box["y"] + box["height"] / 2

        def at(share: float, box: dict = box) -> float:
            return box["x"] + 8 + share * (box["width"] - 16)  # half a thumb at each end

        for press in (page.touchscreen.tap, page.mouse.click):
            share = chance.random()
            press(at(share), y)
            assert abs(check(figure, fresh)[index] - share * last) <= 1 + 0.02 * last
        page.mouse.down()  # on the thumb, where the click has put it
        for share, stop in ((1.2, last), (-0.2, 0)):  # beyond the ends
            page.mouse.move(at(share), y, steps=5)
            assert check(figure, fresh)[index] == stop
        page.mouse.up()


def somewhere(fresh: Fresh, chance: random.Random) -> tuple[list[int], dict[str, str]]:
    """Return a stop of each control, and what an address says for them."""
    stops = [chance.randrange(len(control.stops)) for control in fresh.controls.values()]
    words = {
        name: control.words[stop].replace("\N{MINUS SIGN}", "-")
        for (name, control), stop in zip(fresh.controls.items(), stops, strict=True)
    }
    return stops, words


@FROM_BOTH
def test_address_turns_it(figure: Locator, place: Place, fresh: Fresh) -> None:
    page = figure.page
    expect(page).to_have_url(re.compile(rf"#{place.name}$"))  # the address rests
    stops, words = somewhere(fresh, random.Random(str(place)))
    page.goto(f"{page.url}?{urlencode(words)}")
    check(figure, fresh, stops)
    expect(figure).to_be_in_viewport()


@FROM_BOTH
def test_link_from_elsewhere_turns_it(
    visit: Open, origin: str, site: Path, page_with_explorables: str
) -> None:
    """The page opens with one of its explorables in view, turned to where the link says."""
    chance = random.Random(page_with_explorables + origin.partition(":")[0])
    place = chance.choice([p for p in places_of(site) if p.page == page_with_explorables])
    fresh = explorables_of(place.page)[place.name]
    stops, words = somewhere(fresh, chance)
    page = visit(f"{origin}/{place.page}#{place.name}?{urlencode(words)}").page
    figure = page.locator(f"figure#{place.name}")
    check(figure, fresh, stops)
    expect(figure).to_be_in_viewport()


def test_address_follows_and_reset_returns(figure: Locator, place: Place, fresh: Fresh) -> None:
    start = [control.start for control in fresh.controls.values()]
    name, control = next(iter(fresh.controls.items()))
    figure.locator(f"[name={name}]").focus()
    figure.page.keyboard.press("Home" if control.start else "End")
    stops = check(figure, fresh)
    assert stops != start
    word = re.escape(quote_plus(control.words[stops[0]].replace("\N{MINUS SIGN}", "-")))
    expect(figure.page).to_have_url(re.compile(rf"#{place.name}\?{name}={word}"))
    figure.get_by_role("button", name="Reset").click()
    check(figure, fresh, start)
    expect(figure.page).to_have_url(re.compile(rf"#{place.name}$"))


def test_play_pauses_and_runs_to_the_end(figure: Locator, fresh: Fresh) -> None:
    for index, (name, control) in enumerate(fresh.controls.items()):
        if not control.seconds:
            continue
        field, last = figure.locator(f"[name={name}]"), len(control.stops) - 1
        button = field.locator("xpath=..").get_by_role("button")
        field.focus()
        figure.page.keyboard.press("Home")
        expect(button).to_have_accessible_name(re.compile("^Play "))
        button.click()
        expect(button).to_have_accessible_name(re.compile("^Pause "))
        expect(field).not_to_have_value("0")
        button.click()
        expect(button).to_have_accessible_name(re.compile("^Play "))
        paused = check(figure, fresh)
        figure.page.wait_for_timeout(1200 * control.seconds / last)  # more than a step
        assert check(figure, fresh) == paused
        field.focus()
        figure.page.keyboard.press("End")
        figure.page.keyboard.press("ArrowLeft")
        button.click()
        expect(field).to_have_value(str(last))
        expect(button).to_have_accessible_name(re.compile("^Play "))
        assert check(figure, fresh)[index] == last


def test_nothing_plays_where_motion_is_unwanted(
    figure: Locator, emulate: Callable[..., None]
) -> None:
    emulate(reduced_motion="reduce")
    assert [b for b in figure.locator(".explorable-play").all() if b.is_visible()] == []


def test_words_go_with_it(figure: Locator) -> None:
    """The picture is described, each control named, its value said in words."""
    assert len(figure.get_by_role("img").first.get_attribute("aria-label").split()) > 5
    for field in figure.locator("[data-words]").all():
        assert field.evaluate("f => f.labels.length === 1 && f.labels[0].innerText.length > 1")
    for field in figure.locator("input[type=range]").all():
        spoken, shown = field.evaluate("f => [f.ariaValueText, f.nextElementSibling.value]")
        assert spoken == shown.replace("\N{MINUS SIGN}", "minus ")


def test_caption_is_read_out_once_the_control_rests(figure: Locator, fresh: Fresh) -> None:
    """While it moves, the caption is for the eyes; then it comes as new text, never busy."""
    caption = figure.locator(".explorable-caption")
    silent = caption.locator("xpath=./span[@aria-hidden='true']")
    name, control = next(iter(fresh.controls.items()))
    figure.locator(f"[name={name}]").focus()
    figure.page.keyboard.press("Home" if control.start else "End")
    expect(silent).to_have_count(1)
    expect(silent).to_have_count(0)
    assert caption.evaluate("caption => caption.childElementCount") == 0
    expect(figure.page.locator("[aria-busy]")).to_have_count(0)
    check(figure, fresh)


def test_no_stop_moves_the_page(figure: Locator, site: Path, place: Place) -> None:
    """Each caption takes the same room, so that nothing jumps under the reader's hand."""
    _, recorded = recording(site, place)
    for width in (320, 390, 768, 1280):
        figure.page.set_viewport_size({"width": width, "height": 800})
        misfits = figure.evaluate(
            """(figure, captions) => {
                const caption = figure.querySelector('.explorable-caption')
                const here = caption.textContent
                const height = () => figure.getBoundingClientRect().height
                const first = height()
                const fits = text => { caption.textContent = text; return height() === first }
                const misfits = captions.filter(text => !fits(text))
                caption.textContent = here
                return misfits
            }""",
            recorded["captions"],
        )
        assert misfits == [], f"at {width} px"


def test_colors_follow_the_theme(
    figure: Locator, fresh: Fresh, emulate: Callable[..., None]
) -> None:
    figure.locator("[data-words]").first.focus()
    figure.page.keyboard.press("End")
    check(figure, fresh)
    for theme in ("light", "dark"):
        emulate(color_scheme=theme)
        colors = set(
            figure.evaluate(
                """figure => [...figure.querySelectorAll('svg > g *')].flatMap(e =>
                    [getComputedStyle(e).stroke, getComputedStyle(e).fill])"""
            )
        )
        mine, other = ((0, 1), (1, 0))[theme == "dark"]
        inks = {role: pair for role, pair in PALETTE.items() if role != "paper"}
        assert not {rgb(pair[other]) for pair in inks.values()} & colors
        assert {rgb(pair[mine]) for pair in inks.values()} & colors


def rgb(color: str) -> str:
    return "rgb({}, {}, {})".format(*(int(color[i : i + 2], 16) for i in (1, 3, 5)))


@FROM_BOTH
def test_recordings_are_fetched_when_the_reader_comes_near(
    visit: Open, origin: str, site: Path, page_with_explorables: str
) -> None:
    page = page_with_explorables
    visited = visit(f"{origin}/{page}", {"width": 1280, "height": 400})
    visited.page.wait_for_load_state("networkidle")
    for place in (place for place in places_of(site) if place.page == page):
        file, _ = recording(site, place)
        figure = visited.page.locator(f"figure#{place.name}")
        near = figure.evaluate("f => f.getBoundingClientRect().top < innerHeight + 800")
        assert any(file.name in url for url in visited.requests) == near, place
        with contextlib.nullcontext() if near else visited.page.expect_request(f"**/{file.name}"):
            figure.scroll_into_view_if_needed()
    assert visited.errors == []


@FROM_BOTH
def test_recording_that_does_not_arrive_is_said_so(
    visit: Open, origin: str, page_with_explorables: str
) -> None:
    visited = visit("about:blank")
    visited.page.route("**/explorables/*-*.js", lambda route: route.abort())
    visited.page.goto(f"{origin}/{page_with_explorables}")
    figure = visited.page.locator("figure.explorable").first
    figure.locator("[data-words]").first.focus()
    visited.page.keyboard.press("End")
    expect(figure.locator(".explorable-caption")).to_have_text(re.compile("did not arrive"))
    assert [error for error in visited.errors if "exception" in error] == []


def test_recording_is_small(site: Path, place: Place) -> None:
    file, _ = recording(site, place)
    assert len(gzip.compress(file.read_bytes(), mtime=0)) <= 500_000


def states(fresh: Fresh, recorded: dict) -> Iterator[tuple[dict[str, Any], State]]:
    """Yield what each stop of the page says, and each finer one of a notebook: stops, and state.

    Where one control stands at its finer stops, the others are somewhere at those of the page.
    """
    controls = fresh.controls
    captions = (recorded["captions"][index] for index in recorded["caption"])
    for stops, caption in zip(all_stops(controls), captions, strict=True):
        yield stops, (words_of(controls, stops), caption)
    chance = random.Random(0)
    for name, control in controls.items():
        fine = controls | {name: control.fine()}
        for value in fine[name].stops if control.continuous else ():
            stops = {other: chance.choice(each.stops) for other, each in controls.items()}
            stops[name] = value
            yield stops, (words_of(fine, stops), fresh.update(**stops))


def words_of(controls: Mapping[str, Control], stops: Mapping[str, Any]) -> dict[str, str]:
    return {name: each.words[each.stops.index(stops[name])] for name, each in controls.items()}


def test_captions_are_sentences_and_true_to_the_controls(
    site: Path, place: Place, fresh: Fresh
) -> None:
    """At every stop of the page and every finer one: the numbers set, and the words that turn."""
    stops, read = zip(*states(fresh, recording(site, place)[1]), strict=True)
    assert [*slips(caption for _, caption in read), *misnamed(read)] == []
    if place.name in TURNS:
        for values, (_, caption) in zip(stops, read, strict=True):
            assert TURNS[place.name](**values) in caption, values


def test_everything_that_changes_is_compared(site: Path, place: Place, fresh: Fresh) -> None:
    """No kind of artist changes on the page that the comparison above would pass over."""
    _, recorded = recording(site, place)
    artists = fresh.artists()
    changing = [artists[slot] for slot in recorded["slots"] if slot < len(artists)]
    others = (Text, Axis, Legend, AxesImage)  # the caption says what they say; `hold_colors`
    unread = [a for a in changing if not isinstance(a, others) and a not in backgrounds(fresh)]
    assert [artist for artist in unread if artist.get_visible() and not shape_of(artist)] == []


def backgrounds(fresh: Fresh) -> list[Artist]:
    return [ax.patch for ax in fresh.figure.axes]
