"""The repository's public address: written in one place, and everything else follows from it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from types import SimpleNamespace

import addresses
import nbformat
import pytest
import run_links
import yaml
from addresses import fill_in
from docutils import nodes
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from manuscript import BOOK, ROOT
from repository import Repository

HUB = Repository.named("https://github.com/someone/a-course/", "published")
CHAPTER = "book/gradient-descent.ipynb"


# --- What follows from an address. ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "binder"),
    [
        ("https://github.com/someone/a-course", "gh/someone/a-course"),
        ("https://github.com/someone/a-course.git", "gh/someone/a-course"),
        ("https://gitlab.com/group/part/a-course", "gl/group%2Fpart%2Fa-course"),
        ("https://codeberg.org/a/b/", "git/https%3A%2F%2Fcodeberg.org%2Fa%2Fb"),
    ],
)
def test_binder_opens_the_chapter_in_jupyterlab(url: str, binder: str):
    """Of whatever host, in the form that Binder has for it."""
    expected = f"https://mybinder.org/v2/{binder}/HEAD?urlpath=lab/tree/{CHAPTER}"
    assert Repository.named(url).binder(CHAPTER) == expected


def test_colab_opens_what_github_has():
    """From the branch whose notebooks know the address; nothing from elsewhere."""
    assert HUB.colab(CHAPTER) == (
        f"https://colab.research.google.com/github/someone/a-course/blob/published/{CHAPTER}"
    )
    assert Repository.named("https://gitlab.com/a/b").colab(CHAPTER) is None


def test_no_address_is_no_repository():
    """And an empty branch is the usual one."""
    assert Repository.named("") is None
    assert Repository.named("https://github.com/a/b", "").branch == "main"


@pytest.mark.parametrize(
    "wrong",
    ["github.com/a/b", "https://github.com/a", "git@github.com:a/b", 'https://x.y/a/b"; rm', "a"],
)
def test_a_wrong_address_is_refused(wrong: str):
    """With what was expected and what came."""
    with pytest.raises(ValueError, match="expected https://HOST/OWNER/NAME, got") as error:
        Repository.named(wrong)
    assert repr(wrong) in str(error.value)


# --- The line of links. --------------------------------------------------------------------------


def builder(repository: Repository | None, out: Path, **context: object) -> SimpleNamespace:
    """Return as much of a Sphinx application as the line of links asks for."""
    themes = Environment(loader=FileSystemLoader(BOOK / "_theme"), undefined=StrictUndefined)
    options = {"repository_url": "", "repository_branch": ""}
    if repository:
        options = {"repository_url": repository.url, "repository_branch": repository.branch}
    config = SimpleNamespace(
        root_doc="index",
        html_theme_options=options,
        html_context=dict(context),
        course_tag=repository.tag if repository else "",
    )
    return SimpleNamespace(
        outdir=out,
        config=config,
        env=SimpleNamespace(
            config=config,
            doc2path=lambda page: str(next(BOOK.glob(f"{page}.*"))),
            found_docs={"index", "notation", "gradient-descent"},
        ),
        builder=SimpleNamespace(
            format="html",
            get_target_uri=lambda page: f"{page}.html",
            templates=SimpleNamespace(
                render=lambda name, values: themes.get_template(name).render(values)
            ),
        ),
    )


def line(repository: Repository | None, page: str = "gradient-descent", **context: object) -> str:
    """Return what a page gets between its title and its text."""
    page_context = {"body": "<section><h1>Title</h1>\n<p>Text.</p></section>"}
    app = builder(repository, Path(), **context)
    run_links.add_line(app, page, "page.html", page_context, doctree=nodes.document(None, None))
    assert page_context["repository"] == repository
    return re.search(r"</h1>\n(.*)<p>Text", page_context["body"], re.S)[1]


def links(html: str) -> list[str]:
    """Return where the links of a piece of HTML lead."""
    return re.findall(r'href="([^"]*)"', html)


def test_what_needs_the_address_is_there_or_left_out():
    """The rest is there in any case."""
    lab = "lab/notebooks/index.html?path=gradient-descent.ipynb"
    file = "notebooks/gradient-descent.ipynb"
    assert links(line(None)) == [lab, file]
    assert links(line(HUB)) == [lab, HUB.binder(CHAPTER), HUB.colab(CHAPTER), file]
    elsewhere = Repository.named("https://gitlab.com/a/b")
    assert links(line(elsewhere)) == [lab, elsewhere.binder(CHAPTER), file]


@pytest.mark.parametrize("page", ["index", "notation"])
def test_only_a_chapter_has_the_line(page: str):
    """The front page is a notebook too, but a cover."""
    assert line(HUB, page) == ""


def test_the_line_says_where_python_comes_from():
    """From a network of servers or from the site itself; nothing where there is no lab."""
    assert "megabytes of Python from jsDelivr’s CDN" in line(None, lab_python={"local": False})
    assert "megabytes of Python from this site" in line(None, lab_python={"local": True})
    assert "Python" not in line(None)


def test_the_notebook_to_take_away_knows_its_address(tmp_path: Path):
    """Each chapter's, and no other's; all else is as it is committed."""
    run_links.copy_notebooks(builder(HUB, tmp_path), None)
    (path,) = (tmp_path / "notebooks").iterdir()
    assert path.name == "gradient-descent.ipynb"
    served, committed = (nbformat.read(p, as_version=4).cells for p in (path, ROOT / CHAPTER))
    assert served[0].source == addresses.first_cell(HUB)
    assert served[1:] == committed[1:]


# --- Where nothing can be computed. --------------------------------------------------------------


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return a copy of the files that hold an address."""
    for name in (
        *("_config.yml", "README.md", "CITATION.cff", "pyproject.toml", "utils/__init__.py"),
        *("book/teaching.md", CHAPTER, "book/index.ipynb"),
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def run(root: Path, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> None:
    """Do what `make address` does, to another folder."""
    monkeypatch.setattr("sys.argv", ["addresses.py", *arguments])
    addresses.main(root)


def contents(root: Path) -> dict[str, str]:
    """Return the files of a folder."""
    return {
        path.relative_to(root).as_posix(): path.read_text(encoding="utf-8")
        for path in root.rglob("*")
        if path.is_file()
    }


def test_every_file_says_what_the_configuration_says():
    """The notebooks are seen to in tests/notebooks/test_first_cell.py."""
    repository = Repository.read()
    site = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))["html"]["baseurl"]
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert addresses.readme(readme, repository) == readme, "run `make address`"
    assert addresses.citation(citation, repository, site or "") == citation, "run `make address`"


