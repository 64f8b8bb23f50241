"""Read the pages side by side: running their notebooks is what a build takes its time for.

Each notebook has a kernel of its own, so as many run as there are processors.  Sphinx can do this,
and ``jupyter-book build`` has no option for it.  It would deal the pages out beforehand, and one
processor would wait for the other's long chapters; here each takes the next page when it is free.
Pages are written one by one, since all their formulas go through one pipe.
"""

from __future__ import annotations

import os

from jupyter_cache import get_cache
from sphinx import builders
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment


def read_together(app: Sphinx, env: BuildEnvironment, _: object) -> None:
    """Take all processors for reading."""
    builders.make_chunks = one_by_one
    # It numbers chapters once all are read, and forgets to say that it minds no company.
    app.extensions["sphinx_multitoc_numbering"].parallel_read_safe = True
    app.parallel = os.cpu_count() or 1
    # Two processes that find no cache of notebooks would both make one, and the second would fail.
    get_cache(env.mystnb_config.execution_cache_path).db  # noqa: B018 (asking for it makes it)


def one_by_one(pages: list[str], *_: object) -> list[list[str]]:
    """Return the pages as Sphinx hands them out."""
    return [[page] for page in pages]


def write_alone(app: Sphinx, *_: object) -> None:
    """Take one for what comes after it."""
    app.parallel = 1


def setup(app: Sphinx) -> dict:
    """Connect to Sphinx."""
    app.connect("env-before-read-docs", read_together)
    app.connect("env-updated", write_alone)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
