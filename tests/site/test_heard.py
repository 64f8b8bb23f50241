"""What a reader by ear is told: the tree of roles, names and texts that Chromium hands on.

Each screen reader has words of its own for a role, and speaks MathML itself, from the parts that
it finds in this tree.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import zip_longest

import pytest
from bs4 import BeautifulSoup
from pages import Open, opener
from playwright.sync_api import Browser, Page, expect

LISTEN = """caption => {
    window.said = []
    new MutationObserver(() => {
        const texts = [...caption.childNodes].filter(node => node.nodeType === Node.TEXT_NODE)
        if (caption.ariaLive === 'polite' && texts.length) said.push(caption.textContent)
    }).observe(caption, { childList: true, characterData: true, subtree: true })
}"""

FORMULAS = "math => math.filter(m => m.checkVisibility()).map(m => m.textContent)"
HEADINGS = """headings => headings.map(heading => {
    const copy = heading.cloneNode(true)
    copy.querySelector('.headerlink')?.remove()
    return copy.textContent
})"""


@dataclass
class Part:
    """A part of the page as it is told, and what is in it."""

    role: str
    name: str
    description: str
    parts: list[Part]

    def all(self, role: str | None = None) -> Iterator[Part]:
        """Yield this part and those within it, in reading order."""
        if role in (None, self.role):
            yield self
        for part in self.parts:
            yield from part.all(role)

    @property
    def text(self) -> str:
        """All that is read of it."""
        return "".join(part.name for part in self.all("StaticText"))


def told(page: Page) -> Part:
    """Return the whole page as it is told."""
    session = page.context.new_cdp_session(page)
    nodes = {n["nodeId"]: n for n in session.send("Accessibility.getFullAXTree")["nodes"]}
    session.detach()

    def word(node: dict, key: str) -> str:
        return node.get(key, {}).get("value", "")

    def parts(node: dict) -> Iterator[Part]:
        inner = [p for child in node["childIds"] if child in nodes for p in parts(nodes[child])]
        if node["ignored"]:
            yield from inner
        elif word(node, "role") != "InlineTextBox":  # the lines of a text
            yield Part(word(node, "role"), word(node, "name"), word(node, "description"), inner)

    (root,) = parts(next(n for n in nodes.values() if "parentId" not in n))
    return root


def letters(text: str) -> str:
    """Return a text without spaces, and its letters upright: Chromium tells 𝑤 of a w in MathML."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def differing(said: Iterable[str], read: Iterable[str]) -> list[tuple[str, str]]:
    """Return what is said beside what is read, where the two differ."""
    pairs = zip_longest(map(letters, said), map(letters, read), fillvalue="(nothing)")
    return [pair for pair in pairs if len({*pair}) > 1]


@pytest.fixture(scope="module", params=["errata.html", "glossary.html", "using.html"])
def heard(
    request: pytest.FixtureRequest, browser: Browser, server: str
) -> Iterator[tuple[Page, Part]]:
    """Return a page and how it is told: short pages, since a chapter's tree takes seconds."""
    with ExitStack() as stack:
        page = opener(browser, stack)(f"{server}/{request.param}").page
        page.evaluate("document.documentElement.classList.remove('lazy')")
        yield page, told(page)


def test_a_heading_is_said_as_it_reads(heard: tuple[Page, Part]) -> None:
    page, whole = heard
    read = page.locator("h1, h2, h3, h4").evaluate_all(HEADINGS)
    assert differing((heading.name for heading in whole.all("heading")), read) == []


def test_each_formula_is_told_once_as_mathematics_in_its_reading_order(
    heard: tuple[Page, Part],
) -> None:
    page, whole = heard
    formulas = [*whole.all("MathMLMath")]
    read = page.locator("math").evaluate_all(FORMULAS)
    assert differing((formula.text for formula in formulas), read) == []
    assert [m.name for m in formulas if m.name or m.description] == []  # or MathML is not spoken


