"""The book's own theme (``book/_theme``): what its templates and style sheets need from Python.

Sphinx and its extensions add scripts and styles for pages that they imagine.  Ours are finished
when they are built, so only what is listed here, or is a page's own, gets through.
"""

from __future__ import annotations

import base64
import sys
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

THEME = Path(__file__).parents[1] / "_theme"
sys.path.insert(0, str(THEME.parents[1]))  # `utils` is installed in place, but not on every builder

from utils.figures import PALETTE  # noqa: E402

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
    app.config.html_context["fonts"] = {
        font.stem: base64.b64encode(font.read_bytes()).decode()
        for font in sorted((THEME / "fonts").glob("*.woff2"))
    }


def trim(_app: Sphinx, _page: str, _template: str, context: dict, _doctree: nodes.Node | None) -> None:
    """Drop scripts and styles that the page does not need; none of the rest holds up the reading."""
    context["css_files"] = [css for css in context["css_files"] if wanted(css)]
    context["script_files"] = [js for js in context["script_files"] if wanted(js)]
    for script in context["script_files"]:
        if getattr(script, "filename", None) and "async" not in script.attributes:
            script.attributes["defer"] = "defer"


class ScrollingTables(SphinxPostTransform):
    """Put each table in a box that scrolls, so that the page never does."""

    default_priority = 700
    formats = ("html",)

    def run(self, **_kwargs: object) -> None:
        """Wrap the tables."""
        for table in list(self.document.findall(nodes.table)):
            box = nodes.container(classes=["scroll"])
            table.replace_self(box)
            box += table


def setup(app: Sphinx) -> dict:
    """Register the theme and connect its parts."""
    app.add_html_theme("derived", THEME)
    app.add_post_transform(ScrollingTables)
    app.connect("builder-inited", style_context)
    app.connect("html-page-context", trim, priority=900)  # after all who add scripts
    return {"parallel_read_safe": True, "parallel_write_safe": True}
