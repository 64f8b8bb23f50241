"""An exercise of numbers and choices is answered on the page, judged as in a notebook."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from engines import Window
from exercise_forms import leaves, parts_of
from manuscript import Page as Chapter
from manuscript import chapters
from pages import DESKTOP, PHONE, Open, pages_of, parsed, text_of
from playwright.sync_api import Locator, expect

from utils.judging import RIGHT, UNTRIED, Exercise, judge, words_of

#: Type texts into the fields of a form, ask for the judgement, and return its lines.
ANSWER = """(form, tried) => tried.map(texts => {
    form.querySelectorAll("input, select").forEach((field, i) => { field.value = texts[i] })
    form.requestSubmit()
    return [...form.querySelectorAll(".judged p")].map(line => line.textContent)
})"""

LEVELS = ("**Recall**", "**Predict**")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test of ``page`` for each chapter of the site, which may be a part of the book."""
    if "page" in metafunc.fixturenames:
        there = {Path(path).stem for path in pages_of(metafunc.config.getoption("site"))}
        found = [chapter for chapter in chapters() if chapter.path.stem in there]
        metafunc.parametrize("page", found, ids=lambda page: page.path.stem)


def with_forms(site: Path) -> list[str]:
    """Return the pages with an exercise to answer."""
    return [page for page in pages_of(site) if '<form class="exercise"' in text_of(site / page)]


def texts(answer: list) -> list[str]:
    """Return what a reader types for an answer, field by field."""
    return [
        leaf
        if isinstance(leaf, str)
        else ", ".join(map(repr, leaf if isinstance(leaf, list) else [leaf]))
        for leaf in answer
    ]


def tries(exercise: Exercise) -> Iterator[list]:
    """Yield answers to a part: right, near, far, and each mistake that fits its fields."""
    right = leaves(exercise.answer)
    yield right
    for change in (1 + 1e-9, 1 + 10.0 ** -(exercise.digits + 1), 1.02, 7.7):
        yield [
            leaf if isinstance(leaf, str) else [change * x for x in leaf]
            if isinstance(leaf, list) else change * leaf
            for leaf in right
        ]  # fmt: skip
    for mistake in exercise.mistakes.values():
        wrong = leaves(mistake)
        if [form_of(leaf) for leaf in wrong] == [form_of(leaf) for leaf in right]:
            yield wrong


def form_of(leaf: object) -> object:
    """Return what a field must hold for a leaf: text, a number, or so many numbers."""
    return len(leaf) if isinstance(leaf, list) else type(leaf)


def attempt(answer: list) -> object:
    """Return an answer as a notebook has it."""
    return answer[0] if len(answer) == 1 else tuple(answer)


@pytest.mark.some_chapters
def test_the_page_says_what_the_notebook_says(visit: Open, server: str, page: Chapter):
    """For each part of each exercise: right, near, far, and every likely mistake."""
    opened = visit(f"{server}/{page.path.stem}.html").page
    for form in opened.locator("form.exercise").all():
        parts = parts_of(form.get_attribute("data-names").split())
        words = words_of(*(part for _, part in parts))
        right = [leaves(part.answer) for _, part in parts]
        tried, expected = [], []
        for i, (_, part) in enumerate(parts):
            for answer in tries(part):
                whole = [*right[:i], answer, *right[i + 1 :]]
                tried.append([text for each in whole for text in texts(each)])
                said = [RIGHT] * len(parts)
                said[i] = judge(part, attempt(answer), words)
                lines = [
                    f"{name}: {line}" if name else line
                    for (name, _), line in zip(parts, said, strict=True)
                ]
                expected.append([RIGHT] if set(said) == {RIGHT} else lines)
        assert tried
        assert form.evaluate(ANSWER, tried) == expected


def test_each_exercise_that_needs_no_code_has_a_form(site: Path, page: Chapter):
    """And its stub, which nobody can fill in on a page, is not there."""
    html = parsed(site / f"{page.path.stem}.html")
    forms = [form["data-names"].split() for form in html.select("form.exercise")]
    assert forms == [names for names in stubs(page) if parts_of(names)]
    codes = [names for names in stubs(page) if not parts_of(names)]
    assert len(html.select(".in-code")) == len(codes)
    assert UNTRIED not in html.get_text()


