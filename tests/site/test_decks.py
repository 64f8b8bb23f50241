"""Slides say what the plan of a chapter says, show what it opens, and keep the answers."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qs, unquote, urldefrag, urlsplit

import manuscript
import pypdfium2 as pdfium
import pytest
from bs4 import BeautifulSoup, Tag
from contract.sample import sample
from pages import Open, Visit, ids_of, is_recording, parsed
from playwright.sync_api import Page
from test_accessibility import EVERYTHING, look

PROJECTOR, WIDE = {"width": 1024, "height": 768}, {"width": 1280, "height": 720}

#: A deck without what all decks share, and the least size of letters, of a screen's height.
MOST_BYTES, LEAST_LETTERS = 200_000, 0.02


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test of ``subject`` for each deck, and one of ``lecture`` for two, if not for all."""
    site = metafunc.config.getoption("site").resolve()
    names = [path.stem for path in sorted((site / "slides").glob("*.html"))] or ["(no slides)"]
    if "subject" in metafunc.fixturenames:
        metafunc.parametrize("subject", names)
    if "lecture" in metafunc.fixturenames:
        every = metafunc.config.getoption("chapters") == "all"
        metafunc.parametrize("lecture", names if every else sample(names, 2, "slides"))


@pytest.fixture
def deck(site: Path, subject: str) -> BeautifulSoup:
    """Return a deck, parsed."""
    return parsed(site / "slides" / f"{subject}.html")


@pytest.fixture
def chapter(site: Path, subject: str) -> BeautifulSoup:
    """Return the page of its chapter."""
    return parsed(site / f"{subject}.html")


@pytest.fixture
def plan(site: Path, subject: str) -> Tag:
    """Return its plan: the section of the page for teachers that opens its chapter."""
    sections = parsed(site / "teaching.html").select("section section section")
    (plan,) = (section for section in sections if section.select(f'td a[href^="{subject}.html#"]'))
    return plan


def rows_of(plan: Tag) -> list[list[Tag]]:
    return [row.select("th, td") for row in plan.select("tbody tr")]


def words(tag: Tag) -> str:
    return " ".join(tag.get_text().split())


def slides_of(deck: BeautifulSoup, row: list[Tag]) -> list[Tag]:
    """Return the slides that say what a row says."""
    return [
        slide
        for slide in deck.select(".slides > section:has(aside)")
        if words(slide.h2) == words(row[1])
    ]


def notes(slides: list[Tag]) -> str:
    return " ".join(words(slide.aside) for slide in slides)


# --- What they say. ------------------------------------------------------------------------------


def test_every_chapter_has_slides(site: Path):
    chapters = {chapter.path.stem for chapter in manuscript.chapters()}
    there = {path.stem for path in site.glob("*.html")}
    assert {path.stem for path in (site / "slides").iterdir()} == chapters & there


def test_the_plan_links_to_them(plan: Tag, subject: str):
    assert [a["href"] for a in plan.select("a.deck, .deck a")] == [f"slides/{subject}.html"]


def test_each_row_is_on_slides_in_its_order(deck: BeautifulSoup, plan: Tag):
    said = [words(slide.h2) for slide in deck.select(".slides > section:has(aside)")]
    assert list(dict.fromkeys(said)) == [words(row[1]) for row in rows_of(plan)]


def test_each_link_of_a_row_is_a_button_of_its_slides(deck: BeautifulSoup, plan: Tag, subject: str):
    for row in rows_of(plan):
        buttons = [a for slide in slides_of(deck, row) for a in slide.select(".states a, .opens a")]
        found = {(a["href"].removeprefix(f"../{subject}.html"), words(a)) for a in buttons}
        wanted = {(a["href"].removeprefix(f"{subject}.html"), words(a)) for a in row[2].select("a")}
        assert found == wanted


def test_each_slide_of_a_row_says_its_minutes_to_the_speaker(deck: BeautifulSoup, plan: Tag):
    for row in rows_of(plan):
        for slide in slides_of(deck, row):
            assert words(slide.aside.div) == f"{words(row[0])} minutes"


