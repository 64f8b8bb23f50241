"""The questions on convolution."""

from __future__ import annotations

from course.draws import count, numbers
from course.items import Item
from utils.exercises.convolution import cost

_FILTERS = {
    "filters": count(2, 16),
    "channels": count(2, 4),
    "K": count(3, 7),
    "n": count(12, 40),
}
_LAYER = (
    "Images of `n` × `n` numbers, in `channels` channels, go through a layer of `filters` filters"
    " of `K` × `K`, without padding and with the stride 1. "
)

ITEMS = [
    Item(
        "cv-input-gradient",
        "A kernel `w` has slid over a signal, without padding and with the stride 1. The error"
        " signals of the sums that it made are `delta`. Let `dx` be the derivative of the cost"
        " with respect to the signal.",
        {"w": numbers(2), "delta": numbers(3)},
        "dx",
    ),
    Item(
        "cv-weight-gradient",
        "One kernel has slid over the image `x` of one channel, without padding and with the"
        " stride 1. The error signals of the sums that it made are `delta`. Let `dw` be the"
        " derivative of the cost with respect to the kernel.",
        {"x": numbers(4, 3), "delta": numbers(2, 2)},
        "dw",
    ),
    Item(
        "cv-two",
        "A kernel `u` slides over a signal, and a kernel `v` over its sums, without padding, bias"
        " and activation. Both together are one kernel `w`: let it have the first weight first.",
        {"u": numbers(2), "v": numbers(3)},
        "w",
    ),
    Item(
        "cv-overlaps",
        "Each of `N` numbers lays a kernel of `K` weights down, `s` places after the one before."
        " Let `over` say how many kernels lie over each of the places, from the first to the last.",
        {"N": count(4, 6), "K": count(4, 9), "s": count(2, 3)},
        "over",
    ),
    Item(
        "cv-cost",
        _LAYER + "How many `parameters` does the layer have?",
        _FILTERS,
        "parameters",
        part="the parameters",
        made=cost,
    ),
    Item(
        "cv-cost",
        _LAYER + "How many `sums` does it make of one image?",
        _FILTERS,
        "sums",
        part="the sums",
        made=cost,
    ),
    Item(
        "cv-cost",
        _LAYER + "How many `products` does it take for one image?",
        _FILTERS,
        "products",
        part="the products",
        made=cost,
    ),
]
