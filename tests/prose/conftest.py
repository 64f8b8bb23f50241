"""What the tests of this folder share: each is named as its chapter is, and reads its prose."""

import pytest
from manuscript import page
from words import Heard, unnoticed


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem):
    """Run a test, and fail it where it would let another number pass than the one it holds."""
    prose = pyfuncitem.funcargs.get("prose")
    if isinstance(prose, Heard):
        prose.asked.clear()
    result = yield
    one_case_of_many = hasattr(pyfuncitem, "callspec")
    if isinstance(prose, Heard) and not one_case_of_many:
        loose = unnoticed(_page(pyfuncitem), pyfuncitem.name, prose.asked)
        assert not loose, "\n".join(["these could be other numbers:", *loose])
    return result


@pytest.fixture(scope="module")
def prose(request):
    """Return the Markdown of the chapter that the module of the test is named after."""
    return Heard(_page(request).text)


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
