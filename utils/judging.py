"""How an answer is judged: right, one of the likely mistakes, or something else.

A mistake is written as the answer that it leads to, so adding one is adding a line.  Whatever a
reader answers is read once, by :func:`plain`; nothing behind it meets a strange object.
"""

from __future__ import annotations

import copy
import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

#: What an answer, or a mistake, comes to; a function of the exercise's inputs where it has any.
Answer = object

RIGHT = "Right."
UNTRIED = "Not tried yet: replace the dots."
NOTHING = "Not yet: there is nothing in the answer, only None; is a `return` missing?"
LOOK_AGAIN = "look again"
DIFFERENT = "the numbers differ, and not by one of the usual mistakes"
FUNCTION = "a function"
TRIALS = (
    30  # draws of inputs, enough to tell every mistake from the right answer, whatever the seed
)


@dataclass(frozen=True)
class Exercise:
    """What is asked (``answer``), on which inputs, and how it usually goes wrong.

    A function is compared by what it returns, to ``rtol`` and ``atol``, as ``numpy.allclose`` does.
    A number that is asked must be right to as many ``digits`` as count, a count ``exact``.
    Where many answers are right, ``acts`` says what an answer does on the inputs, and they are
    those that do the same.
    """

    answer: Answer
    inputs: Callable[[np.random.Generator], tuple] = lambda rng: ()
    mistakes: dict[str, Answer] = field(default_factory=dict)
    cases: Sequence[tuple] = ()  # inputs beside those drawn: the edges that the text speaks of
    acts: Callable[..., object] | None = None
    digits: int = 3
    exact: bool = False
    rtol: float = 1e-3
    atol: float = 1e-8

    def close(self, a: NDArray, b: NDArray) -> bool:
        """Whether numbers of one shape agree as far as the exercise asks."""
        if callable(self.answer):  # equal_nan, since overflow is a likely mistake, too
            return np.allclose(a, b, rtol=self.rtol, atol=self.atol, equal_nan=True)
        if self.exact and np.all(b == np.round(b)):
            return np.array_equal(a, b)
        return bool(np.all(_agree(a, b, self.digits)))

    def same(self, got: object, wanted: object, inputs: tuple) -> bool:
        """Whether two answers, as :func:`plain` reads them, are the same, or do the same."""
        if self.acts is None or _same(got, wanted, self.close):
            return _same(got, wanted, self.close)
        with suppress(ValueError, TypeError, IndexError, AttributeError):  # it may be no such thing
            return _same(*(plain(self.acts(each, *inputs)) for each in (got, wanted)), self.close)
        return False


@dataclass(frozen=True)
class Other:
    """What is neither numbers nor text, and the words for it."""

    kind: str


def answered(answer: Answer, *inputs: object) -> object:
    """Return what an answer says of the inputs: the answer itself, if it is no function."""
    return answer(*inputs) if callable(answer) else answer


def judge_parts(exercises: dict[str, Exercise], attempt: Answer, *, seed: int = 0) -> str:
    """Say how an answer of several parts fares, each part by itself."""
    try:
        got = attempt() if is_function(attempt) else attempt
        got = got.tolist() if hasattr(got, "tolist") else got
    except BaseException as error:
        return raised(error)
    if got is None:
        return NOTHING
    values = got if isinstance(got, tuple | list) else [got]
    if values and all(value is ... for value in values):
        return UNTRIED
    if values is not got or len(values) != len(exercises):
        came = len(values) if values is got else sort_of(plain(got))
        return f"Not yet: expected {len(exercises)} answers, {', '.join(exercises)}; got {came}."
    words = words_of(*exercises.values())  # of all parts: no part's own
    verdicts = {
        part: judge(exercise, value, words, seed=seed)
        for (part, exercise), value in zip(exercises.items(), values, strict=True)
    }
    if set(verdicts.values()) == {RIGHT}:
        return RIGHT
    return "\n".join(f"{part}: {verdict}" for part, verdict in verdicts.items())


def judge(
    exercise: Exercise,
    attempt: Answer,
    words: Sequence[str] = (),
    *,
    seed: int = 0,
    trials: int = TRIALS,
) -> str:
    """Say "Right.", name the likely mistake, or say what else is to be seen of it.

    ``words`` are those that an answer in words may have, told to whoever takes another.
    """
    inputs = trials_of(exercise, seed, trials)
    got = collected(exercise, attempt, inputs)
    return got if isinstance(got, str) else verdict(exercise, inputs, got, words)


def trials_of(exercise: Exercise, seed: object, count: int = TRIALS) -> list[tuple]:
    """Return the inputs on which answers are compared: those drawn, then the edges."""
    rng = np.random.default_rng(seed)
    drawn = [exercise.inputs(rng) for _ in range(count if callable(exercise.answer) else 1)]
    return [*drawn, *exercise.cases]


