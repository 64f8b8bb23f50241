"""Boxes that open are of three kinds, and look it: an answer, code, and what is proved or said aside.

An author writes ``<details>`` with a ``<summary>``, whose words say which of the first and the last it
is; folded code comes from MyST-NB and has its class from ``html_writer``.  An answer is named after
its section too, for those who hear a list of all that opens, where eight are called "Hint".
"""

from __future__ import annotations

import re
from html import escape

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

#: What opens an answer: to a question, to an exercise.
ANSWERS = {"Hint", "Solution", "Check your prediction"}

_NUMBER = re.compile(r"^\d+\. ")
_FOLD = re.compile(r"<details>\s*<summary>(.*?)</summary>", re.DOTALL)


def classed(html: str, section: str) -> str:
    """Return the HTML of a section of this title with each fold's kind as its class, answers named."""

    def opened(fold: re.Match) -> str:
        words = fold[1]
        if words not in ANSWERS:
            return f'<details class="proof"><summary>{words}</summary>'
        name = escape(f"{words}: {section}")
        return f'<details class="answer"><summary aria-label="{name}">{words}</summary>'

    return _FOLD.sub(opened, html)


class KindsOfFolds(SphinxPostTransform):
    """Give each fold of a page its class, and each answer its name."""

    default_priority = 200
    formats = ("html",)

    def run(self, **_kwargs: object) -> None:
        """Change the raw HTML of the page, where it begins a fold."""
        for raw in list(self.document.findall(nodes.raw)):
            if "<details>" in raw.astext():
                title = _section(raw).next_node(nodes.title)
                html = classed(raw.astext(), _NUMBER.sub("", title.astext()))
                raw.replace_self(nodes.raw("", html, format="html"))


def _section(node: nodes.Node) -> nodes.Element:
    """Return the section that a node stands in, or the page."""
    while not isinstance(node, (nodes.section, nodes.document)):
        node = node.parent
    return node


def setup(app: Sphinx) -> dict:
    """Connect to Sphinx."""
    app.add_post_transform(KindsOfFolds)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
