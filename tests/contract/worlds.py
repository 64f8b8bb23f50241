r"""What the letters of a section mean, so that all its formulas can be held against that.

    @world(r"\lambda \in (0.5, 4), w, w^\star \in \mathbb{R}, \alpha \in (0.02, 0.2)", "How fast?")
    def _(lam, w, w_star, alpha):
        return {"J": lambda w: bowl(w, lam, w_star), r"\nabla J": …}

in the chapter's module reads: in the section *How fast?*, for all such values, these letters mean
that; without a section, on the whole page.  A claim of the text is held if it is true there, on
every draw.  What the text supposes is declared in its own words,

    given(r"\alpha = 0.1", r"\alpha > \frac{2}{\lambda}")

and is so from there to the end of its section, or to the next supposition about the same letter.
What the text prints as an error, ``wrong(r"…")`` says, and it is held to be false.  Where an error
would make another true claim, since a term is 0 anyhow, ``forgiving(r"…")`` says so.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property, partial
from itertools import islice
from typing import Any

import numpy as np
from lark import Token, Tree
from manuscript import Page
from scipy.special import expit

from contract.statements import Formula, claims, formulas, repeated
from contract.tie import declared, printed_ties, sample, shape
from utils.notation import NotationError, evaluate, latex, members, parse

#: As often is a claim tried, and so often may a draw not be as the text supposes.
DRAWS, TRIES = 6, 100

PLUS_MINUS = Tree("symbol", [Token("SYMBOL", r"\pm")])


class ImpossibleError(ValueError):
    """No draw is as the text supposes."""


@dataclass(frozen=True, eq=False)
class World:
    """The meaning of the letters of some sections; of the whole page if none is named."""

    forall: str
    sections: tuple[str, ...]
    meaning: Callable[..., Mapping]
    only: bool = False

    def draws(self, hypotheses: tuple[Tree, ...] = ()) -> Iterable[dict[Tree, Any]]:
        """Return what the letters mean, several times, as the hypotheses have it."""
        return _draws(self, hypotheses)

    def names(self, drawn: Mapping[Tree, Any]) -> dict[Tree, Any]:
        sizes = declared(self.forall).sizes
        found = self.meaning(*(value for name, value in drawn.items() if name not in sizes))
        return {**drawn, **{parse(n) if isinstance(n, str) else n: v for n, v in found.items()}}


@dataclass
class Book:
    """What is declared of a page."""

    worlds: list[World] = field(default_factory=list)
    given: dict[Tree, str] = field(default_factory=dict)
    wrong: dict[Tree, str] = field(default_factory=dict)
    forgiving: dict[Tree, str] = field(default_factory=dict)


DECLARED: dict[str, Book] = {}


def _book(depth: int = 2) -> Book:
    """Return what is declared of the page that the calling module is named after."""
    module = sys._getframe(depth).f_globals["__name__"]
    return DECLARED.setdefault(module.rpartition(".")[2].replace("_", "-"), Book())


def world(forall: str, *sections: str, only: bool = False) -> Callable:
    """Declare what letters mean.  The function takes the declared names, as that of a tie does.

    With ``only``, they mean nothing else in these sections: a claim that is false here is not saved
    by an equation of the page, or by the running example, that has the same letters.
    """
    book = _book()

    def declare(meaning: Callable) -> Callable:
        book.worlds.append(World(forall, sections, meaning, only))
        return meaning

    return declare


def given(*suppositions: str) -> None:
    """Declare what the text supposes or defines, in its words."""
    _book().given.update((claim, text) for text in suppositions for claim in claims(text))


def wrong(*errors: str) -> None:
    """Declare what the text prints as an error."""
    _book().wrong.update((claim, text) for text in errors for claim in claims(text))


def forgiving(*claims_of: str) -> None:
    """Declare claims that stay true with an error in them: a term is 0, a function is even."""
    _book().forgiving.update((claim, text) for text in claims_of for claim in claims(text))


# ── The running example, which every page knows ──────────────────────────────────────────────────


def _running_neuron() -> Mapping:
    x, w, b = np.array([1.0, 2.0]), np.array([0.4, 0.6]), 0.5
    z = w @ x + b
    return {
        "x": x, "w": w, "b": b, "y": 1.0, r"\alpha": 0.1, "n": 2,
        "z": z, r"\hat{y}": expit(z), r"\sigma": expit,
        r"\sigma'": lambda z: expit(z) * expit(-z), r"\sigma'(z)": expit(z) * expit(-z),
    }  # fmt: skip


#: The parameters of the running network, layer by layer.
NETWORK = [
    (np.array([[0.4, 0.6], [-0.5, 0.3]]), np.array([[0.5], [-0.2]])),
    (np.array([[0.7, -0.4]]), np.array([[0.1]])),
]


def _running_network() -> Mapping:
    x, y = np.array([[1.0], [2.0]]), 1.0
    W, b = (dict(enumerate(parts, start=1)) for parts in zip(*NETWORK, strict=True))
    z1 = W[1] @ x + b[1]
    z2 = W[2] @ expit(z1) + b[2]
    delta2 = (expit(z2) - y) * expit(z2) * expit(-z2)
    delta1 = W[2].T @ delta2 * expit(z1) * expit(-z1)
    return {
        "x": x, "X": x, "y": y, "W": W, "b": b, "w^{(1)}": W[1], "w^{(2)}": W[2],
        "z": {1: z1, 2: z2}, "a": {0: x, 1: expit(z1), 2: expit(z2)}, r"\hat{y}": expit(z2),
        r"\delta": {1: delta1, 2: delta2}, r"\sigma": expit,
        r"\sigma'": lambda z: expit(z) * expit(-z), "n_0": 2, "n_1": 2, "n_2": 1,
    }  # fmt: skip


#: Specific numbers, so they come last: what is true there only is a number of the running example.
RUNNING = (World("", (), _running_neuron), World("", (), _running_network))

# ── Drawing a world ──────────────────────────────────────────────────────────────────────────────


class Kept:
    """What is made one by one, each when first asked for, and kept; an error in it is kept, too.

    Most worlds do not know the letters of a claim, and their first draw says so.
    """

    def __init__(self, made: Iterator[dict[Tree, Any]]) -> None:
        self.made, self.kept = made, []
        self.error: Exception | None = None

    def __iter__(self) -> Iterator[dict[Tree, Any]]:
        place = 0
        while place < len(self.kept) or self._makes_one():
            yield self.kept[place]
            place += 1

    def _makes_one(self) -> bool:
        if self.error:
            raise self.error
        try:
            self.kept.append(next(self.made))
        except StopIteration:
            return False
        except Exception as error:
            self.error = error
            raise
        return True


@cache
def _draws(of: World, hypotheses: tuple[Tree, ...]) -> Kept:
    """Return some draws that are as supposed; an error where that is nonsense, or never so."""
    return Kept(_drawn(of, hypotheses))


def _drawn(of: World, hypotheses: tuple[Tree, ...]) -> Iterator[dict[Tree, Any]]:
    impossible = ImpossibleError("no draw is so: " + ", ".join(map(latex, hypotheses)))
    found = 0
    for k in range(TRIES):
        try:
            names = _draw(of, hypotheses, k)
        except Exception:  # letters that this world does not know, or shapes that do not fit
            raise impossible from None
        if names is not None:
            found += 1
            yield names
        if found == DRAWS:
            return
    if not found:
        raise impossible


def _draw(of: World, hypotheses: tuple[Tree, ...], k: int) -> dict[Tree, Any] | None:
    """Return one draw, or None if it is not as supposed."""
    places = declared(of.forall).sets
    assigned = {left: right for left, right in map(_sides, hypotheses) if left is not None}
    fixed = {name: _closed(right) for name, right in assigned.items() if name in places}
    fixed = {name: value for name, value in fixed.items() if value is not None}
    rng = np.random.default_rng([zlib.crc32(of.forall.encode()), k])
    drawn = _sample(of.forall, rng, k, fixed)
    names, defined = of.names(drawn), {}
    for hypothesis in hypotheses:
        left, right = _sides(hypothesis)
        if left in fixed:
            continue
        if left is None:
            if not evaluate(hypothesis, names):
                return None
            continue
        name, meaning = _definition(left, right, names)
        if name in drawn:
            drawn = {**drawn, name: meaning}
            names = of.names(drawn)
        elif left.data == "index" and left.children[0] in drawn:
            array, places_in = left.children[0], left.children[1:]
            entry = tuple(int(evaluate(place, names)) - 1 for place in places_in)
            changed = np.array(drawn[array])
            changed[entry] = meaning
            drawn = {**drawn, array: changed}
            names = of.names(drawn)
        elif _known(left, names):
            if not evaluate(hypothesis, names):
                return None
        else:
            defined[name] = meaning
        names = {**names, **defined}
    return names


def _sides(hypothesis: Tree) -> tuple[Tree | None, Tree | None]:
    """Return the name and its value, of a hypothesis that gives a name a value."""
    if hypothesis.data == "chain":
        left, sign, right = hypothesis.children
        if sign == "=" and left.data not in {"number", "sum", "term", "fraction", "power"}:
            return left, right
    return None, None


def _closed(right: Tree) -> Any:
    try:
        value = evaluate(right)
    except NotationError:
        return None
    return np.array(value) if isinstance(value, tuple) else value


def _definition(left: Tree, right: Tree, names: Mapping[Tree, Any]) -> tuple[Tree, Any]:
    r"""Return the name and what it is to mean; of ``f(x) = …``, the function."""
    match left.data, left.children:
        case "product", [name, Tree("group", [_, argument, _])] if not _known(argument, {}):

            def function(value: Any) -> Any:
                return evaluate(right, {**names, argument: value})

            return name, function
    value = evaluate(right, names)
    return left, np.array(value) if isinstance(value, tuple) else value


def _known(name: Tree, names: Mapping[Tree, Any]) -> bool:
    try:
        evaluate(name, names)
    except ValueError:
        return False
    return True


def _sample(forall: str, rng: np.random.Generator, k: int, fixed: Mapping[Tree, Any]) -> dict:
    """Draw what is declared, some of it fixed, and the sizes as these have them."""
    drawn = sample(forall, rng, k)
    if fixed:
        sizes = {}
        for name, value in fixed.items():
            sides = shape(declared(forall).sets[name])
            sizes |= dict(zip(sides, np.shape(value), strict=False))
        sizes = {side: size for side, size in sizes.items() if side in drawn}
        if any(drawn[side] != size for side, size in sizes.items()):
            drawn = sample(forall, rng, k, sizes)
        for name, value in fixed.items():
            array = np.asarray(value, dtype=float)
            array = array if array.ndim == 0 else array.reshape(np.shape(drawn[name]))
            drawn[name] = np.full(np.shape(drawn[name]), array)[()]  # W = 0: all its entries
    return drawn


# ── Holding a claim ──────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Verdict:
    """What a claim is, or what is wrong with it."""

    formula: Formula
    claim: Tree
    kind: str | None
    objection: str = ""
    supposed: tuple[Tree, ...] = ()
    cases: tuple[Mapping[Tree, Any], ...] = ()


@cache
def _ties(page: Page) -> tuple[World, ...]:
    """Return the worlds of the page's own ties."""
    own = {equation.label for equation in page.equations}
    return tuple(_World(tie) for tie in printed_ties() if tie.label in own)


