"""The form that makes links for a class, and nbgitpuller itself, which has to follow them."""

from __future__ import annotations

import re
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup
from manuscript import BOOK
from nbformat.v4 import new_markdown_cell, new_notebook
from notebook_server import JupyterLab, jupyterlab
from pages import PHONE, Open, pages_of, parsed
from playwright.sync_api import Page, Route, expect
from static_server import serving
from test_accessibility import EVERYTHING
from test_phone import SMALL_TARGETS, SMALL_TEXT, STICKING_OUT

PAGE = "teaching.html"
HUB, REPOSITORY = "https://hub.example.edu", "https://github.com/someone/course"
REDIRECT = "/hub/user-redirect/"

HUB_FIELD, REPOSITORY_FIELD = "Address of the hub", "Address of the repository"


@pytest.fixture
def form(visit: Open, server: str) -> Page:
    """Return the page with the form, its addresses filled in."""
    page = visit(f"{server}/{PAGE}").page
    fill(page, HUB, REPOSITORY)
    return page


def fill(page: Page, hub: str, repository: str) -> None:
    page.get_by_label(HUB_FIELD).fill(hub)
    page.get_by_label(REPOSITORY_FIELD).fill(repository)


def link(page: Page) -> str:
    """Return where the link leads that the form shows."""
    made = page.locator(".hub-link .made a")
    expect(made).to_be_visible()
    assert made.inner_text() == made.get_attribute("href")
    return made.get_attribute("href")


def asked(address: str) -> dict[str, str]:
    """Return what a link asks nbgitpuller for."""
    query = parse_qs(urlsplit(address).query, strict_parsing=True)
    return {name: value for name, (value,) in query.items()}


# --- The link. -----------------------------------------------------------------------------------


@pytest.mark.parametrize("origin", ["server", "disk"])
def test_link_is_made_as_one_types(visit: Open, origins: dict[str, str], origin: str) -> None:
    visited = visit(f"{origins[origin]}/{PAGE}")
    page = visited.page
    expect(page.locator(".hub-link .made a")).to_be_hidden()
    for label, address in ((HUB_FIELD, HUB), (REPOSITORY_FIELD, REPOSITORY)):
        page.get_by_label(label).press_sequentially(address)
    page.get_by_label("Branch").fill("autumn/2026")
    page.get_by_label("Chapter").select_option("Backpropagation")
    made = link(page)
    assert made.startswith(f"{HUB}{REDIRECT}git-pull?")
    assert asked(made) == {
        "repo": REPOSITORY,
        "branch": "autumn/2026",
        "urlpath": "lab/tree/course/book/backpropagation.ipynb",
    }
    page.get_by_label("Notebook").check()
    page.get_by_label("Branch").fill("")
    assert asked(link(page)) == {
        "repo": REPOSITORY,
        "urlpath": "tree/course/book/backpropagation.ipynb",
    }
    page.get_by_label(HUB_FIELD).fill("hub.example.edu")
    expect(page.locator(".hub-link .made a")).to_be_hidden()
    assert visited.errors == []


def test_every_chapter_can_be_chosen(form: Page) -> None:
    """By its title, in the order of the contents; and its notebook is there."""
    options = form.get_by_label("Chapter").locator("option").all()
    assert {o.get_attribute("value") for o in options} == {
        f"book/{path.name}" for path in BOOK.glob("*.ipynb") if path.stem != "index"
    }
    contents = form.locator("#site-contents .toctree-l1").all_text_contents()
    titles = [option.text_content() for option in options]
    assert titles == [title.strip() for title in contents if title.strip() in titles]


@pytest.mark.parametrize(
    "typed",
    [
        f"{HUB}/",
        f" {HUB}/hub/home ",
        f"{HUB}/hub/spawn?next=%2F",
        f"{HUB}/user/jane/lab/tree/notes/hub/plan.ipynb",
        f"{HUB}/user/jane/",
    ],
)
def test_hub_is_found_in_what_stands_in_the_address_bar(form: Page, typed: str) -> None:
    form.get_by_label(HUB_FIELD).fill(typed)
    assert link(form).startswith(f"{HUB}{REDIRECT}git-pull?")


def test_hub_may_live_in_a_folder(form: Page) -> None:
    form.get_by_label(HUB_FIELD).fill("http://10.0.0.7:8000/jupyter/hub/home")
    assert link(form).startswith(f"http://10.0.0.7:8000/jupyter{REDIRECT}git-pull?")


