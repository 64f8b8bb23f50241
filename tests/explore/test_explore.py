"""The one call: what it shows in a notebook, on the site, and in a notebook as committed."""

import json
import re
import xml.etree.ElementTree as ET

import matplotlib.pyplot as plt
import pytest
from bs4 import BeautifulSoup

from tests.explore.gallery import GALLERY
from utils import explore as package
from utils.explore import RecordingError, choice, explore, int_slider, slider
from utils.explore.live import LiveExplorable
from utils.explore.markup import picture
from utils.explore.painter import Painter

T = int_slider(0, 3, label="time <t>")
ALT = "A line that 'waves' & <turns>"


@pytest.fixture
def shown(monkeypatch):
    """Return what is displayed, as in a notebook."""
    bundles = []
    plt.switch_backend("agg")
    monkeypatch.setattr(package.InteractiveShell, "initialized", lambda: True)
    monkeypatch.setattr(package, "display", lambda bundle, **_: bundles.append(bundle))
    yield bundles
    plt.close("all")


def show(monkeypatch, mode, kind="line", **options):
    monkeypatch.setenv("NND_EXPLORE", mode)
    explore(*GALLERY[kind](), **{"name": "figure-name", "alt": ALT, "t": T} | options)


def test_a_committed_notebook_holds_the_first_picture_and_its_caption(monkeypatch, shown):
    for _ in range(2):
        show(monkeypatch, "picture")
    assert shown[0] == shown[1]
    assert set(shown[0]) == {"image/svg+xml", "text/plain"}
    assert shown[0]["text/plain"] == "line at 0"
    svg = ET.fromstring(shown[0]["image/svg+xml"])
    assert svg.get("aria-label") == ALT
    assert "var(" not in shown[0]["image/svg+xml"]


def test_a_committed_notebook_has_tried_the_ends_of_every_control(monkeypatch, shown):
    def update(t, rate):
        assert not (t == 3 and rate == 1), "the corner"
        return "caption"

    monkeypatch.setenv("NND_EXPLORE", "picture")
    with pytest.raises(RecordingError, match=r"update\(t=3, rate=1\) raised .*the corner"):
        explore(plt.figure(), update, name="n", alt=ALT, t=T, rate=slider(0, 1))


def test_the_site_gets_picture_controls_caption_and_recording_in_one(monkeypatch, shown):
    show(monkeypatch, "record")
    bundle = shown.pop()
    show(monkeypatch, "picture")
    assert bundle | shown.pop() == bundle, "beside them stands what is committed"
    html = bundle["text/html"]
    page = BeautifulSoup(html, "html.parser")
    assert len(json.loads(page.script.string)["caption"]) == 4
    assert page.figure["id"] == "figure-name"
    assert page.label["for"] == page.input["id"]
    assert page.label.string == "time <t>"
    assert json.loads(page.input["data-words"]) == ["0", "1", "2", "3"]
    assert page.input["aria-valuetext"] == "0"
    assert page.figcaption.p.string == "line at 0"


def test_a_caption_cannot_end_the_recording_early(monkeypatch, shown):
    monkeypatch.setenv("NND_EXPLORE", "record")
    explore(plt.figure(), lambda t: f"</script> {t}", name="n", alt=ALT, t=T)
    assert shown[0]["text/html"].count("</script>") == 1


def test_a_notebook_gets_a_widget_and_for_others_the_picture(monkeypatch, shown):
    show(monkeypatch, "live")
    assert set(shown[0]) == {
        "application/vnd.jupyter.widget-view+json",
        "image/svg+xml",
        "text/plain",
    }
    assert shown[0]["text/plain"] == "line at 0"


def test_a_plain_script_prints_the_caption(monkeypatch, capsys):
    monkeypatch.setattr(package.InteractiveShell, "initialized", lambda: False)
    show(monkeypatch, "live")
    assert capsys.readouterr().out == "line at 0\n"


