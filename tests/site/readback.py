"""What an explorable shows on a page, read back from it and held against NumPy.

What is drawn is taken from the page's pixels to the axes' own coordinates, and compared with the
notebook's ``update``, run afresh (``afresh.py``).  The scripts are plain, for any engine.
"""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Sequence
from html import unescape

import numpy as np
from afresh import Fresh, Shape, distance, shape_of
from matplotlib.image import AxesImage
from PIL import Image

from utils.explore.mathml import mathml

TOLERANCE = 0.25  # points on paper: matplotlib thins long lines, by what no eye can see

#: All at once: where the controls of a figure stand, by number and in words; its caption; its line;
#: the geometry of each layer.  As text: as a structure, it would be copied and checked in pieces.
STATE = """figure => {
    const fields = [...figure.querySelectorAll('[data-words]')]
    const layers = [...figure.querySelector('svg').children].filter(e => e.tagName === 'g')
    return JSON.stringify({
        stands: fields.map(field => field.selectedIndex ?? Number(field.value)),
        said: fields.map(field =>
            field.selectedOptions?.[0].textContent ?? field.nextElementSibling.value),
        caption: figure.querySelector('.explorable-caption').textContent,
        line: figure.querySelector('.explorable-formula:not([hidden])')?.textContent ?? '',
        layers: layers.map(layer => ({
            paths: [...layer.querySelectorAll('path')].map(
                path => [path.getAttribute('d') ?? '',
                    path.style.markerMid !== '' || /h0/.test(path.getAttribute('d'))]),
            images: [...layer.querySelectorAll('image')].map(image => image.href.baseVal),
            scale: {...layer.querySelector('[data-box]')?.dataset},
        })),
    })
}"""

#: Turns the controls of a figure to these stops, as a reader does, and waits for the caption.
TURN = """async (figure, stops, caption) => {
    figure.querySelectorAll('[data-words]').forEach((field, i) => {
        if (field.tagName === 'SELECT') field.selectedIndex = stops[i]
        else field.value = stops[i]
        field.dispatchEvent(new Event('input', {bubbles: true}))
    })
    const said = figure.querySelector('.explorable-caption')
    for (let waits = 0; waits < 200 && said.textContent !== caption; waits++)
        await new Promise(done => setTimeout(done, 25))
}"""


def line_at(fresh: Fresh, stops: Sequence[int]) -> str:
    """Return what the line under a figure reads at these stops; of none, nothing."""
    values = zip(fresh.controls.items(), stops, strict=True)
    line = fresh.line(**{name: control.stops[stop] for (name, control), stop in values})
    return unescape(re.sub("<[^>]*>", "", mathml(line))) if line else ""


def hold(state: dict, fresh: Fresh, caption: str) -> None:
    """Hold what a page shows (``STATE``) against NumPy, which is where the page's controls are."""
    controls = fresh.controls.values()
    words = [control.words[stop] for control, stop in zip(controls, state["stands"], strict=True)]
    assert state["said"] == words
    assert state["caption"] == caption
    assert state["line"] == line_at(fresh, state["stands"])
    layers = state["layers"]
    artists = fresh.artists()
    assert len(layers) >= len(artists)
    scales = {
        artist: layer["scale"]
        for artist, layer in zip(artists, layers, strict=False)
        if layer["scale"]
    }
    compared = 0
    for artist, layer in zip(artists, layers, strict=False):
        if isinstance(artist, AxesImage) and artist.get_visible():
            hold_colors(layer, artist, f"{artist} at {words}")
        shape = shape_of(artist)
        if shape is None or artist is artist.axes.patch:
            continue
        assert artist.axes.patch in scales, "the axes do not say what their pixels mean"
        scale = scales[artist.axes.patch]
        size = np.array(scale["box"].split(), dtype=float)[2:]
        drawn = drawn_in(layer).mapped(lambda points, scale=scale: to_data(points, scale))
        paper = lambda points, scale=scale, size=size: on_paper(points, scale) * size  # noqa: E731
        hold_together(drawn.mapped(paper), shape.mapped(paper), size, f"{artist} at {words}")
        compared += 1
    assert compared, "nothing that the figure draws could be compared"


