"""The questions on two networks at play."""

from __future__ import annotations

from course.draws import between, numbers
from course.items import Item

ITEMS = [
    Item(
        "ga-pull",
        "A judge has a hidden layer of ReLUs, Z1 = W1 A + b1, and says σ(Z2) with Z2 = W2 ReLU(Z1)"
        " + b2. The columns of `A` are examples that a generator has made, and its swapped cost is"
        " the mean of −ln σ(Z2) over them. Let `dA` be the derivative of this cost with respect to"
        " A.",
        {
            "A": numbers(2, 3),
            "W1": numbers(3, 2),
            "b1": numbers(3, 1),
            "W2": numbers(1, 3),
            "b2": numbers(1, 1),
        },
        "dA",
    ),
    Item(
        "ga-penalty",
        "Two players step at once, at the rate `alpha`. The first goes down x y − ½ μ y² by x, and"
        " the second goes up it by y, with μ = `mu`. By which factor, the `determinant` of its"
        " matrix, does a step multiply areas of the plane?",
        {"alpha": between(0.2, 0.8), "mu": between(0.3, 2)},
        "determinant",
    ),
]
