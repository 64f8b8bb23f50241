"""Networks that are built come as near to a function as their bounds say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from utils.activations import identity, relu, sigmoid
from utils.approximation import bump, polygon, polygon_bound, staircase_bound, staircase_network
from utils.network import forward

A, B = -1.0, 2.0
line = np.linspace(A, B, 2001)
neurons = st.integers(1, 40)
#: f, the greatest size of its slope, and of its second derivative.
WAVE = (lambda x: np.sin(3 * x) + x / 2), 3.5, 9.0


def output(parameters, g):
    return forward(parameters, line[None], [g, identity])[1][-1][0]


@given(neurons, st.floats(0.5, 100))
def test_a_staircase_keeps_its_bound(n, kh):
    f, M, _ = WAVE
    h = (B - A) / (n + 1)
    off = np.abs(output(staircase_network(f, n, kh / h, A, B), sigmoid) - f(line)).max()
    assert off <= staircase_bound(M, h, kh / h)


@given(neurons)
def test_a_polygon_keeps_its_bound_and_meets_the_function(n):
    f, _, M = WAVE
    y = output(polygon(f, n, A, B), relu)
    assert np.abs(y - f(line)).max() <= polygon_bound(M, (B - A) / n)
    t = np.linspace(A, B, n + 1)
    np.testing.assert_allclose(y, np.interp(line, t, f(t)), atol=1e-12)


def test_twice_the_neurons_halve_the_one_error_and_quarter_the_other():
    f = WAVE[0]
    steps, corners = [], []
    for n in (64, 128):
        climbed, followed = staircase_network(f, n - 1, 20 * n, A, B), polygon(f, n, A, B)
        steps.append(np.abs(output(climbed, sigmoid) - f(line)).max())
        corners.append(np.abs(output(followed, relu) - f(line)).max())
    assert abs(steps[0] / steps[1] - 2) < 0.1
    assert abs(corners[0] / corners[1] - 4) < 0.1


@given(st.floats(-5, 5))
def test_a_steep_bump_is_one_inside_and_zero_outside(x):
    inside = float(-1 < x < 2)
    away = min(abs(x + 1), abs(x - 2))
    assert abs(bump(x, -1, 2, 50.0) - inside) <= 2 * np.exp(-50 * away)


@pytest.mark.parametrize("n", [0, -1, 2.5])
def test_a_number_of_neurons_is_whole(n):
    for build in (lambda: polygon(np.sin, n), lambda: staircase_network(np.sin, n, 10)):
        with pytest.raises(ValueError, match="expected a whole number n of neurons, 1 or more"):
            build()


@pytest.mark.parametrize("ends", [(1, 0), (1, 1), (np.nan, 1)])
def test_an_interval_has_a_length(ends):
    with pytest.raises(ValueError, match="expected an interval with a < b"):
        polygon(np.sin, 3, *ends)
