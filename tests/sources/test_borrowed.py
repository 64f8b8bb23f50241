"""What others wrote comes from npm: a renderer of formulas, fonts, slides, the lock of Pyodide."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import fonts
import npm
import pytest
from fontTools.ttLib import TTFont
from manuscript import ROOT
from sphinx.errors import ExtensionError

LOCKS = sorted(ROOT.glob("t*/*/package-lock.json"))


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.parent.name)
def test_a_lock_says_what_and_not_where_from(path: Path):
    """A version and a hash of all that we name and of all that it brings; and no registry."""
    lock = json.loads(path.read_text(encoding="utf-8"))["packages"]
    asked = json.loads(path.with_name("package.json").read_text(encoding="utf-8"))
    named = asked.get("dependencies", {}) | asked.get("devDependencies", {})
    assert named == {name: lock[f"node_modules/{name}"]["version"] for name in named}
    assert lock.pop("") == {"name": asked["name"]} | {
        kind: asked[kind] for kind in ("dependencies", "devDependencies") if kind in asked
    }
    assert {place for place, found in lock.items() if "resolved" in found} == set()
    assert {found["integrity"].partition("-")[0] for found in lock.values()} == {"sha512"}


def test_a_package_that_is_not_the_one_of_the_lock_is_refused(tmp_path: Path):
    """After the lock has changed, or where an installation was cut off."""

    def write(path: Path, version: str) -> None:
        found = {"version": version, "integrity": f"sha512-{version}"}
        path.write_text(json.dumps({"packages": {"node_modules/temml": found}}))

    write(tmp_path / "package-lock.json", "2.0")
    (tmp_path / "node_modules").mkdir()
    for there in ("none", "1.0"):
        with pytest.raises(
            ExtensionError, match=f"expected temml 2.0 in .*found {there}: run `npm"
        ):
            npm.package("temml", tmp_path)
        write(tmp_path / "node_modules/.package-lock.json", "1.0")
    write(tmp_path / "node_modules/.package-lock.json", "2.0")
    assert npm.package("temml", tmp_path) == tmp_path / "node_modules/temml"


def read(name: str) -> TTFont:
    """Return a font of the book."""
    return TTFont(io.BytesIO(fonts.font(name)))


@pytest.mark.parametrize("name", fonts.FACES)
def test_a_font_has_the_letters_asked_for_and_its_license(name: str):
    """The cutter passes over a letter that the font does not have."""
    font = read(name)
    assert set(map(chr, fonts.FACES[name].letters - {*font.getBestCmap()})) == set()
    notice, license = (font["name"].getDebugName(number) for number in (0, 14))
    assert notice.startswith("Copyright 2001-2021 The STIX Fonts Project Authors")
    assert license == "https://scripts.sil.org/OFL"


def test_a_letter_is_there_as_a_variable_too():
    """A browser draws 𝜕 for a ∂ that stands alone, from another font if ours has none."""
    there = set(map(chr, read("math").getBestCmap()))
    assert {"𝑤", "ℎ", "𝛼", "𝜅", "𝜑", "𝜕"} <= there
    assert set(map(chr, fonts.WRITTEN)) <= fonts.drawn() <= there


def test_a_letter_moves_no_script():
    """Not by its tail, nor by its hat: in any case a script is moved by as much."""
    font = read("math")
    constants, glyphs = font["MATH"].table.MathConstants, font["glyf"]
    drawn = {chr(code): glyphs[glyph] for code, glyph in font.getBestCmap().items()}
    letters = [glyph for letter, glyph in drawn.items() if letter.isalpha()]
    depth = -min(glyph.yMin for glyph in letters)
    assert depth + constants.SubscriptBaselineDropMin.Value <= constants.SubscriptShiftDown.Value
    height = max(glyph.yMax for glyph in letters)
    hat = drawn["\N{COMBINING CIRCUMFLEX ACCENT}"].yMax - constants.AccentBaseHeight.Value
    drop = constants.SuperscriptBaselineDropMax.Value
    assert height - drop <= constants.SuperscriptShiftUpCramped.Value
    assert height + hat - drop <= constants.SuperscriptShiftUp.Value


@pytest.mark.slow
def test_the_same_font_comes_out_the_same():
    """To the byte, in another process, in whatever order that keeps its sets."""
    cut = (
        "import sys, fonts, npm; face = fonts.FACES[sys.argv[1]]; "
        "source = npm.package(face.package) / 'files' / face.file; "
        "sys.stdout.buffer.write(fonts.cut(face, source.read_bytes()))"
    )
    for name in fonts.FACES:
        again = subprocess.run(
            [sys.executable, "-c", cut, name],
            env=os.environ | {"PYTHONPATH": str(ROOT / "book/_extensions"), "PYTHONHASHSEED": "1"},
            capture_output=True,
            check=True,
        )
        assert again.stdout == fonts.font(name)
