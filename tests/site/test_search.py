"""The search finds words, numbers and symbols, first where they are defined."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from pages import Open
from playwright.sync_api import Page, expect


@pytest.mark.parametrize("origin", ["server", "disk"])
def test_search_finds_a_word_of_the_chapter(
    visit: Open, origins: dict[str, str], origin: str
) -> None:
    visited = visit(f"{origins[origin]}/index.html")
    page = visited.page
    page.wait_for_load_state("networkidle")  # or a recording would be left half read
    page.get_by_role("searchbox").fill("ravine")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=ravine*")
    hit = page.get_by_role("main").locator("a[href*='gradient-descent.html']").first
    hit.wait_for()
    page.wait_for_load_state("networkidle")  # or a result's excerpt would be left half read
    hit.click()
    page.wait_for_url("**/gradient-descent.html*")
    assert visited.errors == []


def test_search_says_when_it_finds_nothing(visit: Open, server: str) -> None:
    page = visit(f"{server}/search.html?q=zyzzyva").page
    expect(page.get_by_role("main")).to_contain_text(re.compile("no |not |nothing", re.I))


def found(page: Page, folder: str, query: str) -> list[str]:
    """Return where the results of a query lead, in their order."""
    page.goto(f"{folder}/search.html?q={quote(query)}")
    expect(page.locator("#search-progress")).to_contain_text(re.compile("found|not match"))
    links = page.locator("#search-results li a").all()
    return [link.get_attribute("href") for link in links]


#: Query → what comes first.
FIRST = {
    "SGD": "glossary.html#term-stochastic-gradient-descent",
    "stochastic gradient descent": "glossary.html#term-stochastic-gradient-descent",
    "MSE": "glossary.html#term-mean-squared-error",
    "mean squared error": "glossary.html#term-mean-squared-error",
    "exclusive or": "glossary.html#term-XOR",
    "XOR": "glossary.html#term-XOR",
    "BCE": "glossary.html#term-cross-entropy",
    "MLP": "glossary.html#term-feed-forward-network",
    "RNN": "glossary.html#term-recurrent-network",
    "recurrent neural network": "glossary.html#term-recurrent-network",
    "rectified linear unit": "glossary.html#term-ReLU",
    "ReLU": "glossary.html#term-ReLU",
    "alpha": "glossary.html#term-learning-rate",
    "α": "glossary.html#term-learning-rate",
    "delta": "glossary.html#term-error-signal",
    "δ": "glossary.html#term-error-signal",
    "sigma": "notation.html#a-neuron-and-its-loss",
    "σ": "notation.html#a-neuron-and-its-loss",
    "nabla": "glossary.html#term-gradient",
    "∇": "glossary.html#term-gradient",
    "y hat": "glossary.html#term-prediction",
    "ŷ": "glossary.html#term-prediction",
    "⊙": "notation.html#networks",
}


def test_what_defines_a_term_comes_first(visit: Open, origins: dict[str, str]) -> None:
    page = visit("about:blank").page
    for query, place in FIRST.items():
        first = found(page, origins["disk"], query)[0]
        assert first.startswith(place), f"{query}: {first}"


def test_section_that_has_a_term_in_bold_comes_before_pages_that_mention_it(
    visit: Open, origins: dict[str, str]
) -> None:
    page = visit("about:blank").page
    second = found(page, origins["disk"], "SGD")[1]
    page.goto(f"{origins['disk']}/{second}")
    section = page.locator("section:target")
    expect(
        section.locator("strong").filter(has_text="tochastic gradient descent")
    ).not_to_have_count(0)


@pytest.mark.parametrize("number", ["0.8909", "0.6303", "1986"])
def test_number_is_found_in_a_section_of_a_chapter_first(
    visit: Open, origins: dict[str, str], number: str
) -> None:
    page = visit("about:blank").page
    first, *others = found(page, origins["disk"], number)
    page.goto(f"{origins['disk']}/{first}")
    expect(page.locator("section:target")).to_contain_text(number)
    assert others, "and on each page that carries it on"


def test_number_is_found_with_its_sign(visit: Open, origins: dict[str, str]) -> None:
    page = visit("about:blank").page
    signed, any_sign = (found(page, origins["disk"], number) for number in ("-0.05", "0.05"))
    assert 0 < len(signed) < len(any_sign)
    assert found(page, origins["disk"], "−0.05") == signed
    assert found(page, origins["disk"], "-98765") == []


def test_result_says_which_section_it_leads_to_and_shows_formulas_as_latex(
    visit: Open, server: str
) -> None:
    page = visit("about:blank").page
    found(page, server, "∇")
    results = page.locator("#search-results")
    expect(results.get_by_role("link").nth(0)).to_have_text("Glossary: gradient")
    expect(results.get_by_role("link").nth(1)).to_have_text("Notation: Gradients and descent")
    expect(results.locator(".context").filter(has_text=r"\nabla J(w)")).not_to_have_count(0)
