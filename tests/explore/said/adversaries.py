"""The captions of the chapter on two networks at play."""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy.integrate import quad
from scipy.special import expit
from scipy.stats import norm
from sklearn.datasets import load_digits
from sklearn.neighbors import KNeighborsClassifier

from tests.explore.said import SAID, foresees, says

# ── The spiral ───────────────────────────────────────────────────────────────────────────────────


@says("spiral", everywhere=True)
def _(rule, learning_rate, start):
    """Step player by player, with no matrix."""
    x, y, a = start, 0.0, learning_rate
    name = {0: "both at once", 1: "in turn", 2: "looking ahead"}
    for _ in range(60):
        if rule == name[0]:
            x, y = x - a * y, y + a * x
        elif rule == name[1]:
            x -= a * y
            y += a * x
        else:
            ahead_x, ahead_y = x - a * y, y + a * x
            x, y = x - a * ahead_y, y + a * ahead_x
    return start, f" {rule} ", learning_rate, 60, float(np.sqrt(x * x + y * y))


@foresees("spiral")
def _():
    end = SAID["spiral"]("both at once", 0.1, 1.0)[-1]
    return {
        "to the middle": end < 0.9,
        "round it, at the same distance": 0.9 <= end <= 1.1,
        "away from it": end > 1.1,
    }


# ── The best judge ───────────────────────────────────────────────────────────────────────────────


@says("best-judge")
def _(distance, spread):
    """Integrate the densities, which the figure adds up on a grid."""
    real, made = norm(0, spread).pdf, norm(distance, spread).pdf
    ends = -10 * spread, distance + 10 * spread

    def whole(f):
        return quad(f, *ends, points=[0, distance], limit=400, epsabs=1e-13)[0]

    def lacks(p, q):
        return whole(lambda x: p(x) * np.log(2 * p(x) / (p(x) + q(x))) if p(x) > 1e-300 else 0.0)

    steep = distance / spread**2

    def judged(x):
        return expit((distance**2 / 2 - distance * x) / spread**2)

    return (
        distance,
        spread,
        (lacks(real, made) + lacks(made, real)) / 2,
        steep * whole(lambda x: made(x) * judged(x)),
        steep * whole(lambda x: made(x) * (1 - judged(x))),
    )


@foresees("best-judge")
def _():
    *_, saturating, swapped = SAID["best-judge"](6.0, 1.0)
    times = swapped / saturating
    return {
        "they are about the same": times < 3,
        "one is ten times the other": 3 <= times < 30,
        "one is hundreds of times the other": 100 <= times < 1000,
    }


# ── The ring, and the forger ──────────────────────────────────────────────────────────────────────


def first_weights(rng, n_in, n_out):
    """Draw those of two hidden layers of 32 and the last one, by He's rule and LeCun's."""
    parameters = []
    for inputs, outputs, kept in ((n_in, 32, 2), (32, 32, 2), (32, n_out, 1)):
        W = rng.normal(scale=np.sqrt(kept / inputs), size=(outputs, inputs))
        parameters += [W, np.zeros((outputs, 1))]
    return parameters


def ahead(parameters, A):
    """Return all activations, the last a weighted sum."""
    W1, b1, W2, b2, W3, b3 = parameters
    H1 = np.maximum(W1 @ A + b1, 0)
    H2 = np.maximum(W2 @ H1 + b2, 0)
    return A, H1, H2, W3 @ H2 + b3


def back(parameters, kept, d3):
    """Return the gradients of the parameters, and the derivative by the input."""
    W1, _, W2, _, W3, _ = parameters
    A, H1, H2, _ = kept
    d2 = (W3.T @ d3) * (H2 > 0)
    d1 = (W2.T @ d2) * (H1 > 0)
    gradients = []
    for d, before in ((d1, A), (d2, H1), (d3, H2)):
        gradients += [d @ before.T, d.sum(axis=1, keepdims=True)]
    return gradients, W1.T @ d1


def on_the_ring(rng):
    turn = np.pi / 4 * rng.integers(8, size=64)
    return np.array([np.cos(turn), np.sin(turn)]) + 0.05 * rng.normal(size=(2, 64))


