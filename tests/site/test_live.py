"""The same explorable in a real JupyterLab: the kernel answers, and the page outlives it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace

import nbformat
import numpy as np
import pytest
import store
from afresh import Fresh, explorables_of
from manuscript import BOOK
from nbformat.v4 import new_code_cell, new_notebook, new_output
from notebook_server import jupyterlab
from pages import DESKTOP, Open, Visit, opener
from playwright.sync_api import Browser, Locator, expect
from test_explorables import check

pytestmark = pytest.mark.slow

PATIENCE = 120_000  # milliseconds for a kernel to start and to import, on a busy machine
IDLE = "window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
PAGE, NAME = "index.html", "valley"

#: A figure whose dot leads two sliders along.
HAND = """
import matplotlib.pyplot as plt

from utils.explore import explore, slider

fig, ax = plt.subplots()
(dot,) = ax.plot([], [], "o")
ax.set(xlim=(0, 4), ylim=(0, 4))


def update(x, y):
    dot.set_data([x], [y])
    return f"At {x:.2f} and {y:.2f}."


span = slider(0, 4, stops=5, start=1)
explore(fig, update, name="hand", alt="A dot.", handles={dot: ("x", "y")}, x=span, y=span)
"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start a JupyterLab of its own on the notebook and a solution; return its address."""
    home = tmp_path_factory.mktemp("lab")
    notebook = nbformat.read(BOOK / PAGE.replace(".html", ".ipynb"), as_version=4)
    prompts = {"code_prompt_show": store.SOLUTION}
    about = {"tags": ["hide-cell"], "mystnb": prompts}
    said = [new_output("stream", text="42\n")]
    solved = new_code_cell("my_sum = 40 + 2\nprint(my_sum)", metadata=about, outputs=said)
    notebook.cells.append(solved)
    store.normalize(notebook)
    (home / PAGE.replace(".html", ".ipynb")).write_text(store.text(notebook), encoding="utf-8")
    hand = new_notebook(cells=[new_code_cell(HAND)], metadata=notebook.metadata)
    nbformat.write(hand, home / "hand.ipynb")
    with jupyterlab(home) as running:
        yield running.address


@pytest.fixture(scope="module")
def notebook(browser: Browser, lab: str) -> Iterator[Visit]:
    """Return the notebook, open in JupyterLab, its kernel ready."""
    with ExitStack() as stack:
        yield ready(opener(browser, stack)(f"{lab}/lab/tree/{PAGE.replace('.html', '.ipynb')}"))


def ready(visited: Visit) -> Visit:
    """Wait until the kernel of a notebook is there."""
    visited.page.wait_for_function(IDLE, timeout=PATIENCE)
    # JupyterLab says, sooner or later, that a kernel's session is gone, and holds everything up
    # until the reader has seen it.
    notice = visited.page.locator(".jp-Dialog-button.jp-mod-accept").first
    visited.page.add_locator_handler(notice, lambda button: button.click())
    return visited


@pytest.fixture
def figure(notebook: Visit) -> Locator:
    """Return the explorable, after its cell has run."""
    return run(notebook)


def run(notebook: Visit, times: int = 1) -> Locator:
    """Run all cells, as often as needed up to so many times, and return the explorable."""
    figure = notebook.page.locator("figure.explorable")
    notebook.page.evaluate("jupyterapp.commands.execute('notebook:clear-all-cell-outputs')")
    expect(figure).to_have_count(0)
    for left in reversed(range(times)):
        notebook.page.evaluate("jupyterapp.commands.execute('notebook:run-all-cells')")
        try:
            expect(figure).to_have_attribute("data-awake", "", timeout=PATIENCE / times)
        except AssertionError:
            if not left:
                raise
        else:
            break
    notebook.page.wait_for_function(IDLE)  # when all has run, JupyterLab moves the focus
    notebook.page.wait_for_timeout(500)
    return figure


@pytest.fixture(scope="module")
def fresh() -> Fresh:
    """Return the explorable as a notebook has it: with finer stops than the page."""
    page = explorables_of(PAGE)[NAME]
    return replace(page, controls={name: c.fine() for name, c in page.controls.items()})


def test_a_solution_is_folded_until_it_is_opened(notebook: Visit) -> None:
    """As the file is opened: its code, and what it prints, which JupyterLab shows when it runs."""
    cells = notebook.page.locator(".jp-CodeCell")
    expect(cells.locator(".jp-InputPlaceholder")).to_have_count(3)  # the course, a figure
    solution = cells.last
    expect(solution.locator(".jp-InputPlaceholder")).to_have_text(store.TITLE)
    code, said = solution.locator(".jp-InputArea-editor"), solution.locator(".jp-OutputArea-output")
    for placeholder, inside, text in (("Input", code, "my_sum"), ("Output", said, "42")):
        expect(inside).to_be_hidden()
        solution.locator(f".jp-{placeholder}Placeholder .jp-Placeholder-content").click()
        expect(inside).to_contain_text(text)
        expect(inside).to_be_visible()


