"""Proofs that an error is none: the mutant means the same as the original, for all values.

Every name is replaced by symbols of its shape, and what is printed, or computed, must be the same
expression in them.  A function is first taken as an unknown one; if that proves nothing, the
library's own code for it is run on the symbols.
"""

from __future__ import annotations

import ast
import signal
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache, wraps
from types import CodeType, FunctionType
from typing import Any

import numpy as np
import sympy as sp
from lark import Token, Tree
from sympy.core.relational import Relational

from contract.mutants import Miscode, code_of, tree_of, unguarded
from contract.reach import Reached, arguments_seen, functions_reached
from contract.tie import Case
from utils.notation import Outcomes, latex, parse
from utils.notation.derived import SYMPY
from utils.notation.meaning import Evaluation, members_of, unknown
from utils.notation.shapes import is_whole

#: So long may a proof take; most take a hundredth of a second.
SECONDS = 120


class _Late(BaseException):
    """Time is up.  No ``Exception``: the proof, and SymPy, go on after one of these."""


def _in_time(proof: Callable[..., bool]) -> Callable[..., bool]:
    """Take a proof for none that fails, or needs too much of the processor's time.

    (Of the time on the clock, a busy machine takes more.)
    """

    def stop(*_: object) -> None:
        raise _Late

    @wraps(proof)
    def proved(*arguments: Any) -> bool:
        before = signal.signal(signal.SIGPROF, stop)
        signal.setitimer(signal.ITIMER_PROF, SECONDS)
        try:
            return proof(*arguments)
        except (_Late, Exception):
            return False
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.signal(signal.SIGPROF, before)

    return proved


# ── Print ────────────────────────────────────────────────────────────────────────────────────────

ZERO = parse("0")


@_in_time
def same_meaning(original: str, mutant: str, cases: list[Case]) -> bool:
    """Whether two formulas are one, member by member, at the sizes of these cases."""
    return _one(parse(original), parse(mutant), cases)


def _one(one: Tree, other: Tree, cases: list[Case]) -> bool:
    if _ordered(one) == _ordered(other):
        return True
    if one.data != other.data or _relations(one) != _relations(other):
        return False
    if one.data in {"both", "iff", "implies", "provided"} and all(
        _one(a, b, cases) for a, b in zip(one.children, other.children, strict=True)
    ):
        return True
    pairs = list(zip(members_of(one), members_of(other), strict=True))
    return all(
        _members_are_one(a, b, case, _of_zero(one)) for case in cases for a, b in pairs if a != b
    )


def _members_are_one(one: Tree, other: Tree, case: Case, up_to_sign: bool) -> bool:
    if one.data == other.data == "chance" and one.children[:2] == other.children[:2]:
        bodies = one.children[2], other.children[2]
        if _members_are_one(*bodies, _any_outcome(case), up_to_sign=False):
            return True
    return _same_somewhere(one, other, case) or any(
        _same(one, other, Symbolic(case.names, known), up_to_sign) for known in (False, True)
    )


def _any_outcome(case: Case) -> Case:
    """Put one value in the place of all: what is the same for any outcome has the same mean."""
    rng = np.random.default_rng(0)
    names = {
        name: rng.normal(size=np.shape(value.values[0]))[()]
        if isinstance(value, Outcomes)
        else value
        for name, value in case.names.items()
    }
    return Case(names)


def _ordered(tree: Tree) -> Tree:
    """Return a tree with the terms of each sum in one order: those of any shapes commute."""
    parts = [_ordered(part) if isinstance(part, Tree) else part for part in tree.children]
    if tree.data == "sum" and not any(getattr(part, "type", "") == "DOTS" for part in parts):
        parts = parts if isinstance(parts[0], Token) else ["+", *parts]
        terms = zip(parts[::2], parts[1::2], strict=True)
        parts = sorted(terms, key=lambda term: (term[0], latex(term[1])))
    return Tree(tree.data, parts)


def _relations(tree: Tree) -> list[str]:
    return tree.children[1::2] if tree.data == "chain" else []


def _of_zero(tree: Tree) -> bool:
    """Whether a chain says what is 0, or is not: what has the other sign is so as well."""
    relations = _relations(tree)
    return ZERO in tree.children and (set(relations) == {"="} or relations == [r"\ne"])


