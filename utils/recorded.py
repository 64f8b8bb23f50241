"""An exercise without its answer: what the right answer and the mistakes come to, as text.

A notebook that is handed in checks answers, and holds none.  It has the inputs of a few trials, and
what comes out on them; other inputs are drawn where it is graded.  Of numbers and words that do not
depend on inputs there is nothing but their sort, since the outcome would be the answer.

The text is JSON, and arrays in it are their bytes: reading it runs nothing.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Callable

import numpy as np

from utils.checks import expect
from utils.judging import (
    NOTHING,
    UNTRIED,
    Exercise,
    Other,
    answered,
    collected,
    compared,
    plain,
    same_word,
    sort_of,
    words_of,
)

#: What is said of a number or a word: that it is one.
NOTED = "Noted; whether it is right is said when your notebook is graded."


# --- Values as JSON. ------------------------------------------------------------------------------


def packed(value: object) -> object:
    """Return a value as what JSON can say: of numbers, text, arrays, and rows of such."""
    if value is None or isinstance(value, bool | int | str) or type(value) is float:
        return value  # but not NumPy's float, which is a float, too
    if isinstance(value, list):
        return [packed(each) for each in value]
    if isinstance(value, tuple):
        return {"tuple": [packed(each) for each in value]}
    if isinstance(value, dict):
        return {"dict": [[packed(key), packed(each)] for key, each in value.items()]}
    if isinstance(value, np.ndarray | np.generic):
        expect(value.dtype.kind in "biuf", "numbers", f"an array of {value.dtype}")
        kind = "array" if isinstance(value, np.ndarray) else "number"
        data = base64.b64encode(np.ascontiguousarray(value).tobytes()).decode()
        return {kind: [value.dtype.str, list(value.shape), data]}
    if value is ...:
        return {"dots": None}
    expect(isinstance(value, Other), "numbers, text, arrays or rows of such", type(value))
    return {"other": value.kind}


def unpacked(value: object) -> object:
    """Return the value that was :func:`packed`; raise ``ValueError`` for anything else."""
    if isinstance(value, list):
        return [unpacked(each) for each in value]
    if not isinstance(value, dict):
        return value
    expect(len(value) == 1, "one entry that says its kind", f"{len(value)}")
    ((kind, inside),) = value.items()
    try:
        return _UNPACK[kind](inside)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"expected a value that was packed, got {kind!r}") from error


def _array(inside: list) -> np.ndarray:
    dtype, shape, data = inside
    dtype = np.dtype(dtype)
    expect(dtype.kind in "biuf", "numbers", f"an array of {dtype}")
    return np.frombuffer(base64.b64decode(data), dtype).reshape(shape).copy()


_UNPACK: dict[str, Callable] = {
    "tuple": lambda inside: tuple(map(unpacked, inside)),
    "dict": lambda inside: {unpacked(key): unpacked(each) for key, each in inside},
    "array": _array,
    "number": lambda inside: _array(inside)[()],
    "dots": lambda inside: ...,
    "other": lambda inside: Other(str(inside)),
}


# --- Checks. --------------------------------------------------------------------------------------


def recorded(tasks: dict[str, tuple[Exercise | dict[str, Exercise], list[tuple]]]) -> str:
    """Return as text what the checks of a notebook know: of each exercise, on the inputs given."""
    known = {
        name: _of_function(asked, inputs) if _is_code(asked) else _of_values(asked)
        for name, (asked, inputs) in tasks.items()
    }
    text = json.dumps(known, separators=(",", ":")).encode()
    return base64.b64encode(zlib.compress(text, 9)).decode()


def checks(text: str) -> Callable[[str, object], None]:
    """Return ``check``, which prints how an answer to an exercise that was recorded fares."""
    known = json.loads(zlib.decompress(base64.b64decode(text)))

    def check(name: str, attempt: object) -> None:
        expect(name in known, f"one of {', '.join(known)}", repr(name))
        print((_check_function if "right" in known[name] else _check_values)(known[name], attempt))

    return check


def _is_code(asked: Exercise | dict[str, Exercise]) -> bool:
    return isinstance(asked, Exercise) and callable(asked.answer)


def _outcomes(answer: object, inputs: list[tuple]) -> list:
    with np.errstate(all="ignore"):
        return [packed(plain(answered(answer, *each))) for each in inputs]


def _of_function(exercise: Exercise, inputs: list[tuple]) -> dict:
    expect(exercise.acts is None, "an exercise with one answer, to record it", "one with many")
    return {
        "near": [exercise.rtol, exercise.atol],
        "inputs": packed(inputs),
        "right": _outcomes(exercise.answer, inputs),
        "mistakes": {name: _outcomes(it, inputs) for name, it in exercise.mistakes.items()},
    }


def _check_function(known: dict, attempt: object) -> str:
    rtol, atol = known["near"]
    inputs = unpacked(known["inputs"])
    exercise = Exercise(answer=print, rtol=rtol, atol=atol)  # any function: it is not called
    got = collected(exercise, attempt, inputs)
    if isinstance(got, str):
        return got
    mistakes = {name: map(unpacked, outcomes) for name, outcomes in known["mistakes"].items()}
    return compared(exercise, inputs, got, map(unpacked, known["right"]), mistakes)


def _of_values(asked: Exercise | dict[str, Exercise]) -> dict:
    parts = {"": asked} if isinstance(asked, Exercise) else asked
    return {
        "parts": {name: sort_of(plain(part.answer)) for name, part in parts.items()},
        "words": words_of(*parts.values()),
    }


def _check_values(known: dict, attempt: object) -> str:
    parts, words = known["parts"], known["words"]
    values = (attempt,) if list(parts) == [""] else attempt
    if not isinstance(values, tuple | list) or len(values) != len(parts):
        return f"Not yet: expected {len(parts)} answers, {', '.join(parts)}."
    said = [
        _value_said(plain(value), sort, words)
        for value, sort in zip(values, parts.values(), strict=True)
    ]
    if len(set(said)) == 1:
        return said[0]
    return "\n".join(f"{part}: {each}" for part, each in zip(parts, said, strict=True))


def _value_said(value: object, sort: str, words: list[str]) -> str:
    for mark, said in ((..., UNTRIED), (None, NOTHING)):
        if value is mark:
            return said
    if sort_of(value) != sort:
        return f"Not yet: expected {sort}, got {sort_of(value)}."
    if isinstance(value, str) and not same_word(value, words):
        return f"Not yet: expected one of {', '.join(words)}."
    return NOTED
