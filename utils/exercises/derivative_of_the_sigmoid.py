"""The exercises of the chapter on the sigmoid's derivative: what they draw, and how they fail."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from utils.activations import sigmoid, sigmoid_derivative, tanh_derivative
from utils.judging import Exercise


def _data(rng: np.random.Generator) -> tuple[NDArray, NDArray, NDArray, float]:
    return rng.normal(size=(3, 5)), rng.uniform(-1, 1, size=5), rng.normal(size=3), rng.normal()


def _outputs(rng: np.random.Generator) -> tuple[NDArray]:
    return (rng.uniform(0.02, 0.98, size=5),)


def _slope_of_another_s(a: NDArray) -> NDArray:
    return -a * np.log(a)


def _chained(X: NDArray, y: NDArray, w: NDArray, b: float) -> NDArray:
    z = w @ X + b
    return (np.tanh(z) - y) * tanh_derivative(z)


EXERCISES: dict[str, Exercise | dict[str, Exercise]] = {
    "ds-outputs": {
        "at 0.5": Exercise(
            answer=0.25,
            mistakes={
                "that is the output; multiply it by one minus the output": 0.5,
                "0.5 is the output, not the sum": sigmoid_derivative(0.5),
            },
        ),
        "at 0.9": Exercise(
            answer=0.09,
            mistakes={
                "that is the output; multiply it by one minus the output": 0.9,
                "0.9 is the output, not the sum": sigmoid_derivative(0.9),
                "one minus the output is the other factor": 0.81,
            },
        ),
        "at 0.01": Exercise(
            answer=0.0099,
            mistakes={
                "that is the output; one minus it is a factor, too": 0.01,
                "0.01 is the output, not the sum": sigmoid_derivative(0.01),
            },
        ),
        "the other sign": Exercise(
            answer=0.1,
            mistakes={
                "an output is never negative": -0.9,
                "that is what the slope does; the outputs add up to 1": 0.9,
                "0.9 is the output, not the sum": sigmoid(-0.9),
            },
        ),
    },
    "ds-six": {
        "σ": Exercise(
            answer=1 / 64,
            mistakes={
                "the weights multiply as well: each neuron at best by 2/4": 4.0**-6,
                "each slope is at most a quarter": 64,
                "six factors multiply; they are not added": 6 * 2 / 4,
                "that is one neuron": 1 / 2,
            },
        ),
        "tanh": Exercise(
            answer=64,
            mistakes={
                "tanh has at best the slope 1, not a quarter": 1 / 64,
                "the weights multiply as well": 1,
                "six factors multiply; they are not added": 12,
                "that is one neuron": 2,
            },
        ),
    },
    "ds-most": {
        "the output": Exercise(
            answer=1 / 3,
            mistakes={
                "at 1/2 the slope of σ is largest, not its product with the error": 1 / 2,
                "at 2/3 the target 0 would learn most": 2 / 3,
                "at 0 the error is largest, but the slope is 0": 0,
                "at 1 nothing is left to learn: the size is 0": 1,
                "that is the nearest stop of the slider; derive the place": sigmoid(-0.5),
            },
        ),
        "the size": Exercise(
            answer=4 / 27,
            mistakes={
                "the factor 1 − ŷ comes twice": 2 / 9,
                "1/8 is the size at 1/2": 1 / 8,
                "that is (1 − ŷ)²; the factor ŷ is missing": 4 / 9,
                "the factor ŷ comes only once": 2 / 27,
                "a size has no sign": -4 / 27,
                "that is the nearest stop of the slider": sigmoid(0.5) ** 2 * sigmoid(-0.5),
            },
        ),
        "the sum": Exercise(
            answer=-np.log(2),
            mistakes={
                "an output below a half belongs to a negative sum": np.log(2),
                "that is σ of the output; the log-odds go the other way": sigmoid(1 / 3),
                "use the natural logarithm": -np.log10(2),
                "that is the nearest stop of the slider": -0.5,
                "at 0 the output is 1/2": 0,
                "those are the odds; z is their logarithm": 1 / 2,
                "that is ln ŷ; the odds are ŷ / (1 − ŷ)": -np.log(3),
            },
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
            "you forgot the factor x: multiply by X, and sum": lambda X, y, w, b: (
                _chained(X, y, w, b) / y.size
            ),
            "the output is tanh, so its slope is tanh′, not σ′": lambda X, y, w, b: (
                X @ ((np.tanh(w @ X + b) - y) * sigmoid_derivative(w @ X + b)) / y.size
            ),
            "tanh′ is 1 − ŷ²; you forgot the square": lambda X, y, w, b: (
                X @ ((np.tanh(w @ X + b) - y) * (1 - np.tanh(w @ X + b))) / y.size
            ),
            "tanh′ is 1 − ŷ², with a minus": lambda X, y, w, b: (
                X @ ((np.tanh(w @ X + b) - y) * (1 + np.tanh(w @ X + b) ** 2)) / y.size
            ),
            "tanh′ is 1 − ŷ²: the square is of the output, not of z": lambda X, y, w, b: (
                X @ ((np.tanh(w @ X + b) - y) * (1 - (w @ X + b) ** 2)) / y.size
            ),
            "one entry for each weight: no mean over the weights": lambda X, y, w, b: np.mean(
                X @ _chained(X, y, w, b)
            ),
            "w has the shape (n,), and so has its gradient; yours is a column": lambda X, y, w, b: (
                X @ _chained(X, y, w, b) / y.size
            )[:, None],
            "average over the examples, axis 1 of X": lambda X, y, w, b: X * _chained(X, y, w, b),
        },
    ),
    "ds-another-slope": Exercise(
        answer=_slope_of_another_s,
        inputs=_outputs,
        mistakes={
            "the sign is flipped: ln a is negative, so the slope is −a ln a": lambda a: (
                -_slope_of_another_s(a)
            ),
            "that is the slope of the sigmoid": lambda a: a * (1 - a),
            "by the chain rule the inner exponential multiplies: −a ln a, not −ln a": lambda a: (
                -np.log(a)
            ),
            "that is a itself; the inner exponential, −ln a, is missing": lambda a: a,
            "use the natural logarithm": lambda a: -a * np.log10(a),
            "that is the slope of the slope, for a": lambda a: -np.log(a) - 1,
        },
    ),
    "ds-another-peak": {
        "the peak": Exercise(
            answer=1 / np.e,
            mistakes={
                "a quarter is the peak of the sigmoid's slope": 1 / 4,
                "that is the slope where the output is a half": np.log(2) / 2,
                "a slope of this curve is never negative": -1 / np.e,
            },
        ),
        "the place": Exercise(
            answer=0,
            mistakes={
                "that is the output there; z follows from e^{−z} = −ln a": 1 / np.e,
                "there the output is a half, and the slope is past its peak": -np.log(np.log(2)),
                "e^{−z} = 1 has the solution 0, not 1": 1,
            },
        ),
        "the part": Exercise(
            answer=(2 / np.e) ** 6,
            mistakes={
                "that is the sigmoid's part": 1 / 64,
                "the weights multiply as well: each neuron at best by 2/e": np.e**-6.0,
                "six factors multiply; they are not added": 12 / np.e,
                "that is one neuron": 2 / np.e,
            },
        ),
    },
}
