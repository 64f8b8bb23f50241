"""The numbers in the prose of the chapter on the perceptron are right."""

import re

import numpy as np
import pytest
from scipy.optimize import linprog
from words import in_words, times

from utils.activations import sigmoid, step
from utils.data import iris
from utils.perceptron import (
    augment,
    count_errors,
    margin_of,
    mistake_bound,
    one_epoch,
    perceptron,
    pocket,
    predict,
    radius,
    signed_distance,
    weighted_sum,
    widest,
)

GIVEN = [
    "about 86 billion nerve cells",
    "not 10 billion, as an introduction on the web says",
    "seven deep networks together name photographs",
    "in their top five guesses",
    "on axes that count by powers of ten",
    "1. The margin is a third of what it was.",
    "3. Each example occurs twice in the data.",
    "4. The learning rate is doubled",
    "What happens to it if $w$ and $b$ are doubled",
    "A brain has about 86 billion neurons, not 10 billion.",
]

FLOWERS, SPECIES = iris(features=("petal length", "sepal length"))
X1 = augment(FLOWERS)


def bound(inputs, labels):
    return mistake_bound(radius(inputs), margin_of(inputs, labels, widest(inputs, labels)))


def test_the_stops_of_the_first_figure(prose):
    for link, w, b, wrong in [
        ("w1=0.5&amp;w2=0.5&amp;b=-4&amp;signs=as%20set", (0.5, 0.5), -4, 0),
        ("w1=0.5&amp;w2=0.5&amp;b=-3&amp;signs=as%20set", (0.5, 0.5), -3, 41),
        ("w1=0.5&amp;w2=0.25&amp;b=-3&amp;signs=as%20set", (0.5, 0.25), -3, 4),
        ("w1=0.5&amp;w2=0.5&amp;b=-3&amp;signs=all%20changed", (-0.5, -0.5), 3, 56),
        ("w1=0.5&amp;w2=0.5&amp;b=-4&amp;signs=all%20changed", (-0.5, -0.5), 4, 100),
        ("w1=1.5&amp;w2=0.25&amp;b=-5&amp;signs=as%20set", (1.5, 0.25), -5, 0),
    ]:
        assert f'"#flowers?{link}"' in prose
        assert np.sum(predict(FLOWERS, np.array(w), b) != SPECIES) == wrong


def test_flowers_on_the_border_are_called_setosa_both_times(prose):
    w = np.array([0.5, 0.5])
    called, others = (np.sum(predict(FLOWERS, s * w, -3 * s)) for s in (1, -1))
    assert f"calls {called} flowers versicolor, and with the signs changed" in prose
    assert f'b=-3&amp;signs=all%20changed">{others}</a>, not {100 - called}: three flowers' in prose
    assert np.sum(weighted_sum(FLOWERS, w, -3.0).round(9) == 0) == 3


def test_the_running_neuron(prose):
    z = weighted_sum(np.array([1.0, 2.0]), np.array([0.4, 0.6]), 0.5)
    assert f"= {z:.1f}$" in prose
    assert f"turns it into {sigmoid(z):.4f}" in prose


def test_petals_move_the_sum_more_than_twice_as_much(prose):
    """In millimeters, too, at a tenth of the weight."""
    petals, sepals = 0.5 * FLOWERS.std(axis=1)
    in_millimeters = 0.05 * (10 * FLOWERS[0]).std()
    assert in_millimeters == pytest.approx(petals)
    assert f"sum more than {times(int(petals / sepals))} as much as the sepals do" in prose
    assert f"equal weights and at a {in_words(0.05 / 0.5)} of the sepals' weight." in prose


def test_how_we_got_here(prose):
    years = [int(year) for year in re.findall(r"(?m)^ *\| (\d{4}) \|", prose)]
    decades, dates = in_words(round(years[-1] - years[0], -1)), in_words(len(years))
    assert f"How we got here: {decades} years in {dates} dates" in prose


