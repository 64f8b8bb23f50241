"""A term has one name: every link made for it takes that, and none a branch that moves."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import addresses
import pytest
import term
import yaml
from manuscript import ROOT
from nbgitpuller.pull import GitPuller
from repository import Repository
from test_addresses import CHAPTER, contents, line, links

from utils import VERSION

TAG = "2027-spring"
URL = "https://github.com/someone/a-course"
OF_TERM = Repository(URL, "main", TAG)
MOVES = re.compile(r"\b(?:HEAD|main|master|published)\b")

pytestmark = pytest.mark.slow  # copies of the repository


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Return a published copy of the files that name a version of the course."""
    for name in (
        "_config.yml",
        "README.md",
        "CITATION.cff",
        "pyproject.toml",
        "utils/__init__.py",
        "book/teaching.md",
        CHAPTER,
        "book/index.ipynb",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    text = (tmp_path / "_config.yml").read_text(encoding="utf-8")
    text = addresses.config(text, url=URL, branch="main", tag="")
    (tmp_path / "_config.yml").write_text(text, encoding="utf-8")
    addresses.fill_in(tmp_path)
    return tmp_path


def named(text: str) -> list[str]:
    """Return whatever a text gives out that leads to a version of the repository."""
    own = r"(?:someone/a-course|OWNER/NAME|OWNER%2FNAME)"
    return re.findall(rf"\S*{own}(?:@|/blob/|/HEAD|/{TAG}|&branch=)\S*", text)


# --- What a term writes. --------------------------------------------------------------------------


def test_no_link_of_a_term_points_to_a_branch_that_moves(tree: Path):
    """In notebooks and pages as they are written, and under the title of a chapter."""
    term.begin(tree, TAG)
    found = {name: named(text) for name, text in contents(tree).items()}
    found["the line of links"] = [link for link in links(line(OF_TERM)) if "someone" in link]
    assert [len(found[name]) for name in ("README.md", CHAPTER, "book/teaching.md")] == [2, 1, 2]
    assert len(found["the line of links"]) == 2
    for name, addressed in found.items():
        for link in addressed:
            assert TAG in link, name
            assert not MOVES.search(link), name


def test_without_a_term_these_very_links_move(tree: Path):
    """So the test above can fail."""
    found = [link for text in contents(tree).values() for link in named(text)]
    assert any(MOVES.search(link) for link in found)
    assert not any(TAG in link for link in found)


def test_the_commands_for_a_hub_take_the_tag(tree: Path):
    """The package, the image, and the source that the image is made of."""
    term.begin(tree, TAG)
    page = (tree / "book" / "teaching.md").read_text(encoding="utf-8")
    assert f"pip install git+https://github.com/OWNER/NAME@{TAG}\n" in page
    assert page.count(f"registry.example.edu/course:{TAG}") == 2
    assert f"    --ref {TAG} https://github.com/OWNER/NAME\n" in page
    assert f'    tag: "{TAG}"\n' in page
    assert addresses.teaching(page, OF_TERM) == page


def test_the_form_for_class_links_begins_with_the_tag():
    layout = (ROOT / "book" / "_theme" / "layout.html").read_text(encoding="utf-8")
    assert 'data-branch="{{ repository.ref|e }}"' in layout
    assert "repository.branch" not in layout
    assert OF_TERM.ref == TAG
    assert Repository(URL).ref == "main"


def test_another_call_takes_a_term_back(tree: Path):
    """To the last byte; and a term may follow a term."""
    before = contents(tree)
    term.begin(tree, TAG)
    of_term = contents(tree)
    assert term.begin(tree, TAG) == []
    term.begin(tree, "2027-fall")
    assert TAG not in "".join(contents(tree).values()).replace("TAG=2027-spring", "")
    term.begin(tree, TAG)
    assert contents(tree) == of_term
    term.begin(tree, "main")
    assert contents(tree) == before


def test_it_says_what_comes_next(tree: Path, monkeypatch: pytest.MonkeyPatch, capsys):
    monkeypatch.setattr("sys.argv", ["term.py", TAG])
    term.main(tree)
    said = capsys.readouterr().out
    assert CHAPTER in said
    assert f"    git tag {TAG}\n" in said
    monkeypatch.setattr("sys.argv", ["term.py", "main"])
    term.main(tree)
    assert "Links follow the branch main again." in capsys.readouterr().out


# --- What it refuses. -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "tag", ["", "HEAD", "master", "published", "-x", "a b", "a..b", "a/b", "a.lock", "a.", 'a";b']
)
def test_what_is_no_name_for_a_term_is_refused(tree: Path, tag: str):
    before = contents(tree)
    with pytest.raises(ValueError, match="expected a tag that does not move") as error:
        term.begin(tree, tag)
    assert repr(tag) in str(error.value)
    assert contents(tree) == before


