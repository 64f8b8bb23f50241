"""Data: real ones from files that scikit-learn ships, and made-up ones where it is said.

Nothing is downloaded.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.datasets import load_diabetes, load_digits, load_iris

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


def iris(
    pair: tuple[str, str] = ("setosa", "versicolor"),
    features: tuple[str, str] = ("sepal length", "sepal width"),
) -> tuple[NDArray, NDArray]:
    """Two species of iris by two measurements in cm: X of shape (2, 100) and y of shape (100,).

    Each column of ``X`` is a flower, and ``y`` is 0 for the first species of the ``pair`` and 1
    for the second, 50 of each.  Setosa and versicolor are separable by any two features,
    versicolor and virginica by none.  Anderson (1935), Fisher (1936).
    """
    data = load_iris()
    species = data.target_names.tolist()
    names = [name.removesuffix(" (cm)") for name in data.feature_names]
    for asked, known in (pair, species), (features, names):
        expect(len(set(asked)) == 2, f"two different of {', '.join(known)}", asked)
        expect(set(asked) <= set(known), f"two of {', '.join(known)}", asked)
    columns = [names.index(feature) for feature in features]
    flowers = [data.data[data.target == species.index(each)] for each in pair]
    return np.vstack(flowers)[:, columns].T, np.repeat([0, 1], 50)


def standardize(x: ArrayLike) -> NDArray:
    """Shift and scale ``x`` to mean 0 and standard deviation 1: the number of deviations off."""
    x = np.asarray(x, dtype=float)
    expect(x.std() > 0, "values that differ", x)
    return (x - x.mean()) / x.std()


def ages(m: int = 60, seed: int = 5) -> tuple[NDArray, NDArray]:
    """Made-up children: height in cm and gender, X of shape (2, m), and age in years, shape (m,).

    The rule is invented: ages are uniform from 2 to 16 years, gender is 0 (girl) or 1 (boy) by a
    fair coin, and the height is 75 + 6 age + 4 gender, with a normal error of 5 cm.  So the data
    can teach how a network fits a number.  They can teach nothing about people: growth is no
    straight line, it ends, and it differs from place to place and from child to child.
    """
    expect(m >= 2, "m >= 2", m)
    rng = np.random.default_rng(seed)
    age, gender = rng.uniform(2, 16, size=m), rng.integers(0, 2, size=m)
    height = 75 + 6 * age + 4 * gender + rng.normal(0, 5, size=m)
    return np.array([height, gender]), age


def xor() -> tuple[NDArray, NDArray]:
    """Return the corners of XOR: X of shape (2, 4), a corner a column, y of shape (4,), 0 or 1.

    ``y`` is 1 where exactly one of the two inputs is 1.
    """
    X = np.array([[0.0, 0.0, 1.0, 1.0], [0.0, 1.0, 0.0, 1.0]])
    return X, (X[0] != X[1]).astype(int)


def moons(m: int = 200, noise: float = 0.15, seed: int = 0) -> tuple[NDArray, NDArray]:
    """Made-up points on two half circles that reach into each other: X of shape (2, m), y (m,).

    Class 0 lies on the upper half of a circle of radius 1 around the origin, class 1 on the lower
    half of one around (1, ½).  The angles are uniform, and each coordinate has a normal error with
    the standard deviation ``noise``.  The first half of the examples, the larger if ``m`` is odd,
    is of class 0.  After ``make_moons`` of scikit-learn, Pedregosa et al. (2011).
    """
    expect(m >= 2, "m >= 2", m)
    expect(noise >= 0, "noise >= 0", noise)
    rng = np.random.default_rng(seed)
    y = np.repeat([0, 1], [m - m // 2, m // 2])
    angle = rng.uniform(0, np.pi, size=m)
    side = 1 - 2 * y  # the second circle is the first one, turned upside down
    X = np.array([y + side * np.cos(angle), y / 2 + side * np.sin(angle)])
    return X + noise * rng.normal(size=X.shape), y


def digits() -> tuple[NDArray, NDArray]:
    """Handwritten digits: X of shape (64, 1797) and y of shape (1797,), whole numbers 0 to 9.

    Each column of ``X`` is a picture of 8 × 8 pixels, row by row, from 0 (paper) to 1 (ink).  They
    are the test digits of Alpaydin and Kaynak (1998), in the order of scikit-learn, where
    neighbors are mostly by one hand, of 13: set aside at random, pictures are by hands that the
    others are by, too, and as a block of neighbors, by hands that are mostly new.
    """
    data = load_digits()
    return np.asfortranarray(data.data.T / 16), data.target


def ring(m: int, rng: np.random.Generator) -> NDArray:
    """Draw ``m`` made-up points around eight places on a circle of radius 1: shape (2, m).

    The places are equally likely and an eighth of a turn apart, the first at (1, 0); a point is
    off its place by a normal error of 0.05 in each direction.
    """
    expect(m >= 1, "a point or more", m)
    turn = np.pi / 4 * rng.integers(8, size=m)
    return np.stack([np.cos(turn), np.sin(turn)]) + 0.05 * rng.normal(size=(2, m))
