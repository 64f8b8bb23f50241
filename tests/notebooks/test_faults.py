"""A build names each fault of each page, where an author finds it; the other pages are built."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from store import text

ROOT = Path(__file__).resolve().parents[2]

EXPLORE = """
from utils.explore import explore, slider
import matplotlib.pyplot as plt

fig, ax = plt.subplots()
(line,) = ax.plot([0, 1], [0, 1])


def update(w):
    line.set_ydata([0, w or float("nan")])
    return "w is a weight."


explore(fig, update, name="weight", alt="A line rises.", w=slider({}, 3, stops=4, start=2))
""".strip()

EQUATION = "$$\nw = 1\n$$ (twice)"


def notebook(title: str, *cells: str) -> NotebookNode:
    """Return a chapter: a title, and a cell of each source, of Markdown if it has a formula."""
    kinds = [new_markdown_cell if "$" in cell else new_code_cell for cell in cells]
    made = [kind(cell) for kind, cell in zip(kinds, cells, strict=True)]
    return new_notebook(cells=[new_markdown_cell(f"# {title}"), *made])


NOTEBOOKS = {
    "stops": notebook("A stop that is no number", EQUATION, EXPLORE.format(0)),
    "waits": notebook("A cell that waits", "import time\ntime.sleep(99)"),
    "dies": notebook("A kernel that dies", "import os\nos._exit(1)"),
    "draws": notebook(
        "A figure without words, and things twice",
        *(EXPLORE.format(1),) * 2,
        EQUATION,
        "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()",
    ),
}
NOTEBOOKS["waits"].metadata["execution"] = {"timeout": 1}

#: What the build says, each with its place and some words.
FAULTS = [
    ("stops.ipynb", "cell 3: RecordingError: ", "13 | explore("),
    ("waits.ipynb", "cell 2: CellTimeoutError: ", "2 | time.sleep(99)"),
    ("dies.ipynb", "cell 2: DeadKernelError: Kernel died", "2 | os._exit(1)"),
    ("torn.ipynb", "the page cannot be read: NotJSONError", "line 1 column 2"),
    ("draws.ipynb", "two explorables have the name 'weight'"),
    ("draws.ipynb, cell 5, line 1", "a figure has no alternative text"),
    ("(draws.ipynb, cell 4|stops.ipynb, cell 2), line 1", "duplicate label of equation twice"),
]


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a book that is built as ours is, but for the lab."""
    folder = tmp_path_factory.mktemp("book")
    settings = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))
    settings["sphinx"]["config"]["extensions"].remove("lab")
    local = settings["sphinx"]["local_extensions"]
    del local["lab"]
    local.update({name: str(ROOT / place) for name, place in local.items()})
    (folder / "_config.yml").write_text(yaml.safe_dump(settings), "utf-8")
    chapters = [{"file": name} for name in (*NOTEBOOKS, "torn")]
    contents = {"format": "jb-book", "root": "index", "chapters": chapters}
    (folder / "_toc.yml").write_text(yaml.safe_dump(contents), "utf-8")
    (folder / "references.bib").write_text("")
    (folder / "index.md").write_text("# A book\n\nAll is well here.\n", "utf-8")
    for name, chapter in NOTEBOOKS.items():
        (folder / f"{name}.ipynb").write_text(text(chapter), "utf-8")
    (folder / "torn.ipynb").write_text("{<<<<<<< HEAD\n")
    return folder


def built(book: Path) -> tuple[int, list[str]]:
    """Build the book; return the exit code, and the warnings that stand at the end."""
    options = ["--warningiserror", "--keep-going", "--path-output", str(book / "out")]
    command = [Path(sys.executable).with_name("jupyter-book"), "build", book, *options]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    said = re.sub(r"\x1b\[\d+m", "", run.stderr)
    print(run.stdout, said)
    return run.returncode, said.split("\n\n\n")[-1].split("\n\n")


@pytest.mark.slow
def test_each_fault_is_told_at_the_end_and_again_the_next_time(book: Path):
    for _ in ("cold", "again"):
        code, messages = built(book)
        assert code
        for place, *words in FAULTS:
            pattern = f"/{place}: WARNING: .*" + ".*".join(map(re.escape, words))
            assert sum(bool(re.search(pattern, m, re.DOTALL)) for m in messages) == 1, pattern
        assert len(messages) == len(FAULTS)
    pages = {page.stem for page in (book / "out" / "_build" / "html").glob("*.html")}
    assert {"index", "torn", *NOTEBOOKS} <= pages
