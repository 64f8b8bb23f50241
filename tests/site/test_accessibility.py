"""axe-core finds nothing to fix on any page: WCAG 2.2 AA, and its own best practices."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from pages import DESKTOP, PHONE, Open, unfold

AXE = Axe()

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
    "preload": False,  # of style sheets, for rules that no page of one origin needs
}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_axe_finds_nothing(visit: Open, server: str, path: str, viewport: dict, theme: str) -> None:
    # Without motion, so that no color is caught half way.
    page = visit(f"{server}/{path}", viewport, color_scheme=theme, reduced_motion="reduce").page
    unfold(page)
    results = AXE.run(page, options=RULES)
    assert results.violations_count == 0, results.generate_report()