def collected(exercise: Exercise, attempt: Answer, inputs: list[tuple]) -> list | str:
    """Return what an attempt answers on each of the inputs, or say why it does not."""
    try:
        if complaint := _misfit(exercise, attempt, inputs[0]):
            return complaint
        works = is_function(attempt)  # copies of the inputs, since it may work in place
        return [plain(attempt(*copy.deepcopy(i)) if works else attempt) for i in inputs]
    except BaseException as error:  # whatever a reader's code may raise, it is the reader's to see
        return raised(error)


def verdict(exercise: Exercise, inputs: list[tuple], got: list, words: Sequence[str] = ()) -> str:
    """Say how answers fare that were :func:`collected`."""
    mistakes = {name: _outcomes(wrong, inputs) for name, wrong in exercise.mistakes.items()}
    return compared(exercise, inputs, got, _outcomes(exercise.answer, inputs), mistakes, words)


def compared(
    exercise: Exercise,
    inputs: list[tuple],
    got: list,
    right: Iterable,
    mistakes: Mapping[str, Iterable],
    words: Sequence[str] = (),
) -> str:
    """Say how answers fare beside what the right one and the mistakes come to."""
    for mark, said in ((..., UNTRIED), (None, NOTHING)):
        if _holds(got, mark):
            return said
    right = list(right)
    got = [_fit(a, b) for a, b in zip(got, right, strict=True)]
    if all(map(exercise.same, got, right, inputs)):
        return RIGHT
    for name, wrong in mistakes.items():
        if all(map(exercise.same, got, wrong, inputs)):
            return named(name)
    return f"Not yet: {_difference(exercise, got, right, words or words_of(exercise))}."


def named(mistake: str) -> str:
    """Return what is said of a likely mistake."""
    return f"Not yet: {mistake}."


def plain(value: object) -> object:
    """Read an answer: as an array of numbers, as text, as several in a tuple, or as ``Other``.

    Brackets and parentheses are alike; several arrays of one shape are one array.  True and false
    are 1 and 0, and fractions decimals.  The dots of a stub and None stay what they are.
    """
    try:
        return _read(value)
    except BaseException:  # of an object that does as it likes
        return Other("what cannot be read")


def _read(value: object) -> object:
    if value is None or value is ...:
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, tuple | list):
        parts = tuple(map(_read, value))
        arrays = all(isinstance(part, np.ndarray) for part in parts)
        return np.stack(parts) if arrays and len({part.shape for part in parts}) == 1 else parts
    if hasattr(value, "__float__") or hasattr(value, "__array__"):
        array = np.array(value)
        if array.dtype.kind in "biuf":
            return array.astype(float)
        if array.dtype.kind in "OU" and array.ndim:
            return _read(array.tolist())
        with suppress(TypeError, ValueError):
            return np.array(_float(value))
    return Other(_kind(value))


def _float(value: object) -> float:
    try:
        return float(value)
    except OverflowError:  # of a whole number with hundreds of digits
        return np.inf


def _kind(value: object) -> str:
    if getattr(value, "free_symbols", None):
        return "a formula with letters in it"
    if np.iscomplexobj(value):
        return "complex numbers"
    for kind, words in (
        (dict, "a dictionary"),
        (set | frozenset, "a set"),
        (Iterator, "a generator"),
        (Callable, FUNCTION),
    ):
        if isinstance(value, kind):
            return words
    return f"an object of the type {type(value).__name__}"


def is_function(value: object) -> bool:
    """Whether a value can be called."""
    read = plain(value)
    return isinstance(read, Other) and read.kind == FUNCTION


def _misfit(exercise: Exercise, attempt: Answer, inputs: tuple) -> str | None:
    """Say whether a function was asked and none given, or one that takes something else."""
    asked = callable(exercise.answer)
    if not is_function(attempt):
        got = plain(attempt)
        if not asked or _holds(got, ...) or _holds(got, None):
            return None
        return (
            f"Not yet: expected a function, got {sort_of(got)}; give its name, without parentheses."
        )
    with suppress(ValueError):  # it does not tell what it takes
        try:
            inspect.signature(attempt).bind(*inputs)
        except TypeError:
            if asked:
                return (
                    f"Not yet: expected a function of the stub's arguments, {len(inputs)} in all."
                )
            return f"Not yet: expected {sort_of(plain(exercise.answer))}, got a function."
    return None


def raised(error: BaseException) -> str:
    """Say what a reader's code raised."""
    words = ""
    with suppress(BaseException):
        words = ": " + str(error).splitlines()[0][:200]
    return f"Not yet: your code raised {type(error).__name__}{words}"


