r"""The ties of the chapter on choosing a network."""

from __future__ import annotations

from itertools import product

import numpy as np
from scipy.special import expit
from scipy.special import softmax as scipy_softmax

from contract.tie import Case, tie
from contract.truth import agree
from utils.activations import identity, softmax, step
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
