"""The checks of the exercises of the chapter on what the network has not seen."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from utils.judging import Exercise


def _two_sets(rng: np.random.Generator) -> tuple[NDArray, NDArray]:
    """Draw features on scales of their own, and new examples from elsewhere."""
    size, place = rng.uniform(0.2, 9, size=(3, 1)), rng.normal(scale=5, size=(3, 1))
    return place + size * rng.normal(size=(3, 7)), place + 1 + 2 * size * rng.normal(size=(3, 4))


def _scaled_by(X: NDArray, by: NDArray) -> NDArray:
    return (X - by.mean(axis=1, keepdims=True)) / by.std(axis=1, keepdims=True)


def _fit(rng: np.random.Generator) -> tuple[NDArray, NDArray]:
    """Draw fewer features than examples, one of them constant, and any answers."""
    n = int(rng.integers(1, 5))
    X = np.vstack([np.ones(9), rng.normal(size=(n, 9))])
    return X, rng.normal(size=9)


def _hat(X: NDArray) -> NDArray:
    return np.linalg.pinv(X) @ X


def _residual(X: NDArray, y: NDArray) -> NDArray:
    return y - _hat(X) @ y


def _squares(X: NDArray, y: NDArray) -> float:
    return np.sum(_residual(X, y) ** 2)


def _penalized(rng: np.random.Generator) -> tuple[NDArray, NDArray, float]:
    """Draw more features than examples, and fewer."""
    n, m = rng.permutation([4, 7])
    return rng.normal(size=(n, m)), rng.normal(size=m), rng.uniform(0.1, 2)


def _ridge(X: NDArray, y: NDArray, mu: float) -> NDArray:
    return X @ np.linalg.solve(X.T @ X + mu * np.eye(X.shape[1]), y)


def bar(p: float, m: int) -> Exercise:
    """Make the task of the error bar of a share of so many pictures."""
    return Exercise(
        answer=np.sqrt(p * (1 - p) / m),
        mistakes={
            "you forgot the root: that is the variance": p * (1 - p) / m,
            "that is the deviation of one picture; divide by the root of their number": (
                np.sqrt(p * (1 - p))
            ),
            "the variance of one picture is p (1 − p), not p": np.sqrt(p / m),
            "in points; the share was asked for, a hundredth of it": (
                100 * np.sqrt(p * (1 - p) / m)
            ),
            "the number stands under the root, too": np.sqrt(p * (1 - p)) / m,
        },
    )


EXERCISES: dict[str, Exercise | dict[str, Exercise]] = {
    "ge-bar": {
        "the bar": bar(0.05, 1000),
        "the pictures": Exercise(
            answer=47_500,
            exact=True,
            mistakes={
                "the bar is squared when the root is taken away": 47.5,
                "the variance of one picture is p (1 − p), not p": 50_000,
                "a bar that is seven times shorter takes seven times seven as many": 6_892,
            },
        ),
    },
    "ge-line": {
        "on the points": Exercise(
            answer=7.2,
            mistakes={
                "a line has two weights: slope and bias": 8.1,
                "that is on new answers": 10.8,
                "that is the noise, which the fit has followed in part": 9,
                "the variance is 9 already; do not square it": 81 * 0.8,
                "9 is the variance, not the deviation": 3 * 0.8,
            },
        ),
        "on new answers": Exercise(
            answer=10.8,
            mistakes={
                "a line has two weights: slope and bias": 9.9,
                "that is on the points themselves": 7.2,
                "the fit has followed the noise, and pays for that, too": 9,
                "the variance is 9 already; do not square it": 81 * 1.2,
                "9 is the variance, not the deviation": 3 * 1.2,
            },
        ),
        "the number of points": Exercise(
            answer=100,
            exact=True,
            mistakes={
                "a line has two weights, slope and bias, and each counts twice: 2 n s²/m": 50,
                "the variance is 9 already; do not square it": 900,
            },
        ),
    },
    "ge-split": {
        "A": Exercise(
            answer="groups",
            mistakes={
                "the photos of one patient resemble each other, and the patients will be new": (
                    "random"
                ),
                "nothing says that the patients come in the order of time": "latest",
            },
        ),
        "B": Exercise(
            answer="random",
            mistakes={
                "each flower is measured once: there are no groups": "groups",
                "it is one summer, and nothing is to be foretold": "latest",
            },
        ),
        "C": Exercise(
            answer="latest",
            mistakes={
                "then the days before and after are known": "random",
                "which groups? What is asked for is the future": "groups",
            },
        ),
        "D": Exercise(
            answer="random",
            mistakes={
                "the speakers will be the same 40: it may know them": "groups",
                "nothing is to be foretold": "latest",
            },
        ),
    },
    "ge-scale": Exercise(
        answer=lambda X_train, X_new: (_scaled_by(X_train, X_train), _scaled_by(X_new, X_train)),
        inputs=_two_sets,
        mistakes={
            "the new examples have been scaled by their own mean and deviation": lambda a, b: (
                _scaled_by(a, a),
                _scaled_by(b, b),
            ),
            "mean and deviation are those of all examples: the new ones leak": lambda a, b: (
                _scaled_by(a, np.hstack([a, b])),
                _scaled_by(b, np.hstack([a, b])),
            ),
            "a feature is a row: axis 1": lambda a, b: (
                (a - a.mean(axis=0)) / a.std(axis=0),
                (b - a.mean(axis=0)[:4]) / a.std(axis=0)[:4],
            ),
            "each feature has a mean and a deviation of its own": lambda a, b: (
                (a - a.mean()) / a.std(),
                (b - a.mean()) / a.std(),
            ),
            "divide by the deviation, too": lambda a, b: (
                a - a.mean(axis=1, keepdims=True),
                b - a.mean(axis=1, keepdims=True),
            ),
            "divide by the deviation, not by the variance": lambda a, b: (
                (a - a.mean(axis=1, keepdims=True)) / a.var(axis=1, keepdims=True),
                (b - a.mean(axis=1, keepdims=True)) / a.var(axis=1, keepdims=True),
            ),
            "divide by the root of the mean square, as `std` does, not with m − 1": lambda a, b: (
                (a - a.mean(axis=1, keepdims=True)) / a.std(axis=1, keepdims=True, ddof=1),
                (b - a.mean(axis=1, keepdims=True)) / a.std(axis=1, keepdims=True, ddof=1),
            ),
            "the new examples are as they were": lambda a, b: (_scaled_by(a, a), b),
            "the training examples come first": lambda a, b: (
                _scaled_by(b, a),
                _scaled_by(a, a),
            ),
        },
    ),
    "ge-noise": Exercise(
        answer=lambda X, y: _squares(X, y) / (y.size - len(X)),
        inputs=_fit,
        mistakes={
            "that is the error on the examples, which flatters": lambda X, y: (
                _squares(X, y) / y.size
            ),
            "that is the sum of squares; divide by m − n": _squares,
            "each of the n weights takes one example, not one in all": lambda X, y: (
                _squares(X, y) / (y.size - 1)
            ),
            "the sign of n is flipped: that is for new answers": lambda X, y: (
                _squares(X, y) / (y.size + len(X))
            ),
            "that is the deviation; the variance was asked for": lambda X, y: np.sqrt(
                _squares(X, y) / (y.size - len(X))
            ),
            "that is the variance of the answers; take the fit away first": lambda X, y: (
                np.sum((y - y.mean()) ** 2) / (y.size - len(X))
            ),
        },
    ),
    "ge-luck": {
        "the best of five": Exercise(
            answer=31 / 32,
            mistakes={
                "that is the chance that all five are wrong": 1 / 32,
                "that is one network; the best of five was asked for": 1 / 2,
                "that is the chance for four": 15 / 16,
            },
        ),
        "the better of two": Exercise(
            answer=11 / 16,
            mistakes={
                "that is one network; the better of two was asked for": 1 / 2,
                "that is for one picture": 3 / 4,
                "that is the chance that one has both right": 7 / 16,
                "that is the number of right answers; the share is half of it": 11 / 8,
                "that is the chance that one has a picture right at all": 15 / 16,
            },
        ),
    },
    "ge-left-out": Exercise(
        answer=lambda X, y: _residual(X, y) / (1 - np.diag(_hat(X))),
        inputs=_fit,
        mistakes={
            "those are the errors of the fit of all examples": _residual,
            "the new answers are farther off: divide by 1 − h, do not multiply": lambda X, y: (
                _residual(X, y) * (1 - np.diag(_hat(X)))
            ),
            "1 − h, not 1 + h": lambda X, y: _residual(X, y) / (1 + np.diag(_hat(X))),
            "each example has a leverage of its own, not the mean n/m": lambda X, y: (
                _residual(X, y) / (1 - len(X) / y.size)
            ),
            "the leverage is on the diagonal": lambda X, y: (
                _residual(X, y) / (1 - _hat(X).sum(axis=1) / y.size)
            ),
            "the sign is flipped: the answer less the prediction": lambda X, y: (
                -_residual(X, y) / (1 - np.diag(_hat(X)))
            ),
            "those are the predictions; their errors were asked for": lambda X, y: (
                y - _residual(X, y) / (1 - np.diag(_hat(X)))
            ),
        },
    ),
    "ge-ridge": Exercise(
        answer=_ridge,
        inputs=_penalized,
        mistakes={
            "that is the least norm, without the penalty": lambda X, y, mu: np.linalg.pinv(X.T) @ y,
            "the sign of the penalty is flipped": lambda X, y, mu: _ridge(X, y, -mu),
            "the two has canceled: μ stands alone": lambda X, y, mu: _ridge(X, y, 2 * mu),
            "μ stands on the diagonal, times the identity, not in each entry": lambda X, y, mu: (
                X @ np.linalg.pinv(X.T @ X + mu) @ y
            ),
            "the penalty is μ, not its square": lambda X, y, mu: _ridge(X, y, mu**2),
            "one X stands before the inverse": lambda X, y, mu: np.linalg.solve(
                X.T @ X + mu * np.eye(X.shape[1]), y
            ),
            "that is the fit; the weights were asked for": lambda X, y, mu: _ridge(X, y, mu) @ X,
        },
    ),
}
