"""The questions on momentum."""

from __future__ import annotations

from course.draws import between, count, one_of
from course.items import Item
from utils.exercises.momentum import forecast

_BETA = one_of(0.2, 0.3, 0.4, 0.6, 0.7, 0.8)

_RAVINE = {"low": between(0.1, 0.9, 1), "high": between(2, 20, 1)}

ITEMS = [
    Item(
        "op-mean-rate",
        "Momentum sums the gradients, with the learning rate `alpha` and the momentum `beta`. With"
        " which learning `rate` does the rule that takes their running mean, with the factor 1 − β"
        " for the new gradient, go the same way?",
        {"alpha": between(0.01, 1), "beta": _BETA},
        "rate",
    ),
    Item(
        "op-correction",
        "A running mean of gradients begins at 0, and gives the new gradient the factor 1 − β,"
        " with β = `beta`. Let `divisor` be what it must be divided by after `t` gradients, so"
        " that their weights add up to 1.",
        {"beta": _BETA, "t": count(2, 4)},
        "divisor",
    ),
    Item(
        "op-noise",
        "On a bowl with the curvature `lam`, each gradient has noise with the mean 0 and the"
        " variance `s2`. Momentum has the learning rate `alpha` and the momentum `beta`. Let"
        " `floor` be the mean square of the error after many steps.",
        {
            "alpha": between(0.1, 0.5),
            "beta": _BETA,
            "lam": between(0.5, 2, 1),
            "s2": between(0.5, 2, 1),
        },
        "floor",
    ),
    Item(
        "op-forecast",
        "The Hessian matrix of a quadratic cost has eigenvalues from `low` to `high`. What is the"
        " best learning `rate` of momentum (the heavy ball)?",
        _RAVINE,
        "rate",
        part="the rate",
        made=forecast,
    ),
    Item(
        "op-forecast",
        "The Hessian matrix of a quadratic cost has eigenvalues from `low` to `high`. What is the"
        " best momentum of the heavy ball, its `beta`?",
        _RAVINE,
        "beta",
        part="the momentum",
        made=forecast,
    ),
    Item(
        "op-forecast",
        "The Hessian matrix of a quadratic cost has eigenvalues from `low` to `high`. Which"
        " `factor` is left of the error at each step, in the long run, with the best momentum and"
        " its learning rate?",
        _RAVINE,
        "factor",
        part="the factor",
        made=forecast,
    ),
]
