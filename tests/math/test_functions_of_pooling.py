"""Pooling against SciPy's filters and plain loops, its ways back, and what it refuses."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.ndimage import maximum_filter, uniform_filter

from utils.activations import relu, relu_derivative, softmax
from utils.convolution import convolution, size
from utils.gradient_check import complex_step
from utils.layers import chain, dense, entrywise, flat, gradient_of, like
from utils.optimizers import mini_batches, stochastic_descent
from utils.pooling import (
    field,
    greatest,
    greatest_backward,
    greatest_forward,
    max_pool_backward,
    max_pool_forward,
    max_pooled,
    mean_pool_backward,
    mean_pool_forward,
    mean_pooled,
    windows,
    windows_backward,
)

RELUS = entrywise(relu, relu_derivative)


def drawn(C, m, window, more, stride, seed):
    rng = np.random.default_rng(seed)
    A = rng.normal(size=(C, window[0] + more[0], window[1] + more[1], m))
    return A, window, stride


IMAGES = st.builds(
    drawn,
    st.integers(1, 3),
    st.integers(1, 3),
    st.tuples(st.integers(1, 3), st.integers(1, 4)),
    st.tuples(st.integers(0, 6), st.integers(0, 5)),
    st.integers(1, 3),
    st.integers(0, 999),
)


def from_corners(filtered, A, window, stride):
    """Take, of a filter at every place, those whose windows begin at a stride's multiple."""
    (K1, K2), (_, n1, n2, _) = window, A.shape
    rows, columns = K1 // 2 + np.arange(n1 - K1 + 1), K2 // 2 + np.arange(n2 - K2 + 1)
    return filtered[:, rows[::stride]][:, :, columns[::stride]]


@given(IMAGES)
def test_the_greatest_of_each_window_is_scipys(drawn):
    A, window, stride = drawn
    out, _ = max_pool_forward(window, stride, (), A)
    filtered = maximum_filter(A, size=(1, *window, 1))
    np.testing.assert_array_equal(out, from_corners(filtered, A, window, stride))


@given(IMAGES)
def test_the_mean_of_each_window_is_scipys(drawn):
    A, window, stride = drawn
    out, _ = mean_pool_forward(window, stride, (), A)
    filtered = uniform_filter(A, size=(1, *window, 1))
    np.testing.assert_allclose(out, from_corners(filtered, A, window, stride), rtol=0, atol=1e-12)


@given(IMAGES)
def test_mean_pooling_is_a_convolution_with_equal_weights_at_each_stride(drawn):
    A, window, stride = drawn
    for c in range(len(A)):
        part = np.full((1, 1, *window), 1 / np.prod(window)), np.zeros((1, 1))
        Z, _ = convolution(1, 1, window).forward(part, A[c : c + 1])
        out, _ = mean_pool_forward(window, stride, (), A[c : c + 1])
        np.testing.assert_allclose(out, Z[:, ::stride, ::stride], rtol=1e-10, atol=1e-12)


@given(IMAGES)
def test_there_are_as_many_windows_as_places_of_a_kernel(drawn):
    A, window, stride = drawn
    places = [size(n, K, stride=stride) for n, K in zip(A.shape[1:3], window, strict=True)]
    assert windows(A, window, stride).shape == (np.prod(window), len(A), *places, A.shape[-1])


@given(IMAGES)
def test_both_ways_back_are_slopes(drawn):
    A, window, stride = drawn
    for forward, backward in (
        (max_pool_forward, max_pool_backward),
        (mean_pool_forward, mean_pool_backward),
    ):
        out, kept = forward(window, stride, (), A)
        C = np.cos(np.arange(out.size)).reshape(out.shape)
        found, gradients = backward(window, stride, C, (), kept)
        way = np.sin(np.arange(A.size)).reshape(A.shape)
        step = complex_step(
            lambda t: np.sum(C * forward(window, stride, (), A + t * way)[0]),  # noqa: B023
            np.zeros(()),
        )
        assert np.sum(found * way) == pytest.approx(step[()], rel=1e-10, abs=1e-12)
        assert gradients == ()


@given(IMAGES)
def test_pooling_hands_on_what_it_is_due_ties_or_not(drawn):
    A, window, stride = drawn
    for forward, backward in (
        (max_pool_forward, max_pool_backward),
        (mean_pool_forward, mean_pool_backward),
    ):
        for image in (A, relu(A), np.zeros(A.shape)):
            out, kept = forward(window, stride, (), image)
            dA, _ = backward(window, stride, np.ones(out.shape), (), kept)
            assert dA.sum() == pytest.approx(out.size)


@given(IMAGES)
def test_of_equals_the_first_gets_all(drawn):
    A, window, _ = drawn
    blank = np.zeros((1, *window, 2))
    out, kept = max_pool_forward(window, 1, (), blank)
    dA, _ = max_pool_backward(window, 1, np.ones(out.shape), (), kept)
    assert np.all(dA[0, 0, 0] == 1)
    assert dA.sum() == 2
    assert kept[1] == blank.shape
    assert A.ndim == 4


@given(IMAGES)
def test_to_put_back_is_the_transpose_of_to_cut_out(drawn):
    A, window, stride = drawn
    seen = windows(A, window, stride)
    D = np.random.default_rng(1).normal(size=seen.shape)
    back = windows_backward(D, A.shape, window, stride)
    assert np.sum(seen * D) == pytest.approx(np.sum(A * back), rel=1e-10, abs=1e-12)


