"""The prose: one sentence a line, American spelling, formulas that are read as formulas."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from lint import report, sample
from manuscript import GAP, Cell, Line, Page, inline, pages, paragraphs, prose

ALL = pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)

#: A full stop after these ends no sentence.
ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|cf|vs|et al|etc|ca|pp?|no|eds?|resp|Dr|Mr|St)|\b[A-Z])\.$"
)

#: The end of a sentence: its mark, and what may close after it.
END = r"[.!?…][\"'”’)\]]*"


# --- One sentence a line. ------------------------------------------------------------------------


def sentences(text: str) -> list[str]:
    """Split a line into its sentences."""
    found = [""]
    for piece in re.split(rf"(?<=[.!?…\"'”’)\]])\s+(?=[\"'“‘(\[]*[A-Z0-9{GAP}])", text):
        ended = re.search(rf"{END}$", found[-1]) and not ABBREVIATION.search(found[-1])
        if ended or not found[-1]:
            found.append(piece)
        else:
            found[-1] += f" {piece}"
    return found[1:]


def badly_broken(lines: list[Line]) -> Iterator[str]:
    """Name the lines of a paragraph with two sentences, or with a part of one."""
    for line, following in zip(lines, [*lines[1:], None], strict=True):
        if len(sentences(line.text)) > 1:
            yield f"{line.place}: two sentences: {line.text!r}"
        whole = re.search(rf"(?:{END}|:)\W*$", line.text) and not ABBREVIATION.search(line.text)
        if following and following.text and not whole:
            yield f"{line.place}: goes on in the next line: {line.text!r}"


@ALL
def test_one_sentence_a_line(page: Page):
    """A change of one sentence is a change of one line."""
    report(
        (
            problem
            for cell in page.of_kind("markdown")
            for lines in paragraphs(cell)
            for problem in badly_broken(lines)
        ),
        "Write each sentence on a line of its own, whole:",
    )


@pytest.mark.parametrize(
    "text",
    [
        "One. Two.",
        "It ends with $x$. Then more.",
        "Does it? It does.",
        "(So it is.) Yes.",
        "At 0.5 it halves. At 2 it grows.",
        "A sentence that\ngoes on.",
        "- Item one. And more.",
        ":::{note}\nOne. Two.\n:::",
        "> Quoted. Twice.",
    ],
)
def test_a_badly_broken_line_is_seen(text: str):
    """Also after a formula, in a list, in a note."""
    assert [p for lines in paragraphs(sample(text)) for p in badly_broken(lines)]


@pytest.mark.parametrize(
    "text",
    [
        "One.\nTwo.",
        "A rate, e.g. Cauchy's, of 0.5 halves it.",
        "See Azevedo et al. (2009).",
        "As L. N. Trefethen says, it is $x. Y$.",
        "It is this:\nnamely that.",
        "### 1. A heading",
        "$$\nx = 1.\nY\n$$",
        "| One. Two. |\n|---|\n| a |",
    ],
)
def test_a_good_line_is_left_alone(text: str):
    """Abbreviations, initials, decimals and formulas end no sentence."""
    assert not [p for lines in paragraphs(sample(text)) for p in badly_broken(lines)]


# --- Spelling. -----------------------------------------------------------------------------------

WORDS = Path(__file__).with_name("words.txt")


def american():
    """Return a Hunspell that knows American English."""
    return pytest.importorskip("hunspell", reason="no wheels for Intel Macs").Hunspell("en_US")


@cache
def dictionary():
    """Return American English and the words of this book."""
    dictionary = american()
    for word in WORDS.read_text(encoding="utf-8").split():
        dictionary.add(word)
    return dictionary


def misspelled(line: Line) -> Iterator[str]:
    """Return the words of a line that neither the dictionary nor the book knows."""
    text = re.sub(r"\S*[_/\\=@]\S*|\w+\.[a-z]{2,5}\b", " ", line.text).replace("’", "'")
    for word in re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)*", text):
        plain = word.removesuffix("'s")
        if len(plain) > 1 and not dictionary().spell(word) and not dictionary().spell(plain):
            yield word


@ALL
def test_spelling(page: Page):
    """Every word outside formulas, code and references is in the dictionary or in words.txt."""
    report(
        (
            f"{line.place}: {word!r}; perhaps {', '.join(dictionary().suggest(word)[:3]) or '?'}"
            for cell in page.of_kind("markdown")
            for line in prose(cell)
            for word in misspelled(line)
        ),
        "Mend the spelling (American), or add the word to tests/sources/words.txt:",
    )


def test_spelling_is_american():
    """Every word is looked up, a British one is an error, and formulas are not read."""
    (line,) = prose(sample("The colour of teh optimiser's `colour` $colour$ is NumPy’s."))
    assert list(misspelled(line)) == ["colour", "teh", "optimiser's"]


def test_the_word_list_is_sorted_and_used():
    """Each word once, in order, and none that the dictionary or the book has no need of."""
    words = WORDS.read_text(encoding="utf-8").split()
    assert words == sorted(set(words), key=lambda word: (word.lower(), word))
    known = american()
    assert [word for word in words if known.spell(word)] == []
    text = "\n".join(page.text for page in pages()).replace("’", "'")
    unused = [word for word in words if not re.search(rf"(?i)(?<!\w){re.escape(word)}(?!\w)", text)]
    assert unused == [], "remove them from words.txt"


# --- Formulas. -----------------------------------------------------------------------------------


def stray_dollars(cell: Cell) -> Iterator[str]:
    """Name the lines with a dollar sign that began or ended no formula."""
    for line, token in inline(cell):
        if token.type == "text" and re.search(r"(?<!\\)\$", token.content):
            yield f"{cell.at(line)}: {token.content!r}"


@ALL
def test_every_dollar_belongs_to_a_formula(page: Page):
    """A displayed formula right under a line of text is read as something else."""
    report(
        (problem for cell in page.of_kind("markdown") for problem in stray_dollars(cell)),
        "Put an empty line before and after a displayed formula, and close every formula:",
    )


def test_a_stray_dollar_is_seen():
    """The trap itself."""
    assert list(stray_dollars(sample("So it is\n$$ a = b $$ (gd-update)")))
    assert not list(stray_dollars(sample("So it is\n\n$$ a = b $$ (gd-update)\n\nand $x$.")))
