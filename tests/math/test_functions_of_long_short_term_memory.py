"""A cell that keeps: its gradients against autograd, what is left of its state, wrong input."""

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit

from utils.gates import keep_bias, lstm, lstm_backward, lstm_forward, share_left
from utils.layers import flat
from utils.recurrence import recurrent

SIDES = {"T": st.integers(1, 6), "k": st.integers(1, 4), "n": st.integers(1, 5)}


def drawn(T, k, n, m, seed):
    """Return a part, a sequence, and the slope of a cost by what comes out."""
    rng = np.random.default_rng(seed)
    part = tuple(rng.normal(size=shape) for shape in ((4 * n, k), (4 * n, n), (4 * n, 1)))
    return part, rng.normal(size=(T, k, m)), rng.normal(size=(T, n, m))


def squashed(z):
    """The sigmoid in the words of autograd."""
    return (1 + anp.tanh(z / 2)) / 2


def run(W, V, b, X, n):
    """Go through time gate by gate, each with its own rows, as the equations have it."""
    f, i, o, g = (slice(block * n, (block + 1) * n) for block in range(4))
    H = C = anp.zeros((n, X.shape[2]))
    out = []
    for x in X:
        F, I, O = (  # noqa: E741 (the letters of the chapter)
            squashed(anp.dot(W[own], x) + anp.dot(V[own], H) + b[own]) for own in (f, i, o)
        )
        G = anp.tanh(anp.dot(W[g], x) + anp.dot(V[g], H) + b[g])
        C = F * C + I * G
        H = O * anp.tanh(C)
        out.append(H)
    return out, C


@given(**SIDES, m=st.integers(1, 4), seed=st.integers(0, 999))
def test_every_gradient_is_that_of_autograd(T, k, n, m, seed):
    part, X, slope = drawn(T, k, n, m, seed)

    def cost(W, V, b, X):
        return sum(anp.sum(c * H) for c, H in zip(slope, run(W, V, b, X, n)[0], strict=True))

    layer = recurrent(lstm(k, n), (n, n))
    out, kept = layer.forward(part, X)
    dX, gradients = layer.backward(slope, part, kept)
    assert np.sum(slope * out) == pytest.approx(cost(*part, X), rel=1e-12, abs=1e-12)
    for place, found in enumerate((*gradients, dX)):
        true = grad(cost, place)(*part, X)
        np.testing.assert_allclose(found, true, rtol=1e-10, atol=1e-12)


@given(k=SIDES["k"], n=SIDES["n"], m=st.integers(1, 4), seed=st.integers(0, 999))
def test_a_moment_is_told_by_its_state_and_by_its_cell_state(k, n, m, seed):
    """Both gradients of the pair that a moment makes count, alone and together."""
    part, (X,), (dH,) = drawn(1, k, n, m, seed)
    rng = np.random.default_rng(seed + 1)
    H, C, dC = rng.normal(size=(3, n, m))
    kept = lstm_forward(part, (X, (H, C)))[1]

    def back(dH, dC):
        return flat(lstm_backward((dH, dC), part, kept))

    none = np.zeros((n, m))
    np.testing.assert_allclose(back(dH, dC), back(dH, none) + back(none, dC), rtol=1e-9, atol=1e-12)
    assert np.any(back(dH, none))
    assert np.any(back(none, dC))


@given(**SIDES, seed=st.integers(0, 999))
def test_examples_do_not_mix(T, k, n, seed):
    part, X, _ = drawn(T, k, n, 3, seed)
    layer = recurrent(lstm(k, n), (n, n))
    together, _ = layer.forward(part, X)
    for s in range(3):
        alone, _ = layer.forward(part, X[:, :, s : s + 1])
        np.testing.assert_allclose(together[:, :, s : s + 1], alone, rtol=1e-12, atol=1e-14)


