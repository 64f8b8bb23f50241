"""The book as one document for paper: every page of the site, in order, with what paper cannot do in words.

An explorable stands as it starts, with the address where it moves.  What folds on the screen is open,
behind a rule; but hints and solutions wait at the end of their chapter, and code that only draws a
figure stays on the site.  A link leads to a place in the document, to a page number where one wants to
turn the pages, and to the site where paper has nothing to show.
"""

from __future__ import annotations

import json
import re
import sys
from base64 import b64encode
from collections.abc import Container
from dataclasses import dataclass
from functools import cache
from html import escape
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import matplotlib
from bs4 import BeautifulSoup, Comment, Tag
from copies import address
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

sys.path.append(str(Path(__file__).parents[1] / "_extensions"))

from fonts import font

HERE = Path(__file__).parent
ROOT = "index"

#: What the screen needs and paper does not.
UNPRINTED = ", ".join(
    (
        ".headerlink, .run, .copies, .deck, .toctree-wrapper",
        ".explorable-controls, .explorable-room",
        ".choices input, .noted, .exercise button, .judged, .exercise option, .in-code",
        ".fold:has(> summary:-soup-contains-own('Show the code'))",  # of a figure
    )
)

#: Fonts of the site, and the weights that its pages use.
TEXT = (
    ("text", "normal", 400),
    ("text", "normal", 600),
    ("text", "normal", 700),
    ("text-italic", "italic", 400),
)
#: Fonts that come with matplotlib: for code, and for the letters that the book's own face lacks.
OTHERS = (
    ("Paper Code", "normal", "DejaVuSansMono"),
    ("Paper Code", "italic", "DejaVuSansMono-Oblique"),
    ("Paper Rest", "normal", "STIXGeneral"),
)


@dataclass(frozen=True)
class Chapter:
    """A page of the site: its name, the caption of the part that it opens, and its HTML."""

    name: str
    part: str
    page: BeautifulSoup

    @property
    def article(self) -> Tag:
        """The text, which becomes that of the chapter."""
        return self.page.article

    @property
    def title(self) -> str:
        """The heading."""
        return self.article.h1.get_text()


def document(site: Path, only: Container[str] | None = None) -> str:
    """Return the HTML of the book, or of the chapters in *only*.

    Raises ``ValueError`` for a link to a place that is not there.
    """
    front = soup((site / f"{ROOT}.html").read_text("utf-8"))
    chapters = [
        Chapter(name, part, soup((site / f"{name}.html").read_text("utf-8")))
        for name, part in order(front)
        if only is None or name in only
    ]
    for chapter in chapters:
        adapt(chapter, address(site))
    ids = {c.name: {tag["id"] for tag in c.article.select("[id]")} for c in chapters}
    for chapter in chapters:
        lead(chapter, ids, address(site))
        keep_apart(chapter)
        for picture in chapter.article.select("img[src]"):
            picture["src"] = urljoin(f"{site.resolve().as_uri()}/", picture["src"])
    return (
        '<!DOCTYPE html>\n<html lang="en" data-theme="light">\n<head><meta charset="utf-8">'
        f"<title>{escape(front.title.get_text())}</title>\n"
        f"<style>{styles(site, chapters)}</style></head>\n<body>\n"
        f"{title_page(site, front)}\n{contents(chapters)}\n<main>\n"
        + "\n".join(str(chapter.article) for chapter in chapters)
        + "\n</main>\n</body>\n</html>\n"
    )


def soup(html: str) -> BeautifulSoup:
    """Return HTML, parsed."""
    return BeautifulSoup(html, "html.parser")


def order(front: BeautifulSoup) -> list[tuple[str, str]]:
    """Return the pages in the order of the contents that stand on each; with the first of a part, its name."""
    pages, part = [(ROOT, "")], ""
    for entry in front.select("#site-contents .caption, #site-contents .toctree-l1 > a"):
        if entry.name == "a":
            pages.append((entry["href"].removesuffix(".html"), part))
            part = ""
        else:
            part = entry.get_text()
    return pages


# --- What paper cannot do. -------------------------------------------------------------------------


