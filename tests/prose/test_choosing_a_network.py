"""The numbers in the prose of the chapter on choosing a network are right."""

from itertools import product

import numpy as np
from words import in_words, times

from utils.activations import sigmoid, softmax, step
from utils.network import multiply_add_count, parameter_count

GIVEN = [
    "two half-planes share",
    "the layer has one neuron, twice",
    "which of five topics a text has",
    "### 4. Half a symmetry",
]

CORNERS = np.array(list(product([0, 1], repeat=2))).T
XOR = np.array([[0, 1, 1, 0]])


def answers(theta):
    """Return the activations of both layers of a 2–2–1 network with these nine parameters."""
    A1 = sigmoid(theta[:4].reshape(2, 2) @ CORNERS + theta[4:6, None])
    return A1, sigmoid(theta[6:8].reshape(1, 2) @ A1 + theta[8])


def slopes(theta):
    """Return the gradient of the mean squared error on XOR, by the chain rule."""
    A1, A2 = answers(theta)
    dZ2 = 2 * (A2 - XOR) * A2 * (1 - A2) / 4
    dZ1 = theta[6:8].reshape(2, 1) * dZ2 * A1 * (1 - A1)
    return np.concatenate(
        [(dZ1 @ CORNERS.T).ravel(), dZ1.sum(axis=1), (dZ2 @ A1.T).ravel(), dZ2.sum(axis=1)]
    )


def test_one_point_is_wrong_at_the_start(prose):
    w = np.radians([45, 45 + 80])
    W, b = np.array([np.cos(w), np.sin(w)]).T, -np.array([[0.3536], [0.35]])
    both = np.all(W @ CORNERS + b > 0, axis=0)
    wrong = CORNERS[:, both != XOR[0]]
    np.testing.assert_array_equal(wrong, [[1], [0]])
    assert "At the start one point is wrong" in prose
    assert "and $(1, 0)$ is not in it" in prose


def test_at_least_one_never_solves_xor(prose):
    assert CORNERS[:, 3] @ [1, 1] > 0.5
    assert "never solves XOR, because the first neuron says 1 at $(1, 1)$" in prose


def test_a_strip_of_sigmoids_is_narrower(prose):
    w = np.radians([45, 45])
    for distance, lost in [(1.05, 0), (0.7, 2)]:
        W, b = np.array([np.cos(w), np.sin(w)]).T, -np.array([[0.3536], [distance]])
        a1, a2 = sigmoid(8 * (W @ CORNERS + b))
        assert np.sum((a1 - a2 > 0.5) != XOR[0]) == lost
        a1, a2 = step(W @ CORNERS + b)
        assert np.sum((a1 > a2) != XOR[0]) == lost
    assert (
        f"is at the distance $\\frac{{3}}{{2}} / \\sqrt{{2}} \\approx {1.5 / 2**0.5:.2f}$" in prose
    )
    assert 'neurons=steps">0.7</a> two corners are lost, to steps as to sigmoids' in prose


def test_the_second_line_turned_around_solves_xor(prose):
    w = np.radians([45, 45 + 180])
    W, b = np.array([np.cos(w), np.sin(w)]).T, -np.array([[0.3536], [-1.05]])
    z = W @ CORNERS + b
    np.testing.assert_array_equal(z.min(axis=0) > 0, XOR[0] == 1)
    assert "turn=180&amp;distance=-1.05&amp;rule=both%20say%201&amp;neurons=steps" in prose


def test_counts(prose):
    assert f"= {parameter_count((2, 2, 1))}$, and $F" in prose
    assert f"= {multiply_add_count((2, 2, 1))}$ for one example" in prose


def test_digits_are_counted(prose):
    assert (
        f"$128 \\cdot 785 + 10 \\cdot 129 = 100480 + 1290 = {parameter_count((784, 128, 10))}$"
        in prose
    )
    assert f"= {multiply_add_count((784, 128, 10))}$ multiply-adds, 138 fewer" in prose
    *_, digits = 784, 128, 10
    assert f"128 hidden neurons follow, and {in_words(digits)} outputs name the digit" in prose


def fit_errors(seed):
    """Return the errors on the 16 points and on the new ones, with 1 to 14 hidden neurons."""
    rng = np.random.default_rng(seed)
    x_old, x_new = np.linspace(-3, 3, 16), rng.uniform(-3, 3, 200)
    y_old, y_new = (np.sin(1.5 * x) + rng.normal(0, 0.3, x.shape) for x in (x_old, x_new))
    slopes, places = rng.normal(0, 3, 14), rng.permutation(np.linspace(-2.8, 2.8, 14))
    old, new = [], []
    for n1 in range(1, 15):

        def hidden(x, n1=n1):
            a = sigmoid(slopes[:n1, None] * (x - places[:n1, None]))
            return np.vstack([a, np.ones_like(x)])

        v = np.linalg.lstsq(hidden(x_old).T, y_old, rcond=None)[0]
        old.append(np.mean((v @ hidden(x_old) - y_old) ** 2))
        new.append(np.mean((v @ hidden(x_new) - y_new) ** 2))
    return old, new


