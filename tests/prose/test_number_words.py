"""Every number that the prose writes in words is held by a test, or declared to be given."""

from __future__ import annotations

import inspect
import re

import pytest
from contract.sample import sample
from manuscript import Page, book_pages
from words import (
    NUMBER_WORD,
    Quote,
    given,
    held,
    in_words,
    module_of,
    number_words,
    times,
)

SAMPLE = 3  # words of a page that are changed


def each_page(test):
    return pytest.mark.parametrize("page", book_pages(), ids=lambda page: page.path.stem)(test)


@each_page
def test_every_number_word_is_held_or_given(page: Page, tally):
    words, holds = number_words(page.text), {word.start() for word, _ in held(page)}
    places = [
        range(*found.span())
        for text in given(page)
        for found in re.finditer(re.escape(text), page.text)
    ]
    rest = [word for word in words if word.start() not in holds]
    loose = [word for word in rest if not any(word.start() in place for place in places)]
    tally(
        "number words",
        held=len(words) - len(rest),
        given=len(rest) - len(loose),
        loose=len(loose),
    )
    lines = [line_of(page.text, word) for word in loose]
    told = ["assert in tests/prose that it is printed, beside its computation:", *lines]
    assert not loose, "\n".join(told)


def line_of(text: str, word: re.Match) -> str:
    """Return the line in which a word stands, the word in marks."""
    start, end = text.rfind("\n", 0, word.start()) + 1, text.find("\n", word.end())
    return f"{text[start : word.start()]}«{word[0]}»{text[word.end() : end]}"


@each_page
def test_what_is_given_is_printed(page: Page):
    assert [text for text in given(page) if text not in page.text] == []
    assert [text for text in given(page) if not NUMBER_WORD.search(text)] == []


@pytest.mark.slow
@each_page
def test_another_number_is_noticed(page: Page, request: pytest.FixtureRequest):
    """Each word that is held, made another one, fails the test that holds it."""
    words = [(word, quote) for word, quote in held(page) if _takes(page, quote) == {"prose"}]
    if request.config.getoption("--mutations") != "all":
        words = sample(words, SAMPLE, request.node.name)
    for word, quote in words:
        other = "seventeen" if word[0].lower() != "seventeen" else "nineteen"
        changed = f"{page.text[: word.start()]}{other}{page.text[word.end() :]}"
        assert fails(page, quote, changed), line_of(page.text, word)


def fails(page: Page, quote: Quote, text: str) -> bool:
    """Whether the test with this quote fails, if this is the text of the page."""
    try:
        getattr(module_of(page), quote.test)(**{name: text for name in _takes(page, quote)})
    except AssertionError:
        return True
    return False


def _takes(page: Page, quote: Quote) -> set[str]:
    return set(inspect.signature(getattr(module_of(page), quote.test)).parameters)


def test_numbers_have_words():
    assert [in_words(n) for n in (9, 20, 90, 100, 10_000)] == [
        *("nine", "twenty", "ninety", "hundred", "ten thousand")
    ]
    assert [in_words(1 / n) for n in (2, 4, 10, 1000)] == ["half", "quarter", "tenth", "thousandth"]
    assert [times(n) for n in (1, 2, 10)] == ["once", "twice", "ten times"]
    with pytest.raises(KeyError):
        in_words(21)


def test_number_words_are_seen_where_they_are_read():
    text = "Nine of ten ($five$, `six`, [Seven](eight.md)), a third, <b id='twice'>doubled</b>."
    assert [w[0] for w in number_words(text)] == ["Nine", "ten", "Seven", "a third", "doubled"]
    assert not number_words("How many?\n\n- six\n- seven\n")
    assert not number_words("The third of four is the second last.\n\n$$ x $$ (vg-half)\n")


def test_what_is_printed_twice_is_not_held():
    quote = Quote("test", re.compile("in ten steps"))
    assert quote.place("It stops in ten steps.") == range(9, 21)
    assert not quote.place("It stops in ten steps, and this one in ten steps.")
