"""Put notebooks into the form in which they are committed; with ``--execute``, run them first.

    python tools/store.py [--execute] book/*.ipynb

The committed form holds what the authors wrote and what the code answered, and nothing of the
machine, the time or the editor.  So a difference between two versions is one that somebody made.
"""

from __future__ import annotations

import argparse
import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

#: Any Python kernel will do, so neither a version nor a display name of one machine.  The rest is
#: for `jupyter nbconvert --to script`, which would write a .txt without the text.
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"file_extension": ".py", "name": "python", "nbconvert_exporter": "python"},
}

#: What a cell may say about itself: what the site, the tests and a teacher's tools read.
CELL_METADATA = {"tags", "mystnb", "nbgrader"}

#: What the site folds by a tag, front ends fold by these keys: Jupyter's own, then Colab's (VS Code
#: has none).  They follow from the tag alone, and not from what was folded or open while writing.
FOLDS = {
    "remove-cell": {"jupyter": {"source_hidden": True}},  # for Colab, whose readers may edit it
    "hide-input": {"jupyter": {"source_hidden": True}, "cellView": "form"},
    "hide-cell": {
        "jupyter": {"source_hidden": True, "outputs_hidden": True},
        "cellView": "form",
        "collapsed": True,
    },
}

#: Of a folded cell a front end still shows the first line, which is not to be the answer.
SOLUTION, TITLE = "Solution in code", "# Solution"

#: A view points to a widget in a kernel that is gone.
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


def execute(notebook: NotebookNode, folder: Path) -> None:
    """Run the notebook from top to bottom in a fresh kernel, as the tests will."""
    client = NotebookClient(
        notebook, kernel_name="python3", timeout=300, record_timing=False, coalesce_streams=True
    )
    # `picture`: an explorable answers with its first picture, not with a recording or a widget.
    client.execute(cwd=str(folder), env={**os.environ, "NND_EXPLORE": "picture"})


def normalize(notebook: NotebookNode) -> None:
    """Leave out what is not the authors' or the code's own, and fold what the site folds."""
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    notebook.metadata = nbformat.from_dict(METADATA)
    for number, cell in enumerate(notebook.cells):
        cell.source = cell.source.strip("\n")
        kept = {key: value for key, value in cell.metadata.items() if key in CELL_METADATA}
        for tag in kept.get("tags", []):
            kept |= FOLDS.get(tag, {})
        cell.metadata = nbformat.from_dict(kept)
        is_solution = kept.get("mystnb", {}).get("code_prompt_show") == SOLUTION
        if is_solution and not cell.source.startswith(TITLE):
            cell.source = f"{TITLE}\n{cell.source}"
        if "id" not in cell:
            cell.id = hashlib.sha256(f"{number} {cell.source}".encode()).hexdigest()[:8]
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(WIDGET_VIEW, None)


def text(notebook: NotebookNode) -> str:
    """Return the notebook as the text of its file."""
    return nbformat.writes(notebook, version=nbformat.NO_CONVERT) + "\n"


def store(path: Path, *, run: bool = False) -> bool:
    """Bring one file into the committed form, and say whether that changed it."""
    before = path.read_text(encoding="utf-8")
    notebook = nbformat.reads(before, as_version=4)
    if run:
        execute(notebook, path.parent)
    normalize(notebook)
    nbformat.validate(notebook)
    after = text(notebook)
    if after != before:
        path.write_text(after, encoding="utf-8", newline="\n")
    return after != before


def main(arguments: Iterable[str] | None = None) -> None:
    """Store the notebooks that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--execute", action="store_true", help="run the notebooks first")
    parser.add_argument("notebooks", nargs="+", type=Path)
    options = parser.parse_args(arguments)
    for path in options.notebooks:
        print(path, end=" … ", flush=True)
        changed = store(path, run=options.execute)
        print("stored" if changed else "as it was")


if __name__ == "__main__":
    main()