def test_the_distances_that_are_to_be_seen(prose):
    x = np.array([1.0, 2.0])
    start = signed_distance(x, np.array([0.4, 0.6]), 0.5)
    assert f"$2.1 / \\sqrt{{0.52}} \\approx {start:.2f}$" in prose
    scales = (1, 2)
    assert f"and 1, {times(scales[1])} as much of each." in prose
    sums = [weighted_sum(x, scale * np.array([0.2, 0.2]), scale * 0.5) for scale in scales]
    assert sums[1] == scales[1] * sums[0]
    assert "the line stays where it is, $z$ doubles, and the distance remains" in prose
    for scale in scales:
        d = signed_distance(x, scale * np.array([0.2, 0.2]), scale * 0.5)
        assert f"the distance remains {d:.2f}" in prose


def test_the_mistakes_of_the_rule(prose):
    def mistakes(alpha, start=None):
        return len(perceptron(X1, SPECIES, alpha, start)) - 1

    (made,) = {mistakes(alpha) for alpha in (0.1, 0.5, 1, 10)}
    ten = in_words(made)
    assert f"After {ten} mistakes all 100 flowers are named correctly" in prose
    assert f"in {ten} corrections" in prose
    assert f"From zero, the rate 1 needs {ten} mistakes." in prose
    assert f"**{ten.capitalize()}, both.**" in prose
    assert f"mistakes, and {ten} were made: it is a guarantee" in prose
    ends = [perceptron(X1, SPECIES, alpha)[-1] for alpha in (0.1, 10)]
    (larger,) = set((ends[1] / ends[0]).round(6))
    assert f"only the weights in the caption are a {in_words(larger)} times as large." in prose
    from_another = [mistakes(alpha, (-2, 1, 5)) for alpha in (0.1, 0.5, 1, 10)]
    assert from_another == [41, 16, 8, 10]
    assert ">41 mistakes</a>" in prose
    assert 'learning_rate=0.5&amp;start=another&amp;tenths=10">16</a>' in prose
    assert f"the rate 10 made {ten} and the rate 1 only {in_words(from_another[2])}" in prose
    errors = [count_errors(X1, SPECIES, w) for w in perceptron(X1, SPECIES)]
    assert min(errors[:8]) > 40
    assert errors[8:] == [2, 50, 0]
    assert "After the eighth only two are wrong, after one more swing none" in prose
    assert f"improves the sum of one example, and may spoil {in_words(errors[9])}." in prose


def test_the_bound_and_its_figure(prose):
    assert f"allows {int(bound(X1, SPECIES))} mistakes" in prose
    for shift, order, made, gamma in [(0, 0, 10, "0.432"), (0.6, 0, 17, "0.175"), (0.9, 0, 10, ""),
                                      (0.9, 1, 33, "")]:  # fmt: skip
        moved = X1 - np.outer([1, 0, 0], shift * SPECIES)
        listed = np.random.default_rng(order).permutation(100) if order else np.arange(100)
        assert len(perceptron(moved[:, listed], SPECIES[listed])) - 1 == made
        assert not gamma or f"{margin_of(moved, SPECIES, widest(moved, SPECIES)):.3f}" == gamma
        assert gamma in prose
    far = X1 - np.outer([1, 0, 0], 0.6 * SPECIES)
    half = X1 - np.outer([1, 0, 0], 0.5 * SPECIES)
    assert f"{margin_of(half, SPECIES, widest(half, SPECIES)):.3f}, and the bound" in prose
    part = margin_of(half, SPECIES, widest(half, SPECIES))
    part /= margin_of(X1, SPECIES, widest(X1, SPECIES))
    assert part == pytest.approx(1 / 2, abs=0.02)
    assert "At 0.5 cm the margin is about half of what it was" in prose
    assert f"the bound {int(bound(half, SPECIES))}, a little less than four times" in prose
    assert f"from {int(bound(X1, SPECIES))} to {int(bound(far, SPECIES))}" in prose
    assert ">33</a> when shuffled" in prose


def test_the_bounds_meet_where_the_text_says(prose):
    k = bound(X1, SPECIES)
    gamma, R = margin_of(X1, SPECIES, widest(X1, SPECIES)), radius(X1)
    assert np.isclose(k * gamma, np.sqrt(k) * R)
    assert np.isclose(mistake_bound(R, gamma / 2), 4 * k)
    assert f"**About {times(round(mistake_bound(R, gamma / 2) / k))} as many**, since" in prose
    more = round(mistake_bound(R, gamma / 3) / k)
    assert f"In the first it is {in_words(more)} times as large." in prose
    larger = round(radius(10 * X1) / R, 9)
    assert f"both $R$ and $\\gamma$ are {in_words(larger)} times as large" in prose


