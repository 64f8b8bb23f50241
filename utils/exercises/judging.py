"""How an answer is judged: right, one of the likely mistakes, or something else.

A mistake is written as the answer that it leads to, so adding one is adding a line.
"""

from __future__ import annotations

import contextlib
import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

#: What an answer, or a mistake, comes to; a function of the exercise's inputs where it has any.
Answer = object

UNTRIED = "Not tried yet: replace the dots."
NOTHING = "Not yet: there is nothing in the answer, only None; is a `return` missing?"


@dataclass(frozen=True)
class Exercise:
    """What is asked (``answer``), on which inputs, and how it usually goes wrong."""

    answer: Answer
    inputs: Callable[[np.random.Generator], tuple] = lambda rng: ()
    mistakes: dict[str, Answer] = field(default_factory=dict)
    rtol: float = 1e-3  # how far a number may be off; 5e-3 takes what is rounded to three digits
    atol: float = 1e-8  # and how far in any case; 0 where tiny numbers matter


def answered(answer: Answer, *inputs: object) -> object:
    """Return what an answer says of the inputs: the answer itself, if it is no function."""
    return answer(*inputs) if callable(answer) else answer


def judge_parts(exercises: dict[str, Exercise], attempt: Answer) -> str:
    """Say how an answer of several parts fares, each part by itself."""
    got = answered(attempt)
    if _holds(got, ...):
        return UNTRIED
    if _holds(got, None):
        return NOTHING
    if isinstance(got, np.ndarray):
        got = got.tolist()
    if not isinstance(got, tuple | list) or len(got) != len(exercises):
        return f"Not yet: expected {len(exercises)} answers, {', '.join(exercises)}."
    known = [word for each in exercises.values() for word in [each.answer, *each.mistakes.values()]]
    words = sorted({word for word in known if isinstance(word, str)})  # of all parts: no part's own
    verdicts = {
        part: judge(exercise, value, words)
        for (part, exercise), value in zip(exercises.items(), got, strict=True)
    }
    if set(verdicts.values()) == {"Right."}:
        return "Right."
    return "\n".join(f"{part}: {verdict}" for part, verdict in verdicts.items())


def judge(exercise: Exercise, attempt: Answer, words: Sequence[str] = ()) -> str:
    """Say "Right.", name the likely mistake, or say what else is to be seen of it.

    ``words`` are those that an answer of words may have, told to whoever takes another.
    """
    rng = np.random.default_rng(0)
    trials = [exercise.inputs(rng) for _ in range(5)]
    try:  # on copies, since an answer may work in place
        got = [answered(attempt, *copy.deepcopy(inputs)) for inputs in trials]
    except Exception as error:  # whatever a reader's code may raise, it is the reader's to see
        return f"Not yet: your code raised {type(error).__name__}: {error}"
    if any(_holds(value, ...) for value in got):
        return UNTRIED
    if any(_holds(value, None) for value in got):
        return NOTHING
    right = [answered(exercise.answer, *inputs) for inputs in trials]
    if isinstance(right[0], tuple):  # brackets may stand for parentheses
        got = [_in_a_row(value) for value in got]
    else:  # and both for an array
        got = [_array(value) if _is_array(value) else value for value in got]
    if _is_text(right[0]) != _is_text(got[0]):
        return "Not yet: expected {}, got {}.".format(
            *("text" if _is_text(value) else "numbers" for value in (right[0], got[0]))
        )
    if _same(got, right, exercise.rtol, exercise.atol):
        return "Right."
    for words, mistake in exercise.mistakes.items():
        if _same(
            got, [answered(mistake, *inputs) for inputs in trials], exercise.rtol, exercise.atol
        ):
            return f"Not yet: {words}."
    if _is_text(right[0]):
        return f"Not yet: expected one of {', '.join(words)}." if words else "Not yet: look again."
    if _shape(got[0]) != _shape(right[0]):
        return f"Not yet: the shape should be {_shape(right[0])}, and is {_shape(got[0])}."
    if _same(got, right, 0.05, exercise.atol):
        return "Not yet: that is near, but not right to three digits."
    return "Not yet: the numbers differ, and not by one of the usual mistakes."


def _several(value: object) -> list | tuple:
    return value if isinstance(value, tuple | list) else (value,)


def _in_a_row(value: object) -> object:
    """Return several arrays as a tuple, also if they come in pairs, one for each layer."""
    if not isinstance(value, tuple | list):
        return value
    pairs = all(
        isinstance(part, tuple | list) and all(isinstance(each, np.ndarray) for each in part)
        for part in value
    )
    return tuple(each for part in value for each in part) if pairs else tuple(value)


def _holds(value: object, mark: object) -> bool:
    """Whether a value, or a part of it, is that very thing."""
    return any(part is mark for part in _several(value))


def _parts(value: object) -> list[NDArray]:
    return [_array(part) for part in _several(value)]


def _is_array(value: object) -> bool:
    """Whether lists or tuples are the rows of an array of numbers."""
    with contextlib.suppress(TypeError, ValueError):
        return isinstance(value, tuple | list) and np.asarray(value, dtype=float).size > 0
    return False


def _array(part: object) -> NDArray:
    """Return an array, with 1 and 0 for true and false, and decimals for fractions."""
    array = np.asarray(part)
    if array.dtype == bool:
        return array.astype(int)
    if array.dtype == object:
        with contextlib.suppress(TypeError, ValueError):
            return array.astype(float)
    return array


def _is_text(value: object) -> bool:
    return any(not np.issubdtype(_array(part).dtype, np.number) for part in _several(value))


def _shape(value: object) -> object:
    shapes = [part.shape for part in _parts(value)]
    return shapes[0] if len(shapes) == 1 else shapes


def _close(a: NDArray, b: NDArray, rtol: float, atol: float) -> bool:
    if not np.issubdtype(a.dtype, np.number):
        return str(a).strip(" .").lower() == str(b)
    # equal_nan, since overflow is a likely mistake, too
    return np.allclose(a, b, rtol=rtol, atol=atol, equal_nan=True)


def _same(got: list, wanted: list, rtol: float, atol: float) -> bool:
    return all(
        _shape(a) == _shape(b)
        and all(_close(*pair, rtol, atol) for pair in zip(_parts(a), _parts(b), strict=True))
        for a, b in zip(got, wanted, strict=True)
    )