def _same(one: Tree, other: Tree, symbolic: Symbolic, up_to_sign: bool) -> bool:
    try:
        a, b = (Evaluation(SYMPY, symbolic.names).value(tree) for tree in (one, other))
        return _equal(a, b) or (up_to_sign and _equal(a, -b))
    except Exception:  # no meaning, so not the same one
        return False


#: Exact numbers without functions, and without names that mean nothing.
FRACTIONS = replace(SYMPY, functions={}, unknown=unknown)

#: What makes of numbers only what four operations make.
RATIONAL = {
    "symbol", "number", "index", "layer", "sum", "term", "product", "group", "fraction",
    "power", "transpose",
}  # fmt: skip


def _same_somewhere(one: Tree, other: Tree, case: Case) -> bool:
    """Whether two rational expressions are equal at a place drawn from far too many to be chance.

    Then they are equal everywhere.  For an inverse, this takes no time, and symbols take too much.
    """
    names = Somewhere(case.names).names
    try:
        a, b = (_rational(tree, Evaluation(FRACTIONS, names)) for tree in (one, other))
    except Exception:  # other operations, or no meaning
        return False
    return np.array_equal(a, b)


def _rational(tree: Tree, evaluation: Evaluation) -> Any:
    if any(part.data not in RATIONAL for part in tree.iter_subtrees()):
        raise ValueError(latex(tree))
    if not all(is_whole(evaluation.value(p.children[1])) for p in tree.find_data("power")):
        raise ValueError(latex(tree))
    return evaluation.value(tree)


class Symbolic:
    """The names of a case, with symbols in the place of their values.

    ``known``: whether the functions among them are run, or taken as unknown ones.
    """

    def __init__(self, names: Mapping[Tree, Any], known: bool = False):
        self.known = known
        self.values: dict[sp.Basic, sp.Expr] = {}
        self.names = {name: self.of(latex(name), value) for name, value in names.items()}

    def of(self, name: str, value: Any) -> Any:
        """Return symbols of the shape of a value."""
        if isinstance(value, (tuple, list)):
            return type(value)(self.of(f"{name}[{i}]", one) for i, one in enumerate(value))
        if isinstance(value, Mapping):  # such as the states of a network, moment by moment
            return {key: self.of(f"{name}[{key}]", one) for key, one in value.items()}
        if isinstance(value, Outcomes):
            return Outcomes([self.of(f"{name}[{i}]", one) for i, one in enumerate(value.values)])
        if callable(value):
            return Unknown(name, value, self)
        if isinstance(value, (int, np.integer)):
            return sp.Integer(int(value))  # a size, a place, a step: the proof is for this one
        if not np.issubdtype(np.asarray(value).dtype, np.inexact):
            return value
        value = np.asarray(value)
        symbols = np.empty(value.shape, dtype=object)
        symmetric = value.ndim == 2 and np.array_equal(value, value.T)
        # A number times the identity is to stay one: it commutes with all.
        scalar = symmetric and np.array_equal(value, value[0, 0] * np.eye(len(value)))
        for place in np.ndindex(value.shape):
            if scalar and place[0] != place[1]:
                symbols[place] = sp.Integer(0)
                continue
            inside = (0, 0) if scalar else sorted(place) if symmetric else place
            symbols[place] = symbol = self._entry(f"{name}({','.join(map(str, inside))})")
            self.values[symbol] = sp.Float(np.real(value[place]))
        return symbols if value.ndim else symbols[()]

    def _entry(self, name: str) -> sp.Expr:
        return sp.Symbol(name, real=True)

    def numeric(self, value: Any) -> Any:
        """Return the value from which the symbols came, for an expression of them."""
        if isinstance(value, Unknown):
            return value.function
        if isinstance(value, np.ndarray):
            return np.array([self.numeric(v) for v in value.ravel()]).reshape(value.shape)
        if isinstance(value, (tuple, list)):
            return type(value)(self.numeric(one) for one in value)
        if isinstance(value, sp.Integer):
            return int(value)
        if not isinstance(value, sp.Basic):
            return value
        number = complex(value.xreplace(self.values))
        return number if number.imag else number.real


