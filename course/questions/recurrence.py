"""The questions on recurrence."""

from __future__ import annotations

from course.draws import between, count, numbers
from course.items import Item
from utils.exercises.recurrence import counted, horizons

_SIZES = {"n": count(3, 9), "T": count(4, 12), "n0": count(2, 9), "m": count(2, 9)}
_LAYER = (
    "A recurrent layer of `n` neurons sees sequences of `T` moments with `n0` features, `m` of"
    " them at once. "
)

ITEMS = [
    Item(
        "rc-dV",
        "A recurrent layer of two neurons has seen one example for three moments. Its error"
        " signals are `deltas` and its states `H`, both with the shape time × neurons × examples."
        " Let `dV` be the derivative of the cost with respect to the matrix V that leads from"
        " state to state.",
        {"deltas": numbers(3, 2, 1), "H": numbers(3, 2, 1, largest=0.9)},
        "dV",
    ),
    Item(
        "rc-count",
        _LAYER + "How many `parameters` does it have, weights and biases together?",
        _SIZES,
        "parameters",
        part="the parameters",
        made=counted,
    ),
    Item(
        "rc-count",
        _LAYER + "How many `numbers` are in all its states, from the first moment to the last?",
        _SIZES,
        "numbers",
        part="the states",
        made=counted,
    ),
    Item(
        "rc-horizon",
        "The matrix V of a recurrent layer without activation has one eigenvalue of the"
        " greatest size, `radius`. After how many `moments` is a hundredth left of a gradient along"
        " its eigenvector? Do not round.",
        {"radius": between(0.6, 0.97)},
        "moments",
        part="the horizon",
        made=horizons,
    ),
    Item(
        "rc-horizon",
        "The matrix V of a recurrent layer without activation has the spectral radius `radius`."
        " Which radius has twice the horizon? Let `longer` be that.",
        {"radius": between(0.6, 0.95)},
        "longer",
        part="the radius",
        made=horizons,
    ),
]