class _World:
    """The world of one equation, as its tie draws it."""

    sections = ()

    def __init__(self, tie: Any) -> None:
        self.tie = tie

    @cached_property
    def cases(self) -> Kept:
        return Kept(case.names for case in self.tie.all_cases() if case.holds)

    def draws(self, hypotheses: tuple[Tree, ...] = ()) -> Kept:
        if hypotheses:
            raise ImpossibleError("a tie supposes nothing")
        return self.cases


@cache
def verdicts(page: Page) -> tuple[Verdict, ...]:
    """Judge each claim of a page, in its order."""
    return tuple(_verdicts(page))


def _verdicts(page: Page) -> Iterator[Verdict]:
    book = DECLARED.get(page.path.stem, Book())
    section: tuple[str, ...] = ()
    supposed: list[Tree] = []
    for formula in formulas(page):
        if formula.sections != section:
            section, supposed = formula.sections, []
        try:
            found = list(claims(formula.latex))
        except NotationError as error:
            yield Verdict(formula, parse("0"), None, str(error))
            continue
        for claim in found:
            if claim in book.given:
                supposed = [*_others(supposed, claim), claim]
                yield Verdict(formula, claim, "given")
                continue
            yield judged(page, formula, claim, tuple(supposed), claim in book.wrong)