def test_twice_the_weights_halve_the_street(prose):
    w = widest(X1, SPECIES)
    widths = [2 / np.linalg.norm(scale * w[:2]) for scale in (1, 2)]
    part = in_words(round(widths[1] / widths[0], 9))
    assert f"With {times(2)} the weights the street is {part} as wide." in prose


def test_the_room_in_the_plane(prose):
    """The greatest margin is measured with the bias, and another line has more room without."""
    u = widest(X1, SPECIES)
    signs = 2 * SPECIES - 1
    dashed = np.min(signs * signed_distance(FLOWERS, u[:2], u[2]))
    upright = np.min(signs * signed_distance(FLOWERS, np.array([1.0, 0.0]), -2.45))
    assert f"at 2.45 cm has {upright:.2f} cm on both sides, the dashed one {dashed:.2f} cm" in prose


def test_the_start_may_separate_with_nobody_on_the_boundary(prose):
    """OR is learned with (0, 0) on the boundary; lowering b as the text says leaves a margin."""
    bits, gate = augment([[0, 0, 1, 1], [0, 1, 0, 1]]), np.array([0, 1, 1, 1])
    w = perceptron(bits, gate)[-1]
    assert margin_of(bits, gate, w) == 0
    least = np.min((w @ bits)[gate == 1])
    share = 1 / 2
    assert margin_of(bits, gate, w - [0, 0, share * least]) > 0
    assert f"So lower $b$ by {in_words(share)} the smallest sum of class 1" in prose


def test_centering_is_what_shortens_the_learning(prose):
    sepals, _ = iris()
    tenths = (10 * augment(sepals)).round()
    ten = in_words(len(perceptron(X1, SPECIES)) - 1)
    assert f"cost {len(perceptron(tenths, SPECIES)) - 1} mistakes in place of {ten}" in prose
    centered = augment(sepals - sepals.mean(axis=1, keepdims=True))
    raw, alone = bound(tenths, SPECIES), bound(centered, SPECIES)
    assert f"takes the bound from {int(raw):,} to {int(alone)}." in prose
    assert radius(centered) < radius(augment(sepals)) / 4
    margins = [margin_of(d, SPECIES, widest(d, SPECIES)) for d in (tenths / 10, centered)]
    assert margins[1] > 2 * margins[0]


def test_what_a_wrong_sign_and_exchanged_labels_look_like(prose):
    corners = augment([[0, 0, 1, 1], [0, 1, 0, 1]])
    for data, y, wrong in [
        (X1, SPECIES, 50),
        (corners, np.array([0, 0, 0, 1]), 1),
        (corners, np.array([0, 1, 1, 1]), 3),
    ]:
        w = np.zeros(3)
        for _ in range(5):
            w = one_epoch(data, y, w, -1.0)[-1]  # a negative rate turns the sign
            assert count_errors(data, y, w) == wrong
            assert np.ptp(step(w @ data)) == 0
        assert count_errors(data, y, perceptron(data, 1 - y)[-1]) == len(y)
    assert (
        "| every example gets the same answer, in every epoch, and no feature is negative "
        "| the sign of the update |" in prose
    )
    centered = augment(FLOWERS - FLOWERS.mean(axis=1, keepdims=True))
    w = one_epoch(centered, SPECIES, np.zeros(3), -1.0)[-1]
    assert np.ptp(step(w @ centered)) == 1  # where some are, the answers may differ
    assert "| every answer is wrong | the two labels are exchanged |" in prose


def test_labels_of_minus_one_are_a_mistake_whatever_the_answer(prose):
    assert np.all(step([-1.0, 0.0, 1.0]) != -1)
    with pytest.raises(ValueError, match="labels 0 and 1"):
        count_errors(X1, 2 * SPECIES - 1, np.zeros(3))
    assert "| mistakes in every epoch, on labels −1 and 1 | $y - \\hat{y}$ is never 0" in prose


