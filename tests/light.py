"""What the tests can do without, since each of their processes would take seconds over it.

``pyproject.toml`` has pytest load this before anything else.
"""

from __future__ import annotations

import gc
import sys

import pytest

# Reads a grammar of internationalized addresses, for two seconds, as soon as nbformat is imported;
# jsonschema does without where it is not installed, and no notebook has a field of that form.
sys.modules["rfc3987_syntax"] = None

# What is imported stays; so nobody need look through it for garbage, again and again.
gc.disable()


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop() -> None:
    """Collect garbage from here on, of what the tests make."""
    gc.freeze()
    gc.enable()
