"""An explorable in a notebook: the kernel draws whatever the reader turns to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import anywidget
import traitlets

from utils.figures import themed

from . import markup
from .controls import Control
from .painter import Frame, Painter, RecordingError


class LiveExplorable(anywidget.AnyWidget):
    """The widget.  It sends to each view the layers that the view does not show yet.

    Views say who they are: one explorable can be seen in several places, each with its own state.
    """

    _esm = markup.notebook_script()
    _css = markup.style(palette=True)
    _markup = traitlets.Unicode().tag(sync=True)

    def __init__(
        self, painter: Painter, controls: Mapping[str, Control], first: Frame, html: str
    ) -> None:
        super().__init__(_markup=html)
        self._painter, self._controls, self._first = painter, controls, first
        self._shown: dict[str, tuple[str, ...]] = {}
        self._defined: dict[str, set[str]] = {}
        self.on_msg(self._answer)

    def _answer(self, _widget: object, question: dict[str, Any], _buffers: object) -> None:
        reply = {key: question[key] for key in ("view", "ticket")}
        values = {
            name: control.stops[index]
            for (name, control), index in zip(
                self._controls.items(), question["stops"], strict=True
            )
        }
        try:
            frame = self._painter.frame(values)
        except RecordingError as error:
            self.send({**reply, "error": str(error)})
        else:
            self.send({**reply, **self._news(question["view"], frame)})

    def _news(self, view: str, frame: Frame) -> dict[str, Any]:
        """Return what the view lacks to show the frame."""
        table = self._painter.definitions
        shown = self._shown.get(view, self._first.fragments)
        defined = self._defined.setdefault(view, table.used_in(*self._first.fragments))
        places = max(len(shown), len(frame.fragments))
        old, new = (f + ("",) * (places - len(f)) for f in (shown, frame.fragments))
        changed = [(place, new[place]) for place in range(places) if new[place] != old[place]]
        needed = table.used_in(*(fragment for _, fragment in changed)) - defined
        self._shown[view] = new
        defined |= needed
        return {
            "layers": [[place, themed(fragment)] for place, fragment in changed],
            "definitions": themed(table.markup(needed)),
            "caption": frame.caption,
        }
