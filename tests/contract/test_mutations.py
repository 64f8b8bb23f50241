"""Small errors in the equations and in the functions: each is caught, or proved to be none.

By default some are tried in some of the equations and functions, others after each commit; all of
them with ``--mutations=all``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import CodeType, FunctionType

import numpy as np
import pytest
from manuscript import Page, book_pages

from contract import chapters  # noqa: F401 (importing declares the ties)
from contract.misclaims import errors_in, missed
from contract.mutants import Misprint, miscodes, misprints
from contract.proofs import same_code, same_meaning
from contract.reach import Reached, functions_reached
from contract.sample import sample
from contract.tie import Tie, equation_of, objection, printed_ties
from utils.notation import parse

pytestmark = pytest.mark.slow

SAMPLE = 3  # errors, in each equation and function that is tried


@pytest.fixture
def some(request: pytest.FixtureRequest):
    """Return the function that chooses which errors to try."""

    def choose(errors: Sequence) -> list:
        if request.config.getoption("--mutations") == "all":
            return list(errors)
        return sample(errors, SAMPLE, request.node.name)

    return choose


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("tie", printed_ties(), ids=lambda tie: tie.name)
def test_misprints_are_caught(tie: Tie, some, tally):
    equation, cases = equation_of(tie), list(tie.all_cases())
    assert not any(objection(equation, case) for case in cases), "wrong before any error is made"
    errors = some(misprints(equation))
    left = [e for e in errors if not any(objection(e.latex, case) for case in cases)]
    missed = [error for error in left if not same_meaning(equation, error.latex, cases[:2])]
    tell(tally, "print", errors, left, missed)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("reached", functions_reached(), ids=lambda reached: reached.name)
def test_miscodes_are_caught(reached: Reached, some, tally):
    assert not caught(reached, reached.function.__code__), "wrong before any error is made"
    errors = some(miscodes(reached.function))
    left = [error for error in errors if not caught(reached, error.code())]
    missed = [error for error in left if not same_code(reached, error)]
    tell(tally, "code", errors, left, missed)


def tell(tally, where: str, errors: list, left: list, missed: list) -> None:
    tally(
        f"errors made in {where}",
        caught=len(errors) - len(left),
        proved_to_change_nothing=len(left) - len(missed),
        missed=len(missed),
    )
    assert not missed, "no test sees " + "\n".join(map(str, missed))


def caught(reached: Reached, code: CodeType) -> bool:
    """Whether some tie fails while a function has another body."""
    with replaced(reached.function, code), np.errstate(all="ignore"):
        try:
            return any(
                objection(equation_of(tie), case) is not None
                for tie in reached.ties
                for case in tie.all_cases()
            )
        except Exception:  # a tie may end in any way when what it is about is wrong
            return True


@contextmanager
def replaced(function: FunctionType, code: CodeType) -> Iterator[None]:
    original = function.__code__
    function.__code__ = code
    try:
        yield
    finally:
        function.__code__ = original


def test_the_errors_of_a_leading_page_are_among_them():
    """A transpose gone, factors in the wrong order, σ where σ′ belongs, a missing factor."""
    delta = r"\delta^{(1)} = (W^{(2)\top} \delta^{(2)}) \odot \sigma'(Z^{(1)})"
    made = {parse(error.latex) for error in misprints(delta)}
    for wrong in (
        r"\delta^{(1)} = (W^{(2)} \delta^{(2)}) \odot \sigma'(Z^{(1)})",
        r"\delta^{(1)} = (W^{(2)\top} \delta^{(2)\top}) \odot \sigma'(Z^{(1)})",
        r"\delta^{(1)} = (\delta^{(2)} W^{(2)\top}) \odot \sigma'(Z^{(1)})",
        r"\delta^{(1)} = (W^{(1)\top} \delta^{(2)}) \odot \sigma'(Z^{(1)})",
        r"\delta^{(1)} = (W^{(2)\top} \delta^{(2)}) \sigma'(Z^{(1)})",
        r"\delta^{(1)} = (W^{(2)\top} \delta^{(2)}) \odot \sigma(Z^{(1)})",
        r"\delta^{(1)} = (W^{(2)\top} \delta^{(2)})",
        r"\delta^{(1)} = -(W^{(2)\top} \delta^{(2)}) \odot \sigma'(Z^{(1)})",
    ):
        assert parse(wrong) in made, wrong


def test_a_mutant_says_what_was_done():
    (error,) = [e for e in misprints("a = b - c") if e.what == "the opposite sign"]
    assert error == Misprint("the opposite sign", "a = b  +  c")


@pytest.mark.some_chapters
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("page", book_pages(), ids=lambda page: page.path.stem)
def test_misclaims_are_noticed(page: Page, request: pytest.FixtureRequest, tally):
    """In running text, displays without a label, tables, hints, solutions and summaries."""
    errors = list(errors_in(page))
    if request.config.getoption("--mutations") != "all":
        errors = sample(errors, 10 * SAMPLE, request.node.name)
    left = missed(errors, tally)
    assert not left, "nothing notices " + "\n".join(map(str, left))
