"""What a figure's caption says, by a computation that does not use the figure's own ``update``.

    @says("one-dimension")
    def _(learning_rate, start):
        w = start * (1 - 2 * learning_rate) ** 30
        return 30, learning_rate, w**2

The answer has the numbers of the caption, in their order, and the words that turn with the state,
or ``"not: "`` and the words that it must not have.
A count is an ``int`` and exact; any other number is so to the digits that are shown.  Each chapter
has its module.  A number comes from a formula of the chapter, from SciPy, from a loop written anew;
what the figure itself calls to make its number is no second way.

    @foresees("tangent")
    def _():
        return {"1": slope(0) == 1, "a half": slope(0) == 1 / 2, "a quarter": slope(0) == 1 / 4}

The question above the figure has these answers, and the fold after it begins with the one that is
so.
"""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Callable, Iterator
from importlib import import_module
from urllib.parse import parse_qsl

from manuscript import pages

from tests.explore.captions import NUMBER

SAID: dict[str, Callable[..., tuple]] = {}

#: What the answers to a question above a figure claim: answer → whether it is so.
FORESEEN: dict[str, Callable[[], dict[str, bool]]] = {}

#: The figures of which that takes seconds.
SLOW: set[str] = set()

#: The figures that are held at each stop, and not only where a reader is sent.
EVERYWHERE: set[str] = set()


def says(figure: str, everywhere: bool = False) -> Callable:
    """Declare what the caption of a figure says; the function takes the values of its controls."""
    EVERYWHERE.update({figure} if everywhere else ())

    def declare(computed: Callable[..., tuple]) -> Callable[..., tuple]:
        SAID[figure] = computed
        return computed

    return declare


def foresees(figure: str, slow: bool = False) -> Callable:
    """Declare a computation of which answers to the question above a figure are so."""
    SLOW.update({figure} if slow else ())

    def declare(computed: Callable[[], dict[str, bool]]) -> Callable[[], dict[str, bool]]:
        FORESEEN[figure] = computed
        return computed

    return declare


def differs(caption: str, said: tuple) -> str | None:
    """Say where a caption differs from what is so, or is no whole sentence; or return None."""
    if not caption.endswith((".", "!", "?")):
        return f"expected a sentence to its end: {caption!r}"
    for words in said:
        if isinstance(words, str) and (words.removeprefix("not: ") in caption) == (
            words.startswith("not: ")
        ):
            return f"expected {words!r} in {caption!r}"
    shown = [_plain(number) for number in NUMBER.findall(_without_powers(caption))]
    numbers = [number for number in said if not isinstance(number, str)]
    if len(shown) != len(numbers):
        return f"expected the numbers {numbers} in {caption!r}"
    for text, number in zip(shown, numbers, strict=True):
        exact = isinstance(number, int)
        if abs(float(text) - number) > (0 if exact else 0.5000001 * _unit(text)):
            return f"expected {number} for {text} in {caption!r}"
    return None


def wording(caption: str) -> str:
    """Return a caption without its numbers."""
    return NUMBER.sub("#", _without_powers(caption))


def _plain(number: str) -> str:
    return number.replace("−", "-").replace(",", "")


def _without_powers(caption: str) -> str:
    """Write 3 × 10⁻⁸ as 3e-8, and 10⁻⁸ as 1e-8."""
    digits = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
    caption = re.sub(r"(?<![\d.,])(?<! × )10(?=[⁰¹²³⁴⁵⁶⁷⁸⁹⁻])", "1 × 10", caption)
    return re.sub(r" × 10([⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+)", lambda power: "e" + power[1].translate(digits), caption)


def _unit(text: str) -> float:
    """Return the place of the last digit that is not a filling zero."""
    digits, _, power = text.partition("e")
    whole, _, rest = digits.partition(".")
    zeros = 0 if rest or not whole.strip("-0") else len(whole) - len(whole.rstrip("0"))
    return 10.0 ** (int(power or 0) - len(rest) + zeros)


def linked(figure: str) -> Iterator[dict[str, str]]:
    """Return the states of a figure that a page links to: control → what it shows."""
    for page in pages():
        for query in re.findall(rf"#{figure}\?([^\"`\s)]+)", page.text.replace("&amp;", "&")):
            yield dict(parse_qsl(query))


for _module in pkgutil.iter_modules(__path__, f"{__name__}."):
    import_module(_module.name)
