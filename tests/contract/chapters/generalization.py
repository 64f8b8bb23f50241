r"""The ties of the chapter on what the network has not seen."""

from __future__ import annotations

from itertools import product

import numpy as np

from contract.tie import Case, tie
from contract.truth import agree
from contract.worlds import given, world
from utils.least_squares import hat_matrix, least_squares
from utils.notation import Outcomes
from utils.splits import error_bar, folds

THREE = r"a, b, c \in \mathbb{R}"


def tuples(values, m):
    """Return every outcome of m independent draws, each an array."""
    return [np.array(drawn) for drawn in product(values, repeat=m)]


# ── What is set aside ────────────────────────────────────────────────────────────────────────────


@tie("ge-mean", THREE)
def _(a, b, c):
    cut = list(folds([3, 0, 2, 1, 4], 2))
    agree(np.concatenate([aside for _, aside in cut]), np.array([3, 0, 2, 1, 4]))
    agree(np.concatenate([train for train, _ in cut]), np.array([1, 4, 3, 0, 2]))
    for m in (1, 2, 3):
        drawn, R, shift = tuples([a, b, c], m), (a + b + c) / 3, np.arange(m)
        yield {r"\ell": Outcomes(drawn), "m": m, "R": R}
        # From sources that differ, R is the mean of theirs: no one example stands for all.
        shifted = Outcomes([each + shift for each in drawn])
        yield {r"\ell": shifted, "m": m, "R": R + np.mean(shift)}


@tie("ge-variance", r"m \in \{1, 2, 3, 4\}, k \in \{1, 2\}")
def _(m, k):
    shares = [np.mean(drawn) for drawn in tuples([1] * k + [0] * (3 - k), m)]
    return {r"\hat{p}": Outcomes(shares), "p": k / 3}


@tie("ge-bar", r"p, \hat{p} \in (0.02, 0.98), m \in \mathbb{N}")
def _(p, p_hat, m):
    return {"s_p": error_bar(p_hat, m)}


@tie("ge-choice", r"u, v \in \mathbb{R}^n")
def _(u, v):
    """As tight as may be where one of the two is the better one every time."""
    worse = np.maximum(u, v) + 1
    for pair, tight in (((u, v), ()), ((u, worse), (0,)), ((worse, u), (0,))):
        yield Case({r"\hat{R}": Outcomes([*np.array(pair).T])}, tight=tight)


# ── Least squares ────────────────────────────────────────────────────────────────────────────────


def broad(X):
    """Return the matrix, or its transpose: that which has more columns than rows."""
    return X if X.shape[0] < X.shape[1] else X.T


def hat(X):
    """Return the hat matrix, symmetric to the last bit, as proofs take it."""
    H = agree(hat_matrix(X), projection(X))
    agree(H, H.T)
    return (H + H.T) / 2


def projection(X):
    """Return the projection on the rows, by their orthonormal basis."""
    Q = np.linalg.qr(X.T)[0]
    return Q @ Q.T


@tie("ge-hat", r"X \in \mathbb{R}^{n \times m}")
def _(X):
    X = broad(X)
    return {"X": X, "H": hat(X)}


@tie("ge-twice", r"X \in \mathbb{R}^{n \times m}")
def _(X):
    H = hat(broad(X))
    for i, k in ((1, 1), (1, 2), (len(H), 1)):
        yield {"h": H, "m": len(H), "i": i, "k": k}


@tie("ge-trace", r"X \in \mathbb{R}^{n \times m}")
def _(X):
    X = broad(X)
    return {"h": hat(X), "n": X.shape[0], "m": X.shape[1]}


@tie("ge-residual", r"X \in \mathbb{R}^{n \times m}")
def _(X):
    X = broad(X)
    rng = np.random.default_rng(X.size)
    noise, v = rng.normal(size=X.shape[1]), rng.normal(size=len(X))
    y = v @ X + noise
    y_hat = least_squares(X, y) @ X
    # A residual near 0 is a difference of which few digits are right.
    for i in 1 + np.flatnonzero(np.abs(y - y_hat) > 0.05):
        yield {
            "y": y, r"\hat{y}": y_hat, r"\varepsilon": noise, "h": hat(X), "i": i,
            "m": X.shape[1],
        }  # fmt: skip


@tie("ge-rows", r"X \in \mathbb{R}^{n \times m}")
def _(X):
    X = broad(X)
    for i in range(1, X.shape[1] + 1):
        yield {"h": hat(X), "i": i, "m": X.shape[1]}


