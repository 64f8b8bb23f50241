"""The numbers in the prose of the chapter on early stopping and dropout are right."""

import numpy as np
import pytest
from scipy.special import expit
from words import in_words, times

from tests.explore.said import SAID
from tests.explore.said.regularization import best_epoch, cut, learned
from utils.exercises import EXERCISES
from utils.shrinkage import decay_of_steps, reached_by_steps
from utils.splits import error_bar

CURES = ("no cure", "decay", "dropout", "more dropout")
STRENGTHS = (0.005, 0.01, 0.02, 0.03, 0.05, 0.1)

GIVEN = [
    "is cut into five blocks of neighbors",
    "Forty labels are wrong, and the rate is 0.1.",
    "In five draws, each with another block",
    "take it twice",
    "In the figure ten directions have the curvatures 1, ½, ¼ and so on",
    "SymPy goes through all eight masks",
    "Take the mean over $m$ examples, half of it",
    "Here are five, each with another block",
    "## Four ways, five draws",
    "| Four ways, five draws | 5 |",
    "dropout of half the hidden neurons",
    "dropout of a fifth of the inputs",
    "Forty labels are wrong, the rate is 0.1",
    "To the four ways comes a fifth",
    "least and most of five",
    "In each of the five draws",
    "ask twice, and compare",
    "The check: ask twice",
    "### 1. Ten steps, and their decay",
    "For half of the exercises",
]


def percent(cure, wrong, rate, place=-1, draw=0):
    return 100 * learned(cure, wrong, rate, draw)[place]


def test_when_the_validation_set_is_read_best(prose):
    found = learned("no cure", 40, 0.1)
    best = best_epoch(found)
    assert f">epoch {best}</a>: {100 * found[best // 10, 1]:.1f} percent of the validation" in prose
    assert f"and misreads {100 * found[-1, 1]:.1f} percent" in prose
    assert found[-1, 0] <= 0.01
    faster = learned("no cure", 40, 0.3)
    assert "At the rate 0.3 it is at <a href=" in prose
    assert f">epoch {best_epoch(faster)}</a>, too." in prose
    right = 100 * learned("no cure", 0, 0.1)[:, 1]
    assert f"the time: {right[-1]:.1f} percent at the end, and {right.min():.1f} at best" in prose


def test_two_steps_by_hand(prose):
    share = reached_by_steps(6, 0.1, 2)
    assert f"reach $1 - 0.4^2 = {share:.2f}$ of the target" in prose
    assert decay_of_steps(6, 0.1, 2) == pytest.approx(8 / 7)


def test_where_the_error_of_a_share_turns(prose):
    times_tried = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000]

    def turn(rate, noise):
        errors = {t: SAID["shares"](t, rate, noise)[3] for t in times_tried}
        best = min(errors, key=errors.get)
        return best, errors[best], SAID["shares"](best, rate, noise)[4]

    t, error, least = turn(0.1, 1.0)
    assert (
        f">{t} steps</a>, where it is {error:.2f}, and the least for any shares is {least:.2f}"
        in prose
    )
    more, less = turn(0.1, 2.0)[0], turn(0.1, 0.5)[0]
    assert f">more noise</a> it turns at {more}, and with <a" in prose
    assert f">less</a> at {less}." in prose
    fast, same, _ = turn(1.0, 1.0)
    assert f">{fast} steps</a> do what {t} did at 0.1" in prose
    assert same == pytest.approx(error, rel=0.01)


def test_how_far_small_steps_go_beyond_the_decay(prose):
    """By u = λ/μ: the share of the steps is 1 − exp(−u), and that of the decay u / (1 + u)."""
    u = np.geomspace(1e-3, 1e3, 10_001)
    ratio = -np.expm1(-u) * (1 + u) / u
    assert np.all(ratio > 1)
    assert f"but at most {ratio.max():.2f} times as large" in prose
    assert f"is at most {ratio.max() ** 2:.2f} times that of the decay" in prose


def test_the_running_neuron_with_dropout(prose):
    *_, mean, used = SAID["masks"](0.5, 2)
    assert f"of the four outputs is {mean:.4f}, and the neuron in use says {used:.4f}" in prose
    *_, mean, used = SAID["masks"](0.5, -4)
    assert f"the mean is {mean:.4f}, and in use it is {used:.4f}" in prose
    assert used == expit(-1.5)
    _, _, center, variance, *_ = SAID["masks"](0.5, 2)
    assert f"The mean is ${center:.1f}$, the sum of the neuron without dropout" in prose
    assert variance == pytest.approx(1.6)
    assert f"of four masks each comes with the chance $\\frac{{1}}{{{2**2}}}$" in prose.lower()


