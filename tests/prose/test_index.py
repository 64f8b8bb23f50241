"""The front page tells the titles and the minutes of the chapters as they do themselves."""

import re

import pytest
from manuscript import chapters, page
from minutes import glance

ROW = re.compile(r"(?m)^\| \[[^]]*\]\(([\w-]+)\.ipynb\) \|.*\| (\d+) \| (\d+) \|$")
CHAPTERS = [page.path.stem for page in chapters()]


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_the_front_page_tells_the_minutes_of_each_chapter(chapter):
    told = {name: (int(read), int(solve)) for name, read, solve in ROW.findall(page("index").text)}
    at_a_glance = glance(page(chapter).text)
    rows = [line for line in at_a_glance.splitlines() if line.startswith("|")]
    sections = sum(int(minutes) for row in rows for minutes in re.findall(r"\| (\d+)(?= \|)", row))
    exercises = int(re.search(r"(\d+) minutes for the exercises", at_a_glance)[1])
    assert told[chapter] == (sections, exercises)


def test_the_front_page_calls_each_page_by_its_title():
    """In words, for a link without any shows its title on the site and nothing in Jupyter."""
    for words, name in re.findall(r"\[([^]]*)\]\(([\w-]+)\.(?:md|ipynb)\)", page("index").text):
        assert words == re.search(r"(?m)^# (.*)$", page(name).text)[1]
