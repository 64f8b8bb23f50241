"""A recorded stop is the picture that matplotlib draws of a figure made afresh at that stop."""

import io
import json
import re

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest

from tests.explore.drawn import assert_same_picture, marks
from tests.explore.gallery import GALLERY, X
from utils.explore import RecordingError, choice, int_slider, log_slider, play, slider
from utils.explore.markup import picture
from utils.explore.painter import Painter
from utils.explore.recording import all_stops, record, start_of
from utils.figures import themed

T = {"t": int_slider(0, 3)}

#: In the quick tests; the others, which take a second each, are left to `make test`.
QUICK = {"line", "another_number_of_artists"}


def kinds(*names):
    return [
        pytest.param(name, marks=[] if name in QUICK else pytest.mark.slow, id=name)
        for name in names
    ]


@pytest.fixture(autouse=True)
def plain_style():
    """Without a layout engine: it would settle at another stop, and move the axes."""
    with mpl.rc_context({"backend": "agg", "image.composite_image": False}):
        yield
    plt.close("all")


def painter_of(kind, controls=T):
    figure, update = GALLERY[kind]()
    return Painter(figure, update, start_of(controls), "figure-name")


def drawn_by_matplotlib(kind, t):
    """Return the SVG that matplotlib itself saves of a fresh figure at t, in the page's colors."""
    figure, update = GALLERY[kind]()
    update(t)
    file = io.StringIO()
    figure.savefig(file, format="svg", dpi=figure.dpi)
    return themed(file.getvalue())


def played(painter, recording, index):
    """Return the first picture with the layers of a stop put in, as the player does."""
    svg = themed(picture(painter, recording.first, "alt"))
    content = json.loads(recording.to_json())
    layers = [themed(layer) for layer in recording.first.fragments]
    for slot, row in zip(content["slots"], content["frames"], strict=True):
        layers += [""] * (slot + 1 - len(layers))
        layers[slot] = content["fragments"][row[index]]
    head = svg[: svg.index("</defs>")]
    body = "".join(f"<g>{layer}</g>" for layer in layers)
    return f"{head}{content['definitions']}</defs>{body}</svg>"


@pytest.mark.parametrize("kind", kinds(*GALLERY))
def test_a_recorded_stop_is_what_matplotlib_draws(kind):
    painter = painter_of(kind)
    recording = record(painter, T)
    for t in T["t"].stops:
        assert_same_picture(played(painter, recording, t), drawn_by_matplotlib(kind, t))


@pytest.mark.parametrize("kind", kinds("limits", "another_number_of_artists", "mesh", "legend"))
def test_a_live_frame_is_what_the_recording_holds(kind):
    recording = record(painter_of(kind), T)
    live = painter_of(kind)
    for t in (2, 0, 3, 1):
        frame = live.frame({"t": t})
        assert frame.caption == recording.frames[t].caption
        renumbered = re.compile(r"figure-name-d\d+")
        assert [renumbered.sub("", text) for text in frame.fragments] == [
            renumbered.sub("", text) for text in recording.frames[t].fragments
        ]


@pytest.mark.slow
@pytest.mark.parametrize("kind", kinds("scatter", "contourf", "ticks_and_labels", "image"))
def test_the_same_inputs_give_the_same_bytes(kind):
    one, other = (record(painter_of(kind), T) for _ in range(2))
    assert one.to_json() == other.to_json()
    pictures = {picture(p := painter_of(kind), p.frame({"t": 0}), "alt") for _ in range(2)}
    assert len(pictures) == 1


def test_only_what_changed_is_recorded():
    painter = painter_of("line")
    content = json.loads(record(painter, T).to_json())
    assert len(content["slots"]) == 1
    assert len(content["fragments"]) == 4
    assert "data-gid='path'" in content["fragments"][0]


