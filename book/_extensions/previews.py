"""A look at what a reference refers to, without leaving the line that one reads.

Equations, citations, glossary terms, notes and figures show themselves when their reference is
hovered over or focused.  What is on the same page the script finds there.  What is on another page
travels with this one, in a ``<template>`` that costs nothing until it is wanted, because a page that
was opened from a disk cannot fetch its neighbor.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from urllib.parse import unquote, urldefrag

from bs4 import BeautifulSoup, Tag
from sphinx.application import Sphinx

MARK = "<!-- previews -->"


def excerpt(target: Tag) -> str | None:
    """Return the HTML to show for a link's target; None for what is too large to preview."""
    if target.name == "span" and not target.get_text(strip=True):
        target = target.find_next(["div", "figure"])  # an anchor stands before what it names
    if target is None:
        return None
    if target.name == "dt":
        definition = target.find_next_sibling("dd")
        return f"{target.decode_contents()}: {definition.decode_contents()}" if definition else None
    if {"equation", "citation"} & set(target.get("class", [])):
        return str(target)
    return None


def collect(page: Path, read: callable) -> dict[str, str]:
    """Return reference → HTML for the references of a page to other pages of the book."""
    found: dict[str, str] = {}
    for link in read(page).select("article a.reference.internal[href*='.html#']"):
        address, fragment = urldefrag(link["href"])
        target_page = (page.parent / unquote(address)).resolve()
        if link["href"] in found or not target_page.exists():
            continue
        target = read(target_page).find(id=fragment)
        if target and (html := excerpt(target)):
            found[link["href"]] = html
    return found


def clean(html: str) -> str:
    """Take ids and links to itself out of an excerpt: a page has each id once."""
    soup = BeautifulSoup(html, "html.parser")
    for tag in soup.select(".headerlink, .backrefs, [role=doc-backlink]"):
        tag.decompose()
    for tag in soup.select("[id]"):
        del tag["id"]
    for tag in soup.select("a"):
        tag.unwrap()
    return str(soup)


def add_previews(app: Sphinx, exception: Exception | None) -> None:
    """Put into each page the excerpts that its references to other pages need."""
    if exception or app.builder.format != "html":
        return

    @cache
    def read(path: Path) -> BeautifulSoup:
        return BeautifulSoup(path.read_text("utf-8").split(MARK)[0], "html.parser")

    out = Path(app.outdir).resolve()
    for name in sorted(app.env.found_docs):
        page = out / app.builder.get_target_uri(name)
        text = page.read_text("utf-8")
        before, *_, after = text.split(
            MARK
        )  # the layout writes the mark twice; between them is ours
        templates = "".join(
            f'<template data-preview="{href}">{clean(html)}</template>\n'
            for href, html in collect(page, read).items()
        )
        page.write_text(f"{before}{MARK}{templates}{MARK}{after}", "utf-8")


def setup(app: Sphinx) -> dict:
    """Connect to Sphinx."""
    app.connect("build-finished", add_previews)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
