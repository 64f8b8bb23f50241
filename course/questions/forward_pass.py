"""The questions on the forward pass."""

from __future__ import annotations

from course.draws import numbers
from course.items import Item

_LAYERS = {"W1": numbers(2, 2), "b1": numbers(2, 1), "W2": numbers(2, 2), "b2": numbers(2, 1)}

ITEMS = [
    Item(
        "fp-rows",
        "Each example is a row of the table `T`. A network has two layers of sigmoids: W1 and b1"
        " lead to the hidden layer, W2 and b2 to the output, as for examples in columns. Let"
        " `answers` be the table of its outputs, each again a row.",
        {"T": numbers(2, 2), **_LAYERS},
        "answers",
    ),
    Item(
        "fp-flip",
        "In a network with a hidden layer of sigmoids, the signs of all weights and of the bias of"
        " the first hidden neuron are flipped. Let `W2_new` and `b2_new` be the second weights and"
        " biases with which the network answers the same for every input.",
        _LAYERS,
        "_W1 _b1 W2_new b2_new",
    ),
]
