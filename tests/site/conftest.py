"""The built site in a browser.  A test that asks for ``path`` runs once for each of its pages.

One that asks for ``screen`` too runs on a phone or on a desktop.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import pytest
from afresh import Fresh, explorables_of
from browser import chromium, launched
from bs4 import BeautifulSoup
from contract.sample import sample
from engines import CannotBeHadError, Window, window
from pages import SCREENS, Open, Place, Tabs, opener, pages_of, parsed
from playwright.sync_api import Browser, Page
from static_server import serving


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is here, and keep the tests of one page on one worker, where it is parsed once.

    The explorables of a page are a group of their own, whatever is tried on them: that worker runs
    the code of the page, once.
    """
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("site")
            params = item.callspec.params if hasattr(item, "callspec") else {}
            place = params.get("place") or params.get("page_with_explorables", "")
            page = str(place).partition("#")[0]
            slides = params.get("subject") or params.get("lecture", "")
            own = f"explorables of {page}" if page else f"{item.path.stem}{slides}"
            group = params.get("engine") or html_of(params) or own
            item.add_marker(pytest.mark.xdist_group(group))


def html_of(params: dict) -> str:
    """Return the page that a test reads, by whatever it is told of it, or nothing."""
    chapter = params.get("chapter") or params.get("page")
    chapter = getattr(params.get("equation"), "page", chapter)
    if chapter is None:
        return params.get("path", "")
    return f"{Path(getattr(chapter, 'path', chapter)).stem}.html"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test of ``path`` for each page of the site, whatever pages there are.

    One of ``screen`` looks at a page on a phone or on a desktop, by the commit.
    """
    if "path" not in metafunc.fixturenames:
        return
    site, chapters = (metafunc.config.getoption(name) for name in ("site", "chapters"))
    paths = pages_of(site) or ["(no site)"]
    if "screen" not in metafunc.fixturenames:
        metafunc.parametrize("path", paths, scope="module")
        return
    some = len(SCREENS) if chapters == "all" else 1
    views = [(path, screen) for path in paths for screen in sample([*SCREENS], some, path)]
    metafunc.parametrize(("path", "screen"), views, scope="module")


@pytest.fixture(scope="session")
def site(pytestconfig: pytest.Config) -> Path:
    """Return the folder of the built site."""
    site = pytestconfig.getoption("site").resolve()
    if not (site / "index.html").exists():
        pytest.fail(f"There is no site at {site}.  Build it with `make book`.", pytrace=False)
    return site


@pytest.fixture(scope="session")
def server(site: Path) -> Iterator[str]:
    """Return the address of the site on a static host."""
    with serving(site) as address:
        yield address


@pytest.fixture(scope="session")
def origins(site: Path, server: str) -> dict[str, str]:
    """Return where a reader may open the site: from a host, and from disk."""
    return {"server": server, "disk": site.as_uri()}


@pytest.fixture(scope="module")
def soup(site: Path, path: str) -> BeautifulSoup:
    """Return the page's HTML, parsed.  Not to be changed."""
    return parsed(site / path)


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Return the browser that all tests share."""
    yield from launched(_chromium_once(tmp_path_factory.getbasetemp()))


def _chromium_once(temporary: Path) -> str:
    """Find or install the browser in one worker, and tell the others."""
    shared = temporary.parent if temporary.name.startswith("popen-") else temporary
    answer, lock = shared / "chromium.txt", shared / "chromium.lock"
    with ExitStack() as stack:
        while not answer.exists():
            try:
                lock.mkdir()  # the one thing that every file system does atomically
            except FileExistsError:
                time.sleep(0.2)
                continue
            stack.callback(lock.rmdir)
            draft = answer.with_suffix(".draft")
            draft.write_text(chromium())
            draft.replace(answer)
    return answer.read_text()


@pytest.fixture(scope="session", params=["chromium", "firefox", "webkit"])
def engine(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Window]:
    """Open a window of each engine; where there is none, say why, which fails in CI."""
    with ExitStack() as stack:
        try:
            opened = stack.enter_context(window(request.param, browser))
        except CannotBeHadError as error:
            (pytest.fail if os.environ.get("CI") else pytest.skip)(str(error))
        yield opened


@pytest.fixture(scope="module")
def fresh(place: Place) -> Fresh:
    """Return the explorable, computed anew."""
    return explorables_of(place.page)[place.name]


@pytest.fixture(scope="module")
def tab(browser: Browser) -> Iterator[Callable[[str], Page]]:
    """Return what opens an address, once: its explorables share the page."""
    with ExitStack() as stack:
        visit = opener(browser, stack)
        yield cache(lambda address: visit(address, has_touch=True).page)


@pytest.fixture
def visit(browser: Browser) -> Iterator[Open]:
    """Open a page in a browser of its own: ``visit(url, viewport, color_scheme="dark", …)``."""
    with ExitStack() as stack:
        yield opener(browser, stack)


@pytest.fixture(scope="session")
def tabs(browser: Browser, origins: dict[str, str]) -> Iterator[Tabs]:
    """Open a page on a screen, unfolded, for all tests of that page: ``tabs(path, screen)``."""
    with ExitStack() as stack:
        yield Tabs(browser, origins, stack)
