"""The entries of the sample week: what each task asks, what goes wrong, and what that is worth."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from course.task import Task
from utils.exercises.gradient_descent import ravine
from utils.judging import Exercise


def _examples(rng: np.random.Generator) -> tuple[float, float, NDArray, NDArray]:
    m = int(rng.integers(3, 7))
    return rng.normal(), rng.normal(), rng.normal(size=m), rng.normal(size=m)


def _gradient(w: float, b: float, x: NDArray, y: NDArray) -> tuple:
    error = w * x + b - y
    return np.mean(error * x), np.mean(error)


def _times(factor: float) -> object:
    return lambda *given: tuple(factor * part for part in _gradient(*given))


LINE_GRADIENT = Task(
    title="The gradient of a line",
    text=r"""
A line $\hat{y} = wx + b$ has the cost $J = \frac{1}{2m} \sum_{i=1}^{m} (w x_i + b - y_i)^2$ on $m$ examples.
Derive both derivatives, and return the pair $\partial J / \partial w$, $\partial J / \partial b$.
The arrays `x` and `y` have $m$ entries each.
""",
    stub="def my_gradient(w, b, x, y):\n    return ..., ...",
    asks=Exercise(
        answer=_gradient,
        inputs=_examples,
        cases=[(0.0, 0.0, np.array([2.0]), np.array([1.0]))],
        mistakes={
            "you forgot 1/m: the cost is a mean": lambda w, b, x, y: (
                np.sum((w * x + b - y) * x),
                np.sum(w * x + b - y),
            ),
            "the sign is flipped": _times(-1),
            "the derivative's 2 cancels the ½ of the cost": _times(2),
            "you forgot the factor x in the derivative by w": lambda w, b, x, y: (
                np.mean(w * x + b - y),
                np.mean(w * x + b - y),
            ),
            "the derivative by b has no factor x": lambda w, b, x, y: (
                np.mean((w * x + b - y) * x),
                np.mean((w * x + b - y) * x),
            ),
            "the derivative by w comes first": lambda *given: _gradient(*given)[::-1],
            "there is one number for each example; take their mean": lambda w, b, x, y: (
                (w * x + b - y) * x,
                w * x + b - y,
            ),
        },
    ),
    worth={
        "you forgot 1/m: the cost is a mean": 0.5,
        "the derivative's 2 cancels the ½ of the cost": 0.5,
        "the sign is flipped": 0.25,
        "the derivative by w comes first": 0.75,
    },
)


def forecast(rng: np.random.Generator) -> Task:
    """Make the task of a ravine on numbers that are drawn."""
    low, high = float(rng.choice([0.2, 0.3, 0.4])), float(rng.choice([5.5, 6.5, 8.5, 9.5]))
    middle = float(rng.choice([1.0, 1.5, 2.5]))
    asks = ravine(low, middle, high)
    return Task(
        title="Forecast a ravine",
        text=rf"""
A quadratic cost has the curvatures {low}, {middle} and {high}.
Which constant learning rate is best, by which factor does the error then shrink in the worst direction in each step, and how many steps bring the error to a thousandth or less?
""",
        stub="my_rate, my_factor, my_steps = ..., ..., ...",
        asks=asks,
        worth={
            words: 0.5
            for part in asks.values()
            for words in part.mistakes
            if words.startswith(("round up", "a number of steps", "the worst factor is a size"))
        },
    )


def _vectors(rng: np.random.Generator) -> tuple[NDArray, NDArray, float, float]:
    g = rng.normal(size=3) * rng.choice([0.3, 3.0])
    return rng.normal(size=3), g, rng.uniform(0.05, 0.5), rng.uniform(0.8, 1.5)


def _clipped(w: NDArray, g: NDArray, alpha: float, c: float) -> NDArray:
    length = np.linalg.norm(g)
    return w - alpha * (g if length <= c else g * c / length)


CLIPPED_STEP = Task(
    title="A step within bounds",
    text=r"""
A gradient $g$ that is longer than $c$ is shortened to the length $c$, its direction kept; a shorter one is left as it is.
Then comes a step of gradient descent from $w$ with the rate $\alpha$.
Return the new $w$, also where the gradient is zero.
""",
    stub="def my_step(w, g, alpha, c):\n    return ...",
    asks=Exercise(
        answer=_clipped,
        inputs=_vectors,
        cases=[
            (np.ones(3), np.zeros(3), 0.1, 1.0),
            (np.zeros(2), np.array([3.0, 4.0]), 0.1, 5.0),
            (np.zeros(2), np.array([6.0, 8.0]), 0.1, 5.0),
            (np.zeros(2), np.array([0.3, 0.4]), 0.1, 5.0),
            (np.zeros(2), np.array([60.0, 80.0]), 0.5, 5.0),
        ],
        mistakes={
            "you climb: the sign of the step is flipped": lambda w, g, a, c: _clipped(w, g, -a, c),
            "a short gradient stays as it is": lambda w, g, a, c: (
                w - a * (g * c / np.linalg.norm(g) if g.any() else g)
            ),
            "you did not shorten the gradient": lambda w, g, a, c: w - a * g,
            "clip the length, not each entry: the direction is kept": lambda w, g, a, c: (
                w - a * np.clip(g, -c, c)
            ),
            "you forgot α": lambda w, g, a, c: _clipped(w, g, 1, c),
            "that is the gradient; take the step": lambda w, g, a, c: -_clipped(0 * w, g, 1, c),
            "c is the longest gradient, not the longest step": lambda w, g, a, c: _clipped(
                w, a * g, 1, c
            ),
        },
    ),
    worth={
        "a short gradient stays as it is": 0.5,
        "clip the length, not each entry: the direction is kept": 0.5,
        "c is the longest gradient, not the longest step": 0.5,
    },
)

DIAGNOSIS = Task(
    title="Three descents",
    text=r"""
Three descents on the parabola $J = w^2 / 2$, and the weights that they passed.
A: 2, −3, 4.5, −6.75.
B: 2, 1.98, 1.96, 1.94.
C: 2, 2.2, 2.42, 2.66.
Say of each whether its rate is "too large" or "too small", or its sign "wrong".
""",
    stub='my_A, my_B, my_C = ..., ..., ...  # such as "too small"',
    asks={
        "A": Exercise(
            answer="too large",
            mistakes={"with a wrong sign the weight would keep to one side": "wrong"},
        ),
        "B": Exercise(
            answer="too small",
            mistakes={"with a wrong sign the weight would leave the minimum": "wrong"},
        ),
        "C": Exercise(
            answer="wrong",
            mistakes={"too large a rate would make the weight jump from side to side": "too large"},
        ),
    },
)

TASKS = {
    "line-gradient": LINE_GRADIENT,
    "forecast": forecast,
    "clipped-step": CLIPPED_STEP,
    "diagnosis": DIAGNOSIS,
}