def test_when_the_cross_entropy_has_a_lowest_point(prose):
    """Not where a boundary has examples on it and none beyond it; on the petals there is none."""
    petals, kinds = iris(("versicolor", "virginica"), ("petal length", "petal width"))
    touching, labels = augment([[0.0, 1.0, 1.0, 2.0]]), np.array([0, 0, 1, 1])
    for data, y, weakly in [(touching, labels, True), (augment(petals), kinds, False)]:
        signed = (2 * y - 1) * data
        best = linprog(-signed.sum(axis=1), A_ub=-signed.T, b_ub=np.zeros(len(y)), bounds=(-1, 1))
        assert (best.fun < -1e-9) == weakly
    costs = [np.mean(np.logaddexp(0, -t * np.array([1, 0, 0, 1]))) for t in (1, 5, 25)]
    assert costs == sorted(costs, reverse=True)  # along its boundary's normal it falls for ever
    assert "every boundary has some example strictly on its wrong side" in prose


@pytest.mark.some_chapters
@pytest.mark.slow
def test_the_cycle_and_the_pocket(prose):
    petals, kinds = iris(("versicolor", "virginica"), ("petal length", "petal width"))
    tenths, w, seen = (10 * augment(petals)).round(), np.zeros(3), {}
    while tuple(w) not in seen:
        seen[tuple(w)] = len(seen)
        w = one_epoch(tenths, kinds, w, 1.0)[-1]
    assert f"After {len(seen)} epochs the weights are what they were one epoch before" in prose
    assert seen[tuple(w)] == len(seen) - 1
    lap = one_epoch(tenths, kinds, w, 1.0)
    errors = [count_errors(tenths, kinds, v) for v in lap]
    assert len(lap) - 1 == 4
    assert f"between {min(errors)} and {max(errors)}" in prose
    kept = pocket(tenths, kinds, 200, np.random.default_rng(0))
    assert count_errors(tenths, kinds, kept) == 3
    seeds = range(12)
    shuffled = [pocket(tenths, kinds, 200, np.random.default_rng(seed)) for seed in seeds]
    errors = [count_errors(tenths, kinds, w) for w in shuffled]
    many, three, four = (in_words(n) for n in (len(seeds), errors.count(3), errors.count(4)))
    assert f"of {many} seeds, from 0 to 11, {three} end with three errors and {four} with" in prose
    assert fewest_errors(petals, kinds) == 3
    assert "Three flowers of 100 are wrong" in prose


def fewest_errors(X, y):
    """Return the fewest errors of any line.

    Whatever a line answers, it still answers when it is moved until it touches two of the flowers
    and turned about a place between those that it touches, so that is all that is tried.
    """
    X, fewest = (10 * X).round().astype(int), len(y)
    places = np.unique(X, axis=1).T
    for i, p in enumerate(places):
        for q in places[:i]:
            along = p - q
            side = along[0] * (X[1] - p[1]) - along[1] * (X[0] - p[0])
            order = along @ X
            for cut in (*np.unique(order[side == 0]), np.inf):
                first = (side > 0) | ((side == 0) & (order < cut))
                last = (side > 0) | ((side == 0) & (order >= cut))
                wrong = [np.sum(answer != y) for answer in (first, last)]
                fewest = min(fewest, *wrong, *(len(y) - n for n in wrong))
    return fewest


def test_fourteen_gates_of_sixteen(prose):
    corners = np.array([[0, 0, 1, 1], [0, 1, 0, 1]])
    step_of_b = 1 / 2
    whole, half = range(-2, 3), np.arange(-1.5, 2, step_of_b)
    found = {
        tuple(step(np.array([v, w]) @ corners + b)) for v in whole for w in whole for b in half
    }
    gates = 2 ** (2**2)
    assert f"### 8. {in_words(len(found)).capitalize()} of {in_words(gates)}\n" in prose
    assert f"and biases in steps of one {in_words(step_of_b)} are enough" in prose
    assert not found & {(0, 1, 1, 0), (1, 0, 0, 1)}
    assert "finds the other 14" in prose
