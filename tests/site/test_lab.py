"""The lab: the chapters as notebooks that run in the reader's browser."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from zipfile import ZipFile

import lab
import manuscript
import pytest
from browser_python import small_pyodide
from jupyterlite_pyodide_kernel.constants import PYODIDE_CDN_URL
from manuscript import BOOK
from nbformat.v4 import new_code_cell, new_notebook
from pages import DESKTOP, PHONE, Open, Visit, opener, pages_of, parsed
from playwright.sync_api import Browser, Locator, Page, expect
from static_server import serving

CHAPTER = "gradient-descent"
MEASURED = BOOK / "_static" / "measured-backpropagation.csv"  # a chapter draws it
PATIENCE = 120_000  # milliseconds for Python to start and SymPy to come, on a busy machine
SCRIPT = re.compile(r'<script[^>]* src="([^"?]+)')
STORAGE = ("indexedDB", "localStorage", "sessionStorage")
MIB = 2**20

SIGMOID = """
import sympy as sp
z = sp.symbols("z", real=True)
sigma = 1 / (1 + sp.exp(-z))
print("difference:", sp.simplify(sp.diff(sigma, z) - sigma * (1 - sigma)))
"""

SLIDER = """
from ipywidgets import IntSlider, Label, VBox
slider, answer = IntSlider(value=3, max=9), Label()
slider.observe(lambda change: setattr(answer, "value", f"turned to {change.new}"), "value")
VBox([slider, answer])
"""

ANSWER = """
import anywidget
class Echo(anywidget.AnyWidget):
    _esm = '''export default { render({ model, el }) {
        el.innerHTML = "<button>ask</button><output></output>"
        el.firstChild.onclick = () => model.send(20)
        model.on("msg:custom", (reply) => { el.lastChild.value = reply })
    } }'''
