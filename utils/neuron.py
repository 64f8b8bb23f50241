"""One neuron: its prediction, its gradients, a step; how long it stalls; neurons in a row.

A neuron has ``x`` and ``w`` of shape (n,), and numbers for ``y`` and ``b``; its loss is the squared
error ½ (y − ŷ)².
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from utils.activations import sigmoid, sigmoid_derivative
from utils.checks import expect


def neuron(x: NDArray, w: NDArray, b: float) -> NDArray:
    """ŷ = σ(wᵀx + b), a number in (0, 1)."""
    expect(np.ndim(x) == 1, "x of shape (n,)", np.shape(x))
    expect(np.shape(w) == np.shape(x), f"w of x's shape {np.shape(x)}", np.shape(w))
    return sigmoid(w @ x + b)


def neuron_gradients(x: NDArray, y: float, w: NDArray, b: float) -> tuple[NDArray, NDArray]:
    """∂ℓ/∂w of shape (n,) and ∂ℓ/∂b, a number, for one example."""
    y_hat = neuron(x, w, b)
    dz = -(y - y_hat) * y_hat * (1 - y_hat)
    return dz * x, dz


def neuron_step(
    x: NDArray, y: float, w: NDArray, b: float, alpha: float
) -> tuple[NDArray, NDArray]:
    """Return w and b after one step of gradient descent at learning rate ``alpha``."""
    dw, db = neuron_gradients(x, y, w, b)
    return w - alpha * dw, b - alpha * db


def neuron_cost_gradients(X: NDArray, y: NDArray, w: NDArray, b: float) -> tuple[NDArray, NDArray]:
    """∂J/∂w of shape (n,) and ∂J/∂b, for the mean loss over the m columns of X, shape (n, m)."""
    expect(np.ndim(X) == 2, "X of shape (n, m)", np.shape(X))
    expect(np.shape(w) == X.shape[:1], f"w of shape {X.shape[:1]}", np.shape(w))
    expect(np.shape(y) == X.shape[1:], f"y of shape {X.shape[1:]}", np.shape(y))
    y_hat = sigmoid(w @ X + b)
    dz = -(y - y_hat) * y_hat * (1 - y_hat)
    return X @ dz / y.size, np.mean(dz)


def plateau(z_0: float, alpha: float, x: NDArray) -> float:
    """Return (e^{−z₀} − 1) / (α (xᵀx + 1)): the least number of steps to an output of one half.

    It holds for a neuron with the input ``x`` and the target 1 that starts at the weighted sum
    ``z_0`` <= 0 and learns from the squared error.  *Loss functions* proves it.
    """
    expect(alpha > 0, "alpha > 0", alpha)
    expect(np.ndim(x) == 1, "x of shape (n,)", np.shape(x))
    return (np.exp(-z_0) - 1) / (alpha * (np.dot(x, x) + 1))


def neuron_chain(a: float, w: NDArray, b: NDArray) -> NDArray:
    """Output of k neurons in a row, each with one input; ``w`` and ``b`` have shape (k,)."""
    expect(np.shape(w) == np.shape(b), f"b of w's shape {np.shape(w)}", np.shape(b))
    for weight, bias in zip(w, b, strict=True):
        a = sigmoid(weight * a + bias)
    return a


def neuron_chain_derivative(a: float, w: NDArray, b: NDArray) -> NDArray:
    """∂a⁽ᵏ⁾/∂a⁽⁰⁾ of :func:`neuron_chain`: the product of all w⁽ˡ⁾ σ′(z⁽ˡ⁾)."""
    expect(np.shape(w) == np.shape(b), f"b of w's shape {np.shape(w)}", np.shape(b))
    slope = 1.0
    for weight, bias in zip(w, b, strict=True):
        z = weight * a + bias
        slope, a = slope * weight * sigmoid_derivative(z), sigmoid(z)
    return slope
