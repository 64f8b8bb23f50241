"""The data are what the text says they are."""

import numpy as np
import pytest

from utils.data import diabetes, iris, standardize


def test_diabetes():
    bmi, score = diabetes()
    assert bmi.shape == score.shape == (442,)
    assert (score.min(), score.max()) == (25, 346)
    assert 18 <= bmi.min() < bmi.max() <= 43  # kg/m²


def test_scikit_learns_scaling_has_a_sum_of_squares_of_one():
    x, _ = diabetes(scaled=True)
    np.testing.assert_allclose([x.sum(), x @ x], [0, 1], atol=1e-12)


def test_standardized_means_mean_0_and_deviation_1():
    x = standardize(diabetes()[0])
    np.testing.assert_allclose([x.mean(), x.std()], [0, 1], atol=1e-12)


def test_what_cannot_be_is_refused():
    with pytest.raises(ValueError, match=r"expected one of age, .*, got height"):
        diabetes("height")
    with pytest.raises(ValueError, match="expected values that differ"):
        standardize(np.ones(3))


def test_iris():
    X, y = iris()
    assert X.shape == (2, 100)
    np.testing.assert_array_equal(y, np.repeat([0, 1], 50))
    assert X[:, 0].tolist() == [5.1, 3.5]  # cm
    swapped, _ = iris(("versicolor", "setosa"), ("sepal width", "sepal length"))
    np.testing.assert_array_equal(swapped[::-1], np.roll(X, 50, axis=1))


def test_irises_that_are_not_there_are_refused():
    with pytest.raises(ValueError, match=r"expected two of setosa, versicolor, virginica, got"):
        iris(("setosa", "rose"))
    with pytest.raises(ValueError, match="expected two different of sepal length"):
        iris(features=("sepal width", "sepal width"))
