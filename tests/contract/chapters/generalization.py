r"""The ties of the chapter on generalization."""

from __future__ import annotations

from contract.tie import tie
from contract.truth import agree, derivative
from utils.generalization import generalization, generalization_gradient

FREE = r"x \in \mathbb{R}"  # ⟪for which values the equations hold⟫


@tie("ge-value", FREE)
def _(x):
    true = x  # ⟪the same, computed in another way than the code does⟫
    return {"f(x)": agree(generalization(x), true)}


@tie("ge-slope", FREE)
def _(x):
    return {"f'(x)": agree(generalization_gradient(x), derivative(generalization, x))}
