"""The numbers in words of the errata are right; their other numbers are held by the chapters."""

import re

import numpy as np
from words import in_words

from utils import activations
from utils.data import iris
from utils.initializers import lecun_variance
from utils.network import initial_parameters

GIVEN = [
    "as a program of a dozen lines",
    "The source says about 10 billion.",
    "a human brain has about **86 billion** neurons",
    "beside the one for a loss with a half",
    "where a fifth of the labels is wrong and is learned to the end",
    "measures both, over five draws",
]


def test_how_many_sources_there_are(prose):
    letters = set(re.findall(r"(?m)^\| ([A-Z])\d+ \|", prose))
    five = in_words(len(letters))
    assert f"This book grew from {five} articles." in prose
    assert f"## The {five} sources\n" in prose


def test_how_many_functions_were_measured(prose):
    ten = in_words(sum(f"{name}_derivative" in vars(activations) for name in vars(activations)))
    assert f"Measured with {ten} of them, in" in prose
    assert f"has a table of what each of {ten} functions is." in prose


def test_how_many_properties_the_source_lists(prose):
    (listed,) = re.findall(r"The source lists \w+ properties: (.*?)\.", prose)
    six = in_words(len(listed.split(", ")))
    assert f"The source lists {six} properties: " in prose


def test_petals_in_millimeters(prose):
    """Ten times the length and a tenth of the weight are the same sum."""
    petals = iris(features=("petal length", "sepal length"))[0][0]
    share = 1 / 10
    np.testing.assert_allclose(share * 0.5 * (10 * petals), 0.5 * petals)
    assert f"the weight that gives the same sums is a {in_words(share)}, and" in prose


def test_weights_half_as_large_as_lecuns(prose):
    """The state that the text links to has the scale ½."""
    W, _ = initial_parameters((400, 400, 1), seed=0)[0]
    np.testing.assert_allclose(W.std(), np.sqrt(lecun_variance(400, 400)), rtol=0.01)
    half = in_words(float(re.search(r"activation=ReLU&amp;scale=([\d.]+)", prose)[1]))
    assert f"with first weights {half} as large as LeCun's" in prose
