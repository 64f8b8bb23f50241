"""A right answer is right, each likely mistake is named, and an untouched stub is no error."""

import re
from fractions import Fraction
from itertools import count

import numpy as np
import pytest
import sympy as sp
from sympy import Rational

from utils.exercises import EXERCISES, Exercise, check
from utils.judging import answered, judge, plain

SINGLE = {name: task for name, task in EXERCISES.items() if isinstance(task, Exercise)}
SEVERAL = {name: task for name, task in EXERCISES.items() if name not in SINGLE}
ANSWERED = {
    name: {part: answered(task.answer) for part, task in tasks.items()}
    for name, tasks in SEVERAL.items()
}
ASKED = [(name, part) for name, tasks in SEVERAL.items() for part in tasks]
NUMBERS = [at for at in ASKED if isinstance(plain(ANSWERED[at[0]][at[1]]), np.ndarray)]
COUNTS = [(name, part) for name, part in NUMBERS if SEVERAL[name][part].exact]
MEASURES = [at for at in NUMBERS if at not in COUNTS]
WORDS = [at for at in ASKED if isinstance(ANSWERED[at[0]][at[1]], str)]
SEEDS = 1, 2, 12345


def says(capsys, name, attempt):
    check(name, attempt)
    return capsys.readouterr().out.strip()


@pytest.mark.parametrize("name", SINGLE)
def test_the_right_answer_is_right(name, capsys):
    assert says(capsys, name, SINGLE[name].answer) == "Right."


@pytest.mark.parametrize("name", SINGLE)
def test_each_mistake_is_named(name, capsys):
    for words, mistake in SINGLE[name].mistakes.items():
        assert says(capsys, name, mistake) == f"Not yet: {words}."


@pytest.mark.slow  # the inputs are drawn thirty times: a mistake seldom hides behind another seed
@pytest.mark.parametrize("name", SINGLE)
def test_each_mistake_is_named_whatever_is_drawn(name):
    for seed in SEEDS:
        for words, mistake in SINGLE[name].mistakes.items():
            said = judge(SINGLE[name], mistake, seed=seed)
            assert said == f"Not yet: {words}.", f"seed {seed}"


@pytest.mark.parametrize("name", EXERCISES)
def test_a_stub_has_not_been_tried(name, capsys):
    for stub in (..., (..., ...)):
        assert says(capsys, name, lambda *inputs, s=stub: s) == "Not tried yet: replace the dots."
        assert says(capsys, name, stub) == "Not tried yet: replace the dots."


@pytest.mark.parametrize("name", EXERCISES)
def test_a_forgotten_return_is_named(name, capsys):
    assert says(capsys, name, lambda *inputs: None).endswith("is a `return` missing?")
    if name in SINGLE:
        assert says(capsys, name, lambda *inputs: (1.0, None)).endswith("is a `return` missing?")


def says_of_each(capsys, name, part, answer):
    """Return what is said of each part, where one is answered so and the others rightly."""
    answers = ANSWERED[name] | {part: answer}
    return says(capsys, name, tuple(answers.values())).splitlines()


def only(name, part, verdict):
    return [f"{other}: {verdict if other == part else 'Right.'}" for other in ANSWERED[name]]


@pytest.mark.parametrize("name", SEVERAL)
def test_a_part_that_is_not_tried_hides_no_other(name, capsys):
    for left, said in (
        (..., "Not tried yet: replace the dots."),
        (None, "Not yet: there is nothing in the answer, only None; is a `return` missing?"),
    ):
        for part in ANSWERED[name]:
            assert says_of_each(capsys, name, part, left) == only(name, part, said)


@pytest.mark.parametrize("name", SEVERAL)
def test_several_right_answers_are_right(name, capsys):
    for kind in (tuple, list):
        assert says(capsys, name, kind(ANSWERED[name].values())) == "Right."


@pytest.mark.parametrize("name", SEVERAL)
def test_each_of_several_answers_is_judged_by_itself(name, capsys):
    for part, task in SEVERAL[name].items():
        for words, mistake in task.mistakes.items():
            said = says_of_each(capsys, name, part, answered(mistake))
            assert said == only(name, part, f"Not yet: {words}.")


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
    shapes = [list(shape) for shape in ANSWERED["fp-shapes"].values()]
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
        answers = ANSWERED["gd-ravine"] | {"the rate": fraction(1, 4)}
        assert says(capsys, "gd-ravine", tuple(answers.values())) == "Right."


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


@pytest.mark.parametrize(("name", "part"), WORDS)
def test_a_word_outside_the_list_is_told_the_list(name, part, capsys):
    known = [[task.answer, *task.mistakes.values()] for task in SEVERAL[name].values()]
    words = {word for words in known for word in words if isinstance(word, str)}
    said = says(capsys, name, tuple((ANSWERED[name] | {part: "fog"}).values()))
    assert f"{part}: Not yet: expected one of {', '.join(sorted(words))}." in said.splitlines()


