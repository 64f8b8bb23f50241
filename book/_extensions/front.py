"""The front page: a way in under its figure, and a card for each chapter.

The source is a notebook like any other, with a link to start by and a list of the chapters and their
questions.  Here each chapter of the list gets its picture: that of its opening figure, without words
and axes, drawn into the page so that it follows the theme and costs no request.
"""

from __future__ import annotations

import re
from pathlib import Path

from docutils import nodes
from html_writer import FiguresFirst
from lxml import etree
from run_links import is_chapter
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

_SVG = "{http://www.w3.org/2000/svg}"
_OPENING = re.compile(r'<div class="explorable-picture"[^>]*>(<svg.*?</svg>)', re.DOTALL)
_CARD = re.compile(
    r'<li>(?:<svg class="card".*?</svg>)?'
    r'(?=<p><a class="reference internal" href="(?P<chapter>[\w-]+)\.html">)',
    re.DOTALL,
)


def thumbnail(svg: str, name: str) -> str:
    """Return what the largest axes of an explorable hold, as a small picture of that *name*.

    Its painter notes the box of each axes (``data-box``) and clips to it what is drawn there.
    Letters are outlines with a scale, and the grid has a color of its own, so both stay out.
    """
    root = etree.fromstring(svg)
    boxes = [_numbers(*axes.get("data-box").split()) for axes in root.iterfind(".//*[@data-box]")]
    largest = max(boxes, key=lambda box: box[2] * box[3])
    clips = {
        f"url(#{clip.get('id')})"
        for clip in root.iter(f"{_SVG}clipPath")
        if _numbers(*map(clip[0].get, ("x", "y", "width", "height"))) == largest
    }
    shapes = [
        _plain(shape)
        for shape in root.iter(f"{_SVG}path", f"{_SVG}image")
        if shape.get("clip-path") in clips
        and "scale(" not in shape.get("transform", "")
        and "--figure-grid" not in shape.get("style", "")
    ]
    used = dict.fromkeys(re.findall(r"url\(#([\w-]+)\)", "".join(shapes)))
    marks = [_plain(mark) for mark in root.iterfind(f"{_SVG}defs/*") if mark.get("id") in used]
    picture = "".join((f"<defs>{''.join(marks)}</defs>" if marks else "", *shapes))
    for number, mark in enumerate(used):  # an id is taken once a page
        picture = re.sub(rf'(?<=[#"]){mark}(?=[)"])', f"card-{name}-{number}", picture)
    box = " ".join(f"{number:.0f}" for number in largest)
    return f'<svg class="card" viewBox="{box}" aria-hidden="true">{picture}</svg>'


def _numbers(*words: str | None) -> list[float]:
    return [float(word or 0) for word in words]


def _plain(shape: etree._Element) -> str:
    """Return a shape's markup, unclipped and to the point: the picture's own edge cuts it."""
    shape.attrib.pop("clip-path", None)
    markup = re.sub(r' xmlns(:\w+)?="[^"]*"', "", etree.tostring(shape, encoding="unicode"))
    return re.sub(
        r' d="[^"]*"',
        lambda d: re.sub(r"-?\d+\.\d+", lambda number: f"{float(number[0]):.0f}", d[0]),
        markup,
    )


class StartUnderTheFigure(SphinxPostTransform):
    """Put the link to start by between the figure and its folded code."""

    default_priority = FiguresFirst.default_priority + 1
    formats = ("html",)

    def run(self, **_kwargs: object) -> None:
        """Move the first paragraph after the first figure, on the front page alone."""
        if self.env.docname != self.config.root_doc:
            return
        for cell in self.document.findall(nodes.container):
            if cell.get("hide_mode") == "input":
                start = cell.next_node(nodes.paragraph, descend=False, ascend=True)
                start.parent.remove(start)
                start["classes"].append("start")
                cell.insert(len(cell) - 1, start)
                return


def lead_on(
    app: Sphinx, page: str, _template: str, context: dict, _doctree: nodes.document | None
) -> None:
    """Let Next lead from the front page to the first chapter, and give that page its script."""
    if page != app.config.root_doc:
        return
    app.add_js_file("front.js", priority=900, loading_method="defer")  # after the player
    pages = app.env.toctree_includes.get(page, [])
    first = next((name for name in pages if is_chapter(app.env, name)), None)
    if first:
        link = app.builder.get_relative_uri(page, first)
        context["next"] = {"link": link, "title": app.env.titles[first].astext()}


def add_pictures(app: Sphinx, exception: Exception | None) -> None:
    """Draw each chapter's opening figure into its card."""
    if exception or app.builder.format != "html":
        return
    front = Path(app.outdir, app.builder.get_target_uri(app.config.root_doc))

    def with_picture(item: re.Match[str]) -> str:
        chapter = Path(app.outdir, f"{item['chapter']}.html")
        opening = chapter.exists() and _OPENING.search(chapter.read_text("utf-8"))
        return f"<li>{thumbnail(opening[1], item['chapter']) if opening else ''}"

    front.write_text(_CARD.sub(with_picture, front.read_text("utf-8")), "utf-8")


def setup(app: Sphinx) -> dict:
    """Connect to Sphinx."""
    app.add_post_transform(StartUnderTheFigure)
    app.connect("html-page-context", lead_on)
    app.connect("build-finished", add_pictures)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
