"""A single neuron: its output, its gradients, and one step of learning.

``x`` and ``w`` have shape (n,), one entry a feature; ``y`` and ``b`` are numbers.  The loss is the
squared error ½ (y − ŷ)².
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from utils.activations import sigmoid
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
