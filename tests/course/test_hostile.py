"""Whatever a submission does, it gets the marks that it should get, neither more nor less.

The sample week has 13 points that the judge gives, 4 of them for `my_gradient`.  A submission is
right but for that one task, in whose cell it does what is told here.
"""

from __future__ import annotations

import copy
import json
import os
import sys
import textwrap
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from contract.sample import changed_files, sample
from nbformat import NotebookNode, v4

from course import judge
from course.commands import SAMPLE
from course.grade import graded
from course.reports import earned_of
from course.submissions import LARGEST, Submission

pytestmark = pytest.mark.slow  # each submission is a process of its own

ALL, OTHERS = 13, 9
RIGHT = """
def my_gradient(w, b, x, y):
    error = w * x + b - y
    return np.mean(error * x), np.mean(error)
"""
ZERO = """
def my_gradient(w, b, x, y):
    return 0.0, 0.0
"""


def function(*lines: str) -> str:
    return "def my_gradient(w, b, x, y):\n" + textwrap.indent("\n".join(lines), "    ")


@dataclass(frozen=True)
class Case:
    """What stands in the cell, the points due, and words that the feedback has."""

    code: str
    due: float
    words: str = ""
    needs: str = ""  # what not every system can: see `KEPT`
    slow: bool = False


