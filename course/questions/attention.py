"""The questions on attention."""

from __future__ import annotations

from course.draws import count, numbers, shares
from course.items import Item
from utils.exercises.attention import share

ITEMS = [
    Item(
        "at-scores",
        "Two queries look up three keys. Their weights are `P`, a column for each query: the"
        " softmax of the scores S, down each column. The derivative of the cost with respect to P"
        " is `dP`. Let `dS` be that with respect to S.",
        {"P": shares(3, 2), "dP": numbers(3, 2)},
        "dS",
    ),
    Item(
        "at-step",
        "A causal layer of attention keeps the keys `K` and the values `V` of all positions so"
        " far, a column for each. A new position has the column `x`; its query is W_Q x, its key"
        " W_K x, its value W_V x. Scores are divided by the root of the number of rows of K. Let"
        " `out` be what the new position looks up, among all positions with its own.",
        {
            "W_Q": numbers(2, 3),
            "W_K": numbers(2, 3),
            "W_V": numbers(1, 3),
            "x": numbers(3, 1),
            "K": numbers(2, 2),
            "V": numbers(1, 2),
        },
        "out _K _V",
        given=lambda W_Q, W_K, W_V, *rest: ((W_Q, W_K, W_V), *rest),
    ),
    Item(
        "at-share",
        "A layer of attention has queries, keys, values and columns of `d` entries each. Which"
        " `share` of its multiply-adds goes to the pairs of positions, scores and mixture"
        " together, for `T` positions?",
        {"d": count(16, 128), "T": count(20, 900)},
        "share",
        made=share,
    ),
]
