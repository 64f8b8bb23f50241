"""A drawn network says the numbers that it is given, and a region is where F > 0."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgba

from utils.activations import sigmoid
from utils.diagrams import graph_on, network_on
from utils.figures import ACTIVATION, GRADIENT, number_in, region
from utils.network import forward, initial_parameters


@pytest.fixture
def ax():
    figure, ax = plt.subplots()
    yield ax
    plt.close(figure)


def test_it_says_weights_biases_and_values(ax):
    drawn = network_on(ax, (2, 3, 1))
    parameters = initial_parameters((2, 3, 1), seed=0)
    _, A = forward(parameters, np.array([[1.0], [-2.0]]), [sigmoid] * 2)
    drawn.show_parameters(parameters)
    drawn.show_values(A)
    assert len(drawn.edges) == 2 * 3 + 3
    for (number, j, i), text in drawn.weights.items():
        weight = parameters[number - 1][0][j - 1, i - 1]
        assert text.get_text() == number_in(weight)
        assert (drawn.edges[number, j, i].get_linestyle() == "--") == (weight < 0)
    for (number, j), text in drawn.values.items():
        assert text.get_text() == number_in(A[number][j - 1, 0], 2)
    assert drawn.values[0, 2].get_text() == "−2"
    assert drawn.notes[1, 1].get_text() == "b = 0"


def test_the_larger_the_weight_the_thicker_the_line(ax):
    drawn = network_on(ax, (2, 1))
    drawn.show_parameters([(np.array([[0.5, -1.5]]), np.zeros((1, 1)))])
    assert drawn.edges[1, 1, 1].get_linewidth() < drawn.edges[1, 1, 2].get_linewidth()


def test_a_neuron_that_is_off_keeps_its_ring(ax):
    drawn = network_on(ax, (1, 1))
    drawn.show_values([np.zeros((1, 1)), np.zeros((1, 1))])
    assert to_rgba(drawn.nodes[1, 1].get_markerfacecolor())[3] == 0
    here = [line for line in ax.lines if line.get_xydata().tolist() == [[1.6, 0.0]]]
    rings = [ring for ring in here if ring.get_markeredgewidth() and ring.get_zorder() == 3]
    assert [to_rgba(ring.get_markeredgecolor()) for ring in rings] == [to_rgba(ACTIVATION)]


def test_it_draws_one_example(ax):
    with pytest.raises(ValueError, match="expected one example"):
        network_on(ax, (2, 1)).show_values([np.ones((2, 3)), np.ones((1, 3))])


@pytest.mark.parametrize("sizes", [(2,), (2, 0)])
def test_sizes_have_to_be_drawable(ax, sizes):
    with pytest.raises(ValueError, match="expected sizes such as"):
        network_on(ax, sizes)


def area(ring):
    x, y = np.vstack([ring, ring[:1]]).T
    return np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]) / 2


def test_a_region_has_the_area_of_where_the_function_is_positive():
    axis = np.linspace(-2, 2, 81)
    x, y = np.meshgrid(axis, axis)
    ring = region(axis, axis, 1 - np.abs(x**2 + y**2 - 1.5))  # between two circles
    assert area(ring) == pytest.approx(2 * np.pi, rel=0.01)
    parts = region(axis, axis, np.abs(x) - 1)  # two stripes
    assert area(parts) == pytest.approx(8, rel=1e-6)


def test_a_straight_border_takes_no_points():
    axis = np.linspace(0, 1, 41)
    x, y = np.meshgrid(axis, axis)
    assert len(region(axis, axis, x - 2 * y + 0.31)) == 5  # four corners, and the first again
    assert area(region(axis, axis, -1 - x)) == 0


def test_a_region_needs_a_value_at_each_point():
    with pytest.raises(ValueError, match=r"expected F of shape \(2, 3\)"):
        region(np.arange(3), np.arange(2), np.ones((3, 2)))


def arrows_of(ax):
    """Return, for each arrow, its ends and whether a gradient runs along it."""
    arrows = [text for text in ax.texts if getattr(text, "arrow_patch", None)]
    return [
        (tuple(a.xyann), tuple(a.xy), a.arrow_patch.get_edgecolor() == to_rgba(GRADIENT))
        for a in arrows
    ]


def test_a_graph_has_an_arrow_for_each_use(ax):
    graph_on(ax)
    assert len(arrows_of(ax)) == 9
    assert not any(back for *_, back in arrows_of(ax))


def test_a_gradient_runs_backward_and_says_its_factors(ax):
    graph_on(ax, {("loss", "y_hat"): "first", ("y_hat", "z2"): "second"})
    ends = [(tail, tip) for tail, tip, back in arrows_of(ax) if back]
    assert sorted(ends) == [((4.8, 0.0), (3.6, 0.0)), ((6.0, 0.0), (4.8, 0.0))]
    assert {"first", "second"} <= {text.get_text() for text in ax.texts}


def test_an_arrow_that_is_not_there_is_refused(ax):
    with pytest.raises(ValueError, match="expected arrows such as"):
        graph_on(ax, {("loss", "z2"): "1"})
