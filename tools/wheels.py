"""Write which wheels there are for the lock, and refuse a lock that leaves a system without one.

    uv pip compile --format pylock.toml … requirements.lock | python tools/wheels.py

``make lock`` runs this.  For each pin and each system that the README names, the name of a wheel
that suits it is kept in ``requirements.wheels``, so that the tests need no network to look again.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from packaging.markers import Marker
from packaging.tags import Tag, compatible_tags, cpython_tags, mac_platforms
from packaging.utils import canonicalize_name, parse_wheel_filename
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[1]
LOCK, WHEELS = ROOT / "requirements.lock", ROOT / "requirements.wheels"
PYTHONS = ("3.11", "3.12", "3.13")
HEADER = "# The wheels of requirements.lock for each system of README.md: made by `make lock`.\n"


def _glibc(machine: str) -> list[str]:
    """Return the platforms of a Linux with glibc 2.28, newest first."""
    names = *(f"_2_{minor}" for minor in range(28, 4, -1)), "2014", "2010", "1"
    return [f"manylinux{name}_{machine}" for name in names]


#: What markers ask of a system, and the platforms whose wheels it takes.
SYSTEMS = {
    "Linux x86_64": ("linux", "posix", "x86_64", _glibc("x86_64")),
    "Linux aarch64": ("linux", "posix", "aarch64", _glibc("aarch64")),
    "macOS arm64": ("darwin", "posix", "arm64", [*mac_platforms((14, 0), "arm64")]),
    "macOS x86_64": ("darwin", "posix", "x86_64", [*mac_platforms((14, 0), "x86_64")]),
    "Windows x86_64": ("win32", "nt", "AMD64", ["win_amd64"]),
}


def machines() -> Iterator[tuple[str, dict[str, str], list[Tag]]]:
    """Yield each system with each Python: its name, what markers see, its tags, best first."""
    for system, (sys_platform, os_name, machine, platforms) in SYSTEMS.items():
        for python in PYTHONS:
            seen = {
                "sys_platform": sys_platform,
                "os_name": os_name,
                "platform_system": system.split()[0].replace("macOS", "Darwin"),
                "platform_machine": machine,
                "platform_python_implementation": "CPython",
                "implementation_name": "cpython",
                "python_version": python,
                "python_full_version": f"{python}.0",
            }
            version, cp = tuple(map(int, python.split("."))), f"cp{python.replace('.', '')}"
            tags = cpython_tags(version, [cp], platforms), compatible_tags(version, cp, platforms)
            yield f"{system}, Python {python}", seen, list(chain(*tags))


def pins(lock: str) -> list[tuple[str, Version, Marker | None]]:
    """Return the name, version and marker of each line of a lock."""
    found = re.findall(r"(?m)^([\w.-]+)==([^\s;\\]+)(?: ; ([^\\\n]*[^\\\s]))?", lock)
    return [
        (canonicalize_name(name), Version(version), Marker(marker) if marker else None)
        for name, version, marker in found
    ]


def suiting(lock: str, wheels: Iterable[str]) -> tuple[set[str], list[str]]:
    """Return the wheels that the named systems take, and what each of them lacks, in words."""
    there: dict[tuple[str, Version], dict[Tag, str]] = {}
    for wheel in wheels:
        name, version, _, tags = parse_wheel_filename(wheel)
        there.setdefault((name, version), {}).update(dict.fromkeys(tags, wheel))
    taken, lacking = set(), []
    for machine, seen, tags in machines():
        for name, version, marker in pins(lock):
            if marker and not marker.evaluate(seen):
                continue
            wheel_of = there.get((name, version), {})
            if best := next((wheel_of[tag] for tag in tags if tag in wheel_of), None):
                taken.add(best)
            else:
                lacking.append(f"{name}=={version} has no wheel for {machine}")
    return taken, lacking


def main() -> None:
    """Read what uv found, write what suits, and say what is lacking."""
    found = tomllib.loads(sys.stdin.read())["packages"]
    urls = [wheel["url"] for package in found for wheel in package.get("wheels", ())]
    names = [unquote(PurePosixPath(urlsplit(url).path).name) for url in urls]
    taken, lacking = suiting(LOCK.read_text("utf-8"), names)
    WHEELS.write_text(
        HEADER + "".join(f"{name}\n" for name in sorted(taken)), "utf-8", newline="\n"
    )
    if lacking:
        remedy = (
            "Give it another bound or a marker in requirements*.txt, and run `make lock` again."
        )
        sys.exit("\n".join([*lacking, remedy]))


if __name__ == "__main__":
    main()
