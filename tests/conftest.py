"""What all tests share: options, seeds, and paths."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from contract.sample import chapter_of, todays_chapters
from hypothesis import settings
from manuscript import chapters

ALL_CHAPTERS = {chapter.path.stem for chapter in chapters()}
ROOT = Path(__file__).resolve().parents[1]

# The same examples in every run, and no stopwatch: a slow machine is no error in the mathematics.
settings.register_profile("book", derandomize=True, deadline=None)
settings.register_profile("quick", settings.get_profile("book"), max_examples=25)


def pytest_configure(config: pytest.Config) -> None:
    """Choose how often a law is tried, on inputs that hypothesis makes up; else a hundred times."""
    settings.load_profile("quick" if "not slow" in config.option.markexpr else "book")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what `make` and a reader may choose."""
    group = parser.getgroup("Neural Networks, Derived")
    group.addoption(
        "--site",
        type=Path,
        default=ROOT / "_build" / "html",
        help="the built site to test (default: _build/html)",
    )
    group.addoption(
        "--mutations",
        choices=("sample", "all"),
        default="sample",
        help="how many of the mutations to try (default: sample)",
    )
    group.addoption(
        "--chapters",
        choices=("sample", "all"),
        default="sample",
        help="on how many to try what takes long and seldom breaks (default: sample)",
    )
    group.addoption(
        "--engines",
        choices=("sample", "all"),
        default="sample",
        help="how many pages to open in Firefox and WebKit, too (default: sample)",
    )
    group.addoption(
        "--paper",
        choices=("sample", "all"),
        default="sample",
        help="how much of the book to print (default: sample)",
    )


@pytest.hookimpl(tryfirst=True)  # before xdist deals them out
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is of a chapter that is not tried today: if it asks for it, or all is fast."""
    if config.getoption("chapters") == "sample":
        fast = "not slow" in config.option.markexpr
        later = {item for item in items if is_of_another_day(item, fast=fast)}
        config.hook.pytest_deselected(items=list(later))
        items[:] = [item for item in items if item not in later]


def is_of_another_day(item: pytest.Item, *, fast: bool) -> bool:
    """Say whether a test waits for another commit: by its mark, or as all fast ones do."""
    some = fast or item.get_closest_marker("some_chapters")
    if not some or item.get_closest_marker("each_kind"):
        return False
    chapter = chapter_of(item)
    return chapter in ALL_CHAPTERS and chapter not in todays_chapters()


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave the tests of the site unread where none of them is to run: they import a browser."""
    unread = collection_path == ROOT / "tests" / "site" and "not site" in config.option.markexpr
    return unread or None


@pytest.fixture
def rng() -> np.random.Generator:
    """Return random numbers that are the same in every run."""
    return np.random.default_rng(0)
