"""Which chapter needs which, as the chapters say it, a picture of that, and a syllabus's weeks."""

from __future__ import annotations

import json
import re
import tomllib
from functools import cache
from html import escape

import yaml

from course.commands import ROOT, SYLLABI
from utils.checks import expect

#: From column to column, from row to row, and how wide a box is.
WIDTH, HEIGHT, BOX = 270, 64, 220


@cache
def needs() -> dict[str, list[str]]:
    """Return the chapters, in their order, each with those that it names in "Before you start"."""
    contents = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    parts = contents.get("parts", [contents])
    names = [entry["file"] for part in parts for entry in part.get("chapters", [])]
    found = {}
    for name in names:
        path = ROOT / "book" / f"{name}.ipynb"
        if path.is_file() and (said := re.search(r"\*\*Before you start:\*\*(.*)", _text(name))):
            found[name] = list(dict.fromkeys(re.findall(r"\(([\w-]+)\.ipynb", said[1])))
    return found


def _text(name: str) -> str:
    notebook = json.loads((ROOT / "book" / f"{name}.ipynb").read_text(encoding="utf-8"))
    cells = (cell for cell in notebook["cells"] if cell["cell_type"] == "markdown")
    return "\n\n".join("".join(cell["source"]) for cell in cells)


def title(name: str) -> str:
    """Return the title of a chapter."""
    return re.search(r"(?m)^# (.*)$", _text(name))[1]


def all_needed(name: str) -> set[str]:
    """Return all chapters that one needs, also by way of others."""
    own = needs().get(name, [])
    return set(own).union(*map(all_needed, own))


def direct(name: str) -> list[str]:
    """Return the chapters that one needs and that no other of those needs already."""
    own = needs()[name]
    return [each for each in own if not any(each in all_needed(other) for other in own)]


def weeks(syllabus: str) -> list[list[str]]:
    """Return the chapters of each week of a syllabus; raise ``ValueError`` where there is none."""
    there = sorted(path.stem for path in SYLLABI.glob("*.toml"))
    expect(syllabus in there, f"a syllabus: {', '.join(there)}", repr(syllabus))
    read = tomllib.loads((SYLLABI / f"{syllabus}.toml").read_text(encoding="utf-8"))
    return [week["chapters"] for week in read["week"]]


def picture() -> str:
    """Draw the chapters as SVG, each in the column after all that it needs."""
    depth: dict[str, int] = {}
    for name in needs():
        depth[name] = max((depth[each] + 1 for each in needs()[name] if each in depth), default=0)
    columns = [[name for name in depth if depth[name] == d] for d in range(max(depth.values()) + 1)]
    tallest = max(map(len, columns))
    place = {
        name: (10 + d * WIDTH, 10 + (row + (tallest - len(column)) / 2) * HEIGHT)
        for d, column in enumerate(columns)
        for row, name in enumerate(column)
    }
    lines = [
        f'<path d="M{place[one][0] + BOX} {place[one][1] + 18} '
        f'C{place[one][0] + BOX + 30} {place[one][1] + 18} {x - 30} {y + 18} {x} {y + 18}"/>'
        for name, (x, y) in place.items()
        for one in direct(name)
    ]
    boxes = [
        f'<rect x="{x}" y="{y}" width="{BOX}" height="36" rx="6"/>'
        f'<text x="{x + BOX / 2}" y="{y + 23}">{escape(title(name))}</text>'
        for name, (x, y) in place.items()
    ]
    size = f"0 0 {len(columns) * WIDTH - 30} {tallest * HEIGHT}"
    said = "; ".join(
        f"{title(name)} after {' and '.join(map(title, direct(name)))}"
        for name in place
        if direct(name)
    )
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{size}" role="img">',
            f"<title>{escape(said)}.</title>",
            "<style>path{fill:none;stroke:#888}rect{fill:#fff;stroke:#333}"
            "text{font:12px sans-serif;text-anchor:middle;fill:#111}</style>",
            *lines,
            *boxes,
            "</svg>\n",
        ]
    )


if __name__ == "__main__":
    print(picture(), end="")