def drawn_in(layer: dict) -> Shape:
    """Return what a layer of the page draws, in the picture's points."""
    lines = [points_of(d) for d, marked in layer["paths"] if not marked]
    marks = [points_of(d.replace("h0", "")) for d, marked in layer["paths"] if marked]
    marks = np.concatenate([np.empty((0, 2)), *marks])
    return Shape(tuple(lines), marks[np.isfinite(marks).all(axis=1)])


def points_of(d: str) -> np.ndarray:
    """Return the points of an SVG path, with a gap before each new piece."""
    rows: list[tuple[float, float]] = []
    for command, numbers in re.findall(r"([MLQCZz])([^MLQCZz]*)", d):
        values = [float(n) for n in re.findall(r"-?\d*\.?\d+(?:e-?\d+)?", numbers)]
        rows += [(np.nan, np.nan)] if command in "MZz" else []
        rows += zip(values[::2], values[1::2], strict=True)
    return np.array(rows).reshape(-1, 2)


def to_data(points: np.ndarray, scale: dict) -> np.ndarray:
    """Turn a picture's points into the data that they stand for, by what the axes say."""
    left, top, width, height = map(float, scale["box"].split())
    share = (points - [left, top + height]) / [width, -height]
    return np.column_stack([_unscaled(share[:, i], *_axis(scale, i)) for i in (0, 1)])


def on_paper(points: np.ndarray, scale: dict) -> np.ndarray:
    """Return where data lie, as shares of the axes' width and height."""
    return np.column_stack([_scaled(points[:, i], *_axis(scale, i)) for i in (0, 1)])


def _axis(scale: dict, i: int) -> tuple[str, float, float]:
    lo, hi = map(float, scale["xlim" if i == 0 else "ylim"].split())
    return scale["scales"].split()[i], lo, hi


def _unscaled(share: np.ndarray, kind: str, lo: float, hi: float) -> np.ndarray:
    if kind == "log":
        return 10 ** (np.log10(lo) + share * np.log10(hi / lo))
    assert kind == "linear", f"an axis is {kind}: teach the test to read it"
    return lo + share * (hi - lo)


def _scaled(values: np.ndarray, kind: str, lo: float, hi: float) -> np.ndarray:
    if kind == "log":
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.log10(values / lo) / np.log10(hi / lo)
    return (values - lo) / (hi - lo)


def hold_together(drawn: Shape, computed: Shape, size: np.ndarray, what: str) -> None:
    """Every point of one lies on the other, as far as the axes show them."""

    def visible(points: np.ndarray) -> np.ndarray:
        return points[((points >= 0) & (points <= size)).all(axis=1)]

    missing = distance(visible(computed.points), drawn, TOLERANCE)
    assert missing < TOLERANCE, f"{what}: computed, not drawn"
    invented = distance(visible(drawn.points), computed, TOLERANCE)
    assert invented < TOLERANCE, f"{what}: drawn, not computed"
    marks = distance(visible(drawn.marks), Shape(marks=computed.points), TOLERANCE, joined=False)
    assert marks < TOLERANCE, f"{what}: a mark between the data"


def hold_colors(layer: dict, artist: AxesImage, what: str) -> None:
    """Each number of an image has its color on the page, where the middle of its cell is."""
    (address,) = layer["images"]
    picture = Image.open(io.BytesIO(base64.b64decode(address.partition("base64,")[2])))
    pixels = np.asarray(picture.convert("RGBA")).astype(int)
    colors = artist.to_rgba(artist.get_array(), bytes=True).astype(int)
    bottom, top = artist.get_extent()[2:]
    rises = (bottom < top) == (artist.origin == "lower")
    if rises == artist.axes.yaxis_inverted():  # the rows of the picture are counted from below
        colors = colors[::-1]
    rows, columns = (
        ((np.arange(cells) + 0.5) * size / cells).astype(int)
        for cells, size in zip(colors.shape[:2], pixels.shape[:2], strict=True)
    )
    assert np.abs(pixels[np.ix_(rows, columns)] - colors).max() <= 2, what
