"""Slides: a deck for each chapter, made of its plan in *Teach from it* and of its built page.

A row of the plan becomes slides: the numbered equations of the sections that it opens, the figures
that it opens, alive and with the states as buttons, and the exercises that it asks.  Minutes and
answers are notes for the speaker.  So a deck has no text of its own, and a new chapter gets one with
its plan.
"""

from __future__ import annotations

import math
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import accumulate, groupby
from operator import itemgetter
from pathlib import Path

from docutils import nodes
from lxml import html
from npm import package
from plans import ADDRESS, PLANS, Chapter, Exercise, Link, Plan, plans, whole
from previews import inside
from sphinx.application import Sphinx

TEACHING = "teaching"  # the page with the plans
FOLDER = "slides"  # of the site, where the decks are
SHARED = "_static/reveal"  # what all decks load
REVEAL = ("reveal.js", "reveal.css", "plugin/notes.js")
TAKEN = ("/site.css", "/math.css", "/explorables/")  # of what the page of a chapter loads

ROOM = 6  # lines of formulas on a slide
WIDE = 1.7  # from this ratio on, a figure has its controls below, and not beside it

_HOME = re.compile(r'(\b(?:href|src|data-recording)=")(?![a-z]+:|#)')


# --- What a deck is. -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Figure:
    """An explorable on a slide; ``markup`` is empty where an earlier slide has it, and lends it."""

    name: str
    markup: str
    wide: bool
    states: list[Link]


@dataclass(frozen=True)
class Slide:
    """A slide: what it says, one thing to look at, and what the speaker reads."""

    says: str
    board: list[tuple[str, list[str]]] = field(default_factory=list)  # equations by their section
    figure: Figure | None = None
    exercise: Exercise | None = None
    opens: list[Link] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def deck(plan: Plan, chapter: Chapter) -> list[Slide]:
    """Return the slides of a plan, but for the first, with the title, and the last, for home."""
    shown: set[str] = set()
    slides = []
    for row, equations in zip(plan.rows, _at_the_board(plan, chapter), strict=True):
        says = inside(row.says)
        made = [
            *_boards(says, equations),
            *(_figure(says, *of, chapter, shown) for of in row.figures.items()),
            *(_exercise(says, chapter.exercise(number)) for number in row.exercises),
        ] or [Slide(says)]
        made[0] = replace(made[0], opens=row.sections)
        slides += [replace(slide, notes=[f"{row.minutes} minutes", *slide.notes]) for slide in made]
    return slides


def _at_the_board(plan: Plan, chapter: Chapter) -> list[list[tuple[str, str]]]:
    """Return for each row the equations of its sections, each with the section's title.

    An equation belongs to the innermost section around it that a row opens.  What is for home is not
    for the board.
    """
    rows: dict[str, int | None] = {}
    for section in chapter.article.iter("section"):
        if section[0].text in {em.text_content() for em in plan.homework.iter("em")}:
            rows[section.get("id")] = None
    for number, row in enumerate(plan.rows):
        for link in row.sections:
            rows.setdefault(link.anchor, number)
    found: list[list[tuple[str, str]]] = [[] for _ in plan.rows]
    for sections, equation in chapter.equations():
        number = next((rows[s.get("id")] for s in sections if s.get("id") in rows), None)
        if number is not None:
            found[number].append((inside(sections[0][0]), whole(equation)))
    return found


def _boards(says: str, equations: list[tuple[str, str]]) -> Iterator[Slide]:
    """Yield slides with about as many lines of formulas each, under the titles of their sections."""
    lines = [max(1, equation.count("<mtr")) for _, equation in equations]
    pages, before = math.ceil(sum(lines) / ROOM), accumulate(lines, initial=0)
    numbers = (pages * line // sum(lines) for _, line in zip(equations, before, strict=False))
    for _, page in groupby(zip(numbers, equations, strict=True), key=itemgetter(0)):
        board = groupby((each for _, each in page), key=itemgetter(0))
        yield Slide(says, board=[(title, [html for _, html in each]) for title, each in board])


def _figure(says: str, name: str, states: list[Link], chapter: Chapter, shown: set[str]) -> Slide:
    markup = chapter.figure(name)
    width, height = map(float, re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', markup).groups())
    first = name not in shown
    shown.add(name)
    figure = Figure(name, markup if first else "", width > WIDE * height, states)
    return Slide(says, figure=figure, notes=chapter.answer(name) if first else [])


def _exercise(says: str, exercise: Exercise) -> Slide:
    return Slide(says, exercise=exercise, notes=[exercise.level, *exercise.answers])


# --- On the site. --------------------------------------------------------------------------------


def from_folder(markup: str) -> str:
    """Return markup of the site's root as a page in a folder of it has it."""
    return _HOME.sub(r"\1../", markup)


def chapter_of(section: nodes.section) -> str:
    """Return the chapter that a plan is for: the one that it opens first."""
    opened = (ADDRESS.search(raw.astext()) for raw in section.findall(nodes.raw))
    return next(found["chapter"] for found in opened if found)


def link(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Link each plan to its deck."""
    if page != TEACHING:
        return
    (section,) = (each for each in doctree.findall(nodes.section) if PLANS in each["ids"])
    for plan in filter(lambda child: isinstance(child, nodes.section), section):
        if (name := chapter_of(plan)) in app.env.found_docs:
            to = f'<p class="deck"><a href="{FOLDER}/{name}.html">The slides</a></p>'
            plan.insert(1, nodes.raw("", to, format="html"))


def write(app: Sphinx, exception: Exception | None) -> None:
    """Write the decks of all chapters that the site has, from its pages."""
    site = Path(app.outdir)
    if exception or app.builder.format != "html" or TEACHING not in app.env.found_docs:
        return
    (site / SHARED).mkdir(parents=True, exist_ok=True)
    for name in REVEAL:
        shutil.copy(package("reveal.js") / "dist" / name, site / SHARED)
    shutil.rmtree(site / FOLDER, ignore_errors=True)
    (site / FOLDER).mkdir()
    teaching = html.document_fromstring((site / f"{TEACHING}.html").read_text("utf-8"))
    for plan in plans(teaching):
        if plan.chapter in app.env.found_docs:
            page = (site / f"{plan.chapter}.html").read_text("utf-8")
            text = rendered(app, plan, Chapter(page))
            (site / FOLDER / f"{plan.chapter}.html").write_text(text, "utf-8")


def rendered(app: Sphinx, plan: Plan, chapter: Chapter) -> str:
    """Return the page of a deck."""
    loaded = chapter.tree.xpath("//head/link[@rel='stylesheet']/@href | //head/script/@src")
    taken = [address for address in loaded if any(part in address for part in TAKEN)]
    shared = [f"{SHARED}/{Path(name).name}" for name in REVEAL]
    addresses = [*taken, *shared, "_static/slides.css", "_static/slides.js"]
    context = {
        "book": app.config.html_title,
        "chapter": chapter,
        "plan": plan,
        "slides": deck(plan, chapter),
        "homework": inside(plan.homework),
        "styles": [address for address in addresses if ".css" in address],
        "scripts": [address for address in addresses if ".js" in address],
    }
    return from_folder(app.builder.templates.render("slides.html", context))


def setup(app: Sphinx) -> dict:
    """Connect to Sphinx; the pages are read when all others have written into them."""
    app.connect("doctree-resolved", link)
    app.connect("build-finished", write, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
