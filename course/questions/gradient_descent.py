"""The questions on gradient descent."""

from __future__ import annotations

from course.draws import between, bowl, numbers, one_of
from course.items import Item
from utils.exercises.gradient_descent import ravine

_RAVINE = {
    "low": between(0.1, 0.9, 1),
    "middle": between(1, 3, 1),
    "high": between(4, 20, 1),
}

ITEMS = [
    Item(
        "gd-ravine",
        "The Hessian matrix of a quadratic cost has the eigenvalues `low`, `middle` and `high`."
        " What is the best constant learning `rate`?",
        _RAVINE,
        "rate",
        part="the rate",
        made=ravine,
    ),
    Item(
        "gd-ravine",
        "The Hessian matrix of a quadratic cost has the eigenvalues `low`, `middle` and `high`. By"
        " which `factor` does each step multiply the error at worst, at the best constant learning"
        " rate?",
        _RAVINE,
        "factor",
        part="the factor",
        made=ravine,
    ),
    Item(
        "gd-ravine",
        "The Hessian matrix of a quadratic cost has the eigenvalues `low`, `middle` and `high`."
        " How many `steps` at the best constant learning rate are enough, from any start, to"
        " shrink the error to a thousandth?",
        _RAVINE,
        "steps",
        part="the steps",
        made=ravine,
    ),
    Item(
        "gd-exact-rate",
        "At some point of a quadratic cost the gradient is `g`, and the Hessian matrix is `H`."
        " Which learning `rate` leads to the lowest cost that one step of gradient descent can"
        " reach from there?",
        {"g": numbers(2), "H": bowl(2)},
        "rate",
    ),
    Item(
        "gd-momentum",
        "A cost has its minimum at zero, and the Hessian matrix `H`. Descent with momentum (the"
        " heavy ball) has come from `previous` to `w`. Its learning rate is `alpha`, and the"
        " momentum `beta`. Let `new` be the weights after the next step.",
        {
            "w": numbers(2),
            "previous": numbers(2),
            "H": bowl(2),
            "alpha": between(0.05, 0.2),
            "beta": one_of(0.5, 0.6, 0.7, 0.8, 0.9),
        },
        "new",
    ),
]
