"""The numbers in the prose of the chapter on activation functions are right."""

import numpy as np
import pytest
import sympy as sp
from manuscript import page
from scipy.special import lambertw, ndtri
from words import in_words, times

from utils import activations, rates, regression
from utils.activations import (
    gelu,
    gelu_by_tanh,
    gelu_derivative,
    relu,
    sigmoid,
    sigmoid_derivative,
    silu,
    silu_derivative,
    tanh,
    tanh_derivative,
)
from utils.data import moons
from utils.exercises import EXERCISES
from utils.layers import chain, dense, entrywise, flat, gradient_of, like
from utils.optimizers import stochastic_descent

GIVEN = [
    "where a single formula serves for both, it stands twice",
    "One of our sources names six properties",
    "A computer search among thousands of formulas",
    "ReLU, on its left half; not the step",
]


def test_how_deep_the_gates_fall(prose):
    z = np.linspace(-3, 0, 300_001)
    lowest = float(np.real(lambertw(np.exp(-1))))
    np.testing.assert_allclose(silu(z).min(), -lowest, rtol=1e-8)
    assert f"to $-W(1/e) \\approx {-lowest:.4f}$, and the GELU to ${gelu(z).min():.2f}$" in prose
    assert silu_derivative(-3.0) < 0
    assert gelu_derivative(-3.0) < 0


def test_the_gates_are_as_steep_at_0_and_bend_otherwise(prose):
    bends = [(f(1e-4) - f(-1e-4)) / 2e-4 for f in (gelu_derivative, silu_derivative)]
    assert gelu_derivative(0.0) == silu_derivative(0.0) == 0.5
    assert bends == pytest.approx([2 / np.sqrt(2 * np.pi), 0.5])
    assert "both have the slope ½ at 0, where the GELU bends more sharply" in prose


def test_a_jump_down_is_not_monotonic():
    cells = page("activation-functions").of_kind("code")
    code = next(cell.python for cell in cells if "def monotonic" in cell.python)
    z = sp.Symbol("z", real=True)
    names = {"sp": sp, "z": z}
    exec(code, names)
    said = [names["monotonic"](*pieces) for pieces in [(z + 1, z), (z, z + 1), (z, z)]]
    assert said == ["no", "yes, rises", "yes, rises"]


def test_the_ravine_of_the_sigmoid_is_so_much_narrower(prose):
    sums = ndtri((np.arange(10_000) + 0.5) / 10_000)
    kappa = [rates.condition_number(regression.line_hessian(g(sums))) for g in (sigmoid, tanh)]
    assert f"a condition number {kappa[0] / kappa[1]:.0f} times that of the tanh" in prose


def test_the_tanh_form_is_off_by_so_much(prose):
    z = np.linspace(-8, 8, 16_001)
    difference = np.abs(gelu(z) - gelu_by_tanh(z))
    assert f"differ by {difference.max():.5f} at most" in prose
    assert abs(z[difference.argmax()]) == pytest.approx(2.7, abs=0.05)


NAMES = [name for name in vars(activations) if f"{name}_derivative" in vars(activations)]


def test_how_many_functions_there_are(prose):
    ten = in_words(len(NAMES))
    assert f"Which of the {ten} functions have a slope below zero anywhere?" in prose
    assert f"We take {ten} functions, prove what" in prose
    assert f"here is each of the {ten}:" in prose
    assert f"On that side our {ten} functions are bounded" in prose


def test_the_slope_at_the_activation_is_unseen_with_four(prose):
    z = np.linspace(-3, 3, 13) + 0.1
    seen = {
        name
        for name in NAMES
        for g, slope in [(getattr(activations, name), getattr(activations, f"{name}_derivative"))]
        if not np.allclose(slope(g(z)), slope(z))
    }
    assert seen == {"sigmoid", "tanh", "elu", "softplus", "gelu", "silu"}
    assert f"With the {in_words(len(seen))} others it is wrong" in prose


def test_the_tanh_is_a_sigmoid_of_twice_the_sum(prose):
    """So the weights before it are twice as large, and the gradients with respect to them half."""
    x, w, often = np.linspace(-2, 2, 5) + 0.1, 0.7, 2
    np.testing.assert_allclose(tanh(w * x), 2 * sigmoid(often * w * x) - 1)
    assert f"shifted, stretched, and taken at {times(often)} the sum" in prose
    slopes = [x * tanh_derivative(w * x), 2 * x * sigmoid_derivative(often * w * x)]
    (share,) = np.unique((slopes[1] / slopes[0]).round(12))
    first, after = times(often), in_words(share)
    assert f"are {first} as large with the sigmoid, their gradients are {after} as large" in prose


