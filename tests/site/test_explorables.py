"""Explorables on the page, turned as a reader turns them, show what NumPy computes.

Each figure is held against NumPy (``readback.py``) at its ends and somewhere between.  What the
player does is a property of the player and of each kind of control: keyboard, mouse, finger,
address, play and speech are tried on one figure of each kind.
"""

from __future__ import annotations

import contextlib
import gzip
import json
import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from inspect import getclosurevars
from pathlib import Path
from types import FunctionType
from typing import Any
from urllib.parse import quote_plus, urlencode

import pytest
from afresh import Fresh, explorables_of, shape_of
from contract.lines import lettered, missed, objection
from contract.mutants import miscodes, misprints
from contract.sample import sample, todays_chapters
from matplotlib.artist import Artist
from matplotlib.axis import Axis
from matplotlib.image import AxesImage
from matplotlib.legend import Legend
from matplotlib.text import Text
from pages import DESKTOP, Open, Place, figure_of, places_of, places_with
from playwright.sync_api import Locator, Page, expect
from readback import STATE, TURN, hold

from tests.explore.captions import TURNS, State, misnamed, slips
from tests.explore.said import EVERYWHERE, SAID, differs, linked, wording
from utils.explore.controls import Control
from utils.explore.painter import parts_of
from utils.explore.recording import all_stops
from utils.figures import PALETTE

#: One figure for each kind: of those whose controls are alike, the first.
EACH_KIND = pytest.mark.each_kind


pytestmark = pytest.mark.some_chapters


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    site = metafunc.config.getoption("site")
    found = places_of(site) or [Place("(no site)", "")]
    if "place" in metafunc.fixturenames:
        if metafunc.definition.get_closest_marker("each_kind"):
            found = one_of_each(found, lambda place: kind_of(site, place))
        metafunc.parametrize("place", found, ids=str, scope="module")
    if "page_with_explorables" in metafunc.fixturenames:
        pages = sorted({place.page for place in found})
        metafunc.parametrize("page_with_explorables", pages, scope="module")


def one_of_each(places: Sequence[Place], kind: Callable[[Place], tuple]) -> list[Place]:
    """Return a place of each kind, of few chapters and first of those tried today.

    The code of each of these chapters is run.
    """
    of_page: dict[str, dict[tuple, Place]] = {}
    for place in places[::-1]:
        of_page.setdefault(place.page, {})[kind(place)] = place
    found: dict[tuple, Place] = {}
    for today in (True, False):
        pages = [page for page in of_page if (Path(page).stem in todays_chapters()) == today]
        for _ in pages:
            page = max(pages, key=lambda page: len(of_page[page].keys() - found.keys()))
            found = of_page[page] | found
    return [place for place in places if place in found.values()]


def kind_of(site: Path, place: Place) -> tuple:
    """Return what kinds of control an explorable has, and whether there are several."""
    if not place.name:
        return ()
    controls = figure_of(site, place).select(".explorable-control")
    kinds = {tuple(tag.name for tag in c.select("input, select, button")) for c in controls}
    return (*sorted(kinds), len(controls) > 1)


@pytest.fixture(scope="module")
def origin(request: pytest.FixtureRequest, origins: dict[str, str]) -> str:
    """Return where the page is opened from: a host, or where the test says."""
    return origins[getattr(request, "param", "server")]


FROM_BOTH = pytest.mark.parametrize("origin", ["disk", "server"], indirect=True, scope="module")


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
    caption = fresh.at(stands)
    if state["caption"] != caption:  # the recording may be on its way
        expect(figure.locator(".explorable-caption")).to_have_text(caption)
        state = json.loads(figure.evaluate(STATE))
        assert state["stands"] == stands
    hold(state, fresh, caption)
    return stands


def recording(site: Path, place: Place) -> tuple[Path, dict]:
    """Return the file of a recording, and what is in it."""
    address = figure_of(site, place)["data-recording"]
    file = (site / place.page).parent / address
    return file, json.loads(re.fullmatch(r'explorable\("[^"]+",(.*)\)\n', file.read_text())[1])


def test_it_shows_what_numpy_computes(figure: Locator, place: Place, fresh: Fresh) -> None:
    """As the reader finds it, at both ends of each control, and at two stops between."""
    start = check(figure, fresh)
    assert start == [control.start for control in fresh.controls.values()]
    chance = random.Random(str(place))
    ends = [
        [*start[:index], stop, *start[index + 1 :]]
        for index, control in enumerate(fresh.controls.values())
        for stop in (0, len(control.stops) - 1)
    ]
    for stops in [*ends, *(somewhere(fresh, chance)[0] for _ in range(2))]:
        figure.evaluate(
            f"(figure, turned) => ({TURN})(figure, ...turned)", [stops, fresh.at(stops)]
        )
        assert check(figure, fresh) == stops