def noisy(n, s, bias):
    """Draw features and truth, and noise for old answers and new: one of all is hit at a time.

    So any two have the covariance 0, which is all that the formulas ask, and outcomes are few.
    """
    m = n + 1
    rng = np.random.default_rng([n, int(1e6 * s)])
    X = rng.normal(size=(n, m))
    f = rng.normal(size=n) @ X + bias * rng.normal(size=m)
    hits = np.sqrt(2 * m) * s * np.eye(2 * m)
    noise = [*hits, *-hits]
    y = [f + each[:m] for each in noise]
    return {
        "y": Outcomes(y), r"\tilde{y}": Outcomes([f + each[m:] for each in noise]),
        r"\hat{y}": Outcomes([least_squares(X, each) @ X for each in y]), "f": f, "m": m,
    }  # fmt: skip


NOISE = r"n \in \{1, 2\}, s \in (0.3, 2)"


@tie("ge-training", NOISE)
def _(n, s):
    return noisy(n, s, bias=0)


@tie("ge-new", NOISE)
def _(n, s):
    return noisy(n, s, bias=0)


@tie("ge-optimism", NOISE)
def _(n, s):
    return noisy(n, s, bias=1)


@tie("ge-bias-variance", NOISE)
def _(n, s):
    for i in (1, 2):
        yield noisy(n, s, bias=1) | {"i": i}


@tie("ge-least-norm", r"X \in \mathbb{R}^{n \times m}")
def _(X):
    X = broad(X).T
    y = np.random.default_rng(X.size).normal(size=X.shape[1])
    several = np.stack([y, y**2])
    agree(least_squares(X, several), several @ np.linalg.pinv(X))
    return {"X": X, "y": y, "w": agree(least_squares(X, y), np.linalg.pinv(X.T) @ y)}


# ── What the letters of its sections mean ────────────────────────────────────────────────────────

given(r"R = \mathbb{E}[\ell]")


@world(r"k \in \{1, 2, 3\}", "The error bar")
def _(k):
    losses = [1] * k + [0] * (5 - k)
    return {r"\ell": Outcomes(losses), "R": k / 5, "p": np.mean(losses)}


@world(
    r"v \in \mathbb{R}^n, s \in (0.3, 2)",
    "Least squares, where all can be computed",
)
def _(v, s):
    rng = np.random.default_rng([v.size, int(1e6 * s)])
    X = rng.normal(size=(v.size, v.size + 3))
    noise, again = s * rng.choice([-1, 1], size=(2, v.size + 3))
    f = v @ X
    y = f + noise
    H = projection(X)
    return {
        "X": X, "f": f, "y": y, r"\varepsilon": noise, r"\tilde{\varepsilon}": again, "H": H,
        r"\tilde{y}": f + again, r"\hat{y}": H @ y, "w": np.linalg.lstsq(X.T, y, rcond=None)[0],
        "h": H, "m": y.size, "i": 2,
    }  # fmt: skip


given("n = m", "n > m", "w = 0", "n = 1", r"\mu > 0", r"\mu = 0", r"\mu = 0.1")


@world(r"X \in \mathbb{R}^{n \times m}", "Past the peak")
def _(X):
    X = broad(X).T
    rng = np.random.default_rng(X.size)
    u = rng.normal(size=X.shape[1])
    rest = np.linalg.qr(X, mode="complete")[0][:, X.shape[1] :]
    r = rest @ rng.normal(size=rest.shape[1])
    return {"X": X, "u": u, "r": r, "w": X @ u + r, "y": X.T @ (X @ u)}


@world(r"y \in \mathbb{R}^m, i \in \{1, 2\}, s \in (0.3, 2)", "7. Leave one out, and fit once")
def _(y, i, s):
    rng = np.random.default_rng(int(1e6 * s))
    m = len(y) + 2
    X, y = rng.normal(size=(2, m)), rng.normal(size=m)
    others = np.arange(m) != i - 1
    without = np.linalg.lstsq(X[:, others].T, y[others], rcond=None)[0]
    H = projection(X)
    return {"y": y, r"\hat{y}": H @ y, "h": H, "q": without @ X[:, i - 1], "m": m}


@world(
    r"X \in \mathbb{R}^{n \times n}, y \in \mathbb{R}^n, \mu \in (0.1, 2)",
    "8. A penalty at the peak",
    only=True,  # without a penalty, others are shortest
)
def _(X, y, mu):
    longer = np.vstack([X.T, np.sqrt(mu) * np.eye(len(X))])  # least squares of more rows
    w = np.linalg.lstsq(longer, np.append(y, np.zeros(len(X))), rcond=None)[0]
    return {"w": w, "I": np.eye(len(X))}
