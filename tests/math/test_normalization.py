"""Normalization, first weights and clipping: against autograd, against theory, and wrong input."""

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from utils import deep
from utils.activations import sigmoid, softplus, tanh
from utils.gradient_check import disagreement
from utils.initializers import (
    centered_sigmoid_variance,
    centering_bias,
    he_variance,
    lecun_variance,
    uniform_limit,
    xavier_variance,
)
from utils.network import backward, forward, initial_parameters, pack
from utils.normalization import (
    batch_norm,
    batch_norm_gradient,
    layer_norm,
    layer_norm_gradient,
    normalize,
    normalize_gradient,
)
from utils.optimizers import clip_by_norm

SIDES = st.tuples(st.integers(2, 7), st.integers(2, 9))


@pytest.mark.parametrize(
    ("axis", "norm", "gradient"),
    [(1, batch_norm, batch_norm_gradient), (0, layer_norm, layer_norm_gradient)],
)
@given(SIDES, st.integers(0, 99))
def test_gradients_agree_with_autograd(axis, norm, gradient, sides, seed):
    rng = np.random.default_rng(seed)
    Z, C = rng.normal(size=(2, *sides))
    gamma, beta = rng.normal(size=(2, sides[0], 1))

    def cost(Z, gamma, beta):
        centered = Z - anp.mean(Z, axis=axis, keepdims=True)
        variance = anp.mean(centered**2, axis=axis, keepdims=True)
        V = gamma * centered / anp.sqrt(variance + 1e-5) + beta
        return anp.sum(C * V + V**3)

    V, U, spread = norm(Z, gamma, beta)
    ours = gradient(C + 3 * V**2, U, spread, gamma)
    theirs = autograd.grad(cost, (0, 1, 2))(Z, gamma, beta)
    for mine, true in zip(ours, theirs, strict=True):
        assert mine.shape == true.shape
        # relative to the largest terms that were added up, since they may cancel
        size = max(np.abs(true).max(), np.max(np.abs(gamma * (C + 3 * V**2)) / spread))
        np.testing.assert_allclose(mine, true, rtol=1e-10, atol=1e-10 * size)


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
    V, U, _ = batch_norm(np.array([[3.0], [-7.0]]), np.ones((2, 1)), np.array([[0.5], [0.1]]))
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
        (lambda: batch_norm(np.ones((2, 3)), np.ones(2), np.ones((2, 1))), "expected gamma of"),
        (lambda: layer_norm(np.ones((2, 3)), np.ones((2, 1)), np.ones((3, 1))), "expected beta of"),
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
        (lambda: deep.deep_forward([1], np.ones((2, 3)), deep.Design()), "expected two layers"),
        (lambda: deep.deep_forward([1, 2], np.ones(2), deep.Design()), "expected X of shape"),
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
        Z, A = forward(parameters, X, [deep.relu] * L)
        sent = np.ones((n, 1))
        forth.append(np.sum(A[-1] ** 2) / np.sum(X**2))
        gradients = backward(parameters, Z, A, sent, [deep.relu_derivative] * (L - 1))
        back.append(np.sum(gradients[0][1] ** 2) / n)
    for measured in (forth, back):
        error = np.std(measured) / np.sqrt(len(measured))
        assert abs(np.mean(measured) - 1) < 5 * error < 0.5


def test_a_centered_sigmoid_network_is_a_tanh_network():
    parameters = deep.first_parameters((16,) * 6, 0, deep.DESIGNS["first weights"])
    X = np.random.default_rng(0).normal(size=(16, 5))
    Z, _ = forward(parameters, X, [sigmoid] * 5)
    halves = [(W / 4, 0 * b) for W, b in parameters]
    halves[0] = (parameters[0][0] / 2, parameters[0][1])
    Z_tanh, _ = forward(halves, X, [tanh] * 5)
    for z, half in zip(Z[1:], Z_tanh[1:], strict=True):
        np.testing.assert_allclose(z / 2, half, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("name", deep.DESIGNS)
@given(st.integers(2, 5), st.integers(2, 6), st.integers(0, 20))
def test_every_design_has_the_gradient_of_autograd(name, n, L, seed):
    design = deep.DESIGNS[name]
    rng = np.random.default_rng(seed)
    parameters = deep.first_parameters((2, *[n] * (L - 1), 1), seed, design)
    parameters = [tuple(p + 0.3 * rng.normal(size=p.shape) for p in part) for part in parameters]
    X, Y = rng.normal(size=(2, 6)), rng.integers(0, 2, size=(1, 6))
    Z, kept = deep.deep_forward(parameters, X, design)
    ours = deep.deep_backward(parameters, kept, (sigmoid(Z) - Y) / 6, design)

    def g(Z):
        return anp.maximum(Z, 0) if name == "ReLU" else 1 / (1 + anp.exp(-Z))

    def cost(parameters):
        A = X
        for W, b, *scale in parameters[:-1]:
            V = A
            if scale:
                V = V - anp.mean(V, axis=design.axis, keepdims=True)
                V = V / anp.sqrt(anp.mean(V**2, axis=design.axis, keepdims=True) + 1e-5)
                V = scale[0] * V + scale[1]
            out = g(anp.dot(W, V) + b)
            A = A + out if design.residual and W.shape[0] == W.shape[1] else out
        Z = anp.dot(parameters[-1][0], A) + parameters[-1][1]
        return anp.mean(anp.logaddexp(0, Z) - Y * Z)

    assert cost(parameters) == pytest.approx(np.mean(softplus(Z) - Y * Z), rel=1e-12)
    theirs = autograd.grad(cost)(parameters)
    assert disagreement(pack(ours), pack(theirs)) < 1e-10
    for part, mine in zip(parameters, ours, strict=True):
        assert [p.shape for p in part] == [d.shape for d in mine]


def test_no_cure_is_the_plain_network():
    design = deep.DESIGNS["no cure"]
    parameters = deep.first_parameters((2, 4, 4, 1), 0, design)
    X = np.random.default_rng(0).normal(size=(2, 7))
    Z, A = forward(parameters, X, [sigmoid] * 3)
    Z_deep, kept = deep.deep_forward(parameters, X, design)
    np.testing.assert_array_equal(Z_deep, Z[-1])
    ours = deep.deep_backward(parameters, kept, A[-1] - 1, design)
    theirs = backward(parameters, Z, A, A[-1] - 1, [design.g_prime] * 2)
    np.testing.assert_allclose(pack(ours), pack(theirs), rtol=1e-13)


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
