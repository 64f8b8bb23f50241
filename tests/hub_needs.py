"""What a student needs of a hub, and a class, reckoned from what the notebooks were seen to take.

The measurements are in ``book/_static/measured-notebooks.csv``; ``tests/bench/bench_notebooks.py``
writes it.  The page for teachers prints what comes out here, and a test holds it to that.

M and G are powers of 1024, as JupyterHub counts them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).parents[1] / "book/_static/measured-notebooks.csv"

SERVER = "JupyterLab"  # the name of the row that is no notebook
STEP = 64  # settings are multiples of so many M
HEADROOM = 1.2  # for a student's own cells: what The Littlest JupyterHub advises at the least
LIMIT_TO_GUARANTEE = 2  # where Zero to JupyterHub advises to start
LIMIT_CORES = 1  # how far one student may go
AT_ONCE = 0.6  # of a class: the upper end of The Littlest JupyterHub's advice
RUN_ALL = 120  # seconds in which the longest chapter is to run, even if all run it at once
OVERHEAD = 128  # M, for The Littlest JupyterHub itself

NODE_CORES, NODE_MEMORY = 8, 32 * 1024  # M
NODE_KEEPS = 0.1  # of a node, for the system and for Kubernetes


@dataclass(frozen=True)
class Measured:
    """What a notebook, run from top to bottom, or the idle server took.

    Memory in M: the peak of what is resident, and at the end the part with shared pages divided
    among those who share them.  Time in seconds: of the processor, and by the clock.
    """

    peak: float
    shared_out: float
    processor: float
    clock: float


def measured() -> dict[str, Measured]:
    """Return what was measured, by the name of the notebook; the server under ``SERVER``."""
    lines = FILE.read_text(encoding="utf-8").splitlines()
    rows = (line.split(", ") for line in lines if not line.startswith("#"))
    return {name: Measured(*map(float, values)) for name, *values in rows}


@dataclass(frozen=True)
class Student:
    """What a hub sets aside for a student, and how far it lets one go: M, and cores."""

    guarantee: int
    limit: int
    cores: float


def student(rows: dict[str, Measured]) -> Student:
    """Reckon a student's share from the server and the chapters that take most.

    Guaranteed are the server and one chapter, whichever it is, with headroom.  The cores are those
    with which the longest chapter runs from top to bottom in ``RUN_ALL`` seconds; a hundredth is
    the finest share that all hubs take.
    """
    chapters = [row for name, row in rows.items() if name != SERVER]
    need = rows[SERVER].peak + max(row.peak for row in chapters)
    guarantee = STEP * math.ceil(HEADROOM * need / STEP)
    cores = math.ceil(100 * max(row.processor for row in chapters) / RUN_ALL) / 100
    return Student(guarantee, LIMIT_TO_GUARANTEE * guarantee, cores)


@dataclass(frozen=True)
class Class:
    """What a class needs: how many are there at once, M of memory, cores, and nodes."""

    at_once: int
    memory: int
    cores: float
    nodes: int


def for_class(students: int, share: float, each: Student) -> Class:
    """Reckon what so many students need, of whom that share is there at once.

    Raises ValueError for no students, or a share that is not of one.
    """
    if students < 1 or not 0 < share <= 1:
        raise ValueError(f"expected students and a share up to 1, got {students} and {share}")
    at_once = math.ceil(students * share)
    nodes = math.ceil(at_once / students_of_a_node(each))
    return Class(at_once, at_once * each.guarantee, at_once * each.cores, nodes)


def students_of_a_node(each: Student) -> int:
    """Return how many students a node holds, whichever runs out first, memory or cores."""
    left = 1 - NODE_KEEPS
    return int(min(left * NODE_MEMORY / each.guarantee, left * NODE_CORES / each.cores))


def littlest(students: int, share: float, each: Student) -> int:
    """Return the memory of one server for all, in M, by The Littlest JupyterHub's own rule."""
    return math.ceil(students * share) * each.limit + OVERHEAD
