"""Forward mode: a number that carries its slope, and what each operation does to slopes.

The table :data:`SLOPES` has the local derivatives, one for each input of an operation.  Both modes
read it: a :class:`Dual` multiplies them by slopes on the way forward, and the tape of
:mod:`utils.autodiff` by adjoints on the way back.  Book: "Automatic differentiation".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from utils.checks import expect, expect_rule

#: The local derivatives: of an operation by each of its inputs, from its output and its inputs.
#: Where it has a corner, the slope of one side stands in; where two are equal, the first is taken.
SLOPES: dict[np.ufunc, tuple[Callable, ...]] = {
    np.add: (lambda out, a, b: 1.0, lambda out, a, b: 1.0),
    np.subtract: (lambda out, a, b: 1.0, lambda out, a, b: -1.0),
    np.negative: (lambda out, a: -1.0,),
    np.multiply: (lambda out, a, b: b, lambda out, a, b: a),
    np.divide: (lambda out, a, b: 1 / b, lambda out, a, b: -out / b),
    np.power: (lambda out, a, b: b * a ** (b - (b != 0)), lambda out, a, b: out * np.log(a)),
    np.sqrt: (lambda out, a: 0.5 / out,),
    np.exp: (lambda out, a: out,),
    np.log: (lambda out, a: 1 / a,),
    np.tanh: (lambda out, a: (1 + out) * (1 - out),),
    np.sin: (lambda out, a: np.cos(a),),
    np.cos: (lambda out, a: -np.sin(a),),
    np.absolute: (lambda out, a: np.sign(a),),
    np.maximum: (lambda out, a, b: a >= b, lambda out, a, b: a < b),
    np.minimum: (lambda out, a, b: a <= b, lambda out, a, b: a > b),
}

#: What only asks: the answer has no slope, and a program may branch on it.
QUESTIONS = {np.less, np.less_equal, np.greater, np.greater_equal, np.equal, np.not_equal}


class Dual(NDArrayOperatorsMixin):
    """A value and its slope, a + bε with ε² = 0; NumPy's operations take it as a number.

    Both may be arrays of one shape.  Raises ``ValueError`` for an operation that :data:`SLOPES`
    lacks.  Clifford (1873); Wengert (1964).
    """

    def __init__(self, value: Any, slope: Any = 0.0) -> None:
        self.value, self.slope = value, slope

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        """Return what a NumPy operation makes of dual numbers and plain ones."""
        expect_rule(ufunc, method, options, SLOPES, QUESTIONS)
        values = [value_of(each) for each in inputs]
        out = ufunc(*values)
        if ufunc in QUESTIONS:
            return out
        moved = 0.0
        for each, slope in zip(inputs, SLOPES[ufunc], strict=True):
            if isinstance(each, Dual):
                moved = moved + slope(out, *values) * each.slope
        return Dual(out, moved)


def value_of(thing: Any) -> Any:
    """Return the value of what carries one, and anything else as it is."""
    return getattr(thing, "value", thing)


def slope_along(f: Callable, x: Any, u: Any) -> Any:
    """Return the slope of f at x in the direction u, J u, by one forward pass.

    ``x`` and ``u`` are numbers or arrays of one shape; ``f`` is any program made of the operations
    in :data:`SLOPES`, with its loops and branches.
    """
    expect(np.shape(x) == np.shape(u), f"u of x's shape {np.shape(x)}", np.shape(u))
    out = f(Dual(x, u))
    return out.slope if isinstance(out, Dual) else np.zeros(np.shape(out))
