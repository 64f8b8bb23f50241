"""Boxes that open are of three kinds, and look it: an answer, code, and what is proved or said aside.

An author writes ``<details>`` with a ``<summary>``, whose words say which of the first and the last it
is; folded code comes from MyST-NB and has its class from ``html_writer``.
"""

from __future__ import annotations

import re

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

#: What opens an answer: to a question, to an exercise.
ANSWERS = {"Hint", "Solution", "Check your prediction"}

_FOLD = re.compile(r"<details>(?=\s*<summary>(.*?)</summary>)", re.DOTALL)


def classed(html: str) -> str:
    """Return the HTML with each fold's kind as its class."""
    return _FOLD.sub(
        lambda fold: f'<details class="{"answer" if fold[1] in ANSWERS else "proof"}">', html
    )


class KindsOfFolds(SphinxPostTransform):
    """Give each fold of a page its class."""

    default_priority = 200
    formats = ("html",)

    def run(self, **_kwargs: object) -> None:
        """Change the raw HTML of the page, where it begins a fold."""
        for raw in list(self.document.findall(nodes.raw)):
            if "<details>" in raw.astext():
                raw.replace_self(nodes.raw("", classed(raw.astext()), format="html"))


def setup(app: Sphinx) -> dict:
    """Connect to Sphinx."""
    app.add_post_transform(KindsOfFolds)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
