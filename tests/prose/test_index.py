"""The minutes on the front page are those that the chapters tell of themselves."""

import re
from pathlib import Path

import nbformat
import pytest

BOOK = Path(__file__).parents[2] / "book"
ROW = re.compile(r"(?m)^\| \[[^]]*\]\(([\w-]+)\.ipynb\) \|.*\| (\d+) \| (\d+) \|$")
CHAPTERS = sorted(path.stem for path in BOOK.glob("*.ipynb") if path.stem != "index")


def words(name):
    notebook = nbformat.read(BOOK / f"{name}.ipynb", as_version=4)
    return "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_the_front_page_tells_the_minutes_of_each_chapter(chapter):
    told = {name: (int(read), int(solve)) for name, read, solve in ROW.findall(words("index"))}
    glance = words(chapter).partition("## At a glance")[2].partition("\n## ")[0]
    rows = [line for line in glance.splitlines() if line.startswith("|")]
    sections = sum(int(minutes) for row in rows for minutes in re.findall(r"\| (\d+)(?= \|)", row))
    exercises = int(re.search(r"(\d+) minutes for the exercises", glance)[1])
    assert told[chapter] == (sections, exercises)