def _others(supposed: list[Tree], claim: Tree) -> list[Tree]:
    """Return what is not supposed of the same thing, which is what stands at the left."""
    return [other for other in supposed if other.children[0] != claim.children[0]]


def judged(
    page: Page, formula: Formula, claim: Tree, supposed: tuple[Tree, ...], is_wrong: bool = False
) -> Verdict:
    """Say what a claim is: closed, repeated, held, wrong on purpose; or what is wrong with it."""
    verdict = partial(Verdict, formula, claim, supposed=supposed)
    if claim.data == "chain" and claim.children[0] == claim.children[2]:
        return verdict(None, "says the same twice")
    book = DECLARED.get(page.path.stem, Book())
    own = [w for w in book.worlds if set(w.sections) & set(formula.sections)]
    alone = any(w.only for w in own)
    if not is_wrong and not alone and claim in repeated():
        return verdict("repeated")
    try:
        with np.errstate(all="ignore"):
            closed = bool(evaluate(claim))
        if closed != is_wrong:
            return verdict("wrong on purpose" if is_wrong else "closed")
        return verdict(None, f"is {closed}: {_values(claim, {})}")
    except NotationError as error:
        objections = [str(error)]
    except Exception as error:  # a claim that is wrong may fail in any way
        return verdict(None, f"{type(error).__name__}: {error}")
    whole = [w for w in book.worlds if not w.sections]
    worlds = own if alone else [*own, *whole, *_ties(page), *RUNNING]
    for of in worlds:
        for hypotheses in dict.fromkeys([(), supposed]):
            try:
                cases = of.draws(hypotheses)
                said = objection(claim, cases, is_wrong)
            except Exception as error:  # a claim that is wrong may fail in any way
                said = f"{type(error).__name__}: {error}"
            if said is None:
                kind = "wrong on purpose" if is_wrong else "held"
                return verdict(kind, cases=tuple(islice(cases, 2)))
            if of in own or of in whole:
                objections.append(said)
    return verdict(None, objections[-1])


