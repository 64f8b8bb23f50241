"""The exercises of the chapter on long short-term memory: what they draw, and how they go wrong."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from utils.activations import sigmoid
from utils.judging import Exercise


def _gate(right: str, **why: str) -> Exercise:
    """Return the question for one of three gates; ``why`` says of the others why not."""
    others = {
        "forget": "the forget gate multiplies what the cell state was",
        "input": "the input gate multiplies what is offered",
        "output": "the output gate changes what is told, not what is kept",
    }
    wrong = {others[name] + why.get(name, ""): name for name in others if name != right}
    return Exercise(answer=right, mistakes=wrong)


def _by_hand(x1: float, x2: float) -> dict[str, float]:
    """Return what the running neuron of the chapter has after two moments."""
    z1 = 0.4 * x1 + 0.5
    c1 = sigmoid(z1) * np.tanh(z1)
    h1 = sigmoid(z1) * np.tanh(c1)
    z2 = 0.4 * x2 + 0.6 * h1 + 0.5
    f, g = sigmoid(z2), np.tanh(z2)
    c2 = f * c1 + f * g
    by_gates = 0.6 * (c1 * f * (1 - f) + g * f * (1 - f) + f * (1 - g**2))
    back = sigmoid(z1) * (1 - np.tanh(c1) ** 2)  # how h₁ changes with c₁
    return {"c1": c1, "h1": h1, "f": f, "g": g, "c2": c2, "gates": by_gates, "back": back}


_AFTER = _by_hand(2, 1)
_H2 = _AFTER["f"] * np.tanh(_AFTER["c2"])
_SLOPES = _by_hand(1, 2)
_THROUGH = _SLOPES["gates"] * _SLOPES["back"]
#: γ₁ / γ₂ of the figure, where the loss hears of h₁ by the output gate as well.
_BY_OUTPUT = 0.6 * (1 - _SLOPES["f"]) * np.sinh(2 * _SLOPES["c2"]) / 2 * _SLOPES["back"]


def shares(b: float, k: int) -> dict[str, Exercise]:
    """Make the task of what k moments leave along the cell, with the bias b, and for a half."""
    gate, keeps = sigmoid(float(b)), 0.5 ** (1 / k)
    return {
        "the share": Exercise(
            answer=gate**k,
            mistakes={
                "that is one moment": gate,
                f"the gate is σ({b}), not {b}": b,
                "what is lost is lost of what is there, not of what there was": 1 - k * (1 - gate),
                "that is the bias 0": 0.5**k,
                f"{k} moments, not {k - 1}": gate ** (k - 1),
            },
        ),
        "the bias": Exercise(
            answer=np.log(keeps / (1 - keeps)),
            mistakes={
                "that is the gate; which sum makes it?": keeps,
                "that leaves a little more than 1/e, not a half": np.log(k),
                "that leaves a half of one moment": 0,
                "the sign is flipped": -np.log(keeps / (1 - keeps)),
                "the inverse of σ has p over 1 − p": -np.log(1 - keeps),
            },
        ),
    }


def _told(rng: np.random.Generator) -> tuple[NDArray, ...]:
    """Draw dC, dH, O and C of 3 neurons and 2 examples."""
    dC, dH, C = rng.normal(size=(3, 3, 2))
    return dC, dH, rng.uniform(0.1, 0.9, size=(3, 2)), C


def _gamma(dC: NDArray, dH: NDArray, O: NDArray, C: NDArray) -> NDArray:  # noqa: E741
    return dC + dH * O * (1 - np.tanh(C) ** 2)


def _unit(rng: np.random.Generator) -> tuple:
    """Draw the part, the inputs and the state of a GRU of 2 neurons, 3 features and 4 examples."""
    part = rng.normal(size=(6, 3)), rng.normal(size=(6, 2)), rng.normal(size=(6, 1))
    return part, rng.normal(size=(3, 4)), rng.uniform(-1, 1, size=(2, 4))


def _gates(part: tuple, X: NDArray, H: NDArray, reset: bool = True) -> tuple[NDArray, ...]:
    """Return U, R and G of a GRU."""
    (Wu, Wr, Wg), (Vu, Vr, Vg), (bu, br, bg) = (np.split(each, 3) for each in part)
    U, R = sigmoid(Wu @ X + Vu @ H + bu), sigmoid(Wr @ X + Vr @ H + br)
    return U, R, np.tanh(Wg @ X + Vg @ (R * H if reset else H) + bg)


def _gru(part: tuple, X: NDArray, H: NDArray) -> NDArray:
    U, _, G = _gates(part, X, H)
    return U * H + (1 - U) * G


def _exchanged(part: tuple, X: NDArray, H: NDArray) -> NDArray:
    U, _, G = _gates(part, X, H)
    return (1 - U) * H + U * G


def _not_reset(part: tuple, X: NDArray, H: NDArray) -> NDArray:
    U, _, G = _gates(part, X, H, reset=False)
    return U * H + (1 - U) * G


def _reset_late(part: tuple, X: NDArray, H: NDArray) -> NDArray:
    U, R, _ = _gates(part, X, H)
    W, V, b = (np.split(each, 3)[2] for each in part)
    return U * H + (1 - U) * np.tanh(W @ X + R * (V @ H) + b)


def _other_order(part: tuple, X: NDArray, H: NDArray) -> NDArray:
    blocks = (np.split(each, 3) for each in part)
    return _gru(tuple(np.concatenate([r, u, g]) for u, r, g in blocks), X, H)


def _squashed(part: tuple, X: NDArray, H: NDArray) -> NDArray:
    U, _, G = _gates(part, X, H)
    return U * H + (1 - U) * sigmoid(np.arctanh(G))


def _met(rng: np.random.Generator) -> tuple:
    """Draw dH, and V, H, U, R and G of a GRU of 2 neurons and 4 examples."""
    part, X, H = _unit(rng)
    return rng.normal(size=H.shape), part[1], H, *_gates(part, X, H)


def _paths(
    dH: NDArray, V: NDArray, H: NDArray, U: NDArray, R: NDArray, G: NDArray
) -> tuple[NDArray, ...]:
    """Return what comes back as it is kept, by the update gate, the reset gate, the candidate."""
    Vu, Vr, Vg = np.split(V, 3)
    behind = Vg.T @ (dH * (1 - U) * (1 - G**2))
    update = Vu.T @ (dH * (H - G) * U * (1 - U))
    return dH * U, update, Vr.T @ (behind * H * R * (1 - R)), behind * R


def _without(place: int):  # noqa: ANN202 (a way back that leaves one path out)
    return lambda *A: sum(path for at, path in enumerate(_paths(*A)) if at != place)


def _changed(place: int, how):  # noqa: ANN001, ANN202 (a way back with one path done otherwise)
    def back(*A: NDArray) -> NDArray:
        paths = list(_paths(*A))
        paths[place] = how(paths[place], *A)
        return sum(paths)

    return back


EXERCISES: dict[str, Exercise | dict[str, Exercise]] = {
    "ls-gate": {
        "no trace": _gate("input", forget="; what is offered comes in beside it"),
        "the end": _gate("forget", input=", which is new"),
        "the secret": _gate(
            "output", forget="; it is to stay", input="; nothing is said of what comes"
        ),
    },
    "ls-count": {
        "the parameters": Exercise(
            answer=480,
            mistakes={
                "that is one block; there are four": 120,
                "three gates and the candidate are four blocks": 360,
                "you forgot the biases": 4 * 8 * 14,
                "you forgot V, which leads back": 4 * 8 * 7,
                "you forgot W, which leads in": 4 * 8 * 9,
            },
        ),
        "the neurons": Exercise(
            answer=18,
            mistakes={
                "these have more": 19,
                "V grows with the square: four times as many have far more": 32,
                "18.6 are too many by 0.6": (-7 + np.sqrt(49 + 4 * 480)) / 2,
                "that has as many neurons; how many parameters has it?": 8,
                "there is room for one more": 17,
            },
        ),
    },
    "ls-share": shares(1, 20),
    "ls-hand": {
        "c₂": Exercise(
            answer=_AFTER["c2"],
            mistakes={
                "the inputs are exchanged": _SLOPES["c2"],
                "that is what is kept; add what comes in": _AFTER["f"] * _AFTER["c1"],
                "that is what comes in; add what is kept": _AFTER["f"] * _AFTER["g"],
                "that is c₁": _AFTER["c1"],
                "you forgot the input gate": _AFTER["f"] * _AFTER["c1"] + _AFTER["g"],
                "you forgot the forget gate": _AFTER["c1"] + _AFTER["f"] * _AFTER["g"],
            },
        ),
        "h₂": Exercise(
            answer=_H2,
            mistakes={
                "you forgot the tanh": _AFTER["f"] * _AFTER["c2"],
                "you forgot the output gate": np.tanh(_AFTER["c2"]),
                "that is h₁": _AFTER["h1"],
                "the inputs are exchanged": _SLOPES["f"] * np.tanh(_SLOPES["c2"]),
            },
        ),
    },
    "ls-total": {
        "the direct one": Exercise(
            answer=_SLOPES["f"],
            mistakes={
                "that is the total one": _SLOPES["f"] + _THROUGH,
                "that is the gate of the first moment": sigmoid(0.9),
                "that is what comes through the gates": _THROUGH,
                "c₁ is not squashed on its way to c₂": _SLOPES["f"]
                * (1 - np.tanh(_SLOPES["c1"]) ** 2),
            },
        ),
        "the total one": Exercise(
            answer=_SLOPES["f"] + _THROUGH,
            mistakes={
                "that is the direct one": _SLOPES["f"],
                "that is what comes through the gates; add the path along the cell": _THROUGH,
                "you forgot v = 0.6": _SLOPES["f"] + _THROUGH / 0.6,
                "you forgot how h₁ changes with c₁": _SLOPES["f"] + _SLOPES["gates"],
                "you forgot tanh′(c₁)": _SLOPES["f"] + _SLOPES["gates"] * sigmoid(0.9),
                "you forgot o₁": _SLOPES["f"] + _THROUGH / sigmoid(0.9),
                "the paths add": _SLOPES["f"] * _THROUGH,
                "the output gate acts on h₂, not on c₂": _SLOPES["f"] + _THROUGH + _BY_OUTPUT,
            },
        ),
    },
    "ls-gamma": Exercise(
        answer=_gamma,
        inputs=_told,
        cases=[(np.ones((1, 1)), np.zeros((1, 1)), np.ones((1, 1)), np.ones((1, 1)))],
        mistakes={
            "that is the path through the state alone: = for +=": lambda dC, dH, O, C: (  # noqa: E741
                dH * O * (1 - np.tanh(C) ** 2)
            ),
            "that is the path along the cell alone": lambda dC, dH, O, C: dC,  # noqa: E741
            "you forgot tanh′(C)": lambda dC, dH, O, C: dC + dH * O,  # noqa: E741
            "you forgot the output gate": lambda dC, dH, O, C: (  # noqa: E741
                dC + dH * (1 - np.tanh(C) ** 2)
            ),
            "tanh, and not its slope": lambda dC, dH, O, C: dC + dH * O * np.tanh(C),  # noqa: E741
            "the slope is 1 − tanh(C)², not 1 − C²": lambda dC, dH, O, C: (  # noqa: E741
                dC + dH * O * (1 - C**2)
            ),
            "the paths add; that is their product": lambda dC, dH, O, C: (  # noqa: E741
                dC * dH * O * (1 - np.tanh(C) ** 2)
            ),
            "the sign is flipped": lambda dC, dH, O, C: -_gamma(dC, dH, O, C),  # noqa: E741
            "tanh′(C) belongs to one path, not to both": lambda dC, dH, O, C: (  # noqa: E741
                (dC + dH * O) * (1 - np.tanh(C) ** 2)
            ),
        },
    ),
    "ls-gru": Exercise(
        answer=_gru,
        inputs=_unit,
        mistakes={
            "U keeps the state, and 1 − U lets the candidate in": _exchanged,
            "you forgot the reset gate": _not_reset,
            "the reset gate multiplies the state before V does": _reset_late,
            "the update gate comes first, then the reset gate": _other_order,
            "the candidate has a tanh, not σ": _squashed,
            "that is the candidate alone": lambda part, X, H: _gates(part, X, H)[2],
            "what is let in is 1 − U of it": lambda part, X, H: (
                _gates(part, X, H)[0] * H + _gates(part, X, H)[2]
            ),
        },
    ),
    "ls-gru-back": Exercise(
        answer=lambda *A: sum(_paths(*A)),
        inputs=_met,
        mistakes={
            "the state is kept as well, by U": _without(0),
            "the path through the update gate is missing": _without(1),
            "the path through the reset gate is missing": _without(2),
            "the path through the candidate is missing": _without(3),
            "the candidate's path goes through the reset gate": _changed(
                3, lambda path, dH, V, H, U, R, G: path / R
            ),
            "U multiplies H and 1 − U multiplies G: its slope is H − G": _changed(
                1,
                lambda path, dH, V, H, U, R, G: np.split(V, 3)[0].T @ (dH * H * U * (1 - U)),
            ),
            "the sign of the update gate's path is flipped": _changed(1, lambda path, *_: -path),
            "what goes back through a matrix goes through its transpose": lambda dH, V, *A: sum(
                _paths(dH, np.concatenate([each.T for each in np.split(V, 3)]), *A)
            ),
            "that is the direct derivative alone": lambda *A: _paths(*A)[0],
        },
    ),
}