def test_with_its_gates_wide_open_it_adds_up():
    """F = I = O = 1 and a candidate of x: C is the sum of all x, and H its tanh."""
    W, V, b = np.zeros((4, 1)), np.zeros((4, 1)), np.full((4, 1), 50.0)
    W[3], b[3] = 1, 0
    x = np.random.default_rng(0).normal(size=(9, 1, 2))
    out, _ = recurrent(lstm(1, 1), (1, 1)).forward((W, V, b), x)
    np.testing.assert_allclose(out, np.tanh(np.cumsum(np.tanh(x), axis=0)), rtol=1e-12)


def test_with_its_gates_shut_it_keeps_and_tells_nothing():
    """I = O = 0 and F = 1: the cell state stays as it is to the last bit, and H is 0."""
    part = np.zeros((8, 3)), np.zeros((8, 2)), np.repeat([800.0, -800.0, -800.0, 0.0], 2)[:, None]
    rng = np.random.default_rng(0)
    C = rng.normal(size=(2, 5))
    (H, after), kept = lstm_forward(part, (rng.normal(size=(3, 5)), (np.zeros((2, 5)), C)))
    np.testing.assert_array_equal(after, C)
    assert not np.any(H)
    dC = rng.normal(size=(2, 5))
    np.testing.assert_array_equal(lstm_backward((H, dC), part, kept)[0][1][1], dC)


def test_the_first_weights_follow_lecuns_rule_and_the_biases_say_what_to_keep():
    W, V, b = lstm(50, 200, keep=3, enter=-2).first(np.random.default_rng(0))
    assert (W.shape, V.shape, b.shape) == ((800, 50), (800, 200), (800, 1))
    assert np.var(W) == pytest.approx(1 / 50, rel=0.05)
    assert np.var(V) == pytest.approx(1 / 200, rel=0.05)
    np.testing.assert_array_equal(b.reshape(4, 200), np.outer([3, -2, 0, 0], np.ones(200)))
    np.testing.assert_array_equal(lstm(1, 1).first(np.random.default_rng(0))[2][:, 0], [1, 0, 0, 0])


@given(st.floats(-4, 8), st.integers(0, 200))
def test_the_share_that_is_left(b, k):
    left = 1.0
    for _ in range(k):
        left *= expit(b)
    assert share_left(b, k) == pytest.approx(left, rel=1e-12)


@given(st.floats(0.1, 1e6))
def test_the_bias_ln_k_leaves_more_than_1_over_e_of_k_moments(k):
    left = share_left(keep_bias(k), k)
    assert left == pytest.approx((k / (k + 1)) ** k, rel=1e-9)
    assert left > np.exp(-1)


def test_it_comes_as_close_to_1_over_e_as_you_wish():
    assert share_left(keep_bias(1e6), 1e6) == pytest.approx(np.exp(-1), rel=1e-6)


def test_wrong_input_is_refused():
    cell = lstm(3, 2)
    W, V, b = part = cell.first(np.random.default_rng(0))
    X, H = np.zeros((3, 4)), np.zeros((2, 4))
    for wrong in ((W[:7], V, b), (W, V[:7], b), (W, V, b[:, 0]), (W, V.T, b), (W[:, :2], V, b)):
        with pytest.raises(ValueError, match="expected W of shape"):
            lstm_forward(wrong, (X, (H, H)))
    for A in ((X[0], (H, H)), (X[:, :3], (H, H)), (X, (H, H[:1])), (X, (H[:1], H[:1]))):
        with pytest.raises(ValueError, match="expected W of shape"):
            lstm_forward(part, A)
    with pytest.raises(ValueError, match="expected a part of 3 things"):
        lstm_forward(part[:2], (X, (H, H)))
    for A in ((X, H), (X, (H,)), (X, (H, H, H))):
        with pytest.raises(ValueError, match="expected X and the pair of H and C"):
            lstm_forward(part, A)
    with pytest.raises(ValueError, match="expected X and the pair of H and C"):
        recurrent(cell, 2).forward(part, np.zeros((5, 3, 4)))
    with pytest.raises(ValueError, match="expected a sequence of time"):
        recurrent(cell, (2, 2)).forward(part, np.zeros((0, 3, 4)))
    with pytest.raises(ValueError, match="expected k > 0"):
        keep_bias(0)
    with pytest.raises(ValueError, match="expected k moments"):
        share_left(1, -1)
