"""The site as one archive: unpacked anywhere, it opens from the disk, and its links arrive."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit
from zipfile import ZipFile

import pytest
from archive import FOLDER, offline, pack
from copies import ARCHIVE, MARK, PDF, link
from pages import Open, is_recording, pages_of, unfold

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def archive(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the archive of the site."""
    path = tmp_path_factory.mktemp("archive") / ARCHIVE
    pack(site, path)
    return path


@pytest.fixture(scope="module")
def copy(archive: Path) -> Path:
    """Return the folder of the archive, unpacked where nothing of the site is near."""
    with ZipFile(archive) as zipped:
        zipped.extractall(archive.parent)
    return archive.parent / FOLDER


# --- The archive. ---------------------------------------------------------------------------------


def test_the_same_site_gives_the_same_bytes(site: Path, archive: Path, tmp_path: Path):
    pack(site, tmp_path / ARCHIVE)
    assert (tmp_path / ARCHIVE).read_bytes() == archive.read_bytes()


def test_it_is_one_folder_with_a_front_page(archive: Path):
    with ZipFile(archive) as zipped:
        assert {Path(name).parts[0] for name in zipped.namelist()} == {FOLDER}
        assert f"{FOLDER}/index.html" in zipped.namelist()
        assert zipped.testzip() is None


def test_it_has_all_of_the_site_but_what_runs_only_on_a_server(site: Path, copy: Path):
    def files(folder: Path) -> set[str]:
        return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}

    missing = {name for name in files(site) - files(copy) if not name.startswith("lab/")}
    assert missing <= {".buildinfo", ARCHIVE, PDF}
    assert files(copy) <= files(site)
    recordings = {name for name in files(copy) if is_recording(f"/{name}")}
    pictures = sum(
        (copy / page).read_text("utf-8").count("data-recording=") for page in pages_of(copy)
    )
    assert len(recordings) == pictures > 0


def test_every_link_and_file_of_the_copy_is_there(copy: Path):
    broken = []
    for page in pages_of(copy):
        text = re.sub(r"(?s)(<script[^>]*>).*?</script>", r"\1", (copy / page).read_text("utf-8"))
        for address in re.findall(r'<[^>]*?\b(?:href|src|data-recording)="([^"]*)"', text):
            if urlsplit(address).scheme or address.startswith("//"):
                continue
            path = unquote(urlsplit(urldefrag(address).url).path)
            target = (copy / page).parent / path
            if path and not (target / "index.html" if target.is_dir() else target).is_file():
                broken.append(f"{page}: {address}")
    assert broken == []


@pytest.mark.parametrize("page", ["index.html", "gradient-descent.html", "glossary.html"])
def test_a_page_of_the_copy_opens_from_the_disk(visit: Open, copy: Path, page: str):
    visited = visit(f"{copy.as_uri()}/{page}")
    unfold(visited.page)
    assert visited.errors == []
    assert [url for url in visited.requests if not url.startswith(copy.as_uri())] == []
    figures = visited.page.locator("figure.explorable").count()
    assert len({url for url in visited.requests if is_recording(url.partition("?")[0])}) == figures


def test_a_reader_of_the_copy_moves_a_figure_and_turns_the_page(visit: Open, copy: Path):
    page = visit(f"{copy.as_uri()}/index.html").page
    caption = page.locator("#valley .explorable-caption")
    before = caption.inner_text()
    page.locator("#valley input").press("End")
    page.wait_for_function(
        "([box, before]) => box.innerText !== before", arg=[caption.element_handle(), before]
    )
    page.locator("nav.neighbors a[rel=next]").click()
    page.wait_for_url(f"{copy.as_uri()}/perceptron.html")


LAB = '<li data-needs="lab"><a href="lab/notebooks/index.html?path=a.ipynb">here</a></li>'


def test_what_the_copy_lacks_is_left_out():
    assert offline(f"<ul><li>one</li>{LAB}</ul>", "") == "<ul><li>one</li></ul>"


def test_what_the_copy_lacks_is_linked_where_the_site_is_published():
    linked = offline(LAB, "https://example.org/book/")
    assert 'href="https://example.org/book/lab/notebooks/index.html?path=a.ipynb"' in linked


def test_a_link_that_does_not_say_what_it_needs_is_refused():
    with pytest.raises(ValueError, match="data-needs"):
        offline('<p><a class="x" href="lab/index.html">here</a></p>', "")


# --- The links to it. -----------------------------------------------------------------------------


def test_a_copy_is_linked_exactly_when_it_is_there(tmp_path: Path):
    page = tmp_path / "index.html"
    page.write_text(f"<p>Before</p>{MARK}{MARK}<p>After</p>", "utf-8")

    def linked() -> list[str]:
        link(tmp_path)
        text = page.read_text("utf-8")
        assert text.startswith("<p>Before</p>")
        assert text.endswith("<p>After</p>")
        return re.findall(r'href="([^"]*)"', text)

    assert linked() == []
    assert MARK + MARK in page.read_text("utf-8")
    (tmp_path / PDF).write_bytes(b"%PDF")
    assert linked() == [PDF]
    (tmp_path / ARCHIVE).write_bytes(b"PK")
    assert linked() == linked() == [ARCHIVE, PDF]
    (tmp_path / PDF).unlink()
    assert linked() == [ARCHIVE]


def test_the_site_links_the_copies_that_it_has(site: Path):
    """On its front page and where it says how to read the book."""
    there = [name for name in (ARCHIVE, PDF) if (site / name).is_file()]
    for page in ("index.html", "using.html"):
        text = (site / page).read_text("utf-8")
        assert text.count(MARK) == 2, f"{page} has no place for the links"
        assert [name for name in (ARCHIVE, PDF) if f'href="{name}"' in text] == there


def test_what_is_published_has_both_copies():
    workflow = (ROOT / ".github" / "workflows" / "publish.yml").read_text("utf-8")
    assert re.search(r"run: make offline pdf$", workflow, re.M)
