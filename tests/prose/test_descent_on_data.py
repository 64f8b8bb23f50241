"""The numbers in the prose of the chapter on descent on data are right."""

import re
from ast import literal_eval

import numpy as np
import pytest
from sklearn.datasets import load_diabetes
from words import in_words, times

from utils import rates, regression
from utils.activations import sigmoid
from utils.data import diabetes, standardize
from utils.exercises.descent_on_data import CORRELATION, correlated
from utils.gradient_check import complex_step
from utils.judging import judge_parts
from utils.neuron import neuron, neuron_gradients
from utils.optimizers import gradient_descent, mini_batches, stochastic_descent

GIVEN = [
    "network that learns in a dozen lines",
    "### In a dozen lines",
    "Its cost is half the mean squared error",
    "The steps are those to a thousandth of the error.",
    "never holds the same example twice",
    "With a million examples, each step of descent asks for a million gradients",
    "two epochs of ten examples in batches of four",
    "The fourth row hovers in its noise, and the fifth",
    "### 1. A batch for half the noise",
    "to shrink the error to a thousandth?",
]

CORNERS = np.array([[0, 0, 1, 1], [0, 1, 0, 1]])
XOR = np.array([[0, 1, 1, 0]])


def test_the_patients_ravine(prose):
    low, high = np.linalg.eigvalsh(regression.line_hessian(diabetes()[0]))
    steps = rates.steps_needed(1e-3, rates.best_rate(low, high), low)
    assert f"curved {high / low:,.0f} times as much" in prose
    assert f"may need {steps:,} steps" in prose
    assert f"$2/{high:.0f} \\approx {2 / high:.4f}$" in prose
    assert f"down to {diabetes()[0].var():.0f}, the variance of the inputs" in prose
    many = in_words(round(steps - rates.steps_needed(1e-3, 1, 1), -4))
    assert "**Thousands of times as many.**" in prose
    assert f"So standardizing saves {many} steps" in prose
    assert f"that direction is flat, and needs {many} steps" in prose
    assert steps > 10_000
    assert "a rate below the limit is safe, but ten thousand steps are not enough" in prose


def test_standardizing_leaves_the_correlations(prose):
    inputs = load_diabetes(scaled=False).data.T
    curvatures = np.linalg.eigvalsh(np.corrcoef(inputs))
    assert f"With all {in_words(len(inputs))} inputs of these data, standardized" in prose
    assert f"$\\kappa$ is still {curvatures[-1] / curvatures[0]:.0f}" in prose
    names = load_diabetes().feature_names
    r = np.corrcoef(inputs)[names.index("s1"), names.index("s2")]
    assert f"(`s1` and `s2`) say a lot, $r \\approx {r:.2f}$" in prose


