"""A layer is two functions: one carries activations on, the other carries ∂J/∂A back.

    out, kept = layer.forward(part, A)               # part: its parameters, a tuple
    dA, gradients = layer.backward(dout, part, kept) # shaped like A, and like part

``kept`` is what the way back needs of the way forward.  Of what a layer is made nobody else has to
know, so layers in a row (:func:`chain`), and a layer with a way around it (:func:`residual`), are
layers again, and a network is one.  The examples are on the last axis of every array.

The mathematics is in pure functions, ``…_forward`` and ``…_backward``; what makes a layer only
binds them.  Book: "A layer is two functions", in "Training a network".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from utils.checks import expect
from utils.initializers import lecun_variance, zero_bias
from utils.normalization import normalized_backward, normalized_forward

Function = Callable[[NDArray], NDArray]
#: The parameters of a layer: a tuple of arrays, or of the parts of the layers in it.
Part = tuple


@dataclass(frozen=True)
class Layer:
    """What a network is made of, and what it is.

    ``first(rng)`` draws the first parameters, ``forward(part, A)`` returns what the layer makes of
    A and what it keeps, and ``backward(dout, part, kept)`` returns ∂J/∂A and the gradients of the
    parameters, from ``dout``, the derivative of J with respect to what the layer made.  ``alone``
    is what returns the gradients only, if that is less work.
    """

    first: Callable[[np.random.Generator], Part]
    forward: Callable[[Part, NDArray], tuple[NDArray, Any]]
    backward: Callable[[NDArray, Part, Any], tuple[NDArray, Part]]
    alone: Callable[[NDArray, Part, Any], Part] | None = None

    def gradients(self, dout: NDArray, part: Part, kept: Any) -> Part:
        """Return the gradients of the parameters, where A is data and nobody asks for ∂J/∂A."""
        return self.alone(dout, part, kept) if self.alone else self.backward(dout, part, kept)[1]


def _none(_rng: np.random.Generator) -> Part:
    """Draw the parameters of a layer that has none."""
    return ()


# ── Weighted sums ────────────────────────────────────────────────────────────────────────────────


def dense(
    n_in: int,
    n_out: int,
    variance: Callable[[int, int], float] = lecun_variance,
    bias: Function = zero_bias,
) -> Layer:
    """Return the layer Z = W A + b of ``n_out`` weighted sums of ``n_in`` numbers each.

    The first weights are normal with mean 0 and the variance that a rule of
    :mod:`utils.initializers` gives for both counts; ``bias`` makes the first b of them.
    """
    return Layer(
        partial(dense_first, n_in, n_out, variance, bias),
        dense_forward,
        dense_backward,
        dense_gradients,
    )


def dense_first(
    n_in: int,
    n_out: int,
    variance: Callable[[int, int], float],
    bias: Function,
    rng: np.random.Generator,
) -> Part:
    """Draw W of shape (n_out, n_in), and return it with b of shape (n_out, 1)."""
    W = rng.normal(scale=np.sqrt(variance(n_in, n_out)), size=(n_out, n_in))
    return W, bias(W)


def dense_forward(part: Part, A: NDArray) -> tuple[NDArray, NDArray]:
    """Return Z = W A + b, shape (n_out, m), and keep A, shape (n_in, m)."""
    _fits(part, A)
    W, b = part
    return W @ A + b, A


def dense_backward(dZ: NDArray, part: Part, A: NDArray) -> tuple[NDArray, Part]:
    """Return Wᵀ ∂J/∂Z, shaped like A, and ∂J/∂W and ∂J/∂b.

    Rumelhart, Hinton and Williams (1986).
    """
    W, _ = part
    return W.T @ dZ, (dZ @ A.T, dZ.sum(axis=1, keepdims=True))


def dense_gradients(dZ: NDArray, part: Part, A: NDArray) -> Part:
    """Return ∂J/∂W and ∂J/∂b alone: a third of the products of a first layer is ∂J/∂X."""
    return dZ @ A.T, dZ.sum(axis=1, keepdims=True)


# ── Entry by entry ───────────────────────────────────────────────────────────────────────────────


def entrywise(g: Function, g_prime: Function) -> Layer:
    """Return the layer A = g(Z) of an activation and its derivative, both functions of Z."""
    return Layer(_none, partial(entrywise_forward, g), partial(entrywise_backward, g_prime))


def entrywise_forward(g: Function, part: Part, Z: NDArray) -> tuple[NDArray, NDArray]:
    """Return g(Z), and keep Z; both of any shape."""
    _has(part, 0)
    return g(Z), Z


def entrywise_backward(
    g_prime: Function, dA: NDArray, part: Part, Z: NDArray
) -> tuple[NDArray, Part]:
    """Return ∂J/∂A ⊙ g′(Z), shaped like Z."""
    return dA * g_prime(Z), ()


# ── Mean 0 and variance 1 ────────────────────────────────────────────────────────────────────────


def normalized(n: int, axis: int) -> Layer:
    """Return batch norm (``axis`` 1) or layer norm (``axis`` 0) of ``n`` neurons.

    Its parameters are γ, 1 at first, and β, 0 at first, each of shape (n, 1).  The mathematics is
    in :mod:`utils.normalization`.
    """
    return Layer(
        partial(normalized_first, n),
        partial(normalized_forward, axis=axis),
        partial(normalized_backward, axis=axis),
    )


def normalized_first(n: int, _rng: np.random.Generator) -> Part:
    """Return γ = 1 and β = 0, each of shape (n, 1)."""
    return np.ones((n, 1)), np.zeros((n, 1))


# ── Layers made of layers ────────────────────────────────────────────────────────────────────────


def residual(inner: Layer) -> Layer:
    """Return the layer that adds its input to what ``inner`` makes of it.  He et al. (2016)."""
    return Layer(inner.first, partial(residual_forward, inner), partial(residual_backward, inner))


def residual_forward(inner: Layer, part: Part, A: NDArray) -> tuple[NDArray, Any]:
    """Return A + F(A), and keep what the inner layer, F, keeps."""
    out, kept = inner.forward(part, A)
    _keeps_shape(out, A)
    return A + out, kept


def residual_backward(inner: Layer, dout: NDArray, part: Part, kept: Any) -> tuple[NDArray, Part]:
    """Return ∂J/∂A, which comes around the inner layer and through it, and the inner gradients."""
    dA, gradients = inner.backward(dout, part, kept)
    return dout + dA, gradients


def chain(*layers: Layer) -> Layer:
    """Return the layer that is all these, one after the other; its part is a tuple of theirs."""
    expect(len(layers) > 0, "a layer or more", "none")
    return Layer(
        partial(chain_first, layers),
        partial(chain_forward, layers),
        partial(chain_backward, layers),
        partial(chain_gradients, layers),
    )


def chain_first(layers: Sequence[Layer], rng: np.random.Generator) -> Part:
    """Draw the first parameters of each layer, in their order."""
    return tuple(layer.first(rng) for layer in layers)


def chain_forward(layers: Sequence[Layer], part: Part, A: NDArray) -> tuple[NDArray, list]:
    """Carry A through all layers, and keep what each of them keeps."""
    _has(part, len(layers))
    kept = []
    for layer, own in zip(layers, part, strict=True):
        A, memory = layer.forward(own, A)
        kept.append(memory)
    return A, kept


def chain_backward(
    layers: Sequence[Layer], dA: NDArray, part: Part, kept: list
) -> tuple[NDArray, Part]:
    """Carry ∂J/∂A back through all layers: that of the first input, and a tuple of gradients."""
    gradients = []
    for layer, own, memory in zip(layers[::-1], part[::-1], kept[::-1], strict=True):
        dA, gradient = layer.backward(dA, own, memory)
        gradients.append(gradient)
    return dA, tuple(gradients[::-1])


def chain_gradients(layers: Sequence[Layer], dA: NDArray, part: Part, kept: list) -> Part:
    """Carry ∂J/∂A back to the first layer, and not through it: a tuple of gradients."""
    dA, later = chain_backward(layers[1:], dA, part[1:], kept[1:])
    return layers[0].gradients(dA, part[0], kept[0]), *later


# ── What is refused, in words that cost nothing where all is well ────────────────────────────────


def _fits(part: Part, A: NDArray) -> None:
    """Refuse W, b and A that do not belong together."""
    _has(part, 2)
    W, b = part
    if np.ndim(A) != 2 or W.shape[1:] != A.shape[:1] or b.shape != (len(W), 1) or A.size == 0:
        raise ValueError(
            "expected W of shape (n, k), b (n, 1), and A (k, m) with an example or more, "
            f"got {np.shape(W)}, {np.shape(b)}, {np.shape(A)}"
        )


def _has(part: Part, number: int) -> None:
    if len(part) != number:
        raise ValueError(f"expected a part of {number} things, got one of shapes {_shapes(part)}")


def _has_length(theta: NDArray, length: int) -> None:
    if np.shape(theta) != (length,):
        raise ValueError(f"expected theta of shape {(length,)}, got {np.shape(theta)}")


def _keeps_shape(out: NDArray, A: NDArray) -> None:
    if out.shape != A.shape:
        raise ValueError(f"expected an inner layer that keeps the shape {A.shape}, got {out.shape}")


# ── All parameters as one vector ─────────────────────────────────────────────────────────────────


def flat(part: Part) -> NDArray:
    """Write all parameters, or their gradients, as one vector θ, in their order.

    ``part`` is an array, or a tuple or list of such parts, nested as deep as it may be.
    """
    return np.concatenate([np.zeros(0), *_arrays(part)], axis=None)


def like(theta: NDArray, part: Part) -> Part:
    """Read from θ what is shaped like ``part``, as views, not copies of it."""
    _has_length(theta, sum([array.size for array in _arrays(part)]))
    return _read(theta, part, 0)[0]


def _shapes(part: Part) -> tuple:
    """Return the shapes of all arrays, nested as they are."""
    return tuple(map(_shapes, part)) if isinstance(part, (tuple, list)) else np.shape(part)


def _arrays(part: Part) -> list[NDArray]:
    if isinstance(part, (tuple, list)):
        return [array for inner in part for array in _arrays(inner)]
    return [part]


def _read(theta: NDArray, part: Part, at: int) -> tuple[Part, int]:
    """Return what is shaped like ``part`` from place ``at`` on, and where it ends."""
    if not isinstance(part, (tuple, list)):
        end = at + part.size
        return theta[at:end].reshape(part.shape), end
    parameters = []
    for inner in part:
        own, at = _read(theta, inner, at)
        parameters.append(own)
    return tuple(parameters), at


# ── Training ─────────────────────────────────────────────────────────────────────────────────────


def gradient_of(
    layer: Layer, X: NDArray, Y: NDArray, activation: Function
) -> Callable[[NDArray, NDArray], NDArray]:
    """Return the function (θ, batch) → ∂J/∂θ, by which stochastic descent trains a network.

    The prediction is the ``activation`` of what the layer makes, and J is the mean loss over the
    examples of X and Y whose indices are in ``batch``.  The loss is the one that fits the
    activation, so that ∂J/∂Z is (Ŷ − Y) over their number: the cross-entropy after a sigmoid or a
    softmax, half the squared error after none.  Raises ``ValueError``, once, for examples that do
    not fit the layer or are no finite numbers.  Book: "Another loss changes one line", in
    "Training a network".
    """
    _trains(layer, X, Y)
    first = layer.first(np.random.default_rng())  # for the shapes alone
    inputs, targets = (np.ascontiguousarray(np.transpose(each), dtype=float) for each in (X, Y))

    def gradient(theta, batch):  # noqa: ANN001, ANN202 (the chapter's own line)
        part, y = like(theta, first), targets[batch]
        Z, kept = layer.forward(part, inputs[batch].T)
        dZ = (activation(Z) - y.T) / len(y)
        return flat(layer.gradients(dZ, part, kept))

    return gradient


def _trains(layer: Layer, X: NDArray, Y: NDArray) -> None:
    """Refuse examples that are no finite numbers, or that a layer cannot be trained with."""
    X, Y = np.asarray(X), np.asarray(Y)
    for name, array in ("X", X), ("Y", Y):
        expect(array.dtype.kind in "biuf", f"{name} of real numbers", array.dtype)
        expect(bool(np.all(np.isfinite(array))), f"finite {name}", "an entry that is not")
    counts = X.shape[-1:], Y.shape[-1:]
    expect(counts[0] == counts[1] != (0,), "X and Y of as many examples, one or more", counts)
    out, _ = layer.forward(layer.first(np.random.default_rng()), X[..., :1])
    wanted = f"Y of shape {(*out.shape[:-1], *counts[0])}, as the layer makes it"
    expect(out.shape == Y[..., :1].shape, wanted, Y.shape)
