"""Reverse mode: a value, what it was made of, and how to send its adjoint back.

NumPy's operations write themselves down where one of their inputs is an :class:`Entry`.  From the
end, one walk back gives ∂J/∂ everything, at the price of a few forward passes:

    dW, dA = by_tape(lambda W, A: np.sum(np.tanh(W @ A)), W, A)

A pair that was derived by hand, such as a layer's, is one operation: see :func:`primitive`.
Nothing here is recursive, so a chain may be as long as memory allows.  Book: "Automatic
differentiation"; Linnainmaa (1970), Griewank and Walther (2008).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin
from numpy.typing import NDArray

from utils.checks import expect, expect_rule
from utils.dual import QUESTIONS, SLOPES, value_of

#: What parts are nested in.
NESTS = tuple, list


def _no_array(*_: Any, **__: Any) -> NDArray:
    """Refuse to make an array of what is on the tape: it would not know what it was made of."""
    raise ValueError("expected an operation that the tape can write down, got an array of one")


class Entry(NDArrayOperatorsMixin):
    """A value on the tape; ``bar``, its adjoint, is None until someone has walked back.

    ``back`` takes the adjoint of the value, and returns those of what it was made of, in order;
    what is no entry there is data, and its adjoint may be None.
    """

    def __init__(self, value: Any, made_of: Sequence = (), back: Callable = lambda bar: ()) -> None:
        self.value, self.made_of, self.back, self.bar = value, made_of, back, None
        depths = [each.depth for each in made_of if isinstance(each, Entry)]
        self.depth = 1 + max(depths, default=-1)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        """Do what NumPy would do with the values, and write it down."""
        expect_rule(ufunc, method, options, SLOPES, QUESTIONS, {np.matmul})
        return product(*inputs) if ufunc is np.matmul else entry_by_entry(ufunc, *inputs)

    def __getitem__(self, key: Any) -> Entry:
        """Return what NumPy's indexing picks."""
        return Entry(self.value[key], (self,), lambda bar: (put_back(bar, key, self.shape),))

    def sum(self, axis: Any = None, out: None = None, keepdims: bool = False) -> Entry:
        """Return the sum over one side, over several, or over all."""
        total = np.sum(self.value, axis=axis, keepdims=keepdims)
        return Entry(total, (self,), lambda bar: (spread(bar, axis, keepdims, self.shape),))

    def reshape(self, shape: Any, order: str = "C") -> Entry:
        """Return the same numbers in another shape, row by row."""
        expect(order == "C", "order C", order)
        out = np.reshape(self.value, shape)
        return Entry(out, (self,), lambda bar: (np.reshape(bar, self.shape),))

    __array__ = _no_array
    T = property(lambda self: Entry(self.value.T, (self,), lambda bar: (bar.T,)))
    shape = property(lambda self: np.shape(self.value))
    ndim = property(lambda self: np.ndim(self.value))
    size = property(lambda self: np.size(self.value))


# ── The rules ────────────────────────────────────────────────────────────────────────────────────


def entry_by_entry(ufunc: np.ufunc, *inputs: Any) -> Any:
    """Write down an operation on single entries: the adjoint times the local derivative.

    Its inputs are entries, arrays or numbers, stretched to one shape as NumPy does.
    """
    values = [value_of(each) for each in inputs]
    out = ufunc(*values)

    def back(bar):  # noqa: ANN001, ANN202 (the chapter's own line)
        for each, slope in zip(inputs, SLOPES[ufunc], strict=True):
            is_entry = isinstance(each, Entry)
            yield gathered(bar * slope(out, *values), each.shape) if is_entry else None

    return out if ufunc in QUESTIONS else Entry(out, inputs, back)


def gathered(bar: NDArray, shape: tuple) -> NDArray:
    """Sum an adjoint over the sides along which a value of this shape was stretched."""
    if bar.shape == shape:
        return bar
    bar = bar.sum(axis=tuple(range(bar.ndim - len(shape))))
    stretched = tuple(i for i, side in enumerate(shape) if side == 1)
    return bar.sum(axis=stretched, keepdims=True)


