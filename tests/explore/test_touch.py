"""What a figure draws can be touched, and what cannot be is named."""

import json
import re

import matplotlib.pyplot as plt
import pytest

from tests.explore.test_explore import ALT, shown  # noqa: F401 (fixture)
from utils.explore import choice, explore, int_slider
from utils.explore.touch import touch_of

CONTROLS = {"which": choice({"left": 10, "right": 20}), "t": int_slider(0, 3)}


@pytest.fixture
def drawn():
    figure, ax = plt.subplots()
    (line,) = ax.plot([0, 1], [0, 1])
    yield figure, line, ax.text(0.5, 0.5, "here")
    plt.close("all")


def test_a_touch_sets_the_stop_of_a_value(drawn):
    figure, line, text = drawn
    text.set_gid("w1")
    touch = {(line, text): {"which": 20}, figure.axes[0].title: {"t": 3, "which": 10}}
    assert touch_of(touch, figure, CONTROLS) == {
        "w1": {"which": 1},
        "touch-1": {"t": 3, "which": 0},
    }
    assert line.get_gid() == "w1", "all that is touched as one has one name"


@pytest.mark.parametrize("mode", ["record", "live"])
def test_the_page_is_told(drawn, shown, monkeypatch, mode):  # noqa: F811
    figure, line, _ = drawn
    monkeypatch.setenv("NND_EXPLORE", mode)
    touch = {line: {"which": 20}}
    explore(figure, lambda which, t: f"{which}, {t}.", name="n", alt=ALT, touch=touch, **CONTROLS)
    html = shown[0].get("text/html") or str(shown[0])
    if mode == "record":
        (table,) = re.findall(r"data-touch='([^']+)'", html)
        assert json.loads(table) == {"touch-0": {"which": 1}}
        assert 'data-gid="touch-0"' in html.replace("'", '"')


@pytest.mark.parametrize(
    ("touch", "message"),
    [
        (lambda line, text: {"line": {"t": 1}}, "expected an artist"),
        (lambda line, text: {(line, 1): {"t": 1}}, "expected an artist"),
        (lambda line, text: {plt.figure().text(0, 0, ""): {"t": 1}}, "an artist of the figure"),
        (lambda line, text: {line: {}}, "got nothing"),
        (lambda line, text: {line: {"s": 1}}, "got s=1"),
        (lambda line, text: {line: {"which": 15}}, "got which=15"),
    ],
)
def test_what_cannot_be_touched_is_named(drawn, touch, message):
    figure, line, text = drawn
    with pytest.raises(ValueError, match=message):
        touch_of(touch(line, text), figure, CONTROLS)
