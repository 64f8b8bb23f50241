"""The numbers in the prose of the chapter on automatic differentiation are right."""

import numpy as np
import pytest
from manuscript import page
from scipy.optimize import approx_fprime
from words import in_words

from utils.activations import sigmoid, sigmoid_derivative
from utils.autodiff import Entry, by_tape, walk_back
from utils.data import digits
from utils.layers import chain, dense, entrywise, flat

GIVEN = [
    "The bar shows what five degrees more would do if the slope stayed.",
    "half of the digits, and one run for each input",
    "an entry that was picked twice gets both adjoints",
    "a function in which a value is used twice, held",
    "**A tape that is used twice.**",
    "one was picked twice, and the second time",
    "After five rungs, how many entries",
    "takes four times the memory of another layer's values",
]


def throw(angle, speed, wind):
    """Follow a ball as the chapter does."""
    cells = [cell.python for cell in page("automatic-differentiation").of_kind("code")]
    space = {"np": np}
    exec(next(code for code in cells if code.startswith("def throw(")), space)
    return space["throw"](angle, speed, wind)


def slopes(angle, speed, wind=-5.0):
    """Measure both slopes of the range by differences."""
    return approx_fprime([angle, speed], lambda place: throw(*place, wind), 1e-7)


def test_the_slopes_of_the_throw(prose):
    assert f"takes {-slopes(45, 20)[0]:.3f} m off" in prose
    assert f"a degree more adds {slopes(15, 20)[0]:.3f} m" in prose
    stops = range(15, 76, 5)
    assert min(stops, key=lambda angle: abs(slopes(angle, 20)[0])) == 35
    assert 'closest to 0 at <a href="#throw?angle=35' in prose


def aimed(rate, wind, steps):
    """Descend by slopes that are measured."""
    place = np.array([60.0, 12.0])
    for _ in range(steps):
        place = place - rate * (throw(*place, wind) - 25) * slopes(*place, wind)
    return throw(*place, wind)


def test_where_the_ball_lands(prose):
    assert "gradient descent sets the angle and the speed, from 60° and 12 m/s on" in prose
    assert f"two steps at the rate 0.4 bring it to {aimed(0.4, 0.0, 2):.1f} m" in prose
    assert f"overshoots, to {aimed(0.4, 8.0, 1):.1f} m" in prose
    assert f"falls short, at {aimed(0.4, 8.0, 2):.1f} m" in prose
    assert abs(aimed(0.2, 8.0, 2) - 25) < 0.1
    assert 5 < aimed(0.05, -8.0, 10) < 15
    assert "the rate <a" in prose


def test_the_slope_of_the_neuron(prose):
    slope = sigmoid_derivative(np.array(2.1)) * 2
    assert rf"its slope is $\sigma'(z) \, x_2 \approx {slope:.4f}$" in prose


def network(W1, b1, W2, b2):
    A1 = 1 / (1 + np.exp(-(W1 @ np.array([[1.0], [2.0]]) + b1)))
    return np.sum(0.5 * (1 - 1 / (1 + np.exp(-(W2 @ A1 + b2)))) ** 2)


def test_the_twenty_entries_and_the_nine_numbers(prose):
    running = (
        np.array([[0.4, 0.6], [-0.5, 0.3]]),
        np.array([[0.5], [-0.2]]),
        np.array([[0.7, -0.4]]),
        np.array([[0.1]]),
    )
    twenty = len(walk_back(network(*map(Entry, running))))
    found = flat(by_tape(network, *running))
    nine = in_words(found.size)
    assert f"{in_words(twenty).capitalize()} entries, and the {nine} numbers of *One step" in prose
    by_hand = page("backpropagation").text.partition("## One step by hand")[2]
    for number in found[[4, 5]]:
        assert f"{number:.5f}" in by_hand
    for number in np.delete(found, [4, 5]):
        assert f"{number:.4f}" in by_hand


def test_the_visits(prose):
    ten = 10
    visits = sum(2**i for i in range(ten + 1))
    assert f"With {in_words(ten)} rungs, how many visits do the paths need?" in prose
    assert f"**About {in_words(round(visits, -3))}.**" in prose
    assert f'every%20path">{in_words(ten)} rungs</a> take $2^{{11}} - 1 = {visits}$ visits' in prose
    assert f"by depth</a> {in_words(ten + 1)}." in prose
    a = Entry(1.0)
    b = a + a
    assert len(walk_back(b + b)) == 3


def test_how_many_parameters_there_are(prose):
    layers = chain(dense(64, 32), entrywise(sigmoid, sigmoid_derivative), dense(32, 10))
    count = flat(layers.first(np.random.default_rng(0))).size
    assert f"end at the same {count} numbers" in prose
    assert f"for the loss of the network with {count} parameters?" in prose
    assert digits()[0].shape == (64, 1797)


def test_the_checkpoints(prose):
    memory = {k: k + 100 / k for k in range(1, 101)}
    assert f"So 100 layers fit in the memory of {min(memory.values()):.0f}" in prose
    assert min({k: k + 900 / k for k in range(1, 901)}.values()) == 60
    assert "30 checkpoints and 30 layers between two of them make 60" in prose
    larger = {k: 4 * k + 900 / k for k in range(1, 901)}
    k = min(larger, key=larger.get)
    half = 4 * k / larger[k]
    assert f"at $k = {k}$, and memory is then {larger[k]:.0f}, {in_words(half)} of it" in prose


def test_back_by_hand(prose):
    da, db = by_tape(lambda a, b: (a * b + a) ** 2, 2.0, 3.0)
    assert rf"\bar{{p}} a = {db:.0f}$" in prose
    assert rf"48 + 16 = {da:.0f}$" in prose


def test_the_power_of_the_ladder(prose):
    (slope,) = by_tape(lambda v: v**32, 1.0)
    assert f"Each path brings 1, so the slope is {slope:.0f}" in prose
    assert slope == pytest.approx(2**5)
