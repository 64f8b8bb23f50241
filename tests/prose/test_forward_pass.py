"""The numbers in the prose of the chapter on the forward pass are right."""

from itertools import product

import numpy as np
import pytest
from manuscript import page
from minutes import practice, two_sittings

from utils.activations import sigmoid, step
from utils.gradient_check import complex_step
from utils.network import forward, multiply_add_count, parameter_count
from utils.neuron import neuron

W1, B1 = np.array([[0.4, 0.6], [-0.5, 0.3]]), np.array([[0.5], [-0.2]])
W2, B2 = np.array([[0.7, -0.4]]), np.array([[0.1]])
CORNERS = np.array(list(product([0, 1], repeat=2))).T
XOR = np.array([[0, 1, 1, 0]])


def running(x1, x2, weight=0.7):
    parameters = [(W1, B1), (np.array([[weight, -0.4]]), B2)]
    Z, A = forward(parameters, np.array([[x1], [x2]], dtype=float), [sigmoid, sigmoid])
    return Z, A, A[-1].item()


def test_the_running_neuron(prose):
    z = 0.4 * 1 + 0.6 * 2 + 0.5
    assert f"$z = 0.4 \\cdot 1 + 0.6 \\cdot 2 + 0.5 = {z:g}$" in prose
    y_hat = neuron(np.array([1.0, 2.0]), np.array([0.4, 0.6]), 0.5)
    assert prose.count(f"{y_hat:.4f}") >= 3


def test_what_the_first_figure_shows(prose):
    hidden = np.array([running(x1, 2)[1][1][:, 0] for x1 in range(-4, 5)])
    assert np.all(np.diff(hidden[:, 0]) > 0)
    assert np.all(np.diff(hidden[:, 1]) < 0)
    assert np.all(np.diff([running(x1, 2)[2] for x1 in range(-4, 5)]) > 0)
    hidden = np.array([running(1, x2)[1][1][:, 0] for x2 in range(-4, 5)])
    assert np.all(np.diff(hidden, axis=0) > 0)
    answers = [running(1, x2)[2] for x2 in range(-4, 5)]
    assert np.argmax(answers) == 7
    for x2 in (3, 4):
        link = f'<a href="#flow?x1=1&amp;x2={x2}&amp;weight=0.7">{x2}</a>'
        assert f"to {answers[x2 + 4]:.4f} at {link}" in prose
    assert running(-3, 1, weight=0)[2] != running(-3, 4, weight=0)[2]  # a₂ still speaks


def test_four_decimals_are_carried_by_hand(prose):
    Z, A, y_hat = running(1, 2)
    a1, a2 = (f"{a:.4f}" for a in A[1][:, 0])
    assert f"0.7 \\cdot {a1} - 0.4 \\cdot {a2} + 0.1 \\\\\n&\\approx {Z[2].item():.4f}" in prose
    assert f"\\approx {y_hat:.4f}" in prose
    carried = 0.7 * float(a1) - 0.4 * float(a2) + 0.1
    assert f"{sigmoid(round(carried, 4)):.4f}" == f"{y_hat:.4f}"


def test_the_slip_is_no_rounding(prose):
    assert f"{np.log(0.652014 / (1 - 0.652014)):.3f}" == "0.628"
    assert "That is 0.628 to three decimals" in prose


def test_the_erratum_has_the_same_numbers():
    errata = page("errata").text
    assert f"**{sigmoid(0.629):.6f}**" in errata
    assert f"the sigmoid of {np.log(0.652014 / (1 - 0.652014)):.6f}" in errata


@pytest.mark.slow
def test_some_starts_find_xor_and_one_does_not(prose):
    def answer(theta):
        parts = theta[:4].reshape(2, 2), theta[4:6].reshape(2, 1)
        return sigmoid(theta[6:8].reshape(1, 2) @ sigmoid(parts[0] @ CORNERS + parts[1]) + theta[8])

    def cost(theta):
        p = answer(theta)
        return -np.mean(XOR * np.log(p) + (1 - XOR) * np.log(1 - p))

    theta = np.random.default_rng(0).normal(size=9)
    for _ in range(22_000):
        theta = theta - complex_step(cost, theta)
    assert np.sum(np.abs(answer(theta) - 0.5) < 0.001) == 2
    assert "undecided about the other two, and 20,000 steps more do not help" in prose
    assert not np.any(complex_step(cost, np.zeros(9)))
    assert "From zeros nothing moves at all" in prose


def test_thirty_is_where_the_sigmoid_is_flat(prose):
    assert round(np.sqrt(1000), -1) == 30
    assert sigmoid(-30.0) < 1e-12
    assert "its deviation would be about 30; at $z = 30$, $\\sigma$ is 1 to twelve digits" in prose


