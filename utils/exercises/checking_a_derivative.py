"""The exercises of the chapter on checking a derivative: what they draw, and how they fail."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from utils import gradient_check
from utils.activations import sigmoid, sigmoid_derivative, tanh_derivative
from utils.judging import Exercise


def _far_sums(rng: np.random.Generator) -> tuple[NDArray]:
    return (np.append(rng.normal(size=3) * 2, [0, -20, 20, -200, 200]),)


def _bumpy(w: NDArray) -> float:
    return float(np.sum(np.sin(w) * w**2) + np.prod(np.exp(w)))


def _place(rng: np.random.Generator) -> tuple[Callable, NDArray, float]:
    return _bumpy, rng.uniform(0.2, 1, size=3), rng.uniform(0.1, 0.3)


def _wave(z: float) -> float:
    return float(np.exp(z) * np.sin(z + 1))


def _number(rng: np.random.Generator) -> tuple[Callable, float, float]:
    return _wave, rng.uniform(0, 2), rng.uniform(0.3, 0.8)


def _bound(rng: np.random.Generator) -> tuple[float, float, float]:
    return rng.uniform(0.5, 3), rng.uniform(0.5, 3), 10.0 ** rng.uniform(-16, -6)


def _forward_step(F: float, M: float, eta: float) -> float:
    return 2 * np.sqrt(eta * F / M)


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


def _in_w_itself(f: Callable, w: NDArray, h: float) -> NDArray:
    """Do what u = w.copy() and u[i] += h do, which round in an array of whole numbers."""
    g = np.zeros(w.size)
    for i in range(w.size):
        above, below = w.copy(), w.copy()
        above[i], below[i] = w[i] + h, w[i] - h
        g[i] = (f(above) - f(below)) / (2 * h)
    return g


def _one_array(f: Callable, w: NDArray, h: float) -> NDArray:
    """Do what a = w and b = w do, which are two names and no copies."""
    return np.zeros_like(w)


def _backward(f: Callable, w: NDArray, h: float) -> NDArray:
    return gradient_check.forward_difference(f, w, -h)


def _all_at_once(f: Callable, w: NDArray, h: float) -> float:
    return (f(w + h) - f(w - h)) / (2 * h)


EXERCISES: dict[str, Exercise | dict[str, Exercise]] = {
    "ds-causes": {
        "1.000": Exercise(
            answer="sign",
            mistakes={
                "a factor 2 gives 1/3": "factor",
                "1 is the greatest disagreement there is": "none",
            },
        ),
        "0.333": Exercise(
            answer="factor",
            mistakes={
                "a flipped sign gives 2/2": "sign",
                "a third is far from 0": "none",
            },
        ),
        "0.0000000003": Exercise(
            answer="none",
            mistakes={
                "a flipped sign gives 1; this is the error of the difference": "sign",
                "a factor 2 gives 1/3; this is the error of the difference": "factor",
            },
        ),
    },
    "ds-passes": {
        "z * np.conj(z)": Exercise(
            answer="no",
            mistakes={"a number times its conjugate is real, so no imaginary part is left": "yes"},
        ),
        "z**2": Exercise(
            answer="yes",
            mistakes={"it makes 1 + 2ih − h², and the slope is 2": "no"},
        ),
        "np.abs(z)": Exercise(
            answer="no",
            mistakes={"an absolute value is real, so no imaginary part is left": "yes"},
        ),
        "np.sqrt(z**2)": Exercise(
            answer="yes",
            mistakes={"the root of (1 + ih)² is 1 + ih again, and the slope is 1": "no"},
        ),
    },
    "ds-forward-step": Exercise(
        answer=_forward_step,
        inputs=_bound,
        mistakes={
            "that is the step of the central difference": lambda F, M, eta: (
                gradient_check.best_step(F, M, eta)
            ),
            "h² = 4ηF/M: the truncation has the factor ½, the rounding 2": lambda F, M, eta: (
                np.sqrt(2 * eta * F / M)
            ),
            "½ M = 2ηF/h², so h² = 4ηF/M": lambda F, M, eta: np.sqrt(eta * F / M),
            "that is h²; take the square root": lambda F, M, eta: 4 * eta * F / M,
            "upside down: more rounding needs a larger step": lambda F, M, eta: (
                2 * np.sqrt(M / (eta * F))
            ),
            "M belongs below; that is the bound at the best step": lambda F, M, eta: (
                2 * np.sqrt(eta * F * M)
            ),
        },
        atol=0,
    ),
    "ds-tanh-slope": Exercise(
        answer=tanh_derivative,
        inputs=_far_sums,
        mistakes={
            "right near 0, but 1 − tanh² cancels far out, as 1 − σ does": lambda z: (
                1 - np.tanh(z) ** 2
            ),
            "right near 0, but 1 − σ cancels far out; it is a sigmoid, too": lambda z: (
                4 * sigmoid(2 * z) * (1 - sigmoid(2 * z))
            ),
            "you forgot the factor 4": lambda z: sigmoid_derivative(2 * z),
            "one factor 2 is from outside, another from inside: 4": lambda z: (
                2 * sigmoid_derivative(2 * z)
            ),
            "the argument of the sigmoid is 2z": lambda z: 4 * sigmoid_derivative(z),
            "that is tanh, not its slope": np.tanh,
            "that is the slope of the sigmoid": sigmoid_derivative,
        },
        atol=0,
    ),
    "ds-central": Exercise(
        answer=gradient_check.central_difference,
        inputs=_place,
        cases=[(_bumpy, np.array([1, 0, 1]), 0.2)],
        mistakes={
            "that is the forward difference; step to both sides": (
                gradient_check.forward_difference
            ),
            "that is the backward difference; step to both sides": _backward,
            "all is 0: `a = w` copies nothing, so both steps move one array; write `w.copy()`": (
                _one_array
            ),
            "an array of whole numbers rounds the step to 0; write `w.astype(float)`": _in_w_itself,
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
            "you returned after the first weight": lambda f, w, h: (
                gradient_check.central_difference(f, w, h)[0]
            ),
            "that is the step h/2 to each side": lambda f, w, h: gradient_check.central_difference(
                f, w, h / 2
            ),
            "that is half of the forward difference: step to both sides": lambda f, w, h: (
                gradient_check.forward_difference(f, w, h) / 2
            ),
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
            "parentheses: divide the whole difference by 3": lambda f, z, h: (
                4 * _central(f, z, h / 2) - _central(f, z, h) / 3
            ),
            "the divisor is 4 − 1, not 4": lambda f, z, h: 3 / 4 * _richardson(f, z, h),
            "the sign is flipped": lambda f, z, h: -_richardson(f, z, h),
            "the mean of the two does not cancel the error": lambda f, z, h: (
                (_central(f, z, h / 2) + _central(f, z, h)) / 2
            ),
            "the error shrinks to a quarter, not to a half": lambda f, z, h: (
                2 * _central(f, z, h / 2) - _central(f, z, h)
            ),
        },
    ),
    "ds-richardson-step": Exercise(
        answer=0.001,
        mistakes={
            "there the formula's error is still the larger one": 0.01,
            "there rounding has taken over": 0.0001,
            "that is the best step of the central difference itself": 1e-5,
            "with a step that small, rounding has long taken over": 1e-6,
            "a step of 1 is larger than the bend of the curve": 1,
            "there the formula's error is far larger": 0.1,
        },
    ),
}
