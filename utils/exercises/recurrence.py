"""The exercises of the chapter on recurrence: what they draw, and how they go wrong."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from utils.judging import Exercise


def _moments(rng: np.random.Generator) -> tuple[NDArray, NDArray]:
    """Draw δ and H of 4 moments, 3 neurons and 2 examples."""
    return rng.normal(size=(4, 3, 2)), rng.uniform(-1, 1, size=(4, 3, 2))


def _dV(deltas: NDArray, H: NDArray) -> NDArray:
    return np.einsum("tjs,tis->ji", deltas[1:], H[:-1])


def _neurons(rng: np.random.Generator) -> tuple[int]:
    return (int(rng.integers(3, 9)),)


_H1 = np.tanh(0.4 * 2 + 0.5)
_H2 = np.tanh(0.4 * 1 + 0.6 * _H1 + 0.5)
_DELTA2 = (_H2 - 1) * (1 - _H2**2)
_DELTA1 = 0.6 * _DELTA2 * (1 - _H1**2)


def counted(n: int, T: int, n0: int, m: int) -> dict[str, Exercise]:
    """Make the task of counting from the numbers of neurons, moments, features and examples."""
    return {
        "the parameters": Exercise(
            answer=n * (n + n0 + 1),
            mistakes={
                "the moments share their weights": T * n * (n + n0 + 1),
                "you forgot V, which leads back": n * (n0 + 1),
                "you forgot the biases": n * (n + n0),
                f"V leads from each of {n} neurons to each of {n}": n * (1 + n0 + 1),
                "an example brings no parameters": m * n * (n + n0 + 1),
            },
        ),
        "the states": Exercise(
            answer=T * n * m,
            mistakes={
                f"that is one example; there are {m}": T * n,
                f"that is one moment; there are {T}": n * m,
                "a state has a number for each neuron, not for each feature": T * n0 * m,
                "H₀ is not among them": (T + 1) * n * m,
            },
        ),
        "the copies": Exercise(
            answer=T,
            mistakes={
                "each moment has its copy, the first, too": T - 1,
                "examples share a copy": T * m,
                "that is the one weight; how often does it act?": 1,
            },
        ),
    }


def horizons(radius: float) -> dict[str, Exercise]:
    """Make the task of the horizon from the spectral radius."""
    return {
        "the horizon": Exercise(
            answer=np.log(100) / -np.log(radius),
            mistakes={
                "a hundredth is to be left, not half": np.log(2) / -np.log(radius),
                f"a horizon is positive: ln {radius} is below 0": np.log(100) / np.log(radius),
                f"{1 - radius:.2g} is lost of what is there, not of what there was": (
                    1 / (1 - radius)
                ),
                "that is until a tenth is left": np.log(10) / -np.log(radius),
            },
        ),
        "the radius": Exercise(
            answer=np.sqrt(radius),
            mistakes={
                "that has half the horizon": radius**2,
                "above 1 nothing vanishes": 2 * radius,
            },
        ),
    }


#: Where tanh(1.5 h) is h, and the slope there.
_POINT = 0.8585596366401104
_FACTOR = 1.5 * (1 - _POINT**2)

EXERCISES: dict[str, Exercise | dict[str, Exercise]] = {
    "rc-count": counted(5, 7, 3, 4),
    "rc-horizon": horizons(0.95),
    "rc-hand": {
        "dJ/dw": Exercise(
            answer=_DELTA2 + 2 * _DELTA1,
            mistakes={
                "that is the copy w₂ alone": _DELTA2,
                "that is the copy w₁ alone": 2 * _DELTA1,
                "the inputs are exchanged": 2 * _DELTA2 + _DELTA1,
                "the sign is flipped": -_DELTA2 - 2 * _DELTA1,
                "you forgot v on the way back": _DELTA2 + 2 * _DELTA1 / 0.6,
                "you forgot the slope at h₁": _DELTA2 + 2 * 0.6 * _DELTA2,
                "you forgot the slope at h₂": (_DELTA2 + 2 * _DELTA1) / (1 - _H2**2),
                "each copy meets its own input": _DELTA2 + _DELTA1,
            },
        ),
        "the direct part": Exercise(
            answer=_DELTA2,
            mistakes={
                "that is the total": _DELTA2 + 2 * _DELTA1,
                "that is what comes through h₁": 2 * _DELTA1,
                "the sign is flipped": -_DELTA2,
                "you forgot the slope at h₂": _H2 - 1,
                "the second input is 1": 2 * _DELTA2,
            },
        ),
    },
    "rc-dV": Exercise(
        answer=_dV,
        inputs=_moments,
        cases=[(np.ones((1, 3, 2)), np.ones((1, 3, 2)))],
        mistakes={
            "that is h of the wrong moment: each δ meets the state before it": lambda d, H: (
                np.einsum("tjs,tis->ji", d, H)
            ),
            "the wrong way in time: each δ meets the state before it, not after": lambda d, H: (
                np.einsum("tjs,tis->ji", d[:-1], H[1:])
            ),
            "transposed": lambda d, H: _dV(d, H).T,
            "the sign is flipped": lambda d, H: -_dV(d, H),
            "the moments add up; that is their mean": lambda d, H: _dV(d, H) / len(H),
            "the examples add up; that is their mean": lambda d, H: _dV(d, H) / H.shape[2],
            "that is the last moment alone": lambda d, H: d[-1] @ H[len(H) - 2].T,
        },
    ),
    "rc-latch": {
        "h": Exercise(
            answer=_POINT,
            mistakes={
                "that is the other one, below 0": -_POINT,
                "0 is a fixed point, but not above 0": 0,
                "that is one step from 1; take more": np.tanh(1.5),
                "of tanh(h) there is none; the state is multiplied by 1.5 first": np.tanh(1),
            },
        ),
        "the factor": Exercise(
            answer=_FACTOR,
            mistakes={
                "you forgot v": 1 - _POINT**2,
                "the state is squared": 1.5 * (1 - _POINT),
                "that is the slope at 0": 1.5,
            },
        ),
        "the moments": Exercise(
            answer=np.log(100) / -np.log(_FACTOR),
            mistakes={
                "with v as a factor": np.log(100) / -np.log(1 - _POINT**2),
                "a number of moments is positive": np.log(100) / np.log(_FACTOR),
                "a hundredth is to be left, not half": np.log(2) / -np.log(_FACTOR),
            },
        ),
    },
    "rc-turn": {
        "the part": Exercise(
            answer=0.98**50,
            mistakes={
                "a turn keeps lengths, and this one shrinks": 1,
                "0.02 is lost of what is there, not of what there was": 1 - 50 * 0.02,
                "that is one moment; there are 50": 0.98,
                "50 moments, not 49": 0.98**49,
                "the length, not its square": 0.98**100,
            },
        ),
        "κ": Exercise(
            answer=1,
            mistakes={
                "the shrinking is in ρ already": 0.98,
                "it may be less: this V stretches no direction more than another": 2,
                "nothing would be left": 0,
            },
        ),
    },
    "rc-truncate": {
        "the share": Exercise(
            answer=1 - 0.9**5,
            mistakes={
                "that is what is dropped": 0.9**5,
                "5 moments: v to the power 0, 1, 2, 3 and 4": 1 - 0.9**6,
                "the last moment counts, too": 1 - 0.9**4,
                "that is the sum; the share of the whole was asked for": (1 - 0.9**5) / 0.1,
            },
        ),
        "the moments": Exercise(
            answer=44,
            mistakes={
                "with 43 a little more than a hundredth is missing": 43,
                "how many whole moments?": np.log(0.01) / np.log(0.9),
                "that is for 90%": 22,
            },
        ),
    },
    "rc-delay": Exercise(
        answer=lambda k: (np.eye(k)[:, :1], np.eye(k, k=-1)),
        inputs=_neurons,
        mistakes={
            "transposed: row j of V picks what neuron j − 1 had": lambda k: (
                np.eye(k)[:, :1],
                np.eye(k, k=1),
            ),
            "that keeps each number where it is": lambda k: (np.eye(k)[:, :1], np.eye(k)),
            "the input enters at neuron 1, not at the last": lambda k: (
                np.eye(k)[:, -1:],
                np.eye(k, k=-1),
            ),
            "the input enters at one neuron alone": lambda k: (np.ones((k, 1)), np.eye(k, k=-1)),
            "what the last neuron had is forgotten, not handed to the first": lambda k: (
                np.eye(k)[:, :1],
                np.roll(np.eye(k), 1, axis=0),
            ),
            "W comes first, then V": lambda k: (np.eye(k, k=-1), np.eye(k)[:, :1]),
            "W has the shape (k, 1)": lambda k: (np.eye(k)[0], np.eye(k, k=-1)),
        },
    ),
}