def stubs(chapter: Chapter) -> list[list[str]]:
    """Return which checks each stub of a chapter asks for."""
    return [
        [line.split('"')[1] for line in cell.node.source.splitlines() if line.startswith("check(")]
        for cell in chapter.of_kind("code")
        if any(UNTRIED in output.get("text", "") for output in cell.node.outputs)
    ]


def test_a_stub_of_code_leads_to_its_cell_in_the_lab(site: Path, page: Chapter):
    ids = {cell.node.id for cell in page.of_kind("code")}
    links = parsed(site / f"{page.path.stem}.html").select(".in-code a[href*=lab]")
    assert len(links) == len([names for names in stubs(page) if not parts_of(names)])
    for link in links:
        address, _, cell = link["href"].partition("#cell-id=")
        assert address == f"lab/notebooks/index.html?path={page.path.name}"
        assert cell in ids


@pytest.fixture
def form(visit: Open, server: str, site: Path):
    """Open the first exercise that asks for numbers alone, on a screen."""
    numbers = "form.exercise:has(input):not(:has(select))"
    path = next(page for page in with_forms(site) if parsed(site / page).select(numbers))

    def opened(viewport: dict = DESKTOP, **context: object) -> Locator:
        return visit(f"{server}/{path}", viewport, **context).page.locator(numbers).first

    return opened


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP])
def test_it_is_answered_by_keyboard_and_the_judgement_is_read_out(form, viewport: dict):
    exercise = form(viewport)
    first = exercise.locator("input").first
    first.focus()
    first.page.keyboard.type("1e99")
    first.page.keyboard.press("Enter")
    judged = exercise.get_by_role("status")
    expect(judged).to_contain_text("Not yet: the numbers differ")
    expect(first).to_have_attribute("aria-invalid", "true")
    expect(first).to_have_accessible_description(re.compile("Not yet: the numbers differ"))
    first.fill("many")
    exercise.get_by_role("button", name="Check").click()
    expect(judged).to_contain_text("Not yet: expected numbers, got text.")
    first.fill("")
    first.press("Enter")
    expect(judged).to_contain_text("Not tried yet.")
    expect(first).not_to_have_attribute("aria-invalid", "true")


def test_a_comma_in_a_number_is_told(form):
    """It stands between numbers; one is asked for here."""
    first = form().locator("input").first
    first.fill("0,25")
    first.press("Enter")
    judged = first.page.locator("form.exercise .judged").filter(has_text="point")
    expect(judged).to_contain_text("Not yet: expected a number with a point, 0.25.")


@pytest.mark.parametrize(("text", "value"), [("−0.5", -0.5), ("1/64", 1 / 64), ("1e-3", 1e-3)])
def test_a_number_may_be_written_in_several_ways(form, text: str, value: float):
    """It is judged as the same number in decimals."""
    exercise = form()
    blank = [""] * exercise.locator("input, select").count()
    said = exercise.evaluate(ANSWER, [[text, *blank[1:]], [repr(value), *blank[1:]]])
    assert said[0] == said[1]
    assert "got text" not in said[0][0]
    assert math.isfinite(value)


def test_an_answer_is_not_to_be_read_by_chance(form):
    """In the source of the page it is not plain text."""
    known = form().get_attribute("data-known")
    assert not set(known) & set('{}":.,')


def test_on_paper_and_without_scripts_there_is_nothing_to_press(form):
    exercise = form(java_script_enabled=False)
    expect(exercise.locator("input").first).to_be_hidden()
    expect(exercise.locator("button")).to_be_hidden()
    exercise = form()
    exercise.page.emulate_media(media="print")
    expect(exercise.locator("button")).to_be_hidden()
    expect(exercise.locator("input").first).to_be_hidden()
    line = "label => getComputedStyle(label, '::after').borderBottomStyle"
    assert exercise.locator("label").first.evaluate(line) == "solid", "a line to write on"


def test_in_each_engine(engine: Window, origins: dict[str, str], site: Path):
    """From a disk."""
    path = with_forms(site)[0]
    engine.open(f"{origins['disk']}/{path}", 1280)
    names = parsed(site / path).select_one("form.exercise")["data-names"].split()
    right = [text for _, part in parts_of(names) for text in texts(leaves(part.answer))]
    answer = f'({ANSWER})(document.querySelector("form.exercise"), [right])'
    assert engine.run(f"right => {answer}", right) == [[RIGHT]]
