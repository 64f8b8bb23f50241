"""Attention: every gradient against autograd, what a mask hides, what order means, wrong input."""

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import softmax as scipy_softmax

from utils.attention import (
    attention,
    attention_backward,
    attention_forward,
    causal_mask,
    lookup,
    lookup_gradients,
    softmax_of_seen,
)
from utils.layers import chain, flat, residual

SIDES = {
    "d": st.integers(1, 4),
    "r": st.integers(1, 4),
    "T": st.integers(1, 6),
    "seed": st.integers(0, 999),
}


def masked(S, mask):
    """Return the softmax down each column by its definition, over what may be seen."""
    E = anp.exp(S) * mask
    return E / anp.sum(E, axis=0)


@given(**SIDES, t=st.integers(1, 5), hides=st.booleans())
def test_every_gradient_of_the_lookup_is_that_of_autograd(d, r, T, t, seed, hides):
    rng = np.random.default_rng(seed)
    Q, K, V, C = (rng.normal(size=shape) for shape in ((d, t), (d, T), (r, T), (r, t)))
    mask = (rng.random((T, t)) < 0.5) | (np.arange(T)[:, None] == 0) if hides else None

    def cost(Q, K, V):
        P = masked(anp.dot(K.T, Q) / anp.sqrt(d), 1.0 if mask is None else mask)
        return anp.sum(C * anp.dot(V, P))

    out, P = lookup(Q, K, V, mask)
    assert np.sum(C * out) == pytest.approx(cost(Q, K, V), rel=1e-12, abs=1e-12)
    for place, found in enumerate(lookup_gradients(C, Q, K, V, P)):
        true = grad(cost, place)(Q, K, V)
        np.testing.assert_allclose(found, true, rtol=1e-10, atol=1e-12)


@given(**SIDES, n=st.integers(1, 5), m=st.integers(1, 3), causal=st.booleans())
def test_every_gradient_of_the_layer_is_that_of_autograd(d, r, T, n, m, seed, causal):
    rng = np.random.default_rng(seed)
    part = tuple(rng.normal(size=shape) for shape in ((d, n), (d, n), (r, n)))
    X, C = rng.normal(size=(n, T, m)), rng.normal(size=(r, T, m))
    seen = np.triu(np.ones((T, T))) if causal else 1.0

    def cost(W_Q, W_K, W_V, X):
        total = 0.0
        for k in range(m):
            x = X[:, :, k]
            scores = anp.dot(anp.dot(W_K, x).T, anp.dot(W_Q, x)) / anp.sqrt(d)
            total = total + anp.sum(C[:, :, k] * anp.dot(anp.dot(W_V, x), masked(scores, seen)))
        return total

    out, kept = attention_forward(part, X, causal)
    dX, gradients = attention_backward(C, part, kept)
    assert np.sum(C * out) == pytest.approx(cost(*part, X), rel=1e-12, abs=1e-12)
    for place, found in enumerate((*gradients, dX)):
        np.testing.assert_allclose(found, grad(cost, place)(*part, X), rtol=1e-10, atol=1e-12)


@given(**SIDES)
def test_sequences_do_not_mix(d, r, T, seed):
    rng = np.random.default_rng(seed)
    layer = attention(3, d, r, causal=True)
    part, X = layer.first(rng), rng.normal(size=(3, T, 4))
    together, _ = layer.forward(part, X)
    for k in range(4):
        alone, _ = layer.forward(part, X[:, :, k])
        np.testing.assert_allclose(together[:, :, k], alone, rtol=1e-12, atol=1e-14)


@given(st.integers(1, 6), st.integers(1, 6), st.integers(0, 999))
def test_the_weights_of_a_query_are_the_softmax_of_its_scores(T, t, seed):
    S = 20 * np.random.default_rng(seed).normal(size=(T, t))
    np.testing.assert_allclose(softmax_of_seen(S), scipy_softmax(S, axis=0), rtol=1e-12)


def test_large_scores_do_not_overflow():
    S = np.array([[1000.0, -1000.0], [998.0, -1001.0]])
    np.testing.assert_allclose(softmax_of_seen(S), scipy_softmax(S, axis=0), rtol=1e-12)


def test_what_comes_later_is_not_seen(rng):
    layer = attention(3, 2, 4, causal=True)
    part, X = layer.first(rng), rng.normal(size=(3, 6, 2))
    before, (*_, P) = layer.forward(part, X)
    assert not np.any(P[:, ~causal_mask(6)])
    X[:, 4] += 1
    after, _ = layer.forward(part, X)
    np.testing.assert_array_equal(before[:, :4], after[:, :4])
    assert np.all(before[:, 4:] != after[:, 4:])


def test_without_a_mask_shuffled_columns_come_out_shuffled(rng):
    layer, order = attention(3, 2, 4), rng.permutation(6)
    part, X = layer.first(rng), rng.normal(size=(3, 6))
    straight, _ = layer.forward(part, X)
    shuffled, _ = layer.forward(part, X[:, order])
    np.testing.assert_allclose(shuffled, straight[:, order], rtol=1e-12, atol=1e-14)
    hidden = attention(3, 2, 4, causal=True)
    straight, _ = hidden.forward(part, X)
    shuffled, _ = hidden.forward(part, X[:, order])
    assert not np.allclose(shuffled, straight[:, order]), "a mask knows the order"


def test_the_first_weights_follow_lecuns_rule(rng):
    part = attention(400, 30, 50).first(rng)
    assert [W.shape for W in part] == [(30, 400), (30, 400), (50, 400)]
    assert np.var(flat(part)) == pytest.approx(1 / 400, rel=0.05)


def test_layers_of_attention_are_a_network(rng):
    network = chain(residual(attention(4, 2, 4, causal=True)), attention(4, 3, 2))
    out, _ = network.forward(network.first(rng), rng.normal(size=(4, 5, 3)))
    assert out.shape == (2, 5, 3)


def test_wrong_input_is_refused(rng):
    Q, K, V = np.ones((2, 3)), np.ones((2, 5)), np.ones((4, 5))
    for wrong in ((Q[:1], K, V), (Q, K[:, :4], V), (Q[0], K, V)):
        with pytest.raises(ValueError, match=r"expected Q \(d, t\), K \(d, T\)"):
            lookup(*wrong)
    with pytest.raises(ValueError, match="expected queries, keys and values, one or more, got"):
        lookup(Q, K[:, :0], V[:, :0])
    with pytest.raises(ValueError, match=r"expected a mask of shape \(5, 3\), got \(3, 5\)"):
        lookup(Q, K, V, np.ones((3, 5), dtype=bool))
    blind = np.ones((5, 3), dtype=bool)
    blind[:, 1] = False
    with pytest.raises(ValueError, match=r"a mask that lets each query see a key, got none for"):
        lookup(Q, K, V, blind)
    layer = attention(3, 2, 4)
    part = layer.first(rng)
    for X in (np.ones(3), np.ones((2, 5)), np.ones((3, 0)), np.ones((3, 5, 2, 1))):
        with pytest.raises(ValueError, match="expected weights of shapes"):
            layer.forward(part, X)
    with pytest.raises(ValueError, match="expected weights of shapes"):
        layer.forward(part[:2], np.ones((3, 5)))
    with pytest.raises(ValueError, match="expected whole numbers above 0"):
        attention(0, 2, 4).first(rng)
