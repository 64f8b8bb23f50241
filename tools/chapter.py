"""Begin a chapter: ``make chapter NAME=convolution`` writes the skeleton of each file that it has.

What is to be filled in stands between ⟪ and ⟫, and a test fails as long as any of it is left.
Nothing is overwritten.  Whoever is interrupted says the same again, and what is missing is written.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from keyword import iskeyword
from pathlib import Path
from tempfile import TemporaryDirectory

import addresses
import nbformat
import store
from manuscript import ROOT, book_pages, contents, notebooks
from myst_nb.core.read import read_myst_markdown_notebook
from repository import Repository

SKELETON = Path(__file__).parent / "skeleton"

#: What is still to be filled in, with the words that say what.
MARK = re.compile(r"⟪([^⟪⟫\s][^⟪⟫\n]*)⟫")

#: The files of a chapter that no other has, and what each is made from.
NEW = {
    "book/@NAME@.ipynb": "notebook.md",
    "utils/@MODULE@.py": "module.txt",
    "utils/exercises/@MODULE@.py": "exercises.txt",
    "course/questions/@MODULE@.py": "questions.txt",
    "tests/contract/chapters/@MODULE@.py": "ties.txt",
    "tests/prose/test_@MODULE@.py": "prose.txt",
    "tests/explore/said/@MODULE@.py": "said.txt",
    "tests/math/test_functions_of_@MODULE@.py": "math.txt",
}

#: What Ruff sees of a file where it is to stand, and not where it is made.
OURS = "lint.isort.known-first-party = ['contract', 'course', 'utils']"

PLAN = """\
### A class of 90 minutes on @WORDS@

| minutes | do | open |
| --: | :-- | :-- |
| 0–10 | ⟪The vote before the figure moves⟫ | <a href="@NAME@.html#try-@NAME@?knob=1">to begin</a> |
| 10–80 | ⟪What is derived at the board⟫ | <a href="@NAME@.html#the-derivation">the proof</a> |
| 80–90 | ⟪On the way out⟫ | |

For homework: ⟪sections and exercises⟫.

