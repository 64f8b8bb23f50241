"""Networks as chains of layers: the same as layer by layer, against scikit-learn, wrong input."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.neural_network import MLPClassifier

from utils.activations import (
    identity,
    relu,
    relu_derivative,
    sigmoid,
    sigmoid_derivative,
    softmax,
    tanh,
    tanh_derivative,
)
from utils.data import digits
from utils.layers import (
    chain,
    dense,
    entrywise,
    flat,
    gradient_of,
    like,
    normalized,
    residual,
)
from utils.network import (
    backward,
    backward_count,
    forward,
    initial_parameters,
    multiply_add_count,
    parameter_count,
)
from utils.optimizers import mini_batches, stochastic_descent

SIZES = st.lists(st.integers(1, 6), min_size=2, max_size=6)
HIDDEN = {sigmoid: sigmoid_derivative, tanh: tanh_derivative, relu: relu_derivative}
SIGMOIDS = entrywise(sigmoid, sigmoid_derivative)


@given(SIZES, st.data(), st.integers(1, 9), st.integers(0, 999))
def test_a_chain_is_the_network_of_the_chapters_to_the_last_bit(sizes, data, m, seed):
    """The same first weights, the same way forward, the same gradients, over random networks."""
    rng = np.random.default_rng(seed)
    X, dZ = rng.normal(size=(sizes[0], m)), rng.normal(size=(sizes[-1], m))
    activations = [data.draw(st.sampled_from(list(HIDDEN))) for _ in sizes[2:]]
    layers = [dense(sizes[0], sizes[1])]
    for g, n_in, n_out in zip(activations, sizes[1:], sizes[2:], strict=False):
        layers += [entrywise(g, HIDDEN[g]), dense(n_in, n_out)]
    network = chain(*layers)

    parameters = initial_parameters(sizes, seed)
    first = network.first(np.random.default_rng(seed))
    np.testing.assert_array_equal(flat(first), flat(parameters))
    Z, A = forward(parameters, X, [*activations, identity])
    out, kept = network.forward(first, X)
    np.testing.assert_array_equal(out, A[-1])
    _, gradients = network.backward(dZ, first, kept)
    pairs = backward(parameters, Z, A, dZ, [HIDDEN[g] for g in activations])
    np.testing.assert_array_equal(flat(gradients), flat(pairs))
    trained = gradient_of(network, X, softmax(dZ), softmax)(flat(first), np.arange(m))
    pairs = backward(
        parameters, Z, A, (softmax(Z[-1]) - softmax(dZ)) / m, [HIDDEN[g] for g in activations]
    )
    np.testing.assert_allclose(trained, flat(pairs), rtol=1e-12, atol=1e-15)


def nests():
    """Draw parameters as they may be nested: arrays of any shape, tuples and lists of them."""
    arrays = st.lists(st.integers(1, 3), max_size=4).map(np.ones)
    return st.recursive(arrays, lambda inner: st.lists(inner, max_size=3).map(tuple), max_leaves=9)


@given(nests())
def test_flat_and_like_are_inverse_for_any_nesting(part):
    theta = np.arange(flat(part).size, dtype=float)
    read = like(theta, part)
    np.testing.assert_array_equal(flat(read), theta)
    theta += 1
    np.testing.assert_array_equal(flat(read), theta)  # views, not copies
    with pytest.raises(ValueError, match=f"expected theta of shape .{theta.size},., got"):
        like(np.append(theta, 1.0), part)


@pytest.mark.parametrize("shape", [(2, 3, 4), (3,), (2, 2, 2, 5)])
def test_examples_are_on_the_last_axis_however_many_there_are(shape):
    """A layer for arrays of any number of axes trains as one for columns does."""
    rng = np.random.default_rng(0)
    X, Y = rng.normal(size=shape), rng.uniform(size=shape)
    layer = chain(SIGMOIDS, residual(entrywise(tanh, tanh_derivative)))
    assert gradient_of(layer, X, Y, sigmoid)(np.zeros(0), np.arange(2)).shape == (0,)
    seen = []

    def look(Z):
        seen.append(Z)
        return Z

    gradient_of(layer, X, Y, look)(np.zeros(0), np.array([2, 0]))
    np.testing.assert_array_equal(seen[0], layer.forward(((), ()), X[..., [2, 0]])[0])


def test_a_batch_is_the_mean_of_its_examples_and_a_slice_is_a_batch():
    rng = np.random.default_rng(0)
    X, Y = rng.normal(size=(3, 8)), rng.uniform(size=(2, 8))
    network = chain(dense(3, 4), SIGMOIDS, dense(4, 2))
    gradient, theta = gradient_of(network, X, Y, sigmoid), rng.normal(size=26)
    each = [gradient(theta, np.array([i])) for i in (6, 1, 3)]
    np.testing.assert_allclose(gradient(theta, np.array([6, 1, 3])), np.mean(each, axis=0))
    np.testing.assert_array_equal(gradient(theta, slice(None)), gradient(theta, np.arange(8)))
    np.testing.assert_array_equal(
        gradient(theta, Y[0] > 0.5), gradient(theta, *np.nonzero(Y[0] > 0.5))
    )


def test_whole_numbers_are_numbers():
    X, Y = np.array([[1, 0, 2]]), np.array([[True, False, True]])
    network, theta = chain(dense(1, 2), SIGMOIDS, dense(2, 1)), np.linspace(-1, 1, 7)
    whole, real = (
        gradient_of(network, *examples, sigmoid) for examples in [(X, Y), (X * 1.0, Y * 1.0)]
    )
    np.testing.assert_array_equal(whole(theta, [0, 2]), real(theta, [0, 2]))


@given(SIZES, st.integers(1, 5))
def test_the_way_back_costs_less_than_two_ways_forward(sizes, m):
    F = multiply_add_count(sizes, m)
    assert F <= backward_count(sizes, m) + m * sizes[0] * sizes[1] == 2 * F
    assert parameter_count(sizes) == flat(initial_parameters(sizes, 0)).size


@pytest.mark.slow
def test_the_digits_are_read_as_well_as_by_scikit_learn():
    """The same architecture, rate and batches, from several starts each."""
    X, y = digits()
    Y, network = np.eye(10)[y].T, chain(dense(64, 32), SIGMOIDS, dense(32, 10))
    order = np.random.default_rng(0).permutation(1797)
    train, aside = order[:1400], order[1400:]
    ours, theirs = [], []
    for seed in range(4):
        gradient = gradient_of(network, X[:, train], Y[:, train], softmax)
        batches = mini_batches(1400, 32, 20, np.random.default_rng(seed))
        first = network.first(np.random.default_rng(seed))
        path = stochastic_descent(gradient, flat(first), 1.0, batches)
        Z, _ = network.forward(like(path[-1], first), X[:, aside])
        ours.append(np.mean(Z.argmax(axis=0) == y[aside]))
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


NETWORK = chain(dense(2, 3), SIGMOIDS, dense(3, 1))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"X": np.ones((3, 4))}, r"W of shape .* got \(3, 2\), \(3, 1\), \(3, 1\)"),
        ({"X": np.ones(4)}, r"W of shape .* got \(3, 2\), \(3, 1\), \(1,\)"),
        ({"X": np.full((2, 4), np.nan)}, "finite X, got"),
        ({"X": np.full((2, 4), "1")}, "X of real numbers, got <U1"),
        ({"X": np.ones((2, 4), complex)}, "X of real numbers, got complex128"),
        ({"Y": np.full((1, 4), np.inf)}, "finite Y, got"),
        ({"Y": np.ones((2, 4))}, r"Y of shape \(1, 4\), as the layer makes it, got \(2, 4\)"),
        ({"Y": np.ones(4)}, r"Y of shape \(1, 4\), as the layer makes it, got \(4,\)"),
        ({"Y": np.ones((1, 3))}, r"X and Y of as many .* got \(\(4,\), \(3,\)\)"),
        ({"X": np.ones((2, 0)), "Y": np.ones((1, 0))}, "X and Y of as many examples"),
    ],
)
def test_examples_that_a_network_cannot_learn_are_refused_at_once(change, said):
    examples = {"X": np.ones((2, 4)), "Y": np.ones((1, 4))}
    with pytest.raises(ValueError, match=f"expected {said}"):
        gradient_of(NETWORK, **{**examples, **change}, activation=sigmoid)


@pytest.mark.parametrize(
    ("theta", "batch", "said"),
    [
        (np.ones(12), [0], r"theta of shape \(13,\), got \(12,\)"),
        (np.ones((13, 1)), [0], r"theta of shape \(13,\), got \(13, 1\)"),
        (np.ones(13), np.arange(0), r"an example or more, got .* \(2, 0\)"),
    ],
)
def test_a_step_that_does_not_fit_is_refused(theta, batch, said):
    gradient = gradient_of(NETWORK, np.ones((2, 4)), np.ones((1, 4)), sigmoid)
    with pytest.raises(ValueError, match=f"expected .*{said}"):
        gradient(theta, batch)


@pytest.mark.parametrize(
    ("layer", "part", "A", "said"),
    [
        (dense(2, 3), (), np.ones((2, 4)), r"a part of 2 things, got one of shapes \(\)"),
        (dense(2, 3), dense(3, 2).first(np.random.default_rng(0)), np.ones((2, 4)), r"W of shape"),
        (dense(2, 3), (np.ones((3, 2)), np.ones(3)), np.ones((2, 4)), r"b \(n, 1\).*\(3,\)"),
        (dense(2, 3), (np.ones((3, 2)), np.ones((3, 1))), np.ones((2, 0)), "an example or more"),
        (SIGMOIDS, (np.ones(2),), np.ones((2, 4)), "a part of 0 things"),
        (normalized(3, 1), (np.ones((3, 1)),) * 2, np.ones((2, 4)), r"gamma and beta of shape"),
        (normalized(3, 1), ((), ()), np.ones((3, 4)), r"gamma and beta of shape \(3, 1\)"),
        (chain(SIGMOIDS, SIGMOIDS), ((),), np.ones((2, 4)), "a part of 2 things"),
        (
            residual(dense(2, 3)),
            (np.ones((3, 2)), np.ones((3, 1))),
            np.ones((2, 4)),
            r"keeps the shape \(2, 4\), got \(3, 4\)",
        ),
    ],
)
def test_a_layer_refuses_the_part_of_another_and_what_does_not_fit(layer, part, A, said):
    with pytest.raises(ValueError, match=f"expected .*{said}"):
        layer.forward(part, A)


def test_a_chain_has_a_layer():
    with pytest.raises(ValueError, match="expected a layer or more, got none"):
        chain()


def test_a_gradient_that_does_not_fit_is_refused():
    parameters = initial_parameters((2, 3, 1), seed=0)
    Z, A = forward(parameters, np.ones((2, 4)), [sigmoid] * 2)
    with pytest.raises(ValueError, match=r"expected dZ of shape \(1, 4\), got \(1, 3\)"):
        backward(parameters, Z, A, np.ones((1, 3)), [sigmoid_derivative])
