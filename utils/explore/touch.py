"""Touch: what the figure draws can be chosen where it is drawn, in place of a list under it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matplotlib.artist import Artist
from matplotlib.figure import Figure

from .controls import Control
from .painter import describe

#: Of each thing that can be touched, by its gid: the stop to which it sets each control.
Touched = dict[str, dict[str, int]]


def touch_of(
    touch: Mapping[Any, Mapping[str, Any]], figure: Figure, controls: Mapping[str, Control]
) -> Touched:
    """Return what a touch sets, or raise ValueError: what was expected, and what came.

    Artists without a gid get one, by which the page finds them; those of one key share it.
    """
    found: Touched = {}
    for number, (key, values) in enumerate(touch.items()):
        artists = key if isinstance(key, tuple) else (key,)
        for artist in artists:
            if not isinstance(artist, Artist):
                raise ValueError(f"touch: expected an artist or a tuple of some, got {key!r}")
            if artist.get_figure(root=True) is not figure:
                raise ValueError(
                    f"touch: expected an artist of the figure, got {describe(artist)}, which is not"
                )
        if not values:
            raise ValueError(f"touch: expected what {describe(artists[0])} sets, got nothing")
        for name, value in values.items():
            if name not in controls or value not in controls[name].stops:
                raise ValueError(
                    f"touch: expected a control and one of its stops, got {name}={value!r}"
                )
        gid = next((artist.get_gid() for artist in artists if artist.get_gid()), f"touch-{number}")
        for artist in artists:
            artist.set_gid(gid)
        found[gid] = {name: controls[name].stops.index(value) for name, value in values.items()}
    return found
