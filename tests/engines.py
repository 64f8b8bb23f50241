"""Windows of three engines, driven alike: Chromium, Firefox, and WebKitGTK, kin of every iPhone's.

Playwright drives Chromium.  Selenium speaks the standard protocols to the others, as the system's
packages bring them; to Firefox without a driver between.
"""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from glob import glob
from pathlib import Path
from typing import Protocol

from playwright.sync_api import Browser, Page
from selenium.common import WebDriverException
from selenium.webdriver import WebKitGTK, WebKitGTKOptions
from selenium.webdriver.remote.command import Command
from selenium.webdriver.remote.websocket_connection import WebSocketConnection
from selenium.webdriver.webkitgtk.service import Service

#: Debian's packages of the two engines, and of the screen that WebKitGTK draws on.
PACKAGES = ("firefox-esr", "webkit2gtk-driver", "xvfb", "dbus")
SMALLEST = 500  # pixels, which WebKitGTK's window has at least


class CannotBeHadError(Exception):
    """An engine is not on this machine, and could not be fetched."""


class Window(Protocol):
    """One window of a browser."""

    def open(self, address: str, width: int, height: int = 800) -> None:
        """Open an address in a page of this size, and wait until it is there."""

    def run(self, function: str, *arguments: object) -> object:
        """Call a JavaScript function, wait for what it promises, and return that."""

    def drag(self, *places: tuple[float, float]) -> None:
        """Press the mouse at the first of some places in view, move over the others, release."""

    def picture(self) -> bytes:
        """Return what the page shows, as a PNG."""


