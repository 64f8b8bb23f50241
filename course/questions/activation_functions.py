"""The questions on activation functions."""

from __future__ import annotations

from course.draws import between, numbers
from course.items import Item

ITEMS = [
    Item(
        "af-softsign",
        "The softsign is g(z) = z / (1 + |z|). Let `slope` be its slope at `z`.",
        {"z": numbers()},
        "slope",
    ),
    Item(
        "af-swish",
        "The Swish is z σ(β z), where σ is the sigmoid. Let `slope` be its slope at `z`, with β ="
        " `beta`.",
        {"z": numbers(largest=3), "beta": between(0.5, 3, 1)},
        "slope",
    ),
    Item(
        "af-clothes",
        "A network with the hidden activation tanh computes W2 tanh(W1 x + b1) + b2. Since tanh(z)"
        " = 2 σ(2z) − 1, one with the hidden activation σ gives the same output for every x: the"
        " one with doubled first weights and biases, and new W2 and b2.",
        {"W1": numbers(2, 2), "b1": numbers(2, 1), "W2": numbers(2, 2), "b2": numbers(2, 1)},
        "_W1 _b1 W2_new b2_new",
    ),
]