def test_no_name_is_latex(soup: BeautifulSoup) -> None:
    said = [
        tag[name] for name in ("aria-label", "alt", "title") for tag in soup.select(f"[{name}]")
    ]
    assert [name for name in said if "\\" in name or "$" in name] == []


def test_a_cell_stands_under_a_heading_of_its_column(heard: tuple[Page, Part]) -> None:
    _, whole = heard
    for table in whole.all("table"):
        heads, *rows = table.all("row")
        assert any(head.name for head in heads.all("columnheader")), table.text
        assert all(len(row.parts) == len(heads.parts) for row in rows), table.text


def test_a_row_is_named_by_its_first_cell(soup: BeautifulSoup) -> None:
    """By its words: axe-core finds none in a formula."""
    for row in soup.select("article .scroll > table > tbody > tr"):
        first, *others = row.find_all(["td", "th"], recursive=False)
        texts = first.find_all(string=lambda text: text.strip())
        named = any(not text.find_parent("math") for text in texts)
        assert (first.name, first.get("scope")) == (("th", "row") if named else ("td", None))
        assert {cell.name for cell in others} <= {"td"}


def test_a_column_of_a_summary_has_a_name(soup: BeautifulSoup) -> None:
    heads = soup.select("#summary > .scroll > table > thead > tr > *")
    assert [head for head in heads if head.name != "th" or not head.get_text(strip=True)] == []


def test_no_two_answers_that_open_have_one_name(soup: BeautifulSoup) -> None:
    names = [summary["aria-label"] for summary in soup.select("details.answer > summary")]
    assert len({*names}) == len(names), sorted(names)


def test_a_figure_says_each_thing_once(visit: Open, server: str) -> None:
    """It has a name of its own, each slider its name; the line and the caption end it."""
    figure = next(told(visit(f"{server}/gradient-descent.html").page).all("figure"))
    assert figure.name == "Explorable: one dimension"
    names = [slider.name for slider in figure.all("slider")]
    assert names == ["Learning rate", "Start"]
    texts = [part.name for part in figure.all("StaticText")]
    assert texts[:3] == [*names, "Reset"]  # its value is the slider's to say
    assert letters("".join(texts[3:-1])) == "w1=−3−0.1⋅(−6)=−2.4"
    assert texts[-1].startswith("Learning rate 0.1,")


def test_a_slider_that_rests_says_its_value_in_words_then_the_caption_once(
    visit: Open, server: str
) -> None:
    page = visit(f"{server}/gradient-descent.html").page
    figure = page.locator("#one-dimension")
    caption = figure.locator(".explorable-caption")
    caption.evaluate(LISTEN)
    start = figure.get_by_role("slider", name="Start")
    start.focus()
    page.clock.install()
    # As fast as no machine is too busy for: what lies between two keys is no rest.
    page.clock.pause_at(page.evaluate("Date.now()") / 1000 + 1)
    for word in ("minus 2.5", "minus 2", "minus 1.5"):
        page.keyboard.press("ArrowRight")
        expect(start).to_have_attribute("aria-valuetext", word)
    expect(caption).to_contain_text("start at w = −1.5.")
    assert page.evaluate("said") == []
    page.clock.run_for(1000)  # longer than it takes to come to rest
    assert page.evaluate("said") == [caption.text_content()]


def test_a_page_that_opens_says_nothing_by_itself(visit: Open, server: str) -> None:
    """Chromium reads out each live region as it arrives, be it far below."""
    page = visit(f"{server}/gradient-descent.html").page
    live = page.locator("[aria-live], [role=status], [role=alert], output:not([aria-hidden])")
    assert [text for text in live.all_text_contents() if text.strip()] == []


def test_an_equation_says_its_number_and_so_does_a_reference(visit: Open, server: str) -> None:
    page = visit(f"{server}/gradient-descent.html").page
    for name in ("Equation 4", "equation (4)"):
        expect(page.get_by_role("link", name=name, exact=True).first).to_be_attached()
