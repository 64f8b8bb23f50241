"""How this book's HTML differs from what Sphinx writes: native elements, and none that misleads.

Each method below is one difference, kept because a reader with a phone or a screen reader meets it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import escape

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode
from pygments.formatters import HtmlFormatter
from pygments.token import Name, Token, _TokenType
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.writers.html5 import HTML5Translator


EQUATION = re.compile(r"\(\d+\)")


def height(section: nodes.section) -> int:
    """Estimate how tall a section is on the screen, in pixels.

    The browser leaves alone what is far below (``content-visibility`` in the style sheet), and needs
    to know how much room to keep: wrong by a tenth is right enough.  The weights are a fit to the
    measured heights of 33 sections at four widths, and a tenth more.
    """
    pixels = closed = 0
    folded = {id(inner) for fold in section.findall(HideCodeCellNode) for inner in fold.findall()}
    for node in section.findall():
        if isinstance(node, nodes.raw) and "<details" in node.astext():
            closed += 1
            pixels += 65
        if isinstance(node, nodes.raw) and "</details" in node.astext():
            closed -= 1
        if closed or id(node) in folded:
            continue
        if isinstance(node, nodes.literal_block):
            pixels += 60 + 30 * node.astext().count("\n")
        elif isinstance(node, nodes.math_block):
            pixels += 60
        elif isinstance(node, nodes.raw) and "<svg" in node.astext():
            pixels += 750 if "explorable" in node.astext() else 450
        elif isinstance(node, (nodes.row, HideCodeCellNode)):
            pixels += 65
        elif isinstance(node, nodes.title):
            pixels += 90
        elif isinstance(node, (nodes.paragraph, nodes.term)) and not isinstance(
            node.parent, nodes.entry
        ):
            pixels += 30 + len(node.astext()) * 3 // 5
    return pixels


class BookTranslator(HTML5Translator):
    """Write a page of the book."""

    def visit_section(self, node: nodes.section) -> None:
        """Note with each section of a page about how tall it is."""
        super().visit_section(node)
        if self.section_level == 2:
            self.body[-1] = self.body[-1].replace(
                "<section", f'<section style="--height: {height(node)}px"', 1
            )

    def add_permalink_ref(self, node: nodes.Element, title: str) -> None:
        """Keep a heading's link to itself from its name: "At a glance, number sign, link" is no title.

        Who listens finds the same addresses as links in the contents.
        """
        before = len(self.body)
        super().add_permalink_ref(node, title)
        for i in range(before, len(self.body)):
            self.body[i] = self.body[i].replace("<a ", '<a aria-hidden="true" tabindex="-1" ', 1)

    def visit_table(self, node: nodes.table) -> None:
        """Put a table in a box that scrolls, so that the page never does."""
        self.body.append('<div class="scroll" tabindex="0">')
        super().visit_table(node)

    def depart_table(self, node: nodes.table) -> None:
        """End the box."""
        super().depart_table(node)
        self.body.append("</div>\n")

    def visit_entry(self, node: nodes.entry) -> None:
        """Say what a header cell heads: its column, or, if it begins a row of the body, that row.

        One without words is the head of nothing; nor does a formula alone head a row, since axe-core
        finds no words in MathML.
        """
        super().visit_entry(node)
        row = node.parent
        if isinstance(row.parent, nodes.tbody):
            if node is row[0] and _has_words(node):
                self.body[-1] = self.body[-1].replace("<td", '<th scope="row"')
                self.context[-1] = self.context[-1].replace("</td>", "</th>")
        elif node.astext().strip():
            self.body[-1] = self.body[-1].replace("<th", '<th scope="col"')
        else:
            self.body[-1] = self.body[-1].replace("<th", "<td")
            self.context[-1] = "</td>\n"

    def visit_reference(self, node: nodes.reference) -> None:
        """Give the number of an equation its noun, for those who hear links one by one."""
        super().visit_reference(node)
        if EQUATION.fullmatch(node.astext()):
            self.body[-1] = self.body[-1].replace(
                "<a ", f'<a aria-label="equation {node.astext()}" ', 1
            )

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


def _has_words(entry: nodes.entry) -> bool:
    """Say whether a cell has a text, formulas apart."""
    texts = entry.findall(nodes.Text)
    return any(text.strip() and not isinstance(text.parent, nodes.math) for text in texts)


class FiguresFirst(SphinxPostTransform):
    """Put the folded code of a figure below it: first the question, then the figure, then how."""

    default_priority = 200  # just after MyST-NB folds the code
    formats = ("html",)

    def run(self, **_kwargs: object) -> None:
        """Move each folded input to the end of its cell."""
        for cell in self.document.findall(nodes.container):
            if cell.get("hide_mode") == "input" and isinstance(cell[0], HideCodeCellNode):
                cell.append(cell.pop(0))


class EquationElsewhere(SphinxPostTransform):
    """Name the chapter of an equation of another page, since each page counts its own."""

    default_priority = 200  # when references have been resolved
    formats = ("html",)

    def run(self, **_kwargs: object) -> None:
        """Put the title of its page before the number."""
        for reference in self.document.findall(nodes.reference):
            page = reference.get("refuri", "").partition(".html#")[0]
            if page in self.env.titles and EQUATION.fullmatch(reference.astext()):
                number = next(reference.findall(nodes.Text))
                title = self.env.titles[page].astext()
                number.parent.replace(number, nodes.Text(f"{title}\N{NO-BREAK SPACE}{number}"))


class FormulaWithItsPoint(SphinxPostTransform):
    """Keep a formula in a line together with the brackets and the full stop that touch it.

    To a browser a formula is one thing, like a picture, and a line may end on either side of it.
    So is the number of an equation in a table, a link made large enough for a finger.
    """

    default_priority = 200
    formats = ("html",)

    def run(self, **_kwargs: object) -> None:
        """Wrap each formula and what touches it in a span that does not break."""
        numbers = (
            reference
            for cell in self.document.findall(nodes.entry)
            for reference in cell.findall(nodes.reference)
            if EQUATION.fullmatch(reference.astext())
        )
        for formula in [*self.document.findall(nodes.math), *numbers]:
            parent = formula.parent  # by place, since two pieces of text may be equal
            place = parent.index(formula)
            before = parent[place - 1] if place else None
            after = parent[place + 1] if place + 1 < len(parent) else None
            opening = re.search(r"[(\[“]*$", before)[0] if isinstance(before, nodes.Text) else ""
            closing = re.match(r"[.,;:!?)\]”]*", after)[0] if isinstance(after, nodes.Text) else ""
            if not opening and not closing:
                continue
            if opening:
                parent[place - 1] = nodes.Text(before[: -len(opening)])
            if closing:
                parent[place + 1] = nodes.Text(after[len(closing) :])
            parent[place] = whole = nodes.inline(classes=["whole"])
            whole += [nodes.Text(opening), formula, nodes.Text(closing)]


class LeanFormatter(HtmlFormatter):
    """Mark only the tokens that the style sheet colors.

    A span for each name, comma and space would be half of all elements of a chapter.
    """

    def _get_css_classes(self, ttype: _TokenType) -> str:
        plain = ttype in Token.Name or ttype in Token.Text or ttype in Token.Punctuation
        named = any(ttype in kind for kind in (Name.Function, Name.Class, Name.Decorator))
        symbol = ttype in Token.Operator and ttype is not Token.Operator.Word
        return "" if (plain and not named) or symbol else super()._get_css_classes(ttype)

    def _wrap_pre(self, inner: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
        """Let the keyboard reach code that scrolls."""
        for is_line, text in super()._wrap_pre(inner):
            yield is_line, text if is_line else text.replace("<pre>", '<pre tabindex="0">')


def use_lean_formatter(app: Sphinx) -> None:
    """Give Sphinx the formatter; it has no setting for it."""
    if app.builder.format == "html":
        app.builder.highlighter.formatter = LeanFormatter


def setup(app: Sphinx) -> dict:
    """Use the translator for HTML."""
    app.set_translator("html", BookTranslator)
    app.add_post_transform(FiguresFirst)
    app.add_post_transform(EquationElsewhere)
    app.add_post_transform(FormulaWithItsPoint)
    app.connect("builder-inited", use_lean_formatter)
    # MyST-NB has set its own methods for this node on whatever translator is used.
    app.add_node(
        HideCodeCellNode,
        override=True,
        html=(BookTranslator.visit_HideCodeCellNode, BookTranslator.depart_HideCodeCellNode),
    )
    return {"parallel_read_safe": True, "parallel_write_safe": True}
