"""Of the answers to a question above a figure one is so, and the fold begins with it."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from manuscript import chapters

from tests.explore.said import FORESEEN, SLOW


@dataclass(frozen=True)
class Question:
    """A question as an author writes it: its figure, the answers to choose from, the bold one."""

    page: str
    figure: str
    choices: tuple[str, ...]
    answer: str

    def __str__(self) -> str:
        return self.figure


def questions() -> list[Question]:
    """Return the questions with answers to choose from, read from the sources of the chapters."""
    found = []
    for chapter in chapters():
        text = "\n\n".join(cell.node.source for cell in chapter.cells)
        for asked in re.split(r"(?m)^\*\*Predict first", text)[1:]:
            choices = re.match(r"(?:.+\n)+\n((?:- .+\n)+)", asked)
            name = re.search(r'explore\([^"]*name="([a-z0-9-]+)"', asked)
            bold = re.search(r"Check your prediction</summary>\n\n\*\*(.+?)\*\*", asked)
            if choices:
                answers = tuple(line.removeprefix("- ") for line in choices[1].splitlines())
                answer = bold[1] if bold else ""
                found.append(Question(chapter.path.stem, name[1], answers, answer))
    return found


def same(text: str) -> str:
    """Return an answer as it is compared, in a sentence or in a list."""
    return text.rstrip(".").casefold()


@pytest.mark.parametrize(
    "question",
    [
        pytest.param(asked, marks=[pytest.mark.slow] * (asked.figure in SLOW))
        for asked in questions()
    ],
    ids=str,
)
def test_one_answer_is_so_and_the_fold_begins_with_it(question: Question):
    assert 2 <= len(question.choices) <= 4
    assert question.figure in FORESEEN, "a question without a computation of its answer"
    so = FORESEEN[question.figure]()
    assert tuple(so) == question.choices
    assert [answer for answer, true in so.items() if true] == [
        choice for choice in question.choices if same(choice) == same(question.answer)
    ]
    assert sum(map(bool, so.values())) == 1


def test_each_figure_of_a_chapter_has_a_question_and_no_answer_is_computed_for_nothing():
    figures = {
        name
        for chapter in chapters()
        for cell in chapter.of_kind("code")
        for name in re.findall(r'explore\([^"]*name="([a-z0-9-]+)"', cell.node.source)
    }
    assert set(FORESEEN) == {question.figure for question in questions()} == figures
