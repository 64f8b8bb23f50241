"""A layer over time: the same as moment by moment, its gradients against autograd, wrong input."""

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import elementwise_grad, grad
from hypothesis import given
from hypothesis import strategies as st

from utils.activations import tanh, tanh_derivative
from utils.layers import Layer, chain, dense, entrywise, flat, like
from utils.recurrence import (
    elman,
    elman_backward,
    elman_forward,
    horizon,
    last,
    recurrent,
    recurrent_forward,
    spectral_radius,
)

SIDES = {"T": st.integers(1, 6), "k": st.integers(1, 4), "n": st.integers(1, 5)}


def drawn(T, k, n, m, seed):
    """Return a part, a sequence, and the slope of a cost by what comes out."""
    rng = np.random.default_rng(seed)
    part = tuple(rng.normal(size=shape) for shape in ((n, k), (n, n), (n, 1)))
    return part, rng.normal(size=(T, k, m)), rng.normal(size=(T, n, m))


@given(**SIDES, m=st.integers(1, 4), seed=st.integers(0, 999))
def test_every_gradient_is_that_of_autograd(T, k, n, m, seed):
    part, X, C = drawn(T, k, n, m, seed)

    def cost(W, V, b, X):
        H, total = anp.zeros((n, m)), 0.0
        for t in range(T):
            H = anp.tanh(anp.dot(W, X[t]) + anp.dot(V, H) + b)
            total = total + anp.sum(C[t] * H)
        return total

    layer = recurrent(elman(k, n), n)
    out, kept = layer.forward(part, X)
    dX, gradients = layer.backward(C, part, kept)
    assert np.sum(C * out) == pytest.approx(cost(*part, X), rel=1e-12, abs=1e-12)
    for place, found in enumerate((*gradients, dX)):
        true = grad(cost, place)(*part, X)
        np.testing.assert_allclose(found, true, rtol=1e-10, atol=1e-12)


@given(**SIDES, seed=st.integers(0, 999))
def test_examples_do_not_mix(T, k, n, seed):
    part, X, _ = drawn(T, k, n, 3, seed)
    layer = recurrent(elman(k, n), n)
    together, _ = layer.forward(part, X)
    for s in range(3):
        alone, _ = layer.forward(part, X[:, :, s : s + 1])
        np.testing.assert_allclose(together[:, :, s : s + 1], alone, rtol=1e-12, atol=1e-14)


def test_a_moment_does_not_see_what_comes_after_it(rng):
    part, X, _ = drawn(5, 2, 3, 4, 0)
    layer = recurrent(elman(2, 3), 3)
    before, _ = layer.forward(part, X)
    X[3] += 1
    after, _ = layer.forward(part, X)
    np.testing.assert_array_equal(before[:3], after[:3])
    assert np.all(before[3:] != after[3:])


@given(st.integers(1, 4), st.integers(1, 4), st.integers(0, 999))
def test_one_moment_is_a_dense_layer_and_tanh(k, n, seed):
    """The state before it is 0, so V has no part in it."""
    (W, V, b), X, C = drawn(1, k, n, 3, seed)
    plain, over_time = (
        chain(dense(k, n), entrywise(tanh, tanh_derivative)),
        recurrent(elman(k, n), n),
    )
    out, kept = plain.forward(((W, b), ()), X[0])
    found, memory = over_time.forward((W, V, b), X)
    np.testing.assert_allclose(found[0], out, rtol=1e-14)
    dX, ((dW, db), ()) = plain.backward(C[0], ((W, b), ()), kept)
    dX_found, gradients = over_time.backward(C, (W, V, b), memory)
    for one, other in zip((dX_found[0], *gradients), (dX, dW, 0 * V, db), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-15)


def test_a_state_may_be_a_tuple_of_arrays(rng):
    """A cell that keeps a sum beside its output: gradients by autograd's own tanh and products."""

    def forward(part, A):
        (w,), (X, (_, total)) = part, A
        total = total + w * X
        return (np.tanh(total), total), (X, np.tanh(total))

    def backward(dstate, part, kept):
        (w,), (X, out), (d, dtotal) = part, kept, dstate
        dtotal = dtotal + d * (1 - out**2)
        return (w * dtotal, (0 * d, dtotal)), (np.sum(dtotal * X, axis=1, keepdims=True),)

    cell = Layer(lambda rng: (rng.normal(size=(3, 1)),), forward, backward)
    layer = recurrent(cell, (3, 3))
    part, X, C = layer.first(rng), rng.normal(size=(5, 3, 4)), rng.normal(size=(5, 3, 4))

    def cost(w, X):
        totals = anp.cumsum(w * X, axis=0)
        return anp.sum(C * anp.tanh(totals))

    out, kept = layer.forward(part, X)
    assert out.shape == X.shape
    dX, (dw,) = layer.backward(C, part, kept)
    np.testing.assert_allclose(dw, grad(cost, 0)(part[0], X), rtol=1e-10)
    np.testing.assert_allclose(dX, grad(cost, 1)(part[0], X), rtol=1e-10)


