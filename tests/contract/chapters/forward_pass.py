r"""The ties of the chapter on the forward pass."""

from __future__ import annotations

import numpy as np
from scipy.special import expit

from contract.tie import Case, tie
from contract.truth import agree
from contract.worlds import NETWORK, forgiving, given, world, wrong
from utils.activations import identity, relu, sigmoid
from utils.network import fold, forward, initial_parameters, layer
from utils.neuron import neuron

LAYER = r"W \in \mathbb{R}^{q \times p}, b \in \mathbb{R}^{q \times 1}, "
TWO_LAYERS = (
    r"P \in \mathbb{R}^{q \times p}, p_0 \in \mathbb{R}^{q \times 1}, "
    r"Q \in \mathbb{R}^{r \times q}, q_0 \in \mathbb{R}^{r \times 1}, "
    r"X \in \mathbb{R}^{p \times m}"
)
THREE_LAYERS = TWO_LAYERS + r", R \in \mathbb{R}^{k \times r}, r_0 \in \mathbb{R}^{k \times 1}"


def by_layer(family):
    """Return a family of arrays, from layer 1 on, as the raised numbers of the page name them."""
    return dict(enumerate(family, start=1))


def named(parameters):
    """Return what the page calls the parameters: W^{(1)}, b^{(1)}, …"""
    W, b = zip(*parameters, strict=True)
    return {"W": by_layer(W), "b": by_layer(b)}


def squashed(parameters, X, activation=expit):
    """Return all activations, by a loop that shares no code with the library's."""
    A = [X]
    for W, b in parameters:
        A.append(activation(np.einsum("ji,ik->jk", W, A[-1]) + np.outer(b, np.ones(X.shape[1]))))
    return A


# ── From a neuron to a network ───────────────────────────────────────────────────────────────────


@tie("fp-neuron", r"x, w \in \mathbb{R}^n, b \in \mathbb{R}")
def _(x, w, b):
    return {r"\hat{y}": neuron(x, w, b), r"\sigma": expit, "n": len(x)}


@tie("fp-layer-index", LAYER + r"x \in \mathbb{R}^{p \times 1}")
def _(W, b, x):
    z, _ = layer(W, b, x, identity)
    for j in range(1, len(W) + 1):
        yield {"z": z, "w": W, "n_0": len(x), "j": j}


@tie("fp-layer-matrix", LAYER + r"x \in \mathbb{R}^p")
def _(W, b, x):
    return {"z": layer(W, b, x[:, None], identity)[0]}


@tie("fp-sums", TWO_LAYERS)
def _(P, p_0, Q, q_0, X):
    parameters = [(P, p_0), (Q, q_0)]
    Z, A = forward(parameters, X, [sigmoid, sigmoid])
    true = squashed(parameters, X)
    for number in (1, 2):
        agree(expit(Z[number]), true[number])
        yield {**named(parameters), "Z": by_layer(Z[1:]), "A": dict(enumerate(A)), "l": number}


@tie("fp-activations", TWO_LAYERS)
def _(P, p_0, Q, q_0, X):
    parameters = [(P, p_0), (Q, q_0)]
    Z, A = forward(parameters, X, [sigmoid, sigmoid])
    agree(A[2], squashed(parameters, X)[2])
    agree(A[0], X)
    for number in (1, 2):
        yield {"Z": by_layer(Z[1:]), "A": dict(enumerate(A)), r"\sigma": expit, "l": number}


@tie("fp-shapes", TWO_LAYERS)
def _(P, p_0, Q, q_0, X):
    Z, A = forward([(P, p_0), (Q, q_0)], X, [sigmoid, sigmoid])
    sizes = {0: P.shape[1], 1: P.shape[0], 2: Q.shape[0]}
    names = {**named([(P, p_0), (Q, q_0)]), "Z": by_layer(Z[1:]), "A": by_layer(A[1:])}
    for number in (1, 2):
        yield {**names, "n": sizes, "m": X.shape[1], "l": number}


@tie("fp-network", TWO_LAYERS)
def _(P, p_0, Q, q_0, X):
    parameters = [(P, p_0), (Q, q_0)]
    Y_hat = forward(parameters, X, [sigmoid, sigmoid])[1][-1]
    return {
        r"\hat{Y}": agree(Y_hat, squashed(parameters, X)[-1]),
        **named(parameters),
        r"\sigma": expit,
    }


@tie(
    "fp-network-index",
    TWO_LAYERS.replace(r"X \in \mathbb{R}^{p \times m}", r"x \in \mathbb{R}^{p \times 1}"),
)
def _(P, p_0, Q, q_0, x):
    parameters = [(P, p_0), (Q, q_0)]
    y_hat = forward(parameters, x, [sigmoid, sigmoid])[1][-1]
    for k in range(1, len(Q) + 1):
        yield {
            r"\hat{y}": y_hat,
            r"\sigma": expit,
            "n_0": len(x),
            "n_1": len(P),
            "k": k,
            "w^{(1)}": P,
            "b^{(1)}": p_0,
            "w^{(2)}": Q,
            "b^{(2)}": q_0,
        }


@tie("fp-batch", LAYER + r"X \in \mathbb{R}^{p \times m}")
def _(W, b, X):
    Z, _ = layer(W, b, X, identity)
    for j, k in np.ndindex(Z.shape):
        yield {"Z": Z, "n_0": len(X), "j": j + 1, "k": k + 1}