def test_a_published_copy_knows_its_address_everywhere(copy: Path, monkeypatch: pytest.MonkeyPatch):
    """One command, as the workflow gives it; given twice it changes nothing more."""
    site = "https://someone.example/a-course/"
    given = ("--url", HUB.url, "--branch", "published", "--site", site)
    run(copy, monkeypatch, *given)
    filled = contents(copy)
    assert Repository.read(copy / "_config.yml") == HUB
    for name in (CHAPTER, "book/index.ipynb"):
        notebook = nbformat.reads(filled[name], as_version=4)
        nbformat.validate(notebook)
        assert f'course = "{HUB.url}@published"' in notebook.cells[0].source
    assert HUB.binder("book") in filled["README.md"]
    assert HUB.colab(CHAPTER) in filled["README.md"]
    citation = yaml.safe_load(filled["CITATION.cff"])
    assert (citation["repository-code"], citation["url"]) == (HUB.url, site)
    assert "gh/OWNER" not in filled["README.md"]
    run(copy, monkeypatch, *given)
    assert contents(copy) == filled


def test_an_address_can_be_taken_back(copy: Path, monkeypatch: pytest.MonkeyPatch):
    """To the last byte."""
    run(copy, monkeypatch, "--url", "", "--branch", "main", "--site", "")
    before = contents(copy)
    run(copy, monkeypatch, "--url", HUB.url, "--site", "https://someone.example/")
    assert contents(copy) != before
    run(copy, monkeypatch, "--url", "", "--site", "")
    assert contents(copy) == before


