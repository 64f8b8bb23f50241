"""Which functions of ``utils`` the ties compute with: found by running them, not listed."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from types import CodeType, FrameType, FunctionType

from contract.equations import ROOT
from contract.tie import TIES, Tie

UTILS = ROOT / "utils"


@dataclass(frozen=True)
class Reached:
    """A function of a module of ``utils``, and the ties that call it."""

    module: str
    name: str
    ties: tuple[int, ...]

    @property
    def function(self) -> FunctionType:
        return getattr(sys.modules[self.module], self.name)


@cache
def functions_reached() -> tuple[Reached, ...]:
    """Run every tie once and note the functions of ``utils`` that it calls."""
    calls: dict[tuple[str, str], set[int]] = {}
    for i, tie in enumerate(TIES):
        for code in _called(lambda tie=tie: _run(tie)):
            calls.setdefault((f"utils.{_stem(code)}", code.co_name), set()).add(i)
    return tuple(
        Reached(module, name, tuple(sorted(ties)))
        for (module, name), ties in sorted(calls.items())
        if isinstance(getattr(sys.modules[module], name, None), FunctionType)
    )


def _run(tie: Tie) -> None:
    for _ in tie.cases(tie.draw(0)):
        pass


def _stem(code: CodeType) -> str:
    return code.co_filename.rpartition("/")[2].removesuffix(".py")


def _called(run: Callable[[], None]) -> set[CodeType]:
    found = set()
    with _watching(found):
        run()
    return found


@contextmanager
def _watching(found: set[CodeType]):
    """Note the code of every function called that stands in a file of ``utils`` itself."""
    inside: dict[CodeType, bool] = {}

    def watch(frame: FrameType, event: str, _) -> None:
        code = frame.f_code
        if event == "call" and code not in inside:
            inside[code] = code.co_filename.rpartition("/")[0] == str(UTILS)
            if inside[code]:
                found.add(code)

    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        yield
    finally:
        sys.setprofile(before)
