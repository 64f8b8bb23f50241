"""The lab: every chapter as a notebook that runs in the reader's own browser, with no server behind it.

JupyterLite is built into ``lab/`` of the site.  Its kernel is Pyodide, Python compiled for browsers,
which comes from a public CDN when a reader opens a notebook; or from the site itself, where the
environment variable ``PYODIDE`` names a distribution of it (``make book PYODIDE=path``).

Pyodide looks up in a lock file which package an import needs.  The lab has its own: Pyodide's, and
besides what the chapters need and Pyodide lacks, ``utils`` first.  So ``from utils import …`` brings
the course, NumPy and the rest into any notebook, and nobody has to install anything.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, time
from importlib import metadata
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import yaml
from jupyterlite_pyodide_kernel.constants import PYODIDE_CDN_URL, PYODIDE_VERSION
from npm import package
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ExtensionError
from sphinx.util import logging

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
LITE = HERE / "lite"
LOCK = package("pyodide") / "pyodide-lock.json"  # which packages that Pyodide carries
PYTHON = "static/python"  # where the lab keeps its lock and its wheels, and Pyodide if it is local
logger = logging.getLogger(__name__)

#: What the lab shows besides notebooks and files: widgets, the kernel, and what the book adds.
EXTENSIONS = (
    "@jupyter-widgets/jupyterlab-manager",
    "anywidget",
    "@jupyterlite/pyodide-kernel-extension",
)

#: What the chapters import and Pyodide lacks, with what it needs of Pyodide or of this table.
#: (The other half of what ipywidgets asks for is scripts, which EXTENSIONS has.)
CARRIED = {
    "anywidget": ("ipywidgets", "psygnal", "typing-extensions"),
    "comm": (),
    "ipywidgets": ("comm", "ipython", "traitlets"),
    "lark": (),
    "psygnal": (),  # compiled for speed alone; its Python is with it
}

#: What `utils` imports.
COURSE = (
    *("numpy", "scipy", "sympy", "mpmath", "matplotlib", "scikit-learn"),
    *("ipython", "matplotlib-inline", "traitlets", "anywidget", "lark"),
)

#: What the kernel asks for as it starts; named in the lock and loaded together, it is there sooner.
KERNEL = (
    *("micropip", "piplite", "ipykernel", "comm", "pyodide-kernel", "jedi", "ipython"),
    "book-lab",
)

HOME = "home/pyodide"  # where a kernel starts that has no service worker, and sees no files


# --- Wheels. ---------------------------------------------------------------------------------------


def write_wheel(folder: Path, name: str, version: str, files: Mapping[str, bytes]) -> Path:
    """Write a wheel of pure Python, the same bytes for the same files."""
    folder.mkdir(parents=True, exist_ok=True)
    stem = f"{name.replace('-', '_')}-{version}"
    about = {
        f"{stem}.dist-info/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{stem}.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    if not any(".dist-info/" in inside for inside in files):
        files = {**files} | {inside: text.encode() for inside, text in about.items()}
    wheel = folder / f"{stem}-py3-none-any.whl"
    with ZipFile(wheel, "w") as archive:
        for inside in sorted(files):
            archive.writestr(ZipInfo(inside), files[inside], ZIP_DEFLATED)  # dated 1980
    return wheel


def course_wheel(folder: Path) -> Path:
    """Write ``utils`` as a wheel, with its style, its grammar and its scripts."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    inside = [p for p in (ROOT / "utils").rglob("*") if p.is_file() and p.suffix != ".pyc"]
    files = {path.relative_to(ROOT).as_posix(): path.read_bytes() for path in inside}
    return write_wheel(folder, project["name"], project["version"], files)


def lab_wheel(lab: Path, folder: Path) -> Path:
    """Write what a kernel of the lab finds around it: IPython's settings, and files of chapters."""
    files = {"etc/ipython/ipython_config.py": (LITE / "ipython_config.py").read_bytes()}
    for path in sorted((lab / "files" / "_static").glob("*")):
        files[f"{HOME}/_static/{path.name}"] = path.read_bytes()
    inside = {f"book_lab-1.data/data/{place}": data for place, data in files.items()}
    return write_wheel(folder, "book-lab", "1", inside)


