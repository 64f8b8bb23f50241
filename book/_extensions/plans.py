"""What a plan of *Teach from it* and the page of its chapter say, read from the built site."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property

from lxml import html
from lxml.html import HtmlElement
from previews import MARK, clean, inside

PLANS = "plans"  # the name of their section

ADDRESS = re.compile(r"(?P<chapter>[\w-]+)\.html#(?P<anchor>[^?]*)(?P<state>\?.*)?")
_ASKED = re.compile(r"[Ee]xercises? (\d+)(?: and (\d+))?")
_CODE = "descendant::div[contains(@class, 'cell')] | descendant::div[contains(@class, 'highlight')]"
_NUMBERED = ".//div[contains(@class, 'equation')][.//a[@class='equation-number']]"


# --- What the plan says. -------------------------------------------------------------------------


@dataclass(frozen=True)
class Link:
    """What a row opens: a section, or a figure in a state."""

    anchor: str
    state: str
    words: str


@dataclass(frozen=True)
class Row:
    """A row of a plan: its minutes, what to do, and what to open."""

    minutes: str
    says: HtmlElement
    links: list[Link]

    @property
    def figures(self) -> dict[str, list[Link]]:
        """The states to show of each figure."""
        found: dict[str, list[Link]] = {}
        for link in self.links:
            if link.state:
                found.setdefault(link.anchor, []).append(link)
        return found

    @property
    def sections(self) -> list[Link]:
        """The sections to open."""
        return [link for link in self.links if not link.state]

    @property
    def exercises(self) -> list[str]:
        """The numbers of the exercises that it asks."""
        return [
            number
            for found in _ASKED.findall(self.says.text_content())
            for number in found
            if number
        ]


@dataclass(frozen=True)
class Plan:
    """A class of 90 minutes on a chapter."""

    chapter: str
    rows: list[Row]
    homework: HtmlElement


def plans(teaching: HtmlElement) -> Iterator[Plan]:
    """Yield the plans of the built page."""
    for section in teaching.xpath(f"//*[@id='{PLANS}']/ancestor::section[1]/section"):
        rows = [_row(*tr.iterchildren("th", "td")) for tr in section.xpath(".//tbody/tr")]
        chapter = ADDRESS.match(section.xpath("string(.//td//a/@href)"))["chapter"]
        yield Plan(chapter, rows, section.xpath("./p[last()]")[0])


def _row(minutes: HtmlElement, says: HtmlElement, opens: HtmlElement) -> Row:
    links = []
    for a in opens.iter("a"):
        _, anchor, state = ADDRESS.match(a.get("href")).groups()
        links.append(Link(anchor, state or "", inside(a)))
    return Row(minutes.text_content().strip(), says.find("p"), links)


# --- What the chapter has. -----------------------------------------------------------------------


class Chapter:
    """The built page of a chapter."""

    def __init__(self, page: str) -> None:
        """Read it."""
        self.page = page
        self.tree = html.document_fromstring(page.split(MARK)[0])

    @cached_property
    def article(self) -> HtmlElement:
        """The section of the whole chapter."""
        return self.tree.xpath("//article/section")[0]

    @property
    def title(self) -> str:
        """Its title."""
        return inside(self.article.find("h1"))

    @property
    def aims(self) -> list[str]:
        """The sentence under the title, and what a reader can then do, each as HTML."""
        sentence = self.article.find("p")
        points = self.article.xpath("section[@id='at-a-glance']/ul[1]/li/p")
        return [inside(part) for part in (sentence, *points)]

    def equations(self) -> Iterator[tuple[list[HtmlElement], HtmlElement]]:
        """Yield each numbered equation, with the sections that it is in, the innermost first."""
        for equation in self.article.xpath(_NUMBERED):
            yield equation.xpath("ancestor::section")[::-1], equation

    def figure(self, name: str) -> str:
        """Return an explorable as the page has it: to the byte, for SVG minds its capitals."""
        found = re.search(rf'<figure class="explorable" id="{name}".*?</figure>', self.page, re.S)
        if found is None:
            raise ValueError(
                f"expected an explorable in {self.title!r}, and the plan opens {name!r}"
            )
        return found[0]

    def answer(self, name: str) -> list[str]:
        """Return the question before an explorable, what may be chosen, and the answer."""
        box = "//figure[@id=$name]/ancestor::div[contains(@class, 'explored')]"
        parts = ".//legend", ".//div[@class='choices']", ".//details[@class='answer']/p"
        found = self.tree.xpath(" | ".join(f"{box}/{part}" for part in parts), name=name)
        return [
            " · ".join(map(inside, part.xpath("label/span"))) if part.tag == "div" else inside(part)
            for part in found
        ]

    def exercise(self, number: str) -> Exercise:
        """Return an exercise by its number."""
        (section,) = self.tree.xpath(
            "//section[@id='exercises']/section[starts-with(h3, $start)]", start=f"{number}. "
        )
        return Exercise(section)


@dataclass(frozen=True)
class Exercise:
    """An exercise on the page of its chapter."""

    section: HtmlElement

    @property
    def title(self) -> str:
        """Its number and its title."""
        return inside(self.section.find("h3"))

    @property
    def level(self) -> str:
        """Its level, and how long it takes."""
        return inside(self.section.find("p"))

    @property
    def task(self) -> str:
        """The text, without hints, forms and code."""
        first = next((i for i, part in enumerate(self.section) if part.tag == "details"), None)
        parts = self.section[2:first]
        return "".join(map(whole, (part for part in parts if "cell" not in part.classes)))

    @property
    def answers(self) -> list[str]:
        """What its form takes for right, and its solution in words; where there is only code, that."""
        found = [text for form in self.section.iter("form") for text in _right(form)]
        for solution in self.section.xpath("details[summary='Solution']"):
            copy = deepcopy(solution)
            copy.remove(copy.find("summary"))
            for code in copy.xpath(_CODE):
                code.drop_tree()
            found.append(inside(copy))
        return found or ["Its solution is code, and stands under it in the chapter."]


def _right(form: HtmlElement) -> Iterator[str]:
    known, _ = json.loads(base64.b64decode(form.get("data-known")))
    for part, said in zip(form.xpath(".//div[@data-part]"), known, strict=True):
        values = ", ".join(map(_shown, said["right"]))
        yield f"{part.get('data-part')}: {values}".removeprefix(": ")


def _shown(value: object) -> str:
    if isinstance(value, list):
        return f"({', '.join(map(_shown, value))})"
    number = f"{value:.6g}" if isinstance(value, float) else str(value)
    return re.sub(r"-(?=\d)", "\N{MINUS SIGN}", number)


def whole(element: HtmlElement) -> str:
    """Return an element, cleaned, as HTML; on a slide nothing scrolls, so there is no stop for keys."""
    copy = clean(element)
    for scrolling in copy.xpath("descendant-or-self::*[@tabindex]"):
        del scrolling.attrib["tabindex"]
    return html.tostring(copy, encoding="unicode")