def test_kernel_draws_what_numpy_computes(notebook: Visit, figure: Locator, fresh: Fresh) -> None:
    figure.page.set_viewport_size(DESKTOP)
    (control,) = fresh.controls.values()
    field = figure.get_by_role("slider")
    check(figure, fresh, [control.start])
    for key, stop in (("End", len(control.stops) - 1), ("Home", 0), ("ArrowRight", 1)):
        field.press(key)
        check(figure, fresh, [stop])
    box = field.bounding_box()
    for share in (0.33, 0.77):
        figure.page.mouse.click(box["x"] + share * box["width"], box["y"] + box["height"] / 2)
        check(figure, fresh)
    figure.page.mouse.down()
    figure.page.mouse.move(box["x"], box["y"], steps=30)
    figure.page.mouse.up()
    check(figure, fresh, [0])
    figure.get_by_role("button", name="Reset").click()
    check(figure, fresh, [control.start])
    assert [error for error in notebook.errors if "exception" in error] == []


def test_kernel_leads_the_controls_by_hand(visit: Open, lab: str) -> None:
    """Two at once, to stops between those that a page has."""
    visited = ready(visit(f"{lab}/lab/workspaces/hand/tree/hand.ipynb"))  # beside no other notebook
    figure, mouse = run(visited), visited.page.mouse
    figure.scroll_into_view_if_needed()
    ring, axes = (figure.locator(part) for part in (".explorable-handle", "[data-box]"))
    width, height = map(float, axes.get_attribute("data-box").split()[2:])
    point = figure.evaluate(
        """figure => {
            const svg = figure.querySelector('svg')
            return svg.getBoundingClientRect().width / svg.viewBox.baseVal.width
        }"""
    )
    here, seen = np.array([1.0, 1.0]), ring.bounding_box()
    pointer = np.array([seen["x"] + 15, seen["y"] + 27])
    mouse.move(*pointer)
    mouse.down()
    for there in ([2.36, 3.12], [0.48, 1.78]):
        mouse.move(*(pointer + point * np.array([width, -height]) * (there - here) / 4), steps=9)
        said = figure.locator(".explorable-caption")
        expect(said).to_have_text("At {:.2f} and {:.2f}.".format(*there))
    mouse.up()
    for name, value in zip("xy", there, strict=True):
        expect(figure.locator(f"[name={name}] + output")).to_have_text(f"{value:g}")
    assert [error for error in visited.errors if "exception" in error] == []


def test_notebook_and_page_agree_at_every_stop_of_the_page(fresh: Fresh) -> None:
    """Each stop of the page is one of the notebook's, so what was checked there holds here."""
    page = explorables_of(PAGE)[NAME]
    for name, control in page.controls.items():
        assert set(control.stops) <= set(fresh.controls[name].stops)


def test_page_outlives_its_kernel(notebook: Visit, figure: Locator, fresh: Fresh, lab: str) -> None:
    field = figure.get_by_role("slider")
    for _ in range(3):
        field.press("ArrowRight")
    kernel = notebook.page.evaluate(
        "jupyterapp.shell.currentWidget.sessionContext.session.kernel.id"
    )
    assert notebook.page.request.delete(f"{lab}/api/kernels/{kernel}").ok
    before = len(notebook.errors)
    for _ in range(3):
        field.press("ArrowRight")
    caption = figure.locator(".explorable-caption")
    expect(caption).to_have_text(re.compile("kernel"), timeout=15_000)
    raised = [error for error in notebook.errors[before:] if error.startswith("exception")]
    assert [error for error in raised if "explorable" in error] == []
    # A new kernel, the cell again: all is as before.  JupyterLab may lose what it is asked while it
    # still parts from the old kernel; a reader then sees an empty cell, and runs it once more.
    notebook.page.evaluate("jupyterapp.shell.currentWidget.sessionContext.startKernel()")
    figure = run(notebook, times=8)
    (control,) = fresh.controls.values()
    field, last = figure.get_by_role("slider"), len(control.stops) - 1
    for _ in range(10):
        field.press("End")
        if field.input_value() == str(last):
            break
        notebook.page.wait_for_timeout(500)
    check(figure, fresh, [last])
