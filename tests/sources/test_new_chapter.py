"""A new chapter: `make chapter` begins it, and nothing of it lands before all is filled in."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import chapter
import nbformat
import pytest
import store
import test_project
from lint import report
from manuscript import ROOT

#: These have marks because they make them.
MAKERS = re.compile(r"tools/chapter\.py|tools/skeleton/.*|tests/sources/test_new_chapter\.py")


def left(path: Path) -> Iterator[str]:
    """Return the place of each mark in a file, and what it says."""
    name = path.relative_to(test_project.ROOT).as_posix()
    if path.suffix == ".js" or MAKERS.fullmatch(name):
        return
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        for mark in chapter.MARK.findall(line):
            yield f"{name}:{number}: {mark}"


def test_nothing_is_left_to_fill_in():
    """What `make chapter` began is finished."""
    report(
        (problem for path in test_project.own() for problem in left(path)),
        "Fill in what `make chapter` has left between ⟪ and ⟫:",
    )


# --- Names. --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "short", "expected"),
    [
        ("Square-root", "", "expected lower-case words with dashes between, .* got 'Square-root'"),
        ("two words", "", "expected lower-case words"),
        ("../square-root", "", "expected lower-case words"),
        ("", "", "expected lower-case words"),
        ("lambda", "", "expected lower-case words"),
        ("gradient-descent", "", "expected a new name, .* in _toc.yml"),
        ("losses", "", "expected one that no file has, got 'losses': utils/losses.py"),
        ("links", "", "expected one that no file has, got 'links': tests/sources/test_links.py"),
        ("perceptrons", "pc", "expected two letters .* no chapter has, got 'pc', .* SHORT="),
        ("square-root", "root", "expected two lower-case letters, got 'root'"),
    ],
)
def test_a_name_that_will_not_do_is_refused(name: str, short: str, expected: str):
    """With what was expected, and what is in the way."""
    with pytest.raises(ValueError, match=expected):
        chapter.files(chapter.named(name, short))


def test_a_short_name_is_made_of_the_name():
    """Of its first two words, or of its first two letters."""
    assert chapter.named("square-root").short == "sr"
    assert chapter.named("surd").short == "su"
    assert chapter.named("surd", "sd").short == "sd"


# --- Writing. ------------------------------------------------------------------------------------


@pytest.fixture
def beginning(tmp_path: Path) -> Path:
    """Return a folder with the files in which a chapter has a place."""
    for name in {"_config.yml", "book/glossary.md", *(name for name, *_ in chapter.PLACES)}:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    for name in chapter.NEW:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    return tmp_path


@pytest.mark.parametrize(
    "written", [0, 6, *(pytest.param(n, marks=pytest.mark.slow) for n in (1, 12))]
)
def test_whoever_is_interrupted_says_the_same_again(
    beginning: Path, monkeypatch: pytest.MonkeyPatch, written: int
):
    """After any number of files: each is there whole or not at all, and the rest follows."""
    new = chapter.named("square-root")
    whole = chapter.files(new, beginning)
    assert len(whole) == 15
    steps = iter([os.replace] * written)
    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", lambda *paths: next(steps)(*paths))
        with pytest.raises(StopIteration):
            chapter.write(whole)
    assert (
        sum(path.exists() and path.read_text("utf-8") == whole[path] for path in whole) == written
    )
    assert chapter.files(new, beginning) == whole


def test_what_somebody_wrote_is_not_overwritten(beginning: Path):
    """Nor is anything else written."""
    written = beginning / "utils/square_root.py"
    written.write_text("half = 0.5\n")
    with pytest.raises(ValueError, match=r"no file has, got 'square-root': utils/square_root.py"):
        chapter.files(chapter.named("square-root"), beginning)


# --- From CONTRIBUTING.md to a green run. --------------------------------------------------------

#: What an author writes in place of each line that has a mark, in the order of the lines.
FILLED = {
    "book/square-root.ipynb": r"""
