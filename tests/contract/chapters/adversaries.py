r"""The ties of the chapter on adversaries."""

from __future__ import annotations

from contract.tie import tie
from contract.truth import agree, derivative
from utils.adversaries import adversaries, adversaries_gradient

FREE = r"x \in \mathbb{R}"  # ⟪for which values the equations hold⟫


@tie("ga-value", FREE)
def _(x):
    true = x  # ⟪the same, computed in another way than the code does⟫
    return {"f(x)": agree(adversaries(x), true)}


@tie("ga-slope", FREE)
def _(x):
    return {"f'(x)": agree(adversaries_gradient(x), derivative(adversaries, x))}
