"""Each fault of a page is told, at the end of the build and of the next one; other pages are built.

Sphinx stops at an exception, and at a warning it goes on for pages and pages; then it takes the page
that it has warned of for done, and the next build for a success.
"""

from __future__ import annotations

import logging
import re
import sys
from pathlib import Path

from docutils import nodes
from myst_nb.sphinx_ import Parser
from sphinx.application import ENV_PICKLE_FILENAME, Sphinx
from sphinx.util.logging import SphinxWarningLogRecord, WarningStreamHandler, getLogger

logger = getLogger(__name__)

#: MyST-NB counts ten thousand lines for each cell of a notebook, and the first twice.
LINE = re.compile(r"\.ipynb:(\d+?)(\d{4})\b")


class PageByPage(Parser):
    """Read a page; where that cannot be done, warn and leave it empty."""

    def parse(self, inputstring: str, document: nodes.document) -> None:
        """Parse a source into a document."""
        try:
            super().parse(inputstring, document)
        except Exception as error:
            reasons = [error, *filter(None, [error.__cause__])]
            text = "; ".join(f"{type(e).__name__}: {e}" for e in reasons)
            logger.warning("the page cannot be read: %s", text, location=self.env.docname)
            document.attributes.pop("nb_renderer", None)  # cannot be stored
            title = nodes.title(text=self.env.docname)
            document.children = [nodes.section("", title, ids=["unread"])]
            document[0].parent = document


class Memory:
    """What has been warned of in this build."""

    def __init__(self) -> None:
        self.messages: list[str] = []

    def hear(self, record: SphinxWarningLogRecord) -> bool:
        """Name the place in a notebook by cell and line; remember the warning, and let it pass."""
        if isinstance(record.location, str):
            record.location = LINE.sub(in_cell, record.location)
        self.messages.append(record.getMessage())
        return True

    def tell(self, app: Sphinx, _exception: Exception | None) -> None:
        """Say it all again, and let the next build begin with reading, so that it finds what is left."""
        if self.messages:
            Path(app.doctreedir, ENV_PICKLE_FILENAME).unlink(missing_ok=True)
            print(*("\n", *self.messages), sep="\n\n", file=sys.stderr)


def in_cell(match: re.Match[str]) -> str:
    """Return a line of a notebook as an author finds it."""
    return f".ipynb, cell {match[1]}, line {max(int(match[2]) - 1, 1)}"


def setup(app: Sphinx) -> dict:
    """Connect to Sphinx."""
    memory = Memory()
    for handler in logging.getLogger("sphinx").handlers:
        if isinstance(handler, WarningStreamHandler):
            handler.addFilter(memory.hear)  # behind those that drop a warning, or place it
    app.add_source_parser(PageByPage, override=True)
    app.connect("build-finished", memory.tell, priority=1000)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