def test_repository_of_the_site_is_filled_in(visit: Open, server: str) -> None:
    """The site's own, if it knows one; what is typed is left alone."""
    mark = f'<meta name="repository" content="{REPOSITORY}" data-branch="published">'

    def with_address(route: Route) -> None:
        html = re.sub(r'<meta name="repository"[^>]*>', "", route.fetch().text())
        route.fulfill(body=html.replace("</head>", f"{mark}</head>"), content_type="text/html")

    page = visit("about:blank").page
    page.route(f"**/{PAGE}", with_address)
    page.goto(f"{server}/{PAGE}")
    expect(page.get_by_label(REPOSITORY_FIELD)).to_have_value(REPOSITORY)
    page.get_by_label(HUB_FIELD).fill(HUB)
    assert asked(link(page))["branch"] == "published"


# --- What is wrong is said at the field. ---------------------------------------------------------

WRONG = [
    (HUB_FIELD, "", "not the address of a web page"),
    (HUB_FIELD, "our hub", "not the address of a web page"),
    (HUB_FIELD, "hub.example.edu", "begins with https://"),
    (HUB_FIELD, "hub.example.edu:8000", "begins with https://"),
    (HUB_FIELD, "javascript:alert(1)", "begins with https://"),
    (HUB_FIELD, "https://jane:secret@hub.example.edu", "Leave out the name and the password"),
    (REPOSITORY_FIELD, "someone/course", "not the address of a web page"),
    (REPOSITORY_FIELD, "git@github.com:someone/course.git", "begins with https://"),
    (REPOSITORY_FIELD, "https://github.com/", "Add the repository"),
    ("Branch", "my branch", "not the name of a branch"),
    ("Branch", "a..b", "not the name of a branch"),
]


def test_what_is_wrong_is_said_at_the_field(form: Page) -> None:
    right = {HUB_FIELD: HUB, REPOSITORY_FIELD: REPOSITORY, "Branch": "main"}
    for label, typed, words in WRONG:
        field = form.get_by_label(label)
        field.fill(typed)
        field.blur()
        expect(field).to_have_attribute("aria-invalid", "true")
        expect(field).to_have_accessible_description(re.compile(re.escape(words)))
        expect(form.locator(".hub-link .made a")).to_be_hidden()
        assert form.get_by_role("alert").filter(has_text=words).count() == 1
        field.fill(right[label])
        expect(field).to_have_attribute("aria-invalid", "false")
        expect(form.get_by_role("alert").filter(has_text=words)).to_have_count(0)
        assert link(form)


def test_nobody_is_scolded_while_typing(visit: Open, server: str) -> None:
    page = visit(f"{server}/{PAGE}").page
    field = page.get_by_label(HUB_FIELD)
    field.press_sequentially("https:/")
    expect(page.locator(".hub-link .problem").filter(has_text=re.compile("."))).to_have_count(0)
    page.keyboard.press("Tab")
    expect(page.locator("#hub-link-hub-problem")).not_to_be_empty()


# --- As good as the rest of the page. ------------------------------------------------------------


def test_link_is_copied(visit: Open, server: str) -> None:
    page = visit(f"{server}/{PAGE}", permissions=["clipboard-read", "clipboard-write"]).page
    fill(page, HUB, REPOSITORY)
    page.get_by_role("button", name="Copy the link").click()
    expect(page.get_by_role("button", name="Copied", exact=True)).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == link(page)


def test_keyboard_does_it_all(visit: Open, server: str) -> None:
    page = visit(f"{server}/{PAGE}").page
    page.get_by_label(HUB_FIELD).focus()
    for typed in (HUB, REPOSITORY, "main"):
        page.keyboard.insert_text(typed)
        page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")  # the second chapter
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")  # the other interface
    page.keyboard.press("Tab")
    expect(page.locator(".hub-link .made a")).to_be_focused()
    second = page.get_by_label("Chapter").locator("option").nth(1).get_attribute("value")
    assert asked(link(page))["urlpath"] == f"tree/course/{second}"


def test_form_is_fit_for_a_phone(visit: Open, server: str) -> None:
    """With a link that is long and a sentence that scolds: nothing small, pale or cut off."""
    page = visit(f"{server}/{PAGE}", PHONE, reduced_motion="reduce").page
    page.get_by_label("Branch").fill("no branch")
    page.get_by_label("Branch").blur()
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        for branch in ("no branch", "a-branch-of-a-rather-long-name-without-any-end"):
            fill(page, HUB, f"{REPOSITORY}-{'long' * 12}")
            page.get_by_label("Branch").fill(branch)
            options = {"runOnly": EVERYTHING, "resultTypes": ["violations"], "preload": False}
            results = Axe().run(page, context=".hub-link", options=options)
            assert results.violations_count == 0, f"{theme}: {results.generate_report()}"
            assert page.evaluate(STICKING_OUT) == []
            assert page.evaluate(SMALL_TARGETS) == []
            assert page.evaluate(SMALL_TEXT) == []


