"""Backpropagation against autograd and scikit-learn, over random networks; and wrong input."""

from itertools import pairwise

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from autograd.scipy.special import logsumexp
from hypothesis import given
from hypothesis import strategies as st
from sklearn.neural_network import MLPClassifier

from utils.activations import (
    identity,
    relu,
    sigmoid,
    sigmoid_derivative,
    softmax,
    tanh,
    tanh_derivative,
)
from utils.data import digits
from utils.gradient_check import complex_step
from utils.network import (
    backward,
    backward_count,
    forward,
    initial_parameters,
    multiply_add_count,
    pack,
    parameter_count,
    training_gradient,
    unpack,
)
from utils.optimizers import mini_batches, stochastic_descent

SIZES = st.lists(st.integers(1, 6), min_size=2, max_size=6)
#: Ours, its derivative, and what autograd follows.
HIDDEN = {
    "sigmoid": (sigmoid, sigmoid_derivative, lambda z: 1 / (1 + anp.exp(-z))),
    "tanh": (tanh, tanh_derivative, anp.tanh),
    "relu": (relu, lambda z: (z > 0) * 1.0, lambda z: anp.maximum(z, 0)),
}
#: The last activation, and the loss that fits it, of its weighted sums, for autograd.
OUTPUT = {
    "cross-entropy": (sigmoid, lambda Z, Y: anp.sum(anp.logaddexp(0, Z) - Y * Z)),
    "softmax": (softmax, lambda Z, Y: anp.sum(logsumexp(Z, axis=0)) - anp.sum(Y * Z)),
    "squared error": (identity, lambda Z, Y: anp.sum((Y - Z) ** 2) / 2),
}


def targets(kind, n, m, rng):
    if kind == "softmax":
        return np.eye(n)[:, rng.integers(n, size=m)]
    return rng.uniform(size=(n, m)) if kind == "cross-entropy" else rng.normal(size=(n, m))


@given(SIZES, st.data(), st.sampled_from(sorted(OUTPUT)), st.integers(1, 9), st.integers(0, 999))
def test_every_gradient_agrees_with_autograd(sizes, data, kind, m, seed):
    """Over random depths, widths, activations, losses and batch sizes, to 1e-10 relative."""
    names = [data.draw(st.sampled_from(sorted(HIDDEN))) for _ in sizes[2:]]
    ours, derivatives, theirs = zip(*(HIDDEN[n] for n in names), strict=True) if names else [()] * 3
    last, loss = OUTPUT[kind]
    rng = np.random.default_rng(seed)
    X, Y = rng.normal(size=(sizes[0], m)), targets(kind, sizes[-1], m, rng)
    theta = rng.normal(size=parameter_count(sizes))

    def cost(theta):
        A, at = X, 0
        for place, (before, n) in enumerate(pairwise(sizes)):
            W = anp.reshape(theta[at : at + n * before], (n, before))
            b = anp.reshape(theta[at + n * before : at + n * (before + 1)], (n, 1))
            at += n * (before + 1)
            Z = anp.dot(W, A) + b
            A = theirs[place](Z) if place < len(theirs) else Z
        return loss(Z, Y) / m

    gradient = training_gradient(X, Y, sizes, [*ours, last], derivatives)
    true = autograd.grad(cost)(theta)
    found = gradient(theta, np.arange(m))
    assert np.linalg.norm(found - true) <= 1e-10 * np.linalg.norm(true) + 1e-14


@given(SIZES, st.integers(1, 6), st.integers(0, 99))
def test_the_squared_error_after_a_sigmoid_by_a_complex_step(sizes, m, seed):
    """A loss that does not fit its activation brings the slope into the last error signal."""
    rng = np.random.default_rng(seed)
    X, Y = rng.normal(size=(sizes[0], m)), rng.uniform(size=(sizes[-1], m))
    theta, layers = rng.normal(size=parameter_count(sizes)), len(sizes) - 1

    def cost(theta):
        A = X
        for W, b in unpack(theta, sizes):
            A = sigmoid(W @ A + b)
        return np.sum((Y - A) ** 2) / (2 * m)

    parameters = unpack(theta, sizes)
    Z, A = forward(parameters, X, [sigmoid] * layers)
    dZ = -(Y - A[-1]) * sigmoid_derivative(Z[-1]) / m
    found = pack(backward(parameters, Z, A, dZ, [sigmoid_derivative] * (layers - 1)))
    true = complex_step(cost, theta)
    assert np.linalg.norm(found - true) <= 1e-10 * np.linalg.norm(true) + 1e-16


