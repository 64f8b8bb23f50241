"""The line under a figure: its MathML, its record, and what a view in a notebook is sent."""

import json
import re

import matplotlib.pyplot as plt
import pytest
from bs4 import BeautifulSoup
from math_rendering import _render

from tests.explore.test_explore import ALT, T, View, live, show, shown  # noqa: F401 (fixtures)
from utils.explore import RecordingError, explore, int_slider, worked
from utils.explore.live import LiveExplorable
from utils.explore.markup import line_under, picture
from utils.explore.mathml import mathml
from utils.explore.painter import Painter

FORMULAS = [
    r"z = 0.4 \cdot #a - 0.6 \cdot (-2) + #a",
    r"\hat{y} = \sigma(2.1) \approx #a",
    r"w_{t+1} = w_t - \alpha \frac{\partial J}{\partial w} = -#a^2",
    r"\sigma'(z) \lVert w \rVert \sqrt{#a} W^{(1)\top} \odot x_2",
    r"\ell = -\ln(#a) = \frac{1}{2} (1 - #a)^2, \delta^{(1)}_2 \ne \nabla J(w)",
    r"\lvert 1 - \alpha\lambda \rvert^{#a} < 1, \gamma \le 3 \times \max(0, -1)",
    r"\bar{x}^2 \ge \exp(#a) \text{ or } 12^{#a}",
]


def flat(formula):
    """Return the leaves of MathML, each with its tag: rows only say where a line may break."""
    leaves = BeautifulSoup(formula, "html.parser").find_all(["mi", "mn", "mo", "mtext", "mspace"])
    return [(leaf.name, leaf.text) for leaf in leaves if leaf.name != "mspace"]


@pytest.mark.parametrize("formula", FORMULAS)
@pytest.mark.parametrize("number", [3, 0.25])
def test_a_line_is_the_mathml_of_the_page(formula, number):
    """Of a positive number: Temml, which writes all other formulas, has no brackets in a number."""
    line = worked(formula, a=number)
    temml = _render(line.filled(), False)
    for tag in ("msub", "msup", "msubsup", "mfrac", "msqrt", "mover"):
        assert mathml(line).count(f"<{tag}") == temml.count(f"<{tag}")
    assert flat(mathml(line)) == flat(temml)


@pytest.mark.parametrize("formula", [r"#a \foo", r"\frac{#a}", r"(#a"])
def test_what_a_line_cannot_have_is_named(formula):
    with pytest.raises(ValueError, match="a live line"):
        mathml(worked(formula, a=1))


def squares(t):
    """Say t² = … where t is not 0, from 2 on in another form."""
    line = worked(r"t \cdot t = #t \cdot #t = #s", t=-t, s=t * t)
    if t > 1:
        line = worked("t^2 = #t^2 = #s", t=-t, s=t * t)
    return (f"At {t}.", line) if t else "At 0."


@pytest.fixture
def recorded(monkeypatch, shown):  # noqa: F811
    monkeypatch.setenv("NND_EXPLORE", "record")
    explore(plt.figure(), squares, name="n", alt=ALT, t=T)
    return BeautifulSoup(shown[0]["text/html"], "html.parser")


def test_a_recording_holds_each_formula_and_each_number_once(recorded):
    line = json.loads(recorded.script.string)["line"]
    assert line["formula"] == [-1, 0, 1, 1]
    assert len(line["formulas"]) == 2
    assert sorted(line["words"]) == sorted(set(line["words"]))
    at = [[line["words"][row[stop]] for row in line["numbers"]] for stop in range(4)]
    assert at[1:] == [["−1", "1"], ["−2", "4"], ["−3", "9"]]


def test_the_page_keeps_room_for_the_longest_and_says_nothing_twice(recorded):
    box = recorded.find(class_="explorable-line")
    first, *rooms = box.find_all("div")
    assert first.text == ""  # at 0 there is no line
    assert [room["aria-hidden"] for room in rooms] == ["true", "true"]
    assert not box.find_all(attrs={"aria-live": True})
    assert box.find_parent(attrs={"aria-live": True}) is None


def test_no_line_takes_no_room():
    assert line_under(None, []) == ""


def test_a_committed_notebook_says_the_first_line_in_words(monkeypatch, shown):  # noqa: F811
    monkeypatch.setenv("NND_EXPLORE", "picture")
    explore(plt.figure(), squares, name="n", alt=ALT, t=int_slider(0, 3, start=2))
    assert shown[0]["text/plain"] == "At 2.\n$t^2 = (-2)^2 = 4$"


def test_a_view_is_sent_the_line():
    painter = Painter(plt.figure(), squares, {"t": 0}, "n")
    first = painter.frame({"t": 0})
    widget = LiveExplorable(painter, {"t": T}, first, picture(painter, first, ALT))
    view = View(widget, first, "one")
    assert view.ask(0)["line"] is None
    sent = view.ask(3)["line"]
    assert list(sent["words"]) == ["−3", "9"]
    assert re.findall(r'data-slot="(\d)"', sent["formula"]) == ["0", "1"]


def test_a_line_with_a_memory_is_found_out(monkeypatch, shown):  # noqa: F811
    seen = []

    def update(t):
        seen.append(t)
        return f"At {t}.", worked("n = #n", n=len(seen))

    monkeypatch.setenv("NND_EXPLORE", "record")
    with pytest.raises(RecordingError, match="the line under the figure differs"):
        explore(plt.figure(), update, name="n", alt=ALT, t=T)


def test_what_is_no_caption_is_named():
    with pytest.raises(RecordingError, match="expected the caption"):
        Painter(plt.figure(), lambda t: ("At 0.", "z = 0"), {"t": 0}, "n")
