"""Layers and networks of any size: against scikit-learn and SciPy, and wrong input."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import softmax as scipy_softmax
from sklearn.neural_network import MLPClassifier, MLPRegressor

from utils.activations import identity, relu, sigmoid, softmax, step
from utils.network import (
    fold,
    forward,
    initial_parameters,
    layer,
    multiply_add_count,
    parameter_count,
)

SIZES = st.lists(st.integers(1, 6), min_size=2, max_size=5)
RUNNING = [
    (np.array([[0.4, 0.6], [-0.5, 0.3]]), np.array([[0.5], [-0.2]])),
    (np.array([[0.7, -0.4]]), np.array([[0.1]])),
]


def drawn(sizes, seed, m=7):
    rng = np.random.default_rng(seed)
    parameters = [(W, rng.normal(size=b.shape)) for W, b in initial_parameters(sizes, seed)]
    return parameters, rng.normal(size=(sizes[0], m))


def test_the_running_network():
    Z, A = forward(RUNNING, np.array([[1.0], [2.0]]), [sigmoid, sigmoid])
    assert Z[0] is None
    np.testing.assert_allclose(Z[1][:, 0], [2.1, -0.1], rtol=1e-14)
    assert [f"{a:.4f}" for a in (*A[1][:, 0], A[2][0, 0])] == ["0.8909", "0.4750", "0.6303"]


@given(SIZES, st.integers(0, 99))
def test_shapes_and_one_example_at_a_time(sizes, seed):
    parameters, X = drawn(sizes, seed)
    activations = [sigmoid] * len(parameters)
    Z, A = forward(parameters, X, activations)
    assert [a.shape for a in A] == [(n, 7) for n in sizes]
    assert [z.shape for z in Z[1:]] == [(n, 7) for n in sizes[1:]]
    for k in range(7):
        _, one = forward(parameters, X[:, [k]], activations)
        np.testing.assert_allclose(one[-1][:, 0], A[-1][:, k], rtol=1e-12)


@given(SIZES, st.integers(0, 99))
def test_without_activations_one_layer_does_the_same(sizes, seed):
    parameters, X = drawn(sizes, seed)
    W, b = fold(parameters)
    straight = forward(parameters, X, [identity] * len(parameters))[1][-1]
    np.testing.assert_allclose(W @ X + b, straight, atol=1e-12)


@pytest.mark.parametrize(("hidden", "name"), [(sigmoid, "logistic"), (relu, "relu")])
@pytest.mark.parametrize("output", [softmax, identity])
def test_scikit_learn_answers_the_same(hidden, name, output):
    parameters, X = drawn((4, 5, 3, 3), seed=1)
    ours = forward(parameters, X, [hidden, hidden, output])[1][-1]
    kind = MLPClassifier if output is softmax else MLPRegressor
    theirs = kind(hidden_layer_sizes=(5, 3), activation=name, max_iter=1)
    targets = np.arange(7) % 3 if output is softmax else X.T[:, :3]
    with pytest.warns(UserWarning, match="Maximum iterations"):
        theirs.fit(X.T, targets)
    theirs.coefs_ = [W.T for W, _ in parameters]
    theirs.intercepts_ = [b[:, 0] for _, b in parameters]
    answer = theirs.predict_proba if output is softmax else theirs.predict
    np.testing.assert_allclose(ours, answer(X.T).T, rtol=1e-12)


@given(st.integers(1, 6), st.integers(1, 5), st.floats(-1e6, 1e6), st.integers(0, 99))
def test_softmax_is_scipys_and_knows_no_shift(K, m, shift, seed):
    Z = np.random.default_rng(seed).normal(size=(K, m))
    np.testing.assert_allclose(softmax(Z), scipy_softmax(Z, axis=0), rtol=1e-13)
    np.testing.assert_allclose(softmax(Z + shift), softmax(Z), rtol=1e-8)
    np.testing.assert_allclose(softmax(Z).sum(axis=0), 1)


def test_softmax_does_not_overflow():
    with np.errstate(all="raise", under="ignore"):
        np.testing.assert_array_equal(softmax([1e6, 0.0]), [1, 0])


@pytest.mark.parametrize("Z", [1.0, [], np.ones((2, 2, 2)), [np.nan, 1.0], [np.inf, 1.0]])
def test_softmax_refuses_what_has_no_probabilities(Z):
    with pytest.raises(ValueError, match="expected"):
        softmax(Z)


def test_relu_passes_what_is_no_number_on():
    np.testing.assert_array_equal(relu([-1.0, 0.0, 2.0, np.nan]), [0, 0, 2, np.nan])


def test_xor_by_hand():
    parameters = [
        (np.array([[1, 1], [1, 1]]), np.array([[-0.5], [-1.5]])),
        (np.array([[1, -1]]), np.array([[-0.5]])),
    ]
    X = np.array([[0, 0, 1, 1], [0, 1, 0, 1]])
    np.testing.assert_array_equal(forward(parameters, X, [step, step])[1][-1], [[0, 1, 1, 0]])


@given(SIZES, st.integers(1, 9))
def test_counts(sizes, m):
    parameters = initial_parameters(sizes, 0)
    assert parameter_count(sizes) == sum(W.size + b.size for W, b in parameters)
    assert multiply_add_count(sizes, m) == m * sum(W.size for W, _ in parameters)


def test_first_weights_repeat_and_keep_the_size_of_the_sums():
    ((W, b),) = initial_parameters((400, 3000), seed=5)
    np.testing.assert_array_equal(W, initial_parameters((400, 3000), seed=5)[0][0])
    assert not np.array_equal(W, initial_parameters((400, 3000), seed=6)[0][0])
    assert not b.any()
    x = np.random.default_rng(0).normal(size=400)
    assert np.std(W @ x) == pytest.approx(np.linalg.norm(x) / 20, rel=0.05)


@pytest.mark.parametrize(
    ("W", "b", "A", "words"),
    [
        (np.ones(2), np.ones((2, 1)), np.ones((2, 5)), "expected W of two dimensions"),
        (np.ones((3, 2)), np.ones(3), np.ones((2, 5)), r"expected b of shape \(3, 1\)"),
        (np.ones((2, 2)), np.ones(2), np.ones((2, 2)), r"expected b of shape \(2, 1\)"),
        (np.ones((3, 2)), np.ones((3, 1)), np.ones((5, 2)), r"expected A of shape \(2, m\)"),
        (np.ones((3, 2)), np.ones((3, 1)), np.ones(2), r"expected A of shape \(2, m\)"),
    ],
)
def test_a_layer_refuses_what_does_not_fit(W, b, A, words):
    with pytest.raises(ValueError, match=words):
        layer(W, b, A, sigmoid)


@pytest.mark.parametrize(
    ("X", "words"),
    [
        (np.ones((2, 0)), "with an example or more"),
        (np.ones(2), r"expected X of shape \(n_0, m\)"),
        (np.array([["1"], ["2"]]), "expected X of numbers"),
        (np.array([[np.nan], [2.0]]), "expected finite X"),
    ],
)
def test_a_network_refuses_what_is_no_input(X, words):
    with pytest.raises(ValueError, match=words):
        forward(RUNNING, X, [sigmoid, sigmoid])


def test_each_layer_needs_its_activation():
    with pytest.raises(ValueError, match="expected 2 activations, got 1"):
        forward(RUNNING, np.ones((2, 1)), [sigmoid])


@pytest.mark.parametrize("sizes", [(2,), (), (2, 0), (2, 1.5), (-1, 2)])
def test_sizes_are_whole_and_two_or_more(sizes):
    for count in (parameter_count, multiply_add_count, lambda sizes: initial_parameters(sizes, 0)):
        with pytest.raises(ValueError, match="expected sizes such as"):
            count(sizes)


def test_nothing_does_not_fold():
    with pytest.raises(ValueError, match="expected a layer or more"):
        fold([])
