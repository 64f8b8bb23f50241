"""Derivatives taken from the function alone, three ways that share no code with the book's own.

Complex step and automatic differentiation are exact to rounding; central differences are not, and
need nothing of the function.
"""

from __future__ import annotations

import pickle
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from types import ModuleType
from typing import Any

import autograd
import autograd.extend
import autograd.numpy
import numpy as np
from autograd.numpy.numpy_vjps import unbroadcast_f

from utils.notation import close

Function = Callable[[np.ndarray], float]

# autograd knows most of NumPy, but not that asarray is the identity.
autograd.extend.defvjp(autograd.numpy.asarray, lambda result, *_, **__: lambda g: g)
# And where two are equal, it takes the mean of their slopes for that of the lesser.  With −|z|, the
# lesser of z and −z, that is no branch of the sigmoid at 0; either of the two is.
autograd.extend.defvjp(
    autograd.numpy.minimum,
    lambda _, x, y: unbroadcast_f(x, lambda g: g * (x <= y)),
    lambda _, x, y: unbroadcast_f(y, lambda g: g * (x > y)),
)


class DisagreementError(AssertionError):
    """The code does not give what is true."""


def agree(implemented: object, true: object, tolerance: float = 1e-9) -> object:
    """Return what is implemented, once it has been held against the truth."""
    same = close(implemented, true, tolerance) or np.allclose(implemented, true, 0, 1e-13)
    if np.shape(implemented) != np.shape(true) or not same:
        raise DisagreementError(f"implemented {implemented}, true {true}")
    return implemented


def raises(error: type[Exception], call: Callable[[], object]) -> bool:
    """Whether a call ends in this error."""
    try:
        call()
    except error:
        return True
    return False


def derivative(f: Function, w: object) -> np.ndarray:
    """Return the gradient of ``f`` at ``w``, shaped like ``w``, on which all three ways agree."""
    w = np.asarray(w, dtype=float)
    exact = complex_step(f, w)
    agree(exact, automatic(f, w))
    agree(exact, central_difference(f, w), 1e-6)
    return exact[()]


def once(f: Callable) -> Callable:
    """Return f, which computes with nothing of ``utils`` and so once for the same arrays."""
    kept: dict[bytes, Any] = {}

    def again(*arrays: Any) -> Any:
        key = pickle.dumps(arrays)
        if key not in kept:
            kept[key] = f(*arrays)
        return kept[key]

    return again


def gradient_of(f: Function) -> Callable[[np.ndarray], np.ndarray]:
    """Return the function ∇f."""
    return lambda w: derivative(f, w)


def complex_step(f: Function, w: np.ndarray) -> np.ndarray:
    """Return the imaginary part of f(w + ih) over h, entry by entry."""
    h = 1e-20
    result = np.zeros(w.shape)
    for place in np.ndindex(w.shape):
        shifted = w.astype(complex)
        shifted[place] += 1j * h
        result[place] = np.imag(f(shifted)) / h
    return result


def central_difference(f: Function, w: np.ndarray) -> np.ndarray:
    """Return (f(w + h) - f(w - h)) / 2h, entry by entry, refined once (Richardson)."""

    def at(place: tuple, h: float) -> float:
        step = np.zeros(w.shape)
        step[place] = h
        return float((f(w + step) - f(w - step)) / (2 * h))

    places = list(np.ndindex(w.shape))
    values = [(4 * at(place, 1e-3) - at(place, 2e-3)) / 3 for place in places]
    return np.array(values).reshape(w.shape)


def automatic(f: Function, w: np.ndarray) -> np.ndarray:
    """Return the gradient by reverse-mode automatic differentiation of the same code."""
    with _traced():
        return np.asarray(autograd.grad(f)(w))


@contextmanager
def _traced() -> Iterator[None]:
    """Let autograd follow: the modules of ``utils``, and this test, compute with its NumPy."""
    modules = _computing(len(sys.modules))
    for module in modules:
        module.np = autograd.numpy
    try:
        yield
    finally:
        for module in modules:
            module.np = np


@lru_cache(maxsize=1)
def _computing(_imported: int) -> list[ModuleType]:
    """Return the modules that compute with NumPy; looked for again when more are imported."""
    return [
        module
        for name, module in sys.modules.items()
        if name.startswith(("utils.", "contract.")) and name != __name__ and hasattr(module, "np")
    ]
