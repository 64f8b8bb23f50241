"""A figure that keeps its reader waiting says so and why; one that does not says nothing of it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from pages import Open
from playwright.sync_api import Locator, expect

from utils.explore import int_slider, markup

#: A kernel that answers the last question when it is told to.
KERNEL = """markup => {
    window.sent = []
    let hear
    window.answer = () => hear({...sent.at(-1), layers: [], caption: `At ${sent.at(-1).stops}.`})
    const model = {
        get: () => markup, on: (_, listener) => { hear = listener }, off() {},
        send: question => sent.push(question),
    }
    player.render({model, el: document.body})
}"""

ASKED = "sent.map(question => question.stops[0])"


@pytest.fixture
def figure(visit: Open) -> Locator:
    """Return an explorable as a notebook shows it; its clock stands still."""
    page = visit("about:blank").page
    page.clock.install(time=0)
    page.clock.pause_at(1)
    script = markup.notebook_script().replace("export default", "window.player =")
    page.add_script_tag(content=script)
    controls = {"t": int_slider(0, 9)}
    page.evaluate(KERNEL, markup.figure("slow", controls, "<svg><g></g></svg>", "At first.", "m"))
    figure = page.locator("figure")
    figure.get_by_role("slider").focus()
    return figure


def turn(figure: Locator, times: int = 1) -> None:
    for _ in range(times):
        figure.page.keyboard.press("ArrowRight")


def shows(figure: Locator, caption: str, *, busy: bool) -> None:
    """Hold what the figure says, and whether its picture is one that is to come."""
    expect(figure.locator(".explorable-caption")).to_have_text(caption)
    expect(figure.locator("[aria-busy]")).to_have_count(int(busy))
    assert figure.locator("[aria-busy] .explorable-caption").count() == 0  # or it is never read


@pytest.fixture
def wait(figure: Locator) -> Callable[[int], None]:
    """Let milliseconds pass."""
    return figure.page.clock.run_for


def test_a_quick_answer_comes_without_a_word(figure: Locator, wait: Callable[[int], None]) -> None:
    turn(figure)
    wait(300)
    shows(figure, "At first.", busy=False)
    figure.page.evaluate("answer()")
    shows(figure, "At 1.", busy=False)
    wait(10_000)
    shows(figure, "At 1.", busy=False)


def test_a_slow_figure_says_that_it_computes(figure: Locator, wait: Callable[[int], None]) -> None:
    """It is asked for the newest state alone, and says nothing of those in between."""
    turn(figure)
    wait(350)
    shows(figure, "Computing …", busy=True)
    turn(figure, 3)
    assert figure.page.evaluate(ASKED) == [1]
    figure.page.evaluate("answer()")
    figure.page.wait_for_function("sent.length === 2")
    assert figure.page.evaluate(ASKED) == [1, 4]
    shows(figure, "Computing …", busy=True)
    wait(450)  # a screen reader is told, too
    assert figure.locator(".explorable-caption > *").count() == 0
    figure.page.evaluate("answer()")
    shows(figure, "At 4.", busy=False)


def test_a_silent_kernel_is_said_to_need_all_cells(
    figure: Locator, wait: Callable[[int], None]
) -> None:
    """A new kernel knows none of the names that the figure's own cell uses."""
    turn(figure)
    wait(5100)
    expect(figure.locator(".explorable-caption")).to_have_text(
        re.compile(r"kernel has not answered.*run all cells again, from the first")
    )


def test_a_slow_network_is_said_so(visit: Open, server: str) -> None:
    page = visit("about:blank").page
    held = []
    page.route("**/explorables/*-*.js", lambda route: held.append(route))
    page.goto(f"{server}/index.html", wait_until="domcontentloaded")
    figure = page.locator("figure.explorable").first
    figure.locator("[data-words]").first.focus()
    page.keyboard.press("End")
    shows(figure, "The recording of this figure is on its way …", busy=True)
    for route in held:
        route.continue_()
    expect(figure.locator("[aria-busy]")).to_have_count(0)
    expect(figure.locator(".explorable-caption")).to_have_text(re.compile("^Learning rate"))
