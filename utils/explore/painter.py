"""Turn one explorable's figure into frames: run ``update``, draw again only what it changed.

Matplotlib marks each artist that changed as stale.  A frame is a row of fragments, one for each
artist in drawing order; a fragment that is not stale, on axes whose scale did not move, is the one
drawn last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import methodcaller
from typing import TYPE_CHECKING, Any

import matplotlib.pyplot as plt
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.collections import Collection
from matplotlib.figure import Figure, FigureBase, SubFigure
from matplotlib.image import AxesImage
from matplotlib.legend import Legend
from matplotlib.text import Annotation, Text

from .finite import NotFiniteError, is_finite, watched
from .lines import Line
from .svg import Definitions, draw_fragment, ruler

if TYPE_CHECKING:
    from .handles import Handle
    from .touch import Touched

Shown = str | tuple[str, Line]
Update = Callable[..., Shown]
Place = tuple[float, float]  # in points, from the picture's upper left corner


class RecordingError(Exception):
    """An explorable that cannot be shown as it is: the message names the stop and the artist."""


@dataclass(frozen=True)
class Frame:
    """What one stop shows: a fragment for each artist in drawing order, the caption, maybe a line.

    ``places`` says where each handle is, or None where it is out of sight.
    """

    fragments: tuple[str, ...]
    caption: str
    line: Line | None = None
    places: tuple[Place | None, ...] = ()


class Painter:
    """Draws the frames of one figure.  Takes the figure over: nothing else will show it."""

    def __init__(
        self,
        figure: Figure,
        update: Update,
        start: Mapping[str, Any],
        name: str,
        handles: Sequence[Handle] = (),
        touch: Touched | None = None,
    ) -> None:
        plt.close(figure)  # or the notebook would show it a second time
        self.figure = figure
        self.name = name
        self.handles = handles
        self.touch = touch
        self.definitions = Definitions(name)
        self._update = update
        self._dpi = figure.dpi
        self._drawn: dict[Artist, tuple[Any, str]] = {}
        FigureCanvasSVG(figure)
        figure.dpi = 72  # SVG counts in points
        self._said(start)
        # The layout is settled once, for the first picture: axes that shift under the reader's
        # hand would hide what the slider does.
        figure.draw_without_rendering()
        figure.set_layout_engine("none")

    def frame(self, values: Mapping[str, Any], *, afresh: bool = False) -> Frame:
        """Return what the figure shows at *values*; *afresh* draws unchanged artists again too."""
        caption, line = self._said(values)
        known, self._drawn = {} if afresh else self._drawn, {}
        scales: dict[Axes | None, Any] = {None: None}
        for artist, ax in list(_in_drawing_order(self.figure)):
            if ax not in scales:
                scales[ax] = _scale(ax)
            pose = (scales[ax], *_own_pose(artist))
            drawn = known.get(artist)
            if drawn is None or drawn[0] != pose or _is_stale(artist):
                fragment = self._draw(artist, values)
                if ax and artist is ax.patch:
                    fragment = _with_scale(ax, fragment)
                drawn = (pose, fragment)
            self._drawn[artist] = drawn
        fragments = tuple(fragment for _, fragment in self._drawn.values())
        return Frame(fragments, caption, line, tuple(handle.place() for handle in self.handles))

    def places(self, values: Mapping[str, Any]) -> tuple[Place | None, ...]:
        """Return where each handle is at *values*, but draw nothing, which is most of the work."""
        self._said(values)
        for ax in {handle.artist.axes for handle in self.handles}:
            _scale(ax)
        return tuple(handle.place() for handle in self.handles)

    def artists(self) -> list[Artist]:
        """Return what the figure draws, in the order in which it draws it."""
        return [artist for artist, _ in _in_drawing_order(self.figure)]

    def _said(self, values: Mapping[str, Any]) -> tuple[str, Line | None]:
        """Run ``update``; return its caption and its line, if it has one."""
        try:
            with watched():
                said = self._update(**values)
        except NotFiniteError as error:
            raise RecordingError(_unexplained(values, f"{error}()")) from error
        except Exception as error:
            raise RecordingError(
                f"update({stop(values)}) raised {type(error).__name__}: {error}"
            ) from error
        caption, line = parts_of(said)
        if not isinstance(caption, str) or not caption.strip():
            raise RecordingError(
                f"update({stop(values)}) returned {said!r}: expected the caption, a sentence "
                "that says what the figure shows now, and after it a line if it has one"
            )
        return caption, line

    def _draw(self, artist: Artist, values: Mapping[str, Any]) -> str:
        if not artist.get_visible():
            _settle(artist)
            return ""
        if not is_finite(artist):
            raise RecordingError(_unexplained(values, describe(artist)))
        try:
            fragment = draw_fragment(artist.draw, self.figure, self._dpi, self.definitions)
        except Exception as error:
            raise RecordingError(
                f"At {stop(values)}, {describe(artist)} cannot be drawn: "
                f"{type(error).__name__}: {error}"
            ) from error
        _settle(artist)
        return fragment


def parts_of(said: Shown) -> tuple[str, Line | None]:
    """Return the caption and the line of what an ``update`` has returned."""
    match said:
        case str(caption), Line() | None as line:
            return caption, line
    return said, None


def stop(values: Mapping[str, Any]) -> str:
    """Return the values of a stop as they would be passed to ``update``."""
    return ", ".join(
        f"{name}={value:.12g}" if isinstance(value, float) else f"{name}={value!r}"
        for name, value in values.items()
    )


def _unexplained(values: Mapping[str, Any], what: str) -> str:
    return (
        f"At {stop(values)}, {what} gets NaN or infinite values, which would be a gap in the "
        "picture that nobody explains.  If the gap is meant, pass np.ma.masked_invalid(values), "
        "and say in the caption what happened."
    )


def describe(artist: Artist) -> str:
    """Return a name for an artist that its author will recognize."""
    kind = type(artist).__name__
    if isinstance(artist, Text) and artist.get_text():
        return f"{kind} {artist.get_text()!r}"
    name = artist.get_gid() or artist.get_label()
    return f"{kind} {name!r}" if name and isinstance(name, str) else kind


def _in_drawing_order(container: FigureBase | Axes) -> Iterator[tuple[Artist, Axes | None]]:
    """Yield what ``Figure.draw`` and ``Axes.draw`` would visit, each with its axes."""
    if not container.get_visible():
        return
    ax = container if isinstance(container, Axes) else None
    left_out = {container.patch}
    if ax is None:
        yield container.patch, None
    else:
        _place_titles(ax)
        if ax.axison and ax.get_frame_on():
            yield ax.patch, ax
        else:
            left_out |= set(ax.spines.values())
        left_out |= set() if ax.axison else {ax.xaxis, ax.yaxis}
    for child in sorted(container.get_children(), key=methodcaller("get_zorder")):
        if child in left_out:
            continue
        if isinstance(child, SubFigure) or type(child).draw is Axes.draw:
            yield from _in_drawing_order(child)
        else:  # axes with a drawing method of their own, such as polar ones, are drawn whole
            yield child, child if isinstance(child, Axes) else ax


def _place_titles(ax: Axes) -> None:
    """Lift a new title above what stands at the top of its axes, as ``Axes.draw`` does."""
    if any(title.stale for title in (ax.title, ax._left_title, ax._right_title)):
        ax._update_title_position(ruler(ax.get_figure(root=True)))


def _scale(ax: Axes) -> tuple[Any, ...]:
    """Return what every artist on the axes depends on: where they are, and their scales."""
    locator = ax.get_axes_locator()
    ax.apply_aspect(locator(ax, None) if locator else None)
    return (
        ax.bbox.bounds,
        tuple(ax.get_xlim()),
        tuple(ax.get_ylim()),
        ax.xaxis.get_transform(),
        ax.yaxis.get_transform(),
    )


def _with_scale(ax: Axes, fragment: str) -> str:
    """Note on the axes' background what its pixels mean, for tests and for curious readers."""
    x, y, width, height = ax.bbox.bounds
    top = ax.get_figure(root=True).bbox.height - y - height
    return (
        f"<g data-box='{x:.2f} {top:.2f} {width:.2f} {height:.2f}' "
        "data-xlim='{:.9g} {:.9g}' ".format(*ax.get_xlim())
        + "data-ylim='{:.9g} {:.9g}' ".format(*ax.get_ylim())
        + f"data-scales='{ax.get_xscale()} {ax.get_yscale()}'>{fragment}</g>"
    )


def _own_pose(artist: Artist) -> tuple[Any, ...]:
    """Return what an artist depends on without being marked as stale; always new if unknown."""
    if isinstance(artist, Annotation):
        plain = isinstance(artist.xycoords, str) and isinstance(artist.anncoords, str)
        return (*artist.xy, *artist.xyann) if plain else (object(),)
    if isinstance(artist, Legend) and artist._loc_real == 0:  # "best": it avoids all the others
        return (object(),)
    if isinstance(artist, (Collection, AxesImage)) and artist.get_array() is not None:
        return (artist.get_array().tobytes(),)  # set_array marks nothing
    return ()


def _parts(artist: Artist) -> Iterator[Artist]:
    """Yield an artist and everything it is composed of."""
    yield artist
    if isinstance(artist, Axis):  # its get_children() would first compute the ticks
        children = [artist.label, artist.offsetText, *artist.majorTicks, *artist.minorTicks]
    else:
        children = artist.get_children()
    for child in children:
        yield from _parts(child)


def _is_stale(artist: Artist) -> bool:
    return any(part.stale for part in _parts(artist))


def _settle(artist: Artist) -> None:
    """Mark everything as drawn: matplotlib leaves the invisible parts stale."""
    for part in _parts(artist):
        part.stale = False
