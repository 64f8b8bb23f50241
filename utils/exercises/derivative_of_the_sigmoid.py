"""The exercises of the chapter on the sigmoid's derivative: what they draw, and how they fail."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from utils import gradient_check
from utils.activations import sigmoid, sigmoid_derivative, tanh_derivative
from utils.exercises.judging import Exercise


def _sums(rng: np.random.Generator) -> tuple[NDArray]:
    return (rng.normal(size=5) * 2,)


def _bumpy(w: NDArray) -> float:
    return float(np.sum(np.sin(w) * w**2) + np.prod(np.exp(w)))


def _place(rng: np.random.Generator) -> tuple[Callable, NDArray, float]:
    return _bumpy, rng.uniform(0.2, 1, size=3), 0.2


def _wave(z: float) -> float:
    return float(np.exp(z) * np.sin(z + 1))


def _number(rng: np.random.Generator) -> tuple[Callable, float, float]:
    return _wave, rng.uniform(0, 2), 0.5


def _data(rng: np.random.Generator) -> tuple[NDArray, NDArray, NDArray, float]:
    return rng.normal(size=(3, 5)), rng.uniform(-1, 1, size=5), rng.normal(size=3), rng.normal()


def _central(f: Callable, z: float, h: float) -> float:
    return (f(z + h) - f(z - h)) / (2 * h)


def _richardson(f: Callable, z: float, h: float) -> float:
    return (4 * _central(f, z, h / 2) - _central(f, z, h)) / 3


def _moved_for_good(f: Callable, w: NDArray, h: float) -> NDArray:
    """Do what w[i] += h does when nobody puts the weight back."""
    w, g = w.copy(), np.zeros_like(w)
    for i in range(w.size):
        w[i] += h
        above = f(w)
        w[i] -= 2 * h
        g[i] = (above - f(w)) / (2 * h)
    return g


def _one_array(f: Callable, w: NDArray, h: float) -> NDArray:
    """Do what a = w and b = w do, which are two names and no copies."""
    return np.zeros_like(w)


def _backward(f: Callable, w: NDArray, h: float) -> NDArray:
    return gradient_check.forward_difference(f, w, -h)


def _all_at_once(f: Callable, w: NDArray, h: float) -> float:
    return (f(w + h) - f(w - h)) / (2 * h)


def _chained(X: NDArray, y: NDArray, w: NDArray, b: float) -> NDArray:
    z = w @ X + b
    return (np.tanh(z) - y) * tanh_derivative(z)


EXERCISES: dict[str, Exercise | dict[str, Exercise]] = {
    "ds-causes": {
        "1.000": Exercise(
            answer=lambda: "sign",
            mistakes={
                "a factor 2 gives 1/3": lambda: "factor",
                "1 is the greatest disagreement there is": lambda: "none",
            },
        ),
        "0.333": Exercise(
            answer=lambda: "factor",
            mistakes={
                "a flipped sign gives 2/2": lambda: "sign",
                "a third is far from 0": lambda: "none",
            },
        ),
        "0.0000000003": Exercise(
            answer=lambda: "none",
            mistakes={
                "a flipped sign gives 1; this is the error of the difference": lambda: "sign",
                "a factor 2 gives 1/3; this is the error of the difference": lambda: "factor",
            },
        ),
    },
    "ds-swish": Exercise(
        answer=lambda z: sigmoid(z) + z * sigmoid_derivative(z),
        inputs=_sums,
        mistakes={
            "the derivative of a product is not the product of the derivatives": sigmoid_derivative,
            "the product rule has a second term, σ(z) itself": lambda z: z * sigmoid_derivative(z),
            "the product rule has a second term, z σ′(z)": sigmoid,
            "the second term has the factor z": lambda z: sigmoid(z) + sigmoid_derivative(z),
            "the two terms are added": lambda z: sigmoid(z) - z * sigmoid_derivative(z),
            "that is the activation, not its slope": lambda z: z * sigmoid(z),
            "σ′ is σ(1 − σ); you forgot the factor 1 − σ": lambda z: sigmoid(z) + z * sigmoid(z),
            "σ′ is σ(1 − σ); you forgot the factor σ": lambda z: sigmoid(z) + z * sigmoid(-z),
            "σ′ was taken at σ(z) in place of z": lambda z: (
                sigmoid(z) + z * sigmoid_derivative(sigmoid(z))
            ),
        },
    ),
    "ds-central": Exercise(
        answer=gradient_check.central_difference,
        inputs=_place,
        mistakes={
            "that is the forward difference; step to both sides": (
                gradient_check.forward_difference
            ),
            "that is the backward difference; step to both sides": _backward,
            "all is 0: `a = w` copies nothing, so both steps move one array; write `w.copy()`": (
                _one_array
            ),
            "the way between the two places is 2h, not h": lambda f, w, h: (
                2 * gradient_check.central_difference(f, w, h)
            ),
            "the sign is flipped": lambda f, w, h: -gradient_check.central_difference(f, w, h),
            "divide by the step": lambda f, w, h: (
                2 * h * gradient_check.central_difference(f, w, h)
            ),
            "`/ 2 * h` multiplies by h; write `/ (2 * h)`": lambda f, w, h: (
                h**2 * gradient_check.central_difference(f, w, h)
            ),
            "each weight must be put back before the next one moves": _moved_for_good,
            "move one weight at a time, not all at once": _all_at_once,
        },
    ),
    "ds-most": {
        "the output": Exercise(
            answer=lambda: 1 / 3,
            mistakes={
                "at 1/2 the slope of σ is largest, not its product with the error": lambda: 1 / 2,
                "at 2/3 the target 0 would learn most": lambda: 2 / 3,
                "at 0 the error is largest, but the slope is 0": lambda: 0,
                "give three digits": lambda: 0.33,
            },
            rtol=5e-3,
        ),
        "the size": Exercise(
            answer=lambda: 4 / 27,
            mistakes={
                "the factor 1 − ŷ comes twice": lambda: 2 / 9,
                "1/8 is the size at 1/2": lambda: 1 / 8,
                "that is (1 − ŷ)²; the factor ŷ is missing": lambda: 4 / 9,
                "the factor ŷ comes only once": lambda: 2 / 27,
                "a size has no sign": lambda: -4 / 27,
                "give three digits": lambda: 0.15,
            },
            rtol=5e-3,
        ),
        "the sum": Exercise(
            answer=lambda: -np.log(2),
            mistakes={
                "an output below a half belongs to a negative sum": lambda: np.log(2),
                "that is σ of the output; the log-odds go the other way": lambda: sigmoid(1 / 3),
                "that is ln ŷ; the odds are ŷ / (1 − ŷ)": lambda: np.log(1 / 3),
                "use the natural logarithm": lambda: -np.log10(2),
                "give three digits": lambda: -0.7,
            },
            rtol=5e-3,
        ),
    },
    "ds-tanh-gradient": Exercise(
        answer=lambda X, y, w, b: X @ _chained(X, y, w, b) / y.size,
        inputs=_data,
        mistakes={
            "the sign is flipped": lambda X, y, w, b: -X @ _chained(X, y, w, b) / y.size,
            "you forgot to average, and summed": lambda X, y, w, b: X @ _chained(X, y, w, b),
            "divide by the number of examples m, not of weights n": lambda X, y, w, b: (
                X @ _chained(X, y, w, b) / w.size
            ),
            "you forgot tanh′(z)": lambda X, y, w, b: X @ (np.tanh(w @ X + b) - y) / y.size,
            "that is the slope of the sigmoid; tanh′ is 1 − tanh²": lambda X, y, w, b: (
                (X @ ((np.tanh(w @ X + b) - y) * np.tanh(w @ X + b) * (1 - np.tanh(w @ X + b))))
                / y.size
            ),
            "tanh′ was taken at ŷ in place of z": lambda X, y, w, b: (
                X @ ((np.tanh(w @ X + b) - y) * tanh_derivative(np.tanh(w @ X + b))) / y.size
            ),
            "the output is tanh(z), not σ(z)": lambda X, y, w, b: (
                X @ ((sigmoid(w @ X + b) - y) * sigmoid_derivative(w @ X + b)) / y.size
            ),
            "the ½ of the loss cancels the 2": lambda X, y, w, b: (
                2 * X @ _chained(X, y, w, b) / y.size
            ),
            "you forgot the bias in z": lambda X, y, w, b: X @ _chained(X, y, w, 0) / y.size,
            "you forgot the factor x": lambda X, y, w, b: np.mean(_chained(X, y, w, b)),
            "w has the shape (n,), and so has its gradient; yours is a column": lambda X, y, w, b: (
                X @ _chained(X, y, w, b) / y.size
            )[:, None],
            "average over the examples, axis 1 of X": lambda X, y, w, b: X * _chained(X, y, w, b),
        },
    ),
    "ds-richardson": Exercise(
        answer=_richardson,
        inputs=_number,
        mistakes={
            "that is the central difference with the step h": _central,
            "that is the central difference with half the step": lambda f, z, h: _central(
                f, z, h / 2
            ),
            "divide by 4 − 1, so that one f′ is left": lambda f, z, h: 3 * _richardson(f, z, h),
            "four times that of the smaller step, not of the larger": lambda f, z, h: (
                (4 * _central(f, z, h) - _central(f, z, h / 2)) / 3
            ),
            "right, but the steps asked for are h and h/2, not h and 2h": lambda f, z, h: (
                _richardson(f, z, 2 * h)
            ),
            "the mean of the two does not cancel the error": lambda f, z, h: (
                (_central(f, z, h / 2) + _central(f, z, h)) / 2
            ),
            "the error shrinks to a quarter, not to a half": lambda f, z, h: (
                2 * _central(f, z, h / 2) - _central(f, z, h)
            ),
        },
    ),
    "ds-richardson-step": Exercise(
        answer=lambda: 0.001,
        mistakes={
            "there the formula's error is still the larger one": lambda: 0.01,
            "there rounding has taken over": lambda: 0.0001,
            "that is the best step of the central difference itself": lambda: 1e-5,
            "there the formula's error is far larger": lambda: 0.1,
        },
    ),
}
