"""A figure shows what its question is about: in nearly all states, whichever control one turns."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
from bs4 import BeautifulSoup
from pages import Place, figure_of, places_of
from test_explorables import recording

from utils.explore.controls import int_slider, play
from utils.explore.painter import Painter
from utils.explore.recording import record, start_of

#: The share of a figure's states that may be without what others have.
FEW = 0.1

#: What a caption says of a control that changes nothing at this state, and why.
REASONS = {
    ("ages", "learning_rate"): r"so the neuron is dead",
    ("aim", "learning_rate"): r"No rate has acted yet",
    ("by-heart", "learning_rate"): r"No rate has acted yet",
    ("carving", "neurons"): r"Steps and sigmoids answer alike",
    ("corners-learned", "learning_rate"): r"Before the first step, so at any rate",
    ("folding", "draw"): r"a straight line, whatever the weights",
    ("forger", "learning_rate"): r"No rate has acted yet",
    ("induction", "learning_rate"): r"No rate has acted yet",
    ("learn", "rate"): r"No rate has acted yet",
    ("learn-moons", "learning_rate"): r"No rate has acted yet",
    ("learn-xor", "learning_rate"): r"No rate has acted yet",
    ("lookup", "angle"): r"points nowhere",
    ("near", "learning_rate"): r"No rate has acted yet",
    ("noise", "draw"): r"so no draw differs",
    ("one-dimension", "learning_rate"): r"The slope is zero, so nothing moves",
    ("race", "learning_rate"): r"All start with",
    ("race", "momentum"): r"All start with",
    ("reach", "mask"): r"the last position, which sees all",
    ("revival", "learning_rate"): r"it is dead|It has learned the target",
    ("ring", "learning_rate"): r"No rate has acted yet",
    ("rule", "learning_rate"): r"mistakes so far: 0 of",
    ("scores", "temperature"): r"at any temperature",
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "place" in metafunc.fixturenames:
        found = places_of(metafunc.config.getoption("site")) or [Place("(no site)", "")]
        metafunc.parametrize("place", found, ids=str)


# --- The question is in the picture. -------------------------------------------------------------


def runs_through(points: np.ndarray, box: tuple[float, ...]) -> bool:
    """Say whether a line of points comes inside a box; around it or beside it does not count."""
    low = np.array(box[:2]) + 0.5
    high = low + np.array(box[2:]) - 1
    begin, way = points[:-1], np.diff(points, axis=0)
    if not len(way):
        begin, way = points, np.zeros_like(points)
    with np.errstate(divide="ignore", invalid="ignore"):
        meets = np.sort([(low - begin) / way, (high - begin) / way], axis=0)
    inside = (begin >= low) & (begin <= high)
    enters = np.where(way == 0, np.where(inside, -np.inf, np.inf), meets[0]).max(axis=1)
    leaves = np.where(way == 0, np.where(inside, np.inf, -np.inf), meets[1]).min(axis=1)
    return bool(np.any(np.maximum(enters, 0) <= np.minimum(leaves, 1)))


def drawn_in_view(fragment: str, boxes: dict[str, tuple[float, ...]]) -> bool:
    """Say whether an artist has an edge, a line or a mark in its axes; letters do not count."""
    if "<image" in fragment:
        return True
    for path in re.findall(r"<path ([^>]*)>", fragment):
        if "scale(" in path:
            continue
        clip = re.search(r"clip-path='url\(#([^)]*)\)'", path)
        box = boxes[clip[1]] if clip else (0, 0, np.inf, np.inf)
        outlines = re.search(r"\bd='([^']*)'", path)
        for outline in outlines[1].replace("h0", "").split("M")[1:] if outlines else ():
            numbers = re.findall(r"-?\d+(?:\.\d+)?", outline)
            if runs_through(np.array(numbers, float).reshape(-1, 2), box):
                return True
    return False


def boxes_of(markup: str) -> dict[str, tuple[float, ...]]:
    """Return the clips of a figure that are rectangles: id → x, y, width, height."""
    clips = BeautifulSoup(markup, "html.parser").select("clippath")
    return {
        clip["id"]: tuple(float(clip.rect[side]) for side in ("x", "y", "width", "height"))
        for clip in clips
        if clip.rect
    }


def plain(frames: list[list[int]], fragments: list[str], markup: str) -> np.ndarray:
    """Return of each state whether nothing of what the controls move is in view."""
    boxes = boxes_of(markup)
    seen = np.array([drawn_in_view(fragment, boxes) for fragment in fragments])
    return ~seen[np.array(frames)].any(axis=0)


def test_the_question_stays_in_view(site: Path, place: Place) -> None:
    """Where all of the picture has one color, there is nothing to see."""
    _, recorded = recording(site, place)
    markup = str(figure_of(site, place)) + recorded["definitions"]
    assert plain(recorded["frames"], recorded["fragments"], markup).mean() <= FEW


LINE = "<path d='{}' clip-path='url(#c)'/>"
CLIP = "<clipPath id='c'><rect x='10' y='10' width='20' height='10'/></clipPath>"


@pytest.mark.parametrize(
    ("outline", "seen"),
    [
        ("M0 15L40 15", True),  # through
        ("M0 0L40 0L40 40L0 40z", False),  # around: a plain color
        ("M0 0L15 0L15 40L0 40z", True),  # half of it
        ("M5 0L5 40", False),  # beside
        ("M0 18L18 40", False),  # past a corner
        ("M12 12h0", True),
        ("M5 12h0M40 12h0", False),
    ],
)
def test_what_is_in_view_is_told_from_what_is_not(outline: str, seen: bool) -> None:
    assert drawn_in_view(LINE.format(outline), boxes_of(CLIP)) == seen
    assert plain([[0]], [LINE.format(outline)], CLIP) == [not seen]


# --- Each control does something, or the caption says why not. -----------------------------------


def tokens(text: str) -> list[str]:
    return re.findall(r"[-−]?\d+(?:[.,]\d+)*|\w+|\S", text)


def alike(one: str, other: str, words: tuple[str, str]) -> bool:
    """Say whether two captions differ in nothing but what the control itself is set to."""
    if one == other:
        return True
    first, second = map(tokens, words)
    ours, theirs = tokens(one), tokens(other)
    if len(first) == len(second) == 1:
        pairs = zip(ours, theirs, strict=False)
        return len(ours) == len(theirs) and all(
            a == b or [a, b] == [*first, *second] for a, b in pairs
        )
    return one.replace(words[0], "#") == other.replace(words[1], "#")


def mute(recorded: dict, words: dict[str, list[str]]) -> Iterator[tuple[str, np.ndarray]]:
    """Yield each control, and of each state whether turning it would change nothing there."""
    shape = [len(each) for each in words.values()]
    frames = np.array(recorded["frames"]).reshape(-1, *shape)
    caption = np.array(recorded["caption"]).reshape(shape)
    for axis, (name, names) in enumerate(words.items()):
        still = (frames == frames.take([0], axis + 1)).all(axis=(0, axis + 1))
        rows = np.moveaxis(caption, axis, -1)
        for where in np.argwhere(still):
            said = [recorded["captions"][index] for index in rows[tuple(where)]]
            still[tuple(where)] = all(
                alike(said[0], text, (names[0], word))
                for word, text in zip(names, said, strict=True)
            )
        yield name, np.broadcast_to(np.expand_dims(still, axis), shape)


def words_on(site: Path, place: Place) -> dict[str, list[str]]:
    """Return what each control of a figure offers."""
    figure = figure_of(site, place)
    return {
        field["name"]: json.loads(field["data-words"]) for field in figure.select("[data-words]")
    }


def test_a_control_that_changes_nothing_has_its_reason_in_the_caption(
    site: Path, place: Place
) -> None:
    """And such states are few."""
    _, recorded = recording(site, place)
    said = [recorded["captions"][index] for index in recorded["caption"]]
    idle = np.zeros(len(said), bool)
    for control, still in mute(recorded, words_on(site, place)):
        idle |= still.ravel()
        reason = REASONS.get((place.name, control), "no reason is declared")
        for index in np.flatnonzero(still):
            assert re.search(reason, said[index]), f"{control} changes nothing: {said[index]}"
    assert idle.mean() <= FEW


def test_a_control_without_effect_is_seen() -> None:
    """At 0 the rate changes nothing, in the picture or in the caption, but its own number."""
    figure, ax = plt.subplots()
    (mark,) = ax.plot([], [], "o")
    ax.set(xlim=(0, 9), ylim=(0, 9))

    def update(step: int, rate: int) -> str:
        mark.set_data([step], [step * rate])
        return f"Rate {rate}: step {step} of 2 leads to {step * rate}."

    controls = {"step": play(0, 2), "rate": int_slider(1, 3)}
    recorded = record(Painter(figure, update, start_of(controls), "test"), controls)
    words = {name: list(control.words) for name, control in controls.items()}
    found = dict(mute(json.loads(recorded.to_json()), words))
    assert not found["step"].any()
    assert found["rate"].tolist() == [[True] * 3, [False] * 3, [False] * 3]