@pytest.mark.some_chapters
@pytest.mark.slow
def test_the_four_ways_in_one_draw(prose):
    ends = {cure: percent(cure, 40, 0.1)[2] for cure in CURES}
    assert f">{ends['no cure']:.1f} percent</a> of the test set at epoch 200" in prose
    for cure in CURES[1:]:
        assert f">{ends[cure]:.1f}</a>" in prose
    faster = {cure: percent(cure, 40, 0.3)[2] for cure in CURES}
    assert sorted(CURES, key=ends.get) == sorted(CURES, key=faster.get)
    right = [percent(cure, 0, 0.1)[2] for cure in CURES]
    assert f"end between {min(right):.1f} and {max(right):.1f} percent" in prose
    bar = 100 * error_bar(min(right) / 100, 359)
    assert max(right) - min(right) == pytest.approx(bar, rel=0.1)


def last_errors(cure, wrong, mu=0.0):
    return np.array([learned(cure, wrong, 0.1, draw, mu)[-1] for draw in range(5)])


def chosen_decays(wrong):
    """Return, for each of five draws, the decay with the least error on its validation set."""
    tried = np.array([last_errors("decay", wrong, mu) for mu in STRENGTHS])
    best = np.argmin(tried[:, :, 1], axis=0)
    return [STRENGTHS[k] for k in best], tried[best, np.arange(5)]


@pytest.mark.some_chapters
@pytest.mark.slow
def test_the_four_ways_in_five_draws(prose):
    told = {}
    for wrong in (40, 0):
        for cure in ("no cure", "dropout", "more dropout"):
            told[cure, wrong] = last_errors(cure, wrong)
        _, told["decay", wrong] = chosen_decays(wrong)
        found = [learned("no cure", wrong, 0.1, draw) for draw in range(5)]
        best = [best_epoch(each) for each in found]
        stopped = [each[epoch // 10] for each, epoch in zip(found, best, strict=True)]
        told["early stopping", wrong] = np.array(stopped)
        if wrong:
            assert f"the least was at epochs from {min(best)} to {max(best)}" in prose
            first, last = 10 * min(best), 10 * max(best)
            assert (
                f"The best epochs, {min(best)} to {max(best)}, are {first} to {last} steps" in prose
            )
            assert f"is between {1 / (0.1 * last):.3f} and {1 / (0.1 * first):.2f};" in prose
    for (cure, wrong), shares in told.items():
        old, _, new = 100 * shares.mean(axis=0)
        least, most = 100 * shares[:, 2].min(), 100 * shares[:, 2].max()
        if wrong:
            row = f"| {cure} | {old:.1f} | {new:.1f} | {least:.1f} and {most:.1f} |"
            assert row in prose
    right = {cure: 100 * told[cure, 0][:, 2].mean() for cure in (*CURES, "early stopping")}
    assert (
        f"the means are {right['no cure']:.1f} without a cure, {right['early stopping']:.1f} if "
        f"stopped, {right['decay']:.1f} with decay, {right['dropout']:.1f} with dropout and "
        f"{right['more dropout']:.1f} with more of it"
    ) in prose
    alone = told["no cure", 40][:, 2]
    for cure in ("early stopping", *CURES[1:]):
        cured = told[cure, 40][:, 2]
        assert np.all(alone - cured > error_bar(alone, 359) + error_bar(cured, 359))
        assert np.all(told[cure, 40][:, 0] > told["no cure", 40][:, 0] + 0.02)
    assert np.all(told["dropout", 40][:, 2] > told["more dropout", 40][:, 2])
    three = np.array([told[c, 40][:, 2] for c in ("early stopping", "decay", "more dropout")])
    for a, b in ((0, 1), (0, 2), (1, 2)):
        assert np.any(three[a] < three[b])
        assert np.any(three[a] > three[b])


@pytest.mark.some_chapters
@pytest.mark.slow
def test_the_validation_set_chooses_the_decay(prose):
    *weaker, strongest = map(str, STRENGTHS)
    assert f"of {', '.join(weaker)} and {strongest} it has the least error on the" in prose
    chosen, _ = chosen_decays(40)
    assert f"with a weight decay of {chosen[0]}" in prose
    assert f"the decays chosen are between {min(chosen)} and {max(chosen)}." in prose


def test_the_blocks_are_as_the_text_says(prose):
    _, train, _, valid, test = cut(0, 40)
    assert not {*train} & {*valid} | {*train} & {*test} | {*valid} & {*test}
    assert (train.size, valid.size, test.size) == (200, 360, 360)
    assert "the wrong labels, 20 percent of the examples" in prose
    assert 40 / 200 == 0.2


def test_the_solutions(prose):
    best = EXERCISES["rg-best"]
    assert (
        rf"so the share is $\frac{{0.5}}{{0.52}} \approx {best['the share'].answer:.4f}$" in prose
    )
    assert rf"\approx {best['the least error'].answer:.4f}$, and for all of" in prose
    assert f"it is {best['the error of all'].answer:.2f}: a little less noise" in prose
    assert f"about {times(1 / 0.5)} as large as in training" in prose
    assert f"is {in_words(10)} times as large and its weight a tenth" in prose
    assert f"by more than a factor of {in_words(2)}" in prose
