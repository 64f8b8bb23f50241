"""Predict, commit, see: the question, the figure, and the answer to it stand together.

In a notebook an author writes plain Markdown: a paragraph that begins with **Predict first**, a list
of two to four answers, the cell of the explorable, and a fold *Check your prediction*, whose first
bold words are the right answer.  On the page the list becomes a question that one can answer, and
the fold then says what was answered (``predict.js``).  Without a script it is the list that it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

logger = logging.getLogger(__name__)
ASKS, ANSWERS = "Predict first", ">Check your prediction</summary>"
_FIGURE = '<figure class="explorable" id="'


def same(text: str) -> str:
    """Return an answer as it is compared: "A quarter." and "a quarter" are one."""
    return " ".join(text.split()).rstrip(".:").casefold()


def figure_of(node: nodes.Node) -> str | None:
    """Return the name of the explorable in a cell."""
    for raw in node.findall(nodes.raw):
        _, found, rest = raw.astext().partition(_FIGURE)
        if found:
            return rest.partition('"')[0]
    return None


def asks(node: nodes.Node) -> bool:
    """Say whether a paragraph asks for a prediction."""
    first = next((child for child in node if child.astext()), None)
    return isinstance(first, nodes.strong) and first.astext().startswith(ASKS)


class Together(SphinxPostTransform):
    """Put a question, its figure and its answer into one box, and all folded code after them."""

    default_priority = 210  # once the code of a figure has been folded
    formats = ("html",)

    def run(self, **_kwargs: object) -> None:
        """Do so for each question of the page."""
        for question in [node for node in self.document.findall(nodes.paragraph) if asks(node)]:
            parent, place = question.parent, question.parent.index(question)
            asked, figure, answer = parts(parent[place:])
            if not answer:
                continue
            folds = [child for node in [*asked, figure] for child in node if is_fold(child)]
            for node in [*asked, figure, *answer]:
                parent.remove(node)
                node.children = [child for child in node.children if not is_fold(child)]
            asked = list(self.with_choices(asked, figure_of(figure), answer))
            box = nodes.container("", nodes.container("", *asked, classes=["asked"]), figure)
            box += nodes.container("", *answer, classes=["answered"])
            box += folds
            box["classes"] = ["explored"]
            parent.insert(place, box)

    def with_choices(self, asked: list, figure: str, answer: list) -> Iterator[nodes.Node]:
        """Yield what is asked, a list of answers made one from which the reader chooses."""
        question, *rest = asked
        if not rest or not isinstance(rest[0], nodes.bullet_list):
            yield from asked
            return
        choices = [item[0] for item in rest.pop(0)]
        bold = next((node for part in answer for node in part.findall(nodes.strong)), None)
        words = [same(choice.astext()) for choice in choices]
        right = same(bold.astext()) if bold else ""
        if words.count(right) != 1 or not 2 <= len(words) <= 4:
            logger.warning(
                "the answer to %r begins, in bold, with %r, and the choices are %r",
                figure,
                right,
                words,
                location=question,
            )
            right = words[0]
        name = f"{self.env.docname}-{figure}"
        yield raw(
            f'<fieldset class="question" data-key="{escape(name)}" '
            f'data-right="{words.index(right)}"><legend>'
        )
        yield nodes.inline("", "", *question)  # in text, as Sphinx wants a reference
        yield raw('</legend><div class="choices">')
        for choice in choices:
            yield raw(f'<label><input type="radio" name="{escape(name)}" autocomplete="off">')
            yield nodes.inline("", "", *choice)
            yield raw("</label>")
        yield raw(
            '</div><p class="noted"><span role="status"></span>'
            '<button type="button" hidden>Forget it</button></p></fieldset>'
        )
        yield from rest


def parts(following: list[nodes.Node]) -> tuple[list, nodes.Node | None, list]:
    """Return a question, what else stands before its figure, the figure's cell, and the answer."""
    asked, answer = [], []
    rest = iter(following)
    for figure in rest:
        if figure_of(figure):
            break
        asked.append(figure)
    for node in rest:
        answer.append(node)
        if ANSWERS not in answer[0].astext():
            break
        if isinstance(node, nodes.raw) and "</details>" in node.astext():
            return asked, figure, answer
    return asked, None, []


def is_fold(node: nodes.Node) -> bool:
    """Say whether it is the folded code of a cell."""
    return isinstance(node, HideCodeCellNode)


def raw(html: str) -> nodes.raw:
    """Return HTML as it is to be written."""
    return nodes.raw("", html, format="html")


def setup(app: Sphinx) -> dict:
    """Connect to Sphinx."""
    app.add_post_transform(Together)
    app.connect("html-page-context", add_script)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def add_script(
    app: Sphinx, _page: str, _template: str, context: dict, _doctree: nodes.Node | None
) -> None:
    """Give a page with a question the script and the style for it."""
    if 'class="explored' in context.get("body", ""):
        app.add_css_file("predict.css")
        app.add_js_file("predict.js", loading_method="defer")