@given(SIZES, st.integers(0, 99))
def test_packing_and_unpacking(sizes, seed):
    theta = np.random.default_rng(seed).normal(size=parameter_count(sizes))
    parameters = unpack(theta, sizes)
    np.testing.assert_array_equal(pack(parameters), theta)
    parameters[0][0][0, 0] = 7.0
    assert theta[0] == 7.0  # a view


def test_a_batch_is_the_mean_of_its_examples():
    rng = np.random.default_rng(0)
    X, Y, sizes = rng.normal(size=(3, 8)), rng.uniform(size=(2, 8)), (3, 4, 2)
    theta = pack(initial_parameters(sizes, seed=1))
    gradient = training_gradient(X, Y, sizes, [sigmoid] * 2, [sigmoid_derivative])
    each = [gradient(theta, np.array([i])) for i in (6, 1, 3)]
    np.testing.assert_allclose(gradient(theta, np.array([6, 1, 3])), np.mean(each, axis=0))


@given(SIZES, st.integers(1, 5))
def test_the_way_back_costs_less_than_two_ways_forward(sizes, m):
    F = multiply_add_count(sizes, m)
    assert F <= backward_count(sizes, m) + m * sizes[0] * sizes[1] == 2 * F


@pytest.mark.slow
def test_the_digits_are_read_as_well_as_by_scikit_learn():
    """The same architecture, rate and batches, from several starts each."""
    X, y = digits()
    Y, sizes = np.eye(10)[y].T, (64, 32, 10)
    order = np.random.default_rng(0).permutation(1797)
    train, aside = order[:1400], order[1400:]
    ours, theirs = [], []
    for seed in range(4):
        gradient = training_gradient(
            X[:, train], Y[:, train], sizes, [sigmoid, softmax], [sigmoid_derivative]
        )
        batches = mini_batches(1400, 32, 20, np.random.default_rng(seed))
        path = stochastic_descent(gradient, pack(initial_parameters(sizes, seed)), 1.0, batches)
        Y_hat = forward(unpack(path[-1], sizes), X[:, aside], [sigmoid, softmax])[1][-1]
        ours.append(np.mean(Y_hat.argmax(axis=0) == y[aside]))
        model = MLPClassifier(
            (32,), activation="logistic", solver="sgd", alpha=0, batch_size=32, momentum=0,
            learning_rate_init=1.0, max_iter=20, n_iter_no_change=99, random_state=seed,
        )  # fmt: skip
        with pytest.warns(UserWarning, match="Maximum iterations"):
            model.fit(X[:, train].T, y[train])
        theirs.append(model.score(X[:, aside].T, y[aside]))
    assert min(ours) > 0.96
    noise = np.hypot(np.std(ours), np.std(theirs)) + 1 / 397
    assert abs(np.mean(ours) - np.mean(theirs)) < 3 * noise


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"X": np.ones((3, 4))}, r"X of shape \(2, m\), got \(3, 4\)"),
        ({"X": np.ones(4)}, r"X of shape \(2, m\), got \(4,\)"),
        ({"Y": np.ones((2, 4))}, "Y with a column for each of X"),
        ({"Y": np.ones((1, 3))}, "Y with a column for each of X"),
        ({"derivatives": []}, "1 derivatives, got 0"),
        ({"activations": [sigmoid]}, "2 activations, got 1"),
    ],
)
def test_what_does_not_fit_is_refused(change, said):
    right = {
        "X": np.ones((2, 4)), "Y": np.ones((1, 4)), "sizes": (2, 3, 1),
        "activations": [sigmoid] * 2, "derivatives": [sigmoid_derivative],
    }  # fmt: skip
    theta = pack(initial_parameters((2, 3, 1), seed=0))
    with pytest.raises(ValueError, match=f"expected {said}"):
        training_gradient(**{**right, **change})(theta, np.arange(4))


def test_a_gradient_that_does_not_fit_is_refused():
    parameters = initial_parameters((2, 3, 1), seed=0)
    Z, A = forward(parameters, np.ones((2, 4)), [sigmoid] * 2)
    with pytest.raises(ValueError, match=r"expected dZ of shape \(1, 4\), got \(1, 3\)"):
        backward(parameters, Z, A, np.ones((1, 3)), [sigmoid_derivative])
    with pytest.raises(ValueError, match=r"expected theta of shape \(13,\), got \(12,\)"):
        unpack(np.ones(12), (2, 3, 1))