def objection(claim: Tree, cases: Iterable, is_wrong: bool = False) -> str | None:
    """Say where a claim is not as it is to be: true in all cases, or false in all."""
    names = None
    for names in cases:
        with np.errstate(all="ignore"):
            true = [bool(evaluate(claim, each)) for each in _signs(claim, names)]
        if (all(true) or (any(true) and _one_sided(claim))) == is_wrong:
            return f"is {is_wrong}: {_values(claim, names)}"
    return "nothing is drawn to hold it against" if names is None else None


def _signs(claim: Tree, names: Mapping[Tree, Any]) -> list[Mapping[Tree, Any]]:
    """Return the meanings, once for each sign that ± may be."""
    if not any(token == r"\pm" for token in claim.scan_values(lambda _: True)):
        return [names]
    return [{**names, PLUS_MINUS: 1}, {**names, PLUS_MINUS: -1}]


def _one_sided(claim: Tree) -> bool:
    r"""Whether one side alone has a ±: then x = ±1 says that it is one of the two."""
    has = [r"\pm" in map(str, side.scan_values(lambda _: True)) for side in claim.children[::2]]
    return has.count(True) == 1


def _values(claim: Tree, names: Mapping[Tree, Any]) -> str:
    try:
        return " and ".join(str(value) for value in members(claim, names))[:300]
    except ValueError as error:
        return str(error)
