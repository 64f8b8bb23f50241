"""Where much is missing the text, the formulas and the first pictures stay, and nothing breaks.

Storage that is denied, a network that comes and goes, scripts that fail, and a browser that is some
years old.  Without JavaScript at all: ``test_tools``; a kernel that dies: ``test_live``.
"""

from __future__ import annotations

import re

import pytest
from pages import DESKTOP, PHONE, Open, Visit
from playwright.sync_api import Frame, Page, Route, expect
from test_phone import STICKING_OUT
from test_tools import is_dark

PAGE = "gradient-descent.html"
DENIED = """for (const kind of ["localStorage", "sessionStorage", "indexedDB"]) {
    const get = () => { throw new DOMException("denied", "SecurityError") }
    Object.defineProperty(window, kind, { get })
}"""


def turn(figure, key: str = "End") -> None:
    """Turn the first control of a figure, and see that the figure follows."""
    caption = figure.locator(".explorable-caption")
    before = caption.text_content()
    figure.locator("[data-words]").first.press(key)
    expect(caption).not_to_have_text(before)


# --- Storage. ------------------------------------------------------------------------------------


@pytest.fixture(params=["throws", "frame"])
def denied(request: pytest.FixtureRequest, visit: Open, server: str) -> tuple[Visit, Page | Frame]:
    """Open the page where storage is denied: by a setting, and in a frame, as course systems do."""
    visited = visit(f"{server}/404.html")
    if request.param == "throws":
        visited.page.add_init_script(DENIED)
        visited.page.goto(f"{server}/{PAGE}")
        inside = visited.page
    else:
        size = 'width="1200" height="700"'
        visited.page.set_content(
            f'<iframe sandbox="allow-scripts" {size} src="{server}/{PAGE}"></iframe>'
        )
        inside = visited.page.frames[1]
        inside.wait_for_load_state()
    name = inside.evaluate("() => { try { localStorage } catch (error) { return error.name } }")
    assert name == "SecurityError", "else this test would test nothing"
    return visited, inside


def test_page_works_where_storage_is_denied(denied: tuple[Visit, Page | Frame]) -> None:
    visited, page = denied
    turn(page.locator("figure.explorable").first)
    switch = page.get_by_role("button", name=re.compile("^Theme"))
    for theme in ("light", "dark", "as the system"):
        switch.click()
        expect(switch).to_have_accessible_name(re.compile(theme))
        assert is_dark(page) == (theme == "dark")
    assert visited.errors == []


# --- The network. --------------------------------------------------------------------------------


def test_figure_goes_on_when_the_network_is_back(visit: Open, server: str) -> None:
    visited = visit(f"{server}/{PAGE}", {"width": 1280, "height": 300})
    page = visited.page
    page.wait_for_load_state("networkidle")
    figure = page.locator("figure.explorable").last
    page.context.set_offline(True)
    turn(figure)
    expect(figure.locator(".explorable-caption")).to_have_text(re.compile("did not arrive"))
    page.context.set_offline(False)
    turn(figure, "Home")
    expect(figure.locator(".explorable-caption")).not_to_have_text(re.compile("did not arrive"))
    assert [error for error in visited.errors if "exception" in error] == []


def test_page_once_open_needs_no_network(visit: Open, server: str) -> None:
    """What the reader came near works on: figures, contents, theme."""
    page = visit(f"{server}/index.html").page
    figure = page.locator("figure.explorable").first
    turn(figure)
    page.context.set_offline(True)
    turn(figure, "Home")
    page.get_by_role("button", name=re.compile("^Theme")).click()
    assert not is_dark(page)


# --- Scripts that fail. --------------------------------------------------------------------------


def test_page_outlives_its_player(visit: Open, server: str) -> None:
    """One script fails; the first pictures stay, without dead controls, and the others work."""
    visited = visit("about:blank")
    page = visited.page
    page.route("**/player.js*", lambda route: route.fulfill(body="throw new Error('too old')"))
    page.goto(f"{server}/{PAGE}")
    for figure in page.locator("figure.explorable").all():
        assert figure.locator("svg").first.bounding_box()["height"] > 100
        expect(figure.locator(".explorable-caption")).to_be_visible()
    expect(page.locator(".explorable :is(input, select, button):visible")).to_have_count(0)
    switch = page.get_by_role("button", name=re.compile("^Theme"))
    switch.click()
    switch.click()
    assert is_dark(page)
    assert visited.errors == ["exception: too old"]