def test_each_numbered_equation_is_on_the_slide_of_the_row_that_opens_its_section(
    deck: BeautifulSoup, chapter: BeautifulSoup, plan: Tag
):
    """The innermost section that any row opens; and none that is for home."""
    home = {words(title) for title in plan.select("p")[-1].select("em")}
    rows = rows_of(plan)
    opened = {a["href"].partition("#")[2]: row for row in rows[::-1] for a in row[2].select("a")}
    boards = 0
    for equation in chapter.select(".equation:has(a.equation-number)"):
        around = equation.find_parents("section")
        section = next((s for s in around if s["id"] in opened or title_of(s) in home), None)
        if section is None or title_of(section) in home:
            continue
        formula = equation.find("math")["data-tex"]
        number = words(equation.select_one("a.equation-number"))
        shown = [
            "".join(shown.find_all(string=True, recursive=False)).strip()
            for slide in slides_of(deck, opened[section["id"]])
            for shown in slide.select(".equation")
            if shown.find("math")["data-tex"] == formula
        ]
        assert number in shown
        boards += 1
    assert boards > 2


def title_of(section: Tag) -> str:
    return words(section.find(["h1", "h2", "h3"])).removesuffix("#")


def test_whoever_derives_at_the_board_has_the_formulas_there(deck: BeautifulSoup, plan: Tag):
    for row in rows_of(plan):
        if "at the board" in words(row[1]).lower():
            assert [slide for slide in slides_of(deck, row) if slide.select(".equation")], words(
                row[1]
            )


def test_an_exercise_for_the_class_is_on_a_slide_and_its_answer_is_not(
    deck: BeautifulSoup, chapter: BeautifulSoup, plan: Tag
):
    titles = {h3.text.partition(".")[0]: h3.parent for h3 in chapter.select("#exercises h3")}
    for row in rows_of(plan):
        slides = slides_of(deck, row)
        for numbers in re.findall(r"[Ee]xercises? (\d+(?: and \d+)?)", words(row[1])):
            for number in numbers.split(" and "):
                exercise = titles[number]
                (slide,) = (
                    each for each in slides if each.h3 and words(each.h3) == title_of(exercise)
                )
                task = words(exercise.select("p")[1])
                assert task in words(slide)
                for solution in exercise.select("details.answer"):
                    if solution.summary.text == "Solution":
                        first = words(solution.p)
                        assert first in words(slide.aside)
                        assert first not in words(slide).replace(words(slide.aside), "")


def test_the_answer_to_a_vote_is_for_the_speaker(deck: BeautifulSoup, chapter: BeautifulSoup):
    for figure in deck.select("figure.explorable"):
        box = chapter.select_one(f".explored:has(#{figure['id']})")
        answer = words(box.select_one("details.answer p"))
        slide = figure.find_parent("section")
        assert answer in words(slide.aside)


def test_no_code_of_a_solution_is_on_a_slide_or_in_a_note(deck: BeautifulSoup, subject: str):
    assert deck.select(".cell, form") == []
    said = "".join(words(deck).split())
    cells = manuscript.page(subject).of_kind("code")
    solutions = [cell.python for cell in cells if cell.python.lstrip().startswith("# Solution")]
    assert solutions
    lines = {"".join(line.split()) for code in solutions for line in code.splitlines()}
    assert [line for line in lines if len(line) > 25 and line in said] == []


# --- What they are made of. ----------------------------------------------------------------------


def test_every_address_is_one_of_the_site(site: Path, deck: BeautifulSoup, subject: str):
    here = site / "slides" / f"{subject}.html"
    addresses = [
        tag.get(key) for key in ("href", "src", "data-recording") for tag in deck.select(f"[{key}]")
    ]
    assert len(addresses) > 10
    for address in addresses:
        path, anchor = urldefrag(address)
        target = here.parent / unquote(urlsplit(path).path) if path else here
        assert not urlsplit(address).scheme
        assert target.is_file(), address
        assert not anchor or unquote(anchor).partition("?")[0] in ids_of(target.resolve()), address


