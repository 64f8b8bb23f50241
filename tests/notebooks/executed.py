"""Hand what nbval has run to the site, so that one run of a notebook serves both.

nbval runs a notebook as the site does, with the recordings of its explorables, and compares each
output with the stored one, which has none of them.  Where all are alike, what the cells have
answered goes to where the build looks for a notebook that has run already.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from unittest import mock

import pytest
from manuscript import BOOK, CONFIG
from nbformat import NotebookNode
from nbval.plugin import IPyNbCell

CACHE = (BOOK / CONFIG["execute"]["cache"]).resolve()

_ANSWERS = pytest.StashKey[dict[int, list[NotebookNode]]]()


@contextmanager
def compared_without_recordings(cell: IPyNbCell) -> Iterator[None]:
    """Let nbval compare a cell's outputs as they are stored."""
    compare = cell.compare_outputs
    with mock.patch.object(
        cell, "compare_outputs", lambda new, old: compare(without_recordings(new), old)
    ):
        yield


def without_recordings(outputs: Sequence[NotebookNode]) -> list[NotebookNode]:
    """Return outputs without the HTML that stands beside the picture of an explorable."""
    outputs = copy.deepcopy(list(outputs))
    for data in (output.get("data", {}) for output in outputs):
        if "image/svg+xml" in data:
            data.pop("text/html", None)
    return outputs


def passed(cell: IPyNbCell) -> None:
    """Keep what a cell has answered, and hand the notebook over when all of it has passed."""
    # Here, since the fast tests run no notebook, and it takes half a second.
    from jupyter_cache import get_cache
    from jupyter_cache.base import CacheBundleIn

    answers = cell.parent.stash.setdefault(_ANSWERS, {})
    answers[cell.cell_num] = cell.test_outputs
    notebook = copy.deepcopy(cell.parent.nb)
    code = [node for node in notebook.cells if node.cell_type == "code"]
    if cell.path.parent != BOOK or len(answers) < len(code):
        return
    for number, node in enumerate(code):
        node.outputs = answers[number]
    info = cell.parent.kernel.kc.kernel_info(reply=True, timeout=60)
    notebook.metadata.language_info = info["content"]["language_info"]
    get_cache(CACHE).cache_notebook_bundle(
        CacheBundleIn(notebook, str(cell.path)), check_validity=False, overwrite=True
    )