@pytest.mark.slow
def test_learning_finds_another_way(prose):
    theta = np.random.default_rng(1).normal(size=9)

    def cost(theta):
        A1 = sigmoid(theta[:4].reshape(2, 2) @ CORNERS + theta[4:6, None])
        p = sigmoid(theta[6:8].reshape(1, 2) @ A1 + theta[8])
        return -np.mean(XOR * np.log(p) + (1 - XOR) * np.log(1 - p))

    for _ in range(2000):
        theta = theta - complex_step(cost, theta)
    on = sigmoid(theta[:4].reshape(2, 2) @ CORNERS + theta[4:6, None]) > 0.5
    np.testing.assert_array_equal(on, [[1, 1, 0, 1], [1, 0, 1, 1]])
    assert "the first neuron is off at $(1, 0)$ only, and the second at $(0, 1)$ only" in prose


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


def test_a_flat_bias_fails_in_three_ways(prose):
    flat = np.zeros(3)
    with pytest.raises(ValueError, match="broadcast"):
        np.ones((3, 5)) + flat
    assert (np.ones((3, 1)) + flat).shape == (3, 3)
    assert (np.ones((3, 3)) + flat).shape == (3, 3)
    assert "an $n_1 \\times n_1$ matrix comes out, without an error" in prose


def test_one_neuron_in_disguise(prose):
    (w,), b = W2 @ W1, W2 @ B1 + B2
    assert f"= {w[0]:.2f}$ and $0.7 \\cdot 0.6 - 0.4 \\cdot 0.3 = {w[1]:g}$" in prose
    assert f"+ 0.1 = {b.item():.2f}$" in prose
    assert f"${w[0]:.2f} + {2 * w[1]:g} + {b.item():.2f} = {(w @ [1, 2] + b).item():.2f}$" in prose


def test_digits_are_counted(prose):
    assert (
        f"$128 \\cdot 785 + 10 \\cdot 129 = 100480 + 1290 = {parameter_count((784, 128, 10))}$"
        in prose
    )
    assert f"= {multiply_add_count((784, 128, 10))}$ multiply-adds, 138 fewer" in prose


def test_the_exponential_overflows_above_709(prose):
    with np.errstate(over="ignore"):
        assert np.isfinite(np.exp(709.0))
        assert np.isinf(np.exp(710.0))
    assert "Above about 709" in prose


def test_the_errors_of_the_fit(prose):
    rng = np.random.default_rng(0)
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
    assert np.all(np.diff(old) < 1e-9)
    assert np.argmin(new) + 1 == 5
    assert old[12] < 0.3**2 / 2 < 0.3**2 * 4 < new[12]
    assert min(old[0], old[2], new[0], new[2]) > 0.3
    assert new[4] * 3 < new[13] < new[12]
    assert 'is least with <a href="#fit?n1=5">5</a>' in prose


def test_the_second_line_turned_around_solves_xor(prose):
    w = np.radians([45, 45 + 180])
    W, b = np.array([np.cos(w), np.sin(w)]).T, -np.array([[0.3536], [-1.05]])
    z = W @ CORNERS + b
    np.testing.assert_array_equal(z.min(axis=0) > 0, XOR[0] == 1)
    assert "turn=180&amp;distance=-1.05&amp;rule=both%20say%201&amp;neurons=steps" in prose


def test_counts(prose):
    assert f"= {parameter_count((2, 2, 1))}$, and $F" in prose
    assert f"= {multiply_add_count((2, 2, 1))}$ for one example" in prose


def test_the_exercise_by_hand(prose):
    Z, A, y_hat = running(3, 1)
    assert f"= {Z[1][0, 0]:g}$ and $z^{{(1)}}_2 = -1.5 + 0.3 - 0.2 = {Z[1][1, 0]:.1f}$" in prose
    a1, a2 = (f"{a:.4f}" for a in A[1][:, 0])
    assert f"activations are {a1} and {a2}" in prose
    assert f"{Z[2].item():.4f}$, and $\\hat{{y}} \\approx {y_hat:.3f}$" in prose


def test_the_minutes_add_up(prose):
    """Those of the sections to two sittings, those of the exercises to what is said."""
    said = "two sittings, of about 45 and 40 minutes, and 70 minutes for the exercises"
    assert said in prose
    assert all(
        abs(total - told) <= 2 for total, told in zip(two_sittings(prose), (45, 40), strict=True)
    )
    assert abs(practice(prose) - 70) <= 2
