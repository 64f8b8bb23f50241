"""The numbers in the prose of the chapter on the forward pass are right."""

import numpy as np
import pytest
import sympy as sp
from manuscript import page
from words import in_words

from utils.activations import relu, sigmoid, step
from utils.network import forward
from utils.neuron import neuron

GIVEN = [
    "With seven examples in place of three, which shapes",
    "they are the same for two and for two thousand",
    "with double brackets",
    "a hundred layers without activations",
]

W1, B1 = np.array([[0.4, 0.6], [-0.5, 0.3]]), np.array([[0.5], [-0.2]])
W2, B2 = np.array([[0.7, -0.4]]), np.array([[0.1]])


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
    assert f"approx {sigmoid(0.629):.6f}$" in errata
    assert f"the sigmoid of {np.log(0.652014 / (1 - 0.652014)):.6f}" in errata


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


def test_the_exercise_by_hand(prose):
    Z, A, y_hat = running(3, 1)
    assert f"= {Z[1][0, 0]:g}$ and $z^{{(1)}}_2 = -1.5 + 0.3 - 0.2 = {Z[1][1, 0]:.1f}$" in prose
    a1, a2 = (f"{a:.4f}" for a in A[1][:, 0])
    assert f"activations are {a1} and {a2}" in prose
    assert f"{Z[2].item():.4f}$, and $\\hat{{y}} \\approx {y_hat:.3f}$" in prose


def test_a_pair_of_relus_loses_nothing(prose):
    x = np.linspace(-3, 3, 25)
    np.testing.assert_array_equal(relu(x) - relu(-x), x)
    assert not np.any(relu(x) * relu(-x))
    assert "$x = \\max(0, x) - \\max(0, -x)$: one of the two terms is always 0" in prose


def test_xor_with_three_perceptrons(prose):
    told = []
    for x1, x2 in [(0, 0), (0, 1), (1, 1)]:
        z = step(x1 + x2 - 0.5) - 2 * step(x1 + x2 - 1.5) - 0.5
        told.append(f"{z:g}".replace("-", "−"))
    assert "the third neuron has the sums {}, {} and {}".format(*told) in prose


def test_how_many_letters_sympy_makes(prose):
    letters = sp.symbols("w_1:4_1:3")
    assert f'`sp.symbols("w_1:4_1:3")` makes the {in_words(len(letters))} letters' in prose
