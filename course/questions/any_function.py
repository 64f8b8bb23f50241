"""The questions on any function from hidden neurons."""

from __future__ import annotations

from course.draws import between, count, numbers, rising
from course.items import Item

ITEMS = [
    Item(
        "af-steepness",
        "A bump over a piece from l to r is σ(k (x − l)) − σ(k (x − r)). The piece has the width"
        " `width`, and in its middle the bump is to have the height `height`. Which steepness `k`"
        " does that take?",
        {"height": between(0.2, 0.95), "width": between(0.2, 2, 1)},
        "k",
    ),
    Item(
        "af-polygon-weights",
        "A network joins points by straight lines: `t` has their places and `f` their heights. Its"
        " output is the first height plus a weighted sum of the ReLUs max(0, x − t[i]), one for"
        " each point but the last. Let `weights` be the weights of this sum.",
        {"t": rising(4), "f": numbers(4)},
        "weights",
    ),
    Item(
        "af-saw",
        "The tent T(x) = 2 max(0, x) − 4 max(0, x − ½) is applied to `x`, then to what came of it,"
        " and so on, `L` times in all. Let `y` be the last result.",
        {"x": between(0.05, 0.95), "L": count(2, 4)},
        "y",
    ),
]
