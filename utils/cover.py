"""The picture on the cover: forty neurons walk down one valley of cost, all at one learning rate.

A point of the map is a neuron with two weights, and the shade is how wrong it is.  The valley is
quadratic, so the chapter on gradient descent proves each word that the caption says.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgba
from matplotlib.patches import Ellipse

from utils.explore import as_shown
from utils.figures import GRADIENT, LOSS, MUTED, PALETTE, PAPER, WEIGHT, themed, use_style
from utils.landscapes import quadratic, quadratic_gradient
from utils.optimizers import gradient_descent

#: Curvatures 1/4 along the valley and 2 across it: the rates below 2 / λ_max = 1 converge.
H = np.array([[0.60, -0.70], [-0.70, 1.65]])
STEPS = 12
ANGLES = np.linspace(0, 2 * np.pi, 40, endpoint=False)
STARTS = 2.7 * np.column_stack([np.cos(ANGLES), np.sin(ANGLES)])


def draw(ax: Axes) -> Callable[[float], str]:
    """Draw the valley and return ``update(learning_rate)``, which lets the neurons walk."""
    _shade(ax)
    ax.set(xlim=(-4.9, 4.9), ylim=(-2.8, 2.8), aspect="equal", xticks=[], yticks=[])
    ax.set(xlabel="first weight", ylabel="second weight")
    ax.spines[:].set_visible(False)
    paths = ax.add_collection(LineCollection([], colors=to_rgba(GRADIENT, 0.55), linewidths=1))
    ax.plot(*STARTS.T, "o", color=MUTED, markersize=2.5)
    (ends,) = ax.plot([], [], "o", color=WEIGHT, markersize=6, mec=PAPER, mew=0.7)

    def update(learning_rate: float) -> str:
        walk = gradient_descent(lambda w: quadratic_gradient(w, H), STARTS, learning_rate, STEPS)
        paths.set_segments(walk.transpose(1, 0, 2))
        ends.set_data(*walk[-1].T)
        cost = quadratic(walk, H).mean(axis=1)
        left = cost[-1] / cost[0]
        return f"Learning rate {as_shown(learning_rate)}: {verdict(learning_rate, left)}"

    return update


def verdict(learning_rate: float, left: float) -> str:
    """Say what the steps do, and what share of the cost they have ``left``.

    The floor is the line along the valley.
    """
    across = 1 - learning_rate * np.linalg.eigvalsh(H)[-1]  # the factor of a step across the valley
    if np.isclose(across, -1):
        return "each leap lands as far from the floor on the other side: no neuron will settle."
    if across < -1:
        return (
            "each leap lands farther from the floor than the last. "
            f"After {STEPS}, the cost has grown {left:.2g}-fold: learning has failed."
        )
    if across < -1e-9:  # more than a rounding error below zero
        how = "each step leaps across the valley and still lands nearer the floor."
    else:
        how = "short steps, all on one side of the valley."
    return f"{how} After {STEPS}, {left:.2%} of the cost is left."


def _shade(ax: Axes) -> None:
    # A level curve of the cost J is an ellipse with half axes √(2J/λ) along the eigenvectors of H.
    lam, q = np.linalg.eigh(H)
    tilt = np.degrees(np.arctan(q[1, 0] / q[0, 0]))
    for across in np.arange(0.25, 2.8, 0.25):
        width, height = 2 * across * np.sqrt(lam[-1] / lam)
        fill, edge = to_rgba(LOSS, 0.07), to_rgba(LOSS, 0.4)
        ax.add_patch(Ellipse((0, 0), width, height, angle=tilt, fc=fill, ec=edge, lw=0.7))


def poster(rates: tuple[float, ...] = (0.2, 0.8, 1.06)) -> str:
    """Return the valley at each rate, side by side, as an SVG that knows light and dark itself."""
    with plt.rc_context():  # the style is the cover's own
        use_style()
        figure, axes = plt.subplots(1, len(rates), figsize=(9, 2.1))
        for ax, rate in zip(axes, rates, strict=True):
            draw(ax)(rate)
            ax.set_title(f"learning rate {rate:g}")
        svg = io.StringIO()
        figure.savefig(svg, format="svg", metadata={"Date": None})
        plt.close(figure)
    dark = " ".join(f"--figure-{role}: {color};" for role, (_, color) in PALETTE.items())
    rule = f"@media (prefers-color-scheme: dark) {{ svg {{ {dark} }} }}"
    return themed(svg.getvalue().replace("</style>", f" {rule}</style>", 1))


if __name__ == "__main__":  # python -m utils.cover > book/_static/valley.svg
    sys.stdout.write(poster())
