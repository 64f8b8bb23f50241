r"""The ties of the chapter on the forward pass."""

from __future__ import annotations

from itertools import product

import numpy as np
from scipy.special import expit
from scipy.special import softmax as scipy_softmax

from contract.tie import Case, tie
from contract.truth import agree, gradient_of
from utils.activations import identity, relu, sigmoid, softmax, step
from utils.landscapes import two_weights
from utils.losses import cross_entropy
from utils.network import (
    fold,
    forward,
    initial_parameters,
    layer,
    multiply_add_count,
    parameter_count,
)
from utils.neuron import neuron
from utils.notation import Outcomes
from utils.optimizers import gradient_descent

LAYER = r"W \in \mathbb{R}^{q \times p}, b \in \mathbb{R}^{q \times 1}, "
TWO_LAYERS = (
    r"P \in \mathbb{R}^{q \times p}, p_0 \in \mathbb{R}^{q \times 1}, "
    r"Q \in \mathbb{R}^{r \times q}, q_0 \in \mathbb{R}^{r \times 1}, "
    r"X \in \mathbb{R}^{p \times m}"
)
THREE_LAYERS = TWO_LAYERS + r", R \in \mathbb{R}^{k \times r}, r_0 \in \mathbb{R}^{k \times 1}"
SIZES = r"n_0, n_1, n_2, n_3 \in \{1, \dots, 6\}, m \in \{1, \dots, 5\}"

RUNNING = [
    (np.array([[0.4, 0.6], [-0.5, 0.3]]), np.array([[0.5], [-0.2]])),
    (np.array([[0.7, -0.4]]), np.array([[0.1]])),
]
XOR = [
    (np.array([[1.0, 1.0], [1.0, 1.0]]), np.array([[-0.5], [-1.5]])),
    (np.array([[1.0, -1.0]]), np.array([[-0.5]])),
]


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
    return forward(RUNNING, np.array([[1.0], [2.0]]), [sigmoid, sigmoid])


@tie("fp-hand-sums")
def _():
    return {"z^{(1)}": running()[0][1]}


@tie("fp-hand-hidden")
def _():
    return {"a^{(1)}": running()[1][1]}


@tie("fp-hand-output")
def _():
    return {"z^{(2)}": 0.7 * 0.8909 - 0.4 * 0.475 + 0.1}


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


# ── XOR ──────────────────────────────────────────────────────────────────────────────────────────


def corners_of_xor():
    """Yield each corner with the sums and activations of the network of steps."""
    for x in product((0.0, 1.0), repeat=2):
        Z, A = forward(XOR, np.array([[x[0]], [x[1]]]), [step, step])
        agree(A[2].item(), float(x[0] != x[1]))
        yield x, Z, A


@tie("fp-xor-or")
def _():
    for x, Z, _ in corners_of_xor():
        yield {"x": np.array(x), "z^{(1)}": Z[1]}


@tie("fp-xor-and")
def _():
    for x, Z, _ in corners_of_xor():
        yield {"x": np.array(x), "z^{(1)}": Z[1]}


@tie("fp-xor-output")
def _():
    for _, Z, A in corners_of_xor():
        yield {"z^{(2)}": Z[2], "a": A[1]}


# ── What comes out ───────────────────────────────────────────────────────────────────────────────


@tie("fp-softmax", r"z \in \mathbb{R}^K")
def _(z):
    Z = np.outer(z, [1.0, -2.0, 0.5, 3.0])
    agree(softmax(Z), scipy_softmax(Z, axis=0))
    agree(softmax([1000.0, 1001.0]), softmax([0.0, 1.0]))  # and no overflow
    agree(softmax([-1000.0, -1001.0]), softmax([1.0, 0.0]))
    y_hat = agree(softmax(z), scipy_softmax(z))
    for k in range(1, len(z) + 1):
        yield {r"\hat{y}": y_hat, "K": len(z), "k": k}


@tie("fp-softmax-sum", r"z \in \mathbb{R}^K")
def _(z):
    return {r"\hat{y}": softmax(z), "K": len(z)}


@tie("fp-softmax-shift", r"z \in \mathbb{R}^3, a \in \mathbb{R}")
def _(z, a):
    return Case({r"\operatorname{softmax}": softmax}, right=scipy_softmax(z))


@tie("fp-softmax-two", r"z \in \mathbb{R}^2")
def _(z):
    return {r"\hat{y}": softmax(z), r"\sigma": expit}


# ── Counting ─────────────────────────────────────────────────────────────────────────────────────


def multiplications(sizes, m):
    """Count the products, one by one."""
    return sum(1 for number in (1, 2, 3) for _ in np.ndindex(sizes[number], sizes[number - 1], m))


@tie("fp-parameters", SIZES)
def _(*given):
    *sizes, _ = given
    stored = sum(W.size + b.size for W, b in initial_parameters(sizes, seed=0))
    n = dict(enumerate(sizes))
    return {"P": agree(parameter_count(sizes), stored), "n": n, "L": 3}


@tie("fp-operations", SIZES)
def _(*given):
    *sizes, m = given
    n = dict(enumerate(sizes))
    agree(multiply_add_count(sizes), multiplications(sizes, 1))
    return {"F": agree(multiply_add_count(sizes, m), multiplications(sizes, m)), "n": n, "L": 3}


# ── Learning, and where it begins ────────────────────────────────────────────────────────────────


@tie("fp-cost", r"y, \hat{y} \in (0, 1)^m")
def _(y, y_hat):
    return {"J": np.mean(cross_entropy(y, y_hat)), "m": len(y)}


@tie("fp-update", r"\theta \in \mathbb{R}^2, \alpha \in (0, 1)")
def _(theta, alpha):
    step_of = gradient_descent(gradient_of(two_weights), theta, alpha, steps=1)[1]
    return {r"\theta :=": step_of, r"\nabla J": gradient_of(two_weights)}


@tie("fp-symmetry", LAYER + r"x \in \mathbb{R}^{p \times 1}")
def _(W, b, x):
    z, _ = layer(W, b, x, identity)
    for j, k in [(1, 2), (2, 1)]:
        yield {"z": z, "w": by_layer(W), "j": j, "k": k}


@tie("fp-spread", r"x \in \mathbb{R}^3, s \in (0.5, 2)")
def _(x, s):
    """Each weight is s or −s with equal chances, independent of the others."""
    return {"w": Outcomes([s * np.array(signs) for signs in product((-1, 1), repeat=3)])}


# ── Laws that the code keeps, printed without a label or not at all ──────────────────────────────


@tie(None, r"z \in \mathbb{R}", printed=r"f(z) = \max(0, z)")
def _(z):
    agree(relu(np.array([-1.0, 0.0, 1j, 0.5, 2.0])), np.array([0, 0, 0, 0.5, 2]))
    return {"f": relu}


@tie(None, r"p, q, k \in \{2, \dots, 6\}, t \in \mathbb{N}", printed=r"\sqrt{n} W = V")
def _(p, q, k, seed):
    """The first weights are normal, with the variance 1/n of the layer before; the biases are 0."""
    rng = np.random.default_rng(seed)
    for (W, b), (n, before) in zip(
        initial_parameters((p, q, k), seed), [(q, p), (k, q)], strict=True
    ):
        agree(b, np.zeros((n, 1)))
        yield {"n": before, "W": W, "V": rng.standard_normal((n, before))}
