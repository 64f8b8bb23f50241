"""The pages of the site: which there are, their HTML, and how a test opens one."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from bs4 import BeautifulSoup
from playwright.sync_api import Browser, ConsoleMessage, Page, Request

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 800}

#: The screens that a page is read on, and where it is read from.
SCREENS = {"phone": (PHONE, "server"), "desktop": (DESKTOP, "disk")}

#: Sphinx writes HTML there that no reader opens; JupyterLite and slides are of another kind.
NOT_PAGES = {"_static", "_sources", "_downloads", "_images", "lab", "slides"}


def pages_of(site: Path) -> list[str]:
    """Return the site's pages, as paths from its root."""
    paths = (page.relative_to(site) for page in sorted(site.rglob("*.html")))
    return [path.as_posix() for path in paths if path.parts[0] not in NOT_PAGES]


@dataclass(frozen=True)
class Place:
    """Where an explorable is: a page of the site, and its name there."""

    page: str
    name: str

    def __str__(self) -> str:
        return f"{self.page}#{self.name}"


@cache
def places_of(site: Path) -> list[Place]:
    """Return every explorable of the built site."""
    figure = re.compile(r'<figure class="explorable" id="([a-z0-9-]+)"')
    return [
        Place(page, name)
        for page in pages_of(site)
        for name in figure.findall(text_of(site / page))
    ]


@cache
def figure_of(site: Path, place: Place) -> BeautifulSoup:
    """Return an explorable's HTML, parsed without the rest of its page, once."""
    text = text_of(site / place.page)
    start = text.index(f'<figure class="explorable" id="{place.name}"')
    return BeautifulSoup(text[start : text.index("</figure>", start)], "html.parser").figure


def places_with(site: Path, selector: str) -> list[Place]:
    """Return the explorables that have such an element."""
    return [place for place in places_of(site) if figure_of(site, place).select_one(selector)]


def is_recording(address: str) -> bool:
    """Say whether an address is an explorable's recording, which comes after the first load."""
    return "/explorables/" in address and not re.search(r"/player\.\w+$", address)


@cache
def text_of(page: Path) -> str:
    """Return a page of the site, read once."""
    return page.read_text(encoding="utf-8")


@cache
def parsed(page: Path) -> BeautifulSoup:
    """Return a page of the site, parsed once."""
    return BeautifulSoup(text_of(page), "html.parser")


@cache
def ids_of(page: Path) -> frozenset[str]:
    """Return the ids on a page of the site: where links may lead."""
    return frozenset(re.findall(r"""<[^<>]*\sid=["']?([^\s"'>]+)""", text_of(page)))


@dataclass
class Visit:
    """An open page, what it asked for, and what went wrong."""

    page: Page
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("request", self._requested)
        self.page.on("requestfailed", lambda r: self.errors.append(f"failed: {r.url}"))
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.errors.append(f"exception: {error}"))

    def _requested(self, request: Request) -> None:
        if not request.url.startswith(("data:", "blob:")):
            self.requests.append(request.url)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.errors.append(f"{message.type}: {message.text}")


Open = Callable[..., Visit]


def opener(browser: Browser, stack: ExitStack) -> Open:
    """Return what opens pages, each in a context that closes with the stack."""

    def visit(url: str, viewport: dict = DESKTOP, **context: object) -> Visit:
        opened = browser.new_context(viewport=viewport, **context)
        stack.callback(opened.close)
        opened.set_default_timeout(10_000)
        visit = Visit(opened.new_page())
        visit.page.goto(url)
        return visit

    return visit


def comes_to_be(seen: Callable[[], bool], again: Callable[[], object]) -> bool:
    """Open a page again until it shows what was kept, and say whether it does.

    A browser writes down what a page keeps in its own time, which a busy machine makes longer.
    """
    for _ in range(20):
        time.sleep(0.3)
        again()
        if seen():
            return True
    return False


class Tabs:
    """A page on each screen, everything unfolded, which the page's tests share: leave it so."""

    def __init__(self, browser: Browser, origins: dict[str, str], stack: ExitStack) -> None:
        self._browser, self._origins = browser, origins
        self._stack = stack.enter_context(ExitStack())
        self._path, self._visits = "", {}

    def visit(self, path: str, screen: str) -> Visit:
        """Return the page as it was opened on this screen: what it asked for, what went wrong."""
        if path != self._path:
            self._stack.close()
            self._path, self._visits = path, {}
        if screen not in self._visits:
            viewport, origin = SCREENS[screen]
            visit = opener(self._browser, self._stack)(
                f"{self._origins[origin]}/{path}",
                viewport,
                has_touch=screen == "phone",
                reduced_motion="reduce",  # no color is caught half way
            )
            unfold(visit.page)
            self._visits[screen] = visit
        return self._visits[screen]

    def __call__(self, path: str, screen: str) -> Page:
        """Return the page, on its screen and in the light."""
        page = self.visit(path, screen).page
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
        page.set_viewport_size(SCREENS[screen][0])
        return page


def unfold(page: Page) -> None:
    """Open everything that folds, as a reader may, and bring in what waits to come near."""
    page.add_style_tag(content="* { content-visibility: visible !important }")
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
    scroll_through(page)


def scroll_through(page: Page) -> None:
    """Pass the whole page by the window, so that lazy parts load; return to the top."""
    page.evaluate(
        """async () => {
            const wait = () => new Promise(r => requestAnimationFrame(() => setTimeout(r, 20)))
            const step = innerHeight + 800  // what is 800 px away has come near
            for (let y = 0; y < document.documentElement.scrollHeight; y += step) {
                scrollTo({top: y, behavior: 'instant'})
                await wait()
            }
            scrollTo({top: 0, behavior: 'instant'})
            await wait()
        }"""
    )
    page.wait_for_load_state("networkidle")
