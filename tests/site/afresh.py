"""Explorables computed afresh: a notebook's own code, run here, answers what a page should show."""

from __future__ import annotations

import contextlib
import io
import linecache
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from unittest.mock import patch

import manuscript
import matplotlib as mpl
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import Collection, PathCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.path import Path as Outline
from scipy.spatial import KDTree

from utils.explore import painter_of, with_names_of_now
from utils.explore.controls import Control
from utils.explore.lines import Line
from utils.explore.painter import Painter, Shown, parts_of

#: Cells that print what takes long to train or to derive, and make no name that a figure reads.
#: They are left out here; nbval runs them, and compares what they print.
PRINTED = {
    "activation-functions": {"training-table", "property-table-2", "property-table-3"},
    "adversaries": {"0e90fd84"},
    "any-function": {"learned-table"},
    "attention": {"induction-shares"},
    "choosing-a-network": {"symmetry-measured"},
    "long-short-term-memory": {"3e81f114"},
    "normalization-and-residuals": {"results"},
    "pooling": {"learn-code"},
    "recurrence": {"34815f87"},
    "transformer-block": {"compared", "below-the-floor"},
}


@dataclass(frozen=True)
class Fresh:
    """An explorable as its notebook made it: ask it what a stop shows."""

    figure: Figure
    update: Callable[..., Shown]
    controls: Mapping[str, Control]
    painter: Painter
    _parts: dict[tuple, tuple[str, Line | None]] = field(default_factory=dict)

    def at(self, stops: Sequence[int]) -> str:
        """Draw what the notebook's ``update`` draws at these stops; return its caption."""
        return parts_of(self.update(**self.values(stops)))[0]

    def values(self, stops: Sequence[int]) -> dict[str, Any]:
        """Return what the controls say at these stops."""
        pairs = zip(self.controls.items(), stops, strict=True)
        return {name: control.stops[stop] for (name, control), stop in pairs}

    def says(self, **values: Any) -> str:
        """Return the caption at these values."""
        return self._told(values)[0]

    def line(self, **values: Any) -> Line | None:
        """Return the line under the figure at these values, if it has one there."""
        return self._told(values)[1]

    def _told(self, values: Mapping[str, Any]) -> tuple[str, Line | None]:
        """Ask ``update`` once for what it says at these values: it says the same each time."""
        state = tuple(values[name] for name in self.controls)
        if state not in self._parts:
            self._parts[state] = parts_of(self.update(**values))
        return self._parts[state]

    def artists(self) -> list[Artist]:
        """Return what is drawn, in the order of the page's layers."""
        return self.painter.artists()


@cache
def explorables_of(page: str) -> dict[str, Fresh]:
    """Run the code of a page's notebook, and return the explorables it made."""
    caught: dict[str, Fresh] = {}

    def catch(
        figure: Figure, update: Callable[..., Shown], *, name: str, alt: str, **others: Any
    ) -> None:
        del alt
        controls = {key: other for key, other in others.items() if isinstance(other, Control)}
        others = {key: other for key, other in others.items() if key not in controls}
        update = with_names_of_now(update)
        painter = painter_of(figure, update, name, controls, **others)
        caught[name] = Fresh(figure, update, controls, painter)

    chapter = manuscript.page(name := page.removesuffix(".html"))
    left_out = PRINTED.get(name, set())
    assert left_out <= {cell.node.id for cell in chapter.of_kind("code")}
    namespace: dict[str, Any] = {"__name__": "__main__", "display": lambda *_: None}
    with (
        mpl.rc_context(),
        patch("utils.explore.explore", catch),
        contextlib.chdir(manuscript.BOOK),
        contextlib.redirect_stdout(io.StringIO()),
    ):
        for cell in chapter.of_kind("code"):
            if cell.node.id in left_out:
                continue
            meant = "raises-exception" in cell.tags
            with contextlib.suppress(Exception) if meant else contextlib.nullcontext():
                lines = cell.node.source.splitlines(keepends=True)
                linecache.cache[cell.at()] = (len(cell.node.source), None, lines, cell.at())
                exec(compile(cell.node.source, cell.at(), "exec"), namespace)
    return caught


