"""Each rule takes the path of a reference library, step by step, and so does each schedule."""

from functools import partial

import numpy as np
import pytest

from utils import optimizers
from utils.optimizers import (
    adam,
    amsgrad,
    gradient_descent,
    momentum,
    nesterov,
    plain,
    rmsprop,
    stochastic_descent,
)

pytestmark = pytest.mark.slow  # the import of the reference alone takes seconds

STEPS, ALPHA = 100, 0.03

#: Ours, and what optax calls the same: a transformation of the gradient.
RULES = {
    "plain": (plain, lambda optax: optax.identity()),
    "momentum": (momentum, lambda optax: optax.trace(0.9)),
    "momentum, 0.5": (partial(momentum, beta=0.5), lambda optax: optax.trace(0.5)),
    "nesterov": (nesterov, lambda optax: optax.trace(0.9, nesterov=True)),
    "rmsprop": (rmsprop, lambda optax: optax.scale_by_rms(0.9, 1e-8, eps_in_sqrt=False)),
    "rmsprop, 0.99": (
        partial(rmsprop, beta2=0.99, epsilon=0.01),
        lambda optax: optax.scale_by_rms(0.99, 0.01, eps_in_sqrt=False),
    ),
    "adam": (adam, lambda optax: optax.scale_by_adam()),
    "adam, 0.8": (
        partial(adam, beta1=0.8, beta2=0.9, epsilon=0.01),
        lambda optax: optax.scale_by_adam(0.8, 0.9, 0.01),
    ),
    "amsgrad": (amsgrad, lambda optax: optax.scale_by_amsgrad()),
    "amsgrad, 0.8": (
        partial(amsgrad, beta1=0.8, beta2=0.9, epsilon=0.01),
        lambda optax: optax.scale_by_amsgrad(0.8, 0.9, 0.01),
    ),
}

SCHEDULES = {
    "constant": (ALPHA, lambda _: ALPHA),
    "staircase": (
        partial(optimizers.staircase, alpha=ALPHA, factor=0.5, every=30),
        lambda optax: optax.exponential_decay(ALPHA, 30, 0.5, staircase=True),
    ),
    "cosine": (
        partial(optimizers.cosine, alpha=ALPHA, steps=80),
        lambda optax: optax.cosine_decay_schedule(ALPHA, 80),
    ),
    "warmup": (
        partial(optimizers.warmup, alpha=ALPHA, steps=20),
        lambda optax: optax.linear_schedule(ALPHA / 20, ALPHA, 19),
    ),
    "inverse time": (
        partial(optimizers.inverse_time, alpha=ALPHA, half=25),
        lambda _: lambda t: ALPHA / (1 + t / 25),
    ),
}


@pytest.fixture(scope="module")
def optax():
    """Import the reference when its tests run, and have it use doubles."""
    jax = pytest.importorskip("jax")
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    yield pytest.importorskip("optax")
    jax.config.update("jax_enable_x64", before)


def bumpy(w):
    """Return a gradient with curvatures from 0.1 to 10, and bumps."""
    scale = np.geomspace(0.1, 10, w.size).reshape(w.shape)
    return scale * w + np.sin(3 * w)


def reference(transformation, rate, start, gradients):
    """Walk as optax does; ``gradients`` has a function of w for each step."""
    w, path = np.asarray(start), [np.asarray(start)]
    state = transformation.init(w)
    for t, gradient in enumerate(gradients):
        direction, state = transformation.update(gradient(w), state, w)
        w = np.asarray(w - (rate(t) if callable(rate) else rate) * direction)
        path.append(w)
    return np.array(path)


def start(shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def hold(path, theirs):
    size = np.abs(theirs).max(axis=tuple(range(1, theirs.ndim)), keepdims=True)
    assert np.max(np.abs(path - theirs) / size) < 1e-10


@pytest.mark.parametrize("shape", [(5,), (2, 3)])
@pytest.mark.parametrize("name", RULES)
def test_a_path_of_100_steps(name, shape, optax):
    rule, theirs = RULES[name]
    path = gradient_descent(bumpy, start(shape), ALPHA, STEPS, rule)
    hold(path, reference(theirs(optax), ALPHA, start(shape), [bumpy] * STEPS))


@pytest.mark.parametrize("name", RULES)
def test_a_path_through_noise(name, optax):
    rule, theirs = RULES[name]
    noise = np.random.default_rng(1).normal(size=(STEPS, 4))
    path = stochastic_descent(lambda w, n: bumpy(w) + n, start(4), ALPHA, noise, rule)
    walk = [lambda w, n=n: bumpy(w) + n for n in noise]
    hold(path, reference(theirs(optax), ALPHA, start(4), walk))


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_schedule(name, optax):
    ours, theirs = SCHEDULES[name]
    rate, reference_rate = ours if callable(ours) else lambda t: ours, theirs(optax)
    for t in range(STEPS):
        wanted = reference_rate(t) if callable(reference_rate) else reference_rate
        np.testing.assert_allclose(rate(t), wanted, rtol=1e-12, atol=1e-15)
    for rule, transformation in (RULES["adam"], RULES["momentum"]):
        path = gradient_descent(bumpy, start(3), ours, STEPS, rule)
        hold(path, reference(transformation(optax), reference_rate, start(3), [bumpy] * STEPS))


@pytest.mark.parametrize("name", RULES)
def test_decoupled_weight_decay(name, optax):
    rule, theirs = RULES[name]
    both = optax.chain(theirs(optax), optax.add_decayed_weights(0.1))
    path = gradient_descent(bumpy, start(3), ALPHA, STEPS, rule, mu=0.1)
    hold(path, reference(both, ALPHA, start(3), [bumpy] * STEPS))


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (plain, lambda optax: optax.sgd(ALPHA)),
        (momentum, lambda optax: optax.sgd(ALPHA, momentum=0.9)),
        (nesterov, lambda optax: optax.sgd(ALPHA, momentum=0.9, nesterov=True)),
        (rmsprop, lambda optax: optax.rmsprop(ALPHA, decay=0.9, eps_in_sqrt=False)),
        (adam, lambda optax: optax.adam(ALPHA)),
        (amsgrad, lambda optax: optax.amsgrad(ALPHA)),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_the_reference_calls_the_whole_optimizer_so(ours, theirs, optax):
    """The same without our taking its parts: sgd, rmsprop, adam, amsgrad, with their defaults."""
    optimizer, w = theirs(optax), start(5)
    state, path = optimizer.init(w), [w]
    for _ in range(STEPS):
        update, state = optimizer.update(bumpy(w), state, w)
        w = np.asarray(optax.apply_updates(w, update))
        path.append(w)
    hold(gradient_descent(bumpy, start(5), ALPHA, STEPS, ours), np.array(path))


def test_adamw_is_adam_with_decoupled_decay(optax):
    optimizer, w = optax.adamw(ALPHA, weight_decay=0.1), start(5)
    state, path = optimizer.init(w), [w]
    for _ in range(STEPS):
        update, state = optimizer.update(bumpy(w), state, w)
        w = np.asarray(optax.apply_updates(w, update))
        path.append(w)
    hold(gradient_descent(bumpy, start(5), ALPHA, STEPS, adam, mu=0.1), np.array(path))