def test_the_errors_of_the_fit(prose):
    old, new = fit_errors(seed=0)
    assert np.argmin(new) + 1 == 5
    assert old[12] < 0.3**2 / 2 < 0.3**2 * 4 < new[12]
    assert min(old[0], old[2], new[0], new[2]) > 0.3
    assert new[4] * 3 < new[13] < new[12]
    assert 'is least with <a href="#fit?n1=5">5</a>' in prose


def test_the_fit_over_forty_draws(prose):
    seeds = range(40)
    assert f"In {in_words(len(seeds))} draws, with the seeds 0 to {seeds[-1]}" in prose
    old, new = np.moveaxis([fit_errors(seed) for seed in seeds], 1, 0)
    assert np.all(np.diff(old) < 1e-8)
    best = np.argmin(new, axis=1) + 1
    where = f"at {best.min()} to {best.max()} neurons, at {np.median(best):.0f} in the middle."
    assert f"the seeds 0 to 39, the error on new points is least {where}" in prose
    ratio = new[:, 13] / new.min(axis=1)
    assert np.all(ratio > 1.05)
    assert (
        f"With 14 it is larger in all forty, and more than twice as large in {np.sum(ratio > 2)}."
        in prose
    )


def test_thirty_two_is_where_the_sigmoid_is_flat(prose):
    features = 1000
    assert round(np.sqrt(features)) == 32
    assert f"and a {in_words(features)} features its standard deviation would be" in prose
    assert 5e-15 < sigmoid(-32.0) < 5e-14
    assert (
        "its standard deviation would be about 32; at $z = 32$, $\\sigma$ is 1 to thirteen digits"
        in prose
    )


def test_the_exponential_overflows_above_709(prose):
    with np.errstate(over="ignore"):
        assert np.isfinite(np.exp(709.0))
        assert np.isinf(np.exp(710.0))
    assert "Above about 709" in prose


def test_from_zeros_nothing_moves(prose):
    assert not np.any(slopes(np.zeros(9)))
    assert np.all(answers(np.zeros(9))[1] == 0.5)
    assert "From zeros nothing moves at all" in prose
    assert np.mean((XOR - 0.5) ** 2) == 1 / 4
    assert "answering $\\frac{1}{2}$ to everything is $\\frac{1}{4}$" in prose


def test_equal_neurons_stay_equal_and_random_ones_learn(prose, code):
    equal = np.array([0.4, -0.3, 0.4, -0.3, 0.1, 0.1, 0.5, 0.5, 0.0])
    random, alpha = np.random.default_rng(1).normal(size=9), 4
    assert f"moves each parameter the other way, by {times(alpha)} as much" in prose
    assert f"theta - {alpha} * " in code
    for _ in range(1000):
        equal, random = equal - alpha * slopes(equal), random - alpha * slopes(random)
    np.testing.assert_allclose(equal[:2], equal[2:4])
    assert "Equal neurons move, but together" in prose
    assert np.any((answers(equal)[1] > 0.5) != XOR)
    assert np.all((answers(random)[1] > 0.5) == XOR)
    assert "From the random start the network learns it" in prose


def test_random_starts_break_the_symmetry_and_may_get_stuck(prose):
    stuck = 0
    for seed in range(20):
        theta = np.random.default_rng(seed).normal(size=9)
        for _ in range(1000):
            theta = theta - 4 * slopes(theta)
        answer = answers(theta)[1]
        if np.all((answer > 0.5) == XOR):
            continue
        stuck += 1
        assert np.abs(theta[:2] - theta[2:4]).max() > 1  # not equal
        assert abs(np.mean((answer - XOR) ** 2) - 1 / 8) < 0.002
        assert np.sum(np.abs(answer - 0.5) < 0.01) == 2
        assert np.sum(np.abs(answer - XOR) < 0.05) == 2
    assert stuck == 4
    assert "of the seeds 0 to 19, sixteen learn XOR, and four get stuck with a $J$" in prose


def test_the_third_network_is_45_times_as_wrong_on_new_points(prose):
    assert round(0.90 / 0.02) == 45
    assert "0.02 and 0.90" in prose
    assert "45 times as wrong on new ones" in prose


def test_a_softmax_of_one_score_is_sure_of_everything(prose):
    np.testing.assert_array_equal(softmax(np.array([[3.0, 0.0, -5.0]])), 1)
    assert "is $e^z / e^z = 1$, whatever the score" in prose
