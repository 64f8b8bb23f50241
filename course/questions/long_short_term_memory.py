"""The questions on long short-term memory."""

from __future__ import annotations

from course.draws import count, numbers, positive
from course.items import Item
from utils.exercises.long_short_term_memory import shares

ITEMS = [
    Item(
        "ls-gamma",
        "One moment of an LSTM of two neurons, with one example: its output gate is `O`, its cell"
        " state `C`, the derivative of the cost with respect to its state is `dH`, and the next"
        " moment tells its cell state `dC`. Let `gamma` be the derivative of the cost with respect"
        " to this cell state, by both paths.",
        {
            "dC": numbers(2, 1),
            "dH": numbers(2, 1),
            "O": positive(2, 1, largest=0.9),
            "C": numbers(2, 1),
        },
        "gamma",
    ),
    Item(
        "ls-share",
        "The forget gate of an LSTM is to be at the same value at each of `k` moments, so that,"
        " along the cell, a half of a gradient is left after them. Let `bias` be the weighted sum"
        " that sets the gate so. Do not round.",
        {"k": count(5, 60)},
        "bias",
        part="the bias",
        made=lambda k: shares(1, k),
    ),
]
