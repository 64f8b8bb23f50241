"""Rosenblatt's perceptron: its answer, its boundary, its learning rule, and the proof's quantities.

``X`` has shape (n, m), a column for each example, and ``y`` has m labels, 0 or 1.  ``X1`` is ``X``
with a row of ones below it (:func:`augment`), and its weights, (w, b) in one vector of shape
(n + 1,), are called ``w`` here.  The book's chapter "The perceptron" derives all of this.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import nnls

from utils.activations import step
from utils.checks import expect


def weighted_sum(X: NDArray, w: NDArray, b: float) -> NDArray:
    """Return wᵀX + b: a number for one x of shape (n,), shape (m,) for X of shape (n, m)."""
    expect(np.ndim(w) == 1, "w of shape (n,)", np.shape(w))
    expect(np.shape(X)[:1] == np.shape(w), f"X with {len(w)} rows", np.shape(X))
    return w @ X + b


def predict(X: NDArray, w: NDArray, b: float) -> NDArray:
    """ŷ = step(wᵀX + b), 0 or 1 for each column of ``X``.  Rosenblatt (1958)."""
    return step(weighted_sum(X, w, b))


def signed_distance(X: NDArray, w: NDArray, b: float) -> NDArray:
    """Return how far each column of ``X`` is from wᵀx + b = 0; positive on the side of answer 1."""
    expect(bool(np.any(w)), "w that is not zero, or there is no boundary", w)
    return weighted_sum(X, w, b) / np.linalg.norm(w)


def foot(x: NDArray, w: NDArray, b: float) -> NDArray:
    """Return the point of the boundary wᵀx + b = 0 that is nearest to ``x``, shape (n,)."""
    return x - signed_distance(x, w, b) / np.linalg.norm(w) * w


def augment(X: ArrayLike) -> NDArray:
    """Put a 1 under each column, so that the bias is a weight like the others: (n + 1, m)."""
    X = np.asarray(X, dtype=float)
    expect(X.ndim == 2 and X.size > 0, "X of shape (n, m), not empty", X.shape)
    expect(bool(np.all(np.isfinite(X))), "finite numbers", X)
    return np.vstack([X, np.ones(X.shape[1])])


def one_epoch(X1: NDArray, y: NDArray, w: NDArray, alpha: float) -> list[NDArray]:
    """Return the weights before the first, and after each, mistake of one pass over the data."""
    _fits(X1, y)
    path = [w]
    for x, target in zip(X1.T, y, strict=True):
        y_hat = step(path[-1] @ x)
        if y_hat != target:
            path.append(path[-1] + alpha * (target - y_hat) * x)
    return path


def perceptron(
    X1: NDArray,
    y: NDArray,
    alpha: float = 1.0,
    start: ArrayLike | None = None,
    epochs: int = 1000,
) -> NDArray:
    """Learn until a pass has no mistake; return the weights at the start and after each mistake.

    The shape is (k + 1, n + 1) for k mistakes, and ``start`` is zero if it is not given.  Raises
    ``RuntimeError`` if every one of the ``epochs`` passes has a mistake, as it must be when no
    boundary separates the classes.  Rosenblatt (1962), Novikoff (1962).
    """
    expect(alpha > 0, "alpha > 0", alpha)
    start = np.zeros(len(X1)) if start is None else start
    path = [np.asarray(start, dtype=float)]
    for _ in range(epochs):
        learned = one_epoch(X1, y, path[-1], alpha)[1:]
        if not learned:
            return np.array(path)
        path += learned
    raise RuntimeError(f"a mistake in each of {epochs} epochs")


def count_errors(X1: NDArray, y: NDArray, w: NDArray) -> int:
    """Return for how many examples the answer is not the label."""
    _fits(X1, y)
    return int(np.sum(step(w @ X1) != y))


def pocket(
    X1: NDArray, y: NDArray, epochs: int, rng: np.random.Generator, alpha: float = 1.0
) -> NDArray:
    """Let the rule run over shuffled examples, and return the best weights that it ever had.

    The best are the first with the fewest errors on all examples; the shape is (n + 1,).  Gallant
    (1990), in the form that compares the errors on the whole data set.
    """
    _fits(X1, y)
    w = best = np.zeros(len(X1))
    for _ in range(epochs):
        order = rng.permutation(len(y))
        path = one_epoch(X1[:, order], y[order], w, alpha)
        for w in path:
            if count_errors(X1, y, w) < count_errors(X1, y, best):
                best = w
    return best


def signed(X1: NDArray, y: NDArray) -> NDArray:
    """Return the examples times their signs, sᵢ x̃ᵢ with s = 2y − 1, as columns."""
    _fits(X1, y)
    return (2 * y - 1) * X1


def margin_of(X1: NDArray, y: NDArray, w: NDArray) -> float:
    """γ = min sᵢ wᵀx̃ᵢ / ‖w‖: positive if ``w`` has each class on its side, and nobody between."""
    expect(bool(np.any(w)), "w that is not zero", w)
    return np.min(w @ signed(X1, y)) / np.linalg.norm(w)


def radius(X1: NDArray) -> float:
    """R = max ‖x̃ᵢ‖, the length of the longest example."""
    return np.max(np.linalg.norm(X1, axis=0))


def widest(X1: NDArray, y: NDArray) -> NDArray:
    """Return the weights, of length 1 and shape (n + 1,), whose margin is the greatest.

    The shortest w with sᵢ wᵀx̃ᵢ ≥ 1 for all i points the same way, and is found by non-negative
    least squares: Lawson and Hanson (1974), section 23.4.  Raises ``ValueError`` if no weights
    separate the classes.
    """
    E = np.vstack([signed(X1, y), np.ones(len(y))])
    f = np.eye(len(E))[-1]
    rest = f - E.dot(nnls(E, f)[0])
    expect(np.linalg.norm(rest) > 1e-9, "classes that a boundary separates", "no boundary")
    return -rest[:-1] / np.linalg.norm(rest[:-1])


def mistake_bound(R: float, gamma: float, alpha: float = 1.0, start: float = 0.0) -> float:
    """Return the most mistakes that the rule can make: R² / γ² + 2 ‖w₀‖ / (α γ).

    ``start`` is the length of the first weights.  Novikoff (1962), for a start at zero.
    """
    expect(gamma > 0, "a margin above 0", gamma)
    return R**2 / gamma**2 + 2 * start / (alpha * gamma)


def _fits(X1: NDArray, y: NDArray) -> None:
    """Refuse examples and labels that do not belong together."""
    expect(np.ndim(X1) == 2 and np.size(X1) > 0, "X1 of shape (n + 1, m), not empty", np.shape(X1))
    expect(np.shape(y) == np.shape(X1)[1:], f"y of shape {np.shape(X1)[1:]}", np.shape(y))
    expect(bool(np.all(np.isin(y, (0, 1)))), "labels 0 and 1", np.unique(y))
    expect(bool(np.all(np.isfinite(X1))), "finite numbers", X1)
