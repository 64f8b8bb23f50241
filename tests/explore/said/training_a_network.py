"""The captions of the chapter on training a network."""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy.special import expit

from tests.explore.said import SAID, foresees, says
from utils.activations import sigmoid, sigmoid_derivative
from utils.data import moons, xor
from utils.layers import chain, dense, entrywise, flat, gradient_of
from utils.optimizers import mini_batches, stochastic_descent


@cache
def path(data, size, epochs, hidden, rate, start, seed):
    X, y = data()
    network = chain(dense(2, hidden), entrywise(sigmoid, sigmoid_derivative), dense(hidden, 1))
    first = flat(network.first(np.random.default_rng(start)))
    batches = mini_batches(len(y), size, epochs, np.random.default_rng(seed))
    return stochastic_descent(gradient_of(network, X, [y], sigmoid), first, rate, batches)


def cost_and_right(data, theta, hidden):
    """Return the mean cross-entropy, and how many are on their side, from the sums themselves."""
    X, y = data()
    W, b, v, c = np.split(theta, np.cumsum([2 * hidden, hidden, hidden]))
    towards = (v @ expit(W.reshape(hidden, 2) @ X + b[:, None]) + c) * np.where(y == 1, 1, -1)
    return np.logaddexp(0, -towards).mean(), int(np.sum(towards > 0))


def neurons(hidden):
    return "hidden neuron," if hidden == 1 else "hidden neurons,"


def hundred():
    return moons(100, noise=0.15, seed=0)


@says("learn-moons")
def _(epoch, hidden, learning_rate):
    theta = path(hundred, 10, 200, hidden, learning_rate, start=1, seed=0)[10 * epoch]
    cost, right = cost_and_right(hundred, theta, hidden)
    before = "not: " * (epoch > 0) + "No rate has acted yet."
    return epoch, hidden, neurons(hidden), learning_rate, cost, 100 - right, 100, before


@foresees("learn-moons", slow=True)
def _():
    """Whether, after 20 epochs, a straight line answers as the network does."""
    X, _ = hundred()
    theta = path(hundred, 10, 200, 8, 3.0, start=1, seed=0)[200]
    W, b, v, c = np.split(theta, np.cumsum([16, 8, 8]))
    answers = v @ expit(W.reshape(8, 2) @ X + b[:, None]) + c
    columns = np.vstack([X, np.ones(100)]).T
    line = columns @ np.linalg.lstsq(columns, answers, rcond=None)[0]
    alike, right = np.mean((line > 0) == (answers > 0)), cost_and_right(hundred, theta, 8)[1]
    return {
        "as nearly a straight line": alike > 0.95,
        "bent, and far from the moons": alike < 0.95 and right < 60,
        "in eight pieces": alike < 0.95 and right >= 60,
    }


@says("learn-xor")
def _(epoch, hidden, learning_rate, start):
    theta = path(xor, 4, 2000, hidden, learning_rate, start, seed=start)[epoch]
    cost, right = cost_and_right(xor, theta, hidden)
    before = "not: " * (epoch > 0) + "No rate has acted yet."
    return epoch, hidden, neurons(hidden), learning_rate, start, cost, right, 4, before


@foresees("learn-xor", slow=True)
def _():
    freed = [SAID["learn-xor"](2000, 2, 10.0, start)[6] == 4 for start in (1, 2, 3)]
    return {
        "it does not free start 1": not freed[0],
        "it frees start 1, but not every start": freed[0] and not all(freed),
        "it frees every start": all(freed),
    }
