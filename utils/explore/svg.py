"""Draw one artist as a fragment of SVG, with matplotlib's own renderer.

Matplotlib writes each picture whole: a header, groups, and definitions (markers, hatches, clipping
paths) between the shapes.  Here its renderer gets another pen, which keeps the shapes and puts the
definitions aside, each once, by content.  So a fragment is a pure function of what it shows.
"""

from __future__ import annotations

import functools
import io
import re
from collections.abc import Callable
from html import escape
from typing import Any

import numpy as np
from matplotlib.backend_bases import GraphicsContextBase
from matplotlib.backends.backend_mixed import MixedModeRenderer
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.textpath import text_to_path
from matplotlib.transforms import Affine2D, Transform

_REFERENCE = re.compile(r"(?<=['(]#)[^')]+(?=[')])")  # href='#id' and url(#id)
_TRANSLATION = re.compile(r"(?<=translate\()[^)]+")
_POINTS = ("x", "y", "width", "height")

_LETTERS = {Path.MOVETO: "m", Path.LINETO: "l", Path.CURVE3: "q", Path.CURVE4: "c"}

UNITS = 64 * text_to_path.FONT_SCALE  # to an em: fonts count in 64ths of a point
FLIP = Affine2D().scale(1, -1)  # in SVG, y grows downwards


class Definitions:
    """The definitions that the fragments of one explorable share, numbered as they come."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self._ids: dict[tuple[str, str], str] = {}

    def id_of(self, definition: tuple[str, str]) -> str:
        """Return the id of a definition (its tag, and the rest of its markup), new or known."""
        return self._ids.setdefault(definition, f"{self.prefix}-d{len(self._ids)}")

    def markup(self, wanted: set[str]) -> str:
        """Return the wanted definitions, in order."""
        return "".join(
            f"<{tag} id='{key}'{rest}" for (tag, rest), key in self._ids.items() if key in wanted
        )

    def used_in(self, *fragments: str) -> set[str]:
        """Return the ids that the fragments refer to, and that those definitions refer to."""
        found: set[str] = set()
        queue = list(fragments)
        while queue:
            new = set(_REFERENCE.findall(queue.pop())) & set(self._ids.values()) - found
            found |= new
            queue += [self.markup({key}) for key in new]
        return found


def draw_fragment(
    draw: Callable[[Any], None], figure: Figure, dpi: float, definitions: Definitions
) -> str:
    """Return what *draw* draws on a renderer, as SVG markup; rasterized parts are drawn at *dpi*.

    The figure's own dpi has to be 72: one unit of SVG is a point.
    """
    renderer = ruler(figure, dpi)
    mixed = MixedModeRenderer(figure, *figure.get_size_inches(), dpi, renderer)
    draw(mixed)
    if mixed._rasterizing:  # the whole figure would end it after its last artist
        mixed.stop_rasterizing()
    renderer.finalize()
    return renderer.writer.fragment(definitions)


def ruler(figure: Figure, dpi: float = 72) -> RendererSVG:
    """Return a fresh renderer for the figure: to draw with, or only to measure."""
    width, height = figure.get_size_inches()
    return _Renderer(width * 72, height * 72, dpi)


class _Renderer(RendererSVG):
    """Matplotlib's, with another pen, coordinates to 1/100 pt, and as few elements as can be.

    A browser styles, lays out and paints each element for itself: a figure with one for each marker
    and each letter could not follow its slider.
    """

    def __init__(self, width: float, height: float, dpi: float) -> None:
        super().__init__(width, height, io.StringIO(), image_dpi=dpi)
        self.writer = _Pen()

    def _write_metadata(self, metadata: object) -> None:
        """Write none: it would carry the date."""

    def open_group(self, s: str, gid: str | None = None) -> None:
        """Open a group that page scripts and tests can find by the artist's own ``gid``."""
        self.writer.start("g", {"data-gid": gid} if gid else None)

    def option_image_nocomposite(self) -> bool:
        """Draw each image on its own: only one of them may change."""
        return True

    def draw_markers(
        self,
        gc: GraphicsContextBase,
        marker_path: Path,
        marker_trans: Transform,
        path: Path,
        trans: Transform,
        rgbFace: Any = None,
    ) -> None:
        """Draw the markers of a line as one path.

        Discs of one opaque color are the round ends of lines without length, which a browser paints
        all at once.  Other marks stand, one by one, at the corners of a line that is not seen.
        """
        room = (0, 0, self.width * 72, self.height * 72)  # as matplotlib's own
        steps = path.iter_segments(self._make_flip_transform(trans), clip=room, simplify=False)
        places = [f"{_round(step[-2])} {_round(step[-1])}" for step, _ in steps]
        if not places:
            return
        look = self._get_style_dict(gc, rgbFace)
        if _is_circle(marker_path) and _is_one_color(look):
            across = marker_path.get_extents(marker_trans).width
            width = _round(across + float(look.get("stroke-width", 1)))
            style = f"fill: none; stroke: {look['stroke']}; stroke-width: {width}"
            style += "; stroke-linecap: round"
            d = "".join(f"M{place}h0" for place in places)
        else:
            mark = self._define_mark(marker_path, marker_trans, self._get_style(gc, rgbFace))
            style = f"fill: none; marker-start: url(#{mark}); marker-mid: url(#{mark})"
            # A last step back, which gets no mark: an end that is the start too would get two.
            d = f"M{'L'.join(places)}z"
        self.writer.element("path", d=d, style=style, **self._get_clip_attrs(gc))

    def _define_mark(self, path: Path, transform: Transform, style: str) -> str:
        outline = self._convert_path(path, transform + FLIP, simplify=False)
        key = self._make_id("m", (outline, style))
        self.writer.start("defs")
        self.writer.start("marker", id=key, markerUnits="userSpaceOnUse", overflow="visible")
        self.writer.element("path", d=outline, style=style)
        self.writer.end("marker")
        self.writer.end("defs")
        return key

    def draw_text(
        self,
        gc: GraphicsContextBase,
        x: float,
        y: float,
        s: str,
        prop: FontProperties,
        angle: float,
        ismath: bool = False,
        mtext: Text | None = None,
    ) -> None:
        """Draw a text as one path."""
        del mtext
        if not (d := _lettering(s, prop, ismath)):
            return
        filled = self.new_gc()
        filled.copy_properties(gc)
        filled.set_linewidth(0)
        size = prop.get_size_in_points() / UNITS
        turn = f" rotate({-angle:g})" if angle else ""
        clip = self._get_clip_attrs(gc)
        if clip:  # around the path, whose own coordinates are turned and scaled
            self.writer.start("g", clip)
        self.writer.element(
            "path",
            d=d,
            transform=f"translate({x} {y}){turn} scale({size:.7g} {-size:.7g})",
            style=self._get_style(filled, gc.get_rgb()),
        )
        if clip:
            self.writer.end("g")

    def _convert_path(self, *args: Any, **kwargs: Any) -> str:
        return _shorter(super()._convert_path(*args, **kwargs))


