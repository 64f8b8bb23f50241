"""The questions on adaptive rates."""

from __future__ import annotations

from course.draws import between, count, numbers, one_of, positive
from course.items import Item

_RARE = (
    "The gradient of a weight has been 0 for a very long time. Once it is not, and then it is 0"
    " again. Adam has the factors `beta1` and `beta2`; leave out ε and the correction. "
)
_BETAS = {"beta1": one_of(0.3, 0.4, 0.5, 0.6, 0.7, 0.8), "beta2": between(0.9, 0.98)}

ITEMS = [
    Item(
        "op-adagrad",
        "AdaGrad has the sum `s` of the squares of all gradients before, and now gets the gradient"
        " `g`. Let `direction` be what is multiplied by the learning rate and subtracted from the"
        " weights.",
        {"g": numbers(2), "s": positive(2, largest=4)},
        "direction _s",
        given=lambda g, s: (g, (s,)),
    ),
    Item(
        "op-adamw",
        "Adam with decoupled weight decay has taken `t` steps, with its usual settings. It has the"
        " weights `w`, the gradient `g`, the running means `u` of gradients and `s` of their"
        " squares, the learning rate `alpha` and the decay `mu`. Let `w_new` be the weights after"
        " the next step.",
        {
            "w": numbers(2),
            "g": numbers(2),
            "u": numbers(2),
            "s": positive(2),
            "t": count(1, 5),
            "alpha": one_of(0.2, 0.3, 0.4),
            "mu": one_of(0.2, 0.3, 0.4),
        },
        "w_new",
    ),
    Item(
        "op-rare-step",
        _RARE + "How long is the `step` that it takes then, as a multiple of the learning rate?",
        _BETAS,
        "step",
    ),
    Item(
        "op-rare-way",
        _RARE + "How far does the weight move in all from then on, as a multiple of the learning"
        " rate? Let `way` be that.",
        _BETAS,
        "way",
    ),
    Item(
        "op-adam-floor",
        "On a bowl with the curvature `lam`, the noise of the gradient has the standard deviation"
        " `d`. It is far larger than the slope, so that Adam's divisor is almost d; β₁ is 0, and"
        " the learning rate `alpha`. Let `floor` be the mean square of the error after many steps.",
        {"alpha": between(0.1, 0.5), "lam": between(0.5, 2, 1), "d": between(1.5, 4, 1)},
        "floor",
    ),
]
