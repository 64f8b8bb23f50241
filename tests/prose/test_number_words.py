"""Every number that the prose writes in words is held by a test, or declared to be given."""

from __future__ import annotations

import re
from types import SimpleNamespace

import manuscript
import pytest
from manuscript import Page, book_pages
from words import (
    NUMBER_WORD,
    Heard,
    Quote,
    given,
    held,
    in_words,
    line_of,
    module_of,
    number_words,
    times,
    unnoticed,
)


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


@each_page
def test_what_is_given_is_printed(page: Page):
    assert [text for text in given(page) if text not in page.text] == []
    assert [text for text in given(page) if not NUMBER_WORD.search(text)] == []


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


@each_page
def test_another_number_is_noticed_by_who_asked_for_it_alone(page: Page):
    """The tests of the page are held to this where they run, see conftest.py."""
    for word, quote in held(page):
        line, place = line_of(page.text, word), quote.place(page.text)
        span = page.text[place.start : place.stop]
        assert line not in unnoticed(page, quote.test, [span])
        assert line in unnoticed(page, quote.test, ["The", "nowhere to be found"])


def test_who_does_not_ask_for_a_number_that_it_holds_fails(request):
    page = manuscript.page("perceptron")
    _, quote = held(page)[0]
    test = SimpleNamespace(
        obj=lambda prose: None,
        name=quote.test,
        module=module_of(page),
        funcargs={"prose": Heard(page.text)},
        _fixtureinfo=SimpleNamespace(argnames=["prose"]),
    )
    with pytest.raises(AssertionError, match="could be other numbers"):
        request.node.ihook.pytest_pyfunc_call(pyfuncitem=test)


def test_a_text_keeps_what_it_was_asked_for():
    heard = Heard("after ten steps")
    assert ["ten" in heard, "nine" in heard, heard] == [True, False, "after ten steps"]
    assert heard.asked == ["ten", "nine"]
