"""axe-core finds nothing to fix on any page: WCAG 2.2 AA, and its own best practices."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from pages import DESKTOP, PHONE, Open, unfold

AXE = Axe()

EVERYTHING = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLORS = ["color-contrast", "link-in-text-block"]  # all that a theme can change

#: The parts of formulas that have not the color of the text around their formula.
COLORED_FORMULAS = """() => [...document.querySelectorAll('math, math *')]
    .filter(part => getComputedStyle(part).color !==
        getComputedStyle(part.closest('math').parentElement).color)
    .map(part => part.outerHTML.slice(0, 160))"""


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_axe_finds_nothing(visit: Open, server: str, path: str, viewport: dict) -> None:
    # Without motion, so that no color is caught half way.
    page = visit(f"{server}/{path}", viewport, reduced_motion="reduce").page
    unfold(page)
    # Formulas are half of a page, and as dark or light as its text: they are looked at once.
    for theme, rules, context in (
        ("light", EVERYTHING, None),
        ("dark", COLORS, {"exclude": ["math"]}),
    ):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        assert page.evaluate(COLORED_FORMULAS) == []
        # No preload: those are style sheets for rules that a site of one origin does not need.
        options = {"runOnly": rules, "resultTypes": ["violations"], "preload": False}
        results = AXE.run(page, context=context, options=options)
        assert results.violations_count == 0, f"{theme}: {results.generate_report()}"


def test_formulas_keep_their_letters_in_high_contrast(visit: Open, server: str) -> None:
    """Windows draws a plate behind text, and that of an accent would cover its letter."""
    page = visit(f"{server}/notation.html", forced_colors="active").page
    formula = page.locator("math:has(mover)").first
    assert formula.evaluate("math => getComputedStyle(math).forcedColorAdjust") == "none"
