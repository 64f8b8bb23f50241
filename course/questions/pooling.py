"""The questions on pooling."""

from __future__ import annotations

from course.draws import between, count, numbers
from course.items import Item

ITEMS = [
    Item(
        "po-max-gradient",
        "`x` has been pooled to the greatest of windows of 2, side by side. The derivatives of the"
        " cost by the answers are `delta`. Let `dx` be its derivative with respect to `x`; of"
        " equals, the first gets all.",
        {"x": numbers(6), "delta": numbers(3), "K": count(2, 2)},
        "dx",
    ),
    Item(
        "po-soft",
        "A window answers with the logarithm of the mean of the exponentials of `beta` times each"
        " of its numbers `x`, divided by `beta`. Let `dx` be the derivative of the answer with"
        " respect to `x`.",
        {"x": numbers(3), "beta": between(0.5, 2)},
        "dx",
    ),
]
