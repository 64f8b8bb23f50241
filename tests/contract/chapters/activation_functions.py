r"""The ties of the chapter on activation functions."""

from __future__ import annotations

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit
from scipy.stats import norm

from contract.tie import Case, tie
from contract.truth import agree, automatic, central_difference, complex_step, derivative
from utils.activations import (
    elu,
    elu_derivative,
    gelu,
    gelu_by_tanh,
    gelu_derivative,
    identity,
    identity_derivative,
    leaky_relu,
    leaky_relu_derivative,
    relu,
    relu_derivative,
    sigmoid,
    silu,
    silu_derivative,
    softmax,
    softmax_jacobian,
    softplus,
    softplus_derivative,
    step,
    step_derivative,
)
from utils.approximation import bump, polygon, polygon_bound, staircase_bound, staircase_network
from utils.losses import squared_error
from utils.network import backward, forward

NUMBER = r"z \in \mathbb{R}"


def slope_of(g, g_derivative):
    """Return the slope, held against the derivative where there is one."""
    return lambda z: agree(g_derivative(z), derivative(g, z)) if z else g_derivative(z)


def analytic(g, z):
    """Return g′(z) of a function that takes complex numbers, and that autograd does not know."""
    z = np.asarray(z, dtype=float)
    true = complex_step(g, z)
    agree(true, central_difference(g, z), 1e-6)
    return true[()]


# ── The family ───────────────────────────────────────────────────────────────────────────────────


@tie("af-relu", NUMBER)
def _(z):
    for place in (z, -z, 0.0):
        yield {r"\operatorname{ReLU}": relu, "z": place}


@tie("af-relu-derivative", NUMBER)
def _(z):
    agree(step_derivative(np.array([z, -z])), np.zeros(2))  # it is flat on each side
    for place in (z, -z, 0.0):
        yield {r"\operatorname{ReLU}'": slope_of(relu, relu_derivative), "z": place}


@tie("af-leaky", NUMBER + r", \nu \in (0.05, 0.5)")
def _(z, nu):
    agree(leaky_relu(-100.0), -1.0)
    for place in (z, -z):
        yield {r"\operatorname{LReLU}": lambda z: leaky_relu(z, nu), "z": place}


@tie("af-leaky-derivative", NUMBER + r", \nu \in (0.05, 0.5)")
def _(z, nu):
    slope = slope_of(lambda z: leaky_relu(z, nu), lambda z: leaky_relu_derivative(z, nu))
    agree(leaky_relu_derivative(-1.0), 0.01)
    places = np.array([z, -z])  # with ν = 1 nothing leaks any more: it is the identity
    agree(leaky_relu_derivative(places, 1.0), identity_derivative(places))
    for place in (z, -z, 0.0):
        yield {r"\operatorname{LReLU}'": slope, "z": place}


@tie("af-elu", NUMBER + r", c \in (0.5, 2)")
def _(z, c):
    agree(elu(-1.0), np.expm1(-1.0))
    with np.errstate(over="raise"):
        agree(elu(np.array([1000.0, -1000.0]), c), np.array([1000.0, -c]))
    for place in (z, -z):
        yield {r"\operatorname{ELU}": lambda z: elu(z, c), "z": place}


@tie("af-elu-derivative", NUMBER + r", c \in (0.5, 2)")
def _(z, c):
    slope = slope_of(lambda z: elu(z, c), lambda z: elu_derivative(z, c))
    agree(elu_derivative(np.array([-1.0, 0.0])), np.exp([-1.0, 0.0]))
    with np.errstate(over="raise"):
        agree(elu_derivative(np.array([1000.0, -1000.0]), c), np.array([1.0, 0.0]))
    for place in (z, -z, 0.0):
        yield {r"\operatorname{ELU}'": slope, "z": place}


@tie("af-softplus-derivative", NUMBER)
def _(z):
    agree(softplus(z), np.logaddexp(0, z))
    true = automatic(softplus, np.asarray(z))[()]
    agree(true, central_difference(softplus, np.asarray(z))[()], 1e-6)
    return {
        r"\operatorname{softplus}'(z)": agree(softplus_derivative(z), true),
        r"\sigma": expit,
    }


@tie("af-silu", NUMBER)
def _(z):
    return {r"\operatorname{SiLU}": silu, r"\sigma": expit}


@tie("af-silu-derivative", NUMBER)
def _(z):
    return {r"\operatorname{SiLU}'": slope_of(silu, silu_derivative), r"\sigma": expit}


@tie("af-gelu", NUMBER)
def _(z):
    return {r"\operatorname{GELU}": gelu, r"\Phi": norm.cdf}


@tie("af-gelu-derivative", NUMBER)
def _(z):
    slope = agree(gelu_derivative(z), analytic(gelu, z))
    names = {r"\Phi": norm.cdf, r"\varphi(z)": norm.pdf(z)}  # φ by its name: it is even
    return {r"\operatorname{GELU}'(z)": slope, **names}


@tie("af-gelu-second", NUMBER)
def _(z):
    second = analytic(gelu_derivative, z)
    return {r"\operatorname{GELU}''(z)": second, r"\varphi(z)": norm.pdf(z)}


def lowest():
    """Return where the SiLU is lowest: where its slope changes its sign."""
    z_star = brentq(silu_derivative, -2.0, 0.0, xtol=1e-15)
    around = silu(z_star + np.linspace(-1, 1, 21))
    agree(around.min(), silu(z_star))
    return z_star


@tie("af-silu-lowest")
def _():
    return {r"z^\star": lowest()}


@tie("af-silu-least")
def _():
    return {r"z^\star": lowest(), r"\operatorname{SiLU}": silu}


@tie("af-gelu-tanh", NUMBER)
def _(z):
    agree(bool(abs(gelu_by_tanh(z) - gelu(z)) < 0.00048), True)
    u = np.sqrt(2 / np.pi) * (z + 0.044715 * z**3)
    return {"G": gelu_by_tanh, "u": u}


@tie("af-softmax-slope", r"z \in \mathbb{R}^K")
def _(z):
    for k in range(1, len(z) + 1):
        true = derivative(lambda z, k=k: np.exp(z[k - 1]) / np.sum(np.exp(z)), z)[k - 1]
        own = agree(softmax_jacobian(z)[k - 1, k - 1], true)
        yield {
            r"\frac{\partial \hat{y}_k}{\partial z_k}": own,
            r"\hat{y}": softmax(z),
            "k": k,
        }


# ── What the properties are good for ─────────────────────────────────────────────────────────────


@tie("af-signs", r"a, w \in \mathbb{R}^n, b, y \in \mathbb{R}")
def _(a, w, b, y):
    def loss(w, b):
        return squared_error(y, sigmoid(w @ a + b))

    parameters = [(w[None], np.array([[b]]))]
    delta = derivative(lambda b: loss(w, b), b)
    Z, A = forward(parameters, a[:, None], [sigmoid])
    ((dW, _),) = backward(parameters, Z, A, np.array([[delta]]), [])
    dw = agree(dW[0], derivative(lambda w: loss(w, b), w))
    for i, slope in enumerate(dw, start=1):
        yield {r"\frac{\partial \ell}{\partial w_i}": slope, r"\delta": delta, "i": i}


# ── Any function ─────────────────────────────────────────────────────────────────────────────────

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
