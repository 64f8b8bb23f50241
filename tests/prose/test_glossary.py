"""The numbers in words of the glossary are right."""

import numpy as np
from words import in_words

GIVEN = ["double descent"]


def test_the_median_is_a_quantile(prose):
    share, numbers = 1 / 2, np.array([1.0, 2.0, 7.0, 9.0, 30.0])
    assert np.quantile(numbers, share) == np.median(numbers)
    assert f"for one {in_words(share)} it is the median" in prose
