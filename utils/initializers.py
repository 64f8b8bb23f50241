"""How large the first weights should be: the variance with which those of a layer are drawn.

``n_in`` is the number of inputs of the layer, n_{l-1}, and ``n_out`` that of its neurons, n_l.
Each rule is a function of both, so that :func:`utils.layers.dense` can take any of
them.  Derived in the chapter "Vanishing and exploding gradients".
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from utils.checks import expect


def lecun_variance(n_in: int, n_out: int) -> float:
    """1/n_in: the weighted sums are as large as the inputs.  LeCun et al. (1998)."""
    expect(_are_counts(n_in, n_out), "whole numbers above 0", (n_in, n_out))
    return 1 / n_in


def xavier_variance(n_in: int, n_out: int) -> float:
    """2/(n_in + n_out): between what keeps the sums' size and the gradients'.

    For an activation with slope 1 at 0, such as tanh.  Glorot and Bengio (2010).
    """
    expect(_are_counts(n_in, n_out), "whole numbers above 0", (n_in, n_out))
    return 2 / (n_in + n_out)


def he_variance(n_in: int, n_out: int) -> float:
    """2/n_in: twice LeCun's, since a ReLU lets half of the squares through.  He et al. (2015)."""
    expect(_are_counts(n_in, n_out), "whole numbers above 0", (n_in, n_out))
    return 2 / n_in


def centered_sigmoid_variance(n_in: int, n_out: int) -> float:
    """16/n_in, for sigmoids with the biases of :func:`centering_bias`: a tanh network in disguise.

    The slope ¼ of the sigmoid asks for weights 4 times as large.  Compare Glorot and Bengio (2010).
    """
    expect(_are_counts(n_in, n_out), "whole numbers above 0", (n_in, n_out))
    return 16 / n_in


def zero_bias(W: NDArray) -> NDArray:
    """Return zeros of shape (n_l, 1), a bias for each row of ``W``."""
    return np.zeros((len(W), 1))


def centering_bias(W: NDArray) -> NDArray:
    """Return −½ times the row sums of ``W``, shape (n_l, 1), so that W a + b = W (a − ½).

    The activations of a sigmoid lie around ½, and this takes the ½ away.
    """
    expect(np.ndim(W) == 2, "W of shape (n_l, n_{l-1})", np.shape(W))
    return -np.sum(W, axis=1, keepdims=True) / 2


def uniform_limit(variance: float) -> float:
    """√(3 s²): numbers drawn evenly between minus and plus this have the variance s²."""
    expect(variance > 0, "a variance above 0", variance)
    return np.sqrt(3 * variance)


def _are_counts(*numbers: int) -> bool:
    return all(isinstance(n, int | np.integer) and n > 0 for n in numbers)
