"""Text is copied with its formulas as LaTeX; what has none is left to the browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pages import Open
from playwright.sync_api import Locator, Page

#: Select from one place to another: the element's whole contents, or from a part of it to another.
SELECT = """(box, [from, to]) => {
    const [start, end] = [from, to].map(part => part ? box.querySelector(part) : box)
    const range = document.createRange()
    range.setStart(start, 0)
    range.setEnd(end, end.childNodes.length)
    getSelection().removeAllRanges()
    getSelection().addRange(range)
}"""

Copied = Callable[..., str]


@pytest.fixture
def page(visit: Open, server: str) -> Page:
    """Return a page with formulas in its text, in tables, and on lines of their own."""
    allowed = ["clipboard-read", "clipboard-write"]
    return visit(f"{server}/notation.html", permissions=allowed).page


@pytest.fixture
def copied(page: Page) -> Copied:
    """Select, copy, and return the text that the clipboard then holds."""

    def copied(box: Locator, first: str = "", last: str = "") -> str:
        box.evaluate(SELECT, [first, last])
        page.keyboard.press("ControlOrMeta+c")
        return page.evaluate("navigator.clipboard.readText()")

    return copied


def test_formula_in_a_line_is_copied_as_latex(page: Page, copied: Copied) -> None:
    text = copied(page.locator("p", has_text="rows and one column"))
    assert r"A vector is a column: $x \in \mathbb{R}^{n}$ has $n$ rows and one column" in text
    assert r"$w^\top x$ is w @ x." in text


def test_display_is_copied_as_a_display(page: Page, copied: Copied) -> None:
    tex = r"Z = W X + b \mathbf{1}^\top \quad \iff \quad Z^\top = X^\top W^\top + \mathbf{1} b^\top"
    assert copied(page.locator(".equation").first) == f"$${tex}$$"


def test_part_of_a_formula_is_copied_whole(page: Page, copied: Copied) -> None:
    formula = page.locator(r"math[data-tex='\\hat{y} = \\sigma(z)']").first
    assert copied(formula, "mover", "mover") == r"$\hat{y} = \sigma(z)$"


def test_table_is_copied_with_its_columns(page: Page, copied: Copied) -> None:
    lines = copied(page.locator("table").first).splitlines()
    assert [line.split("\t") for line in lines if line][:2] == [
        ["Symbol", "Meaning", "Shape", "In code"],
        ["$n$", "number of features of an input", "number", "n"],
    ]


def test_rich_text_has_formulas_and_whole_links(page: Page, copied: Copied, server: str) -> None:
    copied(page.locator("main"))
    html = page.evaluate(
        """async () => {
            const [item] = await navigator.clipboard.read()
            return (await item.getType("text/html")).text()
        }"""
    )
    assert r"$\hat{y} = \sigma(z)$" in html
    assert "<math" not in html
    assert "<table" in html
    assert f'href="{server}/bibliography.html#' in html


def test_what_has_no_formula_is_left_to_the_browser(page: Page, copied: Copied) -> None:
    title = page.locator("h1")
    assert copied(title).startswith("Notation")
    page.evaluate("addEventListener('copy', event => { window.ours = event.defaultPrevented })")
    copied(title)
    assert not page.evaluate("window.ours")
    field = page.get_by_role("searchbox")
    page.locator("main").evaluate(SELECT, ["", ""])
    field.fill("ravine")
    field.select_text()
    page.keyboard.press("ControlOrMeta+c")
    assert page.evaluate("navigator.clipboard.readText()") == "ravine"


def test_copying_leaves_nothing_behind(page: Page, copied: Copied) -> None:
    elements = page.locator("body *")
    before = elements.count()
    copied(page.locator("main"))
    assert elements.count() == before
    assert page.evaluate("getSelection().toString().length") > 1000
