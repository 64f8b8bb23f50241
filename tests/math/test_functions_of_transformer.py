"""The transformer block: gradients against autograd, positions, heads, masks, wrong input."""

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import softmax as scipy_softmax

from utils.attention import attention
from utils.layers import chain, dense, flat, like, normalized
from utils.transformer import (
    beside,
    block,
    columnwise,
    frequencies,
    heads,
    mlp,
    norm,
    positioned,
    rotation,
    wave_pairs,
)

SIDES = {
    "d": st.integers(1, 3),
    "h": st.integers(1, 3),
    "c": st.integers(1, 5),
    "T": st.integers(1, 5),
    "seed": st.integers(0, 999),
}


def drawn(layer, rng):
    """Draw parameters none of which is 0 or 1."""
    first = layer.first(rng)
    return like(rng.normal(size=flat(first).size), first)


def block_anew(part, X, causal):
    """Write the block anew, column by column, in functions that autograd knows."""
    ((first, (each, (W, b))), (second, ((W1, b1), _, (W2, b2)))) = part

    def normed(X, gamma, beta):
        centered = X - anp.mean(X, axis=0)
        return gamma * centered / anp.sqrt(anp.mean(centered**2, axis=0) + 1e-5) + beta

    def looked_up(U, W_Q, W_K, W_V):
        S = anp.dot(anp.dot(W_K, U).T, anp.dot(W_Q, U)) / anp.sqrt(len(W_Q))
        E = anp.exp(S) * (np.triu(np.ones(S.shape)) if causal else 1.0)
        return anp.dot(anp.dot(W_V, U), E / anp.sum(E, axis=0))

    U = normed(X, *first)
    Y = X + anp.dot(W, anp.concatenate([looked_up(U, *own) for own in each])) + b
    A = anp.dot(W1, normed(Y, *second)) + b1
    return Y + anp.dot(W2, anp.where(A > 0, A, 0.0)) + b2


@given(**SIDES, causal=st.booleans())
def test_every_gradient_of_the_block_is_that_of_autograd(d, h, c, T, seed, causal):
    rng, n = np.random.default_rng(seed), h * (d + 1)  # a column of one is normed to β
    layer = block(n, h, c, causal)
    part, X, C = drawn(layer, rng), rng.normal(size=(n, T)), rng.normal(size=(n, T))

    def cost(theta):
        part_, X_ = like(theta, (part, X))
        return anp.sum(C * block_anew(part_, X_, causal))

    theta = flat((part, X))
    out, kept = layer.forward(part, X)
    assert np.sum(C * out) == pytest.approx(cost(theta), rel=1e-12, abs=1e-12)
    dX, gradients = layer.backward(C, part, kept)
    np.testing.assert_allclose(flat((gradients, dX)), grad(cost)(theta), rtol=1e-9, atol=1e-10)


@given(st.integers(1, 6), st.integers(-9, 9), st.integers(1, 99))
def test_one_matrix_moves_every_position(pairs, k, t):
    omega = frequencies(2 * pairs)
    turn = rotation(omega, k)
    np.testing.assert_allclose(turn @ wave_pairs(omega, t), wave_pairs(omega, t + k), atol=1e-12)
    np.testing.assert_allclose(turn @ turn.T, np.eye(2 * pairs), atol=1e-12)


@given(st.integers(1, 6), st.integers(0, 9), st.integers(1, 99))
def test_the_product_of_two_positions_depends_on_their_distance(pairs, k, t):
    omega = frequencies(2 * pairs)
    P = wave_pairs(omega, np.array([t, t + k, 1, 1 + k]))
    assert P[:, 0] @ P[:, 1] == pytest.approx(P[:, 2] @ P[:, 3], abs=1e-11)
    assert P[:, 0] @ P[:, 1] == pytest.approx(np.sum(np.cos(omega * k)), abs=1e-11)


def test_the_frequencies_fall_from_one_as_a_geometric_sequence():
    omega = frequencies(8)
    np.testing.assert_allclose(omega, [1, 0.1, 0.01, 0.001], rtol=1e-12)


def test_positions_are_added_from_one_on(rng):
    X = rng.normal(size=(4, 5, 3))
    out, kept = positioned(4).forward((), X)
    P = out[:, :, 0] - X[:, :, 0]
    np.testing.assert_allclose(out - X, np.repeat(P[:, :, None], 3, axis=2), atol=1e-14)
    np.testing.assert_allclose(P[0], np.sin(np.arange(1, 6)), atol=1e-14)
    np.testing.assert_allclose(P[3], np.cos(np.arange(1, 6) / 100), atol=1e-14)
    assert positioned(4).backward(X, (), kept)[0] is X


