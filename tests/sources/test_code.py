"""The code: one style, every function explained and typed, imports that run one way."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from lint import report
from manuscript import ROOT

UTILS = ROOT / "utils"
MODULES = sorted(UTILS.rglob("*.py"))


@pytest.mark.parametrize("command", [["check"], ["format", "--check"]], ids=" ".join)
def test_ruff_has_nothing_to_say(command: list[str]):
    """Neither about the modules and tests nor about the notebooks.  `make format` mends most."""
    ruff = [sys.executable, "-m", "ruff", *command, "--quiet", "."]
    run = subprocess.run(ruff, cwd=ROOT, capture_output=True, text=True, check=False)
    if run.returncode:
        pytest.fail(f"Run `make format`, then mend what is left:\n{run.stdout}", pytrace=False)


# --- The direction of imports. --------------------------------------------------------------------

#: How high a module of `utils` stands; one that is not named here is mathematics, at the bottom.
LAYER = {"figures": 1, "diagrams": 2, "explore": 2, "cover": 3}

#: Libraries that draw.  The mathematics knows nothing of them.
DRAWING = {"matplotlib", "ipywidgets", "anywidget", "IPython", "traitlets"}


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Return what a module imports, as absolute names, each with its line."""
    package = path.relative_to(ROOT).with_suffix("").parts[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            name = ".".join(filter(None, (base, node.module)))
            if name == "utils":
                yield from ((node.lineno, f"utils.{alias.name}") for alias in node.names)
            else:
                yield node.lineno, name


def upward(path: Path) -> Iterator[str]:
    """Name the imports of a module from above it."""
    own = path.relative_to(UTILS).with_suffix("").parts[0]
    height = LAYER.get(own, 0)
    for line, name in imports(path):
        top, _, rest = name.partition(".")
        module = rest.split(".")[0]
        if top == "utils" and module and LAYER.get(module, 0) > height:
            yield f"{path.relative_to(ROOT)}:{line}: {own} imports {name}, which is above it"
        if top in DRAWING and height == 0:
            yield f"{path.relative_to(ROOT)}:{line}: {own} is mathematics and imports {name}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_run_one_way(path: Path):
    """Mathematics at the bottom, knowing nothing of figures; explorables at the top."""
    if path == UTILS / "__init__.py":
        assert list(imports(path)) == [], "`import utils` is to cost nothing"
    else:
        report(upward(path), "Move the code to where it belongs:")


def test_the_site_is_built_anew_when_a_tool_that_its_pages_import_changes():
    """The stamp of the pages in the Makefile names these files, and no other of tools/."""
    tools = {path.stem for path in (ROOT / "tools").glob("*.py")}
    pages = [*(ROOT / "book" / "_extensions").glob("*.py")]
    imported = {name for path in pages for _, name in imports(path)} & tools
    stamp = re.search(r"(?s)^PAGES := .*?[^\\]\n", (ROOT / "Makefile").read_text("utf-8"), re.M)[0]
    assert imported == set(re.findall(r"tools/(\w+)\.py", stamp))


@pytest.mark.parametrize("folder", ["utils", "book", "tools"])
def test_nothing_of_the_book_imports_the_course(folder: str):
    """The course leans on the book, and the book on nothing of the course."""
    paths = sorted((ROOT / folder).rglob("*.py"))
    found = {path: [name for _, name in imports(path)] for path in paths}
    assert [
        p for p, names in found.items() if any(n.split(".")[0] == "course" for n in names)
    ] == []


def leaning(path: Path) -> Iterator[str]:
    """Name what a file that is no test takes from the tests: a module, or their folder."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    tests = {"tests", *(test.stem for test in (ROOT / "tests").rglob("*.py"))}
    own = {sibling.stem for sibling in path.parent.glob("*.py")}
    yield from (
        f"{path.relative_to(ROOT)}:{line}: imports {name}"
        for line, name in imports(path)
        if name.split(".")[0] in tests - own
    )
    yield from (
        f"{path.relative_to(ROOT)}:{node.lineno}: names the folder of the tests"
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and node.value == "tests"
    )


def test_what_a_reader_runs_leans_on_no_test():
    """Pages, copies and commands are made by code that works where the tests are not."""
    folders = ("utils", "course", "tools", "book")
    paths = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    report((problem for path in paths for problem in leaning(path)), "Move to tools/:")


def test_leaning_on_a_test_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A module of theirs, and a path to them; a file of the same name beside it is its own."""
    for name in ("tests/server.py", "tests/paper.py", "book/paper.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    path = tmp_path / "book" / "pdf.py"
    path.write_text('import paper\nfrom server import start\nplace = root / "tests"\n')
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    assert len(list(leaning(path))) == 2


def test_an_upward_import_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Of a module above, of one beside it relatively, and of a library that draws."""
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    monkeypatch.setitem(globals(), "UTILS", tmp_path / "utils")
    path = tmp_path / "utils" / "losses.py"
    path.parent.mkdir()
    path.write_text(
        "from utils import figures\nfrom .explore import slider\nimport matplotlib.pyplot as plt\n"
        "from utils.activations import sigmoid\nimport numpy as np\n"
    )
    assert len(list(upward(path))) == 3
