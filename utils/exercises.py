"""Exercises that answer: right, not tried yet, or which mistake it probably is.

A reader calls ``check("gd-mean", my_function)``.  Each exercise is an entry of ``EXERCISES``: the
right answer, how to draw inputs, and the likely mistakes by the words that name them.  A mistake
is written as the answer that it leads to, so adding one is adding a line.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

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
    print(_verdict(EXERCISES[name], attempt if callable(attempt) else lambda *inputs: attempt))


def _verdict(exercise: Exercise, attempt: Answer) -> str:
    rng = np.random.default_rng(0)
    trials = [exercise.inputs(rng) for _ in range(5)]
    try:
        got = [attempt(*inputs) for inputs in trials]
    except Exception as error:  # whatever a reader's code may raise, it is the reader's to see
        return f"Not yet: your code raised {type(error).__name__}: {error}"
    if any(_untouched(value) for value in got):
        return "Not tried yet: replace the dots."
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


def _points(rng: np.random.Generator) -> tuple[NDArray, NDArray]:
    return rng.normal(size=2), rng.normal(size=(6, 2))


def _bowl(rng: np.random.Generator) -> tuple[NDArray, NDArray]:
    A = rng.normal(size=(3, 3))
    return rng.normal(size=3), A @ A.T + np.eye(3)


def _neuron(rng: np.random.Generator) -> tuple[NDArray, float, NDArray, float, float]:
    return rng.normal(size=3), 1.0, rng.normal(size=3), rng.normal(), 0.5


def _rolling_ball(rng: np.random.Generator) -> tuple[NDArray, NDArray, NDArray, float, float]:
    return rng.normal(size=3), *_bowl(rng), 0.1, 0.8


def _forecast() -> tuple[float, float, int]:
    rate, factor = rates.best_rate(0.5, 7.5), rates.best_factor(7.5 / 0.5)
    return rate, factor, rates.steps_needed(1e-3, rate, 0.5)


def _exact_rate(g: NDArray, H: NDArray) -> NDArray:
    return (g @ g) / (g @ H @ g)


def _entropy_step(x: NDArray, y: float, w: NDArray, b: float, alpha: float) -> tuple:
    dz = losses.cross_entropy_gradient(y, network.neuron(x, w, b))
    return w - alpha * dz * x, b - alpha * dz


def _entropy_step_without_x(x: NDArray, y: float, w: NDArray, b: float, alpha: float) -> tuple:
    return w + (_entropy_step(x, y, w, b, alpha)[1] - b), _entropy_step(x, y, w, b, alpha)[1]


def _momentum(w: NDArray, previous: NDArray, H: NDArray, alpha: float, beta: float) -> NDArray:
    return w - alpha * H @ w + beta * (w - previous)


EXERCISES: dict[str, Exercise] = {
    "gd-ravine": Exercise(
        answer=_forecast,
        mistakes={
            "the best rate is 2, not 1, over λ_min + λ_max": lambda: (0.125, *_forecast()[1:]),
            "2/λ_max is the limit, not the best rate": lambda: (2 / 7.5, *_forecast()[1:]),
            "the number of steps has to be rounded up": lambda: (*_forecast()[:2], 51),
        },
    ),
    "gd-mean": Exercise(
        answer=lambda w, x: w - x.mean(axis=0),
        inputs=_points,
        mistakes={
            "the sign is flipped": lambda w, x: x.mean(axis=0) - w,
            "you forgot to average, and summed": lambda w, x: (w - x).sum(axis=0),
            "the ½ of the loss cancels the derivative's 2": lambda w, x: 2 * (w - x.mean(axis=0)),
            "the mean runs over the examples, axis 0": lambda w, x: w - x.mean(),
        },
    ),
    "gd-exact-rate": Exercise(
        answer=_exact_rate,
        inputs=_bowl,
        mistakes={
            "the fraction is upside down": lambda g, H: 1 / _exact_rate(g, H),
            "the sign is flipped, and a negative rate climbs": lambda g, H: -_exact_rate(g, H),
            "the ½ of the cost cancels the derivative's 2": lambda g, H: 2 * _exact_rate(g, H),
        },
    ),
    "gd-cross-entropy-step": Exercise(
        answer=_entropy_step,
        inputs=_neuron,
        mistakes={
            "the sign is flipped": lambda x, y, w, b, alpha: _entropy_step(x, y, w, b, -alpha),
            "σ′(z) cancels, and you kept it": network.neuron_step,
            "you forgot the factor x in the step of w": _entropy_step_without_x,
        },
    ),
    "gd-momentum": Exercise(
        answer=_momentum,
        inputs=_rolling_ball,
        mistakes={
            "the sign of the gradient is flipped": lambda w, p, H, a, b: _momentum(w, p, H, -a, b),
            "the momentum points backward": lambda w, p, H, a, b: _momentum(w, p, H, a, -b),
            "you forgot the momentum": lambda w, p, H, a, b: _momentum(w, p, H, a, 0),
        },
    ),
}
