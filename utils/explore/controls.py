"""What the reader can turn: a row of stops, and a name for each.

A control is its stops.  The static page offers exactly these; a live notebook puts finer ones
between (:meth:`Control.fine`).  Stops are rounded to what is shown, so the number that the reader
sees is the number that ``update`` got.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import chain, pairwise
from typing import Any

import numpy as np

from .words import as_shown

_LIVE_STOPS = 200  # as finely as a hand can set a slider


@dataclass(frozen=True)
class Control:
    """One thing the reader can turn.

    ``stops`` are the values that ``update`` gets, ``words`` what each is called, ``start`` the
    index of the first one shown.  A ``kind`` is "range" (a slider) or "select" (a list); a control
    with ``seconds`` has a Play button that takes this long from end to end.
    """

    stops: tuple[Any, ...]
    words: tuple[str, ...]
    start: int
    label: str | None = None
    kind: str = "range"
    continuous: bool = False
    seconds: float | None = None

    def fine(self) -> Control:
        """Return the same control for a reader with a kernel: every stop, and more between them.

        Between two stops come the multiples of 1, 2 or 5 units of some decimal place.
        """
        if not self.continuous:
            return self
        between = _LIVE_STOPS / (len(self.stops) - 1)
        finer = (_round_numbers(a, b, (b - a) / between) for a, b in pairwise(self.stops))
        stops = tuple(sorted({*self.stops, *chain.from_iterable(finer)}))
        start = stops.index(self.stops[self.start])
        return replace(self, stops=stops, words=tuple(map(as_shown, stops)), start=start)


def slider(
    lo: float, hi: float, *, stops: int = 31, start: float | None = None, label: str | None = None
) -> Control:
    """Return a slider with evenly spaced stops from *lo* to *hi*.

    *start* (*lo* if not given) is a stop as well: it takes the place of the nearest one between
    the ends.
    """
    lo, hi, stops = _range("slider", lo, hi, stops)
    values = (lo, *_rounded(np.linspace(lo, hi, stops)[1:-1], (hi - lo) / (stops - 1)), hi)
    return _slider("slider", values, start, label, continuous=True)


def log_slider(
    lo: float, hi: float, *, stops: int = 31, start: float | None = None, label: str | None = None
) -> Control:
    """Return a :func:`slider` whose stops grow by a constant factor, rounded to three digits."""
    lo, hi, stops = _range("log_slider", lo, hi, stops)
    if lo <= 0:
        raise ValueError(f"log_slider: expected 0 < lo, got lo={lo:g}")
    inner = np.geomspace(lo, hi, stops)[1:-1]
    values = (lo, *(float(f"{value:.3g}") for value in inner), hi)
    if any(a >= b for a, b in pairwise(values)):
        raise ValueError(
            f"log_slider: {stops} stops from {lo:g} to {hi:g} differ in no digit shown"
        )
    return _slider("log_slider", values, start, label, continuous=True)


def int_slider(
    lo: int, hi: int, *, step: int = 1, start: int | None = None, label: str | None = None
) -> Control:
    """Return a slider over the whole numbers from *lo* to *hi*, both included."""
    values = _integers("int_slider", lo, hi, step)
    return _slider("int_slider", values, start, label)


def play(
    lo: int,
    hi: int,
    *,
    step: int = 1,
    start: int | None = None,
    label: str | None = None,
    seconds: float = 6.0,
) -> Control:
    """Return a time axis: an :func:`int_slider` with a Play button, *seconds* from end to end."""
    values = _integers("play", lo, hi, step)
    if not 0 < seconds < math.inf:
        raise ValueError(f"play: expected seconds > 0, got seconds={seconds!r}")
    control = _slider("play", values, start, label)
    return replace(control, seconds=float(seconds))


def choice(
    options: Iterable[str] | Mapping[str, Any],
    *,
    start: str | None = None,
    label: str | None = None,
) -> Control:
    """Return a list to choose from: names, or a mapping from name to the value for ``update``."""
    if isinstance(options, str):
        raise ValueError(f"choice: expected several options, got the one string {options!r}")
    table = dict(options) if isinstance(options, Mapping) else {name: name for name in options}
    if len(table) < 2:
        raise ValueError(f"choice: expected two options or more, got {len(table)}")
    for name, value in table.items():
        if not isinstance(name, str) or not name.strip():
            raise ValueError(f"choice: expected names as options, got {name!r}")
        if not isinstance(value, Hashable):
            raise ValueError(f"choice: expected values that cannot change, got {value!r}")
    words = tuple(table)
    if start is not None and start not in words:
        raise ValueError(f"choice: start={start!r} is none of {', '.join(map(repr, words))}")
    first = 0 if start is None else words.index(start)
    return Control(tuple(table.values()), words, first, label, kind="select")


def _slider(
    maker: str,
    stops: tuple[Any, ...],
    start: float | None,
    label: str | None,
    continuous: bool = False,
) -> Control:
    start = stops[0] if start is None else start
    if not stops[0] <= start <= stops[-1]:
        raise ValueError(
            f"{maker}: expected start between {stops[0]:g} and {stops[-1]:g}, got start={start!r}"
        )
    if start not in stops:
        if not continuous:
            raise ValueError(f"{maker}: start={start!r} is not one of its numbers")
        stops = _through(start, stops)
    words = tuple(map(as_shown, stops))
    return Control(stops, words, stops.index(start), label, continuous=continuous)


def _through(start: float, stops: tuple[float, ...]) -> tuple[float, ...]:
    """Return the stops with *start* among them, in place of the nearest one but for the ends."""
    inner = stops[1:-1]
    nearest = min(stops, key=lambda value: abs(value - start))
    return (stops[0], *sorted({*inner, float(start)} - {nearest}), stops[-1])


def _range(maker: str, lo: float, hi: float, stops: int) -> tuple[float, float, int]:
    if not (math.isfinite(lo) and math.isfinite(hi) and lo < hi):
        raise ValueError(f"{maker}: expected finite lo < hi, got lo={lo!r}, hi={hi!r}")
    if not isinstance(stops, int) or stops < 2:
        raise ValueError(f"{maker}: expected two stops or more, got stops={stops!r}")
    return float(lo), float(hi), stops


def _integers(maker: str, lo: int, hi: int, step: int) -> tuple[int, ...]:
    if not all(isinstance(number, int) for number in (lo, hi, step)):
        raise ValueError(
            f"{maker}: expected whole numbers, got lo={lo!r}, hi={hi!r}, step={step!r}"
        )
    if step < 1 or lo + step > hi:
        raise ValueError(f"{maker}: expected lo < hi and a step between, got {lo}, {hi}, {step}")
    return tuple(range(lo, hi + 1, step))


def _round_numbers(lo: float, hi: float, step: float) -> list[float]:
    """Return the multiples between *lo* and *hi* of the round step nearest to *step* by ratio."""
    place = math.floor(math.log10(step))
    units = (1, 2, 5, 10)
    step = min((unit * 10.0**place for unit in units), key=lambda unit: abs(math.log(unit / step)))
    marks = np.arange(math.ceil(lo / step), math.floor(hi / step) + 1)
    return [value for value in _rounded(marks * step, step) if lo < value < hi]


def _rounded(values: np.ndarray, step: float) -> tuple[float, ...]:
    """Round to two digits below the step: 0.30000000000000004 becomes 0.3, and 1/3 0.333."""
    digits = 2 - math.floor(math.log10(step))
    return tuple(round(float(value), digits) + 0.0 for value in values)
