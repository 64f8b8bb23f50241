"""Which formulas of ``utils`` the ties and the holds see: found by running them, not listed.

A formula is seen if it is called, and if what it returns is compared: when it answers otherwise,
someone objects.
"""

from __future__ import annotations

import copy
import cProfile
import dataclasses
import importlib
import inspect
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from importlib.util import find_spec
from pathlib import Path
from types import CodeType, FrameType, FunctionType, ModuleType
from typing import Any

import numpy as np

import utils
from contract.tie import Tie, equation_of, objection, printed_ties

#: The modules of ``utils`` whose functions are no formulas of the book: what they do instead.
PLUMBING = {
    "__init__": "says which version it is",
    "checks": "refuses wrong input",
    "cover": "draws",
    "data": "loads examples, or makes them up, and scales them",
    "diagrams": "draws",
    "exercises": "asks, and knows the answers",
    "explore": "draws, and records what is drawn",
    "figures": "draws",
    "judging": "judges what a student answers",
    "notation": "reads the formulas that all others are held against",
    "recorded": "keeps as text what answers come to",
    "sequences": "makes up sequences",
}


# ── What there is ────────────────────────────────────────────────────────────────────────────────


def formulas() -> dict[str, FunctionType]:
    """Return every public function of ``utils`` that is not plumbing, by its full name."""
    private = re.compile(r"\._(?!_)")
    return {name: found for name, found in functions().items() if not private.search(name)}


def functions() -> dict[str, FunctionType]:
    """Return every function of ``utils`` but plumbing: in sub-packages, classes, tables too."""
    found: dict[FunctionType, str] = {}
    for folder in map(Path, utils.__path__):
        for path in sorted(folder.rglob("*.py")):
            place = path.relative_to(folder).with_suffix("").parts
            if place[0] not in PLUMBING:
                name = ".".join(["utils", *place]).removesuffix(".__init__")
                module = importlib.import_module(name)
                for own, function in _within(vars(module), module):
                    found.setdefault(function, f"{name}.{own}")
    return {name: function for function, name in found.items()}


def _within(names: Mapping[Any, Any], module: ModuleType) -> Iterator[tuple[str, FunctionType]]:
    """Return what is defined in a module's file, of the values in a table of names."""
    for name, value in names.items():
        for own in (value.fget, value.fset) if isinstance(value, property) else [value]:
            own = getattr(own, "__func__", getattr(own, "func", own))  # a class's; a partial's
            function = inspect.unwrap(own) if callable(own) else own
            if isinstance(function, FunctionType):
                if function.__code__.co_filename == module.__file__ and name not in MAKING:
                    yield str(name), function
            elif isinstance(own, dict | list | tuple) and not str(name).startswith("__"):
                entries = own if isinstance(own, dict) else dict(enumerate(own))
                yield from ((f"{name}.{key}", it) for key, it in _within(entries, module))
            elif getattr(own, "__module__", None) == module.__name__:  # a class, or one of its kind
                inside = _within(getattr(own, "__dict__", {}), module)
                yield from ((f"{name}.{key}", it) for key, it in inside)


#: What makes and shows an object, and computes nothing that a tie could compare.
MAKING = {"__init__", "__post_init__", "__repr__"}


# ── Who sees it ──────────────────────────────────────────────────────────────────────────────────

#: Computes with the library; says whether it has found something wrong.
Witness = Callable[[], bool]


@cache
def witnesses() -> dict[str, Witness]:
    """Return every tie, with one drawing, and every hold of a layer."""
    ties = {tie.name: partial(_objects, tie) for tie in printed_ties()}
    if not find_spec("contract.layers"):
        return ties
    layers = importlib.import_module("contract.layers")
    return ties | {
        f"{factory.__name__} {number}": partial(_fails, layers, factory, *case)
        for factory, cases in layers.HELD.items()
        for number, case in enumerate(cases)
    }


def _objects(tie: Tie) -> bool:
    try:
        return any(objection(equation_of(tie), case) for case in tie.cases(tie.draw(0)))
    except Exception:  # a tie may end in any way when what it is about is wrong
        return True


def _fails(layers: ModuleType, factory: Callable, made_with: tuple, shape: tuple) -> bool:
    try:
        layers.hold(factory(*made_with), layers.drawn(shape, np.random.default_rng(1)))
    except Exception:
        return True
    return False


def unseen(found: Mapping[str, FunctionType], seen_by: Iterable[Witness]) -> Iterator[str]:
    """Say of each function that no witness calls it, or that none compares what it returns."""
    callers = _callers(tuple(seen_by))
    for name, function in found.items():
        calling = callers.get(function.__code__, [])
        if not calling:
            yield f"{name} is called by no tie and no hold"
        elif not _is_random(function):
            with spoiled(function):
                if not any(witness() for witness in calling):
                    yield f"{name} may return what it likes: no tie and no hold compares it"