@dataclass(frozen=True, eq=False)
class Shape:
    """Points in the plane, some of them joined: ``lines`` have NaN where the pen is lifted."""

    lines: tuple[np.ndarray, ...] = ()
    marks: np.ndarray = field(default_factory=lambda: np.empty((0, 2)))

    @property
    def points(self) -> np.ndarray:
        """Return all points."""
        points = np.concatenate([self.marks, *self.lines])
        return points[np.isfinite(points).all(axis=1)]

    def segments(self) -> Iterator[np.ndarray]:
        """Yield the straight pieces, each a pair of points."""
        for line in self.lines:
            pairs = np.stack([line[:-1], line[1:]], axis=1)
            yield pairs[np.isfinite(pairs).all(axis=(1, 2))]

    def mapped(self, function: Callable[[np.ndarray], np.ndarray]) -> Shape:
        """Return the shape in other coordinates."""
        return Shape(tuple(map(function, self.lines)), function(self.marks))


def shape_of(artist: Artist) -> Shape | None:
    """Return what an artist draws, in data coordinates; None if it is placed in other ones."""
    ax = artist.axes
    if not isinstance(ax, Axes) or not artist.get_visible():
        return None
    if isinstance(artist, Line2D):
        if not _in_data(artist.get_transform(), ax):
            return None
        points = np.ma.filled(np.ma.masked_invalid(artist.get_xydata()).astype(float), np.nan)
        joined = artist.get_linestyle() not in ("None", "", " ", None)
        marked = artist.get_marker() not in ("None", "", " ", None)
        finite = points[np.isfinite(points).all(axis=1)]
        return Shape((points,) if joined else (), finite if marked else finite[:0])
    if isinstance(artist, PathCollection):
        if not _in_data(artist.get_offset_transform(), ax):
            return None
        return Shape(marks=np.asarray(artist.get_offsets(), dtype=float))
    if isinstance(artist, Collection):
        if not _in_data(artist.get_transform(), ax):
            return None
        return Shape(tuple(map(_corners, artist.get_paths())))
    if isinstance(artist, Patch):
        if not _in_data(artist.get_data_transform(), ax):
            return None
        return Shape((_corners(artist.get_path().transformed(artist.get_patch_transform())),))
    return None


def _in_data(transform: Any, ax: Axes) -> bool:
    return all(transform.contains_branch_seperately(ax.transData))


def _corners(outline: Outline) -> np.ndarray:
    """Return a path's points, control points too, with a gap before each new piece."""
    vertices = np.array(outline.vertices, dtype=float)
    if outline.codes is None:
        return vertices
    vertices[outline.codes == Outline.CLOSEPOLY] = np.nan
    starts = np.flatnonzero(outline.codes == Outline.MOVETO)
    return np.insert(vertices, starts, np.nan, axis=0)


def distance(points: np.ndarray, shape: Shape, near: float, *, joined: bool = True) -> float:
    """Return how far the farthest of some points is from a shape (or from its points alone).

    Where one of the shape's own points is nearer than *near*, that distance will do.
    """
    if not len(points):
        return 0.0
    best = np.full(len(points), np.inf)
    if len(shape.points):
        best = KDTree(shape.points).query(points)[0]
    far = best >= near
    for pairs in shape.segments() if joined and far.any() else ():
        if len(pairs):
            start, along = pairs[:, 0], pairs[:, 1] - pairs[:, 0]
            length = np.maximum((along**2).sum(axis=1), 1e-300)
            share = ((points[far, None] - start) * along).sum(axis=2) / length
            nearest = start + np.clip(share, 0, 1)[..., None] * along
            gaps = np.hypot(*np.moveaxis(points[far, None] - nearest, -1, 0))
            best[far] = np.minimum(best[far], gaps.min(axis=1))
    return float(best.max())
