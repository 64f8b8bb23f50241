"""A sample that is the same in every process, and another after each commit."""

from __future__ import annotations

import subprocess
import zlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
from manuscript import ROOT, chapters

#: So many chapters are tried, where what is tried takes long and seldom breaks.
FEW = 3


def sample(things: Sequence, most: int, name: str) -> list:
    """Return *most* of the things, in their order, by the commit and the *name* of the sample."""
    rng = np.random.default_rng([zlib.crc32(commit()), zlib.crc32(name.encode())])
    return [things[i] for i in sorted(rng.permutation(len(things))[:most])]


@cache
def todays_chapters() -> frozenset[str]:
    """Return the names of a few chapters, others after each commit, and of those that it changed.

    A chapter is changed by whatever is named after it: notebook, module, ties, or test.  What has
    changed since the commit counts, too.
    """
    names = [chapter.path.stem for chapter in chapters()]
    commands = ["git diff --name-only HEAD~1", "git ls-files --others --exclude-standard"]
    files = b"".join(map(_said_by, commands)).decode().splitlines()
    new = {Path(file).stem.removeprefix("test_").replace("_", "-") for file in files}
    return frozenset(sample(names, FEW, "chapters")) | new.intersection(names)


@cache
def commit() -> bytes:
    """Return the name of the commit, or nothing where there is no git."""
    return _said_by("git rev-parse HEAD")


def _said_by(command: str) -> bytes:
    try:
        return subprocess.run(command.split(), cwd=ROOT, capture_output=True, check=False).stdout
    except OSError:
        return b""
