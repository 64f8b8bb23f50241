r"""A tie: what the names of a printed equation mean, for all values of its free symbols.

    @tie("gd-bowl-n-gradient", r"w, v \in \mathbb{R}^n, H \in \mathbb{R}^{n \times n}, H \succ 0")
    def _(w, v, H):
        def J(w):
            return quadratic(w, H, v)

        return {r"\nabla J(w)": agree(quadratic_gradient(w, H, v), derivative(J, w)), r"w^\star": v}

reads: for all w, v and positive definite H, the printed equation holds if its left side means what
the code returns, and the code returns what is true.  What the first line declares has its meaning
from there; sizes (n) are drawn too.  ``tie(None, …, printed=r"…")`` holds a law that the code keeps
and that no chapter prints as a labeled equation.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from lark import Tree

from contract.equations import labels
from utils.notation import close, evaluate, latex, members, parse
from utils.notation.meaning import tree_of

DRAWS = 8


@dataclass(frozen=True)
class Case:
    """One meaning of the names, and what the printed equation must do under it.

    ``holds``: whether it is to be true.  ``tight``: which of its inequalities are to be equalities
    (0 is the first).  ``right``: what its last member is to be.  ``carried``: the values that a
    computation by hand takes from the line before, each of which must stand in it, rounded.  (Their
    last digit may be lost in the result: 0.7 · 0.8908 is 0.6236 as 0.7 · 0.8909 is.)
    """

    names: Mapping[str, Any]
    holds: bool = True
    tight: tuple[int, ...] = ()
    right: Any = None
    carried: tuple[float, ...] = ()


@dataclass(frozen=True)
class Tie:
    """The meaning of one equation."""

    label: str | None
    forall: str
    printed: str | None
    meaning: Callable[..., Any]

    @property
    def name(self) -> str:
        return self.label or self.printed

    @property
    def page(self) -> str:
        """The chapter, as its module is called."""
        return self.meaning.__module__.rpartition(".")[2]

    def draw(self, k: int) -> dict[Tree, Any]:
        """Draw the free symbols: the same ones for the same ``k``."""
        return sample(self.forall, np.random.default_rng([zlib.crc32(self.name.encode()), k]), k)

    def cases(self, drawn: Mapping[Tree, Any]) -> Iterator[Case]:
        """Ask the code, and the truth, what the names mean for these values."""
        sizes = declared(self.forall).sizes
        found = self.meaning(*(v for name, v in drawn.items() if name not in sizes))
        found = [found] if isinstance(found, (Case, Mapping)) else found
        for case in found:
            case = case if isinstance(case, Case) else Case(case)
            names = {parse(n) if isinstance(n, str) else n: v for n, v in case.names.items()}
            yield replace(case, names={**drawn, **names})

    def all_cases(self) -> Iterator[Case]:
        for k in range(DRAWS):
            yield from self.cases(self.draw(k))


TIES: list[Tie] = []


def printed_ties() -> list[Tie]:
    """Return the ties that have their equation; that all have is a test of its own."""
    return [tie for tie in TIES if tie.printed or tie.label in labels()]


def equation_of(tie: Tie) -> str:
    """Return the equation that a tie is for, as printed."""
    return tie.printed or labels()[tie.label]


def tie(label: str | None, forall: str = "", printed: str | None = None) -> Callable:
    """Declare what the names of an equation mean.  The function takes the declared names."""

    def declare(meaning: Callable) -> Callable:
        TIES.append(Tie(label, forall, printed, meaning))
        return meaning

    return declare


def objection(equation: str | Tree, case: Case) -> str | None:
    """Say what is wrong with an equation under a meaning of its names, or return None."""
    try:
        with np.errstate(all="ignore"):
            if bool(evaluate(equation, case.names)) != case.holds:
                return f"is {not case.holds}, its members are {_shown(equation, case)}"
            values = members(equation, case.names) if case.tight or case.right is not None else []
            for i in case.tight:
                if not close(values[i], values[i + 1], 1e-9):
                    return f"is not tight: {values[i]}, {values[i + 1]}"
            if case.right is not None and not close(values[-1], case.right):
                return f"ends in {values[-1]}, implemented {case.right}"
            for value in case.carried:
                if not stands_in(equation, value):
                    return f"does not carry {value} on"
    except Exception as error:  # an equation with an error in it may fail in any way
        return f"{type(error).__name__}: {error}"
    return None


def stands_in(formula: str | Tree, value: float) -> bool:
    """Whether a value stands in a formula, rounded to the decimals that are printed."""
    printed = tree_of(formula).find_data("number")
    decimals = [str(tree.children[0]) for tree in printed if "." in tree.children[0]]
    return any(f"{abs(value):.{len(text.partition('.')[2])}f}" == text for text in decimals)


def _shown(equation: str | Tree, case: Case) -> str:
    try:
        return ", ".join(str(value) for value in members(equation, case.names))
    except ValueError as error:
        return str(error)


# ── Drawing the free symbols ─────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Declared:
    """What a declaration says: which set each name is in, which are positive definite."""

    sets: dict[Tree, Tree]
    definite: frozenset[Tree]
    sizes: frozenset[Tree]


def declared(forall: str) -> Declared:
    r"""Read ``w, u \in \mathbb{R}^n, H \in \mathbb{R}^{n \times n}, H \succ 0``."""
    if not forall:
        return Declared({}, frozenset(), frozenset())
    tree = parse(forall)
    sets, definite, waiting = {}, set(), []
    for claim in tree.children if tree.data == "both" else [tree]:
        match claim.data, claim.children:
            case "chain", [name, r"\in", place]:
                sets.update(dict.fromkeys([*waiting, name], place))
                waiting = []
            case "chain", [name, r"\succ", _]:
                definite.add(name)
            case _:
                waiting.append(claim)
    sizes = {side for place in sets.values() for side in shape(place) if side.data == "symbol"}
    return Declared(sets, frozenset(definite), frozenset(sizes - set(sets)))


def shape(place: Tree) -> list[Tree]:
    r"""Return the sides n, m of the set \mathbb{R}^{n \times m}; none of any other set."""
    if place.data != "power":
        return []
    sides = place.children[1]
    return sides.children[::2] if sides.data == "term" else [sides]


def sample(
    forall: str, rng: np.random.Generator, k: int = 0, fixed: Mapping[Tree, int] | None = None
) -> dict[Tree, Any]:
    """Draw what is declared.  Sizes differ from each other, so that no transpose can hide.

    Those that are ``fixed`` are as they are.
    """
    what = declared(forall)
    sizes = iter(rng.permutation(range(2, 7)).tolist())
    drawn: dict[Tree, Any] = {size: next(sizes) for size in sorted(what.sizes, key=latex)}
    if drawn and k % 4 == 3:
        drawn[next(iter(drawn))] = 1  # one feature, one example
    drawn |= fixed or {}
    for name, place in what.sets.items():
        sides = tuple(int(evaluate(side, drawn)) for side in shape(place))
        drawn[name] = _value(place, sides, drawn, rng)
        if name in what.definite:
            drawn[name] = drawn[name] @ drawn[name].T / len(drawn[name]) + np.eye(len(drawn[name]))
    return drawn


def misshapen(forall: str, rng: np.random.Generator) -> Iterator[dict[Tree, Any]]:
    """Draw what is declared, each time with one side of one array too long to fit the others."""
    what = declared(forall)
    sides = [(name, i, s) for name, p in what.sets.items() for i, s in enumerate(shape(p))]
    for name, i, side in sides:
        if sum(other == side for _, _, other in sides) > 1:
            drawn = sample(forall, rng)
            wrong = list(drawn[name].shape)
            wrong[i] += 1
            yield {**drawn, name: rng.normal(size=wrong)}


def _value(place: Tree, sides: tuple, drawn: Mapping[Tree, Any], rng: np.random.Generator) -> Any:
    base = place.children[0] if sides else place
    if base == parse(r"\mathbb{R}"):
        return rng.normal(size=sides)[()]
    if base == parse(r"\mathbb{N}"):
        return int(rng.integers(1, 7))
    if base.data == "group":
        low, high = (evaluate(end, drawn) for end in base.children[1:3])
        if high == np.inf:
            return (low + rng.exponential(size=sides))[()]
        return rng.uniform(low, high, size=sides)[()]
    if base.data == "set" and sides:
        return rng.choice(evaluate(base, drawn), size=sides)
    values = list(evaluate(place, drawn))
    value = values[rng.integers(len(values))]
    return int(value) if float(value).is_integer() else value
