"""The front page names the pages as they do themselves."""

import re

from manuscript import page
from words import in_words

from utils import cover


def test_the_front_page_calls_each_page_by_its_title():
    """In words, for a link without any shows its title on the site and nothing in Jupyter."""
    for words, name in re.findall(r"\[([^]]*)\]\(([\w-]+)\.(?:md|ipynb)\)", page("index").text):
        assert words == re.search(r"(?m)^# (.*)$", page(name).text)[1]


def test_what_the_cover_draws(prose):
    neurons, steps = in_words(len(cover.ANGLES)), in_words(cover.STEPS)
    assert f"{neurons.capitalize()} neurons on the rim of a valley take {steps} steps" in prose
