"""What the tests of this folder share: each is named as its chapter is, and reads its prose."""

import pytest
from minutes import BOOK, prose_of


@pytest.fixture(scope="module")
def prose(request):
    """Return the Markdown of the chapter that the module of the test is named after."""
    chapter = request.module.__name__.removeprefix("test_").replace("_", "-")
    return prose_of(chapter)


@pytest.fixture(scope="module")
def using():
    """Return the page on how to use the book, which repeats each chapter's minutes."""
    return (BOOK / "using.md").read_text(encoding="utf-8")
