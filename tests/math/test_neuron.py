"""The neuron of the running example, to the printed digit, and of any size, by derivatives."""

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad
from hypothesis import given
from hypothesis import strategies as st

from utils.gradient_check import central_difference, complex_step
from utils.losses import squared_error
from utils.neuron import (
    neuron,
    neuron_chain,
    neuron_chain_derivative,
    neuron_cost_gradients,
    neuron_gradients,
    neuron_step,
)

X, Y, W, B = np.array([1.0, 2.0]), 1.0, np.array([0.4, 0.6]), 0.5


def test_the_running_example():
    assert f"{W @ X + B:.4f}" == "2.1000"
    y_hat = neuron(X, W, B)
    assert f"{y_hat:.4f}" == "0.8909"
    assert f"{squared_error(Y, y_hat):.4f}" == "0.0060"
    dw, db = neuron_gradients(X, Y, W, B)
    assert [f"{v:.4f}" for v in (*dw, db)] == ["-0.0106", "-0.0212", "-0.0106"]
    w, b = neuron_step(X, Y, W, B, 0.1)
    assert [f"{v:.4f}" for v in (*w, b)] == ["0.4011", "0.6021", "0.5011"]


def test_the_source_rounded_the_prediction_before_it_went_on():
    dz = -(1 - 0.89) * 0.89 * (1 - 0.89)
    assert [f"{v:.4f}" for v in (dz, 2 * dz)] == ["-0.0108", "-0.0215"]


@given(st.integers(1, 6), st.integers(0, 99))
def test_gradients_by_three_other_ways(n, seed):
    rng = np.random.default_rng(seed)
    x, w, b, y = rng.normal(size=n), rng.normal(size=n), rng.normal(), rng.uniform()
    dw, db = neuron_gradients(x, y, w, b)

    def loss(theta):
        return squared_error(y, neuron(x, theta[:-1], theta[-1]))

    def loss_for_autograd(theta):
        return 0.5 * (y - 1 / (1 + anp.exp(-anp.dot(theta[:-1], x) - theta[-1]))) ** 2

    theta = np.append(w, b)
    np.testing.assert_allclose(np.append(dw, db), complex_step(loss, theta), rtol=1e-10)
    np.testing.assert_allclose(np.append(dw, db), grad(loss_for_autograd)(theta), rtol=1e-10)
    np.testing.assert_allclose(np.append(dw, db), central_difference(loss, theta), atol=1e-8)


def test_a_small_step_lowers_the_loss():
    w, b = neuron_step(X, Y, W, B, 0.1)
    assert squared_error(Y, neuron(X, w, b)) < squared_error(Y, neuron(X, W, B))


@pytest.mark.parametrize("x", [np.ones(3), np.ones((2, 1)), 1.0])
def test_shapes_have_to_fit(x):
    with pytest.raises(ValueError, match=r"expected [xw] of "):
        neuron(x, W, B)


@given(st.integers(1, 6), st.integers(1, 6), st.integers(0, 99))
def test_the_gradient_of_a_mean_is_the_mean_of_the_gradients(n, m, seed):
    rng = np.random.default_rng(seed)
    X, y, w, b = rng.normal(size=(n, m)), rng.uniform(size=m), rng.normal(size=n), rng.normal()
    dw, db = neuron_cost_gradients(X, y, w, b)
    each = [neuron_gradients(X[:, i], y[i], w, b) for i in range(m)]
    np.testing.assert_allclose(dw, np.mean([dw for dw, _ in each], axis=0), rtol=1e-12, atol=1e-15)
    assert db == pytest.approx(np.mean([db for _, db in each]))

    def cost(theta):
        return anp.mean((y - 1 / (1 + anp.exp(-(theta[:-1] @ X + theta[-1])))) ** 2) / 2

    automatic = grad(cost)(np.append(w, b))
    np.testing.assert_allclose(np.append(dw, db), automatic, rtol=1e-10, atol=1e-15)


@pytest.mark.parametrize(
    ("X", "y", "w", "expected"),
    [
        (np.ones(2), np.ones(2), np.ones(2), r"X of shape \(n, m\), got \(2,\)"),
        (np.ones((2, 3)), np.ones(3), np.ones(3), r"w of shape \(2,\), got \(3,\)"),
        (np.ones((2, 3)), np.ones(2), np.ones(2), r"y of shape \(3,\), got \(2,\)"),
    ],
)
def test_a_data_set_that_does_not_fit_is_refused(X, y, w, expected):
    with pytest.raises(ValueError, match=expected):
        neuron_cost_gradients(X, y, w, 0.0)


@given(st.integers(1, 6), st.integers(0, 99))
def test_neurons_in_a_row_by_a_complex_step(k, seed):
    rng = np.random.default_rng(seed)
    a, w, b = rng.uniform(), rng.normal(size=k), rng.normal(size=k)
    true = complex_step(lambda a: neuron_chain(a[0], w, b), [a])[0]
    np.testing.assert_allclose(neuron_chain_derivative(a, w, b), true, rtol=1e-10)


def test_neurons_in_a_row_have_as_many_biases_as_weights():
    for f in (neuron_chain, neuron_chain_derivative):
        with pytest.raises(ValueError, match=r"expected b of w's shape \(2,\), got \(3,\)"):
            f(0.5, np.ones(2), np.ones(3))
