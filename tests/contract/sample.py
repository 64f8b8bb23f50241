"""A sample that is the same in every process, and another after each commit."""

from __future__ import annotations

import subprocess
import zlib
from collections.abc import Sequence
from functools import cache

import numpy as np
from manuscript import ROOT


def sample(things: Sequence, most: int, name: str) -> list:
    """Return *most* of the things, in their order, by the commit and the *name* of the sample."""
    rng = np.random.default_rng([zlib.crc32(commit()), zlib.crc32(name.encode())])
    return [things[i] for i in sorted(rng.permutation(len(things))[:most])]


@cache
def commit() -> bytes:
    """Return the name of the commit, or nothing where there is no git."""
    try:
        command = ["git", "rev-parse", "HEAD"]
        return subprocess.run(command, cwd=ROOT, capture_output=True, check=False).stdout
    except OSError:
        return b""
