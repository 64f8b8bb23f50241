"""What the site is made of and comes from npm: by name, version and hash, as ``tools/npm`` has it."""

from __future__ import annotations

import json
from pathlib import Path

from sphinx.errors import ExtensionError

#: Where ``package.json`` and its lock are, and where ``npm ci`` installs.
FOLDER = Path(__file__).parents[2] / "tools" / "npm"


def package(name: str, folder: Path = FOLDER) -> Path:
    """Return the folder of an installed package.

    Raise ``ExtensionError`` if it is not there, or is not the one of the lock.
    """
    inside = f"node_modules/{name}"
    whole = folder / "node_modules" / ".package-lock.json"  # which npm writes last
    wanted = _packages(folder / "package-lock.json")[inside]
    found = _packages(whole).get(inside, {}) if whole.exists() else {}
    if found.get("integrity") != wanted["integrity"]:
        raise ExtensionError(
            f"expected {name} {wanted['version']} in {folder / inside},"
            f" found {found.get('version', 'none')}: run `npm ci --prefix tools/npm`, as make does"
        )
    return folder / inside


def _packages(lock: Path) -> dict[str, dict]:
    return json.loads(lock.read_text("utf-8"))["packages"]
