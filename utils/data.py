"""Real data, from files that scikit-learn ships: nothing is downloaded."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.datasets import load_diabetes

from utils.checks import expect


def diabetes(feature: str = "bmi", scaled: bool = False) -> tuple[NDArray, NDArray]:
    """One feature and the target for 442 patients with diabetes, two arrays of shape (442,).

    The target is a score of the disease's progression in one year, 25 to 346.  ``bmi`` is in
    kg/m²; ``scaled`` gives scikit-learn's version, centered and with a sum of squares of 1.
    Efron, Hastie, Johnstone and Tibshirani (2004).
    """
    data = load_diabetes(scaled=scaled)
    names = data.feature_names
    expect(feature in names, f"one of {', '.join(names)}", feature)
    return data.data[:, names.index(feature)], data.target


def standardize(x: ArrayLike) -> NDArray:
    """Shift and scale ``x`` to mean 0 and standard deviation 1: the number of deviations off."""
    x = np.asarray(x, dtype=float)
    expect(x.std() > 0, "values that differ", x)
    return (x - x.mean()) / x.std()
