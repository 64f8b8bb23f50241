"""The front page tells the titles and the minutes of the chapters as they do themselves."""

import re

import pytest
from minutes import BOOK, glance, prose_of

ROW = re.compile(r"(?m)^\| \[[^]]*\]\(([\w-]+)\.ipynb\) \|.*\| (\d+) \| (\d+) \|$")
CHAPTERS = sorted(path.stem for path in BOOK.glob("*.ipynb") if path.stem != "index")


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_the_front_page_tells_the_minutes_of_each_chapter(chapter):
    told = {name: (int(read), int(solve)) for name, read, solve in ROW.findall(prose_of("index"))}
    at_a_glance = glance(prose_of(chapter))
    rows = [line for line in at_a_glance.splitlines() if line.startswith("|")]
    sections = sum(int(minutes) for row in rows for minutes in re.findall(r"\| (\d+)(?= \|)", row))
    exercises = int(re.search(r"(\d+) minutes for the exercises", at_a_glance)[1])
    assert told[chapter] == (sections, exercises)


def test_the_front_page_calls_each_page_by_its_title():
    """In words, for a link without any shows its title on the site and nothing in Jupyter."""
    for words, name in re.findall(r"\[([^]]*)\]\(([\w-]+\.(?:md|ipynb))\)", prose_of("index")):
        page = (BOOK / name).read_text() if name.endswith(".md") else prose_of(name[:-6])
        assert words == re.search(r"(?m)^# (.*)$", page)[1]
