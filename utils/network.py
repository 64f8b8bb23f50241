"""A network as two chapters derive it, in their letters: forward, backward, and what it costs.

A network is a list of pairs ``(W, b)``, one a layer, called ``parameters``: W of shape
(n_l, n_{l-1}), b of shape (n_l, 1).  Its examples are the columns of X, of shape (n_0, m).
In :mod:`utils.layers` a network is a chain of layers, and gives the same numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from utils.checks import expect
from utils.initializers import lecun_variance
from utils.layers import dense

Activation = Callable[[NDArray], NDArray]
Parameters = Sequence[tuple[NDArray, NDArray]]

# ── Layers ───────────────────────────────────────────────────────────────────────────────────────


def layer(W: NDArray, b: NDArray, A: NDArray, activation: Activation) -> tuple[NDArray, NDArray]:
    """Return Z = W A + b and g(Z), the weighted sums and the activations of one layer.

    ``W`` has shape (n_l, n_{l-1}), ``b`` (n_l, 1), and ``A``, what the layer before it gives,
    (n_{l-1}, m), one column an example; Z and g(Z) have shape (n_l, m).  Raises ``ValueError``
    for any other shape, also for a ``b`` of shape (n_l,), which NumPy would add along the wrong
    side.  Book: "The forward pass".
    """
    expect(np.ndim(W) == 2, "W of two dimensions, (n_l, n_{l-1})", np.shape(W))
    expect(
        np.shape(b) == (len(W), 1),
        f"b of shape {(len(W), 1)}, a row for each row of W",
        np.shape(b),
    )
    expect(
        np.ndim(A) == 2 and len(A) == np.shape(W)[1],
        f"A of shape ({np.shape(W)[1]}, m), a row for each column of W",
        np.shape(A),
    )
    Z = W @ A + b
    return Z, activation(Z)


def forward(
    parameters: Parameters, X: NDArray, activations: Sequence[Activation]
) -> tuple[list, list]:
    """Carry ``X`` of shape (n_0, m) through all layers; ``activations`` has one function a layer.

    Return the lists Z and A, numbered as the layers are: ``A[0]`` is X, ``Z[l]`` and ``A[l]``
    belong to layer l, ``A[-1]`` is the prediction, and ``Z[0]`` is None, since the input has no
    weighted sum.  Raises ``ValueError`` for shapes that do not fit, for no example, and for
    inputs that are infinite or no numbers.
    """
    expect(len(parameters) == len(activations), f"{len(parameters)} activations", len(activations))
    expect(np.asarray(X).dtype.kind in "bifcu", "X of numbers", np.asarray(X).dtype)
    expect(
        np.ndim(X) == 2 and np.size(X) > 0,
        "X of shape (n_0, m), with an example or more",
        np.shape(X),
    )
    expect(bool(np.all(np.isfinite(X))), "finite X", "an entry that is infinite or no number")
    Z, A = [None], [X]
    for (W, b), activation in zip(parameters, activations, strict=True):
        Z_l, A_l = layer(W, b, A[-1], activation)
        Z.append(Z_l)
        A.append(A_l)
    return Z, A


def backward(
    parameters: Parameters, Z: list, A: list, dZ: NDArray, derivatives: Sequence[Activation]
) -> list[tuple[NDArray, NDArray]]:
    """Carry ∂J/∂Z of the last layer back through all layers: one pair (∂J/∂W, ∂J/∂b) a layer.

    ``Z`` and ``A`` are what :func:`forward` gave, and ``dZ``, of shape (n_L, m), is what the loss
    and the last activation make of them.  ``derivatives`` has the derivative of the activation of
    each hidden layer, a function of Z.  The gradients are shaped like the parameters.  Raises
    ``ValueError`` for shapes that do not fit.  Rumelhart, Hinton and Williams (1986).
    """
    expect(
        len(derivatives) == len(parameters) - 1,
        f"{len(parameters) - 1} derivatives",
        len(derivatives),
    )
    expect(np.shape(dZ) == A[-1].shape, f"dZ of shape {A[-1].shape}", np.shape(dZ))
    gradients = []
    for k in reversed(range(len(parameters))):  # of layer k + 1, whose input is A[k]
        gradients.append((dZ @ A[k].T, dZ.sum(axis=1, keepdims=True)))
        if k > 0:
            W, _ = parameters[k]
            dZ = (W.T @ dZ) * derivatives[k - 1](Z[k])
    return gradients[::-1]


def fold(parameters: Parameters) -> tuple[NDArray, NDArray]:
    """Return W and b of the one layer that layers without activations come to."""
    expect(len(parameters) > 0, "a layer or more", "none")
    W_bar, b_bar = parameters[0]
    for W, b in parameters[1:]:
        W_bar, b_bar = W @ W_bar, W @ b_bar + b
    return W_bar, b_bar


# ── How large, and where from ────────────────────────────────────────────────────────────────────


def parameter_count(sizes: Sequence[int]) -> int:
    """Count weights and biases; ``sizes`` are the numbers of neurons n_0, n_1, …, n_L."""
    _fits(sizes)
    return sum(n * (before + 1) for before, n in pairwise(sizes))


def multiply_add_count(sizes: Sequence[int], m: int = 1) -> int:
    """Count the products that a forward pass of ``m`` examples adds to its sums."""
    _fits(sizes)
    return m * sum(n * before for before, n in pairwise(sizes))


def backward_count(sizes: Sequence[int], m: int = 1) -> int:
    """Count the multiply-adds of a backward pass: two products a layer, but one in the first."""
    return 2 * multiply_add_count(sizes, m) - m * sizes[0] * sizes[1]


def initial_parameters(
    sizes: Sequence[int], seed: int, variance: Callable[[int, int], float] = lecun_variance
) -> list[tuple[NDArray, NDArray]]:
    """Draw the first weights, the same ones for the same ``seed``; the biases are 0.

    The weights of a layer are normal with mean 0 and the variance that a rule of
    :mod:`utils.initializers` gives for n_{l-1} and n_l.  By default it is 1/n_{l-1}, so that the
    weighted sums are about as large as the inputs, whatever their number.  LeCun et al. (1998).
    """
    _fits(sizes)
    rng = np.random.default_rng(seed)
    return [dense(before, n, variance).first(rng) for before, n in pairwise(sizes)]


def _fits(sizes: Sequence[int]) -> None:
    """Refuse what is not the sizes of two layers or more, the input counted."""
    whole = all(isinstance(n, int | np.integer) and n > 0 for n in sizes)
    expect(whole and len(sizes) > 1, "sizes such as (2, 2, 1), whole and above 0", tuple(sizes))
