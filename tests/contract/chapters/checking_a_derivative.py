r"""The ties of the chapter on checking a derivative."""

from __future__ import annotations

import math

import numpy as np
from scipy.optimize import brentq, minimize_scalar
from scipy.special import expit

from contract.tie import Case, tie
from contract.truth import agree, derivative
from contract.worlds import forgiving, given, world
from utils.activations import sigmoid, sigmoid_derivative
from utils.gradient_check import (
    best_step,
    central_difference,
    central_error,
    complex_step,
    disagreement,
    forward_difference,
)
from utils.losses import squared_error
from utils.neuron import neuron

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


# ── All other formulas ───────────────────────────────────────────────────────────────────────────

given("z = 0", "z = 1", "z = 2", "z = -1000", "z = 40", "z < 0", "z > 0", r"z \ge 0")

forgiving(r"\mathrm{i}^2 = -1")  # nor is the inverse of -1 another number
forgiving(r"4 \sigma'(2z) = 4 \sigma(2z)\, \sigma(-2z)")  # the slope is even


@world(NUMBER)
def _(z):
    return {r"\sigma": expit, r"\sigma'": sigmoid_derivative}


@world(NUMBER, "At a glance")
def _(z):
    return {r"\sigma": float(expit(z)), r"\sigma'": derivative(sigmoid, z)}


@world(r"x, w \in \mathbb{R}^n, b, y \in \mathbb{R}", "Which one is right?")
def _(x, w, b, y):
    return {r"\ell": squared_error(y, neuron(x, w, b)), r"\sigma": expit}


def exponential(z):
    """Return a function of which all derivatives differ: the next is twice this."""
    return np.exp(2 * z)


def rest(z, h, order):
    """Return what Taylor's polynomial of it leaves out, from this power of h on."""
    return exponential(z) * sum((2 * h) ** k / math.factorial(k) for k in range(order, 40))


def between(z, h, order):
    """Return the place of Taylor's remainder, which lies between z and z + h."""
    share = (2 * h) ** order / math.factorial(order)
    return brentq(lambda xi: exponential(xi) * share - rest(z, h, order), z, z + h, xtol=1e-15)


@world(
    NUMBER + r", h \in (0.1, 0.5)",
    "Differences",
    "A step into the complex numbers",
    "4. The best step forward",
)
def _(z, h):
    f = exponential
    return {
        "f": f(z),
        "f'": 2 * f(z),
        "f''": 4 * f(z),
        "f'''": 8 * f(z),
        "f(z + h)": f(z + h),
        "f(z - h)": f(z - h),
        r"f(z + \mathrm{i} h)": f(z + 1j * h),
        r"f'''(\xi_1)": 8 * f(between(z, h, 3)),
        r"f'''(\xi_2)": 8 * f(between(z, -h, 3)),
        r"f''(\xi)": 4 * f(between(z, h, 2)),
        r"\mathrm{i}": 1j,
        "r": rest(z, 1j * h, 4),
    }


def least(bound):
    """Return the step at which a bound is least."""
    return brentq(lambda h: float(complex_step(bound, h)), 0.01, 3, xtol=1e-15)


@world(BALANCE, "Differences")
def _(F, M, eta):
    return {"h": least(lambda h: M * h**2 / 6 + eta * F / h)}


@world(BALANCE, "4. The best step forward")
def _(F, M, eta):
    return {"h": least(lambda h: M * h / 2 + 2 * eta * F / h)}


@world("", "Three methods, one slope")
def _():
    """Half the distance from 1 to the next float."""
    return {r"\eta": (np.nextafter(1, 2) - 1) / 2}


@world("", "Without overflow")
def _():
    """From there on the subtraction leaves nothing."""
    return {"z": next(z for z in range(100) if 1 + np.exp(-z) == 1)}


@world("", "The cure")
def _():
    """Up to there the slope is a float with all its digits."""
    smallest = np.finfo(float).tiny
    return {"z": -max(z for z in range(800) if sigmoid_derivative(z) >= smallest)}


# ── The exercises ────────────────────────────────────────────────────────────────────────────────

given("z = 20", r"z = \pm 200", r"g = c\, g_h", "c = -1")

forgiving(r"c = \frac{1}{2}")  # 2 does the same


@world(r"c \in (-3, 2), g, g_h \in \mathbb{R}^n", "2. Read the check")
def _(c, g, g_h):
    return {"r": disagreement(np.atleast_1d(g), g_h)}


def third(low, high):
    """Return the factor between these at which the disagreement is a third."""
    one = np.ones(3)
    return brentq(lambda c: disagreement(c * one, one) - 1 / 3, low, high, xtol=1e-15)


@world("", "2. Read the check")
def _():
    return {"c": third(1, 9)}


@world("", "2. Read the check")
def _():
    return {"c": third(0, 1)}


@world(r"z, c, p, q \in \mathbb{R}, h \in (0.1, 0.5)", "7. Two measurements make a better one")
def _(z, c, p, q, h):
    """A cubic, for which the next term of the error is 0."""

    def f(z):
        return c * z**3 + p * z**2 + q * z

    return {
        "D_h": float(central_difference(f, z, h)),
        "D_{h/2}": float(central_difference(f, z, h / 2)),
        "f'": derivative(f, z),
    }


@world("", "7. Two measurements make a better one")
def _():
    def error(h):
        wide, near = ((expit(1 + s) - expit(1 - s)) / (2 * s) for s in (h, h / 2))
        return abs((4 * near - wide) / 3 - expit(1.0) * expit(-1.0))

    return {"h": min((10.0**-k for k in range(1, 9)), key=error)}


@world(NUMBER + r", h \in (0.1, 0.5), g, g_h \in \mathbb{R}^n, " + BALANCE, "Summary", only=True)
def _(z, h, g, g_h, F, M, eta):
    return {
        "f": wave,
        "D_h": lambda f: lambda z: central_difference(f, z, h),
        r"h^\star": least(lambda h: M * h**2 / 6 + eta * F / h),
        "C_h": lambda f: lambda z: complex_step(f, z, h),
        r"\operatorname{Im}": np.imag,
        r"\mathrm{i}": 1j,
        "r": disagreement(g, g_h),
        r"\sigma": expit,
        r"\sigma'": sigmoid_derivative,
    }
