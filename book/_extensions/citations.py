"""Find what writes the tips of citations once, and not again at each of them.

pybtex looks for its plugins in all installed packages, 40 ms of a processor each time; those that are
registered it finds at once.
"""

from __future__ import annotations

from pybtex.backends.plaintext import Backend
from pybtex.plugin import register_plugin
from sphinx.application import Sphinx


def setup(_app: Sphinx) -> dict:
    """Register the backend that every citation asks for."""
    register_plugin("pybtex.backends", "plaintext", Backend, force=True)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
