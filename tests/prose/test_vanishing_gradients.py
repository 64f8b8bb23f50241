"""The numbers in the prose of the chapter on vanishing and exploding gradients are right."""

import numpy as np
import pytest
from manuscript import page

from utils.activations import (
    relu,
    relu_derivative,
    sigmoid,
    sigmoid_derivative,
    tanh,
    tanh_derivative,
)
from utils.data import moons, standardize
from utils.landscapes import row_gradient
from utils.network import forward, initial_parameters
from utils.optimizers import clip_by_norm, gradient_descent
from utils.penalties import l2_penalty_gradient

POINTS, LABELS = moons(100)
X, Y = np.array([standardize(feature) for feature in POINTS]), LABELS[None]
TWENTY = (2, *[16] * 19, 1)


def reaches(layers, g, g_prime, scale):
    """Return which part of the last layer's ∂J/∂Z the first one gets."""
    parameters = [
        (scale * W, b) for W, b in initial_parameters((2, *[16] * (layers - 1), 1), seed=0)
    ]
    Z, A = forward(parameters, X, [g] * (layers - 1) + [sigmoid])
    dZ = last = (A[-1] - Y) / Y.size
    for (W, _), sums in zip(parameters[:0:-1], Z[-2:0:-1], strict=True):
        dZ = (W.T @ dZ) * g_prime(sums)
    return np.linalg.norm(dZ) / np.linalg.norm(last)


def test_what_reaches_the_first_layer(prose):
    sigmoids, tanhs = (sigmoid, sigmoid_derivative), (tanh, tanh_derivative)
    relus = (relu, relu_derivative)
    assert reaches(4, *sigmoids, 1) < 0.01
    assert round(1e-6 / reaches(12, *sigmoids, 1)) == pytest.approx(20, abs=2)
    assert "about a twenty-millionth is left" in prose
    assert reaches(24, *sigmoids, 1) < 1e-12
    assert 1 / reaches(24, *sigmoids, 8) == pytest.approx(40, abs=3)
    assert 1 / reaches(24, *tanhs, 1) == pytest.approx(20, abs=2)
    assert reaches(24, *tanhs, 0.5) < 1e-3 < 1e3 < reaches(24, *tanhs, 4)
    stops = np.geomspace(0.25, 8, 11)
    level = [abs(np.log(reaches(24, *relus, scale))) for scale in stops]
    assert stops[np.argmin(level)] == pytest.approx(1.41, abs=0.01)
    assert 1 / reaches(24, *relus, stops[5]) == pytest.approx(30, abs=4)
    assert "though only a thirtieth is left" in prose
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
    assert np.mean(tanh_derivative(Z[19]) < 0.1) == pytest.approx(0.8, abs=0.02)
    assert reaches(24, tanh, tanh_derivative, 8) > 1e4


def test_powers(prose):
    assert "$3.6 \\cdot 10^{-12}$" in prose
    assert f"{4.0**-19:.1e}" == "3.6e-12"
    assert f"$\\sigma'(5) \\approx {sigmoid_derivative(5):.4f}$" in prose
    assert f"$1.21^{{20}} \\approx {1.21**20:.0f}$" in prose
    assert f"$0.81^{{20}} \\approx {0.81**20:.3f}$" in prose
    assert f"make {1.5**20:.0f} times the output, and {1.5**19:.0f} times the gradient" in prose


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
    left = (1 - 0.003 * 0.6) ** 100
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
    assert f"If $a$ is ½, that is {greatest / 0.5:.2f}:" in prose
