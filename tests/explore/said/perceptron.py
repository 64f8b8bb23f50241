"""The captions of the chapter on the perceptron.

Petals and sepals are measured in tenths of a centimeter, so sums of whole numbers are exact here,
and a flower that lies on a border lies exactly on it.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache

import numpy as np
from scipy.optimize import minimize

from tests.explore.said import foresees, says
from utils.data import iris

_flowers, _species = iris(features=("petal length", "sepal length"))
FLOWERS = [
    (round(10 * petal), round(10 * sepal), species == 1)
    for (petal, sepal), species in zip(_flowers.T, _species, strict=True)
]
SPECIES = ("setosa", "versicolor")


def side(w, petal, sepal):
    """Whether a flower, measured in tenths, gets the answer 1."""
    return w[0] * petal + w[1] * sepal + w[2] * 10 > 0


@says("flowers")
def _(w1, w2, b, signs):
    w = [signs * Fraction(each) for each in (w1, w2, b)]
    called = [side(w, petal, sepal) for petal, sepal, _ in FLOWERS]
    wrong = sum(answer != flower[2] for answer, flower in zip(called, FLOWERS, strict=True))
    told = *map(float, w), wrong, 100
    if sum(called) in (0, 100):
        return *told, "No border lies between"
    return *told, sum(called), f"flower{'s' * (sum(called) > 1)} versicolor."


@foresees("flowers")
def _():
    """A border runs in the direction in which w₁x₁ + w₂x₂ does not change."""

    def direction(w1, w2, b):
        points = [np.array([0, -b / w2]), np.array([1, -(w1 + b) / w2])]
        way = points[1] - points[0]
        return way / np.linalg.norm(way)

    start = np.array([0.5, 0.5, -3])
    turns = [
        not np.allclose(direction(*start), direction(*(start + step)))
        for step in ([0.25, 0, 0], [0, 0.25, 0], [0, 0, 1])
    ]
    return {
        "the weights": turns == [True, True, False],
        "the bias": turns == [False, False, True],
        "all three": all(turns),
    }


@says("distance")
def _(w1, w2, b):
    """The nearest points are found by least squares, without a division by the length of w."""
    z = w1 + 2 * w2 + b
    if w1 == w2 == 0:
        return w1, w2, b, z, "there is no line"
    way, from_0 = (np.linalg.lstsq([[w1, w2]], [sum_], rcond=None)[0] for sum_ in (z, b))
    far, along = np.sqrt(way @ way), np.sqrt(from_0 @ from_0)
    return w1, w2, b, z, abs(complex(w1, w2)), far * np.sign(z), -along * np.sign(b)


@foresees("distance")
def _():
    def seen(w1, w2, b):
        z, length = w1 + 2 * w2 + b, abs(complex(w1, w2))
        return np.array([w1 / b, w2 / b]), z / length, z  # two lines of one ratio are one line

    line, distance, z = (
        not np.allclose(before, after)
        for before, after in zip(seen(0.2, 0.2, 0.5), seen(0.4, 0.4, 1), strict=True)
    )
    return {
        "only the distance": distance and not z and not line,
        "only $z$": z and not distance and not line,
        "all three": z and distance and line,
    }


@cache
def learned(rate, start, shift=0, order=None):
    """Return the weights before the first and after each mistake, and the flowers mistaken."""
    w = [Fraction(str(each)) for each in start]
    path, mistaken, right, i = [w], [], 0, 0
    listed = FLOWERS if order is None else [FLOWERS[i] for i in order]
    while right < len(listed):
        petal, sepal, versicolor = listed[i % len(listed)]
        petal -= shift * versicolor
        if side(w, petal, sepal) == versicolor:
            right += 1
        else:
            step = Fraction(str(rate)) * (1 if versicolor else -1)
            w = [w[0] + step * petal / 10, w[1] + step * sepal / 10, w[2] + step]
            path.append(w)
            mistaken.append(versicolor)
            right = 0
        i += 1
    return path, mistaken


@says("rule")
def _(learning_rate, start, tenths):
    path, mistaken = learned(learning_rate, start)
    k = round(Fraction(tenths * len(mistaken), 10))
    w = path[k]
    errors = sum(side(w, petal, sepal) != species for petal, sepal, species in FLOWERS)
    corners = {side(w, petal, sepal) for petal in (4, 59) for sepal in (38, 77)}
    words = f"errors: {errors or 'none'}. "
    if len(corners) == 1:
        words += f"No border is in the picture: each flower is called {SPECIES[max(corners)]}. "
    taken = f"The ringed flower was taken for {SPECIES[not mistaken[k - 1]]}." if k else "No flower"
    told = learning_rate, k, len(mistaken), *map(float, w), words + taken
    return (*told, errors) if errors else told


@foresees("rule")
def _():
    slow, one, fast = (len(learned(rate, (0, 0, 0))[1]) for rate in (0.1, 1, 10))
    return {
        "10 needs fewer, and 0.1 more": fast < one < slow,
        "10 needs more, and 0.1 fewer": slow < one < fast,
        "ten, both": slow == one == fast == 10,
    }


@cache
def greatest_margin(shift):
    """Return the greatest margin, 1 over the length of the shortest v with s vᵀx̃ ≥ 1."""
    P = np.array(
        [
            (1 if versicolor else -1) * np.array([(petal - shift * versicolor) / 10, sepal / 10, 1])
            for petal, sepal, versicolor in FLOWERS
        ]
    )
    found = minimize(
        lambda v: v @ v / 2,
        [5.0, -4.0, 0.0],
        jac=lambda v: v,
        constraints={"type": "ineq", "fun": lambda v: P @ v - 1, "jac": lambda v: P},
        method="SLSQP",
        options={"ftol": 1e-15, "maxiter": 1000},
    )
    return 1 / np.linalg.norm(found.x), np.sqrt(np.max(np.sum(P**2, axis=1)))


@says("margin")
def _(shift, order):
    listed = tuple(np.random.default_rng(order).permutation(100)) if order else None
    made = len(learned(1, (0, 0, 0), round(10 * shift), listed)[1])
    gamma, R = greatest_margin(round(10 * shift))
    return shift, gamma, R, int((R / gamma) ** 2), made


@foresees("margin")
def _():
    (before, R_before), (after, R_after) = greatest_margin(0), greatest_margin(5)
    times = (R_after / after) ** 2 / (R_before / before) ** 2
    return {
        "about half as many": 0.4 < times < 0.6,
        "about twice as many": 1.6 < times < 2.4,
        "about four times as many": 3.2 < times < 4.8,
    }


@says("gates")
def _(gate, w1, w2, b):
    corners = [(0, 0), (0, 1), (1, 0), (1, 1)]
    right = sum(
        (w1 * x1 + w2 * x2 > -b) == (y == 1) for (x1, x2), y in zip(corners, gate, strict=True)
    )
    told = w1, w2, b, right, 4
    return told if w1 or w2 else (*told, "There is no line")


@foresees("gates")
def _():
    """Cut the square by many lines, in both directions: no linear program is needed for four."""
    corners, target = np.array([(0, 0), (0, 1), (1, 0), (1, 1)]), np.array([0, 1, 1, 0])
    turns = np.linspace(0, 2 * np.pi, 721)
    sums = corners @ np.stack([np.cos(turns), np.sin(turns)])
    right = [
        np.sum((sums + b > 0) == target[:, None], axis=0).max() for b in np.linspace(-2, 2, 401)
    ]
    return {"two": max(right) == 2, "three": max(right) == 3, "four": max(right) == 4}