def installed_wheel(name: str, folder: Path, *, compiled: bool = True) -> Path:
    """Write an installed distribution as the wheel that it came in, without its front end.

    What is compiled cannot come along: raise ``ExtensionError`` if anything is, or leave it out where
    the package does without (``compiled=False``).
    """
    distribution = metadata.distribution(name)
    unwanted = {"..", "__pycache__", "labextension", "nbextension"}
    unwanted |= {"RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json"}
    paths = [path for path in distribution.files or () if not unwanted & set(path.parts)]
    native = {path for path in paths if path.suffix in (".so", ".pyd", ".dylib")}
    if compiled and native:
        raise ExtensionError(f"the lab: expected pure Python in {name}, got {[*map(str, native)]}")
    files = {path.as_posix(): path.locate().read_bytes() for path in paths if path not in native}
    return write_wheel(folder, distribution.name, distribution.version, files)


def entry(wheel: Path, folder: Path, depends: Iterable[str] = ()) -> dict:
    """Return what a lock in a folder says of a wheel."""
    name, version = wheel.name.split("-")[:2]
    with ZipFile(wheel) as archive:
        tops = {inside.split("/")[0].removesuffix(".py") for inside in archive.namelist()}
    return {
        "name": name.replace("_", "-").lower(),
        "version": version,
        "file_name": os.path.relpath(wheel, folder).replace(os.sep, "/"),
        "install_dir": "site",
        "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
        "package_type": "package",
        "imports": sorted(top for top in tops if not top.endswith((".dist-info", ".data"))),
        "depends": list(depends),
        "unvendored_tests": False,
    }


# --- Pyodide. --------------------------------------------------------------------------------------


def closure(names: Iterable[str], packages: Mapping[str, dict]) -> set[str]:
    """Return the names of packages of a lock and of all that they need of it."""
    todo, done = set(names), set()
    while todo:
        done.add(name := todo.pop())
        depends = packages.get(name, {}).get("depends", ())
        todo |= {depended.replace("_", "-") for depended in depends} - done
    return done & set(packages)


def distribution(path: Path) -> Path:
    """Return the folder of a local Pyodide, given that or the folder around it.

    Raise ``ExtensionError`` if it is not the one that the kernel needs, or not the whole.
    """
    full = (
        f"the whole distribution of Pyodide {PYODIDE_VERSION} (pyodide-{PYODIDE_VERSION}.tar.bz2)"
    )
    folder = next((f for f in (path, path / "pyodide") if (f / LOCK.name).is_file()), None)
    if folder is None:
        raise ExtensionError(
            f"PYODIDE: expected {full}, unpacked, and found no {LOCK.name} in {path}"
        )
    ours, theirs = (json.loads(f.read_text("utf-8")) for f in (LOCK, folder / LOCK.name))
    if theirs["info"] != ours["info"]:
        raise ExtensionError(f"PYODIDE: expected {full}, {ours['info']}, and got {theirs['info']}")
    files = ["pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip"]
    needed = closure({*KERNEL, *COURSE}, ours["packages"])
    files += [theirs["packages"].get(name, {}).get("file_name", name) for name in sorted(needed)]
    if lacking := [file for file in files if not (folder / file).is_file()]:
        raise ExtensionError(f"PYODIDE: expected {full}, and {path} lacks {', '.join(lacking)}")
    return folder


