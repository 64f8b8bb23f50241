"""The book's fonts, cut to the letters that the book uses.

STIX Two, by the STIX Fonts Project, under the SIL Open Font License: a text face and the mathematics
drawn for it, so that an x in a line and an x in a formula are of one family.  They come from npm, and
are cut once for each set of letters, fonts and tools; the same of these give the same bytes.
"""

from __future__ import annotations

import hashlib
import io
import os
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import brotli
import fontTools
from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont
from npm import package

CACHE = Path(__file__).parents[2] / "_build" / "fonts"


def letters(*ranges: str) -> set[int]:
    """Return the code points of the letters in ranges such as ``"a-z"``."""
    codes = {code for part in ranges for code in range(ord(part[0]), ord(part[-1]) + 1)}
    return {code for code in codes if unicodedata.category(chr(code)) != "Cn"}  # no letter yet


#: Prose: names have few accents, and a letter that is missing here comes from the reader's own font.
TEXT = letters(" -~") | set(map(ord, "\u00a0–—‘’“”…·×±°−′ı¹²³¼½áäçèéëíñóöü"))
#: What formulas are written with.  The build names a letter that is missing here.  Each costs a page
#: its bytes, up to half a kilobyte for a bracket or an arrow that grows, so there is none in reserve.
WRITTEN = letters(" -~") | set(
    map(
        ord,
        "ΔΛΠΣΦΩαβγδεϵηθκλμνξπρστφωℓℝ𝔼𝟏"
        "\u00a0±×⋅⋆∘⊙⊤∂∇∞∈∏∑√≈≠≡≤≥≪≫−∝⌈⌉⌊⌋⟨⟩‖←→⟺…⋮⋯"
        "⁻⁰¹²³⁴⁵⁶⁷⁸⁹ˆ˙˜‾′\u0302\u2061\u2062\u2063"
        "–—‘’“”",  # in words between formulas
    )
)
#: Letter → what a browser draws for it where it stands alone, as a variable does: 𝑤 for w, 𝜕 for ∂.
SLOPED = {
    chr(int(unicodedata.decomposition(chr(code)).removeprefix("<font> "), 16)): chr(code)
    for code in letters("𝐴-𝑧", "𝛢-𝜛")
}
SLOPED["h"] = "ℎ"  # which Unicode keeps elsewhere
MATH = WRITTEN | {ord(sloped) for letter, sloped in SLOPED.items() if ord(letter) in WRITTEN}

#: Constants of the table MATH, in thousandths of an em.  Engines drop scripts from the ink of any base,
#: where TeX does so only for boxes: the subscript of y would hang lower than that of x, and what is raised
#: at ŷ higher.  With these a base must be taller than a letter with a hat, or deeper than one with a tail.
CONSTANTS = {"SubscriptBaselineDropMin": -60, "SuperscriptBaselineDropMax": 600}


@dataclass(frozen=True)
class Face:
    """A font of npm, and what of it the book takes."""

    package: str
    file: str
    letters: frozenset[int]
    features: tuple[str, ...]
    weights: tuple[int, int] | int | None = None


FACES = {
    "math": Face(
        "@fontsource/stix-two-math",
        "stix-two-math-latin-400-normal.woff2",
        frozenset(MATH),
        ("ssty", "dtls", "flac", "ss04"),
    ),
    "text": Face(
        "@fontsource-variable/stix-two-text",
        "stix-two-text-latin-wght-normal.woff2",
        frozenset(TEXT),
        ("kern", "liga"),
        (400, 600),
    ),
    "text-italic": Face(
        "@fontsource-variable/stix-two-text",
        "stix-two-text-latin-wght-italic.woff2",
        frozenset(TEXT),
        ("kern", "liga"),
        400,
    ),
}


def cut(face: Face, source: bytes) -> bytes:
    """Return the part of a font that a face takes, as WOFF2; its copyright and license stay with it."""
    font = TTFont(io.BytesIO(source), recalcTimestamp=False)  # dated as it came
    options = subset.Options(layout_features=face.features, hinting=False, notdef_outline=True)
    options.name_IDs = [0, 13, 14]  # copyright, license
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=face.letters)
    cutter.subset(font)
    if face.weights:
        font = instantiateVariableFont(font, {"wght": face.weights})
    if "MATH" in font:
        for name, value in CONSTANTS.items():
            getattr(font["MATH"].table.MathConstants, name).Value = value
    font.flavor = "woff2"
    target = io.BytesIO()
    font.save(target)
    return target.getvalue()


@cache
def font(name: str) -> bytes:
    """Return a font of the book as WOFF2: ``"math"``, ``"text"`` or ``"text-italic"``."""
    face = FACES[name]
    source = (package(face.package) / "files" / face.file).read_bytes()
    tools = f"{fontTools.version} {brotli.__version__}".encode()
    made_of = hashlib.sha256(source + tools + Path(__file__).read_bytes()).hexdigest()
    kept = CACHE / f"{name}-{made_of[:16]}.woff2"
    if not kept.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        draft = kept.with_suffix(f".{os.getpid()}")  # so that half a font is never taken for one
        draft.write_bytes(cut(face, source))
        draft.replace(kept)
    return kept.read_bytes()


@cache
def drawn() -> frozenset[str]:
    """Return the letters that the mathematical font has, upright and as a variable."""
    there = set(map(chr, TTFont(io.BytesIO(font("math"))).getBestCmap()))
    return frozenset(letter for letter in there if SLOPED.get(letter, letter) in there)
