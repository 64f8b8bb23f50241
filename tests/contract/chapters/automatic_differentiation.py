r"""The ties of the chapter on automatic differentiation."""

from __future__ import annotations

from contract.tie import tie
from contract.truth import agree, derivative
from utils.automatic_differentiation import (
    automatic_differentiation,
    automatic_differentiation_gradient,
)

FREE = r"x \in \mathbb{R}"  # ⟪for which values the equations hold⟫


@tie("ad-value", FREE)
def _(x):
    true = x  # ⟪the same, computed in another way than the code does⟫
    return {"f(x)": agree(automatic_differentiation(x), true)}


@tie("ad-slope", FREE)
def _(x):
    return {
        "f'(x)": agree(
            automatic_differentiation_gradient(x), derivative(automatic_differentiation, x)
        )
    }
