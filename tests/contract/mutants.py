"""Small errors, one at a time, in a printed equation or in a function.

Both kinds are made from a syntax tree and spliced into the text, so that a mutant is what an author
might have written.
"""

from __future__ import annotations

import ast
import copy
import inspect
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from types import CodeType, FunctionType

from lark import Token, Tree

from utils.notation import NotationError, parse, syntax

# ── In print ─────────────────────────────────────────────────────────────────────────────────────

_INSTEAD = {
    "+": "-", "-": "+", "<": r"\le", ">": r"\ge", r"\le": r"\ge", r"\ge": r"\le",
    r"\sum": r"\prod", r"\prod": r"\sum", r"\max": r"\min", r"\min": r"\max",
    r"\ln": r"\exp", r"\log": r"\exp", r"\exp": r"\ln", r"\cos": r"\sin", r"\sin": r"\cos",
    r"\mathbb{E}": r"\operatorname{Var}", r"\operatorname{Var}": r"\mathbb{E}",
    r"\odot": " ", r"\cdot": "/",
}  # fmt: skip
_OTHER_RELATION = {"<": ">", ">": "<", r"\le": "<", r"\ge": ">"}

Edit = tuple[str, int, int, str]


@dataclass(frozen=True)
class Misprint:
    """An equation with one error: what was done, and what it reads now."""

    what: str
    latex: str


def misprints(latex: str) -> list[Misprint]:
    """Return every equation that one small error makes of this one, each once."""
    original, found = parse(latex), {}
    for what, start, end, text in _edits(syntax(latex), latex):
        wrong = f"{latex[:start]}{text}{latex[end:]}"
        try:
            tree = parse(wrong)
        except NotationError:
            continue  # no longer a formula: a reader would see that
        if tree != original:
            found.setdefault(tree, Misprint(what, wrong))
    return list(found.values())


def _edits(tree: Tree, latex: str) -> Iterator[Edit]:
    names = sorted({latex[slice(*_span(s))] for s in tree.find_data("symbol")})
    names = [name for name in names if name.isalpha() or name[1:].isalpha()]
    for node in tree.iter_subtrees_topdown():
        yield from _of_signs(node)
        yield from _of_rows(node, latex)
        yield from _of_wrappings(node, latex)
        if node.data == "symbol":
            start, end = _span(node)
            name = latex[start:end]
            if name in names and len(names) > 1:
                other = names[(names.index(name) + 1) % len(names)]
                yield "another name", start, end, f"{other} "


def _of_signs(node: Tree) -> Iterator[Edit]:
    """Flip a sign or a relation, change a constant, take the opposite function."""
    for token in node.children:
        if not isinstance(token, Token):
            continue
        start, end = token.start_pos, token.end_pos
        if token.type in ("NUMBER", "DIGIT"):
            whole, point, rest = token.partition(".")
            before, last = (whole + point, rest) if rest else ("", whole)
            for other in (int(last) + 1, max(int(last) - 1, 0)):
                yield "another constant", start, end, f"{{{before}{other:0{len(last)}}}}"
        sign = token.strip("& \n").replace(r"\leq", r"\le").replace(r"\geq", r"\ge")
        for table in (_INSTEAD, _OTHER_RELATION):
            if sign in table:
                yield "the opposite sign", start, end, f" {table[sign]} "


def _of_rows(node: Tree, latex: str) -> Iterator[Edit]:
    """Drop, swap or transpose what stands in a row: terms, factors, entries."""
    parts = [part for part in node.children if isinstance(part, Tree)]
    spans = [_span(part) for part in parts]
    if node.data in ("chain", "update", "group"):
        for (a, _), part in zip(spans, parts, strict=True):
            if part.data != "sum":
                yield "a sign added", a, a, "-"
    if node.data == "sum":
        yield from _of_terms(node, latex)
    elif node.data in ("product", "term"):
        start, end = _span(node)
        for (a, b), part in zip(spans, parts, strict=True):
            if part.data == "over":
                continue
            cut_from, cut_to = (a, _next(spans, a, end)) if a == start else (_last(spans, a), b)
            yield "a factor dropped", cut_from, cut_to, ""
            if part.data in ("symbol", "scripted", "group") and not latex[a:b].endswith(r"\top"):
                yield "a transpose added", a, b, rf"{{{latex[a:b]}}}^\top "
    if node.data in ("product", "term", "matrix", "row"):
        for (a, b), (c, d) in pairwise(spans):
            swapped = f"{latex[c:d]} {latex[b:c]} {latex[a:b]}"
            yield "neighbors swapped", a, d, swapped
    if node.data == "fraction":
        (a, b), (c, d) = spans
        yield "fraction inverted", a, d, f"{latex[c:d]}{latex[b:c]}{latex[a:b]}"
        yield "divisor dropped", c, d, "1"