def test_only_this_page_loads_the_script(site: Path) -> None:
    loading = {page for page in pages_of(site) if "hub-link" in (site / page).read_text()}
    assert loading == {PAGE}


def test_text_says_how_to_do_without(visit: Open, server: str) -> None:
    """With JavaScript off there is the pattern, and an example that the form itself would make."""
    page = visit(f"{server}/{PAGE}", java_script_enabled=False).page
    expect(page.locator("form.hub-link")).to_be_hidden()
    example = page.locator("main pre").filter(has_text=REDIRECT)
    expect(example).to_be_visible()
    text = example.inner_text().strip()
    want = asked(text)
    assert list(want) == ["repo", "branch", "urlpath"]
    encoded = "&".join(f"{k}={v.replace(':', '%3A').replace('/', '%2F')}" for k, v in want.items())
    assert text.partition("?")[2] == encoded, "each part encoded, and once"


# --- nbgitpuller follows the links. --------------------------------------------------------------


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterLab]:
    """Start a student's server: JupyterLab, with nbgitpuller, on an empty folder."""
    # A static host serves a repository whole or not at all, so it is fetched whole.
    with jupyterlab(tmp_path_factory.mktemp("student"), {"NBGITPULLER_DEPTH": "0"}) as running:
        yield running


def of_student(made: str, lab: JupyterLab) -> str:
    """Return where the hub sends a student who follows a link: the rest, on their own server."""
    _hub, redirect, rest = made.partition(REDIRECT)
    assert redirect, made
    return f"{lab.address}/{rest}"


def understood(made: str, lab: JupyterLab) -> dict[str, str]:
    """Return what nbgitpuller's own handler reads in a link."""
    with urllib.request.urlopen(of_student(made, lab)) as answer:
        body = BeautifulSoup(answer.read(), "html.parser").body
    names = ("repo", "branch", "targetpath", "path")
    return {name: unquote(body.get(f"data-{name}", "")) for name in names}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("repository", "folder"),
    [
        (REPOSITORY, "course"),
        (f"{REPOSITORY}/", "course"),
        (f"{REPOSITORY}.git", "course.git"),
        ("https://git.example.edu/group/part/course", "course"),
    ],
)
def test_nbgitpuller_reads_what_was_meant(
    form: Page, lab: JupyterLab, repository: str, folder: str
) -> None:
    """The notebook is looked for in the very folder that the repository is cloned into."""
    form.get_by_label(REPOSITORY_FIELD).fill(repository)
    form.get_by_label("Branch").fill("autumn/2026")
    for interface, prefix in (("JupyterLab", "lab/tree"), ("Notebook", "tree")):
        form.get_by_label(interface, exact=True).check()
        assert understood(link(form), lab) == {
            "repo": repository.rstrip("/"),
            "branch": "autumn/2026",
            "targetpath": folder,
            "path": f"{prefix}/{folder}/book/perceptron.ipynb",
        }


@pytest.mark.slow
def test_nbgitpuller_reads_the_example(lab: JupyterLab, site: Path) -> None:
    (example,) = (
        text
        for pre in parsed(site / PAGE).select("main pre")
        if REDIRECT in (text := pre.get_text().strip())
    )
    read = understood(example, lab)
    assert read["path"] == f"lab/tree/{read['targetpath']}/book/gradient-descent.ipynb"
    assert read["repo"].endswith(f"/{read['targetpath']}")


@pytest.mark.slow
def test_student_lands_in_the_chapter(
    form: Page, lab: JupyterLab, tmp_path: Path, visit: Open
) -> None:
    """The whole way: a repository on a web server, a link, a click, and the notebook opens."""
    work, host = tmp_path / "work", tmp_path / "host"
    (work / "book").mkdir(parents=True)
    notebook = new_notebook(cells=[new_markdown_cell("# Fetched for the class")])
    nbformat.write(notebook, work / "book/perceptron.ipynb")
    name = ["-c", "user.name=A teacher", "-c", "user.email=teacher@example.edu"]
    for command in (
        ["init", "-q", "-b", "main", work],
        ["-C", work, "add", "book"],
        ["-C", work, *name, "commit", "-q", "-m", "Begin"],
        ["clone", "-q", "--bare", work, host / "course"],
        ["--git-dir", host / "course", "update-server-info"],
    ):
        subprocess.run(["git", *command], check=True)
    with serving(host) as origin:
        form.get_by_label(REPOSITORY_FIELD).fill(f"{origin}/course")
        form.get_by_label("Branch").fill("main")
        page = visit(of_student(link(form), lab)).page
        page.wait_for_url(f"{lab.address}/lab/tree/course/book/perceptron.ipynb*", timeout=60_000)
    title = page.get_by_role("heading", name="Fetched for the class")
    expect(title).to_be_visible(timeout=60_000)
