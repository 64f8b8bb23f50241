"""A week is graded once and the same each time, and comes out as Canvas and Gradescope read it."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from course import grade as grading
from course import judge, reports, walls
from course.autograder import pack
from course.commands import SAMPLE
from course.grade import grade
from course.rehearsal import main as rehearse
from course.submissions import found_in
from course.week import read_week

pytestmark = pytest.mark.slow  # each submission is a process of its own

#: What the sample's class is due from the judge: 13 points at most.
DUE = {"ada": 13, "ben": 5.5, "cleo": 6, "dan": 0, "eve": 0, "finn": 0}


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the sample, with what its class hands in."""
    keys = tmp_path_factory.mktemp("keys")
    for name in ("weeks", "tasks", "class"):
        shutil.copytree(SAMPLE / name, keys / name)
    shutil.copy(SAMPLE / "term.toml", keys)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["rehearsal", "--week", "sample", "--keys", str(keys)])
        rehearse()
    return keys


@pytest.fixture
def keys(handed_in: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of it, with a clock that runs out sooner than a class's."""
    monkeypatch.setattr(judge, "CALL", 1)
    return Path(shutil.copytree(handed_in, tmp_path / "keys"))


def graded(keys: Path, roster: Path | None = None, workers: int = 2) -> Path:
    week = read_week(keys, "sample")
    return grade(keys, week, keys / "submissions" / "sample", roster=roster, workers=workers)


def few(keys: Path, *students: str) -> None:
    for path in (keys / "submissions" / "sample").iterdir():
        if path.stem not in students:
            path.unlink()


def files(folder: Path) -> dict[str, bytes]:
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def canvas(folder: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((folder / "canvas.csv").read_text("utf-8"))))


TITLE = "Week sample: Steps downhill"


def test_a_class_gets_its_marks_and_a_second_run_the_same(keys):
    folder = graded(keys)
    points, *students = canvas(folder)
    assert points["Student"].strip() == "Points Possible"
    assert float(points[TITLE]) == 16
    assert {row["Student"]: float(row[TITLE]) for row in students} == DUE
    first = files(folder)
    assert {"feedback/ada.html", "gradescope/ada.json", "marks/ada.json"} <= set(first)
    shutil.rmtree(folder)
    assert files(graded(keys, workers=1)) == first


def test_what_is_graded_stays(keys, monkeypatch):
    """A second run starts nothing; a submission that has changed is graded again, and no other."""
    few(keys, "ben", "dan", "eve")
    before = files(graded(keys))
    monkeypatch.setattr(walls, "best", lambda folder: pytest.fail("nothing is to be run"))
    assert files(graded(keys)) == before

    monkeypatch.undo()
    asked = []
    monkeypatch.setattr(grading, "graded", seen(grading.graded, asked))
    path = keys / "submissions" / "sample" / "eve.ipynb"
    path.write_text(path.read_text("utf-8").replace("return ...", "return 0"), encoding="utf-8")
    graded(keys)
    assert asked == ["eve"]


def seen(function, asked: list[str], stop_at: int = 99):
    def call(week, submission, *rest):
        if len(asked) == stop_at:
            raise KeyboardInterrupt
        asked.append(submission.student)
        return function(week, submission, *rest)

    return call


def test_an_interrupted_run_goes_on_where_it_was(keys, monkeypatch):
    few(keys, "ben", "dan", "eve", "finn")
    asked, whole = [], grading.graded
    monkeypatch.setattr(grading, "graded", seen(whole, asked, stop_at=2))
    with pytest.raises(KeyboardInterrupt):
        graded(keys, workers=1)
    assert asked == ["ben", "dan"]
    monkeypatch.setattr(grading, "graded", seen(whole, asked))
    folder = graded(keys, workers=1)
    assert asked == ["ben", "dan", "eve", "finn"]
    assert [row["Student"] for row in canvas(folder)[1:]] == asked


def test_another_key_grades_again(keys, monkeypatch):
    few(keys, "finn")
    graded(keys)
    path = keys / "tasks" / "sample.py"
    path.write_text(path.read_text("utf-8") + "\n", encoding="utf-8")
    asked = []
    monkeypatch.setattr(grading, "graded", seen(grading.graded, asked))
    graded(keys)
    assert asked == ["finn"]


# --- What comes of it. ----------------------------------------------------------------------------

ROSTER = """\
Student,ID,SIS User ID,SIS Login ID,Section,Homework (77),{title} (78)
    Points Possible,,,,,10,16
"Ray, Finn",101,u-1,finn,A,9,
"Moss, Eve",102,u-2,eve,A,8,
"Hill, Gus",103,u-3,gus,B,7,
"""


def test_a_roster_is_filled_in_line_by_line(keys, tmp_path):
    """With Canvas's own number of the assignment; who has not handed in has no marks."""
    few(keys, "eve", "finn")
    roster = tmp_path / "roster.csv"
    roster.write_text("\ufeff" + ROSTER.format(title=TITLE), encoding="utf-8")
    _, *rows = canvas(graded(keys, roster))
    assert [(row["Student"], row["ID"], row[f"{TITLE} (78)"]) for row in rows] == [
        ("Ray, Finn", "101", "0"),
        ("Moss, Eve", "102", "0"),
        ("Hill, Gus", "103", ""),
    ]


