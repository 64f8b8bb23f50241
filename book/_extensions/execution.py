"""Run a notebook as its outputs are stored: what a cell prints is one piece, whatever pieces came.

A kernel sends what a cell prints when it finds the time: now in one piece, now in three, and late on a
busy machine.  nbclient puts the pieces together, as it does where outputs are stored
(``tools/store.py``), and waits for the last one as long as for the cell.  (MyST-NB ends each
piece with a line break if ``nb_merge_streams`` is set, and waits for four seconds.)

A cell that does not come to its end is told by its number, its lines and what it raised; so is one that
writes to stderr, since no page shows warnings.
"""

from __future__ import annotations

import re
from textwrap import indent
from typing import Any

from jupyter_cache.executors.utils import ExecutionResult, single_nb_execution
from myst_nb.core.execute import cache
from myst_nb.core.render import strip_ansi
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode
from sphinx.application import Sphinx
from sphinx.util import logging

logger = logging.getLogger(__name__)

#: A frame of IPython's traceback: where it is, and the line that it marks.
FRAME = re.compile(r"^ *((?:Cell|File) .+)|^-+> *\d+ +(.+)", re.MULTILINE)


def run(
    notebook: NotebookNode, *, cwd: str, timeout: int, **settings: Any
) -> tuple[ExecutionResult, list[str]]:
    """Run a notebook in place, in the folder ``cwd``; return how it went, and each fault of a cell.

    ``timeout`` is that of a cell, in seconds.  With a fault the result has an error, so that nothing
    is cached; of outputs that were stored below a cell that did not come to its end, none is left.
    """
    cells, begun = notebook.cells, -1

    def begin(cell_index: int, **_: object) -> None:
        nonlocal begun
        begun = cell_index

    try:
        result = single_nb_execution(
            notebook,
            cwd=cwd,
            timeout=timeout,
            coalesce_streams=True,
            iopub_timeout=timeout,
            raise_on_iopub_timeout=True,
            on_cell_start=begin,
            **settings,
        )
    except Exception as error:  # of a kernel that has ended, or never began
        result = ExecutionResult(notebook, cwd, 0.0, error)
    result.exc_string = None  # or MyST-NB would write it into the site
    faults = []
    for index, cell in enumerate(cells):
        if said := "".join(o.text for o in cell.get("outputs", []) if o.get("name") == "stderr"):
            faults.append(fault(index, cell, "writes to stderr", said))
    if result.err:
        last = cells[begun]
        faults.append(fault(begun, last, *what_it_raised(result.err, last)))
        # Half of a figure has no words; and below, nothing has come.
        last.outputs = [output for output in last.outputs if "data" not in output]
        for cell in cells[begun + 1 :]:
            if cell.cell_type == "code":
                cell.outputs = []
    elif faults:
        result.err = RuntimeWarning("stderr")
    return result, faults


def what_it_raised(error: Exception, cell: NotebookNode) -> tuple[str, str]:
    """Return an error's type and message, and the frames of its traceback, a line each."""
    if not isinstance(error, CellExecutionError):
        return f"{type(error).__name__}: {str(error).splitlines()[0]}", ""
    traceback = "\n".join(line for o in cell.outputs for line in o.get("traceback", []))
    frames = (place or f"  {line}" for place, line in FRAME.findall(strip_ansi(traceback)))
    return f"{error.ename}: {error.evalue}", "\n".join(frames)


def fault(index: int, cell: NotebookNode, what: str, more: str) -> str:
    """Return what is wrong with a cell, its lines, and what more there is to say."""
    lines = "\n".join(f"{n:2} | {line}" for n, line in enumerate(cell.source.splitlines(), 1))
    return "\n".join(filter(None, (f"cell {index + 1}: {what}", lines, indent(more, "  "))))


def setup(app: Sphinx) -> dict:
    """Let MyST-NB run notebooks so."""

    def execute(notebook: NotebookNode, **settings: Any) -> ExecutionResult:
        result, faults = run(notebook, **settings)
        for message in faults:
            logger.warning(message, location=app.env.docname)
        return result

    cache.single_nb_execution = execute
    return {"parallel_read_safe": True, "parallel_write_safe": True}
