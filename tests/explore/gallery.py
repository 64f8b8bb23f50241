"""Figures whose ``update(t)`` changes one kind of artist each; t is 0, 1, 2 or 3."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Circle, FancyArrowPatch, Polygon, Rectangle

X = np.linspace(0, 3, 20)
GALLERY = {}


def shown(build):
    """Add a function that returns a figure and the function of t that changes it."""

    def make():
        figure, change = build()

        def update(t):
            change(t)
            return f"{build.__name__} at {t}"

        return figure, update

    GALLERY[build.__name__] = make
    return make


def axes(**limits):
    figure, ax = plt.subplots(figsize=(4, 3))
    ax.set(xlim=(0, 3), ylim=(-1, 4), **limits)
    return figure, ax


@shown
def line():
    figure, ax = axes()
    (path,) = ax.plot([], [], gid="path")
    return figure, lambda t: path.set_data(X, t * np.sin(X))


@shown
def dots_on_a_line():
    figure, ax = axes()
    (path,) = ax.plot([], [], "o--", color="#c44601", mfc="w", alpha=0.5)
    return figure, lambda t: path.set_data(X, t * np.cos(X))


@shown
def line_with_a_masked_gap():
    figure, ax = axes()
    (path,) = ax.plot([], [])
    with np.errstate(invalid="ignore"):
        rows = [np.ma.masked_invalid(np.sqrt(X - t)) for t in range(4)]
    return figure, lambda t: path.set_data(X, rows[t])


@shown
def discs():
    figure, ax = axes()
    (marks,) = ax.plot(X, np.cos(X), "o", color="#0072b2", mew=1.5)
    return figure, lambda t: marks.set(markersize=t + 1, alpha=[1, 0.5, None, 1][t])


@shown
def markers_with_gaps():
    figure, ax = axes()
    (marks,) = ax.plot([], [], "D", mec="#0072b2", mfc="#c44601", mew=1.5, alpha=0.5)
    rows = [np.ma.masked_where(t > X, X) for t in range(4)]
    return figure, lambda t: marks.set_data(X, rows[t])


@shown
def one_marker_or_none():
    figure, ax = axes()
    (mark,) = ax.plot([], [], "^", alpha=0.5)
    return figure, lambda t: mark.set_data(X[:t][-1:], X[:t][-1:])


@shown
def line_style():
    figure, ax = axes()
    (path,) = ax.plot(X, X)
    return figure, lambda t: path.set(linewidth=t + 1, linestyle="-:"[t % 2], color=f"C{t}")


@shown
def scatter():
    figure, ax = axes()
    dots = ax.scatter(X, X, c=X, s=20)

    def change(t):
        dots.set_offsets(np.c_[X, X * t / 3])
        dots.set_array(X + t)
        dots.set_sizes([10 * (t + 1)])

    return figure, change


@shown
def scatter_removed_and_drawn_again():
    figure, ax = axes()
    ax.plot(X, X)
    kept = []

    def change(t):
        while kept:
            kept.pop().remove()
        kept.extend(ax.scatter(X, X * t / k, color=f"C{k}", marker=f"{k}") for k in (1, 2, 3))

    return figure, change


@shown
def filled_area_drawn_again():
    figure, ax = axes()
    ax.plot(X, X)
    kept = []

    def change(t):
        while kept:
            kept.pop().remove()
        kept.append(ax.fill_between(X, 0, t * np.sin(X), color="C1", alpha=0.3, hatch="/"))

    return figure, change


@shown
def another_number_of_artists():
    figure, ax = axes()
    kept = []

    def change(t):
        while kept:
            kept.pop().remove()
        kept.extend(ax.axvline(k, color="k") for k in range(t))

    return figure, change


@shown
def image():
    figure, ax = axes()
    picture = ax.imshow(np.zeros((4, 4)), vmin=0, vmax=9, extent=(0, 3, -1, 4), aspect="auto")
    return figure, lambda t: picture.set_data(np.arange(16).reshape(4, 4) % (t + 2))


@shown
def image_colors():
    figure, ax = axes()
    picture = ax.imshow(np.eye(4), interpolation="none")
    return figure, lambda t: picture.set_clim(0, t + 1)


@shown
def mesh():
    figure, ax = axes()
    grid = ax.pcolormesh(np.eye(3), vmin=0, vmax=5)
    return figure, lambda t: grid.set_array(np.eye(3) * (t + 1))


@shown
def rasterized():
    figure, ax = axes()
    (path,) = ax.plot([], [], rasterized=True)
    return figure, lambda t: path.set_data(X, t * np.sin(X))


def contours(name):
    def build():
        figure, ax = axes()
        x, y = np.meshgrid(X, X)
        kept = []

        def change(t):
            while kept:
                kept.pop().remove()
            kept.append(getattr(ax, name)(x, y, x**2 + t * y, levels=[1, 2, 3, 5]))

        return figure, change

    build.__name__ = name
    return build


shown(contours("contour"))
shown(contours("contourf"))


@shown
def text():
    figure, ax = axes()
    words = ax.text(1, 1, "", color="#0072b2")

    def change(t):
        words.set_text(rf"$w_{t} = {t}$ & more <{t}>")
        words.set_position((t / 2, t))

    return figure, change


@shown
def text_turned_and_clipped():
    figure, ax = axes()
    words = ax.text(2.5, 1, r"$\frac{\partial L}{\partial w}$ beyond", color="w", clip_on=True)
    return figure, lambda t: words.set(rotation=30 * t - 20, alpha=1 - t / 5)


@shown
def blank_text():
    figure, ax = axes()
    words = ax.text(1, 1, "")
    return figure, lambda t: words.set_text("a  b"[:t])


@shown
def annotation():
    figure, ax = axes()
    note = ax.annotate("here", (0, 0), (1, 2), arrowprops={"arrowstyle": "->"})

    def change(t):
        note.xy = (t / 2, t)
        note.set_position((2, t / 2))

    return figure, change


@shown
def arrow():
    figure, ax = axes()
    patch = ax.add_patch(FancyArrowPatch((0, 0), (1, 1), mutation_scale=15))
    return figure, lambda t: patch.set_positions((0, t), (2, t / 2))


@shown
def quiver():
    figure, ax = axes()
    field = ax.quiver([1, 2], [1, 2], [1, 1], [1, 1], scale=10)
    return figure, lambda t: field.set_UVC([t, 1], [1, t - 1])


@shown
def patches():
    figure, ax = axes()
    box = ax.add_patch(Rectangle((0, 0), 1, 1, hatch="x", fc="none"))
    disc = ax.add_patch(Circle((1, 1), 0.5))
    wedge = ax.add_patch(Polygon([[0, 0], [1, 0], [1, 1]], clip_path=disc))

    def change(t):
        box.set_width(t + 0.5)
        disc.set_radius(t / 4 + 0.1)
        wedge.set_xy([[0, 0], [t, 0], [1, t]])

    return figure, change


@shown
def bars():
    figure, ax = axes()
    columns = ax.bar([0, 1, 2], [1, 1, 1], yerr=0.2)

    def change(t):
        for k, column in enumerate(columns):
            column.set_height(t * k)

    return figure, change


@shown
def limits():
    figure, ax = axes()
    ax.plot(X, X, "o")
    ax.scatter(X, 2 * X)
    return figure, lambda t: ax.set(xlim=(-t, 4 + t), ylim=(0, 10**t))


@shown
def limits_by_autoscale():
    figure, ax = plt.subplots()
    (path,) = ax.plot(X, X)

    def change(t):
        path.set_data(X, X * (t + 1))
        ax.relim()
        ax.autoscale_view()

    return figure, change


@shown
def scale():
    figure, ax = axes()
    ax.plot(X, X + 1)
    return figure, lambda t: ax.set(yscale=["linear", "log"][t % 2], ylim=(0.5, 5))


@shown
def aspect():
    figure, ax = axes()
    ax.plot(X, X)
    return figure, lambda t: ax.set_aspect(["auto", "equal"][t % 2])


@shown
def ticks_and_labels():
    figure, ax = axes()

    def change(t):
        ax.set_xticks(range(t + 1), [f"tick {k}" for k in range(t + 1)])
        ax.set_xlabel(f"label {t}")
        ax.yaxis.label.set_text(f"other {t}")
        ax.tick_params(axis="y", labelcolor=f"C{t}")

    return figure, change


@shown
def titles():
    figure, ax = axes()
    heading = figure.suptitle("")
    ax.xaxis.tick_top()

    def change(t):
        ax.set_title(f"centered {t}")
        ax.set_title(f"left {t}", loc="left")
        heading.set_text(f"all {t}")

    return figure, change


@shown
def visibility():
    figure, (one, other) = plt.subplots(1, 2)
    (path,) = one.plot(X, X)
    other.plot(X, X)

    def change(t):
        path.set_visible(t % 2)
        other.set_visible(t > 1)
        one.grid(t == 2)
        one.spines["top"].set_visible(t == 1)
        one.xaxis.set_visible(t != 3)

    return figure, change


@shown
def axes_off():
    figure, ax = axes()
    ax.plot(X, X)
    return figure, lambda t: [ax.set_axis_on, ax.set_axis_off][t % 2]()


@shown
def order():
    figure, ax = axes()
    ax.plot(X, X, lw=5)
    (path,) = ax.plot(X, 3 - X, lw=5)
    return figure, lambda t: path.set_zorder(1 + t)


@shown
def legend():
    figure, ax = axes()
    (path,) = ax.plot(X, X, label="one")
    box = ax.legend(loc="upper left")

    def change(t):
        path.set_color(f"C{t}")
        box.get_texts()[0].set_text(f"line {t}")
        box.get_lines()[0].set_color(f"C{t}")

    return figure, change


@shown
def legend_that_avoids_the_lines():
    figure, ax = axes()
    (path,) = ax.plot([], [], label="one")
    ax.legend()
    return figure, lambda t: path.set_data(X, [X, 3 - X, X * 0 + 3, X * 0][t])


@shown
def color_bar():
    figure, ax = axes()
    picture = ax.imshow(np.eye(3))
    figure.colorbar(picture)
    return figure, lambda t: picture.set_clim(0, t + 1)


@shown
def twin_axes():
    figure, ax = axes()
    other = ax.twinx()
    (path,) = other.plot([], [], "r")

    def change(t):
        path.set_data(X, X * t)
        other.set_ylim(0, t + 1)

    return figure, change


@shown
def inset():
    figure, ax = axes()
    small = ax.inset_axes((0.6, 0.6, 0.3, 0.3))
    (path,) = small.plot([], [])
    small.set(xlim=(0, 3), ylim=(0, 9))
    return figure, lambda t: path.set_data(X, X * t)


@shown
def polar():
    figure, ax = plt.subplots(subplot_kw={"projection": "polar"})
    (path,) = ax.plot(X, X)
    return figure, lambda t: path.set_data(X, X * t / 3)


@shown
def subfigures():
    figure = plt.figure()
    left, right = figure.subfigures(1, 2)
    (path,) = left.subplots().plot([], [])
    right.subplots().plot(X, X)
    path.axes.set(xlim=(0, 3), ylim=(0, 9))
    return figure, lambda t: path.set_data(X, X * t)
