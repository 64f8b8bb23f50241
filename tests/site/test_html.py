"""What the pages' HTML promises: links that lead somewhere, formulas, nothing foreign.

Alternative texts and the order of headings are looked at in the sources, and by axe on the page.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from urllib.parse import parse_qs, unquote, urldefrag, urlsplit

import manuscript
import pytest
from bs4 import BeautifulSoup, NavigableString
from manuscript import Equation, book_pages
from pages import ids_of, pages_of, parsed, text_of

#: Pages that Sphinx makes, and that have no text of ours to describe or to link into.
MADE = {"genindex.html", "search.html", "404.html"}

#: What a default Jupyter Book page loads and this book does without.
UNWANTED = re.compile(
    r"mathjax|require(\.min)?\.js|thebe|font-?awesome|jupyter-widgets|embed-amd", re.I
)


def is_external(address: str) -> bool:
    return bool(urlsplit(address).scheme or urlsplit(address).netloc)


def test_ids_are_unique(soup: BeautifulSoup) -> None:
    counts = Counter(tag["id"] for tag in soup.select("[id]"))
    assert [name for name, count in counts.items() if count > 1] == []


def test_every_internal_link_and_anchor_resolves(
    site: Path, path: str, soup: BeautifulSoup
) -> None:
    broken = []
    for link in soup.select("a[href]"):
        if is_external(link["href"]):
            continue
        address, anchor = urldefrag(link["href"])
        address = urlsplit(address).path
        target = (site / path).parent / unquote(address) if address else site / path
        target = site / unquote(address).lstrip("/") if address.startswith("/") else target
        target = target / "index.html" if target.is_dir() else target
        if anchor.startswith("cell-id="):  # of a notebook in the lab
            notebook = parse_qs(urlsplit(link["href"]).query)["path"][0].removesuffix(".ipynb")
            if anchor.removeprefix("cell-id=") in [
                c.node["id"] for c in manuscript.page(notebook).cells
            ]:
                continue
        # After a question mark stands an explorable's state: #descent?learning_rate=1.05
        name = unquote(anchor).partition("?")[0]
        if not target.is_file() or (name and name not in ids_of(target)):
            broken.append(link["href"])
    assert broken == []


def test_every_link_leads_somewhere(soup: BeautifulSoup) -> None:
    """An anchor without an address is none, to a search engine or a keyboard."""
    assert [str(link) for link in soup.select("a:not([href])")] == []


def test_nothing_is_loaded_from_elsewhere(soup: BeautifulSoup) -> None:
    loaded = [
        address
        for tag in soup.select(
            "script[src], link[href], img[src], iframe[src], source[src], object"
        )
        if (address := tag.get("src") or tag.get("href") or tag.get("data") or "")
        and is_external(address)
        and not address.startswith("data:")
        and tag.get("rel") not in (["canonical"], ["license"], ["author"])
    ]
    assert loaded == []


def test_nothing_unwanted_is_loaded(soup: BeautifulSoup) -> None:
    scripts = [
        str(tag)[:200] for tag in soup.select("script, link[rel=stylesheet], link[rel=preload]")
    ]
    assert [tag for tag in scripts if UNWANTED.search(tag)] == []


def test_every_heading_has_a_link_to_itself(path: str, soup: BeautifulSoup) -> None:
    if path in MADE:
        return
    unlinked = [
        heading.get_text()
        for heading in soup.select("article h1, article h2, article h3, article h4")
        if not (link := heading.select_one("a.headerlink"))
        or not soup.find(id=link["href"].removeprefix("#"))
    ]
    assert unlinked == []


def test_page_introduces_itself(site: Path, path: str, soup: BeautifulSoup) -> None:
    def meta(name: str) -> str:
        tag = soup.select_one(f'head meta[name="{name}"], head meta[property="{name}"]')
        return tag["content"].strip() if tag else ""

    assert soup.html["lang"] == "en"
    assert soup.title.get_text().strip()
    assert soup.select_one('meta[name="viewport"]')
    if path in MADE:
        return
    assert 50 <= len(meta("description")) <= 200, "a description of one or two sentences"
    assert meta("og:title")
    assert meta("og:description")
    card = meta("og:image").partition("_static/")[2]
    assert (site / "_static" / card).is_file(), f"the card {card!r} is not part of the site"
    canonical = soup.select_one('link[rel="canonical"]')
    if canonical:
        assert canonical["href"].endswith("/") or canonical["href"].endswith(path)


def test_descriptions_tell_pages_apart(site: Path) -> None:
    tag = re.compile('<meta name="description" content="(.*?)">')
    counts = Counter(text for path in pages_of(site) for text in tag.findall(text_of(site / path)))
    assert len(counts) > 1
    assert [text for text, count in counts.items() if count > 1] == []


def test_formulas_are_rendered(soup: BeautifulSoup) -> None:
    assert soup.select(".katex-error, merror, .math.error, .system-message") == []
    text = [
        node
        for node in soup.find("main").find_all(
            string=re.compile(r"\$\$|\\(frac|partial|mathbf|sigma|begin)\b")
        )
        if not node.find_parent(["code", "pre", "annotation", "script", "style"])
    ]
    assert text == [], "TeX that nothing rendered"


def test_each_page_counts_its_own_equations(soup: BeautifulSoup) -> None:
    """From 1, and a reference from another page says which page it is."""
    numbers = [number.get_text() for number in soup.select(".equation-number")]
    assert numbers == [f"({count})" for count in range(1, len(numbers) + 1)]
    elsewhere = [a.get_text() for a in soup.select('main a[href*=".html#equation-"]')]
    assert [text for text in elsewhere if not re.fullmatch(r"\w.*\xa0\(\d+\)", text)] == []


def test_no_line_begins_with_a_full_stop(soup: BeautifulSoup) -> None:
    """A formula keeps the marks behind it; without, the browser may end the line between them."""
    links = soup.select("main td a[href*='#equation-']")
    numbers = [link for link in links if re.fullmatch(r"\(\d+\)", link.get_text())]
    torn = [
        f"{formula.get_text()} {formula.next_sibling[:12]}"
        for formula in [*soup.select("main math"), *numbers]
        if isinstance(formula.next_sibling, NavigableString)
        and formula.next_sibling[:1] in tuple(".,;:!?)]")
        and not formula.find_parent(class_="whole")
    ]
    assert torn == []
    doubled = soup.find("main").find_all(class_="whole", string=re.compile(r"[.,;:]{2}"))
    after = [
        str(whole.next_sibling)[:12]
        for whole in soup.select("main .whole")
        if whole.get_text()[-1:] in ".,;:" and str(whole.next_sibling)[:1] in tuple(".,;:")
    ]
    assert doubled + after == []


EQUATIONS = [equation for page in book_pages() for equation in page.equations]


@pytest.mark.parametrize("equation", EQUATIONS, ids=lambda equation: equation.label)
def test_every_labeled_equation_is_on_its_page_under_its_number(
    site: Path, equation: Equation
) -> None:
    page = f"{equation.page.path.stem}.html"
    place = parsed(site / page).find(id=f"equation-{equation.label}")
    assert place, f"{page} has no equation-{equation.label}"
    assert place.select_one(".equation-number").get_text() == f"({equation.number})"
    assert place.find(["math", "svg"]) or place.select_one(".katex")
    annotation = place.find("annotation")
    if annotation:  # the source that the formula was rendered from
        assert squeezed(equation.latex) in squeezed(annotation.get_text())


def squeezed(tex: str) -> str:
    return re.sub(r"\s+", "", tex)


def test_there_is_a_page_for_lost_readers(site: Path) -> None:
    lost = parsed(site / "404.html")
    assert lost.select("main a[href]"), "a way back"


def test_sitemap_lists_every_page(site: Path) -> None:
    if not parsed(site / "index.html").select_one('link[rel="canonical"]'):
        assert not (site / "sitemap.xml").exists(), "a sitemap needs the site's own address"
        return
    places = re.findall(r"<loc>(.*?)</loc>", (site / "sitemap.xml").read_text(encoding="utf-8"))
    listed = {place.rsplit("/", 1)[-1] or "index.html" for place in places}
    assert {Path(path).name for path in pages_of(site)} - MADE == listed
