"""A convolution against SciPy and a plain loop, its two ways back, and what it refuses."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import convolve2d, correlate2d

from utils.activations import relu, relu_derivative, softmax
from utils.convolution import (
    convolution,
    convolution_backward,
    convolution_forward,
    flattened,
    patches,
    patches_backward,
    size,
    toeplitz,
)
from utils.gradient_check import complex_step
from utils.layers import chain, dense, entrywise, flat, gradient_of, like
from utils.optimizers import mini_batches, stochastic_descent

SIDES = st.tuples(*[st.integers(1, 4)] * 4)


def drawn(F, C, m, kernel, places, seed):
    rng = np.random.default_rng(seed)
    (K1, K2), (N1, N2) = kernel, places
    A = rng.normal(size=(C, N1 + K1 - 1, N2 + K2 - 1, m))
    part = rng.normal(size=(F, C, K1, K2)), rng.normal(size=(F, 1))
    return A, part, rng.normal(size=(F, N1, N2, m))


IMAGES = st.builds(
    drawn,
    st.integers(1, 3),
    st.integers(1, 3),
    st.integers(1, 3),
    st.tuples(st.integers(1, 3), st.integers(1, 4)),
    st.tuples(st.integers(1, 5), st.integers(1, 4)),
    st.integers(0, 999),
)


@given(IMAGES)
def test_the_way_forward_is_scipys_correlation_summed_over_channels(drawn):
    A, (W, b), delta = drawn
    Z, _ = convolution_forward((W, b), A)
    assert Z.shape == delta.shape
    for f, s in np.ndindex(len(W), A.shape[-1]):
        maps = [correlate2d(A[c, :, :, s], W[f, c], mode="valid") for c in range(len(A))]
        np.testing.assert_allclose(Z[f, :, :, s], sum(maps) + b[f], rtol=1e-10, atol=1e-12)


@given(IMAGES)
def test_the_way_back_to_the_image_is_scipys_convolution_over_the_full_range(drawn):
    A, (W, b), delta = drawn
    _, kept = convolution_forward((W, b), A)
    dA, _ = convolution_backward(delta, (W, b), kept)
    for c, s in np.ndindex(len(A), A.shape[-1]):
        maps = [convolve2d(delta[f, :, :, s], W[f, c]) for f in range(len(W))]
        np.testing.assert_allclose(dA[c, :, :, s], sum(maps), rtol=1e-10, atol=1e-12)


@given(IMAGES)
def test_the_way_back_to_the_weights_is_a_correlation_with_the_error_signals(drawn):
    A, (W, b), delta = drawn
    _, kept = convolution_forward((W, b), A)
    _, (dW, db) = convolution_backward(delta, (W, b), kept)
    for f, c in np.ndindex(W.shape[:2]):
        maps = [
            correlate2d(A[c, :, :, s], delta[f, :, :, s], mode="valid") for s in range(A.shape[-1])
        ]
        np.testing.assert_allclose(dW[f, c], sum(maps), rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(db[:, 0], delta.sum(axis=(1, 2, 3)), rtol=1e-10, atol=1e-12)


@given(IMAGES)
def test_to_put_back_is_the_transpose_of_to_cut_out(drawn):
    """⟨patches(A), D⟩ = ⟨A, back(D)⟩ for every A and D."""
    A, (W, _), _ = drawn
    P = patches(A, W.shape[2:])
    D = np.random.default_rng(1).normal(size=P.shape)
    back = patches_backward(D, A.shape, W.shape[2:])
    assert np.sum(P * D) == pytest.approx(np.sum(A * back), rel=1e-10, abs=1e-12)


@given(IMAGES, st.integers(1, 3), st.integers(1, 3))
def test_it_commutes_with_shifts_to_the_last_bit_where_nothing_leaves_the_image(drawn, down, right):
    A, part, delta = drawn
    K1, K2 = part[0].shape[2:]
    paper = np.pad(A, ((0, 0), (K1 + 2, K1 + 5), (K2 + 2, K2 + 5), (0, 0)))
    moved = np.roll(paper, (down, right), axis=(1, 2))
    Z, _ = convolution_forward(part, paper)
    there, _ = convolution_forward(part, moved)
    np.testing.assert_array_equal(there, np.roll(Z, (down, right), axis=(1, 2)))
    assert Z.shape[1] == delta.shape[1] + 2 * K1 + 7


@given(st.integers(1, 12), st.integers(1, 6), st.integers(0, 3), st.integers(1, 4))
def test_the_places_of_a_kernel_are_counted_one_by_one(n, K, padding, stride):
    if n + 2 * padding < K:
        with pytest.raises(ValueError, match=f"expected a kernel of {n + 2 * padding} or less"):
            size(n, K, padding, stride)
    else:
        starts = [i for i in range(0, n + 2 * padding, stride) if i + K <= n + 2 * padding]
        assert size(n, K, padding, stride) == len(starts)


@given(SIDES)
def test_a_toeplitz_matrix_slides_its_kernel(sides):
    K, N, *_ = sides
    w, x = np.arange(1.0, K + 1), np.cos(np.arange(N + K - 1))
    np.testing.assert_allclose(toeplitz(w, len(x)) @ x, np.correlate(x, w, mode="valid"))


def test_the_first_weights_have_hes_variance_and_the_biases_are_0(rng):
    W, b = convolution(3, 400, (4, 5)).first(rng)
    assert W.shape == (400, 3, 4, 5)
    assert np.var(W) == pytest.approx(2 / 60, rel=0.05)
    np.testing.assert_array_equal(b, np.zeros((400, 1)))


def test_what_is_flattened_is_one_column_an_example(rng):
    A = rng.normal(size=(2, 3, 4, 5))
    out, kept = flattened().forward((), A)
    np.testing.assert_array_equal(out[:, 3], A[..., 3].ravel())
    np.testing.assert_array_equal(flattened().backward(out, (), kept)[0], A)


def test_a_network_of_two_convolutions_trains_by_the_one_loop(rng):
    """And the gradient that trains it is the slope of its cost."""
    relus = entrywise(relu, relu_derivative)
    network = chain(
        convolution(1, 2, (2, 3)),
        relus,
        convolution(2, 3, (3, 2)),
        relus,
        flattened(),
        dense(27, 2),
    )
    X, Y = rng.normal(size=(1, 6, 6, 40)), np.zeros((2, 40))
    label = (X[0, :3].sum(axis=(0, 1)) > 0).astype(int)
    Y[label, np.arange(40)] = 1
    first = network.first(rng)
    gradient = gradient_of(network, X, Y, softmax)

    def cost(theta):
        Z, _ = network.forward(like(theta, first), X)
        return np.mean(np.log(np.sum(np.exp(Z), axis=0)) - np.sum(Y * Z, axis=0))

    theta = flat(first)
    np.testing.assert_allclose(
        gradient(theta, np.arange(40)), complex_step(cost, theta), 1e-8, 1e-12
    )
    path = stochastic_descent(gradient, theta, 0.1, mini_batches(40, 8, 20, rng))
    assert cost(path[-1]) < 0.5 * cost(theta)


PART = np.ones((2, 3, 2, 2)), np.ones((2, 1))


@pytest.mark.parametrize(
    ("part", "shape", "said"),
    [
        (PART, (3, 4, 5), "channels × height × width × examples, got shape"),
        (PART, (3, 4, 5, 0), "channels × height × width × examples, got shape"),
        (PART, (2, 4, 5, 6), "expected an image of 3 channels, got 2"),
        (PART, (3, 1, 5, 6), r"expected a kernel of \(1, 5\) or less, got \(2, 2\)"),
        (PART, (3, 4, 1, 6), r"expected a kernel of \(4, 1\) or less, got \(2, 2\)"),
        (PART[:1], (3, 4, 5, 6), r"expected W of shape \(F, C, K1, K2\) and b \(F, 1\)"),
        ((PART[0][0], PART[1]), (3, 4, 5, 6), "expected W of shape"),
        ((PART[0], PART[1][0]), (3, 4, 5, 6), "expected W of shape"),
    ],
)
def test_what_does_not_fit_is_refused(part, shape, said):
    with pytest.raises(ValueError, match=said):
        convolution_forward(part, np.ones(shape))


def test_other_wrong_input_is_refused():
    with pytest.raises(ValueError, match="a kernel of"):
        patches(np.ones((1, 3, 4, 2)), (0, 2))
    with pytest.raises(ValueError, match="of patches of"):
        patches_backward(np.ones((4, 5)), (1, 3, 4, 2), (2, 2))
    for arguments in ((0, 1), (3, 0), (3, 1, 0, 0)):
        with pytest.raises(ValueError, match="of 1 or more"):
            size(*arguments)
    with pytest.raises(ValueError, match="padding of 0 or more"):
        size(3, 1, -1)
    with pytest.raises(ValueError, match=r"a kernel w of shape \(K,\)"):
        toeplitz(np.ones((2, 2)), 5)
    with pytest.raises(ValueError, match="a kernel of 3 or less"):
        toeplitz(np.ones(4), 3)
    with pytest.raises(ValueError, match="two axes or more"):
        flattened().forward((), np.ones(3))
    with pytest.raises(ValueError, match="a part of 0 things"):
        flattened().forward((np.ones(2),), np.ones((3, 2)))
