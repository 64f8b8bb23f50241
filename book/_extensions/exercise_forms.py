"""Exercises on the page: what is a number or a choice is answered there, code in its own place.

In a notebook an exercise ends with a stub, ``my_rate = ...`` and ``check("gd-rate", my_rate)``.  On
the page the stub of an exercise that needs no code becomes a form, which knows from
``utils.exercises`` what is right and what the likely mistakes are, each with its sentence.  Any other
stub gets a link that opens the notebook at it.  ``exercises.js`` judges as ``utils.exercises`` does.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from html import escape
from pathlib import Path
from urllib.parse import quote

import numpy as np
from docutils import nodes
from run_links import LAB
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.osutil import relative_uri

from utils.exercises import EXERCISES
from utils.judging import (
    DIFFERENT,
    LOOK_AGAIN,
    RIGHT,
    UNTRIED,
    Exercise,
    answered,
    nearly,
    plain,
    words_of,
)

#: What a cell prints for whoever runs it, and what a reader of the page is told in its place.
FOR_READERS = {
    UNTRIED: "",  # a form, or a link, stands there
    "True": "Checked by SymPy.",  # where `agrees` has compared a derivation with what is printed
}
_CHECK = re.compile(r'(?m)^check\("([\w-]+)"')


def for_readers(code: str, printed: str) -> str:
    """Return what the page shows in place of what a cell has printed."""
    lines = set(printed.split("\n")) - {""}
    if lines == {UNTRIED}:
        return FOR_READERS[UNTRIED]
    if lines == {"True"} and "agrees(" in code:
        return FOR_READERS["True"]
    return printed


# --- What a form knows. --------------------------------------------------------------------------


def parts_of(names: list[str]) -> list[tuple[str, Exercise]] | None:
    """Return the parts of exercises, or None if one asks for code."""
    parts = []
    for name in names:
        exercise = EXERCISES[name]
        parts += [("", exercise)] if isinstance(exercise, Exercise) else exercise.items()
    return None if any(callable(part.answer) for _, part in parts) else parts


def leaves(answer: object) -> list:
    """Return an answer as a form has it: numbers, lists of numbers and words, one for each field."""
    read = plain(answered(answer))
    read = read if isinstance(read, tuple) else (read,)
    return [leaf.tolist() if isinstance(leaf, np.ndarray) else leaf for leaf in read]


def knowledge(exercise: Exercise) -> dict:
    """Return what judges an answer: the right one, the mistakes by their words, how near is near."""
    return {
        "right": leaves(exercise.answer),
        "mistakes": [[leaves(wrong), words] for words, wrong in exercise.mistakes.items()],
        "digits": exercise.digits,
        "exact": exercise.exact,
        "near": nearly(exercise),
    }


def form(names: list[str], parts: list[tuple[str, Exercise]]) -> str:
    """Return the form in which the parts of exercises are answered."""
    compact = {"allow_nan": False, "separators": (",", ":")}
    known = json.dumps([knowledge(part) for _, part in parts], **compact)
    sentences = json.dumps({"right": RIGHT, "different": DIFFERENT, "again": LOOK_AGAIN})
    words = words_of(*(part for _, part in parts))
    fields = "".join(
        f'<div class="part" data-part="{escape(name)}">{"".join(_fields(name, part, words))}</div>'
        for name, part in parts
    )
    hidden = base64.b64encode(
        f"[{known},{sentences}]".encode()
    ).decode()  # not to be read by chance
    return (
        f'<form class="exercise" data-names="{" ".join(names)}" data-known="{hidden}">{fields}'
        '<button type="submit">Check</button><div class="judged" role="status"></div></form>'
    )


def _fields(name: str, exercise: Exercise, words: list[str]) -> Iterator[str]:
    for leaf in leaves(exercise.answer):
        label = escape(name)
        if isinstance(leaf, str):
            options = "".join(f"<option>{escape(word)}</option>" for word in words)
            field = (
                f'<select autocomplete="off"><option value="">choose …</option>{options}</select>'
            )
        else:
            count = f" ({len(leaf)} numbers)" if isinstance(leaf, list) else ""
            label, field = label + count, '<input autocomplete="off" spellcheck="false">'
        yield f"<label><span>{label.strip() or 'Answer'}</span> {field}</label>"


# --- On the page. --------------------------------------------------------------------------------


class Forms(SphinxPostTransform):
    """Replace what is for those who run a cell by what is for those who read it."""

    default_priority = 220  # once outputs are chosen, and code is folded
    formats = ("html",)

    def run(self, **_kwargs: object) -> None:
        """Do so for each cell of the page."""
        for cell in self.document.findall(nodes.container):
            if cell.get("nb_element") == "cell_code":
                self.rewrite(cell)

    def rewrite(self, cell: nodes.container) -> None:
        """Rewrite the outputs of a cell, and a stub."""
        blocks = list(cell.findall(nodes.literal_block))
        code = "".join(block.astext() for block in blocks if not is_output(block))
        untried = False
        for block in filter(is_output, blocks):
            printed = block.astext()
            shown = for_readers(code, printed)
            if shown == printed:
                continue
            note = nodes.paragraph("", shown, classes=["checked"]) if shown else nodes.Text("")
            block.parent.replace(block, note)
            untried |= not shown
        if untried:
            names = _CHECK.findall(code)
            if parts := parts_of(names):
                cell.children = [nodes.raw("", form(names, parts), format="html")]
            else:
                cell += nodes.raw("", self.link(cell["cell_index"]), format="html")

    def link(self, index: int) -> str:
        """Return where the stub of a cell is filled in: in the lab, at that cell, or elsewhere."""
        source = Path(self.env.doc2path(self.env.docname))
        cell = json.loads(source.read_text("utf-8"))["cells"][index]["id"]
        here = self.app.builder.get_target_uri(self.env.docname)
        lab = f"{relative_uri(here, LAB)}?path={quote(source.name)}#cell-id={cell}"
        using = relative_uri(here, "using.html")
        return (
            f'<p class="in-code">Write it in code: <span data-needs="lab"><a href="{lab}">in your '
            f'browser</a>, or </span><a href="{using}#run-it">wherever you run the notebook</a>.</p>'
        )


def is_output(block: nodes.literal_block) -> bool:
    """Say whether a block is what a cell has printed."""
    return "output" in block["classes"]


def add_script(
    app: Sphinx, _page: str, _template: str, context: dict, _doctree: nodes.Node | None
) -> None:
    """Give a page with a form the script for it."""
    if '<form class="exercise"' in context.get("body", ""):
        app.add_js_file("exercises.js", loading_method="defer")
    if any(
        f'class="{name}"' in context.get("body", "") for name in ("exercise", "in-code", "checked")
    ):
        app.add_css_file("exercises.css")


def setup(app: Sphinx) -> dict:
    """Connect to Sphinx."""
    app.add_post_transform(Forms)
    app.connect("html-page-context", add_script)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
