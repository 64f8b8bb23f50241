r"""The ties and worlds of the chapter on any function from hidden neurons."""

from __future__ import annotations

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit

from contract.tie import Case, tie
from contract.truth import agree, derivative
from contract.worlds import forgiving, given, world
from utils.activations import identity, relu, relu_derivative, sigmoid, step
from utils.approximation import bump, polygon, polygon_bound, staircase_bound, staircase_network
from utils.exercises import EXERCISES
from utils.losses import squared_error
from utils.network import backward, forward

# ── By hand ──────────────────────────────────────────────────────────────────────────────────────

NEURONS = r"x \in (0, 1), n \in \{1, 2, 3, 4, 5\}, a \in (-1, -0.1), b \in (0.2, 1.5)"


def curve(x):
    """Return a smooth function, with slopes below 3 and a second derivative below 5 in size."""
    return np.sin(2 * x + 1) + x**2 / 4


def said(parameters, g):
    """Return the function that a network of one input computes."""
    return lambda x: forward(parameters, np.array([[x]]), [g, identity])[1][-1][0, 0]


@tie("af-steep", r"k \in (1, 5), u \in \mathbb{R}")
def _(k, u):
    names = {r"\sigma": sigmoid, r"\operatorname{step}": step}
    yield names
    yield Case({**names, "u": -30.0 / k}, tight=(1,))


@tie("af-bump", r"x, l, r \in \mathbb{R}, k \in (1, 5)")
def _(x, l, r, k):  # noqa: E741, the chapter's letter
    return {"B": lambda x: bump(x, l, r, k), r"\sigma": expit}


@tie("af-staircase", NEURONS + r", k \in (1, 5)")
def _(x, n, a, b, k):
    for low, high in [(a, b), (0, 1)]:
        h = (high - low) / (n + 1)
        ends = () if (low, high) == (0, 1) else (low, high)
        yield {
            r"\hat{f}": said(staircase_network(curve, n, k, *ends), sigmoid),
            "f": lambda i, low=low, h=h: curve(low + (i + 0.5) * h),  # f_i
            r"\sigma": expit,
            "n": n,
            "t": lambda i, low=low, h=h: low + i * h,
        }


@tie("af-staircase-bound", r"x \in (0, 1), n \in \{1, 2, 3, 4, 5\}, q \in (1, 9)")
def _(x, n, q):
    """What the network says is within the bound; what is not is called so."""
    h = 1 / (n + 1)
    bound = staircase_bound(2.5, h, q / h)
    agree(staircase_bound(2.0, 0.5, 1e3), 1.0)  # hard steps
    y_hat = said(staircase_network(curve, n, q / h), sigmoid)(x)
    for y, holds, reached in [
        (curve(x), True, ()),
        (y_hat + bound, True, (0,)),
        (y_hat + 1.5 * bound, False, ()),
        (y_hat - 1.5 * bound, False, ()),
    ]:
        names = {"f(x)": y, r"\hat{f}(x)": y_hat, "M": 2.5, "h": h, "k": q / h}
        yield Case(names, holds=holds, tight=reached, right=bound)


@tie("af-polygon", NEURONS)
def _(x, n, a, b):
    for low, high in [(a, b), (0, 1)]:
        h = (high - low) / n
        ends = () if (low, high) == (0, 1) else (low, high)

        def t(i, low=low, h=h):
            return low + i * h

        def s(i, t=t, h=h):
            return (curve(t(i)) - curve(t(i - 1))) / h if i else 0.0

        yield {
            r"\hat{f}": said(polygon(curve, n, *ends), relu),
            "f": curve,
            "n": n,
            "t": t,
            "v": lambda i, s=s: s(i) - s(i - 1),
        }


@tie("af-polygon-bound", r"x \in (0, 1), n \in \{1, 2, 3, 4, 5\}, c \in (0.5, 2)")
def _(x, n, c):
    h = 1 / n
    parabola = lambda x: c * x**2 - x  # noqa: E731, one of two functions
    for f, M_2, place, reached in [
        (curve, 4.5, x, ()),
        (parabola, 2 * c, x, ()),
        (parabola, 2 * c, h / 2, (0,)),
    ]:
        yield Case(
            {"f": f, r"\hat{f}": said(polygon(f, n), relu), "M_2": M_2, "h": h, "x": place},
            tight=reached,
            right=polygon_bound(M_2, h),
        )


# ── Neurons that die ─────────────────────────────────────────────────────────────────────────────

RELU_NEURON = r"x, w \in \mathbb{R}^n, z \in (0.1, 3), y \in \mathbb{R}, \alpha \in (0, 1)"


def after_step(x, w, z, y, alpha):
    """Return the new sum of a ReLU neuron with the sum z > 0, for the same example."""
    b = z - w @ x
    parameters = [(w[None], np.array([[b]]))]
    Z, A = forward(parameters, x[:, None], [relu])
    dZ = (A[-1] - y) * relu_derivative(Z[-1])
    ((dW, db),) = backward(parameters, Z, A, dZ, [])
    agree(dW[0], derivative(lambda w: squared_error(y, relu(w @ x + b)), w))
    return (w - alpha * dW[0]) @ x + b - alpha * db[0, 0]


@tie("af-after-step", RELU_NEURON)
def _(x, w, z, y, alpha):
    return {"z :=": after_step(x, w, z, y, alpha)}


@tie("af-dying", RELU_NEURON.replace(r"y \in \mathbb{R}", r"d \in (0.1, 2)"))
def _(x, w, z, d, alpha):
    y = z - d
    falls = z - after_step(x, w, z, y, 1.0)  # at the rate 1, and in proportion to the rate
    agree(after_step(x, w, z, y, z / falls), 0.0)
    return {r"\alpha_0": z / falls, "y": y}


