"""An explorable in a notebook: the kernel draws whatever the reader turns to."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import anywidget
import traitlets

from utils.figures import themed

from . import markup
from .controls import Control
from .handles import Stops, reached
from .mathml import mathml
from .painter import Frame, Painter, Place, RecordingError


class LiveExplorable(anywidget.AnyWidget):
    """The widget.  It sends to each view the layers that the view does not show yet.

    Views say who they are: one explorable can be seen in several places, each with its own state.
    The *controls* are those of the page; a notebook gets their finer stops.
    """

    _esm = markup.notebook_script()
    _css = markup.style(palette=True)
    _markup = traitlets.Unicode().tag(sync=True)

    def __init__(
        self, painter: Painter, controls: Mapping[str, Control], first: Frame, html: str
    ) -> None:
        super().__init__(_markup=html)
        self._painter, self._first = painter, first
        self._controls = {name: control.fine() for name, control in controls.items()}
        self._marks = {
            name: [self._controls[name].stops.index(stop) for stop in control.stops]
            for name, control in controls.items()
        }
        self._places_at = lru_cache(2**12)(lambda stops: painter.places(self._values(stops)))
        self._shown: dict[str, tuple[str, ...]] = {}
        self._defined: dict[str, set[str]] = {}
        self.on_msg(self._answer)

    def _answer(self, _widget: object, question: dict[str, Any], _buffers: object) -> None:
        reply = {key: question[key] for key in ("view", "ticket")}
        stops = tuple(question["stops"])
        try:
            if pull := question.get("pull"):
                reply["stops"] = stops = self._pulled(stops, pull["handle"], pull["to"])
            frame = self._painter.frame(self._values(stops))
        except RecordingError as error:
            self.send({**reply, "error": str(error)})
        else:
            self.send({**reply, **self._news(question["view"], frame)})

    def _values(self, stops: Stops) -> dict[str, Any]:
        pairs = zip(self._controls.items(), stops, strict=True)
        return {name: control.stops[index] for (name, control), index in pairs}

    def _pulled(self, stops: Stops, handle: int, to: Place) -> Stops:
        """Return the stops at which a handle is nearest to where a pointer pulls it."""
        moved = self._painter.handles[handle].controls
        names = list(self._controls)
        marks = {names.index(name): self._marks[name] for name in moved}
        return reached(lambda at: self._places_at(at)[handle], stops, marks, to)

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
            "places": frame.places,
            "line": frame.line and {"formula": mathml(frame.line), "words": frame.line.words},
        }
