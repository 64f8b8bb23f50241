r"""The ties of the chapter on checking a derivative."""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize_scalar

from contract.tie import Case, tie
from contract.truth import agree, derivative
from utils.activations import sigmoid, sigmoid_derivative
from utils.gradient_check import (
    best_step,
    central_difference,
    central_error,
    complex_step,
    disagreement,
    forward_difference,
)

NUMBER = r"z \in \mathbb{R}"


def wave(z):
    """Return a smooth function that is no polynomial, and neither even nor odd."""
    return np.sin(z + 1) * np.exp(z / 2)


# ── Derivatives without formulas ─────────────────────────────────────────────────────────────────


@tie("ds-central", NUMBER + r", h \in (0.1, 0.5)")
def _(z, h):
    agree(central_difference(wave, z)[()], derivative(wave, z), 1e-6)
    return {"f": wave, "D_h": lambda f: lambda z: central_difference(f, z, h)}


@tie("ds-truncation", NUMBER + r", h \in (0.1, 0.5), c \in (0.5, 2)")
def _(z, h, c):
    """A sine, whose third derivative is at most 1; and cubics, which reach the bound."""
    functions = [
        (lambda z: np.sin(z + 1), 1.0, ()),
        (lambda z: c * (z + 1) ** 3, 6 * c, (0,)),
        (lambda z: -c * (z + 1) ** 3, 6 * c, (0,)),
    ]
    for f, largest, reached in functions:
        names = {
            "D_h": lambda f: lambda z: central_difference(f, z, h),
            "f": f,
            "f'": lambda z, f=f: derivative(f, z),
            "M": largest,
        }
        yield Case(names, tight=reached)


BALANCE = r"F \in (1, 4), M \in (1, 4), \eta \in (0.01, 0.1)"


@tie("ds-error", BALANCE + r", h \in (0.1, 0.5)")
def _(F, M, eta, h):
    """The worst case: a cubic, and each value wrong by η F, in the worst direction."""

    def wrong(z):
        return M / 6 * z**3 + eta * F * np.sign(z)

    agree(central_error(h, F, M, eta), np.asarray(central_difference(wrong, 0.0, h)))
    return {"E": lambda h: central_error(h, F, M, eta)}


@tie("ds-best-step", BALANCE)
def _(F, M, eta):
    true = minimize_scalar(
        lambda h: float(central_error(h, F, M, eta)),
        bounds=(0.01, 3),
        method="bounded",
        options={"xatol": 1e-12},
    )
    return {r"h^\star": agree(best_step(F, M, eta), true.x, 1e-6)}


@tie("ds-complex", NUMBER + r", h \in (0.1, 0.5)")
def _(z, h):
    agree(complex_step(wave, z)[()], derivative(wave, z))
    return {
        "f": wave,
        "C_h": lambda f: lambda z: complex_step(f, z, h),
        r"\operatorname{Im}": np.imag,
        r"\mathrm{i}": 1j,
    }


@tie(
    None,
    NUMBER + r", h \in (0.1, 0.5), w \in \mathbb{R}^{n \times m}",
    printed=r"F_h f(z) = \frac{f(z + h) - f(z)}{h}",
)
def _(z, h, w):
    def many(w):
        return np.sum(wave(w)) * np.sum(w)

    agree(forward_difference(many, w), derivative(many, w), 1e-5)
    return {"f": wave, "F_h": lambda f: lambda z: forward_difference(f, z, h)}


# ── One number for two gradients ─────────────────────────────────────────────────────────────────


@tie("ds-disagreement", r"g, g_h \in \mathbb{R}^n")
def _(g, g_h):
    agree(disagreement(-g, g), 1.0)
    agree([disagreement(g, g), disagreement(0 * g, 0 * g)], [0.0, 0.0])
    return {"r": disagreement(g, g_h)}


# ── Without overflow ─────────────────────────────────────────────────────────────────────────────


@tie("ds-safe", NUMBER)
def _(z):
    for place in (z, -z, -1000.0, 1000.0):
        yield {r"\sigma": sigmoid, "z": place}


@tie("ds-safe-derivative", NUMBER)
def _(z):
    true = np.exp(-40.0) / (1 + np.exp(-40.0)) ** 2
    agree(1e18 * sigmoid_derivative(np.array([-40.0, 40.0])), [1e18 * true] * 2)
    agree(sigmoid_derivative(np.array([-1000.0, 1000.0])), [0, 0])
    return {r"\sigma'(z)": agree(sigmoid_derivative(z), derivative(sigmoid, z)), r"\sigma": sigmoid}
