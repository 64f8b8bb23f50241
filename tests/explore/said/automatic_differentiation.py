"""The captions of the chapter on automatic differentiation."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import numpy as np
from scipy.optimize import approx_fprime
from scipy.special import expit

from tests.explore.said import SAID, foresees, says


def lands(angle, speed, wind):
    """Follow the ball on the complex plane: its height is the imaginary part."""
    place, velocity = 1.5j, speed * np.exp(1j * np.radians(angle))
    while True:
        push = velocity - wind
        velocity = velocity - 0.05 * (0.02 * abs(push) * push + 9.81j)
        onward = place + 0.05 * velocity
        if onward.imag < 0:
            share = place.imag / (place.imag - onward.imag)
            return place.real + share * (onward.real - place.real)
        place = onward


def slopes(angle, speed, wind):
    return approx_fprime([angle, speed], lambda at: lands(*at, wind), 1e-7)


@says("throw")
def _(angle, speed):
    by_angle, by_speed = slopes(angle, speed, -5.0)
    return angle, speed, lands(angle, speed, -5.0), by_angle, by_speed


@foresees("throw")
def _():
    slope = SAID["throw"](45, 20)[3]
    return {"lower": slope < -0.01, "at 45° still": abs(slope) < 0.01, "higher": slope > 0.01}


@cache
def aimed(rate, wind, steps):
    place = np.array([60.0, 12.0])
    for _ in range(steps):
        place = place - rate * (lands(*place, wind) - 25) * slopes(*place, wind)
    return tuple(place)


WINDS = {"against": -8.0, "none": 0.0, "from behind": 8.0}


@says("aim")
def _(step, learning_rate, wind):
    place = aimed(learning_rate, WINDS[wind], step)
    return f"Wind {wind},", learning_rate, step, *place, lands(*place, WINDS[wind])


@foresees("aim")
def _():
    misses = [SAID["aim"](step, 0.4, "from behind")[-1] - 25 for step in range(7)]
    return {
        "hits as well": abs(misses[-1]) < 1,
        "throws too far and too short by turns": all(
            abs(miss) > 1 and miss * after < 0 for miss, after in pairwise(misses)
        ),
        "creeps": all(abs(miss) > 1 and miss < 0 for miss in misses),
    }


@cache
def entries(x1, target):
    """Return the value of each entry, and its adjoint by the formulas of backpropagation."""
    x = np.array([[x1], [2.0]])
    W1, b1 = np.array([[0.4, 0.6], [-0.5, 0.3]]), np.array([[0.5], [-0.2]])
    W2, b2 = np.array([[0.7, -0.4]]), np.array([[0.1]])
    z1 = W1 @ x + b1
    z2 = W2 @ expit(z1) + b2
    error = target - expit(z2)
    values, bars = [W1, b1, W2, b2], []
    for plain, z in ((W1 @ x, z1), (W2 @ expit(z1), z2)):
        values += [plain, z, -z, np.exp(-z), 1 + np.exp(-z), expit(z)]
    values += [error, error**2, error**2 / 2, np.sum(error**2) / 2]
    out2 = -error
    delta2 = out2 * expit(z2) * expit(-z2)
    out1 = W2.T @ delta2
    delta1 = out1 * expit(z1) * expit(-z1)
    bars = [delta1 @ x.T, delta1, delta2 * expit(z1).T, delta2]
    for delta, out, z in ((delta1, out1, z1), (delta2, out2, z2)):
        below = -out * expit(z) ** 2  # of 1 + exp(−z), whose reciprocal is σ(z)
        bars += [delta, delta, -delta, below, below, out]
    bars += [error, np.full((1, 1), 0.5), np.ones((1, 1)), np.ones(())]
    return values, bars


#: What each entry of the tape is, in the order in which it is written.
ENTRIES = [
    *("W⁽¹⁾", "b⁽¹⁾", "W⁽²⁾", "b⁽²⁾", "W⁽¹⁾ x", "+ b⁽¹⁾", "negative", "exp", "1 +", "1 /"),
    *("W⁽²⁾ a⁽¹⁾", "+ b⁽²⁾", "negative", "exp", "1 +", "1 /", "1 −", "squared", "½", "sum"),
]


@says("tape", everywhere=True)
def _(step, x1, target):
    if step == 0:
        return ("An empty tape.",)
    values, bars = entries(x1, target)
    n = min(step, 41 - step)
    numbers = np.ravel((bars if step > 20 else values)[n - 1])
    words = "back at entry" if step > 20 else "writes entry"
    name = ENTRIES[n - 1]
    what = f", {name}: {'adjoint' if step > 20 else 'value'} "
    rows = "; " if n == 1 else "not: ; "
    return step, words, n, what, *[1] * name.startswith("1 "), rows, *map(float, numbers)


@foresees("tape")
def _():
    _, bars = entries(1, 1)
    x, y_hat = np.array([[1.0], [2.0]]), 0.6303
    found = bars[11].item()
    hidden = expit(np.array([[0.4, 0.6], [-0.5, 0.3]]) @ x + np.array([[0.5], [-0.2]]))
    z2 = (np.array([[0.7, -0.4]]) @ hidden + 0.1).item()
    signal = (expit(z2) - 1) * expit(z2) * expit(-z2)
    return {
        "the prediction": abs(found - y_hat) < 1e-3,
        "the error signal of the output": abs(found - signal) < 1e-12,
        "the gradient of the weights of layer 2": np.allclose(found, signal * hidden),
    }


def visits_and_adjoint(depth, walk):
    """Count by rungs, without a tape: how often a rung is visited, and with what."""
    if walk == "by depth":
        return depth + 1, 2**depth
    if walk == "along every path":
        return 2 ** (depth + 1) - 1, 2**depth
    arrived = [0] * (depth + 1)
    waiting = [(0, 1)]
    while waiting:
        rung, brought = waiting.pop()
        arrived[rung] += brought
        if rung < depth:
            waiting += [(rung + 1, arrived[rung])] * 2
    return 2 ** (depth + 1) - 1, arrived[depth]


@says("ladder", everywhere=True)
def _(depth, walk):
    visits, found = visits_and_adjoint(depth, walk)
    if found == 2**depth:
        return depth, f"{walk}:", visits, found, "which is right"
    return depth, f"{walk}:", visits, found, "and it should be", 2**depth


@foresees("ladder")
def _():
    visits = SAID["ladder"](10, "along every path")[2]
    return {
        "about a hundred": 70 < visits < 150,
        "about a thousand": 700 < visits < 1500,
        "about two thousand": 1900 < visits < 2200,
    }
