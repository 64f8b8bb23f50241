"""The tools around the text: theme, previews, copying, paper; and none of them needed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pages import SCREENS, Open, Tabs, comes_to_be, pages_of, parsed
from pdf import TOO_WIDE, WIDTH
from playwright.sync_api import Page, expect
from test_accessibility import EVERYTHING, look


def is_dark(page: Page) -> bool:
    """Say whether the page's paper is dark."""
    color = page.evaluate("getComputedStyle(document.body).backgroundColor")
    return sum(map(float, re.findall(r"[\d.]+", color)[:3])) < 3 * 128


def choose_theme(page: Page, theme: str) -> None:
    """Press the switch, with the keyboard, until it says this theme."""
    switch = page.get_by_role("button", name=re.compile("^Theme"))
    switch.focus()
    for _ in range(3):
        if theme in switch.get_attribute("aria-label"):
            return
        page.keyboard.press("Enter")
    pytest.fail(f"The switch offers no {theme!r}")


@pytest.mark.parametrize("origin", ["server", "disk"])
def test_theme_follows_the_system_until_told(
    visit: Open, origins: dict[str, str], origin: str
) -> None:
    page = visit(f"{origins[origin]}/index.html", color_scheme="dark").page
    assert is_dark(page)
    page.emulate_media(color_scheme="light")
    assert not is_dark(page)
    choose_theme(page, "dark")
    assert is_dark(page)
    assert comes_to_be(lambda: is_dark(page), page.reload), "the choice lasts"
    page.goto(f"{origins[origin]}/notation.html")
    assert is_dark(page), "and holds for the other pages"
    choose_theme(page, "system")
    assert not is_dark(page)
    page.emulate_media(color_scheme="dark")
    choose_theme(page, "light")
    assert not is_dark(page)


KINDS = {"equation": "#equation-", "citation": "bibliography.html#", "term": "#term-"}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("origin", ["server", "disk"])
def test_reference_shows_what_it_refers_to(
    visit: Open, origins: dict[str, str], origin: str, site: Path, kind: str
) -> None:
    links = f"article a.reference.internal[href*='{KINDS[kind]}']"
    path = next(path for path in pages_of(site) if parsed(site / path).select(links))
    page = visit(f"{origins[origin]}/{path}").page
    link, tip = page.locator(links).first, page.get_by_role("tooltip")
    address, _, anchor = link.get_attribute("href").partition("#")
    target = parsed(site / (address or path)).find(id=anchor)
    target = target.find_next("dd") if target.name == "dt" else target

    def shows_it() -> None:
        expect(tip).to_be_visible()
        shown = tip.text_content()
        assert squeezed(target.get_text())[:40] in squeezed(shown)

    link.hover()
    shows_it()
    page.mouse.move(0, 0)
    expect(tip).to_be_hidden()
    page.keyboard.press("Shift")  # a reader at the keyboard, not at the mouse
    link.focus()
    shows_it()
    look(page, EVERYTHING, {"include": ["[role=tooltip]"]})
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()


def squeezed(text: str) -> str:
    return "".join(text.split())


def test_folded_code_opens(visit: Open, server: str, site: Path) -> None:
    folds = "article details:has(.cell_input) > summary"
    path = next(path for path in pages_of(site) if parsed(site / path).select(folds))
    page = visit(f"{server}/{path}").page
    summary = page.locator(folds).first
    code = summary.locator("xpath=..").locator("pre").first
    assert not code.is_visible()
    summary.press("Enter")
    assert code.is_visible()


@pytest.mark.some_chapters
def test_code_is_copied_as_it_stands(tabs: Tabs, path: str) -> None:
    page = tabs(path, "phone")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    blocks = page.locator("main .highlight:has(> pre):not(.cell_output *)")
    copy = page.get_by_role("button", name="Copy")
    expect(blocks.filter(has=copy)).to_have_count(blocks.count())
    expect(blocks.get_by_role("button", name="Copy")).to_have_count(blocks.count())
    for block in blocks.all()[:3]:
        block.get_by_role("button", name="Copy").click()
        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied == block.locator("pre").evaluate("pre => pre.textContent")


@pytest.mark.some_chapters
def test_page_is_whole_without_javascript(
    visit: Open, origins: dict[str, str], path: str, screen: str
) -> None:
    viewport, _ = SCREENS[screen]
    page = visit(f"{origins['disk']}/{path}", viewport, java_script_enabled=False).page
    assert page.get_by_role("main").get_by_role("heading", level=1).is_visible()
    for formula in page.locator("main math:not(details *)").all()[:10]:
        assert formula.bounding_box()["height"] > 5
    for figure in page.locator("figure.explorable").all():
        assert figure.locator("svg").first.bounding_box()["height"] > 100
        assert figure.locator(".explorable-caption").is_visible()
    # Whatever can be pressed does something: it folds, or the browser itself opens it.
    dead = page.locator(
        "button:not([popovertarget], [command]):visible, input:visible, select:visible"
    )
    assert [control.evaluate("e => e.outerHTML") for control in dead.all()] == []


@pytest.mark.some_chapters
def test_paper_shows_the_text_and_nothing_else(visit: Open, server: str, path: str) -> None:
    page = visit(f"{server}/{path}", color_scheme="dark").page
    page.emulate_media(media="print")
    chrome = page.locator(
        "header:visible, nav:visible, button:visible, input:visible, select:visible, "
        ".headerlink:visible"
    )
    assert [part.evaluate("e => e.outerHTML.slice(0, 160)") for part in chrome.all()] == []
    assert page.get_by_role("main").is_visible()
    assert not is_dark(page), "ink is dear"
    # Nor does paper scroll: what is too wide would be cut off.
    page.set_viewport_size({"width": WIDTH, "height": 800})
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
    assert page.evaluate(TOO_WIDE, WIDTH) == []
