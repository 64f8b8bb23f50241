"""The pages around the chapters: what they print is what the code computes."""

from __future__ import annotations

import re

import numpy as np
import pytest
from manuscript import BOOK, ROOT, page
from matplotlib.figure import Figure
from sklearn.neural_network import MLPClassifier

from utils import cover
from utils.activations import sigmoid
from utils.figures import PALETTE
from utils.losses import squared_error
from utils.neuron import neuron, neuron_gradients, neuron_step
from utils.notation import parse

ERRATA, NOTATION = page("errata").text, page("notation").text


# --- Sources and errata. -------------------------------------------------------------------------

x, y, w, b, alpha = np.array([1.0, 2.0]), 1.0, np.array([0.4, 0.6]), 0.5, 0.1


def test_e5_the_forward_pass():
    """z and ŷ of the running example, as printed."""
    assert f"$z = {w @ x + b:.1f}$" in ERRATA
    assert rf"$\hat{{y}} \approx {neuron(x, w, b):.4f}$" in ERRATA


def test_e6_the_gradients_and_what_the_source_has_instead():
    """The column in bold is right, and the source is off by one to two percent."""
    dw, db = neuron_gradients(x, y, w, b)
    rows = re.findall(r"\| −([\d.]+) \| \*\*−([\d.]+)\*\* \|", ERRATA)
    assert [f"{-value:.4f}" for value in (*dw, db)] == [right for _, right in rows]
    ratio = [float(printed) / float(right) for printed, right in rows]
    assert np.round(100 * min(ratio)) == 101
    assert np.round(100 * max(ratio)) == 102


def test_e6_the_step():
    """The loss and the parameters after the step are right in the source too."""
    w_new, b_new = neuron_step(x, y, w, b, alpha)
    assert f"{squared_error(y, neuron(x, w, b)):.4f}" in ERRATA
    assert rf"$w \approx ({w_new[0]:.4f}, {w_new[1]:.4f})$" in ERRATA
    assert rf"$b \approx {b_new:.4f}$" in ERRATA
    slip = np.array([0.0108, 0.0215, 0.0108])  # as the source prints it
    with_slip = np.append(w, b) + alpha * slip
    assert "or from 0.60215, which −0.0215 gives, cut off" in ERRATA
    assert np.isclose(with_slip[1], 0.60215)
    assert np.allclose(np.round(with_slip[[0, 2]], 4), [0.4011, 0.5011])
    early = 0.11 * 0.89 * 0.11 * np.append(x, 1)  # of an output rounded to 0.89
    assert np.array_equal(np.round(early, 4), slip)
    assert f"the second weight {0.6 + alpha * early[1]:.4f};" in ERRATA


def test_e8_the_prediction():
    """σ(0.629), and the sum that the printed number belongs to."""
    assert f"$\\sigma(0.629) \\approx {sigmoid(0.629):.6f}$" in ERRATA
    assert f"{np.log(0.652014 / (1 - 0.652014)):.4f}" in ERRATA


# --- The notation page. --------------------------------------------------------------------------


def printed() -> list[str]:
    """Return the formulas in the first column of the page's tables."""
    rows = re.findall(r"(?m)^\| (\$.*?) \|", NOTATION)
    return [formula for row in rows for formula in re.findall(r"\$([^$]+)\$", row)]


def test_the_grammar_reads_what_the_notation_page_has():
    """Page and grammar are one notation."""
    assert printed()
    for formula in printed():
        parse(formula)  # where it cannot, it shows the formula and the place


def test_the_colors_of_the_notation_page_are_those_of_the_figures():
    """Each role that it names is in the palette."""
    roles = re.findall(r"var\(--figure-(\w+)\)", NOTATION)
    assert roles
    assert set(roles) <= set(PALETTE)


def test_rows_there_are_columns_here():
    """scikit-learn keeps the weights of a layer turned, as the page says."""
    X = np.random.default_rng(0).normal(size=(3, 20))  # n0 = 3 features, m = 20 examples
    network = MLPClassifier((4,), random_state=0)
    network.partial_fit(X.T, X[0] > 0, classes=[False, True])
    W1, b1 = network.coefs_[0].T, network.intercepts_[0][:, None]
    assert W1.shape == (4, 3)
    assert np.allclose((W1 @ X + b1).T, X.T @ network.coefs_[0] + network.intercepts_[0])


# --- The cover. ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("learning_rate", "says"),
    [
        (0.02, "one side of the valley"),
        (0.5, "one side of the valley"),
        (0.52, "lands nearer the floor"),
        (0.98, "lands nearer the floor"),
        (1.0, "no neuron will settle"),
        (1.02, "learning has failed"),
    ],
)
def test_the_caption_of_the_cover_is_true(learning_rate: float, says: str):
    """What it says of the leaps is what they do, measured along the steepest direction."""
    across = np.linalg.eigh(cover.H)[1][:, -1]
    walk = cover.gradient_descent(
        lambda w: cover.quadratic_gradient(w, cover.H), cover.STARTS, learning_rate, cover.STEPS
    )
    before, after = (walk @ across)[:2]
    same_side, closer = before * after, np.abs(after) - np.abs(before)
    assert says in cover.draw(Figure().add_subplot())(learning_rate)
    if "one side" in says:
        assert np.all(same_side >= -1e-12)
    elif "nearer" in says:
        assert np.all(same_side < 0)
        assert np.all(closer < 0)
    elif "settle" in says:
        assert np.allclose(closer, 0)
    else:
        assert np.all(closer > 0)


def test_the_picture_of_the_readme_is_the_cover():
    """Run `python -m utils.cover > book/_static/valley.svg` to draw it again."""
    stored = (BOOK / "_static/valley.svg").read_text(encoding="utf-8")
    assert "book/_static/valley.svg" in (ROOT / "README.md").read_text(encoding="utf-8")
    version = re.compile(r"Matplotlib v[\d.]+")  # other versions draw the same
    assert version.sub("", cover.poster()) == version.sub("", stored)
