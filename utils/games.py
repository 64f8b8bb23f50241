"""Two players and one field: a generator makes examples, and a judge tells them from real ones.

Both are layers.  The judge D says how sure it is that an example is real, D = σ(z); the generator G
makes examples out of noise.  Each goes down a cost of its own, so that what both follow, the
**joint field**, is nobody's gradient; :func:`utils.optimizers.stochastic_descent` follows it all
the same.  Goodfellow et al. (2014).  Book: "Two networks at play".
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import rel_entr, xlogy

from utils.activations import sigmoid
from utils.checks import expect
from utils.layers import Layer, Part, flat, like

# ── The judge ────────────────────────────────────────────────────────────────────────────────────


def judge_value(D: ArrayLike, p: ArrayLike, q: ArrayLike) -> float:
    """Return V = Σ p ln D + q ln(1 − D) of a judge of finitely many outcomes, all of one shape.

    An outcome has the chance p among the real ones and q among the made ones, and the judge says D
    of it.  What never comes counts nothing, whatever D is there.
    """
    p, q = _chances(p, q)
    D = np.asarray(D, dtype=float)
    expect(D.shape == p.shape, f"D of shape {p.shape}", D.shape)
    expect(bool(np.all((D >= 0) & (D <= 1))), "D from 0 to 1", D)
    with np.errstate(divide="ignore"):  # a judge who is sure and wrong loses without limit
        return np.sum(xlogy(p, D) + xlogy(q, 1 - D))


def best_judge(p: ArrayLike, q: ArrayLike) -> NDArray:
    """Return D = p / (p + q), the judge of greatest V; p and q may also be densities.

    Where neither is ever seen, any D is as good: it is ½.
    """
    p, q = np.asarray(p, dtype=float), np.asarray(q, dtype=float)
    expect(p.shape == q.shape, "p and q of the same shape", (p.shape, q.shape))
    expect(bool(np.all(p >= 0) and np.all(q >= 0)), "no chance below 0", (p, q))
    seen = p + q > 0
    return np.where(seen, p, 1) / np.where(seen, p + q, 2)


def jensen_shannon(p: ArrayLike, q: ArrayLike) -> float:
    """Return the mean of the divergences of p and of q from their middle, 0 to ln 2.  Lin (1991).

    Both are distributions over the same finitely many outcomes.
    """
    p, q = _chances(p, q)
    middle = (p + q) / 2
    return np.sum(rel_entr(p, middle) + rel_entr(q, middle)) / 2


def _chances(p: ArrayLike, q: ArrayLike) -> tuple[NDArray, NDArray]:
    """Refuse what is not two distributions over the same outcomes."""
    p, q = np.asarray(p, dtype=float), np.asarray(q, dtype=float)
    expect(p.shape == q.shape, "p and q of the same shape", (p.shape, q.shape))
    for each in (p, q):
        fits = bool(np.all(each >= 0)) and np.isclose(each.sum(), 1)
        expect(fits, "chances of 0 or more whose sum is 1", each)
    return p, q


# ── The generator's two slopes ───────────────────────────────────────────────────────────────────


def saturating_slope(z: ArrayLike) -> NDArray:
    """Return the slope of ln(1 − σ(z)), the generator's part of V: −σ(z), 0 where D nears 0."""
    return -sigmoid(z)


def swapped_slope(z: ArrayLike) -> NDArray:
    """Return the slope of −ln σ(z), which takes its place: σ(z) − 1, 0 where D nears 1.

    Goodfellow et al. (2014), section 3.
    """
    return sigmoid(z) - 1


# ── Rules for the game V = xy, one step each ─────────────────────────────────────────────────────


def simultaneous(alpha: float) -> NDArray:
    """Return the matrix of a step of both at once: x − αy and y + αx."""
    return np.array([[1.0, -alpha], [alpha, 1.0]])


def alternating(alpha: float) -> NDArray:
    """Return the matrix of a step in which y answers to the new x."""
    return np.array([[1.0, -alpha], [alpha, 1.0 - alpha**2]])


def extragradient(alpha: float) -> NDArray:
    """Return the matrix of a step whose slopes are those one step ahead.  Korpelevich (1976)."""
    return np.array([[1.0 - alpha**2, -alpha], [alpha, 1.0 - alpha**2]])


# ── Two networks ─────────────────────────────────────────────────────────────────────────────────


def joint_field(
    generator: Layer, judge: Layer, slope: Callable[[NDArray], NDArray] = swapped_slope
) -> Callable[[NDArray, tuple[NDArray, NDArray]], NDArray]:
    """Return the function (θ, (X, N)) → field, by which stochastic descent plays the game.

    It is :func:`both_gradients` of two networks; ``slope`` is dJ/dz of the generator's cost.
    """
    rng = np.random.default_rng()
    first = generator.first(rng), judge.first(rng)  # for the shapes alone
    return partial(both_gradients, generator, judge, slope, first)


def both_gradients(
    generator: Layer,
    judge: Layer,
    slope: Callable[[NDArray], NDArray],
    first: Part,
    theta: NDArray,
    batch: tuple[NDArray, NDArray],
) -> NDArray:
    """Return ∂J/∂θ of the generator's cost by its own parameters, then that of −V by the judge's.

    θ are the parameters of both, ``flat((those of G, those of D))``, shaped as ``first`` is.  The
    batch are real examples X and noise N, an example a column, as many of the one as of the other.
    The judge is asked once, and there are two ways back: to its own parameters, and through it.
    """
    X, N = batch
    _as_many(X, N)
    m = X.shape[-1]
    G, D = like(theta, first)
    made, kept_by_G = generator.forward(G, N)
    Z, kept = judge.forward(D, np.concatenate([X, made], axis=-1))
    real, fake = Z[:, :m], Z[:, m:]
    dZ = np.hstack([sigmoid(real) - 1, sigmoid(fake)]) / m  # (Ŷ − Y)/m
    dD = judge.gradients(dZ, D, kept)
    dZ = np.hstack([0 * real, slope(fake)]) / m
    dA, _ = judge.backward(dZ, D, kept)  # through the judge, whose gradients are thrown away
    return flat((generator.gradients(dA[..., m:], G, kept_by_G), dD))


def _as_many(X: NDArray, N: NDArray) -> None:
    """Refuse noise for another number of examples than there are real ones."""
    if X.shape[-1] != N.shape[-1]:
        raise ValueError(
            f"expected as many columns of noise as of X, got {N.shape[-1]} and {X.shape[-1]}"
        )