You will derive the slope of the square root, and say where it has none.
- **derive** the slope of the square root;
- **implement** the root and its slope, and **check** them;
- **predict** where the slope is largest.
**Before you start:** [the chain rule](derivative-of-the-sigmoid.ipynb).
**Time:** 11 minutes, and 9 minutes for the exercises.
| How fast does a root grow? | 2 |
| The derivation | 3 |
| In code | 2 |
| The running example | 2 |
| What goes wrong | 2 |
## How fast does a root grow?
The curve shows a multiple of a square root.
How high is it at 4?
- as high as the factor
- twice as high as the factor
    curve.set_data(grid, knob * np.sqrt(grid))
    return f"The root times {as_shown(knob)}: at 4 it is {to_digits(2 * knob, 3)}."
    alt="A curve rises from zero, steeply at first and then less and less.",
    knob=slider(0.5, 2, stops=16, start=1, label="factor"),
**Twice as high as the factor.**
At <a href="#try-square-root?knob=2">2</a> the curve is 4 high at 4.
The **square root** of a number $x > 0$ is the number $f(x) > 0$ whose square is $x$.
f(x) = \sqrt{x}
Differentiate both sides of $f(x)^2 = x$ by the chain rule.
f'(x) = \frac{1}{2 \sqrt{x}}
f = sp.sqrt(x)
agrees(sp.diff(f, x), r"f'(x) = \frac{1}{2 \sqrt{x}}")
    return np.sqrt(x)
    return 1 / (2 * np.sqrt(x))
Here is the root of the neuron's weighted sum.
The root of 2.1 is 1.4491, and its slope 0.3450.
A slope with the wrong sign is as far from the measured one as it can be:
wrong = -square_root_gradient(2.1)
A root grows, so its slope is positive.
### 1. Where is it steep?
**Predict** · 2 minutes
Where is the slope of the root largest: near 0, or far from it?
Look at the figure.
Near 0, where the curve begins.
### 2. The slope
**Implement** · 3 minutes
Write the slope of the root, shaped like `x`.
Divide by twice the root.
    return 0.5 / np.sqrt(x)
### 3. The inverse
**Extend** · 4 minutes
Find the slope by turning the square around.
The slope of the inverse is one over the slope.
The square has the slope $2 f(x)$ at $f(x)$, so the root has one over that at $x$.
| the root | $f(x) = \sqrt{x}$ | {eq}`sr-value` |
| its slope | $f'(x) = \frac{1}{2 \sqrt{x}}$ | {eq}`sr-slope` |
[Gradient descent](gradient-descent.ipynb) follows slopes.
{cite:t}`newton1669roots` finds roots by steps.
""",
    "utils/square_root.py": '''
"""The square root and its slope."""
    """√x, shaped like ``x``; ValueError below zero.  "In code" in the chapter on square root."""
    expect(np.all(np.real(x) >= 0), "numbers of at least 0", x)
    return np.sqrt(x)
    """1 / (2 √x), shaped like ``x``; ValueError from zero on down.  "In code" in that chapter."""
    expect(np.all(np.real(x) > 0), "positive numbers", x)
    return 1 / (2 * np.sqrt(x))
''',
    "utils/exercises/square_root.py": """
    return (rng.uniform(0.1, 4, size=4),)
            "you forgot the 2": lambda x: 2 * square_root_gradient(x),
""",
    "course/questions/square_root.py": """
        "Let `slope` be the slope of the square root at each entry of `x`.",
        {"x": positive(4)},
""",
    "tests/contract/chapters/square_root.py": r"""
FREE = r"x \in (0.1, 4)"
    true = x**0.5
""",
    "tests/prose/test_square_root.py": """
    assert f"The root of 2.1 is {value:.4f}, and its slope {slope:.4f}." in prose
    assert f"the curve is {2 * square_root(4.0):.0f} high at 4" in prose
""",
    "tests/explore/said/square_root.py": """
    true = knob * 4**0.5
        "as high as the factor": number == 2,
        "twice as high as the factor": number == 2 * 2,
