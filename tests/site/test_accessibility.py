"""axe-core finds nothing to fix on any page: WCAG 2.2 AA, and its own best practices."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from pages import DESKTOP, PHONE, Open, unfold

AXE = Axe()

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.mark.parametrize(
    ("viewport", "theme"),
    [(PHONE, "dark"), (DESKTOP, "light")],
    ids=["phone-dark", "desktop-light"],
)
def test_axe_finds_nothing(visit: Open, server: str, path: str, viewport: dict, theme: str) -> None:
    # Without motion, so that no color is caught half way.
    page = visit(f"{server}/{path}", viewport, color_scheme=theme, reduced_motion="reduce").page
    unfold(page)
    # No preload: those are style sheets for rules that a site of one origin does not need.
    options = {"runOnly": RULES, "resultTypes": ["violations"], "preload": False}
    results = AXE.run(page, options=options)
    assert results.violations_count == 0, results.generate_report()


def test_formulas_keep_their_letters_in_high_contrast(visit: Open, server: str) -> None:
    """Windows draws a plate behind text, and that of an accent would cover its letter."""
    page = visit(f"{server}/notation.html", forced_colors="active").page
    formula = page.locator("math:has(mover)").first
    assert formula.evaluate("math => getComputedStyle(math).forcedColorAdjust") == "none"
