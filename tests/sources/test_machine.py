"""Machines of many kinds: an odd path, a proxy, a home that is closed, a build that was cut off."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path
from unittest import mock

import archive
import lab
import pdf
import pytest
from machine import FOLDER, KEPT, THREADS, settle
from manuscript import ROOT
from static_server import serving

MAKE = pytest.mark.skipif(not shutil.which("make"), reason="make is not installed")

#: Characters that mean something to a shell, to make, or in an address.
ODD = """- Anna's "Netz" #1 & 100 % (ü) $HOME $(x) `y` ? [z]* ~;"""

#: What a faked environment answers with: the words that it was called with, one a line.
ECHO = '#!/bin/sh\nprintf "%s\\n" "$@"\n'

#: What npm writes last.
BORROWED = "tools/npm/node_modules/.package-lock.json"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a copy of what make reads, in an odd folder, with a Python that echoes its command."""
    folder = tmp_path / ODD
    kept = shutil.ignore_patterns("__pycache__", "_static", "*.svg", "*.ipynb", "node_modules")
    for name in ("book", "utils", "tools"):
        shutil.copytree(ROOT / name, folder / name, ignore=kept)
    for name in ("Makefile", "requirements.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, folder)
    (folder / ".venv/bin").mkdir(parents=True)
    (folder / "utils" / ODD).write_text("no module, but a file")
    (folder / BORROWED).parent.mkdir()
    (folder / BORROWED).touch()
    for name in ("python", "ruff", "uv"):
        (folder / ".venv/bin" / name).write_text(ECHO)
        (folder / ".venv/bin" / name).chmod(0o755)
    (folder / ".venv" / "ready").write_text(f"{folder.resolve()}\n")
    return folder


def make(folder: Path, *words: str, **environment: str) -> subprocess.CompletedProcess:
    """Run make in a folder, with nothing of a make around it."""
    around = {"MAKEFLAGS", "MFLAGS", "MAKELEVEL", THREADS, *KEPT}
    kept = {name: value for name, value in os.environ.items() if name not in around}
    return subprocess.run(
        ["make", *words], cwd=folder, env=kept | environment, capture_output=True, text=True
    )


# --- Paths. --------------------------------------------------------------------------------------


@MAKE
def test_every_command_runs_in_an_odd_folder(checkout: Path):
    """No shell, and not make either, reads the folder's name as more than a name."""
    commands = "book notebooks offline pdf serve test test-fast outputs address format lint lock"
    done = make(checkout, *commands.split())
    assert (done.returncode, done.stderr) == (0, "")


@MAKE
def test_the_address_of_the_site_opens(checkout: Path):
    """The last line of `make book` is what a browser takes, whatever the folder is called."""
    (checkout / ".venv/bin/python").write_text(
        f'#!/bin/sh\n[ "$1" != -c ] || exec "{sys.executable}" "$@"\n'
    )
    last = make(checkout, "--silent", "book").stdout.splitlines()[-1]
    address = last.removeprefix("Open it: ")
    site = checkout.resolve() / "_build" / "html"
    site.mkdir(parents=True, exist_ok=True)
    (site / "index.html").write_text("The book")
    with urllib.request.urlopen(address) as answer:
        assert answer.read() == b"The book"
    assert re.fullmatch(r"file:///[\w./%~-]+", address, re.ASCII)


@MAKE
def test_a_word_from_outside_stays_a_word(checkout: Path):
    """An address or a Python of any spelling reaches the program as it was given."""
    words = {"REPOSITORY": "https://host/o'neil/a&b", "BRANCH": "$$x", "SITE": 'https://h/"ü"/'}
    done = make(checkout, "-s", "address", *(f"{name}={word}" for name, word in words.items()))
    given = ["--url", words["REPOSITORY"], "--branch", "$x", "--site", words["SITE"]]
    assert done.stdout.splitlines()[1:] == given
    (checkout / ".venv/ready").unlink()
    done = make(checkout, "book", "PYTHON=/o'neil/python")
    assert done.returncode
    assert "Python 3.11 or newer is needed" in done.stdout


@MAKE
def test_clean_leaves_what_the_authors_made(checkout: Path):
    """And nothing that make did."""
    assert make(checkout, "clean").returncode == 0
    assert not (checkout / ".venv").exists()
    assert (checkout / "utils" / ODD).exists()


@MAKE
@pytest.mark.slow
def test_without_make_it_is_the_same(checkout: Path):
    """The README's lines for Windows are what make runs, command by command."""
    (lines,) = re.findall(r"(?s)```powershell\n(.*?)```", (ROOT / "README.md").read_text("utf-8"))
    lines = lines.replace("(Get-ChildItem book\\*.ipynb).FullName", "book/*.ipynb")
    setup, *parts = re.split(r"(?m)^# ", lines.replace("\\", "/"))

    def run_by_make(command: str) -> list[str]:
        dry = make(checkout, "--dry-run", command).stdout.replace("\\\n", " ")
        (checkout / "_build").mkdir(exist_ok=True)
        found = re.findall(r"(?m)^(cd book && )?(?:\.\./)?\.venv/bin/(python (?!-c).*)", dry)
        runs = [
            " ".join(
                re.sub(r"^python (\.\./)?\.venv/bin/", "", re.split(r"\|\||>", run)[0]).split()
            )
            for _, run in found
        ]
        return [
            line
            for (inside, _), run in zip(found, runs, strict=True)
            for line in (["cd book", run, "cd .."] if inside else [run])
        ]

    book = run_by_make("book")
    for part in parts:
        title, *said = part.strip().splitlines()
        commands = re.findall(r"make ([a-z-]+)", title)
        assert commands
        made = [line for name in commands for line in run_by_make(name)]
        if commands != ["book"]:  # which others ask for first
            made = [line for line in made if line not in book]
        assert [line for line in said if line and not line.startswith("start ")] == made
    *asked, borrowed = setup.strip().splitlines()[2:]
    installed = re.findall(r"\$\$pip (install .*?) &&", (ROOT / "Makefile").read_text("utf-8"))
    assert asked == [f"python -m pip {words}" for words in installed]
    (checkout / BORROWED).unlink()
    assert [borrowed, *book] == run_by_make("book")


