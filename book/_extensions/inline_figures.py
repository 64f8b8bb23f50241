"""Plain figures: their SVG goes into the page itself, where it follows the theme.

A picture in an ``<img>`` cannot see the page's colors; one in the page can.  So the SVG output of a
cell is written in place, its colors by role (:func:`utils.figures.themed`), its ids made its own, and
its alternative text, from the cell's metadata, said to screen readers::

    "metadata": {"mystnb": {"image": {"alt": "The cost falls …"}}}

A figure without alternative text is a warning of the build.
"""

from __future__ import annotations

import re
from html import escape
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

from utils.figures import themed

logger = logging.getLogger(__name__)


def inline(svg: str, *, alt: str, prefix: str) -> str:
    """Return an SVG file as an element of a page.

    ``prefix`` keeps its ids apart from those of other figures on the page.
    """
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>|<!--.*?-->", "", svg, flags=re.DOTALL)
    svg = re.sub(r'\bid="([^"]+)"', rf'id="{prefix}-\1"', svg)
    svg = re.sub(r'href="#([^"]+)"', rf'href="#{prefix}-\1"', svg)
    svg = re.sub(r"url\(#([^)]+)\)", rf"url(#{prefix}-\1)", svg)
    svg = re.sub(
        r"<style.*?</style>", "", svg, flags=re.DOTALL
    )  # in a page it would style the page
    # A hundredth of a point is finer than any screen.
    svg = re.sub(r'\b(?:d|x|y)="[^"]*"', lambda m: re.sub(r"(\.\d\d)\d+", r"\1", m[0]), svg)
    svg = re.sub(r"\s*\n\s*", " ", svg)
    label = f'role="img" aria-label="{escape(alt)}" stroke-linejoin="round"'
    return themed(svg.replace("<svg", f"<svg {label}", 1))


def placed(node: nodes.Node) -> nodes.Node:
    """Return what is known to stand on a line of the source: this node, or what it stands in."""
    return node if node.line or node.parent is None else placed(node.parent)


class InlineFigures(SphinxPostTransform):
    """Replace images that are SVG outputs of cells by their contents."""

    default_priority = 20  # after MyST-NB has chosen each output's format, before images are copied
    formats = ("html",)

    def run(self, **_kwargs: object) -> None:
        """Check every image of the page, and inline those that a cell drew."""
        for number, image in enumerate(list(self.document.findall(nodes.image))):
            alt = image.get("alt", "").strip()
            if not alt:
                logger.warning(
                    "a figure has no alternative text (%s); say what it shows in the cell's "
                    'metadata: "mystnb": {"image": {"alt": "…"}}',
                    image["uri"],
                    location=placed(image),
                )
            path = Path(self.env.srcdir, image["uri"])
            if path.suffix == ".svg" and "jupyter_execute" in path.parts:
                figure = inline(path.read_text("utf-8"), alt=alt, prefix=f"figure-{number}")
                image.replace_self(
                    nodes.raw("", f'<div class="picture">{figure}</div>', format="html")
                )


def setup(app: Sphinx) -> dict:
    """Connect to Sphinx."""
    app.add_post_transform(InlineFigures)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
