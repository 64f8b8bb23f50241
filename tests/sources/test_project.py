"""The project around the book: pins, packages, commands, and nothing of anybody's machine."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import wheels
import yaml
from lint import report
from manuscript import ROOT
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import Version

LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
PINS = re.findall(r"(?m)^([\w.-]+)==([\w.]+)( ;[^\\]*)?", LOCK)


def requirements() -> list[Requirement]:
    """Return what the requirement files ask for."""
    lines = [
        line.split("#")[0].strip()
        for name in ("requirements-run.txt", "requirements.txt", "requirements-dev.txt")
        for line in (ROOT / name).read_text(encoding="utf-8").splitlines()
    ]
    return [Requirement(line) for line in lines if line and not line.startswith("-")]


@pytest.mark.parametrize("requirement", requirements(), ids=lambda wanted: wanted.name)
def test_a_requirement_has_bounds_and_a_pin(requirement: Requirement):
    """From the oldest that works to below the next that may not; the lock holds one in between."""
    assert {">=", "<"} <= {clause.operator for clause in requirement.specifier}
    pins = [version for name, version, _ in PINS if name == requirement.name.lower()]
    assert pins, "not in requirements.lock: run `make lock`"
    assert all(version in requirement.specifier for version in pins), "run `make lock`"


def test_the_lock_says_what_and_not_where_from():
    """Names, versions and hashes: packages come from wherever the reader's installer looks."""
    assert not re.search(r"://|^--|^-[ie]|@ ", LOCK, re.M)
    assert all(
        "--hash=sha256:" in block for block in re.split(r"(?m)^(?=\w)", LOCK) if "==" in block
    )


def wheels_there() -> list[str]:
    """Return the wheels that `make lock` found."""
    return wheels.WHEELS.read_text(encoding="utf-8").removeprefix(wheels.HEADER).splitlines()


def test_every_system_has_a_wheel_of_every_pin():
    """And nothing is kept that no system takes."""
    taken, lacking = wheels.suiting(LOCK, wheels_there())
    report(lacking, "Run `make lock`:")
    assert sorted(taken) == wheels_there()


@pytest.mark.parametrize(
    ("pin", "wheel", "without"),
    [
        ("a==1", "a-1-py3-none-any.whl", 0),
        ("a==1", "a-2-py3-none-any.whl", 15),
        ("a==1 ; sys_platform == 'win32'", "b-1-py3-none-any.whl", 3),
        ("a==1 ; python_full_version < '3.12'", "b-1-py3-none-any.whl", 5),
        ("a==1", "a-1-cp311-abi3-manylinux_2_28_x86_64.whl", 12),
        ("a==1", "a-1-cp312-cp312-manylinux_2_28_x86_64.whl", 14),
        ("a==1", "a-1-cp311-abi3-manylinux_2_34_x86_64.whl", 15),
        ("a==1", "a-1-cp311-abi3-macosx_14_0_universal2.whl", 9),
        ("a==1", "a-1-cp311-abi3-macosx_15_0_arm64.whl", 15),
    ],
)
def test_a_wheel_that_is_lacking_is_seen(pin: str, wheel: str, without: int):
    """Five systems with three Pythons: counted are those that would find nothing to install."""
    _, lacking = wheels.suiting(f"{pin} \\\n    --hash=sha256:0", [wheel])
    assert len(lacking) == without


def test_the_readme_names_the_systems_of_the_lock():
    """Each with each Python that the workflow tests."""
    (said,) = re.findall(r"(?m)^It comes ready-built for (.*)$", README.replace("`", ""))
    workflow = yaml.safe_load((ROOT / ".github/workflows/test.yml").read_text(encoding="utf-8"))
    pythons = workflow["jobs"]["test"]["strategy"]["matrix"]["python"]
    assert [*wheels.PYTHONS] == pythons == re.findall(r"\b3\.\d+", said)
    assert re.findall(r"(?:Linux|macOS|Windows) \w+64", said) == [*wheels.SYSTEMS]
    assert "from glibc 2.28 and macOS 14 on" in said