@pytest.mark.parametrize("word", ["leaky-ReLU", "leaky ReLU", "leaky_relu", "LeakyReLU"])
def test_a_word_is_the_same_however_it_is_written(word, capsys):
    assert says(capsys, "af-which", ("tanh", word, "elu", "gelu")) == "Right."


def test_another_word_of_the_list_is_told_no_list(capsys):
    said = says(capsys, "af-which", ("tanh", "tanh", "elu", "gelu"))
    assert "second: Not yet: look again." in said


@pytest.mark.parametrize(("name", "part"), MEASURES)
def test_a_number_is_right_to_the_digits_asked_or_more(name, part):
    exercise, right = SEVERAL[name][part], plain(ANSWERED[name][part])
    for digits in range(exercise.digits, 9):
        short = np.vectorize(lambda x, d=digits: float(f"{x:.{d - 1}e}"))(right)
        assert judge(exercise, short) == "Right.", short
        assert judge(exercise, short if short.ndim else [short]) == "Right.", "in brackets"
    off = right * (1 + 1.5 * 10.0 ** (1 - exercise.digits))  # more than half a unit, for each digit
    assert judge(exercise, off) != "Right." or not np.all(right)


@pytest.mark.parametrize(("name", "part"), COUNTS)
def test_a_count_must_be_exact(name, part):
    exercise, right = SEVERAL[name][part], ANSWERED[name][part]
    if isinstance(right, int):
        assert judge(exercise, float(right)) == judge(exercise, np.array([right])) == "Right."
        assert "Right." not in {judge(exercise, off) for off in (right * (1 + 1e-6), right + 1)}


def test_digits_are_counted_and_not_decimals(capsys):
    assert says(capsys, "ds-six", (0.0156, 64)) == "Right."
    assert says(capsys, "ds-six", (0.0157, 64)).startswith("σ: Not yet: that is near")
    assert says(capsys, "ds-most", (0.333, 0.148, -0.693)) == "Right."
    assert says(capsys, "ds-most", (Fraction(1, 3), sp.Rational(4, 27), -sp.log(2))) == "Right."
    assert says(capsys, "bp-hand", (0.147, 0.0100, -0.0147)) == "Right."  # as its solution says
    for place in (1.54, 1.543, [1.5434], np.array([[1.54]])):
        assert says(capsys, "vg-place", place) == "Right."
    assert says(capsys, "vg-place", 1.55).endswith("not right to three digits.")


def test_what_does_the_same_is_right(capsys):
    def turned(W1, b1, W2, b2):  # tanh z = 1 − 2σ(−2z)
        return -2 * W1, -2 * b1, -2 * W2, b2 + W2.sum(axis=1, keepdims=True)

    def permuted(*given):
        W1, b1, W2, b2 = SINGLE["af-clothes"].answer(*given)
        return W1[::-1], b1[::-1], W2[:, ::-1], b2

    def doubled(*given):
        W1, b1, W2, b2 = SINGLE["af-clothes"].answer(*given)
        return np.vstack([W1, W1]), np.vstack([b1, b1]), np.hstack([W2, W2]) / 2, b2

    for translation in (turned, permuted, doubled):
        assert says(capsys, "af-clothes", translation) == "Right."
    assert says(capsys, "af-clothes", lambda W1, b1, W2, b2: turned(W1, b1, W2, b2 + 1)).endswith(
        "not by one of the usual mistakes."
    )
    assert "the shape should be" in says(
        capsys, "af-clothes", lambda *given: (*turned(*given)[:3], np.zeros(7))
    )


def test_a_gradient_in_scalars_is_answered(capsys):
    """A forgotten axis, with the biases of each layer added to one number."""

    def forgotten(X, Y, parameters):
        gradients = SINGLE["bp-deep"].answer(X, Y, parameters)
        return [(dW, np.sum(db)) for dW, db in zip(gradients[::2], gradients[1::2], strict=True)]

    assert says(capsys, "bp-deep", forgotten) == (
        "Not yet: a bias adds over the examples only: axis 1, with keepdims."
    )


def test_an_update_takes_both_steps_from_the_old(capsys):
    def update(x, y, w, b, alpha):
        w = w + alpha * (y - (w @ x + b > 0)) * x
        return w, b + alpha * (y - (w @ x + b > 0))

    assert says(capsys, "pc-step", update) == (
        "Not yet: the new b was computed with the new w; both steps start from the old."
    )


class Strange:
    """What answers yes to any comparison, and raises where it is read."""

    __hash__ = None

    def __eq__(self, other):
        return True

    def __getattr__(self, name):
        raise SystemExit(name)

    __float__ = __str__ = __array__ = __getattr__


def raising(error):
    def attempt(*inputs):
        raise error

    return attempt