DATA = load_digits()
PICTURES, DIGIT = DATA.data.T / 16, DATA.target


def written(rng):
    return PICTURES[:, rng.integers(1797, size=64)]


@cache
def generators(draw, judge_rate, rate, seed=0):
    """Play by hand: Adam on each array by itself, and both step at once; kept every 100 steps.

    The forger's last sums go through σ, whose slope is that of what it made.
    """
    rng, forges = np.random.default_rng(seed), draw is written
    n, made_of = (64, 16) if forges else (2, 2)
    G, D = first_weights(rng, made_of, n), first_weights(rng, n, 1)
    rates = [rate] * 6 + [rate * judge_rate] * 6
    u, s, kept = [0.0] * 12, [0.0] * 12, []
    for t in range(1500):
        if t % 100 == 0:
            kept.append(G)
        real, made = draw(rng), ahead(G, rng.normal(size=(made_of, 64)))
        shown = expit(made[3]) if forges else made[3]
        on_real, on_made = ahead(D, real), ahead(D, shown)
        of_real, _ = back(D, on_real, -expit(-on_real[3]) / 64)
        of_made, _ = back(D, on_made, expit(on_made[3]) / 64)
        _, pull = back(D, on_made, -expit(-on_made[3]) / 64)
        pull = pull * shown * (1 - shown) if forges else pull
        slopes = back(G, made, pull)[0] + [a + b for a, b in zip(of_real, of_made, strict=True)]
        u = [0.5 * a + 0.5 * g for a, g in zip(u, slopes, strict=True)]
        s = [0.999 * a + 0.001 * g * g for a, g in zip(s, slopes, strict=True)]
        new = [
            w - r * (a / (1 - 0.5 ** (t + 1))) / (np.sqrt(b / (1 - 0.999 ** (t + 1))) + 1e-8)
            for w, r, a, b in zip(G + D, rates, u, s, strict=True)
        ]
        G, D = new[:6], new[6:]
    return [*kept, G]


@says("ring")
def _(step, judge_rate, learning_rate):
    noise = np.random.default_rng(99).normal(size=(2, 1000))
    X = ahead(generators(on_the_ring, judge_rate, learning_rate)[step // 100], noise)[3]
    caught = 0
    for eighth in range(8):
        place = np.exp(1j * np.pi * eighth / 4)
        caught += np.sum(np.abs(X[0] + 1j * X[1] - place) < 0.15) >= 20
    return step, learning_rate, learning_rate * judge_rate, int(caught), 8


@foresees("ring", slow=True)
def _():
    slow = {step: SAID["ring"](step, 0.1, 0.001)[3] for step in range(0, 1501, 100)}
    return {
        "two at most": slow[1500] <= 2,
        "about half of them": 3 <= slow[1500] <= 5,
        "nearly all of them": slow[1500] > 5,
    }


@cache
def likeness(step, judge_rate, learning_rate, seed=0):
    """Return the part of the real spread, and how many of each digit by the nearest neighbor."""
    noise = np.random.default_rng(99).normal(size=(16, 200))
    G = generators(written, judge_rate, learning_rate, seed)[step // 100]
    made = expit(ahead(G, noise)[3])
    about = [X - X.mean(axis=1, keepdims=True) for X in (made, PICTURES)]
    mine, real = (np.sum(X**2) / X.shape[1] for X in about)
    nearest = KNeighborsClassifier(1).fit(PICTURES.T, DIGIT).predict(made.T)
    return np.sqrt(mine / real), np.bincount(nearest, minlength=10)


@says("forger")
def _(step, judge_rate, learning_rate):
    spread, counts = likeness(step, judge_rate, learning_rate)
    kinds = int(np.sum(counts >= 4))
    return step, learning_rate, learning_rate * judge_rate, 200, float(spread), kinds, 10, 4


@foresees("forger", slow=True)
def _():
    spread, counts = likeness(1500, 0.1, 0.001)
    kinds = np.sum(counts >= 4)
    return {
        "digits of nearly all kinds": kinds >= 8,
        "two or three kinds, each by many hands": 2 <= kinds <= 3 and spread > 0.5,
        "nearly one picture, again and again": kinds == 1 and spread < 0.2,
    }
