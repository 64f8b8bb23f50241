"""A deep network with cures against vanishing gradients, each of which can be switched on alone.

A hidden layer takes A, normalizes it if the design says over what, makes Z = W A + b, applies the
activation, and adds its input again if the design says so.  Its parameters are (W, b), or
(W, b, γ, β) if it normalizes.  A layer that changes the number of neurons cannot add its input, and
the last layer only makes weighted sums.  Derived in the chapter "Vanishing and exploding
gradients".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from utils.activations import identity, relu, relu_derivative, sigmoid, sigmoid_derivative
from utils.checks import expect
from utils.initializers import centered_sigmoid_variance, centering_bias, he_variance
from utils.network import initial_parameters, layer
from utils.normalization import normalize, normalize_gradient


@dataclass(frozen=True)
class Design:
    """How the hidden layers work: ``axis`` is None, 0 (layer norm) or 1 (batch norm)."""

    g: Callable[[NDArray], NDArray] = sigmoid
    g_prime: Callable[[NDArray], NDArray] = sigmoid_derivative
    variance: Callable[[int, int], float] = he_variance
    centered: bool = False
    axis: int | None = None
    residual: bool = False


#: The network that does not learn, and each cure alone.
DESIGNS = {
    "no cure": Design(),
    "ReLU": Design(g=relu, g_prime=relu_derivative),
    "first weights": Design(variance=centered_sigmoid_variance, centered=True),
    "batch norm": Design(axis=1),
    "layer norm": Design(axis=0),
    "residual": Design(residual=True),
}


def first_parameters(sizes: Sequence[int], seed: int, design: Design) -> list[tuple]:
    """Draw the first parameters of every layer; γ = 1 and β = 0 where a layer normalizes.

    What is given to the network, and the last layer, are not normalized.
    """
    parameters = initial_parameters(sizes, seed, design.variance)
    first, *rest = parameters
    if design.centered:
        rest = [(W, centering_bias(W)) for W, _ in rest]
    if design.axis is not None:
        ones = [(np.ones((W.shape[1], 1)), np.zeros((W.shape[1], 1))) for W, _ in rest[:-1]]
        rest[:-1] = [(*part, *scale) for part, scale in zip(rest[:-1], ones, strict=True)]
    return [first, *rest]


def deep_layer(A: NDArray, part: Sequence[NDArray], design: Design) -> tuple[NDArray, tuple]:
    """Return what a hidden layer makes of ``A``, (n_{l-1}, m), and what its gradient needs."""
    W, b, *scale = part
    V, U, spread = A, None, None
    if scale:
        gamma, beta = scale
        U, spread = normalize(A, design.axis)
        V = gamma * U + beta
    Z = W @ V + b
    out = design.g(Z)
    adds = design.residual and W.shape[0] == W.shape[1]
    return (out + A if adds else out), (Z, V, U, spread)


def deep_layer_gradient(
    dA: NDArray, part: Sequence[NDArray], kept: tuple, design: Design
) -> tuple[NDArray, tuple]:
    """Return the gradient before the layer, shaped like its input, and those of its parameters."""
    W, _, *scale = part
    Z, V, U, spread = kept
    dZ = dA * design.g_prime(Z)
    dV, gradients = W.T @ dZ, (dZ @ V.T, np.sum(dZ, axis=1, keepdims=True))
    before = dV
    if scale:
        dgamma, dbeta = (np.sum(each, axis=1, keepdims=True) for each in (dV * U, dV))
        gradients = (*gradients, dgamma, dbeta)
        before = normalize_gradient(scale[0] * dV, U, spread, design.axis)
    adds = design.residual and W.shape[0] == W.shape[1]
    return (before + dA if adds else before), gradients


def deep_forward(parameters: Sequence, X: NDArray, design: Design) -> tuple[NDArray, list]:
    """Carry ``X`` of shape (n_0, m) through all layers: Z of the last one, and what each kept."""
    expect(len(parameters) > 1, "two layers or more", len(parameters))
    expect(np.ndim(X) == 2 and np.size(X) > 0, "X of shape (n_0, m), not empty", np.shape(X))
    A, kept = X, []
    for part in parameters[:-1]:
        A, memory = deep_layer(A, part, design)
        kept.append(memory)
    Z, _ = layer(*parameters[-1], A, identity)
    return Z, [*kept, A]


def deep_backward(parameters: Sequence, kept: list, dZ: NDArray, design: Design) -> list[tuple]:
    """Carry ∂J/∂Z of the last layer back: one tuple of gradients a layer, as the parameters are."""
    W, _ = parameters[-1]
    gradients = [(dZ @ kept[-1].T, np.sum(dZ, axis=1, keepdims=True))]
    dA = W.T @ dZ
    for part, memory in zip(parameters[-2::-1], kept[-2::-1], strict=True):
        dA, gradient = deep_layer_gradient(dA, part, memory, design)
        gradients.append(gradient)
    return gradients[::-1]


def row_cost(w: float, x: float, y: float, L: int) -> float:
    """½ (wᴸ x − y)²: the loss of ``L`` neurons in a row that multiply by one shared weight."""
    return 0.5 * (w**L * x - y) ** 2


def row_gradient(w: float, x: float, y: float, L: int) -> float:
    """L wᴸ⁻¹ x (wᴸ x − y), the derivative of :func:`row_cost` with respect to ``w``."""
    return L * w ** (L - 1) * x * (w**L * x - y)
