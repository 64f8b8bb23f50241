"""The questions on early stopping and dropout."""

from __future__ import annotations

from course.draws import numbers, one_of
from course.items import Item
from utils.exercises.regularization import stopped

ITEMS = [
    Item(
        "rg-steps",
        "A bowl has the curvature `lam` along some direction, and descent begins at 0 with the"
        " rate `alpha`. Let `share` be the share of the bottom that is reached there after `t`"
        " steps.",
        {"lam": one_of(1.5, 2.5, 3.0), "alpha": one_of(0.1, 0.15), "t": one_of(3, 4, 5)},
        "share",
        part="the share",
        made=stopped,
    ),
    Item(
        "rg-steps",
        "A bowl has the curvature `lam` along some direction, and descent begins at 0 with the"
        " rate `alpha`. A weight decay μ adds ½ μ w² to the cost. Let `mu` be the one that reaches"
        " the same share there as `t` steps.",
        {"lam": one_of(1.5, 2.5, 3.0), "alpha": one_of(0.1, 0.15), "t": one_of(3, 4, 5)},
        "mu",
        part="the decay",
        made=stopped,
    ),
    Item(
        "rg-fit",
        "The examples are the columns of `X`, and their answers are `y`. Let `w` be the weights"
        " without a bias that make least the mean, over all masks, of the squared error with"
        " dropout on the inputs, each kept with the chance `p` and divided by it.",
        {"X": numbers(2, 4), "y": numbers(4), "p": one_of(0.25, 0.4, 0.8)},
        "w",
    ),
]
