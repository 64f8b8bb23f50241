"""One visual language: the colors, by what they stand for, and the style of every figure.

A color means the same thing in every chapter.  Each has a light and a dark form; figures are
drawn in the light form, and :func:`themed` lets the page choose.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from contourpy import contour_generator
from IPython.core.interactiveshell import InteractiveShell
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.path import Path as Outline
from matplotlib_inline.backend_inline import set_matplotlib_formats
from numpy.typing import ArrayLike, NDArray

from utils.checks import expect

#: role -> (on white paper, on a dark page).  Hues after Okabe and Ito (2008), darkened until a line
#: stands out at 3:1 or better against its paper.
PALETTE: dict[str, tuple[str, str]] = {
    "ink": ("#1f2328", "#e6edf3"),
    "muted": ("#59636e", "#9aa4af"),
    "grid": ("#d8dee4", "#343b44"),
    "paper": ("#ffffff", "#14181d"),
    "input": ("#0072b2", "#56b4e9"),
    "weight": ("#00795c", "#2bc79a"),
    "activation": ("#946200", "#e9b44c"),
    "gradient": ("#c44601", "#ff8a5b"),
    "loss": ("#8b3f8f", "#d99bd6"),
}

INK, MUTED, GRID, PAPER, INPUT, WEIGHT, ACTIVATION, GRADIENT, LOSS = (
    light for light, _ in PALETTE.values()
)

_ROLE = {light: role for role, (light, _) in PALETTE.items()}

#: role → the letters that stand for it in formulas, as the notation page has them.
LETTERS: dict[str, tuple[str, ...]] = {
    "input": ("x", "X", "y", "Y"),
    "weight": ("w", "W", "b", "θ"),
    "activation": ("z", "Z", "σ", "a", "A", r"\hat y", r"\hat Y"),
    "gradient": ("∇", "∂", "δ"),
    "loss": ("ℓ", "J"),
}

STANDS_FOR = {letter: role for role, letters in LETTERS.items() for letter in letters}


def role_of(letter: str) -> str | None:
    """Return what a letter of a formula stands for, if figures have a color for it."""
    return STANDS_FOR.get(letter)


def use_style() -> None:
    """Draw every figure of this session in the book's style; in a notebook, as SVG.

    The SVG holds no date, so that the same figure is the same text each time.
    """
    plt.style.use(Path(__file__).with_name("book.mplstyle"))
    if InteractiveShell.initialized():
        set_matplotlib_formats("svg", metadata={"Date": None})


def themed(svg: str) -> str:
    """Replace each palette color in an SVG by a CSS variable that falls back to the color itself.

    ``#0072b2`` becomes ``var(--figure-input, #0072b2)``, so that one picture follows the page into
    the dark and still stands alone.
    """
    return re.sub(
        r"(?<!, )#[0-9a-f]{6}\b",  # not what an earlier call has put behind its variable
        lambda m: f"var(--figure-{_ROLE[m[0]]}, {m[0]})" if m[0] in _ROLE else m[0],
        svg,
    )


def trail_on(ax: Axes, gid: str | None = None) -> Line2D:
    """Add an empty path of descent: a dot for each point, joined in order.

    ``gid`` is the letter that it shows, for formulas to point at.
    """
    (trail,) = ax.plot([], [], "o-", color=WEIGHT, linewidth=1.5, markersize=5, gid=gid)
    return trail


def level_set(H: ArrayLike, level: float, w_star: ArrayLike = (0.0, 0.0)) -> NDArray:
    """Return the ellipse ½ (w − w*)ᵀH(w − w*) = level as 91 points, shape (2, 91)."""
    angle = np.linspace(0, 2 * np.pi, 91)
    circle = np.sqrt(2 * level) * np.array([np.cos(angle), np.sin(angle)])
    return np.asarray(w_star)[:, None] + np.linalg.solve(np.linalg.cholesky(H).T, circle)


def contours(x: NDArray, y: NDArray, F: NDArray, levels: Iterable[float]) -> NDArray:
    """Return the lines on which F, of shape (len(y), len(x)), has one of the levels.

    They come as one line of shape (2, number of points) with masked gaps between the parts, and
    rounded to a hundredth, which is lighter to store than a line for each.
    """
    lines, gap = contour_generator(x, y, F), [[np.nan, np.nan]]
    parts = [part for level in levels for part in lines.lines(level)]
    points = [piece for part in parts for piece in (part.round(2), gap)]
    return np.ma.masked_invalid(np.vstack([gap, *points]).T)


def classes_on(
    ax: Axes, X: ArrayLike, y: ArrayLike, markersize: float = 6
) -> tuple[Line2D, Line2D]:
    """Add two classes of points: class 1 as ocher filled circles, class 0 as blue hollow squares.

    ``X`` has shape (2, m), a column for each point, and ``y`` has m labels, 0 or 1.  Return the
    two artists, class 1 first; either may be without points.
    """
    X, y = np.asarray(X), np.asarray(y)
    expect(X.ndim == 2 and len(X) == 2, "X of shape (2, m)", X.shape)
    expect(y.shape == (X.shape[1],), f"y of shape ({X.shape[1]},)", y.shape)
    expect(bool(np.all(np.isin(y, (0, 1)))), "labels 0 and 1", np.unique(y))
    style = {"linestyle": "none", "markersize": markersize}
    (ones,) = ax.plot(*X[:, y == 1], marker="o", color=ACTIVATION, **style)
    (zeros,) = ax.plot(*X[:, y == 0], marker="s", color=INPUT, markerfacecolor="none", **style)
    return ones, zeros


def arrow(tail: ArrayLike, vector: ArrayLike, head: float = 0.15) -> NDArray:
    """Return an arrow as one line of points, shape (2, 5); of no vector, its tail five times."""
    tail, vector = np.asarray(tail, dtype=float), np.asarray(vector, dtype=float)
    length = np.linalg.norm(vector)
    along = head * vector / length if length > 0 else vector
    across = 0.6 * np.array([-along[1], along[0]])
    tip = tail + vector
    return np.array([tail, tip, tip - along + across, tip, tip - along - across]).T


def half_plane(w: ArrayLike, b: float, middle: ArrayLike, reach: float) -> NDArray:
    """Return four corners, shape (4, 2), of the side wᵀx + b > 0, as far as ``reach`` shows it.

    The first two are the ends of the boundary, on both sides of its point nearest to ``middle``.
    Where ``w`` is zero there is no boundary: the corners are far away around everything if
    b > 0, and otherwise all in one far place.
    """
    w, middle = np.asarray(w, dtype=float), np.asarray(middle, dtype=float)
    length = np.linalg.norm(w)
    if length == 0:
        square = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
        return middle + reach * (square if b > 0 else np.full((4, 2), 2.0))
    normal, foot = w / length, middle - (w @ middle + b) / length**2 * w
    along = reach * np.array([-normal[1], normal[0]])
    deep = 2 * reach * normal
    return np.array([foot - along, foot + along, foot + along + deep, foot - along + deep])


def region(x: NDArray, y: NDArray, F: NDArray) -> NDArray:
    """Return the outline of where F > 0, shape (k, 2), between the grid's points by straight lines.

    ``F`` has shape (len(y), len(x)).  No point is in the middle of a straight stretch.  Where the
    region has several parts, a line without width leads from one to the next and back; where it
    has none, the outline is a single point, three times.
    """
    expect(F.shape == (len(y), len(x)), f"F of shape {(len(y), len(x))}", F.shape)
    # What contourf asks; axes to ask it of would take far longer than the answer.
    parts = contour_generator(x, y, F, name="mpl2014").filled(0, max(F.max(), 1))
    rings = [
        _corners(ring)
        for points, codes in zip(*parts, strict=True)
        for ring in np.split(points, np.flatnonzero(codes == Outline.MOVETO)[1:])
    ]
    back = [ring[:1] for ring in reversed(rings[:-1])]
    return np.vstack([*rings, *back]) if rings else np.array([[x[0], y[0]]] * 3)


def _corners(ring: NDArray) -> NDArray:
    """Return a closed ring without the points at which it does not turn."""
    ring = ring[:-1]
    before, after = ring - np.roll(ring, 1, axis=0), np.roll(ring, -1, axis=0) - ring
    turn = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]
    size = np.linalg.norm(before, axis=1) * np.linalg.norm(after, axis=1)
    kept = ring[np.abs(turn) > 0.01 * size]
    return np.vstack([kept, kept[:1]])


def number_in(value: float, digits: int = 4) -> str:
    """Return a number rounded to so many decimals, without idle zeros, with a true minus sign.

    >>> number_in(-0.50001), number_in(0.0)
    ('−0.5', '0')
    """
    text = np.format_float_positional(round(float(value), digits) + 0.0, trim="-")
    return text.replace("-", "\N{MINUS SIGN}")
