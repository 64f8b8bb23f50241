"""The process in which a submission runs: it runs cells and calls functions, and knows no answer.

It is asked over a pipe, a line of JSON at a time, and answers over another.  What a submission
patches, loops or ends is this process, and nothing else.  It limits itself before it runs anything
of a student's, so that no limit can be taken back:

- a folder of its own, memory, processor time, processes, size of files and open files, all by
  ``resource``, and a user of its own where it is started as root.  macOS keeps the limits but for
  memory, which it does not enforce.  Windows has no module ``resource``: there a submission has a
  folder of its own and the judge's clock, and no other limit.
- what it can see, and the network, is :mod:`course.walls`'s matter.
"""

from __future__ import annotations

import json
import os
import random
import sys
from collections.abc import Iterator
from contextlib import suppress

#: In bytes, seconds, and numbers.
MEMORY, PROCESSOR, PROCESSES, FILE, OPEN = 2 * 10**9, 600, 64, 64 * 10**6, 256


def limit(user: int | None, processes: int) -> None:
    """Give up, for good, what a submission has no need of."""
    try:
        import resource
    except ImportError:  # Windows
        return
    for name, most in (
        ("RLIMIT_AS", MEMORY),
        ("RLIMIT_CPU", PROCESSOR),
        ("RLIMIT_NPROC", processes),
        ("RLIMIT_FSIZE", FILE),
        ("RLIMIT_NOFILE", OPEN),
        ("RLIMIT_CORE", 0),
    ):
        with suppress(AttributeError, ValueError, OSError):  # not every system has every limit
            resource.setrlimit(getattr(resource, name), (most, most))
    if user is not None:
        os.setgroups([])
        os.setgid(user)
        os.setuid(user)


def lines_apart() -> tuple[int, int]:
    """Return the judge's pipes under other numbers; whatever is read and printed goes nowhere."""
    asked, answers = os.dup(0), os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nowhere, number)
    return asked, answers


def requests(asked: int) -> Iterator[dict]:
    """Yield what the judge asks for, until it has no more."""
    with open(asked, encoding="utf-8", newline="\n") as lines:
        for line in lines:
            yield json.loads(line)


def main() -> None:
    """Do as the judge asks."""
    user, processes = json.loads(sys.argv[1])
    asked, answers = lines_apart()
    limit(user, processes)

    # What a submission may import is imported as the user whom it runs as.
    import numpy as np
    from IPython.core.history import HistoryManager
    from IPython.core.interactiveshell import InteractiveShell

    from utils import recorded
    from utils.judging import is_function, plain, raised

    class Shell(InteractiveShell):
        """IPython, as a notebook has it, but without a screen, and without an end."""

        def enable_gui(self, gui: object = None) -> None:
            """Have none."""

        def ask_exit(self) -> None:
            """Go on: who exits a notebook has not handed in less."""

    # What a check says is for students; here it would only take the time of their cell.
    recorded.checks = lambda _: lambda *_: None
    HistoryManager.enabled = False
    shell = Shell.instance(colors="NoColor")
    random.seed(0)
    np.random.seed(0)  # noqa: NPY002 (for submissions that draw without a generator)
    born = os.getpid()

    def run(source: str) -> dict:
        result = shell.run_cell(source, store_history=False)
        error = result.error_before_exec or result.error_in_exec
        return {"raised": raised(error)} if error else {"done": True}

    def ask(name: str, inputs: object) -> dict:
        if name not in shell.user_ns:
            return {"missing": True}
        value = shell.user_ns[name]
        try:
            if inputs is not None and is_function(value):
                value = value(*recorded.unpacked(inputs))
                return {"answer": recorded.packed(plain(value)), "called": True}
            return {"answer": recorded.packed(plain(value)), "called": False}
        except BaseException as error:
            return {"raised": raised(error)}

    for request in requests(asked):
        number = request.pop("number")
        reply = run(**request) if "source" in request else ask(**request)
        if os.getpid() != born:  # a copy that a submission has made of this process
            os._exit(0)
        text = json.dumps({"number": number, **reply}) + "\n"
        rest = memoryview(text.encode())
        while rest:
            rest = rest[os.write(answers, rest) :]


if __name__ == "__main__":
    main()
