"""A Chromium for `make pdf` and for the tests: the machine's own, else one that is fetched.

``python tools/browser.py`` prints where it is.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Playwright, sync_playwright

#: The headless shell first: without windows and their tabs, a page opens in a third of the time.
COMMANDS = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
)

PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "~/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "%ProgramFiles%/Google/Chrome/Application/chrome.exe",
    "%ProgramFiles(x86)%/Google/Chrome/Application/chrome.exe",
    "%LocalAppData%/Google/Chrome/Application/chrome.exe",
    "%LocalAppData%/Chromium/Application/chrome.exe",
)

#: What root may run to install Chromium, for each package manager.
PACKAGE_MANAGERS = {
    "apt-get": (
        ["apt-get", "update", "-q"],
        ["apt-get", "install", "-q", "-y", "--no-install-recommends", "chromium-headless-shell"],
        ["apt-get", "install", "-q", "-y", "--no-install-recommends", "chromium"],
    ),
    "dnf": (["dnf", "install", "-y", "chromium"],),
    "apk": (["apk", "add", "chromium"],),
}

#: Nothing leaves the machine meanwhile: every name but the local server's is unknown.
QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--no-proxy-server",  # it would look up the names for us
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)

HELP = (
    "This needs Chromium or Chrome, found none that starts, and could not install one.  "
    "Install either with your package manager or from https://www.google.com/chrome/, "
    "or set CHROME_PATH to the program."
)


def find_chromium() -> str | None:
    """Return the first Chromium on this machine that starts, or None."""
    if path := os.environ.get("CHROME_PATH"):
        if not _starts(path):
            raise RuntimeError(f"CHROME_PATH is {path}, which does not start.")
        return path
    places = (Path(os.path.expandvars(place)).expanduser() for place in PLACES)
    found = [*filter(None, map(shutil.which, COMMANDS)), *(str(p) for p in places if p.exists())]
    return next(filter(_starts, found), None)


def chromium() -> str:
    """Return the path of a Chromium that starts; get one if there is none."""
    if path := find_chromium() or _fetched():
        return path
    print("No Chromium here: fetching one.", file=sys.stderr, flush=True)
    # The test tool's own browser first.  It brings no system libraries, so it may not start;
    # the system's package does.
    _run([sys.executable, "-m", "playwright", "install", "chromium"])
    if path := _fetched():
        return path
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        manager = next(filter(shutil.which, PACKAGE_MANAGERS), None)
        for command in PACKAGE_MANAGERS.get(manager, ()):
            _run(command)
            if path := find_chromium():
                return path
    raise RuntimeError(HELP)


def arguments() -> list[str]:
    """Return the command line switches for every launch."""
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    return [*QUIET, *(["--no-sandbox"] if root else [])]


def launch(playwright: Playwright, path: str | None = None) -> Browser:
    """Start a headless browser."""
    return playwright.chromium.launch(executable_path=path or chromium(), args=arguments())


def launched(path: str | None = None) -> Iterator[Browser]:
    """Yield a browser and close it afterwards: the body of a fixture or of a context."""
    with sync_playwright() as playwright:
        browser = launch(playwright, path)
        yield browser
        browser.close()


def _fetched() -> str | None:
    """Return playwright's own Chromium, if it is there and starts."""
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() and _starts(path) else None


def _starts(path: str) -> bool:
    # A stub that only asks for a package to be installed is found, but loads no page.
    command = [path, "--headless", "--disable-gpu", *arguments(), "--dump-dom", "about:blank"]
    try:
        done = subprocess.run(command, capture_output=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return b"<html" in done.stdout


def _run(command: list[str]) -> bool:
    """Run an installer, with its output to the terminal; say whether it succeeded."""
    print("$", *command, file=sys.stderr, flush=True)
    return subprocess.run(command, stdout=sys.stderr).returncode == 0


if __name__ == "__main__":
    print(chromium())
