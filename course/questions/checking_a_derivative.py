"""The questions on checking a derivative."""

from __future__ import annotations

from course.draws import between, numbers, one_of
from course.items import Item


def _cubic(w: object) -> float:
    return float(w[0] ** 2 * w[1] + w[1] ** 3)


ITEMS = [
    Item(
        "ds-forward-step",
        "The values of a function are at most `F` in size, its second derivative at most `M`, and"
        " each value is computed with a relative error of at most `eta`. Which step `h` makes the"
        " bound on the error of the forward difference least, by truncation and by rounding?",
        {"F": between(0.5, 3, 1), "M": between(0.5, 3, 1), "eta": one_of(1e-6, 1e-5, 1e-4)},
        "h",
    ),
    Item(
        "ds-tanh-slope",
        "Let `slope` be the slope of tanh at `z`.",
        {"z": numbers()},
        "slope",
    ),
    Item(
        "ds-central",
        "Let f(w) = a² b + b³ for w = (a, b). Let `g` be the central difference of f at `w`, with"
        " the step `h`: one entry for each weight.",
        {"w": numbers(2), "h": one_of(0.3, 0.4, 0.5)},
        "g",
        given=lambda w, h: (_cubic, w, h),
    ),
    Item(
        "ds-richardson",
        "Let f(z) = z⁵. The central differences at `z` with the steps `h` and h/2 are combined so"
        " that the part of the error that goes with h² cancels. Let `slope` be what comes out.",
        {"z": numbers(), "h": one_of(0.4, 0.6, 0.8, 1.0)},
        "slope",
        given=lambda z, h: (lambda at: at**5, z, h),
    ),
]
