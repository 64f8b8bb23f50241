"""Each landscape's gradient is the gradient of its cost, at a point and along a path."""

import numpy as np
import pytest

from utils import landscapes
from utils.gradient_check import complex_step

RNG = np.random.default_rng(0)
A = RNG.normal(size=(3, 3))
H, W_STAR = A @ A.T + np.eye(3), RNG.normal(size=3)

PAIRS = {
    "bowl": (
        1,
        lambda w: landscapes.bowl(w, 3.0, 0.5, 2.0).sum(),
        lambda w: landscapes.bowl_gradient(w, 3.0, 0.5),
    ),
    "quadratic": (
        3,
        lambda w: landscapes.quadratic(w, H, W_STAR, 2.0),
        lambda w: landscapes.quadratic_gradient(w, H, W_STAR),
    ),
    "two_valleys": (
        1,
        lambda w: landscapes.two_valleys(w).sum(),
        landscapes.two_valleys_gradient,
    ),
    "two_weights": (2, landscapes.two_weights, landscapes.two_weights_gradient),
}


@pytest.mark.parametrize("name", PAIRS)
def test_gradient_by_a_complex_step(name):
    n, cost, gradient = PAIRS[name]
    for w in np.random.default_rng(1).normal(size=(20, n)):
        np.testing.assert_allclose(gradient(w), complex_step(cost, w), atol=1e-12)


@pytest.mark.parametrize("name", PAIRS)
def test_a_path_has_a_gradient_for_each_point(name):
    n, _, gradient = PAIRS[name]
    path = np.random.default_rng(2).normal(size=(5, n))
    np.testing.assert_allclose(gradient(path), [gradient(w) for w in path])


def test_bowls_are_lowest_at_their_minimum():
    assert landscapes.bowl(0.5, 3.0, 0.5, 2.0) == 2.0
    assert landscapes.quadratic(W_STAR, H, W_STAR, 2.0) == 2.0


def test_every_point_of_the_hyperbola_is_a_minimum_and_the_origin_a_saddle():
    w1 = np.array([-3.0, 0.1, 2.0])
    np.testing.assert_allclose(landscapes.two_weights(np.stack([w1, 1 / w1], axis=-1)), 0)
    assert not landscapes.two_weights_gradient(np.zeros(2)).any()
    assert landscapes.two_weights([0.1, 0.1]) < landscapes.two_weights([0.0, 0.0])
    assert landscapes.two_weights([0.1, -0.1]) > landscapes.two_weights([0.0, 0.0])


@pytest.mark.parametrize(
    ("w", "matrix", "message"),
    [
        ([1.0, 2.0], H, r"expected w of shape \(…, 3\)"),
        ([1.0, 2.0, 3.0], H[:2], "expected H square"),
        ([1.0, 2.0, 3.0], np.triu(H), "expected H symmetric"),
    ],
)
def test_wrong_shapes_are_refused(w, matrix, message):
    for function in (landscapes.quadratic, landscapes.quadratic_gradient):
        with pytest.raises(ValueError, match=message):
            function(w, matrix)


def test_two_weights_are_two():
    with pytest.raises(ValueError, match="expected w of shape"):
        landscapes.two_weights(np.ones(3))
