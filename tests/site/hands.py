"""Where a handle of an explorable is on a page, by NumPy and by what the page's axes say."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from afresh import Fresh
from matplotlib.lines import Line2D
from pages import Place, places_with
from readback import on_paper

from utils.explore.handles import Handle

#: A ring's middle, the picture's corner, and how many of the page's pixels are a point of paper.
#: The picture is as large as its box lets it be, and in the middle of it.
RINGS = """figure => {
    const svg = figure.querySelector('svg')
    const box = svg.getBoundingClientRect()
    const paper = svg.viewBox.baseVal
    const scale = Math.min(box.width / paper.width, box.height / paper.height)
    const middle = ({x, y, width, height}) => [x + width / 2, y + height / 2]
    const [across, down] = middle(box)
    return {
        rings: [...figure.querySelectorAll('.explorable-handle')].map(
            ring => ring.hidden ? null : middle(ring.getBoundingClientRect())),
        corner: [across - scale * paper.width / 2, down - scale * paper.height / 2],
        scale,
    }
}"""


def with_handles(site: Path) -> list[Place]:
    """Return the explorables that can be taken in hand."""
    return places_with(site, "[data-handles]")


def there(fresh: Fresh, handle: Handle, state: dict, stops: Sequence[int]) -> np.ndarray | None:
    """Return where a handle is at these stops, in points of paper; None where it is out of sight.

    ``state`` is what the page says of its axes: limits that move are read where they are now.
    """
    fresh.at(stops)
    artist, artists = handle.artist, fresh.artists()
    scale = state["layers"][artists.index(artist.axes.patch)]["scale"]
    data = artist.get_xydata() if isinstance(artist, Line2D) else artist.get_offsets()
    points = np.ma.filled(np.ma.asarray(data, dtype=float), np.nan)
    if handle.point is not None:
        points = points[handle.point :][:1]
    elif len(points) == 2:  # the middle of what is in view
        points = np.linspace(*points, 20_001)
    shares = on_paper(points, scale)
    shares = shares[np.all((shares >= -1e-3) & (shares <= 1.001), axis=1)]
    if not len(shares) or not artist.get_visible():
        return None
    left, top, width, height = map(float, scale["box"].split())
    across, up = shares.mean(axis=0)
    return np.array([left + across * width, top + (1 - up) * height])


def somewhere_else(
    fresh: Fresh, handle: Handle, state: dict, chance: random.Random
) -> tuple[list[int], np.ndarray]:
    """Return stops of the handle's controls at which it is in sight elsewhere, and where."""
    here = there(fresh, handle, state, state["stands"])
    for _ in range(500):
        stops = list(state["stands"])
        for index, (name, control) in enumerate(fresh.controls.items()):
            if name in handle.controls:
                stops[index] = chance.randrange(len(control.stops))
        place = there(fresh, handle, state, stops)
        if place is not None and np.hypot(*(place - here)) > 10:
            return stops, place
    raise AssertionError(f"{handle.controls} lead the handle no more than 10 points away")
