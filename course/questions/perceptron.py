"""The questions on the perceptron."""

from __future__ import annotations

from course.draws import labels, numbers, one_of
from course.items import Item

ITEMS = [
    Item(
        "pc-step",
        "A perceptron with the weights `w` and the bias `b` sees the example `x` with the label"
        " `y`, and learns by Rosenblatt's rule with the learning rate `alpha`. Let `w_new` and"
        " `b_new` be its weights and its bias after that.",
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
        "pc-margin",
        "The columns of `X` are examples with the labels `y`. Let `margin` be the margin of the"
        " boundary with the weights `w` and the bias `b` in their plane: the least signed"
        " distance, negative if an example is on the wrong side.",
        {"X": numbers(2, 3), "y": labels(3), "w": numbers(2), "b": numbers()},
        "margin",
    ),
    Item(
        "pc-street",
        "Let `width` be the distance between the lines w · x + b = 1 and w · x + b = −1, for the"
        " weights `w`.",
        {"w": numbers(2)},
        "width",
    ),
]
