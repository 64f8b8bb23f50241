"""Handles: what the figure draws can be taken in hand, and leads its controls along.

A handle is one point that the figure draws: of a line or of a scatter.  Where it is at a stop, its
artist tells; no ``update`` speaks of it.  The pointer then goes to the stop at which the handle is
nearest.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.path import Path

from .controls import Control
from .painter import Painter, Place, describe

Stops = tuple[int, ...]  # of each control, the index of one


@dataclass(frozen=True)
class Handle:
    """A point of an artist, by its number, and the names of the controls that it moves.

    Without a number it is the only point, or the middle of the stretch of a line that is in view.
    """

    artist: Line2D | PathCollection
    point: int | None
    controls: tuple[str, ...]

    def place(self) -> Place | None:
        """Return where it is drawn, in points from the picture's upper left; None if nowhere."""
        points = self._points()
        inside = self.artist.axes.bbox.padded(0.5)
        if self.point is not None:
            points = points[self.point :][:1] if -len(points) <= self.point < len(points) else []
        elif len(points) > 2:
            raise ValueError(
                f"handles: expected ({self}, number), which says what is taken in hand of its "
                f"{len(points)} points, got only the {type(self.artist).__name__}"
            )
        elif len(points) == 2:
            cut = Path(points).iter_segments(clip=inside.extents, simplify=False)
            points = [end for end, _ in cut]
        if not len(points) or not self.artist.get_visible():
            return None
        x, y = np.mean(points, axis=0)
        figure = self.artist.get_figure(root=True).bbox
        if not (inside if self.artist.get_clip_on() else figure).contains(x, y):
            return None
        return round(float(x), 1), round(float(figure.height - y), 1)

    def __str__(self) -> str:
        return describe(self.artist)

    def _points(self) -> np.ndarray:
        if isinstance(self.artist, Line2D):
            return self.artist.get_transform().transform(self.artist.get_xydata())
        offsets = np.ma.filled(np.ma.asarray(self.artist.get_offsets(), dtype=float), np.nan)
        return self.artist.get_offset_transform().transform(offsets)


def handles_of(
    handles: Mapping[Any, str | Sequence[str]], figure: Figure, controls: Mapping[str, Control]
) -> tuple[Handle, ...]:
    """Return the handles, or raise ValueError: what was expected of one, and what came."""
    found = []
    for key, moved in handles.items():
        artist, point = key if isinstance(key, tuple) and len(key) == 2 else (key, None)
        names = (moved,) if isinstance(moved, str) else tuple(moved)
        if not isinstance(artist, Line2D | PathCollection) or not isinstance(point, int | None):
            raise ValueError(
                f"handles: expected a line, a scatter, or one of them with the number of its "
                f"point, got {key!r}"
            )
        if artist.axes is None or artist.get_figure(root=True) is not figure:
            raise ValueError(
                f"handles: expected an artist of the figure, got {describe(artist)}, which is not"
            )
        if not 1 <= len(names) <= 2 or set(names) - set(controls) or len(set(names)) < len(names):
            raise ValueError(
                f"handles: expected {describe(artist)} to move one or two of the controls "
                f"{', '.join(controls)}, got {moved!r}"
            )
        found.append(Handle(artist, point, names))
    return tuple(found)


def check_movement(painter: Painter, controls: Mapping[str, Control]) -> None:
    """Raise ValueError where a handle stays with one of its controls, from the start on."""
    start = {name: control.stops[control.start] for name, control in controls.items()}
    for index, handle in enumerate(painter.handles):
        for name in handle.controls:
            seen = {None}
            for value in controls[name].stops:
                seen.add(painter.places({**start, name: value})[index])
                if len(seen) > 2:
                    break
            else:
                raise ValueError(
                    f"handles: expected {handle} to move with {name}, got the same place at each "
                    "of its stops"
                )


def table_of(
    handle: Handle, controls: Mapping[str, Control], places: Sequence[Place | None]
) -> dict[str, list]:
    """Return where a handle is at every stop, the last control turning fastest, as a page needs it.

    At the stops ``i`` it is at ``at[Σ i · strides]``; it ``moves`` the controls with these numbers.
    A control that changes nothing about it has the stride 0.
    """
    rows = np.array([place or (math.nan, math.nan) for place in places])
    grid = rows.reshape(*(len(control.stops) for control in controls.values()), 2)
    for axis, name in enumerate(controls):
        first = grid.take([0], axis)
        same = np.array_equal(grid, np.broadcast_to(first, grid.shape), equal_nan=True)
        if same and name not in handle.controls:
            grid = first
    sizes = grid.shape[:-1]
    return {
        "moves": [list(controls).index(name) for name in handle.controls],
        "strides": [math.prod(sizes[i + 1 :]) * (size > 1) for i, size in enumerate(sizes)],
        "at": [None if math.isnan(x) else [x, y] for x, y in grid.reshape(-1, 2).tolist()],
    }


def reached(
    place_at: Callable[[Stops], Place | None],
    stops: Stops,
    marks: Mapping[int, Sequence[int]],
    target: Place,
) -> Stops:
    """Return the stops at which a handle is nearest to *target*, for a kernel.

    Only running tells where the handle is, and there are thousands of stops.  So the *marks*, a
    page's own stops of the controls with these numbers, are tried first, and the finer ones then
    around the best, in steps that halve.  *stops* is where the controls stand: of stops equally
    near it is that with the shortest way.
    """

    def far(candidate: Stops) -> float:
        place = place_at(candidate)
        way = sum(abs(a - b) for a, b in zip(candidate, stops, strict=True))
        return math.inf if place is None else math.dist(place, target) ** 2 + 1e-6 * way

    def with_moved(choices: Mapping[int, Sequence[int]]) -> list[Stops]:
        every = [choices.get(i, [stop]) for i, stop in enumerate(stops)]
        return list(itertools.product(*every))

    best = min([stops, *with_moved(marks)], key=far)
    step = max(b - a for row in marks.values() for a, b in pairwise(row)) // 2
    while step:
        around = {
            i: [min(max(best[i] + way, row[0]), row[-1]) for way in (-step, 0, step)]
            for i, row in marks.items()
        }
        best = min([best, *with_moved(around)], key=far)
        step //= 2
    return best
