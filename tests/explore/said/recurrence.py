"""The captions of the chapter on recurrence."""

from __future__ import annotations

from functools import cache

import numpy as np

from tests.explore.said import foresees, says


def first_weights(rng, n):
    """Draw W and V by LeCun's rule, and b and the output's, as the chapter's network has them."""
    W, V = rng.normal(scale=6**-0.5, size=(n, 6)), rng.normal(scale=n**-0.5, size=(n, n))
    U = rng.normal(scale=n**-0.5, size=(2, n))
    return [W, V, np.zeros((n, 1)), U, np.zeros((2, 1))]


def symbols(rng, m, moments):
    """Draw which symbol comes at each moment: one of 0 and 1 first, and one of 2 to 5 later."""
    drawn = 2 + rng.integers(4, size=(moments, m))
    drawn[0] = rng.integers(2, size=m)
    return drawn


def forward(weights, drawn):
    """Return the states and the scores; a symbol picks its column of W."""
    W, V, b, U, c = weights
    H = [np.zeros((len(V), drawn.shape[1]))]
    for row in drawn:
        H.append(np.tanh(W[:, row] + V @ H[-1] + b))
    return H, U @ H[-1] + c


def gradients(weights, drawn):
    """Go back by the rule of the chapter, for the mean cross-entropy of one batch."""
    _, V, _, U, _ = weights
    H, scores = forward(weights, drawn)
    first, m = drawn[0], drawn.shape[1]
    P = np.exp(scores - scores.max(axis=0))
    P = P / P.sum(axis=0)
    P[first, np.arange(m)] -= 1
    back, found = U.T @ P / m, [np.zeros_like(each) for each in weights]
    found[3], found[4] = P @ H[-1].T / m, P.sum(axis=1, keepdims=True) / m
    for t in range(len(drawn), 0, -1):
        back = back * (1 - H[t] ** 2)
        found[0] += back @ (drawn[t - 1][:, None] == np.arange(6))
        found[1] += back @ H[t - 1].T
        found[2] += back.sum(axis=1, keepdims=True)
        back = V.T @ back
    return found


def taught(rng, weights, network, moments, alpha, passes):
    """Return the share of right answers after some passes of Adam, written anew.

    ``network`` is a pair of functions of weights and symbols: what it keeps and its scores, and the
    gradients of the mean cross-entropy.
    """
    scores_of, gradients_of = network
    drawn = symbols(rng, 3200, moments)
    u, s = ([np.zeros_like(each) for each in weights] for _ in range(2))
    step = 0
    for _ in range(passes):
        order = rng.permutation(3200)
        for start in range(0, 3200, 32):
            step += 1
            g = gradients_of(weights, drawn[:, order[start : start + 32]])
            length = np.sqrt(sum(np.sum(each**2) for each in g))
            g = [each / max(length, 1) for each in g]
            u = [0.9 * old + 0.1 * new for old, new in zip(u, g, strict=True)]
            s = [0.999 * old + 0.001 * new**2 for old, new in zip(s, g, strict=True)]
            for place in range(5):
                size = np.sqrt(s[place] / (1 - 0.999**step)) + 1e-8
                weights[place] = weights[place] - alpha * u[place] / (1 - 0.9**step) / size
    fresh = symbols(rng, 500, moments)
    return np.mean(scores_of(weights, fresh)[1].argmax(axis=0) == fresh[0])


@cache
def right(moments, alpha, seed, n=8, passes=3):
    """Return the share of right answers after 300 steps, or 100 a pass."""
    rng = np.random.default_rng(seed)
    return taught(rng, first_weights(rng, n), (forward, gradients), moments, alpha, passes)


@says("remember")
def _(moments, learning_rate, seed):
    p = right(moments, learning_rate, seed)
    spread = [] if p == 1 else [100 * np.sqrt(p * (1 - p) / 500)]
    return moments, learning_rate, seed, 300, 100 * p, *spread


@foresees("remember", slow=True)
def _():
    p = right(40, 0.01, 0)
    return {
        "the same, later": p > 0.95,
        "nothing": abs(p - 0.5) < 0.05,
        "to be right most of the time": 0.55 < p < 0.95,
    }