def add_python(lab: Path, pyodide: Path | None = None) -> None:
    """Give a lab its wheels, its lock, and a local Pyodide if there is one; tell its kernel."""
    folder = lab / PYTHON
    shutil.rmtree(folder, ignore_errors=True)
    lock = json.loads((pyodide / LOCK.name if pyodide else LOCK).read_text("utf-8"))
    if pyodide:
        # Hundreds of megabytes: linked, not copied, where the disk can.  The lock will be ours.
        others = shutil.ignore_patterns("*.map", LOCK.name)
        shutil.copytree(pyodide, folder, copy_function=_link, ignore=others)
    else:
        for package in lock["packages"].values():
            package["file_name"] = f"{PYODIDE_CDN_URL}/{package['file_name']}"
    lock["packages"] |= own_packages(lab, folder)
    course = lock["packages"]["neural-networks-derived"]
    course["depends"] = [name for name in COURSE if name in lock["packages"]]
    text = json.dumps(lock, sort_keys=True, separators=(",", ":"))
    (folder / LOCK.name).write_text(text, "utf-8")
    digest = hashlib.sha256(text.encode()).hexdigest()[:10]
    options = {"lockFileURL": f"./{PYTHON}/{LOCK.name}?{digest}", "packages": list(KERNEL)}
    local = {"pyodideUrl": f"./{PYTHON}/pyodide.mjs"} if pyodide else {}
    tell_kernel(lab, {"loadPyodideOptions": options} | local)


def own_packages(lab: Path, folder: Path) -> dict[str, dict]:
    """Write our wheels into a folder; return what a lock says of them, and of the kernel's own."""
    wheels = {course_wheel(folder): (), lab_wheel(lab, folder): ()}
    for name, depends in CARRIED.items():
        wheels[installed_wheel(name, folder, compiled=name != "psygnal")] = depends
    entries = [entry(shelved(wheel), folder, depends) for wheel, depends in wheels.items()]
    theirs = sorted((lab / "extensions").glob("@jupyterlite/*/static/pypi/*.whl"))
    entries += [found for wheel in theirs if (found := entry(wheel, folder))["name"] in KERNEL]
    return {found["name"]: found for found in entries}


def shelved(wheel: Path) -> Path:
    """Move a wheel to a folder named by its contents: no cache can take an old one for a new."""
    shelf = wheel.parent / hashlib.sha256(wheel.read_bytes()).hexdigest()[:10]
    shelf.mkdir()
    return wheel.rename(shelf / wheel.name)


def tell_kernel(lab: Path, settings: dict) -> None:
    """Write settings of the kernel into those of the lab."""
    path = lab / "jupyter-lite.json"
    config = json.loads(path.read_text("utf-8"))
    plugins = config["jupyter-config-data"].setdefault("litePluginSettings", {})
    plugins.setdefault("@jupyterlite/pyodide-kernel-extension:kernel", {}).update(settings)
    path.write_text(json.dumps(config, indent=2, sort_keys=True), "utf-8")


def _link(source: str, target: str) -> str:
    try:
        os.link(source, target)
    except OSError:  # another disk, or a system without links
        shutil.copy2(source, target)
    return target


# --- JupyterLite. ----------------------------------------------------------------------------------