def test_who_is_not_on_the_roster_is_named(keys, tmp_path):
    few(keys, "finn")
    roster = tmp_path / "roster.csv"
    roster.write_text("Student,ID\nGus,1\n", encoding="utf-8")
    with pytest.raises(ValueError, match="got finn"):
        graded(keys, roster)
    roster.write_text("Name\nGus\n", encoding="utf-8")
    with pytest.raises(ValueError, match="as Canvas exports it"):
        graded(keys, roster)


def test_what_is_answered_in_words_is_marked_by_hand(keys):
    """The table waits for points; once they are there, they count, and nothing runs again."""
    few(keys, "finn", "eve")
    folder = graded(keys)
    table = folder / "by-hand.csv"
    assert "2 answers in words wait" in reports.summary(read_week(keys, "sample"), folder)
    assert "Why it stopped: not yet of 3" in (folder / "feedback/eve.html").read_text("utf-8")
    table.write_text(table.read_text("utf-8").replace("eve,explain,,", "eve,explain,2.5,Good!"))
    graded(keys)
    assert [row[TITLE] for row in canvas(folder)[1:]] == ["2.5", "0"]
    page = (folder / "feedback/eve.html").read_text("utf-8")
    assert "Why it stopped: 2.5 of 3" in page
    assert "Good!" in page
    table.write_text(table.read_text("utf-8").replace("2.5", "99"))
    with pytest.raises(ValueError, match=r"from 0 to 3 points in by-hand\.csv for eve"):
        graded(keys)


def test_a_page_of_feedback_runs_nothing_of_a_student(week):
    script = "<script>alert(1)</script>"
    marks = [{"name": n, "earned": 0, "said": {"": script}} for n in week.tasks]
    record = {"student": script, "marks": marks, "remarks": [script], "words": {"explain": script}}
    page = reports.page(week, record, {})
    assert "<script" not in page
    assert page.count("&lt;script&gt;") == len(marks) + 3


def test_gradescope_gets_each_task_with_its_words(week):
    marks = [
        {"name": name, "earned": earned, "said": said}
        for (name, earned, said) in (
            ("line-gradient", 0.5, {"": "Not yet: you forgot 1/m: the cost is a mean."}),
            ("diagnosis", 1, {"A": "Right.", "B": "Right.", "C": "Right."}),
        )
    ]
    record = {"student": "a", "marks": marks, "remarks": [], "words": {}}
    first, second = json.loads(reports.gradescope(week, record))["tests"]
    assert (first["score"], first["max_score"], first["status"]) == (2, 4, "failed")
    assert "1/m" in first["output"]
    assert (second["score"], second["max_score"], second["status"]) == (3, 3, "passed")


# --- Where submissions are found. -----------------------------------------------------------------


def test_canvas_and_nbgrader_and_plain_files_are_found(tmp_path):
    for name in (
        "doejane_LATE_12_100_week-1.ipynb",
        "doejane_12_99_week-1.ipynb",
        "roejo_13_101_notes.pdf",
        "roejo_13_98_week-1-2.ipynb",
        "lee/1/week-1.ipynb",
        "lee/2/week-2.ipynb",
        "lee/1/.ipynb_checkpoints/week-1-checkpoint.ipynb",
        "kim.ipynb",
        "roster.csv",
        ".DS_Store",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "sam").mkdir()
    found = {each.student: each for each in found_in(tmp_path, "1")}
    assert list(found) == ["doejane_12", "kim", "lee", "roejo_13", "sam"]
    assert found["doejane_12"].path.name == "doejane_LATE_12_100_week-1.ipynb"
    assert found["doejane_12"].canvas == "12"
    assert found["roejo_13"].path.suffix == ".ipynb"
    assert found["lee"].path == tmp_path / "lee/1/week-1.ipynb"
    assert found["sam"].path is None
    with pytest.raises(ValueError, match="expected a folder"):
        found_in(tmp_path / "nowhere", "1")


# --- Gradescope's zip. ----------------------------------------------------------------------------


def test_the_autograder_is_the_same_each_time_and_has_one_key(tmp_path):
    for name in ("a.zip", "b.zip"):
        pack(SAMPLE, "sample", tmp_path / name)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    names = zipfile.ZipFile(tmp_path / "a.zip").namelist()
    keys = [name for name in names if name.startswith("keys/")]
    assert keys == ["keys/term.toml", "keys/weeks/sample.toml", "keys/tasks/sample.py"]
    assert {"setup.sh", "run_autograder", "course/judge.py", "utils/judging.py"} <= set(names)


@pytest.mark.skipif(os.name != "posix" or not shutil.which("bash"), reason="Gradescope has Linux")
def test_the_autograder_grades_as_we_do(hand_in, tmp_path):
    """Unpacked where Gradescope unpacks it, and run as Gradescope runs it."""
    place = tmp_path / "autograder"
    pack(SAMPLE, "sample", tmp_path / "a.zip")
    zipfile.ZipFile(tmp_path / "a.zip").extractall(place / "source")
    for name in ("submission", "results"):
        (place / name).mkdir()
    path = hand_in({"line-gradient": "def my_gradient(*given): return 0.0, 0.0"})
    shutil.copy(path, place / "submission" / "anything.ipynb")
    environment = {**os.environ, "AUTOGRADER": str(place), "PYTHON": sys.executable}
    environment.pop("PYTHONPATH", None)
    command = ["bash", str(place / "source/run_autograder")]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    tests = json.loads((place / "results/results.json").read_text("utf-8"))["tests"]
    assert [test["score"] for test in tests] == [0, 3, 3, 3]
