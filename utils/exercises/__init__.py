"""The checks of the exercises: whether an answer is right, and if not, what it probably is.

A reader calls ``check("gd-mean", my_function)``.  Each exercise is an entry of the ``EXERCISES`` of
its chapter's module here: the right answer, how to draw inputs, and the likely mistakes by the
words that name them.  Where several things are asked at once, the entry has an exercise for each,
and each is judged by itself.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module

from utils.judging import Exercise, judge, judge_parts

#: The exercises of all chapters, by name.
EXERCISES: dict[str, Exercise | dict[str, Exercise]] = {}
for _module in pkgutil.iter_modules(__path__, f"{__name__}."):
    EXERCISES |= getattr(import_module(_module.name), "EXERCISES", {})


def check(name: str, attempt: object) -> None:
    """Print how ``attempt`` fares at the exercise ``name``.

    ``attempt`` is a function of the exercise's inputs, or the answer itself where there are none.
    Raise ``ValueError`` for a name that is not in the book.
    """
    if not isinstance(name, str) or name not in EXERCISES:
        raise ValueError(f"expected one of {', '.join(sorted(EXERCISES))}, got {name!r}")
    exercise = EXERCISES[name]
    print((judge if isinstance(exercise, Exercise) else judge_parts)(exercise, attempt))
