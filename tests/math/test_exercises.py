"""A right answer is right, each likely mistake is named, and an untouched stub is no error."""

import numpy as np
import pytest

from utils.exercises import EXERCISES, check

MISTAKES = [(name, words) for name, task in EXERCISES.items() for words in task.mistakes]


def says(capsys, name, attempt):
    check(name, attempt)
    return capsys.readouterr().out.strip()


@pytest.mark.parametrize("name", EXERCISES)
def test_the_right_answer_is_right(name, capsys):
    assert says(capsys, name, EXERCISES[name].answer) == "Right."


@pytest.mark.parametrize(("name", "words"), MISTAKES)
def test_each_mistake_is_named(name, words, capsys):
    assert says(capsys, name, EXERCISES[name].mistakes[words]) == f"Not yet: {words}."


@pytest.mark.parametrize("name", EXERCISES)
@pytest.mark.parametrize("stub", [..., None, (..., ...)])
def test_a_stub_has_not_been_tried(name, stub, capsys):
    assert says(capsys, name, lambda *inputs: stub) == "Not tried yet: replace the dots."
    assert says(capsys, name, stub) == "Not tried yet: replace the dots."


def test_anything_else_is_answered_too(capsys):
    assert says(capsys, "gd-mean", lambda w, x: 1 / 0).startswith(
        "Not yet: your code raised ZeroDivisionError"
    )
    assert says(capsys, "gd-mean", lambda w, x: w - x) == (
        "Not yet: the shape should be (2,), and is (6, 2)."
    )
    assert says(capsys, "gd-mean", lambda w, x: np.zeros(2)).endswith("the usual mistakes.")


def test_a_name_that_is_not_in_the_book_is_refused():
    with pytest.raises(ValueError, match=r"expected one of .*, got 'gd-typo'"):
        check("gd-typo", 1)