def build(lab: Path, notebooks: Iterable[Path], aside: Path, pyodide: Path | None = None) -> None:
    """Build the lab with these notebooks, in place of what was there.

    It grows in the folder *aside*, on the same disk and outside the site, which never has half a lab.
    """
    day = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))["date-released"]
    released = datetime.combine(day, time(), UTC)
    lab.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=aside) as name:
        work = Path(name)
        shutil.copytree(LITE / "site", work, dirs_exist_ok=True)
        shared = Path(sys.prefix, "share/jupyter/labextensions")
        options = {
            "apps": ["notebooks", "tree"],
            "contents": ["contents"],
            "federated_extensions": [*(str(shared / e) for e in EXTENSIONS), str(LITE / "book")],
            "ignore_sys_prefix": True,  # or it would take whatever else is installed here
            "no_sourcemaps": True,
            "no_unused_shared_packages": True,
            "no_libarchive": True,
            "output_dir": "lab",
        }
        (work / "jupyter_lite_config.json").write_text(json.dumps({"LiteBuildConfig": options}))
        for path in notebooks:
            target = work / "contents" / path.relative_to(ROOT / "book")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
            os.utime(target, (released.timestamp(),) * 2)  # not when this copy of the book was made
        done = subprocess.run(
            [sys.executable, "-m", "jupyterlite_core", "build"],
            cwd=work,
            env=os.environ | {"SOURCE_DATE_EPOCH": str(int(released.timestamp()))},
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise ExtensionError(f"JupyterLite was not built:\n{done.stdout}{done.stderr}")
        built = work / "lab"
        trim(built)
        add_python(built, pyodide)
        shutil.rmtree(lab, ignore_errors=True)
        built.rename(lab)


def trim(lab: Path) -> None:
    """Leave out what no reader needs, and say on each page what it needs itself."""
    for kind in ("eot", "svg", "ttf", "woff"):  # each font is there once more, as woff2
        for font in (lab / "build").glob(f"fa-*.{kind}"):
            font.unlink()
    for script in (lab / "build").glob("*.js"):  # one way to lay out diagrams, of 1.5 MB
        if b"org.eclipse.elk" in script.read_bytes():
            script.unlink()
    warning = (LITE / "warning.html").read_text("utf-8")
    title = "<title>Neural Networks, Derived</title>"
    for page in lab.glob("*/index.html"):
        text = page.read_text("utf-8")
        text = re.sub(r"<title>.*?</title>", title, text, count=1)
        page.write_text(text.replace("</body>", f"{warning}</body>"), "utf-8")


# --- With the site. --------------------------------------------------------------------------------


def local_python() -> Path | None:
    """Return the local Pyodide that ``PYODIDE`` names, seen from the root of the repository."""
    path = os.environ.get("PYODIDE")
    return distribution(ROOT / Path(path).expanduser()) if path else None


def start(app: Sphinx, config: Config) -> None:
    """Tell the pages where their Python will come from; refuse a wrong one before the work begins."""
    config.html_context["lab_python"] = {"local": local_python() is not None}


def begin(app: Sphinx, *_: object) -> None:
    """Build the lab, if anything in it has changed, beside the pages: those are written one by one."""
    if app.builder.format != "html":
        return
    pages = (Path(app.env.doc2path(page)) for page in sorted(app.env.found_docs))
    contents = with_measurements([path for path in pages if path.suffix == ".ipynb"])
    pyodide = local_python()
    lab, stamp = Path(app.outdir, "lab"), Path(app.doctreedir, "lab.stamp")
    state = state_of(contents, pyodide)
    if lab.exists() and stamp.exists() and stamp.read_text("utf-8") == state:
        return

    def work() -> None:
        build(lab, contents, Path(app.doctreedir), pyodide)
        stamp.write_text(state, "utf-8")

    app.lab = ThreadPoolExecutor(1).submit(work)


def finish(app: Sphinx, exception: Exception | None) -> None:
    """Wait for the lab, if one is built."""
    if exception is None and hasattr(app, "lab"):
        logger.info("building the lab ... ", nonl=True)
        app.lab.result()
        logger.info("done")


def with_measurements(notebooks: Iterable[Path]) -> list[Path]:
    """Return notebooks, and the files of measurements that their cells read."""
    notebooks = list(notebooks)
    text = "".join(path.read_text("utf-8") for path in notebooks)
    measured = sorted((ROOT / "book" / "_static").glob("*.csv"))
    return [*notebooks, *(path for path in measured if f"_static/{path.name}" in text)]


def state_of(contents: Iterable[Path], pyodide: Path | None) -> str:
    """Return a digest of all that the lab is made of."""
    ours = [p for folder in (ROOT / "utils", LITE) for p in sorted(folder.rglob("*"))]
    files = [*contents, *ours, Path(__file__), ROOT / "pyproject.toml", ROOT / "CITATION.cff"]
    files += [LOCK, *([pyodide / LOCK.name] if pyodide else [])]
    digest = hashlib.sha256(str(pyodide).encode())
    for name in ("jupyterlite-core", "jupyterlite-pyodide-kernel", "jupyterlab-widgets", *CARRIED):
        digest.update(metadata.version(name).encode())
    for path in files:
        if path.is_file() and path.suffix != ".pyc":
            digest.update(str(path).encode() + path.read_bytes())
    return digest.hexdigest()


def setup(app: Sphinx) -> dict:
    """Connect to Sphinx."""
    app.connect("config-inited", start)
    app.connect("env-updated", begin)
    app.connect("build-finished", finish)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
