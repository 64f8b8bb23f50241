"""A page shows what the cells of its notebook have answered, to the letter."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from bs4 import Tag
from docutils import nodes
from exercise_forms import for_readers
from manuscript import Page, notebooks
from math_rendering import mathml
from myst_nb.core.render import strip_latex_delimiters
from nbformat import NotebookNode
from pages import parsed


def stored(cell: NotebookNode) -> list[str]:
    """Return what a page must show for each output of a cell; for a picture, its words."""
    alt = cell.metadata.get("mystnb", {}).get("image", {}).get("alt")
    told = []
    for output in cell.outputs:
        printed = words(output.get("text") or output.data, alt)
        instead = for_readers(cell.source, printed)
        told += [printed] if instead == printed else [squeezed(instead)] if instead else []
    return told


def words(answer: str | dict[str, str], alt: str | None) -> str:
    """Return an output as text: one line if it is set as text, else the lines that it has."""
    if isinstance(answer, str):
        return answer if answer.endswith("\n") else f"{answer}\n"
    if "image/svg+xml" in answer:
        # Of an explorable, the caption; after it stands the formula of its state.
        return alt or answer["text/plain"].partition("\n")[0]
    if latex := answer.get("text/latex"):
        return formula(strip_latex_delimiters(latex), display=True)
    if table := answer.get("text/markdown"):
        _, rule, *_ = lines = table.splitlines()
        rows = " | ".join(line.strip("| ") for line in lines if line is not rule)
        with_formulas = re.sub(r"\$(.+?)\$", lambda m: formula(m[1], display=False), rows)
        return squeezed(with_formulas.replace(" | ", " "))
    return words(answer["text/plain"], alt)


def formula(tex: str, *, display: bool) -> str:
    """Return the letters of a formula."""
    node = nodes.math_block("", tex, number=None) if display else nodes.math("", tex)
    return squeezed(unescape(re.sub(r"<[^>]+>", "", mathml(node, display=display))))


def squeezed(text: str) -> str:
    """Return text without white space, which HTML has between blocks for nobody to see."""
    return "".join(text.split())


def shown(output: Tag) -> str:
    """Return an output of a page as text."""
    if caption := output.select_one("figure.explorable .explorable-caption"):
        return caption.get_text()
    if picture := output.select_one("svg"):
        return picture["aria-label"]
    lines = output.select_one("pre")
    return lines.get_text() if lines else squeezed(output.get_text())


@pytest.mark.parametrize("chapter", notebooks(), ids=lambda chapter: chapter.path.stem)
def test_a_page_shows_the_outputs_of_its_notebook(site: Path, chapter: Page):
    cells = [cell.node for cell in chapter.of_kind("code") if "remove-cell" not in cell.tags]
    page = parsed(site / f"{chapter.path.stem}.html").select("div.cell")
    assert len(page) == len(cells)
    assert any(cell.outputs for cell in cells)
    both = [
        ([shown(output) for output in place.select(".cell_output > *")], stored(cell))
        for cell, place in zip(cells, page, strict=True)
    ]
    assert [pair for pair in both if pair[0] != pair[1]] == []
