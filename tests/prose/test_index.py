"""The minutes on the front page are those that the chapters tell of themselves."""

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
