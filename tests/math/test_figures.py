"""Colors can be told from the paper in both themes, and drawings lie where they should."""

import numpy as np
import pytest

from utils import landscapes
from utils.figures import PALETTE, level_set, themed

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