class Somewhere(Symbolic):
    """The names of a case, with fractions at random instead of symbols, and without functions."""

    def of(self, name: str, value: Any) -> Any:
        return None if callable(value) else super().of(name, value)

    def _entry(self, name: str) -> sp.Expr:
        rng = np.random.default_rng(zlib.crc32(name.encode()))
        return sp.Rational(*rng.integers(-(10**12), 10**12, size=2).tolist())


class Unknown:
    """A function of which nothing is known but the shape of its values."""

    def __init__(self, name: str, function: Callable, symbolic: Symbolic):
        self.name = name
        self.function = function
        self.symbolic = symbolic

    def __call__(self, *arguments: Any) -> Any:
        if self.symbolic.known:
            with _exactly(Exact(self.symbolic, True), {}):
                return self.function(*arguments)
        value = self.function(*(self.symbolic.numeric(argument) for argument in arguments))
        name = self.name + "".join(f"∘{a.name}" for a in arguments if isinstance(a, Unknown))
        inside = [x for a in arguments for x in _parts(a)]
        return self._symbols(f"{name}{inside}" if callable(value) else name, value, inside)

    def _symbols(self, name: str, value: Any, inside: list) -> Any:
        if value is None:  # such as what a rule remembers that remembers nothing
            return None
        if isinstance(value, tuple):
            return tuple(self._symbols(f"{name}[{i}]", v, inside) for i, v in enumerate(value))
        if callable(value):
            return Unknown(name, value, self.symbolic)
        entries = np.empty(np.shape(value), dtype=object)
        for place in np.ndindex(entries.shape):
            here = f"{name}({','.join(map(str, place))})"
            function = sp.Function(here, real=True)(*inside) if inside else sp.Symbol(here)
            entries[place] = function
            self.symbolic.values[function] = sp.sympify(np.asarray(value)[place])
        return entries if entries.ndim else entries[()]


def _parts(argument: Any) -> list:
    """Return the numbers and symbols of an argument; a function, or nothing, has none."""
    if argument is None or isinstance(argument, Unknown):
        return []
    if isinstance(argument, tuple):
        return [part for one in argument for part in _parts(one)]
    return list(np.ravel(argument))


# ── Code ─────────────────────────────────────────────────────────────────────────────────────────


@_in_time
def same_code(reached: Reached, mutant: Miscode) -> bool:
    """Whether a function and its mutant compute the same, for all arguments of the shapes it gets.

    Both are run on symbols.  Guards are taken out first: what they refuse does not come so far.
    Where a condition decides what is done next (``if``), both must ask the same, and the proof is
    for values that answer the same.  Where it chooses between two forms (``np.where``), both forms
    are taken: either the condition is the same as well, or all forms are equal and it is idle.
    """

    def run(call: dict[str, Any], branch: bool, tree: ast.FunctionDef | None = None) -> Run | None:
        return _run(reached, call, branch, tree)

    def same(call: dict[str, Any]) -> bool:
        pairs = [(run(call, branch), run(call, branch, mutant.tree)) for branch in (True, False)]
        (yes, yes_too), (no, no_too) = pairs
        if any(a is None or b is None or not _equal(a.asked, b.asked) for a, b in pairs):
            return False
        if all(_equal(a.chosen, b.chosen) and _equal(a.value, b.value) for a, b in pairs):
            return True
        return all(_equal(yes.value, other.value) for other in (no, yes_too, no_too))

    calls = [call for call in arguments_seen(reached) if run(call, True) is not None]
    return bool(calls) and all(map(same, calls))


@dataclass(frozen=True)
class Run:
    """What a run on symbols gave, which conditions it asked, and which ``np.where`` chose by."""

    value: Any
    asked: tuple
    chosen: tuple


def _run(
    reached: Reached, call: dict[str, Any], branch: bool, tree: ast.FunctionDef | None
) -> Run | None:
    """Run a function, or its mutant, on symbols; return None if they do not suit it."""
    symbolic = Symbolic({})
    arguments = {name: symbolic.of(name, value) for name, value in call.items()}
    exact = Exact(symbolic, branch)
    try:
        with _exactly(exact, {reached.function: tree} if tree else {}):
            return Run(reached.function(**arguments), tuple(exact.asked), tuple(exact.chosen))
    except Exception:  # symbols have no index, no order, …
        return None


