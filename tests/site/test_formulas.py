"""Formulas look alike in three engines, and as TeX sets them: a gallery, and the ink it leaves.

Each engine tells of a formula's boxes in its own way, so it is the pictures that are measured.
"""

from __future__ import annotations

import io
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from engines import Window
from math_rendering import Temml
from mathml import alike
from PIL import Image
from scipy import ndimage

EM = 60  # pixels: formulas are looked at through a lens
WIDTH, HEIGHT, COLUMNS = 220, 180, 6  # of a cell, in pixels, and cells in a row

GALLERY = (
    *(r"\hat y", r"\hat Y", r"\hat w", r"\bar x", r"\hat y_k", "x_k", "y_k", "p_k", "q_k"),
    *(r"W^\top", r"\hat Y^\top", r"M^\top", r"\sigma'", r"\ell'", "f'", r"a\odot b"),
    *(r"y\ln x", r")\ln x", r"x\ln(", r"n\operatorname{Var}[", r"\ln\frac pq"),
    *(r"\frac ab\frac cd", r"\sqrt 2|", r"\sqrt{\frac 2n}|", r"\sqrt{v_t}|"),
    *("x_{k-1}", "x_{k=1}"),
    *(r"\begin{matrix} w_1^2 \\ w_1^2 \end{matrix}", r"\begin{aligned} z_1^2 &= w \end{aligned}"),
)


class Ink(NamedTuple):
    """A piece of ink that hangs together: where its edges are in its cell, in ems."""

    left: float
    top: float
    right: float
    bottom: float


