"""The notebooks as they are committed: run in order, short cells, no plumbing, nothing hidden."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import nbformat
import pytest
from lint import report, sample
from manuscript import Cell, Page, inline, notebooks, pages, tokens
from nbformat.v4 import new_output
from store import WIDGET_VIEW, normalize, text

from utils.figures import PAPER

EACH_NOTEBOOK = pytest.mark.parametrize("page", notebooks(), ids=lambda page: page.name)

MAKE_OUTPUTS = "Run `make outputs` and commit what it stores:"

#: How many lines a cell may have: one that only draws is folded away, and so are solutions and what
#: finds the course.
LONGEST = {"hide-input": 40, "hide-cell": 30, "remove-cell": 30}
LONGEST_SEEN = 15


# --- As stored. ----------------------------------------------------------------------------------


@EACH_NOTEBOOK
def test_it_is_in_the_committed_form(page: Page):
    """Metadata, ids and outputs are what ``tools/store.py`` writes."""
    written = page.path.read_text(encoding="utf-8")
    notebook = nbformat.reads(written, as_version=4)
    normalize(notebook)
    report([page.name] if text(notebook) != written else [], "Run `make format` and commit:")


@EACH_NOTEBOOK
def test_it_was_run_once_from_top_to_bottom(page: Page):
    """The execution counts are 1, 2, 3, ..."""
    report(
        (
            f"{cell.at()}: executed as {cell.node.execution_count}, not as {count}"
            for count, cell in enumerate(page.of_kind("code"), start=1)
            if cell.node.execution_count != count
        ),
        MAKE_OUTPUTS,
    )


def on_paper(svg: str | None) -> bool:
    """Say whether the first thing that a picture draws, if there is one, is white and fills it."""
    if svg is None:
        return True
    size = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    first = re.search(r"<path[^>]*>", svg.partition("</defs>")[2])
    if not size or not first or f"fill: {PAPER}" not in first[0]:
        return False
    sheet = {float(number) for number in re.findall(r"[\d.]+", first[0].split("style")[0])}
    return sheet == {0, float(size[1]), float(size[2])}


def unfit(cell: Cell) -> Iterator[str]:
    """Name what a stored output must not be."""
    for output in cell.node.outputs:
        data = output.get("data", {})
        if output.get("name") == "stderr":
            yield f"{cell.at()}: a warning or other words on stderr: {output.text[:80]!r}"
        if output.output_type == "error" and "raises-exception" not in cell.tags:
            yield f"{cell.at()}: {output.ename}"
        if pixels := {"image/png", "image/jpeg"} & set(data):
            yield f"{cell.at()}: pixels ({', '.join(pixels)}) instead of SVG, which is compared"
        if not on_paper(data.get("image/svg+xml")):
            yield f"{cell.at()}: a picture without paper, dark ink on whatever a dark notebook has"
        if WIDGET_VIEW in data:
            yield f"{cell.at()}: the view of a widget, without its kernel"
        if "<script" in "".join(data.get("text/html", "")):
            yield f"{cell.at()}: a script, so perhaps a recording"


@EACH_NOTEBOOK
def test_its_outputs_are_fit_to_print(page: Page):
    """Pictures are SVG, and legible in the dark; no warnings, no errors, no recordings."""
    problems = (problem for cell in page.of_kind("code") for problem in unfit(cell))
    report(problems, f"Mend the cell so that it answers without.  {MAKE_OUTPUTS}")


SHEET = f"""
<svg viewBox="0 0 2 3"><defs></defs><path d="M0 3H2V0H0" style="fill: {PAPER}"/></svg>
"""


def test_unfit_outputs_are_seen():
    """One of each kind."""
    cell = sample("1", "code")
    cell.node.outputs = [
        new_output("stream", name="stderr", text="RuntimeWarning: overflow"),
        new_output("error", ename="ValueError", evalue="", traceback=[]),
        new_output("display_data", {"image/png": ""}),
        new_output("display_data", {WIDGET_VIEW: {}}),
        new_output("display_data", {"text/html": "<script>1</script>"}),
        new_output("display_data", {"image/svg+xml": SHEET.replace(PAPER, "none")}),
        new_output("display_data", {"image/svg+xml": SHEET.replace("H2", "H1")}),
        new_output("display_data", {"image/svg+xml": SHEET, "text/html": "<b>1</b>"}),
    ]
    assert len(list(unfit(cell))) == len(cell.node.outputs) - 1


@EACH_NOTEBOOK
def test_every_output_is_compared(page: Page):
    """No cell asks nbval to look away."""
    report(
        (
            cell.at()
            for cell in page.of_kind("code")
            if re.search(r"NBVAL_(IGNORE|SKIP)|PYTEST_VALIDATE_IGNORE", cell.node.source)
            or {"nbval-ignore-output", "nbval-skip", "skip-execution"} & cell.tags
        ),
        "Let the cell answer the same in every run, so that its output can be compared:",
    )


# --- As read. ------------------------------------------------------------------------------------


@EACH_NOTEBOOK
def test_cells_are_short(page: Page):
    """A reader takes in a cell at one look."""
    report(
        (
            f"{cell.at(longest + 1)}: {lines} lines, at most {longest}"
            for cell in page.of_kind("code")
            for lines in [len(cell.node.source.splitlines())]
            for longest in [max([LONGEST.get(tag, 0) for tag in cell.tags] + [LONGEST_SEEN])]
            if lines > longest
        ),
        "Split the cell, move what chapters share to utils/, or tag drawings `hide-input` "
        "and solutions `hide-cell`:",
    )


def plumbing(cell: Cell, *, first: bool) -> Iterator[str]:
    """Name a set-up cell that is longer than its imports, and imports further down."""
    tree = ast.parse(cell.python)
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    if not first:
        for node in imports if not cell.tags & set(LONGEST) else []:
            yield f"{cell.at(node.lineno)}: an import outside the set-up cell"
    elif len(rest := [node for node in tree.body if node not in imports]) > len(imports):
        yield f"{cell.at(rest[0].lineno)}: {len(rest)} statements beside {len(imports)} imports"


@EACH_NOTEBOOK
def test_a_reader_meets_no_plumbing(page: Page):
    """The first cell imports, and does little else; later cells do not import."""
    report(
        (
            problem
            for count, cell in enumerate(page.of_kind("code")[1:])  # that for Colab is not seen
            for problem in plumbing(cell, first=count == 0)
        ),
        "Move set-up to utils/ and imports to the first code cell:",
    )


def test_plumbing_is_seen():
    """In the first cell and in a later one, but not in a solution that is folded away."""
    assert list(plumbing(sample("import numpy\na = 1\nb = 2", "code"), first=True))
    assert not list(plumbing(sample("import numpy as np\nuse_style()", "code"), first=True))
    assert list(plumbing(sample("x = 1\nfrom utils import losses", "code"), first=False))
    assert not list(plumbing(sample("import math", "code", tags=["hide-cell"]), first=False))


# --- Alternative texts. --------------------------------------------------------------------------


def poor(alt: str | None) -> str | None:
    """Say why a text is no alternative to a picture, or return None if it may be one."""
    if not alt:
        return "no alternative text"
    if re.search(r"\.(svg|png|jpe?g|gif|webp)$", alt.strip(), re.I):
        return f"a file name: {alt!r}"
    if re.match(r"(an? |the )?(image|picture|plot|figure|graph|chart|diagram) ", alt, re.I):
        return f"says what it is, not what it shows: {alt!r}"
    return f"too short to say what is seen: {alt!r}" if len(alt) < 20 else None


def pictures(cell: Cell) -> Iterator[tuple[int, str | None]]:
    """Return the line and the alternative text of each picture that a cell shows."""
    if cell.node.cell_type == "code":
        drawn = any("image/svg+xml" in output.get("data", {}) for output in cell.node.outputs)
        if drawn and not re.search(r"\bexplore\(", cell.node.source):  # which insists on `alt`
            yield 1, cell.node.metadata.get("mystnb", {}).get("image", {}).get("alt")
        return
    for line, token in inline(cell):
        if token.type == "image":
            yield line, token.content
    for line, token in tokens(cell):
        if re.match(r"\{(figure|image)\}", token.info):
            alt = re.search(r"^:alt: *(.*)$", token.content, re.M)
            yield line, alt and alt[1]
    for tag in re.finditer(r"<img\b[^>]*>", cell.node.source):
        alt = re.search(r"\balt=\"([^\"]*)\"", tag[0])
        yield cell.node.source.count("\n", 0, tag.start()) + 1, alt and alt[1]


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_every_picture_has_an_alternative_text(page: Page):
    """Who cannot see the picture reads what it shows."""
    report(
        (
            f"{cell.at(line)}: {poor(alt)}"
            for cell in page.cells
            for line, alt in pictures(cell)
            if poor(alt)
        ),
        "Say what the picture shows: ![...](...), or in the metadata of the cell that draws it, "
        '{"mystnb": {"image": {"alt": "..."}}}:',
    )


def test_a_missing_or_poor_alternative_text_is_seen():
    """On Markdown's pictures, HTML's and matplotlib's."""
    drawing = sample("ax.plot(w, cost(w))", "code")
    drawing.node.outputs = [new_output("display_data", {"image/svg+xml": "<svg/>"})]
    markdown = sample("![](a.svg) ![cost.png](a.svg)\n\n<img src='a.svg'>")
    found = [*pictures(drawing), *pictures(markdown)]
    assert len(found) == 4
    assert all(poor(alt) for _, alt in found)
    assert poor("Plot of the cost over the weight")
    assert not poor("The cost falls along a parabola to its minimum at w = 0")
