"""Everything can be reached and worked with the keyboard, and one sees where one is."""

from __future__ import annotations

import pytest
from pages import PHONE, Open, Tabs
from playwright.sync_api import Page

#: What Tab must reach.  Of radio buttons with one name, the browser offers one.
REACHABLE = """() => {
    const names = new Set()
    return [...document.querySelectorAll(
            'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]')]
        .filter(e => e.tabIndex >= 0 && !e.disabled)
        .filter(e => e.checkVisibility({visibilityProperty: true}))
        .filter(e => e.type !== 'radio' || (!names.has(e.name) && names.add(e.name)))
        .map((e, i) => { e.dataset.stop = i; return e.outerHTML.slice(0, 160) })
}"""

#: Take note of each element that gets the focus, and of how one sees that it has it.
WATCH_FOCUS = """() => {
    window.visited = []
    const look = e => { const s = getComputedStyle(e)
        return [s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0 && s.outlineColor,
            s.boxShadow, s.backgroundColor, s.borderColor, s.textDecorationLine].join() }
    const before = new Map([...document.querySelectorAll('[data-stop]')].map(e => [e, look(e)]))
    document.addEventListener('focusin', ({target}) => {
        // Of a link on two lines, the first.
        const r = target.getClientRects()[0] ?? target.getBoundingClientRect()
        const x = Math.min(Math.max(r.left + r.width / 2, 0), innerWidth - 1)
        const y = Math.min(Math.max(r.top + r.height / 2, 0), innerHeight - 1)
        const top = document.elementFromPoint(x, y)
        window.visited.push({
            stop: target.dataset.stop, html: target.outerHTML.slice(0, 160),
            shown: before.get(target) !== look(target),
            covered: !(top && (target.contains(top) || top.contains(target) ||
                [...(target.labels ?? [])].some(label => label.contains(top)))),
        })
    })
}"""


@pytest.mark.some_chapters
def test_tab_reaches_everything_and_shows_where_it_is(tabs: Tabs, path: str, screen: str) -> None:
    page = tabs(path, screen)
    reachable = page.evaluate(REACHABLE)
    page.evaluate(WATCH_FOCUS)
    last = str(len(reachable) - 1)
    for moved in range(2 * len(reachable) + 20):  # the browser itself adds boxes that scroll
        page.keyboard.down("Tab")  # held, so that it repeats
        if moved % 20 == 19 and page.evaluate("last => visited.some(s => s.stop === last)", last):
            break
    page.keyboard.up("Tab")
    visited = page.evaluate("window.visited")
    reached = {int(stop["stop"]) for stop in visited if stop["stop"]}
    assert [reachable[i] for i in range(len(reachable)) if i not in reached] == []
    assert [stop["html"] for stop in visited if not stop["shown"]] == [], "focus not visible"
    assert [stop["html"] for stop in visited if stop["covered"]] == [], "focus is hidden"


@pytest.mark.some_chapters
def test_a_figure_shows_itself_to_who_comes_by_keyboard(
    visit: Open, server: str, path: str
) -> None:
    """Picture, controls and caption, where there is room for all: a slider alone says little."""
    page = visit(f"{server}/{path}").page
    page.keyboard.press("Shift")  # a reader at the keyboard
    for figure in page.locator("figure.explorable").all():
        field = figure.locator("[data-words]").last
        field.evaluate("f => scrollTo({top: f.getBoundingClientRect().top + scrollY - 100})")
        field.evaluate("field => field.focus({preventScroll: true})")
        page.wait_for_function(  # it scrolls smoothly
            """figure => { const { top, bottom, height } = figure.getBoundingClientRect()
                return height > 0.9 * innerHeight || (top >= 0 && bottom <= innerHeight) }""",
            arg=figure.element_handle(),
        )
        assert field.evaluate(  # and the ring of the focus, within the box that cuts it off
            """field => { const ring = getComputedStyle(field)
                let box = field.parentElement
                while (box && getComputedStyle(box).overflowX === 'visible') box = box.parentElement
                const [own, room] = [field, box ?? document.documentElement]
                    .map(element => element.getBoundingClientRect())
                const width = parseFloat(ring.outlineWidth) + parseFloat(ring.outlineOffset)
                return own.left - width >= room.left && own.right + width <= room.right }"""
        )


@pytest.mark.some_chapters
def test_first_stop_skips_to_the_text(visit: Open, server: str, path: str) -> None:
    page = visit(f"{server}/{path}").page
    page.keyboard.press("Tab")
    skip = page.locator(":focus")
    if path == "404.html":  # short, and shown at any address: its links start from the root
        return
    assert skip.inner_text().lower().startswith("skip")
    assert skip.is_visible()
    page.keyboard.press("Enter")
    # The browser goes there after the key, not with it.
    page.wait_for_function("document.activeElement === document.querySelector('main')")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


@pytest.mark.some_chapters
def test_contents_open_and_close(visit: Open, server: str, path: str) -> None:
    page = visit(f"{server}/{path}", PHONE).page
    contents = page.get_by_role("navigation", name="Contents", exact=True)
    button = page.get_by_role("button", name="Contents")
    assert not contents.is_visible()
    button.focus()
    page.keyboard.press("Enter")
    assert contents.is_visible()
    page.keyboard.press("Tab")
    assert is_focus_within(page, "nav"), "Tab goes on into the contents"
    page.keyboard.press("Escape")
    assert not contents.is_visible()
    assert button.evaluate("e => e === document.activeElement"), "the focus comes back"


def is_focus_within(page: Page, selector: str) -> bool:
    return page.evaluate("s => !!document.activeElement.closest(s)", selector)


def test_back_from_a_reference_leads_the_focus_back(visit: Open, server: str) -> None:
    page = visit(f"{server}/gradient-descent.html").page
    link = page.locator("article p a[href^='#equation-']").nth(3)
    link.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("location.hash.startsWith('#equation-')")
    page.keyboard.press("Tab")
    assert not link.evaluate("link => link === document.activeElement")
    page.go_back()
    page.wait_for_function("link => link === document.activeElement", arg=link.element_handle())
