"""Every labeled equation of the book, as printed, against the code and against the truth."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from lark import Tree

from contract import chapters  # noqa: F401 (importing declares the ties)
from contract.equations import ROOT, equations, labels, shown_agreements
from contract.reach import functions_reached
from contract.tie import TIES, equation_of, misshapen, objection, printed_ties
from utils.notation import NotationError, evaluate, parse
from utils.notation.meaning import members_of

EQUATIONS = labels()


def test_the_book_has_equations():
    assert EQUATIONS


def test_labels_are_unique():
    twice = [label for label, n in Counter(e.label for e in equations()).items() if n > 1]
    assert not twice


@pytest.mark.parametrize("label", EQUATIONS)
def test_every_equation_is_in_the_notation(label):
    parse(EQUATIONS[label])


def test_every_equation_is_tied():
    loose = sorted(set(EQUATIONS) - {tie.label for tie in TIES})
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


def test_every_formula_of_the_library_is_reached():
    """A module that any tie computes with holds no public function that no tie computes with.

    Nor does any other hold what calls itself a gradient, a derivative or a Hessian.
    """
    reached = {(function.module, function.name) for function in functions_reached()}
    modules = {module for module, _ in reached}
    for path in sorted((ROOT / "utils").glob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
                continue
            formula = any(word in node.name for word in ("gradient", "derivative", "hessian"))
            if f"utils.{path.stem}" in modules or formula:
                assert (f"utils.{path.stem}", node.name) in reached, f"no tie reaches {node.name}"


def test_an_unreadable_equation_is_refused():
    with pytest.raises(NotationError):
        parse(r"\frac{\partial J}{\partial w} = \bigotimes x")


def test_examples_of_latex_in_code_blocks_are_no_equations(tmp_path: Path):
    page = "```\n$$ a = b $$ (not-this)\n```\n\n$$\na = \\frac{b}{c}\n$$ (this)\n"
    page += "\n```{math}\n:label: that\nx = y\n```\n"
    (tmp_path / "page.md").write_text(page)
    found = {(e.label, e.latex) for e in equations(tmp_path)}
    assert found == {("this", r"a = \frac{b}{c}"), ("that", "x = y")}
