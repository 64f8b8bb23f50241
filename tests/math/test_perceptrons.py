"""The perceptron answers, learns and is bounded as it should be, also by outside authorities."""

from itertools import combinations

import numpy as np
import pytest
from sklearn.linear_model import Perceptron
from sklearn.svm import SVC

from utils.activations import step
from utils.data import iris
from utils.perceptron import (
    augment,
    count_errors,
    foot,
    margin_of,
    mistake_bound,
    perceptron,
    pocket,
    predict,
    radius,
    signed,
    signed_distance,
    weighted_sum,
    widest,
)

MEASURED = ("sepal length", "sepal width", "petal length", "petal width")
PAIRS = list(combinations(MEASURED, 2))
EASY = [features for features in PAIRS if features != ("sepal length", "sepal width")]


@pytest.mark.parametrize("features", EASY)
def test_it_separates_as_scikit_learns_does(features):
    """Both without an error, and ours within Novikoff's bound."""
    X, y = iris(features=features)
    X1 = augment(X)
    path = perceptron(X1, y)
    theirs = Perceptron(tol=None, max_iter=1000, shuffle=False).fit(X.T, y)
    assert count_errors(X1, y, path[-1]) == 0
    assert theirs.score(X.T, y) == 1
    assert len(path) - 1 <= mistake_bound(radius(X1), margin_of(X1, y, widest(X1, y)))


def test_it_ends_on_scikit_learns_weights():
    """Theirs learns at z = 0 from either class, so the first example is one of class 1."""
    X, y = iris(features=("petal length", "sepal length"))
    X, y = X[:, ::-1], y[::-1]
    theirs = Perceptron(tol=None, max_iter=20, shuffle=False).fit(X.T, y)
    ours = perceptron(augment(X), y)[-1]
    np.testing.assert_allclose(ours, [*theirs.coef_[0], *theirs.intercept_], rtol=1e-10)


@pytest.mark.parametrize("features", EASY)
def test_the_greatest_margin_is_that_of_a_support_vector_machine(features):
    """Of the examples and their mirror images, so that its own bias is zero."""
    X, y = iris(features=features)
    columns = signed(augment(X), y)
    both, labels = np.hstack([columns, -columns]).T, np.repeat([1, -1], 100)
    machine = SVC(kernel="linear", C=1e8, tol=1e-8).fit(both, labels)
    w = machine.coef_[0]
    assert margin_of(augment(X), y, widest(augment(X), y)) == pytest.approx(
        1 / np.linalg.norm(w), rel=1e-4
    )


def test_no_two_measurements_separate_versicolor_and_virginica():
    for features in PAIRS:
        X, y = iris(("versicolor", "virginica"), features)
        with pytest.raises(ValueError, match="expected classes that a boundary separates"):
            widest(augment(X), y)


def test_no_direction_has_a_greater_margin():
    X, y = iris(features=("petal length", "petal width"))
    X1, rng = augment(X), np.random.default_rng(0)
    best = widest(X1, y)
    for _ in range(200):
        assert margin_of(X1, y, best + 0.05 * rng.normal(size=3)) <= margin_of(X1, y, best) + 1e-12


def test_a_start_that_separates_is_left_alone():
    X, y = iris(features=("petal length", "petal width"))
    start = widest(augment(X), y)
    np.testing.assert_array_equal(perceptron(augment(X), y, start=start), [start])


def test_the_step_is_shaped_as_its_argument_and_0_at_0():
    z = np.array([[-1.0, 0.0], [1e-300, np.inf]])
    np.testing.assert_array_equal(step(z), [[0, 0], [1, 1]])
    assert step(2.1) == 1


GOOD_X, GOOD_Y = np.array([[0.0, 1.0], [0.0, 1.0], [1.0, 1.0]]), np.array([0, 1])


@pytest.mark.parametrize(
    ("call", "complaint"),
    [
        (lambda: weighted_sum(np.ones(3), np.ones(2), 0.0), r"expected X with 2 rows, got \(3,\)"),
        (lambda: predict(np.ones(2), np.ones((2, 1)), 0.0), r"expected w of shape \(n,\)"),
        (lambda: signed_distance(np.ones(2), np.zeros(2), 1.0), "there is no boundary"),
        (lambda: foot(np.ones(2), np.zeros(2), 1.0), "there is no boundary"),
        (lambda: augment(np.ones(3)), r"expected X of shape \(n, m\), not empty, got \(3,\)"),
        (lambda: augment(np.ones((2, 0))), "not empty"),
        (lambda: augment([[np.nan]]), "expected finite numbers"),
        (lambda: perceptron(GOOD_X, 2 * GOOD_Y - 1), r"expected labels 0 and 1, got \[-1  1\]"),
        (lambda: perceptron(GOOD_X, GOOD_Y[:1]), r"expected y of shape \(2,\), got \(1,\)"),
        (lambda: perceptron(GOOD_X, GOOD_Y, alpha=0), "expected alpha > 0, got 0"),
        (lambda: pocket(GOOD_X[0], GOOD_Y, 1, np.random.default_rng(0)), r"shape \(n \+ 1, m\)"),
        (lambda: count_errors(GOOD_X * np.nan, GOOD_Y, np.ones(3)), "expected finite numbers"),
        (lambda: margin_of(GOOD_X, GOOD_Y, np.zeros(3)), "expected w that is not zero"),
        (lambda: mistake_bound(1.0, 0.0), "expected a margin above 0"),
    ],
)
def test_what_cannot_be_is_refused(call, complaint):
    with pytest.raises(ValueError, match=complaint):
        call()


def test_without_a_boundary_it_says_so():
    with pytest.raises(RuntimeError, match="a mistake in each of 7 epochs"):
        perceptron(np.ones((2, 2)), np.array([0, 1]), epochs=7)
