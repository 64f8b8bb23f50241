"""Handles are where their artists are drawn, and go to the stop that is nearest to the pointer."""

import itertools
import json
import math
import re

import matplotlib.pyplot as plt
import numpy as np
import pytest

from utils import explore as package
from utils.explore import explore, int_slider, slider
from utils.explore.handles import handles_of, reached, table_of
from utils.explore.live import LiveExplorable
from utils.explore.markup import picture
from utils.explore.painter import Painter
from utils.explore.recording import all_stops, record, start_of

CONTROLS = {
    "angle": slider(0, 350, stops=8, start=50),
    "radius": slider(0, 3, stops=4, start=1),
    "color": int_slider(0, 2),
}


@pytest.fixture(autouse=True)
def closed():
    plt.switch_backend("agg")
    yield
    plt.close("all")


@pytest.fixture
def wheel():
    """Return a figure whose spoke ends where its two controls say, the update, and the artists."""
    figure, ax = plt.subplots(figsize=(4, 3))
    (spoke,) = ax.plot([], [])
    rim = ax.scatter([0], [0])
    ax.set(xlim=(-4, 4), ylim=(-3, 3))

    def update(angle, radius, color):
        end = radius * np.cos(np.deg2rad(angle)), radius * np.sin(np.deg2rad(angle))
        spoke.set_data([0, end[0]], [0, end[1]])
        rim.set(offsets=[end], color=f"C{color}")
        return "A wheel."

    return figure, update, spoke, rim


def painter_of(wheel, handles, controls=CONTROLS):
    figure, update, *_ = wheel
    held = handles_of(handles, figure, controls)
    return Painter(figure, update, start_of(controls), "n", held)


def on_paper(ax, x, y):
    """Return where data are in the picture, by what the axes' frame says."""
    box, height = ax.get_position(), ax.figure.get_figheight() * 72
    width = ax.figure.get_figwidth() * 72
    share = (
        (x - ax.get_xlim()[0]) / np.ptp(ax.get_xlim()),
        (y - ax.get_ylim()[0]) / np.ptp(ax.get_ylim()),
    )
    return (
        (box.x0 + share[0] * box.width) * width,
        height - (box.y0 + share[1] * box.height) * height,
    )


def test_a_handle_is_where_its_point_is_drawn(wheel):
    _, _, spoke, rim = wheel
    painter = painter_of(wheel, {(spoke, 1): ("angle", "radius"), rim: "angle"})
    for values in all_stops(CONTROLS):
        x, y = (values["radius"] * f(math.radians(values["angle"])) for f in (math.cos, math.sin))
        there = on_paper(spoke.axes, x, y)
        places = painter.frame(values).places
        assert places == painter.places(values)
        for place in places:
            np.testing.assert_allclose(place, there, atol=0.051)


def test_a_line_of_two_ends_is_taken_at_the_middle_of_what_is_in_view():
    figure, ax = plt.subplots()
    (border,) = ax.plot([], [])
    ax.set(xlim=(0, 4), ylim=(0, 4))

    def update(b):
        border.set_data([-10, 20], [-10 + b, 20 + b])
        return "A border."

    painter = painter_of((figure, update), {border: "b"}, {"b": int_slider(-4, 6)})
    for b, middle in {0: (2, 2), 2: (1, 3), -2: (3, 1)}.items():
        (place,) = painter.places({"b": b})
        np.testing.assert_allclose(place, on_paper(ax, *middle), atol=0.6)  # a line has a width
    assert painter.places({"b": 6}) == (None,)


@pytest.mark.parametrize("how", ["masked", "no data", "unseen", "beyond the axes"])
def test_what_is_not_in_view_cannot_be_taken(how):
    figure, ax = plt.subplots()
    (dot,) = ax.plot([0], [0], "o")
    ax.set(xlim=(0, 4), ylim=(0, 4))

    def update(x):
        hidden = x > 2
        dot.set_visible(not (hidden and how == "unseen"))
        at = {"masked": np.ma.masked_greater([x], 2), "no data": [x][hidden:]}.get(how, [x])
        dot.set_data(at if how != "beyond the axes" else [x + 2 * hidden], np.ones(len(at)))
        return "A dot."

    painter = painter_of((figure, update), {dot: "x"}, {"x": int_slider(0, 4)})
    assert painter.places({"x": 3}) == (None,)
    assert painter.places({"x": 1}) != (None,)


def test_a_handle_follows_limits_that_move():
    figure, ax = plt.subplots()
    (dot,) = ax.plot([1], [1], "o")
    controls = {"x": int_slider(2, 4)}
    painter = painter_of((figure, lambda x: ax.set(xlim=(0, x)) and "A dot."), {dot: "x"}, controls)
    for x in (2, 3, 4):
        (place,) = painter.places({"x": x})
        np.testing.assert_allclose(place[0], on_paper(ax, 1, 1)[0], atol=0.051)


# The recording


def test_a_table_says_where_a_handle_is_at_every_stop_and_is_no_longer_than_needed(wheel):
    """The color changes nothing about where the rim is; the radius does, though it is not moved."""
    *_, rim = wheel
    painter = painter_of(wheel, {rim: "angle"})
    (table,) = json.loads(record(painter, CONTROLS).to_json())["handles"]
    assert table["moves"] == [0]
    assert len(table["at"]) == 8 * 4
    for stops in itertools.product(*(range(len(c.stops)) for c in CONTROLS.values())):
        values = {k: c.stops[i] for (k, c), i in zip(CONTROLS.items(), stops, strict=True)}
        at = table["at"][np.dot(stops, table["strides"])]
        assert at == list(painter.places(values)[0])


