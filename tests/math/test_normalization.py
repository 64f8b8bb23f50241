"""Normalization, first weights and clipping: against theory, and wrong input."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from utils.activations import relu, relu_derivative, sigmoid, tanh
from utils.initializers import (
    centered_sigmoid_variance,
    centering_bias,
    he_variance,
    lecun_variance,
    uniform_limit,
    xavier_variance,
    zero_bias,
)
from utils.layers import dense
from utils.network import backward, forward, initial_parameters
from utils.normalization import normalize, normalize_gradient, normalized_forward
from utils.optimizers import clip_by_norm

SIDES = st.tuples(st.integers(2, 7), st.integers(2, 9))


@given(SIDES, st.integers(0, 99), st.floats(0.5, 100), st.floats(-50, 50))
def test_normalized_numbers_have_mean_0_and_variance_1_on_any_scale(sides, seed, scale, shift):
    Z = np.random.default_rng(seed).normal(size=sides)
    for axis in (0, 1):
        U, spread = normalize(Z, axis, epsilon=0)
        np.testing.assert_allclose(U.mean(axis=axis), 0, atol=1e-9)
        np.testing.assert_allclose(np.var(U, axis=axis), 1, rtol=1e-9)
        np.testing.assert_allclose(normalize(scale * Z + shift, axis, 0)[0], U, atol=1e-7)
        assert spread.shape == (sides[0], 1) if axis else (1, sides[1])


def test_layer_norm_is_batch_norm_turned():
    Z, dU = np.random.default_rng(0).normal(size=(2, 4, 6))
    U, spread = normalize(Z, 1)
    turned, turned_spread = normalize(Z.T, 0)
    np.testing.assert_array_equal(U, turned.T)
    np.testing.assert_allclose(
        normalize_gradient(dU, U, spread, 1),
        normalize_gradient(dU.T, turned, turned_spread, 0).T,
        rtol=1e-13,
    )


def test_an_example_alone_has_no_batch():
    part = np.ones((2, 1)), np.array([[0.5], [0.1]])
    V, (U, _) = normalized_forward(part, np.array([[3.0], [-7.0]]), axis=1)
    np.testing.assert_array_equal(U, 0)
    np.testing.assert_array_equal(V, [[0.5], [0.1]])


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: normalize(np.ones(3), 0), "expected Z of shape"),
        (lambda: normalize(np.ones((0, 3)), 0), "expected Z of shape"),
        (lambda: normalize(np.ones((2, 3)), 2), "expected axis 0 or 1, got 2"),
        (lambda: normalize(np.ones((2, 3)), 0, -1.0), "expected epsilon >= 0"),
        (lambda: normalize([["a", "b"]], 0), "expected Z of numbers"),
        (
            lambda: normalized_forward((np.ones(2), np.ones((2, 1))), np.ones((2, 3)), 1),
            r"expected gamma and beta of shape \(2, 1\), got \[\(2,\), \(2, 1\)\]",
        ),
        (lambda: normalized_forward((), np.ones((2, 3)), 0), "expected gamma and beta"),
        (
            lambda: normalize_gradient(np.ones((3, 2)), np.ones((2, 3)), np.ones((2, 1)), 1),
            r"expected dU of shape \(2, 3\)",
        ),
        (lambda: lecun_variance(0, 3), "expected whole numbers above 0"),
        (lambda: xavier_variance(2, 1.5), "expected whole numbers above 0"),
        (lambda: uniform_limit(0), "expected a variance above 0"),
        (lambda: centering_bias(np.ones(3)), "expected W of shape"),
        (lambda: clip_by_norm(np.ones(3), 0), "expected a length c above 0"),
        (lambda: clip_by_norm(np.array([np.nan, 1]), 1), "expected a finite gradient"),
        (lambda: clip_by_norm(np.array([np.inf, 1]), 1), "expected a finite gradient"),
    ],
)
def test_wrong_input_is_refused(call, words):
    with pytest.raises(ValueError, match=words):
        call()


@pytest.mark.parametrize(
    ("rule", "theory"),
    [
        (lecun_variance, 1 / 300),
        (xavier_variance, 2 / 700),
        (he_variance, 2 / 300),
        (centered_sigmoid_variance, 16 / 300),
    ],
)
def test_first_weights_have_the_variance_of_theory(rule, theory):
    assert rule(300, 400) == pytest.approx(theory, rel=1e-15)
    ((W, b),) = initial_parameters((300, 400), 0, rule)
    assert np.var(W) == pytest.approx(theory, rel=0.02)  # 120,000 draws: 0.4 percent is usual
    assert abs(np.mean(W)) < 5 * np.sqrt(theory / W.size)
    assert not b.any()
    even = np.random.default_rng(0).uniform(-1, 1, size=100_000) * uniform_limit(theory)
    assert np.var(even) == pytest.approx(theory, rel=0.02)


def test_he_keeps_the_size_of_sums_and_gradients_through_relu_layers():
    """The mean over many networks of what arrives is what was sent, forward and back."""
    n, L = 16, 10
    X = np.random.default_rng(0).normal(size=(n, 1))
    forth, back = [], []
    for seed in range(1500):
        parameters = initial_parameters((n,) * (L + 1), seed, he_variance)
        Z, A = forward(parameters, X, [relu] * L)
        sent = np.ones((n, 1))
        forth.append(np.sum(A[-1] ** 2) / np.sum(X**2))
        gradients = backward(parameters, Z, A, sent, [relu_derivative] * (L - 1))
        back.append(np.sum(gradients[0][1] ** 2) / n)
    for measured in (forth, back):
        error = np.std(measured) / np.sqrt(len(measured))
        assert abs(np.mean(measured) - 1) < 5 * error < 0.5


def test_a_centered_sigmoid_network_is_a_tanh_network():
    rng = np.random.default_rng(0)
    rules = [zero_bias, *[centering_bias] * 4]
    parameters = [dense(16, 16, centered_sigmoid_variance, bias).first(rng) for bias in rules]
    X = np.random.default_rng(0).normal(size=(16, 5))
    Z, _ = forward(parameters, X, [sigmoid] * 5)
    halves = [(W / 4, 0 * b) for W, b in parameters]
    halves[0] = (parameters[0][0] / 2, parameters[0][1])
    Z_tanh, _ = forward(halves, X, [tanh] * 5)
    for z, half in zip(Z[1:], Z_tanh[1:], strict=True):
        np.testing.assert_allclose(z / 2, half, rtol=1e-10, atol=1e-10)


@given(st.integers(1, 30), st.floats(0.01, 10), st.integers(0, 99))
def test_clipping_keeps_the_direction_and_bounds_the_length(n, c, seed):
    g = np.random.default_rng(seed).normal(size=n)
    clipped = clip_by_norm(g, c)
    length = np.linalg.norm(g)
    assert np.linalg.norm(clipped) == pytest.approx(min(length, c), rel=1e-12)
    np.testing.assert_allclose(clipped * length, g * np.linalg.norm(clipped), rtol=1e-9)


def test_clipping_takes_any_shape():
    g = np.array([[3.0, 0.0], [0.0, 4.0]])
    np.testing.assert_allclose(clip_by_norm(g, 1), g / 5, rtol=1e-15)
    np.testing.assert_array_equal(clip_by_norm(g, 5), g)
    assert clip_by_norm(-3.0, 2.0) == -2.0
