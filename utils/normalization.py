"""Batch and layer normalization: forward, and the gradient back.

``Z`` has shape (n, m): a row for each neuron, a column for each example.  Both shift and scale
numbers to mean 0 and variance 1, and then let the network choose another scale ``gamma`` and shift
``beta``, of shape (n, 1), one for each neuron.  They differ in whose numbers are taken together:
those of a row (``axis=1``, one neuron over the batch) or of a column (``axis=0``, one example over
the layer).  Derived in the chapter "Normalization and residuals".
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from utils.checks import expect


def normalize(Z: NDArray, axis: int, epsilon: float = 1e-5) -> tuple[NDArray, NDArray]:
    """Return U = (Z − mean) / spread, and the spread √(variance + ε), both taken along ``axis``.

    U is shaped like ``Z``; the spread has a 1 in the place of the axis.  ``epsilon`` ≥ 0 keeps it
    above 0 where the numbers do not differ.
    """
    _fits(Z, axis, epsilon)
    centered = Z - np.mean(Z, axis=axis, keepdims=True)
    spread = np.sqrt(np.mean(centered**2, axis=axis, keepdims=True) + epsilon)
    return centered / spread, spread


def normalize_gradient(dU: NDArray, U: NDArray, spread: NDArray, axis: int) -> NDArray:
    """Return ∂J/∂Z, shaped like ``dU`` = ∂J/∂U, from what :func:`normalize` returned."""
    expect(np.shape(dU) == np.shape(U), f"dU of shape {np.shape(U)}", np.shape(dU))
    mean = np.mean(dU, axis=axis, keepdims=True)
    along = np.mean(dU * U, axis=axis, keepdims=True)
    return (dU - mean - U * along) / spread


def normalized_forward(
    part: tuple, Z: NDArray, axis: int, epsilon: float = 1e-5
) -> tuple[NDArray, tuple]:
    """Return γ U + β, shaped like ``Z``, and keep U and the spread; ``part`` is (γ, β).

    Batch norm, ``axis=1``, takes each neuron over the batch, Ioffe and Szegedy (2015); with a
    batch of one example, or of equal ones, the result is β, whatever ``Z`` is.  Layer norm,
    ``axis=0``, takes each example over the layer, Ba, Kiros and Hinton (2016); an example's result
    does not depend on the others.
    """
    _has_scale(part, Z)
    gamma, beta = part
    U, spread = normalize(Z, axis, epsilon)
    return gamma * U + beta, (U, spread)


def normalized_backward(dV: NDArray, part: tuple, kept: tuple, axis: int) -> tuple[NDArray, tuple]:
    """Return ∂J/∂Z, and ∂J/∂γ and ∂J/∂β, from ``dV`` = ∂J/∂V, where V came forward."""
    (gamma, _), (U, spread) = part, kept
    dZ = normalize_gradient(gamma * dV, U, spread, axis)
    return dZ, (np.sum(dV * U, axis=1, keepdims=True), np.sum(dV, axis=1, keepdims=True))


def _has_scale(part: tuple, Z: NDArray) -> None:
    """Refuse γ and β that are not of shape (n, 1) for a Z of n neurons: they would stretch it."""
    came = [np.shape(array) for array in part]
    side = np.shape(Z)[0] if np.ndim(Z) else 1
    expect(came == [(side, 1)] * 2, f"gamma and beta of shape {(side, 1)}", came)


def _fits(Z: NDArray, axis: int, epsilon: float) -> None:
    expect(np.asarray(Z).dtype.kind in "bifcu", "Z of numbers", np.asarray(Z).dtype)
    expect(np.ndim(Z) == 2 and np.size(Z) > 0, "Z of shape (n, m), not empty", np.shape(Z))
    expect(axis in (0, 1), "axis 0 or 1", axis)
    expect(epsilon >= 0, "epsilon >= 0", epsilon)
