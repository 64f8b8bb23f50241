"""Give the links of a term one name that does not move: ``make term TAG=2027-spring``.

The tag goes into ``_config.yml``, and from there, as an address does, into whatever names a version
of the course: links to Binder and Colab, the link for a class, the commands for a hub and its
image, the first cell of each notebook, and so the notebooks and archives that are made of these.
The name of the branch in place of a tag takes it out again.
"""

from __future__ import annotations

import argparse
import re
import subprocess
from pathlib import Path

from addresses import IN_NOTEBOOK, IN_UTILS, config, fill_in, rewrite, version
from repository import CONFIG, Repository

#: What names another commit tomorrow.
MOVING = {"HEAD", "main", "master", "published"}

NEXT = """\
Now commit this, and give the commit its name, as a tag for pip, Colab and Binder, and as a branch
that you leave where it is for nbgitpuller, which follows a tag only once:

    git commit --all --message "Begin {tag}"
    git tag {tag}
    git push origin refs/tags/{tag} 'refs/tags/{tag}^{{commit}}:refs/heads/{tag}'"""


def refuse(root: Path, tag: str) -> None:
    """Raise ``ValueError`` where a tag cannot stand for a term."""
    if tag in MOVING or not re.fullmatch(r"[0-9A-Za-z](?:[\w-]|\.(?!\.|lock$))*(?<!\.)", tag, re.A):
        raise ValueError(f"expected a tag that does not move, such as 2027-spring, got {tag!r}")
    if taken := names_in_git(root, tag):
        raise ValueError(f"expected a name that is not taken, got {tag!r}: {', '.join(taken)}")
    if others := other_versions(root):
        told = "; ".join(f"{number or 'none'} in {name}" for name, number in others.items())
        raise ValueError(
            f"expected version {version(root)}, that of pyproject.toml, in chapters and package, "
            f"got {told}: run `make address`, and see that chapters and package belong together"
        )


def names_in_git(root: Path, tag: str) -> list[str]:
    """Return what has this name already: a tag, or a branch here or on a server."""
    asked = (f"refs/{kind}/{tag}" for kind in ("tags", "heads", "remotes/*"))
    command = ["git", "for-each-ref", "--format=%(refname)", *asked]
    told = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    return told.stdout.split()  # nothing where there is no history


def other_versions(root: Path) -> dict[str, str]:
    """Return the versions that the package and the notebooks name, where it is not the course's."""
    patterns = {root / "utils" / "__init__.py": IN_UTILS}
    patterns |= dict.fromkeys(sorted((root / "book").glob("*.ipynb")), IN_NOTEBOOK)
    named = {}
    for path, pattern in patterns.items():
        found = re.search(pattern, path.read_text(encoding="utf-8"))
        named[path.relative_to(root).as_posix()] = found[1] if found else ""
    return {name: number for name, number in named.items() if number != version(root)}


def begin(root: Path, tag: str) -> list[Path]:
    """Write the tag everywhere, or take it out where it is the branch; return what changed.

    Raises ``ValueError``, before anything is written, where there is no address or the tag does not
    fit.
    """
    repository = Repository.read(root / "_config.yml")
    if repository is None:
        raise ValueError(
            "expected to know where the course is, got no address: "
            "make address REPOSITORY=https://HOST/OWNER/NAME"
        )
    if tag == repository.branch:
        tag = ""
    elif not tag or tag != repository.tag:
        refuse(root, tag)
    rewrite(root / "_config.yml", lambda text: config(text, tag=tag))
    return fill_in(root)


def main(root: Path = CONFIG.parent) -> None:
    """Begin the term that the command line names, or end it."""
    parser = argparse.ArgumentParser(prog="make term", description=__doc__.splitlines()[0])
    parser.add_argument("tag", help="of the term, or the branch, to be without one again")
    tag = parser.parse_args().tag
    try:
        changed = begin(root, tag)
    except ValueError as error:
        raise SystemExit(str(error)) from None
    for path in changed:
        print(path.relative_to(root))
    repository = Repository.read(root / "_config.yml")
    print(NEXT.format(tag=tag) if repository.tag else f"Links follow the branch {tag} again.")


if __name__ == "__main__":
    main()