""",
    "tests/math/test_functions_of_square_root.py": '''
"""The root has the slope that it should, and refuses what has no root."""
    x = rng.uniform(0.1, 4)
        with pytest.raises(ValueError, match=r"expected (positive )?numbers"):
            function(np.array([1.0, -1.0]))
''',
    "book/index.ipynb": """
  How steep is the square root?
""",
    "book/teaching.md": """
| [](square-root.ipynb) | derive the slope of a root | 11 | 9 |
| 0–10 | Vote: how high at 4? | <a href="square-root.html#try-square-root?knob=1">to begin</a> |
| 10–80 | At the board; exercise 2 | <a href="square-root.html#the-derivation">the proof</a> |
| 80–90 | On the way out: exercise 1 | |
For homework: exercise 3.
| [](square-root.ipynb) | 90 | 1.5 |
""",
    "book/errata.md": """
| E3 | The root of a number. | {eq}`sr-value` |
""",
    "book/references.bib": """
@article{newton1669roots,
  author = {Newton, Isaac},
  title = {{De analysi}},
  journal = {An example},
  year = {1669},
""",
    "book/_static/measured-notebooks.csv": """
square-root, 90, 70, 1.5, 4.0
""",
    "book/glossary.md": """
  The positive number whose square is the given one.
""",
}


def fill_in(path: Path, lines: Iterator[str]) -> None:
    """Write in place of each line that has a mark the next line."""

    def filled(written: str) -> str:
        return re.sub(r"(?m)^.*⟪.*$", lambda _: next(lines), written)

    if path.suffix == ".ipynb":
        notebook = nbformat.read(path, as_version=4)
        for cell in notebook.cells:
            cell.source = filled(cell.source)
        path.write_text(store.text(notebook), encoding="utf-8")
    else:
        path.write_text(filled(path.read_text(encoding="utf-8")), encoding="utf-8")


#: What `make test-fast` asks of a chapter, and of the files in which it has a place.
ASKED = """
tests/sources/test_code.py tests/sources/test_chapters.py tests/sources/test_links.py
tests/sources/test_notebooks.py tests/sources/test_prose.py tests/sources/test_states.py
tests/contract/test_contract.py
tests/math/test_functions_of_square_root.py tests/math/test_chapter_text.py
tests/math/test_exercises.py tests/math/test_solutions.py
tests/explore/test_predictions.py
tests/course/test_quizzes.py tests/course/test_slides.py
tests/prose/test_square_root.py tests/prose/test_index.py tests/prose/test_teaching.py
"""
OF_IT = """
square-root or square_root or sr- or glossary or ruff or every_label or every_entry or every_page
or word_list or link_to_states or is_tied or has_its_equation or agreement or every_notebook
or what_was_measured or by_its_title or question or opens_a_section
"""


@pytest.mark.slow
def test_a_chapter_is_begun_filled_in_and_green(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """As CONTRIBUTING.md says; and it is red, with the words that say what is lacking, before."""
    away = shutil.ignore_patterns(".git", ".venv", "_build", "node_modules", "*cache*", "bench")
    copy = tmp_path / "book"
    shutil.copytree(ROOT, copy, ignore=away)
    monkeypatch.setenv("PYTHONPATH", str(copy))
    monkeypatch.setattr(test_project, "ROOT", copy)
    monkeypatch.setattr("sys.argv", ["chapter.py", "square-root"])
    test_nothing_is_left_to_fill_in()
    chapter.main(copy)
    with pytest.raises(pytest.fail.Exception, match="Fill in what `make chapter`") as red:
        test_nothing_is_left_to_fill_in()
    for name in FILLED:
        assert f"\n{name}:" in str(red.value)
    for name, written in FILLED.items():
        lines = iter(written.strip("\n").split("\n"))
        fill_in(copy / name, lines)
        assert not list(lines), f"{name} has fewer marks"
    test_nothing_is_left_to_fill_in()
    store.store(copy / "book/square-root.ipynb", run=True)
    tests = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*tests, "-m", "not slow", "-k", " ".join(OF_IT.split()), *ASKED.split()],
        cwd=copy,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
