"""A question of a quiz has the answer that its numbers have, and its mistakes beside it."""

from __future__ import annotations

import ast
import html
import re
import zipfile
from contextlib import suppress
from dataclasses import replace
from functools import cache
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pytest

from course import quiz
from course.chapters import needs
from course.commands import SAMPLE
from course.draws import bowl, shares
from course.items import Asked, Item, asked, near, printed, told_apart
from course.questions import ITEMS
from course.quiz import Bank, archive, bank_of, drawn, text_of
from utils.exercises import EXERCISES
from utils.judging import RIGHT, Exercise, answered, named

if TYPE_CHECKING:
    from text2qti.quiz import Question

ALL = Bank("All chapters", [(chapter, item) for chapter, items in ITEMS.items() for item in items])
BY_NAME = {item.name: item for _, item in ALL.items}


@cache
def groups() -> list[list[Asked]]:
    """Return two draws of each item of the book."""
    return list(drawn(ALL, 7, 2))


def draws() -> list[Asked]:
    return [one for group in groups() for one in group]


def test_all_chapters_have_questions_and_there_are_sixty_and_more():
    assert set(ITEMS) == set(needs())
    assert len(BY_NAME) == len(ALL.items) >= 60


# --- What is written, read by text2qti and worked out again. --------------------------------------


@cache
def read(*, typed: bool) -> list[Question]:
    """Return the questions of all chapters, as text2qti reads them."""
    from text2qti.config import Config
    from text2qti.quiz import Quiz

    parsed = Quiz(text_of(ALL.title, groups(), typed=typed), config=Config())
    starts = [each for each in parsed.questions_and_delims if type(each).__name__ == "GroupStart"]
    return [question for start in starts for question in start.group.questions]


def plain(text: str) -> str:
    """Return what a reader sees of XML in which HTML is packed, with straight quotes."""
    seen = html.unescape(re.sub(r"<[^>]*>", "", html.unescape(text))).strip()
    return seen.translate(str.maketrans("“”‘’", "\"\"''"))


def printed_in(question: Question) -> tuple[Exercise, tuple, str]:
    """Return the exercise, its inputs from the numbers that are printed, and what is asked."""
    item = BY_NAME[plain(question.title_xml)]
    codes = [plain(c) for c in re.findall(r"<code>.*?</code>", plain_tags(question))]
    lines = [line.split(" = ") for line in codes if " = " in line]
    inputs = {letter: value_of(text) for letter, text in lines}
    assert list(inputs) == list(item.draws)
    return item.of(inputs), item.given(*inputs.values()), codes[-1]


def plain_tags(question: Question) -> str:
    return html.unescape(question.question_html_xml)


def value_of(text: str) -> object:
    value = ast.literal_eval(text)
    return np.array(value) if isinstance(value, list) else value


def entry(outcome: object, item: Item, place: str) -> float:
    """Return the entry of an outcome that a question names, such as ``dw[0, 1]``."""
    name, *index = re.split(r"[\[\], ]+", place.rstrip("]"))
    parts = outcome
    if isinstance(outcome, tuple):
        flat = [p for part in outcome for p in (part if isinstance(part, tuple) else (part,))]
        parts = flat[item.names.split().index(name)]
    return float(np.asarray(parts)[tuple(map(int, index))])


def worked_out(question: Question) -> tuple[float, dict[str, float]]:
    """Return the answer on the printed numbers, and what each mistake comes to, by its words."""
    exercise, inputs, place = printed_in(question)
    item, wrong = BY_NAME[plain(question.title_xml)], {}
    with np.errstate(all="ignore"):
        for words, mistake in exercise.mistakes.items():
            with suppress(ValueError, IndexError, TypeError, AttributeError):  # of another shape
                value = entry(answered(mistake, *inputs), item, place)
                wrong[named(words).replace("`", "")] = value
        return entry(answered(exercise.answer, *inputs), item, place), wrong


@pytest.mark.slow
def test_the_choice_that_is_right_is_the_answer_on_the_printed_numbers():
    questions = read(typed=False)
    assert len(questions) == len(draws())
    for question in questions:
        answer, _ = worked_out(question)
        (right,) = (choice for choice in question.choices if choice.correct)
        assert float(plain(right.choice_html_xml)) == pytest.approx(answer, rel=5.1e-4)
        assert plain(right.feedback_html_xml) == RIGHT


def test_a_wrong_choice_is_what_the_mistake_comes_to_that_it_names():
    for question in read(typed=False):
        _, wrong = worked_out(question)
        others = [choice for choice in question.choices if not choice.correct]
        assert 2 <= len(others) <= quiz.WRONG
        for choice in others:
            value = wrong[plain(choice.feedback_html_xml)]
            assert float(plain(choice.choice_html_xml)) == pytest.approx(value, rel=5.1e-4)


@pytest.mark.slow
def test_a_typed_answer_may_be_rounded_and_may_be_no_mistake():
    for question, one in zip(read(typed=True), draws(), strict=True):
        answer, _ = worked_out(question)
        low, high = question.numerical_min, question.numerical_max
        assert low <= float(f"{answer:.3g}") <= high or one.exact
        assert low <= answer <= high
        assert not any(low <= value <= high for value in one.mistakes.values())
        said = plain(question.incorrect_feedback_html_xml)
        assert all(words.replace("`", "") in said for words in one.mistakes)


