"""Controls: the stops that a reader is offered, and what each is called."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from utils.explore import as_shown, choice, int_slider, log_slider, play, slider, to_digits

FINITE = st.floats(-1e6, 1e6).map(lambda x: round(x, 3))


@given(FINITE, st.floats(0.01, 1e6), st.integers(2, 200))
def test_a_slider_climbs_evenly_from_end_to_end(lo, width, stops):
    values = np.array(slider(lo, lo + width, stops=stops).stops)
    assert len(values) == stops
    step = width / (stops - 1)
    np.testing.assert_allclose(values, lo + step * np.arange(stops), atol=0.01 * step)
    assert (np.diff(values) > 0).all()


@given(st.floats(1e-6, 1), st.floats(2, 1e6), st.integers(2, 40))
def test_a_log_slider_climbs_by_a_constant_factor(lo, factor, stops):
    try:
        values = np.array(log_slider(lo, lo * factor, stops=stops).stops)
    except ValueError:
        assert factor ** (1 / (stops - 1)) < 1.02  # nearer than three digits can tell
    else:
        np.testing.assert_allclose(values, np.geomspace(lo, lo * factor, stops), rtol=0.0051)
        assert (np.diff(values) > 0).all()


@given(st.floats(0.001, 1.2))
def test_the_start_is_a_stop(start):
    for control in (slider(0, 1.2, start=start), log_slider(1e-3, 1.2, start=start)):
        assert control.stops[control.start] == start
        assert control.stops == tuple(sorted(set(control.stops)))
        assert {control.stops[0], control.stops[-1]} <= {0, 1e-3, 1.2}


def test_what_is_shown_is_what_update_gets():
    control = slider(0, 1, stops=8)
    assert [float(word) for word in control.words] == list(control.stops)
    assert control.words[1] == "0.143"


@pytest.mark.parametrize(
    ("value", "word"), [(-3, "−3"), (-0.5, "−0.5"), (1e-5, "0.00001"), (2.0, "2"), (12, "12")]
)
def test_numbers_are_written_out(value, word):
    assert as_shown(value) == word


@pytest.mark.parametrize(
    ("value", "digits", "word"),
    [
        (2 / 3, 2, "0.67"),
        (-0.0, 3, "0"),
        (-1.0, 4, "−1"),
        (715.34, 4, "715.3"),
        (99999, 2, "100000"),
        (0.00012345, 3, "0.000123"),
        (5e-8, 2, "5 × 10⁻⁸"),
        (-1.26e12, 2, "−1.3 × 10¹²"),
        (9.99e-10, 2, "10⁻⁹"),
    ],
)
def test_computed_numbers_are_rounded_and_written_out(value, digits, word):
    assert to_digits(value, digits) == word


@pytest.mark.parametrize("value", [np.inf, np.nan])
def test_what_is_no_number_is_not_written(value):
    with pytest.raises(ValueError, match="to_digits: expected a finite number, got"):
        to_digits(value, 3)


def test_whole_numbers_stay_whole():
    assert int_slider(-2, 4, step=2).stops == (-2, 0, 2, 4)
    assert all(isinstance(value, int) for value in play(0, 30).stops)


def test_a_choice_passes_the_value_behind_the_name():
    control = choice({"steep": 8.0, "flat": 0.5}, start="flat")
    assert control.words == ("steep", "flat")
    assert control.stops[control.start] == 0.5


@given(st.integers(2, 60), st.sampled_from([slider, log_slider]))
def test_a_kernel_offers_every_stop_and_more(stops, make):
    control = make(0.01, 2, stops=stops, start=0.3)
    fine = control.fine()
    assert set(control.stops) <= set(fine.stops)
    assert fine.stops == tuple(sorted(set(fine.stops)))
    assert 120 < len(fine.stops) < 400
    assert fine.stops[fine.start] == 0.3
    assert fine.words == tuple(map(as_shown, fine.stops))
    assert len(set(fine.words)) == len(fine.words)


def test_finer_stops_are_round_numbers():
    rates = slider(0.05, 1.1, stops=22).fine().stops
    assert rates[:3] == (0.05, 0.055, 0.06)
    assert {0.495, 0.5, 0.505, 0.995, 1.0, 1.005} < set(rates)
    factors = log_slider(0.01, 1, stops=9).fine()
    assert max(len(word.replace(".", "").strip("0")) for word in factors.words) <= 3


def test_whole_numbers_have_none_between():
    assert play(0, 9).fine() == play(0, 9)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: slider(1, 1), "slider: expected finite lo < hi, got lo=1, hi=1"),
        (lambda: slider(0, np.inf), "slider: expected finite lo < hi"),
        (lambda: slider(0, 1, stops=1), "slider: expected two stops or more, got stops=1"),
        (lambda: slider(0, 1, start=2), "slider: expected start between 0 and 1, got start=2"),
        (lambda: log_slider(0, 1), "log_slider: expected 0 < lo, got lo=0"),
        (
            lambda: log_slider(1, 1.001),
            "31 stops from 1 to 1.001 differ in no digit shown",
        ),
        (
            lambda: int_slider(0, 2.5),
            "expected whole numbers, got lo=0, hi=2.5, step=1",
        ),
        (lambda: int_slider(0, 3, step=5), "int_slider: expected lo < hi and a step between"),
        (lambda: int_slider(0, 4, step=2, start=1), "int_slider: start=1 is not one of its"),
        (lambda: play(0, 9, seconds=0), "play: expected seconds > 0, got seconds=0"),
        (lambda: choice("abc"), "choice: expected several options, got the one string 'abc'"),
        (lambda: choice(["a"]), "choice: expected two options or more, got 1"),
        (lambda: choice(["a", 2]), "choice: expected names as options, got 2"),
        (lambda: choice(["a", "b"], start="c"), "choice: start='c' is none of 'a', 'b'"),
        (lambda: choice({"a": [1], "b": [2]}), "choice: expected values that cannot change"),
    ],
)
def test_a_control_that_cannot_be_says_what_was_expected(make, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        make()