@EACH_KIND
@FROM_BOTH
def test_keyboard_turns_it(figure: Locator, fresh: Fresh) -> None:
    check(figure, fresh, [control.start for control in fresh.controls.values()])
    for index, (name, control) in enumerate(fresh.controls.items()):
        last, on = len(control.stops) - 1, "Right" if control.kind == "range" else "Down"
        figure.locator(f"[name={name}]").focus()
        for key, stop in (("End", last), ("Home", 0), (f"Arrow{on}", 1)):
            figure.page.keyboard.press(key)
            assert check(figure, fresh)[index] == stop


@EACH_KIND
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


@EACH_KIND
@FROM_BOTH
def test_address_turns_it(figure: Locator, place: Place, fresh: Fresh) -> None:
    page = figure.page
    expect(page).to_have_url(re.compile(rf"#{place.name}$"))  # the address rests
    stops, words = somewhere(fresh, random.Random(str(place)))
    page.goto(f"{page.url}?{urlencode(words)}")
    check(figure, fresh, stops)
    expect(figure).to_be_in_viewport()


@EACH_KIND
def test_a_link_wins_over_the_address_of_a_late_frame(
    figure: Locator, place: Place, fresh: Fresh
) -> None:
    """Which the figure writes after the click, before the browser says that the link leads on."""
    expect(figure.page).to_have_url(re.compile(rf"#{place.name}$"))  # or the link may lead nowhere
    stops, words = somewhere(fresh, random.Random(str(place)))
    figure.page.evaluate(
        "([to, late]) => { location.hash = to; history.replaceState(null, '', late) }",
        [f"#{place.name}?{urlencode(words)}", f"#{place.name}"],
    )
    check(figure, fresh, stops)


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


@EACH_KIND
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


@EACH_KIND
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


@EACH_KIND
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


@EACH_KIND
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


def test_what_plays_slowly_is_not_read_out_step_by_step(
    visit: Open, server: str, site: Path
) -> None:
    """A listener would hear the beginnings of sentences; the caption is read once it rests."""
    places = places_with(site, ".explorable-play")
    slow = max(places, key=lambda place: seconds_of_a_step(site, place))
    assert seconds_of_a_step(site, slow) > 0.5
    figure = visit(f"{server}/{slow.page}").page.locator(f"figure#{slow.name}")
    figure.scroll_into_view_if_needed()
    button = figure.locator(".explorable-play").first
    button.click()
    expect(button).to_have_text("Pause")
    silent = figure.evaluate(
        """async figure => {
            const silent = new Set()
            const caption = figure.querySelector('.explorable-caption')
            while (!caption.firstElementChild) await new Promise(requestAnimationFrame)
            for (let begun = performance.now(); performance.now() < begun + 2000;) {
                silent.add(Boolean(caption.firstElementChild))
                await new Promise(requestAnimationFrame)
            }
            return [...silent]
        }"""
    )
    assert silent == [True]
    button.click()
    expect(figure.locator(".explorable-caption > *")).to_have_count(0)


def seconds_of_a_step(site: Path, place: Place) -> float:
    control = figure_of(site, place).select_one(".explorable-play").parent
    stops = json.loads(control.select_one("[data-words]")["data-words"])
    return float(control.select_one(".explorable-play")["data-seconds"]) / (len(stops) - 1)


