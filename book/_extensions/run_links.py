"""One line under the title of each chapter: where a reader can run it.

In the browser and as a file always; in Binder and in Colab where ``repository.url`` is set.  It is
made of plain links, so that a page costs nothing for being runnable, and opens from a disk.
"""

from __future__ import annotations

import sys
from pathlib import Path
from urllib.parse import quote

import yaml
from docutils import nodes
from nbformat.reader import NotJSONError
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.osutil import relative_uri

sys.path.append(str(Path(__file__).parents[2] / "tools"))

from addresses import notebook
from repository import CONFIG, Repository

LAB = "lab/notebooks/index.html"
FOLDER = "notebooks"  # of the site, with a copy of each chapter to take away


def repository(app: Sphinx) -> Repository | None:
    """Return the repository that the configuration names."""
    options = app.config.html_theme_options
    return Repository.named(
        options.get("repository_url") or "",
        options.get("repository_branch") or "",
        app.config.course_tag,
    )


def is_chapter(env: BuildEnvironment, page: str) -> bool:
    """Say whether a page teaches: a notebook, and not the front page."""
    return page != env.config.root_doc and env.doc2path(page).endswith(".ipynb")


def add_line(
    app: Sphinx, page: str, _template: str, context: dict, doctree: nodes.document | None
) -> None:
    """Put the line below the title of a chapter; tell every template the repository."""
    context["repository"] = repository(app)
    if doctree is None or not is_chapter(app.env, page):
        return
    here = app.builder.get_target_uri(page)
    source = Path(app.env.doc2path(page)).name
    line = app.builder.templates.render(
        "run.html",
        {
            "lab": f"{relative_uri(here, LAB)}?path={quote(source)}",
            "download": relative_uri(here, f"{FOLDER}/{source}"),
            "source": f"book/{source}",
            "repository": context["repository"],
            "python": app.config.html_context.get("lab_python"),
        },
    )
    context["body"] = context["body"].replace("</h1>", f"</h1>\n{line}", 1)


def copy_notebooks(app: Sphinx, exception: Exception | None) -> None:
    """Serve each chapter as the file that it is, in the committed form, with its address in it."""
    if exception or app.builder.format != "html":
        return
    folder = Path(app.outdir, FOLDER)
    folder.mkdir(exist_ok=True)
    for page in filter(lambda page: is_chapter(app.env, page), app.env.found_docs):
        source = Path(app.env.doc2path(page))
        try:
            text = notebook(source.read_text(encoding="utf-8"), repository(app))
        except NotJSONError:  # of which its page has warned
            continue
        (folder / source.name).write_text(text, encoding="utf-8", newline="\n")


def setup(app: Sphinx) -> dict:
    """Connect to Sphinx; Jupyter Book hands on the address and the branch, but not the tag."""
    settings = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))
    app.add_config_value("course_tag", settings["repository"].get("tag") or "", "html", [str])
    app.connect("html-page-context", add_line)
    app.connect("build-finished", copy_notebooks)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
