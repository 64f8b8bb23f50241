"""Exercises that answer: right, not tried yet, or which mistake it probably is.

A reader calls ``check("gd-mean", my_function)``.  Each exercise is an entry of ``EXERCISES``: how to
draw inputs, the right answer, and the likely mistakes by the words that name them.  A mistake is
written as the answer that it leads to, so adding one is adding a line.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from utils import losses, network, rates

Answer = Callable[..., object]


@dataclass(frozen=True)
class Exercise:
    """What is asked (``answer``), on which inputs, and how it usually goes wrong."""

    answer: Answer
    inputs: Callable[[np.random.Generator], tuple] = lambda rng: ()
    mistakes: dict[str, Answer] = field(default_factory=dict)


def check(name: str, attempt: object) -> None:
    """Print how ``attempt`` fares at the exercise ``name``.

    ``attempt`` is a function of the exercise's inputs, or the answer itself where there are none.
    Raise ``ValueError`` for a name that is not in the book.
    """
    if name not in EXERCISES:
        raise ValueError(f"expected one of {', '.join(sorted(EXERCISES))}, got {name!r}")
    print(_verdict(EXERCISES[name], attempt if callable(attempt) else lambda: attempt))


def _verdict(exercise: Exercise, attempt: Answer) -> str:
    rng = np.random.default_rng(0)
    trials = [exercise.inputs(rng) for _ in range(5)]
    try:
        got = [attempt(*inputs) for inputs in trials]
    except Exception as error:  # whatever a reader's code may raise, it is the reader's to see
        return f"Not yet: your code raised {type(error).__name__}: {error}"
    if any(_untouched(value) for value in got):
        return "Not tried yet: put your answer in place of the dots."
    if _same(got, [exercise.answer(*inputs) for inputs in trials]):
        return "Right."
    for words, mistake in exercise.mistakes.items():
        if _same(got, [mistake(*inputs) for inputs in trials]):
            return f"Not yet: {words}."
    wanted = _shape(exercise.answer(*trials[0]))
    if _shape(got[0]) != wanted:
        return f"Not yet: the shape should be {wanted}, and is {_shape(got[0])}."
    return "Not yet: the numbers differ, and not by one of the usual mistakes."


def _untouched(value: object) -> bool:
    parts = value if isinstance(value, tuple) else (value,)
    return any(part is ... or part is None for part in parts)


def _parts(value: object) -> list:
    return [np.asarray(part) for part in (value if isinstance(value, tuple) else (value,))]


def _shape(value: object) -> object:
    shapes = [part.shape for part in _parts(value)]
    return shapes[0] if len(shapes) == 1 else shapes


def _same(got: list, wanted: list) -> bool:
    pairs = zip(got, wanted, strict=True)
    return all(
        _shape(a) == _shape(b)
        and all(np.allclose(p, q, rtol=1e-3) for p, q in zip(_parts(a), _parts(b), strict=True))
        for a, b in pairs
    )


def _point_and_data(rng: np.random.Generator) -> tuple:
    return rng.normal(size=2), rng.normal(size=(6, 2))


def _bowl(rng: np.random.Generator) -> tuple:
    A = rng.normal(size=(3, 3))
    return rng.normal(size=3), A @ A.T + np.eye(3)


def _example(rng: np.random.Generator) -> tuple:
    return rng.normal(size=3), 1.0, rng.normal(size=3), rng.normal(), 0.5


def _cross_entropy_step(x, y, w, b, alpha, sign=-1, slope=lambda y_hat: 1.0, times_x=True):
    y_hat = network.neuron(x, w, b)
    dz = losses.cross_entropy_gradient(y, y_hat) * slope(y_hat)
    return w + sign * alpha * dz * (x if times_x else 1), b + sign * alpha * dz


def _momentum_steps(w, previous, H, alpha, beta, remember=1, sign=-1):
    return w + sign * alpha * H @ w + remember * beta * (w - previous)


EXERCISES: dict[str, Exercise] = {
    "gd-ravine": Exercise(
        answer=lambda: (rates.best_rate(0.5, 7.5), rates.best_factor(15.0), 52),
        mistakes={
            "the rate is half of the best; the 2 of 2/(λ_min + λ_max) is missing": lambda: (
                0.125,
                0.875,
                52,
            ),
            "the number of steps has to be rounded up": lambda: (0.25, 0.875, 51),
            "2/λ_max is where descent stops converging, not the best rate": lambda: (
                2 / 7.5,
                0.875,
                52,
            ),
        },
    ),
    "gd-mean": Exercise(
        inputs=_point_and_data,
        answer=lambda w, x: w - x.mean(axis=0),
        mistakes={
            "the sign is flipped": lambda w, x: x.mean(axis=0) - w,
            "you forgot to average: this is the sum over the examples": lambda w, x: np.sum(
                w - x, axis=0
            ),
            "the ½ of the loss cancels the 2 of the derivative": lambda w, x: 2
            * (w - x.mean(axis=0)),
            "you averaged over the features; the examples are the rows, axis 0": lambda w, x: (
                w - x.mean()
            ),
        },
    ),
    "gd-exact-rate": Exercise(
        inputs=_bowl,
        answer=lambda g, H: (g @ g) / (g @ H @ g),
        mistakes={
            "the fraction is upside down": lambda g, H: (g @ H @ g) / (g @ g),
            "the sign is flipped: a negative rate climbs": lambda g, H: -(g @ g) / (g @ H @ g),
            "the ½ of the cost cancels the 2 of the derivative": lambda g, H: 2
            * (g @ g)
            / (g @ H @ g),
        },
    ),
    "gd-cross-entropy-step": Exercise(
        inputs=_example,
        answer=_cross_entropy_step,
        mistakes={
            "the sign is flipped": lambda *a: _cross_entropy_step(*a, sign=1),
            "σ′(z) has canceled: this is the step of the squared error": lambda *a: (
                _cross_entropy_step(*a, slope=lambda y_hat: y_hat * (1 - y_hat))
            ),
            "you forgot the factor x in the gradient of w": lambda *a: _cross_entropy_step(
                *a, times_x=False
            ),
        },
    ),
    "gd-momentum": Exercise(
        inputs=lambda rng: (rng.normal(size=3), *_bowl(rng), 0.1, 0.8),
        answer=_momentum_steps,
        mistakes={
            "the sign of the gradient is flipped": lambda *a: _momentum_steps(*a, sign=1),
            "the momentum points backward": lambda *a: _momentum_steps(*a, remember=-1),
            "you forgot the momentum: this is plain descent": lambda *a: _momentum_steps(
                *a, remember=0
            ),
        },
    ),
}