CASES = {
    # --- Claims. ----------------------------------------------------------------------------------
    "allclose is patched": Case(
        "np.allclose = np.array_equal = np.isclose = lambda *a, **k: True" + ZERO, OTHERS, "differ"
    ),
    "all and any are patched": Case(
        "import builtins\nbuiltins.all = builtins.any = lambda *a: True" + ZERO, OTHERS
    ),
    "the judge is patched": Case(
        "import utils.judging as j\nj.verdict = j.compared = j.judge = lambda *a, **k: 'Right.'"
        + ZERO,
        OTHERS,
    ),
    "the module that packs is patched": Case(
        "import utils.recorded as r\nr.packed = lambda value: {'other': 'Right.'}" + ZERO, OTHERS
    ),
    "what comes back is a pickle": Case(
        "import utils.recorded as r\nold = r.packed\n"
        "r.packed = lambda v: {'array': ['|O', [1], 'gASVBQAAAAAAAACMAWGULg==']} "
        "if isinstance(v, np.ndarray) and v.size == 2 and not v.any() else old(v)" + ZERO,
        OTHERS,
        "cannot be read",
    ),
    "the result claims to equal anything": Case(
        "class Same:\n"
        "    def __eq__(self, other): return True\n"
        "    def __abs__(self): return 0.0\n"
        "    __sub__ = __rsub__ = __eq__\n" + function("return Same(), Same()"),
        OTHERS,
        "expected numbers",
    ),
    "an array claims to equal anything": Case(
        "class Same(np.ndarray):\n"
        "    def __array_function__(self, *a, **k): return True\n"
        "    def __array_ufunc__(self, *a, **k): return True\n"
        + function("return np.zeros(2).view(Same)"),
        OTHERS,
    ),
    "the function claims to be right": Case(
        "class Right:\n    def __call__(self, *given): return 'Right.'\nmy_gradient = Right()",
        OTHERS,
        "expected numbers, got text",
    ),
    "replies are written before they are asked for": Case(
        "import os\n"
        "for number in range(200):\n"
        '    line = \'{"number": %d, "answer": [0, 0], "called": true}\'\n'
        "    for pipe in range(3, 20):\n"
        "        try: os.write(pipe, (line % number + chr(10)).encode())\n"
        "        except OSError: pass\n" + ZERO,
        OTHERS,
    ),
    "the recorded trials are repeated": Case(
        "import base64, json, zlib\nfrom utils.recorded import unpacked\n"
        "known = json.loads(zlib.decompress(base64.b64decode(TEXT)))['line-gradient']\n"
        "table = dict(zip(map(repr, unpacked(known['inputs'])), map(unpacked, known['right'])))\n"
        "def my_gradient(*given): return tuple(table.get(repr(given), (0.0, 0.0)))",
        OTHERS,
    ),
    # --- Looking for the answer. ------------------------------------------------------------------
    "the answer is imported": Case(
        "from course.sample.tasks.sample import _gradient as my_gradient", OTHERS, "raised"
    ),
    "the exercises are imported": Case(
        "from utils.exercises import EXERCISES\n" + RIGHT, OTHERS, "no `my_gradient`", "hidden"
    ),
    "the key is read": Case(
        "import runpy\nmy_gradient = runpy.run_path('KEY')['_gradient']",
        OTHERS,
        "no `my_gradient`",
        "hidden",
    ),
    "all that can be read is read": Case(
        "import os\nfound = None\n"
        "for place, folders, names in os.walk('/'):\n"
        "    if place in ('/proc', '/usr', '/lib', '/lib64', *PLACES): folders.clear()\n"
        "    for name in names:\n"
        "        try: text = open(os.path.join(place, name)).read()\n"
        "        except (OSError, UnicodeDecodeError): continue\n"
        "        if '_gradient' + '(w: float' in text: found = text\n"
        "exec(found)\nmy_gradient = _gradient",
        OTHERS,
        "no `my_gradient`",
        "hidden",
    ),
    "the answer is looked for in the frames": Case(
        "import gc, sys\nfound = [o for o in gc.get_objects() if callable(o) "
        "and getattr(o, '__name__', '') == '_gradient']\nmy_gradient = found[0]",
        OTHERS,
        "no `my_gradient`",
    ),
    "the network is asked": Case(
        "import urllib.request\nurllib.request.urlopen('http://192.0.2.1', timeout=1)" + RIGHT,
        OTHERS,
        "no `my_gradient`",
        "hidden",
    ),
    # --- Endings. ---------------------------------------------------------------------------------
    "a cell exits for good": Case("import os\nos._exit(0)" + RIGHT, OTHERS, "ended the program"),
    "a call exits for good": Case("import os\n" + function("os._exit(0)"), OTHERS, "ended"),
    "a cell exits": Case("import sys\nsys.exit()" + RIGHT, OTHERS, "no `my_gradient`"),
    "a call exits": Case("import sys\n" + function("sys.exit()"), OTHERS, "raised SystemExit"),
    "exit is typed": Case("exit()" + RIGHT, ALL),
    "a call is interrupted": Case(function("raise KeyboardInterrupt"), OTHERS, "KeyboardInterrupt"),
    "the process ends its parent": Case(
        "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\n" + ZERO, OTHERS, needs="apart"
    ),
    "the process ends all that it may": Case(
        "import os, signal\nos.kill(-1, signal.SIGKILL)\n" + RIGHT, OTHERS, needs="apart"
    ),
    "a segmentation fault": Case(
        "import ctypes\n" + function("ctypes.string_at(0)"), OTHERS, "ended the program"
    ),
    "an alarm ends the process": Case(
        "import signal\n" + function("signal.raise_signal(signal.SIGALRM)"), OTHERS, "ended"
    ),
    "all pipes are closed": Case("import os\nos.closerange(3, 200)" + RIGHT, OTHERS, "ended"),
    "a built-in function is taken away": Case(
        "import builtins\nbuiltins.len = builtins.isinstance = None" + RIGHT, OTHERS
    ),
    "all modules are taken away": Case("import sys\nsys.modules.clear()" + RIGHT, OTHERS),
    # --- Loops. -----------------------------------------------------------------------------------
    "a call does not end": Case(
        function("while True: pass"), OTHERS, "within 1 seconds", slow=True
    ),
    "a cell does not end": Case("while True: pass" + RIGHT, OTHERS, "within 2 seconds", slow=True),
    "a cell waits for ever": Case(
        "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)" + RIGHT, OTHERS, slow=True
    ),
    "a loop that cannot be interrupted": Case(
        function("while True:\n    try: sum(range(1000))\n    except BaseException: pass"),
        OTHERS,
        slow=True,
    ),
    "a slow answer that is right": Case(
        "import time\n" + RIGHT.replace("error =", "time.sleep(0.3)\n    error ="), ALL, slow=True
    ),
    "a thread that does not end": Case(
        "import threading, time\n"
        "threading.Thread(target=lambda: [time.sleep(0.01) for _ in iter(int, 1)]).start()" + RIGHT,
        ALL,
    ),
    # --- Processes. -------------------------------------------------------------------------------
    "a process is left behind": Case(
        "import subprocess\nsubprocess.Popen(['sleep', '86399'], start_new_session=True)" + RIGHT,
        ALL,
    ),
    "a copy of the process is left behind": Case("import os\nos.fork()" + RIGHT, ALL),
    "a call copies the process": Case(
        "import os\n" + RIGHT.replace("error =", "os.fork()\n    error ="), ALL
    ),
    # Whether it is stopped by the clock or by the limit of processes, whichever comes first.
    "copies without end": Case(
        "import os\nwhile True: os.fork()" + RIGHT, OTHERS, needs="apart", slow=True
    ),
    # --- Size. ------------------------------------------------------------------------------------
    "a list of 3 GB in a cell": Case(
        "much = [0] * (3 * 2**27)" + RIGHT, OTHERS, "MemoryError", "within its memory"
    ),
    "a list of 3 GB in a call": Case(
        function("return [0] * (3 * 2**27)"), OTHERS, "MemoryError", "within its memory"
    ),
    "recursion without end": Case(function("return my_gradient(w, b, x, y)"), OTHERS, "Recursion"),
    "an answer of 16 MB": Case(
        function("return np.random.default_rng(0).normal(size=2**21)"), OTHERS, "more than can"
    ),
    "an answer within itself": Case(
        "loop = []\nloop.append(loop)\n" + function("return loop"), OTHERS, "cannot be read"
    ),
    "a megabyte is printed": Case("print('x' * 2**20)" + RIGHT, ALL),
    "each call prints": Case(RIGHT.replace("error =", "print('x' * 10**5)\n    error ="), ALL),
    "a file of a gigabyte": Case(
        "with open('large', 'wb') as file:\n    for _ in range(1024): file.write(bytes(2**20))\n"
        + RIGHT,
        OTHERS,
        "no `my_gradient`",
    ),
    "files are written": Case(
        "open('a', 'w').write('1')\nopen('numpy.py', 'w').close()" + RIGHT, ALL
    ),
    # --- Answers. ---------------------------------------------------------------------------------
    "the arguments are changed in place": Case(
        function("x -= x - (w * x + b - y) * x", "return 1.0 * np.mean(x), None"), OTHERS, "None"
    ),
    "a right answer changes its arguments": Case(
        function("y -= w * x + b", "y *= -1", "return np.mean(y * x), np.mean(y)"), ALL
    ),
    "text": Case(function("return 'w', 'b'"), OTHERS, "expected numbers, got text"),
    "nothing": Case(function("return None"), OTHERS, "a `return` missing"),
    "another shape": Case(function("return np.zeros((2, 2))"), OTHERS, "the shape should be"),
    "a number": Case("my_gradient = 3", OTHERS, "expected a function, got numbers"),
    "complex numbers": Case(function("return 1j, 1j"), OTHERS, "complex numbers"),
    "not a number": Case(function("return np.nan, np.inf"), OTHERS, "not a number"),
    "other arguments": Case("def my_gradient(w): return w", OTHERS, "raised TypeError"),
    "a mistake with its worth": Case(RIGHT.replace("mean", "sum"), OTHERS + 2, "forgot 1/m"),
    # --- Cells. -----------------------------------------------------------------------------------
    "a cell that cannot be read": Case("def my_gradient(:", OTHERS, "SyntaxError"),
    "a cell that fails after its answer": Case(RIGHT + "\n1 / 0\n", ALL, "ZeroDivisionError"),
    "commands of IPython": Case("%matplotlib inline\n!echo 1\n%timeit -n 1 -r 1 1" + RIGHT, ALL),
    "input is waited for": Case("n = input('your name')" + RIGHT, OTHERS, "no `my_gradient`"),
    "a stub": Case(function("return ..., ..."), OTHERS, "Not tried yet"),
}

