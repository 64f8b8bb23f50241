"""Wrong input is refused in one way: what was expected, and what came."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np


def expect(condition: bool, expected: str, got: object) -> None:
    """Raise ``ValueError("expected …, got …")`` unless the condition holds."""
    if not condition:
        raise ValueError(f"expected {expected}, got {got}")


def expect_rule(ufunc: np.ufunc, method: str, options: Mapping, *rules: Collection) -> None:
    """Raise ``ValueError`` unless an operation of NumPy is called plainly, and has a rule."""
    if method != "__call__" or options or not any(ufunc in each for each in rules):
        names = ", ".join(sorted(rule.__name__ for each in rules for rule in each))
        raise ValueError(f"expected an operation with a rule ({names}), got {ufunc.__name__}")
