"""A phone is enough: nothing to scroll sideways, nothing too small to read or to touch."""

from __future__ import annotations

import pytest
from pages import Tabs

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


@pytest.mark.parametrize("width", [320, 390])
def test_nothing_scrolls_sideways(tabs: Tabs, path: str, width: int) -> None:
    page = tabs(path, "phone")
    page.set_viewport_size({"width": width, "height": 800})
    assert page.evaluate(STICKING_OUT) == []
    assert page.evaluate("document.scrollingElement.scrollWidth") <= width


def test_targets_are_large_enough_to_touch(tabs: Tabs, path: str) -> None:
    assert tabs(path, "phone").evaluate(SMALL_TARGETS) == []


def test_text_is_large_enough_to_read(tabs: Tabs, path: str) -> None:
    assert tabs(path, "phone").evaluate(SMALL_TEXT) == []
