r"""The ties of the chapter on any function from hidden neurons."""

from __future__ import annotations

import numpy as np
from scipy.special import expit

from contract.tie import Case, tie
from contract.truth import agree, derivative
from utils.activations import identity, relu, relu_derivative, sigmoid, step
from utils.approximation import bump, polygon, polygon_bound, staircase_bound, staircase_network
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
