"""Every layer's way back is held against its way forward, which shares no code with it."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

import utils
from contract.truth import agree, automatic, complex_step
from utils.activations import (
    relu,
    relu_derivative,
    sigmoid,
    sigmoid_derivative,
    silu,
    silu_derivative,
    tanh,
    tanh_derivative,
)
from utils.attention import attention
from utils.convolution import convolution, flattened
from utils.dropout import dropout
from utils.gates import lstm
from utils.layers import Layer, chain, dense, entrywise, flat, like, normalized, residual
from utils.pooling import greatest, max_pooled, mean_pooled
from utils.recurrence import elman, last, recurrent
from utils.transformer import beside, block, columnwise, heads, mlp, norm, positioned


def hold(layer: Layer, A: NDArray | tuple, seed: int = 0) -> None:
    """Hold ∂J/∂A and all gradients of a layer against the slope of J = Σ C ⊙ out.

    By one complex step in a random direction through all parameters and inputs at once, entry by
    entry where they are few, and by automatic differentiation.
    """
    rng = np.random.default_rng(seed)
    given = layer.first(rng), A
    theta = flat(given) + 0.3 * rng.normal(size=flat(given).size)  # so that no 0 and no 1 hides
    (part, A), before = like(theta, given), theta.copy()
    out, kept = layer.forward(part, A)
    C = drawn(nested(out), rng)
    dA, gradients = layer.backward(C, part, kept)
    assert nested((gradients, dA)) == nested(given), "a gradient is shaped like what it belongs to"
    alone = layer.gradients(C, part, kept)
    assert nested(alone) == nested(gradients)
    assert np.array_equal(flat(alone), flat(gradients))
    assert np.array_equal(theta, before), "a layer changes nothing that it is given"

    def J(theta):
        part, A = like(theta, given)
        return dotted(C, layer.forward(part, A)[0])

    found, way = flat((gradients, dA)), rng.normal(size=theta.size)
    agree(found @ way, complex_step(lambda t: J(theta + t * way), np.zeros(()))[()])
    if theta.size <= 60:
        agree(found, complex_step(J, theta))
    agree(found, automatic(J, theta))


def dotted(C: NDArray | tuple, out: NDArray | tuple) -> float:
    """Return Σ C ⊙ out, over all arrays of a tuple, as the state of a cell may be."""
    return sum(map(dotted, C, out)) if isinstance(out, tuple) else np.sum(C * out)


def drawn(shape: tuple, rng: np.random.Generator) -> NDArray | tuple:
    """Draw an array of this shape, or a tuple of arrays of these shapes."""
    if shape and isinstance(shape[0], tuple):
        return tuple(drawn(each, rng) for each in shape)
    return rng.normal(size=shape)


def nested(part: object) -> object:
    """Return the shapes of all arrays, as they are nested."""
    return tuple(map(nested, part)) if isinstance(part, (tuple, list)) else np.shape(part)


def factories() -> set[Callable[..., Layer]]:
    """Return the public functions of the library that make a layer."""
    modules = [m.name for m in pkgutil.walk_packages(utils.__path__, "utils.")]
    return {
        function
        for module in map(importlib.import_module, modules)
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if not name.startswith("_") and inspect.signature(function).return_annotation == "Layer"
    }


# The slope of SiLU is not even, so that no sign can hide.
SKIPPED = chain(dense(3, 3), entrywise(silu, silu_derivative))


def same_numbers(shape: tuple) -> NDArray:
    """Draw the same numbers at each call, so that each way forward has the same mask."""
    return np.random.default_rng(5).random(shape)


#: What makes a layer, and, for each layer to hold: what it is made with, and the shape of its A,
#: or the shapes, if its A is a tuple, as that of a cell is.
#: No two sides are equal where they need not be, so that no transpose hides.
HELD: dict[Callable[..., Layer], list[tuple[tuple, tuple]]] = {
    attention: [
        ((4, 2, 3), (4, 5)),
        ((3, 2, 4), (3, 5, 6)),
        ((3, 2, 4, True), (3, 5, 2)),
        ((1, 1, 1), (1, 1)),
    ],
    dense: [((3, 4), (3, 5)), ((1, 2), (1, 1))],
    entrywise: [
        ((sigmoid, sigmoid_derivative), (3, 5)),
        ((tanh, tanh_derivative), (2, 3, 4)),
        ((relu, relu_derivative), (3, 5)),
    ],
    normalized: [((4, 0), (4, 3)), ((4, 1), (4, 3))],
    convolution: [((2, 3, (2, 3)), (2, 4, 7, 5)), ((1, 2, (1, 4)), (1, 1, 6, 1))],
    flattened: [((), (2, 3, 4, 5)), ((), (3, 2))],
    dropout: [((0.6, same_numbers), (3, 5)), ((0.3, same_numbers), (2, 3, 4))],
    max_pooled: [
        (((2, 3), 2), (2, 5, 8, 3)),
        (((3, 2), 1), (1, 4, 5, 2)),
        (((1, 2), 3), (2, 4, 5, 1)),
    ],
    mean_pooled: [
        (((2, 3), 2), (2, 5, 8, 3)),
        (((3, 2), 1), (1, 4, 5, 2)),
        (((1, 2), 3), (2, 4, 5, 1)),
    ],
    greatest: [((), (2, 3, 4, 5)), ((), (1, 1, 3, 1))],
    residual: [((SKIPPED,), (3, 5)), ((entrywise(silu, silu_derivative),), (2, 3, 4))],
    chain: [
        ((dense(3, 2), entrywise(tanh, tanh_derivative), dense(2, 4)), (3, 5)),
        ((normalized(3, 1), residual(residual(SKIPPED)), normalized(3, 0), dense(3, 2)), (3, 5)),
        (
            (
                convolution(2, 3, (2, 3)),
                entrywise(tanh, tanh_derivative),
                flattened(),
                dense(18, 2),
            ),
            (2, 3, 5, 4),
        ),
        ((recurrent(elman(3, 2), 2), last(), dense(2, 4)), (4, 3, 5)),
        ((recurrent(lstm(3, 2), (2, 2)), last(), dense(2, 4)), (4, 3, 5)),
        ((dropout(0.7, same_numbers), dense(3, 2), dropout(0.5, same_numbers)), (3, 5)),
    ],
    elman: [((3, 2), ((3, 5), (2, 5)))],
    lstm: [((3, 2), ((3, 5), ((2, 5), (2, 5)))), ((1, 1, 2.0, -2.0), ((1, 1), ((1, 1), (1, 1))))],
    recurrent: [
        ((elman(3, 2), 2), (4, 3, 5)),
        ((elman(1, 1), 1), (2, 1, 1)),
        ((lstm(3, 2), (2, 2)), (4, 3, 5)),
        ((lstm(1, 1), (1, 1)), (2, 1, 1)),
    ],
    last: [((), (4, 3, 5))],
    positioned: [((4,), (4, 5)), ((2,), (2, 3, 5))],
    columnwise: [((dense(3, 2),), (3, 4, 5)), ((normalized(3, 1),), (3, 4))],
    beside: [((attention(4, 2, 3), attention(4, 1, 2, True)), (4, 5, 3)), ((dense(3, 2),), (3, 4))],
    heads: [((4, 2, True), (4, 3, 2)), ((3, 1), (3, 5))],
    norm: [((4,), (4, 3, 2)), ((3,), (3, 5))],
    mlp: [((3, 5), (3, 4, 2)), ((1, 2), (1, 3))],
    block: [((4, 2, 3, True), (4, 5, 2)), ((2, 1, 3), (2, 4))],
}
