"""What a submission can see, and whom it runs as: as little as the system allows, found by trying.

With bubblewrap (``apt install bubblewrap``; Linux only) it sees Python, its own folder, and nothing
else: no key, no other submission, no network, no process but its own.  Started as root it is a user
of its own, with a number from those that systemd keeps for users who exist for a while.  macOS and
Windows have neither here: there, and wherever bubblewrap may not work, a submission can read what
whoever grades can read, and reach the network.  Then grade on a machine, or in a container, that
holds nothing but the submissions and the key of that week.
"""

from __future__ import annotations

import compileall
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import course
import utils
from course.child import PROCESSES

#: Users for a while, for as many submissions as run at once.
USERS = range(61184, 65520)

#: How many can sit at once, at most.
SEATS = 16

#: What Python and its packages need of a system.
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib64", "/etc/alternatives", "/etc/fonts")

#: What a child imports of the course: not the exercises of the book, which have their answers.
BORROWED = ("course/__init__.py", "course/child.py")
NOT_BORROWED = shutil.ignore_patterns("exercises", "__pycache__")


@dataclass(frozen=True)
class Walls:
    """How submissions are kept apart: behind bubblewrap or not, as a user of their own or not."""

    library: Path  # what they import, a copy
    hidden: bool
    user: bool
    proc: bool = True  # behind bubblewrap with its own /proc, which some containers forbid

    def __str__(self) -> str:
        if self.hidden:
            can = "they see neither the key nor the network"
        else:
            whose = "anybody" if self.user else "you"
            can = f"but they can read what {whose} can read, and reach the network: install "
            can += "bubblewrap (Linux), or grade where nothing else is"
        return f"Submissions run {'as a user of their own' if self.user else 'as you'}; {can}."

    def command(self, folder: Path, seat: int, code: list[str] | None = None) -> list[str]:
        """Return the command that starts a child in its folder, on one of the seats."""
        user = self.user_of(seat)
        if user is not None:
            os.chown(folder, user, user)
            folder.chmod(0o711)  # bubblewrap enters it before the child becomes that user
        processes = PROCESSES if user is not None else PROCESSES + _threads_of_ours()
        python = [sys.executable, "-P", *(code or ["-m", "course.child"])]
        return [
            *(self._wrapped(folder) if self.hidden else []),
            *python,
            json.dumps([user, processes]),
        ]

    def user_of(self, seat: int) -> int | None:
        """Return the user of a seat, another in each run of the judge, or None."""
        return USERS[(SEATS * os.getpid() + seat) % len(USERS)] if self.user else None

    def end_all_of(self, seat: int) -> None:
        """End what a submission may have left behind: behind bubblewrap all has ended with it."""
        if self.user and not self.hidden:
            for process in _processes_of(self.user_of(seat)):
                with suppress(OSError):
                    os.kill(process, signal.SIGKILL)

    def environment(self, folder: Path) -> dict[str, str]:
        """Return all that a child knows of the environment."""
        home = "/submission" if self.hidden else str(folder)
        return {
            **dict.fromkeys(("HOME", "USERPROFILE", "APPDATA", "TMPDIR", "TEMP"), home),
            "IPYTHONDIR": home,
            "MPLCONFIGDIR": home,
            "PATH": "/usr/bin:/bin",
            "PYTHONPATH": str(self.library),
            "PYTHONHASHSEED": "0",
            "PYTHONDONTWRITEBYTECODE": "1",
            "MPLBACKEND": "agg",
            "NND_EXPLORE": "picture",
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
            **{name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ},
        }

    def _wrapped(self, folder: Path) -> list[str]:
        command = ["bwrap", "--die-with-parent", "--new-session", "--unshare-pid", "--unshare-net"]
        command += ["--unshare-ipc", "--unshare-uts", "--cap-drop", "ALL"]
        if self.user:  # until the child has become that user
            command += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
        shown = [Path(place) for place in SYSTEM]
        python = {Path(place) for place in (sys.prefix, sys.base_prefix)}
        for place in sorted({*python, *(place.resolve() for place in python), self.library}):
            for parent in reversed(place.parents[:-1]):
                command += ["--perms", "0755", "--dir", str(parent)]
            shown.append(place)
        for place in shown:
            command += ["--ro-bind-try", str(place), str(place)]
        command += ["--proc", "/proc"] if self.proc else []
        command += ["--dev", "/dev", "--bind", str(folder), "/submission"]
        return [*command, "--chdir", "/submission", "--"]


def _processes_of(user: int) -> Iterator[int]:
    """Yield the processes of a user: on Linux, and none elsewhere."""
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has ended
            if process.stat().st_uid == user:
                yield int(process.name)


def _threads_of_ours() -> int:
    """Return how many threads this user has, since the limit counts those: elsewhere, a guess."""
    counted = 0
    for process in _processes_of(os.getuid()) if hasattr(os, "getuid") else ():
        with suppress(OSError):
            counted += len(os.listdir(f"/proc/{process}/task"))
    return counted or 1000


def library(folder: Path) -> Path:
    """Copy what a child imports, readable for whichever user it is."""
    for part in BORROWED:
        target = folder / part
        target.parent.mkdir(exist_ok=True)
        shutil.copy(Path(course.__path__[0]).parent / part, target)
    shutil.copytree(utils.__path__[0], folder / "utils", ignore=NOT_BORROWED)
    compileall.compile_dir(folder, quiet=1)  # once, and not by each child
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return folder


def best(folder: Path) -> Walls:
    """Return the best walls that work here, tried on the packages that a notebook imports."""
    copied = library(folder)
    tried = list(_ladder(copied))
    for walls in tried:
        with tempfile.TemporaryDirectory() as place:
            told = walls.command(Path(place), 0, ["-c", _TRIAL])
            try:
                done = subprocess.run(
                    told,
                    cwd=place,
                    env=walls.environment(Path(place)),
                    capture_output=True,
                    timeout=60,
                    check=False,
                )
            except (OSError, subprocess.SubprocessError):
                continue
        if done.returncode == 0:
            return walls
    raise RuntimeError(f"expected a Python that runs, got none: {done.stderr.decode()[-500:]}")


_TRIAL = """
import json, sys
from course.child import limit
limit(*json.loads(sys.argv[1]))
import numpy, IPython, utils.recorded
open("written", "w").close()
"""


def _ladder(copied: Path) -> Iterator[Walls]:
    is_root = hasattr(os, "getuid") and os.getuid() == 0
    wrapped = [(True, True), (True, False)] if shutil.which("bwrap") else []
    for hidden, proc in (*wrapped, (False, True)):
        for user in (True, False) if is_root else (False,):
            yield Walls(copied, hidden, user, proc)
