"""The questions on many classes."""

from __future__ import annotations

from course.draws import between, numbers, one_hot
from course.items import Item

ITEMS = [
    Item(
        "lf-batch",
        "A softmax gets the scores `Z`, a column for each example, and the targets are `Y`. Let"
        " `dZ` be the derivative of the mean of the categorical cross-entropies with respect to Z.",
        {"Y": one_hot(3, 2), "Z": numbers(3, 2)},
        "dZ",
    ),
    Item(
        "lf-stalling",
        "A softmax ŷ gets the scores `z`, and the target is `y`. The loss is the squared error ½"
        " ‖y − ŷ‖². Let `dz` be its derivative with respect to z.",
        {"y": one_hot(3), "z": numbers(3)},
        "dz",
    ),
    Item(
        "lf-shrink",
        "One weight has the cost ½ (w − `w_star`)² from the data, and the L1 penalty μ |w| with μ"
        " = `mu`. Let `w` be the best weight.",
        {"w_star": numbers(largest=3), "mu": between(0.2, 1, 1)},
        "w",
    ),
]