@cache
def _callers(runs: tuple[Callable[[], object], ...]) -> dict[CodeType, list]:
    """Return, for the code of every function that these call, which of them call it."""
    callers: dict[CodeType, list] = {}
    for run in runs:
        profile = cProfile.Profile(builtins=False)
        profile.runcall(run)
        for code in {entry.code for entry in profile.getstats()}:
            callers.setdefault(code, []).append(run)
    return callers


def _is_random(function: FunctionType) -> bool:
    """Whether a function draws its answer, so that any answer is as good."""
    return "rng" in inspect.signature(function).parameters


# ── Wrong answers ────────────────────────────────────────────────────────────────────────────────

_INSTEAD: list[Callable] = []


def _answer(*args: Any, **kwargs: Any) -> Any:
    from contract.reach import _INSTEAD

    return _INSTEAD[0](*args, **kwargs)


@contextmanager
def spoiled(function: FunctionType) -> Iterator[None]:
    """Let a function answer a little wrong, whoever calls it and whatever it is called by."""
    code = function.__code__
    right = FunctionType(code, function.__globals__, code.co_name, None, function.__closure__)
    right.__defaults__, right.__kwdefaults__ = function.__defaults__, function.__kwdefaults__
    _INSTEAD[:] = [lambda *args, **kwargs: wrong(right(*args, **kwargs))]
    function.__code__ = _answer.__code__.replace(co_freevars=code.co_freevars)
    try:
        with np.errstate(all="ignore"):
            yield
    finally:
        function.__code__ = code


def wrong(answer: Any) -> Any:
    """Return another answer of the same kind: every number in it is another one."""
    match answer:
        case bool() | np.bool_():
            return not answer
        case int() | np.integer():
            return answer + 1
        case np.ndarray() if answer.dtype == bool:
            return ~answer
        case np.ndarray() if answer.dtype.kind in "iu":
            return answer + 1
        case list() | tuple():
            parts = map(wrong, answer)
            return type(answer)(*parts) if hasattr(answer, "_fields") else type(answer)(parts)
        case dict():
            return {key: wrong(value) for key, value in answer.items()}
        case Iterator():
            return map(wrong, answer)
        case _ if dataclasses.is_dataclass(answer):
            fields = {f.name: wrong(getattr(answer, f.name)) for f in dataclasses.fields(answer)}
            return dataclasses.replace(answer, **fields)
        case _ if callable(answer):
            return lambda *args, **kwargs: wrong(answer(*args, **kwargs))
        case str() | None:
            return answer
    return 1.01 * answer + 0.02  # another one, also of −1


# ── For mutants ──────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Reached:
    """A function of ``utils``, public or not, and the ties that call it."""

    name: str
    function: FunctionType
    ties: tuple[Tie, ...]


@cache
def functions_reached() -> tuple[Reached, ...]:
    """Run every tie once and note the functions of ``utils`` that it calls.

    A function made by another is part of that one.
    """
    runs = {partial(_objects, tie): tie for tie in printed_ties()}
    callers = _callers(tuple(runs))
    return tuple(
        Reached(name, function, tuple(runs[run] for run in callers[function.__code__]))
        for name, function in sorted(functions().items())
        if function.__code__ in callers and not function.__closure__
    )


@cache
def arguments_seen(reached: Reached, most: int = 3) -> list[dict[str, Any]]:
    """Return arguments, of different shapes, with which the ties call a function."""
    code, seen = reached.function.__code__, {}

    def note(frame: FrameType) -> None:
        if frame.f_code is code:
            names = code.co_varnames[: code.co_argcount]
            arguments = {name: frame.f_locals[name] for name in names}
            shapes = str([_shape(value) for value in arguments.values()])
            seen.setdefault(shapes, copy.copy(arguments))

    for tie in reached.ties:
        with _watching(note):
            _objects(tie)
    return list(seen.values())[:most]


def _shape(value: Any) -> Any:
    if isinstance(value, (list, tuple)):  # such as the parameters of a network, layer by layer
        return [_shape(one) for one in value]
    return "function" if callable(value) else np.shape(value)


@contextmanager
def _watching(note: Callable[[FrameType], None]) -> Iterator[None]:
    """Call ``note`` with the frame of every function that is called."""
    before = sys.getprofile()
    sys.setprofile(lambda frame, event, _: note(frame) if event == "call" else None)
    try:
        yield
    finally:
        sys.setprofile(before)
