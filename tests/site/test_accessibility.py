"""axe-core finds nothing to fix on any page: WCAG 2.2 AA, and its own best practices."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from axe_playwright_python.sync_playwright import Axe
from pages import Open, Tabs
from playwright.sync_api import Page

AXE = Axe()

EVERYTHING = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLORS = ["color-contrast", "link-in-text-block"]  # all that a theme can change

#: A picture and a formula are each one thing to a reader of the page, with a name; of what they are
#: drawn no rule asks but for colors, and it is half of the page.
TAKE_DRAWINGS_OUT = """() => {
    window.drawings = [...document.querySelectorAll('svg:not(svg svg), math')].map(whole => {
        const parts = [...whole.childNodes].filter(part => part.localName !== 'title')
        parts.forEach(part => part.remove())
        return [whole, parts]
    })
}"""

PUT_DRAWINGS_BACK = "() => drawings.forEach(([whole, parts]) => whole.append(...parts))"

#: Mark the first text of each kind: of all texts with its color, size and weight, its underline,
#: and everything behind it.  Their contrast is the same, so axe looks at one of each kind; of
#: thousands of texts on a page, some forty are left, and the rest is set aside meanwhile.
#: Return how many kinds there are.
MARK_KINDS_OF_TEXT = """() => {
    const kinds = new Set()
    const behind = new Map([[null, '']])
    const plain = 'rgba(0, 0, 0, 0) none 1 none normal none static'
    const backdrop = e => {
        if (!behind.has(e)) {
            const s = getComputedStyle(e)
            const own = [s.backgroundColor, s.backgroundImage, s.opacity, s.filter,
                s.mixBlendMode, s.boxShadow, s.position].join(' ')
            behind.set(e, backdrop(e.parentElement) + (own === plain ? '' : `/${own}`))
        }
        return behind.get(e)
    }
    const ink = e => { const s = getComputedStyle(e)
        return [s.color, s.fontSize, s.fontWeight, s.textShadow, s.textDecorationLine].join(' ') }
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    while (texts.nextNode()) {
        const e = texts.currentNode.parentElement
        if (!texts.currentNode.data.trim()) continue
        const around = e.closest('a') ? ink(e.closest('a').parentElement) : ''
        const kind = [e.closest('a') && 'link', around, ink(e), backdrop(e)].join()
        if (kinds.has(kind)) continue
        kinds.add(kind)
        for (const part of [e, e.closest('a')]) part?.setAttribute('data-kind', '')
    }
    return kinds.size
}"""

SET_THE_REST_ASIDE = """() => {
    const rest = document.querySelectorAll('section > :not([data-kind], :has([data-kind]))')
    window.aside = [...rest].map(part => {
        const place = document.createComment('')
        part.replaceWith(place)
        return [place, part]
    })
}"""

BRING_IT_BACK = """() => {
    aside.forEach(([place, part]) => place.replaceWith(part))
    document.querySelectorAll('[data-kind]').forEach(e => delete e.dataset.kind)
}"""


@pytest.mark.some_chapters
def test_axe_finds_nothing(tabs: Tabs, path: str, screen: str) -> None:
    page = tabs(path, screen)
    page.evaluate(TAKE_DRAWINGS_OUT)
    try:
        look(page, EVERYTHING, None, leave=COLORS)
    finally:
        page.evaluate(PUT_DRAWINGS_BACK)
    look_at_colors(page, "light", "dark")


def look_at_colors(page: Page, *themes: str) -> None:
    """Let axe look at the colors of every kind of text, in each of these themes."""
    for theme in themes:  # two texts of one kind in the light may be of two in the dark
        page.emulate_media(color_scheme=theme)
        assert page.evaluate(MARK_KINDS_OF_TEXT) > 5
    page.evaluate(SET_THE_REST_ASIDE)
    try:
        for theme in themes:
            page.emulate_media(color_scheme=theme)
            look(page, COLORS, {"include": ["[data-kind]"]})
    finally:
        page.evaluate(BRING_IT_BACK)


def look(page: Page, rules: list[str], context: dict | None, leave: Sequence[str] = ()) -> None:
    """Let axe look at the page by these rules, or sets of rules, but for those to leave."""
    options = {
        "runOnly": rules,
        "rules": {rule: {"enabled": False} for rule in leave},
        "resultTypes": ["violations"],
        "preload": False,  # style sheets, for rules that a site of one origin does not need
    }
    results = AXE.run(page, context=context, options=options)
    assert results.violations_count == 0, results.generate_report()


def test_a_text_that_is_too_faint_is_found_in_its_theme(tabs: Tabs) -> None:
    page = tabs("404.html", "desktop")
    page.emulate_media(color_scheme="dark")
    page.locator("main p").last.evaluate("p => { p.style.color = 'light-dark(#222, #555)' }")
    with pytest.raises(AssertionError, match="color-contrast"):
        look_at_colors(page, "dark")
    look_at_colors(page, "light")
    page.locator("main p").last.evaluate("p => p.removeAttribute('style')")


def test_formulas_keep_their_letters_in_high_contrast(visit: Open, server: str) -> None:
    """Windows draws a plate behind text, and that of an accent would cover its letter."""
    page = visit(f"{server}/notation.html", forced_colors="active").page
    formula = page.locator("math:has(mover)").first
    assert formula.evaluate("math => getComputedStyle(math).forcedColorAdjust") == "none"
