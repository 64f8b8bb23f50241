"""The site runs a notebook to the outputs that are stored, and says which cell is at fault."""

from __future__ import annotations

from pathlib import Path

from execution import run
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook, new_output

#: What the kernel sends in three pieces, since each is flushed.
PIECES = r"""
print("cost", end="", flush=True)
print(" 0.25\n", flush=True)
print("10 %\r20 %")
""".strip()

CELLS = (
    PIECES,
    "import sys; print('hot', file=sys.stderr)",
    "def f():\n    raise ValueError('boom')\n\nf()",
    "print('not reached')",
)


def ran(folder: Path) -> tuple[NotebookNode, Exception | None, list[str]]:
    """Run the cells as the site does; return them, and what was wrong."""
    stored = {"outputs": [new_output("stream", text="as stored")]}
    notebook = new_notebook(cells=[new_code_cell(source, **stored) for source in CELLS])
    result, faults = run(notebook, cwd=str(folder), timeout=60, allow_errors=False)
    return notebook, result.err, faults


def test_a_notebook_runs_to_whole_outputs_and_told_faults(tmp_path: Path):
    """What is printed in pieces is one text; nothing is left of what was stored below an error."""
    notebook, error, (warning, raised) = ran(tmp_path)
    printed, _, _, below = (cell.outputs for cell in notebook.cells)
    assert [output.text for output in printed] == ["cost 0.25\n\n20 %\n"]
    assert below == []
    assert error, "it is not cached"
    assert warning.splitlines() == [
        "cell 2: writes to stderr",
        " 1 | import sys; print('hot', file=sys.stderr)",
        "  hot",
    ]
    assert raised.splitlines() == [
        "cell 3: ValueError: boom",
        " 1 | def f():",
        " 2 |     raise ValueError('boom')",
        " 3 | ",
        " 4 | f()",
        "  Cell In[3], line 4",
        "    f()",
        "  Cell In[3], line 2, in f()",
        "    raise ValueError('boom')",
    ]