def test_fragments_captions_and_definitions_are_stored_once():
    figure, ax = plt.subplots()
    (dots,) = ax.plot([], [], "o")

    def update(t, side):
        dots.set_data(X, X * abs(t))
        return f"at {abs(t)}"

    controls = {"t": int_slider(-3, 3), "side": choice(["left", "right"])}
    content = json.loads(
        record(Painter(figure, update, {"t": 0, "side": "left"}, "n"), controls).to_json()
    )
    assert len(content["frames"][0]) == len(content["caption"]) == 14
    assert len(content["fragments"]) == len(content["captions"]) == 4
    assert content["definitions"].count("<") <= 2


def test_the_last_control_turns_fastest():
    stops = all_stops({"a": int_slider(0, 1), "b": int_slider(5, 7)})
    assert [(s["a"], s["b"]) for s in stops[:4]] == [(0, 5), (0, 6), (0, 7), (1, 5)]


def test_coordinates_are_rounded_to_a_hundredth_of_a_point():
    content = json.loads(record(painter_of("line"), T).to_json())
    assert not re.search(r"d='[^']*\.\d{3}", "".join(content["fragments"]))


def test_palette_colors_follow_the_page():
    text = record(painter_of("dots_on_a_line"), T).to_json()
    assert "var(--figure-gradient, #c44601)" in text
    assert "#c44601;" not in text


def test_the_ids_of_two_explorables_do_not_meet():
    ids = []
    for name in ("one", "other"):
        figure, update = GALLERY["scatter"]()
        painter = Painter(figure, update, {"t": 0}, name)
        ids += [set(re.findall(r" id='([^']+)'", picture(painter, painter.frame({"t": 1}), "alt")))]
    assert ids[0]
    assert not ids[0] & ids[1]


def test_the_axes_say_what_their_pixels_mean():
    painter = painter_of("line")
    svg = picture(painter, painter.frame({"t": 2}), "alt")
    box, xlim, ylim = (
        np.array(re.search(rf"data-{key}='([^']+)'", svg)[1].split(), float)
        for key in ("box", "xlim", "ylim")
    )
    (path,) = re.findall(r"data-gid='path'><path d='([^']+)'", svg)
    x, y = np.array(re.findall(r"[-\d.]+", path), float).reshape(-1, 2).T
    atol = 0.02 * np.ptp(ylim) / box[3]
    np.testing.assert_allclose(xlim[0] + (x - box[0]) / box[2] * np.ptp(xlim), X, atol=atol)
    np.testing.assert_allclose(
        ylim[1] - (y - box[1]) / box[3] * np.ptp(ylim), 2 * np.sin(X), atol=atol
    )


def test_a_layout_is_settled_once():
    with mpl.rc_context({"figure.constrained_layout.use": True}):
        painter = painter_of("limits")
    boxes = {
        re.search(r"data-box='([^']+)'", "".join(painter.frame({"t": t}).fragments))[1]
        for t in range(4)
    }
    assert len(boxes) == 1


def test_the_figure_is_taken_from_pyplot():
    figure, update = GALLERY["line"]()
    Painter(figure, update, {"t": 0}, "n")
    assert not plt.get_fignums()


def test_themed_leaves_fragments_parsable():
    painter = painter_of("scatter")
    marks(themed(picture(painter, painter.frame({"t": 1}), "what <it> & 'shows'")))


# What cannot be shown


def fail(update, controls, match):
    figure = plt.gcf()
    with pytest.raises(RecordingError, match=match):
        record(Painter(figure, update, start_of(controls), "n"), controls)


RATE = {"learning_rate": slider(0.1, 1.1, stops=3, start=0.6), "start": slider(-3, 3, stops=3)}


def test_an_update_that_raises_names_the_stop():
    def update(learning_rate, start):
        return f"{1 / (start + 3 or 1.1 - learning_rate)}"

    plt.figure()
    fail(update, RATE, r"update\(learning_rate=1.1, start=-3\) raised ZeroDivisionError: ")


@pytest.mark.parametrize("value", [None, "", "  ", 3])
def test_an_update_without_a_caption_names_the_stop(value):
    plt.figure()
    fail(
        lambda t: value,
        {"t": play(0, 9, start=4)},
        r"update\(t=4\) returned .*expected the caption",
    )


