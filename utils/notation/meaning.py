# ruff: noqa: D102 (the grammar says what each rule is)
"""From a tree to its value: one method for each rule of the grammar."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial, reduce
from itertools import pairwise
from typing import Any

import numpy as np
import sympy as sp
from lark import Token, Tree

from utils.notation.reading import NotationError, latex, parse
from utils.notation.shapes import (
    ShapeError,
    add,
    below,
    close,
    column,
    definite,
    divide,
    dot,
    entrywise,
    is_whole,
    multiply,
    number,
    plain,
    power,
    times,
    transpose,
)


@dataclass(frozen=True)
class Arithmetic:
    """What numbers are: floats (NumPy) or exact expressions (SymPy)."""

    number: Callable[[str], Any]
    functions: Mapping[str, Callable]
    relations: Mapping[str, Callable]
    both: Callable[..., Any]
    choose: Callable[[list], Any]
    unknown: Callable[[Tree], Any]


@dataclass(frozen=True)
class Outcomes:
    """A chance variable: its values, all equally likely.

    Variables with the same number of outcomes are drawn together: the first goes with the first.
    """

    values: list


def unknown(name: Tree) -> Any:
    """Refuse a name that nothing gives a meaning to."""
    raise NotationError(f"nothing says what {latex(name)} means")


def first_that_holds(cases: list) -> Any:
    """Return the value of the first case whose conditions hold."""
    for value, conditions in cases:
        if all(conditions):
            return value()
    raise NotationError("no case holds")


NUMPY = Arithmetic(
    number=float,
    functions={
        "e": math.e, r"\pi": math.pi, r"\infty": math.inf,
        r"\exp": np.exp, r"\ln": np.log, r"\log": np.log, "sqrt": np.sqrt,
        r"\sin": np.sin, r"\cos": np.cos, r"\tan": np.tan, r"\tanh": np.tanh,
        r"\max": max, r"\min": min, "ceiling": np.ceil, "floor": np.floor,
    },
    relations={
        "=": close,
        r"\ne": lambda a, b: not close(a, b),
        "<": below,
        ">": lambda a, b: below(b, a),
        r"\le": lambda a, b: not below(b, a),
        r"\ge": lambda a, b: not below(a, b),
        r"\succ": definite,
    },
    both=lambda *claims: all(claims),
    choose=first_that_holds,
    unknown=unknown,
)  # fmt: skip


_OPERATIONS = {r"\odot": entrywise, r"\cdot": dot, r"\times": times, "/": divide}
_OVER = {r"\sum": add, r"\prod": multiply}


def evaluate(formula: str | Tree, names: Mapping[str, Any] | None = None) -> Any:
    """Return the value of a formula, where the names mean what ``names`` says.

    Of an expression, a number or an array; of a statement, whether it holds.
    """
    return Evaluation(NUMPY, meanings_of(names)).value(tree_of(formula))


def members(formula: str | Tree, names: Mapping[str, Any] | None = None) -> list[Any]:
    """Return the values along a chain ``a = b = c``; of an expression, its own value only."""
    evaluation = Evaluation(NUMPY, meanings_of(names))
    return [evaluation.value(member) for member in members_of(tree_of(formula))]


def tree_of(formula: str | Tree) -> Tree:
    """Return the tree of a formula, read or to be read."""
    return parse(formula) if isinstance(formula, str) else formula


def meanings_of(names: Mapping[str, Any] | None) -> dict[Tree, Any]:
    """Read the names of a dictionary of meanings."""
    return {tree_of(name): value for name, value in (names or {}).items()}


def members_of(tree: Tree) -> list[Tree]:
    """Return the members of a chain; of an update, the new value and what it becomes."""
    if tree.data == "update":
        return [Tree("updated", tree.children[:1]), tree.children[1]]
    return tree.children[::2] if tree.data == "chain" else [tree]


class Evaluation:
    """One method for each rule of the grammar; a rule without one needs a name for the whole."""

    def __init__(self, arithmetic: Arithmetic, names: dict[Tree, Any]):
        self.arithmetic = arithmetic
        self.names = names

    def value(self, node: Tree) -> Any:
        """Return what the names say of the whole, or else what its parts make of it."""
        if node in self.names:
            return plain(self.names[node])
        rule = getattr(self, node.data, None)
        return rule(*node.children) if rule else self.arithmetic.unknown(node)

    def where(self, meanings: Mapping[Tree, Any]) -> Evaluation:
        """Give some names another meaning."""
        return Evaluation(self.arithmetic, {**self.names, **meanings})

    # Names

    def number(self, digits: str) -> Any:
        return self.arithmetic.number(digits)

    def symbol(self, sign: str) -> Any:
        known = self.arithmetic.functions
        return known[sign] if sign in known else self.arithmetic.unknown(Tree("symbol", [sign]))

    def layer(self, base: Tree, number: Tree) -> Any:
        return self._entry("layer", base, [number])

    def index(self, base: Tree, *small: Tree) -> Any:
        if len(small) == 1:
            small = _places(small[0], np.ndim(self.names.get(base)))
        return self._entry("index", base, list(small))

    def _entry(self, kind: str, base: Tree, small: list[Tree]) -> Any:
        """Apply a function to the index, look it up, or count the entries of an array from 1."""
        name = Tree(kind, [base, *(self._settled(part) for part in small)])
        if name in self.names:
            return plain(self.names[name])
        if base not in self.names:
            return self.arithmetic.unknown(name)
        family, places = self.names[base], [self.value(part) for part in small]
        places = [int(place) if is_whole(place) else place for place in places]
        if callable(family):
            return plain(family(*places))
        if isinstance(family, Mapping):
            return plain(family[tuple(places) if len(places) > 1 else places[0]])
        family = np.asarray(plain(family))
        if len(places) == 1 and family.ndim == 2 and family.shape[1] == 1:
            family = family[:, 0]  # one index is enough for a column
        shape = family.shape
        if len(places) != len(shape) or not all(map(is_whole, places)):
            raise ShapeError(f"{latex(name)} is not an entry of an array of shape {shape}")
        if not all(1 <= place <= size for place, size in zip(places, shape, strict=True)):
            raise ShapeError(f"{latex(name)} is outside an array of shape {shape}")
        return plain(family[tuple(place - 1 for place in places)])

    def _settled(self, part: Tree) -> Tree:
        """Put the number in the place of a running index: x_i is x_2 where i is 2."""
        if part in self.names and is_whole(self.names[part]):
            return Tree("number", [Token("NUMBER", str(int(self.names[part])))])
        return part

    def derivative(self, *parts: Any) -> Any:
        """Look up the derivative by an entry, also where the running index has become a number."""
        node = Tree("derivative", list(parts))
        settled = self._with_numbers(node)
        if settled != node and settled in self.names:
            return plain(self.names[settled])
        return self.arithmetic.unknown(node)

    def _with_numbers(self, tree: Any) -> Any:
        if not isinstance(tree, Tree):
            return tree
        parts = [self._with_numbers(child) for child in tree.children]
        if tree.data == "index":
            parts[1:] = [self._settled(part) for part in parts[1:]]
        return Tree(tree.data, parts)

    # Sums and products

    def sum(self, *parts: Any) -> Any:
        total = None
        parts = self._without_dots(parts)
        for i, part in enumerate(parts):
            if isinstance(part, Token):
                continue
            term = self.value(part)
            sign = parts[i - 1] if i > 0 else "+"
            term = term if sign == "+" else multiply(self._sign(sign), term)
            total = term if total is None else add(total, term)
        return total

    def _without_dots(self, parts: tuple) -> tuple:
        r"""Write out ``x_1 + \dots + x_n``: what counts from one end to the other is in between."""
        for i, part in enumerate(parts):
            if isinstance(part, Token) and part.type == "DOTS":
                ends = {pair for pair in _differences(parts[i - 2], parts[i + 2])}
                counts = len(ends) == 1 and next(iter(ends))[0].data == "number"
                if not counts or parts[i - 1] != parts[i + 1]:
                    raise NotationError(r"nothing says what \dots stands for")
                ((first, last),) = ends
                between = [
                    part
                    for place in range(int(self.value(first)) + 1, int(self.value(last)))
                    for part in (parts[i - 1], _counted(parts[i - 2], first, place))
                ]
                last = parts[i + 1 :] if self.value(last) > self.value(first) else parts[i + 3 :]
                return self._without_dots((*parts[: i - 1], *between, *last))
        return parts

    def _sign(self, sign: str) -> Any:
        """Return −1 for a minus, and for ± what the names say that it is this time."""
        return -1 if sign == "-" else self.value(Tree("symbol", [Token("SYMBOL", str(sign))]))

    def term(self, *parts: Any) -> Any:
        result, operation = None, multiply
        for part in parts:
            if isinstance(part, Token):
                operation = _OPERATIONS[part]
                continue
            value = self.value(part)
            if callable(result) and operation is multiply:  # of a sum, as in ln Σ
                result = plain(result(value))
            else:
                result = value if result is None else operation(result, value)
            operation = multiply
        return result

    def product(self, *factors: Tree) -> Any:
        result, rest = None, list(factors)
        while rest:
            value, rest = self._first(rest)
            result = value if result is None else multiply(result, value)
        return result

    def _first(self, factors: list[Tree]) -> tuple[Any, list[Tree]]:
        """Take the first thing off a row of factors: a name of several parts, or f with its (x)."""
        for n in range(len(factors), 1, -1):
            run = Tree("product", factors[:n])
            if run in self.names:
                value, rest = plain(self.names[run]), factors[n:]
                break
        else:
            value, rest = self.value(factors[0]), factors[1:]
        while callable(value) and rest:
            n = 2 if Tree("product", rest[:2]) in self.names else 1  # \ln p(w), of a known p(w)
            inside = Tree("product", rest[:2]) if n == 2 else rest[0]
            value, rest = self._applied(value, inside), rest[n:]
        return value, rest

    def _applied(self, f: Callable, node: Tree) -> Any:
        if node.data in ("power", "transpose") and node.children[0].data == "group":
            inner = Tree("applied", [])  # f(x)^2 is the square of f(x)
            outer = Tree(node.data, [inner, *node.children[1:]])
            return self.where({inner: self._applied(f, node.children[0])}).value(outer)
        if node.data == "group":
            return plain(f(*(self.value(argument) for argument in node.children[1:-1])))
        return plain(f(self.value(node)))

    def over(self, big: str, under: Tree, above: Tree | None, body: Tree) -> Any:
        operation = _OVER.get(big, self.arithmetic.functions.get(big))  # \max, \min: exact, too
        if operation and above is None and (places := self._entries_over(under, body)):
            return reduce(operation, [self.where(place).value(body) for place in places])
        if operation is None or under.data != "chain" or len(under.children) != 3:
            return self.arithmetic.unknown(Tree("over", [big, under, above, body]))
        dummy, relation, start = under.children
        if relation == "=" and above is not None:
            first, last = self.value(start), self.value(above)
            if not (is_whole(first) and is_whole(last)):
                return self._symbolic_sum(big, dummy, first, last, body)
            places = range(int(first), int(last) + 1)
        else:
            places = self.value(start)
        return reduce(operation, [self.where({dummy: place}).value(body) for place in places])

    def _entries_over(self, under: Tree, body: Tree) -> list[dict[Tree, int]]:
        r"""Return the places of \sum_i and \sum_{i \ne j}: all entries of what has this index."""
        chain = under.children if under.data == "chain" else [under]
        dummy, but = chain[0], chain[1:]
        if dummy.data != "symbol" or (but and (len(but) > 2 or but[0] != r"\ne")):
            return []
        sizes = set()
        for node in body.find_data("index"):
            base, *small = node.children
            family = self.names.get(base)
            known = isinstance(family, (np.ndarray, list, tuple, sp.MatrixBase))
            shape = np.shape(column(family)) if known else ()
            small = _places(small[0], len(shape)) if len(small) == 1 else small
            sizes |= {side for side, part in zip(shape, small, strict=False) if part == dummy}
        if len(sizes) > 1:
            raise ShapeError(f"{latex(dummy)} runs over {sizes}")
        places = range(1, max(sizes, default=0) + 1)
        return [{dummy: k} for k in places if not but or k != self.value(but[1])]

    def _symbolic_sum(self, big: str, dummy: Tree, first: Any, last: Any, body: Tree) -> Any:
        form = {r"\sum": sp.Sum, r"\prod": sp.Product}.get(big)
        if form is None or self.arithmetic is NUMPY:
            raise NotationError(f"no meaning for the bounds of {big}")
        return form(self.value(body), (self.value(dummy), first, last))

    def chance(self, sign: str, _: Any, body: Tree) -> Any:
        """Average over the outcomes of every chance variable in the body, all equally likely."""
        chancy = {n: v for n, v in self.names.items() if isinstance(v, Outcomes)}
        if not chancy:
            return self.arithmetic.unknown(Tree("chance", [sign, _, body]))
        rows = zip(*(variable.values for variable in chancy.values()), strict=True)
        cases = [self.where(dict(zip(chancy, row, strict=True))).value(body) for row in rows]
        mean = sum(cases) / len(cases)
        if sign == r"\mathbb{E}":
            return mean
        return sum(np.sum((case - mean) ** 2) for case in cases) / len(cases)

    # What is drawn around things

    def power(self, base: Tree, exponent: Tree) -> Any:
        return power(self.value(base), self.value(exponent))

    def transpose(self, base: Tree) -> Any:
        return transpose(self.value(base))

    def fraction(self, top: Tree, bottom: Tree) -> Any:
        return divide(self.value(top), self.value(bottom))

    def root(self, inside: Tree) -> Any:
        return self.arithmetic.functions["sqrt"](number(self.value(inside), "a square root"))

    def absolute(self, inside: Tree) -> Any:
        return abs(number(self.value(inside), "an absolute value"))

    def norm(self, inside: Tree) -> Any:
        value = self.value(inside)
        return self.arithmetic.functions["sqrt"](np.sum(value * value))

    def inner(self, left: Tree, right: Tree) -> Any:
        return np.sum(entrywise(self.value(left), self.value(right)))

    def whether(self, _first: str, left: Tree, sign: str, right: Tree, _last: str) -> Any:
        return int(bool(self._holds(left, sign, right)))

    def ceiling(self, inside: Tree) -> Any:
        return self.arithmetic.functions["ceiling"](self.value(inside))

    def floor(self, inside: Tree) -> Any:
        return self.arithmetic.functions["floor"](self.value(inside))

    def group(self, first: str, *parts: Any) -> Any:
        values = [self.value(part) for part in parts[:-1]]
        if len(values) > 1 and all(not callable(v) and np.ndim(v) < 2 for v in values):
            return np.concatenate([np.atleast_1d(value) for value in values])  # one over the other
        return values[0] if len(values) == 1 else tuple(values)

    def set(self, *parts: Tree) -> list:
        return [self.value(part) for part in parts]

    def range(self, first: Tree, last: Tree) -> range:
        return range(int(self.value(first)), int(self.value(last)) + 1)

    def matrix(self, *rows: Tree) -> Any:
        entries = [[number(self.value(e), "an entry") for e in row.children] for row in rows]
        if len({len(row) for row in entries}) > 1:
            raise ShapeError("the rows of a matrix differ in length")
        matrix = np.array(entries)
        return matrix[:, 0] if matrix.shape[1] == 1 else matrix

    def cases(self, *rows: Tree) -> Any:
        return self.arithmetic.choose(
            [
                (partial(self.value, value), [self.value(condition) for condition in when])
                for value, *when in (row.children for row in rows)
            ]
        )

    # Statements

    def chain(self, *parts: Any) -> Any:
        links = zip(pairwise(parts[::2]), parts[1::2], strict=True)
        return self.arithmetic.both(*(self._holds(a, sign, b) for (a, b), sign in links))

    def _holds(self, left: Tree, sign: str, right: Tree) -> Any:
        if sign == r"\to":
            raise NotationError(f"no meaning for {latex(left)} \\to {latex(right)}")
        if sign == r"\in":
            return self._belongs(self.value(left), right)
        if sign == r"\approx":
            return self._rounds(left, right)
        if sign == "=" and right == _ZERO and self.arithmetic is NUMPY:
            return bool(np.max(np.abs(self.value(left)), initial=0) <= ROUNDING)
        return self.arithmetic.relations[sign](self.value(left), self.value(right))

    def _rounds(self, left: Tree, right: Tree) -> bool:
        """Whether two values are one to the digits printed; without any, to a hundredth.

        Where numbers are put in for letters, part for part, each part is so to its digits.
        """
        if (pairs := self._put_in(left, right)) is not None:
            return all(self._rounds(*pair) for pair in pairs)
        a, b = (np.asarray(self.value(side), dtype=float) for side in (left, right))
        a, b = (side.reshape(()) if side.size == 1 else side for side in (a, b))
        if a.shape != b.shape:
            raise ShapeError(f"{a.shape} and {b.shape} are not of one shape")
        printed = [side for side in (right, left) if latex(side) != "0"]  # 0 has no last digit
        units = [unit for side in printed if (unit := _units(side)) is not None]
        bound = 0.5 * units[0].reshape(a.shape) if units else 0.01 * np.abs(b)
        return bool(np.all(np.abs(a - b) <= bound * (1 + 1e-9)))

    def _put_in(self, left: Tree, right: Tree) -> list[tuple[Tree, Tree]] | None:
        r"""Return which number stands for what, as in ``a (1 - a) \approx 0.89 \cdot 0.11``."""
        left, right = _bare(left), _bare(right)
        if not next(left.find_data("symbol"), None) or next(right.find_data("symbol"), None):
            return None
        if left.data == right.data == "sum":
            one, other = left.children, right.children
        elif {left.data, right.data} <= {"product", "term"}:
            one, other = self._factors(left), self._factors(right)
        else:
            return None
        signs = [[part for part in parts if isinstance(part, Token)] for parts in (one, other)]
        if len(one) != len(other) or signs[0] != signs[1]:
            return None
        pairs = zip(one, other, strict=True)
        return [(a, b) for a, b in pairs if isinstance(a, Tree) and isinstance(b, Tree)]

    def _factors(self, tree: Tree) -> list[Tree | Token]:
        r"""Return what is multiplied, f with its (x) as one; of the operators all but \cdot."""
        found: list[Tree | Token] = []
        for part in tree.children:
            if isinstance(part, Tree) and part.data == "product":
                found += self._factors(part)
            elif found and isinstance(found[-1], Tree) and callable(self.names.get(found[-1])):
                found[-1] = Tree("product", [found[-1], part])
            elif part != r"\cdot":
                found.append(part)
        return found

    def _belongs(self, value: Any, place: Tree) -> bool:
        """Whether a value is in ℝ, ℕ, ℝⁿ, a space of matrices, an interval, or a set."""
        base, *shape = place.children if place.data == "power" else (place,)
        if shape and base.data in {"group", "set"}:
            wanted = [self.value(n) for s in shape for n in _sides(s)]
            entries = np.ravel(value)
            return len(entries) == np.prod(wanted) and all(self._belongs(e, base) for e in entries)
        if base == parse(r"\mathbb{R}"):
            wanted = [self.value(n) for s in shape for n in _sides(s)]
            got = column(value).shape if wanted else np.shape(value)
            return list(got) == ([*wanted, 1] if len(wanted) == 1 else wanted)
        if place == parse(r"\mathbb{N}"):
            return is_whole(value) and value >= 0
        if place.data == "group":
            first, low, high, last = place.children
            low, high = self.value(low), self.value(high)
            above = value > low or (first == "[" and value == low)
            return bool(above and (value < high or (last == "]" and value == high)))
        return value in self.value(place)

    def both(self, *claims: Tree) -> Any:
        return self.arithmetic.both(*(self.value(claim) for claim in claims))

    def iff(self, left: Tree, right: Tree) -> bool:
        return self.value(left) == self.value(right)

    def implies(self, left: Tree, right: Tree) -> bool:
        return self.value(right) if self.value(left) else True

    def provided(self, left: Tree, right: Tree) -> bool:
        return self.implies(right, left)

    def update(self, target: Tree, new: Tree) -> Any:
        return self.arithmetic.relations["="](
            self.value(Tree("updated", [target])), self.value(new)
        )


def _differences(a: Any, b: Any) -> Iterator[tuple[Tree, Tree]]:
    """Return the parts in which two trees of one form differ."""
    if isinstance(a, Tree) and isinstance(b, Tree):
        if a.data == b.data and len(a.children) == len(b.children) and a.data != "number":
            for pair in zip(a.children, b.children, strict=True):
                yield from _differences(*pair)
        elif a != b:
            yield a, b
    elif a != b:
        yield a, b


def _bare(tree: Tree) -> Tree:
    """Return what stands in brackets alone."""
    alone = tree.data == "group" and len(tree.children) == 3
    return _bare(tree.children[1]) if alone else tree


def _counted(tree: Any, first: Tree, place: int) -> Any:
    """Return a tree with a number in the place of the first one."""
    if tree == first:
        return Tree("number", [Token("NUMBER", str(place))])
    if isinstance(tree, Tree):
        return Tree(tree.data, [_counted(child, first, place) for child in tree.children])
    return tree


def _places(small: Tree, dimensions: int) -> list[Tree]:
    """Split the index of an entry, ``ij`` or ``12``, where it must be several."""
    if small.data == "product" and all(part.data == "symbol" for part in small.children):
        return small.children
    if dimensions == 2 and small.data == "product":
        return small.children
    if dimensions == 2 and small.data == "number":
        return [Tree("number", [Token("NUMBER", digit)]) for digit in small.children[0]]
    return [small]


#: A computed 0 may differ from 0 by so much: there is no size that this could be a share of.
ROUNDING = 1e-13

_ZERO = parse("0")

#: A number as it is printed: 0.5, −12, 2 · 10⁻⁹.
_PRINTED = re.compile(r"-? ?\d+(?:\.(\d+))?(?: \\cdot \{10\}\^\{(-? ?\d+)\})?")


def _units(side: Tree) -> np.ndarray | None:
    """Return the place of the last digit of each number that a side is, or None if it is none.

    A plain 0 is as exact as the numbers beside it, and alone to a hundredth.
    """
    side = _bare(side)
    parts = [side]
    if side.data == "group" and len(side.children) > 3:
        parts = side.children[1:-1]
    elif side.data == "matrix":
        parts = [entry for row in side.children for entry in row.children]
    found = [_PRINTED.fullmatch(latex(part)) for part in parts]
    if not all(found):
        return None
    powers = [int((f[2] or "0").replace(" ", "")) - len(f[1] or "") for f in found]
    other = [power for power, f in zip(powers, found, strict=True) if f[0] != "0"]
    powers = [
        min(other, default=-2) if f[0] == "0" else p for p, f in zip(powers, found, strict=True)
    ]
    return np.array([10.0**power for power in powers])


def _sides(shape: Tree) -> list[Tree]:
    """Return m and n of the shape m × n."""
    return shape.children[::2] if shape.data == "term" else [shape]