@pytest.mark.parametrize("mode", ["live", "record", "picture"])
def test_no_mode_leaves_a_figure_to_be_shown_twice(monkeypatch, shown, mode):
    before = plt.get_fignums()
    show(monkeypatch, mode)
    assert plt.get_fignums() == before


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"name": "One Figure"}, "expected a name like 'one-dimension', got 'One Figure'"),
        ({"alt": " "}, "expected alt to say what the figure shows"),
        ({"t": 3}, "expected t to be a control, got 3"),
        ({"u": T}, "update does not fit its controls: got an unexpected keyword argument 'u'"),
    ],
)
def test_a_call_that_cannot_be_says_what_was_expected(monkeypatch, options, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        show(monkeypatch, "picture", **options)


def test_an_unknown_mode_says_which_there_are(monkeypatch):
    with pytest.raises(ValueError, match="expected one of live, record, picture, got 'lively'"):
        show(monkeypatch, "lively")


# The kernel's side of the live player


class View:
    """A front end that remembers what it was sent."""

    def __init__(self, widget, first, name):
        self.widget, self.name, self.layers = widget, name, dict(enumerate(first.fragments))
        self.defined = set()

    def ask(self, *stops):
        sent = []
        self.widget.send = sent.append
        self.widget._answer(None, {"view": self.name, "ticket": 7, "stops": stops}, [])
        (reply,) = sent
        assert (reply["view"], reply["ticket"]) == (self.name, 7)
        for place, markup in reply.get("layers", ()):
            self.layers[place] = markup
        return reply


@pytest.fixture
def live():
    """Return a function that makes a widget on a gallery figure, and its first frame."""

    def make(kind):
        figure, update = GALLERY[kind]()
        painter = Painter(figure, update, {"t": 0}, "n")
        first = painter.frame({"t": 0})
        html = picture(painter, first, ALT)
        return LiveExplorable(painter, {"t": T}, first, html), first

    return make


def test_the_kernel_sends_only_what_a_view_lacks(live):
    widget, first = live("line")
    view = View(widget, first, "one")
    assert len(view.ask(2)["layers"]) == 1
    assert view.ask(2)["layers"] == []
    assert view.ask(0)["caption"] == "line at 0"
    assert view.layers == dict(enumerate(first.fragments))


def test_two_views_are_told_apart(live):
    widget, first = live("another_number_of_artists")
    one, other = View(widget, first, "one"), View(widget, first, "other")
    one.ask(3)
    one.ask(1)
    other.ask(2)
    other.ask(1)
    assert {k: v for k, v in one.layers.items() if v} == {
        k: v for k, v in other.layers.items() if v
    }


def test_an_error_is_answered_with_the_stop_named():
    figure = plt.figure()
    painter = Painter(figure, lambda t: f"{1 / (t - 2)}", {"t": 0}, "n")
    first = painter.frame({"t": 0})
    view = View(LiveExplorable(painter, {"t": T}, first, "<svg/>"), first, "one")
    assert view.ask(2)["error"].startswith("update(t=2) raised ZeroDivisionError")
    assert view.ask(1)["caption"] == "-1.0"


def test_a_choice_is_a_list(monkeypatch, shown):
    monkeypatch.setenv("NND_EXPLORE", "record")
    explore(plt.figure(), lambda k: f"{k}", name="n", alt=ALT, k=choice(["a & b", "c"], start="c"))
    assert "<option>a &amp; b</option><option selected>c</option>" in shown[0]["text/html"]


def test_an_explorable_keeps_the_names_that_it_was_made_with():
    """A later cell that binds ``mark`` again does not turn an earlier figure's slider to it."""
    cells = {"mark": "first"}
    exec("def update(t):\n    return f'{mark} {t}'", cells)
    kept = package.with_names_of_now(cells["update"])
    cells["mark"] = "second"
    assert (kept(1), cells["update"](1)) == ("first 1", "second 1")


def test_a_function_of_defaults_and_closures_keeps_them():
    outer = "outer"

    def update(t, sign="+", *, end="."):
        return f"{outer}{sign}{t}{end}"

    assert package.with_names_of_now(update)(1) == "outer+1."
    assert package.with_names_of_now(str.upper) is str.upper