def _outcomes(answer: Answer, inputs: Iterable[tuple]) -> Iterator[object]:
    """Yield what an answer of the book comes to on each of the inputs."""
    for each in inputs:
        with np.errstate(all="ignore"):  # a likely mistake may overflow
            outcome = plain(answered(answer, *each))
        yield outcome


def _difference(exercise: Exercise, got: list, right: list, words: Sequence[str]) -> str:
    """Say what is to be seen of an answer that is neither right nor a known mistake."""
    for a, b in zip(got, right, strict=True):
        if sort_of(a) != sort_of(b):
            return f"expected {sort_of(b)}, got {sort_of(a)}"
    if texts := {_word(leaf) for leaf in _leaves(got) if isinstance(leaf, str)}:
        return LOOK_AGAIN if texts <= set(map(_word, words)) else (
            f"expected one of {', '.join(words)}"
        )  # fmt: skip
    if not all(np.all(np.isfinite(leaf)) for leaf in _leaves(got)):
        return "there is infinity in it, or what is not a number (NaN)"
    for a, b in zip(got, right, strict=True):
        if _shape(a) != _shape(b):
            return f"the shape should be {_shape(b)}, and is {_shape(a)}"
    pairs = zip(_leaves(got), _leaves(right), strict=True)
    if all(np.allclose(a, b, rtol=0.05, atol=exercise.atol) for a, b in pairs):
        return nearly(exercise)
    return DIFFERENT


def nearly(exercise: Exercise) -> str:
    """Say of an answer that it is near."""
    if callable(exercise.answer):
        return "that is near, but something small is not right"
    if exercise.exact:
        return "that is near, but a count has to be exact"
    digits = {3: "three", 4: "four"}[exercise.digits]
    return f"that is near, but not right to {digits} digits"


def _same(a: object, b: object, close: Callable[[NDArray, NDArray], bool]) -> bool:
    if isinstance(b, str):
        return isinstance(a, str) and _word(a) == _word(b)
    if isinstance(b, tuple):
        return (
            isinstance(a, tuple)
            and len(a) == len(b)
            and all(_same(*pair, close) for pair in zip(a, b, strict=True))
        )
    return isinstance(a, np.ndarray) and a.shape == b.shape and close(a, b)


def _agree(a: NDArray, b: NDArray, digits: int) -> NDArray:
    """Whether numbers differ by half a unit of the last of so many digits that count, or less."""
    larger = np.maximum(np.abs(a), np.abs(b))
    with np.errstate(divide="ignore", invalid="ignore"):
        half = 10.0 ** (np.floor(np.log10(larger)) - digits + 1) / 2
        return np.isfinite(a) & (np.abs(a - b) <= np.maximum(half * (1 + 1e-9), 1e-12))


def _fit(a: object, b: object) -> object:
    """Return an answer in the form of the right one, where only brackets are different.

    Pairs may stand in a row, and one number in brackets is a number.
    """
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray) and a.size == 1 and b.ndim == 0:
        return a.reshape(())
    if isinstance(a, tuple) and isinstance(b, tuple):
        row = tuple(each for part in a for each in (part if isinstance(part, tuple) else (part,)))
        a = row if len(a) != len(b) == len(row) else a
        return tuple(map(_fit, a, b)) if len(a) == len(b) else a
    return a


def _leaves(value: object) -> Iterator[object]:
    if isinstance(value, tuple | list):
        for part in value:
            yield from _leaves(part)
    else:
        yield value


def _holds(value: object, mark: object) -> bool:
    """Whether that very thing is in a value."""
    return any(leaf is mark for leaf in _leaves(value))


def words_of(*exercises: Exercise) -> list[str]:
    """Return all words that answers and mistakes are."""
    known = [each for e in exercises for each in (e.answer, *e.mistakes.values())]
    return sorted({leaf for leaf in _leaves(known) if isinstance(leaf, str)})


def _word(text: str) -> str:
    """Return a word as it is compared: "leaky ReLU", "leaky_relu" and "leakyrelu" are one."""
    return re.sub(r"[\W_]", "", text).casefold()


def same_word(text: str, words: Iterable[str]) -> bool:
    """Whether one of the words is the text, however it is written."""
    return _word(text) in set(map(_word, words))


def sort_of(value: object) -> str:
    """Say what sort of thing a plain answer is."""
    if isinstance(value, tuple):
        return " and ".join(dict.fromkeys(map(sort_of, value))) or "nothing"
    if isinstance(value, Other):
        return value.kind
    return "text" if isinstance(value, str) else "numbers"


def _shape(value: object) -> tuple:
    """Return the shape of an array, or those of several."""
    return tuple(map(_shape, value)) if isinstance(value, tuple) else value.shape