"""

#: The places in files that all chapters share: what is added, and behind or before which lines.
#: Behind the last that a pattern finds, unless it looks ahead.  The contents file is written last.
PLACES = (
    (
        "book/index.ipynb",
        r"^- \[[^]]+\]\([\w-]+\.ipynb\)\n\n  .*\n",
        "- [@TITLE@](@NAME@.ipynb)\n\n  ⟪The question that it answers, in one sentence?⟫\n",
    ),
    (
        "book/teaching.md",
        r"^\| \[\]\([\w-]+\.ipynb\) \| .* \| \d+ \| \d+ \|\n",
        "| [](@NAME@.ipynb) | ⟪a verb and what⟫ | ⟪minutes⟫ | ⟪for the exercises⟫ |\n",
    ),
    ("book/teaching.md", r"(?=^\(class-link\)=$)", PLAN),
    (
        "book/teaching.md",
        r"^\| \[\]\([\w-]+\.ipynb\) \|.*\n",
        "| [](@NAME@.ipynb) | ⟪memory⟫ | ⟪seconds⟫ |\n",
    ),
    (
        "book/errata.md",
        r"^\| [A-E]\d+ \| .*\n",
        "| ⟪A1⟫ | ⟪what one of the five sources says, or no row⟫ | {eq}`@SHORT@-value` |\n",
    ),
    (
        "book/references.bib",
        r"\Z",
        "\n@article{⟪key⟫,\n  author = {⟪Last, First⟫},\n  title = {{⟪title⟫}},\n"
        "  journal = {⟪journal, or another kind of entry⟫},\n  year = {⟪year⟫},\n}\n",
    ),
    (
        "book/_static/measured-notebooks.csv",
        r"\Z",
        "# @NAME@: ⟪python tests/bench/bench_notebooks.py --write⟫\n",
    ),
    ("_toc.yml", r"^      - file: @LAST@\n", "      - file: @NAME@\n"),
)


@dataclass(frozen=True)
class Chapter:
    """A chapter that is to be: its name, and the short name before its labels."""

    name: str
    short: str

    @property
    def words(self) -> str:
        """The name as it stands in a sentence."""
        return self.name.replace("-", " ")

    def fill(self, skeleton: str) -> str:
        """Return a skeleton with the names of this chapter in it."""
        last = [name for name in contents() if name in {p.path.stem for p in notebooks()}]
        names = {
            "NAME": self.name,
            "SHORT": self.short,
            "MODULE": self.name.replace("-", "_"),
            "WORDS": self.words,
            "TITLE": self.words.capitalize(),
            "LAST": next(name for name in reversed(last) if name != self.name),
        }
        return re.sub(r"@([A-Z]+)@", lambda found: names[found[1]], skeleton)


def named(name: str, short: str = "") -> Chapter:
    """Return the chapter of that name; its short name, if none is given, are two of its letters.

    Raises ValueError, which says what was expected, where a name is no name or is taken.
    """
    if not re.fullmatch(r"[a-z]+(-[a-z]+)*", name) or iskeyword(name):
        raise ValueError(
            "NAME: expected lower-case words with dashes between, and no word of Python's own, "
            f"as in NAME=gradient-descent, got {name!r}"
        )
    if name in contents():
        raise ValueError(f"NAME: expected a new name, got {name!r}, which is in _toc.yml")
    first, *others = name.split("-")
    short = short or (first[0] + others[0][0] if others else first[:2])
    if not re.fullmatch(r"[a-z]{2}", short):
        raise ValueError(f"SHORT: expected two lower-case letters, got {short!r}")
    for page in book_pages():
        for equation in page.equations if page.path.stem != name else []:
            if equation.label.startswith(f"{short}-"):
                raise ValueError(
                    f"SHORT: expected two letters for the labels that no chapter has, got "
                    f"{short!r}, which {page.name} has; give others: "
                    f"make chapter NAME={name} SHORT=…"
                )
    return Chapter(name, short)


def files(chapter: Chapter, root: Path = ROOT) -> dict[Path, str]:
    """Return all files that the chapter adds to or changes, with what is to be in them.

    Raises ValueError where something else is in a place that the chapter needs.
    """
    made = dict(_new(chapter, root))
    for place, text in made.items():
        taken = place.exists() and place.read_text(encoding="utf-8") != text
        others = [p for p in root.glob(f"tests/**/{place.name}") if p != place]
        if taken or (place.name.startswith("test_") and others):
            there = (place if taken else others[0]).relative_to(root)
            raise ValueError(f"NAME: expected one that no file has, got {chapter.name!r}: {there}")
    glossary = root / "book/glossary.md"
    made[glossary] = _with_term(glossary.read_text(encoding="utf-8"), chapter.words)
    for name, where, addition in PLACES:
        path, where, addition = root / name, chapter.fill(where), chapter.fill(addition)
        text = made.get(path) or path.read_text(encoding="utf-8")
        add = partial(_added, where=re.compile(where, re.M), addition=addition, name=name)
        made[path] = _in_cells(text, add) if path.suffix == ".ipynb" else add(text)
    return made


def _new(chapter: Chapter, root: Path) -> Iterator[tuple[Path, str]]:
    """Return the new files, sorted and wrapped as the length of the name wants it."""
    with TemporaryDirectory() as folder:
        for name, source in NEW.items():
            text = chapter.fill((SKELETON / source).read_text(encoding="utf-8"))
            if source == "notebook.md":
                text = _notebook(text, Repository.read(root / "_config.yml"))
            path = Path(folder, chapter.fill(name))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        for command in (["check", "--fix-only", "--select=I", "--exclude=*.ipynb"], ["format"]):
            options = [f"--config={ROOT / 'pyproject.toml'}", f"--config={OURS}", "--quiet"]
            subprocess.run([sys.executable, "-m", "ruff", *command, *options, folder], check=True)
        for name in map(chapter.fill, NEW):
            yield root / name, Path(folder, name).read_text(encoding="utf-8")


def _notebook(text: str, repository: Repository | None) -> str:
    """Return a notebook, written as MyST Markdown, in the form in which notebooks are committed."""
    notebook = read_myst_markdown_notebook(text)
    for cell in notebook.cells:
        del cell["id"]  # a random one; the committed form takes one from what the cell says
    store.normalize(notebook)
    return addresses.notebook(store.text(notebook), repository)


def _added(text: str, where: re.Pattern, addition: str, name: str) -> str:
    if addition in text:
        return text
    found = list(where.finditer(text))
    if not found:
        raise ValueError(f"{name}: expected a place for a chapter, {where.pattern!r}, got none")
    return f"{text[: found[-1].end()]}{addition}{text[found[-1].end() :]}"


def _in_cells(text: str, add: partial[str]) -> str:
    """Add to the cell of a notebook that has the place for it."""
    notebook = nbformat.reads(text, as_version=4)
    (cell,) = (cell for cell in notebook.cells if add.keywords["where"].search(cell.source))
    cell.source = add(cell.source)
    return store.text(notebook)


def _with_term(text: str, term: str) -> str:
    """Add a term to the glossary, in its place in the alphabet, if it is not there."""
    before, body, after = re.split(r"(?s)(?<=:sorted:\n\n)(.*?)(?=\n```)", text, maxsplit=1)
    entries = re.split(r"\n\n+", body.strip("\n"))
    if not any(term in re.findall(r"(?m)^\S.*", entry) for entry in entries):
        later = (n for n, entry in enumerate(entries) if entry.lower() > term)
        entries.insert(next(later, len(entries)), f"{term}\n  ⟪What it is, in plain words.⟫")
    return before + "\n\n".join(entries) + "\n" + after.lstrip("\n")


def write(made: Mapping[Path, str]) -> None:
    """Write each file whole or not at all."""
    for path, text in made.items():
        unfinished = path.with_name(f".{path.name}.new")
        unfinished.write_text(text, encoding="utf-8", newline="\n")
        os.replace(unfinished, path)


def main(root: Path = ROOT) -> None:
    """Take the names from the command line, write the files, and say what is to be done."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name", help="of its page: what it teaches, as in gradient-descent")
    parser.add_argument("--short", default="", help="two letters before its labels, as in gd")
    options = parser.parse_args()
    try:
        made = files(named(options.name, options.short), root)
    except ValueError as error:
        sys.exit(str(error))
    write(made)
    for path, text in made.items():
        print(f"{len(MARK.findall(text)):3} to fill in: {path.relative_to(root).as_posix()}")
    print("CONTRIBUTING.md, “Add a chapter”, says what each is for.")


if __name__ == "__main__":
    main()
