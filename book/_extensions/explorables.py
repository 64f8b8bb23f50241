"""Explorables on the site: record them while the notebooks run, and serve each beside its page.

The output of a notebook's cell holds the first picture and the recording in one piece.  Here the
recording moves out to a script of its own, which the player fetches when the reader comes near.  A
page with an explorable gets the player; the others get nothing.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import sys
from pathlib import Path, PurePosixPath

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.osutil import relative_uri

sys.path.insert(
    0, str(Path(__file__).parents[2])
)  # `utils`, on a builder that has not installed it

from utils.explore import markup

logger = logging.getLogger(__name__)
MOST_BYTES = 500_000  # of a recording, as a server sends it
FOLDER = "_static/explorables"
SCRIPT, STYLE = f"{FOLDER}/player.js", f"{FOLDER}/player.css"
_EXPLORABLE = re.compile(
    r'<figure class="explorable" id="(?P<name>[a-z0-9-]+)"(?P<inside>[ >].*?)'
    r'<script type="application/json" class="explorable-recording">(?P<recording>.*?)</script>',
    re.DOTALL,
)


def write_player(app: Sphinx) -> None:
    """Write the player where the pages will look for it."""
    if app.builder.format == "html":
        folder = Path(app.outdir, FOLDER)
        folder.mkdir(parents=True, exist_ok=True)
        Path(app.outdir, SCRIPT).write_text(markup.page_script(), encoding="utf-8")
        Path(app.outdir, STYLE).write_text(markup.style(), encoding="utf-8")


def split(
    app: Sphinx, page: str, _template: str, context: dict, _doctree: nodes.Node | None
) -> None:
    """Move the recordings of a page out to scripts."""
    seen: set[str] = set()

    def move(match: re.Match[str]) -> str:
        name, recording = match["name"], match["recording"]
        if name in seen:
            logger.warning("two explorables have the name %r", name, location=page)
        seen.add(name)
        size = len(gzip.compress(recording.encode(), 6))
        if size > MOST_BYTES:
            logger.warning(
                "the recording of %r has %d kB compressed, more than %d: give its controls "
                "fewer stops or its lines fewer points",
                name,
                size // 1000,
                MOST_BYTES // 1000,
                location=page,
            )
        digest = hashlib.sha256(recording.encode()).hexdigest()[:10]
        target = f"{FOLDER}/{page.replace('/', '-')}-{name}.{digest}.js"
        _write(Path(app.outdir, target), f'explorable("{name}",{recording})\n')
        address = relative_uri(app.builder.get_target_uri(page), PurePosixPath(target).as_posix())
        return f'<figure class="explorable" id="{name}" data-recording="{address}"{match["inside"]}'

    if "explorable-recording" in context.get("body", ""):
        context["body"] = _EXPLORABLE.sub(move, context["body"])
    if seen:
        app.add_css_file(STYLE.removeprefix("_static/"))
        app.add_js_file(SCRIPT.removeprefix("_static/"), loading_method="defer")


def _write(path: Path, text: str) -> None:
    """Write one version of a recording, and remove the others."""
    stem = path.name.split(".")[0]
    for old in path.parent.glob(f"{stem}.*.js"):
        if old != path:
            old.unlink()
    path.write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> dict:
    """Let the notebooks record, and connect what becomes of it."""
    os.environ["NND_EXPLORE"] = "record"  # for the kernels, which start later
    app.connect("builder-inited", write_player)
    app.connect("html-page-context", split)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
