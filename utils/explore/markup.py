"""The HTML of an explorable: the same for the page and for the notebook, alive or not."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path

from utils.figures import LETTERS, PALETTE

from .controls import Control
from .lines import Line
from .mathml import mathml
from .painter import Frame, Painter, Place
from .touch import Touched

#: What wakes a figure, on a page and in a notebook, and how it looks.
PLAYER = ("handles.js", "line.js", "pointing.js", "touch.js", "player.js")
STYLES = ("player.css", "line.css", "handles.css")


def picture(painter: Painter, frame: Frame, alt: str) -> str:
    """Return a frame as a whole SVG: its definitions, then one group for each artist."""
    width, height = (f"{inches * 72:g}" for inches in painter.figure.get_size_inches())
    table = painter.definitions
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'width="{width}pt" height="{height}pt" viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="{escape(alt)}" stroke-linejoin="round">'
        f"<defs>{table.markup(table.used_in(*frame.fragments))}</defs>"
        + "".join(f"<g>{fragment}</g>" for fragment in frame.fragments)
        + "</svg>"
    )


def figure(
    name: str,
    controls: Mapping[str, Control],
    svg: str,
    caption: str,
    room: str,
    *,
    handles: Sequence[Place | None] = (),
    touch: Touched | None = None,
    line: str = "",
    inside: str = "",
) -> str:
    """Return the whole explorable.

    The player wakes the controls; until then they hold their place, unseen.  *room* is text
    that stands unseen behind the caption, so nothing moves when the caption changes.  *handles*
    says where the picture can be taken in hand, *touch* what in it chooses a stop.
    """
    hold = _data("handles", handles) + _data("touch", touch)
    rows = "".join(_control(name, key, control) for key, control in controls.items())
    return (
        # With a name of its own; else it would be named by its caption, and say that twice.
        f'<figure class="explorable" id="{name}" aria-label="Explorable: {name.replace("-", " ")}">'
        f'<div class="explorable-picture"{hold}>{svg}</div>'
        f'<div class="explorable-controls">{rows}'
        '<button type="button" class="explorable-reset">Reset</button></div>'
        f"{line}"
        '<figcaption><p class="explorable-caption" aria-atomic="true">'
        f"{escape(caption)}</p>"
        f'<p class="explorable-room" aria-hidden="true">{escape(room)}</p></figcaption>'
        f"{inside}</figure>"
    )


def _data(name: str, value: object) -> str:
    """Return the attribute by which a script is told something, if there is anything to tell."""
    return f" data-{name}='{json.dumps(value, separators=(',', ':'))}'" if value else ""


def line_under(first: Line | None, lines: Iterable[Line]) -> str:
    """Return the place of the live line, and in it the first of all *lines*; nothing without any.

    Behind it stands, unseen, each formula with the longest of its numbers, as :func:`room_for` does
    for captions.  It is no live region: the caption says what has changed.
    """
    alike: dict[str, list[Line]] = {}
    for line in lines:
        alike.setdefault(line.latex, []).append(line)
    if not alike:
        return ""
    rooms = (
        mathml(
            some[0],
            [max(words, key=len) for words in zip(*(line.words for line in some), strict=True)],
        )
        for some in alike.values()
    )
    return (
        '<div class="explorable-line">'
        f'<div class="explorable-formula">{mathml(first) if first else ""}</div>'
        + "".join(f'<div class="explorable-room" aria-hidden="true">{room}</div>' for room in rooms)
        + "</div>"
    )


def page_script() -> str:
    """Return the player for the pages of the site, a classic script: it runs from a disk too."""
    return _closed("".join(map(_file, (*PLAYER, "page.js"))))


def notebook_script() -> str:
    """Return the player for a notebook, a module as anywidget takes it."""
    return "".join(map(_file, (*PLAYER, "live.js")))


def style(*, palette: bool = False) -> str:
    """Return the style sheet, with the *palette* where no site defines it."""
    return (_palette() if palette else "") + "".join(map(_file, STYLES))


def _file(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8")


def _closed(script: str) -> str:
    """Keep a script's names to itself."""
    return f"(() => {{\n{script}}})();\n"


def _palette() -> str:
    """Return the colors as variables, dark where the notebook's front end says that it is."""
    light, dark = (
        "".join(f"--figure-{role}:{pair[i]};" for role, pair in PALETTE.items()) for i in (0, 1)
    )
    # JupyterLab, VS Code, Colab
    dark_hosts = ':is([data-jp-theme-light="false"], .vscode-dark, html[theme="dark"])'
    return (
        f".explorable {{ color-scheme: light; {light} }}\n"
        f"{dark_hosts} .explorable {{ color-scheme: dark; {dark} }}\n"
        + "".join(f".explorable .{role} {{ color: var(--figure-{role}) }}\n" for role in LETTERS)
    )


def room_for(captions: Iterable[str]) -> str:
    """Return text that takes as many lines as any of the captions: the longest, and a word more.

    Lines break between words, so a caption with a few letters less than the longest may need a
    line more than it.
    """
    return f"{max(captions, key=len)} {'m' * 14}"


def _control(figure_name: str, name: str, control: Control) -> str:
    label = control.label or name.replace("_", " ")
    key = f"{figure_name}-{name}"
    words = control.words[control.start]
    names = json.dumps(control.words, ensure_ascii=False, separators=(",", ":"))
    names = escape(names, quote=False).replace("'", "&#39;")
    shared = (
        f'id="{key}" name="{name}" autocomplete="off" data-start="{control.start}" '
        f"data-words='{names}'"
    )
    if control.kind == "select":
        options = "".join(
            f"<option{' selected' if i == control.start else ''}>{escape(word)}</option>"
            for i, word in enumerate(control.words)
        )
        field = f"<select {shared}>{options}</select>"
    else:
        # As wide as the longest, or a longer one would push the label onto a second line, and the
        # slider down under the reader's hand.
        room = max(map(len, control.words))
        field = (
            f'<input type="range" {shared} min="0" max="{len(control.stops) - 1}" step="1" '
            f'value="{control.start}" aria-valuetext="{escape(words)}">'
            f'<output for="{key}" aria-hidden="true" style="min-width: {room}ch">'
            f"{escape(words)}</output>"
        )
    if control.seconds:
        field += (
            f'<button type="button" class="explorable-play" data-seconds="{control.seconds:g}" '
            f'aria-label="Play through {escape(label)}">Play</button>'
        )
    return (
        f'<div class="explorable-control"><label for="{key}">{escape(label)}</label>{field}</div>'
    )
