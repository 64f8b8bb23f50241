"""The captions of the chapter on activation functions."""

from __future__ import annotations

import numpy as np
from scipy.special import expit
from scipy.stats import norm

from tests.explore.said import SAID, foresees, says
from utils import activations
from utils.data import moons
from utils.layers import chain, dense, entrywise, flat, gradient_of, like
from utils.optimizers import stochastic_descent

#: Each activation, and its slopes on the left and on the right of a place, written anew.
CURVES = {
    "step": (lambda z: float(z > 0), lambda z: (0.0, 0.0)),
    "identity": (lambda z: z, lambda z: (1.0, 1.0)),
    "sigmoid": (expit, lambda z: [1 / (2 + 2 * np.cosh(z))] * 2),
    "tanh": (np.tanh, lambda z: [1 / np.cosh(z) ** 2] * 2),
    "ReLU": (lambda z: max(z, 0), lambda z: (float(z > 0), float(z >= 0))),
    "leaky ReLU": (
        lambda z: max(z, z / 100),
        lambda z: (1.0 if z > 0 else 0.01, 1.0 if z >= 0 else 0.01),
    ),
    "ELU": (lambda z: z if z > 0 else np.exp(z) - 1, lambda z: [np.exp(min(z, 0))] * 2),
    "softplus": (lambda z: np.logaddexp(0, z), lambda z: [expit(z)] * 2),
    "GELU": (lambda z: z * norm.cdf(z), lambda z: [norm.cdf(z) + z * norm.pdf(z)] * 2),
    "SiLU": (lambda z: z * expit(z), lambda z: [expit(z) * (1 + z * expit(-z))] * 2),
}


@says("ride")
def _(function, z):
    g, slopes = CURVES[function]
    left, right = slopes(z)
    said = float(z), f"{function} has the value", float(g(z))
    if function == "step" and z == 0:
        return *said, "It jumps here, so there is no slope."
    if left != right:
        return *said, "A corner", left, "on the left and", right, "on the right"
    falls = "It falls." if left < 0 else "It rises."
    flat = "Flat: a gradient ends here." if left == 0 else "Nearly flat."
    return *said, "and the slope", left, flat if abs(left) < 0.03 else falls


@foresees("ride")
def _():
    places = np.linspace(-4, 4, 161)
    falls = {name for name, (_, slopes) in CURVES.items() if min(map(min, map(slopes, places))) < 0}
    return {
        "none": not falls,
        "the leaky ReLU and the ELU": falls == {"leaky ReLU", "ELU"},
        "the GELU and the SiLU": falls == {"GELU", "SiLU"},
    }


@says("moons-learned")
def _(function, learning_rate):
    """Train anew, by the book's descent: 200 steps, from five first weights."""
    short = function.lower().replace(" ", "_")
    g, slope = getattr(activations, short), getattr(activations, f"{short}_derivative")
    X, y = moons()
    network = chain(dense(2, 8), entrywise(g, slope), dense(8, 1))
    ends = []
    for seed in range(1, 6):
        first = network.first(np.random.default_rng(seed))
        gradient, everything = gradient_of(network, X, y[None], expit), np.arange(200)
        with np.errstate(all="ignore"):
            theta = stochastic_descent(gradient, flat(first), learning_rate, [everything] * 200)[-1]
            Z, _ = network.forward(like(theta, first), X)
            ends.append(np.mean(np.logaddexp(0, np.where(y == 1, -Z, Z))))
    ends = sorted(end if np.isfinite(end) else np.inf for end in ends)
    said = f"Five runs with {function} at rate", learning_rate
    if ends[2] == np.inf:
        return *said, "most of them overflow"
    if ends[4] == np.inf:
        return *said, ends[2], "in the middle", ends[0], "at best and overflow at worst"
    return *said, ends[2], "in the middle", ends[0], "at best and", ends[4], "at worst"


@foresees("moons-learned", slow=True)
def _():
    middle = {name: SAID["moons-learned"](name, 3)[2] for name in ("ReLU", "tanh", "sigmoid")}
    line = SAID["moons-learned"]("identity", 3)[2]
    return {f"the {name}": cost > 0.95 * line for name, cost in middle.items()}
