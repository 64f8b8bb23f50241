"""Record every stop of an explorable: each fragment and each caption once, and tables of which."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from utils.figures import themed

from .controls import Control
from .handles import table_of
from .lines import Line
from .mathml import mathml
from .painter import Frame, Painter, RecordingError, describe, stop

MOST_STOPS = 2000


@dataclass(frozen=True)
class Recording:
    """All frames of an explorable.  The last control turns fastest."""

    first: Frame
    frames: tuple[Frame, ...]
    prefix: str
    definitions: str  # those that the first picture lacks
    handles: tuple[dict[str, list], ...] = ()

    def to_json(self) -> str:
        """Return what the player needs besides the first picture.

        ``frames[k][i]`` says which of ``fragments`` fills place ``slots[k]`` at stop ``i``.
        """
        rows = list(itertools.zip_longest(*(f.fragments for f in self.frames), fillvalue=""))
        changing = [place for place, row in enumerate(rows) if len(set(row)) > 1]
        fragments: dict[Hashable, int] = {}
        captions: dict[Hashable, int] = {}
        content = {
            "slots": changing,
            "frames": [[_number(fragments, text) for text in rows[place]] for place in changing],
            "captions": None,
            "caption": [_number(captions, frame.caption) for frame in self.frames],
            "fragments": [themed(text) for text in fragments],
            "definitions": themed(self.definitions),
        }
        content["captions"] = list(captions)
        if self.handles:
            content["handles"] = self.handles
        if any(frame.line for frame in self.frames):
            content["line"] = _lines([frame.line for frame in self.frames])
        return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def record(painter: Painter, controls: Mapping[str, Control]) -> Recording:
    """Run ``update`` at every stop of every control, and again at some to see that it repeats."""
    sizes = [len(control.stops) for control in controls.values()]
    if math.prod(sizes) > MOST_STOPS:
        raise RecordingError(
            f"{' × '.join(map(str, sizes))} = {math.prod(sizes)} stops are more than a recording "
            f"holds ({MOST_STOPS}): give the controls fewer"
        )
    first = painter.frame(start_of(controls))
    frames = [painter.frame(values) for values in all_stops(controls)]
    known = painter.definitions.used_in(*first.fragments)
    used = painter.definitions.used_in(*{text for frame in frames for text in frame.fragments})
    _verify(painter, controls, frames)
    handles = tuple(
        table_of(handle, controls, [frame.places[index] for frame in frames])
        for index, handle in enumerate(painter.handles)
    )
    return Recording(
        first,
        tuple(frames),
        painter.definitions.prefix,
        painter.definitions.markup(used - known),
        handles,
    )


def start_of(controls: Mapping[str, Control]) -> dict[str, Any]:
    """Return the values that the reader finds."""
    return {name: control.stops[control.start] for name, control in controls.items()}


def all_stops(controls: Mapping[str, Control]) -> list[dict[str, Any]]:
    """Return every combination of stops; the last control turns fastest."""
    rows = itertools.product(*(control.stops for control in controls.values()))
    return [dict(zip(controls, row, strict=True)) for row in rows]


def corners(controls: Mapping[str, Control]) -> list[dict[str, Any]]:
    """Return the combinations of each control's first and last stop (of a list, all)."""
    ends = {
        name: control.stops if control.kind == "select" else (control.stops[0], control.stops[-1])
        for name, control in controls.items()
    }
    return [dict(zip(ends, row, strict=True)) for row in itertools.product(*ends.values())]


def _verify(painter: Painter, controls: Mapping[str, Control], frames: list[Frame]) -> None:
    """Draw a few stops again, whole and in another order: a stop must not depend on the way there.

    It also finds an artist that changed without telling matplotlib.
    """
    stops = all_stops(controls)
    for index in sorted({0, len(stops) // 3, 2 * len(stops) // 3, len(stops) - 1}, reverse=True):
        values = stops[index]
        again = painter.frame(values, afresh=True)
        reason = (
            f"At {stop(values)}, {{}} when update runs a second time, after other stops.  What it "
            "draws may depend only on its arguments (an artist drawn again takes the next color of "
            "the cycle: give it one), and artists must be changed by their methods, not in place."
        )
        if again.caption != frames[index].caption:
            raise RecordingError(reason.format("the caption differs"))
        if again.line != frames[index].line:
            raise RecordingError(reason.format("the line under the figure differs"))
        if len(again.fragments) != len(frames[index].fragments):
            raise RecordingError(reason.format("the number of artists differs"))
        pairs = zip(painter.artists(), again.fragments, frames[index].fragments, strict=True)
        for artist, new, old in pairs:
            if new != old:
                raise RecordingError(reason.format(f"{describe(artist)} differs"))


def _lines(lines: Sequence[Line | None]) -> dict[str, Any]:
    """Return each formula and each number once, and for each stop which: of no line, −1.

    ``numbers[k][i]`` says which of ``words`` stands in slot ``k`` at stop ``i``.
    """
    formulas: dict[Hashable, int] = {}
    words: dict[Hashable, int] = {}
    written = [_number(formulas, line.latex) if line else -1 for line in lines]
    first = {line.latex: line for line in reversed(lines) if line}
    rows = itertools.zip_longest(*(line.words if line else () for line in lines), fillvalue="")
    return {
        "formulas": [mathml(first[latex]) for latex in formulas],
        "formula": written,
        "numbers": [[_number(words, word) for word in row] for row in rows],
        "words": list(words),
    }


def _number(table: dict[Hashable, int], item: Hashable) -> int:
    return table.setdefault(item, len(table))
