"""The exercises of the chapter on adaptive rates: what they draw, and how they go wrong."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from utils.judging import Exercise

_STEP = np.array([-0.1, 0.1])  # against the gradient (0.003, −40), each by α
_TINY = np.array([0.0, 1e-8, 2.0])  # a gradient that ε is there for


def _gradient_and_memory(rng: np.random.Generator) -> tuple[NDArray, tuple | None]:
    g, s = rng.normal(size=3), rng.uniform(0.5, 2, size=3)
    return g, (s,) if rng.random() < 0.5 else None


def _sums(g: NDArray, memory: tuple | None) -> tuple[NDArray, NDArray]:
    (s,) = memory or (np.zeros_like(g),)
    return s, s + g**2


def _adagrad(g: NDArray, memory: tuple | None) -> tuple:
    _, s = _sums(g, memory)
    return g / (np.sqrt(s) + 1e-8), (s,)


def _old_sum(g: NDArray, memory: tuple | None) -> tuple:
    old, s = _sums(g, memory)
    return g / (np.sqrt(old) + 1e-8), (s,)


def _sizes(g: NDArray, memory: tuple | None) -> tuple:
    s = _sums(g, memory)[0] + np.abs(g)
    return g / (np.sqrt(s) + 1e-8), (s,)


def _fading(g: NDArray, memory: tuple | None) -> tuple:
    s = 0.9 * _sums(g, memory)[0] + 0.1 * g**2
    return g / (np.sqrt(s) + 1e-8), (s,)


def _without_epsilon(g: NDArray, memory: tuple | None) -> tuple:
    _, s = _sums(g, memory)
    return g / np.sqrt(s), (s,)


def _state(rng: np.random.Generator) -> tuple:
    w, g, u = rng.normal(size=(3, 4))
    alpha, mu = rng.uniform(0.05, 0.2), rng.uniform(0.1, 0.4)
    return w, g, u, rng.uniform(0.5, 2, size=4), int(rng.integers(9)), alpha, mu


def _adam_direction(
    g: NDArray,
    u: NDArray,
    s: NDArray,
    t: int,
    mu_w: NDArray | float = 0.0,
    epsilon: float = 1e-8,
) -> NDArray:
    g = g + mu_w
    u, s = 0.9 * u + 0.1 * g, 0.999 * s + 0.001 * g**2
    return u / (1 - 0.9**t) / (np.sqrt(s / (1 - 0.999**t)) + epsilon)


def _adamw(
    w: NDArray, g: NDArray, u: NDArray, s: NDArray, t: int, alpha: float, mu: float
) -> NDArray:
    return w - alpha * (_adam_direction(g, u, s, t + 1) + mu * w)


def _uncorrected(
    w: NDArray, g: NDArray, u: NDArray, s: NDArray, t: int, alpha: float, mu: float
) -> NDArray:
    direction = (0.9 * u + 0.1 * g) / (np.sqrt(0.999 * s + 0.001 * g**2) + 1e-8)
    return w - alpha * (direction + mu * w)


def _means(g: NDArray, u: NDArray, s: NDArray) -> tuple[NDArray, NDArray]:
    return 0.9 * u + 0.1 * g, 0.999 * s + 0.001 * g**2


def _divided(
    w: NDArray, g: NDArray, u: NDArray, s: NDArray, t: int, alpha: float, mu: float
) -> NDArray:
    u, s = _means(g, u, s)
    u_hat, s_hat = u / (1 - 0.9 ** (t + 1)), s / (1 - 0.999 ** (t + 1))
    return w - alpha * (u_hat + mu * w) / (np.sqrt(s_hat) + 1e-8)


def _half_corrected(
    w: NDArray, g: NDArray, u: NDArray, s: NDArray, t: int, alpha: float, mu: float, first: int
) -> NDArray:
    """Correct u if ``first`` is 1, and s if it is 0."""
    u, s = _means(g, u, s)
    u, s = u / (1 - first * 0.9 ** (t + 1)), s / (1 - (1 - first) * 0.999 ** (t + 1))
    return w - alpha * (u / (np.sqrt(s) + 1e-8) + mu * w)


def _new_decay(
    w: NDArray, g: NDArray, u: NDArray, s: NDArray, t: int, alpha: float, mu: float
) -> NDArray:
    new = w - alpha * _adam_direction(g, u, s, t + 1)
    return new - alpha * mu * new


def _fading_factors(rng: np.random.Generator) -> tuple[float, float]:
    return rng.uniform(0.1, 0.8), rng.uniform(0.9, 0.99)


def _rare_step(beta1: float, beta2: float) -> float:
    return (1 - beta1) / np.sqrt(1 - beta2)


def _rare_way(beta1: float, beta2: float) -> float:
    return _rare_step(beta1, beta2) / (1 - beta1 / np.sqrt(beta2))


def _noisy(rng: np.random.Generator) -> tuple[float, float, float]:
    return rng.uniform(0.05, 0.3), rng.uniform(0.5, 2), rng.uniform(1.5, 4)


def _floor(alpha: float, lam: float, s2: float) -> float:
    return alpha * s2 / (lam * (2 - alpha * lam))


EXERCISES: dict[str, Exercise | dict[str, Exercise]] = {
    "op-first-step": {
        "plain": Exercise(
            answer=np.array([-0.0003, 4.0]),
            mistakes={
                "weights go against the gradient": np.array([0.0003, -4.0]),
                "that is minus the gradient; multiply by α": np.array([-0.003, 40.0]),
            },
        ),
        "RMSProp": Exercise(
            answer=_STEP / np.sqrt(0.1),
            mistakes={
                "weights go against the gradient": -_STEP / np.sqrt(0.1),
                "that is Adam's step; without its correction the step is longer": _STEP,
                "divide by the root of 1 − β₂": _STEP / 0.1,
                "divide by the root of 1 − β₂, not of β₂": _STEP / np.sqrt(0.9),
                "that is the direction; multiply by α": _STEP * np.sqrt(1000),
            },
        ),
        "Adam": Exercise(
            answer=_STEP,
            mistakes={
                "weights go against the gradient": -_STEP,
                "that is the direction; multiply by α": 10 * _STEP,
                "the correction makes up for 1 − β₁ and 1 − β₂": _STEP * 0.1 / 0.001**0.5,
                "the size of the gradient cancels": np.array([-0.0003, 4.0]),
            },
        ),
    },
    "op-choose": {
        "A": Exercise(
            answer="standardize",
            mistakes={"that helps, but the cause can be taken away: the units": "adam"},
        ),
        "B": Exercise(
            answer="schedule",
            mistakes={
                "it would hover nearer, and come more slowly; let the rate fall": "lower the rate"
            },
        ),
        "C": Exercise(
            answer="decay",
            mistakes={"that is about the rate; the penalty is divided by their size": "schedule"},
        ),
        "D": Exercise(
            answer="lower the rate",
            mistakes={"it diverges before a schedule could help": "schedule"},
        ),
        "E": Exercise(
            answer="adam",
            mistakes={
                "that is for the inputs, and these are the layers within": "standardize",
                "one rate for all does not fit all": "lower the rate",
            },
        ),
        "F": Exercise(
            answer=90,
            exact=True,
            mistakes={
                "a half each 10 steps would be a power; here a third is left after 20": 33.219,
                "at step 100 it is 1/11": 100,
                "then a half is left": 10,
                "solve 1 + t/10 = 10": 9,
            },
        ),
    },
    "op-adagrad": Exercise(
        answer=_adagrad,
        inputs=_gradient_and_memory,
        cases=[(_TINY, None)],
        mistakes={
            "the new square belongs to the sum before you divide": _old_sum,
            "square the gradient before you add it": _sizes,
            "that is RMSProp's mean; AdaGrad takes the sum": _fading,
            "you forgot the root": lambda g, memory: (
                g / (_sums(g, memory)[1] + 1e-8),
                _adagrad(g, memory)[1],
            ),
            "you forgot ε, and 0 is divided by 0 where the gradient has been 0": _without_epsilon,
            "you forgot what was remembered": lambda g, memory: _adagrad(g, None),
            "the memory is a tuple: return (s,)": lambda g, memory: (
                _adagrad(g, memory)[0],
                _sums(g, memory)[1],
            ),
            "return the new sum as well": lambda g, memory: _adagrad(g, memory)[0],
            "the new sum is what is remembered": lambda g, memory: (
                _adagrad(g, memory)[0],
                (_sums(g, memory)[0],),
            ),
            "the direction comes first, then the memory": lambda g, memory: _adagrad(g, memory)[
                ::-1
            ],
            "the loop does the subtraction; return the direction": lambda g, memory: _adagrad(
                -g, memory
            ),
            "the loop multiplies by α": lambda g, memory: (
                0.1 * _adagrad(g, memory)[0],
                _adagrad(g, memory)[1],
            ),
        },
    ),
    "op-adamw": Exercise(
        answer=_adamw,
        inputs=_state,
        cases=[(np.ones(3), _TINY, np.zeros(3), np.zeros(3), 0, 0.1, 0.2)],
        rtol=1e-6,  # 0.999 is not 1
        mistakes={
            "that is the penalty: μw went into the gradient": lambda w, g, u, s, t, alpha, mu: (
                w - alpha * _adam_direction(g, u, s, t + 1, mu * w)
            ),
            "you forgot the decay": lambda w, g, u, s, t, alpha, mu: _adamw(
                w, g, u, s, t, alpha, 0.0
            ),
            "the decay is multiplied by α, too": lambda w, g, u, s, t, alpha, mu: (
                w - alpha * _adam_direction(g, u, s, t + 1) - mu * w
            ),
            "you forgot ε, and 0 is divided by 0 where the gradient has been 0": (
                lambda w, g, u, s, t, alpha, mu: (
                    w - alpha * (_adam_direction(g, u, s, t + 1, epsilon=0) + mu * w)
                )
            ),
            "the sign of the decay is flipped": lambda w, g, u, s, t, alpha, mu: _adamw(
                w, g, u, s, t, alpha, -mu
            ),
            "the sign of the step is flipped": lambda w, g, u, s, t, alpha, mu: _adamw(
                w, g, u, s, t, -alpha, mu
            ),
            "this is step t + 1, so the corrections have t + 1": lambda w, g, u, s, t, alpha, mu: (
                w - alpha * (_adam_direction(g, u, s, t) + mu * w)
            ),
            "you forgot the bias correction": _uncorrected,
            "the decay acts on the old w": _new_decay,
            "the decay is not divided by anything": _divided,
            "you corrected only u": lambda w, g, u, s, t, alpha, mu: _half_corrected(
                w, g, u, s, t, alpha, mu, 1
            ),
            "you corrected only s": lambda w, g, u, s, t, alpha, mu: _half_corrected(
                w, g, u, s, t, alpha, mu, 0
            ),
            "return the new w alone": lambda w, g, u, s, t, alpha, mu: np.array(
                [_adamw(w, g, u, s, t, alpha, mu), *_means(g, u, s)]
            ),
        },
    ),
    "op-rare-step": Exercise(
        answer=_rare_step,
        inputs=_fading_factors,
        mistakes={
            "that is the step of RMSProp; Adam divides a mean that has only begun": lambda b1, b2: (
                1 / np.sqrt(1 - b2)
            ),
            "the correction has no effect any more": lambda b1, b2: 1.0,
            "divide by the root of s": lambda b1, b2: (1 - b1) / (1 - b2),
            "g has the factor 1 − β₁ in u, and g² has 1 − β₂ in s": lambda b1, b2: b1 / np.sqrt(b2),
            "the fraction is upside down": lambda b1, b2: 1 / _rare_step(b1, b2),
        },
    ),
    "op-rare-way": Exercise(
        answer=_rare_way,
        inputs=_fading_factors,
        mistakes={
            "that is the first step alone": _rare_step,
            "the divisor fades, too, by the root of β₂": lambda b1, b2: (
                _rare_step(b1, b2) / (1 - b1)
            ),
            "s fades by β₂, but the divisor is its root": lambda b1, b2: (
                _rare_step(b1, b2) / (1 - b1 / b2)
            ),
            "the first step belongs to it": lambda b1, b2: _rare_way(b1, b2) - _rare_step(b1, b2),
            "that is the sum of the shares; multiply by the first step": lambda b1, b2: (
                1 / (1 - b1 / np.sqrt(b2))
            ),
        },
    ),
    "op-adam-floor": Exercise(
        answer=lambda alpha, lam, d: _floor(alpha / d, lam, d**2),
        inputs=_noisy,
        mistakes={
            "that is the floor of plain descent; the rate is α / d now": lambda alpha, lam, d: (
                _floor(alpha, lam, d**2)
            ),
            "that holds where α is small": lambda alpha, lam, d: alpha * d / (2 * lam),
            "the variance of the noise is d², not d": lambda alpha, lam, d: _floor(
                alpha / d, lam, d
            ),
            "if you divide the noise by d, divide λ by d, too": lambda alpha, lam, d: _floor(
                alpha, lam, 1.0
            ),
            "the divisor is d, the root of the mean square": lambda alpha, lam, d: _floor(
                alpha / d**2, lam, d**2
            ),
            "the rate occurs twice in the formula": lambda alpha, lam, d: (
                alpha * d / (lam * (2 - alpha * lam))
            ),
            "that is its root, the distance": lambda alpha, lam, d: np.sqrt(
                _floor(alpha / d, lam, d**2)
            ),
        },
    ),
}
