"""Write the public addresses where nothing can compute them: ``make address``.

A notebook that was opened in Colab does not know where it came from, and neither do ``README.md``
and ``CITATION.cff`` on a host's pages.  So each holds what ``_config.yml`` says, written by this
program and held to it by a test.  The version of the course, which is in ``pyproject.toml``, goes
the same way: into the notebooks and into ``utils``, so that each can say that it is of another one
than the other.  With ``--url``, ``--branch`` and ``--site`` it changes
``_config.yml`` first, as the publishing workflow does with what it knows of itself.
"""

from __future__ import annotations

import argparse
import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import nbformat
import yaml
from nbformat.v4 import new_code_cell
from repository import CONFIG, Repository

#: The first cell of each notebook.  Colab has most of what the course needs, but not the course;
#: and beside a copied notebook there may be a `utils` of its reader, which Python finds first.
FIRST_CELL = '''\
# In Google Colab this cell installs the course.  Elsewhere it only sees that the course is there.
import sys
from importlib.util import find_spec

if "google.colab" in sys.modules:
    from google.colab import output

    course = "{course}"
    if not course:
        raise RuntimeError(
            "This copy does not know where the course is.  Write its address between the quotes "
            "above, as in https://github.com/OWNER/NAME, and run the cell again."
        )
    get_ipython().system(f"{{sys.executable}} -m pip install --quiet git+{{course}}")
    output.enable_custom_widget_manager()  # lets the sliders in

try:
    from utils import expect_version
except ImportError:
    if found := find_spec("utils"):
        place = found.origin or next(iter(found.submodule_search_locations))
        remedy = f"""{{place}} is in the way of the `utils` of this course: give it another name, or
            move this notebook to another folder, and restart the kernel."""
    else:
        remedy = """This kernel's Python does not have the course: choose a kernel that has it, as
            `.venv` in the folder of the course, or install it as its README.md says."""
    raise ImportError(" ".join(remedy.split())) from None
expect_version("{version}")'''

#: Where a notebook, as the file that it is, and `utils` name their version.
IN_NOTEBOOK, IN_UTILS = r'"expect_version\(\\"(.*)\\"\)"', r'(?m)^VERSION = "(.*)"$'

#: The site leaves the cell out, by its tag, and JupyterLab shows one folded line of it.
TAG, ID = "remove-cell", "for-colab"
METADATA = {"tags": [TAG], "jupyter": {"source_hidden": True}}

#: In README.md the lines between these follow the address.
BEGIN, END = "<!-- made by `make address` -->\n", "<!-- end -->\n"


def version(root: Path = CONFIG.parent) -> str:
    """Return the version of the course."""
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"][
        "version"
    ]


def first_cell(repository: Repository | None, of: str | None = None) -> str:
    """Return the source of the first cell of a notebook, of this version or of another."""
    course = f"{repository.url}@{repository.ref}" if repository else ""
    return FIRST_CELL.format(course=course, version=of or version())


def notebook(text: str, repository: Repository | None, of: str | None = None) -> str:
    """Return a notebook whose first cell knows address and version; without one it gets one."""
    book = nbformat.reads(text, as_version=4)
    if TAG not in book.cells[0].metadata.get("tags", []):
        book.cells.insert(0, new_code_cell(id=ID))
    book.cells[0].metadata = nbformat.from_dict(METADATA)
    book.cells[0].source = first_cell(repository, of)
    return nbformat.writes(book, version=nbformat.NO_CONVERT) + "\n"


def readme(text: str, repository: Repository | None) -> str:
    """Return the README with the links of a repository, or with the form that they have."""
    shown = repository or Repository("https://github.com/OWNER/NAME")
    places = [shown.binder("book"), shown.colab("book/gradient-descent.ipynb")]
    if repository:
        named = zip(("Binder", "Colab"), places, strict=True)
        links = " or ".join(f"[{name}]({place})" for name, place in named if place)
        lines = f"Run the chapters in {links}, without an installation.\n"
    else:
        lines = (
            "Put the owner and the name of the repository, this one or your copy, into\n\n"
            + "".join(f"    {place}\n" for place in places)
            + "\nIn Colab, write the address of the repository into the first cell, too.\n"
        )
    before, rest = text.split(BEGIN)
    return f"{before}{BEGIN}{lines}{END}{rest.split(END, 1)[1]}"


