"""Batch and layer normalization: forward, and the gradient back.

``Z`` has shape (n, m): a row for each neuron, a column for each example.  Both shift and scale
numbers to mean 0 and variance 1, and then let the network choose another scale ``gamma`` and shift
``beta``, of shape (n, 1), one for each neuron.  They differ in whose numbers are taken together:
those of a row (``axis=1``, one neuron over the batch) or of a column (``axis=0``, one example over
the layer).  Derived in the chapter "Vanishing and exploding gradients".
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


def batch_norm(
    Z: NDArray, gamma: NDArray, beta: NDArray, epsilon: float = 1e-5
) -> tuple[NDArray, NDArray, NDArray]:
    """γ U + β with each neuron normalized over the batch; then U and the spread, for the gradient.

    Ioffe and Szegedy (2015).  With a batch of one example, or of equal ones, the result is β,
    whatever ``Z`` is.
    """
    expect(np.shape(gamma) == (len(Z), 1), f"gamma of shape {(len(Z), 1)}", np.shape(gamma))
    expect(np.shape(beta) == (len(Z), 1), f"beta of shape {(len(Z), 1)}", np.shape(beta))
    U, spread = normalize(Z, 1, epsilon)
    return gamma * U + beta, U, spread


def batch_norm_gradient(
    dV: NDArray, U: NDArray, spread: NDArray, gamma: NDArray
) -> tuple[NDArray, NDArray, NDArray]:
    """∂J/∂Z, ∂J/∂γ and ∂J/∂β from ``dV`` = ∂J/∂V, where V is what :func:`batch_norm` returned."""
    dZ = normalize_gradient(gamma * dV, U, spread, 1)
    return dZ, np.sum(dV * U, axis=1, keepdims=True), np.sum(dV, axis=1, keepdims=True)


def layer_norm(
    Z: NDArray, gamma: NDArray, beta: NDArray, epsilon: float = 1e-5
) -> tuple[NDArray, NDArray, NDArray]:
    """γ U + β with each example normalized over the layer; then U and the spread.

    Ba, Kiros and Hinton (2016).  An example's result does not depend on the others.
    """
    expect(np.shape(gamma) == (len(Z), 1), f"gamma of shape {(len(Z), 1)}", np.shape(gamma))
    expect(np.shape(beta) == (len(Z), 1), f"beta of shape {(len(Z), 1)}", np.shape(beta))
    U, spread = normalize(Z, 0, epsilon)
    return gamma * U + beta, U, spread


def layer_norm_gradient(
    dV: NDArray, U: NDArray, spread: NDArray, gamma: NDArray
) -> tuple[NDArray, NDArray, NDArray]:
    """∂J/∂Z, ∂J/∂γ and ∂J/∂β from ``dV`` = ∂J/∂V, where V is what :func:`layer_norm` returned."""
    dZ = normalize_gradient(gamma * dV, U, spread, 0)
    return dZ, np.sum(dV * U, axis=1, keepdims=True), np.sum(dV, axis=1, keepdims=True)


def _fits(Z: NDArray, axis: int, epsilon: float) -> None:
    expect(np.asarray(Z).dtype.kind in "bifcu", "Z of numbers", np.asarray(Z).dtype)
    expect(np.ndim(Z) == 2 and np.size(Z) > 0, "Z of shape (n, m), not empty", np.shape(Z))
    expect(axis in (0, 1), "axis 0 or 1", axis)
    expect(epsilon >= 0, "epsilon >= 0", epsilon)