def test_the_code_imports_nothing_that_is_not_required():
    """Else it works only where something else happened to bring the package."""
    names = {"sklearn": "scikit-learn", "contourpy": "matplotlib"} | dict.fromkeys(
        ("IPython", "matplotlib_inline", "traitlets"),
        "anywidget",  # which is nothing without them
    )
    required = {
        line.split(">=")[0].strip()
        for line in (ROOT / "requirements-run.txt").read_text(encoding="utf-8").splitlines()
    }
    imported = {
        match[1]
        for path in (ROOT / "utils").rglob("*.py")
        for match in re.finditer(
            r"(?m)^\s*(?:from|import) ([a-zA-Z_]\w*)", path.read_text(encoding="utf-8")
        )
    }
    foreign = imported - sys.stdlib_module_names - {"utils"}
    assert {names.get(name, name) for name in foreign} <= required


def own() -> list[Path]:
    """Return the project's own text files, also where there is no git to ask."""
    names = ("book", "utils", "course", "tools", "tests", ".ci", ".github")
    folders = [ROOT / name for name in names]
    paths = [*ROOT.iterdir(), *(path for folder in folders for path in folder.rglob("*"))]
    kinds = {
        ".py",
        ".md",
        ".ipynb",
        ".toml",
        ".yml",
        ".txt",
        ".css",
        ".js",
        ".cfg",
        ".lock",
        ".bib",
        ".csv",
        "",
    }
    made = {"node_modules", "__pycache__", ".ipynb_checkpoints"}
    return [p for p in paths if p.suffix in kinds and p.is_file() and not made & set(p.parts)]


def test_nothing_of_anybodys_machine_is_committed():
    """No home folder, no temporary file, no kernel's number in code, prose or outputs."""
    machine = re.compile(r"(/home|/Users|/root|/tmp|[A-Z]:\\Users)[/\\]\w|ipykernel_\d|/\.venv/lib")
    report(
        (
            f"{path.relative_to(ROOT)}:{number}: {found[0]}"
            for path in own()
            if path != Path(__file__)
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
            if (found := machine.search(line))
        ),
        "Name no place on one machine:",
    )


def test_make_help_lists_every_command():
    """Each command of the Makefile says in a line what it is for."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = set(re.search(r"(?m)^\.PHONY: (.*)$", makefile)[1].split())
    assert set(re.findall(r"(?m)^([a-z-]+):.*## ", makefile)) == phony


CLEARED = {
    "book/_theme/static/site.css_t": {"look"},
    "utils/explore/player.js": {"look"},
    "utils/rates.py": {"code"},
    "book/_extensions/execution.py": {"code", "pages"},
    "book/_extensions/previews.py": {"pages"},
    "requirements.lock": {"code"},
    "tools/npm/package-lock.json": {"pages"},
    "book/gradient-descent.ipynb": set(),  # Sphinx and its cache see that themselves
}


@pytest.mark.skipif(not shutil.which("make"), reason="make is not installed")
def test_only_code_that_notebooks_run_runs_them_again(tmp_path):
    """A change of style or script makes the pages anew from notebooks that have run."""
    for name in ("utils", "book", "tools"):
        kept = shutil.ignore_patterns("__pycache__", "_static", "*.svg", "node_modules")
        shutil.copytree(ROOT / name, tmp_path / name, ignore=kept)
    for name in ("Makefile", "requirements.lock"):
        shutil.copy(ROOT / name, tmp_path)
    command = ["make", "-s", "--eval=stamps: ; @echo $(CODE) $(PAGES) $(LOOK)", "stamps"]

    def stamps() -> dict[str, str]:
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
        return dict(re.findall(r"_build/(code|pages|look)-(\d+)", done.stdout))

    before = stamps()
    for changed, cleared in CLEARED.items():
        with (tmp_path / changed).open("a", encoding="utf-8") as file:
            file.write("\n")
        after = stamps()
        assert {name for name in before if before[name] != after[name]} == cleared, changed
        before = after


def test_readme_and_makefile_agree():
    """The README's commands are there, and it names `make book` and `make test`."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = set(re.findall(r"`make ([a-z-]+)`", readme))
    blocks = re.findall(r"(?s)```[a-z]*\n(.*?)```", readme)
    named |= {name for block in blocks for name in re.findall(r"(?m)^make ([a-z-]+)", block)}
    assert {"book", "test"} <= named <= set(re.findall(r"(?m)^([a-z-]+):", makefile))


