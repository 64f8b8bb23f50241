"""The checks of the exercises of the chapter on early stopping and dropout."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from utils.judging import Exercise


def _masked(rng: np.random.Generator) -> tuple[NDArray, NDArray, float, NDArray]:
    """Draw activations, a mask that keeps and drops, a chance, and what comes back."""
    A, dout = rng.normal(size=(2, 3, 5))
    R = (rng.random((3, 5)) < 0.5).astype(float)
    R[0, :2] = 0, 1
    return A, R, rng.uniform(0.2, 0.8), dout


def _errors(rng: np.random.Generator) -> tuple[list, int]:
    """Draw errors that fall, then go up and down, some of them equal, and a patience.

    The least comes last, where no patience waits for it.
    """
    fall = np.sort(rng.integers(10, 30, 4))[::-1]
    errors = [*fall, *rng.integers(4, 20, 12), *rng.integers(0, 4, 1)]
    return [float(e) for e in errors], int(rng.integers(1, 5))


def _kept(errors: list, patience: int, late: int = 0, equal: bool = False) -> int:
    best = 0
    for epoch, error in enumerate(errors):
        if error < errors[best] or (equal and error == errors[best]):
            best = epoch
        if epoch - best >= patience + late:
            break
    return best


def _stopped(errors: list, patience: int) -> int:
    best = 0
    for epoch, error in enumerate(errors):
        if error < errors[best]:
            best = epoch
        if epoch - best >= patience:
            return epoch
    return len(errors) - 1


def _in_all(errors: list, patience: int) -> int:
    """Stop after so many epochs without a new best, in a row or not."""
    best = waited = 0
    for epoch in range(1, len(errors)):
        if errors[epoch] < errors[best]:
            best = epoch
        else:
            waited += 1
        if waited >= patience:
            break
    return best


def _after_rises(errors: list, patience: int) -> int:
    """Stop after so many rises from one epoch to the next, in a row."""
    rises = 0
    for epoch in range(1, len(errors)):
        rises = rises + 1 if errors[epoch] >= errors[epoch - 1] else 0
        if rises >= patience:
            return int(np.argmin(errors[: epoch + 1]))
    return int(np.argmin(errors))


def _fit(rng: np.random.Generator) -> tuple[NDArray, NDArray, float]:
    """Draw features on scales of their own, answers, and a chance of being kept."""
    n = int(rng.integers(2, 5))
    X = rng.uniform(0.3, 3, size=(n, 1)) * rng.normal(size=(n, 8))
    return X, rng.normal(size=8), rng.uniform(0.2, 0.4) + 0.4 * rng.integers(0, 2)


def _dropped_fit(X: NDArray, y: NDArray, strength: float, scale: float = 1.0) -> NDArray:
    S = X @ X.T
    return np.linalg.solve(S + strength * scale * np.diag(np.diag(S)), X @ y)


def stopped(lam: float, alpha: float, t: int) -> dict[str, Exercise]:
    """Make the task of the share that t steps reach, and of the decay that reaches the same."""
    step = 1 - alpha * lam
    left = step**t
    return {
        "the share": Exercise(
            answer=1 - left,
            mistakes={
                "that is what is left; the share that is reached was asked for": left,
                "each step leaves 1 − αλ, not 1 − α": 1 - (1 - alpha) ** t,
                "the factor is taken to the power t, not times t": 1 - t * step,
                "that is the cost, which shrinks by the square": 1 - left**2,
                "that is the decay of 1/(αt), which is only about the same": lam
                / (lam + 1 / (alpha * t)),
            },
        ),
        "the decay": Exercise(
            answer=lam * left / (1 - left),
            mistakes={
                "1/(αt) is for flat directions; here it is not near": 1 / (alpha * t),
                "the two are swapped: what is left stands above": lam * (1 - left) / left,
                "the factor λ is missing": left / (1 - left),
                "divide by what is reached, too": lam * left,
            },
        ),
    }


def dropped_sum(a: NDArray, w: NDArray, b: float, p: float) -> dict[str, Exercise]:
    """Make the task of the mean and the variance of a weighted sum of what dropout keeps."""
    products = np.asarray(w) * np.asarray(a)
    squares = float(np.sum(products**2))
    spread = (1 - p) / p
    return {
        "the mean": Exercise(
            answer=products.sum() + b,
            mistakes={
                "what is kept is divided by p, so nothing is lost on average": (
                    p * products.sum() + b
                ),
                "the bias is missing": products.sum(),
                "the bias is not dropped, and not divided": products.sum() + b / p,
                "half of the job: divided by p, but never dropped": products.sum() / p + b,
            },
        ),
        "the variance": Exercise(
            answer=spread * squares,
            mistakes={
                "that is without the division by p": p * (1 - p) * squares,
                "the bias is not dropped": spread * (squares + b**2),
                "the chances are swapped: p is the chance of being kept": p / (1 - p) * squares,
                "each product is squared by itself; they are dropped one by one": (
                    spread * products.sum() ** 2
                ),
                "that is the spread; the variance was asked for": np.sqrt(spread * squares),
                "the mean of the squares is not the variance: take the squared mean away": (
                    squares / p
                ),
            },
        ),
    }


def best_share(lam: float, u: float, m: int, variance: float) -> dict[str, Exercise]:
    """Make the task of the best share along a direction, its error, and that of all of it."""
    noise = variance / (m * lam)
    c = lam / (lam + variance / (m * u**2))

    def error(c: float) -> float:
        return c**2 * noise + (1 - c) ** 2 * u**2

    return {
        "the share": Exercise(
            answer=c,
            mistakes={
                "the true weight is squared": lam / (lam + variance / (m * u)),
                "the variance is given, not the deviation; do not square it": lam
                / (lam + variance**2 / (m * u**2)),
                "that is what is left out": 1 - c,
                "the noise is divided by the number of examples": lam / (lam + variance / u**2),
            },
        ),
        "the least error": Exercise(
            answer=error(c),
            mistakes={
                "that is the noise alone; the bias comes on top": c**2 * noise,
                "that is the bias alone; the noise comes on top": (1 - c) ** 2 * u**2,
                "the share stands in squares": c * noise + (1 - c) * u**2,
                "that is the error of all of it": noise,
            },
        ),
        "the error of all": Exercise(
            answer=noise,
            mistakes={
                "the flatter the direction, the more noise: divide by λ": variance / m,
                "divide by λ, do not multiply": variance * lam / m,
                "that is the least error": error(c),
                "that is the deviation; its square was asked for": np.sqrt(noise),
            },
        ),
    }


def _slip(answer: str, **mistakes: str) -> Exercise:
    return Exercise(answer=answer, mistakes={why: word for word, why in mistakes.items()})


EXERCISES: dict[str, Exercise | dict[str, Exercise]] = {
    "rg-steps": stopped(2, 0.1, 10),
    "rg-neuron": dropped_sum(np.array([1, 3, -2]), np.array([2, -1, 1]), 1, 0.8),
    "rg-slips": {
        "A": _slip(
            "use",
            scale="a wrong scale gives the same answer each time",
            mask="what the way back does is over when the network is used",
            chosen="nothing is told here, only asked twice",
        ),
        "B": _slip(
            "scale",
            use="with dropout left on, the sums would be as large as in training",
            mask="the way back does not make sums",
            chosen="nothing is told here; the sums are off",
        ),
        "C": _slip(
            "mask",
            scale="forward and back would then both lack the factor, and agree",
            use="a gradient check asks about the training",
            chosen="a gradient check knows nothing of the sets",
        ),
        "D": _slip(
            "chosen",
            use="that would be as bad on both sets",
            scale="that would be as bad on both sets",
            mask="that would be as bad on both sets",
        ),
    },
    "rg-dropout": Exercise(
        answer=lambda A, R, p, dout: (R * A / p, R * dout / p),
        inputs=_masked,
        mistakes={
            "divide by p": lambda A, R, p, dout: (R * A, R * dout),
            "what comes back is divided by p, too": lambda A, R, p, dout: (R * A / p, R * dout),
            "what was off gets nothing back": lambda A, R, p, dout: (R * A / p, dout / p),
            "divide by p, do not multiply": lambda A, R, p, dout: (R * A * p, R * dout * p),
            "the mask is 1 for what is kept": lambda A, R, p, dout: (
                (1 - R) * A / p,
                (1 - R) * dout / p,
            ),
            "p is the chance of being kept: divide by p, not by 1 − p": lambda A, R, p, dout: (
                R * A / (1 - p),
                R * dout / (1 - p),
            ),
            "the way back does not depend on A": lambda A, R, p, dout: (
                R * A / p,
                R * A * dout / p,
            ),
            "first what comes out, then the derivative": lambda A, R, p, dout: (
                R * dout / p,
                R * A / p,
            ),
        },
    ),
    "rg-patience": Exercise(
        answer=_kept,
        inputs=_errors,
        exact=True,
        cases=(
            ([5.0, 4.0, 6.0, 7.0, 1.0], 2),
            ([5.0, 4.0, 6.0, 3.0, 6.0], 2),
            ([3.0, 3.0, 3.0, 2.0], 2),
            ([3.0, 2.0, 1.0], 2),
            ([1.0], 3),
        ),
        mistakes={
            "that is the epoch at which it stops; the best one was asked for": _stopped,
            "it cannot know what would have come after it has stopped": lambda errors, patience: (
                int(np.argmin(errors))
            ),
            "it waits one epoch too long": lambda errors, patience: _kept(errors, patience, 1),
            "it stops one epoch too soon": lambda errors, patience: _kept(errors, patience, -1),
            "of equal errors the first counts": lambda errors, patience: _kept(
                errors, patience, equal=True
            ),
            "compare with the least error, not with that of the epoch before": _after_rises,
            "begin to count anew after each new best": _in_all,
            "that is an error; its epoch was asked for": lambda errors, patience: errors[
                _kept(errors, patience)
            ],
        },
    ),
    "rg-best": best_share(0.5, 2, 50, 4),
    "rg-noise": Exercise(
        answer=0.25,
        mistakes={
            "that is the variance of the mask itself; it is divided by p, too": 0.16,
            "that is the chance of being dropped": 0.2,
            "the chances are swapped": 4,
            "that is the deviation; the variance was asked for": 0.5,
            "that is the mean square of the factor; take away the square of its mean": 1.25,
        },
    ),
    "rg-fit": Exercise(
        answer=lambda X, y, p: _dropped_fit(X, y, (1 - p) / p),
        inputs=_fit,
        mistakes={
            "that is least squares without dropout": lambda X, y, p: _dropped_fit(X, y, 0),
            "the chances are swapped: p is the chance of being kept": lambda X, y, p: _dropped_fit(
                X, y, p / (1 - p)
            ),
            "the mean squares are divided by m, and so is the rest": lambda X, y, p: _dropped_fit(
                X, y, (1 - p) / p, 1 / y.size
            ),
            "each weight has a strength of its own": lambda X, y, p: np.linalg.solve(
                X @ X.T + (1 - p) / p * np.mean(np.diag(X @ X.T)) * np.eye(len(X)), X @ y
            ),
            "the strength stands on the diagonal alone": lambda X, y, p: np.linalg.solve(
                X @ X.T / p, X @ y
            ),
            "the sign of the penalty is flipped": lambda X, y, p: _dropped_fit(X, y, -(1 - p) / p),
            "that is the fit; the weights were asked for": lambda X, y, p: (
                _dropped_fit(X, y, (1 - p) / p) @ X
            ),
        },
    ),
}
