"""A sample that is the same in every process, and another after each commit."""

from __future__ import annotations

import pkgutil
import re
import subprocess
import zlib
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from manuscript import ROOT, chapters

from utils import exercises

#: So many chapters are tried, where what is tried takes long and seldom breaks, and at most so many
#: more that have changed: after a change in all of them, all would take an hour.
FEW, CHANGED = 2, 4


def sample(things: Sequence, most: int, name: str) -> list:
    """Return *most* of the things, in their order, by the commit and the *name* of the sample."""
    rng = np.random.default_rng([zlib.crc32(commit()), zlib.crc32(name.encode())])
    return [things[i] for i in sorted(rng.permutation(len(things))[:most])]


@cache
def todays_chapters() -> frozenset[str]:
    """Return the names of a few chapters, others after each commit, and of some that it changed.

    A chapter is changed by whatever is named after it: notebook, module, ties, or test.
    """
    names = [chapter.path.stem for chapter in chapters()]
    new = {Path(file).stem.removeprefix("test_").replace("_", "-") for file in changed_files()}
    changed = [name for name in names if name in new]
    return frozenset(sample(names, FEW, "chapters") + sample(changed, CHANGED, "changed chapters"))


@cache
def changed_files() -> tuple[str, ...]:
    """Return the files that the commit changed, and those that have changed since."""
    commands = ["git diff --name-only HEAD~1", "git ls-files --others --exclude-standard"]
    return tuple(b"".join(map(_said_by, commands)).decode().splitlines())


def chapter_of(item: pytest.Item) -> str:
    """Return the chapter that a test is of, if any: by its page or exercise, else its module."""
    params = item.callspec.params if hasattr(item, "callspec") else {}
    kinds = ("path", "place", "page_with_explorables", "page", "tie", "question", "name")
    what = next((params[kind] for kind in kinds if kind in params), item)
    what = str(getattr(what, "page", getattr(what, "path", what))).partition("#")[0]
    name = chapters_of_exercises().get(what, Path(what).stem)
    return re.sub("^test_(functions_of_)?", "", name).replace("_", "-")


@cache
def chapters_of_exercises() -> dict[str, str]:
    """Return the module of each exercise, which is named after its chapter."""
    modules = pkgutil.iter_modules(exercises.__path__, f"{exercises.__name__}.")
    names = [module.name for module in modules]
    return {
        exercise: name.rpartition(".")[2]
        for name in names
        for exercise in getattr(import_module(name), "EXERCISES", {})
    }


@cache
def commit() -> bytes:
    """Return the name of the commit, or nothing where there is no git."""
    return _said_by("git rev-parse HEAD")


def _said_by(command: str) -> bytes:
    try:
        return subprocess.run(command.split(), cwd=ROOT, capture_output=True, check=False).stdout
    except OSError:
        return b""