@given(**SIDES)
def test_heads_are_lookups_one_below_the_other_and_then_mixed(d, h, c, T, seed):
    rng = np.random.default_rng(seed)
    layer = heads(h * d, h)
    each, (W, b) = drawn(layer, rng)
    X = rng.normal(size=(h * d, T))
    answers = []
    for W_Q, W_K, W_V in each:
        answers.append(W_V @ X @ scipy_softmax((W_K @ X).T @ (W_Q @ X) / np.sqrt(d), axis=0))
    out, _ = layer.forward((each, (W, b)), X)
    np.testing.assert_allclose(out, W @ np.vstack(answers) + b, rtol=1e-9, atol=1e-11)


@given(st.sampled_from([1, 2, 3, 4, 6]))
def test_heads_take_as_many_parameters_however_many_they_are(h):
    assert flat(heads(12, h).first(np.random.default_rng(0))).size == 4 * 12**2 + 12


def test_a_block_has_as_many_parameters_as_told(rng):
    assert flat(block(32, 2, 128).first(rng)).size == 12 * 32**2 + 10 * 32


def test_layers_beside_each_other_may_differ_in_what_they_make(rng):
    layer = beside(attention(4, 2, 3), attention(4, 1, 2))
    part, X = layer.first(rng), rng.normal(size=(4, 5))
    out, kept = layer.forward(part, X)
    assert out.shape == (5, 5)
    alone = [
        attention(4, d, r).forward(own, X)[0]
        for (d, r), own in zip([(2, 3), (1, 2)], part, strict=True)
    ]
    np.testing.assert_allclose(out, np.vstack(alone), rtol=1e-12)
    dX, _ = layer.backward(np.ones((5, 5)), part, kept)
    assert dX.shape == X.shape


def test_what_comes_later_is_not_seen(rng):
    layer = chain(block(4, 2, 5, causal=True), block(4, 1, 3, causal=True))
    part, X = drawn(layer, rng), rng.normal(size=(4, 6, 2))
    before, _ = layer.forward(part, X)
    X[:, 4] += rng.normal(size=(4, 2))
    after, _ = layer.forward(part, X)
    np.testing.assert_array_equal(before[:, :4], after[:, :4])
    assert np.all(before[:, 4:] != after[:, 4:])


def test_a_norm_over_the_positions_tells_what_comes_later(rng):
    layer = chain(columnwise(normalized(4, 1)), heads(4, 2, causal=True))
    part, X = layer.first(rng), rng.normal(size=(4, 6))
    before, _ = layer.forward(part, X)
    X[:, 5] += [1, -1, 2, 0]
    assert np.abs(layer.forward(part, X)[0] - before)[:, :5].max() > 0.01


def test_without_a_mask_shuffled_columns_come_out_shuffled(rng):
    layer, order = block(4, 2, 5), rng.permutation(6)
    part, X = drawn(layer, rng), rng.normal(size=(4, 6))
    straight, _ = layer.forward(part, X)
    shuffled, _ = layer.forward(part, X[:, order])
    np.testing.assert_allclose(shuffled, straight[:, order], rtol=1e-9, atol=1e-11)


def test_a_column_of_a_norm_has_the_mean_square_one(rng):
    out, _ = norm(8).forward(norm(8).first(rng), rng.normal(3, 5, size=(8, 4, 3)))
    np.testing.assert_allclose(np.mean(out, axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(np.mean(out**2, axis=0), 1, rtol=1e-5)


def test_sequences_do_not_mix(rng):
    layer = block(4, 2, 5, causal=True)
    part, X = drawn(layer, rng), rng.normal(size=(4, 6, 3))
    together, _ = layer.forward(part, X)
    for k in range(3):
        alone, _ = layer.forward(part, X[:, :, k])
        np.testing.assert_allclose(together[:, :, k], alone, rtol=1e-9, atol=1e-11)


def test_the_first_weights_keep_the_scale(rng):
    X = rng.normal(size=(200, 50))
    out, _ = mlp(200, 400).forward(mlp(200, 400).first(rng), X)
    assert np.var(out) == pytest.approx(1, rel=0.15)


def test_wrong_input_is_refused(rng):
    with pytest.raises(ValueError, match="expected a number of heads that divides 4, got 3"):
        heads(4, 3)
    with pytest.raises(ValueError, match="expected an even number of rows, got 3"):
        positioned(3)
    with pytest.raises(ValueError, match="expected a layer or more, got none"):
        beside()
    for X in (np.ones(4), np.ones((3, 5)), np.ones((4, 0)), np.ones((4, 5, 2, 1))):
        with pytest.raises(ValueError, match="expected X of shape"):
            positioned(4).forward((), X)
    layer = columnwise(dense(4, 2))
    for X in (np.ones(4), np.ones((4, 5, 2, 1))):
        with pytest.raises(ValueError, match="expected X of shape"):
            layer.forward(layer.first(rng), X)