def test_the_last_moment_alone_gets_a_gradient(rng):
    layer, A = last(), rng.normal(size=(4, 3, 2))
    out, kept = layer.forward((), A)
    np.testing.assert_array_equal(out, A[3])
    dA, none = layer.backward(np.ones((3, 2)), (), kept)
    np.testing.assert_array_equal(dA, elementwise_grad(lambda A: A[3])(A))
    assert none == ()


def test_the_first_weights_follow_lecuns_rule():
    W, V, b = elman(50, 200).first(np.random.default_rng(0))
    assert (W.shape, V.shape, b.shape) == ((200, 50), (200, 200), (200, 1))
    assert np.var(W) == pytest.approx(1 / 50, rel=0.05)
    assert np.var(V) == pytest.approx(1 / 200, rel=0.05)
    assert not np.any(b)


@given(st.integers(1, 5), st.integers(0, 999))
def test_the_spectral_radius_is_what_a_long_product_grows_by(n, seed):
    """Gelfand's formula, by squaring: the length of V to the power 2^20, without overflow."""
    V = np.random.default_rng(seed).normal(size=(n, n))
    logarithm, power = 0.0, V
    for step in range(20):
        size = np.linalg.norm(power)
        logarithm, power = logarithm + np.log(size) / 2**step, (power / size) @ (power / size)
    assert spectral_radius(V) == pytest.approx(np.exp(logarithm), rel=1e-3)


def test_the_horizon_is_where_the_share_is_left():
    for rho, share in ((0.9, 0.01), (0.5, 0.5), (0.99, 0.1)):
        assert rho ** horizon(rho, share) == pytest.approx(share)
    assert horizon(0.5, 0.5) == pytest.approx(1)


def test_wrong_input_is_refused():
    layer, part = recurrent(elman(3, 2), 2), elman(3, 2).first(np.random.default_rng(0))
    for shape in ((0, 3, 4), (5, 3, 0), (3, 4), (5, 3)):
        with pytest.raises(ValueError, match="expected a sequence of time × features × examples"):
            layer.forward(part, np.zeros(shape))
    with pytest.raises(ValueError, match="expected a sequence of time × features × examples"):
        last().forward((), np.zeros((0, 2, 4)))
    with pytest.raises(ValueError, match="expected a part of 0 things"):
        last().forward(part, np.zeros((5, 2, 4)))
    with pytest.raises(ValueError, match="expected W of shape"):
        layer.forward(part, np.zeros((5, 2, 4)))
    with pytest.raises(ValueError, match="expected W of shape"):
        recurrent_forward(elman(3, 2), 4, part, np.zeros((5, 3, 4)))
    with pytest.raises(ValueError, match="expected a part of 3 things"):
        elman_forward(part[:2], (np.zeros((3, 4)), np.zeros((2, 4))))
    W, V, b = part
    for wrong in ((W, V[:1], b), (W, V, b[:1]), (W, V, b[:, 0])):
        with pytest.raises(ValueError, match="expected W of shape"):
            layer.forward(wrong, np.zeros((5, 3, 4)))
    with pytest.raises(ValueError, match="expected a square matrix"):
        spectral_radius(np.zeros((2, 3)))
    for rho, share in ((1.0, 0.01), (0.0, 0.01), (0.5, 1.0)):
        with pytest.raises(ValueError, match="between 0 and 1"):
            horizon(rho, share)


def test_the_slip_of_published_programs_is_seen(rng):
    """∂J/∂V by the state of its own moment has the right shape, and is another gradient."""

    def slipped(dH, part, kept):
        (_, _, H), (dA, (dW, _, db)) = kept, elman_backward(dH, part, kept)
        return dA, (dW, (dH * (1 - H**2)) @ H.T, db)

    right, part = recurrent(elman(3, 4), 4), elman(3, 4).first(rng)
    wrong = recurrent(Layer(elman(3, 4).first, elman_forward, slipped), 4)
    X, C = rng.normal(size=(6, 3, 5)), rng.normal(size=(6, 4, 5))
    gradients = [
        flat(layer.backward(C, part, layer.forward(part, X)[1])[1]) for layer in (right, wrong)
    ]
    assert gradients[0].shape == gradients[1].shape
    (_, dV, _), (_, dV_wrong, _) = (like(each, part) for each in gradients)
    assert np.linalg.norm(dV - dV_wrong) > 0.1 * np.linalg.norm(dV)