def test_a_wrong_address_is_written_nowhere(copy: Path, monkeypatch: pytest.MonkeyPatch):
    """Nor one that `_config.yml` has no line for."""
    before = contents(copy)
    with pytest.raises(ValueError, match="expected https"):
        run(copy, monkeypatch, "--url", "someone/a-course")
    assert contents(copy) == before
    with pytest.raises(ValueError, match="expected one line"):
        addresses.config("repository:\n  branch: main\n", url=HUB.url)


def test_a_new_notebook_gets_its_first_cell():
    """And keeps what it has."""
    new = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Title", id="title")])
    made = addresses.notebook(nbformat.writes(new), HUB)
    cells = nbformat.reads(made, as_version=4).cells
    assert [cell.source for cell in cells] == [addresses.first_cell(HUB), "# Title"]
    assert addresses.notebook(made, HUB) == made


# --- The publishing workflow. --------------------------------------------------------------------

PUBLISH = yaml.safe_load((ROOT / ".github/workflows/publish.yml").read_text(encoding="utf-8"))


def step(name: str) -> dict:
    """Return a step of the job that builds the site."""
    (found,) = [s for s in PUBLISH["jobs"]["build"]["steps"] if s.get("name") == name]
    return found


def test_the_workflow_fills_in_the_repository_that_it_runs_in():
    """With `make address`, before the site is built."""
    names = [s.get("name", s.get("run", "")) for s in PUBLISH["jobs"]["build"]["steps"]]
    tell = step("Tell the book its own addresses")
    assert tell["env"]["REPOSITORY"] == "${{ github.server_url }}/${{ github.repository }}"
    assert tell["run"] == 'make address REPOSITORY="$REPOSITORY" BRANCH=published SITE="$SITE/"'
    builds = [place for place, name in enumerate(names) if re.match(r"make (book|offline)", name)]
    assert builds
    assert names.index(tell["name"]) < min(builds)


@pytest.mark.skipif(
    os.name == "nt" or not shutil.which("git"), reason="the workflow publishes with git, on Ubuntu"
)
def test_the_workflow_keeps_what_the_site_was_made_from(tmp_path: Path):
    """On a branch that only grows, so that who has pulled it can pull again."""

    def git(*arguments: str, folder: Path) -> str:
        who = ["-c", "user.name=someone", "-c", "user.email=a@b.c"]
        run = subprocess.run(
            ["git", *who, *arguments], cwd=folder, check=True, capture_output=True, text=True
        )
        return run.stdout.strip()

    origin = tmp_path / "origin.git"
    git("init", "--quiet", "--bare", "--initial-branch=main", str(origin), folder=tmp_path)
    for version in ("first", "second"):
        git("clone", "--quiet", str(origin), version, folder=tmp_path)
        work = tmp_path / version
        git("checkout", "--quiet", "-B", "main", folder=work)
        (work / ".github").mkdir(exist_ok=True)
        (work / ".github" / "test.yml").write_text("on: push")
        (work / "notebook").write_text(f"{version}, without address")
        git("add", ".", folder=work)
        git("commit", "--quiet", "--message", version, folder=work)
        git("push", "--quiet", "origin", "main", folder=work)
        (work / "notebook").write_text(f"{version}, with address")  # as `make address` does
        subprocess.run(
            ["bash", "-e", "-c", step("Keep what the site was made from")["run"]],
            cwd=work,
            check=True,
            capture_output=True,
            env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "GITHUB_SHA": version},
        )
        assert git("show", "published:notebook", folder=origin) == f"{version}, with address"
        assert git("ls-tree", "--name-only", "published", folder=origin) == "notebook"
        assert git("show", "main:notebook", folder=origin) == f"{version}, without address"
    log = git("log", "--format=%s", "published", folder=origin)
    assert log.splitlines() == ["Publish second", "Publish first"]


# --- Nothing else knows an address. --------------------------------------------------------------


def test_fill_in_names_what_it_changed(copy: Path):
    """So that one sees what is to be committed."""
    text = (copy / "_config.yml").read_text(encoding="utf-8")
    (copy / "_config.yml").write_text(
        addresses.config(text, url="https://github.com/other/name"), encoding="utf-8"
    )
    assert {path.name for path in fill_in(copy)} >= {"README.md", "CITATION.cff", "index.ipynb"}
    assert fill_in(copy) == []
