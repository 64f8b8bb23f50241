"""The questions on normalization and residuals."""

from __future__ import annotations

from course.draws import between, count, numbers
from course.items import Item
from utils.exercises.normalization_and_residuals import around

_WAYS = {"p": between(0.05, 0.4), "L": count(3, 12)}
_LAYERS = "Each of `L` residual layers stretches a gradient on the way through it by at most `p`. "

ITEMS = [
    Item(
        "vg-layer-norm",
        "Let `out` be the layer normalization of `Z`, a column for each example, with the scale"
        " `gamma`, the shift `beta` and ε = 10⁻⁵.",
        {"Z": numbers(3, 2), "gamma": numbers(3, 1), "beta": numbers(3, 1)},
        "out",
    ),
    Item(
        "vg-around",
        _LAYERS + "Let `part` be the least part of the gradient's length that reaches the first of"
        " them.",
        _WAYS,
        "part",
        part="the least",
        made=around,
    ),
    Item(
        "vg-around",
        _LAYERS + "Let `part` be the greatest multiple of the gradient's length that can reach the"
        " first of them.",
        _WAYS,
        "part",
        part="the most",
        made=around,
    ),
]