def _is_one_color(look: dict[str, str]) -> bool:
    plain = {"fill", "stroke", "stroke-width", "stroke-linejoin", "stroke-linecap"}
    return look.keys() <= plain and look.get("fill", "#000000") == look.get("stroke")


def _is_circle(path: Path) -> bool:
    return np.array_equal(path.vertices, Path.unit_circle().vertices)


@functools.lru_cache(2**10)
def _lettering(text: str, font: FontProperties, ismath: bool) -> str:
    """Return the outlines of a text: whole units, each step counted from the last one's end.

    So a letter is the same string wherever it stands, which compresses well.
    """
    vertices, codes = text_to_path.get_text_path(font, text, ismath)
    if not len(vertices):
        return ""
    units = np.rint(np.array(vertices) * (UNITS / text_to_path.FONT_SCALE))
    here = start = np.zeros(2)
    d = ""
    for step, code in Path(units, codes).iter_segments(simplify=False):
        if code == Path.CLOSEPOLY:
            d += "z"
            here = start
            continue
        way = (step.reshape(-1, 2) - here).ravel()
        d += _LETTERS[code] + " ".join(f"{number:.0f}" for number in way).replace(" -", "-")
        here = step[-2:]
        start = here if code == Path.MOVETO else start
    return d


_DECIMALS = re.compile(r"-?\d+\.\d{3,}")


def _shorter(d: str) -> str:
    """Round a path's numbers to 1/100 and drop the blanks that SVG does not need."""
    d = _DECIMALS.sub(lambda m: f"{float(m[0]):.2f}".rstrip("0").rstrip("."), d)
    return d.replace(" \n", "").replace("\n", "").replace("M ", "M").replace("L ", "L")


class _Pen:
    """Stands in for matplotlib's XML writer: no blanks, no comments, definitions put aside."""

    def __init__(self) -> None:
        self._here: list[str] = []
        self._open: list[tuple[str, dict[str, str], list[str]]] = []
        self._aside: dict[str, tuple[str, str]] = {}

    def start(self, tag: str, attrib: dict[str, str] | None = None, **extra: str) -> None:
        self._open.append((tag, {**(attrib or {}), **extra}, self._here))
        self._here = []

    def end(self, tag: str | None = None) -> None:
        tag, attributes, outer = self._open.pop()
        inner, self._here = "".join(self._here), outer
        if tag == "defs" or (tag == "g" and not attributes and not inner):
            return
        if tag == "g" and not attributes:
            self._here.append(inner)
            return
        key = attributes.pop("id", None)
        rest = "".join(
            f" d='{v}'" if k == "d" else _attribute(k, v) for k, v in attributes.items() if v
        )
        rest += f">{inner}</{tag}>" if inner else "/>"
        if self._open and self._open[-1][0] == "defs":
            self._aside[key] = (tag, rest)
        else:
            self._here.append(f"<{tag}{rest}")

    def element(
        self, tag: str, text: str | None = None, attrib: dict[str, str] | None = None, **extra: str
    ) -> None:
        self.start(tag, attrib, **extra)
        if text:
            self._here.append(escape(text, quote=False))
        self.end(tag)

    def data(self, text: str) -> None:
        self._here.append(escape(text, quote=False))

    def comment(self, comment: str) -> None:
        pass

    def close(self, element: object) -> None:
        pass

    def flush(self) -> None:
        pass

    def fragment(self, definitions: Definitions) -> str:
        """Return what was written, its references pointing to the shared definitions."""

        def rename(match: re.Match[str]) -> str:
            mine = self._aside.get(match[0])
            return definitions.id_of(mine) if mine else match[0]

        return _REFERENCE.sub(rename, "".join(self._here))


@functools.lru_cache(2**14)  # styles and references come again and again
def _attribute(key: str, value: str) -> str:
    if key in _POINTS:
        value = _round(value)
    elif key == "transform":
        value = _TRANSLATION.sub(lambda m: " ".join(map(_round, m[0].split())), value)
    elif key == "xlink:href":
        value = value.replace("\n", "")
    return f" {key}='{escape(value)}'"  # single quotes: the recording is JSON


def _round(number: str | float) -> str:
    return f"{float(number):.2f}".rstrip("0").rstrip(".")
