"""An exam asks what was taught; its paper has no key, and its solutions fit its numbers."""

from __future__ import annotations

import ast
import html
import re
import shutil
import tomllib
from dataclasses import replace
from functools import cache
from itertools import chain, product

import numpy as np
import pytest

from course.chapters import weeks
from course.commands import EXAMS, SAMPLE, SYLLABI
from course.exam import Exam, read_exam, sheets, under
from course.papers import Sheet, paper, solutions

NAMES = sorted(path.stem for path in EXAMS.glob("*.toml"))
EACH = pytest.mark.parametrize("name", NAMES)


@cache
def made(name: str) -> list[Sheet]:
    """Return two variants of an exam."""
    return sheets(read(name), 7, 2)


@pytest.fixture(params=product(NAMES, (0, 1)), ids=lambda which: f"{which[0]}-{'AB'[which[1]]}")
def sheet(request: pytest.FixtureRequest) -> Sheet:
    name, number = request.param
    return made(name)[number]


def read(name: str) -> Exam:
    return read_exam(SAMPLE, name)


def taught(syllabus: str, until: str) -> set[str]:
    """Return the chapters of a syllabus before the week that says that."""
    found: set[str] = set()
    for week in tomllib.loads((SYLLABI / f"{syllabus}.toml").read_text(encoding="utf-8"))["week"]:
        if until in week.get("besides", ""):
            return found
        found |= set(week["chapters"])
    raise AssertionError(f"no week has {until!r}")


def text(page: str) -> str:
    """Return what stands on a page, without its tags."""
    return html.unescape(re.sub(r"<[^>]*>", "", page.split("</style>")[1]))


# --- What is asked. -------------------------------------------------------------------------------


def test_there_are_a_midterm_and_two_finals_of_about_ten_questions():
    assert NAMES == ["final", "midterm", "part-two"]
    for name in NAMES:
        assert 10 <= len(read(name).questions) <= 12
        assert sum(question.minutes for question in read(name).questions) <= 90


def test_an_exam_asks_what_was_taught_before_it():
    midterm, final = read("midterm").chapters, read("final").chapters
    assert midterm <= taught("twelve-weeks", "the midterm, on all but this week")
    assert midterm <= taught("six-weeks", "a test on all before this week")
    assert final <= taught("twelve-weeks", "the final")
    assert not midterm & final
    assert read("part-two").chapters == taught("six-weeks-of-part-two", "the final")


def test_a_shorter_final_leaves_out_what_was_cut():
    cut = tomllib.loads((SYLLABI / "six-weeks.toml").read_text(encoding="utf-8"))["cut"]
    short, whole = under(read("final"), "six-weeks"), read("final").questions
    assert short.chapters <= set(chain(*weeks("six-weeks")))
    assert {each.chapter for each in whole if each not in short.questions} <= set(cut)
    assert 5 < len(short.questions) < len(whole)
    with pytest.raises(ValueError, match="an exam on what six-weeks teaches, got part-two"):
        under(read("part-two"), "six-weeks")


@EACH
def test_what_is_answered_in_words_has_versions_whose_rubrics_add_up(name: str):
    for question in read(name).questions:
        assert len(question.version) >= 2 or question.item
        for version in question.version:
            points = [
                int(re.match(r"(\d+) points?: \S.*\.$", line)[1]) for line in version["rubric"]
            ]
            assert sum(points) == question.points


# --- The paper, and the solutions. ----------------------------------------------------------------


def test_no_key_is_in_the_paper(sheet: Sheet):
    """It is the same whatever the answers, the likely mistakes and the rubrics are."""
    without = [
        replace(
            problem,
            rubric=["1 point: another one."],
            drawn=problem.drawn and replace(problem.drawn, answer=123.4, mistakes={"other": 5.6}),
        )
        for problem in sheet.problems
    ]
    other = replace(sheet, problems=without)
    assert paper(other) == paper(sheet)
    assert solutions(other) != solutions(sheet)
    assert not any(line in text(paper(sheet)) for each in sheet.problems for line in each.rubric)


