"""Scripts as they are served: without comments and indentation, which only their authors read.

They are a quarter of what a page would fetch.  Names stay, so an error still says where it happened.
"""

from __future__ import annotations

import re
from pathlib import Path

from site_theme import THEME
from sphinx.application import Sphinx

_COMMENT = re.compile(r"^\s*(?:/\*.*?\*/|//[^\n]*)\n", re.DOTALL | re.MULTILINE)


def lean(script: str) -> str:
    """Return a script without the comments that have lines of their own, and without indentation."""
    return re.sub(r"(?m)^[ \t]+", "", _COMMENT.sub("", script))


def serve(app: Sphinx, exception: Exception | None) -> None:
    """Write the scripts of the theme and of the explorables so, once all are where they belong."""
    if exception or app.builder.format != "html":
        return
    static = Path(app.outdir, "_static")
    ours = [static / path.name for path in THEME.glob("static/*.js")]
    for path in [*ours, static / "explorables" / "player.js"]:
        path.write_text(lean(path.read_text("utf-8")), "utf-8")


def setup(app: Sphinx) -> dict:
    """Connect to Sphinx."""
    app.connect("build-finished", serve)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
