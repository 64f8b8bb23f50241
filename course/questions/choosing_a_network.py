"""The questions on choosing a network."""

from __future__ import annotations

from course.draws import count, numbers
from course.items import Item
from utils.exercises.choosing_a_network import counted

_SIZES = {"n0": count(2, 8), "n1": count(2, 8), "n2": count(2, 8)}

ITEMS = [
    Item(
        "fp-forward",
        "A network has a hidden layer of two sigmoids and an output layer of three with a softmax:"
        " W1 and b1 lead to the hidden layer, W2 and b2 to the output. Let `Y_hat` be its output"
        " for the example in the column of `X`.",
        {
            "W1": numbers(2, 2),
            "b1": numbers(2, 1),
            "W2": numbers(3, 2),
            "b2": numbers(3, 1),
            "X": numbers(2, 1),
        },
        "Y_hat",
    ),
    Item(
        "fp-log-softmax",
        "Let `log_p` have the natural logarithms of the softmax of each column of `Z`.",
        {"Z": numbers(3, 2)},
        "log_p",
    ),
    Item(
        "fp-count",
        "A network has `n0` inputs, `n1` hidden neurons and `n2` outputs. How many `parameters`"
        " does it have?",
        _SIZES,
        "parameters",
        part="parameters",
        made=counted,
    ),
    Item(
        "fp-count",
        "A network has `n0` inputs, `n1` hidden neurons and `n2` outputs. How many multiply-adds"
        " does it take for one example? Let `work` be that.",
        _SIZES,
        "work",
        part="multiply-adds",
        made=counted,
    ),
]