def _of_terms(node: Tree, latex: str) -> Iterator[Edit]:
    children = node.children
    for i, part in enumerate(children):
        if not isinstance(part, Tree):
            continue
        a, b = _span(part)
        if i == 0:
            yield "a sign added", a, a, "-"
            yield "a term dropped", a, _span(children[1])[0], ""
        else:
            yield "a term dropped", _span(children[i - 1])[0], b, "0" if len(children) == 2 else ""
        if i >= 2:
            (c, d) = _span(children[i - 2])
            swapped = f"{latex[a:b]} {latex[d:a]} {latex[c:d]}"
            yield "terms swapped", c, b, swapped


def _of_wrappings(node: Tree, latex: str) -> Iterator[Edit]:
    """Take off, or change, what is written around or beside a thing."""
    start, end = _span(node)
    if node.data in ("below", "above", "prime"):
        yield f"what stands {node.data} dropped", start, end, " "
        yield from _of_scripts(node, latex)
    if node.data in ("absolute", "norm", "root", "ceiling", "floor", "accent"):
        inside = latex[slice(*_span(node.children[-1]))]
        yield f"no {node.data}", start, end, inside if node.data == "accent" else f"({inside})"
        if node.data == "ceiling":
            yield "rounded the other way", start, end, rf"\lfloor {inside} \rfloor "
    if node.data == "over":
        bounds = [child for child in node.children[2:3] if isinstance(child, Tree)]
        for bound in bounds:
            yield "one less in the sum", *_span(bound), f"{{{latex[slice(*_span(bound))]} - 1}}"


def _of_scripts(node: Tree, latex: str) -> Iterator[Edit]:
    """Change an index, a layer or an exponent; take a transpose from beside a layer."""
    start, end = _span(node)
    for part in node.children:
        if isinstance(part, Token):
            continue
        a, b = _span(part)
        if part.data == "group":  # a layer, in its brackets
            c, d = _span(part.children[1])
            yield "one more layer", c, d, f"{latex[c:d]} + 1"
            yield "no transpose", start, end, f"^{{{latex[a:b]}}}"
            yield "a transpose added", start, end, rf"^{{{latex[a:b]}\top}}"
        else:
            yield f"one more {node.data}", start, end, f"{latex[start]}{{{latex[a:b]} + 1}}"
        if node.data == "above":
            yield "exponent with the other sign", start, end, f"^{{-({latex[a:b]})}}"


def _span(part: Tree | Token) -> tuple[int, int]:
    place = part.meta if isinstance(part, Tree) else part
    return place.start_pos, place.end_pos


def _next(spans: list, start: int, end: int) -> int:
    return min((a for a, _ in spans if a > start), default=end)


def _last(spans: list, start: int) -> int:
    return max(b for _, b in spans if b <= start)


# ── In code ──────────────────────────────────────────────────────────────────────────────────────

_OTHER_OPERATOR = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult}
_OTHER_COMPARISON = {
    ast.Lt: (ast.LtE, ast.Gt), ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt), ast.GtE: (ast.Gt, ast.LtE),
}  # fmt: skip
_OTHER_FUNCTION = {
    "sum": "mean", "mean": "sum", "exp": "log", "log": "exp", "maximum": "minimum",
    "ceil": "floor", "norm": "sum",
}  # fmt: skip
_DROPPED_FUNCTION = {"abs", "square", "sqrt", "ceil", "exp", "log", "real", "imag"}


@dataclass(frozen=True)
class Miscode:
    """A function with one error: what was done, how the line reads now, and the code to run."""

    what: str
    line: str
    tree: ast.FunctionDef

    def code(self) -> CodeType:
        return code_of(self.tree)


