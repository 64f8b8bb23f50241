"""A phone is enough: nothing to scroll sideways, nothing too small to read or to touch."""

from __future__ import annotations

import pytest
from pages import PHONE, Open, Tabs

#: Elements that stick out of the window and that no scrolling box around them holds.
STICKING_OUT = """() => {
    const held = e => {
        for (let box = e.parentElement; box !== document.body; box = box.parentElement) {
            const {overflowX, position} = getComputedStyle(box)
            if (overflowX !== 'visible' || position === 'fixed') return true
        }
    }
    const out = ({left, right, width}) => width > 1 && (right > innerWidth + 1 || left < -1)
    return [...document.querySelectorAll('main *, header *, footer *')]
        .filter(e => !e.closest('svg, math, .katex') && e.checkVisibility(
            {visibilityProperty: true, opacityProperty: true}))
        .filter(e => out(e.getBoundingClientRect()) && !held(e))
        .map(e => e.outerHTML.slice(0, 160))
}"""

#: What a finger can aim at, but for links in a sentence, as WCAG 2.5.8 has it.
SMALL_TARGETS = """() => {
    const targets = 'a[href], button, input:not([type=hidden]), select, summary, textarea'
    const sentences = 'p, li, dd, dt, td, th, figcaption, h1, h2, h3, h4, blockquote, label'
    const inSentence = e => e.matches('a') && getComputedStyle(e).display === 'inline'
        && e.closest(sentences)?.textContent.trim().length > e.textContent.trim().length
    return [...document.querySelectorAll(targets)]
        .filter(e => e.checkVisibility({visibilityProperty: true, opacityProperty: true}))
        .filter(e => !inSentence(e))
        .map(e => [e, e.getBoundingClientRect()])
        .filter(([e, r]) => r.width > 1 && r.height > 1 && r.right > 0 && r.bottom > -scrollY)
        .filter(([e, r]) => r.width < 24 || r.height < 24)
        .map(([e, r]) => `${r.width.toFixed()}×${r.height.toFixed()} ${e.outerHTML.slice(0, 160)}`)
}"""

#: Text below 16 px; not the small letters that belong to formulas, pictures and raised marks.
SMALL_TEXT = """() => {
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    const small = new Set()
    while (texts.nextNode()) {
        const e = texts.currentNode.parentElement
        const drawn = 'svg, script, style, template, noscript, sub, sup'
        if (!texts.currentNode.data.trim() || e.closest(drawn)) continue
        const {width, height} = e.getBoundingClientRect()
        if (width <= 1 || height <= 1 || !e.checkVisibility({visibilityProperty: true})) continue
        const size = getComputedStyle(e.closest('math, .katex') ?? e).fontSize
        if (parseFloat(size) < 15.99) small.add(`${size} ${e.outerHTML.slice(0, 120)}`)
    }
    return [...small]
}"""


#: Set the browser's letters to a size.  Where the style changes with the width stays as it is for
#: 16 px, and on a screen this narrow that makes no difference.
LETTERS = """size => {
    window.letters ??= document.head.appendChild(document.createElement('style'))
    window.letters.textContent = `html { font-size: ${size}px }`
}"""

#: Words and controls of explorables that are wider than their figure: its cell would scroll.
CUT_OFF = """() => [...document.querySelectorAll('.explorable > :not(.explorable-picture) *')]
    .map(e => [e, e.closest('.explorable')].map(box => box.getBoundingClientRect().right).concat(e))
    .filter(([right, edge]) => right > edge + 1)
    .map(([_right, _edge, e]) => e.outerHTML.slice(0, 160))"""

#: Width → sizes of letters.  The last is a desktop of 1280 px at 200 %.
WINDOWS = {320: [16, 24, 32], 390: [16, 24, 32], 640: [16]}


@pytest.mark.some_chapters
def test_nothing_scrolls_sideways(tabs: Tabs, path: str) -> None:
    """However large the letters are, so that each control stays in sight."""
    page = tabs(path, "phone")
    wrong = []
    for width, sizes in WINDOWS.items():
        page.set_viewport_size({"width": width, "height": 800})
        for size in sizes:
            page.evaluate(LETTERS, size)
            out = page.evaluate(STICKING_OUT) + page.evaluate(CUT_OFF)
            if out or page.evaluate("document.scrollingElement.scrollWidth") > width:
                wrong.append((width, size, out))
    page.evaluate(LETTERS, 16)
    assert wrong == []


def test_results_of_a_search_do_not_scroll_sideways(visit: Open, origins: dict[str, str]) -> None:
    page = visit(f"{origins['disk']}/search.html?q=derivative", PHONE).page
    page.locator("#search-results li").nth(5).wait_for()
    page.evaluate(LETTERS, 32)
    assert page.evaluate(STICKING_OUT) == []


def test_warning_of_the_lab_does_not_scroll_sideways(visit: Open, origins: dict[str, str]) -> None:
    """It shows itself where the lab is opened from a disk."""
    page = visit(f"{origins['disk']}/lab/notebooks/index.html", PHONE).page
    page.get_by_role("heading", name="This lab needs a web server").wait_for()
    page.evaluate(LETTERS, 32)
    assert page.evaluate("document.scrollingElement.scrollWidth") <= PHONE["width"]


@pytest.mark.some_chapters
def test_what_stands_in_the_column_ends_at_one_edge(tabs: Tabs, path: str) -> None:
    """On a wide screen: text, code, folded code, tables; not a figure beside its answer."""
    edges = tabs(path, "desktop").evaluate(
        """() => {
            const edges = {}
            const boxes = 'article section > :not(section), .cell > *, .cell pre, .neighbors'
            for (const box of document.querySelectorAll(boxes)) {
                const {right, width} = box.getBoundingClientRect()
                const inFold = box.closest('.explored')
                    || box.parentElement.closest('details, li, .admonition, blockquote')
                const flows = !['inline', 'inline-block'].includes(getComputedStyle(box).display)
                const html = box.outerHTML.slice(0, 160)
                if (width > 1 && flows && !inFold) edges[Math.round(right)] ??= html
            }
            return edges
        }"""
    )
    assert len(edges) <= 1, edges


@pytest.mark.some_chapters
def test_targets_are_large_enough_to_touch(tabs: Tabs, path: str) -> None:
    assert tabs(path, "phone").evaluate(SMALL_TARGETS) == []


@pytest.mark.some_chapters
def test_text_is_large_enough_to_read(tabs: Tabs, path: str) -> None:
    assert tabs(path, "phone").evaluate(SMALL_TEXT) == []
