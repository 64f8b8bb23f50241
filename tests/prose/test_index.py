"""The front page names the pages as they do themselves, and asks each chapter's question."""

import re

from manuscript import chapters, contents, page
from words import in_words

from utils import cover

#: The chapters, as one reads them.
ORDER = [name for name in contents() if name in {page.path.stem for page in chapters()}]
CARD = re.compile(r"(?m)^- \[[^]]*\]\(([\w-]+)\.ipynb\)\n\n  ([^\n]*)$")


def test_the_front_page_calls_each_page_by_its_title():
    """In words, for a link without any shows its title on the site and nothing in Jupyter."""
    for words, name in re.findall(r"\[([^]]*)\]\(([\w-]+)\.(?:md|ipynb)\)", page("index").text):
        title = re.search(r"(?m)^# (.*)$", page(name).text)[1]
        assert words.removeprefix("Start: ") == title


def test_each_chapter_has_a_card_with_one_question_in_the_order_of_the_book():
    cards = CARD.findall(page("index").text)
    assert [name for name, _ in cards] == ORDER
    for _, question in cards:
        assert re.fullmatch(r"[A-Z][^.?!]*\?", question), question


def test_start_leads_to_the_first_chapter():
    (name,) = re.findall(r"\[Start: [^]]*\]\(([\w-]+)\.ipynb\)", page("index").text)
    assert name == ORDER[0]


def test_what_the_cover_draws(prose):
    neurons, steps = in_words(len(cover.ANGLES)), in_words(cover.STEPS)
    assert f"{neurons.capitalize()} neurons take {steps} steps down a valley" in prose