KEPT = {
    "hidden": lambda kept: kept.hidden,
    "apart": lambda kept: kept.hidden or kept.user,
    "within its memory": lambda kept: sys.platform != "darwin",
}


def given(week, kept, path: Path) -> tuple[float, str]:
    """Return the points of a submission, and all that is said of it."""
    record = graded(week, Submission(path.stem, "", path), kept, 0)
    said = [words for mark in record["marks"] for words in mark["said"].values()]
    return sum(earned_of(week, record).values()), "\n".join(said + record["remarks"])


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the clock run out sooner than for students."""
    monkeypatch.setattr(judge, "CALL", 1)
    monkeypatch.setattr(judge, "CELL", 2)


#: Whoever changes one of these, or what is installed, tries every case; who does not, some.
JUDGING = ("course/", "tests/course/", "utils/judging", "utils/recorded", "requirements.lock")
SOME = 20


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Try each case after a change that it may notice, or if asked; else some, by the commit."""
    if metafunc.definition.originalname == "test_a_submission_gets_what_it_should":
        all_of_them = metafunc.config.getoption("chapters") == "all" or any(
            file.startswith(JUDGING) for file in changed_files()
        )
        names = list(CASES) if all_of_them else sample(list(CASES), SOME, "hostile")
        metafunc.parametrize("name", names)