def test_the_least_number_comes_first_so_that_no_place_tells():
    for question in read(typed=False):
        values = [float(plain(choice.choice_html_xml)) for choice in question.choices]
        assert values == sorted(values)
    places = {[c.correct for c in question.choices].index(True) for question in read(typed=False)}
    assert len(places) > 2


# --- Which draws are left out. --------------------------------------------------------------------


def test_a_number_tells_which_mistake_it_is():
    for one in draws():
        values = [one.answer, *one.mistakes.values()]
        assert not any(near(a, b) for a, b in combinations(values, 2)), one.lines
        assert abs(one.answer) >= 1e-4


def test_an_answer_is_no_number_that_the_chapter_prints():
    chapter_of = {item.name: chapter for chapter, item in ALL.items}
    assert not any(printed(chapter_of[one.item.name])(one.answer) for one in draws())


def test_mistakes_that_are_too_near_leave_a_draw_out():
    assert told_apart(1.0, {"a": 2.0, "b": 3.0}) == {"a": 2.0, "b": 3.0}
    assert told_apart(1.0, {"a": 2.0, "b": 1.015}) is None
    assert told_apart(1.0, {"a": 2.0, "b": 2.03}) is None
    assert told_apart(-1.0, {"a": 2.0, "b": -0.985}) is None


def test_a_mistake_that_shows_nothing_is_no_choice():
    """It leaves the entry right, is no number, or is not alone with what it comes to."""
    wrong = {"right": 1.0, "none": np.nan, "much": np.inf, "a": 2.0, "twin": -3.0, "brother": -3.0}
    assert told_apart(1.0, wrong) == {"a": 2.0}


def test_the_book_s_own_numbers_are_left_out():
    told = printed("gradient-descent")
    assert told(0.4011)
    assert told(-0.40112)
    assert not told(0.4013)
    assert not told(0.25), "two digits may be anybody's"
    item = BY_NAME["gd-correlated, the condition number"]
    own = replace(item, draws={"r": lambda rng: -0.9})
    with pytest.raises(ValueError, match="expected numbers that tell the mistakes"):
        asked(own, "descent-on-data", 0, 1)
    assert asked(replace(item, draws={"r": lambda rng: -0.8}), "descent-on-data", 0, 1)


def test_an_answer_that_is_too_small_is_left_out():
    item = replace(BY_NAME["pc-street"], draws={"w": lambda rng: np.array([3e4, 4e4])})
    with pytest.raises(ValueError, match="pc-street"):
        asked(item, "perceptron", 0, 1)


def test_what_is_drawn_is_what_its_name_says():
    rng = np.random.default_rng(0)
    for _ in range(50):
        H, P = bowl(3)(rng), shares(3, 2)(rng)
        assert np.array_equal(H, H.T)
        assert np.linalg.eigvalsh(H).min() > 0
        assert P.sum(axis=0) == pytest.approx(1)
        assert P.min() > 0


# --- The same, and others. ------------------------------------------------------------------------


def test_a_seed_makes_the_same_archive_and_another_seed_other_numbers():
    bank = bank_of(SAMPLE, "4", "twelve-weeks")
    first, again, other = (text_of("Quiz", drawn(bank, seed, 2)) for seed in (1, 1, 2))
    assert first == again != other
    assert archive(first) == archive(again)


def test_the_archive_is_one_that_canvas_takes(tmp_path):
    """As its documents have it: a manifest that names the assessment, with all its questions."""
    path = tmp_path / "week.zip"
    drawn_twice = list(drawn(bank_of(SAMPLE, "sample", ""), 1, 2))
    path.write_bytes(archive(text_of("Quiz", drawn_twice)))
    with zipfile.ZipFile(path) as packed:
        manifest = packed.read("imsmanifest.xml").decode()
        (name,) = (n for n in packed.namelist() if re.fullmatch(r"(text2qti_assess.*)/\1\.xml", n))
        assert name in manifest
        assert packed.read(name).decode().count("<item ident") == sum(map(len, drawn_twice))


def test_a_week_asks_its_practice_and_a_number_is_one_of_the_syllabus():
    sample = bank_of(SAMPLE, "sample", "")
    assert {item.exercise for _, item in sample.items} == {"gd-mean", "gd-ravine"}
    for syllabus, chapters in (
        ("twelve-weeks", {"descent-on-data", "loss-functions"}),
        ("six-weeks", {"backpropagation"}),
    ):
        assert {chapter for chapter, _ in bank_of(SAMPLE, "4", syllabus).items} == chapters
    for week, syllabus, words in (
        ("13", "twelve-weeks", "one of 1 to 12"),
        ("no", "twelve-weeks", "a week of the keys"),
        ("4", "ten-weeks", "six-weeks, six-weeks-of-part-two, twelve-weeks"),
    ):
        with pytest.raises(ValueError, match=words):
            bank_of(SAMPLE, week, syllabus)


def test_an_item_is_an_exercise_of_its_chapter_and_prints_each_letter():
    for chapter, item in ALL.items:
        module = f"utils.exercises.{chapter.replace('-', '_')}"
        assert item.exercise in __import__(module, fromlist=["EXERCISES"]).EXERCISES
        assert item.part in (EXERCISES[item.exercise] if item.part else [""])
