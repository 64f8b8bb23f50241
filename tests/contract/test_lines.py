r"""A live line puts its numbers where they belong, and one that is not true is seen."""

import pytest
from scipy.special import expit

from contract.lines import letter_of, missed, objection
from utils.explore import worked
from utils.notation import parse


def neuron(w1, x1, b, z, formula=r"z = #w1 \cdot #x1 + #b = #z"):
    return worked(formula, w1=w1, x1=x1, b=b, z=z)


@pytest.mark.parametrize(
    ("numbers", "filled"),
    [
        ((0.4, 1, 0.5, 0.9), r"z = 0.4 \cdot 1 + 0.5 = 0.9"),
        ((-0.4, -1, -0.5, -0.1), r"z = -0.4 \cdot (-1) - 0.5 = -0.1"),
        ((2e-9, -3, 0, -6e-9), r"z = 2 \cdot 10^{-9} \cdot (-3) + 0 = -6 \cdot 10^{-9}"),
        ((1 / 3, 1, 2, "2.33"), r"z = 0.3333 \cdot 1 + 2 = 2.33"),
    ],
)
def test_a_minus_stands_where_it_may(numbers, filled):
    assert neuron(*numbers).filled() == filled


@pytest.mark.parametrize(
    ("formula", "filled"),
    [
        (r"#a^2", r"(-2)^2"),
        (r"3 + #a^2", r"3 + (-2)^2"),
        (r"3 - #a", r"3 - (-2)"),
        (r"\sigma(#a)", r"\sigma(-2)"),
        (r"\frac{#a}{3}", r"\frac{-2}{3}"),
        (r"3 #a", r"3 (-2)"),
        (r"2^{#a}", r"2^{{-2}}"),
        (r"x \approx #a", r"x \approx -2"),
    ],
)
def test_a_negative_number_gets_brackets_where_it_needs_them(formula, filled):
    line = worked(formula, a=-2)
    assert line.filled() == filled or parse(line.filled()) == parse(filled)


@pytest.mark.parametrize(
    ("formula", "numbers"),
    [("z = #z", {}), ("z = #z", {"w": 2}), ("z = 2", {}), ("z = 2", {"z": 2})],
)
def test_slots_and_numbers_have_to_fit(formula, numbers):
    with pytest.raises(ValueError, match="worked: expected a number for each of"):
        worked(formula, **numbers)


@pytest.mark.parametrize(
    ("name", "letter"),
    [
        ("w1", "w_1"),
        ("y_hat", r"\hat{y}"),
        ("alpha", r"\alpha"),
        ("z", "z"),
        ("length", r"\text{length}"),
    ],
)
def test_a_slot_is_named_as_the_code_names_its_letter(name, letter):
    assert letter_of(name) == letter


TRUE = [
    neuron(0.4, -1, 0.5, 0.1),
    worked(r"a = \sigma(#z) \approx #a", z=2.1, a=expit(2.1)),
    worked(r"a_1 = \sigma(#z) \approx #a1", z=-2.1, a1=expit(-2.1)),
    worked(r"#w1 x_1 + #b = 0", w1=3, b=-1, x1=1 / 3),
    worked(r"\text{length} = \sqrt{#w1^2 + #w2^2} = #length", w1=3, w2=-4, length=5),
    worked(r"J = \frac{1}{2} (#y - #y_hat)^2 \approx #J", y=1, y_hat=2 / 3, J="0.056"),
    worked(r"#w - #alpha \cdot #g = #new", w=1, alpha=0.1, g=-3, new=1.3),
]


@pytest.mark.parametrize("line", TRUE, ids=lambda line: line.filled())
def test_a_true_line_passes_and_no_error_in_it_does(line):
    assert objection(line) is None
    assert list(missed([line])) == []


@pytest.mark.parametrize(
    "line",
    [
        neuron(0.4, -1, 0.5, 0.9),
        worked(r"a = \sigma(#z) \approx #a", z=2.1, a="0.8908"),
        worked(r"a = \sigma(#z) = #a", z=2.1, a=0.8909031788),
        worked(r"a = #z \approx #a", z=2.1, a=2.2),
        worked(r"#w \cdot #x \approx #z", w=1.00004, x=1000, z="1000.04"),
        worked(r"z = #w unknown", w=1),
        worked(r"z = q + #w", w=1),
    ],
    ids=lambda line: line.filled(),
)
def test_a_false_line_is_seen(line):
    assert objection(line)
