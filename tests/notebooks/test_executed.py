"""What nbval has run and compared, the site takes; and nothing else."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import executed
import pytest
import store
from jupyter_cache import get_cache
from manuscript import BOOK
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

PICTURE = {"image/svg+xml": "<svg/>", "text/plain": "The border"}
RECORDED = PICTURE | {"text/html": "<figure/>"}
LANGUAGE = {"name": "python", "pygments_lexer": "ipython3"}


@pytest.fixture
def notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> NotebookNode:
    """Return a notebook as it is committed; the cache is an empty one."""
    monkeypatch.setattr(executed, "CACHE", tmp_path)
    cells = [new_code_cell("1 + 1"), new_markdown_cell("Its figure:"), new_code_cell("explore()")]
    return new_notebook(cells=cells, metadata=store.METADATA)


def passed(notebook: NotebookNode, *numbers: int, folder: Path = BOOK) -> None:
    """Let cells pass, each with its answer."""
    answers = [{"text/plain": "2"}, RECORDED]
    kernel = SimpleNamespace(
        kc=SimpleNamespace(kernel_info=lambda **_: {"content": {"language_info": LANGUAGE}})
    )
    file = SimpleNamespace(nb=notebook, kernel=kernel, stash=pytest.Stash())
    for number in numbers:
        outputs = [new_output("display_data", answers[number])]
        executed.passed(
            SimpleNamespace(
                parent=file, path=folder / "a.ipynb", cell_num=number, test_outputs=outputs
            )
        )


def test_the_site_finds_what_has_run_with_the_recordings(notebook: NotebookNode, tmp_path: Path):
    passed(notebook, 0, 1)
    _, found = get_cache(tmp_path).merge_match_into_notebook(notebook)
    first, text, figure = found.cells
    assert (first.outputs[0].data, figure.outputs[0].data) == ({"text/plain": "2"}, RECORDED)
    assert text.source == "Its figure:"
    assert found.metadata.language_info == LANGUAGE
    assert not any(cell.get("outputs") for cell in notebook.cells), "it is what was compared with"


@pytest.mark.parametrize(("numbers", "folder"), [((0,), BOOK), ((1,), BOOK), ((0, 1), BOOK.parent)])
def test_it_finds_nothing_of_a_cell_that_failed_or_a_notebook_of_no_page(
    notebook: NotebookNode, tmp_path: Path, numbers: tuple[int, ...], folder: Path
):
    passed(notebook, *numbers, folder=folder)
    with pytest.raises(KeyError):
        get_cache(tmp_path).match_cache_notebook(notebook)


def test_only_recordings_are_left_out_of_the_comparison():
    outputs = [
        new_output("display_data", RECORDED),
        new_output("display_data", {"text/html": "<b>1</b>"}),
        new_output("stream", text="1"),
    ]
    left = executed.without_recordings(outputs)
    assert left[0].data == PICTURE
    assert left[1:] == outputs[1:]
    assert outputs[0].data == RECORDED