# ── What the text says beside its equations ──────────────────────────────────────────────────────

STAIRCASE = (
    r"t, q \in \mathbb{R}, u \in (0.1, 2), n \in \{2, 3, 4, 5\}, k \in (1, 5), h \in (0.1, 1)"
)

given(r"u \ne 0", r"q = e^{-k h / 2}", r"k = 10 / h", r"\varepsilon > 0", "w > 0", "w < 0")
forgiving("s_0 = 0", "b = 0")  # −0 is 0


@world(STAIRCASE, "A bump from two sigmoids")
def _(t, q, u, n, k, h):
    _, (rises, (first,)) = staircase_network(curve, n, k)
    levels = first + np.cumsum([0, *rises[0]])
    names = {f"f_{i}": level for i, level in enumerate(levels)}
    middles = [(2 * i + 1) / (2 * n + 2) for i in range(n + 1)]
    names |= {"f": curve, "c": lambda i: middles[i], "i": n, "x": t + u}
    return names | {r"\sigma": expit, r"\varepsilon": h}


@world(r"l \in (0.6, 0.8), r \in (1.2, 1.5), p, s \in (0.1, 0.9)", "A polygon from ReLUs")
def _(l, r, p, s):  # noqa: E741, the chapter's letter
    """The chord, and the parabola through three points, which is what d takes from f."""

    def f(u):
        return np.sin(3 * u)

    def f_second(u):
        return -9 * np.sin(3 * u)

    x, f_hat = l + p * (r - l), said(polygon(f, 1, l, r), relu)
    parabola = np.polyfit([l, x, r], f(np.array([l, x, r])), 2)

    def d_second(u):
        return f_second(u) - 2 * parabola[0]

    return {
        "f": f, r"\hat{f}": f_hat, "h": r - l, "x": x, "u": l + s * (r - l),
        "e": lambda u: f(u) - f_hat(u), "d": lambda u: f(u) - np.polyval(parabola, u),
        "d''": d_second, "f''": f_second,
        r"\xi": brentq(d_second, l, r, xtol=1e-15),
    }  # fmt: skip


@world(r"a \in (-1, -0.1), c \in (0.2, 1.5), n \in \{2, 3, 4, 5\}", "A polygon from ReLUs")
def _(a, c, n):
    h, f_hat = (c - a) / n, said(polygon(curve, n, a, c), relu)

    def slope(i):  # of piece i, in its middle
        place = a + (i - 1 / 2) * h
        return (f_hat(place + h / 4) - f_hat(place - h / 4)) / (h / 2)

    weights = polygon(curve, n, a, c)[1][0][0]
    names = {"f": curve, "h": h, "i": n - 1, "t": lambda i: a + i * h, "s": slope}
    return names | {"v": lambda i: weights[i - 1]}


@world(r"w, b \in \mathbb{R}", "What descent finds")
def _(w, b):
    (corner,) = np.roots([w, b])
    return {"x": corner, "t": corner}


@world(r"z \in (0.1, 3), y \in \mathbb{R}", "Neurons that die")
def _(z, y):
    slope = derivative(lambda z: squared_error(y, relu(z)), z)
    return {r"\frac{\partial \ell}{\partial z}": slope}


def deadly(x, w, b, y):
    """Return the rate at which one step takes the sum to 0."""
    return brentq(lambda alpha: after_step(x, w, w @ x + b, y, alpha), 0, 2)


@world("", "Neurons that die")
def _():
    return {r"\alpha_0": deadly(np.array([1.0, 2.0]), np.array([0.4, 0.6]), 0.5, 1.0)}


@world("", "1. Where does it bend?")
def _():
    return {"x": EXERCISES["af-bend"]["the corner of C"].answer}


@world("", "2. Will it die?", only=True)
def _():
    x = w = np.ones(2)
    rate = agree(EXERCISES["af-dying"]["the rate"].answer, deadly(x, w, 0.0, 0.5))
    agree(EXERCISES["af-dying"]["the sum"].answer, after_step(x, w, 2.0, 0.5, 0.5))
    names = {"w": w, "b": 0.0, "x": x, "y": 0.5, r"\alpha": 0.5}
    return names | {"z": w @ x, r"\alpha_0": rate}


@world("", "3. How many neurons?", only=True)
def _():
    relus, sigmoids = (part.answer for part in EXERCISES["af-neurons"].values())
    return {"n": relus, "h": 1 / (sigmoids + 1)}


@world(r"l \in \mathbb{R}, h \in (0.2, 2), H \in (0.2, 0.9)", "4. How steep must a bump be?")
def _(l, h, H):  # noqa: E741, the chapter's letter
    names = {"r": l + h, "x": np.mean([l, l + h]), r"\sigma": expit}
    return names | {"k": steepness(H, h), r"\operatorname{artanh}": np.arctanh}


@world(r"h \in (0.2, 2)", "4. How steep must a bump be?")
def _(h):
    return {"k": steepness(0.99, h)}


def steepness(height, width):
    """Return the steepness with which a bump over this width comes to this height."""
    return brentq(lambda k: bump(width / 2, 0, width, k) - height, 0, 100, xtol=1e-14)


@world(r"x \in (0, 1)", "6. A saw with many teeth")
def _(x):
    relus = EXERCISES["af-saw-count"]["ReLUs"].answer
    return {"T": lambda x: 1 - abs(2 * x - 1), "L": relus / 2}
