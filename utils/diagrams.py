"""A drawn network: circles for neurons, lines for weights, and the numbers that flow through it."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.lines import Line2D
from matplotlib.text import Text
from numpy.typing import NDArray

from utils.checks import expect
from utils.figures import (
    ACTIVATION,
    GRADIENT,
    INK,
    INPUT,
    LOSS,
    MUTED,
    PAPER,
    WEIGHT,
    number_in,
)
from utils.network import Parameters

_BELOW = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


@dataclass(frozen=True)
class Diagram:
    """The artists of a drawn network.

    Keys are (l, j) for neuron j of layer l and (l, j, i) for the weight that leads to it from
    neuron i of layer l - 1.  The input is layer 0; neurons count from 1, as on the page.
    """

    nodes: dict[tuple[int, int], Line2D]
    values: dict[tuple[int, int], Text]
    notes: dict[tuple[int, int], Text]
    edges: dict[tuple[int, int, int], Line2D]
    weights: dict[tuple[int, int, int], Text]
    names: dict[tuple[int, int], Text]
    rings: dict[tuple[int, int], Line2D]

    def call(self, names: Mapping[str, tuple[int, ...]]) -> None:
        """Let formulas point at neurons and weights by these names: ``{"a1": (1, 1), …}``."""
        neuron = (self.nodes, self.rings, self.values, self.names)
        for name, place in names.items():
            for artists in neuron if len(place) == 2 else (self.edges, self.weights):
                artists[place].set_gid(name)

    def seconds(self, color: str) -> dict[tuple[int, int, int], Text]:
        """Return one more label below that of each weight, still empty."""
        return {place: _label(line, color, below=0.2) for place, line in self.edges.items()}

    def show_parameters(self, parameters: Parameters) -> None:
        """Let each line say its weight: the thicker the larger, dashed if negative."""
        for number, (W, b) in enumerate(parameters, start=1):
            for (j, i), weight in np.ndenumerate(W):
                place = number, j + 1, i + 1
                self.edges[place].set_linewidth(0.6 + 2.2 * min(abs(weight), 2))
                self.edges[place].set_linestyle("--" if weight < 0 else "-")
                self.weights[place].set_text(number_in(weight))
            for (j, _), bias in np.ndenumerate(b):
                self.notes[number, j + 1].set_text(f"b = {number_in(bias)}")

    def show_values(self, A: Sequence[NDArray]) -> None:
        """Write the activations of one example, A[0] to A[L] of shape (n_l, 1), into the circles.

        The closer an activation is to 1, the fuller its circle; inputs keep theirs empty.
        """
        for number, a in enumerate(A):
            expect(np.shape(a)[1:] == (1,), "one example, of shape (n_l, 1)", np.shape(a))
            for (j, _), value in np.ndenumerate(a):
                place = number, j + 1
                self.values[place].set_text(number_in(value, 2))
                if number:
                    full = round(0.55 * float(np.clip(value, 0, 1)), 2)
                    self.nodes[place].set_markerfacecolor(to_rgba(ACTIVATION, full))


def network_on(
    ax: Axes, sizes: Sequence[int], *, spread: float = 1.0, headings: bool = True
) -> Diagram:
    """Draw a network of n_0, n_1, …, n_L neurons, still without numbers, and return its artists.

    ``spread`` is the distance between neurons of a layer, where that between layers is 1.6.
    """
    expect(len(sizes) > 1 and min(sizes) > 0, "sizes such as (2, 2, 1)", tuple(sizes))
    top = spread * (max(sizes) - 1) / 2
    ax.spines[:].set_visible(False)
    ax.grid(visible=False)
    ax.set(xticks=[], yticks=[])
    ax.set(xlim=(-0.45, 1.6 * (len(sizes) - 1) + 0.45), ylim=(-top - 0.62, top + 0.82))
    where = {
        (number, j + 1): (1.6 * number, spread * ((n - 1) / 2 - j))
        for number, n in enumerate(sizes)
        for j in range(n)
    }
    edges, weights = _draw_edges(ax, sizes, where)
    nodes, rings, values, names, notes = {}, {}, {}, {}, {}
    for (number, j), (x, y) in where.items():
        color = ACTIVATION if number else INPUT
        ax.plot([x], [y], "o", color=PAPER, markersize=36, zorder=2.5)  # hides the lines below
        style = {"color": color, "markersize": 36, "mfc": "none", "zorder": 3}
        (nodes[number, j],) = ax.plot([x], [y], "o", mew=0, **style)
        # The ring is never as faint as what it holds.
        (rings[number, j],) = ax.plot([x], [y], "o", mew=1.8, **style)
        middle = {"ha": "center", "va": "center"}
        values[number, j] = ax.text(x, y, "", color=INK, zorder=4, fontsize=11.5, **middle)
        name = _name(number, j, sizes)
        names[number, j] = ax.text(x, y + 0.36, name, color=INK, fontsize=11.5, **middle)
        notes[number, j] = ax.text(x, y - 0.36, "", color=MUTED, fontsize=11.2, **middle)
    for number in range(len(sizes)) if headings else ():
        text = f"layer {number}" if number else "input"
        ax.text(1.6 * number, top + 0.66, text, color=MUTED, ha="center", fontsize=11.5)
    return Diagram(nodes, values, notes, edges, weights, names, rings)


def _draw_edges(ax: Axes, sizes: Sequence[int], where: dict) -> tuple[dict, dict]:
    edges, weights = {}, {}
    for number, (before, n) in enumerate(pairwise(sizes), start=1):
        for j in range(1, n + 1):
            for i in range(1, before + 1):
                (x, y), (u, v) = where[number - 1, i], where[number, j]
                (edges[number, j, i],) = ax.plot([x, u], [y, v], color=WEIGHT, zorder=1)
                weights[number, j, i] = _label(edges[number, j, i], WEIGHT)
    return edges, weights


def _label(line: Line2D, color: str, below: float = 0.0) -> Text:
    (x, u), (y, v) = line.get_data()
    share = 0.34  # of the way: there, lines that cross have parted
    return line.axes.text(
        x + share * (u - x),
        y + share * (v - y) - below,
        "",
        color=color,
        fontsize=11.2,
        ha="center",
        va="center",
        zorder=2,
        bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 3},
    )


@dataclass(frozen=True)
class Light:
    """Light on lines of a drawing, and on each a pulse that a page sets in motion."""

    lines: Mapping[Hashable, Line2D]
    lit: Mapping[Hashable, Line2D]
    pulses: Mapping[Hashable, Line2D]

    def shine(self, ways: Mapping[Hashable, tuple[float, float]], color: str) -> None:
        """Light these lines, each from one share of its way to another, and no others.

        ``(0, 1)`` lets a pulse run from a line's beginning to its end, ``(1, 0)`` back.
        """
        expect(set(ways) <= set(self.lines), "lines of the drawing", set(ways) - set(self.lines))
        for place, line in self.lines.items():
            shares = np.array(ways.get(place, ()))
            x, y = ((1 - shares) * end[0] + shares * end[1] for end in line.get_data())
            for light in (self.lit[place], self.pulses[place]):
                light.set(data=(x, y), color=color)


def light_on(lines: Mapping[Hashable, Line2D]) -> Light:
    """Return the light, still out, of drawn lines of two points each, such as a diagram's edges."""

    def each(**style: Any) -> dict[Hashable, Line2D]:
        return {place: line.axes.plot([], [], **style)[0] for place, line in lines.items()}

    return Light(
        lines,
        each(linewidth=8, alpha=0.3, zorder=1.2, solid_capstyle="round"),
        # This name is what the style sheet of explorables moves.
        each(linewidth=3, zorder=1.3, solid_capstyle="round", gid="pulse"),
    )


