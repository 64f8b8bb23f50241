"""Pack what Gradescope needs to grade a week into the zip that it takes.

It is the same judge.  On Gradescope's machines it is started as root, so that submissions run as a
user of their own, who may not read the key; bubblewrap does not work there.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from course import of_chapter, reports, walls
from course.commands import DATE, ROOT, add_week, week_of
from course.grade import graded
from course.submissions import Submission, chosen
from course.week import read_week

SETUP = """\
#!/usr/bin/env bash
# Choose the newest Ubuntu that Gradescope has: Python 3.11 or newer is needed.
set -euo pipefail
apt-get update
apt-get install -y python3-venv
python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "Python 3.11 or newer is needed: choose a newer Ubuntu."; exit 1; }
python3 -m venv /autograder/python
/autograder/python/bin/pip install -r /autograder/source/requirements.txt
"""

RUN = """\
#!/usr/bin/env bash
set -euo pipefail
here="${{AUTOGRADER:-/autograder}}"
chmod -R go-rwx "$here/source/keys" "$here/results" "$here/submission"
cd "$here/source"
"${{PYTHON:-$here/python/bin/python}}" -m course.autograder --keys keys --week {week} \\
    --grade "$here/submission" --results "$here/results/results.json"
"""


def packed(keys: Path, week: str) -> Iterator[tuple[str, bytes]]:
    """Yield the names and contents of the files that Gradescope needs."""
    needed = [*read_lines(ROOT / "requirements-run.txt"), "ipython>=8,<10", "nbformat>=5,<6"]
    yield "setup.sh", SETUP.encode()
    yield "run_autograder", RUN.format(week=week).encode()
    yield "requirements.txt", ("\n".join(needed) + "\n").encode()
    for folder, kinds in (("course", {".py"}), ("utils", {".py", ".lark", ".mplstyle"})):
        for path in sorted((ROOT / folder).rglob("*")):
            name = path.relative_to(ROOT)
            if path.suffix in kinds and "sample" not in name.parts:
                yield name.as_posix(), path.read_bytes()
    if of_chapter.is_chapter(week):
        for path in of_chapter.sources(week):
            yield path.relative_to(ROOT).as_posix(), path.read_bytes()
    for name in ("term.toml", f"weeks/{week}.toml", f"tasks/{week}.py"):
        if (keys / name).is_file():
            yield f"keys/{name}", (keys / name).read_bytes()


def read_lines(path: Path) -> list[str]:
    """Return the requirements of a file, without comments."""
    lines = (line.split("#")[0].strip() for line in path.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line]


def pack(keys: Path, week: str, path: Path) -> None:
    """Write the zip."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in packed(keys, week):
            entry = zipfile.ZipInfo(name, DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o755 if name in ("setup.sh", "run_autograder") else 0o644) << 16
            archive.writestr(entry, content)


def grade_one(keys: Path, name: str, folder: Path, results: Path) -> None:
    """Grade what a student has uploaded, and write what Gradescope reads."""
    week = read_week(keys, name)
    submission = Submission("submission", "", chosen(folder, week.name))
    with tempfile.TemporaryDirectory() as library:
        record = graded(week, submission, walls.best(Path(library)), 0)
    results.write_text(reports.gradescope(week, record), encoding="utf-8")


def main() -> None:
    """Pack a week; on Gradescope, grade a submission."""
    parser = argparse.ArgumentParser(prog="make autograder", description=__doc__.splitlines()[0])
    add_week(parser)
    parser.add_argument("--grade", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--results", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    week = week_of(options)
    if options.grade:
        grade_one(options.keys, week.name, options.grade, options.results)
        sys.exit()
    path = options.keys / "autograder" / f"week-{week.name}.zip"
    pack(options.keys, week.name, path)
    points = sum(question.points for question in week.questions if question.task)
    print(f"{path}: {points:g} points; upload it as the autograder of a programming assignment")


if __name__ == "__main__":
    main()
