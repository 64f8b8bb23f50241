"""The line under a chapter's title: it says where the chapter runs, and each link arrives."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from addresses import TAG, first_cell, notebook
from bs4 import Tag
from manuscript import BOOK, in_order, page
from pages import PHONE, Open, pages_of, parsed, text_of
from repository import Repository

CHAPTERS = [page.path.stem for page in in_order() if page.path.suffix == ".ipynb"][1:]
EACH_CHAPTER = pytest.mark.parametrize("chapter", CHAPTERS)


def line(site: Path, chapter: str) -> Tag:
    """Return the line of a chapter."""
    (found,) = parsed(site / f"{chapter}.html").select("nav.run")
    return found


def link(site: Path, chapter: str, words: str) -> str:
    """Return where the link with these words leads."""
    (found,) = [a["href"] for a in line(site, chapter).select("a") if a.get_text() == words]
    return found


@EACH_CHAPTER
def test_it_stands_directly_under_the_title(site: Path, chapter: str) -> None:
    assert line(site, chapter).find_previous_sibling().name == "h1"


def test_pages_that_teach_nothing_have_none(site: Path) -> None:
    other = {path for path in pages_of(site)} - {f"{chapter}.html" for chapter in CHAPTERS}
    assert [path for path in other if '<nav class="run"' in text_of(site / path)] == []


@EACH_CHAPTER
def test_it_opens_the_chapters_own_notebook_in_the_browser(site: Path, chapter: str) -> None:
    address = urlsplit(link(site, chapter, "in your browser"))
    assert (site / address.path).is_file(), "the lab is part of the site"
    (name,) = parse_qs(address.query)["path"]
    assert name == f"{chapter}.ipynb"
    assert (site / "lab" / "files" / name).is_file()


@EACH_CHAPTER
def test_the_download_is_the_committed_notebook(site: Path, chapter: str) -> None:
    """With the address in it that this site was built with, and otherwise to the last byte."""
    served = (site / link(site, chapter, "download the notebook")).read_text(encoding="utf-8")
    committed = (BOOK / f"{chapter}.ipynb").read_text(encoding="utf-8")
    assert served == notebook(committed, Repository.read())


@EACH_CHAPTER
def test_what_needs_the_repository_is_there_only_with_it(site: Path, chapter: str) -> None:
    repository = Repository.read()
    found = {a.get_text(): a["href"] for a in line(site, chapter).select("a")}
    path = f"book/{chapter}.ipynb"
    if repository is None:
        assert set(found) == {"in your browser", "download the notebook"}
    else:
        assert found["in Binder"] == repository.binder(path)
        assert found.get("in Colab") == repository.colab(path)


def test_scripts_find_the_repository_on_every_page(site: Path) -> None:
    repository = Repository.read()
    told = ""
    if repository:
        where = f'content="{repository.url}" data-branch="{repository.branch}"'
        told = f'<meta name="repository" {where}>'
    tag = re.compile('<meta name="repository".*?>')
    assert {"".join(tag.findall(text_of(site / path))) for path in pages_of(site)} == {told}


@EACH_CHAPTER
def test_the_first_cell_is_not_on_the_page(site: Path, chapter: str) -> None:
    cell = page(chapter).cells[0]
    assert cell.tags == {TAG}
    assert cell.node.source == first_cell(Repository.read())
    assert "google.colab" not in parsed(site / f"{chapter}.html").get_text()


def test_a_reader_takes_the_notebook_from_the_page(visit: Open, server: str) -> None:
    page = visit(f"{server}/{CHAPTERS[0]}.html", PHONE).page
    with page.expect_download() as download:
        page.get_by_role("navigation", name="Run this chapter").get_by_role(
            "link", name="download"
        ).click()
    assert download.value.suggested_filename == f"{CHAPTERS[0]}.ipynb"
    assert json.loads(Path(download.value.path()).read_text(encoding="utf-8"))["nbformat"] == 4


def test_the_line_says_what_the_browser_fetches_and_from_where(site: Path) -> None:
    (item,) = line(site, CHAPTERS[0]).select('[data-needs="lab"]')
    assert "opening it fetches" in item.get_text()
    assert re.search(r"of Python from (this site|jsDelivr’s CDN)", item.get_text())