#: The computation of a network of two layers: where each thing stands, its name, its color.
_THINGS = {
    "x": (0.0, 0.0, "$x$", INPUT),
    "w1": (0.75, -1.0, "$w^{(1)}$", WEIGHT),
    "b1": (1.65, -1.0, "$b^{(1)}$", WEIGHT),
    "z1": (1.2, 0.0, "$z^{(1)}$", ACTIVATION),
    "a1": (2.4, 0.0, "$a^{(1)}$", ACTIVATION),
    "w2": (3.15, -1.0, "$w^{(2)}$", WEIGHT),
    "b2": (4.05, -1.0, "$b^{(2)}$", WEIGHT),
    "z2": (3.6, 0.0, "$z^{(2)}$", ACTIVATION),
    "y_hat": (4.8, 0.0, r"$\hat{y}$", ACTIVATION),
    "loss": (6.0, 0.0, r"$\ell$", LOSS),
}
_MADE_OF = {
    "z1": ("x", "w1", "b1"),
    "a1": ("z1",),
    "z2": ("a1", "w2", "b2"),
    "y_hat": ("z2",),
    "loss": ("y_hat",),
}


def graph_on(ax: Axes, back: Mapping[tuple[str, str], str] | None = None) -> None:
    """Draw the computation of a network of two layers: an arrow from each thing to what it makes.

    ``back`` has the arrows that a gradient follows, from the later thing to the earlier, such as
    ``{("loss", "y_hat"): "−(y − ŷ)"}``, each with the factor that it brings.  They are drawn thick,
    in the direction in which the gradient runs.
    """
    arrows = {(made, used) for made, parts in _MADE_OF.items() for used in parts}
    back = back or {}
    expect(set(back) <= arrows, "arrows such as ('loss', 'y_hat')", set(back) - arrows)
    ax.set(xlim=(-0.4, 6.4), ylim=(-1.4, 0.75), aspect="equal", xticks=[], yticks=[])
    ax.spines[:].set_visible(False)
    ax.grid(visible=False)
    for name, (x, y, text, color) in _THINGS.items():
        dim = 0.35 if back and not any(name in arrow for arrow in back) else 1
        ax.plot([x], [y], "o", color=color, markersize=25, mfc="none", mew=1.6, alpha=dim)
        ax.text(x, y, text, color=INK, ha="center", va="center", fontsize=12, alpha=dim)
    for made, used in sorted(arrows):
        factor = back.get((made, used))
        tail, tip = (made, used) if factor else (used, made)
        style = {"color": GRADIENT, "lw": 2.4} if factor else {"color": MUTED, "lw": 1.2}
        style |= {"arrowstyle": "-|>", "shrinkA": 14.5, "shrinkB": 14.5}
        style["alpha"] = 1 if factor or not back else 0.35
        (u, v), (x, y) = _THINGS[tail][:2], _THINGS[tip][:2]
        ax.annotate("", (x, y), (u, v), arrowprops=style)
        if factor:
            place = ((u + x) / 2, 0.52) if y == v else (x + np.sign(x - u) * 0.42, -0.62)
            side = "center" if y == v else "right" if x < u else "left"
            ax.text(*place, factor, color=GRADIENT, fontsize=11.2, ha=side, va="center")


def _name(number: int, j: int, sizes: Sequence[int]) -> str:
    """Return what a neuron is called: x₁ in the input, ŷ at the end, a₁ between."""
    letter = "x" if number == 0 else "ŷ" if number == len(sizes) - 1 else "a"
    return letter if letter == "ŷ" and sizes[-1] == 1 else letter + str(j).translate(_BELOW)
