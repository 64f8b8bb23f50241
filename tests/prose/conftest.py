"""What the tests of this folder share: each is named as its chapter is, and reads its prose."""

from pathlib import Path

import nbformat
import pytest

BOOK = Path(__file__).parents[2] / "book"


@pytest.fixture(scope="module")
def prose(request):
    """Return the Markdown of the chapter that the module of the test is named after."""
    chapter = request.module.__name__.removeprefix("test_").replace("_", "-")
    notebook = nbformat.read(BOOK / f"{chapter}.ipynb", as_version=4)
    return "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


@pytest.fixture(scope="module")
def using():
    """Return the page on how to use the book, which repeats each chapter's minutes."""
    return (BOOK / "using.md").read_text(encoding="utf-8")
