"""What the search finds: numbers, symbols by name and by sign, and each thing first where it is defined.

Sphinx splits text at all that is no letter or digit, drops words of digits alone from a query, and
lists pages by their titles.  So 0.8909 was nowhere, α was not alpha, and a page that mentions a term
stood before the one that defines it.  Two of Sphinx's own means mend that:

- a ``SearchLanguage``, whose :func:`words` are cut alike when the index is made and, by
  ``search_words.js``, when it is asked;
- entries of the index, as the directive ``index`` makes them, which lead to a section and stand
  before all other results: see :func:`definitions`.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import sphinx.search
from docutils import nodes
from run_links import is_chapter
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.search import IndexBuilder
from sphinx.search.en import SearchEnglish

#: What LaTeX calls a letter; Unicode spells one of them otherwise.
GREEK = {
    unicodedata.name(letter).split()[-1].lower().replace("lamda", "lambda"): letter
    for letter in "αβγδεζηθικλμνξοπρστυφχψω"
}
OPERATORS = {"nabla": "∇", "odot": "⊙", "partial": "∂", "sum": "∑", "sqrt": "√", "infty": "∞"}
#: What it calls any of these signs, of the Greek letters also the capitals.
SIGNS = {sign: name for name, sign in (GREEK | OPERATORS).items()}
SIGNS |= {sign.upper(): name for name, sign in GREEK.items()}
#: What it calls a mark over a letter.
MARKS = {"\u0302": "hat", "\u0303": "tilde", "\u0304": "bar"}

NUMBER = r"\d+(?:\.\d+)*(?:e[-+]?\d+)?"
WORD = re.compile(rf"((?<![\w)\]}}])[-−])?({NUMBER})|[^\W\d_][^\W_]*")


def words(text: str) -> list[str]:
    """Return the words of a text or of a formula; a number with a sign counts with and without it."""
    text = unicodedata.normalize("NFKD", text.replace("ℓ", " ell "))
    text = re.sub("[^\0-\x7f]", lambda m: f" {SIGNS[m[0]]} " if m[0] in SIGNS else m[0], text)
    letter = r"[^\W\d_]"
    marked = rf"(?<!{letter})({letter})([{''.join(MARKS)}])(?!{letter})"
    text = re.sub(marked, lambda m: f"{m[1]} {MARKS[m[2]]} ", text)
    text = re.sub("[\u0300-\u036f]", "", text)
    text = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", text)
    found = []
    for match in WORD.finditer(text):
        sign, number = match.groups()
        if number:
            found += [f"−{number}", number] if sign else [number]
        else:
            found.append(re.sub(r"^var(?=(epsilon|phi|theta|rho)$)", "", match[0]))
    return found


class BookEnglish(SearchEnglish):
    """English, with the numbers and the symbols of mathematics."""

    js_splitter_code = f"const SIGNS = {json.dumps(SIGNS)}, MARKS = {json.dumps(MARKS)};\n" + Path(
        __file__
    ).with_name("search_words.js").read_text("utf-8")

    def split(self, input: str) -> list[str]:
        """Return the words of a text."""
        return words(input)

    def stem(self, word: str) -> str:
        """Return the stem of a word; a number and, as the browser has it, a short word is its own."""
        return super().stem(word) if re.fullmatch("[A-Za-z]{3,}", word) else word.lower()


def visible(html: str) -> str:
    """Return the text of a piece of HTML, its words apart; the scale of a picture is no text."""
    html = re.sub(r"(?is)<(svg|script|style|template)\b.*?</\1>", " ", html)
    return unescape(re.sub(r"<[^>]*>", " ", html))


class BookIndex(IndexBuilder):
    """An index that reads HTML within a page as a reader does."""

    def feed(self, docname: str, filename: str, title: str, doctree: nodes.document) -> None:
        """Take in a page."""
        doctree = doctree.deepcopy()
        for raw in list(doctree.findall(nodes.raw)):
            raw.parent.replace(raw, nodes.Text(visible(raw.astext())))
        super().feed(docname, filename, title, doctree)


# --- Where things are defined. --------------------------------------------------------------------


def names(tex: str) -> tuple[list[str], bool]:
    """Return what a reader may type for the symbol that a formula begins with, and whether it is bare.

    A bare symbol has no index and no prime: ``\\alpha`` is the learning rate, ``\\alpha_0`` a certain one.
    """
    left = tex.split("=")[0].strip()
    if operators := [name for name in ("nabla", "odot", "partial") if rf"\{name}" in left]:
        return [operators[0], OPERATORS[operators[0]]], True
    symbol = re.match(
        r"(?:\\(?P<mark>hat|bar|tilde)\{)?"
        r"(?:\\operatorname\{(?P<word>\w+)\}|\\(?:var)?(?P<name>[A-Za-z]+)|(?P<letter>[A-Za-z]))",
        left,
    )
    if not symbol:
        return [], False
    mark, name = symbol["mark"], (symbol["name"] or "")
    sign = symbol["letter"] or GREEK.get(name.lower(), {"ell": "ℓ"}.get(name))
    if not sign:  # a function with a name, or what is no symbol at all
        return ([symbol["word"]] if symbol["word"] else []), True
    bare = not left[symbol.end() :].lstrip("}").startswith(("_", "'"))
    spoken = name or sign
    if not mark:
        return list(dict.fromkeys([spoken, sign])), bare
    combining = next(sign for sign, called in MARKS.items() if called == mark)
    return [f"{spoken} {mark}", unicodedata.normalize("NFC", sign + combining)], bare


def section_of(node: nodes.Node) -> str:
    """Return the address of the section around a node within its page; of the page itself, none."""
    while not isinstance(node, nodes.section):
        node = node.parent
        if node is None:
            return ""
    return "" if isinstance(node.parent, nodes.document) else node["ids"][0]


def is_telling(number: str) -> bool:
    """Say whether one may look for a number: a year, or a value with three digits that count."""
    return len(number.replace(".", "").lstrip("0")) >= (3 if "." in number else 4)


def terms(doctree: nodes.document) -> Iterator[tuple[list[nodes.term], nodes.definition]]:
    """Return the entries of a glossary: a term and its abbreviations, and what they mean."""
    for glossary in doctree.findall(addnodes.glossary):
        for item in glossary.findall(nodes.definition_list_item):
            yield list(item.findall(nodes.term)), next(item.findall(nodes.definition))


Entry = tuple[str, str, str]  # what is looked for, the place in the page, "main" for a definition


def definitions(env: BuildEnvironment) -> dict[str, set[Entry]]:
    """Return for each page the entries of what it defines.

    These are the terms of a glossary, the sections that have one in bold, the symbols of tables
    and of the glossary; and for each number the first section that shows it.
    """
    listed = [env.config.root_doc, *env.toctree_includes.get(env.config.root_doc, [])]
    pages = sorted(listed, key=lambda page: not is_chapter(env, page))
    trees = {page: env.get_doctree(page) for page in pages}
    found: dict[str, set[Entry]] = defaultdict(set)
    called: dict[str, list[str]] = {}  # every form of a term → all its names
    for page, tree in trees.items():
        for entries, meaning in terms(tree):
            texts = [term.astext() for term in entries]
            place = entries[0]["ids"][0]
            symbols = [
                name
                for formula in meaning.findall(nodes.math)
                if re.search(r"(written|[Tt]he number|A number)\s$", before(formula))
                for name in names(formula.astext())[0]
            ]
            found[page] |= {(name, place, "main") for name in texts + symbols}
            for form in (form for text in texts for form in (text, f"{text}s", f"{text}es")):
                called[form.lower()] = texts
    seen: set[str] = set()
    for page, tree in trees.items():
        for bold in tree.findall(nodes.strong):
            for name in called.get(bold.astext().lower(), ()):
                # A letter longer, so a little less alike: the glossary comes first, whatever the
                # titles of the pages, by which Sphinx decides between equals.
                found[page].add((f"{name}#", section_of(bold), "main"))
        for formula in tree.findall(nodes.math):
            if is_symbol(formula):
                typed, bare = names(formula.astext())
                kind = "main" if bare else ""
                found[page] |= {(name, section_of(formula), kind) for name in typed}
        for text in tree.findall(nodes.Text):
            if isinstance(text.parent, nodes.raw):
                continue
            for number in filter(is_telling, words(text)):
                if re.match(r"\d", number) and number not in seen:
                    seen.add(number)
                    # Sphinx also takes what is up to twice as long as the query: keep 0.5123 from 0.512.
                    exact = number.ljust(2 * len(number), "#")
                    found[page].add((exact, section_of(text), "main"))
    return found


def before(formula: nodes.math) -> str:
    """Return the text that stands before a formula in its sentence."""
    place = formula.parent.index(formula)
    return formula.parent[place - 1].astext() if place else ""


def is_symbol(formula: nodes.math) -> bool:
    """Say whether a formula stands in the first column of a table of symbols."""
    entry = formula
    while entry is not None and not isinstance(entry, nodes.entry):
        entry = entry.parent
    if entry is None or entry.parent.index(entry) > 0:
        return False
    head = next(entry.parent.parent.parent.findall(nodes.thead), nodes.thead())
    return head.astext().startswith("Symbol")


def enter_definitions(app: Sphinx) -> list:
    """Put the definitions of all pages into the index, whichever were written this time."""
    for page, entries in definitions(app.env).items():
        app.builder.indexer._index_entries[page] = sorted(entries)
    return []


def setup(app: Sphinx) -> dict:
    """Give Sphinx the language, the index, and the definitions when all pages are written."""
    sphinx.search.IndexBuilder = BookIndex  # it has no setting for it
    app.add_search_language(BookEnglish)
    app.connect("html-collect-pages", enter_definitions)
    return {"parallel_read_safe": True, "parallel_write_safe": False}