def test_the_solution_is_the_answer_on_the_numbers_of_the_paper(sheet: Sheet):
    numbers = [html.unescape(block) for block in re.findall(r"(?s)<pre>(.*?)</pre>", paper(sheet))]
    answers = re.findall(r"<strong>(.*?)</strong>", solutions(sheet))
    tables = re.findall(r"(?s)<table>(.*?)</table>", solutions(sheet))
    drawn = [problem.drawn for problem in sheet.problems if problem.drawn]
    for one, block, answer, table in zip(drawn, numbers, answers, tables, strict=True):
        lines = dict(line.split(" = ") for line in block.splitlines())
        inputs = {letter: value_of(value) for letter, value in lines.items()}
        right, wrong = one.item.outcomes(inputs)[one.place]
        assert float(answer) == pytest.approx(right, rel=5.1e-4)
        rows = dict(map(reversed, re.findall(r"<td>(.*)<td>(.*)\n?", table)))
        for words, value in rows.items():
            assert float(value) == pytest.approx(wrong[said(words)], rel=5.1e-4)
        assert len(rows) == len(one.mistakes)


def value_of(written: str) -> object:
    value = ast.literal_eval(written)
    return np.array(value) if isinstance(value, list) else value


def said(words: str) -> str:
    """Return a mistake's words as its entry has them."""
    return html.unescape(re.sub(r"</?code>", "`", words)).strip()


def test_a_page_needs_nothing_but_itself(sheet: Sheet):
    for page in (paper(sheet), solutions(sheet)):
        assert not re.search(r"\b(src|href)=|url\(|@import|<script", page)
        assert page.startswith('<!doctype html>\n<html lang="en">')


@EACH
def test_variants_ask_the_same_on_other_numbers_and_in_other_words(name: str):
    first, second = made(name)
    for one, other in zip(first.problems, second.problems, strict=True):
        assert (one.title, one.points, one.minutes) == (other.title, other.points, other.minutes)
        if one.drawn:
            assert one.drawn.place == other.drawn.place
            assert one.drawn.lines != other.drawn.lines
        else:
            assert one.text != other.text


def test_a_seed_makes_the_same_papers_and_another_seed_others():
    exam = read("midterm")
    first, again, other = (
        [page(sheet) for sheet in sheets(exam, seed, 2) for page in (paper, solutions)]
        for seed in (1, 1, 2)
    )
    assert first == again
    assert not set(first) & set(other)


# --- An exam of one's own. ------------------------------------------------------------------------


def test_an_exam_of_the_keys_comes_before_that_of_the_course(tmp_path):
    (tmp_path / "exams").mkdir()
    shutil.copy(EXAMS / "final.toml", tmp_path / "exams" / "midterm.toml")
    assert read_exam(tmp_path, "midterm").title == "Final"
    assert read_exam(tmp_path, "final") == read("final")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('item = "pc-step"', 'item = "pc-none"', "expected an item of the question bank"),
        ('chapter = "perceptron"', 'chapter = "none"', "expected a chapter, got 'none'"),
        ('item = "pc-step"', 'title = "Nothing"', "expected an item, or versions"),
    ],
)
def test_an_exam_that_is_not_as_it_should_be_is_refused(tmp_path, old: str, new: str, words: str):
    (tmp_path / "exams").mkdir()
    written = (EXAMS / "midterm.toml").read_text(encoding="utf-8").replace(old, new)
    (tmp_path / "exams" / "own.toml").write_text(written, encoding="utf-8")
    with pytest.raises(ValueError, match=words):
        read_exam(tmp_path, "own")


def test_an_exam_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match="an exam: final, midterm, part-two, got 'quiz'"):
        read("quiz")
    with pytest.raises(ValueError, match="1 to 26 variants"):
        sheets(read("midterm"), 1, 0)
