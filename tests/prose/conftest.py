"""What the tests of this folder share: each is named as its chapter is, and reads its prose."""

import pytest
from manuscript import page


@pytest.fixture(scope="module")
def prose(request):
    """Return the Markdown of the chapter that the module of the test is named after."""
    chapter = request.module.__name__.removeprefix("test_").replace("_", "-")
    return page(chapter).text


@pytest.fixture(scope="module")
def using():
    """Return the page on how to use the book, which repeats each chapter's minutes."""
    return page("using").text
