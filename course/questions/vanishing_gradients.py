"""The questions on vanishing and exploding gradients."""

from __future__ import annotations

from course.draws import between, count, numbers
from course.items import Item
from utils.exercises.vanishing_gradients import stray, variances

_LAYER = {"n_in": count(20, 400), "n_out": count(20, 400)}

ITEMS = [
    Item(
        "vg-clip",
        "The gradients `dW` and `db` of a layer are clipped together, to the length `c`. Let"
        " `dW_new` and `db_new` be what comes out.",
        {"dW": numbers(2, 2), "db": numbers(2, 1), "c": between(0.5, 3, 1)},
        "dW_new db_new",
    ),
    Item(
        "vg-leaky",
        "A layer of leaky ReLUs, with the slope `nu` below 0, has `n_in` inputs. Which `variance`"
        " of the first weights keeps the mean square of the activations, forward?",
        {"nu": between(0.2, 0.6), "n_in": count(5, 100)},
        "variance",
    ),
    Item(
        "vg-variances",
        "A layer has `n_in` inputs and `n_out` neurons. Let `variance` be that of its first"
        " weights by LeCun's rule.",
        _LAYER,
        "variance",
        part="LeCun",
        made=variances,
    ),
    Item(
        "vg-variances",
        "A layer has `n_in` inputs and `n_out` neurons. Let `variance` be that of its first"
        " weights by Xavier's rule.",
        _LAYER,
        "variance",
        part="Xavier",
        made=variances,
    ),
    Item(
        "vg-variances",
        "A layer has `n_in` inputs and `n_out` neurons. Let `variance` be that of its first"
        " weights by He's rule.",
        _LAYER,
        "variance",
        part="He",
        made=variances,
    ),
    Item(
        "vg-variances",
        "A layer has `n_in` inputs and `n_out` neurons. Its first weights are drawn evenly from an"
        " interval, from −c to `c`. Which c gives them the variance of He's rule?",
        _LAYER,
        "c",
        part="c",
        made=variances,
    ),
    Item(
        "vg-stray",
        "A network of ReLUs is `n` wide and `L` layers deep. Its weights are drawn from the normal"
        " distribution by He's rule, and its biases are 0. Let `mean` be the mean, over all draws,"
        " of the square of q_L / q_0, the factor by which the mean square of the activations"
        " changes.",
        {"n": count(12, 60), "L": count(4, 12)},
        "mean",
        made=stray,
    ),
]
