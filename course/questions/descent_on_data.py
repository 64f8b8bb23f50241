"""The questions on descent on data."""

from __future__ import annotations

from course.draws import count, numbers, one_of, positive
from course.items import Item
from utils.exercises.descent_on_data import correlated

_INPUTS = (
    "Two inputs are standardized, with the correlation `r`. A neuron without activation learns from"
    " them, by the squared error. "
)
_R = {"r": one_of(*(sign * tenths / 20 for tenths in range(7, 20) for sign in (-1, 1)))}

ITEMS = [
    Item(
        "gd-correlated",
        _INPUTS + "What is the condition number `kappa` of its cost?",
        _R,
        "kappa",
        part="the condition number",
        made=correlated,
    ),
    Item(
        "gd-correlated",
        _INPUTS + "How many `steps` at the best learning rate are enough, from any start, to"
        " shrink the error of its weights to a thousandth?",
        _R,
        "steps",
        part="the steps",
        made=correlated,
    ),
    Item(
        "gd-mean",
        "The cost is the mean of ½ ‖w − x‖² over the examples, the rows of `x`. Let `g` be its"
        " gradient at `w`.",
        {"w": numbers(2), "x": numbers(3, 2)},
        "g",
    ),
    Item(
        "gd-cross-entropy-step",
        "A neuron with a sigmoid takes one step of gradient descent with the cross-entropy, from"
        " the weights `w` and the bias `b`, for the example `x` with the label `y`. Let `w_new`"
        " and `b_new` be its weights and its bias after it.",
        {
            "x": numbers(2),
            "y": one_of(0, 1),
            "w": numbers(2),
            "b": numbers(),
            "alpha": one_of(0.2, 0.3, 0.4, 0.5),
        },
        "w_new b_new",
    ),
    Item(
        "gd-batch-limit",
        "The losses of four examples are ½ λ (w − c)², with one c and the `curvatures` λ. Batches"
        " of `B` examples are drawn with replacement. Below which learning rate, the `limit`, does"
        " the mean square of the error shrink?",
        {"curvatures": positive(4, largest=4), "B": count(2, 6)},
        "limit",
    ),
]