@pytest.fixture(scope="module")
def gallery(site: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the address of a page of formulas, each in a cell of its own."""
    with closing(Temml()) as temml:
        cells = [f"<div>{alike(temml.render(tex, display=True))}</div>" for tex in GALLERY]
    style = f"""body {{ margin: 0; font-size: {EM}px; color: black; background: white;
            display: grid; grid-template-columns: repeat({COLUMNS}, {WIDTH}px) }}
        div {{ height: {HEIGHT}px; overflow: hidden; display: flex; align-items: center }}
        math.tml-display {{ width: auto; margin-left: 20px }}"""
    sheet = (site / "_static" / "math.css").as_uri()
    page = tmp_path_factory.mktemp("gallery") / "gallery.html"
    page.write_text(
        f'<!DOCTYPE html><meta charset="utf-8"><link rel="stylesheet" href="{sheet}">'
        f"<style>{style}</style>{''.join(cells)}",
        encoding="utf-8",
    )
    return page.as_uri()


@pytest.fixture(scope="module")
def ink(engine: Window, gallery: str) -> dict[str, list[Ink]]:
    """Return each formula's pieces of ink, from left to right."""
    rows = -(-len(GALLERY) // COLUMNS)
    engine.open(gallery, WIDTH * COLUMNS, HEIGHT * rows + 40)
    engine.run("() => document.fonts.ready.then(() => new Promise(d => setTimeout(d, 300)))")
    picture = np.asarray(Image.open(io.BytesIO(engine.picture())).convert("L")) < 128
    found = {}
    for number, tex in enumerate(GALLERY):
        y, x = (HEIGHT, WIDTH) * np.array(divmod(number, COLUMNS))
        pieces, _ = ndimage.label(picture[y : y + HEIGHT, x : x + WIDTH], np.ones((3, 3)))
        found[tex] = sorted(
            Ink(*(edge / EM for edge in (across.start, down.start, across.stop, down.stop)))
            for down, across in ndimage.find_objects(pieces)
        )
    return found


@pytest.mark.parametrize("tex", [r"\hat y", r"\hat Y", r"\hat w", r"\bar x"])
def test_an_accent_sits_close_above_its_letter(ink, tex):
    accent, letter = sorted(ink[tex], key=lambda piece: piece.top)
    assert 0.01 < letter.top - accent.bottom < 0.17
    assert letter.left - 0.1 < (accent.left + accent.right) / 2 < letter.right + 0.05


@pytest.mark.parametrize("tex", ["y_k", "p_k", "q_k", r"\hat y_k"])
def test_a_subscript_hangs_no_lower_where_its_letter_does(ink, tex):
    straight, k = ink["x_k"]
    letter, other = [piece for piece in ink[tex] if piece.bottom - piece.top > 0.3]
    assert other.top - letter.top == pytest.approx(k.top - straight.top, abs=0.06)


def test_what_is_raised_is_no_higher_for_a_hat(ink):
    letter, raised = ink[r"M^\top"]
    for tex in (r"W^\top", r"\hat Y^\top"):
        other, *_, top = ink[tex]
        assert top.top - other.top == pytest.approx(raised.top - letter.top, abs=0.08), tex


@pytest.mark.parametrize("tex", [r"\sigma'", r"\ell'", "f'"])
def test_a_prime_stands_by_its_letter(ink, tex):
    letter, prime = ink[tex]
    assert -0.25 < prime.left - letter.right < 0.15
    assert letter.top - 0.3 < prime.top < letter.bottom - 0.5


def test_the_element_wise_product_is_no_larger_than_a_letter(ink):
    _, *rings, b = ink[r"a\odot b"]
    assert max(ring.bottom - ring.top for ring in rings) < 1.2 * (b.bottom - b.top)


def test_a_function_is_set_off_by_thin_spaces(ink):
    for tex in (r"y\ln x", r")\ln x"):
        before, l, n, x = ink[tex]  # noqa: E741
        assert 0.1 < l.left - before.right < 0.4, tex
        assert 0.1 < x.left - n.right < 0.4, tex
    _, l, n, bracket = ink[r"x\ln("]  # noqa: E741
    assert 0 < bracket.left - n.right < 0.15
    n, V, _, r, bracket = ink[r"n\operatorname{Var}["]
    assert 0.1 < V.left - n.right < 0.4
    assert 0 < bracket.left - r.right < 0.2
    _, n, *fraction = ink[r"\ln\frac pq"]
    assert 0.1 < min(piece.left for piece in fraction) - n.right < 0.45


def test_fractions_keep_apart(ink):
    bars = [piece for piece in ink[r"\frac ab\frac cd"] if piece.bottom - piece.top < 0.15]
    first, second = bars
    assert 0.15 < second.left - first.right < 0.45


@pytest.mark.parametrize("tex", [r"\sqrt 2|", r"\sqrt{\frac 2n}|", r"\sqrt{v_t}|"])
def test_a_root_leaves_no_room_behind_it(ink, tex):
    root, *_, bar = ink[tex]
    assert -0.02 < bar.left - root.right < 0.25


@pytest.mark.parametrize("tex", ["x_{k-1}", "x_{k=1}"])
def test_a_sign_in_a_script_stands_close(ink, tex):
    _, k, *sign, one = ink[tex]
    assert 0 < min(piece.left for piece in sign) - k.right < 0.12
    assert 0 < one.left - max(piece.right for piece in sign) < 0.17


def test_rows_of_scripts_keep_apart(ink):
    tops, bottoms = zip(*((p.top, p.bottom) for p in ink[GALLERY[-2]]), strict=True)
    middle = (min(tops) + max(bottoms)) / 2
    upper = max(bottom for bottom in bottoms if bottom < middle)
    lower = min(top for top in tops if top > middle)
    assert lower - upper > 0.15


def test_an_aligned_line_keeps_its_scripts(ink):
    z, *scripts, _, _, w = ink[GALLERY[-1]]
    equals = [piece for piece in ink[GALLERY[-1]] if piece.bottom - piece.top < 0.15]
    assert len(scripts) == 2
    assert all(z.right < piece.left < equals[0].left - 0.2 for piece in scripts)
    assert all(piece.right < w.left for piece in equals)
