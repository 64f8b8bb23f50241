"""⟪What is true of utils/generalization.py, on random input.⟫"""

import numpy as np
import pytest

from utils.generalization import generalization, generalization_gradient
from utils.gradient_check import complex_step


def test_the_gradient_is_the_slope(rng):
    x = rng.normal()  # ⟪what the function admits⟫
    assert generalization_gradient(x) == pytest.approx(complex_step(generalization, x)[()])


def test_wrong_input_is_refused():
    for function in (generalization, generalization_gradient):
        with pytest.raises(ValueError, match="expected finite numbers, got"):  # ⟪what is refused⟫
            function(np.array([1.0, np.nan]))  # ⟪an input that is refused⟫
