"""Binder: the repository's own files are all that repo2docker needs.

To make an image it chooses a way to build by the files that are there, chooses a Python, writes a
Dockerfile, and has a container engine fetch the system and the notebook server and run the commands
of this repository.  Here all is run but the fetching, since a test cannot count on an engine or on
the network; the job `binder` of the workflow `test` runs that.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
import yaml
from manuscript import ROOT
from nbformat.sign import NotebookNotary
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import Version
from repo2docker.app import Repo2Docker
from repo2docker.buildpacks import PythonBuildPack, conda

WORKFLOW = yaml.safe_load((ROOT / ".github/workflows/test.yml").read_text(encoding="utf-8"))
SERVER = Path(conda.__file__).parent  # of the notebook server's environments, one for each Python


@pytest.fixture
def pack(monkeypatch: pytest.MonkeyPatch) -> PythonBuildPack:
    """Return the way to build that repo2docker chooses for this repository."""
    monkeypatch.chdir(ROOT)
    tool = Repo2Docker()
    packs = (make(base_image=tool.base_image) for make in tool.buildpacks)
    chosen = next(pack for pack in packs if pack.detect())
    chosen.platform = "linux/amd64"
    assert type(chosen) is PythonBuildPack, "by requirements.txt and runtime.txt"
    return chosen


def test_its_python_is_one_of_ours(pack: PythonBuildPack):
    """The one that runtime.txt names: repo2docker has it, the book is tested on it."""
    named = (ROOT / "runtime.txt").read_text(encoding="utf-8").strip()
    assert named == f"python-{pack.python_version}"
    assert (SERVER / f"environment.py-{pack.python_version}-linux-64.lock").exists()
    assert pack.python_version in WORKFLOW["jobs"]["test"]["strategy"]["matrix"]["python"]
    assert not pack.separate_kernel_env, "the server and the chapters share one environment"


def test_the_dockerfile_installs_the_course(pack: PythonBuildPack):
    """After the whole repository is there, since utils is part of it."""
    dockerfile = pack.render({})
    copied = dockerfile.index(" src/ ${REPO_DIR}/")
    assert re.search(r'pip install --no-cache-dir -r "requirements.txt"', dockerfile[copied:])
    assert "{{" not in dockerfile


def test_the_server_there_suits_the_chapters(pack: PythonBuildPack):
    """JupyterLab comes with it, and widgets of a version that requirements.txt takes."""
    lock = (SERVER / f"environment.py-{pack.python_version}-linux-64.lock").read_text()
    there = dict(re.findall(r"/([a-z][\w-]*)-(\d[\w.]*)-[^-/]+\.conda", lock))
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    asked = [Requirement(line.split("#")[0]) for line in lines if re.match(r"\w", line)]
    (widgets,) = [wanted for wanted in asked if wanted.name == "ipywidgets"]
    assert there["ipywidgets"] in widgets.specifier
    assert Version(there["jupyterlab"]) in SpecifierSet(">=4,<5")


@pytest.mark.slow
def test_its_commands_find_what_they_ask_for(pack: PythonBuildPack):
    """Run to the point where pip would download: the files read well, the bounds fit together.

    By uv in the place of pip, which takes the same words and a tenth of the time.
    """
    commands = [command for _, command in pack.get_assemble_scripts() if "pip install" in command]
    assert commands
    for command in commands:
        dry = command.replace("${KERNEL_PYTHON_PREFIX}/bin/pip", f'"{sys.executable}" -m uv pip')
        assert dry != command
        dry += f' --dry-run --offline --no-build-isolation --python "{sys.executable}"'
        run = subprocess.run(
            dry, shell=True, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
        )
        assert run.returncode == 0, run.stdout + run.stderr
        news = re.findall(r"(?m)^ [+~-] ([\w-]+)", run.stderr)
        assert set(news) <= {"neural-networks-derived"}, "of all else there is what it asks for"


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="the image is a Linux")
def test_the_stored_figures_are_shown(pack: PythonBuildPack, tmp_path: Path):
    """JupyterLab draws what it trusts, so the last step of the image lets it trust the chapters."""
    assert pack.get_post_build_scripts() == ["postBuild"]
    for folder in ("book", "data"):
        (tmp_path / folder).mkdir()
    chapter = shutil.copy(ROOT / "book" / "perceptron.ipynb", tmp_path / "book")
    there = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "JUPYTER_DATA_DIR": str(tmp_path / "data"),
    }

    def trusted() -> bool:
        notary = NotebookNotary(data_dir=there["JUPYTER_DATA_DIR"])
        return notary.check_signature(nbformat.read(chapter, as_version=4))

    assert not trusted()
    run = [ROOT / "postBuild"]
    subprocess.run(run, cwd=tmp_path, env=there, check=True, timeout=60, capture_output=True)
    assert trusted()


def test_the_rest_is_run_where_there_is_a_container_engine():
    """By the workflow, with the repo2docker of the lock."""
    steps = [step.get("run", "") for step in WORKFLOW["jobs"]["binder"]["steps"]]
    assert any(re.match(r"jupyter-repo2docker --no-run .* \.$", step) for step in steps)
