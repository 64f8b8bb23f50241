"""The book on paper: every chapter, page numbers that are right, links that arrive, nothing cut.

A chapter and pages of each kind are printed once for all tests; ``--paper all`` prints all.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from statistics import median

import pikepdf
import pypdfium2 as pdfium
import pytest
import yaml
from bs4 import BeautifulSoup
from copies import PDF, address
from paper import Chapter, document, keep_apart, lead, order, soup, where_it_moves
from pdf import TOO_WIDE, WIDTH, pages_of, print_document
from playwright.sync_api import Browser

ROOT = Path(__file__).parents[2]
SAMPLE = ("index", "notation", "vanishing-gradients", "bibliography")
MILLIMETER = 72 / 25.4
LEFT, RIGHT, FOOT = 36 * MILLIMETER, 30 * MILLIMETER, 27 * MILLIMETER  # margins, from paper.css


@dataclass(frozen=True)
class Heading:
    """An entry of the outline: how deep it is, its words, and where it stands, from the foot."""

    depth: int
    title: str
    page: int
    top: float


@dataclass
class Book:
    """A printed book, and the document that it was printed from."""

    path: Path
    html: str

    @cached_property
    def source(self) -> BeautifulSoup:
        """The document, parsed."""
        return soup(self.html)

    @cached_property
    def pdf(self) -> pikepdf.Pdf:
        """The PDF."""
        return pikepdf.open(self.path)

    @cached_property
    def texts(self) -> list[str]:
        """The text of each page, with one space between words."""
        with pdfium.PdfDocument(self.path) as opened:
            return [" ".join(page.get_textpage().get_text_bounded().split()) for page in opened]

    @cached_property
    def titles(self) -> dict[str, str]:
        """The title of each chapter, by its place."""
        return {a["id"]: a.h1.get_text() for a in self.source.select("main > article")}

    @cached_property
    def pages(self) -> dict[str, int]:
        """The number of the page of each place that a link leads to."""
        return pages_of(self.pdf)

    @cached_property
    def headings(self) -> list[Heading]:
        """The outline."""
        numbers = {page.objgen: number for number, page in enumerate(self.pdf.pages, start=1)}

        def flat(items: list[pikepdf.OutlineItem], depth: int) -> Iterator[Heading]:
            for item in items:
                page, _, _, top, _ = item.destination
                yield Heading(depth, item.title, numbers[page.objgen], float(top))
                yield from flat(item.children, depth + 1)

        with self.pdf.open_outline() as outline:
            return list(flat(outline.root, 0))


@pytest.fixture(scope="module")
def book(
    site: Path,
    browser: Browser,
    pytestconfig: pytest.Config,
    tmp_path_factory: pytest.TempPathFactory,
) -> Book:
    """Return the printed book."""
    html = document(site, None if pytestconfig.getoption("paper") == "all" else SAMPLE)
    path = tmp_path_factory.mktemp("paper") / PDF
    print_document(browser, html, path)
    return Book(path, html)


# --- Chapters. ------------------------------------------------------------------------------------


def test_chapters_come_in_the_order_of_the_contents_file(site: Path):
    contents = yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))
    wanted = [(contents["root"], "")]
    for part in contents["parts"]:
        names = [entry["file"] for entry in part["chapters"]]
        wanted += zip(names, [part["caption"], *[""] * (len(names) - 1)], strict=True)
    assert order(soup((site / "index.html").read_text("utf-8"))) == wanted


def test_the_outline_has_each_chapter_and_its_sections(book: Book):
    outline = [heading.title for heading in book.headings if heading.depth == 0]
    assert outline == ["Contents", *book.titles.values()]
    sections = {h.get_text() for h in book.source.select("main h2")}
    assert sections == {heading.title for heading in book.headings if heading.depth == 1}


def test_each_chapter_begins_on_the_page_that_the_contents_say(book: Book):
    rows = {
        row.a["href"].removeprefix("#"): row.a.span.get_text()
        for row in book.source.select(".paper-contents p")
        if row.a
    }
    first = min(book.pages[name] for name in book.titles)
    listed = "\n".join(book.texts[: first - 1]).replace(" ", "")  # readers guess where spaces are
    for name, title in rows.items():
        row = re.escape(f"{title}{book.pages[name]}".replace(" ", ""))
        found = re.search(rf"{row}(?!\d)", listed)
        assert found, title
        listed = listed[found.end() :]
    for name, title in book.titles.items():
        assert book.texts[book.pages[name] - 1].count(title) >= 1
        begins = [h.page for h in book.headings if h.depth == 0 and h.title == title]
        assert begins == [book.pages[name]]


def test_each_page_says_its_number_and_its_chapter(book: Book):
    starts = sorted((book.pages[name], title) for name, title in book.titles.items())
    for number, text in enumerate(book.texts[starts[0][0] - 1 :], start=starts[0][0]):
        assert str(number) in text.split()
        title = [title for start, title in starts if start <= number][-1]
        assert title in text


def test_the_book_is_neither_cut_off_nor_blown_up(book: Book):
    """A chapter takes about 35 pages; a page has a few hundred words, and none is empty."""
    ends = [*sorted(book.pages[name] for name in book.titles)[1:], len(book.texts) + 1]
    for (name, title), end in zip(book.titles.items(), ends, strict=True):
        if len(book.source.find(id=name).select("figure.explorable")) > 1:
            assert 20 <= end - book.pages[name] <= 60, title
    assert median(len(text.split()) for text in book.texts) > 120
    assert [number for number, text in enumerate(book.texts, start=1) if len(text) < 40] == []


def test_the_text_can_be_read_out(book: Book):
    """Words are words, formulas are letters, and paper has what the page has."""
    text = " ".join(book.texts).replace("\N{SOFT HYPHEN}", "")
    for article in book.source.select("main > article"):
        words = article.p.get_text().split()
        assert " ".join(words[:8]) in text
    assert "α" in text or "𝛼" in text


# --- Links. ---------------------------------------------------------------------------------------


def links(book: Book) -> Iterator[tuple[str, object]]:
    """Return each link as its kind and where it leads."""
    for page in book.pdf.pages:
        for note in page.get("/Annots", []):
            if note.Subtype == "/Link":
                action = note.get("/A", pikepdf.Dictionary())
                if "/URI" in action:
                    yield "site", str(action.URI)
                else:
                    yield "book", note.get("/Dest", action.get("/D"))


def test_every_link_within_the_book_arrives(book: Book):
    inside = [place for kind, place in links(book) if kind == "book"]
    names = {str(place)[1:] for place in inside if isinstance(place, pikepdf.Name)}
    assert len(names) > 50
    assert names <= set(book.pages)
    assert all(isinstance(place, pikepdf.Name | pikepdf.Array) for place in inside)
    wanted = [a["href"].removeprefix("#") for a in book.source.select('a[href^="#"]')]
    assert set(wanted) == names
    assert len(inside) >= len(wanted)


def test_every_link_out_of_the_book_leads_to_the_web(book: Book):
    outside = {place for kind, place in links(book) if kind == "site"}
    assert {place for place in outside if not re.match(r"(https?|mailto):", place)} == set()
    assert any(place.startswith("https://doi.org/") for place in outside)


def mini(html: str) -> Chapter:
    """Return a chapter named "a" with this text."""
    return Chapter("a", "", soup(f"<article>{html}</article>"))


@pytest.mark.parametrize(
    ("href", "on_paper", "published"),
    [
        ("#x", "#a--x", "#a--x"),
        ("b.html", "#b", "#b"),
        ("b.html#y", "#b--y", "#b--y"),
        ("https://doi.org/1", "https://doi.org/1", "https://doi.org/1"),
        ("#x?rate=1&start=%E2%88%921", "#a--x", "https://e.org/a.html#x?rate=1&start=%E2%88%921"),
        ("b.html#y?rate=1", "#b--y", "https://e.org/b.html#y?rate=1"),
        ("search.html", None, "https://e.org/search.html"),
    ],
)
def test_a_link_leads_into_the_book_or_to_the_site(href: str, on_paper: str | None, published: str):
    ids = {"a": {"x"}, "b": {"y"}}
    for base, wanted in (("", on_paper), ("https://e.org/", published)):
        chapter = mini(f'<a href="{href.replace("&", "&amp;")}">there</a>')
        lead(chapter, ids, base)
        assert (chapter.article.a and chapter.article.a["href"]) == wanted
        assert chapter.article.get_text() == "there"


def test_a_link_to_nowhere_is_named():
    with pytest.raises(ValueError, match=r"a: b\.html#z leads to a place that is not there"):
        lead(mini('<a href="b.html#z">there</a>'), {"a": set(), "b": {"y"}}, "")


def test_hints_and_solutions_wait_at_the_end_of_their_chapter(book: Book):
    answers = book.source.select(".answer[id]")
    assert len(answers) >= 12
    for turn in book.source.select(".turn a"):
        name = turn["href"].removeprefix("#")
        exercise = turn.find_parent("section")
        assert not exercise.select("details summary:-soup-contains-own(Hint, Solution)")
        (answer,) = [answer for answer in answers if answer["id"] == name]
        assert answer.a["href"] == f"#{exercise['id']}"
        page = book.texts[book.pages[exercise["id"]] - 1 :][:6]
        assert f"{turn.get_text().strip()} {book.pages[name]}" in " ".join(page)
    for section in book.source.select("main > article > section"):
        last = [heading.get_text() for heading in section.select("h2")][-2:]
        assert last == ["Hints", "Solutions"] or not section.select(".answer")


# --- Figures. -------------------------------------------------------------------------------------


def test_figures_are_vectors(book: Book):
    """Only what is an image on the page is one on paper."""
    images = {
        stream.objgen
        for stream in book.pdf.objects
        if isinstance(stream, pikepdf.Stream) and stream.get("/Subtype") == "/Image"
    }
    masks = {
        stream.SMask.objgen
        for stream in book.pdf.objects
        if isinstance(stream, pikepdf.Stream) and "/SMask" in stream
    }
    drawn = book.source.select("main svg image, main img")
    assert len(images - masks) <= len(drawn)


def test_each_figure_that_moves_says_where_it_moves(book: Book):
    figures = book.source.select("figure.explorable")
    assert figures
    text = " ".join(book.texts)
    for figure in figures:
        page, _, name = figure["id"].partition("--")
        assert figure.select_one(".moves").get_text().endswith(f"{page}.html#{name}")
        assert not figure.select("input, select, button")
        caption = " ".join(figure.select_one(".explorable-caption").get_text().split()[:4])
        assert caption in text


def test_where_the_site_is_published_a_figure_links_to_itself():
    line = soup(where_it_moves(mini(""), "x", "https://e.org/book/"))
    assert line.a["href"] == line.a.get_text() == "https://e.org/book/a.html#x"
    assert not soup(where_it_moves(mini(""), "x", "")).a


@pytest.mark.parametrize("base", ["https://e.org/book/", ""])
def test_the_site_knows_where_it_is_published(tmp_path: Path, base: str):
    canonical = f'<link rel="canonical" href="{base}index.html">' if base else ""
    (tmp_path / "index.html").write_text(f"<head>{canonical}</head>", "utf-8")
    assert address(tmp_path) == base


def test_a_figure_finds_its_own_parts_and_keeps_its_colors():
    chapter = mini(
        '<p id="b" fill="#b">x</p><use xlink:href="#b" style="clip-path: url(#b)"></use>'
    )
    keep_apart(chapter)
    use = chapter.article.use
    assert (use["xlink:href"], use["style"]) == ("#a--b", "clip-path: url(#a--b)")
    assert (chapter.article.p["id"], chapter.article.p["fill"]) == ("a--b", "#b")


def test_within_the_document_every_part_of_a_figure_is_there_once(book: Book):
    ids = Counter(tag["id"] for tag in book.source.select("[id]"))
    assert [name for name, count in ids.items() if count > 1] == []
    used = {use["xlink:href"].removeprefix("#") for use in book.source.select("use")}
    used |= set(re.findall(r"url\(#([^)]+)\)", book.html))
    assert used - set(ids) == set()


# --- The file. ------------------------------------------------------------------------------------


def test_the_file_says_what_it_is(book: Book):
    root = book.pdf.Root
    assert book.pdf.docinfo["/Title"] == "Neural Networks, Derived"
    assert book.pdf.docinfo["/Author"] == "The authors of Neural Networks, Derived"
    assert root.Lang == "en"
    assert root.MarkInfo.Marked
    assert root.ViewerPreferences.DisplayDocTitle
    assert root.PageMode == "/UseOutlines"
    with book.pdf.open_outline() as outline:
        assert all(chapter.is_closed for chapter in outline.root if chapter.children)


def test_pictures_have_words_in_the_structure(book: Book):
    words = {
        str(element.Alt)
        for element in book.pdf.objects
        if isinstance(element, pikepdf.Dictionary) and "/Alt" in element
    }
    labels = {svg["aria-label"] for svg in book.source.select("main svg[role=img]")}
    assert labels
    assert labels - words == set()


def test_fonts_are_in_the_file_and_of_the_book(book: Book):
    """Whatever machine prints it, it looks the same."""
    names = set()
    for font in book.pdf.objects:
        if not isinstance(font, pikepdf.Dictionary) or font.get("/Type") != "/Font":
            continue
        if font.Subtype == "/Type0":
            continue  # the frame of another
        assert font.Subtype == "/Type3" or {"/FontFile2", "/FontFile3"} & set(font.FontDescriptor)
        described = font.get("/FontDescriptor", {})
        names.add(str(font.get("/BaseFont", described.get("/FontName", "/?"))).split("+")[-1])
    # The font of formulas says no name, and the browser calls it so.
    ours = re.compile(r"BookText-|STIXGeneral|DejaVuSansMono|OTS-derived-font")
    assert {name for name in names if not ours.match(name)} == set()


# --- The page. ------------------------------------------------------------------------------------


def test_no_letter_is_beyond_the_margins(book: Book):
    out = []
    with pdfium.PdfDocument(book.path) as opened:
        for number, page in enumerate(opened, start=1):
            width, height = page.get_size()
            text = page.get_textpage()
            for index in range(text.count_rects()):
                left, bottom, right, top = text.get_rect(index)
                if left < LEFT - 3 or right > width - RIGHT + 3 or bottom < 20 or top > height - 20:
                    out.append((number, text.get_text_bounded(left, bottom, right, top)))
    assert out == []


def test_no_heading_ends_a_page(book: Book):
    """After it come at least two lines."""
    alone = [heading.title for heading in book.headings if heading.top < FOOT + 3 * 16]
    assert alone == []


def test_no_page_holds_a_box_or_a_line_alone(book: Book):
    """What ends a chapter takes with it some lines of what it belongs to."""
    cells = [squeezed(cell.get_text()) for cell in book.source.select("main .cell")]
    texts = [squeezed(text.get_text())[1:] for text in book.source.select("main p")]  # torn
    titles = tuple(map(squeezed, book.titles.values()))
    alone = []
    for number, text in enumerate(map(squeezed, book.texts), start=1):
        head = next((title for title in titles if text.startswith(title)), "")
        body = text.removeprefix(head).removeprefix(str(number))  # both stand in the margins
        if head and any(body in whole for whole in cells + texts):
            alone.append((number, body[:60]))
    assert alone == []


def squeezed(text: str) -> str:
    return "".join(text.split())


WHOLE = ".equation, figure, .picture, .cell_input pre, tr"


def test_what_belongs_together_fits_on_a_page(browser: Browser, book: Book, tmp_path: Path):
    """So that the browser can keep it whole, as the style asks."""
    source = tmp_path / "book.html"
    source.write_text(book.html, "utf-8")
    page = browser.new_page(viewport={"width": WIDTH, "height": 800})
    page.emulate_media(media="print")
    page.goto(source.as_uri())
    assert page.evaluate(TOO_WIDE, WIDTH) == []
    space = '<mspace width="40em"></mspace>'
    page.evaluate(
        "html => document.querySelector('main math').insertAdjacentHTML('beforeend', html)", space
    )
    assert page.evaluate(TOO_WIDE, WIDTH) != []
    parted = page.evaluate(
        """whole => [...document.querySelectorAll(whole)].filter(e =>
            getComputedStyle(e).breakInside !== "avoid" && !e.closest("figure, .picture, .equation")
            || e.getBoundingClientRect().height > 245 * 96 / 25.4
        ).map(e => e.outerHTML.slice(0, 200))""",
        WHOLE,
    )
    page.close()
    assert parted == []