class Played:
    """A page of playwright's."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def open(self, address: str, width: int, height: int = 800) -> None:
        self._page.set_viewport_size({"width": width, "height": height})
        self._page.goto("about:blank")  # or a new fragment would not load the page anew
        self._page.goto(address)

    def run(self, function: str, *arguments: object) -> object:
        return self._page.evaluate(f"given => ({function})(...given)", list(arguments))

    def drag(self, *places: tuple[float, float]) -> None:
        mouse = self._page.mouse
        mouse.move(*places[0])
        mouse.down()
        for place in places[1:]:
            mouse.move(*place)
        mouse.up()

    def picture(self) -> bytes:
        return self._page.screenshot()


class Firefox:
    """Firefox, by WebDriver BiDi."""

    def __init__(self, connection: WebSocketConnection) -> None:
        self._connection = connection
        self._ask("session.new", capabilities={})
        self._tab = self._ask("browsingContext.getTree")["contexts"][0]["context"]

    def _ask(self, method: str, **parameters: object) -> dict:
        reply = self._connection.send_cmd(method, parameters)
        if "error" in reply:
            raise RuntimeError(f"{method}: {reply['message']}")
        return reply["result"]

    def open(self, address: str, width: int, height: int = 800) -> None:
        try:
            self._open_in_new_tab(address, width, height)
        except WebDriverException:  # no answer: a page that is to blame gives none again
            self._open_in_new_tab(address, width, height)

    def _open_in_new_tab(self, address: str, width: int, height: int) -> None:
        # One tab's history would keep the pages before alive, and get slower with each.
        before, self._tab = self._tab, self._ask("browsingContext.create", type="tab")["context"]
        self._ask("browsingContext.close", context=before)
        size = {"width": width, "height": height}
        self._ask("browsingContext.setViewport", context=self._tab, viewport=size)
        self._ask("browsingContext.navigate", context=self._tab, url=address, wait="complete")

    def run(self, function: str, *arguments: object) -> object:
        done = self._ask(
            "script.evaluate",
            expression=f"(async () => JSON.stringify(await {_call(function, arguments)}))()",
            target={"context": self._tab},
            awaitPromise=True,
        )
        if done["type"] == "exception":
            raise RuntimeError(done["exceptionDetails"]["text"])
        return json.loads(done["result"].get("value", "null"))

    def drag(self, *places: tuple[float, float]) -> None:
        self._ask("input.performActions", context=self._tab, actions=_strokes(places))

    def picture(self) -> bytes:
        picture = self._ask("browsingContext.captureScreenshot", context=self._tab)
        return base64.b64decode(picture["data"])


class WebKit:
    """WebKitGTK's small browser, by WebDriver.  A page as narrow as a phone's stands in a frame."""

    def __init__(self, driver: WebKitGTK, folder: Path) -> None:
        self._driver, self._frame = driver, folder / "frame.html"
        driver.set_script_timeout(60)

    def open(self, address: str, width: int, height: int = 800) -> None:
        self._driver.get("about:blank")
        self._driver.set_window_size(max(width, SMALLEST), height)
        if width >= SMALLEST:
            self._driver.get(address)
            return
        style = f"border: 0; width: {width}px; height: 100vh"
        page = f'<!DOCTYPE html><body style="margin: 0"><iframe src="{address}" style="{style}">'
        self._frame.write_text(page, encoding="utf-8")
        self._driver.get(self._frame.as_uri())
        self._driver.switch_to.frame(0)

    def run(self, function: str, *arguments: object) -> object:
        told = self._driver.execute_async_script(
            f"""const tell = arguments[0];
            (async () => {_call(function, arguments)})().then(
                value => tell([JSON.stringify(value)]), error => tell(String(error)))"""
        )
        if isinstance(told, str):
            raise RuntimeError(told)
        return json.loads(told[0] or "null")

    def drag(self, *places: tuple[float, float]) -> None:
        self._driver.execute(Command.W3C_ACTIONS, {"actions": _strokes(places)})

    def picture(self) -> bytes:
        return self._driver.get_screenshot_as_png()


def _strokes(places: Sequence[tuple[float, float]]) -> list[dict]:
    """Return a drag of the mouse, in the words of WebDriver."""
    moves = [
        {"type": "pointerMove", "x": round(x), "y": round(y), "duration": 0, "origin": "viewport"}
        for x, y in places
    ]
    press, release = ({"type": f"pointer{way}", "button": 0} for way in ("Down", "Up"))
    stroke = [moves[0], press, *moves[1:], release]
    return [
        {
            "type": "pointer",
            "id": "mouse",
            "parameters": {"pointerType": "mouse"},
            "actions": stroke,
        }
    ]


def _call(function: str, arguments: tuple) -> str:
    return f"({function})(...{json.dumps(arguments)})"


@contextmanager
def window(engine: str, browser: Browser) -> Iterator[Window]:
    """Open a window of "chromium", which is ``browser``, or of "firefox" or "webkit".

    CannotBeHadError says why there is none.
    """
    with ExitStack() as stack:
        if engine == "chromium":
            page = browser.new_page()
            stack.callback(page.close)
            yield Played(page)
            return
        missing = MISSING[engine]
        if missing():
            _fetch()
        if not missing():
            yield stack.enter_context({"firefox": _firefox, "webkit": _webkit}[engine]())
            return
        raise CannotBeHadError(
            f"{engine} needs {', '.join(PACKAGES)}, which Debian and Ubuntu have"
        )


def _mini_browser() -> str | None:
    return next(iter(sorted(glob("/usr/lib/*/webkit2gtk-4.*/MiniBrowser"), reverse=True)), None)


MISSING = {
    "firefox": lambda: not shutil.which("firefox-esr") and not shutil.which("firefox"),
    "webkit": lambda: (
        not (_mini_browser() and shutil.which("WebKitWebDriver") and shutil.which("Xvfb"))
    ),
}


def _fetch() -> None:
    """Let the system bring the engines, if it can, and we may."""
    if shutil.which("apt-get") and os.geteuid() == 0:
        get = ["apt-get", "-q", "-y", "-o", "DPkg::Lock::Timeout=300"]
        subprocess.run([*get, "update"], stdout=sys.stderr)
        subprocess.run([*get, "install", "--no-install-recommends", *PACKAGES], stdout=sys.stderr)


@contextmanager
def _firefox() -> Iterator[Firefox]:
    program = shutil.which("firefox-esr") or shutil.which("firefox")
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile,
        subprocess.Popen(
            [program, "--headless", "--remote-debugging-port=0", "--profile", profile],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"HOME": profile},
        ) as process,
        ExitStack() as stack,
    ):
        stack.callback(process.terminate)
        said = []
        for line in process.stderr:
            said.append(line)
            if place := re.search(r"WebDriver BiDi listening on (ws://\S+)", line):
                break
        else:
            raise CannotBeHadError(f"{program} does not start: {''.join(said)}")
        connection = WebSocketConnection(f"{place[1]}/session", timeout=60, interval=0.01)
        stack.callback(connection.close)
        yield Firefox(connection)


@contextmanager
def _webkit() -> Iterator[WebKit]:
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
        options = WebKitGTKOptions()
        options.binary_location = _mini_browser()
        options.add_argument("--automation")
        surroundings = os.environ | {"HOME": folder, "DISPLAY": stack.enter_context(_screen())}
        service = Service(shutil.which("WebKitWebDriver"), env=surroundings)
        driver = WebKitGTK(options=options, service=service)
        stack.callback(driver.quit)
        yield WebKit(driver, Path(folder))


@contextmanager
def _screen() -> Iterator[str]:
    """Start a screen that nobody sees; yield its name."""
    reading, writing = os.pipe()
    command = [
        "Xvfb",
        "-displayfd",
        str(writing),
        "-screen",
        "0",
        "1400x1600x24",
        "-nolisten",
        "tcp",
    ]
    with subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL) as screen:
        os.close(writing)
        with os.fdopen(reading) as number:
            yield f":{number.readline().strip()}"
        screen.terminate()
