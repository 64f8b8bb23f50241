"""A look at what a reference refers to, without leaving the line that one reads.

Equations, citations, glossary terms, notes and figures show themselves when their reference is
hovered over or focused.  What is on the same page the script finds there.  What is on another page
travels with this one, in a ``<template>`` that costs nothing until it is wanted, because a page that
was opened from a disk cannot fetch its neighbor.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urldefrag

from lxml import html
from lxml.html import HtmlElement
from sphinx.application import Sphinx

MARK = "<!-- previews -->"
LINKS_TO_ITSELF = (
    "descendant::*[@role = 'doc-backlink' or contains(@class, 'headerlink')"
    " or contains(@class, 'backrefs')]"
)
REFERENCES = (
    "//article//a[contains(concat(' ', @class, ' '), ' reference internal ')]"
    "[contains(@href, '.html#')]"
)


def excerpt(target: HtmlElement) -> str | None:
    """Return the HTML to show for a link's target; None for what is too large to preview."""
    if target.tag == "span" and not target.text_content().strip():
        # an anchor stands before what it names
        target = next(iter(target.xpath("following::*[self::div or self::figure][1]")), None)
    if target is None:
        return None
    if target.tag == "dt":
        definition = next(target.itersiblings("dd"), None)
        return None if definition is None else f"{inside(target)}: {inside(definition)}"
    if {"equation", "citation"} & set(target.classes):
        return html.tostring(clean(target), encoding="unicode")
    return None


def clean(element: HtmlElement) -> HtmlElement:
    """Return a copy without ids and links to itself: a page has each id once."""
    copy = deepcopy(element)
    copy.tail = None
    for tag in copy.xpath(LINKS_TO_ITSELF):
        tag.drop_tree()
    for tag in copy.xpath("descendant-or-self::*[@id]"):
        del tag.attrib["id"]
    for tag in copy.xpath("descendant::a"):
        tag.drop_tag()
    return copy


def inside(element: HtmlElement) -> str:
    """Return what stands in an element, cleaned."""
    copy = clean(element)
    return (copy.text or "") + "".join(html.tostring(part, encoding="unicode") for part in copy)


def collect(page: Path, read: Callable[[Path], HtmlElement]) -> dict[str, str]:
    """Return reference → HTML for the references of a page to other pages of the book."""
    found: dict[str, str] = {}
    for link in read(page).xpath(REFERENCES):
        address, fragment = urldefrag(link.get("href"))
        target_page = (page.parent / unquote(address)).resolve()
        if link.get("href") in found or not target_page.exists():
            continue
        target = read(target_page).get_element_by_id(fragment, None)
        if target is not None and (shown := excerpt(target)):
            found[link.get("href")] = shown
    return found


def add_previews(app: Sphinx, exception: Exception | None) -> None:
    """Put into each page the excerpts that its references to other pages need."""
    if exception or app.builder.format != "html":
        return

    @cache
    def read(path: Path) -> HtmlElement:
        return html.document_fromstring(path.read_text("utf-8").split(MARK)[0])

    out = Path(app.outdir).resolve()
    for name in sorted(app.env.found_docs):
        page = out / app.builder.get_target_uri(name)
        text = page.read_text("utf-8")
        before, *_, after = text.split(
            MARK
        )  # the layout writes the mark twice; between them is ours
        templates = "".join(
            f'<template data-preview="{href}">{shown}</template>\n'
            for href, shown in collect(page, read).items()
        )
        page.write_text(f"{before}{MARK}{templates}{MARK}{after}", "utf-8")


def setup(app: Sphinx) -> dict:
    """Connect to Sphinx."""
    app.connect("build-finished", add_previews)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
