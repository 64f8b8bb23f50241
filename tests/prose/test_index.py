"""The front page names the pages as they do themselves."""

import re

from manuscript import page


def test_the_front_page_calls_each_page_by_its_title():
    """In words, for a link without any shows its title on the site and nothing in Jupyter."""
    for words, name in re.findall(r"\[([^]]*)\]\(([\w-]+)\.(?:md|ipynb)\)", page("index").text):
        assert words == re.search(r"(?m)^# (.*)$", page(name).text)[1]
