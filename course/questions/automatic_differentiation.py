"""The questions on automatic differentiation."""

from __future__ import annotations

from course.draws import numbers, shares
from course.items import Item

ITEMS = [
    Item(
        "ad-divide",
        "The dual number a + b ε is divided by c + d ε. Let `value + slope ε` be what comes out.",
        {"a": numbers(), "b": numbers(), "c": numbers(), "d": numbers()},
        "value slope",
    ),
    Item(
        "ad-cumsum",
        "A running sum makes z of a vector u: each entry is the sum of all entries of u up to"
        " there (`np.cumsum`). The adjoint of z is `bar`. Let `u_bar` be the adjoint of u.",
        {"bar": numbers(5)},
        "u_bar",
    ),
    Item(
        "ad-softmax",
        "The vector `p` is the softmax of a vector z, and the adjoint of p is `bar`. Let `z_bar`"
        " be the adjoint of z.",
        {"p": shares(3), "bar": numbers(3)},
        "z_bar",
    ),
    Item(
        "ad-logsum",
        "Let `o` have ln Σ exp(z) over the entries z of each column of `Z`. The adjoint of o is"
        " `bar`, and `Z_bar` is that of Z.",
        {"Z": numbers(2, 2), "bar": numbers(2)},
        "o Z_bar",
    ),
]
