"""The numbers in the prose of the chapter on activation functions are right."""

import numpy as np
import pytest
from minutes import practice, two_sittings
from scipy.special import lambertw, ndtri

from utils import activations, rates, regression
from utils.activations import gelu, gelu_derivative, relu, sigmoid, silu, silu_derivative, tanh
from utils.approximation import polygon, staircase_bound
from utils.data import moons
from utils.network import backward, forward, initial_parameters, pack, unpack
from utils.optimizers import gradient_descent


def test_how_deep_the_gates_fall(prose):
    z = np.linspace(-3, 0, 300_001)
    lowest = float(np.real(lambertw(np.exp(-1))))
    np.testing.assert_allclose(silu(z).min(), -lowest, rtol=1e-8)
    assert f"to $-W(1/e) = {-lowest:.4f}$, and the GELU to ${gelu(z).min():.2f}$" in prose
    assert silu_derivative(-3.0) < 0
    assert gelu_derivative(-3.0) < 0


def test_the_ravine_of_the_sigmoid_is_so_much_narrower(prose):
    sums = ndtri((np.arange(10_000) + 0.5) / 10_000)
    kappa = [rates.condition_number(regression.line_hessian(g(sums))) for g in (sigmoid, tanh)]
    assert f"a ravine {kappa[0] / kappa[1]:.0f} times as narrow" in prose


def test_the_weights_of_the_roof(prose):
    goal = np.array([0.0, 2.0, 1.0, 3.0])
    weights = np.diff(np.diff(goal), prepend=0)
    told = ", then ".join(f"{v:g}" for v in weights).replace("-", "−")
    assert f">{told}</a>" in prose


def test_the_bracket_of_the_staircase(prose):
    assert f"and the bracket is {staircase_bound(1, 1, 10):.3f}" in prose


def test_two_relus_are_the_roof_with_one_corner():
    x = np.linspace(0, 1, 101)
    parameters = polygon(lambda x: 1 - 2 * np.abs(x - 0.5), 2)
    _, A = forward(parameters, x[None], [relu, activations.identity])
    np.testing.assert_allclose(A[-1][0], 1 - 2 * np.abs(x - 0.5), atol=1e-12)


def sums_of_the_neuron(alpha, steps, b=0.5):
    """Return the sums of the running neuron with a ReLU, and the target 1."""
    z = [1.6 + b]
    for _ in range(steps):
        z.append(z[-1] - alpha * (z[-1] - 1) * 6 * (z[-1] > 0))
    return np.array(z)


def test_when_our_neuron_dies(prose):
    assert r"\frac{2.1}{1.1 \cdot 6} = 0.318" in prose
    assert round(2.1 / (1.1 * 6), 3) == 0.318
    low, high = sums_of_the_neuron(0.3, 5), sums_of_the_neuron(0.33, 5)
    assert f"the sum overshoots, to {low[1]:.2f}" in prose
    assert (low > 0).all()
    assert high[1] < 0
    assert (high[1:] == high[1]).all()


@pytest.mark.parametrize(
    ("name", "start", "back"),
    [
        ("relu", -2, False),
        ("leaky_relu", -2, False),
        ("elu", -2, True),
        ("softplus", -2, True),
        ("softplus", -4, False),
        ("gelu", -2, False),
        ("silu", -2, False),
        ("gelu", -0.5, True),
    ],
)
def test_who_comes_back(name, start, back):
    g, derivative = getattr(activations, name), getattr(activations, f"{name}_derivative")
    z = [float(start)]
    for _ in range(60):
        z.append(z[-1] - 0.1 * 6 * (g(z[-1]) - 1) * derivative(z[-1]))
    assert (z[-1] > 0) == back
    if name == "relu":
        assert z[-1] == start
    elif name in ("leaky_relu", "softplus") and not back:
        assert start < z[-1] < 0
    elif not back:
        assert z[-1] < start


def trained(name, alpha, seed, sizes=(2, 8, 1)):
    """Return the hidden sums, and the cost, after the chapter's training on two moons."""
    g, slope = getattr(activations, name), getattr(activations, f"{name}_derivative")
    X, y = moons()

    def gradient(theta):
        parameters = unpack(theta, sizes)
        Z, A = forward(parameters, X, [g, sigmoid])
        return pack(backward(parameters, Z, A, (A[-1] - y) / y.size, [slope]))

    theta = gradient_descent(gradient, pack(initial_parameters(sizes, seed)), alpha, 200)[-1]
    Z, _ = forward(unpack(theta, sizes), X, [g, sigmoid])
    return Z[1], np.mean(activations.softplus(Z[2][0]) - y * Z[2][0])


def test_what_is_learned_at_which_rate(prose):
    def middle(name, alpha):
        return np.median([trained(name, alpha, seed)[1] for seed in range(1, 6)])

    assert abs(middle("sigmoid", 3) - middle("identity", 3)) < 0.02
    assert middle("sigmoid", 10) < middle("relu", 3) + 0.005 < 0.05
    assert middle("tanh", 10) < 0.01
    assert "they end at 0.08 or below" in prose
    assert middle("silu", 3) < 0.085


def test_half_of_the_relus_die_at_the_rate_10(prose):
    dead = [np.all(trained("relu", 10, seed)[0] <= 0, axis=1).sum() for seed in range(1, 6)]
    assert sum(dead) == 20
    assert "half of them at 10" in prose


def test_the_minutes_add_up(prose):
    """Those of the sections to two sittings, those of the exercises to about what is said."""
    assert two_sittings(prose) == [40, 35]
    assert "two sittings, of about 40 and 35 minutes, and 60 minutes for the exercises" in prose
    assert abs(practice(prose) - 60) <= 2
