"""The questions on the derivative of the sigmoid."""

from __future__ import annotations

from course.draws import between, numbers
from course.items import Item

ITEMS = [
    Item(
        "ds-tanh-gradient",
        "A neuron with the output tanh(w · x + b) and the loss ½ (y − ŷ)² sees the examples in the"
        " columns of `X`, with the targets `y`. Let `dw` be the gradient of the mean loss with"
        " respect to w.",
        {"X": numbers(2, 3), "y": numbers(3, largest=0.9), "w": numbers(2), "b": numbers()},
        "dw",
    ),
    Item(
        "ds-another-slope",
        "The curve a = exp(−exp(−z)) rises from 0 to 1. Let `slope` be its slope by z where its"
        " height is `a`.",
        {"a": between(0.05, 0.95)},
        "slope",
    ),
]