def adapt(chapter: Chapter, base: str) -> None:
    """Make a chapter of a page."""
    article = chapter.article
    for tag in article.select(UNPRINTED):
        tag.decompose()
    for comment in article.find_all(string=lambda text: isinstance(text, Comment)):
        comment.extract()
    if chapter.name == ROOT:
        article.h1.string = "Introduction"  # the title of the book has a page of its own
    for figure in article.select("figure.explorable"):
        figure.append(soup(where_it_moves(chapter, figure["id"], base)))
    answers_last(article)
    for fold in article.select("details"):
        fold["open"] = ""


def where_it_moves(chapter: Chapter, name: str, base: str) -> str:
    """Return the line under the first picture of an explorable."""
    place = f"{chapter.name}.html#{name}"
    if base:
        return (
            f'<p class="moves">This figure moves at <a href="{base}{place}">{base}{place}</a></p>'
        )
    return f'<p class="moves">This figure moves on the book’s site, at {place}</p>'


def answers_last(article: Tag) -> None:
    """Move hints, then solutions, to the end of the chapter; in each exercise stays where to turn."""
    ends = {
        kind: soup(f'<section id="{kind.lower()}s"><h2>{kind}s</h2></section>').section
        for kind in ("Hint", "Solution")
    }
    for exercise in article.select("section"):
        turns = []
        for kind, end in ends.items():
            if not (folds := own_folds(exercise, kind)):
                continue
            name = f"{kind.lower()}-{exercise['id']}"
            title = exercise.find(["h2", "h3", "h4"]).decode_contents()
            back = f'<p><a href="#{exercise["id"]}">{title}</a></p>'
            answer = soup(f'<div class="answer" id="{name}">{back}</div>').div
            answer.extend([taken_out(fold) for fold in folds])
            end.append(answer)
            turns.append(f'<a href="#{name}">{kind}: page {number(name)}</a>')
        if turns:
            exercise.append(soup(f'<p class="turn">{" · ".join(turns)}</p>'))
    article.section.extend(end for end in ends.values() if end.div)


def own_folds(section: Tag, kind: str) -> list[Tag]:
    """Return the drop-downs of a section, but not of its subsections, whose names begin so."""
    return [
        fold
        for fold in section.select("details")
        if fold.summary.get_text().startswith(kind) and fold.find_parent("section") is section
    ]


def taken_out(fold: Tag) -> Tag:
    """Take what folds, no longer folded, out of the text; if it is all that a cell shows, the cell."""
    fold.summary.decompose()
    if "cell" in fold.parent.get("class", []):
        cell = fold.parent
        fold.unwrap()
        return cell.extract()
    fold.name, fold.attrs = "div", {}
    return fold.extract()


# --- Links. ----------------------------------------------------------------------------------------


def lead(chapter: Chapter, ids: dict[str, set[str]], base: str) -> None:
    """Let each link lead to its place on paper, else to the site, else let it be words."""
    for link in chapter.article.select("a[href]"):
        if urlsplit(link["href"]).scheme:
            continue
        path, fragment = urldefrag(link["href"])
        page = unquote(path).removesuffix(".html") or chapter.name
        # After a question mark stands an explorable's state, which no paper shows.
        name, _, state = unquote(fragment).partition("?")
        if base and (state or page not in ids):
            link["href"] = (
                f"{base}{path or f'{chapter.name}.html'}{'#' if fragment else ''}{fragment}"
            )
        elif page not in ids:
            link.unwrap()
        elif name and name not in ids[page]:
            raise ValueError(f"{chapter.name}: {link['href']} leads to a place that is not there")
        else:
            link["href"] = f"#{anchor(page, name)}"


def anchor(page: str, name: str = "") -> str:
    """Return what a place is called in the document, where each page has its names for itself."""
    return f"{page}--{name}" if name else page


def keep_apart(chapter: Chapter) -> None:
    """Let the names of a page, and what refers to them within it, begin with that of the page."""
    for tag in chapter.article.find_all(True):
        for key, value in tag.attrs.items():
            if key in ("id", "data-page-of"):
                tag[key] = anchor(chapter.name, value)
            elif tag.name == "use" and key == "xlink:href":
                tag[key] = f"#{anchor(chapter.name, value.removeprefix('#'))}"
            elif isinstance(value, str) and "url(#" in value:
                tag[key] = re.sub(r"url\(#([^)]+)", rf"url(#{chapter.name}--\1", value)
    chapter.article["id"] = chapter.name
    chapter.article["style"] = f"page: {chapter.name}"