LOOP = []
LOOP.append(LOOP)
THINGS = {
    "a ragged list": [[1, 2], [3]],
    "a list in itself": LOOP,
    "nothing": (),
    "text": "w - x",
    "bytes": b"w",
    "a dictionary": {"w": 1.0},
    "a set": {1.0, 2.0},
    "a generator": count(),
    "a formula": sp.Symbol("x") ** 2,
    "a letter": sp.Symbol("x"),
    "an imaginary unit": sp.I,
    "NaN": np.nan,
    "infinity": -np.inf,
    "a complex number": 1 + 2j,
    "a complex array": np.ones(2) * 1j,
    "a huge number": 10**400,
    "huge numbers": [10**400, -1],
    "an array of objects": np.array([1, "w", {}], dtype=object),
    "an array of words": np.array(["w", "b"]),
    "records": np.zeros(2, dtype=[("w", int)]),
    "a date": np.datetime64("1958-11-01"),
    "a type": Strange,
    "something strange": Strange(),
    "strange things": [Strange(), 1.0],
    "a function that takes nothing": lambda: 1.0,
    "a function that takes other things": lambda *, q: q,
    "a function that exits": raising(SystemExit(0)),
    "a function that is interrupted": raising(KeyboardInterrupt()),
    "a function that raises what cannot be read": raising(ValueError(Strange())),
}
REPLY = r"Not yet: [^\n]+"


@pytest.mark.parametrize("kind", THINGS)
def test_whatever_is_given_for_a_function_is_answered_in_a_sentence(kind):
    for name in ("gd-mean", "bp-deep", "af-clothes", "pc-xor", "op-adagrad"):
        for attempt in (THINGS[kind], lambda *inputs: THINGS[kind]):
            said = judge(SINGLE[name], attempt, trials=3)
            assert re.fullmatch(REPLY, said), said


@pytest.mark.parametrize("kind", THINGS)
def test_whatever_one_part_is_the_others_are_judged(kind, capsys):
    for name in ("gd-ravine", "af-which", "fp-outputs", "op-first-step"):
        part, *others = ANSWERED[name]
        for thing in (THINGS[kind], lambda: THINGS[kind]):
            first, *rest = says_of_each(capsys, name, part, thing)
            assert re.fullmatch(f"{part}: {REPLY}", first)
            assert rest == [f"{other}: Right." for other in others]
        assert all(re.search(REPLY, line) for line in says(capsys, name, THINGS[kind]).split("\n"))


def test_what_came_is_named(capsys):
    for thing, kind in (
        ({}, "a dictionary"),
        (count(), "a generator"),
        (1j, "complex numbers"),
        (sp.Symbol("x"), "a formula with letters in it"),
        (max, "a function"),
        (Strange(), "what cannot be read"),
    ):
        assert says(capsys, "gd-mean", lambda w, x, thing=thing: thing) == (
            f"Not yet: expected numbers, got {kind}."
        )
    assert says(capsys, "gd-mean", np.zeros(2)) == (
        "Not yet: expected a function, got numbers; give its name, without parentheses."
    )
    assert says(capsys, "gd-mean", lambda w: w) == (
        "Not yet: expected a function of the stub's arguments, 2 in all."
    )
    assert says(capsys, "vg-place", np.tanh) == "Not yet: expected numbers, got a function."
    assert says(capsys, "gd-mean", lambda w, x: w * np.nan) == (
        "Not yet: there is infinity in it, or what is not a number (NaN)."
    )


def test_a_tuple_may_stand_for_an_array_and_lists_for_its_rows(capsys):
    right = SINGLE["gd-mean"].answer
    assert says(capsys, "gd-mean", lambda w, x: tuple(right(w, x))) == "Right."
    right = SINGLE["lf-batch"].answer
    assert says(capsys, "lf-batch", lambda *given: right(*given).tolist()) == "Right."
    assert says(capsys, "ds-most", np.array([1 / 3, 4 / 27, -np.log(2)])) == "Right."


def test_a_number_that_is_near_is_told_so(capsys):
    said = "Not yet: that is near, but not right to three digits."
    assert says(capsys, "ds-most", (0.33, 0.148, -0.693)).startswith(f"the output: {said}")
    said = "Not yet: that is near, but a count has to be exact."
    assert says(capsys, "bp-cost", (101_700, 204_544)).startswith(f"passes: {said}")
    said = "Not yet: that is near, but something small is not right."
    assert says(capsys, "gd-mean", lambda w, x: 1.01 * np.mean(w - x, axis=0)) == said


def test_the_number_of_answers_is_checked(capsys):
    said = "Not yet: expected 3 answers, the rate, the factor, the steps; got"
    assert says(capsys, "gd-ravine", (0.25, 0.875)) == f"{said} 2."
    assert says(capsys, "gd-ravine", 0.25) == f"{said} numbers."
    assert says(capsys, "gd-ravine", {"the rate": 0.25}) == f"{said} a dictionary."


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
