"""A small Pyodide for the tests: its core as npm has it, and packages that are pure Python.

NumPy's and matplotlib's builds for the browser are on no package registry; the CDN that has them is
out of reach of a test.  SymPy and the widgets are the ones installed here, packed again.
"""

from __future__ import annotations

import json
import shutil
from importlib import metadata
from pathlib import Path

import lab

CORE = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")

#: What IPython asks for besides what Pyodide's lock says, which is of an earlier version.
BESIDES = ("ipython-pygments-lexers",)

#: What the kernel imports as it starts and no test uses.  With all packages in the lock, micropip
#: has nothing to install; jedi completes names, and IPython can do without.
STUBS = {
    "micropip": {
        "micropip/__init__.py": b"install = None",
        "micropip/package_index.py": b"CompatibilityLayer = ProjectInfo = query_package = None",
    },
    "jedi": {"jedi/__init__.py": b""},
}


def installed() -> set[str]:
    """Return the names of all that is installed here."""
    return {d.name.lower().replace("_", "-") for d in metadata.distributions()}


def small_pyodide(folder: Path) -> Path:
    """Write a distribution of Pyodide without compiled packages; return its folder."""
    folder.mkdir(parents=True)
    for name in CORE:
        shutil.copy(lab.LOCK.parent / name, folder)
    whole = json.loads(lab.LOCK.read_text("utf-8"))
    packages = {}
    for name, files in STUBS.items():
        stub = lab.write_wheel(folder, name, "0", files)
        packages[name] = lab.entry(stub, folder)
    roots = {"ipython", "sympy", "typing-extensions"}
    names = {*(lab.closure(roots, whole["packages"])), *BESIDES} & installed()
    for name in sorted(names):
        depends = {*whole["packages"].get(name, {}).get("depends", ())}
        depends |= {*BESIDES} if name == "ipython" else set()
        wheel = lab.installed_wheel(name, folder, compiled=False)
        packages[name] = lab.entry(wheel, folder, sorted(depends & names))
    lock = {"info": whole["info"], "packages": packages}
    (folder / lab.LOCK.name).write_text(json.dumps(lock), "utf-8")
    return folder