def teaching(text: str, repository: Repository | None) -> str:
    """Return the page for teachers with the tag of a term in its commands, or without one."""
    tag = repository.tag if repository else ""
    for pattern, found in (
        (r"(?<=git\+https://github\.com/OWNER/NAME)(?:@\S+)?$", f"@{tag}" if tag else ""),
        (r"(?<=registry\.example\.edu/course:)\S+", tag or "1"),
        (r'(?<=    tag: ")[^"]*', tag or "1"),
        (
            r"(?<=^    )(?:--ref \S+ )?(?=https://github\.com/OWNER/NAME$)",
            f"--ref {tag} " * bool(tag),
        ),
        (r"(?<=NAME&branch=)[^&]*", tag or "main"),
    ):
        text = re.sub(f"(?m){pattern}", found, text)
    return text


def citation(text: str, repository: Repository | None, site: str) -> str:
    """Return CITATION.cff with the two addresses, or without what is not known."""
    text = re.sub(r"(?m)^(repository-code|url): .*\n", "", text)
    known = {"repository-code": repository.url if repository else "", "url": site}
    lines = "".join(f'{key}: "{address}"\n' for key, address in known.items() if address)
    return re.sub(r"(?m)^(date-released: .*\n)", rf"\g<1>{lines}", text)


def config(text: str, **settings: str | None) -> str:
    """Return ``_config.yml`` with other values for ``url``, ``branch``, ``tag`` or ``baseurl``.

    Raises ValueError where a key has no line of its own to change.
    """
    for key, value in settings.items():
        if value is not None:
            text, count = re.subn(rf'(?m)^(  {key}: )"[^"]*"', rf'\g<1>"{value}"', text)
            if count != 1:
                raise ValueError(f'_config.yml: expected one line `  {key}: "…"`, got {count}')
    return text


def fill_in(root: Path) -> list[Path]:
    """Bring all files under *root* into agreement with ``_config.yml``; return those changed."""
    repository = Repository.read(root / "_config.yml")
    settings = yaml.safe_load((root / "_config.yml").read_text(encoding="utf-8"))
    site = settings["html"].get("baseurl") or ""
    changed = [
        path
        for path in sorted((root / "book").glob("*.ipynb"))
        if rewrite(path, lambda text: notebook(text, repository, version(root)))
    ]
    if rewrite(root / "book" / "teaching.md", lambda text: teaching(text, repository)):
        changed.append(root / "book" / "teaching.md")
    if rewrite(
        root / "utils" / "__init__.py",
        lambda text: re.sub(IN_UTILS, f'VERSION = "{version(root)}"', text),
    ):
        changed.append(root / "utils" / "__init__.py")
    if rewrite(root / "README.md", lambda text: readme(text, repository)):
        changed.append(root / "README.md")
    if rewrite(root / "CITATION.cff", lambda text: citation(text, repository, site)):
        changed.append(root / "CITATION.cff")
    return changed


def rewrite(path: Path, change: Callable[[str], str]) -> bool:
    """Change the text of a file, and say whether that made a difference."""
    before = path.read_text(encoding="utf-8")
    after = change(before)
    if after != before:
        path.write_text(after, encoding="utf-8", newline="\n")
    return after != before


def main(root: Path = CONFIG.parent) -> None:
    """Take the addresses from the command line, if it has any, and write them everywhere."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", help="of the repository: https://github.com/OWNER/NAME")
    parser.add_argument("--branch", help="that Colab and class links take")
    parser.add_argument("--site", help="where the site is published, with the last slash")
    options = parser.parse_args()
    Repository.named(options.url or "")  # or say what is wrong before anything is written
    rewrite(
        root / "_config.yml",
        lambda text: config(text, url=options.url, branch=options.branch, baseurl=options.site),
    )
    for path in fill_in(root):
        print(path.relative_to(root))


if __name__ == "__main__":
    main()