def test_chapters_and_package_of_different_versions_are_refused(tree: Path):
    """Whichever of them is the other one; `make address` brings them together."""
    text = (tree / "pyproject.toml").read_text(encoding="utf-8")
    newer = text.replace(f'version = "{VERSION}"', 'version = "9.8.7"')
    (tree / "pyproject.toml").write_text(newer, encoding="utf-8")
    before = contents(tree)
    with pytest.raises(ValueError, match=r"expected version 9\.8\.7") as error:
        term.begin(tree, TAG)
    for name in ("utils/__init__.py", CHAPTER, "book/index.ipynb"):
        assert f"{VERSION} in {name}" in str(error.value)
    assert contents(tree) == before
    addresses.fill_in(tree)
    term.begin(tree, TAG)

    chapter = (tree / CHAPTER).read_text(encoding="utf-8")
    (tree / CHAPTER).write_text(chapter.replace("9.8.7", "9.8.6"), encoding="utf-8")
    with pytest.raises(ValueError, match=rf"got 9\.8\.6 in {CHAPTER}: run"):
        term.begin(tree, "2027-fall")


def test_a_term_needs_an_address(tree: Path):
    text = (tree / "_config.yml").read_text(encoding="utf-8")
    (tree / "_config.yml").write_text(addresses.config(text, url=""), encoding="utf-8")
    with pytest.raises(ValueError, match="got no address: make address REPOSITORY="):
        term.begin(tree, TAG)


# --- With git. ------------------------------------------------------------------------------------


def git(folder: Path, *arguments: str) -> None:
    who = ["-c", "user.name=someone", "-c", "user.email=a@b.c"]
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def cloned(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the copy as a clone of a repository of its own."""
    origin = tmp_path_factory.mktemp("origin")
    git(origin, "init", "--quiet", "--bare", "--initial-branch=main")
    git(tree, "init", "--quiet", "--initial-branch=main")
    git(tree, "remote", "add", "origin", origin.as_uri())
    git(tree, "add", ".")
    git(tree, "commit", "--quiet", "--message", "Begin")
    git(tree, "push", "--quiet", "origin", "main")
    return tree


def origin_of(folder: Path) -> str:
    command = ["git", "remote", "get-url", "origin"]
    told = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
    return told.stdout.strip()


@pytest.mark.parametrize(("kind", "full"), [("tag", "refs/tags"), ("branch", "refs/heads")])
def test_a_name_that_is_taken_is_refused(cloned: Path, kind: str, full: str):
    """A branch would move, and a tag names sources that know another name."""
    git(cloned, kind, TAG)
    with pytest.raises(ValueError, match=f"not taken, got '{TAG}': {full}/{TAG}"):
        term.begin(cloned, TAG)


def test_what_it_says_to_do_lets_a_class_follow_the_link_again(cloned: Path, tmp_path_factory):
    """nbgitpuller fails at the second click on a bare tag; the branch beside it helps."""
    term.begin(cloned, TAG)
    commands = [each.strip() for each in term.NEXT.format(tag=TAG).splitlines() if "   git" in each]
    assert len(commands) == 3
    for command in commands:
        name, *arguments = re.findall(r"\"[^\"]*\"|'[^']*'|\S+", command)
        assert name == "git"
        git(cloned, *(each.strip("\"'") for each in arguments))
    assert term.begin(cloned, TAG) == []

    git(cloned, "commit", "--allow-empty", "--message", "The course goes on")
    git(cloned, "push", "--quiet", "origin", "main")
    origin = origin_of(cloned)
    student = tmp_path_factory.mktemp("student") / "a-course"
    for note in ("first", "second"):
        for _ in GitPuller(origin, str(student), branch=TAG).pull():
            pass
        assert f"{URL}@{TAG}" in (student / CHAPTER).read_text(encoding="utf-8")
        (student / "notes.md").write_text(note)
    assert (student / "notes.md").read_text() == "second"

    git(cloned, "push", "--quiet", "origin", f":refs/heads/{TAG}")
    shutil.rmtree(student)
    for _ in GitPuller(origin, str(student), branch=TAG).pull():
        pass
    with pytest.raises(subprocess.CalledProcessError):
        for _ in GitPuller(origin, str(student), branch=TAG).pull():
            pass


# --- The tree itself. -----------------------------------------------------------------------------


def test_the_package_says_the_version_of_the_course():
    assert addresses.version() == VERSION, "run `make address`"
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == VERSION
    assert term.other_versions(ROOT) == {}