# --- Cut off, and moved. -------------------------------------------------------------------------


@MAKE
@pytest.mark.parametrize("happened", ["was cut off", "has moved", "has a newer lock"])
def test_what_is_left_of_an_environment(checkout: Path, happened: str):
    """Half of one, or one of another folder, is made from nothing; a whole one is renewed."""
    ready, python = checkout / ".venv/ready", checkout.parent / "python"
    python.write_text("#!/bin/sh\n[ $1 != -m ] || exec test -x .venv/bin/python\n")
    python.chmod(0o755)
    (checkout / ".venv/left").touch()
    if happened == "was cut off":
        ready.unlink()
    elif happened == "has moved":
        ready.write_text("/elsewhere\n")
    else:
        os.utime(ready, (0, 0))
    done = make(checkout, ".venv/ready", f"PYTHON={str(python).replace('$', '$$')}")
    up_to_date = happened == "has a newer lock"
    assert (checkout / ".venv/left").exists() == up_to_date
    assert ready.exists() == (done.returncode == 0) == up_to_date


def test_what_is_cut_off_is_not_in_the_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A lab, an archive, a PDF: each is made beside the site, and put there whole."""
    site = tmp_path / "site"
    site.mkdir()
    (site / "index.html").write_text("The book")
    seen = []

    def cut_off(*_args: object, **_kwargs: object) -> None:
        seen.append({path.name for path in site.rglob("*")})
        raise KeyboardInterrupt

    monkeypatch.setattr(lab.subprocess, "run", cut_off)
    monkeypatch.setattr(archive, "offline", cut_off)
    book = mock.MagicMock()
    book.save = lambda half, **_kwargs: cut_off(half.write_bytes(b"%PDF"))
    for work in (
        lambda: lab.build(site / "lab", [], tmp_path),
        lambda: archive.pack(site, site / archive.ARCHIVE),
        lambda: pdf.finish(book, site / pdf.PDF),
    ):
        with pytest.raises(KeyboardInterrupt):
            work()
    assert seen == [{"index.html"}] * 3


@MAKE
@pytest.mark.slow
def test_without_its_registry_npm_leaves_nothing_and_make_says_what_was_expected(checkout: Path):
    """The registry here is a closed port; what the cache has would need none."""
    os.utime(checkout / BORROWED, (0, 0))
    (checkout / ".venv/bin/python").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    shutil.copy(Path(sys.executable).with_name("npm"), checkout / ".venv/bin")
    nowhere = {"registry": "http://127.0.0.1:9", "cache": str(checkout), "fetch_retries": "0"}
    done = make(checkout, "book", **{f"npm_config_{key}": said for key, said in nowhere.items()})
    assert done.returncode
    assert "ECONNREFUSED" in done.stderr
    assert "Expected what tools/npm/package-lock.json names" in done.stdout
    assert not (checkout / BORROWED).exists()
    assert not (checkout / "_build").exists()


# --- Proxy, home and processors. -----------------------------------------------------------------


def environment_of_make(**environment: str) -> dict[str, str]:
    """Return what the commands of make find around them."""
    lines = make(ROOT, "-s", "--eval=shown: ; @env", "shown", **environment).stdout.splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)


@MAKE
@pytest.mark.parametrize(("said", "taken"), [({}, "1"), ({THREADS: "4"}, "4")])
def test_products_of_matrices_take_one_processor_unless_more_are_asked_for(said, taken):
    settle(settled := {"HOME": str(ROOT)} | said)
    assert settled[THREADS] == taken
    assert environment_of_make(**said)[THREADS] == taken


@MAKE
def test_make_and_the_tests_keep_things_in_the_same_place():
    """Where home cannot be written; else each tool keeps them where it likes."""

    def kept(**environment: str) -> dict[str, str]:
        shown = environment_of_make(**environment)
        return {name: shown[name] for name in KEPT if shown.get(name)}

    in_environment = {name: str(FOLDER / folder) for name, folder in KEPT.items()}
    assert kept(HOME=str(ROOT)) == {}
    for home in ("", "/dev/null", "/nowhere/at/all"):
        assert kept(HOME=home) == in_environment
    assert kept(HOME=home, MPLCONFIGDIR="/mine") == in_environment | {"MPLCONFIGDIR": "/mine"}


def test_a_local_server_is_reached(tmp_path: Path):
    """By this process, with whatever proxy is set around the tests."""
    (tmp_path / "index.html").write_text("The book")
    with serving(tmp_path) as address, urllib.request.urlopen(f"{address}/index.html") as answer:
        assert answer.status == 200


@pytest.mark.slow
def test_the_tests_run_behind_a_proxy_and_without_a_home():
    """A notebook to the outputs that are stored, and a server; the proxy here is a closed port."""
    names = ("http_proxy", "https_proxy", "all_proxy")
    proxies = {name: "http://127.0.0.1:9" for name in (*names, *map(str.upper, names))}
    without = {"no_proxy", "NO_PROXY", *KEPT}
    environment = {name: value for name, value in os.environ.items() if name not in without}
    reached = f"{Path(__file__).relative_to(ROOT)}::{test_a_local_server_is_reached.__name__}"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, reached, "book/index.ipynb"],
        cwd=ROOT,
        env=environment | proxies | {"HOME": os.devnull},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
