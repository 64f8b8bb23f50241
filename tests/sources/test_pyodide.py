"""The Python of the lab: its packages are within our bounds, and a local one is looked at first."""

from __future__ import annotations

import ast
import json
import re
import shutil
import sys
import tomllib
from pathlib import Path

import lab
import pytest
from jupyterlite_pyodide_kernel.constants import PYODIDE_CDN_URL, PYODIDE_VERSION
from manuscript import ROOT, notebooks, page
from packaging.specifiers import SpecifierSet
from packaging.version import Version
from sphinx.errors import ExtensionError
from test_project import requirements

LOCK = json.loads(lab.LOCK.read_text(encoding="utf-8"))
PACKAGES = LOCK["packages"]
BY_IMPORT = {name: package for package in PACKAGES.values() for name in package["imports"]}


def imported() -> set[str]:
    """Return the packages of others that utils and the chapters import."""
    cells = [cell.python for page in notebooks() for cell in page.of_kind("code")]
    modules = [path.read_text(encoding="utf-8") for path in (ROOT / "utils").rglob("*.py")]
    names = {
        name
        for text in (*cells, *modules)
        for node in ast.walk(ast.parse(text))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module]
            if isinstance(node, ast.ImportFrom) and not node.level
            else []
        )
    }
    foreign = {name.split(".")[0] for name in names} - sys.stdlib_module_names
    return foreign - {"utils", "google"}  # Colab's own module, which only Colab imports


def test_our_bounds_admit_what_the_browser_has() -> None:
    """The lower bounds above all: a chapter may use what they promise."""
    ours = {wanted.name.lower(): wanted.specifier for wanted in requirements()}
    carried = {name: PACKAGES[name]["version"] for name in ours if name in PACKAGES}
    assert {"numpy", "scipy", "sympy", "mpmath", "matplotlib", "scikit-learn"} <= {*carried}
    assert {n: v for n, v in carried.items() if v not in ours[n]} == {}


def test_our_python_admits_the_browsers() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert Version(LOCK["info"]["python"]) in SpecifierSet(project["requires-python"])


def test_all_that_is_imported_is_in_the_browser_or_comes_along() -> None:
    needed = lab.closure(lab.COURSE, PACKAGES) | {*lab.CARRIED}
    for name in sorted(imported()):
        distribution = BY_IMPORT[name]["name"] if name in BY_IMPORT else name.replace("_", "-")
        assert distribution in needed, f"{name}: add it to COURSE or to CARRIED"


def test_nothing_comes_along_that_is_there() -> None:
    assert {*lab.CARRIED} & {*PACKAGES} == set()
    depends = {name for names in lab.CARRIED.values() for name in names}
    assert depends - {*PACKAGES} - {*lab.CARRIED} == set()


def test_every_place_names_the_same_pyodide() -> None:
    npm = json.loads((lab.LOCK.parent / "package.json").read_text(encoding="utf-8"))
    assert npm["version"] == PYODIDE_VERSION
    assert f"v{PYODIDE_VERSION}/full" in PYODIDE_CDN_URL
    assert set(re.findall(r"pyodide-([\d.]+)\.tar", page("using").text)) == {PYODIDE_VERSION}


def pretend(folder: Path, packages: dict[str, dict], info: dict) -> Path:
    """Write a distribution of empty files."""
    folder.mkdir(parents=True)
    core = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
    for name in (*core, *(package["file_name"] for package in packages.values())):
        (folder / name).touch()
    (folder / lab.LOCK.name).write_text(json.dumps({"info": info, "packages": packages}))
    return folder


def test_a_local_pyodide_is_found_in_its_archive(tmp_path: Path) -> None:
    folder = pretend(tmp_path / "unpacked" / "pyodide", PACKAGES, LOCK["info"])
    assert lab.distribution(folder) == lab.distribution(tmp_path / "unpacked") == folder


def test_a_relative_path_is_seen_from_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make runs the build in another folder than the one where its user stands."""
    monkeypatch.chdir(ROOT / "book")
    monkeypatch.setenv("PYODIDE", "no/such place")
    with pytest.raises(ExtensionError, match=re.escape(str(ROOT / "no/such place"))):
        lab.local_python()
    monkeypatch.delenv("PYODIDE")
    assert lab.local_python() is None


def test_a_wrong_local_pyodide_is_refused(tmp_path: Path) -> None:
    wanted = f"expected the whole distribution of Pyodide {PYODIDE_VERSION}"
    with pytest.raises(ExtensionError, match=f"{wanted}.*found no pyodide-lock.json"):
        lab.distribution(tmp_path)
    older = pretend(tmp_path / "older", PACKAGES, LOCK["info"] | {"python": "3.13.2"})
    with pytest.raises(ExtensionError, match=f"{wanted}.*3.13.2"):
        lab.distribution(older)
    core = pretend(tmp_path / "core", {}, LOCK["info"])
    with pytest.raises(ExtensionError, match=f"{wanted}.*lacks .*numpy"):
        lab.distribution(core)


def test_a_compiled_package_cannot_come_along(tmp_path: Path) -> None:
    with pytest.raises(ExtensionError, match="expected pure Python in numpy"):
        lab.installed_wheel("numpy", tmp_path)
    shutil.rmtree(tmp_path)
