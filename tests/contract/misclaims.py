"""Small errors in what the formulas of a page claim: each is noticed, or proved to be none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from lark import Tree
from manuscript import Page

from contract.mutants import Misprint, misprints
from contract.proofs import same_meaning
from contract.statements import claims
from contract.tie import Case
from contract.worlds import DECLARED, Book, Verdict, judged, verdicts
from utils.notation import NotationError, latex, parse

#: That < holds where ≤ does is another claim, and no draw of a continuous letter tells them apart.
STRICT = {"<": r"\le", ">": r"\ge"}

#: Among numbers these change nothing; of a product of matrices they make another.
COMMUTING = {"neighbors swapped", "a transpose added"}


@dataclass(frozen=True)
class Missed:
    """An error that nothing notices."""

    verdict: Verdict
    error: Misprint

    def __str__(self) -> str:
        return f"{self.verdict.formula.place}: {self.error.latex} ({self.error.what})"


def errors_in(page: Page) -> Iterator[tuple[Verdict, Misprint]]:
    """Return the errors that can be made in each claim that is not supposed, nor wrong already."""
    forgiving = DECLARED.get(page.path.stem, Book()).forgiving
    for verdict in verdicts(page):
        if verdict.kind in {"closed", "held", "repeated"} and verdict.claim not in forgiving:
            for error in misprints(latex(verdict.claim)):
                if _loosened(parse(error.latex)) != _loosened(verdict.claim):
                    yield verdict, error


def missed(
    errors: Sequence[tuple[Verdict, Misprint]], count: Callable[..., None] | None = None
) -> list[Missed]:
    """Make the errors one by one; return those that would be printed unnoticed."""
    names = ("caught", "proved_to_change_nothing", "inequalities_that_hold_too", "missed")
    kinds: Counter[str] = Counter(dict.fromkeys(names, 0))
    found = []
    for verdict, error in errors:
        if not _passes(verdict, error):
            kinds["caught"] += 1
        elif _another_bound(verdict.claim, parse(error.latex)):
            kinds["inequalities_that_hold_too"] += 1
        elif _same(verdict, error):
            kinds["proved_to_change_nothing"] += 1
        else:
            kinds["missed"] += 1
            found.append(Missed(verdict, error))
    if count:
        count("errors made in claims", **kinds)
    return found


def _passes(verdict: Verdict, error: Misprint) -> bool:
    """Whether nothing notices an error, in the next links of a chain either.

    In a = b = c an error in b is one in both claims.
    """
    formula = verdict.formula
    try:
        claims_now = [parse(error.latex), *_beside(verdict, parse(error.latex))]
    except NotationError:
        return False
    page, supposed = formula.cell.page, verdict.supposed
    return all(judged(page, formula, claim, supposed).kind for claim in claims_now)


def _beside(verdict: Verdict, claim: Tree) -> Iterator[Tree]:
    """Return the links of the chain that share the member in which the error is."""
    book = DECLARED.get(verdict.formula.cell.page.path.stem, Book())
    links = list(claims(verdict.formula.latex))
    at = links.index(verdict.claim)
    if verdict.claim.data == claim.data == "chain":
        for i, here, there in ((at - 1, 0, 2), (at + 1, 2, 0)):
            old, new = verdict.claim.children[here], claim.children[here]
            link = links[i] if 0 <= i < len(links) else None
            if link is None or link in book.given or link in book.wrong or link.data != "chain":
                continue
            if old != new and link.children[there] == old:
                parts = list(link.children)
                parts[there] = new
                yield Tree("chain", parts)


def _same(verdict: Verdict, error: Misprint) -> bool:
    """Whether an error that passes is none: numbers commute, and are their own transposes."""
    if error.what in COMMUTING:
        return True
    page, claim = verdict.formula.cell.page, parse(error.latex)
    known = (  # a repetition has no cases of its own
        verdict.cases or judged(page, verdict.formula, claim, verdict.supposed).cases
    )
    cases = [Case(names) for names in known[:1]] or [Case({})]
    return same_meaning(latex(verdict.claim), error.latex, cases)


def _another_bound(claim: Tree, other: Tree) -> bool:
    """Whether both say that something is less, or is in a set: then both can be true."""
    if claim.data == other.data == "provided":
        claim, other = claim.children[0], other.children[0]
    signs = [str(tree.children[1]) for tree in (claim, other) if tree.data == "chain"]
    return len(signs) == 2 and signs[0] == signs[1] and signs[0] not in {"=", r"\approx", r"\ne"}


def _loosened(claim: Tree) -> Tree:
    parts = [_loosened(part) if isinstance(part, Tree) else part for part in claim.children]
    if claim.data == "chain":
        parts = [part if isinstance(part, Tree) else STRICT.get(str(part), part) for part in parts]
    return Tree(claim.data, parts)