echo = Echo()
echo.on_msg(lambda _widget, number, _buffers: echo.send(f"the kernel says {number + 1}"))
echo
"""

FILES = """
from importlib.resources import files
import utils
print("carried:", sorted(path.name for path in files(utils).iterdir() if path.is_file()))
print("measured:", len(open("_static/measured-backpropagation.csv").read()))
"""


# --- What is in it. ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def built(site: Path) -> Path:
    """Return the folder of the lab, as it was built."""
    return site / "lab"


@pytest.fixture(scope="module")
def kernel(built: Path) -> dict:
    """Return the settings of the kernel."""
    config = json.loads((built / "jupyter-lite.json").read_text("utf-8"))["jupyter-config-data"]
    return config["litePluginSettings"]["@jupyterlite/pyodide-kernel-extension:kernel"]


@pytest.fixture(scope="module")
def lock(built: Path) -> dict:
    """Return the packages that the kernel can load."""
    return json.loads((built / lab.PYTHON / lab.LOCK.name).read_text("utf-8"))["packages"]


def test_each_chapter_is_in_it_and_nothing_else(built: Path) -> None:
    chapters = {path.name: path.read_bytes() for path in BOOK.glob("*.ipynb")}
    assert {path.name: path.read_bytes() for path in built.glob("files/*.ipynb")} == chapters
    others = [path.name for path in (built / "files").rglob("*.*") if path.suffix != ".ipynb"]
    assert others == [MEASURED.name]


def test_it_is_light_and_has_no_source_maps(built: Path, kernel: dict) -> None:
    """Of what grows with the book, its chapters, a reader fetches one."""
    files = [path for path in built.rglob("*") if path.is_file()]
    assert [path.name for path in files if path.suffix == ".map"] == []
    if "pyodideUrl" not in kernel:
        own = [path for path in files if built / "files" not in path.parents]
        assert sum(path.stat().st_size for path in own) < 17 * MIB


@pytest.mark.slow
def test_it_is_the_same_each_time(site: Path, built: Path, kernel: dict, tmp_path: Path) -> None:
    contents = lab.with_measurements(BOOK.glob("*.ipynb"))
    pyodide = lab.local_python() if "pyodideUrl" in kernel else None
    lab.build(tmp_path / "lab", contents, tmp_path, pyodide)
    fresh, stood = (
        {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
        for folder in (tmp_path / "lab", built)
    )
    assert sorted(fresh) == sorted(stood)
    assert [path for path in fresh if fresh[path] != stood[path]] == []


def test_only_what_is_named_extends_it(built: Path) -> None:
    config = json.loads((built / "jupyter-lite.json").read_text("utf-8"))["jupyter-config-data"]
    names = {extension["name"] for extension in config["federated_extensions"]}
    assert names == {*lab.EXTENSIONS, "nnd-book"}
    assert {path.name for path in built.iterdir()} & {"lab", "repl", "consoles", "edit"} == set()


def test_no_page_of_the_book_asks_for_any_of_it(site: Path) -> None:
    """A link is no request; everything else that names one of its places would be one."""
    place = r"\blab/(?:index|notebooks|tree/index|build|extensions|files|static|service-worker)"
    asking = re.compile(rf"<(?!a\s)[a-z][^>]*{place}[^>]*>")
    pages = {path: (site / path).read_text("utf-8") for path in pages_of(site)}
    assert {path: found for path, text in pages.items() if (found := asking.findall(text))} == {}
    scripts = {
        (site / path).parent / name for path, text in pages.items() for name in SCRIPT.findall(text)
    }
    assert [path.name for path in scripts if re.search(place, path.read_text("utf-8"))] == []


def test_search_engines_are_sent_to_the_chapters(site: Path) -> None:
    assert "Disallow: /lab/" in (site / "robots.txt").read_text("utf-8").splitlines()


# --- Which Python. -------------------------------------------------------------------------------


def test_every_package_comes_from_the_lab_or_from_the_one_cdn(
    built: Path, kernel: dict, lock: dict
) -> None:
    for name, package in lock.items():
        if package["file_name"].startswith("https:"):
            assert package["file_name"].startswith(f"{PYODIDE_CDN_URL}/"), name
        else:
            wheel = (built / lab.PYTHON / package["file_name"]).read_bytes()
            assert hashlib.sha256(wheel).hexdigest() == package["sha256"], name
    local = {name for name, package in lock.items() if not package["file_name"].startswith("https")}
    ours = {"neural-networks-derived", "book-lab", "piplite", "ipykernel", "pyodide-kernel"}
    ours |= {*lab.CARRIED}
    assert local == ours or "pyodideUrl" in kernel
    assert {*kernel["loadPyodideOptions"]["packages"]} <= {*lock}


def test_utils_is_in_it_whole(built: Path, lock: dict) -> None:
    wheel = built / lab.PYTHON / lock["neural-networks-derived"]["file_name"]
    with ZipFile(wheel) as archive:
        carried = {
            name: archive.read(name) for name in archive.namelist() if name.startswith("utils/")
        }
    root = BOOK.parent
    assert carried == {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in (root / "utils").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


# --- Without Python. -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def chapter(browser: Browser, server: str) -> Iterator[Visit]:
    """Return a chapter in the lab, in a browser without network: Python will not come."""
    with ExitStack() as stack:
        visited = opener(browser, stack)(f"{server}/lab/notebooks/index.html?path={CHAPTER}.ipynb")
        title(visited.page)
        yield visited


def title(page: Page) -> Locator:
    """Return the title of the chapter, once it is there."""
    heading = page.locator(".jp-Notebook h1").first
    expect(heading).to_be_visible(timeout=PATIENCE)
    return heading


def close_messages(page: Page) -> None:
    for button in page.get_by_role("alert").get_by_role("button", name="Close").all():
        button.click()


@pytest.mark.slow
def test_without_a_network_it_says_where_python_was_to_come_from(
    chapter: Visit, server: str, kernel: dict
) -> None:
    if "pyodideUrl" in kernel:
        pytest.skip("this site brings its own Python")
    warning = chapter.page.get_by_role("alert")
    expect(warning).to_contain_text("Python did not start, so no cell can run.", timeout=PATIENCE)
    expect(warning).to_contain_text("cdn.jsdelivr.net")
    expect(warning).to_have_count(1)
    others = {url for url in chapter.requests if not url.startswith(server)}
    assert others == {f"{PYODIDE_CDN_URL}/pyodide.mjs"}


def first_figure(page: Page) -> Locator:
    return page.locator(".jp-OutputArea-output[data-mime-type='image/svg+xml']").first


@pytest.mark.slow
def test_figures_show_before_anything_has_run(chapter: Visit) -> None:
    expect(first_figure(chapter.page)).to_be_attached()


@pytest.mark.slow
def test_links_to_pages_lead_to_the_site(chapter: Visit, server: str) -> None:
    page = chapter.page
    close_messages(page)
    with page.context.expect_page() as opened:
        page.locator(".jp-Notebook").get_by_role("link", name="notation").first.click()
    assert opened.value.url.startswith(f"{server}/notation.html")
    opened.value.close()


@pytest.mark.slow
def test_a_link_from_an_exercise_leads_to_its_cell(visit: Open, server: str, site: Path) -> None:
    link = parsed(site / f"{CHAPTER}.html").select_one(".in-code a")["href"]
    cell = visit(f"{server}/{link}").page.locator(".jp-CodeCell.jp-mod-active")
    expect(cell).to_contain_text("check(", timeout=PATIENCE)
    expect(cell).to_be_in_viewport()


@pytest.mark.slow
def test_edits_are_kept_and_the_books_copy_is_one_button_away(chapter: Visit) -> None:
    page = chapter.page
    close_messages(page)
    original = re.compile(f"^{title(page).inner_text()}")
    title(page).dblclick()
    page.locator(".jp-MarkdownCell").first.locator(".cm-content").click()
    page.keyboard.press("ControlOrMeta+Home")
    page.keyboard.type("# Mine\n\n")
    page.keyboard.press("Shift+Enter")
    page.keyboard.press("ControlOrMeta+s")
    page.wait_for_timeout(1000)  # until the browser has written it down
    page.reload()
    expect(title(page)).to_have_text(re.compile("Mine"), timeout=PATIENCE)
    page.once("dialog", lambda question: question.dismiss())
    page.get_by_role("button", name="Book’s copy").click()
    expect(title(page)).to_have_text(re.compile("Mine"), timeout=PATIENCE)
    page.once("dialog", lambda question: question.accept())
    page.get_by_role("button", name="Book’s copy").click()
    expect(title(page)).to_have_text(original, timeout=PATIENCE)
    expect(first_figure(page)).to_be_attached()
    page.reload()
    expect(title(page)).to_have_text(original, timeout=PATIENCE)


@pytest.mark.slow
def test_where_storage_is_blocked_it_opens_and_says_so(browser: Browser, server: str) -> None:
    blocked = "".join(
        f"Object.defineProperty(window, '{name}', {{ get() {{ throw new DOMException('no') }} }});"
        for name in STORAGE
    )
    with ExitStack() as stack:
        visited = opener(browser, stack)("about:blank", PHONE)
        visited.page.add_init_script(blocked)
        visited.page.goto(f"{server}/lab/notebooks/index.html?path={CHAPTER}.ipynb")
        title(visited.page)
        notice = visited.page.get_by_role("alert").filter(has_text="keeps nothing")
        expect(notice).to_be_visible(timeout=PATIENCE)


def test_from_a_disk_it_says_what_it_needs(visit: Open, origins: dict[str, str]) -> None:
    page = visit(f"{origins['disk']}/lab/notebooks/index.html?path={CHAPTER}.ipynb").page
    expect(page.get_by_role("heading")).to_have_text(re.compile("needs a web server"))
    page.get_by_role("link", name="Back to the book").click()
    expect(page).to_have_url(f"{origins['disk']}/index.html")


def test_to_an_old_browser_it_says_the_same(browser: Browser, server: str) -> None:
    with ExitStack() as stack:
        page = opener(browser, stack)("about:blank", PHONE).page
        page.add_init_script("delete HTMLScriptElement.prototype.noModule")
        page.route("**/config-utils.js*", lambda route: route.abort())  # it could not read it
        page.goto(f"{server}/lab/notebooks/index.html?path={CHAPTER}.ipynb")
        expect(page.get_by_role("heading")).to_have_text(re.compile("a browser of today"))


@pytest.mark.slow
def test_its_list_of_files_is_the_list_of_chapters(visit: Open, server: str) -> None:
    visited = visit(f"{server}/lab/index.html")
    page = visited.page
    expect(page).to_have_url(re.compile("/lab/tree/"), timeout=PATIENCE)
    names = page.locator(".jp-DirListing-itemName")
    expect(names.first).to_be_visible(timeout=PATIENCE)
    assert sorted(names.all_inner_texts()) == sorted(
        ["_static", *(path.name for path in BOOK.glob("*.ipynb"))]
    )
    # Python is for those who open one of them.
    assert [url for url in visited.requests if not url.startswith(server)] == []
    assert [error for error in visited.errors if not error.startswith("warning")] == []


# --- With Python. --------------------------------------------------------------------------------


def lab_with(pyodide: Path, built: Path, root: Path) -> Path:
    """Copy the lab into a site of its own, with a local Pyodide."""
    shutil.copytree(built.parent / "_static", root / "_static")
    shutil.copytree(built, root / "lab")
    lab.add_python(root / "lab", pyodide)
    return root


def run_all(page: Page) -> None:
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()


@pytest.fixture(scope="module")
def small(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the lab with the core of Pyodide and one notebook more; return its address."""
    folder = tmp_path_factory.mktemp("small")
    root = lab_with(small_pyodide(folder / "pyodide"), built, folder / "site")
    cells = [new_code_cell(source.strip()) for source in (SIGMOID, SLIDER, ANSWER, FILES)]
    place = root / f"lab/files/{CHAPTER}.ipynb"
    metadata = json.loads(place.read_text("utf-8"))["metadata"]
    place.write_text(json.dumps(new_notebook(cells=cells, metadata=metadata)), "utf-8")
    with serving(root) as address:
        yield address