# ── The running network ──────────────────────────────────────────────────────────────────────────


def running():
    """Return the sums and the activations of the running network."""
    return forward(NETWORK, np.array([[1.0], [2.0]]), [sigmoid, sigmoid])


@tie("fp-hand-sums")
def _():
    return {"z^{(1)}": running()[0][1]}


@tie("fp-hand-hidden")
def _():
    return {"a^{(1)}": running()[1][1]}


@tie("fp-hand-output")
def _():
    Z, A = running()
    return Case({"z^{(2)}": Z[2]}, carried=tuple(A[1][:, 0]))


@tie("fp-hand-prediction")
def _():
    Z, A = running()
    return {"z^{(2)}": Z[2], r"\hat{y}": A[2], r"\sigma": expit}


@tie("fp-slip")
def _():
    agree(sigmoid(0.629), expit(0.629))
    return {r"\sigma": sigmoid}


@tie("fp-slip-sum")
def _():
    return {}


# ── Folding ──────────────────────────────────────────────────────────────────────────────────────


def folded(parameters, X):
    """Return W and b of the one layer, held against the layers themselves."""
    W_bar, b_bar = fold(parameters)
    straight = forward(parameters, X, [identity] * len(parameters))[1][-1]
    agree(W_bar @ X + b_bar, straight)
    agree(straight, squashed(parameters, X, activation=lambda Z: Z)[-1])
    return W_bar, b_bar


@tie("fp-fold-weights", TWO_LAYERS)
def _(P, p_0, Q, q_0, X):
    W_bar, _ = folded([(P, p_0), (Q, q_0)], X)
    return {r"\bar{W}": W_bar, **named([(P, p_0), (Q, q_0)])}


@tie("fp-fold-bias", TWO_LAYERS)
def _(P, p_0, Q, q_0, X):
    _, b_bar = folded([(P, p_0), (Q, q_0)], X)
    return {r"\bar{b}": b_bar, **named([(P, p_0), (Q, q_0)])}


def induction(P, p_0, Q, q_0, X, R, r_0):
    """Yield what the names of the induction mean after each layer."""
    parameters = [(P, p_0), (Q, q_0), (R, r_0)]
    one = [folded(parameters[:number], X) for number in (1, 2, 3)]
    W_bar, b_bar = zip(*one, strict=True)
    A = squashed(parameters, X, activation=lambda Z: Z)
    for number in (2, 3):
        yield {
            **named(parameters),
            r"\bar{W}": by_layer(W_bar),
            r"\bar{b}": by_layer(b_bar),
            "A": dict(enumerate(A)),
            "l": number,
        }


for label in ("fp-fold", "fp-fold-step-weights", "fp-fold-step-bias"):
    tie(label, THREE_LAYERS)(induction)


# ── Laws that the code keeps, printed without a label or not at all ──────────────────────────────


@tie(None, r"z \in \mathbb{R}", printed=r"f(z) = \max(0, z)")
def _(z):
    agree(relu(np.array([-1.0, 0.0, 1j, 0.5, 2.0])), np.array([0, 0, 0, 0.5, 2]))
    return {"f": relu}


# ── Every other claim ────────────────────────────────────────────────────────────────────────────

given("m = 1", "A^{(l)} = Z^{(l)}", "m = n_1", "n = 1", r"T = X^\top", "z^{(2)} = 0.629")
given(r"h_t = \sigma(W x_t + V h_{t-1} + b)", r"\hat{y} = x")
given("l = 1")
wrong(r"\hat{y} = 0.652014")
# A digit more or less in the last place of 0.1978 is lost in rounding.
forgiving(r"z^{(2)} \approx 0.7 \cdot 0.9089 - 0.4 \cdot 0.1978 + 0.1 \approx 0.6571")


@world(r"X \in \mathbb{R}^{p \times m}, q, r \in \{2, 3, 4\}")
def _(X, q, r):
    parameters = initial_parameters([len(X), q, r], np.random.default_rng(0))
    Z, A = forward(parameters, X, [sigmoid, sigmoid])
    return {
        "W": parameters[0][0], "n_0": len(X), "n_1": q, "n_2": r, r"\hat{Y}": A[-1], "L": 2,
        "A": dict(enumerate(A)), "Z": {1: Z[1], 2: Z[2]}, "l": 1, r"\sigma": expit,
    }  # fmt: skip


@world(r"z^{(2)} \in (-1, 1)", "A slip to learn from")
def _(z):
    return {r"\hat{y}": expit(z), r"\sigma": expit}


@world(r"W, V \in \mathbb{R}^{q \times q}, b, x_t \in \mathbb{R}^q", "Forward only")
def _(W, V, b, x_t):
    return {"h_{t-1}": expit(b), r"\sigma": expit}


@world("", "2. By hand")
def _():
    x = np.array([[3.0], [1.0]])
    Z, A = forward(NETWORK, x, [sigmoid, sigmoid])
    return {"x": x, "z^{(1)}": Z[1], "z^{(2)}": Z[2], r"\hat{y}": A[2], r"\sigma": expit}


@world(r"v, a_1, x \in \mathbb{R}", "5. Many networks, one answer", "6. Nothing lost")
def _(v, a_1, x):
    return {}
