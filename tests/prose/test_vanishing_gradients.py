"""The numbers in the prose of the chapter on vanishing and exploding gradients are right."""

import numpy as np
import pytest
from manuscript import page
from words import in_words, times

from utils.activations import (
    relu,
    relu_derivative,
    sigmoid,
    sigmoid_derivative,
    tanh,
    tanh_derivative,
)
from utils.data import moons, standardize
from utils.initializers import centered_sigmoid_variance, he_variance, lecun_variance
from utils.landscapes import row_gradient
from utils.network import forward, initial_parameters
from utils.optimizers import clip_by_norm, gradient_descent
from utils.penalties import l2_penalty_gradient

GIVEN = [
    "**That is half the truth**",
    "Its square is a double sum",
    "### 1. Ten layers",
    "### 3. Thirty layers",
    "A network of ten layers has the spectral norm 2",
]

POINTS, LABELS = moons(100)
X, Y = np.array([standardize(feature) for feature in POINTS]), LABELS[None]
TWENTY = (2, *[16] * 19, 1)


def reaches(layers, g, g_prime, scale, seed=0):
    """Return which part of the last layer's ∂J/∂Z the first one gets."""
    parameters = [
        (scale * W, b) for W, b in initial_parameters((2, *[16] * (layers - 1), 1), seed=seed)
    ]
    Z, A = forward(parameters, X, [g] * (layers - 1) + [sigmoid])
    dZ = last = (A[-1] - Y) / Y.size
    for (W, _), sums in zip(parameters[:0:-1], Z[-2:0:-1], strict=True):
        dZ = (W.T @ dZ) * g_prime(sums)
    return np.linalg.norm(dZ) / np.linalg.norm(last)


def test_what_reaches_the_first_layer(prose):
    sigmoids, tanhs = (sigmoid, sigmoid_derivative), (tanh, tanh_derivative)
    relus = (relu, relu_derivative)
    least = 0.01
    assert least / 2 < reaches(4, *sigmoids, 1) < least
    assert f"the first already gets less than a {in_words(least)} of what" in prose
    assert round(1e-6 / reaches(12, *sigmoids, 1)) == pytest.approx(20, abs=2)
    assert "about a twenty-millionth is left" in prose
    assert f"**Less than a {in_words(1e-6)}.**" in prose
    least = 1e-12
    assert reaches(24, *sigmoids, 1) < least
    assert f"24 layers</a> less than a {in_words(least)}." in prose
    assert 1 / reaches(24, *sigmoids, 8) == pytest.approx(40, abs=3)
    assert 1 / reaches(24, *tanhs, 1) == pytest.approx(20, abs=2)
    assert reaches(24, *tanhs, 0.5) < 1e-3 < 1e3 < reaches(24, *tanhs, 4)
    stops = np.geomspace(0.25, 8, 11)
    level = [abs(np.log(reaches(24, *relus, scale))) for scale in stops]
    assert stops[np.argmin(level)] == pytest.approx(1.41, abs=0.01)
    assert 1 / reaches(24, *relus, stops[5]) == pytest.approx(30, abs=4)
    assert "though only a thirtieth is left" in prose
    others = [reaches(24, *relus, stops[5], seed) for seed in range(1, 12)]
    assert "Eleven other draws of the weights leave between a tenth and nearly all of it" in prose
    assert min(others) == pytest.approx(0.1, abs=0.01)
    assert 0.95 < max(others) < 1
    assert all(reaches(24, *sigmoids, scale) < 0.03 for scale in stops)
    assert reaches(24, *tanhs, np.sqrt(2)) == pytest.approx(1, abs=0.2)


def test_relus_alone_do_not_keep_the_gradient():
    """As the errata say, and no layer is dead."""
    assert "leave the first about $10^{-12}$ of the last layer's gradient" in page("errata").text
    assert reaches(24, relu, relu_derivative, 0.5) == pytest.approx(1e-12, rel=0.3)