@pytest.fixture(scope="module")
def booted(browser: Browser, small: str) -> Iterator[Visit]:
    """Return that notebook with all its cells run.  One kernel for all tests below."""
    with ExitStack() as stack:
        url = f"{small}/lab/notebooks/index.html?path={CHAPTER}.ipynb"
        visited = opener(browser, stack)(url, DESKTOP)
        expect(visited.page.locator(".jp-CodeCell").first).to_be_visible(timeout=PATIENCE)
        run_all(visited.page)
        yield visited


@pytest.fixture
def cells(booted: Visit) -> Locator:
    """Return the cells of the notebook that runs."""
    return booted.page.locator(".jp-CodeCell")


@pytest.mark.slow
def test_sympy_derives_the_sigmoid(cells: Locator) -> None:
    expect(cells.nth(0)).to_contain_text("difference: 0", timeout=PATIENCE)


@pytest.mark.slow
def test_a_slider_is_answered(cells: Locator) -> None:
    slider = cells.nth(1).get_by_role("slider")
    slider.press("ArrowRight", timeout=PATIENCE)
    expect(cells.nth(1)).to_contain_text("turned to 4", timeout=PATIENCE)


@pytest.mark.slow
def test_a_widget_of_our_own_is_answered(cells: Locator) -> None:
    cells.nth(2).get_by_role("button", name="ask").click(timeout=PATIENCE)
    expect(cells.nth(2).locator("output")).to_have_text("the kernel says 21", timeout=PATIENCE)


