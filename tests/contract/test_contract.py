"""Every labeled equation of the book, as printed, against the code and against the truth."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from unittest import mock

import numpy as np
import pytest
from lark import Tree

import utils
from contract import chapters  # noqa: F401 (importing declares the ties)
from contract.equations import equations, labels, shown_agreements
from contract.reach import formulas, unseen, witnesses
from contract.tie import TIES, equation_of, misshapen, objection, printed_ties
from utils.notation import NotationError, evaluate, parse
from utils.notation.meaning import members_of

EQUATIONS = labels()
RNG = np.random.default_rng(0)


def test_the_book_has_equations():
    assert EQUATIONS


def test_labels_are_unique():
    twice = [label for label, n in Counter(e.label for e in equations()).items() if n > 1]
    assert not twice


def test_every_equation_is_in_the_notation():
    unread = {}
    for label, equation in EQUATIONS.items():
        try:
            parse(equation)
        except NotationError as error:
            unread[label] = str(error)
    assert not unread


def test_every_equation_is_tied(tally):
    loose = sorted(set(EQUATIONS) - {tie.label for tie in TIES})
    tally("numbered equations", tied=len(EQUATIONS) - len(loose), loose=len(loose))
    assert not loose, f"printed, and held against nothing: {loose}; write a tie in chapters/"


def test_every_tie_has_its_equation():
    assert not {tie.label for tie in TIES if tie.label} - set(EQUATIONS), "tied, and not printed"
    assert not [label for label, n in Counter(t.name for t in TIES).items() if n > 1]


@pytest.mark.parametrize("tie", printed_ties(), ids=lambda tie: tie.name)
def test_printed_is_implemented_and_true(tie):
    for case in tie.all_cases():
        assert objection(equation_of(tie), case) is None


@pytest.mark.parametrize("tie", printed_ties(), ids=lambda tie: tie.name)
def test_wrong_shapes_raise(tie):
    for drawn in misshapen(tie.forall, np.random.default_rng(0)):
        with pytest.raises(ValueError):  # noqa: PT011 (NumPy's message is as good as ours)
            [evaluate(equation_of(tie), case.names) for case in tie.cases(drawn)]


def test_every_agreement_shown_is_with_a_printed_equation():
    """What a cell compares its derivation with is what the page prints, or one side of it."""
    trees = [line for equation in EQUATIONS.values() for line in lines_of(parse(equation))]
    printed = [member for tree in trees for member in [tree, *members_of(tree)]]
    for page, formula in shown_agreements():
        assert parse(formula) in printed, f"{page} agrees with {formula}, which it does not print"


def lines_of(tree: Tree) -> list[Tree]:
    """Return the equations that stand one below the other under one label."""
    return tree.children if tree.data == "both" else [tree]


@pytest.mark.slow
@pytest.mark.xdist_group("reach")  # that run every tie to see whom it calls: once
def test_every_formula_of_the_library_is_seen():
    """A tie or a hold calls it, and objects when it answers otherwise."""
    assert not list(unseen(formulas(), witnesses().values()))


ADDED = {
    "sublayers.py": "def dense_backward(dZ, W, A):\n    return W @ dZ",
    "units.py": """
class Unit:
    def __init__(self, w):
        self.w = w

    def gradient(self, x):
        return -x

    @property
    def slope(self):
        return -self.w

    def _kept(self):
        return 0
""",
    "images/__init__.py": "",
    "images/kernels.py": "def conv_gradient(dZ, K):\n    return dZ[::-1]",
    "without_init/tables.py": "RULES = {'half': lambda z: z / 2}",
}


@pytest.mark.slow
@pytest.mark.xdist_group("reach")
def test_an_unseen_formula_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """In a module, in a class, in a package inside, in a table: whatever it is called."""
    known = set(formulas())
    for name, source in ADDED.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(source)
    monkeypatch.setattr(utils, "__path__", [*utils.__path__, str(tmp_path)])
    with mock.patch.dict(sys.modules):
        added = {name: it for name, it in formulas().items() if name not in known}
    assert list(unseen(added, witnesses().values())) == [
        f"utils.{name} is called by no tie and no hold"
        for name in (
            "images.kernels.conv_gradient",
            "sublayers.dense_backward",
            "units.Unit.gradient",
            "units.Unit.slope",
            "without_init.tables.RULES.half",
        )
    ]


def test_to_call_a_formula_is_not_to_see_it():
    """Somebody must object when it answers otherwise, in any part of the answer."""

    def halves(x):
        return {"left": (x / 2, [x / 2]), "right": lambda: x / 2}

    def random(rng):
        return rng.normal()

    assert list(unseen({"halves": halves}, [lambda: bool(halves(3) and False)]))
    for compared in (
        lambda answer: answer["left"][0],
        lambda answer: answer["left"][1][0],
        lambda answer: answer["right"](),
    ):
        assert not list(unseen({"halves": halves}, [lambda: compared(halves(3)) != 1.5]))  # noqa: B023
    assert halves(3)["left"] == (1.5, [1.5]), "it answers rightly again"
    assert not list(unseen({"random": random}, [lambda: bool(random(RNG) and False)]))


def test_an_unreadable_equation_is_refused():
    with pytest.raises(NotationError):
        parse(r"\frac{\partial J}{\partial w} = \bigotimes x")
