"""Dropout: numbers are switched off at random while a network learns, and none while it is used.

Each entry of A is kept with the chance ``p`` and then divided by p, so that its mean over all masks
is the entry itself.  So the network in use is the same chain without this layer, and since the
layer has no parameters, θ is the same vector for both: no layer has to know whether it learns.
Derived in the chapter "Early stopping and dropout".
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from numpy.typing import NDArray

from utils.checks import expect
from utils.layers import Layer, Part, _has, _none

#: Returns numbers between 0 and 1 for a shape, as ``rng.random`` does.
Draw = Callable[[tuple], NDArray]


def dropout(p: float, draw: Draw) -> Layer:
    """Return the layer that keeps each number with the chance ``p``, 0 < p ≤ 1.

    Its masks are drawn with ``draw``, a new one on each way forward: ``rng.random`` for the
    generator of the training, whose state is the caller's.  Srivastava et al. (2014).
    """
    _is_chance(p)
    return Layer(_none, partial(dropout_forward, p, draw), dropout_backward)


def dropout_forward(p: float, draw: Draw, part: Part, A: NDArray) -> tuple[NDArray, NDArray]:
    """Return R ⊙ A / p for a mask R of zeros and ones, shaped like A, and keep R / p."""
    _has(part, 0)
    scaled = (draw(A.shape) < p) / p
    return scaled * A, scaled


def dropout_backward(dout: NDArray, part: Part, scaled: NDArray) -> tuple[NDArray, Part]:
    """Return ∂J/∂A, with the mask of the way forward: what was off gets nothing back."""
    return scaled * dout, ()


def _is_chance(p: float) -> None:
    expect(0 < p <= 1, "a chance p of being kept, 0 < p <= 1", p)
