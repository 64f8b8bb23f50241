"""A right answer is right, each likely mistake is named, and an untouched stub is no error."""

from fractions import Fraction

import numpy as np
import pytest
import sympy as sp
from sympy import Rational

from utils.exercises import EXERCISES, Exercise, check
from utils.exercises.judging import answered

SINGLE = {name: task for name, task in EXERCISES.items() if isinstance(task, Exercise)}
SEVERAL = {name: task for name, task in EXERCISES.items() if name not in SINGLE}
MISTAKES = [(name, words) for name, task in SINGLE.items() for words in task.mistakes]
PARTS = [
    (name, part, words)
    for name, tasks in SEVERAL.items()
    for part, task in tasks.items()
    for words in task.mistakes
]


def says(capsys, name, attempt):
    check(name, attempt)
    return capsys.readouterr().out.strip()


@pytest.mark.parametrize("name", SINGLE)
def test_the_right_answer_is_right(name, capsys):
    assert says(capsys, name, SINGLE[name].answer) == "Right."


@pytest.mark.parametrize(("name", "words"), MISTAKES)
def test_each_mistake_is_named(name, words, capsys):
    assert says(capsys, name, SINGLE[name].mistakes[words]) == f"Not yet: {words}."


@pytest.mark.parametrize("name", EXERCISES)
@pytest.mark.parametrize("stub", [..., (..., ...)])
def test_a_stub_has_not_been_tried(name, stub, capsys):
    assert says(capsys, name, lambda *inputs: stub) == "Not tried yet: replace the dots."
    assert says(capsys, name, stub) == "Not tried yet: replace the dots."


@pytest.mark.parametrize("name", EXERCISES)
@pytest.mark.parametrize("nothing", [None, (1.0, None)])
def test_a_forgotten_return_is_named(name, nothing, capsys):
    assert says(capsys, name, lambda *inputs: nothing).endswith("is a `return` missing?")


@pytest.mark.parametrize("kind", [tuple, list])
@pytest.mark.parametrize("name", SEVERAL)
def test_several_right_answers_are_right(name, kind, capsys):
    assert (
        says(capsys, name, kind(answered(task.answer) for task in SEVERAL[name].values()))
        == "Right."
    )


@pytest.mark.parametrize(("name", "part", "words"), PARTS)
def test_each_of_several_answers_is_judged_by_itself(name, part, words, capsys):
    answers = {other: answered(task.answer) for other, task in SEVERAL[name].items()}
    answers[part] = answered(SEVERAL[name][part].mistakes[words])
    said = says(capsys, name, tuple(answers.values())).splitlines()
    assert said == [
        f"{other}: Not yet: {words}." if other == part else f"{other}: Right." for other in answers
    ]


def test_an_answer_may_work_in_place(capsys):
    def step(x, y, w, b, alpha):
        dz = 1 / (1 + np.exp(-(w @ x + b))) - y
        w -= alpha * dz * x
        return w, b - alpha * dz

    assert says(capsys, "gd-cross-entropy-step", step) == "Right."


def test_a_list_may_stand_for_a_tuple_and_for_an_array(capsys):
    right = SINGLE["gd-cross-entropy-step"].answer
    assert says(capsys, "gd-cross-entropy-step", lambda *given: list(right(*given))) == "Right."
    assert says(capsys, "gd-mean", lambda w, x: (w - x.mean(axis=0)).tolist()) == "Right."


def test_brackets_may_stand_for_parentheses(capsys):
    shapes = [list(answered(task.answer)) for task in SEVERAL["fp-shapes"].values()]
    assert says(capsys, "fp-shapes", shapes) == "Right."


def test_pairs_of_arrays_may_stand_in_a_row(capsys):
    right = SINGLE["bp-deep"].answer

    def pairs(*given):
        parts = right(*given)
        return [(dW, db) for dW, db in zip(parts[::2], parts[1::2], strict=True)]

    assert says(capsys, "bp-deep", pairs) == "Right."
    assert says(capsys, "bp-deep", lambda *given: right(*given)[::-1]) == (
        "Not yet: a layer has W first, and the list begins with layer 1."
    )


def test_true_and_fractions_are_numbers(capsys):
    truth = SINGLE["fp-parity"].answer
    assert says(capsys, "fp-parity", lambda X: truth(X) > 0) == "Right."
    for fraction in (Fraction, Rational):
        answers = [answered(task.answer) for task in SEVERAL["gd-ravine"].values()]
        answers[0] = fraction(1, 4)
        assert says(capsys, "gd-ravine", answers) == "Right."


def test_text_in_place_of_numbers_is_named(capsys):
    said = "Not yet: expected numbers, got text."
    assert says(capsys, "gd-mean", lambda w, x: "w - x") == said
    assert f"the rate: {said}" in says(capsys, "gd-ravine", ("1/4", 0.875, 52))
    assert "B: Not yet: expected text, got numbers." in says(
        capsys, "gd-diagnose", ("wrong sign", 2, "Rate too large ", "rate too small")
    )
    words = "noise, rate too large, rate too small, wrong sign"
    assert f"D: Not yet: expected one of {words}." in says(
        capsys, "gd-diagnose", ("wrong sign", "Noise.", "rate too large", "fog")
    )


def test_three_digits_are_enough_where_a_solution_shows_as_many(capsys):
    assert says(capsys, "ds-most", (0.333, 0.148, -0.693)) == "Right."
    assert says(capsys, "ds-most", (Fraction(1, 3), sp.Rational(4, 27), -sp.log(2))) == "Right."


def test_a_tuple_may_stand_for_an_array_and_lists_for_its_rows(capsys):
    right = SINGLE["gd-mean"].answer
    assert says(capsys, "gd-mean", lambda w, x: tuple(right(w, x))) == "Right."
    right = SINGLE["lf-batch"].answer
    assert says(capsys, "lf-batch", lambda *given: right(*given).tolist()) == "Right."
    assert says(capsys, "ds-most", np.array([1 / 3, 4 / 27, -np.log(2)])) == "Right."


def test_a_number_that_is_near_is_told_so(capsys):
    said = "Not yet: that is near, but not right to three digits."
    assert says(capsys, "ds-most", (0.33, 0.148, -0.693)).startswith(f"the output: {said}")


def test_the_number_of_answers_is_checked(capsys):
    said = "Not yet: expected 3 answers, the rate, the factor, the steps."
    assert says(capsys, "gd-ravine", (0.25, 0.875)) == said
    assert says(capsys, "gd-ravine", 0.25) == said


def test_anything_else_is_answered_too(capsys):
    assert says(capsys, "gd-mean", lambda w, x: 1 / 0).startswith(
        "Not yet: your code raised ZeroDivisionError"
    )
    assert says(capsys, "gd-mean", lambda w, x: x.T) == (
        "Not yet: the shape should be (2,), and is (2, 6)."
    )
    assert says(capsys, "gd-mean", lambda w, x: np.zeros(2)).endswith("the usual mistakes.")


def test_a_name_that_is_not_in_the_book_is_refused():
    with pytest.raises(ValueError, match=r"expected one of .*, got 'gd-typo'"):
        check("gd-typo", 1)