def code_of(tree: ast.FunctionDef) -> CodeType:
    """Compile a function's tree to what can be put in the place of its ``__code__``."""
    compiled = compile(
        ast.unparse(ast.fix_missing_locations(tree)), f"<{tree.name}, changed>", "exec"
    )
    return next(code for code in compiled.co_consts if isinstance(code, CodeType))


@cache
def tree_of(function: FunctionType) -> ast.FunctionDef:
    """Return the syntax tree of a function; that of a lambda as if it were written with def."""
    if function.__name__ == "<lambda>":
        return _written_out(function.__code__)
    (tree,) = ast.parse(textwrap.dedent(inspect.getsource(function))).body
    return tree


def _written_out(code: CodeType) -> ast.FunctionDef:
    """Find a lambda in its file, where several may stand in one line."""
    module = ast.parse(Path(code.co_filename).read_text(encoding="utf-8"))
    places = [(start, end) for _, _, start, end in code.co_positions() if end]
    found = [
        node
        for node in ast.walk(module)
        if isinstance(node, ast.Lambda)
        and node.lineno == code.co_firstlineno
        and all(node.col_offset <= a and b <= node.end_col_offset for a, b in places)
    ]
    innermost = max(found, key=lambda node: node.col_offset)
    arguments, body = ast.unparse(innermost.args), ast.unparse(innermost.body)
    (tree,) = ast.parse(f"def written_out({arguments}):\n    return {body}").body
    return tree


def miscodes(function: FunctionType) -> list[Miscode]:
    """Return every function that one small error makes of this one.

    A guard is no formula: what refuses wrong input is left as it is, and tested elsewhere.
    """
    return miscodes_of(tree_of(function))


def miscodes_of(original: ast.FunctionDef) -> list[Miscode]:
    """Return them for a function's syntax tree."""
    found = {}
    for place in range(len(_formula_nodes(original))):
        for number in range(len(list(_wrong(_formula_nodes(original)[place])))):
            tree = copy.deepcopy(original)
            node = _formula_nodes(tree)[place]
            what, wrong = list(_wrong(node))[number]
            tree = _Replace(node, wrong).visit(tree)
            text = ast.unparse(tree)
            if text != ast.unparse(original):
                line = getattr(node, "lineno", 0) - 1
                found.setdefault(text, Miscode(what, f"line {line}: {ast.unparse(wrong)}", tree))
    return list(found.values())


def _formula_nodes(function: ast.FunctionDef) -> list[ast.expr]:
    """Return the expressions of a function that compute something, guards apart."""
    return [node for node in ast.walk(unguarded(function)) if isinstance(node, ast.expr)]


def unguarded(function: ast.FunctionDef) -> ast.FunctionDef:
    """Return the function without what it only does to refuse wrong input.

    The expressions are those of the function itself, not copies.
    """
    body, before = [part for s in function.body for part in _computing(s)], []
    while list(map(ast.dump, body)) != before:
        before = list(map(ast.dump, body))
        read = {n.id for s in body for n in ast.walk(s) if _is_read(n)}
        body = [part for s in body for part in _needed(s, read)]
    bare = ast.arguments([], [], None, [], [], None, [])
    return ast.FunctionDef(function.name, bare, body or [ast.Pass()], [])


def _needed(statement: ast.stmt, read: set[str]) -> Iterator[ast.stmt]:
    """Leave out what sets a name that nobody reads, and what has nothing else inside."""
    match statement:
        case ast.Pass():
            return
        case ast.Assign() if not _targets(statement) & read:
            return
        case ast.If(test, body, orelse):
            inner, other = (
                [part for s in side for part in _needed(s, read)] for side in (body, orelse)
            )
            if inner or other:
                yield ast.If(test, inner or [ast.Pass()], other)
        case ast.For(target, iterator, body):
            if inner := [part for s in body for part in _needed(s, read)]:
                yield ast.For(target, iterator, inner, [])
        case _:
            yield statement


def _is_read(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)


def _targets(statement: ast.Assign) -> set[str]:
    return {n.id for t in statement.targets for n in ast.walk(t) if isinstance(n, ast.Name)}