def two_moments(v, w1=0.4, w2=0.4):
    """Return the states of the running neuron, with a copy of w for each moment."""
    h1 = np.tanh(w1 + 0.5)
    return h1, np.tanh(2 * w2 + v * h1 + 0.5)


def slope_of_loss(v, d1, d2):
    """Return the slope of ½ (h₂ − 1)² as the copies of w move by d1 and d2, by a complex step."""
    h = 1e-30j
    return np.imag((two_moments(v, 0.4 + h * d1, 0.4 + h * d2)[1] - 1) ** 2 / 2) / 1e-30


@says("unrolled", everywhere=True)
def _(step, v):
    """The first input is 1 and the second is 2, so δ₁ is the slope by w₁, and δ₂ half of w₂'s."""
    h1, h2 = two_moments(v)
    told = [
        (h1, "Forward"),
        (h2, "hands itself on"),
        (slope_of_loss(v, 0, 0.5), "Back from the loss"),
        (slope_of_loss(v, 1, 0), "Back through v"),
        (slope_of_loss(v, 0, 1), "w₂ alone"),
        (slope_of_loss(v, 1, 1), "With the copy w₁"),
    ][step - 1]
    return step, v, *told


@foresees("unrolled")
def _():
    first, second = abs(slope_of_loss(0.6, 1, 0)), abs(slope_of_loss(0.6, 0, 1))
    return {
        "the first, which acts on both states": first > second,
        "the second, which is nearer to the loss": second > first,
        "both have the same": first == second,
    }


@cache
def over_time(scale, activation, draw):
    """Multiply the factors of each example from the front, and take the gradient through last."""
    rng = np.random.default_rng(draw)
    W, V = rng.normal(scale=6**-0.5, size=(8, 6)), scale * rng.normal(scale=8**-0.5, size=(8, 8))
    drawn = symbols(rng, 20, 40)
    delta = rng.normal(size=(8, 20))
    H = forward([W, V, np.zeros((8, 1)), np.zeros((2, 8)), np.zeros((2, 1))], drawn)[0]
    square = square_last = 0.0
    for example in range(20):
        slopes = [1 - h[:, example] ** 2 if activation == "tanh" else np.ones(8) for h in H]
        product = np.diag(slopes[1])
        for t in range(2, 41):
            product = product @ V.T @ np.diag(slopes[t])
        square += np.sum((product @ delta[:, example]) ** 2)
        square_last += np.sum((slopes[40] * delta[:, example]) ** 2)
    size = max(abs(np.roots(np.poly(V))))  # the eigenvalues are the roots of its polynomial
    return size, np.sqrt(square / square_last)


@says("moments")
def _(scale, activation, draw):
    radius, part = over_time(scale, activation, draw)
    return draw, scale, f"{activation}:", radius, part, 1


@foresees("moments")
def _():
    with_tanh, without = (over_time(2, each, 0)[1] for each in ("tanh", "no activation"))
    return {
        "it explodes in both": with_tanh > 1e6 and without > 1e6,
        "it explodes without the $\\tanh$, and much less with it": without > 1e6 * with_tanh > 1e6,
        "it vanishes in both": with_tanh < 1 and without < 1,
    }


def latched(v, kick):
    """Return the state after 30 moments, by tanh(u) = 1 − 2/(e^2u + 1), and its slope."""
    h, h_step = kick, 1e-20j
    state = kick + h_step
    for _ in range(30):
        state = 1 - 2 / (np.exp(2 * v * state) + 1)
        h = 1 - 2 / (np.exp(2 * v * h) + 1)
    return h, np.imag(state) / 1e-20


@says("latch")
def _(v, kick):
    h, slope = latched(v, kick)
    return v, kick, h, 30, slope


@foresees("latch")
def _():
    left = latched(2, 0.6)[1]
    return {
        "about half of it": 0.3 < left < 0.7,
        "about a hundredth of it": 0.003 < left < 0.03,
        "less than a billionth of it": left < 1e-9,
    }
