"""Find numbers that are none before they become a gap in the picture that nobody explains.

A masked value is a gap that is meant.  Some of matplotlib's functions mask NaN and infinities
themselves and keep no trace; these are watched while ``update`` runs.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import Collection, FillBetweenPolyCollection
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch, Patch
from matplotlib.quiver import Quiver
from matplotlib.text import Annotation, Text

_MASKING = {
    Axes: ("scatter", "fill_between", "fill_betweenx", "contour", "contourf", "quiver"),
    AxesImage: ("set_data",),
    Collection: ("set_array",),
    FillBetweenPolyCollection: ("set_data",),
    Quiver: ("set_UVC",),
}


class NotFiniteError(ValueError):
    """A function that would hide NaN or infinite values has been given some."""


@contextmanager
def watched() -> Iterator[None]:
    """Raise :class:`NotFiniteError`, within, where a function would mask numbers silently."""
    originals = [
        (next(base for base in kind.__mro__ if name in vars(base)), name)
        for kind, names in _MASKING.items()
        for name in names
    ]
    kept = [(owner, name, vars(owner)[name]) for owner, name in originals]
    for owner, name, function in kept:
        setattr(owner, name, _checking(function))
    try:
        yield
    finally:
        for owner, name, function in kept:
            setattr(owner, name, function)


def is_finite(artist: Artist) -> bool:
    """Return whether all data of an artist are finite or masked."""
    return all(map(_all_finite, _data(artist)))


def _checking(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def checked(self: Any, *args: Any, **kwargs: Any) -> Any:
        if not all(map(_all_finite, (*args, *kwargs.values()))):
            raise NotFiniteError(function.__name__)
        return function(self, *args, **kwargs)

    return checked


def _data(artist: Artist) -> Iterator[Any]:
    """Yield the arrays that an artist draws."""
    if isinstance(artist, Line2D):
        yield from artist.get_data(orig=True)
    elif isinstance(artist, Collection):
        yield artist.get_offsets()
        yield artist.get_array()
        yield from (path.vertices for path in artist.get_paths())
    elif isinstance(artist, AxesImage):
        yield artist.get_array()
    elif isinstance(artist, Text):
        yield artist.get_position()
        if isinstance(artist, Annotation):
            yield artist.xy
    elif isinstance(artist, FancyArrowPatch):
        yield artist._posA_posB
    elif isinstance(artist, Patch):
        yield artist.get_path().vertices
        yield artist.get_patch_transform().get_matrix()


def _all_finite(values: Any) -> bool:
    """Return whether no number is NaN or infinite; what is no array of numbers passes."""
    try:
        array = np.ma.asarray(values)
    except ValueError:
        return True
    return bool(array.dtype.kind not in "fc" or np.isfinite(array.compressed()).all())
