"""A form that makes a link for a class: one click, and the hub opens the chapter (nbgitpuller).

The directive ``hub-link`` marks its place.  The form is a template of the theme, which here gets the
chapters, in the order of the contents.  It stays hidden until its script, which no other page loads,
can answer; the text around it says how to write such a link by hand.
"""

from __future__ import annotations

from docutils import nodes
from docutils.parsers.rst import Directive
from run_links import is_chapter
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.writers.html5 import HTML5Translator

SCRIPT, STYLE = "hub-link.js", "hub-link.css"


class hub_link(nodes.General, nodes.Element):  # noqa: N801, as docutils names its nodes
    """The place of the form."""


class HubLink(Directive):
    """Put the form here."""

    def run(self) -> list[nodes.Node]:
        """Return its place."""
        return [hub_link()]


def chapters(env: BuildEnvironment) -> dict[str, str]:
    """Return the title of each chapter by the path of its notebook in the repository."""
    pages = env.toctree_includes.get(env.config.root_doc, [])
    return {
        f"book/{name}.ipynb": env.titles[name].astext() for name in pages if is_chapter(env, name)
    }


def write_form(translator: HTML5Translator, _node: hub_link) -> None:
    """Write the form."""
    builder = translator.builder
    context = {"chapters": chapters(builder.env)}
    translator.body.append(builder.templates.render("hub-link.html", context))
    raise nodes.SkipNode


def add_script(
    app: Sphinx, _page: str, _template: str, _context: dict, doctree: nodes.document | None
) -> None:
    """Load the script and the style sheet where the form is."""
    if doctree is not None and next(doctree.findall(hub_link), None) is not None:
        app.add_css_file(STYLE)
        app.add_js_file(SCRIPT, loading_method="defer")


def setup(app: Sphinx) -> dict:
    """Register the directive and its form."""
    app.add_directive("hub-link", HubLink)
    app.add_node(hub_link, html=(write_form, None))
    app.connect("html-page-context", add_script)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
