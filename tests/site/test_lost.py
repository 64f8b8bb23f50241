"""The page for missing addresses: whole, and leading home, wherever the site lies."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader
from pages import Open
from playwright.sync_api import Page, expect
from static_server import serving

THEME = Path(__file__).parents[2] / "book" / "_theme"

MISSING = ["missing.html", "no/such/page.html", "no/such/folder/"]


@pytest.fixture(scope="module", params=["/", "/courses/nn/"])
def address(site: Path, request: pytest.FixtureRequest) -> str:
    """Return where the site is served: at the root of a host, and below it."""
    with serving(site, request.param) as address:
        yield address


def is_styled(page: Page) -> bool:
    """Say whether the site's own style and its fonts have come."""
    measure = page.evaluate("getComputedStyle(document.body).getPropertyValue('--measure')")
    return measure and page.evaluate("document.fonts.size") > 0


@pytest.mark.parametrize("missing", MISSING)
def test_lost_readers_get_a_whole_page_that_leads_home(visit: Open, address: str, missing: str):
    visited = visit(f"{address}/{missing}")
    page = visited.page
    page.wait_for_load_state("networkidle")
    expect(page.get_by_role("navigation", name="Contents")).to_be_visible()
    assert is_styled(page)
    expect(page.get_by_role("button", name="Theme")).to_have_accessible_name("Theme: as the system")
    home = [f"{address}/index.html", f"{address}/search.html"]
    links = page.get_by_role("main").get_by_role("link").filter(visible=True)
    assert links.evaluate_all("all => all.map(a => a.href)") == home
    # Nothing is missing but the address, and the style sheet where it was looked for.
    assert [e for e in visited.errors if not re.search(r"\b404\b|/_static/site\.css$", e)] == []
    links.first.click()
    page.wait_for_url(home[0])
    assert "not found" not in page.title()


@pytest.mark.parametrize("missing", MISSING)
def test_without_scripts_it_is_legible_and_promises_nothing(
    visit: Open, address: str, missing: str
):
    page = visit(f"{address}/{missing}", java_script_enabled=False).page
    expect(page.get_by_role("heading")).to_have_text("Page not found")
    (link,) = page.get_by_role("link").filter(visible=True).all()
    assert page.get_by_role("main").bounding_box()["width"] < 800
    link.click()
    folder = f"{address}/{missing}".rpartition("/")[0]
    expect(page).to_have_url(f"{folder}/")
    assert ("not found" in page.title()) == (missing != "missing.html")


def test_where_the_address_is_known_links_start_from_it():
    """With and without scripts: nothing is looked for."""
    theme = Environment(loader=FileSystemLoader(THEME)).get_template("404.html")
    page = theme.render(
        base_path="/courses/nn/",
        css_files=["_static/site.css"],
        css_tag='<link rel="stylesheet" href="{}">'.format,
        pathto=lambda name, resource=False: name if resource else f"{name}.html",
        root_doc="index",
    )
    head, _, body = page.partition("<body>")
    assert head.index('<base href="/courses/nn/">') < head.index('href="_static/site.css"')
    assert "rootless" not in page
    assert '<a href="index.html">front page</a>' in body
