"""The reading of captions sees what is wrong with one, and nothing where nothing is."""

import pytest

from tests.explore.captions import misnamed, slips
from utils.explore import as_shown, slider

RATES = slider(0.05, 1.1, stops=22).fine()


def states(caption):
    """Return the states of a figure with one slider, by what it says at a rate."""
    return [
        ({"rate": word}, caption(value))
        for word, value in zip(RATES.words, RATES.stops, strict=True)
    ]


@pytest.mark.parametrize("form", [".2f", ".1f", ".2g", ".0e"])
def test_a_rounded_setting_is_seen(form):
    (problem,) = misnamed(
        states(lambda rate: f"Learning rate {rate:{form}} of 2: it falls 1 time.")
    )
    assert problem.startswith("rate is ")


def test_a_setting_as_it_is_shown_may_stand_beside_other_numbers():
    said = lambda rate: f"Rate {as_shown(rate)}: after 1 step {rate:.3f} of {rate**2:.1f}."  # noqa: E731
    assert not list(misnamed(states(said)))


@pytest.mark.parametrize(
    ("caption", "kind"),
    [
        ("sigmoid at 3.", "begins in lower case"),
        ("At 3. it falls.", "begins in lower case"),
        ("At 3 it falls", "has no full stop"),
        ("It is 5e−08 of the last.", "has an exponent"),
        ("It is 5e-08 of the last.", "has an exponent"),
        ("It is at -3.", "has a hyphen for a minus"),
        ("Moved by −0.0 cm.", "has a negative zero"),
        ("The cost is nan.", "has no number"),
        ("The cost is 3 .", "has loose space or stops"),
        ("In 1 neurons.", "counts one as many"),
        ("In 1 hidden neurons.", "counts one as many"),
    ],
)
def test_a_slip_is_seen(caption, kind):
    others = ["In 2 neurons it is −0.05.", "In 10 hidden neurons, β = −3: it falls by 1.1 steps."]
    assert not list(slips([*others, "In 1 neuron x-1 is 3 × 10⁻⁸, and 1 falls."]))
    (problem, *_) = slips([*others, caption])
    assert problem == f"{kind}: {caption}"
