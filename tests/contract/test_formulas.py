"""Every formula of the book that claims something is held, wherever it stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress

import pytest
from lark import Tree
from manuscript import Page, book_pages

from contract import chapters  # noqa: F401 (importing declares ties and worlds)
from contract.statements import claims, formulas, titles
from contract.worlds import DECLARED, ImpossibleError, Kept, objection, verdicts
from utils.notation import NotationError, parse


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("page", book_pages(), ids=lambda page: page.path.stem)
def test_every_claim_is_held(page: Page, tally):
    found = verdicts(page)
    tally("claims of formulas", **Counter(v.kind.replace(" ", "_") for v in found if v.kind))
    loose = [f"{v.formula.place}: {v.objection}" for v in found if v.kind is None]
    told = "\n".join(["say in contract/chapters what the letters mean, or mend:", *loose])
    assert not loose, told


@pytest.mark.parametrize("page", book_pages(), ids=lambda page: page.path.stem)
def test_what_is_declared_is_printed(page: Page):
    if book := DECLARED.get(page.path.stem):
        printed = set(printed_claims(page))
        said = book.given | book.wrong | book.forgiving
        lost = [text for claim, text in said.items() if claim not in printed]
        assert not lost, "declared, and not printed"
        assert {s for w in book.worlds for s in w.sections} <= titles(page), "no such section"


def printed_claims(page: Page) -> Iterator[Tree]:
    for formula in formulas(page):
        with suppress(NotationError):  # the test before says so
            yield from claims(formula.latex)


def test_a_world_is_drawn_as_far_as_asked_and_once():
    made = []

    def drawn():
        for k in range(3):
            made.append(k)
            yield {parse("k"): k}

    kept = Kept(drawn())
    assert objection(parse("k < 0"), kept)
    assert made == [0]
    assert objection(parse("k < 3"), kept) is None
    assert len(list(kept)) == len(made) == 3


def test_whoever_comes_to_a_draw_that_cannot_be_meets_its_error():
    def drawn():
        yield {parse("k"): 0}
        raise ImpossibleError("no second")

    kept = Kept(drawn())
    for _ in range(2):
        with pytest.raises(ImpossibleError, match="no second"):
            objection(parse("k = 0"), kept)


def test_what_nothing_is_drawn_for_is_not_held():
    assert objection(parse("k = 0"), []) == "nothing is drawn to hold it against"
