r"""The formulas of the glossary."""

from __future__ import annotations

import numpy as np

from contract.worlds import forgiving, given, world

given(r"\beta = 1")
forgiving(r"Hq = \lambda q", r"s = \pm 1", r"\varepsilon^2 = 0")  # λq = λq, −s is ±1, ε³ is 0


#: What plays the ε of dual numbers.
DUAL = np.array([[0.0, 1.0], [0.0, 0.0]])


@world(r"H \in \mathbb{R}^{n \times n}, H \succ 0, y \in \{0, 1\}, \beta \in (0.5, 2)", "Glossary")
def _(H, y, beta):
    lam, Q = np.linalg.eigh(H)
    return {r"\lambda": lam[0], "q": Q[:, 0], "s": [-1, 1][int(y)], r"\varepsilon": DUAL}
