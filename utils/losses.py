"""Losses: how wrong one prediction is, and the derivative that descent needs.

Arguments are numbers or arrays.  ``y`` is the target and ``y_hat`` the prediction, of one shape,
and so is the result; a cost is the mean of a loss over examples.  Where there are K classes, ``y``
and what goes with it have shape (K,) for one example or (K, m) for m of them, and the result is a
number or has shape (m,).  ``s`` is a label as a sign, −1 or 1.  Every function raises
``ValueError`` on other shapes, on nothing, on NaN, and on labels and probabilities out of their
range.  The chapters *Loss functions* and *Many classes* derive them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from utils.activations import log_sum_exp, softmax, softplus
from utils.checks import expect

Numbers = NDArray | float

# ── The target is a number ───────────────────────────────────────────────────────────────────────


def squared_error(y: Numbers, y_hat: Numbers) -> Numbers:
    """ℓ = ½ (y − ŷ)², in the square of the target's unit."""
    _fits(y, y_hat)
    return 0.5 * (y - y_hat) ** 2


def squared_error_gradient(y: Numbers, y_hat: Numbers) -> Numbers:
    """∂ℓ/∂ŷ = −(y − ŷ).  The sign is the classic slip: ŷ too large makes it positive."""
    _fits(y, y_hat)
    return -(y - y_hat)


def absolute_error(y: Numbers, y_hat: Numbers) -> Numbers:
    """ℓ = |y − ŷ|, in the target's unit."""
    _fits(y, y_hat)
    return np.abs(y - y_hat)


def absolute_error_gradient(y: Numbers, y_hat: Numbers) -> Numbers:
    """∂ℓ/∂ŷ = −sign(y − ŷ); at the kink y = ŷ, where there is no derivative, 0 by convention."""
    _fits(y, y_hat)
    return -np.sign(y - y_hat)


def huber(y: Numbers, y_hat: Numbers, tau: float) -> Numbers:
    """½ r² for a residual r = y − ŷ of size up to ``tau`` > 0, beyond it τ (|r| − ½ τ).

    Huber (1964).
    """
    _fits(y, y_hat)
    expect(tau > 0, "tau > 0", tau)
    size = np.abs(y - y_hat)
    q = np.minimum(size, tau)
    return q * (size - 0.5 * q)


def huber_gradient(y: Numbers, y_hat: Numbers, tau: float) -> Numbers:
    """∂ℓ/∂ŷ: that of the squared error, held between −τ and τ."""
    _fits(y, y_hat)
    expect(tau > 0, "tau > 0", tau)
    return -np.clip(y - y_hat, -tau, tau)


# ── The target is one of two classes ─────────────────────────────────────────────────────────────


def cross_entropy(y: Numbers, y_hat: Numbers) -> Numbers:
    """ℓ = −y ln ŷ − (1 − y) ln(1 − ŷ), in nats, for a probability 0 < ŷ < 1 of the class y = 1.

    ``y`` is 0 or 1, or a probability between.
    """
    _fits(y, y_hat)
    _within(y)
    inside = (np.real(y_hat) > 0) & (np.real(y_hat) < 1)
    expect(bool(np.all(inside)), "every y_hat strictly between 0 and 1", y_hat)
    return -y * np.log(y_hat) - (1 - y) * np.log(1 - y_hat)


def cross_entropy_gradient(y: Numbers, y_hat: Numbers) -> Numbers:
    """∂ℓ/∂z = ŷ − y, where ŷ = σ(z), or ŷ = softmax(z) with a one-hot ``y``.

    The derivative of the activation has canceled.
    """
    _fits(y, y_hat)
    _within(y)
    return y_hat - y


def cross_entropy_from_z(y: Numbers, z: Numbers) -> Numbers:
    """Return the cross-entropy of ŷ = σ(z), finite and accurate for every finite ``z``."""
    _fits(y, z)
    _within(y)
    return y * softplus(-z) + (1 - y) * softplus(z)


def hinge(s: Numbers, z: Numbers) -> Numbers:
    """ℓ = max(0, 1 − s z): zero once ``z`` has the sign of ``s`` and at least the size 1.

    Cortes and Vapnik (1995).
    """
    _fits(s, z)
    _signs(s)
    return np.maximum(0, 1 - s * z)


def hinge_gradient(s: Numbers, z: Numbers) -> Numbers:
    """∂ℓ/∂z: −s where s z < 1, else 0 (at the kink s z = 1 by convention)."""
    _fits(s, z)
    _signs(s)
    return np.where(s * z < 1, -s, 0)


# ── The target is one of K classes ───────────────────────────────────────────────────────────────


def negative_log_likelihood(y: NDArray, y_hat: NDArray) -> Numbers:
    """ℓ = −Σ yₖ ln ŷₖ for a one-hot ``y`` (or probabilities) and probabilities ŷ > 0."""
    _fits(y, y_hat)
    _distribution(y)
    expect(bool(np.all(np.real(y_hat) > 0)), "every y_hat above 0", y_hat)
    return -np.sum(y * np.log(y_hat), axis=0)


def negative_log_likelihood_gradient(y: NDArray, y_hat: NDArray) -> NDArray:
    """∂ℓ/∂ŷ = −y/ŷ entry by entry, shaped like ``y``."""
    _fits(y, y_hat)
    _distribution(y)
    return -y / y_hat