def test_what_is_out_of_sight_is_null_in_the_table():
    figure, ax = plt.subplots()
    (dot,) = ax.plot([], [], "o")
    controls = {"x": int_slider(0, 2)}
    (handle,) = handles_of({dot: "x"}, figure, controls)
    table = table_of(handle, controls, [(1.5, 2.0), None, (3.0, 2.0)])
    assert table == {"moves": [0], "strides": [1], "at": [[1.5, 2.0], None, [3.0, 2.0]]}


def test_a_figure_without_handles_is_recorded_as_before(wheel):
    assert "handles" not in record(painter_of(wheel, {}), CONTROLS).to_json()


# The kernel


def nearest_by_far(ax, controls, moved, target):
    """Return how near the rim comes to a target, of all stops of the controls that move."""
    angle, radius = (
        np.array(c.stops if name in moved else [c.stops[c.start]], dtype=float)
        for name, c in list(controls.items())[:2]
    )
    angle = np.deg2rad(angle)[:, None]
    x, y = on_paper(ax, radius * np.cos(angle), radius * np.sin(angle))
    return np.hypot(x - target[0], y - target[1]).min()


@pytest.mark.parametrize("moved", [("angle",), ("radius",), ("angle", "radius")])
def test_a_kernel_finds_the_nearest_of_thousands_of_stops_in_a_few_runs(wheel, moved):
    figure, update, _, rim = wheel
    runs = []

    def counted(**values):
        runs.append(values)
        return update(**values)

    painter = painter_of((figure, counted), {rim: moved})
    first = painter.frame(start_of(CONTROLS))
    widget = LiveExplorable(painter, CONTROLS, first, picture(painter, first, "alt"))
    fine = {name: control.fine() for name, control in CONTROLS.items()}
    start = [control.start for control in fine.values()]
    chance = np.random.default_rng(0)
    for target in chance.uniform((60, 40), (240, 180), size=(4, 2)):
        sent = []
        widget.send = sent.append
        runs.clear()
        pull = {"handle": 0, "to": target.tolist()}
        widget._answer(None, {"view": "v", "ticket": 1, "stops": start, "pull": pull}, [])
        (reply,) = sent
        assert len(runs) < 120
        least = nearest_by_far(rim.axes, fine, moved, target)
        assert math.dist(reply["places"][0], target) <= least + 1.5
        assert [a for a, k in zip(reply["stops"], fine, strict=True) if k not in moved] == [
            a for a, k in zip(start, fine, strict=True) if k not in moved
        ]


def test_of_stops_equally_near_the_one_with_the_shortest_way_is_reached():
    assert reached(lambda stops: (1.0, 1.0), (5, 2), {0: range(9)}, (0.0, 0.0)) == (5, 2)
    places = {(0,): (0.0, 0.0), (1,): (5.0, 0.0), (2,): (0.0, 0.0)}
    assert reached(places.get, (2,), {0: [0, 1, 2]}, (0.0, 0.0)) == (2,)
    assert reached({**places, (0,): None}.get, (1,), {0: [0, 1, 2]}, (0.0, 0.0)) == (2,)


# What cannot be


@pytest.fixture
def call(monkeypatch, wheel):
    """Return what calls ``explore`` on the wheel with handles."""
    monkeypatch.setattr(package, "_show", lambda bundle: None)

    def call(handles, mode="record", update=wheel[1]):
        monkeypatch.setenv("NND_EXPLORE", mode)
        explore(wheel[0], update, name="n", alt="A wheel.", handles=handles, **CONTROLS)

    return call


def test_a_handle_that_cannot_be_says_what_was_expected_and_what_came(call, wheel):
    figure, _, spoke, rim = wheel
    stranger = plt.figure().add_subplot().plot([1], [1], label="stranger")[0]
    (gone,) = spoke.axes.plot([1], [1], label="gone")
    gone.remove()
    (curve,) = spoke.axes.plot(range(5), range(5), label="curve")
    (still,) = spoke.axes.plot([1], [1], label="still")
    which = "one or two of the controls angle, radius, color, got"
    for handles, message in [
        ({figure: "angle"}, "expected a line, a scatter, or one of them with the number of its"),
        ({(spoke, "tip"): "angle"}, r"number of its point, got \(<.*Line2D.*>, 'tip'\)"),
        ({stranger: "angle"}, "expected an artist of the figure, got Line2D 'stranger', which"),
        ({gone: "angle"}, "expected an artist of the figure, got Line2D 'gone', which is not"),
        ({rim: "angel"}, f"to move {which} 'angel'"),
        ({rim: ()}, rf"to move {which} \(\)"),
        ({rim: tuple(CONTROLS)}, f"to move {which} .*'color'"),
        ({rim: ("angle", "angle")}, f"to move {which} .*'angle', 'angle'"),
        ({curve: "angle"}, r"expected \(Line2D 'curve', number\).* of its 5 points"),
        ({still: "angle"}, "expected Line2D 'still' to move with angle, got the same place at"),
        ({rim: ("angle", "color")}, "to move with color, got the same place at each of its stops"),
        ({(spoke, 7): "angle"}, "to move with angle, got the same place"),
    ]:
        for mode in ("record", "picture"):
            with pytest.raises(ValueError, match=f"^handles: .*{message}"):
                call(handles, mode)


def test_the_page_is_told_where_its_handles_are_at_first(monkeypatch, call, wheel):
    shown = []
    monkeypatch.setattr(package, "_show", shown.append)
    call({wheel[3]: "angle"})
    (places,) = re.findall(r"data-handles='([^']+)'", shown[0]["text/html"])
    assert json.loads(places) == [
        list(painter_of(wheel, {wheel[3]: "angle"}).frame(start_of(CONTROLS)).places[0])
    ]
