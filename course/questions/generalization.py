"""The questions on what the network has not seen."""

from __future__ import annotations

from course.draws import between, count, numbers, one_of, with_ones
from course.items import Item
from utils.exercises.generalization import bar

_FIT = (
    "The examples are the columns of `X`, whose first feature is 1, and their answers are `y`. A"
    " line is fitted to them by least squares. "
)

ITEMS = [
    Item(
        "ge-scale",
        "The features are the rows of `X_train` and `X_new`. They are standardized for a network"
        " that is trained on the first. Let `train` and `new` be what comes out.",
        {"X_train": numbers(2, 3), "X_new": numbers(2, 2)},
        "train new",
    ),
    Item(
        "ge-noise",
        _FIT + "What is true is a line, plus noise. Let `s2` be the estimate of the variance of"
        " the noise that is right on average.",
        {"X": with_ones(4), "y": numbers(4)},
        "s2",
    ),
    Item(
        "ge-left-out",
        _FIT + "Let `errors` have the error of each example, the answer less the prediction, of"
        " the line that is fitted to all others.",
        {"X": with_ones(4), "y": numbers(4)},
        "errors",
    ),
    Item(
        "ge-ridge",
        "The examples are the columns of `X`, and their answers are `y`. Let `w` be the weights"
        " that make ‖y − Xᵀw‖² + μ ‖w‖² least, with μ = `mu`.",
        {"X": numbers(3, 2), "y": numbers(2), "mu": one_of(0.2, 0.3, 0.5, 1.5, 2.0)},
        "w",
    ),
    Item(
        "ge-bar",
        "A network is wrong about the share `p` of `m` pictures that were set aside, all"
        " independent. Let `bar` be the error bar of this share, one standard deviation.",
        {"p": between(0.05, 0.4), "m": count(200, 2000)},
        "bar",
        made=bar,
    ),
]
