"""Forward the addresses of what has moved from a page to another, states of figures included.

What follows the ``#`` of an address never reaches a server, so the old page itself sends its reader on.
``book/moved.yml`` says what went where.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import yaml
from sphinx.application import Sphinx


@cache
def moved(book: Path) -> dict[str, dict[str, str]]:
    """Return for each page that lost something: anchor → where it is now, as ``page#anchor``."""
    places = book / "moved.yml"
    pages = yaml.safe_load(places.read_text(encoding="utf-8")) if places.exists() else {}
    return {
        page: {
            old: f"{target}#{new}"
            for target, anchors in targets.items()
            for anchor in anchors
            for old, new in (anchor.items() if isinstance(anchor, dict) else [(anchor, anchor)])
        }
        for page, targets in pages.items()
    }


def forward(app: Sphinx, page: str, _template: str, context: dict, _doctree: object) -> None:
    """Tell the layout what has moved from a page, as JSON."""
    places = moved(Path(app.srcdir)).get(page, {})
    link = app.builder.get_relative_uri
    context["moved"] = places and json.dumps(
        {
            old: link(page, new.partition("#")[0]) + f"#{new.partition('#')[2]}"
            for old, new in places.items()
        },
        separators=(",", ":"),
    )


def setup(app: Sphinx) -> dict:
    """Connect to Sphinx."""
    app.connect("html-page-context", forward)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
