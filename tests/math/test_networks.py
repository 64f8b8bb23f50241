"""The neuron of the running example, to the printed digit, and of any size, by derivatives."""

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad
from hypothesis import given
from hypothesis import strategies as st

from utils.gradient_check import central_difference, complex_step
from utils.losses import squared_error
from utils.network import neuron, neuron_gradients, neuron_step

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