def test_what_is_to_be_seen_of_the_noise(prose):
    patients = np.column_stack([standardize(diabetes(name)[0]) for name in ("bmi", "bp")])

    def distances(rate, size, draw):
        batches = np.random.default_rng(draw).integers(442, size=(1326 // size, size))
        path = stochastic_descent(
            lambda w, batch: w - patients[batch].mean(axis=0), [-3.0, 2.7], rate, batches
        )
        return np.linalg.norm(path, axis=1)

    def late(path):
        return np.sqrt(np.mean(path[len(path) // 2 :] ** 2))

    arrived, steps, away = 50, 1326 // 64, 1 / 2
    assert f"the middle of the cloud after {in_words(arrived)} steps, and then" in prose
    assert f"have only {in_words(steps)} steps, and end {in_words(away)} a unit away" in prose
    assert f"look at 1326 examples, {times(1326 / 442)} the data." in prose
    for draw in range(1, 5):
        assert distances(0.1, 1, draw)[arrived] < 0.5
        assert len(distances(0.1, 64, draw)) - 1 == steps
        assert abs(distances(0.1, 64, draw)[-1] - away) < 0.05
        assert abs(late(distances(0.316, 64, draw)) - 0.08) < 0.025
        assert abs(late(distances(0.316, 1, draw)) - 0.6) < 0.05
    assert 0.25 < 1 - 0.9**3 < 0.3
    assert "at the rate 0.1 they go a quarter of the way" in prose
    floors = [np.sqrt(2 * rates.noise_floor(0.316, 1, 1, B)) for B in (64, 1)]
    said = "about {:.2f} from the middle, and batches of 1 about {:.1f}."
    assert said.format(*floors) in prose


def shuffled(alpha, m):
    """Return what shuffling leaves of the noise floor, for batches of 1 and λ = s² = 1.

    Two draws of an epoch have the covariance −1/(m − 1), so the noise of k steps has the variance
    below; what an epoch begins with is what it ends with, and the mean is over its steps.
    """
    left = (1 - alpha) ** np.arange(m)
    squares, sums = np.cumsum(left**2), np.cumsum(left)
    noise = np.append(0, alpha**2 * (squares * m - sums**2) / (m - 1))
    left = (1 - alpha) ** (2 * np.arange(m + 1))
    start = noise[-1] / (1 - left[-1])
    return np.mean((left * start + noise)[:-1]) / rates.noise_floor(alpha, 1, 1)


def test_what_the_floor_follows(prose):
    """Half the rate does as much as twice the batch, and four times the batch halve the spread."""
    alpha, batch = 0.001, 16
    floor = rates.noise_floor(alpha, 1, 1 / batch)
    half, twice = 1 / 2, 2
    shares = [rates.noise_floor(half * alpha, 1, 1 / batch), floor / twice]
    np.testing.assert_allclose(shares, half * floor, rtol=1e-3)
    assert f"**{in_words(half)} the rate does as much as {times(twice)} the batch**" in prose
    larger, spread = 4, np.sqrt(1 / 4)
    assert f"{times(larger).capitalize()} the batch, {in_words(spread)} the spread." in prose
    assert (
        f"{in_words(spread).capitalize()} the distance is a {in_words(spread**2)} of the" in prose
    )
    assert f"batches of {32 * larger}, and each step costs {times(larger)} as much." in prose
    assert f"Or the rate {0.01 / larger}, and the way there takes {times(larger)} as many" in prose


def test_one_half_of_the_limit_is_one_step(prose):
    link = '<a href="#line?share=0.5&amp;units=standardized&amp;step=1">'
    assert f"With standardized inputs {link}one half</a> of the limit is best" in prose
    assert rates.best_rate(1, 1) / 2 == 0.5


def test_shuffled_epochs_hover_below_the_noise_floor(prose):
    points, rng = standardize(diabetes("bmi")[0]), np.random.default_rng(0)
    first, *others = (f"{shuffled(alpha, 442):.2f}" for alpha in (0.1, 0.01, 0.001))
    assert f"on average over an epoch, is {first} of the derived one at the rate 0.1" in prose
    assert "{} at 0.01, and {} at 0.001".format(*others) in prose
    for rate, epochs in [(0.1, 60), (0.01, 150)]:
        batches = mini_batches(442, 1, epochs, rng)
        path = stochastic_descent(lambda w, batch: w - points[batch].mean(), 0.0, rate, batches)
        share = np.mean(path[442:] ** 2) / rates.noise_floor(rate, 1, 1)
        assert share == pytest.approx(shuffled(rate, 442), rel=0.15)


@pytest.fixture(scope="module")
def patients():
    """Return the standardized inputs with a 1 beside each, and the scores."""
    x, y = diabetes()
    return np.column_stack([standardize(x), np.ones_like(x)]), y


def growth(rows, alpha):
    """Return what a step with one example does to the errors' mean products, as a matrix."""
    steps = np.eye(2) - alpha * rows[:, :, None] * rows[:, None]
    return np.mean([np.kron(A, A) for A in steps], axis=0)


def test_the_bound_is_not_enough_for_mini_batches(prose, code, patients):
    """The mean square of the error, over all draws, after a step with one example."""
    rows, y = patients

    def radius(alpha):
        return np.abs(np.linalg.eigvals(growth(rows, alpha))).max()

    runs = literal_eval(re.search(r"for size, rate in (\[.*\]):\n", code)[1])
    (_, fast), (_, slow) = runs[3:]
    assert f"and the fifth, at a {in_words(slow / fast)} of the rate, much lower" in prose
    epochs = 5
    assert f"mini_batches(442, size, {epochs}, rng)" in code
    assert f"Now our line, {in_words(epochs)} times through the data each time:" in prose
    assert radius(0.52) < 1 < radius(0.53)
    assert "the limit for single examples drawn afresh is 0.52" in prose
    best = regression.line_solution(rows[:, 0], y)
    gradients = rows * (rows @ best - y)[:, None]
    noise = 0.5**2 * (gradients.T @ gradients / 442).ravel()
    at_rest = np.linalg.solve(np.eye(4) - growth(rows, 0.5), noise)[[0, 3]].sum()
    floor = rates.noise_floor(0.5, 1, np.sum(gradients**2) / 442)
    assert f"is already {times(round(at_rest / floor))} the noise floor" in prose
    one = regression.line_cost(
        gradient_descent(lambda v: rows.T @ (rows @ v - y) / 442, [0, 0], 1, 1), rows[:, 0], y
    )
    assert one[-1] == pytest.approx(regression.line_cost(best, rows[:, 0], y))
    assert "are there after one step" in prose


def test_beyond_the_bound_the_line_is_thrown_far_and_comes_back(prose, patients):
    """The mean square grows, and the logarithm of the error still falls on average."""
    rows, y = patients
    ends = []
    for seed in range(10):
        batches = mini_batches(442, 1, 5, np.random.default_rng(seed))
        path = stochastic_descent(
            lambda v, i: regression.line_gradient(v, rows[i, 0], y[i]), [0, 0], 1.0, batches
        )
        ends.append(regression.line_cost(path[-1], rows[:, 0], y))
    flat = np.mean(y**2) / 2
    assert ends[0] > flat
    assert f"the flat line with which it began, {flat:,.0f}, though" in prose
    low, high = min(ends[1:]) / 1e3, max(ends[1:]) / 1e6
    assert f"in nine other ways, it ends between {low:.0f} thousand and {high:.0f} million" in prose
    error, logs = np.array([1.0, 0.0]), []
    for i in np.random.default_rng(0).integers(442, size=20_000):
        error = error - rows[i] * (rows[i] @ error)
        logs.append(np.log(np.linalg.norm(error)))
        error /= np.linalg.norm(error)
    assert np.mean(logs) < -0.03, "so no path runs away for good"
    assert np.abs(np.linalg.eigvals(growth(rows, 1.0))).max() > 1
    assert "even where the line itself keeps coming back" in prose


def test_two_inputs_that_agree_follow_their_number(prose):
    assert f"their correlation is {CORRELATION}.".replace("-", "−") in prose
    assert "by {eq}`gd-steps`, 66 steps" in prose
    assert judge_parts(correlated(CORRELATION), (19, 1, 66)) == "Right."
    assert judge_parts(correlated(0.5), (3, 1, 10)) == "Right."


def test_the_limits_of_a_line_through_the_origin(prose):
    curvatures = standardize(diabetes()[0]) ** 2
    limits = [2 / (1 + curvatures.var() / B) for B in (1, 64)]
    assert f"allow {limits[0]:.2f} with batches of 1, and {limits[1]:.2f} with" in prose


def test_a_small_gradient_and_a_cost_far_above_the_least(prose):
    x, y = diabetes()
    steps, least = 100, 1e-3
    path = gradient_descent(lambda v: regression.line_gradient(v, x, y), [0, 0], 0.0025, steps)
    first, last = (np.linalg.norm(regression.line_gradient(v, x, y)) for v in path[[0, -1]])
    assert last < first * least
    assert f"a {in_words(steps)} steps at a rate near the limit shrink" in prose
    assert f"shrink the norm to less than a {in_words(least)}:" in prose
    assert f"would leave at most {last**2 / 2:.1f}, since there" in prose


def test_the_step_by_the_cross_entropy(prose):
    x, y, w, b = np.array([1.0, 2.0]), 1.0, np.array([0.4, 0.6]), 0.5
    dz = neuron(x, w, b) - y
    assert f"\\approx {dz:.4f}$ in place of ${neuron_gradients(x, y, w, b)[1]:.4f}$" in prose
    longer = times(round(dz / neuron_gradients(x, y, w, b)[1]))
    assert f"a step {longer} as long from the same rate" in prose
    w, b = w - 0.1 * dz * x, b - 0.1 * dz
    assert f"to $w \\approx ({w[0]:.4f}, {w[1]:.4f})$ and $b \\approx {b:.4f}$" in prose


@pytest.mark.some_chapters
@pytest.mark.slow
def test_some_starts_find_xor_and_one_does_not(prose):
    def answer(theta):
        parts = theta[:4].reshape(2, 2), theta[4:6].reshape(2, 1)
        return sigmoid(theta[6:8].reshape(1, 2) @ sigmoid(parts[0] @ CORNERS + parts[1]) + theta[8])

    def cost(theta):
        p = answer(theta)
        return -np.mean(XOR * np.log(p) + (1 - XOR) * np.log(1 - p))

    theta = np.random.default_rng(0).normal(size=9)
    for _ in range(21_000):
        theta = theta - 2 * complex_step(cost, theta)
    assert np.sum(np.abs(answer(theta) - 0.5) < 0.001) == 2
    assert "undecided about the other two, and 20,000 steps more do not help" in prose


@pytest.mark.slow
def test_learning_finds_another_way(prose):
    theta = np.random.default_rng(1).normal(size=9)

    def cost(theta):
        A1 = sigmoid(theta[:4].reshape(2, 2) @ CORNERS + theta[4:6, None])
        p = sigmoid(theta[6:8].reshape(1, 2) @ A1 + theta[8])
        return -np.mean(XOR * np.log(p) + (1 - XOR) * np.log(1 - p))

    for _ in range(1000):
        theta = theta - 2 * complex_step(cost, theta)
    on = sigmoid(theta[:4].reshape(2, 2) @ CORNERS + theta[4:6, None]) > 0.5
    np.testing.assert_array_equal(on, [[1, 1, 0, 1], [1, 0, 1, 1]])
    assert "the first neuron is off at $(1, 0)$ only, and the second at $(0, 1)$ only" in prose


def test_how_many_numbers_are_in_theta(prose):
    sizes = {"four weights": 2 * 2, "two biases": 2, "two weights": 1 * 2, "one bias": 1}
    assert [in_words(size) for size in sizes.values()] == [part.split()[0] for part in sizes]
    first, second, third, fourth = sizes
    total = in_words(sum(sizes.values())).capitalize()
    assert f"\n{total}: {first} and {second} of the hidden layer, {third} and {fourth} of" in prose
