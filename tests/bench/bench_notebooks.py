"""Measure what a student's notebooks take: memory and time, each in a kernel of its own.

The kernel answers with live figures, as it does for a student, multiplies matrices on one thread,
and is looked at from outside, in Linux's own books.  Before the notebooks comes a JupyterLab that
nobody uses.  Then follows what a class needs, reckoned by ``tests/hub_needs.py``.  With --write,
the measurements go into the file that the page for teachers prints, with the date and the versions.
"""

from __future__ import annotations

import os
import platform
import re
import sys
import tempfile
import time
import urllib.request
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from table import Column, show

sys.path.insert(0, str(Path(__file__).parents[1]))

from hub_needs import AT_ONCE, FILE, SERVER, Measured, for_class, measured, student
from machine import settle
from notebook_server import jupyterlab

BOOK = Path(__file__).parents[2] / "book"
SETTLE = 5  # seconds until a server that nobody uses has come to rest


def memory(process: int) -> tuple[float, float]:
    """Return a process's peak of resident memory and its share now, in M (powers of 1024).

    The share counts a page that several processes use only in part (PSS).
    """
    books = Path(f"/proc/{process}")
    kilobytes = re.search(r"VmHWM:\s+(\d+) kB", (books / "status").read_text())
    share = re.search(r"\nPss:\s+(\d+) kB", (books / "smaps_rollup").read_text())
    return int(kilobytes[1]) / 1024, int(share[1]) / 1024


def seconds(process: int) -> float:
    """Return the processor time that a process has used."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def server() -> Measured:
    """Measure a JupyterLab that has served its page once and is then left alone."""
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder, jupyterlab(Path(folder)) as lab:
        clock = time.perf_counter() - begun
        urllib.request.urlopen(f"{lab.address}/lab").close()
        time.sleep(SETTLE)
        return Measured(*memory(lab.process.pid), seconds(lab.process.pid), clock)


def notebook(path: Path) -> Measured:
    """Measure the kernel of a notebook that runs from top to bottom, its start included."""
    client = NotebookClient(nbformat.read(path, as_version=4), timeout=300, record_timing=False)
    begun = time.perf_counter()
    with client.setup_kernel(cwd=str(BOOK)):
        for number, cell in enumerate(client.nb.cells):
            client.execute_cell(cell, number)
        clock = time.perf_counter() - begun
        process = client.km.provisioner.pid
        return Measured(*memory(process), seconds(process), clock)


def write(rows: Mapping[str, Measured]) -> None:
    """Write what was measured into the file that the page reads."""
    names = ("JupyterLab", "ipykernel", "NumPy", "SymPy", "matplotlib")
    versions = ", ".join(f"{name} {version(name.lower())}" for name in names)
    date, system, python = datetime.now(UTC), platform.system(), platform.python_version()
    lines = [
        "# each notebook in a kernel of its own, measured by tests/bench/bench_notebooks.py",
        f"# {date:%Y-%m-%d}, {system}, Python {python}, {versions}",
        "# name, peak of resident memory, share of memory at the end (both in M of 1024 x 1024"
        " bytes), seconds of processor, seconds by the clock",
        *(
            f"{name}, {row.peak:.0f}, {row.shared_out:.0f}, {row.processor:.1f}, {row.clock:.1f}"
            for name, row in rows.items()
        ),
    ]
    FILE.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> None:
    """Measure, print, and reckon."""
    if not Path("/proc/self/smaps_rollup").exists():
        sys.exit("Memory is read from /proc, which only Linux has: nothing measured.")
    settle()
    os.environ.pop("NND_EXPLORE", None)  # live, as for a student
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # as the page tells a hub
    rows = {SERVER: server()}
    rows |= {path.stem: notebook(path) for path in sorted(BOOK.glob("*.ipynb"))}
    columns = [
        Column("peak M"),
        Column("share M"),
        Column("processor s", ".1f"),
        Column("clock s", ".1f"),
    ]
    show("notebooks", columns, {n: tuple(vars(row).values()) for n, row in rows.items()})
    if "--write" in sys.argv:
        write(rows)
        rows = measured()  # what the page says is reckoned from the rounded numbers
    each = student(rows)
    print(f"each student: {each}\n")
    needs = {
        f"{count} students, {share:.0%} at once": for_class(count, share, each)
        for count in (30, 300, 3000)
        for share in (AT_ONCE, 1)
    }
    names = ("at once", "memory M", "cores", "nodes")
    show(
        "classes",
        [Column(name) for name in names],
        {n: tuple(vars(c).values()) for n, c in needs.items()},
    )


if __name__ == "__main__":
    main()