def test_each_id_is_there_once(deck: BeautifulSoup):
    ids = [tag["id"] for tag in deck.select("[id]")]
    assert len(ids) == len(set(ids))


def test_a_deck_is_small(site: Path, subject: str):
    assert (site / "slides" / f"{subject}.html").stat().st_size < MOST_BYTES


# --- In a lecture: from a disk, on a projector. --------------------------------------------------


@pytest.fixture
def begin(visit: Open, site: Path, lecture: str):
    """Return what opens a deck."""

    def opened(viewport: dict = PROJECTOR, after: str = "", **context: object) -> Visit:
        address = f"{(site / 'slides' / lecture).as_uri()}.html{after}"
        visited = visit(address, viewport, reduced_motion="reduce", **context)
        visited.page.wait_for_selector(".reveal.ready, .pdf-page")
        return visited

    return opened


def turn(page: Page) -> None:
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("PageDown")


def each_slide(page: Page):
    """Yield the number of each slide while it is shown."""
    for number in range(page.locator(".slides > section").count()):
        assert at(page) == number
        yield number
        turn(page)


def at(page: Page) -> int:
    sections = "[...document.querySelectorAll('.slides > section')]"
    return page.evaluate(f"{sections}.findIndex(each => each.matches('.present'))")


def go(page: Page, selector: str) -> None:
    """Turn to the first slide that has this."""
    for _ in each_slide(page):
        if page.locator(f".present {selector}").count():
            return
    raise AssertionError(f"no slide has {selector}")


#: What sticks out of the slide, and the smallest letters outside pictures.
CUT_OFF = """() => {
    const slide = document.querySelector('.slides > .present')
    const texts = document.createTreeWalker(slide, NodeFilter.SHOW_TEXT)
    const cut = [], small = []
    while (texts.nextNode()) {
        const e = texts.currentNode.parentElement
        const shown = e.checkVisibility({visibilityProperty: true}) && !e.closest('svg, select')
        if (!shown || !texts.currentNode.data.trim()) continue
        const range = document.createRange()
        range.selectNodeContents(texts.currentNode)
        const {left, top, right, bottom} = range.getBoundingClientRect()
        const out = left < 0 || top < 0 || right > innerWidth || bottom > innerHeight
        if (out) cut.push(e.textContent)
        if (!e.closest('math')) small.push(parseFloat(getComputedStyle(e).fontSize) / innerHeight)
    }
    for (const picture of slide.querySelectorAll('svg')) {
        const {height, bottom} = picture.getBoundingClientRect()
        if (bottom > innerHeight || height < innerHeight / 4) cut.push(`a picture of ${height}`)
    }
    const all = inside => [slide, ...slide.querySelectorAll(inside)]
    const fits = all('.explorable').every(box => box.scrollHeight <= box.clientHeight)
        && all('.explorable-line').every(box => box.scrollWidth <= box.clientWidth)
    return [cut, Math.min(...small), fits]
}"""


#: Whether each slide covers its page, no more and no less, and nothing sticks out of it.
PAGES_FIT = """() => [...document.querySelectorAll('.pdf-page')].every(page => {
    const slide = page.querySelector('section')
    const [outer, inner] = [page, slide].map(each => each.getBoundingClientRect())
    const same = side => Math.abs(outer[side] - inner[side]) < 1
    const covered = ['left', 'top', 'right', 'bottom'].every(same)
    return covered && slide.scrollHeight <= slide.clientHeight
})"""


@pytest.mark.parametrize("size", [PROJECTOR, WIDE], ids=["projector", "wide"])
def test_nothing_is_cut_off_or_small_on_any_slide(begin, size: dict):
    page = begin(size).page
    for number in each_slide(page):
        cut, smallest, fits = page.evaluate(CUT_OFF)
        assert (cut, fits) == ([], True), number
        assert smallest > LEAST_LETTERS, number