def categorical_cross_entropy(y: NDArray, z: NDArray) -> Numbers:
    """Return the negative log likelihood of ŷ = softmax(z), finite for every finite ``z``.

    It is right to 15 digits of ``z``, not to 15 of its own.  Its derivative with respect to ``z``
    is ``cross_entropy_gradient(y, softmax(z))``.
    """
    _fits(y, z)
    _distribution(y)
    return log_sum_exp(z) - np.sum(y * z, axis=0)


def softmax_squared_error_gradient(y: NDArray, z: NDArray) -> NDArray:
    """∂ℓ/∂z of ℓ = ½ ‖y − ŷ‖² with ŷ = softmax(z): the Jacobian times ŷ − y, which stalls."""
    _fits(y, z)
    _distribution(y)
    y_hat = softmax(z)
    pull = y_hat * (y_hat - y)
    return pull - y_hat * np.sum(pull, axis=0)


# ── Two inputs are to be near each other, or apart ───────────────────────────────────────────────


def hinge_embedding(s: Numbers, u: NDArray, v: NDArray, gamma: float = 1.0) -> Numbers:
    """L1 distance of ``u`` and ``v`` if they belong together (s = 1); if not, max(0, γ − distance).

    ``u`` and ``v`` have shape (n,) or (n, m), ``s`` is a number or has shape (m,).  As PyTorch's
    ``HingeEmbeddingLoss`` of an L1 distance.
    """
    _embeds(s, u, v)
    distance = np.sum(np.abs(u - v), axis=0)
    return np.where(s == 1, distance, np.maximum(0, gamma - distance))


def hinge_embedding_gradient(s: Numbers, u: NDArray, v: NDArray, gamma: float = 1.0) -> NDArray:
    """∂ℓ/∂u, shaped like ``u``; that with respect to ``v`` is its negative."""
    _embeds(s, u, v)
    distance = np.sum(np.abs(u - v), axis=0)
    return np.where(s == 1, 1, np.where(distance < gamma, -1, 0)) * np.sign(u - v)


def cosine(u: NDArray, v: NDArray) -> Numbers:
    """Cosine of the angle between ``u`` and ``v``, neither zero, of shape (n,) or (n, m)."""
    _fits(u, v)
    lengths = _length(u) * _length(v)
    expect(bool(np.all(np.real(lengths) > 0)), "vectors other than zero", "a zero vector")
    return np.sum(u * v, axis=0) / lengths


def cosine_gradient(u: NDArray, v: NDArray) -> NDArray:
    """∂cos/∂u, shaped like ``u``: at right angles to ``u``, because only its direction counts."""
    return (v / _length(v) - cosine(u, v) * u / _length(u)) / _length(u)


def cosine_embedding(s: Numbers, u: NDArray, v: NDArray, gamma: float = 0.0) -> Numbers:
    """1 − cos if ``u`` and ``v`` belong together (s = 1); if not, max(0, cos − γ).

    As PyTorch's ``CosineEmbeddingLoss``.
    """
    _embeds(s, u, v)
    return np.where(s == 1, 1 - cosine(u, v), np.maximum(0, cosine(u, v) - gamma))


def cosine_embedding_gradient(s: Numbers, u: NDArray, v: NDArray, gamma: float = 0.0) -> NDArray:
    """∂ℓ/∂u, shaped like ``u``; swap the two for that with respect to ``v``."""
    _embeds(s, u, v)
    return -np.where(s == 1, 1, np.where(cosine(u, v) > gamma, -1, 0)) * cosine_gradient(u, v)


def _length(u: NDArray) -> Numbers:
    return np.sqrt(np.sum(u * u, axis=0))


# ── What is refused ──────────────────────────────────────────────────────────────────────────────


def _fits(y: Numbers, y_hat: Numbers) -> None:
    expect(not isinstance(y, list | tuple), "a number or an array", type(y).__name__)
    expect(not isinstance(y_hat, list | tuple), "a number or an array", type(y_hat).__name__)
    shape = np.shape(y)
    expect(np.shape(y_hat) == shape, f"y_hat of y's shape {shape}", np.shape(y_hat))
    expect(0 not in shape, "one example at least", f"an array of shape {shape}")
    expect(not np.any(np.isnan(y)) and not np.any(np.isnan(y_hat)), "numbers", "NaN")


def _within(y: Numbers) -> None:
    expect(bool(np.all((y >= 0) & (y <= 1))), "every y between 0 and 1", y)


def _signs(s: Numbers) -> None:
    expect(bool(np.all((s == 1) | (s == -1))), "every s to be -1 or 1", s)


def _distribution(y: NDArray) -> None:
    expect(np.ndim(y) in (1, 2), "y of shape (K,) or (K, m)", np.shape(y))
    _within(y)
    total = np.sum(y, axis=0)
    expect(bool(np.allclose(total, 1)), "columns of y that sum to 1, as one-hot ones do", total)


def _embeds(s: Numbers, u: NDArray, v: NDArray) -> None:
    _fits(u, v)
    expect(np.ndim(u) in (1, 2), "u of shape (n,) or (n, m)", np.shape(u))
    expect(np.shape(s) in ((), np.shape(u)[1:]), f"s of shape {np.shape(u)[1:]}", np.shape(s))
    _signs(s)
