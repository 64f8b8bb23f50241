"""The exercises of the chapter on any function from hidden neurons, and how they go wrong."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from utils.activations import relu
from utils.judging import Exercise


def _points(rng: np.random.Generator) -> tuple[NDArray, NDArray]:
    return np.cumsum(rng.uniform(0.2, 1, size=6)), rng.normal(size=6)


def _saw_places(rng: np.random.Generator) -> tuple[NDArray, int]:
    return np.append(rng.uniform(0, 1, size=7), [0, 0.5, 1]), int(rng.integers(1, 6))


def _weights(t: NDArray, f: NDArray) -> NDArray:
    return np.diff(np.diff(f) / np.diff(t), prepend=0)


def _pieces() -> float:
    """Return how many pieces the staircase's bound asks for, before it is rounded up."""
    return 3 * (1 + 1 / np.expm1(5)) / 0.01


def _tent(x: NDArray) -> NDArray:
    return 2 * relu(x) - 4 * relu(x - 0.5)


def _saw(x: NDArray, L: int) -> NDArray:
    for _ in range(L):
        x = _tent(x)
    return x


EXERCISES = {
    "af-bend": {
        "the corner of C": Exercise(
            answer=2,
            mistakes={
                "that is the bias; the corner is where the sum is 0": -2,
                "the fraction is upside down": 0.5,
                "C bends where x − 2 is 0, not at the end of the interval": 1,
            },
        ),
        "silent": Exercise(
            answer="C",
            mistakes={
                "A is active to the right of ½": "A",
                "B is active to the left of ½": "B",
                "D has a sum above 0 on the whole interval": "D",
            },
        ),
        "straight": Exercise(
            answer="D",
            mistakes={
                "A bends at ½": "A",
                "B bends at ½": "B",
                "C is flat on the whole interval": "C",
            },
        ),
    },
    "af-steepness": Exercise(
        answer=lambda height, width: 4 / width * np.arctanh(height),
        inputs=lambda rng: (rng.uniform(0.1, 0.99), rng.uniform(0.1, 2)),
        mistakes={
            "each side is h/2 away, and tanh(z) has σ(2z): the 4 comes from both": lambda H, h: (
                2 / h * np.arctanh(H)
            ),
            "that is what the height is": lambda H, h: np.tanh(H * h / 4),
            "solve for k: artanh, not tanh": lambda H, h: 4 / h * np.tanh(H),
            "a narrower bump asks for a larger k: divide by h": lambda H, h: 4 * h * np.arctanh(H),
            "you left out the width": lambda H, h: 4 * np.arctanh(H),
            "in the middle both sides count: that is one soft step": lambda H, h: (
                2 / h * np.log(H / (1 - H))
            ),
            "divide by 4 on the other side": lambda H, h: np.arctanh(H) / (4 * h),
            "a factor 2 too many: tanh(z) is 2σ(2z) − 1": lambda H, h: 8 / h * np.arctanh(H),
        },
    ),
    "af-dying": {
        "the rate": Exercise(
            answer=2 / 4.5,
            mistakes={
                "xᵀx + 1 is 3: the bias moves, too, and the error is z − y": 2 / 3,
                "you left out xᵀx + 1": 2 / 1.5,
                "the fraction is upside down": 4.5 / 2,
                "that is the rate at which one step reaches the target": 1 / 3,
            },
        ),
        "the sum": Exercise(
            answer=-0.25,
            mistakes={
                "that is the output; the sum may be below 0": 0,
                "the bias moves, too: it is xᵀx + 1": 0.5,
                "the sign of the step is flipped": 4.25,
                "you forgot α": -2.5,
                "you left out xᵀx + 1": 1.25,
            },
        ),
    },
    "af-neurons": {
        "ReLUs": Exercise(
            answer=16,
            exact=True,
            mistakes={
                "round up: 15 do not keep the bound": 15,
                "you cannot use part of a neuron: round up": np.sqrt(250),
                "the bound goes with h², so take the square root": 250,
                "you forgot the 8 of the bound": 45,
            },
        ),
        "sigmoids": Exercise(
            answer=302,
            exact=True,
            mistakes={
                "round up: 301 do not keep the bound": 301,
                "those are the pieces: round up, and take one neuron fewer": _pieces(),
                "you cannot use part of a neuron: round up": _pieces() - 1,
                "n sigmoids make n + 1 pieces": 303,
                "the bracket is 1.0068, not 1: a few more are needed": 299,
                "that forgets the bracket and that there is a piece more": 300,
                "one more than n: the pieces are n + 1, of the width 1/(n + 1)": 304,
            },
        ),
    },
    "af-polygon-weights": Exercise(
        answer=_weights,
        inputs=_points,
        mistakes={
            "those are the slopes; the weights are their changes": lambda t, f: (
                np.diff(f) / np.diff(t)
            ),
            "you forgot the first slope, a change from 0": lambda t, f: _weights(t, f)[1:],
            "the places are not evenly spaced: divide by their differences": lambda t, f: np.diff(
                np.diff(f), prepend=0
            ),
            "the slopes are upside down": lambda t, f: np.diff(np.diff(t) / np.diff(f), prepend=0),
            "the sign is flipped": lambda t, f: -_weights(t, f),
            "the 0 stands before the first slope, not after the last": lambda t, f: np.diff(
                np.diff(f) / np.diff(t), append=0
            ),
            "one row of numbers is asked, not a column": lambda t, f: _weights(t, f)[:, None],
            "the slopes are those of the mean width": lambda t, f: (
                np.diff(np.diff(f), prepend=0) / np.mean(np.diff(t))
            ),
        },
    ),
    "af-saw": Exercise(
        answer=_saw,
        inputs=_saw_places,
        mistakes={
            "that is one tent; apply it L times": lambda x, L: _tent(x),
            "that is one tent too many": lambda x, L: _saw(x, L + 1),
            "that is one tent too few": lambda x, L: _saw(x, L - 1),
            "that makes L tents as high; put each into the next": lambda x, L: L * _tent(x),
            "the tent falls again: subtract 4 times, not 2": lambda x, L: 2 * x - 2 * relu(x - 0.5),
        },
    ),
    "af-saw-count": {
        "pieces": Exercise(
            answer=1024,
            exact=True,
            mistakes={
                "those are the corners; there is a piece more": 1023,
                "one more than the corners, and there are 1023": 1025,
                "the pieces double with each tent": 20,
                "the pieces double with each tent, beginning with 2": 512,
            },
        ),
        "ReLUs": Exercise(
            answer=20,
            exact=True,
            mistakes={
                "each tent has two": 10,
                "each layer has two ReLUs, used by the next": 1024,
            },
        ),
        "ReLUs in one layer": Exercise(
            answer=1024,
            exact=True,
            mistakes={
                "one for each corner, and none is left for the first slope: one more": 1023,
                "on the whole line it is that; from 0 to 1 there is no corner at the end": 1025,
                "each ReLU has one corner": 512,
                "1024 pieces have 1023 corners between them, and there is one ReLU more": 1022,
                "that is what the deep network uses": 20,
            },
        ),
    },
}
