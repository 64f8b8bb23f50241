"""A single neuron: its output, its gradients, and one step of learning.

``x`` and ``w`` have shape (n,), one entry a feature; ``y`` and ``b`` are numbers.  The loss is the
squared error ½ (y − ŷ)².
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from utils.activations import sigmoid
from utils.checks import expect


def neuron(x: ArrayLike, w: ArrayLike, b: float) -> NDArray:
    """ŷ = σ(wᵀx + b), a number in (0, 1)."""
    x, w = np.asarray(x), np.asarray(w)
    expect(x.ndim == 1 and x.shape == w.shape, f"x and w of one shape (n,), w {w.shape}", x.shape)
    return sigmoid(w @ x + b)


def neuron_gradients(x: ArrayLike, y: float, w: ArrayLike, b: float) -> tuple[NDArray, NDArray]:
    """∂ℓ/∂w of shape (n,) and ∂ℓ/∂b, a number, for one example."""
    y_hat = neuron(x, w, b)
    dz = -(y - y_hat) * y_hat * (1 - y_hat)
    return dz * np.asarray(x), dz


def neuron_step(
    x: ArrayLike, y: float, w: ArrayLike, b: float, alpha: float
) -> tuple[NDArray, NDArray]:
    """Return w and b after one step of gradient descent at learning rate ``alpha``."""
    dw, db = neuron_gradients(x, y, w, b)
    return w - alpha * dw, b - alpha * db