def number(name: str) -> str:
    """Return the place of a page number, which is known when the document has been printed."""
    return f'<span class="page-number" data-page-of="{name}"></span>'


# --- The pages before the first, and the look. -----------------------------------------------------


def title_page(site: Path, front: BeautifulSoup) -> str:
    """Return the title page, and on its back what this copy is."""
    base = address(site)
    where = f'at <a href="{base}">{base}</a>' if base else "on the book’s site"
    rights = front.select_one(".foot p")
    return f"""<section class="title-page">
<p class="book-title">{escape(front.title.get_text())}</p>
<p class="book-subtitle">{escape(front.select_one("meta[name=description]")["content"])}</p>
<div class="cover">{cover(site)}</div>
</section>
<section class="imprint">
<p>This copy is for paper.
Figures that move are shown as they start, and the line below each tells where it moves.
What folds on the screen is printed open, beside a rule; so cover it until you have your own answer.
Hints and solutions to the exercises stand at the end of each chapter.
Code that only draws a figure is left out.
All of it, with sliders that slide and notebooks that run, is {where}.</p>
{rights}
</section>"""


def cover(site: Path) -> str:
    """Return the picture of the title page, of which the words below it say enough."""
    picture = (site / "_static" / "valley.svg").read_bytes()
    return f'<img alt="" src="data:image/svg+xml;base64,{b64encode(picture).decode()}">'


def contents(chapters: list[Chapter]) -> str:
    """Return the table of contents: parts, chapters, and their sections."""
    rows = []
    for chapter in chapters:
        if chapter.part:
            rows.append(f'<p class="part">{escape(chapter.part)}</p>')
        rows.append(row("chapter-row", chapter.name, chapter.title))
        rows += [
            row("section-row", heading.find_parent("section")["id"], heading.get_text())
            for heading in chapter.article.select("h2")
        ]
    return '<nav class="paper-contents"><h1>Contents</h1>\n' + "\n".join(rows) + "\n</nav>"


def row(kind: str, name: str, title: str) -> str:
    """Return a line of the contents."""
    return (
        f'<p class="{kind}"><a href="#{name}"><span>{escape(title)}</span> {number(name)}</a></p>'
    )


def styles(site: Path, chapters: list[Chapter]) -> str:
    """Return the site's styles, and after them what only paper needs."""
    links = [link for c in chapters for link in c.page.select("link[rel=stylesheet]")]
    sheets = dict.fromkeys(site / urlsplit(link["href"]).path for link in links)
    heads = [
        f"@page {c.name} {{ @top-left {{ content: {json.dumps(c.title, ensure_ascii=False)} }} }}"
        for c in chapters
    ]
    sheets = [sheet.read_text("utf-8") for sheet in (*sheets, HERE / "paper.css")]
    return "\n".join([*sheets, fonts(), *heads])


@cache
def fonts() -> str:
    """Return the fonts as part of the style sheet; from a file, a page on a disk takes none.

    The book's face is variable.  Browsers print such a face as drawings, and who searches the PDF for a
    word finds gaps between them; so paper gets a face for each weight.
    """
    shipped = Path(matplotlib.get_data_path(), "fonts", "ttf")
    faces = [face("Paper Text", style, weight, cut(name, weight)) for name, style, weight in TEXT]
    faces += [
        face(family, style, 400, (shipped / f"{name}.ttf").read_bytes())
        for family, style, name in OTHERS
    ]
    return "\n".join(faces)


def face(family: str, style: str, weight: int, whole: bytes) -> str:
    """Return the rule for a font."""
    data = b64encode(whole).decode()
    return (
        f'@font-face {{ font-family: "{family}"; font-style: {style}; font-weight: {weight}; '
        f'src: url("data:font/ttf;base64,{data}") }}'
    )


def cut(name: str, weight: int) -> bytes:
    """Return one weight of a font of the site, with the name by which a PDF lists its fonts."""
    whole = TTFont(BytesIO(font(name)))
    if "fvar" in whole:
        instantiateVariableFont(whole, {"wght": weight}, inplace=True)
    whole.flavor = None
    whole["name"].setName(f"BookText-{name}-{weight}", 6, 3, 1, 0x409)
    cut = BytesIO()
    whole.save(cut)
    return cut.getvalue()
