"""Proofs that an error is none: the mutant means the same as the original, for all values.

Every name is replaced by symbols of its shape (a function by an unknown function), and what is
printed, or computed, must be the same expression in them.
"""

from __future__ import annotations

import ast
import copy
import sys
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
import sympy as sp
from lark import Tree

from contract.mutants import Miscode, code_of, tree_of, unguarded
from contract.reach import Reached, arguments_seen, functions_reached
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
        """Return symbols of the shape of a value."""
        if isinstance(value, (tuple, list)):
            return type(value)(self.of(f"{name}[{i}]", one) for i, one in enumerate(value))
        if isinstance(value, Outcomes):
            return Outcomes([self.of(f"{name}[{i}]", one) for i, one in enumerate(value.values)])
        if callable(value):
            return Unknown(name, value, self)
        if isinstance(value, (int, np.integer)):
            return sp.Integer(int(value))  # a size, a place, a step: the proof is for this one
        value = np.asarray(value)
        if not np.issubdtype(value.dtype, np.inexact):
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
        """Return the value from which the symbols came, for an expression of them."""
        if isinstance(value, Unknown):
            return value.function
        if isinstance(value, np.ndarray):
            return np.array([self.numeric(v) for v in value.ravel()]).reshape(value.shape)
        if isinstance(value, sp.Integer):
            return int(value)
        if not isinstance(value, sp.Basic):
            return value
        number = complex(value.subs(self.values))
        return number if number.imag else number.real


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
        return self._symbols(f"{name}{inside}" if callable(value) else name, value, inside)

    def _symbols(self, name: str, value: Any, inside: list) -> Any:
        if isinstance(value, tuple):
            return tuple(self._symbols(f"{name}[{i}]", v, inside) for i, v in enumerate(value))
        if callable(value):
            return Unknown(name, value, self.symbolic)
        entries = np.empty(np.shape(value), dtype=object)
        for place in np.ndindex(entries.shape):
            here = f"{name}({','.join(map(str, place))})"
            function = sp.Function(here, real=True)(*inside) if inside else sp.Symbol(here)
            entries[place] = function
            self.symbolic.values[function] = np.asarray(value)[place]
        return entries if entries.ndim else entries[()]


# ── Code ─────────────────────────────────────────────────────────────────────────────────────────


def same_code(reached: Reached, mutant: Miscode) -> bool:
    """Whether a function and its mutant compute the same, for all arguments of the shapes it gets.

    Both are run on symbols.  Guards are taken out first: what they refuse does not come so far.
    Where a condition decides which form of an expression is computed (``np.where``), it is taken
    both ways; if all the forms are equal, the condition does not matter.
    """
    original = tree_of(reached.function)
    forms = [(tree, branch) for branch in (True, False) for tree in (original, mutant.tree)]
    calls = arguments_seen(reached)
    try:
        for call in calls:
            symbolic = Symbolic({})
            arguments = {name: symbolic.of(name, value) for name, value in call.items()}
            results = []
            for tree, branch in forms:
                with _exactly(symbolic, branch, reached, tree):
                    results.append(reached.function(**copy.deepcopy(arguments)))
            if not all(_equal(results[0], result) for result in results[1:]):
                return False
    except Exception:  # it cannot be run on symbols: nothing is proved
        return False
    return bool(calls)


def _equal(a: Any, b: Any) -> bool:
    if isinstance(a, tuple):
        return len(a) == len(b) and all(map(_equal, a, b))
    if np.shape(a) != np.shape(b):
        return False
    differences = [
        sp.sympify(x) - sp.sympify(y) for x, y in zip(np.ravel(a), np.ravel(b), strict=True)
    ]
    return all(
        d == 0 or sp.simplify(sp.expand(sp.nsimplify(d, rational=True))) == 0 for d in differences
    )


@contextmanager
def _exactly(symbolic: Symbolic, branch: bool, mutated: Reached, tree: ast.FunctionDef):
    """Let every function of the library compute with symbols, one of them with another body."""
    functions = [reached.function for reached in functions_reached()]
    codes = [function.__code__ for function in functions]
    modules = {sys.modules[function.__module__] for function in functions}
    saved = [(module, name, getattr(module, name)) for module in modules for name in ("np", "math")
             if hasattr(module, name)]  # fmt: skip
    try:
        for function in functions:
            body = tree if function is mutated.function else tree_of(function)
            bare = copy.deepcopy(unguarded(body))
            bare.args = copy.deepcopy(body.args)
            function.__code__ = code_of(bare)
        for module, name, _ in saved:
            setattr(module, name, Exact(symbolic, branch))
        yield
    finally:
        for function, code in zip(functions, codes, strict=True):
            function.__code__ = code
        for module, name, value in saved:
            setattr(module, name, value)


class Exact:
    """NumPy, and the module math, for arrays of symbols."""

    def __init__(self, symbolic: Symbolic, branch: bool):
        self.where = lambda condition, yes, no: yes if branch else no
        self.linalg = _Unknowns(symbolic, np.linalg)

    def __getattr__(self, name: str) -> Any:
        return _EXACT[name] if name in _EXACT else getattr(np, name)


class _Unknowns:
    """A module of whose functions nothing is known but the shapes of their values."""

    def __init__(self, symbolic: Symbolic, module: Any):
        self.symbolic, self.module = symbolic, module

    def __getattr__(self, name: str) -> Unknown:
        return Unknown(name, getattr(self.module, name), self.symbolic)


def _each(f: Callable) -> Callable:
    def applied(*arrays: Any) -> Any:
        return (
            np.vectorize(f, otypes=[object])(*arrays) if any(map(np.ndim, arrays)) else f(*arrays)
        )

    return applied


_EXACT = {
    "asarray": lambda value, dtype=None: np.asarray(value)[()],
    "exp": _each(sp.exp),
    "log": _each(sp.log),
    "sqrt": _each(sp.sqrt),
    "abs": _each(sp.Abs),
    "real": _each(sp.re),
    "imag": _each(sp.im),
    "maximum": _each(sp.Max),
    "ceil": sp.ceiling,
    "floor": sp.floor,
}
