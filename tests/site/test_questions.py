"""A question can be answered before its figure answers, and the fold knows what was said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag
from engines import Window
from pages import DESKTOP, PHONE, Open, pages_of, parsed
from playwright.sync_api import Locator, Page, expect

KEY = "predictions"
#: What a browser does that lets a page keep nothing.
DENIED = """Object.defineProperty(window, "localStorage", {
    get() { throw new DOMException("denied", "SecurityError") }
})"""


@pytest.fixture(scope="session")
def asked(site: Path) -> tuple[str, Tag]:
    """Return a question with answers to choose from, and its page."""
    return next(
        (path, question.find_parent(class_="explored"))
        for path in pages_of(site)
        for question in parsed(site / path).select(".explored .question")
    )


@pytest.fixture
def open_box(visit: Open, server: str, asked: tuple[str, Tag]):
    """Open the page of that question, on a screen, and return its box."""

    def opened(viewport: dict = DESKTOP, script: str = "", **context: object) -> Locator:
        address = f"{server}/{asked[0]}"
        page = visit("about:blank", viewport, **context).page
        page.add_init_script(script)
        page.goto(address)
        return page.locator(".explored:has(.question)").first

    return opened


def kept(page: Page) -> dict:
    """Return what the browser keeps."""
    return json.loads(page.evaluate(f"localStorage.getItem('{KEY}')") or "{}")


def test_no_code_stands_between_a_question_and_its_figure(soup: BeautifulSoup):
    """A question, its figure, the answer, and only then the code."""
    for box in soup.select(".explored"):
        parts = box.select(".asked, figure.explorable, .answered > details, details.fold")
        names = [(part.get("class") or ["answer"])[0] for part in parts]
        assert names[:3] == ["asked", "explorable", "answer"]
        assert set(names[3:]) == {"fold"}


def test_each_question_has_one_right_answer_among_its_choices(soup: BeautifulSoup):
    for question in soup.select(".explored .question"):
        choices = question.select("label")
        assert 2 <= len(choices) <= 4
        right = choices[int(question["data-right"])].get_text()
        bold = question.find_parent(class_="explored").select_one(".answered strong").get_text()
        assert right.casefold() == bold.rstrip(".").casefold()


def test_the_answer_says_what_the_reader_said(open_box):
    box = open_box()
    right = int(box.locator(".question").get_attribute("data-right"))
    for choice in range(box.locator(".question label").count()):
        label = box.locator(".question label").nth(choice)
        label.click()
        expect(box.get_by_role("status")).to_have_text("Noted. Now see for yourself.")
        said = "And so it is" if choice == right else "It is not so"
        expected = f"You said: {label.text_content()}. {said}."
        assert box.locator(".verdict").text_content() == expected
    box.locator("summary").first.click()
    expect(box.locator(".verdict")).to_be_visible()
    expect(box.get_by_role("status")).to_have_text(expected)  # for who does not see it


def test_nobody_has_to_answer(open_box):
    box = open_box()
    box.locator("input[type=range], select").first.press("ArrowRight")
    box.locator("summary").first.click()
    expect(box.locator(".answered strong").first).to_be_visible()
    expect(box.locator(".verdict")).to_have_count(0)
    assert kept(box.page) == {}


def test_an_answer_is_kept_until_it_is_forgotten(open_box):
    box = open_box()
    box.locator(".question label").nth(1).click()
    words = box.locator(".question label").nth(1).inner_text()
    assert list(kept(box.page).values()) == [words]
    box.page.reload()
    expect(box.get_by_role("radio").nth(1)).to_be_checked()
    assert box.locator(".verdict").text_content().startswith(f"You said: {words}.")
    box.get_by_role("button", name="Forget it").click()
    expect(box.get_by_role("status")).to_have_text("Forgotten.")
    expect(box.locator("input:checked, .verdict")).to_have_count(0)
    assert box.page.evaluate(f"localStorage.getItem('{KEY}')") is None


def test_it_works_where_nothing_can_be_kept(open_box):
    box = open_box(script=DENIED)
    box.locator(".question label").first.click()
    assert box.locator(".verdict").text_content().startswith("You said: ")
    box.get_by_role("button", name="Forget it").click()
    expect(box.locator(".verdict")).to_have_count(0)


def test_the_keyboard_is_enough_and_a_reader_hears_the_question(open_box):
    box = open_box()
    group = box.get_by_role("group").first
    assert group.evaluate("group => group.querySelector('legend').textContent")[:7] == "Predict"
    box.get_by_role("radio").first.focus()
    box.page.keyboard.press("ArrowDown")
    expect(box.get_by_role("radio").nth(1)).to_be_checked()
    box.page.keyboard.press("Tab")
    expect(box.get_by_role("button", name="Forget it")).to_be_focused()
    box.page.keyboard.press("Enter")
    expect(box.get_by_role("radio").first).to_be_focused()


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP])
def test_a_link_in_the_answer_moves_the_figure_and_not_the_page(open_box, viewport: dict):
    box = open_box(viewport)
    box.locator("summary").first.click()
    caption = box.locator(".explorable-caption")
    places = []
    for link in box.locator(".answered a[href*='?']").all():
        link.scroll_into_view_if_needed()
        before, said = link.bounding_box(), caption.text_content()
        link.click()
        box.page.wait_for_timeout(100)
        assert link.bounding_box() == before
        places.append(caption.text_content() != said)
        shown = box.locator(".small-copy svg") if viewport == PHONE else box.locator("figure svg")
        expect(shown).to_be_in_viewport(ratio=0.9)
    assert any(places)


def test_a_link_from_elsewhere_still_goes_to_the_figure(open_box):
    box = open_box()
    name = box.locator("figure").get_attribute("id")
    state = box.locator(".answered a[href*='?']").first.get_attribute("href")
    box.page.evaluate("state => { scrollTo(0, 99999); location = state }", state)
    expect(box.page.locator(f"#{name} svg")).to_be_in_viewport()


def test_the_small_copy_is_the_figure_itself(open_box):
    box = open_box(PHONE)
    box.locator("summary").first.click()
    copy = box.locator(".small-copy use")
    target = copy.get_attribute("href")
    assert box.locator(f"figure svg{target}").count() == 1
    assert copy.evaluate("use => use.getBBox().width") > 0
    box.locator("summary").first.click()
    expect(copy).to_have_count(0)


def test_the_answer_stands_beside_the_figure_where_there_is_room(open_box):
    box = open_box(DESKTOP)
    box.locator("summary").first.click()
    answer, figure = (box.locator(part).first.bounding_box() for part in (".answered", "figure"))
    assert answer["x"] + answer["width"] < figure["x"]
    assert figure["x"] + figure["width"] <= DESKTOP["width"]
    assert box.locator(".small-copy").count() == 0


def test_on_paper_and_without_scripts_the_question_is_a_list(open_box):
    box = open_box(java_script_enabled=False)
    expect(box.locator(".question label").first).to_be_visible()
    expect(box.locator(".question label input").first).to_be_hidden()
    expect(box.locator(".noted")).to_be_hidden()
    box = open_box()
    box.locator(".question label").first.click()
    box.page.emulate_media(media="print")
    for part in ("label input", ".noted"):
        expect(box.locator(part).first).to_be_hidden()
    assert (
        box.locator(".question label").first.evaluate("l => getComputedStyle(l).display")
        == "list-item"
    )


def test_in_each_engine(engine: Window, origins: dict[str, str], asked: tuple[str, Tag]):
    """From a disk, where some browsers keep what is said, and others nothing."""
    engine.open(f"{origins['disk']}/{asked[0]}", 1280)
    said = engine.run(
        """async () => {
            const box = document.querySelector(".explored:has(.question)")
            box.querySelectorAll(".question label")[1].click()
            box.querySelector(".answered summary").click()
            await new Promise(done => setTimeout(done, 100))
            return [box.querySelector(".verdict").textContent, getComputedStyle(box).display]
        }"""
    )
    assert said[0].startswith("You said: ")
    assert said[1] == "grid"
