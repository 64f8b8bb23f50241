"""What SymPy derived is what is printed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import sympy as sp
from lark import Tree
from sympy.core.function import AppliedUndef

from utils.notation.meaning import Arithmetic, Evaluation, meanings_of, members_of, tree_of, unknown
from utils.notation.reading import NotationError, latex, parse


def _symbol(name: Tree) -> sp.Symbol:
    """Make a symbol of a name; a limit or an expectation is not one."""
    if name.data in ("over", "chance"):
        unknown(name)
    return sp.Symbol(latex(name))


def _each(f: Callable) -> Callable:
    return lambda x: np.vectorize(f, otypes=[object])(x) if np.ndim(x) else f(x)


SYMPY = Arithmetic(
    number=sp.Rational,
    functions={
        "e": sp.E, r"\pi": sp.pi, r"\infty": sp.oo,
        r"\exp": _each(sp.exp), r"\ln": _each(sp.log), r"\log": _each(sp.log), "sqrt": sp.sqrt,
        r"\sin": _each(sp.sin), r"\cos": _each(sp.cos), r"\tan": _each(sp.tan),
        r"\tanh": _each(sp.tanh), r"\max": sp.Max, r"\min": sp.Min,
        "ceiling": sp.ceiling, "floor": sp.floor,
    },
    relations={"=": sp.Eq, r"\ne": sp.Ne, "<": sp.Lt, ">": sp.Gt, r"\le": sp.Le, r"\ge": sp.Ge},
    both=sp.And,
    choose=lambda cases: sp.Piecewise(*((value(), sp.And(*when)) for value, when in cases)),
    unknown=_symbol,
)  # fmt: skip


def printed(formula: str | Tree, names: Mapping[str, Any] | None = None) -> Any:
    """Return the printed formula as SymPy has it.

    A name that ``names`` does not mention becomes a symbol.
    """
    value = Evaluation(SYMPY, meanings_of(names)).value(tree_of(formula))
    return sp.Matrix(value) if isinstance(value, np.ndarray) else value


def agrees(derived: Any, formula: str, names: Mapping[str, Any] | None = None) -> bool:
    r"""Return True if what SymPy derived is what is printed; else raise, and show the difference.

    ``derived`` is an expression or a matrix, held against the last member of the formula, or an
    ``Eq``, held against it side by side, or a condition.  A name on the page means the symbol of
    ``derived`` that prints the same, unless ``names`` says what it means:

    >>> alpha, lam, t = sp.symbols("alpha lambda t")
    >>> agrees((1 - 2 * alpha * lam + (alpha * lam) ** 2) ** t, r"((1 - \alpha \lambda)^2)^t")
    True
    """
    meanings = {**_names_of(derived), **meanings_of(names)}
    tree = tree_of(formula)
    if isinstance(derived, (sp.logic.boolalg.Boolean, bool)) and not isinstance(derived, sp.Eq):
        condition = printed(tree, meanings)
        if sp.simplify(sp.Equivalent(derived, condition)) is not sp.true:
            raise AssertionError(f"derived {derived}, printed {condition}")
        return True
    sides = list(derived.args) if isinstance(derived, sp.Eq) else [derived]
    for side, member in zip(sides[::-1], members_of(tree)[::-1], strict=False):
        value = printed(member, meanings)
        rest = sp.Matrix([side]) - sp.Matrix([value])
        if not all(_is_zero(entry) for entry in rest):
            raise AssertionError(f"derived {side}, printed {value}: they differ by {rest}")
    return True


def _is_zero(expression: sp.Expr) -> bool:
    if sp.expand(expression) == 0:  # at once, where simplifying takes seconds
        return True
    return sp.simplify(expression) == 0 or sp.simplify(sp.expand(expression)) == 0


def _names_of(derived: Any) -> dict[Tree, Any]:
    """Return what the symbols, entries and functions of an expression are called on the page."""
    names: dict[Tree, Any] = {}
    if not isinstance(derived, (sp.Basic, sp.MatrixBase)):
        return names
    for atom in derived.atoms(sp.Symbol, sp.Indexed, AppliedUndef):
        name = atom.func if isinstance(atom, AppliedUndef) else atom
        spelling = sp.latex(name) if name is atom else sp.latex(sp.Symbol(name.__name__))
        try:
            names[parse(re.sub(r"\{(min|max)\}", r"{\\\1}", spelling))] = name
        except NotationError:
            continue  # it has no name on the page
    return names
