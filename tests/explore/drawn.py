"""Read an SVG down to what a browser would draw, so that two ways of writing it can be compared."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass

import numpy as np

SVG, LINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}href"
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[-+]?\d+)?")

#: What the outline of a circle is, and how it may be painted to be a disc of one color.
CIRCLE = "MCCCCCCCCz"
DISC = {"fill", "stroke", "stroke-width", "stroke-linejoin", "stroke-linecap"}
ROUND_END = {"fill": "none", "stroke-linecap": "round"}


@dataclass(frozen=True)
class Mark:
    """One outline, closed or not: where it runs, how it is painted, what clips it."""

    shape: str  # the letters of its path, or the image
    points: tuple[float, ...]
    scale: float  # of the pen, where there is one
    style: tuple[tuple[str, str], ...]
    clip: tuple[float, ...]


def marks(svg: str) -> list[Mark]:
    """Return all outlines of a picture, in drawing order.

    A text as one path is then the same as a text of letters, each used from the definitions; so are
    the markers of a path and marks used one by one, and the round ends of a line without length and
    a disc.
    """
    root = ET.fromstring(svg)
    ids: dict[str, ET.Element] = {node.get("id"): node for node in root.iter() if node.get("id")}
    found: list[Mark] = []

    def add(shape, points, matrix, style, clip):
        if len(points) == 2 and "stroke-linecap" in style and np.ptp(points, axis=0).max() == 0:
            color, width = style["stroke"], float(style["stroke-width"])
            assert style == {**ROUND_END, "stroke": color, "stroke-width": style["stroke-width"]}
            add_disc(points[0], width, color, matrix, clip)
            return
        if shape == CIRCLE and style.keys() <= DISC and style.get("fill") == style.get("stroke"):
            width = np.ptp(points[:, 0]) + float(style.get("stroke-width", 1))
            middle = (points.min(axis=0) + points.max(axis=0)) / 2
            add_disc(middle, width, style["fill"], matrix, clip)
            return
        placed = (np.column_stack([points, np.ones(len(points))]) @ matrix.T)[:, :2]
        painted = tuple(sorted((k, _pattern(ids, v)) for k, v in style.items()))
        pen = np.sqrt(abs(np.linalg.det(matrix))) if "stroke" in style else 1.0
        found.append(Mark(shape, tuple(placed.ravel()), pen, painted, clip))

    def add_disc(middle, width, color, matrix, clip):
        place = (matrix @ [*middle, 1])[:2]
        found.append(Mark("disc", (*place, width), 1.0, (("fill", color),), clip))

    def walk(node, matrix, style, clip):
        if node.tag in (f"{SVG}defs", f"{SVG}metadata"):
            return
        matrix = matrix @ _matrix(node.get("transform", ""))
        style = style | _style(node.get("style", ""))
        style |= {k: node.get(k) for k in ("fill", "fill-opacity", "opacity") if node.get(k)}
        if node.get("clip-path"):
            path = ids[node.get("clip-path")[5:-1]][0]
            clip = _numbers(" ".join(path.get(k, "") for k in ("d", "x", "y", "width", "height")))
        if node.tag == f"{SVG}use":
            matrix = matrix @ _matrix(f"translate({node.get('x', 0)} {node.get('y', 0)})")
            walk(ids[node.get(LINK)[1:]], matrix, style, clip)
        elif node.tag == f"{SVG}image":
            x, y, width, height = (float(node.get(k, 0)) for k in ("x", "y", "width", "height"))
            link = "".join(node.get(LINK).split())
            add(link, np.array([[x, y], [x + width, y + height]]), matrix, style, clip)
        elif node.tag == f"{SVG}path" and "marker-mid" in style:
            assert style.keys() == {"fill", "marker-start", "marker-mid"}
            assert style["marker-start"] == style["marker-mid"], "markers of two kinds"
            marker = ids[style["marker-mid"][5:-1]]
            [(shape, points)] = _outlines(node.get("d"))
            assert set(shape[1:-1]) <= {"L"}
            assert shape[-1] == "z", "the last marker is lost"
            for x, y in points:
                walk(marker, matrix @ _matrix(f"translate({x} {y})"), {}, clip)
        elif node.tag == f"{SVG}path":
            for shape, points in _outlines(node.get("d", "")):
                add(shape, points, matrix, style, clip)
        for child in node:
            walk(child, matrix, style, clip)

    walk(root, np.eye(3), {}, ())
    return found


def assert_same_picture(mine: str, stock: str) -> None:
    """Raise unless both pictures draw the same marks, to the hundredth of a point."""
    ours, theirs = marks(mine), marks(stock)
    assert [mark.shape for mark in ours] == [mark.shape for mark in theirs]
    for one, other in zip(ours, theirs, strict=True):
        assert one.style == other.style
        for part in ("points", "scale", "clip"):
            np.testing.assert_allclose(getattr(one, part), getattr(other, part), atol=0.0101)


def _outlines(d: str) -> list[tuple[str, np.ndarray]]:
    """Return the letters and the points of each outline of a path, in its own coordinates."""
    found: list[tuple[str, list[np.ndarray]]] = []
    here = np.zeros(2)
    for letter, numbers in re.findall(r"([a-zA-Z])([^a-zA-Z]*)", d):
        step = np.array(_numbers(numbers if letter != "h" else f"{numbers} 0")).reshape(-1, 2)
        if letter.islower():
            step = step + here
        if letter in "mM":
            found.append(("", []))
        shape, points = found[-1]
        found[-1] = (shape + (letter if letter == "z" else letter.upper()), [*points, *step])
        here = found[-1][1][0] if letter == "z" else step[-1]
    return [(shape, np.array(points)) for shape, points in found]


def _pattern(ids: dict[str, ET.Element], value: str) -> str:
    """Return a paint, or what the hatch looks like that it refers to."""
    if not value.startswith("url("):
        return value
    path = ids[value[5:-1]].find(f"{SVG}path")
    return "".join(path.get("d").split()) + path.get("style")


def _numbers(text: str) -> tuple[float, ...]:
    return tuple(map(float, NUMBER.findall(text)))


def _style(text: str) -> dict[str, str]:
    pairs = (item.split(":", 1) for item in text.split(";") if item.strip())
    return {key.strip(): value.strip() for key, value in pairs}


def _matrix(text: str) -> np.ndarray:
    """Return what a transform attribute does, as a matrix."""
    result = np.eye(3)
    for kind, inside in re.findall(r"(\w+)\(([^)]*)\)", text):
        v = _numbers(inside)
        if kind == "translate":
            step = [[1, 0, v[0]], [0, 1, v[1] if len(v) > 1 else 0], [0, 0, 1]]
        elif kind == "scale":
            step = np.diag([v[0], v[-1], 1])
        elif kind == "rotate":
            c, s = np.cos(np.deg2rad(v[0])), np.sin(np.deg2rad(v[0]))
            step = [[c, -s, 0], [s, c, 0], [0, 0, 1]]
        else:
            step = [[v[0], v[2], v[4]], [v[1], v[3], v[5]], [0, 0, 1]]
        result = result @ step
    return result
