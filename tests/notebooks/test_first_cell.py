"""The first cell of each notebook: it installs the course in Colab, or says why there is none."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import types
import venv
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from addresses import METADATA, first_cell
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.io import capture_output
from manuscript import ROOT, Page, notebooks
from repository import Repository

from utils import VERSION

SOMEWHERE = Repository("https://github.com/someone/a-course", "published")


@pytest.mark.parametrize("page", notebooks(), ids=lambda page: page.path.stem)
def test_it_is_the_same_everywhere_and_not_on_the_site(page: Page):
    """With the address of `_config.yml` in it; `make address` writes both."""
    cell = page.cells[0].node
    assert cell.source == first_cell(Repository.read()), "run `make address`"
    assert cell.metadata == METADATA
    assert cell.outputs == []


# --- With a Colab that is made up. ---------------------------------------------------------------


class Colab:
    """A notebook whose shell and whose Colab write down what they are asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.shell = InteractiveShell()
        self.shell.system = self.asked.append

    def modules(self) -> dict[str, types.ModuleType]:
        """Return what a kernel in Colab has imported before the first cell."""
        output = types.SimpleNamespace(
            enable_custom_widget_manager=lambda: self.asked.append("widgets")
        )
        colab = types.ModuleType("google.colab")
        colab.output = output
        return {"google": types.ModuleType("google"), "google.colab": colab}

    def run(self, source: str) -> tuple[BaseException | None, str]:
        """Run a cell; return what it raised and what it printed."""
        with capture_output() as printed:
            result = self.shell.run_cell(source)
        return result.error_in_exec or result.error_before_exec, printed.stdout + printed.stderr


@pytest.fixture
def colab() -> Iterator[Colab]:
    colab = Colab()
    yield colab
    colab.shell.history_manager.end_session()
    colab.shell.reset(new_session=False)


def test_elsewhere_it_does_and_prints_nothing(colab: Colab):
    """Whether the address is known or not."""
    assert "google.colab" not in sys.modules
    for repository in (None, SOMEWHERE):
        assert colab.run(first_cell(repository)) == (None, "")
    assert colab.asked == []


def test_in_colab_it_installs_the_course(colab: Colab, monkeypatch: pytest.MonkeyPatch):
    """From the branch that the link named, and lets the sliders in; also twice."""
    for name, module in colab.modules().items():
        monkeypatch.setitem(sys.modules, name, module)
    pip = f"{sys.executable} -m pip install --quiet"
    once = [f"{pip} git+https://github.com/someone/a-course@published", "widgets"]
    for times in (1, 2):
        assert colab.run(first_cell(SOMEWHERE)) == (None, "")
        assert colab.asked == once * times


def test_in_colab_it_says_what_it_lacks(colab: Colab, monkeypatch: pytest.MonkeyPatch):
    """Without an address it stops, names the remedy, and the remedy works."""
    for name, module in colab.modules().items():
        monkeypatch.setitem(sys.modules, name, module)
    error, _ = colab.run(first_cell(None))
    assert "Write its address between the quotes" in str(error)
    assert colab.asked == []
    mended = first_cell(None).replace('""', '"https://github.com/OWNER/NAME"', 1)
    assert colab.run(mended) == (None, "")
    pip = f"{sys.executable} -m pip install --quiet"
    assert colab.asked == [f"{pip} git+https://github.com/OWNER/NAME", "widgets"]


# --- With another `utils`, or none. --------------------------------------------------------------


def in_a_new_python(folder: Path, *options: str) -> str:
    """Run the cell beside what a folder has; return the last line of what Python says of it."""
    command = [sys.executable, *options, "-c", first_cell(SOMEWHERE)]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return (run.stdout + run.stderr).strip().split("\n")[-1]