def test_a_polynomial_of_five_neurons(prose):
    n, x, third = 5, sp.Symbol("x"), sp.symbols("v1:6 w1:6 b1:6 c")
    v, w, b = third[:n], third[n : 2 * n], third[2 * n : 3 * n]
    y = sum(v[j] * (w[j] * x + b[j]) ** 3 for j in range(n)) + third[-1]
    assert sp.expand(sp.diff(y, x, 4)) == 0
    assert sp.expand(sp.diff(y, x, 3)) != 0
    assert f"$z^3$ and {in_words(n)} hidden neurons, the network $\\sum_{{j=1}}^{{{n}}}" in prose


HIDDEN, RATES, STARTS, OTHERS = 8, (0.1, 0.3, 1, 3, 10), range(1, 6), range(6, 26)


def test_how_the_race_on_the_moons_is_run(prose, code):
    assert f"RATES, SEEDS = {RATES}, range({STARTS.start}, {STARTS.stop})" in code
    assert f"dense(2, {HIDDEN})" in code
    neurons, starts, rates = (in_words(n) for n in (HIDDEN, len(STARTS), len(RATES)))
    assert f"two inputs, {neurons} hidden neurons and one sigmoid output" in prose
    assert f"the same {starts} sets of first weights, at each of {rates} rates" in prose
    assert f"come down farthest in the middle of {starts}, and" in prose
    assert (
        f"in the middle of {starts} runs, for the rate 3 and for the best of the {rates}" in prose
    )
    assert f"the largest rate of the {rates}; at 30 all three end higher" in prose
    assert f"one run proves nothing, and {starts} prove little" in prose
    assert f"prove little: from {in_words(len(OTHERS))} other starts" in prose


def trained(name, alpha, seed):
    """Return the hidden sums, and the cost, after the chapter's training on two moons."""
    g, slope = getattr(activations, name), getattr(activations, f"{name}_derivative")
    X, y = moons()
    network = chain(dense(2, HIDDEN), entrywise(g, slope), dense(HIDDEN, 1))
    first = network.first(np.random.default_rng(seed))
    gradient, batches = gradient_of(network, X, y[None], sigmoid), [np.arange(y.size)] * 200
    theta = stochastic_descent(gradient, flat(first), alpha, batches)[-1]
    (Z,), (_, hidden, _) = network.forward(like(theta, first), X)
    return hidden, np.mean(activations.softplus(Z) - y * Z)


@pytest.mark.some_chapters
@pytest.mark.slow
def test_what_is_learned_at_which_rate(prose):
    def middle(name, alpha, starts=STARTS):
        return np.median([trained(name, alpha, seed)[1] for seed in starts])

    assert abs(middle("sigmoid", 3) - middle("identity", 3)) < 0.02
    assert middle("sigmoid", 10) < middle("relu", 3) + 0.005 < 0.05
    assert middle("tanh", 10) < 0.01
    assert "they end at 0.08 or below" in prose
    assert middle("silu", 3) < 0.085
    assert "at 30 all three end higher" in prose
    for name in ("sigmoid", "tanh", "softplus"):
        # At 30 the last digit of a weight changes the end of a run: so of twenty others.
        assert middle(name, 30, OTHERS) > middle(name, 10) + 0.1
    learned = [name for name in NAMES if min(middle(name, alpha) for alpha in RATES) < 0.085]
    assert (
        f"of the {in_words(len(RATES))}, {in_words(len(learned))} of them learn the moons" in prose
    )
    ends = [trained("relu", 3, seed)[1] for seed in STARTS]
    five, low, high = in_words(len(ends)), min(ends), max(ends)
    assert f"{five} of them, the ReLU ends anywhere between {low:.2f} and {high:.2f}." in prose


@pytest.mark.slow
def test_five_starts_prove_little(prose):
    middles = [
        np.median([trained(name, 3, seed)[1] for seed in starts])
        for name in ("elu", "silu")
        for starts in (OTHERS, STARTS)
    ]
    others, ours, silu_others, silu_ours = middles
    assert f"is {others:.2f} in place of {ours:.2f}" in prose
    assert f"the SiLU's {silu_others:.2f} in place of {silu_ours:.2f}" in prose


def test_how_far_the_swish_is_from_the_relu(prose):
    """At most W(1/e) / β, on both sides of 0, and so low it falls, too."""
    z, low = np.linspace(-40, 40, 400_001), float(np.real(lambertw(np.exp(-1))))
    for beta in (0.5, 1, 2, 5):
        swish = z * sigmoid(beta * z)
        assert swish.min() == pytest.approx(-low / beta, rel=1e-6)
        apart = np.abs(swish - relu(z))
        for side in (z < 0, z > 0):
            assert apart[side].max() == pytest.approx(low / beta, rel=1e-6)
    lowest, constant = (part.answer for part in EXERCISES["af-swish-numbers"].values())
    assert (lowest, constant) == pytest.approx((-low / 2, low / 0.01), rel=1e-4)
    assert f"lowest value, $-{low:.5f}$" in prose
    assert f"for $\\beta = 2$ to $-{low / 2:.4f}$" in prose
    assert f"is 0.01 for $\\beta = {constant:.3f}$" in prose
