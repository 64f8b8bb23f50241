"""The questions on loss functions."""

from __future__ import annotations

from course.draws import between, count, numbers, one_of
from course.items import Item

ITEMS = [
    Item(
        "lf-margin-loss",
        "The label of an example, as a sign, is `s`, and the sum of a neuron with a sigmoid is"
        " `z`. Let `loss` be the cross-entropy.",
        {"s": one_of(-1, 1), "z": numbers(largest=4)},
        "loss",
    ),
    Item(
        "lf-bakery",
        "A baker bakes `y_hat` loaves, and `y` are wanted. Each loaf too few costs c₁ = `few`,"
        " and each one too many c₂ = `many`. Let `slope` be the derivative of the loss with respect"
        " to y_hat.",
        {
            "y": count(50, 150),
            "y_hat": count(50, 150),
            "few": between(2, 6, 1),
            "many": between(0.5, 1.5, 1),
        },
        "slope",
    ),
]
