r"""Numbers that a page writes in words: each is held by a test, or declared to be given.

A test holds a number word if it asserts that a line with the word in it is printed:

    assert f"After {in_words(mistakes)} mistakes all 100 flowers are named correctly" in prose

Whoever makes another number of the word then fails that test.  Where the same text is printed
twice, one of the two could change unseen, so what is asserted counts where it is printed once.

What is no result, but chosen, defined, or an idiom, the module of the page declares as it stands:

    GIVEN = ["learns from ten points at a time"]

From five up, multiples, and parts of a whole, every word is one or the other.  From one to four,
and for a second or a third thing, most words are idiom, so these may be held and need not be.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from types import ModuleType

from manuscript import Page

SMALL = [
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen"),
    *("nineteen", "twenty"),
]
TENS = ["thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
LARGE = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "trillion": 10**12}
NAMED = dict(enumerate(SMALL)) | {10 * n: word for n, word in enumerate(TENS, start=3)}
PARTS = {2: "half", 3: "third", 4: "quarter", 5: "fifth", 8: "eighth", 10: "tenth"} | {
    size: f"{word}th" for word, size in LARGE.items()
}


def in_words(number: float) -> str:
    """Return a number as a word: ``ten``, ``ten thousand``, ``hundred``; of 1/4, ``quarter``.

    Raises KeyError if there is none.
    """
    for parts, word in PARTS.items():
        if abs(parts * number - 1) < 1e-9:
            return word
    for word, size in reversed(LARGE.items()):
        if number == size:
            return word
        if number > size and number % size == 0 and number // size in NAMED:
            return f"{NAMED[number // size]} {word}"
    return NAMED[number]


def times(factor: float) -> str:
    """Return how often: ``once``, ``twice``, ``ten times``."""
    return {1: "once", 2: "twice"}.get(factor) or f"{in_words(factor)} times"


#: What several pages print and none computes.
EVERYWHERE = ["For half of the exercises, paper is enough."]

# ── What is printed ──────────────────────────────────────────────────────────────────────────────

NUMBER_WORD = re.compile(
    r"\b(?:"
    rf"{'|'.join(SMALL[5:] + TENS)}|(?:{'|'.join(LARGE)}|dozen)s?"
    rf"|(?:fif|six|seven|eigh|nin|ten|{'|'.join(LARGE)})ths?"
    r"|half|halves|(?:a|one|two) (?:third|fourth)s?|quarters?"
    r"|twice|thrice|(?:three|four) times|\w+fold"
    r"|doubl(?:e|es|ed|ing)|halv(?:e|es|ed|ing)|tripl(?:e|es|ed|ing)|quartered"
    r")\b",
    re.IGNORECASE,
)

#: What in the source of a page is no prose.
NOT_PROSE = re.compile(
    r"(?ms)^(`{3,})(?:python|sh|yaml|\{math\}|\{code).*?^\1"  # code and displays
    r"|\${2}.*?\${2}(?: \([\w-]+\))?|\$[^$]+\$|`[^`\n]+`"  # formulas, and code in a line
    r"|<[^>]*>|\]\([^)\n]*\)|^\([\w-]+\)="  # tags, addresses, and anchors
    r"|(?<=\?\n\n)(?:- [^\n]*(?:\n|\Z))+"  # the answers that a question offers
)


def number_words(text: str) -> list[re.Match]:
    """Return the number words in the source of a page, each with its place there."""
    prose = NOT_PROSE.sub(lambda found: re.sub(r"\S", "\0", found[0]), text)
    return list(NUMBER_WORD.finditer(prose))


# ── What is held ─────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Quote:
    """What a test asserts to be printed; what is computed in it may be any text of one line."""

    test: str
    pattern: re.Pattern

    def place(self, text: str) -> range:
        """Return where it is printed, if it is printed once."""
        found = list(self.pattern.finditer(text))
        return range(*found[0].span()) if len(found) == 1 else range(0)


def module_of(page: Page) -> ModuleType | None:
    """Return the module that tests the prose of a page, if it has one."""
    name = f"test_{page.path.stem.replace('-', '_')}"
    return importlib.import_module(name) if importlib.util.find_spec(name) else None


def given(page: Page) -> list[str]:
    """Return what is declared to be no result, in the words of the page."""
    return [*getattr(module_of(page), "GIVEN", []), *filter(page.text.count, EVERYWHERE)]


@cache
def quotes(module: ModuleType | None) -> tuple[Quote, ...]:
    """Return what the tests of a module assert to be in the prose of their page."""
    tests = ast.parse(inspect.getsource(module)).body if module else []
    return tuple(
        Quote(test.name, re.compile(_pattern(text)))
        for test in tests
        if isinstance(test, ast.FunctionDef) and test.name.startswith("test_")
        for claim in ast.walk(test)
        if isinstance(claim, ast.Assert)
        for text in _quoted(claim.test)
    )


def _quoted(claim: ast.expr) -> Iterator[ast.expr]:
    match claim:
        case ast.Compare(ast.Constant() | ast.JoinedStr() as text, [ast.In()], [ast.Name("prose")]):
            yield text


def _pattern(text: ast.expr) -> str:
    parts = text.values if isinstance(text, ast.JoinedStr) else [text]
    known = [re.escape(part.value) if isinstance(part, ast.Constant) else None for part in parts]
    ends = {0, len(known) - 1}  # what is computed there is a word or two, and not half a line
    return "".join(
        (r"\S+(?: times)?" if i in ends else r"[^\n]+?") if text is None else text
        for i, text in enumerate(known)
    )


@cache
def held(page: Page) -> tuple[tuple[re.Match, Quote], ...]:
    """Return the number words of a page that its tests hold, each with what holds it."""
    places = [(quote, quote.place(page.text)) for quote in quotes(module_of(page))]
    found = []
    for word in number_words(page.text):
        holds = (q for q, place in places if word.start() in place and word.end() - 1 in place)
        if quote := next(holds, None):
            found.append((word, quote))
    return tuple(found)


# ── What is noticed ──────────────────────────────────────────────────────────────────────────────


class Heard(str):
    """A text that keeps what it was asked for with ``in``."""

    asked: list[str]

    def __new__(cls, text: str) -> Heard:
        """Begin with nothing asked."""
        heard = super().__new__(cls, text)
        heard.asked = []
        return heard

    def __contains__(self, text: str) -> bool:
        """Whether the text is in this one; it is kept."""
        self.asked.append(text)
        return super().__contains__(text)


def unnoticed(page: Page, test: str, asked: Sequence[str]) -> list[str]:
    """Return the lines with a number word that a test holds, and could be another one unseen.

    ``asked`` is what the test asked the text for: on a text with the other word, one of these must
    not be found, which fails the test.
    """
    there = [text for text in asked if text in page.text]
    return [
        line_of(page.text, word)
        for word, quote in held(page)
        if quote.test == test and all(text in _with_another(page.text, word) for text in there)
    ]


def _with_another(text: str, word: re.Match) -> str:
    other = "nineteen" if word[0].lower().startswith("seven") else "seventeen"
    return f"{text[: word.start()]}{other}{text[word.end() :]}"


def line_of(text: str, word: re.Match) -> str:
    """Return the line in which a word stands, the word in marks."""
    start, end = text.rfind("\n", 0, word.start()) + 1, text.find("\n", word.end())
    return f"{text[start : word.start()]}«{word[0]}»{text[word.end() : end]}"