@pytest.mark.parametrize("path", sorted((ROOT / ".github").rglob("*.yml")), ids=lambda p: p.name)
def test_a_workflow_pins_its_actions(path: Path):
    """An action without a version may change under us."""
    workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
    steps = [step for job in workflow["jobs"].values() for step in job.get("steps", [])]
    actions = [step["uses"] for step in steps if "uses" in step]
    assert actions
    assert [action for action in actions if not re.search(r"@(v\d+|[0-9a-f]{40})$", action)] == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("schema", "files"),
    [("github-workflows", ".github/workflows/*.yml"), ("citation-file-format", "CITATION.cff")],
)
def test_a_form_is_as_its_readers_expect(schema: str, files: str):
    """Nobody tells us else that GitHub cannot read a workflow, before it should have run."""
    paths = sorted(ROOT.glob(files))
    assert paths
    check = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}"]
    run = subprocess.run([*check, *paths], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


def test_the_workflow_does_on_windows_what_the_readme_says():
    """Line by line; but it leaves out what opens a window, the notebooks, and the slow tests."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"(?s)```powershell\n(.*?)```", readme)
    steps = yaml.safe_load((ROOT / ".github/workflows/test.yml").read_text(encoding="utf-8"))[
        "jobs"
    ]["test"]["steps"]
    (run,) = [step["run"] for step in steps if "windows" in step.get("if", "")]
    said = [line for line in block.splitlines() if line and not line.startswith("#")]
    kept = [
        line
        for line in said
        if not line.startswith(("start ", "jupyter-trust ", "jupyter-lab "))
        and not line.endswith("loadgroup book")
    ]
    done = run.splitlines()[1:]  # the first lets the step end where a command fails
    done = [line.replace(' -m "not slow and not site"', "") for line in done]
    assert done == [line.replace("py -m venv", "python -m venv") for line in kept]


def test_every_python_is_tested_on_every_system():
    """All that the metadata admits and the lock is for, on the three systems of our readers."""
    workflow = yaml.safe_load((ROOT / ".github/workflows/test.yml").read_text(encoding="utf-8"))
    matrix = workflow["jobs"]["test"]["strategy"]["matrix"]
    assert matrix["system"] == ["ubuntu", "macos", "windows"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert all(python in SpecifierSet(project["requires-python"]) for python in matrix["python"])
    conditions = " ".join(step.get("if", "") for step in workflow["jobs"]["test"]["steps"])
    assert all(f"'{system}'" in conditions for system in matrix["system"])


def test_what_pip_installs_with_the_course_is_written_once():
    """In requirements-run.txt, which the metadata and requirements.txt both read."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["tool"]["setuptools"]["dynamic"]["dependencies"]["file"] == [
        "requirements-run.txt"
    ]
    everything = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert {"-r requirements-run.txt", "-e ."} <= set(everything)
    names = [requirement.name for requirement in requirements()]
    assert sorted(set(names)) == sorted(names), "a requirement has its bounds in one file"


def test_the_commit_hook_has_the_ruff_of_the_lock():
    """Else the hook and the tests could disagree about style."""
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    (ruff,) = [repo for repo in hooks if repo["repo"].endswith("ruff-pre-commit")]
    assert ruff["rev"].removeprefix("v") in [pin for name, pin, _ in PINS if name == "ruff"]


def test_the_lock_is_for_the_oldest_python_that_we_support():
    """`requires-python` and the marker of the lock agree."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    oldest = project["project"]["requires-python"].removeprefix(">=")
    assert f"--python-version {oldest}" in LOCK
    assert Version(oldest) == Version("3.11")
