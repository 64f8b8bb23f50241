"""Slides are made of a plan and a chapter, here of small ones; all others in tests/site."""

from __future__ import annotations

import base64
import json
import re

import manuscript
import pytest
from lxml import html
from plans import Chapter, plans
from slides import Slide, deck, from_folder

ROWS = [
    ("0–5", "Vote: what will it do?", '<a href="thing.html#ball?speed=2">two</a>'),
    ("5–15", "At the board: the rule", '<a href="thing.html#the-rule">rule</a>'),
    ("15–20", "At the board: the proof", '<a href="thing.html#why">why</a>'),
    ("20–25", "Vote again", '<a href="thing.html#ball?speed=3">three</a>'),
    ("25–30", "Exercises 1 and 2, in pairs", ""),
    ("30–35", "On the way out: questions", ""),
]
KNOWN = base64.b64encode(json.dumps([[{"right": [-0.5]}, {"right": ["up"]}], {}]).encode()).decode()


def equation(number: int) -> str:
    return (
        f'<div class="equation" id="equation-{number}"><div class="scroll" tabindex="0"><math>'
        f'<mn>{number}</mn></math></div><a class="equation-number" href="#e">({number})</a></div>'
    )


def chapter(*, rule: int = 1, size: str = "360 300") -> Chapter:
    """Return a chapter with so many equations in the section that one row opens."""
    equations = "".join(equation(number) for number in range(10, 10 + rule))
    return Chapter(f"""<html><body><article><section id="thing"><h1>Thing</h1><p>You will.</p>
<section id="at-a-glance"><h2>At a glance</h2><ul><li><p>do it</p></li></ul></section>
<section id="first"><h2>First</h2><div class="explored"><fieldset><legend>Guess.</legend>
<div class="choices"><label><input><span>up</span></label><label><span>down</span>
</label></div></fieldset>
<figure class="explorable" id="ball" data-recording="_static/ball.js"><svg viewBox="0 0 {size}">
</svg></figure><details class="answer"><summary>Check</summary><p>Up.</p></details></div></section>
<section id="the-rule"><h2>The rule</h2>{equations}
  <section id="why"><h3>Why</h3>{equation(2)}</section>
  <section id="more"><h3>More</h3>{equation(3)}</section></section>
<section id="exercises"><h2>Exercises</h2>
  <section><h3>1. Which way?</h3><p>Recall</p><p>Where to?</p><details><summary>Hint</summary>
    <p>Look.</p></details><form data-known="{KNOWN}"><div data-part="how far"></div>
    <div data-part="where"></div></form></section>
  <section><h3>2. A function</h3><p>Implement</p><p>Write it.</p><div class="cell">def stub</div>
    <details><summary>Hint</summary><p>Read.</p></details>
    <div class="cell"><details><summary>Solution in code</summary>def mine</details></div></section>
</section></section></article></body></html>""")


def slides_of(of: Chapter, home: str = "exercise 3") -> list[Slide]:
    table = "".join(
        f"<tr><td><p>{minutes}</p></td><td><p>{says}</p></td><td><p>{opens}</p></td></tr>"
        for minutes, says, opens in ROWS
    )
    page = (
        '<section><span id="plans"></span><h2>Plans</h2><section><h3>A class</h3><table><tbody>'
        f"{table}</tbody></table><p>For homework: {home}.</p></section></section>"
    )
    (plan,) = plans(html.document_fromstring(page))
    assert plan.chapter == "thing"
    return deck(plan, of)


def numbers(slides: list[Slide], says: str) -> list[str]:
    """Return what stands in the equations of a row."""
    board = [e for slide in slides if slide.says == says for _, some in slide.board for e in some]
    return [html.fromstring(each).findtext(".//mn") for each in board]


def test_each_row_has_its_slides_in_their_order():
    said = [slide.says for slide in slides_of(chapter())]
    assert list(dict.fromkeys(said)) == [says for _, says, _ in ROWS]


def test_an_equation_belongs_to_the_innermost_section_that_is_opened():
    slides = slides_of(chapter())
    assert numbers(slides, "At the board: the rule") == ["10", "3"]
    assert numbers(slides, "At the board: the proof") == ["2"]


def test_what_is_for_home_is_not_for_the_board():
    slides = slides_of(chapter(), home="<em>More</em>")
    assert numbers(slides, "At the board: the rule") == ["10"]


def test_many_equations_are_dealt_to_slides_of_like_length():
    slides = slides_of(chapter(rule=12))
    boards = [slide for slide in slides if slide.says == "At the board: the rule"]
    assert [sum(len(some) for _, some in slide.board) for slide in boards] == [5, 4, 4]
    assert [title for slide in boards for title, _ in slide.board] == [*["The rule"] * 3, "More"]


def test_a_figure_is_there_once_and_lent_to_later_slides():
    first, again = (slide for slide in slides_of(chapter()) if slide.figure)
    assert first.figure.markup.startswith('<figure class="explorable" id="ball"')
    assert "viewBox" in first.figure.markup  # SVG minds its capitals
    assert (again.figure.name, again.figure.markup) == ("ball", "")
    assert [state.state for state in again.figure.states] == ["?speed=3"]


@pytest.mark.parametrize(("size", "wide"), [("360 300", False), ("720 300", True)])
def test_a_wide_figure_has_its_controls_below(size: str, wide: bool):
    assert {slide.figure.wide for slide in slides_of(chapter(size=size)) if slide.figure} == {wide}


def test_minutes_and_answers_are_for_the_speaker():
    slides = slides_of(chapter())
    assert slides[0].notes == ["0–5 minutes", "Guess.", "up · down", "Up."]
    assert slides[-1].notes == ["30–35 minutes"]
    first, second = (slide for slide in slides if slide.exercise)
    assert first.notes == ["25–30 minutes", "Recall", "how far: −0.5", "where: up"]
    assert second.notes[-1] == "Its solution is code, and stands under it in the chapter."


def test_a_task_is_shown_without_hint_and_code():
    first, second = (slide.exercise for slide in slides_of(chapter()) if slide.exercise)
    assert (first.title, first.task) == ("1. Which way?", "<p>Where to?</p>")
    assert second.task == "<p>Write it.</p>"


def test_addresses_lead_up_from_the_folder_of_the_slides():
    markup = '<a href="thing.html#e"><a href="#ball?speed=2"><i data-recording="_static/ball.js">'
    led = (
        '<a href="../thing.html#e"><a href="#ball?speed=2"><i data-recording="../_static/ball.js">'
    )
    assert from_folder(markup) == led


def test_whoever_is_to_derive_at_the_board_opens_a_section():
    """Whose equations are then on the slide."""
    rows = re.findall(r"(?m)^\| [\d–]+ \| (.*?) \| (.*)\|$", manuscript.page("teaching").text)
    board = [(says, opens) for says, opens in rows if "at the board" in says.lower()]
    assert len(board) > 40
    assert [says for says, opens in board if not re.search(r'\.html#[\w-]+"', opens)] == []
