"""Colors can be told from the paper in both themes, and drawings lie where they should."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from utils import landscapes
from utils.figures import PALETTE, arrow, classes_on, contours, half_plane, level_set, themed

LINES = ["ink", "muted", "input", "weight", "activation", "gradient", "loss"]


def luminance(color):
    parts = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


@pytest.mark.parametrize("role", LINES)
@pytest.mark.parametrize("theme", [0, 1])
def test_labels_in_every_color_can_be_read(role, theme):
    """WCAG asks for 4.5:1, because labels are drawn in the colors of their lines."""
    a, b = (luminance(PALETTE[name][theme]) + 0.05 for name in (role, "paper"))
    assert max(a, b) / min(a, b) >= 4.5


def test_each_color_has_one_role():
    lights = [light for light, _ in PALETTE.values()]
    assert len(set(lights)) == len(lights)


def test_themed_names_the_role_and_can_be_repeated():
    once = themed("stroke: #0072b2; fill: #123456")
    assert once == "stroke: var(--figure-input, #0072b2); fill: #123456"
    assert themed(once) == once


def test_a_level_set_lies_on_its_level():
    H, w_star = np.array([[3.0, 1.0], [1.0, 2.0]]), np.array([0.5, -1.0])
    points = level_set(H, 0.7, w_star)
    np.testing.assert_allclose(landscapes.quadratic(points.T, H, w_star), 0.7)


def test_contours_lie_on_their_levels_with_gaps_between():
    x, y = np.linspace(-2, 2, 201), np.linspace(-1.5, 1.5, 151)
    lines = contours(x, y, x * y[:, None], [0.5, 1.0])
    points = lines.compressed().reshape(2, -1)
    assert lines.mask.any(axis=0).sum() == 5  # two branches of each, and a gap at either side
    np.testing.assert_allclose(np.abs(points.prod(axis=0) - 0.75), 0.25, atol=0.02)
    assert contours(x, y, x * y[:, None], [9.0]).mask.all()


def test_classes_differ_in_shape_and_not_only_in_color():
    _, ax = plt.subplots()
    X, y = np.array([[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]), np.array([0, 1, 0])
    ones, zeros = classes_on(ax, X, y)
    assert (ones.get_marker(), zeros.get_marker()) == ("o", "s")
    assert zeros.get_markerfacecolor() == "none"
    np.testing.assert_array_equal(ones.get_xydata(), [[1, 4]])
    np.testing.assert_array_equal(zeros.get_xydata(), [[0, 3], [2, 5]])
    for wrong_X, wrong_y in [(X[:1], y), (X, y[:2]), (X, y + 1)]:
        with pytest.raises(ValueError, match="expected"):
            classes_on(ax, wrong_X, wrong_y)
    plt.close()


@pytest.mark.parametrize(("w", "b"), [((1.0, 2.0), -0.5), ((-0.3, 0.0), 1.0)])
def test_a_half_plane_is_bounded_by_its_line_and_lies_on_the_positive_side(w, b):
    corners = half_plane(w, b, middle=(1.0, 1.0), reach=10)
    np.testing.assert_allclose(corners[:2] @ w + b, 0, atol=1e-12)
    assert np.all(corners[2:] @ w + b > 0)


def test_without_weights_the_side_is_everything_or_nothing():
    everything, nothing = (half_plane((0, 0), b, (0, 0), reach=5) for b in (1, -1))
    assert np.all(everything.min(axis=0) == -5)
    assert np.all(everything.max(axis=0) == 5)
    assert np.all(nothing > 5)


def test_an_arrow_ends_where_its_vector_does():
    drawn = arrow((1.0, 2.0), (3.0, 4.0))
    np.testing.assert_allclose(drawn[:, 1], [4, 6])
    np.testing.assert_allclose(np.linalg.norm(drawn[:, 2] - drawn[:, 4]), 2 * 0.6 * 0.15)
    np.testing.assert_array_equal(arrow((1.0, 2.0), (0.0, 0.0)), [[1] * 5, [2] * 5])
