"""The first ten seconds: a figure that moves, a way in, a picture a chapter; and the way back."""

from __future__ import annotations

import gzip
import re

import pytest
from bs4 import BeautifulSoup
from folds import classed
from front import thumbnail
from manuscript import chapters, contents
from pages import DESKTOP, PHONE, Open, comes_to_be, parsed
from playwright.sync_api import Page, expect
from test_bad_conditions import DENIED

CHAPTERS = {page.path.stem for page in chapters()}
FIRST = next(name for name in contents() if name in CHAPTERS)
CHAPTER = "gradient-descent"
WELCOME, UNWELCOME = "no-preference", "reduce"


# --- The way in. ---------------------------------------------------------------------------------


def test_start_stands_right_under_the_figure_and_leads_where_next_leads(site):
    """To the first chapter, and the folded code comes below."""
    front = parsed(site / "index.html")
    start = front.select_one(".cell_output:has(figure.explorable) + .start")
    assert start.select_one("a")["href"] == f"{FIRST}.html"
    assert start.find_next("details")["class"] == ["fold"]
    assert front.select_one("a[rel=next]")["href"] == f"{FIRST}.html"
    assert front.select_one("link[rel=next]")["href"] == f"{FIRST}.html"


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_figure_slider_and_start_are_there_before_anything_is_scrolled(
    visit: Open, server: str, viewport: dict
):
    page = visit(f"{server}/index.html", viewport).page
    for part in ("#valley .explorable-picture", "#valley [data-words]", ".start a"):
        expect(page.locator(part).first).to_be_in_viewport(ratio=0.99)


# --- The cards. ----------------------------------------------------------------------------------


def opened(site) -> list[str]:
    """Return the chapters of this site, which may be a part of the book."""
    return sorted(name for name in CHAPTERS if (site / f"{name}.html").exists())


def test_each_chapter_has_its_picture_in_the_colors_of_the_theme(site):
    front = parsed(site / "index.html")
    for chapter in opened(site):
        card = front.select_one(f".card + p > a[href='{chapter}.html']").find_previous("svg")
        assert len(card.select("path, image")) >= 2, f"{chapter} has a card without a picture"
        assert "--figure-" in str(card)
        assert not set(re.findall(r"(?<!, )#[0-9a-f]{6}\b", str(card))), "a color of no role"


def test_the_pictures_weigh_little_and_have_ids_of_their_own(site):
    front = parsed(site / "index.html")
    cards = front.select("svg.card")
    assert all(len(gzip.compress(str(card).encode())) <= 4000 for card in cards)
    ids = [tag["id"] for tag in front.select("[id]")]
    assert len(ids) == len(set(ids))
    for reference in re.findall(r"url\(#([\w-]+)\)", "".join(map(str, cards))):
        assert reference in ids


