"""Proofs that an error is none: the mutant means the same as the original, for all values.

Every name is replaced by symbols of its shape (a function by an unknown function), and what is
printed, or computed, must be the same expression in them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import sympy as sp
from lark import Tree

from contract.tie import Case
from utils.notation import Outcomes, latex, parse
from utils.notation.derived import SYMPY
from utils.notation.meaning import Evaluation, members_of


def same_meaning(original: str, mutant: str, cases: list[Case]) -> bool:
    """Whether two formulas are one, member by member, at the sizes of these cases."""
    one, other = parse(original), parse(mutant)
    if one.data != other.data or _relations(one) != _relations(other):
        return False
    pairs = list(zip(members_of(one), members_of(other), strict=True))
    return all(_same(a, b, case) for case in cases for a, b in pairs if a != b)


def _relations(tree: Tree) -> list[str]:
    return tree.children[1::2] if tree.data == "chain" else []


def _same(one: Tree, other: Tree, case: Case) -> bool:
    symbolic = Symbolic(case.names)
    try:
        a, b = (Evaluation(SYMPY, symbolic.names).value(tree) for tree in (one, other))
    except Exception:  # no meaning, so not the same one
        return False
    return np.shape(a) == np.shape(b) and all(
        sp.simplify(sp.expand(x - y)) == 0 for x, y in zip(np.ravel(a), np.ravel(b), strict=True)
    )


class Symbolic:
    """The names of a case, with symbols in the place of their values."""

    def __init__(self, names: Mapping[Tree, Any]):
        self.values: dict[sp.Symbol, float] = {}
        self.names = {name: self.of(latex(name), value) for name, value in names.items()}

    def of(self, name: str, value: Any) -> Any:
        if isinstance(value, Outcomes):
            return Outcomes([self.of(f"{name}[{i}]", one) for i, one in enumerate(value.values)])
        if callable(value):
            return Unknown(name, value, self)
        if isinstance(value, (int, np.integer)):
            return sp.Integer(int(value))  # a size, a place, a step: the proof is for this one
        value = np.asarray(value)
        if np.issubdtype(value.dtype, np.integer):
            return value
        symbols = np.empty(value.shape, dtype=object)
        for place in np.ndindex(value.shape):
            symmetric = len(place) == 2 and np.array_equal(value, value.T)
            inside = sorted(place) if symmetric else place
            symbol = sp.Symbol(f"{name}({','.join(map(str, inside))})", real=True)
            symbols[place] = symbol
            self.values[symbol] = value[place]
        return symbols if value.ndim else symbols[()]

    def numeric(self, value: Any) -> Any:
        if isinstance(value, Unknown):
            return value.function
        if isinstance(value, np.ndarray):
            return np.array([self.numeric(v) for v in value.ravel()]).reshape(value.shape)
        if isinstance(value, sp.Integer):
            return int(value)
        return float(value.subs(self.values)) if isinstance(value, sp.Basic) else value


class Unknown:
    """A function of which nothing is known but the shape of its values."""

    def __init__(self, name: str, function: Callable, symbolic: Symbolic):
        self.name = name
        self.function = function
        self.symbolic = symbolic

    def __call__(self, *arguments: Any) -> Any:
        value = self.function(*(self.symbolic.numeric(argument) for argument in arguments))
        name = self.name + "".join(f"∘{a.name}" for a in arguments if isinstance(a, Unknown))
        inside = [x for a in arguments if not isinstance(a, Unknown) for x in np.ravel(a)]
        if callable(value):
            return Unknown(f"{name}{inside}", value, self.symbolic)
        entries = np.empty(np.shape(value), dtype=object)
        for place in np.ndindex(entries.shape):
            here = f"{name}({','.join(map(str, place))})"
            function = sp.Function(here, real=True)(*inside) if inside else sp.Symbol(here)
            entries[place] = function
            self.symbolic.values[function] = np.asarray(value)[place]
        return entries if entries.ndim else entries[()]
