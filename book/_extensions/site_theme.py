"""The book's own theme (``book/_theme``): what its templates and style sheets need from Python.

Sphinx and its extensions add scripts and styles for pages that they imagine.  Ours are finished
when they are built, so only what is listed here, or is a page's own, gets through.
"""

from __future__ import annotations

import base64
import re
from pathlib import Path

from docutils import nodes
from fonts import FACES, font
from sphinx.application import Sphinx

from utils.figures import LETTERS, PALETTE

THEME = Path(__file__).parents[1] / "_theme"

#: What Sphinx, MyST and the rest would load on every page; the search page asks for its own.
UNWANTED = {
    "_static/basic.css",
    "_static/pygments.css",
    "_static/documentation_options.js",
    "_static/doctools.js",
    "_static/sphinx_highlight.js",
}
UNWANTED_PREFIXES = ("_static/mystnb.", "https://", "http://")


def wanted(asset: object) -> bool:
    """Say whether a page keeps this script or style sheet."""
    name = str(getattr(asset, "filename", asset) or "")
    return bool(name) and name not in UNWANTED and not name.startswith(UNWANTED_PREFIXES)


def style_context(app: Sphinx) -> None:
    """Give the style sheets the figures' palette and the fonts, each written down once, elsewhere."""
    app.config.html_context["palette"] = PALETTE
    app.config.html_context["roles"] = list(LETTERS)
    app.config.html_context["fonts"] = {
        name: base64.b64encode(font(name)).decode() for name in FACES
    }


def trim(
    _app: Sphinx, _page: str, _template: str, context: dict, _doctree: nodes.Node | None
) -> None:
    """Drop scripts and styles that the page does not need; none of the rest holds up the reading."""
    context["css_files"] = [css for css in context["css_files"] if wanted(css)]
    context["script_files"] = [js for js in context["script_files"] if wanted(js)]
    for script in context["script_files"]:
        if getattr(script, "filename", None) and "async" not in script.attributes:
            script.attributes["defer"] = "defer"


def sections(app: Sphinx, page: str) -> str:
    """Return the page's sections, one level deep, as a list of links."""
    toc = app.env.tocs[page].deepcopy()
    lists = list(toc.findall(nodes.bullet_list))
    if len(lists) < 2:
        return ""
    for deeper in [inner for item in lists[1] for inner in item.findall(nodes.bullet_list)]:
        deeper.parent.remove(deeper)
    for reference in lists[1].findall(nodes.reference):
        reference["refuri"] = reference["anchorname"]
    return app.builder.render_partial(lists[1])["fragment"]


def contents(
    app: Sphinx, page: str, _template: str, context: dict, doctree: nodes.Node | None
) -> None:
    """Make the contents: the chapters of the book and, under the one being read, its sections."""
    toc = context["toctree"](collapse=True, maxdepth=1, titles_only=True, includehidden=True)
    if doctree is not None:
        toc = re.sub(
            r'<a class="current reference internal" href="#">(.*?)</a>',
            lambda m: f'<a href="#main" aria-current="page">{m[1]}</a>{sections(app, page)}',
            toc,
            count=1,
            flags=re.DOTALL,
        )
    context["contents"] = toc.replace(' role="heading"', "")  # of no level, between no headings


def setup(app: Sphinx) -> dict:
    """Register the theme and connect its parts."""
    app.add_html_theme("derived", THEME)
    app.add_config_value("comments_config", {}, "html")  # Jupyter Book sets it in any case
    app.connect("builder-inited", style_context)
    app.connect("html-page-context", contents)
    app.connect("html-page-context", trim, priority=900)  # after all who add scripts
    return {"parallel_read_safe": True, "parallel_write_safe": True}
