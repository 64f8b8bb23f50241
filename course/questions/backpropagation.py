"""The questions on backpropagation."""

from __future__ import annotations

from course.draws import numbers, one_of
from course.items import Item

ITEMS = [
    Item(
        "bp-again",
        "A network uses one weight twice: a = σ(w x), and then ŷ = σ(w a). There are no biases,"
        " and the loss is ½ (y − ŷ)². Let `slope` be the derivative of the loss with respect to w.",
        {"w": numbers(largest=3), "x": numbers(largest=3), "y": one_of(0, 1)},
        "slope",
    ),
    Item(
        "bp-lateral",
        "In a network with two hidden sigmoids and one output, the first hidden neuron also speaks"
        " to the second, by the weight u. The hidden sums are `z1` and `z2`, the weights to the"
        " output `v1` and `v2`, and the output's error signal is `delta`. Let `delta1` and"
        " `delta2` be the error signals of the hidden neurons, and `du` the derivative of the loss"
        " with respect to u.",
        {
            "z1": numbers(),
            "z2": numbers(),
            "v1": numbers(),
            "v2": numbers(),
            "u": numbers(),
            "delta": numbers(),
        },
        "delta1 delta2 du",
    ),
]
