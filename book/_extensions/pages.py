"""What a page says of itself to search engines and to people who pass its link on.

Each page gets a description (its first paragraph), a card (a picture with its title, drawn by
matplotlib) and, where ``html.baseurl`` is set, its canonical address; the site gets a page for missing
addresses, ``robots.txt`` and ``sitemap.xml``.
"""

from __future__ import annotations

import re
import textwrap
from html import escape
from pathlib import Path
from urllib.parse import urlsplit

import matplotlib.pyplot as plt
import numpy as np
from docutils import nodes
from matplotlib.figure import Figure
from sphinx.application import Sphinx

from utils.figures import GRADIENT, INK, INPUT, MUTED, PAPER

CARDS = "_static/cards"


def description(doctree: nodes.document, limit: int = 160) -> str:
    """Return the page's first paragraph, cut at a word where it is longer than engines show."""
    for paragraph in doctree.findall(nodes.paragraph):
        if isinstance(paragraph.parent, (nodes.section, nodes.document)):
            text = re.sub(r"\s+", " ", paragraph.astext()).strip()
            return textwrap.shorten(text, limit, placeholder=" …")
    return ""


def valley(x: np.ndarray) -> np.ndarray:
    """Return the curve of the cards, in inches."""
    return 0.9 + 0.62 * (x - 9.6) ** 2


def card(title: str, subtitle: str) -> Figure:
    """Draw a card of 1200 by 630 pixels: the title over a descent."""
    with plt.rc_context({"font.family": "DejaVu Serif", "svg.hashsalt": "card"}):
        figure = Figure(figsize=(12, 6.3), dpi=100, facecolor=PAPER)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, 12), ylim=(0, 6.3))
        axes.axis("off")
        x = np.linspace(6.6, 12.4, 200)
        axes.plot(x, valley(x), color=INPUT, linewidth=5)
        steps = 9.6 - 2.6 * (-0.62) ** np.arange(9)
        axes.plot(steps, valley(steps), "o-", color=GRADIENT, linewidth=2, markersize=13)
        lines = textwrap.wrap(title, 13)
        axes.text(0.8, 5.5, "\n".join(lines), size=46, color=INK, weight="bold", va="top")
        axes.text(0.8, 0.7, subtitle, size=20, color=MUTED)
    return figure


def metadata(
    app: Sphinx, page: str, _template: str, context: dict, doctree: nodes.document | None
) -> None:
    """Write the page's ``<meta>`` elements, and remember its card."""
    if page == "404":
        context["base_path"] = urlsplit(app.config.html_baseurl).path
    if doctree is None:
        return
    book = app.config.html_title
    title = nodes.document.astext(app.env.titles[page]) if page != app.config.root_doc else book
    summary = description(doctree)
    base = app.config.html_baseurl
    root = base or context["content_root"]
    app.env.book_cards[page] = (
        title,
        book if title != book else "derived, implemented, turned by hand",
    )
    properties = {
        "og:type": "website" if title == book else "article",
        "og:site_name": book,
        "og:title": title,
        "og:description": summary,
        "og:image": f"{root}{CARDS}/{page}.png",
        "og:image:width": "1200",
        "og:image:height": "630",
        "og:image:alt": f"{title}: points step down a valley to its floor.",
        "twitter:card": "summary_large_image",
    }
    if base:
        properties["og:url"] = context["pageurl"]
    tags = [f'<meta name="description" content="{escape(summary)}">']
    tags += [
        f'<meta property="{key}" content="{escape(text)}">' for key, text in properties.items()
    ]
    # What stands there is docutils' own viewport, which the layout has.
    context["metatags"] = "\n  " + "\n  ".join(tags)


def start(app: Sphinx) -> None:
    """Ask for the page of missing addresses; keep the cards of pages that are not built anew."""
    app.config.html_additional_pages["404"] = "404.html"
    app.env.book_cards = getattr(app.env, "book_cards", {})


def finish(app: Sphinx, exception: Exception | None) -> None:
    """Draw the cards; write ``robots.txt`` and ``sitemap.xml``."""
    if exception or app.builder.format != "html":
        return
    out, base = Path(app.outdir), app.config.html_baseurl
    for page, (title, subtitle) in app.env.book_cards.items():
        path = out / CARDS / f"{page}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        # No software name and no date inside: the same book gives the same bytes.
        card(title, subtitle).savefig(path, metadata={"Software": None})
    robots = "User-agent: *\nAllow: /\nDisallow: /lab/\n"  # the chapters again, as a program
    if base:
        pages = "".join(
            f"<url><loc>{escape(base + app.builder.get_target_uri(p))}</loc></url>\n"
            for p in sorted(app.env.found_docs)
        )
        sitemap = (
            f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{pages}</urlset>\n'
        )
        (out / "sitemap.xml").write_text(
            '<?xml version="1.0" encoding="utf-8"?>\n' + sitemap, "utf-8"
        )
        robots += f"Sitemap: {base}sitemap.xml\n"
    (out / "robots.txt").write_text(robots, "utf-8")


def setup(app: Sphinx) -> dict:
    """Connect to Sphinx."""
    app.connect("builder-inited", start)
    app.connect("html-page-context", metadata)
    app.connect("build-finished", finish)
    return {"parallel_read_safe": True, "parallel_write_safe": False}