@pytest.mark.parametrize("own", ["utils.py", "utils/__init__.py", "utils/helpers.py"])
def test_it_names_what_is_in_the_way_of_the_course(own: str, tmp_path: Path):
    """A file or a folder of the reader's, beside a copied chapter."""
    path = tmp_path / own
    path.parent.mkdir(exist_ok=True)
    path.write_text("answer = 42\n")
    top = tmp_path / Path(own).parts[0]
    said = in_a_new_python(tmp_path)
    assert said.startswith(f"ImportError: {path if '__' in own else top} is in the way")
    assert "give it another name" in said
    top.rename(tmp_path / f"mine{top.suffix}")
    assert in_a_new_python(tmp_path) == ""


def test_it_says_where_the_course_is_not_installed(tmp_path: Path):
    """As in another kernel than the one of the course; here Python without its packages."""
    assert "install it" in in_a_new_python(tmp_path, "-S")


def test_it_says_where_package_and_notebook_are_of_different_versions():
    """As where a hub's image is of another term than the chapters that a link has brought."""
    command = [sys.executable, "-c", first_cell(SOMEWHERE, of="9.8.7")]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    said = run.stderr.strip().split("\n")[-1]
    assert said.startswith("ImportError: This notebook is of version 9.8.7 of the course")
    assert f"`utils` here of {VERSION}: " in said


# --- With the real pip and the real git, without a network. ------------------------------------

AS_IF_IN_COLAB = """
import google.colab
from pathlib import Path
from IPython.core.interactiveshell import InteractiveShell

result = InteractiveShell.instance().run_cell(Path("cell.py").read_text())
result.raise_error()
import utils.explore.live
print(utils.__file__)
"""


def machine(folder: Path) -> Path:
    """Make a machine that has what Colab has, all but the course, and return its Python."""
    venv.create(folder / "venv", symlinks=os.name != "nt")
    scheme = {"base": str(folder / "venv"), "platbase": str(folder / "venv")}
    packages = Path(sysconfig.get_path("purelib", "venv", scheme))
    (packages / "google").mkdir()
    (packages / "google" / "colab.py").write_text(
        "class output:\n    def enable_custom_widget_manager():\n        pass\n"
    )
    for package in Path(nbformat.__file__).parents[1].iterdir():
        if "neural_networks_derived" not in package.name:
            (packages / package.name).symlink_to(package)
    return Path(sysconfig.get_path("scripts", "venv", scheme)) / "python"


def published(folder: Path) -> str:
    """Return the address of a repository with the course in it, on this machine."""
    source = folder / "course"
    source.mkdir()
    names = ("pyproject.toml", "requirements-run.txt", "README.md", "LICENSE", "utils")
    for command in (
        ["git", "init", "--quiet", "--initial-branch=published", str(source)],
        ["cp", "-r", *(str(ROOT / name) for name in names), str(source)],
        ["git", "-C", str(source), "add", "."],
        ["git", "-C", str(source), "-c", "user.name=a", "-c", "user.email=a@b.c",
         "commit", "--quiet", "--message=The course"],
    ):  # fmt: skip
        subprocess.run(command, check=True)
    return source.as_uri()


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="makes symbolic links, as Windows seldom allows")
def test_pip_installs_the_course_and_nothing_else(tmp_path: Path):
    """Colab's packages satisfy the bounds, so none of them changes and nothing is to restart."""
    python, address = machine(tmp_path), published(tmp_path)
    (tmp_path / "cell.py").write_text(first_cell(Repository(address, "published")))
    offline = {"PIP_NO_INDEX": "1", "PIP_NO_BUILD_ISOLATION": "0", "PIP_NO_CACHE_DIR": "1"}
    before = set(Path(sysconfig.get_path("purelib")).iterdir())
    run = subprocess.run(
        [python, "-c", AS_IF_IN_COLAB],
        cwd=tmp_path,
        env=os.environ | offline | {"IPYTHONDIR": str(tmp_path), "PYTHONPATH": ""},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert Path(run.stdout.strip()).is_relative_to(tmp_path / "venv"), "and it says nothing else"
    assert set(Path(sysconfig.get_path("purelib")).iterdir()) == before
