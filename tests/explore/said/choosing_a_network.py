"""The captions of the chapter on choosing a network."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import expit, softmax

from tests.explore.said import SAID, foresees, says

CORNERS = [(0, 0), (0, 1), (1, 0), (1, 1)]


def carved(x1, x2, turn, distance, rule, neurons):
    """Say whether two neurons and a rule answer 1 at these places."""
    angle = math.pi / 4 + turn * math.pi / 180
    first = (x1 + x2) / math.sqrt(2) - 0.3536
    second = math.cos(angle) * x1 + math.sin(angle) * x2 - distance
    a1, a2 = ((z > 0) * 1.0 if neurons == "steps" else expit(8 * z) for z in (first, second))
    least = {"a₁ and not a₂": 0.5, "both say 1": 1.5}.get(rule, 0.5)
    return (a1 - a2 if rule == "a₁ and not a₂" else a1 + a2) > least


@says("carving")
def _(turn, distance, rule, neurons):
    wrong = sum(
        int(carved(x1, x2, turn, distance, rule, neurons) != (x1 != x2)) for x1, x2 in CORNERS
    )
    story = ("XOR is solved",) if not wrong else ("of the 4 points", wrong, 4)
    ones = {"a₁ and not a₂": (), "both say 1": (1,)}.get(rule, ())
    plane = np.meshgrid(np.linspace(-1, 2, 200), np.linspace(-1, 2, 200))
    steps, sigmoids = (carved(*plane, turn, distance, rule, kind) for kind in ("steps", "sigmoids"))
    alike = () if np.array_equal(steps, sigmoids) else ("not: answer alike",)
    return turn, distance, neurons, rule, *ones, *story, *alike


@foresees("carving")
def _():
    places = [
        (turn, distance) for turn in range(0, 181, 20) for distance in np.linspace(-1.05, 1.05, 7)
    ]
    rules = {"$a_1$ and not $a_2$": "a₁ and not a₂", "both say 1": "both say 1", "at least one": ""}
    return {
        answer: not any("XOR is solved" in SAID["carving"](*at, rule, "steps") for at in places)
        for answer, rule in rules.items()
    }


@says("scores")
def _(z1, z2, shift, temperature):
    p = softmax(np.array([z1, z2, 0]) / temperature)
    alike = "not: " * (not z1 == z2 == 0) + "at any temperature"
    return z1 + shift, z2 + shift, shift, temperature, *p, alike


@foresees("scores")
def _():
    before, after = softmax([2, 1, 0]), softmax([102, 101, 100])
    return {
        "nothing": np.allclose(before, after, rtol=1e-12),
        "the greatest gets nearly everything": after.max() > 0.99,
        "the three come nearer to each other": np.ptp(after) < 0.9 * np.ptp(before),
    }


@says("fit")
def _(n1):
    rng = np.random.default_rng(0)
    x = np.linspace(-3, 3, 16), rng.uniform(-3, 3, 200)
    y = [np.sin(1.5 * inputs) + rng.normal(0, 0.3, len(inputs)) for inputs in x]
    slopes, places = rng.normal(0, 3, 14), rng.permutation(np.linspace(-2.8, 2.8, 14))

    def hidden(x):
        answers = [expit(s * (x - p)) for s, p in zip(slopes[:n1], places[:n1], strict=True)]
        return np.array([*answers, x**0])

    v = np.linalg.pinv(hidden(x[0]).T) @ y[0]
    return n1, *(float(np.mean((v @ hidden(a) - b) ** 2)) for a, b in zip(x, y, strict=True))


@foresees("fit")
def _():
    _, *errors = zip(*(SAID["fit"](n) for n in range(1, 15)), strict=True)
    known, new = (bool(np.any(np.diff(error) > 1e-9)) for error in errors)
    return {
        "neither": not known and not new,
        "that on the 16 points": known and not new,
        "that on new points": new and not known,
        "both": known and new,
    }