def bad_line(ax, v):
    line = ax.plot([], [], label="path")[0]
    return lambda t: line.set_data([0, 1], [0, v[t]])


def bad_scatter(ax, v):
    dots = ax.scatter([0], [0])
    return lambda t: dots.set_offsets([[0, v[t]]])


def bad_colors(ax, v):
    dots = ax.scatter([0, 1], [0, 1], c=[0, 1])
    return lambda t: dots.set_array([0, v[t]])


def bad_image(ax, v):
    image = ax.imshow([[0, 1]])
    return lambda t: image.set_data([[0, v[t]]])


def bad_text(ax, v):
    words = ax.text(0, 0, "words")
    return lambda t: words.set_position((0, v[t]))


def bad_annotation(ax, v):
    note = ax.annotate("words", (0, 0), (1, 1), arrowprops={})

    def change(t):
        note.xy = (0, v[t])

    return change


def bad_patch(ax, v):
    box = ax.add_patch(plt.Rectangle((0, 0), 1, 1))
    return lambda t: box.set_height(v[t])


def bad_polygon(ax, v):
    shape = ax.add_patch(plt.Polygon([[0, 0], [1, 1], [0, 1]]))
    return lambda t: shape.set_xy([[0, 0], [1, v[t]], [0, 1]])


def bad_fill(ax, v):
    kept = []

    def change(t):
        while kept:
            kept.pop().remove()
        kept.append(ax.fill_between([0, 1], 0, [1, v[t]]))

    return change


def bad_scatter_drawn_again(ax, v):
    return lambda t: ax.scatter([0, 1], [0, v[t]])


def bad_contour(ax, v):
    return lambda t: ax.contour([[0, 1], [1, v[t]]])


def bad_quiver(ax, v):
    field = ax.quiver([0, 1], [0, 1], [1, 1], [1, 1])
    return lambda t: field.set_UVC([1, v[t]], [1, 1])


BAD = {name[4:]: make for name, make in globals().items() if name.startswith("bad_")}


@pytest.mark.filterwarnings("ignore:invalid value")
@pytest.mark.parametrize("value", [np.nan, pytest.param(-np.inf, marks=pytest.mark.slow)])
@pytest.mark.parametrize("kind", BAD)
def test_numbers_that_are_none_name_the_stop_and_the_artist(kind, value):
    _, ax = plt.subplots()
    change = BAD[kind](ax, [0.5, 0.7, value])

    def update(t):
        change(t)
        return "caption"

    fail(update, {"t": int_slider(0, 2)}, r"At t=2, .* gets NaN or infinite values")


def test_a_line_with_a_hole_says_how_to_mean_it():
    _, ax = plt.subplots()
    change = bad_line(ax, [0, np.inf])
    fail(
        lambda t: change(t) or "caption",
        {"t": int_slider(0, 1)},
        r"At t=1, Line2D 'path' gets NaN or infinite values.*np\.ma\.masked_invalid",
    )


def test_an_update_with_a_memory_is_found_out():
    _, ax = plt.subplots()
    (path,) = ax.plot([], [], label="path")
    seen = []

    def update(t):
        seen.append(t)
        path.set_data([0, 1], [0, len(seen)])
        return "caption"

    fail(update, T, r"At t=\d, Line2D 'path' differs when update runs a second time")


def test_a_caption_with_a_memory_is_found_out():
    plt.figure()
    seen = []
    fail(lambda t: seen.append(t) or f"call {len(seen)}", T, r"At t=\d, the caption differs")


def test_an_artist_changed_in_place_is_found_out():
    _, ax = plt.subplots()
    (path,) = ax.plot([0.0, 1.0], [0.0, 1.0])
    ax.set_ylim(0, 5)

    def update(t):
        path.get_path().vertices[1, 1] = t
        return "caption"

    fail(update, T, r"artists must be changed by their methods")


def test_too_many_stops_are_counted():
    plt.figure()
    controls = {"a": log_slider(1, 10, stops=50), "b": slider(0, 1, stops=50)}
    fail(lambda a, b: "caption", controls, r"50 × 50 = 2500 stops")
