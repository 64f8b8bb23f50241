r"""The ties and worlds of the chapter on activation functions."""

from __future__ import annotations

import numpy as np
from scipy.integrate import quad
from scipy.optimize import brentq, minimize_scalar
from scipy.special import expit, lambertw
from scipy.stats import norm

from contract.tie import tie
from contract.truth import agree, automatic, central_difference, complex_step, derivative
from contract.worlds import forgiving, given, world
from utils.activations import (
    elu,
    elu_derivative,
    gelu,
    gelu_by_tanh,
    gelu_derivative,
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
    step_derivative,
    tanh,
)
from utils.exercises import EXERCISES
from utils.losses import squared_error
from utils.network import backward, forward
from utils.notation.meaning import Outcomes

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


# ── What the text says beside its equations ──────────────────────────────────────────────────────

given("z = -4", "z = 4", r"N \le z", r"z \le 0", "z = -3", "z > 0", "g(z) = z^2", "u < 0")
forgiving(r"z \approx \pm 2.7", r"-W(1/e) \approx -0.2785")  # −z is so, too; 0 is so to its digit
forgiving(r"\mathbb{E}[g(z)] = \frac{1}{2} \mathbb{E}[g(z) + g(-z)]")  # −z is as likely as z


@world(NUMBER, "ReLU, and three ways to mend it")
def _(z):
    return {r"\operatorname{softplus}": softplus, "c": -elu(-1000.0)}


@world(r"z \in (0.5, 2)", "Gates: SiLU and GELU")
def _(z):
    beta = brentq(lambda beta: z * expit(beta * z) - silu(z), 0.1, 5, xtol=1e-15)
    return {r"\beta": beta, r"\sigma": expit(z), r"\sigma'": derivative(sigmoid, z)}


def density(z):
    """Return the density of the normal number, also of complex ones."""
    return np.exp(-z * z / 2) / np.sqrt(2 * np.pi)


@world(NUMBER, "How deep the gates fall")
def _(z):
    names = {r"\operatorname{SiLU}'": lambda z: derivative(silu, z), r"z^\star": lowest()}
    names |= {r"\sigma": expit, "W": lambda x: lambertw(x).real}
    return names | {r"\varphi(z)": norm.pdf(z), r"\varphi'(z)": analytic(density, z)}


@world("", "How deep the gates fall")
def _():
    def apart(z):
        return -abs(gelu(z) - gelu_by_tanh(z))

    return {"z": minimize_scalar(apart, bounds=(2, 4), method="bounded").x}


@world(r"c, a \in \mathbb{R}^5", "What is to be proved")
def _(c, a):
    return {"g": lambda z: np.polyval(c, z), "z": Outcomes([*a, *-a])}


@world(NUMBER, "What is to be proved")
def _(z):
    return {"g": tanh}


@world(r"a, w \in \mathbb{R}^n, b, y \in \mathbb{R}", "Why zero-centered helps")
def _(a, w, b, y):
    Z, _ = forward([(w[None], np.array([[b]]))], a[:, None], [sigmoid])
    z = Z[-1][0, 0]
    return {
        "z": z,
        "i": len(w),
        r"\delta": derivative(lambda b: squared_error(y, sigmoid(w @ a + b)), b),
        r"\frac{\partial \ell}{\partial z}": derivative(lambda z: squared_error(y, sigmoid(z)), z),
        r"\frac{\partial z}{\partial w_i}": derivative(lambda w: w @ a + b, w)[-1],
    }


@world("", "3. Four slopes")
def _():
    slopes = {name: part.answer for name, part in EXERCISES["af-slopes"].items()}
    c = brentq(lambda c: elu_derivative(-np.log(2), c) - slopes["ELU"], 0.1, 5, xtol=1e-15)
    return {r"\nu": slopes["leaky ReLU"], "c": c, r"\sigma": expit}


@world("", "5. Two reasons")
def _():
    change = EXERCISES["af-reasons"]["the change"].answer
    return {r"\delta": -change / (0.1 * 0.1)}


@world(NUMBER, "6. A new activation", only=True)
def _(z):
    """The slope that the exercise asks for, and the softsign as its integral."""
    slope = EXERCISES["af-softsign"].answer
    return {"g": lambda z: quad(slope, 0, z, epsabs=1e-14)[0], "g'": slope}


@world(
    r"x \in \mathbb{R}^n, W^{(1)} \in \mathbb{R}^{m \times n}, b^{(1)} \in \mathbb{R}^m, "
    r"W^{(2)} \in \mathbb{R}^{k \times m}, b^{(2)} \in \mathbb{R}^k",
    "7. The same network in other clothes",
    only=True,
)
def _(x, W1, b1, W2, b2):
    return {"z": W1 @ x + b1, "u": np.ones(len(b1)), r"\sigma": expit}


@world(r"u \in (0.1, 3), \beta \in (0.5, 3)", "8. A gate with a constant")
def _(u, beta):
    return {"z": u / beta, r"\sigma": expit, r"\operatorname{SiLU}": silu}


@world("", "8. A gate with a constant")
def _():
    swish, constant = (part.answer for part in EXERCISES["af-swish-numbers"].values())
    return {r"\beta": 0.01 * constant / -swish}


@world("", "8. A gate with a constant")
def _():
    return {r"\beta": EXERCISES["af-swish-numbers"]["the constant"].answer}
