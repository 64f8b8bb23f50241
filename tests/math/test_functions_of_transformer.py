"""⟪What is true of utils/transformer_block.py, on random input.⟫"""

import numpy as np
import pytest

from utils.gradient_check import complex_step
from utils.transformer_block import transformer_block, transformer_block_gradient


def test_the_gradient_is_the_slope(rng):
    x = rng.normal()  # ⟪what the function admits⟫
    assert transformer_block_gradient(x) == pytest.approx(complex_step(transformer_block, x)[()])


def test_wrong_input_is_refused():
    for function in (transformer_block, transformer_block_gradient):
        with pytest.raises(ValueError, match="expected finite numbers, got"):  # ⟪what is refused⟫
            function(np.array([1.0, np.nan]))  # ⟪an input that is refused⟫
