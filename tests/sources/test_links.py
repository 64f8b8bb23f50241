"""What points somewhere inside the book arrives: links, equations, citations, terms."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

import pytest
from lint import report, sample
from manuscript import BOOK, ROOT, Cell, Page, book_pages, equations, inline, page, pages, tokens
from pybtex.database import parse_file

EACH_PAGE = pytest.mark.parametrize("page", book_pages(), ids=lambda page: page.name)

BIBLIOGRAPHY = parse_file(BOOK / "references.bib", bib_format="bibtex").entries


# --- What can be pointed to. --------------------------------------------------------------------


def labels(cell: Cell) -> Iterator[str]:
    """Return the targets that a cell sets: ``(name)=``, ``:name: name``, and explorables."""
    for _, token in tokens(cell):
        if token.type == "myst_target":
            yield token.content
        elif token.info.startswith("{"):
            yield from re.findall(r"(?m)^:name: *(\S+)", token.content)
    if cell.node.cell_type == "code":
        yield from re.findall(r"\bexplore\(.*?\bname=\"([\w-]+)\"", cell.node.source, re.S)


def labels_of_equations(cell: Cell) -> Iterator[str]:
    """Return the labels of a cell's equations."""
    return (label for label, _ in equations(cell))


@cache
def entries() -> list[list[str]]:
    """Return the entries of the glossary, in lower case: a term and its other names."""
    body = re.search(r"```\{glossary\}\n(.*?)```", page("glossary").text, re.S)[1]
    return [entry.lower().splitlines() for entry in re.findall(r"(?m)^((?:[^:\s].*\n)+)", body)]


def glossary() -> set[str]:
    """Return all that the glossary explains."""
    return {name for entry in entries() for name in entry}


@cache
def all_of(kind) -> Counter[str]:
    """Count every label of a kind in the book."""
    return Counter(name for page in book_pages() for cell in page.cells for name in kind(cell))


@pytest.mark.parametrize("kind", [labels, labels_of_equations])
def test_every_label_is_set_once(kind):
    """Else a reference could lead to either."""
    assert [name for name, count in all_of(kind).items() if count > 1] == []


# --- What points. -------------------------------------------------------------------------------

ROLE = {
    "eq": lambda name: name in all_of(labels_of_equations),
    "ref": lambda name: name in all_of(labels),
    "numref": lambda name: name in all_of(labels),
    "term": lambda name: name.lower() in glossary(),
    "doc": lambda name: any(BOOK.glob(f"{name.lstrip('/')}.*")),
    "cite": lambda name: name in BIBLIOGRAPHY,
}


def targets(content: str) -> list[str]:
    """Return where a role points: ``text <target>``, or names with commas between."""
    explicit = re.fullmatch(r".*<([^<>]+)>", content, re.S)
    return [name.strip() for name in (explicit[1] if explicit else content).split(",")]


def lost_roles(cell: Cell) -> Iterator[str]:
    """Name the references of a cell that lead nowhere."""
    for line, token in inline(cell):
        if token.type == "myst_role":
            role = token.meta["name"].split(":")[0]
            for name in targets(token.content) if role in ROLE else []:
                if not ROLE[role](name):
                    yield f"{cell.at(line)}: {{{role}}}`{name}`"


def wordless(cell: Cell) -> Iterator[str]:
    """Name the links of a cell that have no words."""
    for (line, opening), (_, after) in pairwise(inline(cell)):
        if opening.type == "link_open" and after.type == "link_close":
            yield f"{cell.at(line)}: [](…)"


def lost_links(cell: Cell) -> Iterator[str]:
    """Name the links of a cell to files and headings that are not there."""
    for line, token in inline(cell):
        link = token.attrs.get("href", "") if token.type == "link_open" else ""
        link = token.attrs.get("src", "") if token.type == "image" else link
        if not link or re.match(r"[a-z]+:", str(link)) or str(link).lstrip("#") in all_of(labels):
            continue  # nothing, another site, or a label of the book
        name, _, anchor = str(link).partition("#")
        path = (cell.page.path.parent / name).resolve() if name else cell.page.path
        if not path.exists():
            yield f"{cell.at(line)}: there is no {name!r}"
        elif anchor and anchor not in anchors(path):
            yield f"{cell.at(line)}: {path.relative_to(ROOT)} has no anchor {anchor!r}"