@pytest.mark.skipif(os.name != "posix", reason="Windows has none of the limits")
def test_a_submission_gets_what_it_should(name, week, kept, stub, hand_in, request):
    case = CASES[name]
    if case.needs and not KEPT[case.needs](kept):
        pytest.skip(f"this system keeps no submission {case.needs}")
    if case.slow:
        request.getfixturevalue("short")
    path = hand_in({"line-gradient": completed(case.code, stub)})
    points, said = given(week, kept, path)
    assert points == case.due, said
    assert case.words in said


BARE = ["allclose is patched", "a call exits for good", "a cell exits", "a segmentation fault"]


@pytest.mark.skipif(os.name != "posix", reason="Windows has none of the limits")
@pytest.mark.parametrize("name", BARE)
def test_the_marks_are_the_same_without_walls(name, week, kept, stub, hand_in):
    """Where there is neither bubblewrap nor a user to spare, a process of its own is enough."""
    bare = replace(kept, hidden=False, user=False)
    path = hand_in({"line-gradient": completed(CASES[name].code, stub)})
    points, said = given(week, bare, path)
    assert points == CASES[name].due, said
    assert CASES[name].words in said


def completed(code: str, stub: NotebookNode) -> str:
    """Write into a case what only this machine knows, and what only the notebook knows."""
    text = stub.cells[2].source.split('"')[1]
    for word, meant in (
        ("TEXT", repr(text)),
        ("KEY", str(SAMPLE / "tasks" / "sample.py")),
        ("PLACES", repr([os.path.realpath(sys.prefix), sys.prefix, sys.base_prefix])),
    ):
        code = code.replace(word, meant)
    return code


def test_there_are_thirty_and_more():
    assert len(CASES) + len(FILES) + len(CHANGES) >= 30


# --- Files that are no notebook of this week. -----------------------------------------------------

EMPTY = json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
FILES: dict[str, tuple[str | bytes, str]] = {
    "text": ("I could not open it.", "cannot be read as a notebook"),
    "nothing": ("", "is empty"),
    "bytes": (bytes(range(256)), "cannot be read as a notebook"),
    "JSON that is no notebook": ('{"cells": {"a": 1}}', "cannot be read as a notebook"),
    "a list": ("[1, 2]", "cannot be read as a notebook"),
    "brackets without end": ("[" * 100_000, "cannot be read as a notebook"),
    "a notebook without cells": (EMPTY, "has no cells"),
    "a page that was saved": ("<html><body>403</body></html>", "cannot be read as a notebook"),
    "a file that is too large": (b" " * (LARGEST + 1), "clear its outputs"),
}


@pytest.mark.parametrize("name", FILES)
def test_what_is_no_notebook_is_told_so(name, week, kept, tmp_path: Path):
    content, words = FILES[name]
    path = tmp_path / "ada.ipynb"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    points, said = given(week, kept, path)
    assert points == 0
    assert words in said


