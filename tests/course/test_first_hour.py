"""The page for a lecturer's first hour says what its commands print, in that order."""

from __future__ import annotations

import csv
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from course import child, judge
from course.commands import ROOT

PAGE = (ROOT / "course" / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
STEPS = [
    block.removeprefix("$ ").split("\n", 1)
    for block in re.findall(r"(?s)```console\n(.*?)```", PAGE)
]


def recipe(target: str) -> str:
    """Return the line that make runs for one of the commands of the course."""
    line = re.search(rf"(?m)^{target}: .*\n\t@(.*)$", MAKEFILE)[1]
    line = re.sub(r"\$\(if \$\(\w+\),[^)]*\)", "", line)
    for name in ("OF_WEEK", "COURSE"):
        meant = re.search(rf"(?m)^{name} :?= (.*)$", MAKEFILE)[1]
        line = line.replace(f"$({name})", meant)
    return line.replace("$(BIN)/python", shlex.quote(sys.executable)).replace("$$", "$")


@pytest.mark.slow  # each command is a process that imports all, and one student's loop runs out
@pytest.mark.skipif(os.name != "posix", reason="make and its shell")
def test_the_page_leads_from_nothing_to_graded_submissions(tmp_path: Path):
    for command, printed in STEPS:
        make, target, *given = command.split()
        assert make == "make"
        words = dict(each.split("=") for each in given)
        assert words["KEYS"] == "../keys"
        words["KEYS"] = str(tmp_path / "keys")
        names = ("WEEK", "TERM", "SUBMISSIONS", "ROSTER", "SEED", "SYLLABUS", "VARIANTS")
        environment = {**os.environ, **dict.fromkeys(names, ""), **words}
        run = subprocess.run(
            recipe(target),
            shell=True,
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, run.stderr
        assert run.stdout == printed.replace("../keys", words["KEYS"]), command

    with (tmp_path / "keys/grades/sample/canvas.csv").open(encoding="utf-8", newline="") as file:
        _, *rows = csv.DictReader(file)
    marks = {row["Student"]: row["Week sample: Steps downhill"] for row in rows}
    said = re.search(r"Ada has (\S+) points, Ben (\S+), Cleo (\S+), and the others none", PAGE)
    assert [marks.pop(name) for name in ("ada", "ben", "cleo")] == list(said.groups())
    assert set(marks.values()) == {"0"}


def test_the_page_names_every_command_of_the_course():
    section = MAKEFILE.split("# --- For lecturers")[1].split("# ---")[0]
    commands = set(re.findall(r"(?m)^([a-z]+): ", section))
    assert set(re.findall(r"make ([a-z]+)", PAGE)) - {"address"} == commands


def test_the_page_says_the_limits_that_are_set():
    in_words = {10: "ten", 5: "five"}
    assert f"A cell has {in_words[judge.CELL]} seconds, and a call {in_words[judge.CALL]}." in PAGE
    assert f"memory, {child.MEMORY // 10**9} GB" in PAGE
