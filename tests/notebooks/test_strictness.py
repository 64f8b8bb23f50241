"""A notebook fails if its stored outputs are not what its code answers, of whatever kind."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
import store
from nbconvert.exporters import ScriptExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

ROOT = Path(__file__).resolve().parents[2]

SHOW = "from IPython.display import display; display({{{!r}: {!r}}}, raw=True)"

#: Cells that answer with every kind of output, and for each the lie to tell about it.
CELLS = {
    "print('loss 0.0060')": ("text", "loss 0.0061\n"),
    "import sys; print('rate 1 is too large', file=sys.stderr)": ("name", "stdout"),
    "0.1 + 0.2": ("text/plain", "0.3"),
    SHOW.format("text/html", "<b>1</b>"): ("text/html", "<b>2</b>"),
    SHOW.format("text/latex", "$w_1$"): ("text/latex", "$w_2$"),
    SHOW.format("image/svg+xml", '<path d="M 1 0"/>'): ("image/svg+xml", '<path d="M 1 1"/>'),
}


def nbval(notebook: Path) -> str:
    """Return the closing line of the book's own pytest on a notebook."""
    pytest = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    command = [*pytest, "-c", ROOT / "pyproject.toml", notebook]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return run.stdout.splitlines()[-1]


@pytest.mark.slow
def test_each_doctored_output_is_found(tmp_path: Path):
    """The honest notebook passes as it is stored; doctored in each cell, it fails in each cell."""
    notebook = new_notebook(cells=[new_code_cell(source) for source in CELLS])
    notebook.cells.append(new_code_cell("'untouched'"))
    path = tmp_path / "honest.ipynb"
    path.write_text(store.text(notebook))
    assert store.store(path, run=True), "a notebook without outputs is not in the committed form"
    assert nbval(path).startswith(f"{len(CELLS) + 1} passed")

    notebook = nbformat.read(path, as_version=4)
    for cell, (key, lie) in zip(notebook.cells, CELLS.values(), strict=False):
        output = cell.outputs[0]
        (output.data if "data" in output else output)[key] = lie
    path.write_text(store.text(notebook))
    assert nbval(path).startswith(f"{len(CELLS)} failed, 1 passed")


def test_the_committed_form_knows_no_machine():
    """Widget views, foreign metadata and times go; tags, alternative texts and outputs stay."""
    view = nbformat.v4.new_output(
        "display_data", {store.WIDGET_VIEW: {"model_id": "1f"}, "text/plain": "w = 1"}
    )
    cell = new_code_cell(
        "w\n",
        outputs=[view],
        metadata={"tags": ["raises-exception"], "execution": {"iopub.status.busy": "noon"}},
    )
    notebook = new_notebook(cells=[cell], metadata={"widgets": {}, "colab": {}})
    store.normalize(notebook)
    assert notebook.metadata == store.METADATA
    assert (cell.source, cell.metadata) == ("w", {"tags": ["raises-exception"]})
    assert cell.outputs[0].data == {"text/plain": "w = 1"}


def test_as_a_script_it_is_python_with_the_text_in_it():
    """`jupyter nbconvert --to script` writes a .py that can be run."""
    notebook = new_notebook(cells=[new_markdown_cell("The cost."), new_code_cell("w = 1")])
    store.normalize(notebook)
    script, resources = ScriptExporter().from_notebook_node(notebook)
    assert resources["output_extension"] == ".py"
    assert "# The cost." in script
    exec(script, names := {})
    assert names["w"] == 1


def test_what_the_site_folds_is_folded_in_notebooks():
    """By its tag alone, whoever opened or folded it: its code, and the output of a whole cell."""
    opened, folded = {"source_hidden": False, "outputs_hidden": False}, {"source_hidden": True}
    drawing = new_code_cell("plot()", metadata={"tags": ["hide-input"], "jupyter": opened})
    prompts = {"code_prompt_show": "Solution in code"}
    solution = new_code_cell("my_sum = 3", metadata={"tags": ["hide-cell"], "mystnb": prompts})
    other = new_code_cell("1 + 2", metadata={"cellView": "form", "jupyter": folded})
    for _ in range(2):
        store.normalize(new_notebook(cells=[drawing, solution, other]))
        assert drawing.metadata.jupyter == folded
        assert solution.metadata.jupyter == {"source_hidden": True, "outputs_hidden": True}
        assert drawing.metadata.cellView == solution.metadata.cellView == "form"  # Colab
        assert other.metadata == {}
        # JupyterLab shows the first line of what is folded.
        assert solution.source == "# Solution\nmy_sum = 3"
        assert drawing.source == "plot()"


def test_a_form_once_stored_stays(tmp_path: Path):
    """Storing twice is storing once."""
    path = tmp_path / "twice.ipynb"
    path.write_text(store.text(new_notebook(cells=[new_code_cell("1")])))
    store.store(path)
    assert not store.store(path)
