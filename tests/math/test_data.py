"""The data are what the text says they are."""

import numpy as np
import pytest

from utils.data import diabetes, standardize


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
