"""The questions on one transformer block."""

from __future__ import annotations

import numpy as np

from course.draws import count, numbers, one_of
from course.items import Item
from utils.exercises.transformer_block import counts, floor, left

BLOCK = (
    "A transformer block has `n` rows, `h` heads of n/h rows each, and `c` ReLUs in its small"
    " network. Its three matrices of a head have no bias; all other weighted sums have one."
)

ITEMS = [
    Item(
        "tb-count",
        BLOCK + " How many `parameters` has it, with its two layer norms?",
        {"n": one_of(4, 6, 8), "h": one_of(2), "c": count(3, 12)},
        "parameters",
        part="of the block",
        made=counts,
    ),
    Item(
        "tb-left",
        "A network has so many `blocks` of two steps each, and a layer norm after the sum of each"
        " step with the way around it. What a step adds has the same variance as what is there."
        " About what `share` of a gradient is left on the way around all steps?",
        {"blocks": count(2, 9)},
        "share",
        part="after, around",
        made=left,
    ),
    Item(
        "tb-floor",
        "All words of a made-up language are equally likely. They have so many `syllables`, each a"
        " consonant and a vowel, and end in the consonant with which they began. There are five"
        " consonants; the first vowel is one of four, each later one is one of three. What is the"
        " `least` cost of a model, for each letter, in natural logarithms?",
        {"syllables": count(3, 9)},
        "least",
        part="the floor",
        made=floor,
    ),
    Item(
        "tb-rotary",
        "The columns of `Q` and `K` are queries and keys at the positions 1 and 2. Each is turned"
        " by its own position: rows 0 and 1 are a pair of the frequency omega[0], a sine above a"
        " cosine, rows 2 and 3 one of the frequency omega[1]. `S` are the scores, a row for each"
        " key, divided by the root of d.",
        {"Q": numbers(4, 2), "K": numbers(4, 2), "omega": one_of((1.0, 0.01), (1.0, 0.1))},
        "S",
        given=lambda Q, K, omega: (Q, K, np.array(omega)),
    ),
]