PICTURE = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 60"><defs>
<clipPath id='f-d0'><rect x='5' y='5' width='80' height='50'/></clipPath>
<clipPath id='f-d1'><rect x='5' y='5' width='9' height='9'/></clipPath>
<marker id='f-d2'><path d='M0 0L1 1'/></marker>
<marker id='f-d3'><path d='M0 0L2 2'/></marker></defs>
<g data-box='5 5 80 50'/><g data-box='5 5 9 9'/>
<path d='M5.25 6.75L7 8' clip-path='url(#f-d0)' style='marker-mid: url(#f-d2)'/>
<path d='M1 1L2 2' clip-path='url(#f-d1)'/><path d='M3 3L4 4' style='marker-mid: url(#f-d3)'/>
<path d='M5 5L5 55' clip-path='url(#f-d0)' style='stroke: var(--figure-grid, #d8dee4)'/>
<path d='m1 2' clip-path='url(#f-d0)' transform='translate(1 2) scale(0.1 -0.1)'/></svg>"""


def test_a_picture_has_what_the_largest_axes_hold_without_grid_and_letters():
    picture = BeautifulSoup(thumbnail(PICTURE, "descent"), "html.parser").svg
    assert picture["viewbox"] == "5 5 80 50"
    assert [path["d"] for path in picture.find_all("path", recursive=False)] == ["M5 7L7 8"]
    (mark,) = picture.select("defs > *")
    assert f"url(#{mark['id']})" in str(picture)
    assert mark["id"].startswith("card-descent")


# --- The sweep. ----------------------------------------------------------------------------------

#: Note where the slider stands in each frame.
WATCH = """() => {
    const slider = document.querySelector("#valley [data-words]")
    window.stood = []
    const look = () => { stood.push(Number(slider.value)); requestAnimationFrame(look) }
    look()
}"""


def front_page(visit: Open, server: str, motion: str, anchor: str = "") -> Page:
    page = visit(f"{server}/index.html{anchor}", reduced_motion=motion).page
    page.evaluate(WATCH)
    return page


def test_the_slider_moves_once_and_comes_back(visit: Open, server: str):
    """To no place that the question asks about; the address stays as it was."""
    page = front_page(visit, server, WELCOME)
    start = page.evaluate("stood[0]")
    moved, rests = "new Set(stood).size > 9", "new Set(stood.slice(-30)).size === 1"
    page.wait_for_function(f"{moved} && {rests}", timeout=20_000)
    stood = page.evaluate("stood")
    last = int(page.locator("#valley [data-words]").get_attribute("max"))
    assert min(stood) == 0
    assert max(stood) == last // 2
    assert stood[-1] == start
    assert page.url == f"{server}/index.html"
    assert (
        page.locator("#valley .explorable-caption").text_content().startswith("Learning rate 0.2:")
    )


@pytest.mark.parametrize(
    ("motion", "anchor"), [(UNWELCOME, ""), (WELCOME, "#valley?learning_rate=0.8")]
)
def test_it_stays_where_motion_is_unwelcome_or_the_address_says_where(
    visit: Open, server: str, motion: str, anchor: str
):
    page = front_page(visit, server, motion, anchor)
    page.wait_for_timeout(2000)
    assert len(set(page.evaluate("stood"))) == 1


@pytest.mark.parametrize("hand", ["key", "press", "wheel"])
def test_whatever_the_reader_does_ends_it(visit: Open, server: str, hand: str):
    page = front_page(visit, server, WELCOME)
    page.wait_for_function("new Set(stood).size > 3", timeout=10_000)
    if hand == "key":
        page.keyboard.press("Tab")
    elif hand == "press":
        page.mouse.click(5, 400)
    else:
        page.mouse.wheel(0, 40)
    page.wait_for_timeout(200)
    page.evaluate("stood.length = 0")
    page.wait_for_timeout(600)
    assert len(set(page.evaluate("stood"))) == 1


# --- The way back. -------------------------------------------------------------------------------


def read_down(page: Page) -> str:
    """Go to the third section of a chapter as a reader does, and return its title."""
    heading = page.locator("article h2").nth(2)
    heading.evaluate("heading => heading.scrollIntoView()")
    link = page.locator(".contents [aria-current=location]")
    expect(link).to_have_count(1)
    expect(link).to_have_text(heading.evaluate("heading => heading.firstChild.textContent"))
    return link.text_content()


@pytest.mark.parametrize("origin", ["server", "disk"])
def test_the_front_page_leads_back_to_where_the_reader_left(
    visit: Open, origins: dict[str, str], origin: str
):
    page = visit(f"{origins[origin]}/index.html").page
    expect(page.locator(".go-on")).to_have_count(0)
    page.goto(f"{origins[origin]}/{CHAPTER}.html")
    title = read_down(page)
    back = page.locator(".start .go-on")
    assert comes_to_be(back.count, lambda: page.goto(f"{origins[origin]}/index.html"))
    expect(back).to_have_text(f"Go on where you left: Gradient descent: {title}")
    back.click()
    expect(page.get_by_role("heading", name=title)).to_be_in_viewport()


def test_what_is_kept_can_be_forgotten_at_once(visit: Open, server: str):
    page = visit(f"{server}/index.html").page
    expect(page.locator(".kept")).to_have_count(0)
    page.goto(f"{server}/{CHAPTER}.html")
    page.locator(".question label").first.click()
    read_down(page)
    page.wait_for_function("localStorage.length === 2")
    page.goto(f"{server}/index.html")
    page.get_by_role("button", name="Forget them").press("Enter")
    expect(page.locator(".kept span")).to_have_text("Forgotten.")
    expect(page.locator(".kept span")).to_be_focused()
    expect(page.locator(".start a")).to_have_count(1)
    assert page.evaluate("localStorage.length") == 0


def test_where_nothing_may_be_kept_nothing_is_missing(visit: Open, server: str):
    visited = visit("about:blank")
    visited.page.add_init_script(DENIED)
    visited.page.goto(f"{server}/{CHAPTER}.html")
    read_down(visited.page)
    visited.page.goto(f"{server}/index.html")
    expect(visited.page.locator(".start a")).to_have_count(1)
    assert visited.errors == []


def test_what_somebody_else_kept_there_leads_nowhere(visit: Open, server: str):
    """Other pages of the same host write into the same store."""
    page = visit(f"{server}/404.html").page
    for left in ('{"page": "javascript:alert(1)//", "id": "x", "words": "x"}', '"words"', "{"):
        page.evaluate("left => localStorage.setItem('left', left)", left)
        page.goto(f"{server}/index.html")
        expect(page.locator(".start a")).to_have_count(1)


def test_a_thin_line_tells_how_far_down_the_chapter_one_is(visit: Open, server: str):
    page = visit(f"{server}/{CHAPTER}.html").page

    def share() -> float:
        return page.evaluate(
            """async () => {
                await new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)))
                const line = document.querySelector(".progress").getBoundingClientRect()
                return line.width / innerWidth
            }"""
        )

    assert share() == 0
    for part in (0.5, 1):
        page.evaluate(
            f"""document.documentElement.classList.remove("lazy");
            scrollTo(0, {part} * (document.documentElement.scrollHeight - innerHeight))"""
        )
        assert share() == pytest.approx(part, abs=0.02)


# --- Folds. --------------------------------------------------------------------------------------


def test_the_words_of_a_fold_say_its_kind():
    for words in ("Hint", "Solution", "Check your prediction"):
        fold = classed(f"<details>\n<summary>{words}</summary>", "A & B")
        name = f'aria-label="{words}: A &amp; B"'
        assert fold == f'<details class="answer"><summary {name}>{words}</summary>'
    assert classed("<details><summary>Why</summary>", "A").startswith('<details class="proof">')
    assert classed("<details open>", "A") == "<details open>"


LOOK = """kind => {
    const fold = document.querySelector(`article details.${kind}`)
    const look = getComputedStyle(fold)
    return ["borderLeftStyle", "borderLeftColor", "borderTopWidth"].map(name => look[name]).join()
}"""


@pytest.mark.parametrize("medium", ["light", "dark", "print"])
def test_answer_code_and_proof_look_like_three_things(visit: Open, server: str, medium: str):
    page = visit(
        f"{server}/{CHAPTER}.html", color_scheme="dark" if medium == "dark" else "light"
    ).page
    if medium == "print":
        page.emulate_media(media="print")
    looks = [page.evaluate(LOOK, kind) for kind in ("answer", "fold", "proof")]
    assert len(set(looks)) == 3, looks
