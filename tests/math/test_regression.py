"""The line through data: its derivatives, its solution, and descent to it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LinearRegression

from utils import rates, regression
from utils.data import diabetes, standardize
from utils.gradient_check import central_difference, complex_step
from utils.optimizers import descend_until


def cloud(seed, m=7):
    rng = np.random.default_rng(seed)
    return rng.normal(size=m), rng.normal(size=m), rng.normal(size=2)


@given(st.integers(0, 99))
def test_gradient_and_hessian(seed):
    x, y, theta = cloud(seed)
    gradient = regression.line_gradient(theta, x, y)
    measured = complex_step(lambda v: regression.line_cost(v, x, y), theta)
    np.testing.assert_allclose(gradient, measured, atol=1e-12)
    rows = [
        central_difference(lambda v, i=i: regression.line_gradient(v, x, y)[i], theta)
        for i in range(2)
    ]
    np.testing.assert_allclose(regression.line_hessian(x), rows, atol=1e-8)


def test_a_path_has_a_cost_for_each_point():
    x, y, _ = cloud(0)
    path = np.random.default_rng(1).normal(size=(4, 2))
    each = [regression.line_cost(theta, x, y) for theta in path]
    np.testing.assert_allclose(regression.line_cost(path, x, y), each)


@pytest.mark.parametrize("x", [diabetes()[0], standardize(diabetes()[0])])
def test_the_solution_is_scikit_learns_and_the_gradient_is_zero_there(x):
    _, y = diabetes()
    model = LinearRegression().fit(x[:, None], y)
    solution = regression.line_solution(x, y)
    np.testing.assert_allclose(solution, [model.coef_[0], model.intercept_])
    np.testing.assert_allclose(regression.line_gradient(solution, x, y), 0, atol=1e-9)


def test_descent_arrives_at_the_solution():
    x, y = diabetes()
    x = standardize(x)
    path = descend_until(lambda v: regression.line_gradient(v, x, y), [0, 0], 0.5, 1e-9)
    np.testing.assert_allclose(path[-1], regression.line_solution(x, y))


def test_standardized_inputs_make_the_bowl_round():
    x = standardize(diabetes()[0])
    np.testing.assert_allclose(regression.line_hessian(x), np.eye(2), atol=1e-12)
    assert rates.condition_number(regression.line_hessian(x)) == pytest.approx(1)


def test_data_have_to_fit():
    with pytest.raises(ValueError, match="expected x and y of one shape"):
        regression.line_cost([0.0, 0.0], np.ones(3), np.ones(4))
