"""Gradient descent and the rules that improve on it: the whole path, so that it can be looked at.

A point may be a number or an array of any shape; ``gradient`` maps a point to an array of its
shape.  A path stacks the points along a new first axis, the start included.

A **rule** decides in which direction to step: ``rule(g, memory)`` takes the gradient and what it
remembered last time, None at first, and returns the direction, shaped like ``g``, and what to
remember.  The step is w := w − α · direction.  :func:`plain`, :func:`momentum`, :func:`nesterov`,
:func:`rmsprop`, :func:`adam` and :func:`amsgrad` are rules; with other settings than their own,
``partial(momentum, beta=0.5)`` is one, too.

A learning rate ``alpha`` is a number, or a **schedule**: a function of the step t = 0, 1, …, such
as ``partial(cosine, alpha=0.1, steps=100)``.  Where it is an array, each entry of a point has a
rate of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray

from utils.checks import expect

Gradient = Callable[..., ArrayLike]
Rule = Callable[[NDArray, tuple | None], tuple[NDArray, tuple | None]]
Rate = float | NDArray | Callable[[int], float | NDArray]

# ── Rules ────────────────────────────────────────────────────────────────────────────────────────


def plain(g: NDArray, memory: tuple | None) -> tuple[NDArray, tuple | None]:
    """Step against the gradient and remember nothing.  Cauchy (1847)."""
    return g, memory


def momentum(g: NDArray, memory: tuple | None, beta: float = 0.9) -> tuple[NDArray, tuple]:
    """Step against the velocity v := β v + g.  Polyak (1964), the heavy ball."""
    (v,) = memory or (0,)
    v = beta * v + g
    return v, (v,)


def nesterov(g: NDArray, memory: tuple | None, beta: float = 0.9) -> tuple[NDArray, tuple]:
    """Step against g + β v: the gradient, and the velocity that the next step will have.

    The points of the path are those at which Nesterov (1983) takes his gradients.
    """
    (v,) = memory or (0,)
    v = beta * v + g
    return g + beta * v, (v,)


def rmsprop(
    g: NDArray, memory: tuple | None, beta2: float = 0.9, epsilon: float = 1e-8
) -> tuple[NDArray, tuple]:
    """Divide each entry of the gradient by the root of the running mean s of its square.

    Tieleman and Hinton (2012).
    """
    (s,) = memory or (0,)
    s = beta2 * s + (1 - beta2) * g**2
    return g / (np.sqrt(s) + epsilon), (s,)


def adam(
    g: NDArray,
    memory: tuple | None,
    beta1: float = 0.9,
    beta2: float = 0.999,
    epsilon: float = 1e-8,
) -> tuple[NDArray, tuple]:
    """Divide the running mean u of the gradient by the root of that of its square, s.

    Both begin at 0, which 1 − βᵗ corrects.  Kingma and Ba (2015), who write m and v for u and s.
    """
    u, s, t = memory or (0, 0, 0)
    u = beta1 * u + (1 - beta1) * g
    s = beta2 * s + (1 - beta2) * g**2
    t = t + 1
    u_hat = u / (1 - beta1**t)
    s_hat = s / (1 - beta2**t)
    return u_hat / (np.sqrt(s_hat) + epsilon), (u, s, t)


def amsgrad(
    g: NDArray,
    memory: tuple | None,
    beta1: float = 0.9,
    beta2: float = 0.999,
    epsilon: float = 1e-8,
) -> tuple[NDArray, tuple]:
    """Do as :func:`adam` does, but divide by the greatest ŝ so far.  Reddi et al. (2018)."""
    u, s, t, r = memory or (0, 0, 0, 0)
    u = beta1 * u + (1 - beta1) * g
    s = beta2 * s + (1 - beta2) * g**2
    t = t + 1
    r = np.maximum(r, s / (1 - beta2**t))
    return u / (1 - beta1**t) / (np.sqrt(r) + epsilon), (u, s, t, r)


# ── Schedules ────────────────────────────────────────────────────────────────────────────────────


def staircase(t: ArrayLike, alpha: float, factor: float, every: int) -> NDArray:
    """Return the rate at step ``t``: multiplied by ``factor`` after each ``every`` steps."""
    expect(every >= 1, "every >= 1", every)
    return alpha * factor ** np.floor(np.asarray(t) / every)


def inverse_time(t: ArrayLike, alpha: float, half: float) -> NDArray:
    """Return the rate at step ``t``, α / (1 + t/T): half of it is left after ``half`` steps, T."""
    expect(half > 0, "half > 0", half)
    return alpha / (1 + np.asarray(t) / half)


def cosine(t: ArrayLike, alpha: float, steps: int) -> NDArray:
    """Return the rate at step ``t``, ½ α (1 + cos(πt/T)), 0 from T = ``steps`` on.

    Loshchilov and Hutter (2017).
    """
    expect(steps >= 1, "steps >= 1", steps)
    return 0.5 * alpha * (1 + np.cos(np.pi * np.minimum(np.asarray(t) / steps, 1)))


def warmup(t: ArrayLike, alpha: float, steps: int) -> NDArray:
    """Return the rate at step ``t``: it rises in even steps, and is ``alpha`` after ``steps``."""
    expect(steps >= 1, "steps >= 1", steps)
    return alpha * np.minimum((np.asarray(t) + 1) / steps, 1)


# ── Descent ──────────────────────────────────────────────────────────────────────────────────────


def gradient_descent(
    gradient: Gradient,
    start: ArrayLike,
    alpha: Rate,
    steps: int,
    rule: Rule = plain,
    mu: float = 0.0,
) -> NDArray:
    """Take ``steps`` steps w := w − α ∇J(w) and return all points, ``steps + 1`` of them.

    With a ``rule``, its direction stands in the place of the gradient; with ``mu``, the step is
    w := w − α (direction + μ w), decoupled weight decay.  A rate that is too large makes the path
    overflow to inf and nan, as NumPy does; :func:`descend_until` refuses it.
    """
    expect(steps >= 0, "steps >= 0", steps)
    _fits(gradient(np.asarray(start, dtype=float)), start)
    return stochastic_descent(lambda w, _: gradient(w), start, alpha, range(steps), rule, mu)


def descend_until(
    gradient: Gradient, start: ArrayLike, alpha: float, tolerance: float, budget: int = 10_000
) -> NDArray:
    """Descend until the norm of the gradient is at most ``tolerance``; return the path.

    Raise ``FloatingPointError`` if the path overflows, and ``RuntimeError`` if ``budget`` steps
    were not enough: a path that comes back has converged, in the sense of the gradient's norm.
    """
    expect(tolerance > 0, "tolerance > 0", tolerance)
    path = [np.asarray(start, dtype=float)]
    for step in range(budget + 1):
        g = gradient(path[-1])
        if not np.all(np.isfinite(g)):
            raise FloatingPointError(f"overflow at step {step}: lower alpha")
        if np.linalg.norm(g) <= tolerance:
            return np.array(path)
        path.append(path[-1] - alpha * g)
    raise RuntimeError(f"not converged in {budget} steps")


def mini_batches(m: int, size: int, epochs: int, rng: np.random.Generator) -> Iterator[NDArray]:
    """Shuffle the indices 0 … m − 1 in each epoch and deal them out, ``size`` at a time.

    Each example comes once an epoch; the last batch of an epoch is smaller if ``size`` does not
    divide ``m``.
    """
    expect(1 <= size <= m, f"a batch size from 1 to {m}", size)
    for _ in range(epochs):
        yield from np.split(rng.permutation(m), range(size, m, size))


def stochastic_descent(
    gradient: Gradient,
    start: ArrayLike,
    alpha: Rate,
    batches: Iterable,
    rule: Rule = plain,
    mu: float = 0.0,
    every: int = 1,
) -> NDArray:
    """Take one step a batch, w := w − α g, and return all points.

    ``gradient(w, batch)`` is the mean gradient over the examples whose indices are in ``batch``;
    ``alpha``, ``rule`` and ``mu`` are as in :func:`gradient_descent`.  Of a long path only each
    ``every``-th point is kept, the first, and the last.  Robbins and Monro (1951); the decay of
    the weights apart from the gradient is due to Loshchilov and Hutter (2019).
    """
    expect(every >= 1, "every >= 1", every)
    rate = alpha if callable(alpha) else lambda t: alpha
    w, path, memory = np.asarray(start, dtype=float), [], None
    for t, batch in enumerate(batches):
        if t % every == 0:
            path.append(w)
        direction, memory = rule(gradient(w, batch), memory)
        if mu:
            direction = direction + mu * w
        w = w - rate(t) * direction
    return np.array([*path, w])


def clip_by_norm(g: NDArray, c: float) -> NDArray:
    """Return ``g``, shortened to the length ``c`` where it is longer: min(1, c/‖g‖) g.

    The direction stays.  ``g`` is a number or an array of any shape, such as all gradients in one
    vector.  A gradient that has overflowed is refused: no length is left to clip.  Pascanu, Mikolov
    and Bengio (2013).
    """
    expect(c > 0, "a length c above 0", c)
    expect(bool(np.all(np.isfinite(g))), "a finite gradient", "an entry that is infinite or NaN")
    length = np.sqrt(np.sum(np.square(g)))
    return g * (c / max(length, c))


def _fits(g: ArrayLike, start: ArrayLike) -> None:
    expect(np.shape(g) == np.shape(start), f"a gradient of shape {np.shape(start)}", np.shape(g))
