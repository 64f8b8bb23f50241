"""A chapter is one sitting, and its minutes add up, wherever they are told."""

import re

import pytest
from manuscript import chapters, page
from minutes import practice, sections, told

ROW = re.compile(r"(?m)^\| \[[^]]*\]\(([\w-]+)\.ipynb\) \|.*\| (\d+) \| (\d+) \|$")
EACH_CHAPTER = pytest.mark.parametrize("chapter", [page.path.stem for page in chapters()])

#: The longest sitting; the perceptron, from its question to its proof, is one argument.
LONGEST = {"perceptron": 55}


@EACH_CHAPTER
def test_a_chapter_is_one_sitting(chapter):
    """The minutes of its sections, all of which are in the table, and of its exercises add up."""
    prose = page(chapter).text
    titles = re.findall(r"(?m)^## (.*)$", prose)
    assert list(sections(prose)) == [
        title for title in titles if title not in {"At a glance", "Exercises", "Summary"}
    ]
    assert told(prose) == (sum(sections(prose).values()), practice(prose))
    assert told(prose)[0] <= LONGEST.get(chapter, 45)


@EACH_CHAPTER
def test_the_page_for_teachers_tells_the_minutes_of_each_chapter(chapter):
    table = ROW.findall(page("teaching").text)
    rows = {name: (int(read), int(solve)) for name, read, solve in table}
    assert rows[chapter] == told(page(chapter).text)


def test_the_page_on_how_to_read_tells_those_of_its_example():
    said = re.search(
        r"\[\]\(([\w-]+)\.ipynb\) takes (\d+), and (\d+) for the exercises", page("using").text
    )
    assert (int(said[2]), int(said[3])) == told(page(said[1]).text)