@cache
def anchors(path) -> set[str]:
    """Return the anchors of a page that a link may name."""
    page = next((page for page in pages() if page.path == path), Page(path))
    found = {label for cell in page.cells for label in labels(cell)}
    if path.parent == ROOT:  # GitHub makes an anchor of every heading; the book wants a target
        headings = re.findall(r"(?m)^#+ (.*)$", page.text)
        found |= {re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title in headings}
    return found


@EACH_PAGE
def test_every_reference_arrives(page: Page):
    """To equations, targets, terms, pages and the bibliography."""
    report(
        (problem for cell in page.of_kind("markdown") for problem in lost_roles(cell)),
        "There is no such label, term or entry; mend the reference, or add it:",
    )


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_every_link_arrives(page: Page):
    """To files, and to anchors in pages."""
    report(
        (problem for cell in page.of_kind("markdown") for problem in lost_links(cell)),
        "Mend the link; an anchor is set by `(name)=` above a heading:",
    )


@EACH_PAGE
def test_a_link_in_a_notebook_has_words(page: Page):
    """Where there are none, the site says the title of the page, and Jupyter nothing."""
    cells = page.of_kind("markdown") if page.path.suffix == ".ipynb" else []
    report((problem for cell in cells for problem in wordless(cell)), "Say the title in words:")


def test_lost_references_are_seen():
    """One of each kind."""
    text = "{eq}`no` {ref}`no` {term}`this <no>` {doc}`no` {cite:t}`no1900no`\n[](no.md) [](#no)"
    assert len([*lost_roles(sample(text)), *lost_links(sample(text))]) == 7
    assert not [*lost_roles(sample("{doc}`glossary`")), *lost_links(sample("[](glossary.md)"))]
    assert len([*wordless(sample("[](a.md) and [words](b.md)"))]) == 1


# --- The bibliography and the glossary. ---------------------------------------------------------


@pytest.mark.parametrize("key", BIBLIOGRAPHY)
def test_an_entry_of_the_bibliography_is_complete(key: str):
    """A reader can find the work: who, what, where, and when if that is known."""
    fields = {name.lower() for name in BIBLIOGRAPHY[key].fields}
    assert BIBLIOGRAPHY[key].persons.get("author") or BIBLIOGRAPHY[key].persons.get("editor")
    assert "title" in fields
    assert "year" in fields or BIBLIOGRAPHY[key].type == "online", "no year"
    where = {"journal", "booktitle", "publisher", "howpublished", "institution", "school"}
    assert fields & where, f"none of {sorted(where)}"


def test_every_entry_of_the_bibliography_is_cited():
    """What is listed was used."""
    cited = {
        name
        for page in book_pages()
        for cell in page.of_kind("markdown")
        for _, token in inline(cell)
        if token.type == "myst_role" and token.meta["name"].startswith("cite")
        for name in targets(token.content)
    }
    assert sorted(set(BIBLIOGRAPHY) - cited) == []


def bold(cell: Cell) -> Iterator[str]:
    """Return what a cell has in bold, in lower case."""
    text: str | None = None
    for _, token in inline(cell):
        if token.type == "strong_open":
            text = ""
        elif token.type == "strong_close":
            yield (text or "").lower()
            text = None
        elif text is not None:
            text += token.content


def test_every_glossary_term_is_defined_in_the_text():
    """In bold, where it is defined (the plural will do, and so will its abbreviation)."""
    words = {
        word
        for page in book_pages()
        if page.path.stem != "glossary"
        for cell in page.of_kind("markdown")
        for word in bold(cell)
    }

    def forms(term: str) -> set[str]:
        return {term, f"{term}s", f"{term}es", re.sub("um$", "a", term)}

    report(
        (entry[0] for entry in entries() if not words & set().union(*map(forms, entry))),
        "Put the term in bold where the text defines it, or take it out of the glossary:",
    )


def test_abbreviation_stands_for_one_term():
    """Else a search for it could lead to either."""
    names = Counter(name for entry in entries() for name in entry)
    assert [name for name, count in names.items() if count > 1] == []


def test_bold_words_are_seen():
    """Also with a formula in them."""
    assert list(bold(sample("A **Learning rate** and a **$k$-fold** sum."))) == [
        "learning rate",
        "k-fold",
    ]
