"""axe-core finds nothing to fix on any page: WCAG 2.2 AA, and its own best practices."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from pages import DESKTOP, PHONE, Open, unfold

AXE = Axe()

EVERYTHING = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLORS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_axe_finds_nothing(visit: Open, server: str, path: str, viewport: dict) -> None:
    # Without motion, so that no color is caught half way.
    page = visit(f"{server}/{path}", viewport, reduced_motion="reduce").page
    unfold(page)
    for theme, rules in (("light", EVERYTHING), ("dark", COLORS)):  # no theme changes more
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        # No preload: those are style sheets for rules that a site of one origin does not need.
        options = {"runOnly": rules, "resultTypes": ["violations"], "preload": False}
        results = AXE.run(page, options=options)
        assert results.violations_count == 0, f"{theme}: {results.generate_report()}"
