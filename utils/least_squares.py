"""Least squares with any number of features, ŷ = wᵀX, and what they make of noise.

``X`` has shape (n, m), an example a column; a row of ones in it makes a bias of its weight.  Book:
"Least squares, where all can be computed" and "Past the peak", in "What the network has not seen".
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from utils.checks import expect


def least_squares(X: ArrayLike, Y: ArrayLike) -> NDArray:
    """Return the weights with the least squared error, and of all such the shortest.

    For targets ``Y`` of shape (m,) they have shape (n,), and for several outputs, (K, m), they are
    a matrix W of shape (K, n).  With as many examples as features, or fewer, they fit the targets
    exactly, if no feature is made of others.
    """
    X, Y = np.asarray(X), np.asarray(Y)
    _fits(X, Y)
    return np.linalg.lstsq(X.T, Y.T, rcond=None)[0].T


def hat_matrix(X: ArrayLike) -> NDArray:
    """Return H of shape (m, m), with which ŷ = H y: it puts the hat on y.

    Its trace is the number of features, if none is made of others.  Hoaglin and Welsch (1978).
    """
    X = np.asarray(X)
    _fits(X, X)
    return np.linalg.pinv(X) @ X


def _fits(X: NDArray, Y: NDArray) -> None:
    expect(X.ndim == 2 and X.size > 0, "X of shape (n, m), an example a column", X.shape)
    expect(Y.ndim in (1, 2) and Y.shape[-1] == X.shape[1], f"{X.shape[1]} targets", Y.shape)