def _equal(a: Any, b: Any) -> bool:
    if isinstance(a, tuple | list) or isinstance(b, tuple | list):
        return type(a) is type(b) and len(a) == len(b) and all(map(_equal, a, b))
    if isinstance(a, Relational):
        return a.func == getattr(b, "func", None) and _equal(a.lhs - a.rhs, b.lhs - b.rhs)
    if np.shape(a) != np.shape(b):
        return False
    pairs = zip(np.ravel(a), np.ravel(b), strict=True)
    return all(x == y or _is_zero(sp.sympify(x) - sp.sympify(y)) for x, y in pairs)


def _is_zero(difference: sp.Expr) -> bool:
    return sp.simplify(sp.expand(sp.nsimplify(difference, rational=True))) == 0


@contextmanager
def _exactly(exact: Exact, bodies: Mapping[FunctionType, ast.FunctionDef]) -> Iterator[None]:
    """Let every function of the library compute with symbols, some of them with another body."""
    functions = [reached.function for reached in functions_reached()]
    codes = [function.__code__ for function in functions]
    bare = {f: _bare_code(bodies.get(f) or tree_of(f)) for f in functions}
    spaces = {function.__module__: function.__globals__ for function in functions}.values()
    saved = [dict(space) for space in spaces]
    decide = Relational.__bool__
    try:
        for function, code in bare.items():
            function.__code__ = code
        for space in spaces:
            space.update(np=exact, math=exact, ndtr=_normal, rel_entr=_entropy, xlogy=_times_log)
            space.update(float=lambda number: number, max=_EXACT["maximum"])
        Relational.__bool__ = exact.answer
        yield
    finally:
        Relational.__bool__ = decide
        for function, code in zip(functions, codes, strict=True):
            function.__code__ = code
        for space, before in zip(spaces, saved, strict=True):
            space.clear()
            space.update(before)


@cache
def _bare_code(tree: ast.FunctionDef) -> CodeType:
    bare = unguarded(tree)
    bare.args = tree.args
    return code_of(bare)


class Exact:
    """NumPy, and the module math, for arrays of symbols."""

    def __init__(self, symbolic: Symbolic, branch: bool):
        self.linalg = _Unknowns(symbolic, np.linalg)
        self.branch = branch
        self.asked: list[Any] = []
        self.chosen: list[Any] = []
        # A plain function, for it is to be the method of another class.
        self.answer = lambda condition: self._answer(condition, symbolic)

    def _answer(self, condition: Relational, symbolic: Symbolic) -> bool:
        """Answer as for the values that the symbols stand for."""
        self.asked.append(condition)
        return bool(condition.xreplace(symbolic.values) == sp.true)

    def where(self, condition: Any, yes: Any, no: Any) -> Any:
        self.chosen.append(condition)
        return yes if self.branch else no

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


_normal = _each(lambda value: (1 + sp.erf(value / sp.sqrt(2))) / 2)  # SciPy's ndtr

_times_log = _each(lambda x, y: x * sp.log(y))  # SciPy's xlogy, but for x = 0
_entropy = _each(lambda x, y: x * sp.log(x / y))  # and rel_entr

_EXACT = {
    "asarray": lambda value, dtype=None: np.asarray(value)[()],
    "exp": _each(sp.exp),
    "log": _each(sp.log),
    "sqrt": _each(sp.sqrt),
    "cos": _each(sp.cos),
    "pi": sp.pi,
    "abs": _each(sp.Abs),
    "real": _each(sp.re),
    "imag": _each(sp.im),
    "maximum": _each(lambda a, b: sp.Max(1 * a, 1 * b)),  # what is true counts as 1
    "minimum": _each(sp.Min),
    "clip": _each(lambda value, low, high: sp.Min(sp.Max(value, low), high)),
    "sign": _each(sp.sign),
    "log1p": _each(lambda value: sp.log(1 + value)),
    "expm1": _each(lambda value: sp.exp(value) - 1),
    "tanh": _each(sp.tanh),
    "ceil": sp.ceiling,
    "floor": sp.floor,
}