def _computing(statement: ast.stmt) -> Iterator[ast.stmt]:
    match statement:
        case ast.Raise() | ast.Expr(value=ast.Constant()):
            return
        case ast.Expr(value=ast.Call(func=ast.Name())):  # expect(…), called for its refusal
            return
        case ast.If(body=[ast.Raise()], orelse=[]):
            return
        case ast.If(test, body, orelse):
            inner = [part for s in body for part in _computing(s)]
            other = [part for s in orelse for part in _computing(s)]
            yield ast.If(test, inner, other)
        case ast.For(target, iterator, body):
            yield ast.For(target, iterator, [part for s in body for part in _computing(s)], [])
        case _:
            yield statement


class _Replace(ast.NodeTransformer):
    def __init__(self, old: ast.expr, new: ast.expr):
        self.old, self.new = old, new

    def visit(self, node: ast.AST) -> ast.AST:
        return self.new if node is self.old else super().generic_visit(node)


def _in_a_row(node: ast.expr) -> bool:
    """Whether + puts this in a row, where the order counts; of numbers and arrays it does not."""
    return isinstance(node, ast.List | ast.Tuple | ast.JoinedStr)


def _wrong(node: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """Return what might stand in the place of an expression by mistake."""
    match node:
        case ast.BinOp(left, op, right):
            if type(op) in _OTHER_OPERATOR:
                other = _OTHER_OPERATOR[type(op)]()
                yield "another operator", ast.BinOp(left, other, right)
            if not isinstance(op, ast.Add | ast.Mult) or _in_a_row(left) or _in_a_row(right):
                yield "operands swapped", ast.BinOp(right, op, left)
            yield "right side dropped", left
            yield "left side dropped", right
            if isinstance(op, ast.MatMult):
                for a, b in ((_transposed(left), right), (left, _transposed(right))):
                    yield "a transpose", ast.BinOp(a, op, b)
        case ast.UnaryOp(ast.USub(), operand):
            yield "sign dropped", operand
        case ast.Constant(value) if isinstance(value, (int, float)) and not isinstance(value, bool):
            yield "one more", ast.Constant(value + 1)
            yield "one less", ast.Constant(value - 1)
            yield "twice", ast.Constant(value * 2)
        case ast.Compare(left, [op], [right]):
            for other in _OTHER_COMPARISON.get(type(op), ()):
                yield "another comparison", ast.Compare(left, [other()], [right])
        case ast.Compare(left, [first, second], rights):
            for other in _OTHER_COMPARISON.get(type(first), ()):
                yield "another comparison", ast.Compare(left, [other(), second], rights)
            for other in _OTHER_COMPARISON.get(type(second), ()):
                yield "another comparison", ast.Compare(left, [first, other()], rights)
        case ast.Call(func, arguments, keywords):
            name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
            if name in _OTHER_FUNCTION and isinstance(func, ast.Attribute):
                other = ast.Attribute(func.value, _OTHER_FUNCTION[name], ast.Load())
                yield "another function", ast.Call(other, arguments, keywords)
            if name in _DROPPED_FUNCTION and len(arguments) == 1:
                yield "function dropped", arguments[0]
            for i in range(len(arguments) - 1):
                swapped = [*arguments[:i], arguments[i + 1], arguments[i], *arguments[i + 2 :]]
                yield "arguments swapped", ast.Call(func, swapped, keywords)
        case ast.JoinedStr(parts):
            places = [i for i, part in enumerate(parts) if isinstance(part, ast.FormattedValue)]
            for i, j in pairwise(places):
                swapped = list(parts)
                swapped[i] = ast.FormattedValue(parts[j].value, -1, parts[i].format_spec)
                yield "another variable in the sentence", ast.JoinedStr(swapped)
        case ast.Attribute(value, "T"):
            yield "transpose dropped", value
        case ast.Tuple(elements, ast.Load()) | ast.List(elements, ast.Load()):
            for i in range(len(elements) - 1):
                swapped = [*elements[:i], elements[i + 1], elements[i], *elements[i + 2 :]]
                yield "entries swapped", type(node)(swapped, ast.Load())


def _transposed(node: ast.expr) -> ast.expr:
    return node.value if isinstance(node, ast.Attribute) and node.attr == "T" else ast.Attribute(
        node, "T", ast.Load()
    )  # fmt: skip