def product(A: Any, B: Any) -> Entry:
    """Write down Z = A B of two matrices: their adjoints are Z̄ Bᵀ and Aᵀ Z̄."""
    a, b = value_of(A), value_of(B)
    expect(np.ndim(a) == np.ndim(b) == 2, "two matrices", (np.shape(a), np.shape(b)))

    def back(bar):  # noqa: ANN001, ANN202 (the chapter's own line)
        yield bar @ b.T if isinstance(A, Entry) else None
        yield a.T @ bar if isinstance(B, Entry) else None

    return Entry(a @ b, (A, B), back)


def put_back(bar: NDArray, key: Any, shape: tuple) -> NDArray:
    """Return zeros of a shape, and in the places that ``key`` picked what came back, added."""
    out = np.zeros(shape)
    np.add.at(out, key, bar)
    return out


def spread(bar: NDArray, axis: Any, keepdims: bool, shape: tuple) -> NDArray:
    """Return the adjoint of what was summed: each term gets that of its sum."""
    if axis is not None and not keepdims:
        bar = np.expand_dims(bar, axis)
    return np.broadcast_to(bar, shape)


def primitive(forward: Callable, backward: Callable) -> Callable[..., Entry]:
    """Return a derived pair as one operation: (part, A) → what the pair makes of them.

    ``forward(part, A)`` returns its result and what it keeps, and ``backward(dout, part, kept)``
    ∂J/∂A and the gradients of ``part``, as the pairs of :mod:`utils.layers` do.
    """

    def act(part, A):  # noqa: ANN001, ANN202 (the chapter's own line)
        own, a = mapped(value_of, (part, A))
        out, kept = forward(own, a)

        def back(bar):  # noqa: ANN001, ANN202
            dA, gradients = backward(bar, own, kept)
            return leaves((gradients, dA))

        return Entry(out, leaves((part, A)), back)

    return act


# ── The walk ─────────────────────────────────────────────────────────────────────────────────────


def walk_back(end: Entry) -> list[Entry]:
    """Give ``end``, a single number, the adjoint 1, and everything it was made of its own.

    The deepest first, so that an adjoint is whole before it is sent on; return them so.  Raises
    ``ValueError`` for an end that is no number on a tape, and for a tape that someone has walked
    back before.
    """
    _single(end)
    tape = written(end)
    _unused(tape)
    end.bar = np.ones(())
    for entry in tape:
        for each, bar in zip(entry.made_of, entry.back(entry.bar), strict=True):
            if isinstance(each, Entry):
                each.bar = bar if each.bar is None else each.bar + bar
    return tape


def written(end: Entry) -> list[Entry]:
    """Return all entries that the end was made of, itself included, the deepest first."""
    found, waiting = {}, [end]
    while waiting:
        entry = waiting.pop()
        if id(entry) not in found:
            found[id(entry)] = entry
            waiting += [each for each in entry.made_of if isinstance(each, Entry)]
    return sorted(found.values(), key=lambda entry: -entry.depth)


def by_tape(f: Callable, *parts: Any) -> tuple:
    """Return the gradients of f(*parts), a single number: one for each part, and shaped like it.

    A part is a number, an array, or a tuple of parts; ``f`` gets entries in place of its arrays.
    What f does not use has the gradient 0.
    """
    on_tape = mapped(lambda array: Entry(np.asarray(array, dtype=float)), parts)
    walk_back(f(*on_tape))
    return mapped(adjoint, on_tape)


def adjoint(entry: Entry) -> NDArray:
    """Return what came back to an entry, shaped like its value: 0 where nothing did."""
    return np.zeros(entry.shape) if entry.bar is None else np.array(entry.bar)


def mapped(f: Callable, nest: Any) -> Any:
    """Return f of each thing in a nest of tuples and lists, in tuples nested alike."""
    if isinstance(nest, NESTS):
        return tuple([mapped(f, each) for each in nest])
    return f(nest)


def leaves(nest: Any) -> list:
    """Return each thing in a nest of tuples and lists, in order."""
    found: list = []
    mapped(found.append, nest)
    return found


# ── What is refused ──────────────────────────────────────────────────────────────────────────────


def _single(end: Any) -> None:
    """Refuse an end that is no single number on a tape."""
    expect(isinstance(end, Entry), "a number on a tape, made of what was given", type(end).__name__)
    expect(end.shape == (), "one number at the end, of shape ()", end.shape)


def _unused(tape: list[Entry]) -> None:
    """Refuse a tape some of whose adjoints are known: they would be added a second time."""
    fresh = all(entry.bar is None for entry in tape)
    expect(fresh, "a tape that is walked back once", "one that was used before; write it again")