def test_saturated_layers_may_explode_all_the_same(prose):
    assert "at scale 8 four of five outputs are saturated" in prose
    twenty = [(8 * W, b) for W, b in initial_parameters(TWENTY, seed=0)]
    Z, _ = forward(twenty, X, [tanh] * 20)
    part = 1 / 10
    assert np.mean(tanh_derivative(Z[19]) < part) == pytest.approx(0.8, abs=0.02)
    assert f"saturated where its slope is below a {in_words(part)} of that at 0." in prose
    assert reaches(24, tanh, tanh_derivative, 8) > 1e4


def test_powers(prose):
    assert "$3.6 \\cdot 10^{-12}$" in prose
    assert f"{4.0**-19:.1e}" == "3.6e-12"
    layers = 20
    assert f"{in_words(layers).capitalize()} layers make {layers - 1} such factors." in prose
    assert f"near 0, where the slope is a {in_words(sigmoid_derivative(0.0))}; but" in prose
    assert f"trains {in_words(len(TWENTY) - 1)} layers with each cure" in prose
    factors = 9
    assert f"There are {in_words(factors)} factors." in prose
    assert f"at most $(2/4)^{factors} = 1/{round((2 / 4) ** -factors)}$." in prose
    assert f"$\\sigma'(5) \\approx {sigmoid_derivative(5):.4f}$" in prose
    assert f"$1.21^{{20}} \\approx {1.21**20:.0f}$" in prose
    assert f"$0.81^{{20}} \\approx {0.81**20:.3f}$" in prose
    more = 1 / 2
    output, gradient = (1 + more) ** 20, (1 + more) ** 19
    assert f"make {output:.0f} times the output, and {gradient:.0f} times the gradient" in prose
    assert f"weights that are {in_words(more)} as large again make" in prose


def test_a_relu_halves_squares(prose):
    z = np.linspace(-3, 3, 60_001)
    share = round(np.mean(relu(z) ** 2) / np.mean(z**2), 4)
    assert np.mean(relu_derivative(z) ** 2) == pytest.approx(share, abs=1e-4)
    half, open_ = in_words(share), in_words(round(np.mean(relu_derivative(z)), 3))
    assert "### A ReLU halves the squares" in prose
    assert "The square of the gradient is halved, too" in prose
    assert "| a ReLU halves mean squares |" in prose
    assert f"So the mean is {half} of $\\mathbb" in prose
    assert f"a ReLU keeps {half} of it." in prose
    assert f"What helps is that {open_} of the neurons let everything through" in prose
    assert f"makes up for the other {open_}." in prose
    often = he_variance(12, 7) / lecun_variance(12, 7)
    assert f"kept by **He's rule**, {times(often)} LeCun's" in prose


def test_centered_sigmoids_ask_for_larger_weights(prose):
    """σ(z) − ½ is ½ tanh(z / 2): weights a quarter as large before a tanh of the whole sum."""
    z = np.linspace(-5, 5, 101)
    np.testing.assert_allclose(sigmoid(z) - 0.5, tanh(z / 2) / 2, atol=1e-15)
    often = np.sqrt(centered_sigmoid_variance(12, 7) / lecun_variance(12, 7))
    assert f"for $W$: weights {times(round(often, 9))} as large, and centered." in prose
    assert f"and {in_words(1 / 2)} of it is $\\frac{{z}}{{2}}" in prose
    assert "at the last, whose sum is not halved; we leave both" in prose
    assert f"we leave both {times(round(often / 2, 9))} as large" in prose


def test_how_many_outputs_are_near_0_or_1(prose):
    large = [(8 * W, b) for W, b in initial_parameters(TWENTY, seed=0)]
    Z, _ = forward(large, X, [sigmoid] * 20)
    near = np.mean([np.mean(sigmoid_derivative(Z[k]) < 0.025) for k in range(2, 20)])
    assert 0.4 < near < 0.5
    assert f'scale=8">8</a> nearly {in_words(1 / 2)} of them.' in prose


