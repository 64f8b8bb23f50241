"""The numbers in words of the page on notation are right."""

import re

import numpy as np
from words import in_words

from utils.notation.shapes import TOLERANCE

GIVEN = ["cost without the half", "half the width of the interval of first weights"]


def test_how_many_things_a_claim_may_be(prose):
    listed = prose.partition("wherever a formula has a relation, is one of")[2].partition("\n#")[0]
    things = re.findall(r"(?m)^.+\n: ", listed)
    assert f"has a relation, is one of {in_words(len(things))} things:" in prose


def test_to_how_many_digits_an_equation_agrees(prose):
    digits = in_words(round(-np.log10(TOLERANCE)))
    assert f"the function of `utils` that the chapter shows, to {digits} digits." in prose
