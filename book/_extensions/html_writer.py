"""How this book's HTML differs from what Sphinx writes: native elements, and none that misleads.

Each method below is one difference, kept because a reader with a phone or a screen reader meets it.
"""

from __future__ import annotations

from html import escape

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator


class BookTranslator(HTML5Translator):
    """Write a page of the book."""

    def visit_table(self, node: nodes.table) -> None:
        """Put a table in a box that scrolls, so that the page never does."""
        self.body.append('<div class="scroll">')
        super().visit_table(node)

    def depart_table(self, node: nodes.table) -> None:
        """End the box."""
        super().depart_table(node)
        self.body.append("</div>\n")

    def visit_entry(self, node: nodes.entry) -> None:
        """Write a header cell without words as a plain one: it is the head of nothing."""
        super().visit_entry(node)
        if not node.astext().strip():
            self.body[-1] = self.body[-1].replace("<th", "<td")
            self.context[-1] = "</td>\n"

    def visit_citation(self, node: nodes.citation) -> None:
        """Write the bibliography as a list; Sphinx gives it roles that browsers have dropped."""
        if not isinstance(node.previous_sibling(), nodes.citation):
            self.body.append('<ul class="citations">\n')
        self.body.append(self.starttag(node, "li", CLASS="citation"))

    def depart_citation(self, node: nodes.citation) -> None:
        """End the entry, and after the last one the list."""
        self.body.append("</li>\n")
        if not isinstance(node.next_node(descend=False, siblings=True), nodes.citation):
            self.body.append("</ul>\n")

    def visit_HideCodeCellNode(self, node: HideCodeCellNode) -> None:
        """Write a folded cell as the browser's own disclosure, named by what one sees."""
        self.body.append(
            f'<details class="fold"><summary>{escape(node["prompt_show"])}</summary>\n'
        )

    def depart_HideCodeCellNode(self, _node: HideCodeCellNode) -> None:
        """End the folded cell."""
        self.body.append("</details>\n")


def setup(app: Sphinx) -> dict:
    """Use the translator for HTML."""
    app.set_translator("html", BookTranslator)
    # MyST-NB has set its own methods for this node on whatever translator is used.
    app.add_node(
        HideCodeCellNode,
        override=True,
        html=(BookTranslator.visit_HideCodeCellNode, BookTranslator.depart_HideCodeCellNode),
    )
    return {"parallel_read_safe": True, "parallel_write_safe": True}
