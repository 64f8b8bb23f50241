r"""The ties of the chapter on choosing a network."""

from __future__ import annotations

from itertools import product

import numpy as np
from scipy.special import expit
from scipy.special import softmax as scipy_softmax

from contract.tie import Case, tie
from contract.truth import agree
from contract.worlds import given, world
from utils.activations import identity, sigmoid, softmax, step
from utils.network import (
    forward,
    initial_parameters,
    layer,
    multiply_add_count,
    parameter_count,
)
from utils.notation import Outcomes

LAYER = r"W \in \mathbb{R}^{q \times p}, b \in \mathbb{R}^{q \times 1}, "
SIZES = r"n_0, n_1, n_2, n_3 \in \{1, \dots, 6\}, m \in \{1, \dots, 5\}"

XOR = [
    (np.array([[1.0, 1.0], [1.0, 1.0]]), np.array([[-0.5], [-1.5]])),
    (np.array([[1.0, -1.0]]), np.array([[-0.5]])),
]


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


# ── The first weights ────────────────────────────────────────────────────────────────────────────


@tie("fp-symmetry", LAYER + r"x \in \mathbb{R}^{p \times 1}")
def _(W, b, x):
    z, _ = layer(W, b, x, identity)
    for j, k in [(1, 2), (2, 1)]:
        yield {"z": z, "w": dict(enumerate(W, start=1)), "j": j, "k": k}


@tie("fp-spread", r"x \in \mathbb{R}^3, s \in (0.5, 2)")
def _(x, s):
    """Each weight is s or −s with equal chances, independent of the others."""
    return {"w": Outcomes([s * np.array(signs) for signs in product((-1, 1), repeat=3)])}


# ── Laws that the code keeps, printed without a label or not at all ──────────────────────────────


@tie(None, r"p, q, k \in \{2, \dots, 6\}, t \in \mathbb{N}", printed=r"\sqrt{n} W = V")
def _(p, q, k, seed):
    """The first weights are normal, with the variance 1/n of the layer before; the biases are 0."""
    rng = np.random.default_rng(seed)
    for (W, b), (n, before) in zip(
        initial_parameters((p, q, k), seed), [(q, p), (k, q)], strict=True
    ):
        agree(b, np.zeros((n, 1)))
        yield {"n": before, "W": W, "V": rng.standard_normal((n, before))}


# ── Every other claim ────────────────────────────────────────────────────────────────────────────

given(r"a_j = \sigma(8 z_j)")
given("T > 0", r"S\theta = \theta", "W^{(2)} = 0", "s^2 = 1 / n", "s^2 = 2 / n", "s = 1", "z = 32")
given(r"x_1 + x_2 = \frac{3}{2}", "x_1 > 0, x_2 > 0, x_1 + x_2 < 1", "x_1 + x_2 < 1")


@world(r"x \in \mathbb{R}^2", "Two neurons, two lines", "7. Three lines, a triangle")
def _(x):
    return {}


@world(r"i \in \{0, 1\}, j \in \{0, 1\}", "Two neurons, two lines")
def _(i, j):
    """The only corners with a positive sum are those at which the text says so."""
    Z, A = forward(XOR, np.array([[float(i)], [1.0 - i]]), [step, step])
    return {"a": A[1], "z^{(2)}": Z[2]}


@world(r"z \in \mathbb{R}^K, a \in \mathbb{R}", "What comes out", "6. The logarithm of a softmax")
def _(z, a):
    z = np.append(z, a - 1)  # two classes at least
    return {"z": z, r"\hat{y}": scipy_softmax(z), "k": 2, r"\sigma": expit}


@world(r"z \in \mathbb{R}", "What comes out")
def _(z):
    return {r"\hat{y}": identity(z)}


@world("", "How many numbers, how much work")
def _():
    return {"P": parameter_count([2, 2, 1]), "F": multiply_add_count([2, 2, 1])}


@world(r"n_1, n_2 \in \{2, 3\}, n_3, m \in \{4, 5\}", "Summary")
def _(n_1, n_2, n_3, m):
    sizes = [int(size) for size in (6, n_1, n_2, n_3)]
    return {
        "P": parameter_count(sizes), "F": multiply_add_count(sizes, int(m)), "L": 3,
        "n": dict(enumerate(sizes)),
    }  # fmt: skip


@world(
    r"w \in \mathbb{R}^{2 \times 2}, b, v \in \mathbb{R}^2, c \in \mathbb{R}", "The first weights"
)
def _(w, b, v, c):
    X, Y = np.array([[0.0, 0, 1, 1], [0, 1, 0, 1]]), np.array([[0.0, 1, 1, 0]])

    def J(theta):
        layers = (theta[:4].reshape(2, 2), theta[4:6, None]), (theta[None, 6:8], theta[8:, None])
        return np.mean((Y - forward(layers, X, [sigmoid, sigmoid])[1][-1]) ** 2)

    def listed(order):
        return np.concatenate([w[order].ravel(), b[order], v[order], [c]])

    return {"J": J, r"\theta": listed([0, 1]), r"S \theta": listed([1, 0])}


@world("", "2. A network that reads digits")
def _():
    return {"n_0": 28 * 28}


@world("", "4. Half a symmetry")
def _():
    """400 standardized inputs, and a sum with the variance of one."""
    x = np.resize([-1.0, 1.0], 400)
    return {"s": np.std(x) / np.linalg.norm(x)}
