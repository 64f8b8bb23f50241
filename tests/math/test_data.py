"""The data are what the text says they are."""

import numpy as np
import pytest

from utils.data import diabetes, digits, iris, moons, standardize, xor


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


def test_xor():
    X, y = xor()
    assert [(*x, t) for x, t in zip(X.T, y, strict=True)] == [
        (0, 0, 0),
        (0, 1, 1),
        (1, 0, 1),
        (1, 1, 0),
    ]


@pytest.mark.parametrize("m", [2, 7, 200])
def test_moons_lie_on_their_half_circles(m):
    X, y = moons(m, noise=0, seed=3)
    assert X.shape == (2, m)
    assert y.sum() == m // 2
    upper, lower = X[:, y == 0], X[:, y == 1] - [[1], [0.5]]
    np.testing.assert_allclose(np.hypot(*upper), 1)
    np.testing.assert_allclose(np.hypot(*lower), 1)
    assert upper[1].min() >= 0 >= lower[1].max()


def test_the_noise_of_the_moons_and_their_seed():
    X, _ = moons(4000, noise=0.3, seed=1)
    clean = moons(4000, noise=0, seed=1)[0]
    np.testing.assert_allclose(np.std(X - clean, axis=1), 0.3, rtol=0.05)
    np.testing.assert_array_equal(X, moons(4000, noise=0.3, seed=1)[0])
    assert not np.array_equal(X, moons(4000, noise=0.3, seed=2)[0])


@pytest.mark.parametrize(("wrong", "said"), [({"m": 1}, "m >= 2"), ({"noise": -1}, "noise >= 0")])
def test_moons_that_cannot_be_are_refused(wrong, said):
    with pytest.raises(ValueError, match=f"expected {said}"):
        moons(**wrong)


def test_digits():
    X, y = digits()
    assert X.shape == (64, 1797)
    assert (X.min(), X.max()) == (0, 1)
    np.testing.assert_array_equal(np.unique(y), range(10))
    zero = X[:, 0].reshape(8, 8)
    assert y[0] == 0
    assert zero[3:5, 3:5].max() < 0.2 < zero[4, [2, 5]].min()  # a hole in the middle
