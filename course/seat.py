"""One submission's seat: its process, asked over a pipe, under the judge's clock."""

from __future__ import annotations

import json
import os
import queue
import secrets
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path

from course.walls import Walls

#: The longest line that is read, and the time that a process has to come up, in seconds.
LINE, START = 8 * 2**20, 60


class LostError(Exception):
    """The process has ended, or did not answer in time; the words are for the student."""


class Seat:
    """A child process in a new folder, until it is lost or closed."""

    def __init__(self, walls: Walls, number: int) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="submission-"))
        self._walls, self._number, self._asked = walls, number, ""
        self._process = subprocess.Popen(
            walls.command(self.folder, number),
            cwd=self.folder,
            env=walls.environment(self.folder),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._lines: queue.Queue[bytes] = queue.Queue(maxsize=64)
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        with suppress(OSError, ValueError):
            while line := self._process.stdout.readline(LINE):
                self._lines.put(line)
        self._lines.put(b"")

    def ask(self, seconds: float, **request: object) -> dict:
        """Return the reply to a request; raise :class:`LostError` where there is none in time."""
        self._asked = secrets.token_hex(8)  # a reply that was written before is none
        text = json.dumps({"number": self._asked, **request}) + "\n"
        try:
            self._process.stdin.write(text.encode())
            self._process.stdin.flush()
        except OSError:
            raise LostError("ended the program") from None
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            try:
                line = self._lines.get(timeout=min(left, 0.2))
            except queue.Empty:
                if self._process.poll() is not None and self._lines.empty():
                    break  # something that it left behind may hold the pipe open
                continue
            if not line:
                break
            if (reply := self._reply(line)) is not None:
                return reply
        else:
            raise LostError(f"did not end within {seconds:g} seconds")
        raise LostError("ended the program")

    def _reply(self, line: bytes) -> dict | None:
        """Read a line as the reply to what was asked; a submission may have written anything."""
        if len(line) >= LINE:
            raise LostError("answered with more than can be read")
        try:
            reply = json.loads(line)
        except (ValueError, RecursionError):
            return None
        mine = isinstance(reply, dict) and reply.get("number") == self._asked
        return reply if mine else None

    def close(self) -> None:
        """End the process and what it has started, and remove its folder."""
        if hasattr(os, "killpg"):
            with suppress(OSError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()
        self._process.wait()
        self._walls.end_all_of(self._number)
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):
                pipe.close()
        shutil.rmtree(self.folder, ignore_errors=True)