@pytest.mark.skipif(os.name != "posix", reason="Windows makes no links for everyone")
def test_a_link_to_elsewhere_is_not_followed(week, kept, hand_in, tmp_path: Path):
    link = tmp_path / "link.ipynb"
    link.symlink_to(hand_in())
    points, said = given(week, kept, link)
    assert points == 0
    assert "not a notebook" in said


# --- Notebooks that were changed. -----------------------------------------------------------------


def _at(notebook: NotebookNode, name: str) -> int:
    return next(n for n, cell in enumerate(notebook.cells) if cell.id == name)


def of_another_week(notebook: NotebookNode) -> None:
    notebook.metadata["course"]["week"] = "7"


def without_a_cell(notebook: NotebookNode) -> None:
    del notebook.cells[_at(notebook, "line-gradient")]


def without_its_first_cells(notebook: NotebookNode) -> None:
    del notebook.cells[:3]
    notebook.cells.insert(0, v4.new_code_cell("import numpy as np"))


def with_each_cell_twice(notebook: NotebookNode) -> None:
    notebook.cells = [copy.deepcopy(cell) for cell in notebook.cells for _ in range(2)]
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number}"


def with_a_stub_at_the_end(notebook: NotebookNode) -> None:
    notebook.cells.append(v4.new_code_cell("def my_gradient(w, b, x, y):\n    return ..., ..."))


def in_another_order(notebook: NotebookNode) -> None:
    notebook.cells[3:] = notebook.cells[:2:-1]


def without_metadata(notebook: NotebookNode) -> None:
    notebook.metadata.clear()
    for cell in notebook.cells:
        cell.metadata.clear()


def with_outputs_made_up(notebook: NotebookNode) -> None:
    cell = notebook.cells[_at(notebook, "line-gradient")]
    cell.source = ZERO
    cell.outputs = [v4.new_output("stream", text="Right.\n")]


def as_text_only(notebook: NotebookNode) -> None:
    for cell in [*notebook.cells]:
        notebook.cells[notebook.cells.index(cell)] = v4.new_markdown_cell(cell.source)


CHANGES: dict[Callable, tuple[float, str]] = {
    of_another_week: (0, "of week 7"),
    without_a_cell: (OTHERS, "no `my_gradient`"),
    without_its_first_cells: (ALL, "name 'check' is not defined"),
    with_each_cell_twice: (ALL, ""),
    with_a_stub_at_the_end: (OTHERS, "Not tried yet"),
    in_another_order: (ALL, ""),
    without_metadata: (ALL, ""),
    with_outputs_made_up: (OTHERS, "differ"),
    as_text_only: (0, "no `my_gradient`"),
}


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__.replace("_", " "))
def test_a_notebook_that_was_changed(change: Callable, week, kept, hand_in):
    due, words = CHANGES[change]
    points, said = given(week, kept, hand_in(change=change))
    assert points == due, said
    assert words in said


def test_what_is_right_gets_all(week, kept, hand_in):
    points, said = given(week, kept, hand_in())
    assert points == ALL
    assert set(line.split(": ")[-1] for line in said.splitlines()) == {"Right."}


def test_a_student_has_ten_seconds_a_cell_and_five_a_call(week, kept, hand_in):
    """The clock of a class: who takes nine and four keeps the marks."""
    assert (judge.CELL, judge.CALL) == (10, 5)
    began = time.monotonic()
    waits = "if 'waited' not in globals(): globals()['waited'] = time.sleep(4)\n    error ="
    code = "import time\ntime.sleep(3)" + RIGHT.replace("error =", waits, 1)
    path = hand_in({"line-gradient": code})
    points, said = given(week, kept, path)
    assert points == ALL, said
    assert time.monotonic() - began > 7


def test_nothing_runs_on_once_a_submission_is_judged(week, kept, hand_in):
    if not (kept.hidden or kept.user) or not Path("/proc/self").exists():
        pytest.skip("this system lets a process leave its group")
    code = "import subprocess\nsubprocess.Popen(['sleep', '86398'], start_new_session=True)" + RIGHT
    assert given(week, kept, hand_in({"line-gradient": code}))[0] == ALL
    running = [p.read_bytes() for p in Path("/proc").glob("[0-9]*/cmdline") if p.exists()]
    assert not [line for line in running if b"86398" in line.split(b"\0")]