# --- A browser of some years ago. ----------------------------------------------------------------

#: What such a browser does not know, under names that no browser knows.
UNKNOWN = {
    "light-dark(": "of-tomorrow(",
    ":popover-open": ":of-tomorrow",
    "(width <": "(of-tomorrow <",
    "content-visibility": "of-tomorrow",
}


def aged(route: Route) -> None:
    """Answer with what an old browser makes of a file: no script parses, rules that it drops."""
    answer = route.fetch()
    kind = answer.headers.get("content-type", "")
    text = answer.text() if re.search("html|css|javascript", kind) else None
    if text is None:
        return route.fulfill(response=answer)
    if "javascript" in kind:
        text = "import.of.tomorrow?.()"
    elif "css" in kind:
        for known, unknown in UNKNOWN.items():
            text = text.replace(known, unknown)
    else:
        text = re.sub(r"(?s)<script>.*?</script>", "<script>import.of.tomorrow?.()</script>", text)
        text = re.sub(r' popover(target)?(="[^"]*")?(?=[ >])', "", text)
    return route.fulfill(response=answer, body=text)


#: Text whose ink is not far from its paper, as light as each is (of the page, not of pictures).
PALE = """() => {
    const parts = color => color.match(/[\\d.]+/g).slice(0, 3).map(Number)
    const light = color => parts(color).reduce((sum, part) => sum + part) / 765
    const paper = light(getComputedStyle(document.body).backgroundColor)
    const texts = 'p, li, td, th, h1, h2, h3, a, math, summary, pre, pre span'
    return [...document.querySelectorAll(`main :is(${texts})`)]
        .filter(e => Math.abs(light(getComputedStyle(e).color) - paper) < 0.3)
        .map(e => e.outerHTML.slice(0, 120))
}"""

#: The lines and areas of a picture that have neither ink nor color, though they name one.
UNDRAWN = """figure => [...figure.querySelectorAll('svg [style*="var("]')].filter(e => {
    const { stroke, fill } = getComputedStyle(e)
    const named = e.getAttribute('style')
    return (/stroke: var/.test(named) && stroke === 'none')
        || (/fill: var/.test(named) && fill === 'rgb(0, 0, 0)')
}).map(e => e.outerHTML.slice(0, 160))"""


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("page_of_the_book", ["index.html", PAGE, "teaching.html"])
def test_old_browser_shows_text_formulas_and_pictures(
    visit: Open, server: str, page_of_the_book: str, viewport: dict
) -> None:
    visited = visit("about:blank", viewport, color_scheme="dark")
    page = visited.page
    page.route(f"{server}/**", aged)
    page.goto(f"{server}/{page_of_the_book}")
    assert any("exception" in error for error in visited.errors), "no script may have run"
    title = page.get_by_role("main").get_by_role("heading", level=1)
    title.scroll_into_view_if_needed()
    covered = "e => { const { left, top } = e.getBoundingClientRect();"
    assert title.evaluate(
        f"{covered} return e.contains(document.elementFromPoint(left + 5, top + 10)) }}"
    )
    assert page.evaluate(PALE) == []
    assert not is_dark(page), "the light colors are those that it knows"
    for formula in page.locator("main math:not(details *)").all()[:10]:
        assert formula.bounding_box()["height"] > 5
    for figure in page.locator("main figure.explorable, main .picture").all():
        assert figure.evaluate(UNDRAWN) == []
        assert figure.locator("svg").first.bounding_box()["height"] > 100
    expect(page.locator("main :is(button, input, select):visible")).to_have_count(0)
    expect(page.locator("header :is(button, input):visible")).to_have_count(0)
    expect(page.locator("#site-contents a").first).to_be_visible()
    assert page.evaluate(STICKING_OUT) == []
    assert page.evaluate("document.scrollingElement.scrollWidth") <= viewport["width"]