@given(IMAGES)
def test_the_greatest_of_all_is_one_window_over_everything(drawn):
    A, _, _ = drawn
    out, kept = greatest_forward((), A)
    pooled, whole = max_pool_forward(A.shape[1:3], 1, (), A)
    np.testing.assert_array_equal(out, pooled[:, 0, 0])
    C = np.cos(np.arange(out.size)).reshape(out.shape)
    by_window, _ = max_pool_backward(A.shape[1:3], 1, C[:, None, None], (), whole)
    np.testing.assert_array_equal(greatest_backward(C, (), kept)[0], by_window)


@given(st.integers(0, 20), st.integers(-4, 4), st.integers(-6, 2))
def test_with_enough_blank_paper_a_move_changes_no_bit_of_the_answer(seed, down, right):
    """Two kernels, one of them 3 high and 2 wide: a field of 5 rows and 4 columns."""
    rng = np.random.default_rng(seed)
    network = chain(
        convolution(1, 3, (3, 2)), RELUS, convolution(3, 4, (3, 3)), RELUS, greatest(), dense(4, 5)
    )
    part = like(rng.normal(size=flat(network.first(rng)).size), network.first(rng))
    sheet = np.zeros((1, 18, 19, 3))
    sheet[:, 8:10, 9:13] = rng.normal(size=(1, 2, 4, 3))
    there, _ = network.forward(part, sheet)
    moved, _ = network.forward(part, np.roll(sheet, (down, right), axis=(1, 2)))
    np.testing.assert_array_equal(there, moved)


def test_with_one_blank_pixel_less_it_may_change():
    """A kernel that sees nothing but its last pixel loses the first column of the sheet."""
    network = chain(convolution(1, 1, (1, 3)), greatest())
    part = ((np.array([[[[0.0, 0.0, 1.0]]]]), np.zeros((1, 1))), ())
    sheet = np.zeros((1, 1, 9, 1))
    sheet[0, 0, 2] = 1
    assert network.forward(part, sheet)[0].item() == 1
    assert network.forward(part, np.roll(sheet, -1, axis=2))[0].item() == 0


@given(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 3)), min_size=1, max_size=4))
def test_the_field_is_where_the_slopes_are_not_0(layers):
    """Of a stack of kernels of ones, by counting the inputs that reach its first two numbers."""
    kernels, strides = zip(*layers, strict=True)
    r, step = field(kernels, strides)
    reach = np.eye(r + step)
    for K, s in layers:
        places = range(0, len(reach) - K + 1, s)
        reach = np.array([reach[at : at + K].sum(axis=0) for at in places])
    first, second = np.flatnonzero(reach[0]), np.flatnonzero(reach[1])
    assert (first[0], first[-1]) == (0, r - 1)
    assert (second[0], second[-1]) == (step, step + r - 1)


def test_without_a_layer_an_input_sees_itself():
    assert field([], []) == (1, 1)


def test_a_network_with_every_kind_of_pooling_trains_by_the_one_loop(rng):
    network = chain(
        convolution(1, 2, (2, 3)),
        RELUS,
        max_pooled((2, 1), 1),
        mean_pooled((1, 2), 1),
        greatest(),
        dense(2, 2),
    )
    X, Y = rng.normal(size=(1, 6, 7, 40)), np.zeros((2, 40))
    Y[(X.max(axis=(0, 1, 2)) > 2.2).astype(int), np.arange(40)] = 1
    first = network.first(rng)
    gradient = gradient_of(network, X, Y, softmax)

    def cost(theta):
        Z, _ = network.forward(like(theta, first), X)
        return -np.mean(np.sum(Y * np.log(softmax(Z)), axis=0))

    path = stochastic_descent(gradient, flat(first), 0.1, mini_batches(40, 8, 20, rng))
    assert cost(path[-1]) < cost(path[0])


@pytest.mark.parametrize("layer", [max_pooled((2, 2), 1), mean_pooled((2, 2), 1), greatest()])
def test_wrong_input_is_refused(layer):
    with pytest.raises(ValueError, match="expected an image of channels × height × width × exam"):
        layer.forward((), np.ones((3, 4, 5)))
    with pytest.raises(ValueError, match="expected an image"):
        layer.forward((), np.ones((3, 4, 5, 0)))
    with pytest.raises(ValueError, match="a part of 0 things"):
        layer.forward((np.ones(2),), np.ones((1, 3, 4, 5)))


def test_a_window_has_to_fit_and_to_move():
    A = np.ones((1, 3, 4, 2))
    for window in ((4, 2), (2, 5), (0, 2), (2,)):
        with pytest.raises(ValueError, match=r"expected a window of \(3, 4\) or less, got"):
            windows(A, window, 1)
    with pytest.raises(ValueError, match="expected a stride of 1 or more, got 0"):
        max_pool_forward((2, 2), 0, (), A)


def test_a_field_is_of_kernels_and_strides_that_belong_together():
    with pytest.raises(ValueError, match="expected as many strides as kernels"):
        field([3, 3], [1])
    with pytest.raises(ValueError, match="expected kernels and strides of 1 or more"):
        field([3, 0], [1, 1])