@pytest.mark.slow
def test_utils_is_there_with_its_files_and_a_chapter_finds_its_measurements(
    cells: Locator,
) -> None:
    expect(cells.nth(3)).to_contain_text("'book.mplstyle'", timeout=PATIENCE)
    expect(cells.nth(3)).to_contain_text(f"measured: {len(MEASURED.read_text('utf-8'))}")


@pytest.mark.slow
def test_python_came_from_the_lab_alone(booted: Visit, cells: Locator, small: str) -> None:
    expect(cells.nth(3)).to_contain_text("carried:", timeout=PATIENCE)
    assert [url for url in booted.requests if not url.startswith(small)] == []
    assert [error for error in booted.errors if not error.startswith("warning")] == []


# --- With NumPy and matplotlib too: where a whole Pyodide is at hand. ----------------------------


@pytest.fixture(scope="module")
def whole(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the lab with the local Pyodide that PYODIDE names; return its address."""
    if not (pyodide := lab.local_python()):
        pytest.skip("NumPy's browser build is on no registry: set PYODIDE to a whole distribution")
    with serving(lab_with(pyodide, built, tmp_path_factory.mktemp("whole"))) as address:
        yield address


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(path.name for path in BOOK.glob("*.ipynb")))
def test_a_whole_notebook_runs_and_its_sliders_are_alive(
    browser: Browser, whole: str, name: str
) -> None:
    last = len(manuscript.page(name.removesuffix(".ipynb")).of_kind("code"))
    with ExitStack() as stack:
        visited = opener(browser, stack)(f"{whole}/lab/notebooks/index.html?path={name}")
        page = visited.page
        title(page)
        page.get_by_role("menuitem", name="Edit", exact=True).click()
        page.get_by_role("menuitem", name="Clear Outputs of All Cells").click()
        run_all(page)
        # A cell that fails stops those after it.
        prompt = page.locator(".jp-CodeCell .jp-InputPrompt").last
        expect(prompt).to_have_text(f"[{last}]:", timeout=10 * PATIENCE)
        expect(page.locator("[data-mime-type='application/vnd.jupyter.stderr']")).to_have_count(0)
        figure = page.locator("figure.explorable").first
        caption = figure.locator(".explorable-caption")
        before = caption.text_content()
        figure.get_by_role("slider").first.press("End")
        expect(caption).not_to_have_text(before, timeout=PATIENCE)
