"""Which functions of ``utils`` the ties compute with: found by running them, not listed."""

from __future__ import annotations

import copy
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import CodeType, FrameType, FunctionType
from typing import Any

import numpy as np

from contract.equations import ROOT
from contract.tie import Tie, equation_of, objection, printed_ties

UTILS = ROOT / "utils"


@dataclass(frozen=True)
class Reached:
    """A function of a module of ``utils``, and the ties that call it."""

    module: str
    name: str
    ties: tuple[Tie, ...]

    @property
    def function(self) -> FunctionType:
        return getattr(sys.modules[self.module], self.name)


@cache
def functions_reached() -> tuple[Reached, ...]:
    """Run every tie once and note the functions of ``utils`` that it calls."""
    calls: dict[tuple[str, str], list[Tie]] = {}
    for tie in printed_ties():
        for code in _called(lambda tie=tie: _run(tie)):
            calls.setdefault((f"utils.{_stem(code)}", code.co_name), []).append(tie)
    return tuple(
        Reached(module, name, tuple(ties))
        for (module, name), ties in sorted(calls.items())
        if isinstance(getattr(sys.modules[module], name, None), FunctionType)
    )


def _run(tie: Tie) -> None:
    with suppress(Exception):  # whether the tie holds is a test of its own
        for case in tie.cases(tie.draw(0)):
            objection(equation_of(tie), case)


def _stem(code: CodeType) -> str:
    return Path(code.co_filename).stem


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
            _run(tie)
    return list(seen.values())[:most]


def _shape(value: Any) -> Any:
    if isinstance(value, (list, tuple)):  # such as the parameters of a network, layer by layer
        return [_shape(one) for one in value]
    return "function" if callable(value) else np.shape(value)


def _called(run: Callable[[], None]) -> set[CodeType]:
    found = set()
    with _watching(lambda frame: found.add(frame.f_code)):
        run()
    return {code for code in found if Path(code.co_filename).parent == UTILS}


@contextmanager
def _watching(note: Callable[[FrameType], None]) -> Iterator[None]:
    """Call ``note`` with the frame of every function that is called."""
    before = sys.getprofile()
    sys.setprofile(lambda frame, event, _: note(frame) if event == "call" else None)
    try:
        yield
    finally:
        sys.setprofile(before)