def test_the_cliff(prose):
    assert f"the gradient is ${row_gradient(0.8, 1, 1, 20):.2f}$" in prose
    assert "At 1.2 it is 24,000" in prose
    assert round(row_gradient(1.2, 1, 1, 20), -3) == 24_000
    assert "the best weights are $1$ and $-1$" in prose
    assert row_gradient(1, 1, 1, 20) == row_gradient(-1, 1, 1, 20) == 0
    thrown = 1.2 - 0.003 * row_gradient(1.2, 1, 1, 20)
    assert round(thrown) == -70
    assert "throws the weight to $-70$, and the next to $7 \\cdot 10^{70}$" in prose
    thrown -= 0.003 * row_gradient(thrown, 1, 1, 20)
    assert f"{thrown:.0e}" == "7e+70"
    with np.errstate(over="ignore"):
        assert np.isinf(np.float64(thrown) ** 19)
    steps = 100
    left, hundred = (1 - 0.003 * 0.6) ** steps, in_words(steps)
    assert f"for the first {hundred} steps, as a rare word is absent" in prose
    assert f"$\\mu = 0.6$, a {hundred} silent steps leave {left:.3f} of" in prose
    assert f"without the {hundred} silent steps it would have had no time" in prose
    assert f"leave {left:.3f} of the weight, and {left**19:.3f} of" in prose
    assert pytest.approx(0.015) == 0.003 * 5
    assert "in steps of 0.015" in prose


def test_the_weight_that_is_kept_small(prose):
    def gradient(speaks):
        return lambda w: row_gradient(w, speaks, 1, 20) + l2_penalty_gradient(w, 0.6)

    silent = gradient_descent(gradient(0), 1.2, 0.003, 100)[-1]
    settled = gradient_descent(gradient(1), silent, 0.003, 40)[-1]
    assert f"the weight is at {silent:.4f}" in prose
    assert f"it settles at {settled:.4f}, a little below 1" in prose


def test_each_entry_clipped_by_itself_turns_the_direction():
    """As the page prints: by norm 0 degrees, by entry 21."""
    g = np.array([30.0, 0.4])
    turns = [
        np.degrees(np.arctan2(*clipped[::-1]) - np.arctan2(*g[::-1]))
        for clipped in (clip_by_norm(g, 1.0), np.clip(g, -1, 1))
    ]
    assert turns == pytest.approx([0, 21], abs=0.5)


def test_how_far_one_network_strays(prose):
    """By the moments of a normal number, and by drawing 50,000 layers."""
    square = (1 + 5 / 64) ** 10
    assert rf"10 deep that is $(1 + 5/64)^{{10}} \approx {square:.2f}$." in prose
    assert f"The variance of one network is {square - 1:.2f}" in prose
    deviation = np.sqrt((square - 1) / 200)
    assert f"approx {deviation:.4f}$: the {100 * deviation:.1f} percent" in prose
    assert f"on average, give or take {100 * deviation:.1f} percent" in prose
    assert rf"it is $(1 + 5/16)^{{20}} \approx {(1 + 5 / 16) ** 20:.0f}$," in prose
    sums = np.random.default_rng(0).normal(scale=np.sqrt(2), size=(50_000, 16))
    ratios = np.mean(relu(sums) ** 2, axis=1)
    assert np.mean(ratios) == pytest.approx(1, abs=0.02)
    assert np.mean(ratios**2) == pytest.approx(1 + 5 / 16, abs=0.03)
    deep = np.prod(ratios.reshape(-1, 20), axis=1)
    assert np.mean(deep < 0.5) > 0.5, "most are far below 1"


def test_the_greatest_factor_of_a_row_of_sigmoids(prose):
    """That of z σ′(z), divided by the output a."""
    z = np.linspace(1, 2, 100_001)
    greatest = np.max(z * sigmoid_derivative(z))
    assert f"less than ${np.ceil(1000 * greatest) / 1000:.3f} / a$" in prose
    assert 1 / 4 < greatest / 0.5 < 1 / 2
    assert f"that is {greatest / 0.5:.2f}: more than a {in_words(1 / 4)}, and" in prose
