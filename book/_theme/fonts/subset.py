"""Cut the book's fonts to the letters that the book uses (run by hand, when a letter is missing).

STIX Two, by the STIX Fonts Project, under the SIL Open Font License (``LICENSE``): a text face and the
mathematics drawn for it, so that an x in a line and an x in a formula are of one family.  From PyPI
and npm::

    npm install @fontsource/stix-two-math @fontsource-variable/stix-two-text
    uv run --no-project --with fonttools --with brotli python book/_theme/fonts/subset.py node_modules

Each font is written beside this file.  ``math.txt`` lists the letters of the mathematical one, and
the build warns of a formula that needs another.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

HERE = Path(__file__).parent


def letters(*ranges: str) -> set[int]:
    """Return the code points of ranges such as ``"a-z"`` and of single letters."""
    return {code for part in ranges for code in range(ord(part[0]), ord(part[-1]) + 1)}


PUNCTUATION = set(map(ord, "\u00a0–—‘’“”…•·×÷±°§−†‡′″←→↑↓≤≥≠≈"))
TEXT = letters(" -~", "À-ÿ") | PUNCTUATION | set(map(ord, "ČčĆćĐđĞğİıŁłŃńŇňŐőŘřŚśŠšŻżŽž"))
MATH = (
    letters(" -~", "𝐴-𝑧", "𝛢-𝜛", "Α-Ω", "α-ω")
    | set(map(ord, "ℎℓℒ𝒟𝒩𝒪𝒰ℂℕℙℚℝℤ𝔼𝟎𝟏𝟙"))  # letters that Unicode keeps elsewhere, and a few more
    | set(map(ord, "\u00a0±×÷·¬…′″‴⋅⋆★∗∘⊙⊗⊕⊤⊥∂∇∞∀∃∈∉∅∖∪∩⊂⊆∑∏∫√∝∼≃≈≅≠≡≤≥≪≫≔∧∨"))
    | set(map(ord, "−∓∣∤∥⟨⟩⌈⌉⌊⌋‖←→↑↓↔⇐⇒⇔↦⟶⟹⟺⋮⋯⋱□■"))
    | set(map(ord, "ˆ˙˜¯´`¨‾⏞⏟\u2061\u2062\u2063\u0302\u0303\u0304\u0307\u0308\u20d7"))
    | set(map(ord, "–—‘’“”"))  # in words between formulas
)


#: Engines drop scripts from the ink of any base, where TeX does so only for boxes: the subscript of y
#: would hang lower than that of x, and what is raised at ŷ higher.
MEASURES = {"SubscriptBaselineDropMin": -60, "SuperscriptBaselineDropMax": 600}


def cut(source: Path, target: str, codes: set[int], features: list[str], **axes: object) -> None:
    """Write the part of a font that has these letters, as ``target``.woff2 and ``target``.txt."""
    font = TTFont(source)
    options = subset.Options(layout_features=features, hinting=False, notdef_outline=True)
    options.name_IDs = [0, 13, 14]  # copyright and license stay with the font
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=codes)
    cutter.subset(font)
    if axes:
        font = instantiateVariableFont(font, axes)
    if target == "math":
        for name, value in MEASURES.items():
            getattr(font["MATH"].table.MathConstants, name).Value = value
    font.flavor = "woff2"
    font.save(HERE / f"{target}.woff2")
    if target == "math":
        text = "".join(map(chr, sorted(font.getBestCmap())))
        (HERE / "math.txt").write_text(text, "utf-8")


if __name__ == "__main__":
    modules = Path(sys.argv[1])
    math = modules / "@fontsource/stix-two-math/files/stix-two-math-latin-400-normal.woff2"
    text = modules / "@fontsource-variable/stix-two-text/files"
    cut(math, "math", MATH, ["ssty", "dtls", "flac", "ss04"])
    cut(
        text / "stix-two-text-latin-wght-normal.woff2",
        "text",
        TEXT,
        ["kern", "liga"],
        wght=(400, 600),
    )
    cut(
        text / "stix-two-text-latin-wght-italic.woff2",
        "text-italic",
        TEXT,
        ["kern", "liga"],
        wght=400,
    )