def test_a_lecture_asks_for_nothing_outside_the_folder_and_nothing_fails(begin, site: Path):
    visited = begin()
    for _ in each_slide(visited.page):
        visited.page.wait_for_timeout(50)
    visited.page.wait_for_load_state("networkidle")
    assert visited.errors == []
    assert [url for url in visited.requests if not url.startswith(site.as_uri())] == []
    figures = visited.page.locator("figure.explorable").count()
    assert (
        len([url for url in visited.requests if is_recording(url.partition("?")[0])]) == figures > 0
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_a_slide_of_each_kind(begin, scheme: str):
    page = begin(color_scheme=scheme).page
    kinds = [".opens", ".equation", "figure", "p"]
    for _ in each_slide(page):
        new = [kind for kind in kinds if page.locator(f".present {kind}").count()]
        if new:
            look(page, EVERYTHING, None)
        kinds = [kind for kind in kinds if kind not in new]
    assert kinds == []


#: Whether a control says one of these words, as soon as its figure is there.
SHOWS = """([control, states]) => {
    const words = JSON.parse(control.dataset.words)[control.selectedIndex ?? control.value]
    return states.includes(words.replace('−', '-'))
}"""


def test_a_button_brings_the_figure_into_its_state(begin):
    page = begin().page
    for _ in each_slide(page):
        for state in page.locator(".present .states a").all():
            state.click()
            name, _, query = unquote(state.get_attribute("href")).removeprefix("#").partition("?")
            for control, (value,) in parse_qs(query).items():
                field = page.locator(f".present #{name} [name={control}]")
                states = value, f"{float_of(value)}"
                page.wait_for_function(SHOWS, arg=[field.element_handle(), states])


def float_of(value: str) -> str:
    """Return a number as a control writes it: ``0.00000001`` is ``1e-8`` there."""
    try:
        return f"{float(value):g}".replace("e-0", "e-")
    except ValueError:
        return value


def test_keys_that_move_a_control_do_not_turn_the_slide(begin):
    page = begin().page
    go(page, "figure input[type=range]")
    slide, field = at(page), page.locator(".present figure input[type=range]").first
    field.focus()
    for key in ("Home", "ArrowRight", "ArrowUp", "ArrowLeft", "PageUp", "PageDown", "End"):
        before = field.input_value()
        page.keyboard.press(key)
        assert (field.input_value() != before) or key == "Home"
        assert at(page) == slide
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowRight")
    assert at(page) == slide + 1


def test_a_button_that_has_the_focus_leaves_the_arrows_to_the_slides(begin):
    page = begin().page
    go(page, ".states a")
    slide, state = at(page), page.locator(".present .states a").last
    state.focus()
    page.keyboard.press("Enter")
    assert at(page) == slide
    assert page.evaluate("decodeURI(location.hash)").partition("?")[0] == urldefrag(
        state.get_attribute("href")
    )[1].partition("?")[0].join(["#", ""])
    page.keyboard.press("ArrowRight")
    assert at(page) == slide + 1


def test_who_comes_back_to_the_address_of_a_figure_finds_it(begin):
    page = begin().page
    go(page, "figure input[type=range]")
    slide = at(page)
    page.locator(".present .states a").last.click()
    page.reload()
    page.wait_for_function("document.querySelector('.reveal.ready')")
    assert at(page) == slide


def test_the_speaker_has_a_window_with_the_minutes(begin):
    page = begin().page
    go(page, "figure")
    minutes = page.locator(".present aside div").first.text_content()
    with page.expect_popup() as popup:
        page.keyboard.press("s")
    popup.value.wait_for_selector(f".speaker-controls-notes:has-text('{minutes}')")


def test_on_paper_each_slide_has_a_page_and_its_figure(begin):
    page = begin(after="?print-pdf").page
    page.wait_for_selector(".pdf-page")
    printed = pdfium.PdfDocument(page.pdf(prefer_css_page_size=True))
    headings = page.locator(".slides section :is(h1, h2)").all_text_contents()
    assert len(printed) == len(headings) > 10
    for sheet, heading in zip(printed, headings, strict=True):
        said = "".join(sheet.get_textpage().get_text_range().split())
        assert heading.split()[0] in said
    assert page.evaluate(PAGES_FIT)
    for place in page.locator("[data-figure]").all():
        assert place.locator("figure svg").count() == 1