def test_no_stop_moves_the_page(
    tab: Callable[[str], Page], origin: str, site: Path, page_with_explorables: str
) -> None:
    """Each caption and each value takes the same room, so that nothing jumps under the hand."""
    page = tab(f"{origin}/{page_with_explorables}")
    places = [place for place in places_of(site) if place.page == page_with_explorables]
    captions = {place.name: recording(site, place)[1]["captions"] for place in places}
    for width in (320, 390, 768, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        misfits = page.evaluate(
            """captions => Object.entries(captions).flatMap(([name, texts]) => {
                const figure = document.getElementById(name)
                const caption = figure.querySelector('.explorable-caption')
                const here = caption.textContent
                const height = () => figure.getBoundingClientRect().height
                const first = height()
                const fits = text => { caption.textContent = text; return height() === first }
                const misfits = texts.filter(text => !fits(text))
                caption.textContent = here
                for (const field of figure.querySelectorAll('input[data-words]')) {
                    const value = field.nextElementSibling, shown = value.textContent
                    for (const word of JSON.parse(field.dataset.words)) {
                        value.textContent = word
                        if (height() !== first) misfits.push(`${field.name} ${word}`)
                    }
                    value.textContent = shown
                }
                return misfits
            })""",
            captions,
        )
        assert misfits == [], f"at {width} px"


def test_colors_follow_the_theme(
    tab: Callable[[str], Page], origin: str, site: Path, page_with_explorables: str
) -> None:
    page = tab(f"{origin}/{page_with_explorables}")
    places = [place for place in places_of(site) if place.page == page_with_explorables]
    for place in places:
        fresh = explorables_of(place.page)[place.name]
        last = [len(control.stops) - 1 for control in fresh.controls.values()]
        page.locator(f"#{place.name}").evaluate(
            f"(figure, turned) => ({TURN})(figure, ...turned)", [last, fresh.at(last)]
        )
    inks = {role: pair for role, pair in PALETTE.items() if role != "paper"}
    for theme in ("dark", "light"):
        page.emulate_media(color_scheme=theme)
        mine, other = (
            {rgb(pair[i]) for pair in inks.values()} for i in ((0, 1), (1, 0))[theme == "dark"]
        )
        for place in places:
            colors = set(
                page.locator(f"#{place.name}").evaluate(
                    """figure => [...figure.querySelectorAll('svg > g *')].flatMap(e =>
                        [getComputedStyle(e).stroke, getComputedStyle(e).fill])"""
                )
            )
            assert not other & colors, place
            assert mine & colors, place


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
    for key in ("Home", "End"):  # it may stand at either
        visited.page.keyboard.press(key)
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
            yield stops, (words_of(fine, stops), fresh.says(**stops))


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
    if place.name in EVERYWHERE:
        for values, (_, caption) in zip(stops, read, strict=True):
            assert differs(caption, SAID[place.name](**values)) is None, values


def told(fresh: Fresh, name: str) -> Iterator[dict[str, Any]]:
    """Return the states that must be right: each end of each control, and what pages link to."""
    start = {of: control.stops[control.start] for of, control in fresh.controls.items()}
    yield start
    for of, control in fresh.controls.items():
        yield from ({**start, of: control.stops[end]} for end in (0, -1))
    for link in linked(name):
        yield start | {
            of: fresh.controls[of].stops[stop_of(fresh.controls[of], word)]
            for of, word in link.items()
        }


def stop_of(control: Control, word: str) -> int:
    """Return the stop that an address means, which writes a minus as a hyphen."""
    return [shown.replace("\N{MINUS SIGN}", "-") for shown in control.words].index(word)


@pytest.fixture(scope="module")
def so(place: Place, fresh: Fresh) -> list[tuple[dict[str, Any], tuple]]:
    """Return the states that must be right, each with what is so, computed once for all tests."""
    assert place.name in SAID, "say in tests/explore/said what its caption says"
    return [(state, SAID[place.name](**state)) for state in told(fresh, place.name)]


def test_captions_say_what_is_so(fresh: Fresh, so: list[tuple]) -> None:
    """By another computation than the figure's own, wherever a reader is sent, and at the ends."""
    wrong = [(state, differs(fresh.says(**state), is_so)) for state, is_so in so]
    assert not [(state, error) for state, error in wrong if error is not None]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_errors_in_an_update_are_caught(
    place: Place,
    fresh: Fresh,
    so: list[tuple],
    tally: Callable[..., None],
    request: pytest.FixtureRequest,
) -> None:
    """One at a time: the caption then says what is not so, or says the same as before."""
    before = [wording(fresh.says(**state)) for state, _ in so]
    errors = miscodes(fresh.update)
    if request.config.getoption("--mutations") != "all":
        errors = sample(errors, 3, place.name)
    names = fresh.update.__globals__ | getclosurevars(fresh.update).nonlocals
    missed, silent = [], 0
    for error in errors:
        update, said = FunctionType(error.code(), names), []
        try:
            for state, is_so in so:
                caption, line = parts_of(update(**state))
                if differs(caption, is_so) or (line and objection(line)):
                    break
                said.append(wording(caption))
            else:
                silent += said == before  # it says the same, or shows a digit more
                missed += [error] if said != before else []
        except Exception:  # a figure that fails is not built
            continue
    tally(
        "errors made in updates of figures",
        caught=len(errors) - silent - len(missed),
        say_nothing_else=silent,
        missed=len(missed),
    )
    fresh.update(**so[0][0])
    assert not missed, "\n".join(f"{error.what}, {error.line}" for error in missed)


def test_lines_are_true(site: Path, place: Place, fresh: Fresh, tally: Callable[..., None]) -> None:
    """At every stop of the page and each finer one; and an error in the formula is seen."""
    recorded = recording(site, place)[1]
    if "line" not in recorded:
        return
    found = (fresh.line(**stops) for stops, _ in states(fresh, recorded))
    lines = [line for line in found if line]
    assert [problem for problem in map(objection, lines) if problem] == []
    for latex in {line.latex for line in lines}:
        these = [line for line in lines if line.latex == latex]
        errors = misprints(lettered(these[0]))
        tally("errors made in lines under figures", caught=len(errors))
        assert list(missed(these)) == []


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
