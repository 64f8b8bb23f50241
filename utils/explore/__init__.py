"""Explorables: figures that answer a slider, with a kernel and without.

::

    fig, ax = plt.subplots()
    (path,) = ax.plot([], [], "o-")

    def update(learning_rate):
        w = gradient_descent(-3, learning_rate, steps=30)
        path.set_data(w, cost(w))
        rate, weight = as_shown(learning_rate), to_digits(w[-1], 3)
        return f"After 30 steps at rate {rate} the weight is {weight}."

    explore(fig, update, name="one-dimension", alt="The path of descent on a parabola",
            learning_rate=log_slider(1e-3, 1.2))

``update`` changes artists and returns the caption, and what it draws depends on its arguments
alone.  After the caption it may return a formula worked out in the numbers of the state, a live
line (:func:`worked`).  The same function serves three readers, told apart by the variable
``NND_EXPLORE``: ``live`` (a notebook; the kernel draws any value), ``picture`` (a notebook as
committed; the first picture only, some stops run to see that they do) and ``record`` (the site;
beside that picture, every stop drawn beforehand).
"""

from __future__ import annotations

import inspect
import os
import re
from collections.abc import Callable, Mapping, Sequence
from types import FunctionType
from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from IPython.display import display
from matplotlib.figure import Figure

from utils.figures import themed

from . import markup
from .controls import Control, choice, int_slider, log_slider, play, slider
from .handles import check_movement, handles_of
from .lines import worked
from .painter import Frame, Painter, RecordingError, Shown
from .recording import Recording, corners, record, start_of
from .touch import touch_of
from .words import as_shown, to_digits

__all__ = [
    "RecordingError",
    "as_shown",
    "choice",
    "explore",
    "int_slider",
    "log_slider",
    "play",
    "slider",
    "to_digits",
    "worked",
]

MODES = ("live", "record", "picture")


def explore(
    figure: Figure,
    update: Callable[..., Shown],
    *,
    name: str,
    alt: str,
    handles: Mapping[Any, str | Sequence[str]] | None = None,
    touch: Mapping[Any, Mapping[str, Any]] | None = None,
    **controls: Control,
) -> None:
    """Show a figure whose ``update(**values)`` the reader turns by *controls*.

    *name* is the figure's address on the page, *alt* says what it shows to those who do not see
    it.  The keywords are the arguments of *update*.  *handles* are the points that the reader can
    take in hand, each with the one or two controls that it leads along: ``{dot: "z", (arrow, 1):
    ("w1", "w2")}``, where 1 is the number of the point on the line ``arrow``.  *touch* are the
    artists that set controls where they are touched: ``{(edge, label): {"weight": 3}}``.  Wrong
    arguments raise ValueError; an update that cannot be shown raises :class:`RecordingError`, which
    names the stop.
    """
    mode = os.environ.get("NND_EXPLORE", "live")
    if mode not in MODES:
        raise ValueError(f"NND_EXPLORE: expected one of {', '.join(MODES)}, got {mode!r}")
    _check(update, name, alt, controls)
    painter = painter_of(figure, update, name, controls, handles, touch)
    check_movement(painter, controls)
    first = painter.frame(
        start_of(controls)
    )  # before all others, so that it is the same in each mode
    recording = record(painter, controls) if mode == "record" else None
    visited = [] if recording else [painter.frame(values) for values in corners(controls)]
    text = "\n".join([first.caption, *([f"${first.line.filled()}$"] if first.line else [])])
    bundle = {"image/svg+xml": markup.picture(painter, first, alt), "text/plain": text}
    if mode == "live" and InteractiveShell.initialized():
        alive, metadata = _alive(painter, alt, controls, [first, *visited])
        display(alive | bundle, metadata=metadata, raw=True)
        return
    if recording:
        bundle["text/html"] = _recorded(painter, alt, controls, recording)
    _show(bundle)


def painter_of(
    figure: Figure,
    update: Callable[..., Shown],
    name: str,
    controls: Mapping[str, Control],
    handles: Mapping[Any, str | Sequence[str]] | None = None,
    touch: Mapping[Any, Mapping[str, Any]] | None = None,
) -> Painter:
    """Return what draws the frames of an explorable; its arguments are those of :func:`explore`."""
    held = handles_of(handles or {}, figure, controls)
    touched = touch_of(touch or {}, figure, controls)
    return Painter(figure, with_names_of_now(update), start_of(controls), name, held, touched)


def with_names_of_now(update: Callable[..., Shown]) -> Callable[..., Shown]:
    """Return *update* with the names of its notebook as they are now.

    All cells share one set of names: when a later figure has its own ``trail``, an earlier slider
    still has to move the ``trail`` of its own figure.
    """
    if not isinstance(update, FunctionType):
        return update
    names = dict(update.__globals__)
    same = FunctionType(
        update.__code__, names, update.__name__, update.__defaults__, update.__closure__
    )
    same.__kwdefaults__ = update.__kwdefaults__
    return same


def _recorded(
    painter: Painter, alt: str, controls: dict[str, Control], recording: Recording
) -> str:
    data = recording.to_json().replace("</", "<\\/")
    return _figure(
        painter,
        alt,
        controls,
        recording.first,
        recording.frames,
        inside=f'<script type="application/json" class="explorable-recording">{data}</script>',
    )


def _figure(
    painter: Painter,
    alt: str,
    controls: dict[str, Control],
    first: Frame,
    frames: Sequence[Frame],
    *,
    inside: str = "",
) -> str:
    """Return the HTML at the first frame, with room for what is said at all of them."""
    return markup.figure(
        painter.name,
        controls,
        themed(markup.picture(painter, first, alt)),
        first.caption,
        markup.room_for(frame.caption for frame in frames),
        handles=first.places,
        touch=painter.touch,
        line=markup.line_under(first.line, [frame.line for frame in frames if frame.line]),
        inside=inside,
    )


def _alive(
    painter: Painter, alt: str, controls: dict[str, Control], frames: Sequence[Frame]
) -> tuple[dict, dict]:
    from .live import LiveExplorable  # here, because only a notebook needs the widgets

    fine = {name: control.fine() for name, control in controls.items()}
    first = painter.frame(start_of(fine))
    html = _figure(painter, alt, fine, first, frames)
    return LiveExplorable(painter, controls, first, html)._repr_mimebundle_()


def _show(bundle: dict[str, str]) -> None:
    if InteractiveShell.initialized():
        display(bundle, raw=True)
    else:  # a plain script has no place for a picture
        print(bundle["text/plain"])


def _check(update: Callable[..., Shown], name: str, alt: str, controls: dict[str, Control]) -> None:
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name):
        raise ValueError(f"explore: expected a name like 'one-dimension', got {name!r}")
    if not alt.strip():
        raise ValueError("explore: expected alt to say what the figure shows, got an empty text")
    if not controls:
        raise ValueError("explore: expected one control or more, such as rate=slider(0, 1)")
    for key, control in controls.items():
        if not isinstance(control, Control):
            raise ValueError(f"explore: expected {key} to be a control, got {control!r}")
    try:
        inspect.signature(update).bind(**start_of(controls))
    except TypeError as error:
        raise ValueError(f"explore: update does not fit its controls: {error}") from error
