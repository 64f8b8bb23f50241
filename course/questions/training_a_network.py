"""The questions on training a network."""

from __future__ import annotations

from course.draws import numbers
from course.items import Item

_NEURON = {letter: numbers(1, 1) for letter in ("W1", "b1", "W2", "b2")}

ITEMS = [
    Item(
        "bp-deep",
        "A network with two inputs, a hidden layer of two tanh and one output without activation"
        " has the cost ‖Y − Ŷ‖² / (2m) on the m examples in the columns of `X`, with the targets"
        " `Y`. W1 and b1 lead to the hidden layer, W2 and b2 to the output. Let `dW1`, `db1`,"
        " `dW2` and `db2` be the derivatives of the cost with respect to them.",
        {
            "X": numbers(2, 3),
            "Y": numbers(1, 3),
            "W1": numbers(2, 2),
            "b1": numbers(2, 1),
            "W2": numbers(1, 2),
            "b2": numbers(1, 1),
        },
        "dW1 db1 dW2 db2",
        given=lambda X, Y, W1, b1, W2, b2: (X, Y, [(W1, b1), (W2, b2)]),
    ),
    Item(
        "bp-line",
        "In a network with a hidden layer of sigmoids, lines lead from the inputs straight to the"
        " output, with the weights `V`: Z2 = W2 A1 + V X + b2. `Z1` has the sums of the hidden"
        " layer, and `dZ2` the derivative of the cost with respect to Z2. Let `dV` and `dX` be"
        " those with respect to V and X.",
        {
            "W1": numbers(2, 2),
            "W2": numbers(1, 2),
            "V": numbers(1, 2),
            "X": numbers(2, 3),
            "Z1": numbers(2, 3),
            "dZ2": numbers(1, 3),
        },
        "dV dX",
    ),
    Item(
        "bp-forward",
        "A network of one hidden sigmoid and one output sigmoid sees two examples, `X`, with the"
        " targets `Y`; its cost is the mean of ½ (y − ŷ)². Its parameters move: W1 at the rate V1,"
        " b1 at the rate c1, and so on. Let `rate` be the rate at which the cost moves.",
        {
            "X": numbers(1, 2),
            "Y": numbers(1, 2, largest=0.9),
            **_NEURON,
            **{letter: numbers(1, 1) for letter in ("V1", "c1", "V2", "c2")},
        },
        "rate",
    ),
]
