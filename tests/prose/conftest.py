"""What the tests of this folder share: each is named as its chapter is, and reads its prose."""

import pytest
from manuscript import page


@pytest.fixture(scope="module")
def prose(request):
    """Return the Markdown of the chapter that the module of the test is named after."""
    return _page(request).text


def _page(request):
    return page(request.module.__name__.removeprefix("test_").replace("_", "-"))


@pytest.fixture(scope="module")
def code(request):
    """Return the Python of that chapter's cells."""
    return "\n".join(cell.python for cell in _page(request).of_kind("code"))


@pytest.fixture(scope="module")
def using():
    """Return the page on how to use the book, which repeats each chapter's minutes."""
    return page("using").text
