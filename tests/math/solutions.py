"""The functions that the book prints as solutions of its exercises, read from the notebooks."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from types import FunctionType

from contract.mutants import Miscode, miscodes_of
from manuscript import Page, notebooks


@dataclass(frozen=True)
class Solution:
    """A function that answers an exercise, and the names that its chapter has for it."""

    exercise: str
    tree: ast.FunctionDef
    names: dict[str, object]

    @property
    def function(self) -> FunctionType:
        """The function itself."""
        return self._with(Miscode("", "", self.tree))

    def wrong(self) -> list[tuple[Miscode, FunctionType]]:
        """Return every function that one small error makes of it."""
        found = {ast.unparse(e.tree): e for e in (*miscodes_of(self.tree), *_slips(self.tree))}
        return [(e, self._with(e)) for text, e in found.items() if text != ast.unparse(self.tree)]

    def _with(self, error: Miscode) -> FunctionType:
        return FunctionType(error.code(), dict(self.names))


@cache
def solutions() -> dict[str, Solution]:
    """Return the solutions in code of all chapters, by the names of their exercises."""
    return {solution.exercise: solution for page in notebooks() for solution in _of_chapter(page)}


def _of_chapter(page: Page) -> Iterator[Solution]:
    trees = [ast.parse(cell.node.source) for cell in page.of_kind("code")]
    defined: dict[str, ast.FunctionDef] = {}
    found: dict[str, ast.FunctionDef] = {}
    imports = []
    for tree in trees:
        for node in tree.body:
            match node:
                case ast.Import() | ast.ImportFrom():
                    imports.append(node)
                case ast.FunctionDef(name):
                    defined[name] = node
                case ast.Expr(
                    ast.Call(ast.Name("check"), [ast.Constant(exercise), ast.Name(answer)])
                ) if answer in defined:
                    found[exercise] = defined[answer]  # the stub first, then the solution
    for exercise, tree in found.items():
        read = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
        own = [defined[name] for name in sorted(read & defined.keys()) if name != tree.name]
        names: dict[str, object] = {}
        exec(compile(ast.Module([*imports, *own], []), page.name, "exec"), names)
        yield Solution(exercise, tree, names)


def _slips(original: ast.FunctionDef) -> Iterator[Miscode]:
    """Yield the errors of a programmer: another name, what is left out, the wrong order."""
    names = sorted(
        {n.id for n in _names(original, ast.Store)} | {a.arg for a in _arguments(original)}
    )
    for place, node in enumerate(_names(original, ast.Load)):
        if node.id in names:
            tree = copy.deepcopy(original)
            name = names[(names.index(node.id) + 1) % len(names)]
            _names(tree, ast.Load)[place].id = name
            yield Miscode("another name", f"{node.id} → {name}", tree)
    for place, call in enumerate(_calls(original)):
        for number, keyword in enumerate(call.keywords):
            tree = copy.deepcopy(original)
            del _calls(tree)[place].keywords[number]
            yield Miscode("keyword dropped", ast.unparse(keyword), tree)
    for place, body in enumerate(_bodies(original)):
        for number, (first, second) in enumerate(pairwise(body)):
            tree = copy.deepcopy(original)
            del _bodies(tree)[place][number]
            yield Miscode("left out", ast.unparse(first), tree)
            tree = copy.deepcopy(original)
            there = _bodies(tree)[place]
            there[number], there[number + 1] = there[number + 1], there[number]
            yield Miscode("wrong order", ast.unparse(second), tree)
    yield from _one_after_another(original)


def _one_after_another(original: ast.FunctionDef) -> Iterator[Miscode]:
    """Compute what is returned together one after another, each from what was just computed."""
    *before, last = original.body
    given = {a.arg for a in _arguments(original)}
    match last:
        case ast.Return(ast.Tuple(parts)):
            known = {s.targets[0].id: s.value for s in before if _is_simple(s)}
            parts = [_Inline(known).visit(copy.deepcopy(part)) for part in parts]
            for number, part in enumerate(parts[:-1]):
                new = next((n.id for n in ast.walk(_first(part)) if isinstance(n, ast.Name)), "")
                if new in given:
                    tree = copy.deepcopy(original)
                    step = ast.Assign([ast.Name(new, ast.Store())], copy.deepcopy(part))
                    kept = [*parts[:number], ast.Name(new, ast.Load()), *parts[number + 1 :]]
                    tree.body = [step, ast.Return(ast.Tuple(kept, ast.Load()))]
                    ast.fix_missing_locations(tree)
                    yield Miscode("one after another", ast.unparse(tree), tree)


class _Inline(ast.NodeTransformer):
    def __init__(self, known: dict[str, ast.expr]):
        self.known = known

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return copy.deepcopy(self.known.get(node.id, node))


def _is_simple(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name)


def _first(node: ast.expr) -> ast.expr:
    return _first(node.left) if isinstance(node, ast.BinOp) else node


def _names(tree: ast.AST, use: type) -> list[ast.Name]:
    return [n for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, use)]


def _arguments(tree: ast.AST) -> list[ast.arg]:
    return [n for n in ast.walk(tree) if isinstance(n, ast.arg)]


def _calls(tree: ast.AST) -> list[ast.Call]:
    return [n for n in ast.walk(tree) if isinstance(n, ast.Call)]


def _bodies(tree: ast.AST) -> list[list[ast.stmt]]:
    return [n.body for n in ast.walk(tree) if isinstance(getattr(n, "body", None), list)]
